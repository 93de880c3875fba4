//! The whole program without a face, on the null output.

use super::{App, OpenRequest};
use dsp::equalizer::EqualizerSettings;
use engine::command::{Placement, TransportCommand};
use engine::player::{DEFAULT_BUFFER_FRAMES, PlayerOptions};
use engine::status::{OutputChoice, Transport};
use media::wav_writer::{SampleWidth, WavWriter};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(20);

fn app() -> App {
    App::start(PlayerOptions {
        output: OutputChoice::Null,
        buffer_frames: DEFAULT_BUFFER_FRAMES,
        adapts_buffer: false,
        when_unplugged: Default::default(),
        core: None,
        volume: 1.0,
        equalizer: EqualizerSettings::ten_bands(),
        waveform_folder: None,
        tag_requests: None,
        wake: Arc::new(|| {}),
    })
    .unwrap()
}

fn seconds_of_sound(path: &Path, seconds: usize) {
    let samples = vec![0.25_f32; 48_000 * seconds];
    let file = std::fs::File::create(path).unwrap();
    let mut writer = WavWriter::new(file, 48_000, 1, SampleWidth::Int16).unwrap();
    writer.write(&samples).unwrap();
    writer.finish().unwrap();
}

fn open(app: &App, inputs: Vec<PathBuf>, play: bool) {
    app.send(OpenRequest {
        inputs,
        placement: Placement::Append,
        play,
    });
}

fn wait(app: &mut App, what: &str, is_so: impl Fn(&engine::status::PlayerSnapshot) -> bool) {
    let begun = Instant::now();
    while !is_so(app.player().feed().snapshot()) {
        assert!(begun.elapsed() < PATIENCE, "{what} did not happen");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// A pipe without a writer is a file on a disk that does not answer: whoever opens it waits for ever.
#[cfg(unix)]
fn stalled(folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(name);
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    assert!(made.unwrap().success());
    path
}

#[cfg(unix)]
#[test]
fn a_disk_that_does_not_answer_holds_up_neither_pause_nor_other_files() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("a.wav"), folder.path().join("b.wav"));
    seconds_of_sound(&first, 20);
    seconds_of_sound(&second, 1);
    let mut app = app();
    open(&app, vec![first], true);
    wait(&mut app, "playing", |s| {
        s.transport == Transport::Playing && s.now_playing.is_some()
    });
    for name in ["stalled.cue", "stalled.m3u"] {
        open(&app, vec![stalled(folder.path(), name)], false);
    }
    // Where the tags of a queued file cannot be read either.
    open(&app, vec![second, stalled(folder.path(), "c.flac")], false);
    wait(&mut app, "the second file", |s| s.queue.len() == 3);
    let mut times: Vec<Duration> = (0..21)
        .map(|turn| {
            let (command, wanted) = match turn % 2 {
                0 => (TransportCommand::Pause, Transport::Paused),
                _ => (TransportCommand::Play, Transport::Playing),
            };
            let asked = Instant::now();
            app.send(command);
            wait(&mut app, "an answer", |s| s.transport == wanted);
            asked.elapsed()
        })
        .collect();
    times.sort_unstable();
    // The middle one: a busy machine may hold up any single answer.
    assert!(times[10] < Duration::from_millis(50), "{times:?}");
}

#[test]
fn each_listener_gets_every_event() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.wav");
    seconds_of_sound(&path, 1);
    let app = app();
    let feeds: Vec<_> = (0..3)
        .map(|_| app.player.remote().subscribe(Arc::new(|| {})))
        .collect();
    open(&app, vec![path], true);
    for feed in feeds {
        let begun = Instant::now();
        let mut events = Vec::new();
        while events.last() != Some(&engine::status::PlayerEvent::Finished) {
            assert!(begun.elapsed() < PATIENCE, "{events:?}");
            events.extend(feed.wait_event(Duration::from_millis(100)));
        }
        assert!(
            matches!(events[0], engine::status::PlayerEvent::TrackStarted(_)),
            "{events:?}"
        );
    }
}

#[test]
fn what_is_opened_later_comes_behind_what_was_opened_before() {
    let folder = tempfile::tempdir().unwrap();
    let mut want = Vec::new();
    let app = &mut app();
    for n in 0..40 {
        let path = folder.path().join(format!("{n}.wav"));
        seconds_of_sound(&path, 1);
        open(app, vec![path.clone()], false);
        want.push(path);
    }
    wait(app, "all of them", |s| s.queue.len() == 40);
    let queue = app.player().feed().snapshot().queue.clone();
    let got: Vec<_> = queue.iter().map(|entry| entry.path().to_owned()).collect();
    assert_eq!(got, want);
}
