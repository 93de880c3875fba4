//! `cargo xtask test`: every check and test, one after the other, and a summary at the end.

mod step;
mod summary;

use std::path::PathBuf;
use std::process::Command;

use crate::demo_track;
use step::Runner;
use xtask_common::failure::Failure;
use xtask_common::interrupt;
use xtask_common::packages::{self, Purpose};
use xtask_common::project;

#[cfg(target_os = "linux")]
use xtask_common::desktop::Desktop;

/// Runs everything; `fast` leaves out what takes long and says so in the summary.
///
/// Returns the exit code: 0 only if nothing failed.
pub(crate) fn run(fast: bool) -> Result<u8, Failure> {
    interrupt::install();
    packages::ensure(Purpose::Test)?;
    packages::ensure_rust_components()?;
    let mut runner = Runner::new();
    // A run that fails early in formatting is still worth the rest: each step stands alone.
    runner.command("format", project::cargo(&["fmt", "--all", "--check"]));
    runner.command(
        "clippy",
        project::cargo(&[
            "clippy",
            "--workspace",
            "--all-targets",
            "--features",
            "inspection",
            "--",
            "-D",
            "warnings",
        ]),
    );
    check_dependencies(&mut runner);
    if fast {
        let mut tests = cargo_test();
        tests.args(["--lib", "--bins", "--", "--show-output"]);
        runner.tests("tests", tests);
        runner.left_out(
            "the demo track's comparison, integration and doc tests, documentation (--fast)",
        );
        return Ok(runner.finish());
    }
    // Exactly what is run afterwards: a build of the program alone would choose other features of its
    // libraries and compile half of them twice.
    let mut build = cargo_test();
    build.arg("--no-run");
    runner.command("build", build);
    runner.task("demo track", || demo_track::check(&project::root()));
    let mut tests = cargo_test();
    tests.args(["--", "--show-output"]);
    on_desktop(&mut runner, tests);
    let mut documentation = project::cargo(&[
        "doc",
        "--no-deps",
        "--workspace",
        "--features",
        "inspection",
    ]);
    documentation.env("RUSTDOCFLAGS", "-D warnings");
    runner.command("documentation", documentation);
    Ok(runner.finish())
}

/// Advisories, licences and sources, where the tool and its database are at hand.
fn check_dependencies(runner: &mut Runner) {
    if project::has_command("cargo-deny") {
        runner.command("dependencies", project::cargo(&["deny", "check"]));
    } else {
        runner.left_out("advisories and licences of dependencies: cargo-deny is not installed");
    }
}

fn cargo_test() -> Command {
    let mut command = project::cargo(&[
        "test",
        "--workspace",
        "--features",
        "inspection",
        "--no-fail-fast",
    ]);
    // Passed notes are shown after each test; written live they would mix between threads.
    command.env_remove("RUST_TEST_NOCAPTURE");
    if let Some(corpus) = corpus() {
        command.env("RUSTY_AUDIO_CORPUS", corpus);
    }
    command
}

/// The music the tests may use, as an absolute path: tests run in other folders.
fn corpus() -> Option<PathBuf> {
    let given = std::env::var_os("RUSTY_AUDIO_CORPUS")?;
    project::root().join(given).canonicalize().ok()
}

#[cfg(target_os = "linux")]
fn on_desktop(runner: &mut Runner, mut tests: Command) {
    let mut desktop = None;
    runner.task("desktop", || {
        desktop = Some(Desktop::start()?);
        Ok(())
    });
    if let Some(desktop) = &desktop {
        desktop.enter(&mut tests);
    }
    // Without it the tests still run: those that need it fail, the others say something.
    runner.tests("tests", tests);
}

#[cfg(not(target_os = "linux"))]
fn on_desktop(runner: &mut Runner, tests: Command) {
    runner.left_out("the desktop without a screen: it exists on Linux only");
    runner.tests("tests", tests);
}
