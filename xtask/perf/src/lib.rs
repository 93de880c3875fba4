//! `cargo xtask perf`: measures the program from outside and writes what came of it.

mod arithmetic;
mod benches;
mod beside;
mod busy;
mod changes;
mod figures;
mod gains;
mod instructions;
mod machine;
mod options;
mod players;
#[cfg(target_os = "linux")]
mod process;
mod report;
mod session_names;
mod sessions;
mod svg;
mod targets;
#[cfg(target_os = "linux")]
mod window;

use std::fs;

use figures::Figures;
use options::Options;
use sessions::Stage;
use xtask_common::failure::Failure;
use xtask_common::interrupt;
use xtask_common::packages::{self, Purpose};
use xtask_common::project;

/// The figures of the last run, and of the one before, below the target folder.
const LAST: &str = "last.json";
const PREVIOUS: &str = "previous.json";

/// Does what `arguments` ask for.
pub fn run(arguments: &[String]) -> Result<u8, Failure> {
    let options = Options::parse(arguments)?;
    if options.instructions {
        return instructions::run(options.update);
    }
    interrupt::install();
    packages::ensure(Purpose::Run)?;
    let folder = project::target_dir()?.join("perf");
    fs::create_dir_all(&folder).map_err(|error| Failure::file("create", &folder, &error))?;
    let (last, previous) = (folder.join(LAST), folder.join(PREVIOUS));
    let mut figures = Figures::read(&last)?;
    if options.benchmarks || options.sessions || options.window || options.players {
        figures.write(&previous)?;
        figures.forget(sessions::NOT_RUN);
        machine::describe(&mut figures);
    }
    // Each part is kept as soon as it is done: the next may fail or be interrupted.
    if options.benchmarks {
        let load = machine::load();
        benches::run(&options, &mut figures)?;
        if let Some(load) = load {
            figures.set("measured/load before benchmarks", load);
        }
        machine::note_when(&mut figures, "benchmarks");
        figures.write(&last)?;
    }
    if options.sessions || options.window || options.players {
        let stage = Stage::set(&options, &folder, &mut figures)?;
        if options.sessions {
            figures.forget(session_names::PREFIX);
            sessions::run(&stage, &options, &mut figures)?;
            machine::note_when(&mut figures, "sessions");
            figures.write(&last)?;
        }
        #[cfg(target_os = "linux")]
        {
            if options.window {
                window::run(&stage, &options, &mut figures)?;
                machine::note_when(&mut figures, "window");
                figures.write(&last)?;
            }
            if options.players {
                players::run(&stage, options.seconds, &mut figures)?;
                machine::note_when(&mut figures, "players");
            }
        }
        #[cfg(not(target_os = "linux"))]
        figures.say(
            format!("{}the window, and other players", sessions::NOT_RUN),
            "they are measured on Linux only",
        );
        figures.write(&last)?;
    }
    if options.report {
        let before = options
            .compare
            .then(|| Figures::read(&previous))
            .transpose()?;
        report::write(&figures, before.as_ref())?;
    }
    Ok(u8::from(sessions::any_failed(&figures)))
}
