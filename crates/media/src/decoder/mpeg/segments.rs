//! Runs of frames that one decoder decodes: a file has one, unless files were joined.

use super::header::FrameHeader;
use super::info::InfoFrame;
use super::walk::FrameWalker;
use crate::error::MediaError;
use crate::track_bytes::TrackBytes;

/// Runs looked for; more are left out.
const MAX_SEGMENTS: usize = 4_096;
/// Bytes of tags that may lie behind the end of the frames by their header, for the header to be believed.
const TAIL_BYTES: u64 = 4_096;

/// So many times more frames than a file's bytes make likely are not believed to have been there.
const MAX_TIMES: u128 = 4;

/// A run of frames.
#[derive(Debug, Clone)]
pub(super) struct Segment {
    /// Head of the first frame with sound.
    pub(super) header: FrameHeader,
    /// Where that begins.
    pub(super) start: u64,
    /// Where the last one ends; `None` for the end of the file.
    pub(super) end: Option<u64>,
    /// What the frame in front says.
    pub(super) info: Option<InfoFrame>,
    /// Frames with sound, where they have been counted.
    pub(super) mpeg_frames: Option<u64>,
    /// Whether they were counted one by one.
    is_counted: bool,
    /// Bytes from the first to the last of these.
    found_bytes: u64,
    /// Whether the file ends within a frame.
    is_cut: bool,
}

impl Segment {
    fn begin(start: u64, header: FrameHeader, info: Option<InfoFrame>) -> Self {
        Self {
            header,
            start,
            end: None,
            info,
            mpeg_frames: None,
            is_counted: false,
            found_bytes: 0,
            is_cut: false,
        }
    }

    /// Frames of sound to leave out in front.
    pub(super) fn delay_frames(&self) -> u64 {
        self.info.map_or(0, |info| info.delay_frames)
    }

    /// Frames of sound to leave out behind: none where there are more or fewer frames than are declared.
    pub(super) fn padding_frames(&self) -> u64 {
        let Some(InfoFrame {
            mpeg_frames: Some(declared),
            padding_frames,
            ..
        }) = self.info
        else {
            return 0;
        };
        let is_right = self
            .mpeg_frames
            .is_none_or(|found| declared.abs_diff(found) <= 1 && found <= declared);
        if is_right { padding_frames } else { 0 }
    }

    /// Frames of sound that are heard, as far as is known.
    pub(super) fn heard_frames(&self) -> u64 {
        let all = self.mpeg_frames.unwrap_or(0) * self.header.frames();
        all.saturating_sub(self.delay_frames() + self.padding_frames())
    }

    /// The frame of sound behind the last one that is heard, if that lies in or before the MPEG frame `number`
    /// (counted from 1); `has_more` says whether another follows that.
    pub(super) fn last_frame(&self, number: u64, has_more: bool) -> Option<u64> {
        let per_frame = self.header.frames();
        if self.is_counted {
            let all = self.mpeg_frames? * per_frame;
            return Some(all.saturating_sub(self.padding_frames()));
        }
        // Padding of more than a frame is rare, and then begins before the last one.
        let declared = self.info.and_then(|info| info.mpeg_frames)?;
        let padding = self.padding_frames();
        let is_end = number == declared && !has_more;
        let is_near =
            number < declared && number + padding.div_ceil(per_frame) > declared && has_more;
        (is_end || is_near).then(|| (declared * per_frame).saturating_sub(padding))
    }

    /// Whether `found` frames are as many as are declared.
    pub(super) fn is_whole(&self, found: u64) -> bool {
        self.info
            .and_then(|info| info.mpeg_frames)
            .is_some_and(|declared| found >= declared)
    }

    /// Whether the file could hold about as many frames as are declared, if all bytes were there that are declared.
    fn may_lack_frames(&self, declared: u64, found: u64) -> bool {
        let bytes = self
            .info
            .and_then(|info| info.bytes)
            .filter(|bytes| *bytes > 0);
        let Some(bytes) = bytes.filter(|_| self.found_bytes > 0) else {
            return true;
        };
        let all_bytes = u128::from(bytes.max(self.found_bytes));
        let expected = u128::from(found) * all_bytes / u128::from(self.found_bytes);
        u128::from(declared) <= MAX_TIMES * expected
    }

    /// What is wrong with it.
    pub(super) fn warning(&self) -> Option<String> {
        let per_frame = self.header.frames();
        let declared = self.info.and_then(|info| info.mpeg_frames);
        match (declared, self.mpeg_frames) {
            // Some encoders count the frame that holds the count.
            (Some(declared), Some(found))
                if self.may_lack_frames(declared, found)
                    && (found + 1 < declared || self.is_cut && found < declared) =>
            {
                Some(
                    MediaError::Truncated {
                        declared: declared * per_frame,
                        found: found * per_frame,
                    }
                    .to_string(),
                )
            }
            _ if self.is_cut => Some("cut short: its last frame is incomplete".into()),
            _ => None,
        }
    }
}

/// The run that begins first, its frames counted by its header at best.
///
/// # Errors
/// When the file cannot be read, or has no frame.
pub(super) fn first_segment(bytes: &TrackBytes) -> Result<Segment, MediaError> {
    let mut walker = FrameWalker::new(bytes.reopen()?, 0);
    let (at, header) = walker.next()?.ok_or(MediaError::NotAudio)?;
    let info = InfoFrame::parse(&header, walker.frame(at, &header)?);
    let (start, header) = match info {
        Some(info) => match walker.next()? {
            Some(next) => next,
            None if info.mpeg_frames.is_some() => {
                return Err(MediaError::Damaged(
                    "it is cut short before its sound begins".into(),
                ));
            }
            None => (at + header.bytes, header),
        },
        None => (at, header),
    };
    let mut segment = Segment::begin(start, header, info);
    match bytes.len() {
        None => segment.mpeg_frames = info.and_then(|info| info.mpeg_frames),
        Some(all) => {
            let declared = info.and_then(|info| Some((info.mpeg_frames?, at + info.bytes?)));
            // A header that agrees with the file's size is believed, so that the frames need not be counted.
            if let Some((declared, end)) = declared
                && end <= all
                && all.saturating_sub(end) <= TAIL_BYTES
                && agrees_with_bit_rate(&mut walker, start, declared, end)?
            {
                segment.mpeg_frames = Some(declared);
            }
        }
    }
    Ok(segment)
}

/// Whether `declared` frames up to `end` would be about as long as the first ones of the run.
fn agrees_with_bit_rate(
    walker: &mut FrameWalker,
    start: u64,
    declared: u64,
    end: u64,
) -> Result<bool, MediaError> {
    walker.go_to(start);
    let (mut bytes, mut count) = (0, 0);
    while count < 8
        && let Some((_, header)) = walker.next()?
    {
        bytes += header.bytes;
        count += 1;
    }
    let by_size = (end.saturating_sub(start) * count)
        .checked_div(bytes)
        .unwrap_or(declared);
    Ok(by_size.abs_diff(declared) <= 2 + declared / 4)
}

/// All runs of a file. Of a pipe only the first is looked for: its end is not in sight.
///
/// # Errors
/// As [`first_segment`].
pub(super) fn segments(bytes: &TrackBytes) -> Result<Vec<Segment>, MediaError> {
    let first = first_segment(bytes)?;
    if bytes.len().is_none() || first.mpeg_frames.is_some() {
        return Ok(vec![first]);
    }
    let mut walker = FrameWalker::new(bytes.reopen()?, 0);
    let mut found: Vec<Segment> = Vec::new();
    let mut count = 0;
    let mut end = 0;
    // The frame that counts those of a run stands in front of it.
    let mut pending = None;
    while let Some((at, header)) = walker.next()? {
        let info = InfoFrame::parse(&header, walker.frame(at, &header)?);
        if let Some(info) = info {
            pending = Some(info);
            continue;
        }
        let is_new = found.last().is_none_or(|last| !last.header.fits(&header));
        if is_new || pending.is_some() {
            close(&mut found, count, end);
            if found.len() == MAX_SEGMENTS {
                break;
            }
            found.push(Segment::begin(at, header, pending.take()));
            count = 0;
        }
        count += 1;
        end = at + header.bytes;
    }
    close(&mut found, count, end);
    if let Some(last) = found.last_mut() {
        last.is_cut = walker.is_cut();
        last.end = None;
    }
    match found.is_empty() {
        true => Ok(vec![first]),
        false => Ok(found),
    }
}

fn close(found: &mut [Segment], count: u64, end: u64) {
    if let Some(last) = found.last_mut() {
        last.end = Some(end);
        last.mpeg_frames = Some(count);
        last.is_counted = true;
        last.found_bytes = end.saturating_sub(last.start);
    }
}
