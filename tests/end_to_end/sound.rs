//! The path from file to sink.

use crate::support::capture::Capture;
use crate::support::listening::{
    agreement, bend_of_tone, describe_break, first_match, gains, has_dropout, is_silent,
    sharpest_bend, tone_dbfs,
};
use crate::support::player_process::PlayerProcess;
use crate::support::signals::{flac, noise, sine};
use crate::support::{RATE, on_desktop};
use std::time::Duration;

/// How soon what the listener does has to be heard.
const SOON: Duration = Duration::from_millis(150);
/// The shortest fade that does not click, in frames: 4 ms.
const MIN_FADE: usize = 192;
/// The most a fade may change its gain from one frame to the next.
const STEEPEST_FADE: f32 = 0.015;

#[test]
fn what_is_heard_is_the_file_sample_for_sample() {
    on_desktop("what_is_heard_is_the_file_sample_for_sample", |folder| {
        let track = flac(folder, "noise", "Noise", &noise(1, 20.0));
        let capture = Capture::steady();
        let _player = PlayerProcess::start_steady(&[&track.path]);
        let (at, place) = capture.wait("the track", |heard| first_match(heard, 0, &track.frames));
        let compared = 6 * RATE;
        capture.wait("six seconds", |heard| {
            (heard.len() >= at + compared).then_some(())
        });
        let heard = &capture.frames()[..at + compared];
        let agree = agreement(&heard[at..], &track.frames[place..]);
        println!(
            "{agree} frames of {compared} are exactly those of the file, from its frame {place} on"
        );
        assert_eq!(place, 0, "the first frame heard is the file's first");
        assert!(
            heard[..at].iter().all(is_silent),
            "before it there is silence"
        );
        assert!(
            agree == compared,
            "{}",
            describe_break(&heard[at..], &track.frames[place..])
        );
    });
}

#[test]
fn space_fades_to_silence_at_once_and_resumes_at_the_same_place() {
    on_desktop(
        "space_fades_to_silence_at_once_and_resumes_at_the_same_place",
        |folder| {
            let track = flac(folder, "noise", "Noise", &noise(2, 40.0));
            let capture = Capture::prompt();
            let player = PlayerProcess::start(&[&track.path]);
            capture.wait("the track", |heard| first_match(heard, 0, &track.frames));
            let mut round = 0;
            for attempt in 0.. {
                assert!(
                    attempt < 10,
                    "the sound server drops out too often to tell anything"
                );
                if round == 3 {
                    break;
                }
                capture.listen(1.0);
                let before = capture.len();
                let pressed = player.strike("space");
                // The first frame of a silence that lasts.
                let silent_at = capture.wait("silence", |heard| {
                    let sounding = heard.iter().rposition(|frame| !is_silent(frame))?;
                    (heard.len() > sounding + RATE / 2).then_some(sounding + 1)
                });
                let latency = capture.arrival(silent_at) - pressed;

                let heard = capture.frames();
                let (at, place) =
                    first_match(&heard, before - RATE / 4, &track.frames).expect("the track");
                let whole = agreement(&heard[at..silent_at], &track.frames[place..]);
                let fade = gains(
                    &heard[at + whole..silent_at],
                    &track.frames[place + whole..],
                );
                let fade_frames = silent_at - at - whole;
                if fade_frames > RATE / 10 {
                    println!("the sound server dropped out before the key: once more");
                    player.strike("space");
                    continue;
                }
                round += 1;

                player.strike("space");
                let from = capture.wait("sound again", |heard| {
                    let sound = heard[silent_at..]
                        .iter()
                        .position(|frame| !is_silent(frame))?;
                    Some(silent_at + sound)
                });
                capture.listen(0.5);
                let heard = capture.frames();
                let (again, resumed) =
                    first_match(&heard, from, &track.frames).expect("the track again");
                let begin = resumed - (again - from);
                let stopped = place + (silent_at - at);
                let rise = gains(&heard[from..again], &track.frames[begin..]);
                let skipped = begin as i64 - stopped as i64;
                println!(
                    "pause {round}: silent {:.0} ms after the key, faded over {:.1} ms, resumed {skipped} \
             frames from where it stopped, risen over {:.1} ms",
                    latency.as_secs_f64() * 1e3,
                    fade_frames as f64 / 48.0,
                    (again - from) as f64 / 48.0,
                );
                assert!(latency <= SOON, "silence comes {latency:?} after the key");
                assert_smooth_fall(&fade);
                let fall: Vec<f32> = rise.iter().rev().copied().collect();
                assert_smooth_fall(&fall);
                assert!(
                    fade_frames >= MIN_FADE,
                    "a fade of {fade_frames} frames clicks"
                );
                assert!(
                    again - from >= MIN_FADE,
                    "a rise of {} frames clicks",
                    again - from
                );
                // A fade's very ends cannot be told from silence.
                assert!(
                    (0..=8).contains(&skipped),
                    "{skipped} frames lost where it stopped"
                );
            }
        },
    );
}

fn assert_smooth_fall(fade: &[f32]) {
    let mut last = 1.0;
    for &gain in fade {
        // A gap in `fade`, where the file is too quiet to tell, is a few frames long at most.
        assert!(
            gain <= last + 2e-3,
            "a fade goes one way: {last} then {gain}"
        );
        assert!(
            last - gain <= 4.0 * STEEPEST_FADE,
            "a fade has no step: {last} then {gain}"
        );
        last = gain;
    }
    assert!(last < 0.05, "the fade ends at {last}");
}

#[test]
fn a_band_raises_the_level_at_once_and_without_a_click() {
    on_desktop(
        "a_band_raises_the_level_at_once_and_without_a_click",
        |folder| {
            let peak = 0.125;
            let track = flac(folder, "tone", "Tone", &sine(1_000.0, peak, 60.0));
            let capture = Capture::prompt();
            let mut player = PlayerProcess::start(&[&track.path]);
            capture.wait("the tone", |heard| {
                heard.iter().position(|frame| !is_silent(frame))
            });
            capture.listen(1.0);
            // Ten whole periods.
            let window = RATE / 100;
            let (mut reached, mut moves) = (0.0, 0);
            for attempt in 0.. {
                assert!(
                    attempt < 10,
                    "the sound server drops out too often to tell anything"
                );
                if moves == 2 {
                    break;
                }
                let wanted = 6.0 - reached;
                capture.listen(0.2);
                let from = capture.len();
                let asked = player.window.set_value("1 kHz", wanted);
                capture.listen(0.5);
                let heard = capture.frames();
                let wanted_change = wanted - std::mem::replace(&mut reached, wanted);
                if has_dropout(&heard[from - window..]) {
                    println!("the sound server dropped out: once more");
                    continue;
                }
                moves += 1;
                let before = tone_dbfs(&heard[from - window..from], 1_000.0);
                let settled = tone_dbfs(&heard[heard.len() - window..], 1_000.0);
                // The last window that is not there yet ends where the level is reached.
                let late = (from..heard.len() - window)
                    .step_by(48)
                    .rfind(|&at| {
                        (tone_dbfs(&heard[at..at + window], 1_000.0) - settled).abs() > 0.5
                    })
                    .expect("the level moved after it was asked to");
                let latency = capture.arrival(late + window) - asked;
                let change = settled - before;
                println!(
                    "1 kHz to {wanted} dB: {change:+.2} dB within {:.0} ms",
                    latency.as_secs_f64() * 1e3
                );
                assert!(
                    (change - wanted_change).abs() <= 0.5,
                    "{change} dB instead of {wanted_change}"
                );
                assert!(
                    latency <= SOON,
                    "the level is reached {latency:?} after it was asked for"
                );
                player.window.wait("the slider's value", |tree| {
                    (tree.value("1 kHz")? == wanted).then_some(())
                });
                let bend = sharpest_bend(&heard[from..]);
                let allowed = 1.3 * bend_of_tone(1_000.0, 2.0 * peak);
                assert!(
                    bend <= allowed,
                    "a bend of {bend} clicks; a tone of 6 dB more has {allowed}"
                );
            }
            // The same ear over a jump: from one place of the tone to another one. A dropout looks like its
            // silence, so one of three may be rough.
            let level = if reached > 0.0 { 2.0 * peak } else { peak };
            let allowed = 1.3 * bend_of_tone(1_000.0, level);
            let bends = [30.000_25, 10.000_4, 40.000_15].map(|seconds| {
                let from = capture.len();
                player.window.set_value("Seek", seconds);
                capture.listen(0.5);
                sharpest_bend(&capture.frames()[from..])
            });
            println!("seeks bend the tone by {bends:?}; up to {allowed} is its own");
            let smooth = bends.iter().filter(|bend| **bend <= allowed).count();
            assert!(smooth >= 2, "seeks click: {bends:?}");
        },
    );
}
