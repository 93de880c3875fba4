//! Movie fragments (ISO 14496-12, section 8.8): packets of a file that was written as it was recorded, or
//! is to be played as it arrives.

use super::mp4_boxes::{Fields, boxes, find};
use super::samples::Sample;

/// Samples of one fragment; more would be no fragment.
const MAX_SAMPLES: u32 = 1 << 20;

/// The flag of a fragment without samples.
const DURATION_IS_EMPTY: u32 = 0x01_0000;

/// What holds for all fragments of a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fragments {
    track: u32,
    default_ticks: u32,
    default_bytes: u32,
}

impl Fragments {
    /// For the track of that number; where the index says nothing of fragments, their own words hold.
    pub(super) fn of(moov: &[u8], track: u32) -> Self {
        let mvex = find(moov, b"mvex").unwrap_or_default();
        let mut fragments = Self {
            track,
            default_ticks: 0,
            default_bytes: 0,
        };
        for trex in boxes(mvex).filter(|found| found.kind == *b"trex") {
            let mut fields = Fields(trex.content);
            let mut defaults = || {
                fields.skip(4)?;
                let id = fields.u32()?;
                fields.skip(4)?;
                Some((id, fields.u32()?, fields.u32()?))
            };
            if let Some((id, ticks, bytes)) = defaults()
                && id == track
            {
                (fragments.default_ticks, fragments.default_bytes) = (ticks, bytes);
            }
        }
        fragments
    }

    /// Calls `each` for the samples of a "moof" that begins at `at`; false as soon as that returns it.
    /// Samples of `pcm_frame_bytes` are frames.
    pub(super) fn each(
        &self,
        moof: &[u8],
        at: u64,
        pcm_frame_bytes: Option<u32>,
        mut each: impl FnMut(Sample) -> bool,
    ) -> bool {
        let Some(moof) = boxes(moof).next() else {
            return true;
        };
        for traf in boxes(moof.content).filter(|found| found.kind == *b"traf") {
            let Some(mut run) = find(traf.content, b"tfhd").and_then(|tfhd| self.header(tfhd, at))
            else {
                continue;
            };
            for trun in boxes(traf.content).filter(|found| found.kind == *b"trun") {
                match run.samples(trun.content, pcm_frame_bytes, &mut each) {
                    Some(true) => {}
                    Some(false) => return false,
                    None => break,
                }
            }
        }
        true
    }

    /// The header of a track's fragment; `None` for another track.
    fn header(&self, tfhd: &[u8], at: u64) -> Option<Run> {
        let mut fields = Fields(tfhd);
        let flags = fields.u32()?;
        if fields.u32()? != self.track {
            return None;
        }
        let base = if flags & 1 != 0 { fields.u64()? } else { at };
        if flags & 2 != 0 {
            fields.skip(4)?;
        }
        let mut run = Run {
            base,
            next: base,
            ticks: self.default_ticks,
            bytes: self.default_bytes,
        };
        if flags & 8 != 0 {
            run.ticks = fields.u32()?;
        }
        if flags & 0x10 != 0 {
            run.bytes = fields.u32()?;
        }
        Some(run)
    }
}

/// Whether boxes are missing in a "moof", so that it does not lead to all of its sound.
pub(super) fn is_damaged(moof: &[u8]) -> bool {
    let Some(moof) = boxes(moof).next() else {
        return true;
    };
    let mut tracks = boxes(moof.content)
        .filter(|found| found.kind == *b"traf")
        .peekable();
    tracks.peek().is_none()
        || tracks.any(|traf| {
            let flags = find(traf.content, b"tfhd").and_then(|tfhd| Fields(tfhd).u32());
            let is_empty = flags.is_some_and(|flags| flags & DURATION_IS_EMPTY != 0);
            flags.is_none() || !is_empty && find(traf.content, b"trun").is_none()
        })
}

/// Where the samples of a fragment's runs are.
struct Run {
    base: u64,
    next: u64,
    ticks: u32,
    bytes: u32,
}

impl Run {
    fn samples(
        &mut self,
        trun: &[u8],
        pcm_frame_bytes: Option<u32>,
        each: &mut impl FnMut(Sample) -> bool,
    ) -> Option<bool> {
        let mut fields = Fields(trun);
        let flags = fields.u32()?;
        let count = fields.u32()?.min(MAX_SAMPLES);
        if flags & 1 != 0 {
            let relative = i64::from(fields.u32()?.cast_signed());
            self.next = self.base.checked_add_signed(relative)?;
        }
        if flags & 4 != 0 {
            fields.skip(4)?;
        }
        // Samples of one size that are not coded are taken together.
        if let (Some(frame_bytes), 0) = (pcm_frame_bytes, flags & 0x300) {
            let each_bytes = if self.bytes > 0 {
                self.bytes
            } else {
                frame_bytes
            };
            let bytes = u64::from(count) * u64::from(each_bytes);
            let sample = Sample {
                offset: self.next,
                bytes,
                ticks: count,
            };
            self.next = self.next.saturating_add(bytes);
            return Some(each(sample));
        }
        for _ in 0..count {
            let ticks = if flags & 0x100 != 0 {
                fields.u32()?
            } else {
                self.ticks
            };
            let bytes = u64::from(if flags & 0x200 != 0 {
                fields.u32()?
            } else {
                self.bytes
            });
            for flag in [0x400, 0x800] {
                if flags & flag != 0 {
                    fields.skip(4)?;
                }
            }
            let sample = Sample {
                offset: self.next,
                bytes,
                ticks,
            };
            if !each(sample) {
                return Some(false);
            }
            self.next = self.next.saturating_add(bytes);
        }
        Some(true)
    }
}
