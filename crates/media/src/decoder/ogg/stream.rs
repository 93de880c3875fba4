//! One stream of sound in an Ogg file.

use super::gap::{Gap, MAX_GAP_FRAMES};
use super::headers::{Headers, read_headers};
use super::link::{Link, OggCodec};
use super::packets::{OggPacket, PacketReader};
use crate::decoder::codecs::{Preroll, is_lossy, make_decoder};
use crate::decoder::source::{FrameSource, StreamInfo};
use crate::decoder::symphonia_names::{codec_error, decode_error};
use crate::error::MediaError;
use crate::tags::Tags;
use crate::track_bytes::TrackBytes;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use symphonia::core::codecs::audio::AudioDecoder;
use symphonia::core::packet::Packet;
use symphonia::core::units::{Duration, Timestamp};

/// Packets decoded at most to find where the stream begins.
const MAX_FIRST_PACKETS: usize = 1_024;
/// Places tried at most for one to begin decoding at.
const MAX_PLACES: usize = 64;
/// Damaged packets in a row after which the stream counts as lost.
const MAX_BAD_PACKETS: u32 = 256;

/// An open stream.
pub(super) struct OggStream {
    packets: PacketReader,
    decoder: Box<dyn AudioDecoder>,
    info: StreamInfo,
    tags: Tags,
    link: Link,
    /// Where the first packet of sound begins.
    audio_start: u64,
    /// The position of the first decoded frame, in the codec's own count.
    first_position: i64,
    /// Decoded frames in front that are not to be heard.
    delay_frames: u64,
    preroll_frames: u64,
    /// The decoded frame that comes next; not known while [`Self::is_resyncing`].
    position: u64,
    /// After a jump, until a page says its position.
    is_resyncing: bool,
    /// The last position that a page said, and the decoded frame that stands for.
    told: Option<(i64, u64)>,
    gap: Gap,
    /// Whether some of the sound could not be had; told once, at the end.
    has_loss: bool,
    /// Where to tell the place of the stream that follows in a pipe.
    next_place: Option<Arc<AtomicU64>>,
}

impl OggStream {
    /// Opens the stream of sound in `link`.
    ///
    /// # Errors
    /// When it cannot be read, or its headers make no sense.
    pub(super) fn open(bytes: TrackBytes, mut link: Link) -> Result<Self, MediaError> {
        if link.has_jump {
            link.places.clear();
        }
        let mut packets = PacketReader::new(bytes, link.serial, link.start, link.end);
        let lent_head = link.head.as_deref().filter(|_| link.has_lent_head);
        let headers = read_headers(&mut packets, link.codec, lent_head)?;
        let Headers {
            params,
            bits,
            delay_frames,
            tags,
            spec,
        } = headers;
        let mut decoder = make_decoder(&params).map_err(|error| codec_error(&params, error))?;
        let audio_start = packets.place();
        let first = count_first(&mut packets, decoder.as_mut(), spec)?;
        if first.packets == 0 && link.last_position.is_some() {
            return Err(MediaError::Damaged("no sound could be decoded".into()));
        }
        let (first_end, counted) = (first.end, first.frames);
        let last = link.last_position;
        // The only page with sound may end within a packet; all others begin where they end less their packets.
        let is_only_page = first_end.is_some() && first_end == last;
        let first_position = first_end.map_or(0, |end| end - counted as i64);
        let first_position = match (is_only_page, link.codec) {
            (true, _) => first_position.max(0),
            (false, OggCodec::Vorbis) => first_position,
            (false, _) => first_position.max(0),
        };
        if link.has_lent_head && first_position != 0 {
            // With another's head, packets have other lengths than its pages count.
            return Err(MediaError::Damaged("its first page is damaged".into()));
        }
        let delay_frames = delay_frames + first_position.min(0).unsigned_abs();
        let frames = last.filter(|_| !link.has_jump);
        let frames = frames.map(|last| last.saturating_sub(first_position).max(0) as u64);
        let info = StreamInfo {
            codec: match link.codec {
                OggCodec::Vorbis => "Vorbis",
                OggCodec::Opus => "Opus",
                OggCodec::Flac => "FLAC",
            }
            .into(),
            container: "ogg".into(),
            sample_rate_hz: first.sample_rate_hz,
            channels: first.channels,
            bits_per_sample: bits.filter(|_| !is_lossy(params.codec)),
            frames: frames.map(|frames| frames.saturating_sub(delay_frames)),
            rough_duration: None,
            encoder_delay_frames: u32::try_from(delay_frames).unwrap_or(u32::MAX),
            encoder_padding_frames: 0,
            warnings: Vec::new(),
            links: Vec::new(),
        };
        decoder.reset();
        packets.go_to(audio_start);
        let mut this = Self {
            packets,
            decoder,
            info,
            tags,
            link,
            audio_start,
            first_position,
            delay_frames,
            preroll_frames: Preroll::of(params.codec).needed_frames,
            position: 0,
            is_resyncing: false,
            told: None,
            gap: Gap::default(),
            has_loss: false,
            next_place: None,
        };
        if this.info.frames.is_none() && this.link.last_page.is_some() {
            this.count_frames()?;
        }
        Ok(this)
    }

    /// Finds the length of a stream whose last page does not say it, by decoding all of it.
    fn count_frames(&mut self) -> Result<(), MediaError> {
        let (mut samples, mut end) = (Vec::new(), 0);
        while let Ok(Some(start)) = self.read(&mut samples) {
            end = start + (samples.len() / self.info.channels) as u64;
        }
        self.has_loss = false;
        self.info.frames = Some(end);
        self.seek(0)
    }

    /// What the stream says about itself.
    pub(super) fn tags(&self) -> &Tags {
        &self.tags
    }

    /// Has the place of the stream behind it put into `place` when its end has been read.
    pub(super) fn tell_next(&mut self, place: Arc<AtomicU64>) {
        self.next_place = Some(place);
    }

    /// Adds a line to what is wrong with it.
    pub(super) fn warn(&mut self, line: &str) {
        self.info.warnings.push(line.into());
    }

    /// The decoded frame behind the last one to be heard, if `packet` is on the page where that lies: so far behind
    /// the page before as their positions are.
    fn end_within(&self, packet: &OggPacket) -> Option<u64> {
        let is_last = packet.is_on_last_page || self.link.last_page == Some(packet.page);
        let end = packet.page_position.filter(|_| is_last)?;
        let (position, frame) = self.told.unwrap_or((self.first_position, 0));
        let more = u64::try_from(end.checked_sub(position)?).ok()?;
        frame.checked_add(more)
    }
}

impl FrameSource for OggStream {
    fn info(&self) -> &StreamInfo {
        &self.info
    }

    fn declares_exact_length(&self) -> bool {
        false
    }

    fn read(&mut self, samples: &mut Vec<f32>) -> Result<Option<u64>, MediaError> {
        let channels = self.info.channels;
        loop {
            let Some(packet) = self.packets.next()? else {
                if self.gap.held_frames(channels) > 0 {
                    let start = self.position;
                    self.gap.close(samples, channels, start, None, true);
                    self.position += (samples.len() / channels) as u64;
                    if self.position <= self.delay_frames {
                        continue;
                    }
                    samples.drain(..self.delay_frames.saturating_sub(start) as usize * channels);
                    return Ok(Some(start.max(self.delay_frames) - self.delay_frames));
                }
                if let (Some(place), Some(at)) = (&self.next_place, self.packets.next_stream()) {
                    place.store(at, Ordering::Relaxed);
                }
                // A stream without its last page is told to be cut already.
                let is_whole = self.link.has_end && !self.is_resyncing;
                self.has_loss |= is_whole && self.packets.ends_in_gap();
                return match std::mem::take(&mut self.has_loss) {
                    true => Err(MediaError::lost()),
                    false => Ok(None),
                };
            };
            // An encoder may end its stream with a packet of nothing.
            if packet.data.is_empty() {
                continue;
            }
            if packet.follows_gap {
                // What is in the decoder belongs to what is lost.
                self.decoder.reset();
                self.gap.open();
            }
            match decode(self.decoder.as_mut(), &packet, samples) {
                Ok(Some((rate_hz, found))) => {
                    if (rate_hz, found) != (self.info.sample_rate_hz, channels) {
                        return Err(MediaError::Unsupported(
                            "a change of rate or channels within a stream".into(),
                        ));
                    }
                    self.gap.bad_packets = 0;
                }
                Ok(None) => {}
                Err(error) => {
                    self.gap.bad_packets += 1;
                    self.has_loss |= !self.is_resyncing;
                    if self.gap.bad_packets > MAX_BAD_PACKETS {
                        return Err(error);
                    }
                    samples.clear();
                    self.gap.open();
                }
            }
            self.has_loss |= packet.follows_gap && !self.is_resyncing;
            let start = self.position;
            // The page's own word counts after a jump, and where something was lost.
            let told = packet
                .position
                .filter(|_| !self.link.has_jump)
                .map(|position| position.saturating_sub(self.first_position))
                .and_then(|told| u64::try_from(told).ok());
            if self.is_resyncing {
                if let Some(told) = told {
                    self.position = told;
                    self.is_resyncing = false;
                    self.gap.clear();
                }
                self.told = packet.position.map(|position| (position, self.position));
                continue;
            }
            if self.gap.is_open() {
                self.gap.hold(samples);
                let is_full = self.gap.held_frames(channels) > MAX_GAP_FRAMES;
                if told.is_none() && !self.link.has_jump && !is_full {
                    continue;
                }
                let is_last = packet.is_on_last_page || self.link.last_page == Some(packet.page);
                self.gap.close(samples, channels, start, told, is_last);
            }
            let end = start + (samples.len() / channels) as u64;
            self.position = end;
            let last = self
                .end_within(&packet)
                .filter(|last| *last > start || packet.is_on_last_page);
            if let Some(position) = packet.position {
                self.told = Some((position, self.position));
            }
            let kept_end = last.map_or(end, |last| end.min(last.max(start)));
            if kept_end <= start.max(self.delay_frames) {
                continue;
            }
            samples.truncate((kept_end - start) as usize * channels);
            samples.drain(..self.delay_frames.saturating_sub(start) as usize * channels);
            return Ok(Some(start.max(self.delay_frames) - self.delay_frames));
        }
    }

    fn seek(&mut self, frame: u64) -> Result<(), MediaError> {
        let target = frame + self.delay_frames;
        let aim = target.saturating_sub(self.preroll_frames);
        let aim = i64::try_from(aim)
            .unwrap_or(i64::MAX)
            .saturating_add(self.first_position);
        let places = &self.link.places;
        let index = places.partition_point(|place| place.position <= aim);
        self.decoder.reset();
        self.gap.clear();
        self.gap.bad_packets = 0;
        self.told = None;
        let mut whole = None;
        for place in places[..index].iter().rev().take(MAX_PLACES) {
            // Behind a damaged page, the next position is too late.
            if self.packets.is_whole(place.at)? {
                whole = Some(*place);
                break;
            }
        }
        match whole {
            Some(place) => {
                self.packets.go_to(place.at);
                self.is_resyncing = true;
            }
            None => {
                self.packets.go_to(self.audio_start);
                self.is_resyncing = false;
                self.position = 0;
            }
        }
        Ok(())
    }
}

/// How a stream begins.
struct FirstPage {
    /// Packets found up to there, with something in them.
    packets: usize,
    /// Frames decoded up to the first page that says its position.
    frames: u64,
    /// That position; `None` where no page says one.
    end: Option<i64>,
    sample_rate_hz: u32,
    channels: usize,
}

/// Decodes up to the first page that says its position.
fn count_first(
    packets: &mut PacketReader,
    decoder: &mut dyn AudioDecoder,
    headers_spec: (u32, usize),
) -> Result<FirstPage, MediaError> {
    let (mut frames, mut spec, mut end, mut samples) = (0, None, None, Vec::new());
    let mut packets_found = 0;
    for _ in 0..MAX_FIRST_PACKETS {
        let Some(packet) = packets.next()? else {
            break;
        };
        packets_found += usize::from(!packet.data.is_empty());
        if let Ok(Some((rate_hz, channels))) = decode(decoder, &packet, &mut samples) {
            frames += (samples.len() / channels) as u64;
            spec = Some((rate_hz, channels));
        }
        end = packet
            .position
            .filter(|position| *position > 0 && spec.is_some());
        if end.is_some() {
            break;
        }
    }
    // One packet of Vorbis holds no frame yet.
    let spec = spec.or((packets_found < 2).then_some(headers_spec));
    let spec = spec.filter(|(rate_hz, channels)| *rate_hz > 0 && *channels > 0);
    let spec = spec.ok_or_else(|| MediaError::Damaged("no sound could be decoded".into()))?;
    Ok(FirstPage {
        packets: packets_found,
        frames,
        end,
        sample_rate_hz: spec.0,
        channels: spec.1,
    })
}

/// Decodes a packet into `samples`; rate and channels, or `None` if it holds no frame.
fn decode(
    decoder: &mut dyn AudioDecoder,
    packet: &OggPacket,
    samples: &mut Vec<f32>,
) -> Result<Option<(u32, usize)>, MediaError> {
    samples.clear();
    let data = packet.data.as_slice();
    let packet = Packet::new(0, Timestamp::from(0), Duration::from(0_u64), data);
    let buffer = decoder.decode(&packet).map_err(decode_error)?;
    if buffer.frames() == 0 {
        return Ok(None);
    }
    let spec = (buffer.spec().rate(), buffer.spec().channels().count());
    buffer.copy_to_vec_interleaved(samples);
    Ok(Some(spec).filter(|(rate_hz, channels)| *rate_hz > 0 && *channels > 0))
}
