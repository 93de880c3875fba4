//! What is left to symphonia's readers: what is packed otherwise than as it is in WAVE, AIFF-C and CAF. Their files
//! come with headers that have been looked at before.

use super::codecs::{Preroll, is_floating_point, is_lossy, make_decoder};
use super::padding::Padding;
use super::symphonia_names::{
    codec_error, codec_name, container_name, decode_error, probe_error, rough_duration,
};
use crate::decoder::source::{FrameSource, StreamInfo};
use crate::error::MediaError;
use crate::track_bytes::TrackBytes;
use symphonia::core::codecs::audio::well_known::{CODEC_ID_AAC, CODEC_ID_ALAC, CODEC_ID_OPUS};
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder};
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, SeekMode, SeekTo, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;
use symphonia::core::packet::Packet;
use symphonia::core::units::{TimeBase, Timestamp};

/// More than any recording has.
const MAX_CHANNELS: usize = 64;
/// Damaged packets in a row after which a file counts as lost.
const MAX_BAD_PACKETS: u32 = 256;
/// Packets without sound in a row after which no more is looked for.
const MAX_EMPTY_PACKETS: u32 = 4_096;
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
    preroll: Preroll,
    padding: Padding,
    /// Whether the decoder itself cuts off what a packet says is not to be heard at its start.
    trims_start: bool,
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
    faults: Faults,
}

/// What was wrong with packets.
#[derive(Debug, Clone, Copy, Default)]
struct Faults {
    /// Damaged ones in a row.
    bad_packets: u32,
    /// Ones without sound in a row.
    empty_packets: u32,
    /// Whether silence stands for some; told once, at the end.
    has_loss: bool,
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
        let source = Box::new(bytes.reopen()?);
        let stream = MediaSourceStream::new(source, MediaSourceStreamOptions::default());
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
        // A damaged header may claim any number, and buffers would be made for it.
        let channels = params.channels.as_ref().map_or(0, |c| c.count());
        if channels > MAX_CHANNELS {
            return Err(MediaError::Unsupported(format!(
                "sound of {channels} channels"
            )));
        }
        let decoder = make_decoder(&params).map_err(|error| codec_error(&params, error))?;
        let info = StreamInfo {
            codec: codec_name(decoder.codec_info().short_name, &params),
            container: container_name(format.format_info().short_name),
            sample_rate_hz: params.sample_rate.unwrap_or(0),
            channels: params.channels.as_ref().map_or(0, |c| c.count()),
            bits_per_sample: params
                .bits_per_sample
                .filter(|bits| *bits > 0)
                .or_else(|| alac_bits(&params))
                .filter(|_| !is_lossy(params.codec)),
            frames: track.num_frames,
            rough_duration: rough_duration(format.as_ref()),
            encoder_delay_frames: track.delay.unwrap_or(0),
            encoder_padding_frames: track.padding.unwrap_or(0),
            warnings: Vec::new(),
            links: Vec::new(),
        };
        let mut this = Self {
            bytes,
            track_id: track.id,
            time_base: track.time_base,
            preroll: Preroll::of(params.codec),
            padding: Padding::default(),
            trims_start: ![CODEC_ID_AAC, CODEC_ID_OPUS].contains(&params.codec),
            declares_exact_length: ["wave", "aiff"].contains(&&*info.container)
                || info.container == "caf" && info.codec == "PCM",
            info,
            format,
            decoder,
            samples: Vec::new(),
            is_pending: false,
            position: 0,
            origin_ticks: None,
            packet_frames: 0,
            is_resyncing: true,
            faults: Faults::default(),
        };
        this.learn_from_first_packet()?;
        this.learn_padding(&params)?;
        Ok(this)
    }

    /// Adds what has been found wrong with the file.
    ///
    /// # Errors
    /// When that has left no sound in it.
    pub(super) fn with_warnings(mut self, warnings: Vec<String>) -> Result<Self, MediaError> {
        match warnings.first() {
            Some(reason) if !self.is_pending => Err(MediaError::Damaged(reason.clone())),
            _ => {
                self.info.warnings.extend(warnings);
                Ok(self)
            }
        }
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
                Ok(buffer) if buffer.frames() == 0 => {
                    self.faults.empty_packets += 1;
                    if self.faults.empty_packets > MAX_EMPTY_PACKETS {
                        return Err(MediaError::Damaged("its packets are empty".into()));
                    }
                }
                Ok(buffer) => {
                    let spec = buffer.spec();
                    let (rate, channels) = (spec.rate(), spec.channels().count());
                    buffer.copy_to_vec_interleaved(&mut self.samples);
                    self.faults.bad_packets = 0;
                    self.faults.empty_packets = 0;
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
                    self.faults.bad_packets += 1;
                    if self.faults.bad_packets > MAX_BAD_PACKETS {
                        return Err(MediaError::Damaged(reason.into()));
                    }
                    if self.take_as_silence() {
                        return Ok(true);
                    }
                }
                Err(Error::IoError(e)) if e.kind() == std::io::ErrorKind::UnexpectedEof => {
                    self.faults.bad_packets += 1;
                    if self.faults.bad_packets > MAX_BAD_PACKETS {
                        return Ok(false);
                    }
                    if self.take_as_silence() {
                        return Ok(true);
                    }
                }
                Err(error) => return Err(decode_error(error)),
            }
        }
    }

    /// Has silence come in place of a packet that could not be decoded, so that what follows keeps its time. False where
    /// its length, or its place, is not known.
    fn take_as_silence(&mut self) -> bool {
        if self.is_resyncing || self.packet_frames == 0 {
            return false;
        }
        self.faults.has_loss = true;
        self.samples.clear();
        self.samples
            .resize(self.packet_frames as usize * self.info.channels, 0.0);
        self.is_pending = true;
        true
    }

    /// Nothing more, or that some of the sound was missing.
    fn end(&mut self) -> Result<Option<u64>, MediaError> {
        match std::mem::take(&mut self.faults.has_loss) {
            true => Err(MediaError::lost()),
            false => Ok(None),
        }
    }

    /// The timestamp of a packet's first frame that its decoder did not trim.
    fn first_tick(&self, packet: &Packet) -> i64 {
        let ticks = packet.pts.get();
        if self.trims_start {
            ticks.saturating_add_unsigned(packet.trim_start.get())
        } else {
            ticks
        }
    }

    /// The track position of a packet's first frame that was not trimmed.
    fn packet_frame(&mut self, packet: &Packet) -> u64 {
        let Some(time_base) = self.time_base else {
            return 0;
        };
        let first = self.first_tick(packet);
        let ticks = first.saturating_sub(*self.origin_ticks.get_or_insert(first));
        let numerator = i128::from(time_base.numer.get()) * i128::from(self.info.sample_rate_hz);
        let denominator = i128::from(time_base.denom.get());
        let frame = (i128::from(ticks) * numerator + denominator / 2).div_euclid(denominator);
        let frame = frame.max(0) as u64;
        // Matroska counts in milliseconds: there the packet's own number tells the frame.
        let tick_frames = (numerator / denominator) as u64;
        let number = (frame + self.packet_frames / 2).checked_div(self.packet_frames);
        let exact = number.map_or(frame, |number| number * self.packet_frames);
        if tick_frames > 1 && exact.abs_diff(frame) <= tick_frames {
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
            // A file without a frame is in order if it says so.
            let is_empty = self.info.frames.is_none_or(|frames| frames == 0);
            if declared.0 == 0 || declared.1 == 0 || !is_empty {
                return Err(MediaError::Damaged("no sound could be decoded".into()));
            }
            (self.info.sample_rate_hz, self.info.channels) = declared;
        }
        self.packet_frames = (self.samples.len() / self.info.channels.max(1)) as u64;
        if self.info.sample_rate_hz == 0 || self.info.channels == 0 {
            return Err(MediaError::Damaged("no sample rate or channels".into()));
        }
        Ok(())
    }

    /// What of the stream is to be heard, and how long that is.
    fn learn_padding(&mut self, params: &AudioCodecParameters) -> Result<(), MediaError> {
        let Some(track) = self.format.tracks().iter().find(|t| t.id == self.track_id) else {
            return Ok(());
        };
        let (container, total) = (&self.info.container, track.num_frames);
        self.padding = Padding::read(container, track, params);
        let delay = self.padding.delay_frames;
        if self.padding == Padding::default() {
            self.info.frames = total;
            return Ok(());
        }
        self.info.encoder_delay_frames = u32::try_from(delay).unwrap_or(u32::MAX);
        self.info.frames = self.padding.length_frames;
        if let (Some(length), Some(total)) = (self.info.frames, total) {
            let padding = total.saturating_sub(length + delay);
            self.info.encoder_padding_frames = u32::try_from(padding).unwrap_or(u32::MAX);
        }
        Ok(())
    }
}

/// The depth in ALAC's magic cookie, which symphonia leaves there. In older files two atoms of 12 bytes stand in
/// front of it.
fn alac_bits(params: &AudioCodecParameters) -> Option<u32> {
    let mut cookie = params.extra_data.as_deref()?;
    for atom in [b"frma", b"alac"] {
        if cookie.get(4..8) == Some(&atom[..]) {
            cookie = cookie.get(12..)?;
        }
    }
    let bits = u32::from(*cookie.get(5)?);
    (params.codec == CODEC_ID_ALAC && (16..=32).contains(&bits)).then_some(bits)
}

impl FrameSource for Demuxed {
    fn info(&self) -> &StreamInfo {
        &self.info
    }

    fn declares_exact_length(&self) -> bool {
        self.declares_exact_length
    }

    fn may_exceed_full_scale(&self) -> bool {
        let codec = self.decoder.codec_params().codec;
        is_lossy(codec) || is_floating_point(codec)
    }

    fn read(&mut self, samples: &mut Vec<f32>) -> Result<Option<u64>, MediaError> {
        let channels = self.info.channels;
        let delay = self.padding.delay_frames;
        let end = self.padding.length_frames.map_or(u64::MAX, |n| n + delay);
        loop {
            if !self.is_pending && !self.decode_packet()? {
                return self.end();
            }
            self.is_pending = false;
            let start = self.position;
            self.position += (self.samples.len() / channels) as u64;
            if start >= end {
                return self.end();
            }
            if self.position <= delay {
                continue;
            }
            std::mem::swap(samples, &mut self.samples);
            samples.truncate((end.min(self.position) - start) as usize * channels);
            samples.drain(..delay.saturating_sub(start) as usize * channels);
            return Ok(Some(start.max(delay) - delay));
        }
    }

    fn seek(&mut self, frame: u64) -> Result<(), MediaError> {
        self.is_pending = false;
        self.faults.bad_packets = 0;
        self.faults.empty_packets = 0;
        let target = frame + self.padding.delay_frames;
        let latest = target.saturating_sub(self.preroll.needed_frames);
        let aim = target.saturating_sub(self.preroll.wanted_frames);
        let back = u64::from(self.info.sample_rate_hz) * RETRY_BACK_SECONDS;
        for aim in [aim, aim.saturating_sub(back)] {
            if self.seek_container(aim)
                && self.decode_packet().unwrap_or(false)
                && self.position <= latest
            {
                return Ok(());
            }
        }
        // The container cannot seek, or only behind the frame: start over and decode up to it.
        *self = Self::open(self.bytes.reopen()?)?;
        Ok(())
    }
}
