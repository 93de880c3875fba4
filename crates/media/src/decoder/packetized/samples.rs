//! The tables of an MP4 track (ISO 14496-12, sections 8.6 and 8.7): where its packets are.

use super::mp4_boxes::{Fields, find};

/// Frames of samples that are not coded, to a packet.
const PCM_PACKET_FRAMES: u64 = 4_096;

/// A packet as the tables have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sample {
    pub(super) offset: u64,
    pub(super) bytes: u64,
    /// Its length in the track's ticks.
    pub(super) ticks: u32,
}

/// The tables of a track.
#[derive(Debug)]
pub(super) struct Tables<'a> {
    /// One size for all, or 0.
    size: u32,
    count: u64,
    sizes: Sizes<'a>,
    durations: &'a [u8],
    chunks: &'a [u8],
    offsets: &'a [u8],
    has_long_offsets: bool,
}

/// A table of sizes, of which each has so many bits.
#[derive(Debug, Clone, Copy)]
struct Sizes<'a> {
    table: &'a [u8],
    bits: usize,
}

impl Sizes<'_> {
    fn get(&self, number: u64) -> Option<u64> {
        let number = usize::try_from(number).ok()?;
        Some(match self.bits {
            4 => {
                let pair = *self.table.get(number / 2)?;
                u64::from(if number.is_multiple_of(2) {
                    pair >> 4
                } else {
                    pair & 15
                })
            }
            8 => u64::from(*self.table.get(number)?),
            16 => Fields(self.table.get(number * 2..)?).u16()?.into(),
            _ => Fields(self.table.get(number.checked_mul(4)?..)?)
                .u32()?
                .into(),
        })
    }
}

impl<'a> Tables<'a> {
    /// Those in the sample table `stbl`; `None` where one is missing.
    pub(super) fn read(stbl: &'a [u8]) -> Option<Self> {
        let (size, count, sizes) = match find(stbl, b"stsz") {
            Some(stsz) => {
                let mut fields = Fields(stsz.get(4..)?);
                let (size, count) = (fields.u32()?, fields.u32()?);
                let table = fields.0;
                (size, count, Sizes { table, bits: 32 })
            }
            None => {
                let mut fields = Fields(find(stbl, b"stz2")?.get(7..)?);
                let (bits, count) = (fields.u8()?, fields.u32()?);
                let table = fields.0;
                let bits = bits.into();
                (0, count, Sizes { table, bits })
            }
        };
        let (offsets, has_long_offsets) = match find(stbl, b"stco") {
            Some(stco) => (stco, false),
            None => (find(stbl, b"co64")?, true),
        };
        Some(Self {
            size,
            count: count.into(),
            sizes,
            durations: find(stbl, b"stts")?.get(8..)?,
            chunks: find(stbl, b"stsc")?.get(8..)?,
            offsets: offsets.get(8..)?,
            has_long_offsets,
        })
    }

    /// The length of all packets in the track's ticks, whether the file has them or not.
    pub(super) fn total_ticks(&self) -> u64 {
        let runs = self.durations.chunks_exact(8).filter_map(|run| {
            let mut fields = Fields(run);
            Some(u64::from(fields.u32()?) * u64::from(fields.u32()?))
        });
        runs.fold(0, u64::saturating_add)
    }

    /// Calls `each` for all packets in order, until it returns false. Samples that are not coded, of
    /// `pcm_frame_bytes` a frame, are taken together, as are those of a `block` of so many frames and bytes.
    pub(super) fn each(
        &self,
        pcm_frame_bytes: Option<u32>,
        block: Option<(u32, u32)>,
        mut each: impl FnMut(Sample) -> bool,
    ) {
        let mut durations = Durations::new(self.durations);
        // Some writers put several frames into a sample, as if they were coded.
        let has_table = self.size == 0 && !self.sizes.table.is_empty();
        let plain = pcm_frame_bytes.filter(|frame_bytes| self.size <= *frame_bytes);
        let plain = plain.map(|frame_bytes| (1, frame_bytes));
        // Where a sample is a frame, it has the size of a byte; else it is a block.
        let units = plain.or(block.filter(|_| self.size <= 1));
        let units = units.filter(|(frames, _)| !has_table && *frames > 0);
        let width = if self.has_long_offsets { 8 } else { 4 };
        let mut runs = self.chunks.chunks_exact(12).peekable();
        let (mut per_chunk, mut number) = (0, 0);
        for (chunk, offset) in (1_u32..).zip(self.offsets.chunks_exact(width)) {
            while let Some(run) = runs.peek() {
                let mut fields = Fields(run);
                let (Some(first), Some(samples)) = (fields.u32(), fields.u32()) else {
                    break;
                };
                if first > chunk {
                    break;
                }
                per_chunk = u64::from(samples);
                runs.next();
            }
            let mut offset = offset
                .iter()
                .fold(0, |value, byte| value << 8 | u64::from(*byte));
            let end = (number + per_chunk).min(self.count);
            if let Some((unit_frames, unit_bytes)) = units {
                let unit_frames = u64::from(unit_frames);
                let most = (PCM_PACKET_FRAMES / unit_frames).max(1) * unit_frames;
                let mut frames = end - number;
                number = end;
                while frames > 0 {
                    let taken = frames.min(most);
                    let bytes = taken.div_ceil(unit_frames) * u64::from(unit_bytes);
                    let ticks = taken as u32;
                    if !each(Sample {
                        offset,
                        bytes,
                        ticks,
                    }) {
                        return;
                    }
                    offset = offset.saturating_add(bytes);
                    frames -= taken;
                }
                continue;
            }
            while number < end {
                let bytes = match self.size {
                    0 => match self.sizes.get(number) {
                        Some(bytes) => bytes,
                        None => return,
                    },
                    size => size.into(),
                };
                let ticks = durations.next();
                if !each(Sample {
                    offset,
                    bytes,
                    ticks,
                }) {
                    return;
                }
                offset = offset.saturating_add(bytes);
                number += 1;
            }
        }
    }
}

/// The durations of samples, one after the other; the last one goes on where the table ends.
struct Durations<'a> {
    runs: std::slice::ChunksExact<'a, u8>,
    left: u32,
    ticks: u32,
}

impl<'a> Durations<'a> {
    fn new(table: &'a [u8]) -> Self {
        Self {
            runs: table.chunks_exact(8),
            left: 0,
            ticks: 0,
        }
    }

    fn next(&mut self) -> u32 {
        while self.left == 0 {
            let Some(run) = self.runs.next() else {
                return self.ticks;
            };
            let mut fields = Fields(run);
            self.left = fields.u32().unwrap_or(0);
            self.ticks = fields.u32().unwrap_or(0);
        }
        self.left -= 1;
        self.ticks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full_box(kind: &[u8; 4], numbers: &[u32]) -> Vec<u8> {
        let mut content = vec![0; 4];
        content.extend(numbers.iter().flat_map(|number| number.to_be_bytes()));
        let mut found = (content.len() as u32 + 8).to_be_bytes().to_vec();
        found.extend(kind);
        found.extend(content);
        found
    }

    fn samples(boxes: &[Vec<u8>], pcm: Option<u32>) -> Vec<(u64, u64, u32)> {
        let stbl = boxes.concat();
        let mut found = Vec::new();
        Tables::read(&stbl).unwrap().each(pcm, None, |sample| {
            found.push((sample.offset, sample.bytes, sample.ticks));
            true
        });
        found
    }

    #[test]
    fn tables_tell_where_packets_are() {
        let boxes = [
            full_box(b"stsz", &[0, 5, 10, 20, 30, 40, 50]),
            full_box(b"stts", &[2, 2, 1_024, 1, 100]),
            full_box(b"stsc", &[2, 1, 2, 1, 2, 1, 1]),
            full_box(b"stco", &[4, 1_000, 2_000, 3_000, 4_000]),
        ];
        let expected = [
            (1_000, 10, 1_024),
            (1_010, 20, 1_024),
            (2_000, 30, 100),
            (3_000, 40, 100),
            (4_000, 50, 100),
        ];
        assert_eq!(samples(&boxes, None), expected);
    }

    #[test]
    fn samples_that_are_not_coded_are_taken_together() {
        let boxes = [
            full_box(b"stsz", &[1, 5_000]),
            full_box(b"stts", &[1, 5_000, 1]),
            full_box(b"stsc", &[1, 1, 6_000, 1]),
            full_box(b"stco", &[1, 100]),
        ];
        let expected = [(100, 16_384, 4_096), (16_484, 3_616, 904)];
        assert_eq!(samples(&boxes, Some(4)), expected);
    }
}
