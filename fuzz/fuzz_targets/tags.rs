//! Any bytes as a file whose tags, cover and length are read.
#![no_main]

use libfuzzer_sys::fuzz_target;
use media::duration::read_duration;
use media::tags::read_tags;

fuzz_target!(|content: &[u8]| {
    // Tags are read from files only.
    let name = format!("fuzzed-tags-{}", std::process::id());
    let path = std::env::temp_dir().join(name);
    if std::fs::write(&path, content).is_ok() {
        read_tags(&path, true);
        read_duration(&path);
    }
});
