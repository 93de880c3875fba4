//! Tracks of containers whose packets are found when the file is opened: MP4, Matroska, ADTS and LOAS.
//!
//! A table of all packets makes lengths exact without decoding, seeks exact without asking the container,
//! and lets a file that was cut short say how much of it is there.

mod adpcm;
mod adts;
mod alac;
mod codec;
mod decoded;
mod ebml;
mod edit_list;
mod entry;
mod fragments;
mod index;
mod lacing;
mod lengths;
mod loas;
mod matroska;
mod matroska_ids;
mod matroska_track;
mod mp4;
mod mp4_boxes;
mod mp4_layout;
mod relay;
mod rows;
mod samples;
mod shape;
mod stream;
mod subframes;
mod vorbis_private;

pub(super) use adts::{finds_adts, starts_adts};
pub(super) use loas::{finds_loas, starts_loas};

use super::codecs::{is_floating_point, is_lossy};
use super::empty::Empty;
use super::window::Window;
use crate::decoder::source::{FrameSource, StreamInfo};
use crate::error::MediaError;
use crate::track_bytes::TrackBytes;
use codec::Codec;
use index::{PacketIndex, Place};
use relay::Relay;
use shape::{Learned, learn, reshape};
use std::io::{self, Read};
use stream::{Cut, Stream, Wrapping};
use symphonia::core::codecs::audio::well_known::CODEC_ID_OPUS;

/// Decoding up to a target this near is as good as a seek, and gives the same bits as decoding everything.
const NEAR_SECONDS: u64 = 10;
/// The most that a packet compressed with zlib unpacks to: bytes.
const MAX_UNPACKED_BYTES: u64 = 1 << 22;

/// The containers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    Mp4,
    Matroska,
    Adts,
    Loas,
}

/// A track with its decoder.
pub(super) struct Packetized {
    window: Window,
    info: StreamInfo,
    index: PacketIndex,
    wrapping: Wrapping,
    learned: Learned,
    codec: Codec,
    relay: Option<Relay>,
    may_exceed_full_scale: bool,
    /// The packet that is decoded next.
    next: usize,
    /// The frame it begins with, counted from the first packet's first.
    position: u64,
    /// The frames that are heard, counted likewise.
    heard: std::ops::Range<u64>,
    /// Bytes of the packet decoded last.
    packet: Vec<u8>,
    loss: Loss,
}

/// What of the sound that is heard could not be decoded.
struct Loss {
    /// Frames before this are decoded only to prepare for it.
    wanted: u64,
    /// Whether there is any; told once, at the end.
    is_there: bool,
}

impl Packetized {
    /// Opens the track of the file that a listener expects: the default one.
    ///
    /// # Errors
    /// When the file cannot be read, or has no sound that can be decoded.
    pub(super) fn open(
        bytes: TrackBytes,
        container: Container,
    ) -> Result<Box<dyn FrameSource>, MediaError> {
        let mut reader = bytes.reopen()?;
        let stream = match container {
            Container::Mp4 => mp4::read(&mut reader)?,
            Container::Matroska => matroska::read(&mut reader)?,
            Container::Adts => adts::read(&mut reader)?,
            Container::Loas => loas::read(&mut reader)?,
        };
        let Stream {
            container,
            params,
            index,
            wrapping,
            heard,
            mut warnings,
            cut,
        } = stream;
        let mut codec = Codec::new(&params, &wrapping)?;
        if index.len() == 0 {
            if cut.is_some() {
                let reason = "it is cut short before its sound begins";
                return Err(MediaError::Damaged(reason.into()));
            }
            return Ok(Box::new(Empty(StreamInfo {
                codec: codec.name(&params),
                container: container.into(),
                sample_rate_hz: match params.codec {
                    CODEC_ID_OPUS => 48_000,
                    _ => params.sample_rate.unwrap_or(0),
                },
                channels: params.channels.as_ref().map_or(1, |all| all.count()),
                bits_per_sample: params.bits_per_sample.filter(|_| !is_lossy(params.codec)),
                frames: Some(0),
                rough_duration: None,
                encoder_delay_frames: 0,
                encoder_padding_frames: 0,
                warnings,
                links: Vec::new(),
            })));
        }
        let mut window = Window::new(bytes);
        let learned = learn(&mut codec, &params, &index, |place, packet| {
            load(&mut window, place, &wrapping, packet).map_err(MediaError::from)
        })?;
        let rate_hz = learned.shape.rate_hz;
        let coded = index.frames() * u64::from(learned.scale);
        let delay = heard.delay.frames(rate_hz).min(coded);
        let length = heard.length.map(|length| length.frames(rate_hz));
        let rest = coded - delay;
        let frames = length.filter(|n| *n > 0).map_or(rest, |n| n.min(rest));
        if let Some(cut) = cut {
            let whole = length.unwrap_or(u64::MAX);
            warnings.push(cut_line(cut, frames, |span| {
                (span.frames(rate_hz).saturating_sub(delay)).min(whole)
            }));
        }
        let info = StreamInfo {
            codec: learned.name.clone(),
            container: container.into(),
            sample_rate_hz: rate_hz,
            channels: learned.shape.channels,
            bits_per_sample: learned
                .bits
                .or(params.bits_per_sample.filter(|_| !is_lossy(params.codec))),
            frames: Some(frames),
            rough_duration: None,
            encoder_delay_frames: u32::try_from(delay).unwrap_or(u32::MAX),
            encoder_padding_frames: u32::try_from(rest - frames).unwrap_or(u32::MAX),
            warnings,
            links: Vec::new(),
        };
        Ok(Box::new(Self {
            may_exceed_full_scale: is_lossy(params.codec)
                || is_floating_point(params.codec)
                // Floating-point samples of WavPack have as many bits as the widest integers.
                || learned.bits == Some(32),
            window,
            info,
            index,
            wrapping,
            relay: Relay::of(&codec, learned.is_replicated, learned.shape.channels),
            learned,
            codec,
            next: 0,
            position: 0,
            heard: delay..delay + frames,
            packet: Vec::new(),
            loss: Loss {
                wanted: delay,
                is_there: false,
            },
        }))
    }

    /// The frame that the packet of that number begins with.
    fn start_of(&self, number: usize) -> u64 {
        self.index.start_of(number) * u64::from(self.learned.scale)
    }

    /// Replaces `samples` by what the next packet holds: silence, where it is damaged.
    fn decode_next(&mut self, place: Place, samples: &mut Vec<f32>) -> Result<(), MediaError> {
        let shape = self.learned.shape;
        let frames = place.frames as usize * self.learned.scale as usize;
        samples.clear();
        load(&mut self.window, place, &self.wrapping, &mut self.packet)?;
        let decoded = self.codec.decode(&self.packet, samples);
        if let Some(relay) = &mut self.relay {
            relay.follow(self.next, &self.packet, &mut self.codec, &decoded, samples);
        }
        let is_lost = match decoded {
            Ok(found) => {
                reshape(samples, found, shape);
                let is_short =
                    self.codec.has_exact_packets() && samples.len() < frames * shape.channels;
                is_short || self.codec.is_doubtful()
            }
            Err(_) => {
                samples.clear();
                true
            }
        };
        let end = self.position + frames as u64;
        let is_heard = end > self.loss.wanted && self.position < self.heard.end;
        self.loss.is_there |= is_lost && is_heard;
        samples.resize(frames * shape.channels, 0.0);
        Ok(())
    }
}

impl FrameSource for Packetized {
    fn info(&self) -> &StreamInfo {
        &self.info
    }

    fn may_exceed_full_scale(&self) -> bool {
        self.may_exceed_full_scale
    }

    /// It is counted, not declared.
    fn declares_exact_length(&self) -> bool {
        false
    }

    fn read(&mut self, samples: &mut Vec<f32>) -> Result<Option<u64>, MediaError> {
        let channels = self.info.channels;
        while self.position < self.heard.end {
            let Some(place) = self.index.get(self.next) else {
                break;
            };
            self.decode_next(place, samples)?;
            self.next += 1;
            let start = self.position;
            self.position += (samples.len() / channels) as u64;
            let from = start.max(self.heard.start);
            let to = self.position.min(self.heard.end);
            if from < to {
                samples.truncate((to - start) as usize * channels);
                samples.drain(..(from - start) as usize * channels);
                return Ok(Some(from - self.heard.start));
            }
        }
        match std::mem::take(&mut self.loss.is_there) {
            true => Err(MediaError::lost()),
            false => Ok(None),
        }
    }

    fn seek(&mut self, frame: u64) -> Result<(), MediaError> {
        let target = frame.saturating_add(self.heard.start);
        self.loss.wanted = target;
        let scale = u64::from(self.learned.scale);
        self.next = if let Some(relay) = &mut self.relay {
            let packet = self.index.packet_at(target / scale);
            let is_ahead = target >= self.position && self.next > 0;
            if is_ahead && relay.is_on_the_way(self.next, packet) {
                return Ok(());
            }
            relay.begin(packet)
        } else {
            let near = NEAR_SECONDS * u64::from(self.info.sample_rate_hz);
            let is_ahead = target >= self.position && target - self.position <= near;
            if is_ahead && self.next > 0 {
                return Ok(());
            }
            if target <= near && self.learned.preroll.wanted_frames > 0 {
                0
            } else {
                let aim = target.saturating_sub(self.learned.preroll.wanted_frames);
                self.index.packet_at(aim / scale)
            }
        };
        self.position = self.start_of(self.next);
        self.codec.reset();
        Ok(())
    }
}

/// Reads a packet into `packet`, out of its wrapping.
fn load(
    window: &mut Window,
    place: Place,
    wrapping: &Wrapping,
    packet: &mut Vec<u8>,
) -> io::Result<()> {
    packet.clear();
    let bytes = window.get(place.offset, place.bytes as usize)?;
    match wrapping {
        Wrapping::None | Wrapping::Loas | Wrapping::Adts => packet.extend_from_slice(bytes),
        Wrapping::Prefix(prefix) => {
            packet.extend_from_slice(prefix);
            packet.extend_from_slice(bytes);
        }
        Wrapping::Zlib => {
            *packet = unpack(bytes);
        }
    }
    Ok(())
}

/// What a zlib stream unpacks to, as far as it is whole and within bounds.
fn unpack(bytes: &[u8]) -> Vec<u8> {
    let mut unpacked = Vec::new();
    let stream = flate2::read::ZlibDecoder::new(bytes);
    // What is damaged is decoded as far as it goes, and found damaged then.
    let _ = stream.take(MAX_UNPACKED_BYTES).read_to_end(&mut unpacked);
    unpacked
}

fn cut_line(cut: Cut, frames: u64, heard: impl Fn(stream::Span) -> u64) -> String {
    match cut {
        Cut::Of(all) => format!("cut short: {frames} of {} frames are there", heard(all)),
        Cut::About(all) => {
            let all = all.frames_or_more(frames, &heard);
            format!("cut short: {frames} of about {all} frames are there")
        }
        Cut::Somewhere => format!("cut short: {frames} frames are there"),
    }
}
