//! Who may name what.

use crate::sources::sources;

/// Who alone may name a crate.
const NAMED_IN: [(&str, &[&str]); 8] = [
    (
        "use pipewire",
        &["crates/engine/src/output/device_watch/pipewire.rs"],
    ),
    (
        "cpal::",
        &[
            "crates/engine/src/output/device.rs",
            "crates/engine/src/output/device/",
        ],
    ),
    ("symphonia::", &["crates/media/src/"]),
    ("lofty::", &["crates/media/src/"]),
    ("rustfft::", &["crates/transforms/src/"]),
    ("rusqlite::", &["crates/library/src/database"]),
    ("notify::", &["crates/library/src/scan/watch.rs"]),
    ("eframe::", &["src/ui", "src/main.rs"]),
];

/// Where the code of the audio callback lives: all of these files are held to its rules, their constructors
/// too, which only rules out what no constructor needs.
const CALLBACK_FILES: [&str; 20] = [
    "crates/dsp/src/",
    "crates/engine/src/renderer.rs",
    "crates/engine/src/renderer/",
    "crates/engine/src/chain.rs",
    "crates/rt/src/clock.rs",
    "crates/rt/src/history.rs",
    "crates/rt/src/ids.rs",
    "crates/rt/src/pool.rs",
    "crates/rt/src/ring.rs",
    "crates/rt/src/snapshot.rs",
    "crates/telemetry/src/histogram.rs",
    "crates/telemetry/src/monitor.rs",
    "crates/telemetry/src/tick_clock.rs",
    "crates/engine/src/output/callback_body.rs",
    "crates/engine/src/output/latency.rs",
    "crates/engine/src/output/null.rs",
    "crates/engine/src/output/pace.rs",
    "crates/engine/src/output/trouble.rs",
    "crates/engine/src/output/device_word.rs",
    "crates/engine/src/output.rs",
];

/// What those files must not name.
const BANNED: [&str; 8] = [
    "Mutex",
    "RwLock",
    ".lock()",
    "println!",
    "format!",
    ".unwrap()",
    ".expect(",
    "panic!",
];

#[test]
fn outside_crates_are_named_only_where_they_belong() {
    let mut wrong = Vec::new();
    for source in sources() {
        let code = source.product_code();
        for (name, homes) in NAMED_IN {
            let is_home = homes.iter().any(|home| source.name.starts_with(home));
            if !is_home && code.contains(name) {
                wrong.push(format!("{} names {name}", source.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_of_the_callback_neither_lock_nor_print_nor_panic() {
    let mut wrong = Vec::new();
    let mut looked_at = 0;
    for source in sources() {
        if !CALLBACK_FILES
            .iter()
            .any(|file| source.name.starts_with(file))
        {
            continue;
        }
        looked_at += 1;
        let code = source.product_code();
        for word in BANNED {
            if let Some(line) = code.lines().find(|line| line.contains(word)) {
                wrong.push(format!("{}: {}", source.name, line.trim()));
            }
        }
    }
    assert!(looked_at > 55, "{looked_at}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
