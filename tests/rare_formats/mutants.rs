//! Files with bytes changed, cut and put in: nothing may panic, go on for ever, or take more memory
//! than there is file.

use crate::dsd::{dff, dsf, modulate};
use rusty_audio::media::decoder::TrackDecoder;
use std::alloc::{GlobalAlloc, Layout, System};
use std::any::Any;
use std::cell::Cell;
use std::panic::{catch_unwind, resume_unwind};
use std::path::Path;

/// Counts what the test's own thread holds.
struct Counting;

thread_local! {
    static HELD_BYTES: Cell<isize> = const { Cell::new(0) };
    static MOST_BYTES: Cell<isize> = const { Cell::new(0) };
}

fn count(bytes: isize) {
    let held = HELD_BYTES.get() + bytes;
    HELD_BYTES.set(held);
    MOST_BYTES.set(MOST_BYTES.get().max(held));
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

const MUTANTS: u32 = 300;
/// Above what the largest frame of any of these formats needs: bytes.
const MARGIN_BYTES: isize = 48 << 20;
/// Silence for what is missing may be long, but not without end: samples.
const MOST_SAMPLES: usize = 1 << 26;

struct Random(u32);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 as usize % limit
    }
}

fn mutate(original: &[u8], random: &mut Random) -> Vec<u8> {
    let mut content = original.to_vec();
    for _ in 0..=random.below(4) {
        // Half of the changes are to the headers.
        let reach = if random.below(2) == 0 {
            120
        } else {
            content.len()
        };
        let at = random.below(reach.min(content.len()).max(1));
        match random.below(8) {
            0 => content.truncate(at),
            1 => drop(content.splice(at..at, vec![0; random.below(40)])),
            2 => drop(content.drain(at..(at + random.below(40)).min(content.len()))),
            3 => content
                .iter_mut()
                .skip(at)
                .take(8)
                .for_each(|byte| *byte = 0xFF),
            4 => content
                .iter_mut()
                .skip(at)
                .take(8)
                .for_each(|byte| *byte = 0),
            _ => content
                .iter_mut()
                .skip(at)
                .take(1)
                .for_each(|byte| *byte ^= 1 << random.below(8)),
        }
    }
    content
}

/// Plays a file from several places as far as it goes; returns how many samples that were.
fn play(path: &Path) -> usize {
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
            assert!(samples < MOST_SAMPLES, "it does not end");
        }
    }
    samples
}

fn is_overflow(reason: &(dyn Any + Send)) -> bool {
    let text = reason.downcast_ref::<&str>().copied();
    let text = text.or(reason.downcast_ref::<String>().map(String::as_str));
    text.is_some_and(|text| text.starts_with("attempt to ") && text.ends_with(" with overflow"))
}

fn survive(name: &str, original: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mutant");
    let mut random = Random(0x9E37_79B9);
    let (mut playable, mut overflows, mut most_bytes) = (0, 0, 0);
    for _ in 0..MUTANTS {
        let content = mutate(original, &mut random);
        std::fs::write(&path, &content).unwrap();
        let before = HELD_BYTES.get();
        MOST_BYTES.set(before);
        match catch_unwind(|| play(&path)) {
            Ok(samples) => playable += usize::from(samples > 0),
            // Libraries are built here with checks of their arithmetic, which a release does without.
            Err(reason) if is_overflow(&*reason) => overflows += 1,
            Err(reason) => resume_unwind(reason),
        }
        let taken = MOST_BYTES.get() - before;
        most_bytes = most_bytes.max(taken);
        assert!(
            taken < content.len() as isize + MARGIN_BYTES,
            "{name} took {taken} bytes"
        );
    }
    println!(
        "{name}: {playable} of {MUTANTS} play, {overflows} stopped by a check of arithmetic, {} KiB at most",
        most_bytes >> 10
    );
    assert!(
        playable > MUTANTS as usize / 10,
        "{name}: mutants are too broken to test anything"
    );
}

fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    std::fs::read(folder.join(name)).unwrap()
}

#[test]
fn wavpack_survives() {
    for name in [
        "lossless_2ch_16bit.wv",
        "lossless_3ch_16bit.wv",
        "hybrid_2ch_16bit.wv",
        "float_2ch.wv",
    ] {
        survive(name, &fixture(name));
    }
}

#[test]
fn monkeys_audio_survives() {
    for name in [
        "fast_2ch_16bit.ape",
        "high_1ch_8bit.ape",
        "normal_2ch_24bit.ape",
    ] {
        survive(name, &fixture(name));
    }
}

#[test]
fn dsd_survives() {
    let bytes = modulate(2_822_400, 100_000, &[(1_000.0, 0.5), (3_000.0, 0.4)]);
    survive("dsf", &dsf(2_822_400, 100_000, &bytes));
    survive("dff", &dff(2_822_400, b"DSD ", &bytes));
}
