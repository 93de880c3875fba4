//! What is asked of the player that runs already.

use super::{Failure, json};
use crate::desktop::instance::{InstancePlace, NamedPath, OpenMode, Reply, Request, Status, ask};
use disk::shown::shown_text;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// Options that act on the running player, one at a time.
#[derive(Debug, Clone, clap::Args)]
#[group(multiple = false)]
pub(crate) struct RemoteArguments {
    /// Put the inputs at the end of the running player's queue
    #[arg(long, requires = "inputs", help_heading = REMOTE)]
    enqueue: bool,
    /// Put the inputs behind the track that plays
    #[arg(long, requires = "inputs", help_heading = REMOTE)]
    next: bool,
    /// Play on
    #[arg(long, conflicts_with = "inputs", help_heading = REMOTE)]
    play: bool,
    /// Hold
    #[arg(long, conflicts_with = "inputs", help_heading = REMOTE)]
    pause: bool,
    /// Play or hold
    #[arg(long, conflicts_with = "inputs", help_heading = REMOTE)]
    toggle: bool,
    /// Return to the start of the track, without sound
    #[arg(long, conflicts_with = "inputs", help_heading = REMOTE)]
    stop: bool,
    /// Go to the next track
    #[arg(long, conflicts_with = "inputs", help_heading = REMOTE)]
    skip: bool,
    /// Go to the track before, or to the start of this one
    #[arg(long, conflicts_with = "inputs", help_heading = REMOTE)]
    previous: bool,
    /// Go forwards (+10) or backwards (-10) by seconds, or to a place in the track (95.5)
    #[arg(long, conflicts_with = "inputs", value_name = "±S", allow_hyphen_values = true, value_parser = parse_jump, help_heading = REMOTE)]
    seek: Option<Jump>,
    /// Move the volume's slider
    #[arg(long, conflicts_with = "inputs", value_name = "0..100", value_parser = parse_percent, help_heading = REMOTE)]
    volume: Option<f32>,
    /// Say what the running player does
    #[arg(long, conflicts_with = "inputs", help_heading = REMOTE)]
    status: bool,
}

const REMOTE: &str = "The player that runs already";

/// Where to go in the track.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Jump {
    By(f64),
    To(f64),
}

fn parse_jump(text: &str) -> Result<Jump, String> {
    let seconds: f64 = text
        .parse()
        .map_err(|_| "not a number of seconds".to_owned())?;
    // A day is more than any track.
    if !seconds.is_finite() || seconds.abs() > 86_400.0 {
        return Err("not a number of seconds".to_owned());
    }
    Ok(match text.starts_with(['+', '-']) {
        true => Jump::By(seconds),
        false => Jump::To(seconds),
    })
}

fn parse_percent(text: &str) -> Result<f32, String> {
    super::numbers::in_range(text, 0.0..=100.0).map(|percent| percent as f32)
}

impl RemoteArguments {
    /// What is asked that a running player alone can do; none where something is to be opened.
    pub(super) fn request(&self) -> Option<Request> {
        let simple = [
            (self.play, Request::Play),
            (self.pause, Request::Pause),
            (self.toggle, Request::Toggle),
            (self.stop, Request::Stop),
            (self.skip, Request::Skip),
            (self.previous, Request::Previous),
            (self.status, Request::Status),
        ];
        let mut requests = simple
            .into_iter()
            .filter_map(|(is_asked, request)| is_asked.then_some(request));
        if let Some(request) = requests.next() {
            return Some(request);
        }
        if let Some(percent) = self.volume {
            return Some(Request::Volume { percent });
        }
        if let Some(jump) = self.seek {
            return Some(match jump {
                Jump::By(seconds) => Request::SeekBy { seconds },
                Jump::To(seconds) => Request::SeekTo { seconds },
            });
        }
        None
    }

    /// Where the inputs of a start go in a queue.
    pub(super) fn open_mode(&self) -> OpenMode {
        match (self.enqueue, self.next) {
            (true, _) => OpenMode::Enqueue,
            (_, true) => OpenMode::Next,
            (false, false) => OpenMode::Play,
        }
    }
}

/// What has the running player open `inputs`, whatever folder it was started in, or show its window.
pub(super) fn open(inputs: &[PathBuf], how: OpenMode) -> Request {
    let activation_token = std::env::var("XDG_ACTIVATION_TOKEN").ok();
    if inputs.is_empty() {
        return Request::Raise { activation_token };
    }
    let whole = |path: &PathBuf| {
        let is_address = path.to_str().is_some_and(|text| text.contains("://"));
        let absolute = std::path::absolute(path).ok().filter(|_| !is_address);
        NamedPath(absolute.unwrap_or_else(|| path.clone()))
    };
    Request::Open {
        inputs: inputs.iter().map(whole).collect(),
        how,
        activation_token,
    }
}

/// Asks `request` of the player at `place`, and prints what it says.
pub(super) fn run(
    place: &InstancePlace,
    request: &Request,
    as_json: bool,
) -> Result<ExitCode, Failure> {
    let Reply { status, .. } = ask(place, request).map_err(|error| error.to_string())?;
    let Some(status) = status else {
        return Ok(ExitCode::SUCCESS);
    };
    let mut out = std::io::stdout().lock();
    match as_json {
        true => json::write_line(&mut out, &status)?,
        false => print(&mut out, &status)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn print(out: &mut impl Write, status: &Status) -> std::io::Result<()> {
    write!(out, "{}", status.transport)?;
    if let Some(title) = &status.title {
        let by = status
            .artist
            .as_deref()
            .map(|artist| format!("{artist} - "));
        let line = format!("{}{title}", by.unwrap_or_default());
        write!(out, ": {}", shown_text(&line))?;
    }
    let length = status
        .duration_seconds
        .map(|length| format!("/{}", clock(length)));
    writeln!(
        out,
        "\n{}{}  volume {:.0} %  track {} of {}  {}",
        clock(status.position_seconds),
        length.unwrap_or_default(),
        status.volume,
        status.queue_index.map_or(0, |at| at + 1),
        status.queue_length,
        shown_text(&status.output)
    )
}

/// Hours, where there are any, minutes and seconds.
fn clock(seconds: f64) -> String {
    let whole = seconds as u64;
    match whole / 3600 {
        0 => format!("{}:{:02}", whole / 60, whole % 60),
        hours => format!("{hours}:{:02}:{:02}", whole / 60 % 60, whole % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_makes_a_jump_relative() {
        assert_eq!(parse_jump("+10"), Ok(Jump::By(10.0)));
        assert_eq!(parse_jump("-2.5"), Ok(Jump::By(-2.5)));
        assert_eq!(parse_jump("95.5"), Ok(Jump::To(95.5)));
        for wrong in ["nan", "inf", "-inf", "1e9", "", "x", "+", "--1"] {
            assert!(parse_jump(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn inputs_are_named_from_the_root_and_addresses_stay() {
        let inputs = ["a b.flac".into(), "/x/y.ogg".into(), "http://x/y".into()];
        let Request::Open { inputs, .. } = open(&inputs, OpenMode::Next) else {
            panic!("nothing to open");
        };
        assert!(inputs[0].0.is_absolute() && inputs[0].0.ends_with("a b.flac"));
        assert_eq!(inputs[1].0, PathBuf::from("/x/y.ogg"));
        assert_eq!(inputs[2].0, PathBuf::from("http://x/y"));
    }
}
