//! What the decode thread and the renderer report.

use super::{Effect, Playhead};
use crate::command::TagRequest;
use crate::decode_worker::TrackRequest;
use crate::status::{PlayerEvent, Transport};
use media::decoder::StreamInfo;
use rt::ids::{Generation, PlayId};

impl Playhead {
    /// A track has been opened.
    pub(crate) fn on_opened(
        &mut self,
        request: &TrackRequest,
        info: StreamInfo,
        may_exceed_full_scale: bool,
    ) {
        let duration = info.duration();
        let location = request.location.clone();
        self.effect(Effect::AskTags(TagRequest::Playing(
            request.track,
            location,
        )));
        self.queue.update(request.entry, |entry| {
            entry.error = None;
            entry.duration = duration.or(entry.duration);
        });
        for warning in &info.warnings {
            self.warn_of(request.entry, request.location.path(), warning);
        }
        if let Some(play) = self.plays.by_id.get_mut(&request.track) {
            play.info = Some(info);
            play.may_exceed_full_scale = may_exceed_full_scale;
        }
    }

    /// A track is being decoded behind the one before it, from frame `begins_at` of the generation on.
    pub(crate) fn on_advanced(&mut self, play: PlayId, generation: Generation, begins_at: u64) {
        if generation != self.jump.generation {
            return;
        }
        self.line.advance(play, begins_at);
        self.offer = None;
        if self.is_round_soundless() {
            return self.end_in_silence();
        }
        self.reconsider_next();
    }

    /// The end of the last track has been decoded, `frames` after the generation's beginning.
    pub(crate) fn on_decoded(&mut self, generation: Generation, frames: u64) {
        if generation == self.jump.generation {
            self.line.end(frames);
        }
    }

    /// A track ended early, and what follows it is on its way.
    pub(crate) fn on_broken(&mut self, play: PlayId, reason: String, has_sound: bool) {
        let Some(broken) = self.plays.by_id.get_mut(&play) else {
            return;
        };
        let request = broken.request.clone();
        if has_sound {
            return self.warn_of(request.entry, request.location.path(), &reason);
        }
        broken.is_void = true;
        self.note_of(request.location.path(), &reason);
        self.queue
            .update(request.entry, |entry| entry.error = Some(reason));
        self.reconsider_next();
    }

    /// A track cannot be played from where it was to begin.
    pub(crate) fn on_failed(&mut self, play: PlayId, reason: &str) {
        let Some(failed) = self.plays.by_id.get(&play) else {
            return;
        };
        let (request, was_heard) = (failed.request.clone(), failed.was_heard);
        if was_heard {
            self.warn_of(request.entry, request.location.path(), reason);
        } else {
            self.note_of(request.location.path(), reason);
            let reason = reason.to_owned();
            self.queue
                .update(request.entry, |entry| entry.error = Some(reason));
        }
        if Some(play) != self.heard {
            // It was only to follow: another one will.
            self.offer = None;
            return self.reconsider_next();
        }
        self.failures_in_a_row += 1;
        self.plays.by_id.remove(&play);
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
                    self.emit(PlayerEvent::Finished);
                }
            }
        }
    }

    /// Another decode thread has taken the place of one that a panic has retired, and knows nothing yet;
    /// playback goes on without the track that was its end.
    pub(crate) fn on_decoder_replaced(&mut self, play: PlayId, reason: &str) {
        let position = self.position();
        self.offer = None;
        if self.heard != Some(play) {
            // First, so that what failed is not offered again.
            if let Some(entry) = self.entry_of(play) {
                let reason = reason.to_owned();
                self.queue.update(entry, |entry| entry.error = Some(reason));
            }
            self.reload_at(position);
        }
        self.on_failed(play, reason);
    }

    /// The renderer has begun a track.
    pub(crate) fn on_entered(&mut self, generation: Generation, play: PlayId) {
        if generation != self.jump.generation {
            return;
        }
        self.failures_in_a_row = 0;
        self.heard = Some(play);
        // Those passed over had no frame to be heard.
        for passed in self.line.enter(play) {
            if let Some(entry) = self.entry_of(passed) {
                self.queue.set_current(entry);
            }
        }
        let Some(entered) = self.plays.by_id.get_mut(&play) else {
            return;
        };
        entered.was_heard = true;
        let (entry, location) = (entered.request.entry, entered.request.location.clone());
        self.queue.set_current(entry);
        self.plays.by_id.retain(|&other, _| other >= play);
        self.reconsider_next();
        self.prepare_neighbours(entry);
        self.effect(Effect::DrawWaveform(location));
        self.emit(PlayerEvent::TrackStarted(entry));
    }

    /// The renderer has come to the end of what was decoded, and nothing more comes.
    pub(crate) fn on_ended(&mut self) {
        // Tracks without a frame at the end are over too.
        let plays: Vec<PlayId> = self.line.plays().collect();
        for play in plays {
            if let Some(entry) = self.entry_of(play) {
                self.queue.set_current(entry);
            }
        }
        if self.is_round_soundless() {
            return self.end_in_silence();
        }
        // Tracks may have come into the queue after the end was decoded: they follow now.
        let current = self.queue.current().filter(|_| !self.stop_after_current);
        if let Some(next) = current.and_then(|id| self.queue.after(id)) {
            return self.play_entry(next);
        }
        self.transport = Transport::Stopped;
        self.effect(Effect::Sound(false));
        if std::mem::take(&mut self.stop_after_current)
            && let Some(next) = self.queue.following(self.queue.current())
        {
            self.queue.set_current(next);
            self.heard = None;
        }
        self.emit(PlayerEvent::Finished);
    }
}
