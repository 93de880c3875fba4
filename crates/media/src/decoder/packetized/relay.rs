//! Decoders of AAC that take over from each other at fixed packets.
//!
//! The noise that stands for parts of the sound depends on how much noise was made since the decoder began, so a
//! decoder that begins before a seek's target makes other noise than one that came from the beginning. Here
//! a new decoder takes over every few seconds, also while all is decoded in order. What comes out of a packet then
//! depends on where it stands only, and a seek need go back no further than to where its decoder begins.

use super::codec::{Codec, Shape};
use crate::error::MediaError;

/// Packets that one decoder decodes, and those it decodes before to settle. Multiples of 16 keep the noise
/// of spectral band replication in step with that of a decoder from the beginning: its table has 512 entries, and
/// a packet uses 32 of them for each band.
const PLAIN: Legs = Legs {
    packets: 512,
    preroll: 16,
};
/// With spectral band replication; encoders send what it begins with every half second or so.
const REPLICATED: Legs = Legs {
    packets: 256,
    preroll: 64,
};
/// Spectral band replication of more than two channels, whose packets take longer to decode.
const REPLICATED_SURROUND: Legs = Legs {
    packets: 128,
    preroll: 64,
};
/// The new decoder's treble has this share of the old one's at least, and the other way round: it may not have
/// been told yet how the high band is coded.
const MIN_SHARE: f64 = 0.25;

#[derive(Debug, Clone, Copy)]
struct Legs {
    packets: usize,
    preroll: usize,
}

/// Who decodes which packets.
pub(super) struct Relay {
    legs: Legs,
    /// The leg that the decoder at work is for.
    leg: usize,
    /// The decoder for the next leg, while it settles.
    next: Option<Codec>,
    samples: Vec<f32>,
}

impl Relay {
    /// For a track decoded by `codec`; `None` where packets do not depend on those long before.
    pub(super) fn of(codec: &Codec, is_replicated: bool, channels: usize) -> Option<Self> {
        let legs = match (is_replicated, channels) {
            (false, _) => PLAIN,
            (true, ..=2) => REPLICATED,
            (true, _) => REPLICATED_SURROUND,
        };
        codec.is_aac().then_some(Self {
            legs,
            leg: 0,
            next: None,
            samples: Vec::new(),
        })
    }

    /// Whether the decoder at work, which comes to the packet `next`, gets to `target` sooner than another would.
    pub(super) fn is_on_the_way(&self, next: usize, target: usize) -> bool {
        let is_settled = target >= self.leg * self.legs.packets;
        is_settled && target >= next && next >= self.first_packet(target)
    }

    /// The packet that a new decoder begins with, to come to `target` as if from the beginning.
    pub(super) fn begin(&mut self, target: usize) -> usize {
        self.leg = target / self.legs.packets;
        self.next = None;
        self.first_packet(target)
    }

    fn first_packet(&self, target: usize) -> usize {
        self.settles_from(target / self.legs.packets)
    }

    fn settles_from(&self, leg: usize) -> usize {
        (leg * self.legs.packets).saturating_sub(self.legs.preroll)
    }

    /// Is told each packet that `codec` has decoded, its number and what came out; replaces `codec` where its
    /// leg ends.
    pub(super) fn follow(
        &mut self,
        number: usize,
        packet: &[u8],
        codec: &mut Codec,
        decoded: &Result<Shape, MediaError>,
        samples: &[f32],
    ) {
        let next_leg = self.leg + 1;
        if number == self.settles_from(next_leg) {
            self.next = codec.another();
        }
        let is_last = number + 1 == next_leg * self.legs.packets;
        if let Some(next) = &mut self.next {
            let again = next.decode(packet, &mut self.samples);
            let is_alike = match (&again, decoded) {
                (Ok(again), Ok(decoded)) => {
                    again == decoded && have_like_treble(&self.samples, samples, again.channels)
                }
                (Err(_), Err(_)) => true,
                _ => false,
            };
            if is_last && is_alike {
                std::mem::swap(next, codec);
            }
        }
        if is_last {
            self.leg = next_leg;
            self.next = None;
        }
    }
}

/// Whether the steps from frame to frame have about the same energy.
fn have_like_treble(one: &[f32], other: &[f32], channels: usize) -> bool {
    let energy = |samples: &[f32]| {
        let later = samples.get(channels..).unwrap_or_default();
        let steps = later.iter().zip(samples).map(|(b, a)| f64::from(b - a));
        steps.map(|step| step * step).sum::<f64>()
    };
    let (one, other) = (energy(one), energy(other));
    one >= other * MIN_SHARE && other >= one * MIN_SHARE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relay() -> Relay {
        Relay {
            legs: REPLICATED,
            leg: 0,
            next: None,
            samples: Vec::new(),
        }
    }

    #[test]
    fn decoders_begin_before_their_leg() {
        let mut relay = relay();
        assert_eq!(relay.begin(255), 0);
        assert_eq!(relay.begin(256), 192);
        assert_eq!(relay.begin(1_000), 704);
        assert!(relay.is_on_the_way(900, 1_023));
        // It has not settled there, or is behind, or another one is nearer.
        assert!(!relay.is_on_the_way(704, 760));
        assert!(!relay.is_on_the_way(900, 899));
        assert!(!relay.is_on_the_way(900, 1_500));
        for legs in [PLAIN, REPLICATED, REPLICATED_SURROUND] {
            assert!(legs.preroll <= legs.packets);
            assert_eq!((legs.packets % 16, legs.preroll % 16), (0, 0));
        }
    }

    #[test]
    fn a_decoder_without_the_high_band_is_told() {
        let with: Vec<f32> = (0..2_000).map(|n| [0.5, -0.4][n / 2 % 2]).collect();
        let without: Vec<f32> = (0..2_000).map(|n| (n as f32 * 0.01).sin()).collect();
        assert!(have_like_treble(&with, &with, 2));
        assert!(!have_like_treble(&without, &with, 2));
        assert!(!have_like_treble(&with, &without, 2));
        assert!(have_like_treble(&[0.0; 100], &[0.0; 100], 2));
    }
}
