//! A player for tests: carries out commands at once, and records them.

use crate::app::AppCommand;
use crate::ui::backend::Backend;
use engine::analysis::SpectrumFrame;
use engine::command::{OutputCommand, PlayerCommand, QueueCommand, SoundCommand, TransportCommand};
use engine::levels::LevelsFrame;
use engine::status::{
    EntryId, NowPlaying, OutputStatus, PlayerEvent, PlayerSnapshot, QueueEntry, Transport,
};
use media::tags::Tags;
use rt::thread::AudioThreadPriority;
use serde_json::Value;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use telemetry::metric::Metric;
use telemetry::monitor::MonitorSpan;
use telemetry::{CallbackFigures, OutputFigures, Percentiles, Reading, RingFigures};

/// State of the player, and the commands it got.
#[derive(Default)]
pub(crate) struct Script {
    pub(crate) snapshot: PlayerSnapshot,
    pub(crate) position: Duration,
    pub(crate) spectrum: SpectrumFrame,
    pub(crate) events: Vec<PlayerEvent>,
    pub(crate) levels: LevelsFrame,
    pub(crate) reading: Reading,
    pub(crate) sent: Vec<AppCommand>,
    /// The window's section of the settings, as it was stored last.
    pub(crate) stored: Option<Value>,
}

/// A handle on a [`Script`] that a test keeps another handle on.
#[derive(Clone, Default)]
pub(crate) struct ScriptedPlayer {
    pub(crate) script: Rc<RefCell<Script>>,
    shown: PlayerSnapshot,
    spectrum: SpectrumFrame,
}

/// Titles in many scripts, as listeners have them.
const SONGS: [(&str, &str, u64); 14] = [
    ("Night Drive", "Rusty Audio", 32),
    ("夜に駆ける", "YOASOBI", 261),
    ("Группа крови", "Кино", 286),
    ("نسم علينا الهوى", "فيروز", 243),
    ("서른 즈음에", "김광석", 279),
    ("Für Elise", "Ludwig van Beethoven", 175),
    (
        "The Unreasonably Long Title of a Song That Would Never Fit Into One Row",
        "A Band",
        400,
    ),
    ("So What", "Miles Davis", 562),
    ("Teardrop", "Massive Attack", 330),
    ("Αμάξι", "Χάρις Αλεξίου", 222),
    ("Paranoid Android", "Radiohead", 387),
    ("Clair de lune", "Claude Debussy", 301),
    ("Windowlicker", "Aphex Twin", 367),
    ("Hide and Seek", "Imogen Heap", 255),
];

/// A queue of `count` entries.
pub(crate) fn queue(count: usize) -> Arc<Vec<Arc<QueueEntry>>> {
    let entry = |n: usize| {
        let (title, artist, seconds) = SONGS[n % SONGS.len()];
        QueueEntry {
            id: EntryId(n as u64 + 1),
            location: format!("/music/{n:05} {title}.flac").as_str().into(),
            tags: Tags {
                title: Some(title.into()),
                artist: Some(artist.into()),
                ..Tags::default()
            },
            duration: Some(Duration::from_secs(seconds)),
            error: None,
        }
    };
    Arc::new((0..count).map(entry).map(Arc::new).collect())
}

impl ScriptedPlayer {
    /// A player with `count` entries, the first one loaded and playing at half a minute.
    pub(crate) fn playing(count: usize) -> Self {
        let player = Self::default();
        {
            let mut script = player.script.borrow_mut();
            let queue = queue(count);
            script.position = Duration::from_secs(30);
            script.reading = reading();
            let centres: Vec<f32> = (0..120)
                .map(|n| 20.0 * 2.0_f32.powf(n as f32 / 12.0))
                .collect();
            script.spectrum = SpectrumFrame {
                levels_db: centres.iter().map(|hz| level(*hz)).collect(),
                peaks_db: centres.iter().map(|hz| level(*hz) + 4.0).collect(),
                centres_hz: centres.into(),
                is_at_rest: false,
            };
            script.snapshot = PlayerSnapshot {
                transport: Transport::Playing,
                current: queue.first().map(|entry| entry.id),
                volume: 1.0,
                output: Arc::new(OutputStatus {
                    name: "Built-in Audio Analog Stereo".into(),
                    sample_rate_hz: 48_000,
                    channels: 2,
                    sample_format: "f32",
                    buffer_frames: 512,
                    devices: Arc::new(vec![
                        "Built-in Audio Analog Stereo".into(),
                        "USB DAC".into(),
                    ]),
                    ..OutputStatus::default()
                }),
                queue,
                ..PlayerSnapshot::default()
            };
            script.load();
        }
        player
    }

    /// Commands sent since the last call.
    pub(crate) fn sent(&self) -> Vec<AppCommand> {
        std::mem::take(&mut self.script.borrow_mut().sent)
    }
}

fn level(hz: f32) -> f32 {
    let octaves = (hz / 60.0).log2();
    -14.0 - 3.6 * octaves.abs() + 6.0 * (octaves * 5.0).sin() + 3.0 * (octaves * 17.0).sin()
}

fn reading() -> Reading {
    let mut reading = Reading {
        callback: CallbackFigures {
            count: 18_342,
            frames: 9_391_104,
            us: Percentiles {
                p50: 31.0,
                p95: 48.0,
                p99: 66.0,
                max: 142.0,
            },
            load_percent: Percentiles {
                p50: 0.3,
                p95: 0.5,
                p99: 0.6,
                max: 1.3,
            },
            deadline_us: 10_666.7,
            block_frames: 512,
            ..CallbackFigures::default()
        },
        ring: RingFigures {
            queued_frames: 23_040,
            capacity_frames: 24_000,
            ..RingFigures::default()
        },
        output: OutputFigures {
            sample_rate_hz: 48_000,
            latency_frames: 1_022,
        },
        ..Reading::default()
    };
    reading.process.cpu_percent = 2.4;
    reading.process.rss_mib = 92.0;
    reading.threads.callback_priority = AudioThreadPriority::RealTime;
    reading.threads.decode_priority = AudioThreadPriority::Raised;
    reading
}

impl Script {
    // Loads the current entry.
    fn load(&mut self) {
        let current = self.snapshot.current;
        let entry = self
            .snapshot
            .queue
            .iter()
            .find(|entry| Some(entry.id) == current);
        self.snapshot.now_playing = entry.map(|entry| {
            let album = Some("Where the Lines Meet".to_owned());
            Arc::new(NowPlaying {
                entry: entry.id,
                track: rt::ids::PlayId(entry.id.0),
                path: entry.path().to_owned(),
                tags: Tags {
                    album,
                    ..entry.tags.clone()
                },
                cover: None,
                codec: "FLAC".into(),
                sample_rate_hz: 48_000,
                channels: 2,
                bits_per_sample: Some(24),
                duration: entry.duration,
                waveform: None,
            })
        });
    }

    fn carry_out(&mut self, command: AppCommand) {
        let state = &mut self.snapshot;
        match command {
            AppCommand::Player(PlayerCommand::Transport(command)) => self.move_in_time(&command),
            AppCommand::Player(PlayerCommand::Queue(command)) => match command {
                QueueCommand::SetRepeat(repeat) => state.repeat = repeat,
                QueueCommand::SetShuffle(is_shuffled) => state.is_shuffled = is_shuffled,
                QueueCommand::SetStopAfterCurrent(on) => state.stop_after_current = on,
                QueueCommand::Remove(ids) => {
                    let stay = state.queue.iter().filter(|entry| !ids.contains(&entry.id));
                    state.queue = Arc::new(stay.cloned().collect());
                }
                QueueCommand::BeginInsertion { .. }
                | QueueCommand::Insert { .. }
                | QueueCommand::EndInsertion(_)
                | QueueCommand::Describe(_)
                | QueueCommand::DescribePlaying { .. }
                | QueueCommand::Described
                | QueueCommand::Move { .. }
                | QueueCommand::Restore { .. }
                | QueueCommand::Arrange(_)
                | QueueCommand::Clear => {}
            },
            AppCommand::Player(PlayerCommand::Sound(command)) => match command {
                SoundCommand::SetVolume(volume) => state.volume = volume,
                SoundCommand::SetMuted(is_muted) => state.is_muted = is_muted,
                SoundCommand::SetEqualizer(settings) => state.equalizer = Arc::new(settings),
                SoundCommand::SetStages(sound) => state.sound = sound,
                SoundCommand::SetPlayback(source) => state.source = source,
            },
            AppCommand::Player(PlayerCommand::Output(command)) => match command {
                OutputCommand::SetFollowsRate(on) => state.follows_rate = on,
                OutputCommand::Select(_)
                | OutputCommand::Refresh
                | OutputCommand::SetWhenUnplugged(_) => {}
            },
            AppCommand::Player(PlayerCommand::Report(_))
            | AppCommand::Open(_)
            | AppCommand::Library(_)
            | AppCommand::Lists(_)
            | AppCommand::UndoQueue
            | AppCommand::RedoQueue => {}
        }
    }

    fn move_in_time(&mut self, command: &TransportCommand) {
        let state = &mut self.snapshot;
        match *command {
            TransportCommand::Play => state.transport = Transport::Playing,
            TransportCommand::Pause => state.transport = Transport::Paused,
            TransportCommand::TogglePause if state.transport == Transport::Playing => {
                state.transport = Transport::Paused;
            }
            TransportCommand::TogglePause => state.transport = Transport::Playing,
            TransportCommand::Stop => {
                state.transport = Transport::Stopped;
                self.position = Duration::ZERO;
            }
            TransportCommand::PlayEntry(id) => {
                state.current = Some(id);
                state.transport = Transport::Playing;
                self.position = Duration::ZERO;
                self.load();
            }
            TransportCommand::Seek(position) => self.position = position,
            TransportCommand::SeekBy(seconds) => {
                let position = (self.position.as_secs_f64() + seconds).max(0.0);
                self.position = Duration::from_secs_f64(position);
            }
            TransportCommand::Next | TransportCommand::Previous => {}
        }
    }
}

impl Backend for ScriptedPlayer {
    fn send(&self, command: AppCommand) {
        let mut script = self.script.borrow_mut();
        script.carry_out(command.clone());
        script.sent.push(command);
    }

    fn snapshot(&mut self) -> &PlayerSnapshot {
        self.shown.clone_from(&self.script.borrow().snapshot);
        &self.shown
    }

    fn events(&mut self) -> Vec<PlayerEvent> {
        std::mem::take(&mut self.script.borrow_mut().events)
    }

    fn position(&mut self) -> Duration {
        self.script.borrow().position
    }

    fn spectrum(&mut self) -> &SpectrumFrame {
        self.spectrum.clone_from(&self.script.borrow().spectrum);
        &self.spectrum
    }

    fn levels(&mut self) -> LevelsFrame {
        self.script.borrow().levels
    }

    fn reading(&mut self, _span: MonitorSpan) -> Reading {
        self.script.borrow().reading.clone()
    }

    fn history_line(&mut self, _metric: Metric, _seconds: usize, columns: usize) -> Vec<f64> {
        let wave = |n: usize| 60.0 + 8.0 * (n as f64 * 0.35).sin() + (n * 7 % 11) as f64;
        (0..columns).map(wave).collect()
    }

    fn store(&self, _section: &'static str, content: Value) {
        self.script.borrow_mut().stored = Some(content);
    }

    fn history_csv(&mut self) -> String {
        "seconds\n1\n".into()
    }
}
