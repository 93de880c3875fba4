//! The `player` thread: takes commands, and carries out what [`playhead`] decides.

mod effects;
pub(super) mod health;
mod links;
mod output;
mod outputs;
mod playhead;
mod signal;
mod snapshot;
mod sound;
mod survival;
mod watch;

pub(super) use links::Links;

use super::chain::ChainSettings;
use super::command::{OutputCommand, PlayerCommand, SoundCommand};
use super::decode_worker::{DecodeOrder, DecodeReport};
use super::options::PlayerOptions;
use super::output::audio_path::AudioPath;
use super::output::trouble::TroubleBell;
use super::remote::ControlMessage;
use super::status::{OutputChoice, PlayerEvent, Transport};
use super::waveforms::FoundWaveform;
use crossbeam::channel::{Receiver, never, select};
use disk::shown::shown_text;
use dsp::units::volume_gain;
use health::Health;
use output::Output;
use playhead::Playhead;
use sound::Sound;
use std::sync::Arc;
use std::time::Duration;

/// Between two looks at the output while it plays: each wakes a processor.
const PLAYING_TICK: Duration = Duration::from_millis(250);
/// Between two looks at the renderer while something is about to be heard that is shown to people: a jump,
/// the next track, the end.
const EXPECTING_TICK: Duration = Duration::from_millis(40);
/// Between two looks while something waits for the sound to fade.
const FADING_TICK: Duration = Duration::from_millis(20);
/// Between two looks at a stream kept open in a pause.
const PAUSED_TICK: Duration = Duration::from_millis(500);

/// The control thread's state, by what it is about.
pub(super) struct Control {
    links: Links,
    playhead: Playhead,
    sound: Sound,
    output: Output,
    health: Health,
    waveform: Option<FoundWaveform>,
    /// Rings when a device says that something is wrong.
    troubles: Receiver<()>,
    /// A snapshot is due.
    is_dirty: bool,
}

impl Control {
    pub(super) fn new(
        links: Links,
        path: Arc<AudioPath>,
        options: &PlayerOptions,
        health: Health,
    ) -> Self {
        let settings = ChainSettings {
            volume: volume_gain(options.volume),
            ..Default::default()
        };
        let seed = std::time::SystemTime::UNIX_EPOCH
            .elapsed()
            .map_or(1, |t| t.as_nanos() as u64);
        let (bell, troubles) = TroubleBell::new();
        let mut output = Output::new(path, options.buffer_frames, settings, bell);
        output.slot.status_mut().when_unplugged = options.when_unplugged;
        Self {
            links,
            playhead: Playhead::new(seed),
            sound: Sound::new(options.volume, options.equalizer.clone()),
            output,
            troubles,
            health,
            waveform: None,
            is_dirty: true,
        }
    }

    /// Runs until the player's owner has gone.
    pub(super) fn run(mut self, first_output: &OutputChoice) {
        if *first_output != OutputChoice::Null {
            // First, beside the opening: both need the sound server's library, and it is loaded once.
            self.output.watch.start();
        }
        self.open_output(first_output);
        self.listen_for_devices();
        let messages = self.links.messages.clone();
        let decode_reports = self.links.decode_reports.clone();
        let device_news = self.output.watch.news();
        let troubles = self.troubles.clone();
        let waveforms = self.links.found_waveforms.clone();
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
                    Ok(ControlMessage::End) | Err(_) => return self.output.end(),
                },
                recv(decode_reports) -> report => match report {
                    Ok(report) => self.on_decode(report),
                    Err(_) => return self.output.end(),
                },
                recv(device_news) -> news => if let Ok(news) = news {
                    self.on_device_news(news);
                },
                recv(troubles) -> _ => {}
                recv(waveforms) -> found => if let Ok(found) = found {
                    self.waveform = Some(found);
                    self.is_dirty = true;
                },
                recv(tick) -> _ => {}
            }
            self.watch_renderer();
            self.watch_output();
            self.is_dirty |= self.playhead.follow_link();
            self.watch_health();
            self.reopen_when_silent();
        }
    }

    /// How long to wait for something to come; `None` while nothing needs a look.
    fn tick_period(&self) -> Option<Duration> {
        let is_playing = self.playhead.is_playing();
        let next_look = self.output.time_to_next_look(is_playing);
        let is_open = self.output.slot.is_open();
        let tick = match self.playhead.transport() {
            _ if self.output.is_reopening() => Some(FADING_TICK),
            Transport::Playing if is_open && self.playhead.expects_news() => Some(EXPECTING_TICK),
            Transport::Playing if is_open => Some(PLAYING_TICK),
            Transport::Playing => next_look,
            _ if self.output.is_fading() => Some(FADING_TICK),
            _ if self.output.is_held() => Some(PAUSED_TICK),
            Transport::Paused | Transport::Stopped => next_look,
        };
        match (tick, next_look) {
            (Some(tick), Some(look)) => Some(tick.min(look)),
            (tick, _) => tick,
        }
    }

    fn handle(&mut self, command: PlayerCommand) {
        self.read_clock();
        self.playhead.forget_silence();
        match command {
            PlayerCommand::Transport(command) => self.playhead.handle_transport(command),
            PlayerCommand::Queue(command) => self.playhead.handle_queue(command),
            PlayerCommand::Sound(command) => {
                let is_playback = matches!(command, SoundCommand::SetPlayback(_));
                self.sound.handle(command);
                if is_playback {
                    self.decode(DecodeOrder::SetSource(self.sound.playback()));
                }
                self.apply_sound();
            }
            PlayerCommand::Output(command) => match command {
                OutputCommand::SetFollowsRate(on) => self.follow_rates(on),
                OutputCommand::Select(choice) => self.change_output(&choice),
                OutputCommand::Refresh => self.refresh_devices(),
                OutputCommand::SetWhenUnplugged(what) => {
                    self.output.slot.status_mut().when_unplugged = what;
                }
            },
            PlayerCommand::Report(line) => {
                let line = shown_text(&line).into_owned();
                self.links.publisher.emit(&PlayerEvent::Note(line));
            }
        }
        self.carry_out();
    }

    fn on_decode(&mut self, report: DecodeReport) {
        self.read_clock();
        match report {
            DecodeReport::Opened {
                request,
                info,
                may_exceed_full_scale,
            } => self
                .playhead
                .on_opened(&request, info, may_exceed_full_scale),
            DecodeReport::Advanced {
                track,
                generation,
                begins_at,
            } => self.playhead.on_advanced(track, generation, begins_at),
            DecodeReport::Ended { generation, frames } => {
                self.playhead.on_decoded(generation, frames);
            }
            DecodeReport::Retired { track, reason } => self.replace_decoder(track, &reason),
            DecodeReport::RateWanted {
                generation,
                sample_rate_hz,
            } => {
                if generation == self.playhead.generation() {
                    self.output.want_rate(sample_rate_hz);
                }
            }
            DecodeReport::Failed { track, reason } => self.playhead.on_failed(track, &reason),
            DecodeReport::Broken {
                track,
                reason,
                has_sound,
            } => self.playhead.on_broken(track, reason, has_sound),
        }
        self.carry_out();
    }
}
