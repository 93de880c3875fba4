//! Files with plain sound whose headers are wrong, as recorders, converters and broken downloads leave them: what
//! is there plays, sample for sample.

#![allow(clippy::unwrap_used, reason = "tests may fail loudly")]

use media::decoder::{StreamInfo, TrackDecoder};
use std::path::Path;

/// Frames of the test sound, an odd number.
const FRAMES: usize = 4_001;

/// Seeded noise.
fn words() -> Vec<i16> {
    let mut seed = 77_u32;
    (0..FRAMES)
        .map(|_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 16) as i16 / 2
        })
        .collect()
}

fn little(words: &[i16]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

fn big(words: &[i16]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

fn as_f32(words: &[i16]) -> Vec<f32> {
    words
        .iter()
        .map(|word| f32::from(*word) / 32_768.0)
        .collect()
}

fn decode(content: &[u8]) -> Result<(StreamInfo, Vec<f32>), String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sound");
    std::fs::write(&path, content).unwrap();
    decode_path(&path)
}

fn decode_path(path: &Path) -> Result<(StreamInfo, Vec<f32>), String> {
    let mut decoder = TrackDecoder::open(path).map_err(|error| error.to_string())?;
    let mut samples = Vec::new();
    while let Some(frames) = decoder.next_frames().map_err(|error| error.to_string())? {
        samples.extend_from_slice(frames);
    }
    let info = decoder.info().clone();
    // Any frame can be gone to.
    for target in [FRAMES as u64 / 2, 0, samples.len().saturating_sub(1) as u64] {
        decoder.seek(target).unwrap();
        let found = decoder.next_frames().unwrap().map(|frames| frames[0]);
        assert_eq!(
            found,
            samples.get(target as usize).copied(),
            "after a seek to {target}"
        );
    }
    Ok((info, samples))
}

/// A mono WAVE file with these sizes in its header; `None` for the right ones.
struct Wave {
    mark: &'static [u8; 4],
    riff_size: Option<u32>,
    format: Vec<u8>,
    format_size: Option<u32>,
    before: Vec<u8>,
    data_size: Option<u32>,
    sound: Vec<u8>,
    behind: Vec<u8>,
}

fn format(tag: u16, bits: u16) -> Vec<u8> {
    let mut format = Vec::new();
    for word in [tag, 1] {
        format.extend(word.to_le_bytes());
    }
    let frame_bytes = bits.div_ceil(8);
    format.extend(8_000_u32.to_le_bytes());
    format.extend((8_000 * u32::from(frame_bytes)).to_le_bytes());
    format.extend(frame_bytes.to_le_bytes());
    format.extend(bits.to_le_bytes());
    format
}

impl Wave {
    fn new() -> Self {
        Self {
            mark: b"RIFF",
            riff_size: None,
            format: format(1, 16),
            format_size: None,
            before: Vec::new(),
            data_size: None,
            sound: little(&words()),
            behind: Vec::new(),
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut chunks = b"WAVEfmt ".to_vec();
        chunks.extend(
            self.format_size
                .unwrap_or(self.format.len() as u32)
                .to_le_bytes(),
        );
        chunks.extend(&self.format);
        chunks.extend(&self.before);
        chunks.extend(b"data");
        chunks.extend(
            self.data_size
                .unwrap_or(self.sound.len() as u32)
                .to_le_bytes(),
        );
        chunks.extend(&self.sound);
        chunks.extend(&self.behind);
        let mut file = self.mark.to_vec();
        file.extend(self.riff_size.unwrap_or(chunks.len() as u32).to_le_bytes());
        file.extend(chunks);
        file
    }
}

/// Its sound must be `words`, without or with a warning.
fn expect(name: &str, file: &[u8], words: &[i16], warning: Option<&str>) {
    let (info, samples) = decode(file).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(samples.len(), words.len(), "{name}: frames");
    assert!(samples == as_f32(words), "{name}: samples");
    assert_eq!(
        info.frames,
        Some(words.len() as u64),
        "{name}: declared frames"
    );
    let lines = info.warnings.join(" / ");
    match warning {
        None => assert_eq!(lines, "", "{name}"),
        Some(part) => assert!(lines.contains(part), "{name}: {lines:?}"),
    }
}

fn chunk(id: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let mut chunk = id.to_vec();
    chunk.extend((content.len() as u32).to_le_bytes());
    chunk.extend(content);
    chunk
}

#[test]
fn wave_sizes_are_not_believed_over_the_file() {
    let words = words();
    let bytes = 2 * FRAMES as u32;
    for riff in [
        None,
        Some(0),
        Some(u32::MAX),
        Some(0x7FFF_F024),
        Some(20),
        Some(bytes),
    ] {
        for data in [
            None,
            Some(0),
            Some(u32::MAX),
            Some(0x7FFF_F000),
            Some(0x8000_0000),
        ] {
            let file = Wave {
                riff_size: riff,
                data_size: data,
                ..Wave::new()
            };
            let name = format!("RIFF {riff:?}, data {data:?}");
            expect(&name, &file.bytes(), &words, None);
        }
        let short = Wave {
            riff_size: riff,
            data_size: Some(bytes - 1_500),
            ..Wave::new()
        };
        expect(
            &format!("RIFF {riff:?}, data too small"),
            &short.bytes(),
            &words,
            None,
        );
        let long = Wave {
            riff_size: riff,
            data_size: Some(bytes + 1_000),
            ..Wave::new()
        };
        let cut = Some("cut short: 4001 of 4501 frames");
        expect(
            &format!("RIFF {riff:?}, data too large"),
            &long.bytes(),
            &words,
            cut,
        );
    }
    let empty = Wave {
        sound: Vec::new(),
        ..Wave::new()
    };
    expect("no sound", &empty.bytes(), &[], None);
    let empty_with_list = Wave {
        sound: Vec::new(),
        behind: chunk(b"LIST", b"INFOINAM\x04\0\0\0Name"),
        ..Wave::new()
    };
    expect("no sound, but a list", &empty_with_list.bytes(), &[], None);
}

#[test]
fn chunks_around_the_sound_of_a_wave_file_may_be_odd_and_wrong() {
    let words = words();
    let odd = &words[..];
    let list = chunk(b"LIST", b"INFOINAM\x04\0\0\0Name");
    for (name, before, behind) in [
        (
            "unknown chunks",
            chunk(b"abcd", &[7; 100]),
            chunk(b"efgh", &[9; 51]),
        ),
        (
            "an odd chunk without padding",
            chunk(b"abcd", &[7; 101]),
            Vec::new(),
        ),
        ("a list behind", Vec::new(), list.clone()),
        (
            "an ID3v1 tag behind",
            Vec::new(),
            [&b"TAG"[..], &[0x20; 125]].concat(),
        ),
        (
            "a little junk behind",
            Vec::new(),
            b"some words\xFF\xFE".to_vec(),
        ),
        ("zeros behind", Vec::new(), vec![0; 3_000]),
        (
            "a list too long",
            [&b"LIST\xFF\xFF\0\0INFO"[..], &[0x41; 20]].concat(),
            Vec::new(),
        ),
        (
            "a list too short",
            [&b"LIST\x04\0\0\0INFO"[..], b"INAM\x04\0\0\0Name"].concat(),
            Vec::new(),
        ),
    ] {
        let riff_size = (name.contains("junk") || name.contains("zeros"))
            .then(|| Wave::new().bytes().len() as u32 - 8);
        let file = Wave {
            before,
            behind,
            riff_size,
            ..Wave::new()
        };
        expect(name, &file.bytes(), odd, None);
    }
    // 8-bit sound of odd length: a list behind it, with its padding byte and without.
    for padding in [&[][..], &[0]] {
        let file = Wave {
            format: format(1, 8),
            sound: vec![0xC0; 301],
            behind: [padding, &list].concat(),
            ..Wave::new()
        };
        let (info, samples) = decode(&file.bytes()).unwrap();
        assert_eq!((samples.len(), info.bits_per_sample), (301, Some(8)));
        assert!(samples.iter().all(|sample| *sample == 0.5));
    }
    for size in [14, 17, 18, 20, 22, 38, 40, 44] {
        let mut format = format(1, 16);
        format.resize(size, 0);
        let file = Wave {
            format,
            ..Wave::new()
        };
        expect(
            &format!("a format chunk of {size} bytes"),
            &file.bytes(),
            &words,
            None,
        );
    }
    for size in [0, 4, 300, u32::MAX] {
        let file = Wave {
            format_size: Some(size),
            ..Wave::new()
        };
        expect(
            &format!("a format chunk that claims {size}"),
            &file.bytes(),
            &words,
            None,
        );
    }
}

#[test]
fn the_laws_play_with_the_shortest_format_chunk_at_16_bits() {
    for (tag, byte, value) in [
        (6, 0xAA, 32_256.0),
        (7, 0x80, 32_124.0),
        (6, 0x55, -8.0),
        (7, 0x7F, 0.0),
    ] {
        for size in [16, 18] {
            let mut format = format(tag, 8);
            format.resize(size, 0);
            let file = Wave {
                format,
                sound: vec![byte; 100],
                ..Wave::new()
            };
            let (info, samples) = decode(&file.bytes()).unwrap();
            assert_eq!((info.bits_per_sample, samples.len()), (Some(16), 100));
            assert!(
                samples.iter().all(|sample| *sample == value / 32_768.0),
                "{tag} {byte:#x}"
            );
        }
    }
}

#[test]
fn the_larger_kin_of_wave_play() {
    let words = words();
    let mut sizes = vec![0; 28];
    sizes[8..16].copy_from_slice(&(2 * FRAMES as u64).to_le_bytes());
    for (name, sizes) in [("right sizes", sizes), ("sizes of 0", vec![0; 28])] {
        let mut file = Wave {
            mark: b"RF64",
            riff_size: Some(u32::MAX),
            data_size: Some(u32::MAX),
            ..Wave::new()
        }
        .bytes();
        file.splice(12..12, chunk(b"ds64", &sizes));
        expect(name, &file, &words, None);
    }
    // RIFX: every number the other way round.
    let mut file = b"RIFX\0\0\0\0WAVEfmt \0\0\0\x10\0\x01\0\x01".to_vec();
    file.extend([8_000_u32.to_be_bytes(), 16_000_u32.to_be_bytes()].concat());
    file.extend([0, 2, 0, 16]);
    file.extend(b"data");
    file.extend((2 * FRAMES as u32).to_be_bytes());
    file.extend(big(&words));
    expect("RIFX", &file, &words, None);
    // Wave64, with sound of a length that is no multiple of eight bytes, and with wrong sizes.
    let tail = [
        0xF3, 0xAC, 0xD3, 0x11, 0x8C, 0xD1, 0x00, 0xC0, 0x4F, 0x8E, 0xDB, 0x8A,
    ];
    for (riff, data) in [
        (0, None),
        (1 << 40, Some(u64::MAX)),
        (0, Some(24)),
        (100, None),
    ] {
        let mut file = [
            &b"riff\x2E\x91\xCF\x11\xA5\xD6\x28\xDB\x04\xC1\0\0"[..],
            &u64::to_le_bytes(riff),
        ]
        .concat();
        file.extend([&b"wave"[..], &tail].concat());
        file.extend([&b"fmt "[..], &tail, &40_u64.to_le_bytes(), &format(1, 16)].concat());
        let bytes = 24 + 2 * FRAMES as u64;
        file.extend(
            [
                &b"data"[..],
                &tail,
                &data.unwrap_or(bytes).to_le_bytes(),
                &little(&words),
            ]
            .concat(),
        );
        expect(
            &format!("Wave64 of {riff} and {data:?}"),
            &file,
            &words,
            None,
        );
    }
}

/// A chunk that says to be of another size than it is.
fn missized(id: &[u8; 4], content: &[u8], size: u32) -> Vec<u8> {
    let mut chunk = chunk(id, content);
    chunk[4..8].copy_from_slice(&size.to_le_bytes());
    chunk
}

/// Chunks that programs put behind the sound, some of wrong sizes or without padding.
fn tails() -> Vec<(&'static str, Vec<u8>)> {
    let list = b"INFOINAM\x06\0\0\0Title\0";
    let id3 = b"ID3\x03\0\0\0\0\0\x10TIT2\0\0\0\x06\0\0\0Title";
    vec![
        ("LIST", chunk(b"LIST", list)),
        ("LIST too short", missized(b"LIST", list, 14)),
        ("LIST without end", missized(b"LIST", list, u32::MAX)),
        ("id3 too long", missized(b"id3 ", id3, 36)),
        ("bext", chunk(b"bext", &[0; 602])),
        ("bext one too long", missized(b"bext", &[0; 602], 603)),
        (
            "cue and a program's own",
            [chunk(b"cue ", &[0; 28]), chunk(b"qwer", &[1; 33])].concat(),
        ),
        (
            "a program's own and smpl",
            [chunk(b"qwer", &[1; 34]), chunk(b"smpl", &[0; 36])].concat(),
        ),
        (
            "odd ones without padding",
            [
                chunk(b"LIST", b"INFOINAM\x05\0\0\0Title"),
                chunk(b"id3 ", id3),
            ]
            .concat(),
        ),
    ]
}

/// Wrong sizes of sound that is `length` bytes long.
fn wrong_sizes(length: u32) -> Vec<u32> {
    let by = [
        -40, -31, -16, -8, -7, -4, -3, -2, 1, 2, 3, 4, 8, 13, 20, 40, 1_000_000,
    ];
    let near = by.iter().map(|by| length.wrapping_add_signed(*by));
    [0, u32::MAX, 0x7FFF_FFFF, 0x7FFF_F000]
        .into_iter()
        .chain(near)
        .collect()
}

#[test]
fn chunks_behind_sound_of_a_wrong_size_are_no_sound() {
    for (name, tail) in tails() {
        for (mark, outer) in [
            ("right", None),
            ("zero", Some(0)),
            ("unknown", Some(u32::MAX)),
        ] {
            let mut wave = Wave::new();
            wave.riff_size = outer;
            for size in wrong_sizes(wave.sound.len() as u32) {
                wave.data_size = Some(size);
                wave.behind.clone_from(&tail);
                let name = format!("{name}, size {size}, outer {mark}");
                expect(&name, &wave.bytes(), &words(), None);
            }
        }
    }
}

#[test]
fn padding_behind_sound_of_a_wrong_size_is_no_sound() {
    // Bytes without sign near the middle, an odd number of them.
    let quiet: Vec<i16> = words().iter().map(|word| (word / 4) & !0xFF).collect();
    let sound: Vec<u8> = quiet.iter().map(|word| ((word >> 8) + 128) as u8).collect();
    assert_eq!(sound.len() % 2, 1);
    let padded = [&sound[..], &[0]].concat();
    for (name, tail) in tails().into_iter().chain([("nothing", Vec::new())]) {
        for size in [0, u32::MAX, 0x7FFF_FFFF] {
            let mut wave = Wave::new();
            wave.format = format(1, 8);
            wave.sound.clone_from(&padded);
            wave.data_size = Some(size);
            wave.behind.clone_from(&tail);
            expect(&format!("{name}, size {size}"), &wave.bytes(), &quiet, None);
        }
    }
}

/// An AIFF file; `form` is its size, `frames` and `sound_size` what its chunks say.
fn aiff(form: u32, frames: u32, sound_size: u32, sound: &[u8], behind: &[u8]) -> Vec<u8> {
    let mut file = b"FORM".to_vec();
    file.extend(form.to_be_bytes());
    file.extend(b"AIFFCOMM\0\0\0\x12\0\x01");
    file.extend(frames.to_be_bytes());
    // 8,000 as an 80-bit number: 2^12 * 1.953125.
    file.extend([0, 16, 0x40, 0x0B, 0xFA, 0, 0, 0, 0, 0, 0, 0]);
    file.extend(b"SSND");
    file.extend((sound_size + 8).to_be_bytes());
    file.extend([0; 8]);
    file.extend(sound);
    file.extend(behind);
    file
}

#[test]
fn aiff_sizes_are_not_believed_over_the_file() {
    let words = words();
    let (sound, bytes) = (big(&words), 2 * FRAMES as u32);
    let right = bytes + 46;
    for form in [right, right + 500, right - 8, 0, u32::MAX] {
        for frames in [FRAMES as u32, 0, 10, u32::MAX] {
            let file = aiff(form, frames, bytes, &sound, &[]);
            expect(
                &format!("FORM {form}, {frames} frames"),
                &file,
                &words,
                None,
            );
        }
    }
    for size in [u32::MAX - 8, 0x7FFF_FFF0] {
        let file = aiff(right, 0, size, &sound, &[]);
        expect(&format!("sound of {size}"), &file, &words, None);
    }
    let cut = aiff(right + 100, 4_051, bytes + 100, &sound, &[]);
    expect("cut", &cut, &words, Some("cut short: 4001 of 4051 frames"));
    let odd: Vec<u8> = [&sound[..], &[7]].concat();
    let behind = b"NAME\0\0\0\x04Name";
    let file = aiff(0, 0, bytes + 1, &odd, behind);
    expect("an odd chunk without padding", &file, &words, None);
}

#[test]
fn chunks_behind_aiff_sound_of_a_wrong_size_are_no_sound() {
    let sound = big(&words());
    let big_chunk = |id: &[u8; 4], content: &[u8]| {
        let mut chunk = chunk(id, content);
        chunk[4..8].reverse();
        chunk
    };
    let id3 = b"ID3\x03\0\0\0\0\0\x10TIT2\0\0\0\x06\0\0\0Title";
    for (name, tail) in [
        ("NAME", big_chunk(b"NAME", b"Title\0")),
        (
            "odd NAME and ID3",
            [big_chunk(b"NAME", b"Title"), big_chunk(b"ID3 ", id3)].concat(),
        ),
        ("a program's own", big_chunk(b"qwer", &[1; 34])),
    ] {
        for size in wrong_sizes(sound.len() as u32) {
            let size_of_chunk = size.min(u32::MAX - 8);
            let file = aiff(0, FRAMES as u32, size_of_chunk, &sound, &tail);
            expect(&format!("{name}, size {size}"), &file, &words(), None);
        }
    }
}

#[test]
fn caf_and_au_sizes_are_not_believed_over_the_file() {
    let words = words();
    let bytes = 2 * FRAMES as u64;
    for size in [bytes + 4, u64::MAX, 0, bytes + 4_004, 100] {
        let mut file = b"caff\0\x01\0\0desc\0\0\0\0\0\0\0\x20".to_vec();
        file.extend(8_000_f64.to_be_bytes());
        for word in [u32::from_be_bytes(*b"lpcm"), 0, 2, 1, 1, 16] {
            file.extend(word.to_be_bytes());
        }
        file.extend(b"data");
        file.extend(size.to_be_bytes());
        file.extend([0; 4]);
        file.extend(big(&words));
        let warning = (size == bytes + 4_004).then_some("cut short: 4001 of 6001 frames");
        expect(&format!("CAF of {size}"), &file, &words, warning);
    }
    for (size, warning) in [
        (bytes as u32, None),
        (u32::MAX, None),
        (0, None),
        (bytes as u32 + 40, Some("cut short: 4001 of 4021 frames")),
    ] {
        let mut file = b".snd".to_vec();
        for word in [28, size, 3, 8_000, 1, 0] {
            file.extend(word.to_be_bytes());
        }
        file.extend(big(&words));
        expect(&format!("AU of {size}"), &file, &words, warning);
    }
}

#[test]
fn what_cannot_be_played_is_named() {
    for (tag, name) in [(0x31, "GSM"), (0x161, "WMA"), (0x2000, "AC-3")] {
        let file = Wave {
            format: format(tag, 16),
            ..Wave::new()
        };
        let error = decode(&file.bytes()).unwrap_err();
        assert!(error.contains(name), "{tag:#x}: {error}");
    }
    let mut file = Wave::new().bytes();
    file.truncate(30);
    assert!(decode(&file).unwrap_err().starts_with("damaged"));
    let mut file = Wave::new();
    file.format[2..4].copy_from_slice(&[0, 0]);
    assert!(decode(&file.bytes()).unwrap_err().starts_with("damaged"));
}
