//! Settings through a whole program, with its player playing to the null output.

use super::*;
use crate::app::App;
use dsp::equalizer::EqualizerSettings;
use engine::command::{OutputCommand, QueueCommand, SoundCommand};
use engine::player::PlayerOptions;
use engine::status::{OutputChoice, RepeatMode};
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};

fn app(folder: &Path, given_output: Option<OutputChoice>) -> App {
    let options = PlayerOptions {
        output: OutputChoice::Default,
        buffer_frames: 512,
        adapts_buffer: false,
        when_unplugged: Default::default(),
        core: None,
        volume: 1.0,
        equalizer: EqualizerSettings::ten_bands(),
        waveform_folder: None,
        tag_requests: None,
        wake: Arc::new(|| {}),
    };
    App::start_with_settings(options, Settings::open(folder), given_output).unwrap()
}

fn stored(folder: &Path) -> PlayerSettings {
    let settings = Settings::open(folder);
    assert_eq!(settings.note(), None);
    settings.player().clone()
}

/// Waits until the player says what is `wanted`.
fn wait_for(app: &mut App, wanted: &PlayerSettings) {
    let end = Instant::now() + Duration::from_secs(10);
    loop {
        let now = PlayerSettings::of(app.player().feed().snapshot());
        if now == *wanted {
            return;
        }
        assert!(Instant::now() < end, "{now:?}\ninstead of\n{wanted:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// No machine has such a device, so the null output stands in for it.
fn absent() -> OutputChoice {
    OutputChoice::Device("A DAC that is not there".into())
}

#[test]
fn what_another_remote_changes_is_stored_and_applied_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let mut wanted = PlayerSettings {
        volume: 0.35,
        is_muted: true,
        repeat: RepeatMode::One,
        is_shuffled: true,
        follows_rate: true,
        output: absent(),
        ..PlayerSettings::default()
    };
    wanted.equalizer.bands[5].filter.gain_db = 3.5;
    wanted.stages.limiter = false;
    wanted.stages.balance.balance = -0.25;
    wanted.playback.speed = 1.25;
    let mut app = app(folder.path(), Some(OutputChoice::Null));
    let remote = app.player().remote().clone();
    remote.send(SoundCommand::SetVolume(wanted.volume));
    remote.send(SoundCommand::SetMuted(true));
    remote.send(QueueCommand::SetRepeat(wanted.repeat));
    remote.send(QueueCommand::SetShuffle(true));
    remote.send(SoundCommand::SetEqualizer(wanted.equalizer.clone()));
    remote.send(SoundCommand::SetStages(wanted.stages));
    remote.send(SoundCommand::SetPlayback(wanted.playback));
    remote.send(OutputCommand::SetFollowsRate(true));
    remote.send(OutputCommand::Select(absent()));
    drop(app);
    assert_eq!(stored(folder.path()), wanted);

    let mut again = self::app(folder.path(), None);
    wait_for(&mut again, &wanted);
    drop(again);
    assert_eq!(stored(folder.path()), wanted);
}

#[test]
fn a_change_is_written_soon_and_not_only_at_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let mut app = app(folder.path(), Some(OutputChoice::Null));
    let remote = app.player().remote().clone();
    remote.send(SoundCommand::SetVolume(0.5));
    app.store_section("window", json!({"show_queue": false}));
    let end = Instant::now() + Duration::from_secs(10);
    while stored(folder.path()).volume != 0.5 {
        assert!(Instant::now() < end, "not written");
        std::thread::sleep(Duration::from_millis(50));
    }
    let section = Settings::open(folder.path()).section("window").cloned();
    assert_eq!(section, Some(json!({"show_queue": false})));
}

#[test]
fn an_output_given_for_one_time_does_not_replace_the_chosen_one() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = Settings::open(folder.path());
    settings.set_player(PlayerSettings {
        output: absent(),
        ..PlayerSettings::default()
    });
    settings.save().unwrap();
    let mut app = app(folder.path(), Some(OutputChoice::Null));
    let remote = app.player().remote().clone();
    remote.send(SoundCommand::SetVolume(0.5));
    drop(app);
    let stored = stored(folder.path());
    assert_eq!((stored.volume, stored.output), (0.5, absent()));
}

#[test]
fn a_file_without_sections_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let flat = json!({
        "theme": "light", "show_queue": false, "volume": 0.25, "is_muted": true, "repeat": "All",
        "is_shuffled": true, "is_preamp_automatic": true, "follows_rate": true,
        "sound": {"limiter": false}, "source": {"speed": 1.5},
    });
    std::fs::write(folder.path().join(FILE_NAME), flat.to_string()).unwrap();
    let mut settings = Settings::open(folder.path());
    assert_eq!(settings.note(), None);
    let mut wanted = PlayerSettings {
        volume: 0.25,
        is_muted: true,
        repeat: RepeatMode::All,
        is_shuffled: true,
        follows_rate: true,
        ..PlayerSettings::default()
    };
    wanted.stages.limiter = false;
    wanted.playback.speed = 1.5;
    assert_eq!(*settings.player(), wanted);
    let window = json!({"theme": "light", "show_queue": false, "is_preamp_automatic": true});
    assert_eq!(settings.section("window"), Some(&window));

    // What is written then has sections, and says the same.
    settings.set_section("other", json!(1));
    settings.save().unwrap();
    let again = Settings::open(folder.path());
    assert_eq!(*again.player(), wanted);
    assert_eq!(again.section("window"), Some(&window));
}

#[test]
fn a_broken_file_is_kept_aside_and_noted() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(FILE_NAME), b"{\"volume\": ").unwrap();
    let settings = Settings::open(folder.path());
    assert_eq!(*settings.player(), PlayerSettings::default());
    assert!(settings.note().unwrap().contains("settings.json.broken"));
    let kept = std::fs::read(folder.path().join("settings.json.broken")).unwrap();
    assert_eq!(kept, b"{\"volume\": ");
    assert!(!folder.path().join(FILE_NAME).exists());
}

#[test]
fn values_out_of_range_are_brought_into_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE_NAME);
    std::fs::write(&path, b"{\"player\": {\"volume\": 7.0}}").unwrap();
    assert_eq!(stored(folder.path()), PlayerSettings::default());
}
