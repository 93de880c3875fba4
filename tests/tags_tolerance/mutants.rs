//! Tags with bytes changed, cut and put in: no panic, no more memory than the file explains, no long search.

use crate::make::{
    ape, chunk, comment, element, flac, flagged, frame, id3, item, mp3, mp4_box, ogg, text,
};
use crate::read;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::time::{Duration, Instant};

/// Of all the files together.
const MUTANTS: u32 = 2_000;
const SEED: u32 = 0x7A65_5EED;
/// Of one mutant, on a machine that does other things too.
const MAX_TIME: Duration = Duration::from_secs(2);
/// What may be held for one mutant: the originals have some kilobytes.
const MAX_BYTES: isize = 48 << 20;

/// Counts what this thread holds.
struct Counting;

thread_local! {
    static HELD: Cell<isize> = const { Cell::new(0) };
    static MOST: Cell<isize> = const { Cell::new(0) };
}

fn count(bytes: isize) {
    let held = HELD.get() + bytes;
    HELD.set(held);
    MOST.set(MOST.get().max(held));
}

// SAFETY: all memory comes from `System`, by the same arguments.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: the caller keeps `alloc`'s contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: the caller keeps `dealloc`'s contract, and the pointer is from `System`.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

struct Random(u32);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 as usize % limit.max(1)
    }
}

fn originals() -> Vec<(&'static str, Vec<u8>)> {
    let frames = |version| {
        vec![
            text(version, "TIT2", "Title"),
            frame(version, "TPE1", b"\x01\xFF\xFEA\0r\0t\0"),
            frame(version, "APIC", b"\0image/png\0\x03\0\x89PNG picture"),
            frame(version, "USLT", b"\0eng\0words"),
            frame(version, "RVA2", b"track\0\x01\xF0\0\x10\x40\0"),
            flagged(
                version,
                "TALB",
                0x80,
                b"\0\0\0\x06\x78\x9Ccp\xCE\xCF-(J-.NMQ",
            ),
            vec![0; 20],
        ]
    };
    let fields: [&[u8]; 4] = [
        b"TITLE=Title",
        b"ARTIST=Artist",
        b"COVERART=iVBORw0KGgo=",
        b"R128_TRACK_GAIN=-10",
    ];
    let opus = [b"OpusTags".as_slice(), &comment(4, &fields)].concat();
    let info = [
        b"INFO".to_vec(),
        chunk(b"INAM", b"Title\0", false),
        chunk(b"IART", b"Art\xEDst", false),
    ]
    .concat();
    let wave = [
        b"WAVE".to_vec(),
        chunk(b"data", &[3; 40], false),
        chunk(b"LIST", &info, false),
        chunk(b"id3 ", &id3(3, 0, &frames(3)), false),
    ];
    let data = mp4_box(b"data", &[&[0, 0, 0, 1, 0, 0, 0, 0], b"Title"]);
    let list = mp4_box(
        b"ilst",
        &[&mp4_box(b"\xA9nam", &[&data]), &mp4_box(b"trkn", &[&data])],
    );
    let meta = mp4_box(
        b"meta",
        &[
            &[0; 4],
            &mp4_box(b"keys", &[&[0; 8], b"\0\0\0\x0Cmdtatitl"]),
            &list,
        ],
    );
    let simple = element(
        0x67C8,
        &[&element(0x45A3, &[b"TITLE"]), &element(0x4487, &[b"Title"])],
    );
    let nested = element(0x67C8, &[&element(0x45A3, &[b"GROUP"]), &simple, &simple]);
    let segment = [
        element(
            0x114D_9B74,
            &[&element(
                0x4DBB,
                &[
                    &element(0x53AB, &[&[0x12, 0x54, 0xC3, 0x67]]),
                    &element(0x53AC, &[&[60]]),
                ],
            )],
        ),
        element(0x1F43_B675, &[&[0xE7, 0x81, 0]]),
        element(
            0x1254_C367,
            &[&element(
                0x7373,
                &[
                    &element(0x63C0, &[&element(0x68CA, &[&[30]])]),
                    &nested,
                    &simple,
                ],
            )],
        ),
    ];
    let aiff = [
        b"AIFF".to_vec(),
        chunk(b"NAME", b"Title", true),
        chunk(b"AUTH", b"Art", true),
        chunk(b"ID3 ", &id3(2, 0, &[text(2, "TT2", "T")]), true),
    ];
    vec![
        (
            "2.2",
            [
                id3(
                    2,
                    0,
                    &[
                        text(2, "TT2", "Title"),
                        frame(2, "PIC", b"\0PNG\x03\0\x89PNG"),
                    ],
                ),
                mp3(),
            ]
            .concat(),
        ),
        ("2.3", [id3(3, 0x80, &frames(3)), mp3()].concat()),
        (
            "2.4",
            [id3(4, 0x40, &frames(4)), id3(4, 0, &frames(4)), mp3()].concat(),
        ),
        (
            "FLAC",
            flac(&[
                (4, comment(4, &fields)),
                (6, [&[0; 28][..], &[0, 0, 0, 4], b"\x89PNG"].concat()),
            ]),
        ),
        ("Ogg", ogg(1, &[b"OpusHead", &opus, b"sound"])),
        (
            "APE",
            [
                mp3(),
                ape(
                    2_000,
                    2,
                    true,
                    &[
                        item("Title", b"Title"),
                        item("Cover Art (Front)", b"a\0\x89PNG"),
                    ],
                ),
                [b"TAG".as_slice(), &[b'a'; 125]].concat(),
            ]
            .concat(),
        ),
        (
            "MP4",
            [
                mp4_box(b"ftyp", &[b"M4A "]),
                mp4_box(b"moov", &[&mp4_box(b"udta", &[&meta])]),
            ]
            .concat(),
        ),
        ("WAVE", chunk(b"RIFF", &wave.concat(), false)),
        ("AIFF", chunk(b"FORM", &aiff.concat(), true)),
        (
            "CAF",
            [
                b"caff\0\x01\0\0info\0\0\0\0\0\0\0\x11".as_slice(),
                b"\0\0\0\x01title\0Title\0",
            ]
            .concat(),
        ),
        (
            "Matroska",
            [
                element(0x1A45_DFA3, &[b"x"]),
                element(0x1853_8067, &[&segment.concat()]),
            ]
            .concat(),
        ),
    ]
}

fn mutate(original: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = original.to_vec();
    for _ in 0..=random.below(4) {
        // Tags are at either end.
        let at = random.below(bytes.len());
        match random.below(6) {
            0 => bytes[at] = random.below(256) as u8,
            1 => bytes[at] ^= 1 << random.below(8),
            2 => {
                let end = (at + 4).min(bytes.len());
                bytes[at..end].fill([0, 0x7F, 0xFF][random.below(3)]);
            }
            3 => {
                let end = (at + random.below(40)).min(bytes.len());
                bytes.drain(at..end);
            }
            4 => bytes.truncate(at.max(1)),
            _ => drop(bytes.splice(at..at, vec![random.below(256) as u8; random.below(300)])),
        }
        if bytes.is_empty() {
            bytes.push(0);
        }
    }
    bytes
}

#[test]
fn no_mutant_panics_hangs_or_takes_memory() {
    let originals = originals();
    for (name, file) in &originals {
        assert_eq!(
            read(file).tags.title.as_deref().map(|title| &title[..1]),
            Some("T"),
            "{name}"
        );
    }
    let mut random = Random(SEED);
    for number in 0..MUTANTS {
        let (name, original) = &originals[number as usize % originals.len()];
        let mutant = mutate(original, &mut random);
        MOST.set(HELD.get());
        let (held, start) = (HELD.get(), Instant::now());
        drop(read(&mutant));
        let (took, most) = (start.elapsed(), MOST.get() - held);
        assert!(took < MAX_TIME, "mutant {number} of {name} took {took:?}");
        assert!(
            most < MAX_BYTES,
            "mutant {number} of {name} took {most} bytes"
        );
    }
}
