//! MP4, M4A and QuickTime files (ISO 14496-12): the track that is played, and where its packets are.

use super::edit_list::Edit;
use super::entry::{self, Entry};
use super::fragments::{self, Fragments};
use super::index::PacketIndex;
use super::lengths::{HEAD_BYTES, Lengths, mpeg_layer};
use super::mp4_boxes::{Fields, boxes, find, find_in};
use super::mp4_layout;
use super::samples::{Sample, Tables};
use super::stream::{Cut, Heard, Span, Stream, Wrapping};
use crate::decoder::codecs::is_lossy;
use crate::decoder::opus::OpusHead;
use crate::decoder::window::Window;
use crate::error::MediaError;
use crate::track_bytes::TrackBytes;
use std::io::{Cursor, Read, Seek, SeekFrom};
use symphonia::core::audio::Channels;
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_MP1, CODEC_ID_MP2, CODEC_ID_MP3, CODEC_ID_OPUS, CODEC_ID_PCM_S16LE,
};

/// Samples that lie outside the file after which no more are looked for.
const MAX_MISSING: u32 = 1 << 12;
/// What is said of a track whose edit list is not followed.
const REARRANGED: &str =
    "its edit list puts pieces together anew: all of its sound is played, in its own order";
/// What is said where there is sound and nothing leads to it.
const NO_SAMPLES: &str = "its index leads to no sound";
/// Packets before the last one whose durations are looked at.
const TOLD_PACKETS: usize = 8;
/// A sound track of the index.
struct Track<'a> {
    id: u32,
    is_enabled: bool,
    clock_hz: u32,
    stbl: &'a [u8],
    entry: Result<Entry, entry::Refusal>,
}

/// Finds the track of `file` that is to be played.
///
/// # Errors
/// When the file cannot be read, its index is missing, or its sound is not supported.
pub(super) fn read(file: &mut TrackBytes) -> Result<Stream, MediaError> {
    let file_bytes = file.seek(SeekFrom::End(0))?;
    let layout = mp4_layout::read(file, file_bytes)?;
    let Some(moov_box) = &layout.moov else {
        let reason = match (layout.has_sound, layout.is_cut) {
            (true, _) | (_, true) => {
                "its index (\"moov\") is missing: it was cut short, or never finished"
            }
            _ => "its index (\"moov\") is missing",
        };
        return Err(MediaError::Damaged(reason.into()));
    };
    let moov = boxes(moov_box).next().map_or(&[][..], |moov| moov.content);
    let is_whole = find(moov, b"mvhd").is_some() && !layout.is_cut && !layout.has_sound;
    if is_whole && find(moov, b"trak").is_none() {
        return Ok(without_tracks());
    }
    let (track, mut warnings) = choose(moov)?;
    let Track {
        id,
        clock_hz,
        stbl,
        entry,
        ..
    } = track;
    let mut entry = entry.map_err(MediaError::Unsupported)?;
    let mut samples = Collected::new(file_bytes, entry.pcm_frame_bytes);
    let tables = Tables::read(stbl);
    let mut declared_ticks = 0;
    if let Some(tables) = &tables {
        declared_ticks = tables.total_ticks();
        tables.each(entry.pcm_frame_bytes, entry.block, |sample| {
            samples.take(sample)
        });
    }
    let mut has_loss = layout.has_gap;
    if !layout.fragments.is_empty() {
        let fragments = Fragments::of(moov, id);
        for (at, bytes) in &layout.fragments {
            file.seek(SeekFrom::Start(*at))?;
            let mut moof = Vec::new();
            file.by_ref().take(*bytes).read_to_end(&mut moof)?;
            has_loss |= fragments::is_damaged(&moof);
            if !fragments.each(&moof, *at, entry.pcm_frame_bytes, |sample| {
                declared_ticks += u64::from(sample.ticks);
                has_loss |= sample.bytes == 0 && sample.ticks > 0;
                samples.take(sample)
            }) {
                break;
            }
        }
    }
    if samples.found.is_empty() && (layout.has_sound || layout.is_cut) {
        return Err(MediaError::Damaged(NO_SAMPLES.into()));
    }
    let mut window = Window::new(file.reopen()?);
    if entry.is_mpeg {
        let first = samples.found.first().map_or(0, |first| first.offset);
        let codec = match mpeg_layer(window.get(first, HEAD_BYTES)?) {
            Some(1) => CODEC_ID_MP1,
            Some(2) => CODEC_ID_MP2,
            _ => CODEC_ID_MP3,
        };
        entry.params.for_codec(codec);
    }
    let mut index = index(&samples.found, &entry, clock_hz, &mut window)?;
    let is_fragmented = !layout.fragments.is_empty();
    if is_fragmented && samples.missing == 0 && is_lossy(entry.params.codec) {
        index.shorten_last(frames_behind_end(&samples.found, &index));
    }
    let edit = Edit::read(Cursor::new(moov_box), id);
    if edit.is_some_and(|edit| edit.is_rearranged) {
        warnings.push(REARRANGED.into());
    }
    let mut heard = heard(edit, silent_ticks(&samples.found, &index));
    if let Some(head) = (entry.params.codec == CODEC_ID_OPUS)
        .then(|| OpusHead::of(&entry.params).ok())
        .flatten()
    {
        // What the encoder put in front is no sound, whether an edit list says so too or not.
        let pre_skip = Span {
            ticks: head.pre_skip_frames.into(),
            hz: 48_000,
        };
        if pre_skip.frames(48_000) > heard.delay.frames(48_000) {
            heard.delay = pre_skip;
        }
    }
    let declared = Span {
        ticks: declared_ticks,
        hz: clock_hz.into(),
    };
    let is_missing = samples.missing > 0 || layout.is_cut && is_fragmented;
    let cut = is_missing.then_some(if is_fragmented {
        Cut::Somewhere
    } else {
        Cut::Of(declared)
    });
    if samples.found.is_empty() && cut.is_none() {
        warnings.clear();
    }
    if has_loss && !samples.found.is_empty() {
        MediaError::warn_of_loss(&mut warnings);
    }
    Ok(Stream {
        container: "mp4",
        params: entry.params,
        index,
        wrapping: Wrapping::None,
        heard,
        warnings,
        cut,
    })
}

/// What a writer that was given no sound leaves: an index without tracks. Rate and channels are the usual ones.
fn without_tracks() -> Stream {
    let mut params = AudioCodecParameters::new();
    params
        .for_codec(CODEC_ID_PCM_S16LE)
        .with_sample_rate(44_100)
        .with_channels(Channels::Discrete(2));
    Stream {
        container: "mp4",
        params,
        index: PacketIndex::default(),
        wrapping: Wrapping::None,
        heard: Heard::default(),
        warnings: Vec::new(),
        cut: None,
    }
}

/// Samples that are in the file, whole.
struct Collected {
    file_bytes: u64,
    pcm_frame_bytes: Option<u32>,
    found: Vec<Sample>,
    missing: u32,
}

impl Collected {
    fn new(file_bytes: u64, pcm_frame_bytes: Option<u32>) -> Self {
        Self {
            file_bytes,
            pcm_frame_bytes,
            found: Vec::new(),
            missing: 0,
        }
    }

    /// Takes a sample; false where no more is to be looked for.
    fn take(&mut self, mut sample: Sample) -> bool {
        let there = self.file_bytes.saturating_sub(sample.offset);
        if sample.bytes > there {
            self.missing += 1;
            // Of samples that are not coded, those that are there.
            let frame_bytes = u64::from(self.pcm_frame_bytes.unwrap_or(0));
            let frames = there.checked_div(frame_bytes).unwrap_or(0);
            if frames == 0 {
                return self.missing < MAX_MISSING;
            }
            sample.bytes = frames * frame_bytes;
            sample.ticks = frames as u32;
        }
        // As many samples as the file has bytes would be a table that makes no sense.
        if self.found.len() as u64 >= self.file_bytes {
            return false;
        }
        self.found.push(sample);
        true
    }
}

/// The track to play: of those that can be, the first that is enabled, or else the first.
fn choose(moov: &[u8]) -> Result<(Track<'_>, Vec<String>), MediaError> {
    let tracks = boxes(moov).filter(|found| found.kind == *b"trak");
    let mut tracks: Vec<Track<'_>> = tracks.filter_map(|trak| track(trak.content)).collect();
    let first = |test: &dyn Fn(&Track<'_>) -> bool| tracks.iter().position(test);
    let default = first(&|track| track.is_enabled).or_else(|| first(&|_| true));
    let playable = first(&|track| track.is_enabled && track.entry.is_ok())
        .or_else(|| first(&|track| track.entry.is_ok()));
    let default = default.ok_or(MediaError::NotAudio)?;
    let chosen = playable.unwrap_or(default);
    let mut warnings = Vec::new();
    if let (true, Err(name)) = (chosen != default, &tracks[default].entry) {
        warnings.push(format!(
            "its first track, {name}, is not supported: another one is played"
        ));
    }
    Ok((tracks.swap_remove(chosen), warnings))
}

/// A "trak", if it has sound.
fn track(trak: &[u8]) -> Option<Track<'_>> {
    let mut header = Fields(find(trak, b"tkhd")?);
    let flags = header.u32()?;
    header.skip(if flags >> 24 == 1 { 16 } else { 8 })?;
    let id = header.u32()?;
    let mdia = find(trak, b"mdia")?;
    if find(mdia, b"hdlr")?.get(8..12)? != b"soun" {
        return None;
    }
    let mut clock = Fields(find(mdia, b"mdhd")?);
    let version = clock.u32()? >> 24;
    clock.skip(if version == 1 { 16 } else { 8 })?;
    let clock_hz = clock.u32()?.max(1);
    let stbl = find_in(mdia, &[b"minf", b"stbl"])?;
    let stsd = find(stbl, b"stsd").unwrap_or_default();
    Some(Track {
        id,
        is_enabled: flags & 1 != 0,
        clock_hz,
        stbl,
        entry: entry::read(stsd),
    })
}

/// The frames of each sample. The tables have them where the track's clock is the codec's; else the
/// packets are asked, as is the last one, whose duration may have been shortened to the sound's end, and the first
/// of each duration: those that came out of a file with a coarser clock are not all what the packets hold.
fn index(
    samples: &[Sample],
    entry: &Entry,
    clock_hz: u32,
    window: &mut Window,
) -> Result<PacketIndex, MediaError> {
    let mut index = PacketIndex::default();
    let mut lengths = match entry.pcm_frame_bytes {
        Some(frame_bytes) => Lengths::Pcm { frame_bytes },
        None => Lengths::of(&entry.params)
            .ok_or_else(|| MediaError::Damaged("its codec's configuration is damaged".into()))?,
    };
    let by_clock = match lengths {
        Lengths::Opus { .. } => clock_hz == 48_000,
        Lengths::Flac | Lengths::Alac(_) => entry.params.sample_rate == Some(clock_hz),
        _ => false,
    };
    // All packets of a track are frames of one layer and rate.
    let is_alike = matches!(lengths, Lengths::Mpeg);
    let mut alike = None;
    let needs_no_head = matches!(
        lengths,
        Lengths::Fixed(_) | Lengths::Pcm { .. } | Lengths::Blocks(_)
    );
    let mut known_ticks = None;
    for (number, sample) in samples.iter().enumerate() {
        let is_last = number + 1 == samples.len();
        let frames = match alike {
            Some(frames) => frames,
            None if known_ticks == Some(sample.ticks) && !is_last => sample.ticks,
            None if needs_no_head => lengths.frames(&[], sample.bytes),
            None => lengths.frames(window.get(sample.offset, HEAD_BYTES)?, sample.bytes),
        };
        if by_clock && frames == sample.ticks {
            known_ticks = Some(frames);
        }
        if is_alike && frames > 0 {
            alike = Some(frames);
        }
        index.push(sample.offset, sample.bytes, frames);
    }
    Ok(index)
}

/// Frames of the last packet that are behind the end of the sound. Fragments have no other place to tell it than
/// that packet's duration, which is believed where those of the packets before it are right.
fn frames_behind_end(samples: &[Sample], index: &PacketIndex) -> u64 {
    let first = samples.len().saturating_sub(TOLD_PACKETS + 1);
    let (Some([before @ .., last]), true) = (samples.get(first..), index.len() == samples.len())
    else {
        return 0;
    };
    let frames_of = |number: usize| index.get(number).map_or(0, |place| u64::from(place.frames));
    // Ticks and frames of one packet tell those of all.
    let Some((ticks, frames)) = before
        .first()
        .map(|sample| (u64::from(sample.ticks), frames_of(first)))
        .filter(|(ticks, frames)| *ticks > 0 && *frames > 0)
    else {
        return 0;
    };
    let is_right = before
        .iter()
        .zip(first..)
        .all(|(sample, number)| u64::from(sample.ticks) * frames == ticks * frames_of(number));
    let heard = (u64::from(last.ticks) * frames + ticks / 2) / ticks;
    if is_right && heard > 0 {
        frames_of(samples.len() - 1).saturating_sub(heard)
    } else {
        0
    }
}

/// Ticks of packets at the start that only prepare the decoder, as the first one of Vorbis does: nothing
/// comes out of them, though the tables, and so the edit list, may count them.
fn silent_ticks(samples: &[Sample], index: &PacketIndex) -> u64 {
    let places = (0..index.len()).map_while(|number| index.get(number));
    let silent = samples
        .iter()
        .zip(places)
        .take_while(|(sample, place)| place.offset == sample.offset && place.frames == 0);
    silent.map(|(sample, _)| u64::from(sample.ticks)).sum()
}

/// The part that the edit list, or iTunes' comment, leaves.
fn heard(edit: Option<Edit>, silent_ticks: u64) -> Heard {
    let Some(edit) = edit else {
        return Heard::default();
    };
    let span = |ticks| Span {
        ticks,
        hz: edit.timescale_hz.into(),
    };
    Heard {
        delay: span(edit.start_ticks.saturating_sub(silent_ticks)),
        length: edit.length_ticks.map(span),
    }
}
