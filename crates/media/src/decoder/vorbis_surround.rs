//! Vorbis of more than two channels, by `lewton` behind symphonia's face for decoders: symphonia's own gives noise
//! for many such streams.

use super::opus::layout;
use super::vorbis_setup::{self, Modes};
use lewton::audio::{PreviousWindowRight, read_audio_packet_generic};
use lewton::header::{IdentHeader, SetupHeader, read_header_ident, read_header_setup};
use symphonia::core::audio::{
    AsGenericAudioBufferRef, AudioBuffer, AudioMut, AudioSpec, Channels, GenericAudioBufferRef,
};
use symphonia::core::codecs::CodecInfo;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, FinalizeResult};
use symphonia::core::errors::{Error, Result};
use symphonia::core::packet::PacketRef;

/// Bytes of the identification header (Vorbis I, section 4.2.2), and where it counts channels.
const IDENTIFICATION_BYTES: usize = 30;
const CHANNELS_AT: usize = 11;
/// The channel counts whose order the format fixes.
const MAX_CHANNELS: u8 = 8;
/// Frames of the longest block.
const MAX_FRAMES: usize = 8_192;

static CODEC: CodecInfo = CodecInfo {
    short_name: "vorbis",
    long_name: "Vorbis",
    profiles: &[],
};

/// Whether `params` are of a stream that this decoder is for.
pub(super) fn is_surround(params: &AudioCodecParameters) -> bool {
    let headers = params.extra_data.as_deref().unwrap_or_default();
    headers
        .get(CHANNELS_AT)
        .is_some_and(|channels| (3..=MAX_CHANNELS).contains(channels))
}

/// A decoder for one stream of 3 to 8 channels.
///
/// What comes out of a packet ends at the middle of its window (Vorbis I, section 4.3.8), as containers count it.
/// `lewton` gives a long window before a short one up to where the two overlap: the rest is held back.
pub(super) struct SurroundVorbis {
    identification: IdentHeader,
    setup: SetupHeader,
    modes: Modes,
    previous: PreviousWindowRight,
    /// Of each of Vorbis' channels, frames behind the middle of the last window that are finished.
    held: Vec<Vec<f32>>,
    params: AudioCodecParameters,
    /// Where each channel of WAVE's order stands in Vorbis' own.
    order: &'static [usize],
    buffer: AudioBuffer<f32>,
}

impl SurroundVorbis {
    /// A decoder for the stream that `params` describe.
    ///
    /// # Errors
    /// When its headers make no sense.
    pub(super) fn new(params: &AudioCodecParameters) -> Result<Self> {
        let damaged = || Error::DecodeError("its Vorbis headers make no sense");
        let headers = params.extra_data.as_deref().unwrap_or_default();
        let (first, setup) = headers
            .split_at_checked(IDENTIFICATION_BYTES)
            .ok_or_else(damaged)?;
        let identification = read_header_ident(first).map_err(|_| damaged())?;
        let sizes = (identification.blocksize_0, identification.blocksize_1);
        let setup = read_header_setup(setup, identification.audio_channels, sizes)
            .map_err(|_| damaged())?;
        let modes = vorbis_setup::modes(headers).ok_or_else(damaged)?;
        let (positions, order) = layout(identification.audio_channels);
        let channels = Channels::Positioned(positions);
        let mut params = params.clone();
        params
            .with_sample_rate(identification.audio_sample_rate)
            .with_channels(channels.clone());
        let spec = AudioSpec::new(identification.audio_sample_rate, channels);
        Ok(Self {
            identification,
            setup,
            modes,
            previous: PreviousWindowRight::new(),
            held: Vec::new(),
            params,
            order,
            buffer: AudioBuffer::new(spec, MAX_FRAMES),
        })
    }

    /// The channels of a packet, in Vorbis' order, from the middle of the window before to that of its own.
    fn decode(&mut self, packet: &[u8]) -> Result<Vec<Vec<f32>>> {
        let is_first = self.previous.is_empty();
        let mut planes = std::mem::take(&mut self.held);
        let more = self.decode_window(packet)?;
        let behind = self.modes.flat_frames(packet) as usize;
        if is_first {
            // Nothing comes out of it, but what is behind its middle and does not overlap. A second time that does;
            // what overlaps with itself then lies before the middle.
            if behind > 0 {
                let mut again = self.decode_window(packet)?;
                for plane in &mut again {
                    plane.drain(..plane.len().saturating_sub(behind));
                }
                self.held = again;
            }
            return Ok(Vec::new());
        }
        planes.resize(more.len(), Vec::new());
        for (plane, more) in planes.iter_mut().zip(more) {
            plane.extend(more);
            let middle = plane.len().saturating_sub(behind);
            self.held.push(plane.split_off(middle));
        }
        Ok(planes)
    }

    fn decode_window(&mut self, packet: &[u8]) -> Result<Vec<Vec<f32>>> {
        let (identification, setup) = (&self.identification, &self.setup);
        read_audio_packet_generic(identification, setup, packet, &mut self.previous)
            .map_err(|_| Error::DecodeError("a Vorbis packet"))
    }
}

impl AudioDecoder for SurroundVorbis {
    fn reset(&mut self) {
        self.previous = PreviousWindowRight::new();
        self.held.clear();
    }

    fn codec_info(&self) -> &CodecInfo {
        &CODEC
    }

    fn codec_params(&self) -> &AudioCodecParameters {
        &self.params
    }

    fn decode_ref(&mut self, packet: &PacketRef<'_>) -> Result<GenericAudioBufferRef<'_>> {
        self.buffer.clear();
        let planes = self.decode(packet.data)?;
        let frames = planes.first().map_or(0, Vec::len).min(MAX_FRAMES);
        self.buffer.resize_uninit(frames);
        for (plane, &from) in self.order.iter().enumerate() {
            if let (Some(to), Some(from)) = (self.buffer.plane_mut(plane), planes.get(from)) {
                for (out, sample) in to.iter_mut().zip(from) {
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
