//! Mutants of the kinds of files that have decoders of their own here.

use crate::dsd::{dff, dsf, modulate};
use crate::survival::survive;
use std::path::Path;

const MUTANTS: u32 = 300;

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
        survive(name, &fixture(name), MUTANTS);
    }
}

#[test]
fn monkeys_audio_survives() {
    for name in [
        "fast_2ch_16bit.ape",
        "high_1ch_8bit.ape",
        "normal_2ch_24bit.ape",
    ] {
        survive(name, &fixture(name), MUTANTS);
    }
}

#[test]
fn dsd_survives() {
    let bytes = modulate(2_822_400, 100_000, &[(1_000.0, 0.5), (3_000.0, 0.4)]);
    survive("dsf", &dsf(2_822_400, 100_000, &bytes), MUTANTS);
    survive("dff", &dff(2_822_400, b"DSD ", &bytes), MUTANTS);
}
