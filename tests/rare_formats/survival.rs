//! Files with bytes changed, cut and put in: nothing may panic, go on for ever, or take more memory
//! than there is file. Every mutant is played and has its tags read.
//!
//! `RUSTY_AUDIO_MUTANTS` asks for another number of mutants to each file, `RUSTY_AUDIO_SEED` for others;
//! into the folder `RUSTY_AUDIO_KEEP_ORIGINALS` the files themselves are put, for `fuzz` to begin with.

use media::decoder::TrackDecoder;
use media::duration::read_duration;
use media::tags::read_tags;
use std::alloc::{GlobalAlloc, Layout, System};
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::catch_unwind;
use std::path::Path;
use std::sync::Once;
use std::time::Duration;

/// Counts what the test's own thread holds.
struct Counting;

thread_local! {
    static HELD_BYTES: Cell<isize> = const { Cell::new(0) };
    static MAX_BYTES: Cell<isize> = const { Cell::new(0) };
    /// Where the thread's last panic was raised.
    static PANIC_PLACE: RefCell<String> = const { RefCell::new(String::new()) };
}

fn count(bytes: isize) {
    let held = HELD_BYTES.get() + bytes;
    HELD_BYTES.set(held);
    MAX_BYTES.set(MAX_BYTES.get().max(held));
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

/// Above what the largest frame of any of these formats needs: bytes.
const MARGIN_BYTES: isize = 48 << 20;
/// Silence for what is missing may be long, but not without end: samples.
const MAX_SAMPLES: usize = 1 << 26;
/// Of the processor, for one mutant: to play it four times and to read its tags.
const MAX_TIME: Duration = Duration::from_secs(1);

struct Random(u32);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 as usize % limit.max(1)
    }
}

/// Where the names of chunks, boxes and frames are: four letters or digits, and what is beside them.
fn named_places(content: &[u8]) -> Vec<usize> {
    let is_name = |four: &[u8]| four.iter().all(|b| b.is_ascii_alphanumeric() || *b == b' ');
    let names = content.windows(4).enumerate();
    names
        .filter(|(_, four)| is_name(four))
        .map(|(at, _)| at)
        .collect()
}

fn mutate(original: &[u8], random: &mut Random) -> Vec<u8> {
    const TELLING: [u32; 8] = [
        0,
        1,
        0xFF,
        0x7FFF,
        0xFFFF,
        0x7FFF_FFFF,
        0x8000_0000,
        0xFFFF_FFFE,
    ];
    let mut content = original.to_vec();
    let names = named_places(original);
    let changes = [1, 1, 1, 2, 3, 5];
    for _ in 0..changes[random.below(changes.len())] {
        let length = content.len();
        // Most changes are to headers: at the start, or beside a name.
        let at = match random.below(4) {
            0 => random.below(length),
            1 if !names.is_empty() => {
                (names[random.below(names.len())] + random.below(40)).saturating_sub(12)
            }
            _ => random.below(length.min(120)),
        };
        let at = at.min(length);
        let mut fill = |count, byte: u8| {
            let bytes = content.iter_mut().skip(at).take(count);
            bytes.for_each(|b| *b = byte);
        };
        match random.below(10) {
            0 => content.truncate(at),
            1 => drop(content.splice(at..at, vec![0; random.below(40)])),
            2 => drop(content.drain(at..(at + random.below(40)).min(length))),
            3 => fill(8, 0xFF),
            4 => fill(8, 0),
            5 => {
                let value = TELLING[random.below(TELLING.len())];
                let value = match random.below(2) {
                    0 => value.to_be_bytes(),
                    _ => value.to_le_bytes(),
                };
                let bytes = content.iter_mut().skip(at).zip(value);
                bytes.for_each(|(b, value)| *b = value);
            }
            6 => {
                let from = random.below(length);
                let copy = content[from..(from + random.below(200)).min(length)].to_vec();
                drop(content.splice(at..at, copy));
            }
            _ => {
                if let Some(byte) = content.get_mut(at) {
                    *byte ^= 1 << random.below(8);
                }
            }
        }
    }
    // Else whatever is changed would only ever be found out by the checksums.
    if random.below(4) > 0 {
        renew_ogg_checksums(&mut content);
    }
    content
}

/// Makes every page of an Ogg file whole again (RFC 3533, section 6).
fn renew_ogg_checksums(content: &mut [u8]) {
    let mut from = 0;
    while let Some(at) = content[from..].windows(4).position(|four| four == b"OggS") {
        let page = &mut content[from + at..];
        from += at + 4;
        let segments = usize::from(page.get(26).copied().unwrap_or(0));
        let lengths = page.get(27..27 + segments).unwrap_or_default();
        let length = 27 + segments + lengths.iter().map(|n| usize::from(*n)).sum::<usize>();
        let Some(page) = page.get_mut(..length) else {
            continue;
        };
        page[22..26].fill(0);
        let checksum = page.iter().fold(0_u32, |sum, byte| {
            (0..8).fold(sum ^ u32::from(*byte) << 24, |sum, _| {
                sum << 1 ^ if sum >> 31 == 1 { 0x04C1_1DB7 } else { 0 }
            })
        });
        page[22..26].copy_from_slice(&checksum.to_le_bytes());
    }
}

/// Plays a file from several places as far as it goes, and reads what it says about itself; returns
/// how many samples it had.
fn play(path: &Path) -> usize {
    read_tags(path, true);
    read_duration(path);
    let Ok(mut decoder) = TrackDecoder::open(path) else {
        return 0;
    };
    let mut samples = 0;
    for frame in [None, Some(1_000), Some(u64::MAX / 3), Some(0)] {
        if frame.is_some_and(|frame| decoder.seek(frame).is_err()) {
            continue;
        }
        while let Ok(Some(frames)) = decoder.next_frames() {
            samples += frames.len();
            assert!(samples < MAX_SAMPLES, "it does not end");
        }
    }
    samples
}

/// Processor time of this thread; where that is not known, time.
fn thread_time() -> Duration {
    #[cfg(target_os = "linux")]
    {
        let mut time = libc::timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        // SAFETY: `time` is a valid place for the answer.
        unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
        Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
    }
    #[cfg(not(target_os = "linux"))]
    {
        static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
        START.get_or_init(std::time::Instant::now).elapsed()
    }
}

/// Whether a dependency's arithmetic went wrong. They are built here with checks of it, which a release
/// does without; their paths are absolute, and the program's own are not.
fn is_overflow_elsewhere(reason: &(dyn Any + Send)) -> bool {
    let place = PANIC_PLACE.take();
    let is_elsewhere = Path::new(&place).is_absolute() && !place.starts_with("/rustc/");
    let text = text_of(reason);
    is_elsewhere && text.starts_with("attempt to ") && text.ends_with(" with overflow")
}

fn text_of(reason: &(dyn Any + Send)) -> &str {
    let text = reason.downcast_ref::<&str>().copied();
    let text = text.or(reason.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("")
}

fn note_panic_places() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let place = panic.location().map_or("", |place| place.file());
            PANIC_PLACE.set(place.to_owned());
            let text = text_of(panic.payload());
            if !(text.starts_with("attempt to ") && text.ends_with(" with overflow")) {
                usual(panic);
            } else if std::env::var_os("RUSTY_AUDIO_OVERFLOWS").is_some() {
                eprintln!("{text}: {:?}", panic.location());
            }
        }));
    });
}

fn number_from(variable: &str) -> Option<u32> {
    std::env::var(variable).ok()?.parse().ok()
}

/// What came of one file.
struct Attempt {
    samples: usize,
    is_overflow: bool,
    bytes: isize,
    time: Duration,
    fault: Option<String>,
}

fn attempt(path: &Path, content: &[u8], most_time: Duration) -> Attempt {
    std::fs::write(path, content).unwrap();
    let (before, start) = (HELD_BYTES.get(), thread_time());
    MAX_BYTES.set(before);
    let result = catch_unwind(|| play(path));
    let (bytes, time) = (MAX_BYTES.get() - before, thread_time() - start);
    let (samples, is_overflow, fault) = match result {
        Ok(samples) => (samples, false, None),
        Err(reason) if is_overflow_elsewhere(&*reason) => (0, true, None),
        Err(reason) => (0, false, Some(text_of(&*reason).to_owned())),
    };
    let is_large = bytes > content.len() as isize + MARGIN_BYTES;
    let fault = fault
        .or(is_large.then(|| format!("took {bytes} bytes")))
        .or((time > most_time).then(|| format!("took {time:?}")));
    Attempt {
        samples,
        is_overflow,
        bytes,
        time,
        fault,
    }
}

/// Tries a file as it is; megabytes may take a few times as long as a mutant.
pub(crate) fn endure(name: &str, content: &[u8]) {
    note_panic_places();
    let folder = tempfile::tempdir().unwrap();
    let found = attempt(&folder.path().join("file"), content, 3 * MAX_TIME);
    assert!(found.fault.is_none(), "{name}: {:?}", found.fault);
}

/// Tries `mutants` of `original`. Those with faults are kept.
pub(crate) fn survive(name: &str, original: &[u8], mutants: u32) {
    note_panic_places();
    let mutants = number_from("RUSTY_AUDIO_MUTANTS").unwrap_or(mutants);
    let seed = number_from("RUSTY_AUDIO_SEED").unwrap_or(0x9E37_79B9);
    let mut random = Random(seed.max(1));
    if let Some(corpus) = std::env::var_os("RUSTY_AUDIO_KEEP_ORIGINALS") {
        std::fs::write(Path::new(&corpus).join(name), original).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mutant");
    let (mut playable, mut overflows, mut most_bytes) = (0, 0, 0);
    let mut most_time = Duration::ZERO;
    let mut faults = Vec::new();
    for number in 0..mutants {
        let content = mutate(original, &mut random);
        let found = attempt(&path, &content, MAX_TIME);
        if let Some(fault) = found.fault {
            let kept = std::env::temp_dir().join(format!("mutant {number} of {name}"));
            std::fs::copy(&path, &kept).unwrap();
            faults.push(format!("{}: {fault}", kept.display()));
        }
        playable += u32::from(found.samples > 0);
        overflows += u32::from(found.is_overflow);
        most_bytes = most_bytes.max(found.bytes);
        most_time = most_time.max(found.time);
    }
    println!(
        "{name}: {playable} of {mutants} play, {overflows} stopped by a check of arithmetic; \
         {} KiB and {} ms at most",
        most_bytes >> 10,
        most_time.as_millis(),
    );
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(
        playable > mutants / 20,
        "{name}: mutants are too broken to test anything"
    );
}
