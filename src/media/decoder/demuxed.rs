//! Containers and codecs that symphonia reads.

use super::{FrameSource, StreamInfo};
use crate::media::error::MediaError;
use crate::media::track_bytes::TrackBytes;
use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_AAC, CODEC_ID_MP1, CODEC_ID_MP2, CODEC_ID_MP3, CODEC_ID_VORBIS,
};
use symphonia::core::codecs::audio::{
    AudioCodecId, AudioCodecParameters, AudioDecoder, AudioDecoderOptions,
};
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, SeekMode, SeekTo, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;
use symphonia::core::packet::Packet;
use symphonia::core::units::{TimeBase, Timestamp};

/// Damaged packets in a row after which a file counts as lost.
const MOST_BAD_PACKETS: u32 = 256;
/// Frames decoded ahead of a seek target by codecs whose frames overlap or borrow from earlier ones.
const PREROLL_FRAMES: u64 = 1152 * 4;
/// How much earlier to aim when a container lands behind the asked frame.
const RETRY_BACK_SECONDS: u64 = 2;

/// A container's stream with its decoder.
pub(super) struct Demuxed {
    bytes: TrackBytes,
    info: StreamInfo,
    format: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    track_id: u32,
    time_base: Option<TimeBase>,
    has_preroll: bool,
    has_varying_packets: bool,
    declares_exact_length: bool,
    /// The packet decoded last; waiting to be returned while `is_pending`.
    samples: Vec<f32>,
    is_pending: bool,
    /// Track position of the first frame in `samples`, or of the next packet's.
    position: u64,
    /// The container's timestamp of the track's first frame.
    origin_ticks: Option<i64>,
    /// Frames of a packet, where all but the last have as many; 0 where they differ.
    packet_frames: u64,
    /// The next packet's own timestamp sets `position`, once after a seek.
    is_resyncing: bool,
    bad_packets: u32,
}

impl Demuxed {
    /// Opens the first audio stream.
    ///
    /// # Errors
    /// When it cannot be read, or holds nothing that can be decoded.
    pub(super) fn open(bytes: TrackBytes) -> Result<Self, MediaError> {
        let mut hint = Hint::new();
        if let Some(extension) = bytes.extension() {
            hint.with_extension(extension);
        }
        let stream = MediaSourceStream::new(
            Box::new(bytes.reopen()?),
            MediaSourceStreamOptions::default(),
        );
        let format = symphonia::default::get_probe()
            .probe(
                &hint,
                stream,
                FormatOptions::default(),
                MetadataOptions::default(),
            )
            .map_err(probe_error)?;
        let track = format
            .default_track(TrackType::Audio)
            .ok_or(MediaError::NotAudio)?;
        let codec_params = track.codec_params.as_ref();
        let params = codec_params
            .and_then(|p| p.audio())
            .ok_or(MediaError::NotAudio)?
            .clone();
        let decoder = symphonia::default::get_codecs()
            .make_audio_decoder(&params, &AudioDecoderOptions::default().gapless(true))
            .map_err(|error| codec_error(&params, error))?;
        let info = StreamInfo {
            codec: codec_name(decoder.codec_info().short_name),
            container: container_name(format.format_info().short_name),
            sample_rate_hz: params.sample_rate.unwrap_or(0),
            channels: params.channels.as_ref().map_or(0, |c| c.count()),
            bits_per_sample: params.bits_per_sample.filter(|_| !is_lossy(params.codec)),
            frames: track.num_frames,
            encoder_delay_frames: track.delay.unwrap_or(0),
            encoder_padding_frames: track.padding.unwrap_or(0),
        };
        let mut this = Self {
            bytes,
            track_id: track.id,
            time_base: track.time_base,
            has_preroll: is_lossy(params.codec),
            has_varying_packets: params.codec == CODEC_ID_VORBIS,
            declares_exact_length: ["flac", "wave", "aiff", "caf"].contains(&&*info.container),
            info,
            format,
            decoder,
            samples: Vec::new(),
            is_pending: false,
            position: 0,
            origin_ticks: None,
            packet_frames: 0,
            is_resyncing: true,
            bad_packets: 0,
        };
        this.learn_from_first_packet()?;
        Ok(this)
    }

    fn seek_container(&mut self, frame: u64) -> bool {
        let Some(time_base) = self.time_base else {
            return false;
        };
        let seconds = frame as f64 / f64::from(self.info.sample_rate_hz);
        let ticks = seconds * f64::from(time_base.denom.get()) / f64::from(time_base.numer.get());
        let ts = Timestamp::from(ticks as i64 + self.origin_ticks.unwrap_or(0));
        let to = SeekTo::Timestamp {
            ts,
            track_id: self.track_id,
        };
        let done = self.format.seek(SeekMode::Accurate, to).is_ok();
        self.decoder.reset();
        self.is_pending = false;
        self.is_resyncing = true;
        done
    }

    /// Makes the next packet that yields frames the pending one; false at the end of the stream.
    fn decode_packet(&mut self) -> Result<bool, MediaError> {
        loop {
            let packet = match self.format.next_packet() {
                Ok(Some(packet)) => packet,
                Ok(None) => return Ok(false),
                Err(Error::IoError(e)) if e.kind() == std::io::ErrorKind::UnexpectedEof => {
                    return Ok(false);
                }
                Err(Error::ResetRequired) => {
                    // A chained stream begins; its first part has been played to the end.
                    return Ok(false);
                }
                Err(error) => return Err(decode_error(error)),
            };
            if packet.track_id != self.track_id {
                continue;
            }
            match self.decoder.decode(&packet) {
                Ok(buffer) if buffer.frames() == 0 => {}
                Ok(buffer) => {
                    let spec = buffer.spec();
                    let (rate, channels) = (spec.rate(), spec.channels().count());
                    buffer.copy_to_vec_interleaved(&mut self.samples);
                    self.bad_packets = 0;
                    if self.info.sample_rate_hz != 0
                        && (rate, channels) != (self.info.sample_rate_hz, self.info.channels)
                    {
                        return Err(MediaError::Unsupported(
                            "a change of rate or channels within a file".into(),
                        ));
                    }
                    (self.info.sample_rate_hz, self.info.channels) = (rate, channels);
                    if self.is_resyncing {
                        self.is_resyncing = false;
                        self.position = self.packet_frame(&packet);
                    }
                    self.is_pending = true;
                    return Ok(true);
                }
                Err(Error::DecodeError(reason)) => {
                    self.bad_packets += 1;
                    if self.bad_packets > MOST_BAD_PACKETS {
                        return Err(MediaError::Damaged(reason.into()));
                    }
                }
                Err(Error::IoError(e)) if e.kind() == std::io::ErrorKind::UnexpectedEof => {
                    self.bad_packets += 1;
                    if self.bad_packets > MOST_BAD_PACKETS {
                        return Ok(false);
                    }
                }
                Err(error) => return Err(decode_error(error)),
            }
        }
    }

    /// The track position of a packet's first frame that was not trimmed.
    fn packet_frame(&mut self, packet: &Packet) -> u64 {
        let Some(time_base) = self.time_base else {
            return 0;
        };
        let first = first_tick(packet);
        let ticks = first.saturating_sub(*self.origin_ticks.get_or_insert(first));
        let numerator = i128::from(time_base.numer.get()) * i128::from(self.info.sample_rate_hz);
        let denominator = i128::from(time_base.denom.get());
        let frame = (i128::from(ticks) * numerator + denominator / 2).div_euclid(denominator);
        let frame = frame.max(0) as u64;
        // Matroska counts in milliseconds: there the packet's own number tells the frame.
        let tick_frames = (numerator / denominator) as u64;
        let number = (frame + self.packet_frames / 2).checked_div(self.packet_frames);
        let exact = number.map_or(frame, |number| number * self.packet_frames);
        if exact.abs_diff(frame) <= tick_frames {
            exact
        } else {
            frame
        }
    }

    /// Some containers leave rate or channels to the first packet; others lie.
    fn learn_from_first_packet(&mut self) -> Result<(), MediaError> {
        let declared = (self.info.sample_rate_hz, self.info.channels);
        (self.info.sample_rate_hz, self.info.channels) = (0, 0);
        if !self.decode_packet()? {
            if declared.0 == 0 || declared.1 == 0 {
                return Err(MediaError::Damaged("no sound could be decoded".into()));
            }
            (self.info.sample_rate_hz, self.info.channels) = declared;
        }
        if !self.has_varying_packets {
            self.packet_frames = (self.samples.len() / self.info.channels.max(1)) as u64;
        }
        if self.info.sample_rate_hz == 0 || self.info.channels == 0 {
            return Err(MediaError::Damaged("no sample rate or channels".into()));
        }
        Ok(())
    }
}

impl FrameSource for Demuxed {
    fn info(&self) -> &StreamInfo {
        &self.info
    }

    fn declares_exact_length(&self) -> bool {
        self.declares_exact_length
    }

    fn read(&mut self, samples: &mut Vec<f32>) -> Result<Option<u64>, MediaError> {
        if !self.is_pending && !self.decode_packet()? {
            return Ok(None);
        }
        self.is_pending = false;
        std::mem::swap(samples, &mut self.samples);
        let start = self.position;
        self.position += (samples.len() / self.info.channels) as u64;
        Ok(Some(start))
    }

    fn seek(&mut self, frame: u64) -> Result<(), MediaError> {
        self.is_pending = false;
        self.bad_packets = 0;
        let preroll = if self.has_preroll { PREROLL_FRAMES } else { 0 };
        let back = u64::from(self.info.sample_rate_hz) * RETRY_BACK_SECONDS;
        for aim in [
            frame.saturating_sub(preroll),
            frame.saturating_sub(back + preroll),
        ] {
            if self.seek_container(aim) && self.decode_packet()? && self.position <= frame {
                return Ok(());
            }
        }
        // The container cannot seek, or only behind the frame: start over and decode up to it.
        *self = Self::open(self.bytes.reopen()?)?;
        Ok(())
    }
}

/// The timestamp of a packet's first frame that was not trimmed.
fn first_tick(packet: &Packet) -> i64 {
    packet
        .pts
        .get()
        .saturating_add_unsigned(packet.trim_start.get())
}

fn is_lossy(codec: AudioCodecId) -> bool {
    [
        CODEC_ID_MP1,
        CODEC_ID_MP2,
        CODEC_ID_MP3,
        CODEC_ID_AAC,
        CODEC_ID_VORBIS,
    ]
    .contains(&codec)
}

fn probe_error(error: Error) -> MediaError {
    match error {
        Error::IoError(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => MediaError::NotAudio,
        Error::IoError(e) => MediaError::Io(e),
        Error::Unsupported(_) => MediaError::NotAudio,
        error => decode_error(error),
    }
}

fn decode_error(error: Error) -> MediaError {
    match error {
        Error::IoError(error) => MediaError::Io(error),
        Error::DecodeError(reason) | Error::LimitError(reason) => {
            MediaError::Damaged(reason.into())
        }
        Error::Unsupported(what) => MediaError::Unsupported(what.into()),
        other => MediaError::Damaged(other.to_string()),
    }
}

fn codec_error(params: &AudioCodecParameters, error: Error) -> MediaError {
    use symphonia::core::codecs::audio::well_known as codecs;
    let known = [
        (codecs::CODEC_ID_OPUS, "Opus"),
        (codecs::CODEC_ID_WMA, "WMA"),
        (codecs::CODEC_ID_WAVPACK, "WavPack"),
        (codecs::CODEC_ID_MONKEYS_AUDIO, "Monkey's Audio"),
        (codecs::CODEC_ID_AC3, "AC-3"),
        (codecs::CODEC_ID_EAC3, "E-AC-3"),
        (codecs::CODEC_ID_DCA, "DTS"),
        (codecs::CODEC_ID_TRUEHD, "TrueHD"),
        (codecs::CODEC_ID_SPEEX, "Speex"),
        (codecs::CODEC_ID_MUSEPACK, "Musepack"),
        (codecs::CODEC_ID_TTA, "TTA"),
    ];
    match known.iter().find(|(id, _)| *id == params.codec) {
        Some((_, name)) => MediaError::Unsupported((*name).into()),
        None => match error {
            Error::Unsupported(_) => MediaError::Unsupported("this codec".into()),
            error => decode_error(error),
        },
    }
}

fn codec_name(short_name: &str) -> String {
    match short_name {
        "vorbis" => "Vorbis".into(),
        name if name.starts_with("pcm") => "PCM".into(),
        name if name.starts_with("adpcm") => "ADPCM".into(),
        name => name.to_uppercase(),
    }
}

fn container_name(short_name: &str) -> String {
    match short_name {
        "isomp4" => "mp4".into(),
        name => name.to_lowercase(),
    }
}
