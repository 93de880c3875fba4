//! Queues of tracks of any length, down to none, against a model: the sum of their frames.

use super::chain::ChainSettings;
use super::command::{OutputCommand, QueueCommand, SoundCommand, TransportCommand};
use super::command::{Placement, PlayerCommand};
use super::offline::{OfflineOptions, OfflineRenderer};
use super::pipeline::PlaybackSettings;
use super::player::{PlayerHandle, PlayerOptions};
use super::status::{EntryId, OutputChoice, PlayerEvent, RepeatMode, Transport};
use dsp::equalizer::EqualizerSettings;
use dsp::mixer::{Crossfade, CrossfadeLaw};
use media::decoder::TrackDecoder;
use media::location::TrackLocation;
use media::wav_writer::{SampleWidth, WavWriter};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Rate of the null output, so that nothing is resampled there.
const RATE_HZ: u32 = 48_000;
/// Lengths worth trying besides random ones: around nothing, a block, and what a resampler takes at a time.
const LENGTHS: [usize; 12] = [
    0, 1, 2, 10, 100, 441, 1_023, 1_024, 1_025, 2_048, 4_800, 9_600,
];

/// A xorshift generator.
struct Random(u64);

impl Random {
    fn below(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 16) % below as u64) as usize
    }

    fn length(&mut self, most: usize) -> usize {
        match self.below(3) {
            0 => self.below(most),
            _ => LENGTHS[self.below(LENGTHS.len())].min(most),
        }
    }
}

/// A file whose samples tell which it is and where in it they are.
struct Track {
    path: PathBuf,
    samples: Vec<f32>,
    frames: usize,
    rate_hz: u32,
}

fn track(folder: &Path, number: usize, frames: usize, rate_hz: u32, channels: u16) -> Track {
    let path = folder.join(format!("{number}.wav"));
    let word = |n: usize| ((n * 37 + number * 1_009) % 30_000) as f32 / 32_768.0;
    let samples: Vec<f32> = (0..frames * usize::from(channels)).map(word).collect();
    let mut writer = WavWriter::create(&path, rate_hz, channels, SampleWidth::Int16).unwrap();
    writer.write(&samples).unwrap();
    writer.finish().unwrap();
    Track {
        path,
        samples,
        frames,
        rate_hz,
    }
}

fn render(
    tracks: &[Track],
    sample_rate_hz: u32,
    source: PlaybackSettings,
    size: usize,
) -> Vec<f32> {
    let open = |track: &Track| TrackDecoder::open(&track.path).unwrap();
    let options = OfflineOptions {
        sample_rate_hz,
        channels: 2,
        settings: ChainSettings::default(),
        response: None,
        start: Duration::ZERO,
        source,
        is_integer_output: false,
    };
    let mut renderer = OfflineRenderer::new(tracks.iter().map(open).collect(), options).unwrap();
    let mut all = Vec::new();
    loop {
        let mut block = vec![9.0; size * 2];
        let frames = renderer.render(&mut block);
        all.extend_from_slice(&block[..frames * 2]);
        if frames < size {
            assert!(renderer.failures().is_empty(), "{:?}", renderer.failures());
            return all;
        }
    }
}

fn lengths(tracks: &[Track]) -> Vec<usize> {
    tracks.iter().map(|track| track.frames).collect()
}

fn crossfade(seconds: f64) -> PlaybackSettings {
    let law = CrossfadeLaw::Linear;
    PlaybackSettings {
        crossfade: Crossfade { seconds, law },
        ..PlaybackSettings::default()
    }
}

/// What is heard of tracks at the output's rate: each overlap takes up half of either track at most.
fn crossfaded_frames(lengths: &[usize], wanted: usize) -> usize {
    let overlap = |pair: &[usize]| wanted.min(pair[0] / 2).min(pair[1] / 2);
    lengths.iter().sum::<usize>() - lengths.windows(2).map(overlap).sum::<usize>()
}

#[test]
fn queues_of_any_lengths_are_rendered_to_the_frame() {
    let folder = tempfile::tempdir().unwrap();
    let mut random = Random(0x5eed_0001);
    for round in 0..200 {
        let count = 1 + random.below(9);
        let tracks: Vec<_> = (0..count)
            .map(|n| track(folder.path(), n, random.length(12_000), RATE_HZ, 2))
            .collect();
        let size = [64, 1_000, 4_096][random.below(3)];
        let told = || format!("round {round}: {:?}", lengths(&tracks));
        let joined = render(&tracks, RATE_HZ, PlaybackSettings::default(), size);
        let expected: Vec<f32> = tracks.iter().flat_map(|t| t.samples.clone()).collect();
        assert_eq!(joined.len(), expected.len(), "{}", told());
        assert!(joined == expected, "{}", told());
        let wanted = 1 + random.below(4_800);
        let source = crossfade(wanted as f64 / f64::from(RATE_HZ));
        let mixed = render(&tracks, RATE_HZ, source, size);
        let frames = crossfaded_frames(&lengths(&tracks), wanted);
        assert_eq!(mixed.len() / 2, frames, "{}, {wanted}", told());
    }
}

#[test]
fn queues_of_any_rates_and_channels_are_rendered_to_the_frame() {
    let folder = tempfile::tempdir().unwrap();
    let mut random = Random(0x5eed_0002);
    for round in 0..40 {
        let count = 1 + random.below(7);
        let tracks: Vec<_> = (0..count)
            .map(|n| {
                let rate_hz = [44_100, 48_000, 44_100, 8_000][random.below(4)];
                let channels = 1 + random.below(2) as u16;
                track(folder.path(), n, random.length(6_000), rate_hz, channels)
            })
            .collect();
        let all = render(&tracks, RATE_HZ, PlaybackSettings::default(), 1_000);
        // Tracks of one rate share a resampler, and with it the rounding of their sum.
        let frames: u64 = tracks
            .chunk_by(|a, b| a.rate_hz == b.rate_hz)
            .map(|run| {
                let sum: u64 = run.iter().map(|track| track.frames as u64).sum();
                let rate_hz = u64::from(run[0].rate_hz);
                (sum * u64::from(RATE_HZ) + rate_hz / 2) / rate_hz
            })
            .sum();
        let told = tracks.iter().map(|track| (track.frames, track.rate_hz));
        let told: Vec<_> = told.collect();
        assert_eq!(all.len() as u64 / 2, frames, "round {round}: {told:?}");
    }
}

#[test]
fn queues_at_other_speeds_take_as_long_as_the_speed_says() {
    let folder = tempfile::tempdir().unwrap();
    let mut random = Random(0x5eed_0003);
    for round in 0..24 {
        let count = 1 + random.below(6);
        let tracks: Vec<_> = (0..count)
            .map(|n| track(folder.path(), n, random.length(6_000), RATE_HZ, 2))
            .collect();
        for speed in [2.0, 0.5] {
            let source = PlaybackSettings {
                speed,
                ..PlaybackSettings::default()
            };
            let frames = render(&tracks, RATE_HZ, source, 1_000).len() / 2;
            let sum: usize = lengths(&tracks).iter().sum();
            let expected = (sum as f64 / speed).round();
            assert!(
                (frames as f64 - expected).abs() <= 1.0,
                "round {round}: {:?} at {speed}: {frames}",
                lengths(&tracks)
            );
        }
    }
}

fn player() -> PlayerHandle {
    PlayerHandle::start(PlayerOptions {
        output: OutputChoice::Null,
        buffer_frames: 256,
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

fn open(player: &PlayerHandle, paths: Vec<PathBuf>) {
    let tracks = paths.into_iter().map(TrackLocation::from);
    let insertion = player.remote().insert(Placement::Append, true);
    insertion.add(tracks.collect());
}

fn paths(tracks: &[Track]) -> Vec<PathBuf> {
    tracks.iter().map(|track| track.path.clone()).collect()
}

/// What is told until the queue has come to its end.
fn until_finished(player: &mut PlayerHandle, patience: Duration) -> Option<Vec<PlayerEvent>> {
    let begun = Instant::now();
    let mut told = Vec::new();
    while begun.elapsed() < patience {
        match player.feed().wait_event(Duration::from_millis(50)) {
            Some(PlayerEvent::Finished) => return Some(told),
            Some(event) => told.push(event),
            None => {}
        }
    }
    None
}

fn started(events: &[PlayerEvent]) -> Vec<EntryId> {
    let started = events.iter().filter_map(|event| match event {
        PlayerEvent::TrackStarted(entry) => Some(*entry),
        _ => None,
    });
    started.collect()
}

/// Several at a time: they wait for the clock most of the time.
fn at_once(seeds: std::ops::Range<u64>, run: impl Fn(u64) + Sync) {
    std::thread::scope(|scope| {
        for seed in seeds {
            let run = &run;
            std::thread::Builder::new()
                .name(format!("seed {seed}"))
                .spawn_scoped(scope, move || run(seed))
                .unwrap();
        }
    });
}

const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn the_player_plays_every_frame_of_short_tracks_and_ends() {
    at_once(0..12, |seed| {
        let folder = tempfile::tempdir().unwrap();
        let mut random = Random(0x5eed_0100 + seed);
        for round in 0..3 {
            let count = 1 + random.below(8);
            let tracks: Vec<_> = (0..count)
                .map(|n| track(folder.path(), n, random.length(9_600), RATE_HZ, 2))
                .collect();
            let wanted = random.below(2) * 2_400;
            let mut player = player();
            player.remote().send(SoundCommand::SetPlayback(crossfade(
                wanted as f64 / f64::from(RATE_HZ),
            )));
            open(&player, paths(&tracks));
            let told = || format!("{seed}, {round}: {:?}, {wanted}", lengths(&tracks));
            let events = until_finished(&mut player, PATIENCE);
            let events = events.unwrap_or_else(|| panic!("{}: no end", told()));
            let frames = crossfaded_frames(&lengths(&tracks), wanted) as u64;
            assert_eq!(player.sounded_frames(), frames, "{}", told());
            let order = started(&events);
            assert!(order.is_sorted(), "{}: {order:?}", told());
            let sounding = tracks.iter().filter(|track| track.frames > 0).count();
            assert!(order.len() >= sounding, "{}: {order:?}", told());
        }
    });
}

#[test]
fn a_hundred_tracks_of_a_few_frames_do_not_stall() {
    let folder = tempfile::tempdir().unwrap();
    let tracks: Vec<_> = (0..100)
        .map(|n| track(folder.path(), n, [10, 1, 0, 441][n % 4], RATE_HZ, 2))
        .collect();
    let mut player = player();
    open(&player, paths(&tracks));
    let events = until_finished(&mut player, PATIENCE).expect("no end");
    let frames: usize = lengths(&tracks).iter().sum();
    assert_eq!(player.sounded_frames(), frames as u64, "{events:?}");
    assert!(started(&events).is_sorted());
}

#[test]
fn whatever_is_asked_in_between_the_queue_comes_to_its_end() {
    at_once(0..12, |seed| {
        let folder = tempfile::tempdir().unwrap();
        let mut random = Random(0x5eed_0200 + seed);
        let count = 2 + random.below(6);
        let tracks: Vec<_> = (0..count)
            .map(|n| {
                let rate_hz = [44_100, 48_000][random.below(2)];
                track(folder.path(), n, random.length(24_000), rate_hz, 2)
            })
            .collect();
        let mut player = player();
        player
            .remote()
            .send(OutputCommand::SetFollowsRate(seed % 3 == 0));
        open(&player, paths(&tracks));
        let mut asked = Vec::new();
        for _ in 0..20 {
            std::thread::sleep(Duration::from_millis(random.below(60) as u64));
            let near_end = Duration::from_micros(random.below(500_000) as u64);
            let command = match random.below(9) {
                0 => PlayerCommand::from(TransportCommand::Next),
                1 => PlayerCommand::from(TransportCommand::Previous),
                2 => PlayerCommand::from(TransportCommand::Seek(near_end)),
                3 => PlayerCommand::from(TransportCommand::SeekBy(0.05)),
                4 => PlayerCommand::from(QueueCommand::SetRepeat(RepeatMode::All)),
                5 => PlayerCommand::from(QueueCommand::SetRepeat(RepeatMode::One)),
                6 => PlayerCommand::from(QueueCommand::SetShuffle(random.below(2) == 0)),
                7 => PlayerCommand::from(SoundCommand::SetPlayback(PlaybackSettings {
                    speed: [0.5, 1.0, 2.0][random.below(3)],
                    ..crossfade(random.below(2) as f64 * 0.05)
                })),
                _ => PlayerCommand::from(TransportCommand::TogglePause),
            };
            asked.push(format!("{command:?}"));
            player.remote().send(command);
        }
        for command in [
            PlayerCommand::from(QueueCommand::SetRepeat(RepeatMode::Off)),
            QueueCommand::SetShuffle(false).into(),
            TransportCommand::Play.into(),
        ] {
            player.remote().send(command);
        }
        // It may have ended before, and has to begin first.
        let begun = Instant::now();
        let mut looks_stopped = 0;
        while looks_stopped < 2 {
            std::thread::sleep(Duration::from_millis(300));
            let is_stopped = player.feed().snapshot().transport == Transport::Stopped;
            looks_stopped = if is_stopped { looks_stopped + 1 } else { 0 };
            assert!(
                begun.elapsed() < PATIENCE,
                "seed {seed}: {:?}, {asked:?}",
                lengths(&tracks)
            );
        }
    });
}

#[test]
fn what_is_repeated_without_sound_ends_after_a_round() {
    let folder = tempfile::tempdir().unwrap();
    let empty: Vec<_> = (0..3)
        .map(|n| track(folder.path(), n, 0, [48_000, 44_100][n % 2], 2).path)
        .collect();
    let text = folder.path().join("text.mp3");
    std::fs::write(&text, "Not music.\n".repeat(200)).unwrap();
    for (files, repeat) in [
        (vec![empty[0].clone()], RepeatMode::One),
        (vec![empty[0].clone()], RepeatMode::All),
        (empty.clone(), RepeatMode::All),
        (vec![text.clone()], RepeatMode::One),
        (vec![text, empty[1].clone()], RepeatMode::All),
    ] {
        for follows in [false, true] {
            let mut player = player();
            player.remote().send(OutputCommand::SetFollowsRate(follows));
            player.remote().send(QueueCommand::SetRepeat(repeat));
            open(&player, files.clone());
            let events = until_finished(&mut player, PATIENCE);
            let events = events.unwrap_or_else(|| panic!("{files:?}, {repeat:?}: no end"));
            let notes = events.iter().filter(|e| matches!(e, PlayerEvent::Note(_)));
            assert!(notes.count() >= 1, "{files:?}, {repeat:?}: {events:?}");
            assert_eq!(player.sounded_frames(), 0);
        }
    }
}

#[test]
fn short_tracks_go_round_and_stop_when_they_are_told_to() {
    let folder = tempfile::tempdir().unwrap();
    let mut tracks = vec![track(folder.path(), 0, 2_400, RATE_HZ, 2)];
    tracks.push(track(folder.path(), 1, 0, RATE_HZ, 2));
    tracks.push(track(folder.path(), 2, 480, RATE_HZ, 2));
    for (repeat, shuffle) in [
        (RepeatMode::All, false),
        (RepeatMode::All, true),
        (RepeatMode::One, false),
    ] {
        let mut player = player();
        player.remote().send(QueueCommand::SetRepeat(repeat));
        player.remote().send(QueueCommand::SetShuffle(shuffle));
        open(&player, paths(&tracks));
        let begun = Instant::now();
        let mut starts = Vec::new();
        while starts.len() < 20 && begun.elapsed() < PATIENCE {
            let event = player.feed().wait_event(Duration::from_millis(50));
            starts.extend(started(event.as_slice()));
        }
        assert!(starts.len() >= 20, "{repeat:?}, {shuffle}: {starts:?}");
        let distinct: std::collections::HashSet<_> = starts.iter().collect();
        let expected = if repeat == RepeatMode::One { 1 } else { 2 };
        assert!(distinct.len() >= expected, "{starts:?}");
        player
            .remote()
            .send(QueueCommand::SetRepeat(RepeatMode::Off));
        assert!(
            until_finished(&mut player, PATIENCE).is_some(),
            "{repeat:?}, {shuffle}: no end"
        );
        let queue = player.feed().snapshot().queue.clone();
        assert!(queue.iter().all(|entry| entry.error.is_none()));
    }
}
