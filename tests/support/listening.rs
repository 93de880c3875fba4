//! Comparing what was heard with what was meant.

use super::RATE;
use super::signals::Frame;
use std::f64::consts::TAU;

/// Frames that must agree exactly to say where in a file something is from.
pub(crate) const WINDOW: usize = 64;
/// Below this (-90 dBFS) nothing is heard.
const SILENCE: f32 = 3.2e-5;

/// Whether nothing can be heard of a frame.
pub(crate) fn is_silent(frame: &Frame) -> bool {
    frame.iter().all(|sample| sample.abs() < SILENCE)
}

/// Where in `file` the first [`WINDOW`] frames of `heard` are from.
pub(crate) fn locate(heard: &[Frame], file: &[Frame]) -> Option<usize> {
    let wanted = heard.get(..WINDOW)?;
    // Silence is everywhere.
    if wanted.iter().all(is_silent) {
        return None;
    }
    file.windows(WINDOW).position(|window| window == wanted)
}

/// The first frame of `heard`, from `from` on, from which `file` is heard, and where in it that is.
pub(crate) fn first_match(heard: &[Frame], from: usize, file: &[Frame]) -> Option<(usize, usize)> {
    // A coarse search first, then back to where it began.
    let mut at = from;
    while at + WINDOW <= heard.len() {
        if let Some(place) = locate(&heard[at..], file) {
            let back = (0..=place.min(at - from))
                .take_while(|&back| heard[at - back] == file[place - back])
                .last()
                .unwrap_or_default();
            return Some((at - back, place - back));
        }
        at += 480;
    }
    None
}

/// How many frames of `heard` and `file` agree exactly from their beginning.
pub(crate) fn agreement(heard: &[Frame], file: &[Frame]) -> usize {
    heard
        .iter()
        .zip(file)
        .take_while(|(heard, file)| heard == file)
        .count()
}

/// What each frame of `file` was multiplied by to be `heard`, where it is loud enough to tell.
pub(crate) fn gains(heard: &[Frame], file: &[Frame]) -> Vec<f32> {
    let gain = |(heard, file): (&Frame, &Frame)| {
        let louder = usize::from(file[1].abs() > file[0].abs());
        (file[louder].abs() > 0.02).then(|| heard[louder] / file[louder])
    };
    heard.iter().zip(file).filter_map(gain).collect()
}

/// Level of a tone in dBFS (a full-scale sine is 0), on the left, over whole periods.
pub(crate) fn tone_dbfs(frames: &[Frame], hz: f64) -> f64 {
    let step = TAU * hz / RATE as f64;
    let (mut re, mut im) = (0.0, 0.0);
    for (n, frame) in frames.iter().enumerate() {
        let (sin, cos) = (step * n as f64).sin_cos();
        re += f64::from(frame[0]) * cos;
        im += f64::from(frame[0]) * sin;
    }
    20.0 * (2.0 * re.hypot(im) / frames.len() as f64).max(1e-9).log10()
}

/// Whether the sound server lost a stretch of a tone: it then plays nothing at all for a while.
pub(crate) fn has_dropout(frames: &[Frame]) -> bool {
    frames
        .windows(WINDOW)
        .step_by(WINDOW)
        .any(|window| window.iter().all(is_silent))
}

/// The sharpest bend between three neighbouring samples: a click sticks out of a tone's own.
pub(crate) fn sharpest_bend(frames: &[Frame]) -> f32 {
    frames
        .windows(3)
        .map(|w| (w[0][0] - 2.0 * w[1][0] + w[2][0]).abs())
        .fold(0.0, f32::max)
}

/// The sharpest bend of a tone of `peak` (linear).
pub(crate) fn bend_of_tone(hz: f64, peak: f64) -> f32 {
    let step = TAU * hz / RATE as f64;
    (2.0 * (1.0 - step.cos()) * peak) as f32
}

/// Where `heard` stops being `file`, in words: silence, another place of the file, or neither.
pub(crate) fn describe_break(heard: &[Frame], file: &[Frame]) -> String {
    let agree = agreement(heard, file);
    let rest = &heard[agree..];
    let silence = rest.iter().take_while(|frame| is_silent(frame)).count();
    let next = match first_match(rest, 0, file) {
        Some((at, place)) => {
            format!("{at} frames later the file's frame {place} is heard")
        }
        None => "the file is not heard again".to_owned(),
    };
    format!(
        "{agree} of {} frames agree; then come {silence} silent ones; {next}",
        heard.len()
    )
}
