//! The `player` thread: takes orders, keeps the queue, and sees that the right sound is on its way.

mod devices;
pub(super) mod health;
mod insertions;
mod jumps;
mod line;
mod publishing;
mod reopening;
mod telling;

use super::chain::ChainSettings;
use super::command::{
    OutputCommand, PlayerCommand, QueueCommand, SoundCommand, TagRequest, TransportCommand,
};
use super::decode_worker::{DecodeLinks, DecodeOrder, DecodeReport, FollowedRates, TrackRequest};
use super::output::slot::{AudioPath, OutputSlot};
use super::overviews::FoundOverview;
use super::pipeline::SourceSettings;
use super::publisher::Publisher;
use super::queue::Queue;
use super::remote::ControlMessage;
use super::status::{EntryId, PlayId, PlayerEvent, SoundSettings, Transport};
use crossbeam::channel::{Receiver, Sender, never, select};
use dsp::equalizer::EqualizerSettings;
use dsp::units::volume_gain;
use health::{Health, Watched};
use insertions::Insertions;
use line::DecodedLine;
use media::decoder::StreamInfo;
use media::location::TrackLocation;
use media::replaygain::ReplayGainMode;
use media::tags::FileTags;
use reopening::Reopening;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// Between two looks at the renderer while it plays: what it shows is shown to people, and every look
/// wakes a processor.
const PLAYING_TICK: Duration = Duration::from_millis(50);
/// Between two looks while something waits for the sound to fade.
const FADING_TICK: Duration = Duration::from_millis(20);
/// Between two looks at a stream kept open in a pause.
const PAUSED_TICK: Duration = Duration::from_millis(500);
/// How long a paused stream is kept before the device is released.
const RELEASE_AFTER: Duration = Duration::from_secs(10);
/// How long the last fade may take when the player ends.
const LAST_FADE: Duration = Duration::from_millis(100);

/// What the control thread talks to.
pub(super) struct Links {
    pub messages: Receiver<ControlMessage>,
    pub publisher: Publisher,
    pub decode: Sender<DecodeOrder>,
    pub decode_reports: Receiver<DecodeReport>,
    /// What another decode thread would work with.
    pub decode_links: DecodeLinks,
    /// Where tags are asked for; `None` where nobody reads them.
    pub tag_requests: Option<Sender<TagRequest>>,
    /// Where tracks are sent whose overview is wanted; `None` where none is.
    pub overviews: Option<Sender<TrackLocation>>,
    pub found_overviews: Receiver<FoundOverview>,
}

/// One playing of an entry that has been sent to the decode thread.
struct Playing {
    request: TrackRequest,
    info: Option<StreamInfo>,
    tags: Option<Box<FileTags>>,
    /// Its samples can be beyond full scale.
    may_exceed_full_scale: bool,
    /// It has been entered: a fault is no longer the end of all of it.
    was_heard: bool,
    /// It ended before its first frame: it is no part of what is heard.
    is_void: bool,
    /// Which of the streams joined in its file was heard last.
    link: usize,
}

/// What was last offered to follow a track.
#[derive(PartialEq, Eq, Clone, Copy)]
struct Offer {
    after: u64,
    entry: Option<EntryId>,
}

pub(super) struct Control {
    links: Links,
    path: Arc<AudioPath>,
    slot: OutputSlot,
    queue: Queue,
    transport: Transport,
    volume: f32,
    is_muted: bool,
    stop_after_current: bool,
    equalizer: Arc<EqualizerSettings>,
    sound: SoundSettings,
    source: SourceSettings,
    generation: u64,
    last_track: u64,
    playings: HashMap<u64, Playing>,
    /// The track that is being rendered, or was jumped to.
    heard: Option<u64>,
    /// From the heard track to the one that is being decoded.
    line: DecodedLine,
    /// What has been said of which entry.
    warned: HashSet<(EntryId, String)>,
    offer: Option<Offer>,
    pending_seek: Option<(u64, Duration)>,
    failures_in_a_row: usize,
    insertions: Insertions,
    paused_since: Option<Instant>,
    device_lists: Receiver<Vec<String>>,
    device_list_sender: Sender<Vec<String>>,
    devices_asked: Instant,
    health: Health,
    overview: Option<FoundOverview>,
    reopening: Reopening,
    rates: FollowedRates,
    is_dirty: bool,
}

impl Control {
    pub(super) fn new(
        links: Links,
        path: Arc<AudioPath>,
        options: &super::player::PlayerOptions,
        watched: Watched,
    ) -> Self {
        let settings = ChainSettings {
            volume: volume_gain(options.volume),
            ..Default::default()
        };
        let slot = OutputSlot::new(Arc::clone(&path), options.buffer_frames, settings);
        let seed = std::time::SystemTime::UNIX_EPOCH
            .elapsed()
            .map_or(1, |t| t.as_nanos() as u64);
        let health = Health::new(
            Arc::clone(&path.monitor),
            watched,
            options.buffer_frames,
            options.adapts_buffer,
        );
        let (device_list_sender, device_lists) = crossbeam::channel::unbounded();
        Self {
            links,
            path,
            slot,
            queue: Queue::new(seed),
            transport: Transport::Stopped,
            volume: options.volume,
            is_muted: false,
            stop_after_current: false,
            equalizer: Arc::new(options.equalizer.clone()),
            sound: SoundSettings::default(),
            source: SourceSettings::default(),
            generation: 0,
            last_track: 0,
            playings: HashMap::new(),
            heard: None,
            line: DecodedLine::default(),
            warned: HashSet::new(),
            offer: None,
            pending_seek: None,
            failures_in_a_row: 0,
            insertions: Insertions::default(),
            paused_since: None,
            device_lists,
            device_list_sender,
            devices_asked: Instant::now(),
            health,
            overview: None,
            reopening: Reopening::default(),
            rates: FollowedRates::default(),
            is_dirty: true,
        }
    }

    /// Runs until the commands' channel is closed.
    pub(super) fn run(mut self, first_output: &super::status::OutputChoice) {
        self.open_output(first_output);
        self.ask_for_devices();
        let messages = self.links.messages.clone();
        let decode_reports = self.links.decode_reports.clone();
        let device_lists = self.device_lists.clone();
        let found_overviews = self.links.found_overviews.clone();
        loop {
            if std::mem::take(&mut self.is_dirty) {
                self.publish();
            }
            let tick = match self.tick_period() {
                Some(period) => crossbeam::channel::after(period),
                None => never(),
            };
            select! {
                recv(messages) -> message => match message {
                    Ok(ControlMessage::Command(command)) => self.handle(command),
                    Ok(ControlMessage::Subscribe(feed)) => self.links.publisher.add(feed),
                    Ok(ControlMessage::End) | Err(_) => return self.end(),
                },
                recv(decode_reports) -> report => match report {
                    Ok(report) => self.hear_decode(report),
                    Err(_) => return self.end(),
                },
                recv(device_lists) -> names => if let Ok(names) = names {
                    self.hear_devices(names);
                },
                recv(found_overviews) -> found => if let Ok(found) = found {
                    self.overview = Some(found);
                    self.is_dirty = true;
                },
                recv(tick) -> _ => {}
            }
            self.look_at_renderer();
            self.look_at_output();
            self.look_at_link();
            self.look_at_health();
            self.reopen_when_silent();
        }
    }

    fn tick_period(&self) -> Option<Duration> {
        match self.transport {
            _ if self.reopening.is_due() => Some(FADING_TICK),
            Transport::Playing => Some(PLAYING_TICK),
            _ if !self.path.shared.is_silent() && self.slot.is_open() => Some(FADING_TICK),
            _ if self.slot.is_open() && self.paused_since.is_some() => Some(PAUSED_TICK),
            _ if self.slot.status().problem.is_some() => Some(devices::LOOK_PERIOD),
            _ => None,
        }
    }

    fn end(mut self) {
        self.path.shared.is_playing.store(false, Ordering::Release);
        let start = Instant::now();
        while self.slot.is_open() && !self.path.shared.is_silent() && start.elapsed() < LAST_FADE {
            std::thread::sleep(Duration::from_millis(2));
        }
        self.slot.close();
    }

    fn handle(&mut self, command: PlayerCommand) {
        self.is_dirty = true;
        self.line.forget_soundless();
        match command {
            PlayerCommand::Transport(command) => self.handle_transport(command),
            PlayerCommand::Queue(command) => self.handle_queue(command),
            PlayerCommand::Sound(command) => self.handle_sound(command),
            PlayerCommand::Output(command) => match command {
                OutputCommand::SetFollowsRate(on) => self.follow_rates(on),
                OutputCommand::Select(choice) => self.change_output(&choice),
                OutputCommand::Refresh => self.refresh_devices(),
            },
            PlayerCommand::Report(line) => self.note(&line),
        }
    }

    fn handle_transport(&mut self, command: TransportCommand) {
        match command {
            TransportCommand::PlayEntry(id) => self.play_entry(id),
            TransportCommand::Play => self.play(),
            TransportCommand::Pause => self.pause(),
            TransportCommand::TogglePause => match self.transport {
                Transport::Playing => self.pause(),
                Transport::Paused | Transport::Stopped => self.play(),
            },
            TransportCommand::Stop => self.stop(),
            TransportCommand::Next => self.next(),
            TransportCommand::Previous => self.previous(),
            TransportCommand::Seek(to) => self.seek(to),
            TransportCommand::SeekBy(seconds) => self.seek_by(seconds),
        }
    }

    fn handle_queue(&mut self, command: QueueCommand) {
        match command {
            QueueCommand::BeginInsertion {
                id,
                placement,
                play,
            } => self.insertions.begin(id, placement, play),
            QueueCommand::Insert { id, tracks } => self.insert(id, tracks),
            QueueCommand::EndInsertion(id) => self.end_insertion(id),
            QueueCommand::Describe(entries) => self.describe(entries),
            QueueCommand::DescribePlaying { play, tags } => self.describe_playing(play, tags),
            QueueCommand::Described => self.insertions.end_tag_request(),
            QueueCommand::Remove(ids) => self.remove(&ids),
            QueueCommand::Move { entries, before } => {
                self.queue.move_entries(&entries, before);
                self.reconsider_next();
            }
            QueueCommand::Clear => {
                self.stop();
                self.queue.clear();
                self.heard = None;
                self.playings.clear();
                self.warned.clear();
            }
            QueueCommand::SetRepeat(repeat) => {
                self.queue.repeat = repeat;
                self.reconsider_next();
            }
            QueueCommand::SetShuffle(on) => {
                self.queue.set_shuffle(on);
                self.reconsider_next();
            }
            QueueCommand::SetStopAfterCurrent(on) => {
                self.stop_after_current = on;
                self.reconsider_next();
            }
        }
    }

    fn handle_sound(&mut self, command: SoundCommand) {
        match command {
            SoundCommand::SetVolume(volume) => {
                self.volume = volume.clamp(0.0, 1.0);
                self.is_muted = false;
            }
            SoundCommand::SetMuted(is_muted) => self.is_muted = is_muted,
            SoundCommand::SetEqualizer(settings) => self.equalizer = Arc::new(settings),
            SoundCommand::SetStages(sound) => self.sound = sound,
            SoundCommand::SetPlayback(source) => {
                self.source = source.in_range();
                self.send(DecodeOrder::SetSource(self.source));
            }
        }
        self.apply_settings();
    }

    fn apply_settings(&mut self) {
        let rate_hz = f64::from(self.slot.status().sample_rate_hz);
        let volume = if self.is_muted {
            0.0
        } else {
            volume_gain(self.volume)
        };
        if rate_hz > 0.0 {
            let eq = self.equalizer.design(rate_hz);
            let curve = match self.equalizer.enabled {
                true => self.equalizer.curve.as_ref(),
                false => None,
            };
            self.slot.set_curve(curve);
            self.slot.set_settings(ChainSettings {
                eq,
                has_response: curve.is_some(),
                crossfeed: self.sound.crossfeed,
                balance: self.sound.balance,
                volume,
                has_loud_input: self.has_loud_source() || self.has_loud_track(),
                limiter: self.sound.limiter,
            });
        }
    }

    /// Whether what is done to tracks may take them beyond full scale; a gain in tags may stand there without a peak.
    fn has_loud_source(&self) -> bool {
        self.source.can_exceed_full_scale() || self.source.replaygain.mode != ReplayGainMode::Off
    }

    /// Whether a track that is heard, or queued behind it, may be beyond full scale where the device cuts
    /// that off.
    fn has_loud_track(&self) -> bool {
        let output = self.slot.status();
        let is_loud = |playing: &Playing| {
            let is_resampled = |info: &StreamInfo| info.sample_rate_hz != output.sample_rate_hz;
            playing.may_exceed_full_scale || playing.info.as_ref().is_some_and(is_resampled)
        };
        output.is_integer()
            && self
                .line
                .tracks()
                .filter_map(|track| self.playings.get(&track))
                .any(is_loud)
    }

    /// Brings the limiter in, or takes it out, where other tracks are in the line.
    fn look_at_loudness(&mut self) {
        let is_loud = self.has_loud_source() || self.has_loud_track();
        if self.slot.settings().has_loud_input != is_loud {
            self.apply_settings();
        }
    }

    fn remove(&mut self, ids: &[EntryId]) {
        let was_playing = self.transport == Transport::Playing;
        if !self.queue.remove(ids) {
            self.reconsider_next();
            return;
        }
        match self.queue.current() {
            Some(id) if was_playing => self.play_entry(id),
            _ => {
                self.stop();
                self.heard = None;
            }
        }
    }

    fn hear_decode(&mut self, report: DecodeReport) {
        match report {
            DecodeReport::Opened {
                request,
                info,
                may_exceed_full_scale,
            } => {
                let duration = info.duration();
                let play = PlayId(request.track);
                self.ask_for_tags(TagRequest::Playing(play, request.location.clone()));
                self.queue.update(request.entry, |entry| {
                    entry.error = None;
                    entry.duration = duration.or(entry.duration);
                });
                for warning in &info.warnings {
                    self.warn_of(request.entry, &request.location.path, warning);
                }
                if let Some(playing) = self.playings.get_mut(&request.track) {
                    playing.info = Some(info);
                    playing.may_exceed_full_scale = may_exceed_full_scale;
                }
                self.look_at_loudness();
                self.is_dirty = true;
            }
            DecodeReport::Advanced {
                track,
                generation,
                begins_at,
            } => {
                if generation == self.generation {
                    self.line.advance(track, begins_at);
                    self.offer = None;
                    self.look_at_loudness();
                    if self.is_round_soundless() {
                        return self.end_in_silence();
                    }
                    self.reconsider_next();
                }
            }
            DecodeReport::Ended { generation, frames } => {
                if generation == self.generation {
                    self.line.end_track(frames);
                }
            }
            DecodeReport::Retired { track, reason } => self.replace_decoder(track, &reason),
            DecodeReport::RateWanted {
                generation,
                sample_rate_hz,
            } => {
                if generation == self.generation {
                    self.reopening.sample_rate_hz = Some(sample_rate_hz);
                }
            }
            DecodeReport::Failed { track, reason } => self.hear_failure(track, &reason),
            DecodeReport::Broken {
                track,
                reason,
                has_sound,
            } => self.hear_breakage(track, reason, has_sound),
        }
    }

    /// Follows the renderer into the next track and to the end.
    fn look_at_renderer(&mut self) {
        self.slot.exchange_responses();
        let generation = self.generation;
        // Asked first: the last track is announced before its end.
        let has_ended = self.path.shared.has_ended(generation);
        while let Some(started) = self.slot.poll_track() {
            if started.generation == self.generation {
                self.enter_track(started.track);
            }
        }
        if let Some((generation, _)) = self.pending_seek
            && self.path.clock.read().generation == generation
        {
            self.pending_seek = None;
            self.is_dirty = true;
        }
        if !has_ended || self.transport != Transport::Playing {
            return;
        }
        // What the decode thread reported before the end is on its way here, or here.
        let reports = self.links.decode_reports.clone();
        for report in reports.try_iter() {
            self.hear_decode(report);
        }
        if self.generation == generation && self.transport == Transport::Playing {
            self.finish();
        }
    }

    fn enter_track(&mut self, track: u64) {
        self.failures_in_a_row = 0;
        self.heard = Some(track);
        // Those passed over had no frame to be heard.
        for passed in self.line.enter(track) {
            if let Some(playing) = self.playings.get(&passed) {
                self.queue.set_current(playing.request.entry);
            }
        }
        let Some(playing) = self.playings.get_mut(&track) else {
            return;
        };
        playing.was_heard = true;
        let entry = playing.request.entry;
        self.queue.set_current(entry);
        self.playings.retain(|&other, _| other >= track);
        self.look_at_loudness();
        self.reconsider_next();
        self.prepare_neighbours(entry);
        self.ask_for_overview();
        self.tell(PlayerEvent::TrackStarted(entry));
    }

    fn ask_for_overview(&mut self) {
        let heard = self.heard.and_then(|track| self.playings.get(&track));
        if let (Some(playing), Some(wanted)) = (heard, &self.links.overviews) {
            // Without the thread the bar stays plain.
            let _ = wanted.send(playing.request.location.clone());
        }
    }

    fn finish(&mut self) {
        // Tracks without a frame at the end are over too.
        for track in self.line.tracks() {
            if let Some(playing) = self.playings.get(&track) {
                self.queue.set_current(playing.request.entry);
            }
        }
        if self.is_round_soundless() {
            return self.end_in_silence();
        }
        // What came into the queue when the end had been decoded already follows now.
        let current = self.queue.current().filter(|_| !self.stop_after_current);
        if let Some(next) = current.and_then(|id| self.queue.after(id)) {
            return self.play_entry(next);
        }
        self.path.shared.is_playing.store(false, Ordering::Release);
        self.transport = Transport::Stopped;
        self.paused_since = Some(Instant::now());
        if std::mem::take(&mut self.stop_after_current)
            && let Some(next) = self.queue.following(self.queue.current())
        {
            self.queue.set_current(next);
            self.heard = None;
        }
        self.tell(PlayerEvent::Finished);
    }
}
