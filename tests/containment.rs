//! A panic in a build that aborts on panics, as the release does, ends one thread only.

#![allow(clippy::unwrap_used, reason = "tests may fail loudly")]

use std::path::Path;
use std::process::Command;

const PROGRAM: &str = r#"
#[path = "SOURCE"]
#[allow(unused)]
mod containment;

fn main() {
    let failed = containment::contained("decoder", || -> u32 { panic!("planted\nwith more") });
    let works = containment::contained("decoder", || 7);
    println!("{failed:?} {works:?}");
    if std::env::args().count() > 1 {
        panic!("not contained");
    }
}
"#;

#[test]
fn a_build_that_aborts_on_panics_loses_one_thread_and_lives() {
    let folder = tempfile::tempdir().unwrap();
    let module = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/media/src/containment.rs");
    let module = module.display().to_string().replace('\\', "/");
    let (source, program) = (folder.path().join("main.rs"), folder.path().join("main"));
    std::fs::write(&source, PROGRAM.replace("SOURCE", &module)).unwrap();
    let compiler = std::env::var_os("RUSTC").unwrap_or("rustc".into());
    let compiled = Command::new(compiler)
        // The flags of the release profile that matter here.
        .args([
            "--edition",
            "2024",
            "-C",
            "opt-level=3",
            "-C",
            "panic=abort",
            "-o",
        ])
        .arg(&program)
        .arg(&source)
        .output()
        .unwrap();
    assert!(compiled.status.success(), "{compiled:?}");

    let run = Command::new(&program).output().unwrap();
    assert!(run.status.success(), "{run:?}");
    let said = String::from_utf8(run.stdout).unwrap();
    assert_eq!(said, "Err(Panicked(\"planted\")) Ok(7)\n");
    assert!(run.stderr.is_empty(), "no word of it but the result");

    // Without containment the same build aborts: the flag was in effect.
    let aborted = Command::new(&program).arg("uncontained").output().unwrap();
    assert!(!aborted.status.success());
    assert_ne!(aborted.status.code(), Some(101), "it was unwound");
}
