//! The project's own commands, run as `cargo xtask COMMAND`.

mod check;
mod demo_track;
mod icons;
mod install;
mod package;
mod run;
#[cfg(target_os = "linux")]
mod screenshot;

use std::process::ExitCode;

#[cfg(target_os = "linux")]
use xtask_common::desktop;
use xtask_common::failure::Failure;
use xtask_common::project;

const USAGE: &str = "\
cargo xtask COMMAND

  run [--debug-build] [INPUT…]   install what is missing, build, and play INPUT or the demo track
  test [--fast]                  install what is missing, then run every check and test there is
  perf [OPTIONS]                 benchmarks, live sessions and performance_report.md (all, if none is named)
      --all                      the next three
      --run-benchmarks           cargo bench, quickly
      --run-sessions             let the program play, and take in what it measures of itself
      --run-window               of these only the ones with a window
      --run-players              of these only the ones beside other players (Audacious and mpv, where installed)
      --generate-report          write the report from what was measured last
      --compare                  say in it what has changed since the run before
      --full                     all of criterion's samples; ten minutes under load
      --seconds N                length of a session (60)
      --busy-seconds N           length of the session under load
      --profile NAME             build everything in this cargo profile
      --instructions [--update]  count instructions with valgrind; compare them with the baseline, or replace it
  screenshot [OPTIONS]           take a picture of the real window
      --out FILE                 where to write it (assets/screenshot.png)
      --theme light|dark         the program's own choice if not given
      --size WxH                 size of the window (1500x900)
      --wait SECONDS             how long to let it play first (4)
      --keys KEY,…|none          keys to press before the picture (F12)
      --release                  take the release build
      --inputs INPUT…            what to play (demo); takes the rest of the line
  install [--binary FILE]        build, and put the player into your own folders, with menu entry and file types
  uninstall                      take away what install has put there
  package deb                    build a package for Debian and Ubuntu
  demo-track [--check]           make assets/demo.flac, or compare it
  icons                          draw packaging/icon.svg in every size
  desktop -- COMMAND…            run COMMAND on a desktop without a screen or a sound card";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            eprintln!("xtask: {failure}");
            ExitCode::from(failure.exit_code)
        }
    }
}

fn dispatch(arguments: &[String]) -> Result<u8, Failure> {
    let Some((command, rest)) = arguments.split_first() else {
        eprintln!("{USAGE}");
        return Ok(2);
    };
    match command.as_str() {
        "run" => {
            let debug_build = rest.first().is_some_and(|word| word == "--debug-build");
            let inputs = if debug_build { &rest[1..] } else { rest };
            let inputs = inputs.strip_prefix(&["--".to_owned()]).unwrap_or(inputs);
            run::run(inputs, debug_build)
        }
        "test" => check::run(flag(rest, "--fast")?),
        "demo-track" => {
            let root = project::root();
            if flag(rest, "--check")? {
                demo_track::check(&root)?;
            } else {
                demo_track::write(&root)?;
            }
            Ok(0)
        }
        "install" => match rest {
            [] => install::install(None),
            [option, file] if option == "--binary" => install::install(Some(file.as_ref())),
            [first, ..] => Err(Failure::usage(format!("unknown argument `{first}`"))),
        },
        "uninstall" => install::uninstall(),
        "package" => match rest {
            [kind] if kind == "deb" => package::deb(),
            _ => Err(Failure::usage("`cargo xtask package deb` is what there is")),
        },
        "icons" => icons::draw(&project::root()),
        "perf" => perf_suite::run(rest),
        "desktop" => on_desktop(rest.strip_prefix(&["--".to_owned()]).unwrap_or(rest)),
        "screenshot" => picture(rest),
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(0)
        }
        other => Err(Failure::usage(format!(
            "unknown command `{other}`; `cargo xtask help` lists all"
        ))),
    }
}

/// True if `name` is the only argument, false if there is none.
fn flag(arguments: &[String], name: &str) -> Result<bool, Failure> {
    match arguments {
        [] => Ok(false),
        [only] if only == name => Ok(true),
        [first, ..] => Err(Failure::usage(format!("unknown argument `{first}`"))),
    }
}

#[cfg(target_os = "linux")]
fn on_desktop(arguments: &[String]) -> Result<u8, Failure> {
    desktop::run(arguments)
}

#[cfg(target_os = "linux")]
fn picture(arguments: &[String]) -> Result<u8, Failure> {
    screenshot::run(arguments)
}

#[cfg(not(target_os = "linux"))]
fn on_desktop(_arguments: &[String]) -> Result<u8, Failure> {
    Err(Failure::new(
        "the desktop without a screen exists on Linux only",
    ))
}

#[cfg(not(target_os = "linux"))]
fn picture(_arguments: &[String]) -> Result<u8, Failure> {
    Err(Failure::new("the screenshot is taken on Linux only"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn wrong_usage_exits_with_2() {
        for line in [
            "frobnicate",
            "test --slow",
            "demo-track --check twice",
            "perf --x",
        ] {
            let failure = dispatch(&words(line)).expect_err(line);
            assert_eq!(failure.exit_code, 2, "{line}");
        }
    }
}
