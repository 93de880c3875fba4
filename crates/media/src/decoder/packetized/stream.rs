//! What a container says about the one track of it that is played.

use super::index::PacketIndex;
use symphonia::core::codecs::audio::AudioCodecParameters;

/// A track, ready to be decoded.
pub(super) struct Stream {
    /// In a short lower-case word.
    pub(super) container: &'static str,
    pub(super) params: AudioCodecParameters,
    pub(super) index: PacketIndex,
    pub(super) wrapping: Wrapping,
    pub(super) heard: Heard,
    /// A line each.
    pub(super) warnings: Vec<String>,
    pub(super) cut: Option<Cut>,
}

/// What must be done to the bytes of a packet before they are decoded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum Wrapping {
    /// Nothing.
    #[default]
    None,
    /// These bytes were taken off the front of each.
    Prefix(Vec<u8>),
    /// Each is a zlib stream.
    Zlib,
    /// Each is a LOAS frame, with the configuration in it.
    Loas,
    /// Each is an ADTS frame.
    Adts,
}

/// A time as a container counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Span {
    pub(super) ticks: u64,
    /// Ticks a second; 0 only where there are no ticks.
    pub(super) hz: u64,
}

impl Span {
    /// The span in frames at `rate_hz`, to the nearest.
    pub(super) fn frames(self, rate_hz: u32) -> u64 {
        let hz = u128::from(self.hz.max(1));
        let frames = (u128::from(self.ticks) * u128::from(rate_hz) + hz / 2) / hz;
        u64::try_from(frames).unwrap_or(u64::MAX)
    }

    /// What of it is heard, but no less than what is there.
    pub(super) fn frames_or_more(self, there: u64, heard: impl Fn(Self) -> u64) -> u64 {
        heard(self).max(there)
    }
}

/// The part of what is decoded that is to be heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Heard {
    /// Before it.
    pub(super) delay: Span,
    /// Its length, where that is said.
    pub(super) length: Option<Span>,
}

/// A file that ends before its container says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// This much was to be decoded.
    Of(Span),
    /// This much was to be heard, about.
    About(Span),
    /// How much is missing is not said.
    Somewhere,
}
