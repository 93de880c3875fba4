//! What the packets of a track decode to, learned from the first ones: containers leave it open, and
//! spectral band replication doubles the rate without a word in the header.

use super::super::codecs::Preroll;
use super::codec::{Codec, Shape};
use super::index::{PacketIndex, Place};
use crate::error::MediaError;
use symphonia::core::codecs::audio::AudioCodecParameters;

/// Packets looked at for what only some of them tell.
const LOOKED_AT: usize = 8;
/// Damaged packets at the start after which a track is given up.
const MAX_DAMAGED: usize = 256;
/// More than any recording has.
const MAX_CHANNELS: usize = 64;
/// As many as its largest layout has, 22.2.
const MAX_AAC_CHANNELS: usize = 24;
/// What was learned.
#[derive(Debug, Clone)]
pub(super) struct Learned {
    pub(super) shape: Shape,
    /// Frames that come out, for each that the index counts.
    pub(super) scale: u32,
    /// The codec as users call it.
    pub(super) name: String,
    pub(super) preroll: Preroll,
    /// Bits of a sample, where only packets tell them.
    pub(super) bits: Option<u32>,
    /// Whether it is AAC with spectral band replication.
    pub(super) is_replicated: bool,
}

/// Decodes the first packets, which `load` reads, and leaves `codec` at the beginning.
///
/// # Errors
/// When there is no packet that can be decoded, or what comes out makes no sense.
pub(super) fn learn(
    codec: &mut Codec,
    params: &AudioCodecParameters,
    index: &PacketIndex,
    mut load: impl FnMut(Place, &mut Vec<u8>) -> Result<(), MediaError>,
) -> Result<Learned, MediaError> {
    let (mut packet, mut samples) = (Vec::new(), Vec::new());
    let mut found: Option<Shape> = None;
    let (mut decoded, mut sides_differ, mut reason) = (0, false, None);
    let wanted = if codec.is_aac() { LOOKED_AT } else { 1 };
    for number in 0..index.len().min(MAX_DAMAGED) {
        let Some(place) = index.get(number) else {
            break;
        };
        load(place, &mut packet)?;
        let shape = match codec.decode(&packet, &mut samples) {
            Ok(shape) => shape,
            Err(error) => {
                reason.get_or_insert(error);
                continue;
            }
        };
        sides_differ |= shape.channels == 2 && samples.chunks_exact(2).any(|two| two[0] != two[1]);
        found = Some(found.map_or(shape, |known| Shape {
            rate_hz: known.rate_hz.max(shape.rate_hz),
            channels: known.channels.max(shape.channels),
        }));
        decoded += 1;
        if decoded == wanted {
            break;
        }
    }
    codec.reset();
    let Some(shape) = found else {
        return Err(
            reason.unwrap_or_else(|| MediaError::Damaged("no sound could be decoded".into()))
        );
    };
    if shape.rate_hz == 0 || shape.channels == 0 {
        return Err(MediaError::Damaged("no sample rate or channels".into()));
    }
    let most_channels = if codec.is_aac() {
        MAX_AAC_CHANNELS
    } else {
        MAX_CHANNELS
    };
    if shape.channels > most_channels {
        return Err(MediaError::Unsupported(format!(
            "sound of {} channels",
            shape.channels
        )));
    }
    Ok(as_learned(codec, params, shape, sides_differ))
}

fn as_learned(
    codec: &Codec,
    params: &AudioCodecParameters,
    shape: Shape,
    sides_differ: bool,
) -> Learned {
    let mut learned = Learned {
        shape,
        scale: 1,
        name: codec.name(params),
        preroll: Preroll::of(params.codec),
        bits: codec.bits(),
        is_replicated: false,
    };
    let Codec::Aac(aac) = codec else {
        return learned;
    };
    let config = aac.config();
    // Packets of ADTS may hold several frames, so the rates tell the scale where the headers name one.
    let core_hz = config
        .map(|config| config.sample_rate)
        .or(params.sample_rate);
    let is_doubled = core_hz.is_some_and(|core_hz| shape.rate_hz == core_hz.saturating_mul(2));
    learned.scale = if is_doubled { 2 } else { 1 };
    let is_declared = config.is_some_and(|config| config.sbr);
    if learned.name == "AAC" && (is_doubled || is_declared) {
        let core_channels = config
            .map(|config| config.channels())
            .or_else(|| params.channels.as_ref().map(|channels| channels.count()));
        let is_parametric = shape.channels == 2
            && core_channels == Some(1)
            && (sides_differ || config.is_some_and(|config| config.ps));
        learned.name = if is_parametric { "HE-AAC v2" } else { "HE-AAC" }.into();
        learned.is_replicated = true;
    }
    learned
}

/// Brings interleaved samples that came out as `found` into the shape that is `wanted`: a packet without
/// its high band at half the rate, one of a stretch in mono among others.
pub(super) fn reshape(samples: &mut Vec<f32>, found: Shape, wanted: Shape) {
    if found == wanted || found.channels == 0 {
        return;
    }
    let repeats = if found.rate_hz.saturating_mul(2) == wanted.rate_hz {
        2
    } else {
        1
    };
    let frames = samples.len() / found.channels;
    let mut shaped = Vec::with_capacity(frames * repeats * wanted.channels);
    for frame in samples.chunks_exact(found.channels) {
        for _ in 0..repeats {
            let alone = frame[0];
            for channel in 0..wanted.channels {
                let sample = match frame.get(channel) {
                    Some(sample) => *sample,
                    None if found.channels == 1 && channel < 2 => alone,
                    None => 0.0,
                };
                shaped.push(sample);
            }
        }
    }
    *samples = shaped;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_are_brought_into_one_shape() {
        let shape = |rate_hz, channels| Shape { rate_hz, channels };
        let mut samples = vec![1.0, 2.0];
        reshape(&mut samples, shape(24_000, 1), shape(48_000, 2));
        assert_eq!(samples, [1.0, 1.0, 1.0, 1.0, 2.0, 2.0, 2.0, 2.0]);
        let mut samples = vec![1.0, 2.0, 3.0, 4.0];
        reshape(&mut samples, shape(48_000, 2), shape(48_000, 1));
        assert_eq!(samples, [1.0, 3.0]);
        let mut samples = vec![1.0, 2.0];
        reshape(&mut samples, shape(48_000, 2), shape(48_000, 3));
        assert_eq!(samples, [1.0, 2.0, 0.0]);
    }
}
