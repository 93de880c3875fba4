//! Any bytes as a cue sheet.
#![no_main]

use libfuzzer_sys::fuzz_target;
use library::cue::read_cue;

fuzz_target!(|content: &[u8]| {
    // In a folder of its own: files it names are looked for beside it.
    let folder = std::env::temp_dir().join(format!("fuzzed-cue-{}", std::process::id()));
    let path = folder.join("sheet.cue");
    if std::fs::create_dir_all(&folder).is_ok() && std::fs::write(&path, content).is_ok() {
        let tracks = read_cue(&path).unwrap_or_default();
        assert!(tracks.iter().all(|track| track.part.is_some()));
    }
});
