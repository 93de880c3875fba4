//! FLAC of more than 24 bits, behind symphonia's face for decoders: the one for every container.

use super::frame::{FrameHeader, StreamInfoBlock, is_whole_frame};
use super::wide;
use symphonia::core::audio::{
    AsGenericAudioBufferRef, AudioBuffer, AudioMut, AudioSpec, Channels, GenericAudioBufferRef,
};
use symphonia::core::codecs::CodecInfo;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, FinalizeResult};
use symphonia::core::errors::{Error, Result};
use symphonia::core::packet::PacketRef;

/// Bits of a sample that symphonia decodes.
const NARROW_BITS: u8 = 24;
/// Frames of sound in the longest frame.
const MAX_FRAMES: usize = 1 << 16;

static CODEC: CodecInfo = CodecInfo {
    short_name: "flac",
    long_name: "Free Lossless Audio Codec",
    profiles: &[],
};

fn stream_of(params: &AudioCodecParameters) -> Option<StreamInfoBlock> {
    StreamInfoBlock::parse(params.extra_data.as_deref()?)
}

/// Whether `params` are of a stream that this decoder is for.
pub(in crate::decoder) fn is_wide(params: &AudioCodecParameters) -> bool {
    stream_of(params).is_some_and(|stream| stream.bits() > NARROW_BITS)
}

/// A decoder for one stream of 25 to 32 bits. Each packet is one frame, and decoded by itself.
pub(in crate::decoder) struct WideFlac {
    stream: StreamInfoBlock,
    params: AudioCodecParameters,
    samples: Vec<f32>,
    buffer: AudioBuffer<f32>,
}

impl WideFlac {
    /// A decoder for the stream that `params` describe.
    ///
    /// # Errors
    /// When they have no STREAMINFO block, or one without a rate.
    pub(in crate::decoder) fn new(params: &AudioCodecParameters) -> Result<Self> {
        let stream = stream_of(params).filter(|stream| stream.sample_rate_hz() > 0);
        let stream = stream.ok_or(Error::DecodeError("its FLAC header makes no sense"))?;
        let channels = Channels::Discrete(stream.channels().into());
        let mut params = params.clone();
        params
            .with_sample_rate(stream.sample_rate_hz())
            .with_channels(channels.clone());
        Ok(Self {
            stream,
            params,
            samples: Vec::new(),
            buffer: AudioBuffer::new(AudioSpec::new(stream.sample_rate_hz(), channels), 0),
        })
    }

    /// Replaces [`Self::samples`] by those of a frame; its length, or `None` where it is damaged.
    fn decode(&mut self, packet: &[u8]) -> Option<usize> {
        let (channels, bits) = (self.stream.channels(), self.stream.bits());
        let header = FrameHeader::parse_any(packet)
            .filter(|header| header.channels == channels && [0, bits].contains(&header.bits))?;
        let bytes = wide::decode(packet, &header, bits.into(), &mut self.samples)?;
        let is_whole = is_whole_frame(packet.get(..bytes)?);
        is_whole.then_some(header.frames as usize)
    }
}

impl AudioDecoder for WideFlac {
    fn reset(&mut self) {}

    fn codec_info(&self) -> &CodecInfo {
        &CODEC
    }

    fn codec_params(&self) -> &AudioCodecParameters {
        &self.params
    }

    fn decode_ref(&mut self, packet: &PacketRef<'_>) -> Result<GenericAudioBufferRef<'_>> {
        self.buffer.clear();
        let frames = self.decode(packet.data);
        let frames = frames.ok_or(Error::DecodeError("a FLAC frame"))?;
        debug_assert!(frames <= MAX_FRAMES);
        self.buffer.grow_capacity(frames);
        self.buffer.resize_uninit(frames);
        let channels = usize::from(self.stream.channels());
        for channel in 0..channels {
            if let Some(plane) = self.buffer.plane_mut(channel) {
                let samples = self.samples[channel..].iter().step_by(channels);
                for (out, sample) in plane.iter_mut().zip(samples) {
                    *out = *sample;
                }
            }
        }
        self.buffer.trim(
            packet.trim_start.get() as usize,
            packet.trim_end.get() as usize,
        );
        Ok(self.buffer.as_generic_audio_buffer_ref())
    }

    fn finalize(&mut self) -> FinalizeResult {
        FinalizeResult::default()
    }

    fn last_decoded(&self) -> GenericAudioBufferRef<'_> {
        self.buffer.as_generic_audio_buffer_ref()
    }
}
