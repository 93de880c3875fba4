//! Where one track is mixed into the next.

use super::deck::Deck;
use super::{DecodePipeline, Mark, NextTrack, PipelineEvent, frames_between_rates};
use media::decoder::TrackDecoder;

impl DecodePipeline {
    /// Frames until the next track comes in over this one; `None` where the two are joined without a
    /// gap, for which a length that is not known, or an album that goes on, is a reason too.
    ///
    /// An overlap takes up at most half of what is played of either track, so that there are never
    /// three at a time, and a jump close to the end is not a jump into the next track.
    pub(super) fn frames_to_overlap(&self) -> Option<u64> {
        self.overlap().map(|(frames_left, _)| frames_left)
    }

    /// Frames until the overlap, and its own.
    fn overlap(&self) -> Option<(u64, u64)> {
        let wanted = self.settings.crossfade.frames(self.sample_rate_hz);
        // With a mark ahead, the deck is further than what comes out of it.
        if wanted == 0 || self.outgoing.is_some() || !self.marks.is_empty() {
            return None;
        }
        let decoder = self.deck.as_ref()?.decoder();
        let end = self.length_frames(decoder)?;
        let mut frames = wanted.min(end.saturating_sub(self.current.first_frame) / 2);
        match &self.next {
            NextTrack::Nothing => return None,
            NextTrack::Unknown => {}
            NextTrack::Track(_, next) => {
                if next.tags().tags.continue_album(&decoder.tags().tags) {
                    return None;
                }
                frames = frames.min(self.length_frames(next)? / 2);
            }
        }
        let position = self.current.first_frame + self.mixed_frames - self.current.at;
        let left = end.saturating_sub(position);
        frames = frames.min(left);
        (frames > 0).then_some((left - frames, frames))
    }

    /// A track's length in frames of the output.
    fn length_frames(&self, decoder: &TrackDecoder) -> Option<u64> {
        let info = decoder.info();
        let frames = info.frames?;
        Some(frames_between_rates(
            frames,
            info.sample_rate_hz,
            self.sample_rate_hz,
        ))
    }

    /// Makes the next track the current one, here, and the current one the one that goes.
    pub(super) fn begin_overlap(&mut self) {
        let Some((_, frames)) = self.overlap() else {
            return;
        };
        let NextTrack::Track(track, decoder) =
            std::mem::replace(&mut self.next, NextTrack::Unknown)
        else {
            return;
        };
        let replaygain = self.replaygain_of(&decoder);
        match Deck::new(track, decoder, self.sample_rate_hz, self.channels()) {
            Ok(incoming) => self.outgoing = self.deck.replace(incoming),
            Err(error) => {
                self.events.push_back(PipelineEvent::Refused(track, error));
                return;
            }
        }
        // The mark below brings the gain of the one that comes.
        let law = self.settings.crossfade.law;
        self.mixer.begin_crossfade(frames, law, 1.0);
        self.marks.push_back(Mark {
            at: self.mixed_frames,
            track,
            first_frame: 0,
            replaygain,
        });
        self.advanced(track, self.mixed_frames);
        self.cross_marks();
    }

    /// Sends up to `frames` of what the decks have ready, mixed, on their way.
    pub(super) fn mix(&mut self, mut frames: usize) {
        let Some(deck) = &mut self.deck else {
            return;
        };
        let mut outgoing_frames = &mut [][..];
        if let Some(outgoing) = &mut self.outgoing {
            let left = usize::try_from(self.mixer.frames_left()).unwrap_or(usize::MAX);
            match outgoing.make_ready() {
                Ok(0) => frames = frames.min(left),
                Ok(ready) => frames = frames.min(left).min(ready),
                Err(error) => {
                    // Its end has been reached; the next turn finds it there.
                    let event = PipelineEvent::broken(outgoing, error);
                    self.events.push_back(event);
                    return;
                }
            }
            outgoing_frames = outgoing.take(frames.min(outgoing.ready_frames()));
        }
        // At the speed of the file, what is mixed is finished.
        let out = match self.stretch {
            Some(_) => &mut self.mixed,
            None => &mut self.finished,
        };
        out.clear();
        out.extend_from_slice(deck.take(frames));
        self.mixer.process(out, outgoing_frames);
        self.mixed_frames += frames as u64;
        if self.mixer.frames_left() == 0 {
            self.outgoing = None;
        }
        if let Some(stretch) = &mut self.stretch {
            stretch.process(&self.mixed, &mut self.finished);
        }
    }
}
