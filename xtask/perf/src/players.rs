//! What playing costs without a window, beside other players: each is measured from outside, in the same way, in
//! turns.

use std::fmt::Write;

use super::figures::Figures;

#[cfg(target_os = "linux")]
pub(super) use measuring::run;

/// Figures of players without a window stand under this, then the player's name.
const PLAYERS: &str = "player/";
/// Ours, as `play` is without options.
const OURS: &str = "rusty-audio play";
/// Ours, when what it played has come to its end and the device has been released.
const ENDED: &str = "rusty-audio, 15 s after its end";

/// What is told of each: the figure, its heading, digits behind the point.
const COLUMNS: [(&str, &str, usize); 6] = [
    ("seconds", "s", 0),
    ("cpu percent", "CPU, % of a core", 2),
    ("wake-ups", "wake-ups a second", 1),
    ("first sound ms", "first sound, ms", 0),
    ("anonymous MiB", "memory of its own, MiB", 1),
    ("memory MiB", "memory with files, MiB", 1),
];

/// The section of the report; empty when none of it was measured.
pub(super) fn section(figures: &Figures) -> String {
    let mut names: Vec<&str> = figures
        .under(PLAYERS)
        .filter_map(|(name, _)| name.split_once('/'))
        .map(|(name, _)| name)
        .collect();
    names.dedup();
    if names.is_empty() {
        return String::new();
    }
    names.sort_by_key(|name| !name.starts_with("rusty-audio"));
    let headings: Vec<_> = COLUMNS.iter().map(|(_, heading, _)| *heading).collect();
    let mut text = format!(
        "\n## What playing costs, beside other players\n\nWithout a window, FLAC of 44.1 kHz to a sound server at 48 kHz, \
         in turns, each figure the median of {} turns. Wake-ups are voluntary switches of all threads; the first sound \
         is heard from the sink's monitor, from the start of the process on.\n\n| | {} |\n|{}\n",
        figures.number("players/turns").unwrap_or_default(),
        headings.join(" | "),
        " --- |".repeat(headings.len() + 1)
    );
    for name in names {
        let cells = COLUMNS.map(|(figure, _, digits)| {
            let value = figures.number(&format!("{PLAYERS}{name}/{figure}"));
            value.map_or("–".to_owned(), |value| format!("{value:.digits$}"))
        });
        let _ = writeln!(text, "| {name} | {} |", cells.join(" | "));
    }
    if let (Some(before), Some(after)) = (
        figures.number("players/load before"),
        figures.number("players/load after"),
    ) {
        let _ = writeln!(
            text,
            "\nThe machine's load was {before:.1} before and {after:.1} after it; the players themselves are a small part \
             of that."
        );
    }
    text
}

#[cfg(target_os = "linux")]
mod measuring {
    use std::fs;
    use std::io::Read;
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};

    use super::super::figures::Figures;
    use super::super::machine;
    use super::super::process::{CpuReading, Memory};
    use super::super::sessions::{NOT_RUN, Stage, note_failure};
    use super::super::window::{Player, rest};
    use super::{ENDED, OURS, PLAYERS};
    use xtask_common::desktop::Desktop;
    use xtask_common::failure::Failure;
    use xtask_common::project;

    /// Until everything that happens once has happened.
    const SETTLE: Duration = Duration::from_secs(3);
    /// How long each has its turn, of how many.
    const TURNS: u32 = 3;
    /// The longest a first sound is waited for.
    const LIMIT: Duration = Duration::from_secs(10);
    /// Until the device has been released after the end.
    const RELEASED: Duration = Duration::from_secs(15);

    /// What one turn has found.
    struct Turn {
        seconds: f64,
        cpu_percent: f64,
        wake_ups: f64,
        first_sound_ms: Option<f64>,
        memory: Memory,
    }

    /// Measures all of them for `seconds` each.
    pub(in super::super) fn run(
        stage: &Stage,
        seconds: u32,
        figures: &mut Figures,
    ) -> Result<(), Failure> {
        let Some(desktop) = &stage.desktop else {
            return Ok(());
        };
        figures.forget(PLAYERS);
        println!("Session: players without a window, {seconds} s each, in turns");
        let measured = compare(stage, desktop, seconds, figures);
        note_failure("players without a window", measured, figures)
    }

    fn compare(
        stage: &Stage,
        desktop: &Desktop,
        seconds: u32,
        figures: &mut Figures,
    ) -> Result<(), Failure> {
        figures.set("players/turns", f64::from(TURNS));
        if let Some(load) = machine::load() {
            figures.set("players/load before", load);
        }
        let mut players = vec![OURS];
        for (name, program) in [("audacious -H", "audacious"), ("mpv --no-video", "mpv")] {
            match project::has_command(program) {
                true => players.push(name),
                false => figures.say(format!("{NOT_RUN}{name}"), "not installed"),
            }
        }
        let mut turns: Vec<Vec<Turn>> = players.iter().map(|_| Vec::new()).collect();
        for number in 0..TURNS {
            for (name, turns) in players.iter().zip(&mut turns) {
                let mut command = command_of(name, stage, desktop, number)?;
                command.args(std::iter::repeat_n(&stage.track, 100));
                let time = Duration::from_secs(u64::from((seconds / TURNS).max(3)));
                turns.push(turn(desktop, command, name, SETTLE, time)?);
            }
        }
        for (name, turns) in players.iter().zip(&turns) {
            note(name, turns, figures);
        }
        let mut ended = command_of(OURS, stage, desktop, TURNS)?;
        ended.args(["--seek", &format!("{}", stage.track_seconds - 1.0)]);
        ended.arg(&stage.track);
        let settle = SETTLE + RELEASED;
        let turn = turn(desktop, ended, ENDED, settle, Duration::from_secs(10))?;
        note(ENDED, &[turn], figures);
        if let Some(load) = machine::load() {
            figures.set("players/load after", load);
        }
        Ok(())
    }

    fn command_of(
        name: &str,
        stage: &Stage,
        desktop: &Desktop,
        number: u32,
    ) -> Result<Command, Failure> {
        Ok(match name {
            OURS => {
                let mut command = Command::new(&stage.program);
                let folder = desktop.new_folder(&format!("player {number}"))?;
                command.arg("--config-dir").arg(folder).arg("play");
                command
            }
            other => {
                let mut words = other.split(' ');
                let mut command = Command::new(words.next().unwrap_or_default());
                command.args(words);
                command
            }
        })
    }

    fn turn(
        desktop: &Desktop,
        mut command: Command,
        name: &str,
        settle: Duration,
        time: Duration,
    ) -> Result<Turn, Failure> {
        let ear = Ear::start(desktop)?;
        command.stdout(Stdio::null()).stderr(Stdio::null());
        desktop.enter(&mut command);
        let started = Instant::now();
        let child = command
            .spawn()
            .map_err(|error| Failure::start(name, &error))?;
        let mut player = Player(child);
        let first_sound = ear.first_sound_after(started);
        rest(settle)?;
        let id = player.0.id();
        let (before, waits) = (CpuReading::of(id), waits(id));
        let begun = Instant::now();
        rest(time)?;
        let shares = CpuReading::of(id).since(&before);
        let seconds = begun.elapsed().as_secs_f64();
        let wake_ups = self::waits(id).saturating_sub(waits) as f64 / seconds;
        if let Ok(Some(status)) = player.0.try_wait() {
            return Err(Failure::new(format!(
                "{name}: the player has ended by itself ({status})"
            )));
        }
        Ok(Turn {
            seconds,
            cpu_percent: shares.iter().map(|(_, share)| share).sum(),
            wake_ups,
            first_sound_ms: first_sound.map(|after| after.as_secs_f64() * 1e3),
            memory: Memory::of(id),
        })
    }

    fn note(name: &str, turns: &[Turn], figures: &mut Figures) {
        let mut set = |figure: &str, of: &dyn Fn(&Turn) -> Option<f64>| {
            let mut values: Vec<f64> = turns.iter().filter_map(of).collect();
            values.sort_by(f64::total_cmp);
            if let Some(median) = values.get(values.len() / 2) {
                figures.set(format!("{PLAYERS}{name}/{figure}"), *median);
            }
        };
        set("cpu percent", &|turn| Some(turn.cpu_percent));
        set("wake-ups", &|turn| Some(turn.wake_ups));
        set("first sound ms", &|turn| turn.first_sound_ms);
        set("anonymous MiB", &|turn| Some(turn.memory.anonymous));
        set("memory MiB", &|turn| Some(turn.memory.own()));
        let seconds = turns.iter().map(|turn| turn.seconds).sum();
        figures.set(format!("{PLAYERS}{name}/seconds"), seconds);
    }

    /// Voluntary switches of all threads of a process until now: how often it has waited.
    fn waits(process_id: u32) -> u64 {
        let tasks = fs::read_dir(format!("/proc/{process_id}/task"));
        let tasks = tasks.into_iter().flatten().flatten();
        tasks
            .filter_map(|task| {
                let status = fs::read_to_string(task.path().join("status")).ok()?;
                let line = status
                    .lines()
                    .find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"))?;
                line.trim().parse::<u64>().ok()
            })
            .sum()
    }

    /// A recorder on the sink's monitor.
    struct Ear {
        recorder: Player,
    }

    impl Ear {
        /// Returns once the sink is heard, if only its silence.
        fn start(desktop: &Desktop) -> Result<Self, Failure> {
            let mut command = Command::new("parec");
            command
                .args(["-d", "@DEFAULT_MONITOR@", "--format=float32le"])
                .args(["--channels=2", "--rate=48000", "--latency-msec=10"])
                .stdout(Stdio::piped())
                .stderr(Stdio::null());
            desktop.enter(&mut command);
            let child = command
                .spawn()
                .map_err(|error| Failure::start("parec", &error))?;
            let mut ear = Self {
                recorder: Player(child),
            };
            // A player before this one may still be heard for a moment.
            let started = Instant::now();
            let mut silent_reads = 0;
            while silent_reads < 5 && started.elapsed() < LIMIT {
                silent_reads = match ear.next_is_silent() {
                    Some(true) => silent_reads + 1,
                    Some(false) => 0,
                    None => return Err(Failure::new("the sink's monitor cannot be heard")),
                };
            }
            Ok(ear)
        }

        /// Waits for the first sample that is not zero; `None` where there is none for long.
        fn first_sound_after(mut self, started: Instant) -> Option<Duration> {
            while started.elapsed() < LIMIT {
                if !self.next_is_silent()? {
                    return Some(started.elapsed());
                }
            }
            None
        }

        fn next_is_silent(&mut self) -> Option<bool> {
            let mut chunk = [0; 1 << 12];
            let count = self.recorder.0.stdout.as_mut()?.read(&mut chunk).ok()?;
            let heard = chunk.get(..count).filter(|heard| !heard.is_empty())?;
            Some(heard.iter().all(|byte| *byte == 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_stands_first_and_what_was_not_measured_is_a_dash() {
        let mut figures = Figures::default();
        figures.set("players/turns", 3.0);
        figures.set("player/audacious -H/cpu percent", 0.6);
        figures.set("player/rusty-audio play/cpu percent", 0.5);
        figures.set("player/rusty-audio play/wake-ups", 55.0);
        let text = section(&figures);
        let at = |row: &str| text.find(row).unwrap_or_else(|| panic!("{row}: {text}"));
        let ours = at("| rusty-audio play | – | 0.50 | 55.0 | – |");
        assert!(ours < at("| audacious -H | – | 0.60 | – |"));
        assert_eq!(section(&Figures::default()), "");
    }
}
