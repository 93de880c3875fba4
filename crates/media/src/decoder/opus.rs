//! Opus packets, decoded by libopus behind symphonia's face for decoders.

use opusic_sys as libopus;
use std::ptr::NonNull;
use symphonia::core::audio::{
    AsGenericAudioBufferRef, AudioBuffer, AudioMut, AudioSpec, Channels, GenericAudioBufferRef,
    Position,
};
use symphonia::core::codecs::CodecInfo;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, FinalizeResult};
use symphonia::core::errors::{Error, Result};
use symphonia::core::packet::PacketRef;

/// Opus always decodes at this rate here, whatever was encoded.
const SAMPLE_RATE_HZ: u32 = 48_000;
/// The longest packet there can be: 120 ms.
const MAX_FRAMES: usize = 5_760;
/// Frames after a seek until the decoder gives what it would have given without one. RFC 7845, section
/// 4.6, asks for 80 ms, after which nothing is heard of it; energies are predicted from packet to packet
/// with up to nine tenths of the last, and agree to 16 bits only later.
pub(super) const PREROLL_FRAMES: u64 = 48_000;

static CODEC: CodecInfo = CodecInfo {
    short_name: "opus",
    long_name: "Opus",
    profiles: &[],
};

/// The identification header (RFC 7845, section 5.1; in MP4 "dOps", the same with its bytes swapped).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OpusHead {
    channels: u8,
    /// Frames before the first one to be heard.
    pub(super) pre_skip_frames: u16,
    /// In 1/256 dB.
    gain: i16,
    streams: u8,
    coupled_streams: u8,
    mapping: [u8; 8],
}

impl OpusHead {
    /// Reads the header that `params` carry; without one, plain mono or stereo is assumed.
    pub(super) fn of(params: &AudioCodecParameters) -> Result<Self> {
        match params.extra_data.as_deref() {
            Some(data) if data.starts_with(b"OpusHead") => Self::parse(&data[8..]),
            _ => match params.channels.as_ref().map_or(2, Channels::count) {
                channels @ 1..=2 => Ok(Self::plain(channels as u8, 0, 0)),
                _ => Err(Error::Unsupported("Opus surround without its header")),
            },
        }
    }

    fn plain(channels: u8, pre_skip_frames: u16, gain: i16) -> Self {
        Self {
            channels,
            pre_skip_frames,
            gain,
            streams: 1,
            coupled_streams: channels - 1,
            mapping: [0, 1, 0, 0, 0, 0, 0, 0],
        }
    }

    fn parse(data: &[u8]) -> Result<Self> {
        let damaged = Error::DecodeError("its Opus header is cut short");
        let &[
            version,
            channels,
            p0,
            p1,
            _,
            _,
            _,
            _,
            g0,
            g1,
            family,
            ref table @ ..,
        ] = data
        else {
            return Err(damaged);
        };
        let (pre_skip, gain) = match version {
            0 => (u16::from_be_bytes([p0, p1]), i16::from_be_bytes([g0, g1])),
            _ => (u16::from_le_bytes([p0, p1]), i16::from_le_bytes([g0, g1])),
        };
        match (family, channels) {
            (0, 1..=2) => Ok(Self::plain(channels, pre_skip, gain)),
            (1, 1..=8) => {
                let &[streams, coupled_streams, ref order @ ..] = table else {
                    return Err(damaged);
                };
                let count = usize::from(channels);
                let mut mapping = [0; 8];
                mapping[..count].copy_from_slice(order.get(..count).ok_or(damaged)?);
                Ok(Self {
                    channels,
                    pre_skip_frames: pre_skip,
                    gain,
                    streams,
                    coupled_streams,
                    mapping,
                })
            }
            _ => Err(Error::Unsupported("this channel mapping of Opus")),
        }
    }
}

/// The channels in WAVE order, and where each stands in Opus' (which is Vorbis') order.
pub(super) fn layout(channels: u8) -> (Position, &'static [usize]) {
    let front = Position::FRONT_LEFT | Position::FRONT_RIGHT;
    let centre = front | Position::FRONT_CENTER;
    let rear = Position::REAR_LEFT | Position::REAR_RIGHT;
    let side = Position::SIDE_LEFT | Position::SIDE_RIGHT;
    match channels {
        1 => (Position::FRONT_LEFT, &[0]),
        2 => (front, &[0, 1]),
        3 => (centre, &[0, 2, 1]),
        4 => (front | rear, &[0, 1, 2, 3]),
        5 => (centre | rear, &[0, 2, 1, 3, 4]),
        6 => (centre | Position::LFE1 | rear, &[0, 2, 1, 5, 3, 4]),
        7 => (
            centre | Position::LFE1 | Position::REAR_CENTER | side,
            &[0, 2, 1, 6, 5, 3, 4],
        ),
        _ => (
            centre | Position::LFE1 | rear | side,
            &[0, 2, 1, 7, 5, 6, 3, 4],
        ),
    }
}

/// A decoder for one stream of mono to 7.1.
pub(super) struct OpusDecoder {
    state: NonNull<libopus::OpusMSDecoder>,
    params: AudioCodecParameters,
    order: &'static [usize],
    /// Interleaved, in Opus' channel order.
    decoded: Vec<f32>,
    buffer: AudioBuffer<f32>,
}

// SAFETY: the state is owned by this value alone, libopus keeps none elsewhere, and it is changed
// through `&mut self` only.
unsafe impl Send for OpusDecoder {}
// SAFETY: as above; nothing reads the state through a shared reference.
unsafe impl Sync for OpusDecoder {}

impl OpusDecoder {
    /// A decoder for the stream that `params` describe.
    pub(super) fn new(params: &AudioCodecParameters) -> Result<Self> {
        let head = OpusHead::of(params)?;
        let (positions, order) = layout(head.channels);
        let mut error = 0;
        // SAFETY: the mapping has eight entries and `channels` is at most eight; libopus checks all
        // other values itself and returns null if it cannot work with them.
        let state = unsafe {
            libopus::opus_multistream_decoder_create(
                SAMPLE_RATE_HZ as i32,
                i32::from(head.channels),
                i32::from(head.streams),
                i32::from(head.coupled_streams),
                head.mapping.as_ptr(),
                &raw mut error,
            )
        };
        let state = NonNull::new(state).ok_or(Error::DecodeError("its Opus header is wrong"))?;
        if head.gain != 0 {
            // SAFETY: the state is valid, and this request takes one int.
            unsafe {
                libopus::opus_multistream_decoder_ctl(
                    state.as_ptr(),
                    libopus::OPUS_SET_GAIN_REQUEST,
                    i32::from(head.gain),
                )
            };
        }
        let channels = Channels::Positioned(positions);
        let mut params = params.clone();
        params
            .with_sample_rate(SAMPLE_RATE_HZ)
            .with_channels(channels.clone());
        Ok(Self {
            state,
            params,
            order,
            decoded: vec![0.0; MAX_FRAMES * order.len()],
            buffer: AudioBuffer::new(AudioSpec::new(SAMPLE_RATE_HZ, channels), MAX_FRAMES),
        })
    }
}

impl Drop for OpusDecoder {
    fn drop(&mut self) {
        // SAFETY: the state came from `opus_multistream_decoder_create` and is not used again.
        unsafe { libopus::opus_multistream_decoder_destroy(self.state.as_ptr()) };
    }
}

impl AudioDecoder for OpusDecoder {
    fn reset(&mut self) {
        // SAFETY: the state is valid, and this request takes no argument.
        unsafe {
            libopus::opus_multistream_decoder_ctl(self.state.as_ptr(), libopus::OPUS_RESET_STATE)
        };
    }

    fn codec_info(&self) -> &CodecInfo {
        &CODEC
    }

    fn codec_params(&self) -> &AudioCodecParameters {
        &self.params
    }

    fn decode_ref(&mut self, packet: &PacketRef<'_>) -> Result<GenericAudioBufferRef<'_>> {
        self.buffer.clear();
        let damaged = Error::DecodeError("an Opus packet");
        // An empty packet would ask libopus to make up for a lost one.
        if packet.data.is_empty() {
            return Err(damaged);
        }
        let length = i32::try_from(packet.data.len()).map_err(|_| damaged)?;
        // SAFETY: `data` has `length` bytes, and `decoded` room for MAX_FRAMES of every channel.
        let frames = unsafe {
            libopus::opus_multistream_decode_float(
                self.state.as_ptr(),
                packet.data.as_ptr(),
                length,
                self.decoded.as_mut_ptr(),
                MAX_FRAMES as i32,
                0,
            )
        };
        let frames = usize::try_from(frames)
            .map_err(|_| Error::DecodeError("an Opus packet"))?
            .min(MAX_FRAMES);
        self.buffer.resize_uninit(frames);
        let channels = self.order.len();
        for (plane, &from) in self.order.iter().enumerate() {
            let Some(plane) = self.buffer.plane_mut(plane) else {
                continue;
            };
            let samples = self.decoded[from..].iter().step_by(channels);
            for (out, sample) in plane.iter_mut().zip(samples) {
                *out = *sample;
            }
        }
        self.buffer.trim(0, packet.trim_end.get() as usize);
        Ok(self.buffer.as_generic_audio_buffer_ref())
    }

    fn finalize(&mut self) -> FinalizeResult {
        FinalizeResult::default()
    }

    fn last_decoded(&self) -> GenericAudioBufferRef<'_> {
        self.buffer.as_generic_audio_buffer_ref()
    }
}
