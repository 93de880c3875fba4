//! Any bytes as an equalizer preset: what is read can be written in the format that holds everything,
//! and is the same when that is read.
#![no_main]

use libfuzzer_sys::fuzz_target;
use presets::{PresetFormat, parse_preset, write_preset};

fuzz_target!(|content: &[u8]| {
    let Ok(read) = parse_preset(content) else {
        return;
    };
    let Ok(written) = write_preset(&read.settings, PresetFormat::Parametric, "fuzzed") else {
        return;
    };
    let again = parse_preset(&written).expect("what was written can be read");
    assert_eq!(again.settings, read.settings);
});
