//! The arguments of `cargo xtask perf`.

use xtask_common::failure::Failure;

/// How long a session plays, unless told otherwise, in seconds.
const SESSION_SECONDS: u32 = 60;
/// How long the session under load plays with `--full`, in seconds: long enough for rare events.
const FULL_BUSY_SECONDS: u32 = 600;

/// What to measure, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Options {
    /// Run the benchmarks.
    pub(super) benchmarks: bool,
    /// Run the live sessions without a window.
    pub(super) sessions: bool,
    /// Run those with one.
    pub(super) window: bool,
    /// Run those beside other players.
    pub(super) players: bool,
    /// Write the report.
    pub(super) report: bool,
    /// Count instructions; nothing else is done then.
    pub(super) instructions: bool,
    /// Take the counted instructions as the new baseline.
    pub(super) update: bool,
    /// Say in the report what has changed since the run before.
    pub(super) compare: bool,
    /// Criterion's full sampling, and ten minutes under load.
    pub(super) full: bool,
    /// Length of a session.
    pub(super) seconds: u32,
    /// Length of the session under load.
    pub(super) busy_seconds: u32,
    /// The cargo profile everything is built in, where it is not the usual one.
    pub(super) profile: Option<String>,
}

impl Options {
    /// Reads the arguments behind `perf`. Without a word on what to do, all is done.
    pub(super) fn parse(arguments: &[String]) -> Result<Self, Failure> {
        let mut options = Self {
            benchmarks: false,
            sessions: false,
            window: false,
            players: false,
            report: false,
            instructions: false,
            update: false,
            compare: false,
            full: false,
            seconds: SESSION_SECONDS,
            busy_seconds: 0,
            profile: None,
        };
        let (mut seconds, mut busy_seconds) = (None, None);
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            let mut value = || {
                words
                    .next()
                    .ok_or_else(|| Failure::usage(format!("{word} needs a value")))
            };
            match word.as_str() {
                "--all" => options.name_all(),
                "--run-benchmarks" => options.benchmarks = true,
                "--run-sessions" => options.name_sessions(),
                "--run-window" => options.window = true,
                "--run-players" => options.players = true,
                "--generate-report" => options.report = true,
                "--instructions" => options.instructions = true,
                "--update" => options.update = true,
                "--compare" => options.compare = true,
                "--full" => options.full = true,
                "--seconds" => seconds = Some(whole_seconds(value()?)?),
                "--busy-seconds" => busy_seconds = Some(whole_seconds(value()?)?),
                "--profile" => options.profile = Some(value()?.clone()),
                other => return Err(Failure::usage(format!("unknown argument `{other}`"))),
            }
        }
        let is_live = options.window || options.players;
        let is_named = options.benchmarks || is_live || options.report;
        if options.update && !options.instructions {
            return Err(Failure::usage("--update goes with --instructions"));
        }
        if options.instructions && (is_named || options.compare || options.full) {
            return Err(Failure::usage("--instructions stands alone"));
        }
        if !is_named && !options.instructions {
            options.name_all();
        }
        options.seconds = seconds.unwrap_or(SESSION_SECONDS);
        let usual = if options.full {
            FULL_BUSY_SECONDS
        } else {
            options.seconds
        };
        options.busy_seconds = busy_seconds.unwrap_or(usual);
        Ok(options)
    }

    fn name_all(&mut self) {
        (self.benchmarks, self.report) = (true, true);
        self.name_sessions();
    }

    fn name_sessions(&mut self) {
        (self.sessions, self.window, self.players) = (true, true, true);
    }
}

fn whole_seconds(text: &str) -> Result<u32, Failure> {
    match text.parse() {
        Ok(seconds) if seconds >= 3 => Ok(seconds),
        _ => Err(Failure::usage(format!(
            "`{text}` is not a number of seconds, 3 or more"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options, Failure> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Options::parse(&words)
    }

    #[test]
    fn what_is_named_is_done_and_without_a_name_all_is() {
        for line in ["", "--all", "--compare --seconds 5"] {
            let options = parse(line).expect(line);
            assert!(
                options.benchmarks && options.sessions && options.window && options.report,
                "{line}"
            );
        }
        let options = parse("--generate-report --compare").expect("valid");
        assert!(options.report && options.compare);
        assert!(!options.benchmarks && !options.sessions && !options.instructions);
        let options = parse("--run-window").expect("valid");
        assert!(options.window && !options.sessions && !options.benchmarks && !options.players);
        let options = parse("--run-players").expect("valid");
        assert!(options.players && !options.window && !options.report);
        let options = parse("--run-sessions").expect("valid");
        assert!(options.players && options.window && options.sessions);
        let options = parse("--instructions --update").expect("valid");
        assert!(options.instructions && options.update && !options.benchmarks);
    }

    #[test]
    fn full_lengthens_only_the_session_under_load() {
        assert_eq!(
            parse("").map(|o| (o.seconds, o.busy_seconds)).ok(),
            Some((60, 60))
        );
        let full = parse("--full --seconds 10").expect("valid");
        assert_eq!((full.seconds, full.busy_seconds), (10, 600));
        let both = parse("--full --busy-seconds 20").expect("valid");
        assert_eq!((both.seconds, both.busy_seconds), (60, 20));
    }

    #[test]
    fn wrong_values_are_wrong_usage() {
        for line in [
            "--seconds",
            "--seconds 0",
            "--seconds x",
            "--update",
            "--instructions --all",
            "--fast",
        ] {
            assert_eq!(parse(line).err().map(|f| f.exit_code), Some(2), "{line}");
        }
    }
}
