//! One track being decoded: frames in order, from any position, with encoder padding removed.

use super::error::MediaError;
use super::tags::{FileTags, read_tags};
use std::cell::OnceCell;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;
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

/// What a stream is.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamInfo {
    /// Codec as users call it.
    pub codec: String,
    /// Container, in a short lower-case word.
    pub container: String,
    /// Frames a second.
    pub sample_rate_hz: u32,
    /// Channels to a frame.
    pub channels: usize,
    /// Bits per sample, for codecs that have such.
    pub bits_per_sample: Option<u32>,
    /// Frames without encoder delay and padding, where the file says so.
    pub frames: Option<u64>,
    /// Frames the encoder put in front.
    pub encoder_delay_frames: u32,
    /// Frames the encoder put behind.
    pub encoder_padding_frames: u32,
}

impl StreamInfo {
    /// Length, where known.
    pub fn duration(&self) -> Option<Duration> {
        let frames = self.frames?;
        Some(Duration::from_secs_f64(
            frames as f64 / f64::from(self.sample_rate_hz),
        ))
    }
}

/// A decoder for one file. Does I/O and allocates; not for the audio thread.
pub struct TrackDecoder {
    path: PathBuf,
    tags: OnceCell<FileTags>,
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
    /// Frames before this are decoded and thrown away.
    wanted: u64,
    /// The container's timestamp of the track's first frame.
    origin_ticks: Option<i64>,
    /// Frames of a packet, where all but the last have as many; 0 where they differ.
    packet_frames: u64,
    /// The next packet's own timestamp sets `position`, once after a seek.
    is_resyncing: bool,
    bad_packets: u32,
    is_at_end: bool,
}

impl TrackDecoder {
    /// Opens the first audio stream of the file at `path`, whatever its extension says.
    ///
    /// # Errors
    /// When it cannot be read, is empty, or holds nothing that can be decoded.
    pub fn open(path: &Path) -> Result<Self, MediaError> {
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            return Err(std::io::Error::from(std::io::ErrorKind::IsADirectory).into());
        }
        if metadata.is_file() && metadata.len() == 0 {
            return Err(MediaError::Empty);
        }
        let mut hint = Hint::new();
        if let Some(extension) = path.extension().and_then(|e| e.to_str()) {
            hint.with_extension(extension);
        }
        let stream = MediaSourceStream::new(Box::new(file), MediaSourceStreamOptions::default());
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
            path: path.to_owned(),
            tags: OnceCell::new(),
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
            wanted: 0,
            origin_ticks: None,
            packet_frames: 0,
            is_resyncing: true,
            bad_packets: 0,
            is_at_end: false,
        };
        this.learn_from_first_packet()?;
        Ok(this)
    }

    /// What the stream is. Rate and channels are never zero.
    pub fn info(&self) -> &StreamInfo {
        &self.info
    }

    /// What the file says about itself, without the cover; read when first asked for.
    pub fn tags(&self) -> &FileTags {
        self.tags.get_or_init(|| read_tags(&self.path, false))
    }

    /// The next frames, interleaved, at least one; `None` at the end.
    ///
    /// # Errors
    /// When decoding cannot go on, or a lossless file ends before its declared length. Everything
    /// before the fault has been returned by then; a further call returns `None`.
    pub fn next_frames(&mut self) -> Result<Option<&[f32]>, MediaError> {
        let skip = loop {
            if !self.is_pending {
                if self.is_at_end {
                    return Ok(None);
                }
                self.is_at_end = true;
                if !self.decode_packet()? {
                    return self.check_length().map(|()| None);
                }
                self.is_at_end = false;
            }
            self.is_pending = false;
            let start = self.position;
            self.position += (self.samples.len() / self.info.channels) as u64;
            if self.position > self.wanted {
                break self.wanted.saturating_sub(start) as usize;
            }
        };
        Ok(Some(&self.samples[skip * self.info.channels..]))
    }

    fn check_length(&self) -> Result<(), MediaError> {
        match self.info.frames {
            Some(declared) if self.declares_exact_length && self.position < declared => {
                Err(MediaError::Truncated {
                    declared,
                    found: self.position,
                })
            }
            _ => Ok(()),
        }
    }

    /// Makes `frame` the next one returned; a position past the end leads to the end.
    ///
    /// # Errors
    /// When the file can no longer be read.
    pub fn seek(&mut self, frame: u64) -> Result<(), MediaError> {
        self.is_at_end = false;
        self.is_pending = false;
        self.bad_packets = 0;
        self.wanted = frame;
        if self.info.frames.is_some_and(|frames| frame >= frames) {
            self.is_at_end = true;
            return Ok(());
        }
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
        let tags = std::mem::take(&mut self.tags);
        *self = Self::open(&self.path)?;
        self.tags = tags;
        self.wanted = frame;
        Ok(())
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
