//! Decoders of packets: symphonia's, our own for Opus, that of bare frames for layer II, and `rusty_aac` for AAC.

use super::super::codecs::{is_lossy, make_decoder};
use super::super::flac::is_whole_frame;
use super::super::mpeg::{FrameDecoder, FrameHeader};
use super::super::symphonia_names::{codec_error, codec_name};
use super::adpcm::Adpcm;
use super::alac::Alac;
pub(super) use super::decoded::Shape;
use super::decoded::decode_by_symphonia;
use super::stream::Wrapping;
use super::subframes::Subframes;
use crate::error::MediaError;
use ::wavpack::PacketDecoder;
use rusty_aac::config::StreamConfig;
use rusty_aac::latm::LatmReader;
use rusty_aac::{AacDecoder, Error as AacError};
use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_AAC, CODEC_ID_ALAC, CODEC_ID_FLAC, CODEC_ID_MP2, CODEC_ID_WAVPACK,
};
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder};

/// A shorter packet may be of zeros alone: silence, of some codecs.
const MIN_BLANK_BYTES: usize = 8;
/// Object types of ISO 14496-3, table 1.17.
const AAC_SSR: u8 = 3;
const USAC: u8 = 42;
const ALS: u8 = 36;

/// A decoder at work.
pub(super) enum Codec {
    Symphonia(Box<dyn AudioDecoder>),
    Alac(Alac),
    Adpcm(Box<Adpcm>),
    /// Layer II, whose packets tell who decodes them.
    Layer2(Option<FrameDecoder>),
    WavPack(Box<WavPack>),
    Aac(Box<Aac>),
}

/// WavPack, and what its packets and its container say.
pub(super) struct WavPack {
    decoder: PacketDecoder,
    rate_hz: u32,
    bits: Option<u32>,
}

/// AAC of any kind, from a configuration in the container or from the headers of the packets.
pub(super) struct Aac {
    decoder: AacDecoder,
    /// What the container says; `None` where the packets have headers.
    config: Option<StreamConfig>,
    loas: Option<LatmReader>,
    subframes: Subframes,
}

impl Codec {
    /// The decoder for the stream that `params` describe, wrapped as said.
    ///
    /// # Errors
    /// When there is none, or its parameters make no sense.
    pub(super) fn new(
        params: &AudioCodecParameters,
        wrapping: &Wrapping,
    ) -> Result<Self, MediaError> {
        if params.codec == CODEC_ID_MP2 {
            return Ok(Self::Layer2(None));
        }
        if params.codec == CODEC_ID_WAVPACK {
            let private = params.extra_data.as_deref().unwrap_or_default();
            return Ok(Self::WavPack(Box::new(WavPack {
                decoder: PacketDecoder::new(private),
                rate_hz: params.sample_rate.unwrap_or(0),
                bits: None,
            })));
        }
        if let Some(adpcm) = Adpcm::new(params) {
            return Ok(Self::Adpcm(Box::new(adpcm)));
        }
        if params.codec != CODEC_ID_AAC {
            let decoder = make_decoder(params).map_err(|error| codec_error(params, error))?;
            return Ok(match params.codec {
                CODEC_ID_ALAC => Self::Alac(Alac::new(decoder)),
                _ => Self::Symphonia(decoder),
            });
        }
        let config = match wrapping {
            Wrapping::Loas | Wrapping::Adts => None,
            _ => {
                let asc = params.extra_data.as_deref().unwrap_or_default();
                Some(parse_config(asc)?)
            }
        };
        let mut aac = Aac {
            decoder: AacDecoder::new(),
            config,
            loas: (*wrapping == Wrapping::Loas).then(LatmReader::new),
            subframes: Subframes::default(),
        };
        aac.reset();
        Ok(Self::Aac(Box::new(aac)))
    }

    /// The codec as users call it, without what only its packets tell.
    pub(super) fn name(&self, params: &AudioCodecParameters) -> String {
        match self {
            Self::Symphonia(decoder) => codec_name(decoder.codec_info().short_name, params),
            Self::Alac(_) => codec_name("alac", params),
            Self::Adpcm(adpcm) => adpcm.name().into(),
            Self::Layer2(_) => codec_name("mp2", params),
            Self::WavPack(_) => "WavPack".into(),
            Self::Aac(aac) => aac.name().into(),
        }
    }

    /// Bits of a sample, where the packets tell them.
    pub(super) fn bits(&self) -> Option<u32> {
        match self {
            Self::WavPack(wavpack) => wavpack.bits,
            _ => None,
        }
    }

    /// Whether it is AAC.
    pub(super) fn is_aac(&self) -> bool {
        matches!(self, Self::Aac(_))
    }

    /// Another decoder of AAC for the same stream, at its beginning.
    pub(super) fn another(&self) -> Option<Self> {
        match self {
            Self::Symphonia(_)
            | Self::Alac(_)
            | Self::Adpcm(_)
            | Self::Layer2(_)
            | Self::WavPack(_) => None,
            Self::Aac(aac) => {
                let mut another = Aac {
                    decoder: AacDecoder::new(),
                    config: aac.config.clone(),
                    loas: aac.loas.clone(),
                    subframes: aac.subframes,
                };
                another.reset();
                Some(Self::Aac(Box::new(another)))
            }
        }
    }

    /// Forgets what it has decoded.
    pub(super) fn reset(&mut self) {
        match self {
            Self::Symphonia(decoder) => decoder.reset(),
            Self::Alac(alac) => alac.reset(),
            Self::Adpcm(adpcm) => adpcm.reset(),
            Self::Layer2(decoder) => *decoder = None,
            // Each packet is decoded by itself.
            Self::WavPack(_) => {}
            Self::Aac(aac) => aac.reset(),
        }
    }

    /// Replaces `samples` by the interleaved samples of a packet.
    ///
    /// # Errors
    /// When the packet is damaged; later ones may be whole.
    pub(super) fn decode(
        &mut self,
        packet: &[u8],
        samples: &mut Vec<f32>,
    ) -> Result<Shape, MediaError> {
        if self.is_packed() && is_blank(packet) {
            return Err(MediaError::Damaged("a packet is blank".into()));
        }
        match self {
            Self::Symphonia(decoder) => {
                // symphonia makes noise of damaged frames: it does not look at their sums.
                let is_flac = decoder.codec_params().codec == CODEC_ID_FLAC;
                if is_flac && !is_whole_frame(packet) {
                    return Err(MediaError::Damaged("a packet is damaged".into()));
                }
                decode_by_symphonia(decoder.as_mut(), packet, samples)
            }
            Self::Layer2(decoder) => decode_layer2(decoder, packet, samples),
            Self::Alac(alac) => alac.decode(packet, samples),
            Self::Adpcm(adpcm) => adpcm.decode(packet, samples),
            Self::WavPack(wavpack) => wavpack.decode(packet, samples),
            Self::Aac(aac) => aac.decode(packet, samples),
        }
    }

    /// Whether what was decoded last is likely not what was encoded, though it could be decoded.
    pub(super) fn is_doubtful(&self) -> bool {
        match self {
            Self::Alac(alac) => alac.is_doubtful(),
            Self::Adpcm(adpcm) => adpcm.has_loss(),
            Self::Symphonia(_) | Self::Layer2(_) | Self::WavPack(_) | Self::Aac(_) => false,
        }
    }

    /// Whether each packet decodes to as many frames as it says, so that fewer are a loss.
    pub(super) fn has_exact_packets(&self) -> bool {
        match self {
            Self::Symphonia(decoder) => decoder.codec_params().codec == CODEC_ID_FLAC,
            Self::Alac(_) => true,
            Self::Adpcm(_) | Self::Layer2(_) | Self::WavPack(_) | Self::Aac(_) => false,
        }
    }

    /// Whether packets are coded, so that none is made of zeros alone.
    fn is_packed(&self) -> bool {
        match self {
            Self::Symphonia(decoder) => is_lossy(decoder.codec_params().codec),
            Self::Layer2(_) | Self::Alac(_) | Self::WavPack(_) | Self::Aac(_) => true,
            Self::Adpcm(_) => false,
        }
    }
}

/// Whether a packet of some length holds nothing but zeros, as a hole in a file does.
fn is_blank(packet: &[u8]) -> bool {
    packet.len() >= MIN_BLANK_BYTES && packet.iter().all(|byte| *byte == 0)
}

impl WavPack {
    fn decode(&mut self, packet: &[u8], samples: &mut Vec<f32>) -> Result<Shape, MediaError> {
        if PacketDecoder::is_dsd(packet) {
            return Err(MediaError::Unsupported("DSD in WavPack".into()));
        }
        let decoded = self.decoder.decode(packet, samples);
        let decoded = decoded.ok_or_else(|| MediaError::Damaged("a packet is damaged".into()))?;
        self.bits = Some(decoded.bits);
        Ok(Shape {
            rate_hz: decoded.rate_hz.unwrap_or(self.rate_hz),
            channels: decoded.channels,
        })
    }
}

fn decode_layer2(
    decoder: &mut Option<FrameDecoder>,
    packet: &[u8],
    samples: &mut Vec<f32>,
) -> Result<Shape, MediaError> {
    let damaged = || MediaError::Damaged("a packet is damaged".into());
    let header = FrameHeader::parse(packet).filter(|header| header.layer == 2);
    let header = header.ok_or_else(damaged)?;
    let decoder = match decoder {
        Some(decoder) => decoder,
        None => decoder.insert(FrameDecoder::new(&header)?),
    };
    decoder.decode(packet, &header, samples);
    if samples.is_empty() {
        return Err(damaged());
    }
    Ok(Shape {
        rate_hz: header.sample_rate_hz,
        channels: header.channels.into(),
    })
}

/// Reads an AudioSpecificConfig.
///
/// # Errors
/// When it is damaged, or of a kind that cannot be decoded, which is then named.
fn parse_config(asc: &[u8]) -> Result<StreamConfig, MediaError> {
    let config = match rusty_aac::config::parse(asc) {
        Ok(config) => config,
        Err(error) => {
            let kind = rusty_aac::parse_audio_specific_config(asc).map(|plain| plain.object_type);
            return Err(match kind {
                Ok(USAC) => MediaError::Unsupported("xHE-AAC".into()),
                Ok(AAC_SSR) => MediaError::Unsupported("AAC SSR".into()),
                Ok(ALS) => MediaError::Unsupported("MPEG-4 ALS".into()),
                _ => aac_error(&error),
            });
        }
    };
    match config.object_type {
        USAC => Err(MediaError::Unsupported("xHE-AAC".into())),
        AAC_SSR => Err(MediaError::Unsupported("AAC SSR".into())),
        _ => Ok(config),
    }
}

fn aac_error(error: &AacError) -> MediaError {
    match error {
        AacError::Unsupported(_) => MediaError::Unsupported(format!("this AAC ({error})")),
        _ => MediaError::Damaged(error.to_string()),
    }
}

impl Aac {
    fn reset(&mut self) {
        let known = self.config.clone();
        let known = known.or_else(|| self.loas.as_ref()?.stream_config().cloned());
        self.decoder = known.map_or_else(AacDecoder::new, AacDecoder::with_stream_config);
    }

    fn decode(&mut self, packet: &[u8], samples: &mut Vec<f32>) -> Result<Shape, MediaError> {
        let mut behind = Vec::new();
        let frame = match &mut self.loas {
            Some(loas) => {
                let before = loas.stream_config().cloned();
                let frame = loas.parse(packet).map_err(|error| aac_error(&error))?;
                behind = self.subframes.behind(packet, &frame.au);
                if before.as_ref() != Some(&frame.stream) {
                    self.decoder = AacDecoder::with_stream_config(frame.stream);
                }
                self.decoder.decode(&frame.au, None)
            }
            None => self.decoder.decode(packet, None),
        };
        let frame = frame.map_err(|error| aac_error(&error))?;
        *samples = frame.samples;
        let each = samples.len();
        for unit in behind {
            match self.decoder.decode(&unit, None) {
                Ok(more) if more.channels == frame.channels => samples.extend(more.samples),
                // Silence, so that what follows keeps its time.
                _ => samples.resize(samples.len() + each, 0.0),
            }
        }
        Ok(Shape {
            rate_hz: frame.sample_rate,
            channels: frame.channels.into(),
        })
    }

    /// The configuration, from wherever it came.
    pub(super) fn config(&self) -> Option<&StreamConfig> {
        let loas = self.loas.as_ref();
        self.config
            .as_ref()
            .or_else(|| loas.and_then(LatmReader::stream_config))
    }

    fn name(&self) -> &'static str {
        match self.config().map(|config| config.object_type) {
            Some(1) => "AAC Main",
            Some(4 | 19) => "AAC LTP",
            Some(23) => "AAC-LD",
            Some(39) => "AAC-ELD",
            _ => "AAC",
        }
    }
}
