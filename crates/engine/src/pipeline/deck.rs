//! One track, or several joined without a gap, on the way to the output's rate and channels.

use media::channel_map::ChannelMap;
use media::decoder::TrackDecoder;
use media::error::MediaError;
use media::resampler::Resampler;
use rt::ids::PlayId;

/// Decoder, channel map and resampler, and the frames they have ready.
pub(super) struct Deck {
    track: PlayId,
    decoder: Box<TrackDecoder>,
    /// Whether some of the track has been decoded.
    has_sound: bool,
    map: ChannelMap,
    /// Where rates differ.
    resampler: Option<Resampler>,
    sample_rate_hz: u32,
    channels: usize,
    mapped: Vec<f32>,
    /// Interleaved frames at the output rate; those before `used` are gone.
    staged: Vec<f32>,
    used: usize,
}

impl Deck {
    /// A deck that plays `decoder` at `sample_rate_hz` in `channels` channels.
    ///
    /// # Errors
    /// For rates that cannot be converted.
    pub(super) fn new(
        track: PlayId,
        decoder: Box<TrackDecoder>,
        sample_rate_hz: u32,
        channels: usize,
    ) -> Result<Self, MediaError> {
        let info = decoder.info();
        let resampler = if info.sample_rate_hz == sample_rate_hz {
            None
        } else {
            let from_hz = info.sample_rate_hz;
            Some(Resampler::new(from_hz, sample_rate_hz, channels)?)
        };
        Ok(Self {
            track,
            has_sound: false,
            map: ChannelMap::new(info.channels, channels),
            decoder,
            resampler,
            sample_rate_hz,
            channels,
            mapped: Vec::new(),
            staged: Vec::new(),
            used: 0,
        })
    }

    /// The track being decoded.
    pub(super) fn track(&self) -> PlayId {
        self.track
    }

    /// Whether some of the track has been decoded, or lies before where it was begun.
    pub(super) fn has_sound(&self) -> bool {
        self.has_sound
    }

    /// The track was not begun at its beginning.
    pub(super) fn begins_later(&mut self) {
        self.has_sound = true;
    }

    /// What is being decoded.
    pub(super) fn decoder(&self) -> &TrackDecoder {
        &self.decoder
    }

    /// What is being decoded, to be played by another deck.
    pub(super) fn into_decoder(self) -> Box<TrackDecoder> {
        self.decoder
    }

    /// Frames that are ready.
    pub(super) fn ready_frames(&self) -> usize {
        (self.staged.len() - self.used) / self.channels
    }

    /// Frames still to come out of what has been decoded.
    pub(super) fn frames_to_come(&self) -> u64 {
        let inside = self.resampler.as_ref().map_or(0, Resampler::frames_inside);
        self.ready_frames() as u64 + inside
    }

    /// The next `frames`, all of them ready, for the caller to use up.
    pub(super) fn take(&mut self, frames: usize) -> &mut [f32] {
        let from = self.used;
        self.used += frames * self.channels;
        &mut self.staged[from..self.used]
    }

    /// Decodes some more behind the frames that are ready; false at the end of the track.
    ///
    /// # Errors
    /// When the file is damaged; the end has then been reached.
    pub(super) fn decode(&mut self) -> Result<bool, MediaError> {
        let Some(frames) = self.decoder.next_frames()? else {
            return Ok(false);
        };
        self.has_sound |= !frames.is_empty();
        self.staged.drain(..self.used);
        self.used = 0;
        self.mapped.clear();
        self.map.map(frames, &mut self.mapped);
        match &mut self.resampler {
            Some(resampler) => resampler.process(&self.mapped, &mut self.staged),
            None if self.staged.is_empty() => std::mem::swap(&mut self.mapped, &mut self.staged),
            None => self.staged.extend_from_slice(&self.mapped),
        }
        Ok(true)
    }

    /// Decodes until frames are ready, to the end of the track at most; says how many are.
    ///
    /// # Errors
    /// As [`Self::decode`].
    pub(super) fn make_ready(&mut self) -> Result<usize, MediaError> {
        while self.ready_frames() == 0 {
            if !self.decode()? {
                self.drain();
                break;
            }
        }
        Ok(self.ready_frames())
    }

    /// Gets what is inside the resampler ready, at the end of the last track.
    pub(super) fn drain(&mut self) {
        if let Some(resampler) = &mut self.resampler {
            resampler.finish(&mut self.staged);
        }
    }

    /// Goes on with another track behind the last frame of this one: at equal rates in the same state
    /// of the resampler, so that a join neither loses nor adds a frame.
    ///
    /// # Errors
    /// For rates that cannot be converted; the deck then stands at its end.
    pub(super) fn join(
        &mut self,
        track: PlayId,
        decoder: Box<TrackDecoder>,
    ) -> Result<(), MediaError> {
        let is_same_rate = self.decoder.info().sample_rate_hz == decoder.info().sample_rate_hz;
        if is_same_rate {
            self.map = ChannelMap::new(decoder.info().channels, self.channels);
            (self.track, self.decoder, self.has_sound) = (track, decoder, false);
        } else {
            self.drain();
            let next = Self::new(track, decoder, self.sample_rate_hz, self.channels)?;
            let before = std::mem::replace(self, next);
            (self.staged, self.used) = (before.staged, before.used);
        }
        Ok(())
    }
}
