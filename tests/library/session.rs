//! A session through a whole program, on the null output.

use dsp::equalizer::EqualizerSettings;
use engine::command::{Placement, QueueCommand, TransportCommand};
use engine::player::{DEFAULT_BUFFER_FRAMES, PlayerOptions};
use engine::status::{OutputChoice, PlayerEvent, PlayerSnapshot, Transport};
use media::wav_writer::{SampleWidth, WavWriter};
use rusty_audio::app::{App, AppCommand, OpenRequest};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(20);

fn app(data: &Path) -> App {
    let mut app = App::start(PlayerOptions {
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
    .unwrap();
    app.keep_session_in(data).unwrap();
    app.keep_collection_in(data).unwrap();
    app
}

fn files(folder: &Path, names: &[&str]) -> Vec<PathBuf> {
    let make = |name: &&str| {
        let path = folder.join(name);
        let samples = vec![0.25_f32; 48_000 * 20];
        let file = std::fs::File::create(&path).unwrap();
        let mut writer = WavWriter::new(file, 48_000, 1, SampleWidth::Int16).unwrap();
        writer.write(&samples).unwrap();
        writer.finish().unwrap();
        path
    };
    names.iter().map(make).collect()
}

fn open(app: &App, inputs: Vec<PathBuf>, placement: Placement, play: bool) {
    app.send(OpenRequest {
        inputs,
        placement,
        play,
    });
}

fn wait(app: &mut App, what: &str, is_so: impl Fn(&PlayerSnapshot) -> bool) {
    let begun = Instant::now();
    while !is_so(app.player().feed().snapshot()) {
        assert!(begun.elapsed() < PATIENCE, "{what} did not happen");
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn names(app: &mut App) -> Vec<String> {
    let queue = app.player().feed().snapshot().queue.clone();
    let names = queue
        .iter()
        .map(|entry| entry.path().file_stem().unwrap().to_owned());
    names.map(|name| name.into_string().unwrap()).collect()
}

#[test]
fn the_next_start_goes_on_in_the_same_place_paused() {
    let (music, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let all = files(music.path(), &["a.wav", "b.wav", "c.wav"]);
    {
        let mut app = app(data.path());
        open(&app, all, Placement::Append, false);
        wait(&mut app, "the queue", |s| s.queue.len() == 3);
        let second = app.player().feed().snapshot().queue[1].id;
        app.send(TransportCommand::PlayEntry(second));
        app.send(TransportCommand::Seek(Duration::from_secs(7)));
        wait(&mut app, "playing", |s| {
            s.transport == Transport::Playing && s.now_playing.is_some()
        });
        std::thread::sleep(Duration::from_millis(300));
        app.send(TransportCommand::Pause);
        wait(&mut app, "a pause", |s| s.transport == Transport::Paused);
    }
    let mut app = app(data.path());
    wait(&mut app, "the session", |s| {
        s.queue.len() == 3 && s.now_playing.is_some()
    });
    assert_eq!(names(&mut app), ["a", "b", "c"]);
    let snapshot = app.player().feed().snapshot().clone();
    assert_eq!(snapshot.transport, Transport::Paused);
    assert_eq!(snapshot.current, Some(snapshot.queue[1].id));
    let position = app.player().feed().position().as_secs_f64();
    assert!((7.0..9.0).contains(&position), "{position}");
    app.send(TransportCommand::Play);
    wait(&mut app, "playing on", |s| {
        s.transport == Transport::Playing
    });
    let begun = Instant::now();
    while app.player().feed().position().as_secs_f64() <= position {
        assert!(begun.elapsed() < PATIENCE, "it plays on");
        std::thread::sleep(Duration::from_millis(2));
    }
    assert!(app.player().feed().position().as_secs_f64() < position + 5.0);
}

#[test]
fn what_replaces_a_queue_leaves_the_old_one_an_undo_away() {
    let (music, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let all = files(music.path(), &["a.wav", "b.wav", "c.wav", "new.wav"]);
    {
        let mut app = app(data.path());
        open(&app, all[..3].to_vec(), Placement::Append, false);
        wait(&mut app, "the queue", |s| s.queue.len() == 3);
    }
    let mut app = app(data.path());
    open(&app, vec![all[3].clone()], Placement::Replace, true);
    wait(&mut app, "the file", |s| {
        s.queue.len() == 1 && s.transport == Transport::Playing
    });
    app.send(AppCommand::UndoQueue);
    wait(&mut app, "the old queue", |s| s.queue.len() == 3);
    assert_eq!(names(&mut app), ["a", "b", "c"]);
    // What plays on is not touched by what is put beside it and taken back.
    let first = app.player().feed().snapshot().queue[0].id;
    app.send(TransportCommand::PlayEntry(first));
    wait(&mut app, "playing", |s| {
        s.transport == Transport::Playing && s.now_playing.is_some()
    });
    let ids: Vec<_> = app
        .player()
        .feed()
        .snapshot()
        .queue
        .iter()
        .map(|entry| entry.id)
        .collect();
    app.send(QueueCommand::Move {
        entries: vec![ids[0]],
        before: None,
    });
    wait(&mut app, "a move", |s| s.queue[2].id == ids[0]);
    app.send(AppCommand::UndoQueue);
    wait(&mut app, "the order before", |s| {
        s.queue.iter().map(|e| e.id).eq(ids.iter().copied())
    });
    let snapshot = app.player().feed().snapshot().clone();
    assert_eq!(
        (snapshot.transport, snapshot.current),
        (Transport::Playing, Some(ids[0]))
    );
    app.send(QueueCommand::Clear);
    wait(&mut app, "nothing", |s| s.queue.is_empty());
    app.send(AppCommand::UndoQueue);
    wait(&mut app, "everything", |s| s.queue.len() == 3);
    app.send(AppCommand::RedoQueue);
    wait(&mut app, "nothing again", |s| s.queue.is_empty());
}

#[test]
fn a_session_that_makes_no_sense_is_put_aside_and_said() {
    let data = tempfile::tempdir().unwrap();
    std::fs::write(data.path().join("session.json"), b"{\"queue\": 7").unwrap();
    let mut app = app(data.path());
    let begun = Instant::now();
    loop {
        let note = app.player().feed().wait_event(Duration::from_millis(100));
        if let Some(PlayerEvent::Note(line)) = note {
            assert!(
                line.starts_with("The last session could not be understood"),
                "{line}"
            );
            break;
        }
        assert!(begun.elapsed() < PATIENCE);
    }
    assert_eq!(
        std::fs::read(data.path().join("session.json.broken")).unwrap(),
        b"{\"queue\": 7"
    );
}
