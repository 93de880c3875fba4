//! Play, pause, seek and skip: which generation is to be heard, and what follows it.

use super::{Control, Offer, Playing};
use crate::decode_worker::{self, DecodeOrder, TrackRequest};
use crate::status::{EntryId, PlayerEvent, RepeatMode, Transport};
use disk::shown::shown;
use media::containment::Panicked;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// "Previous" within this time of a track's start goes back one track.
const RESTART_AFTER: Duration = Duration::from_secs(3);

impl Control {
    pub(super) fn play_entry(&mut self, id: EntryId) {
        if self.queue.set_current(id) {
            self.queue.update(id, |entry| entry.error = None);
            self.jump_to_entry(id, Duration::ZERO);
            self.set_playing();
        }
    }

    pub(super) fn play(&mut self) {
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

    pub(super) fn pause(&mut self) {
        if self.transport == Transport::Playing {
            self.transport = Transport::Paused;
            self.fade_out();
        }
    }

    pub(super) fn stop(&mut self) {
        if self.transport != Transport::Stopped {
            self.transport = Transport::Stopped;
            self.pending_seek = None;
            self.fade_out();
        }
    }

    fn fade_out(&mut self) {
        self.path.shared.is_playing.store(false, Ordering::Release);
        self.paused_since = Some(Instant::now());
        self.is_dirty = true;
    }

    fn set_playing(&mut self) {
        self.transport = Transport::Playing;
        self.paused_since = None;
        self.is_dirty = true;
        if !self.slot.is_open() {
            let choice = self.slot.status().choice.clone();
            self.open_output(&choice);
        }
        self.path.shared.is_playing.store(true, Ordering::Release);
    }

    pub(super) fn next(&mut self) {
        match self.queue.following(self.queue.current()) {
            Some(id) if self.transport == Transport::Playing => self.play_entry(id),
            Some(id) => self.select_silently(id),
            None => self.stop(),
        }
    }

    pub(super) fn previous(&mut self) {
        let before = match self.transport {
            Transport::Stopped => self.queue.preceding(),
            _ if self.position() > RESTART_AFTER => None,
            _ => self.queue.preceding(),
        };
        let Some(id) = before.or(self.queue.current()) else {
            return;
        };
        match self.transport {
            Transport::Playing => self.play_entry(id),
            _ => self.select_silently(id),
        }
    }

    /// Makes an entry current without sound: stopped, or held at its start.
    fn select_silently(&mut self, id: EntryId) {
        if self.queue.set_current(id) {
            match self.transport {
                Transport::Paused => self.jump_to_entry(id, Duration::ZERO),
                _ => self.heard = None,
            }
            self.is_dirty = true;
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
        let request = self
            .heard
            .and_then(|track| self.playings.get(&track))
            .map(|p| &p.request);
        match request.filter(|request| request.entry == id).cloned() {
            Some(request) => {
                let generation = self.next_generation(to);
                self.line.begin(request.track, to > Duration::ZERO);
                self.send(DecodeOrder::Seek {
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

    pub(super) fn seek_by(&mut self, seconds: f64) {
        let target = (self.position().as_secs_f64() + seconds).max(0.0);
        if let Ok(target) = Duration::try_from_secs_f64(target) {
            self.seek(target);
        }
    }

    /// A seek beyond the end: what comes by itself after the track comes now.
    fn end_track(&mut self) {
        let next = self.queue.current().filter(|_| !self.stop_after_current);
        match next.and_then(|id| self.queue.after(id)) {
            Some(id) if self.transport == Transport::Playing => self.play_entry(id),
            Some(id) => self.select_silently(id),
            None => {
                self.stop();
                self.tell(PlayerEvent::Finished);
            }
        }
    }

    /// Where the listener is in the current track.
    pub(super) fn position(&self) -> Duration {
        if let Some((_, target)) = self.pending_seek {
            return target;
        }
        let reading = self.path.clock.read();
        let rate_hz = self.slot.status().sample_rate_hz;
        if self.transport == Transport::Stopped || Some(reading.track) != self.heard || rate_hz == 0
        {
            return Duration::ZERO;
        }
        let buffer_frames = u64::from(self.slot.status().buffer_frames);
        let frame = reading.audible_frame(self.path.clock.now_ns(), rate_hz, buffer_frames);
        Duration::from_secs_f64(frame as f64 / f64::from(rate_hz))
    }

    fn heard_duration(&self) -> Option<Duration> {
        self.playings.get(&self.heard?)?.info.as_ref()?.duration()
    }

    /// Goes on with the current track at `position` in a fresh generation: for a new output, or when
    /// what is queued behind it is no longer what should follow.
    pub(super) fn reload_at(&mut self, position: Duration) {
        if self.transport == Transport::Stopped {
            return;
        }
        if let Some(id) = self.queue.current() {
            self.jump_to_entry(id, position);
        }
    }

    fn jump_to_entry(&mut self, id: EntryId, start: Duration) {
        let Some(location) = self.queue.entry(id).map(|entry| entry.location()) else {
            return;
        };
        self.last_track += 1;
        let request = TrackRequest {
            track: self.last_track,
            entry: id,
            location,
        };
        let generation = self.next_generation(start);
        self.heard = Some(request.track);
        self.line.begin(request.track, start > Duration::ZERO);
        self.remember(request.clone());
        self.send(DecodeOrder::Load {
            generation,
            request,
            start,
        });
        self.reconsider_next();
    }

    fn next_generation(&mut self, position: Duration) -> u64 {
        self.generation += 1;
        self.path
            .shared
            .target_generation
            .store(self.generation, Ordering::Release);
        self.pending_seek = Some((self.generation, position));
        self.offer = None;
        self.is_dirty = true;
        self.generation
    }

    fn remember(&mut self, request: TrackRequest) {
        let earlier = self
            .playings
            .values()
            .find(|p| p.request.entry == request.entry);
        let info = earlier.and_then(|p| p.info.clone());
        let tags = earlier.and_then(|p| p.tags.clone());
        let may_exceed_full_scale = earlier.is_some_and(|p| p.may_exceed_full_scale);
        self.playings.insert(
            request.track,
            Playing {
                request,
                info,
                tags,
                may_exceed_full_scale,
                was_heard: false,
                is_void: false,
                link: 0,
            },
        );
    }

    /// Whether each track that is queued already still follows the one before it, in the queue as it is now.
    fn is_line_right(&self, heard: u64) -> bool {
        let behind = self.line.tracks().filter(|&track| track > heard);
        let playings = behind.map(|track| self.playings.get(&track));
        let mut before = self.playings.get(&heard).map(|p| p.request.entry);
        let mut is_heard = true;
        for playing in playings {
            let Some(playing) = playing else {
                return false;
            };
            // The queue passes over it from now on.
            if playing.is_void {
                continue;
            }
            let wanted = before.and_then(|id| self.follower_of(id, is_heard));
            if wanted != Some(playing.request.entry) {
                return false;
            }
            (before, is_heard) = (wanted, false);
        }
        true
    }

    /// Whether as many tracks as come round have been without a frame, one behind the other.
    pub(super) fn is_round_soundless(&self) -> bool {
        let round = match self.queue.repeat {
            RepeatMode::Off => return false,
            RepeatMode::One => 1,
            RepeatMode::All => self.queue.entries().len().max(1),
        };
        self.line.soundless() >= round
    }

    /// Ends a round that has no sound and would go on for ever.
    pub(super) fn end_in_silence(&mut self) {
        self.note("nothing that is repeated has any sound");
        self.line.forget_soundless();
        self.stop();
        self.generation += 1;
        self.path
            .shared
            .target_generation
            .store(self.generation, Ordering::Release);
        self.send(DecodeOrder::Stop {
            generation: self.generation,
        });
        self.line.clear();
        self.offer = None;
        self.tell(PlayerEvent::Finished);
    }

    /// Offers the decode thread what follows the track it is at, if that is not what it knows.
    pub(super) fn reconsider_next(&mut self) {
        self.is_dirty = true;
        let Some(decoding) = self.line.decoding() else {
            return;
        };
        let Some(heard) = self.heard else { return };
        if !self.is_line_right(heard) {
            return match self.queue.current().and_then(|id| self.queue.entry(id)) {
                // Nothing came of it: to begin it again would lead here again.
                Some(entry) if entry.error.is_some() => self.end_track(),
                _ => self.reload_at(self.position()),
            };
        }
        let entry_of = |track: u64| self.playings.get(&track).map(|p| p.request.entry);
        let Some(entry) = entry_of(decoding) else {
            return;
        };
        let wanted = self.follower_of(entry, decoding == heard);
        let offer = Offer {
            after: decoding,
            entry: wanted,
        };
        if self.offer == Some(offer) {
            return;
        }
        self.offer = Some(offer);
        let location = wanted
            .and_then(|id| self.queue.entry(id))
            .map(|entry| entry.location());
        let request = wanted.zip(location).map(|(entry, location)| {
            self.last_track += 1;
            TrackRequest {
                track: self.last_track,
                entry,
                location,
            }
        });
        if let Some(request) = request.clone() {
            self.remember(request);
        }
        self.send(DecodeOrder::Next {
            after: decoding,
            request,
        });
    }

    /// Lets "next" and "previous" begin from memory.
    pub(super) fn prepare_neighbours(&self, entry: EntryId) {
        let neighbours = [self.queue.following(Some(entry)), self.queue.preceding()];
        for id in neighbours.into_iter().flatten().filter(|id| *id != entry) {
            if let Some(entry) = self.queue.entry(id) {
                self.send(DecodeOrder::Prepare(entry.location()));
            }
        }
    }

    fn follower_of(&self, entry: EntryId, is_heard: bool) -> Option<EntryId> {
        if is_heard && self.stop_after_current {
            return None;
        }
        self.queue.after(entry)
    }

    /// A track ended early, and what follows it is on its way.
    pub(super) fn hear_breakage(&mut self, track: u64, reason: String, has_sound: bool) {
        let Some(playing) = self.playings.get_mut(&track) else {
            return;
        };
        let request = playing.request.clone();
        if has_sound {
            return self.warn_of(request.entry, &request.location.path, &reason);
        }
        playing.is_void = true;
        self.note(&format!("{}: {reason}", shown(&request.location.path)));
        self.queue
            .update(request.entry, |entry| entry.error = Some(reason));
        self.reconsider_next();
    }

    /// A track cannot be played from where it was to begin.
    pub(super) fn hear_failure(&mut self, track: u64, reason: &str) {
        let Some(playing) = self.playings.get(&track) else {
            return;
        };
        let (request, was_heard) = (playing.request.clone(), playing.was_heard);
        if was_heard {
            self.warn_of(request.entry, &request.location.path, reason);
        } else {
            self.note(&format!("{}: {reason}", shown(&request.location.path)));
            let reason = reason.to_owned();
            self.queue
                .update(request.entry, |entry| entry.error = Some(reason));
        }
        if Some(track) != self.heard {
            // It was only to follow: another one will.
            self.offer = None;
            return self.reconsider_next();
        }
        self.failures_in_a_row += 1;
        self.playings.remove(&track);
        self.heard = None;
        self.line.clear();
        let next = self.queue.following(Some(request.entry));
        match next.filter(|_| self.failures_in_a_row <= self.queue.entries().len()) {
            Some(id) if self.transport == Transport::Playing => self.play_entry(id),
            next => {
                let was_playing = self.transport == Transport::Playing;
                self.stop();
                // More may be on its way into the queue.
                if !(was_playing && next.is_none() && self.insertions.await_more()) {
                    self.tell(PlayerEvent::Finished);
                }
            }
        }
    }

    /// Puts another thread in the place of one that a panic has retired, and goes on without the track
    /// that it was busy with.
    pub(super) fn replace_decoder(&mut self, track: u64, reason: &str) {
        let position = self.position();
        let links = self.links.decode_links.clone();
        // They were for a thread that knew what had been ordered before.
        links.orders.try_iter().for_each(drop);
        if let Err(error) = decode_worker::start(links) {
            self.note(&format!("nothing can be decoded any more: {error}"));
            return self.stop();
        }
        self.send(DecodeOrder::SetSource(self.source));
        self.send(DecodeOrder::FollowRates(self.rates.clone()));
        // The old thread keeps its end of the ring.
        self.slot.forget_ring();
        let choice = self.slot.status().choice.clone();
        self.configure_output(&choice);
        self.offer = None;
        let is_heard = self.heard == Some(track);
        let reason = Panicked(reason.to_owned()).to_string();
        if !is_heard {
            // First, so that what failed is not offered again.
            if let Some(playing) = self.playings.get(&track) {
                let (entry, reason) = (playing.request.entry, reason.clone());
                self.queue.update(entry, |entry| entry.error = Some(reason));
            }
            self.reload_at(position);
        }
        self.hear_failure(track, &reason);
    }

    pub(super) fn send(&self, order: DecodeOrder) {
        // The decode thread lives as long as this sender.
        let _ = self.links.decode.send(order);
    }
}
