//! Play, pause, seek and skip: which generation is to be heard.

use super::{Effect, Playhead};
use crate::command::TransportCommand;
use crate::status::{EntryId, PlayerEvent, Transport};
use rt::ids::Generation;
use std::time::Duration;

/// "Previous" within this time of a track's start goes back one track.
const RESTART_AFTER: Duration = Duration::from_secs(3);

impl Playhead {
    /// Carries out a command.
    pub(crate) fn handle_transport(&mut self, command: TransportCommand) {
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

    pub(super) fn play_entry(&mut self, id: EntryId) {
        if self.queue.set_current(id) {
            self.queue.update(id, |entry| entry.error = None);
            self.jump_to_entry(id, Duration::ZERO);
            self.set_playing();
        }
    }

    fn play(&mut self) {
        match self.transport {
            Transport::Playing => {}
            Transport::Paused => self.set_playing(),
            Transport::Stopped => {
                let current = self.queue.current().or_else(|| self.queue.following(None));
                if let Some(id) = current {
                    self.play_entry(id);
                }
            }
        }
    }

    /// Fades to silence and stays.
    pub(crate) fn pause(&mut self) {
        if self.transport == Transport::Playing {
            self.transport = Transport::Paused;
            self.effect(Effect::Sound(false));
        }
    }

    /// Fades to silence and returns to the start.
    pub(crate) fn stop(&mut self) {
        if self.transport != Transport::Stopped {
            self.transport = Transport::Stopped;
            self.jump.target = None;
            self.effect(Effect::Sound(false));
        }
    }

    fn set_playing(&mut self) {
        self.transport = Transport::Playing;
        self.effect(Effect::Sound(true));
    }

    fn next(&mut self) {
        match self.queue.following(self.queue.current()) {
            Some(id) if self.transport == Transport::Playing => self.play_entry(id),
            Some(id) => self.select_silently(id),
            None => self.stop(),
        }
    }

    fn previous(&mut self) {
        let before = match self.transport {
            Transport::Playing | Transport::Paused if self.position() > RESTART_AFTER => None,
            Transport::Playing | Transport::Paused | Transport::Stopped => self.queue.preceding(),
        };
        let Some(id) = before.or(self.queue.current()) else {
            return;
        };
        match self.transport {
            Transport::Playing => self.play_entry(id),
            Transport::Paused | Transport::Stopped => self.select_silently(id),
        }
    }

    /// Makes an entry current without sound: stopped, or held at its start.
    pub(super) fn select_silently(&mut self, id: EntryId) {
        if self.queue.set_current(id) {
            match self.transport {
                Transport::Paused => self.jump_to_entry(id, Duration::ZERO),
                Transport::Playing | Transport::Stopped => self.heard = None,
            }
        }
    }

    pub(super) fn seek(&mut self, to: Duration) {
        let current = self.queue.current().or_else(|| self.queue.following(None));
        let Some(id) = current else {
            return;
        };
        self.queue.set_current(id);
        let duration = self.heard_duration();
        if duration.is_some_and(|duration| to >= duration) && self.transport != Transport::Stopped {
            return self.end_track();
        }
        let request = self.heard_play().map(|play| &play.request);
        match request.filter(|request| request.entry == id).cloned() {
            Some(request) => {
                let generation = self.next_generation(to);
                self.line.begin(request.track, to > Duration::ZERO);
                self.effect(Effect::Seek {
                    generation,
                    request,
                    start: to,
                });
                self.reconsider_next();
            }
            None => self.jump_to_entry(id, to),
        }
        if self.transport == Transport::Stopped {
            // Chosen while stopped: it waits there.
            self.transport = Transport::Paused;
        }
    }

    fn seek_by(&mut self, seconds: f64) {
        let target = (self.position().as_secs_f64() + seconds).max(0.0);
        if let Ok(target) = Duration::try_from_secs_f64(target) {
            self.seek(target);
        }
    }

    /// A seek beyond the end: what comes by itself after the track comes now.
    pub(super) fn end_track(&mut self) {
        let next = self.queue.current().filter(|_| !self.stop_after_current);
        match next.and_then(|id| self.queue.after(id)) {
            Some(id) if self.transport == Transport::Playing => self.play_entry(id),
            Some(id) => self.select_silently(id),
            None => {
                self.stop();
                self.emit(PlayerEvent::Finished);
            }
        }
    }

    /// Goes on with the current track at `position` in a fresh generation: for a new output, or when
    /// what is queued behind it is no longer what should follow.
    pub(crate) fn reload_at(&mut self, position: Duration) {
        if self.transport == Transport::Stopped {
            return;
        }
        if let Some(id) = self.queue.current() {
            self.jump_to_entry(id, position);
        }
    }

    fn jump_to_entry(&mut self, id: EntryId, start: Duration) {
        let Some(request) = self.request(id) else {
            return;
        };
        let generation = self.next_generation(start);
        self.heard = Some(request.track);
        self.line.begin(request.track, start > Duration::ZERO);
        self.effect(Effect::Load {
            generation,
            request,
            start,
        });
        self.reconsider_next();
    }

    fn next_generation(&mut self, position: Duration) -> Generation {
        let generation = self.jump.generation.next();
        self.jump.generation = generation;
        self.jump.target = Some(position);
        self.offer = None;
        self.effect(Effect::Target(generation));
        generation
    }

    /// Ends a round that has no sound and would go on for ever.
    pub(super) fn end_in_silence(&mut self) {
        self.note("nothing that is repeated has any sound");
        self.line.forget_soundless();
        self.stop();
        let generation = self.jump.generation.next();
        self.jump.generation = generation;
        self.effect(Effect::Target(generation));
        self.effect(Effect::Silence(generation));
        self.line.clear();
        self.offer = None;
        self.emit(PlayerEvent::Finished);
    }
}
