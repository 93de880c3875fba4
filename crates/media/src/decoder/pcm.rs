//! Sound that stands in a file as it is: WAVE, RF64, RIFX, Wave64, AIFF, AIFF-C, CAF and AU. Their headers are
//! read by rules of our own, because real ones are often wrong: recorders that were switched off, programs
//! that write to a pipe, odd chunks without padding.

mod aiff;
mod au;
mod behind;
mod blocks;
mod caf;
mod chunk;
mod chunks;
mod packet_table;
mod samples;
mod wave;

use super::demuxed::Demuxed;
use super::mpeg::Mpeg;
use super::packetized::{Container, Packetized};
use crate::decoder::source::{FrameSource, StreamInfo};
use crate::error::MediaError;
use crate::track_bytes::{Piece, TrackBytes};
use blocks::{Blocks, BlocksLayout};
use chunks::SoundBytes;
use samples::Coding;
use std::io::{Read, Seek, SeekFrom};

/// Frames given out at a time.
const FRAMES_AT_ONCE: u64 = 4_096;
/// More than any recording has.
const MAX_CHANNELS: u16 = 64;

/// A step from sample to sample that hardly any sound makes.
const CLICK: f32 = 0.25;

/// A kind of file whose sound may stand in it as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PcmKind {
    /// WAVE, RF64 and BW64.
    Wave,
    /// WAVE in big-endian order.
    Rifx,
    /// Sony Wave64.
    W64,
    /// AIFF and AIFF-C.
    Aiff,
    /// Core Audio Format.
    Caf,
    /// Sun and NeXT sound files.
    Au,
}

/// What a header says, as far as it can be believed.
#[derive(Debug, Clone, PartialEq)]
struct Layout {
    container: &'static str,
    coding: Coding,
    is_big_endian: bool,
    sample_rate_hz: u32,
    channels: u16,
    /// Bits of a sample that carry sound.
    bits: u32,
    /// Where the first sample stands.
    start: u64,
    sound: SoundBytes,
}

/// What a file of these kinds holds.
enum Content {
    Pcm(Layout),
    /// Blocks of ADPCM.
    Adpcm(BlocksLayout),
    /// MPEG audio frames, put into a WAVE file.
    Mpeg {
        sound: TrackBytes,
        /// Whether the header promises more of it.
        is_cut: bool,
    },
    /// AAC as ADTS, likewise.
    Adts(TrackBytes),
    /// Other codings, with a header that symphonia's strict readers accept, their name, and what is wrong with the
    /// file.
    Packed(TrackBytes, String, Vec<String>),
}

/// Opens a file that begins at `start`.
///
/// # Errors
/// When it cannot be read, or its sound is of a kind that is not supported.
pub(super) fn open(
    mut bytes: TrackBytes,
    kind: PcmKind,
    start: u64,
) -> Result<Box<dyn FrameSource>, MediaError> {
    if start > 0 {
        bytes = bytes.spliced(vec![Piece::Of {
            start,
            length: None,
        }])?;
    }
    let content = match kind {
        PcmKind::Wave => wave::read(&mut bytes, chunks::Style::Little)?,
        PcmKind::Rifx => wave::read(&mut bytes, chunks::Style::Big)?,
        PcmKind::W64 => wave::read(&mut bytes, chunks::Style::W64)?,
        PcmKind::Aiff => aiff::read(&mut bytes)?,
        PcmKind::Caf => caf::read(&mut bytes)?,
        PcmKind::Au => Content::Pcm(au::read(&mut bytes)?),
    };
    Ok(match content {
        Content::Pcm(layout) => Box::new(Pcm::new(bytes, &layout)?),
        Content::Adpcm(layout) => Box::new(Blocks::new(bytes, &layout)?),
        Content::Mpeg { sound, is_cut } => {
            let mut mpeg = Mpeg::open(sound, "wave")?;
            if is_cut {
                mpeg.warn("cut short: its end is missing");
            }
            Box::new(mpeg)
        }
        Content::Adts(sound) => {
            Packetized::open(sound, Container::Adts).map_err(|error| match error {
                MediaError::NotAudio => {
                    MediaError::Unsupported("AAC in WAVE without a head to each frame".into())
                }
                error => error,
            })?
        }
        Content::Packed(bytes, name, warnings) => {
            let opened = Demuxed::open(bytes).map_err(|error| match error {
                MediaError::NotAudio => MediaError::Unsupported(name),
                error => error,
            });
            Box::new(opened?.with_warnings(warnings)?)
        }
    })
}

/// Frames of one length, one behind the other.
struct Pcm {
    bytes: TrackBytes,
    info: StreamInfo,
    coding: Coding,
    is_big_endian: bool,
    start: u64,
    frame_bytes: u64,
    /// The frame that is read next.
    position: u64,
    /// Whether the file stands there.
    is_in_place: bool,
    read: Vec<u8>,
}

impl Pcm {
    fn new(mut bytes: TrackBytes, layout: &Layout) -> Result<Self, MediaError> {
        let (channels, rate_hz) = (layout.channels, layout.sample_rate_hz);
        if channels == 0 || rate_hz == 0 {
            return Err(MediaError::Damaged("no sample rate or channels".into()));
        }
        if channels > MAX_CHANNELS {
            return Err(MediaError::Unsupported(format!(
                "sound of {channels} channels"
            )));
        }
        let frame_bytes = layout.coding.bytes() as u64 * u64::from(channels);
        let mut there = layout.sound.there;
        if let Some(found) = there.filter(|_| bytes.len().is_some()) {
            there = Some(match layout.sound.is_guessed {
                true => without_pad(&mut bytes, layout, found)?,
                false => with_whole_frame(&mut bytes, layout, found, frame_bytes)?,
            });
        }
        let frames = there.map(|there| there / frame_bytes);
        let promised = layout.sound.promised.map(|bytes| bytes / frame_bytes);
        let cut = frames
            .zip(promised)
            .filter(|(found, declared)| found < declared);
        let cut = cut.map(|(found, declared)| MediaError::Truncated { declared, found });
        Ok(Self {
            info: StreamInfo {
                codec: layout.coding.name().into(),
                container: layout.container.into(),
                sample_rate_hz: rate_hz,
                channels: usize::from(channels),
                bits_per_sample: Some(layout.bits),
                frames,
                rough_duration: None,
                encoder_delay_frames: 0,
                encoder_padding_frames: 0,
                warnings: cut.map(|error| error.to_string()).into_iter().collect(),
                links: Vec::new(),
            },
            bytes,
            coding: layout.coding,
            is_big_endian: layout.is_big_endian,
            start: layout.start,
            frame_bytes,
            position: 0,
            is_in_place: false,
            read: Vec::new(),
        })
    }
}

impl FrameSource for Pcm {
    fn info(&self) -> &StreamInfo {
        &self.info
    }

    fn declares_exact_length(&self) -> bool {
        true
    }

    fn may_exceed_full_scale(&self) -> bool {
        matches!(self.coding, Coding::Float { .. })
    }

    fn read(&mut self, samples: &mut Vec<f32>) -> Result<Option<u64>, MediaError> {
        let left = self
            .info
            .frames
            .map(|all| all.saturating_sub(self.position));
        let wanted = left.unwrap_or(u64::MAX).min(FRAMES_AT_ONCE);
        let position = self.position;
        if !self.is_in_place {
            let place = self.start + position * self.frame_bytes;
            self.bytes.seek(SeekFrom::Start(place))?;
            self.is_in_place = true;
        }
        self.read.clear();
        (&mut self.bytes)
            .take(wanted * self.frame_bytes)
            .read_to_end(&mut self.read)?;
        let frames = self.read.len() as u64 / self.frame_bytes;
        if frames == 0 {
            return Ok(None);
        }
        self.read.truncate((frames * self.frame_bytes) as usize);
        self.coding.decode(&self.read, self.is_big_endian, samples);
        self.position += frames;
        self.is_in_place = frames == wanted;
        Ok(Some(position))
    }

    fn seek(&mut self, frame: u64) -> Result<(), MediaError> {
        self.position = frame;
        self.is_in_place = false;
        Ok(())
    }
}

/// A size that is one byte short of a whole frame, as a common fault has it, is rounded up where that byte is
/// there, and no chunk begins with it.
fn with_whole_frame(
    bytes: &mut TrackBytes,
    layout: &Layout,
    there: u64,
    frame_bytes: u64,
) -> Result<u64, MediaError> {
    let end = layout.start + there;
    if there % frame_bytes != frame_bytes - 1
        || frame_bytes == 1
        || layout.sound.behind == Some(end)
    {
        return Ok(there);
    }
    let behind = bytes.read_at(end, 4)?;
    let is_chunk = behind.len() == 4 && behind.iter().all(|byte| (0x20..0x7F).contains(byte));
    let is_none = behind.is_empty()
        || is_chunk && layout.sound.behind.is_none()
        || end % 2 == 1 && behind[0] == 0 && makes_a_click(bytes, layout, there, frame_bytes)?;
    Ok(if is_none { there } else { there + 1 })
}

/// Whether the frame whose last byte would be the padding behind an odd chunk makes a click that the one before it
/// does not make: its other bytes are then none of the sound.
fn makes_a_click(
    bytes: &mut TrackBytes,
    layout: &Layout,
    there: u64,
    frame_bytes: u64,
) -> Result<bool, MediaError> {
    let wanted = 3 * frame_bytes;
    let Some(from) = (there + 1).checked_sub(wanted) else {
        return Ok(false);
    };
    let frames = bytes.read_at(layout.start + from, wanted as usize)?;
    let mut samples = Vec::new();
    layout
        .coding
        .decode(&frames, layout.is_big_endian, &mut samples);
    let channels = usize::from(layout.channels);
    let steps: Vec<f32> = samples
        .windows(channels + 1)
        .map(|pair| (pair[channels] - pair[0]).abs())
        .collect();
    let (before, last) = steps.split_at(channels.min(steps.len()));
    let largest = |steps: &[f32]| steps.iter().copied().fold(0.0, f32::max);
    Ok(largest(last) > CLICK && largest(before) <= CLICK)
}

/// Sound of single bytes whose end was found by what stands behind it may have a byte of padding, 0, at its end: it is
/// none of the sound where it would be a click.
fn without_pad(bytes: &mut TrackBytes, layout: &Layout, there: u64) -> Result<u64, MediaError> {
    let end = layout.start + there;
    if layout.coding.bytes() != 1 || layout.channels != 1 || there < 2 || !end.is_multiple_of(2) {
        return Ok(there);
    }
    let last = bytes.read_at(end - 2, 2)?;
    let mut samples = Vec::new();
    layout.coding.decode(&last, false, &mut samples);
    let is_click = matches!(samples[..], [before, last] if (last - before).abs() > CLICK);
    Ok(if last.ends_with(&[0]) && is_click {
        there - 1
    } else {
        there
    })
}

/// That less packed sound is there than its header promises.
fn cut_line(sound: SoundBytes) -> Option<String> {
    let (there, promised) = (sound.there?, sound.promised?);
    Some(format!(
        "cut short: {there} of {promised} bytes of its sound are there"
    ))
}

/// The form of integer samples of `bits` bits, in `container_bytes` where that is known; the bits stand at the
/// upper end.
fn integer(bits: u16, container_bytes: Option<usize>, is_unsigned: bool) -> Option<Coding> {
    let least = usize::from(bits).div_ceil(8);
    let bytes = container_bytes
        .filter(|bytes| *bytes >= least.max(1))
        .unwrap_or(least);
    (1..=4)
        .contains(&bytes)
        .then_some(Coding::Integer { bytes, is_unsigned })
}
