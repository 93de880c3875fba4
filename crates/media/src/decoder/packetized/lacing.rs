//! Blocks of Matroska (RFC 9559, section 10): the frames in each, of which there may be several.

use super::ebml::number;

/// Bytes of a block that are looked at for its head: 256 sizes of a few bytes each.
pub(super) const MAX_HEAD_BYTES: u64 = 2_048;

/// A block's head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) track: u64,
    /// Of each frame, where it begins in the block, and its bytes.
    pub(super) frames: Vec<(u64, u64)>,
}

impl Block {
    /// Reads the head of a block of `bytes`, which `head` begins with; `None` where it makes no sense.
    pub(super) fn read(head: &[u8], bytes: u64) -> Option<Self> {
        let (track, track_bytes) = number(head, false)?;
        let flags = *head.get(track_bytes + 2)?;
        let mut at = track_bytes + 3;
        let lacing = flags >> 1 & 0b11;
        let mut sizes = Vec::new();
        if lacing != 0 {
            let more = *head.get(at)?;
            at += 1;
            match lacing {
                1 => xiph(head, &mut at, more, &mut sizes)?,
                3 => ebml(head, &mut at, more, &mut sizes)?,
                _ => {
                    let each = bytes.checked_sub(at as u64)? / (u64::from(more) + 1);
                    sizes = vec![each; more.into()];
                }
            }
        }
        let laced: u64 = sizes.iter().sum();
        let last = bytes.checked_sub(at as u64)?.checked_sub(laced)?;
        sizes.push(last);
        let mut start = at as u64;
        let frames = sizes.into_iter().map(|size| {
            let frame = (start, size);
            start += size;
            frame
        });
        Some(Self {
            track,
            frames: frames.collect(),
        })
    }
}

/// Sizes as sums of bytes, each of which but the last is 255.
fn xiph(head: &[u8], at: &mut usize, count: u8, sizes: &mut Vec<u64>) -> Option<()> {
    for _ in 0..count {
        let mut size = 0;
        loop {
            let byte = *head.get(*at)?;
            *at += 1;
            size += u64::from(byte);
            if byte < u8::MAX {
                break;
            }
        }
        sizes.push(size);
    }
    Some(())
}

/// The first size, then differences.
fn ebml(head: &[u8], at: &mut usize, count: u8, sizes: &mut Vec<u64>) -> Option<()> {
    let mut size = 0_u64;
    for frame in 0..count {
        let (value, length) = number(head.get(*at..)?, false)?;
        *at += length;
        if frame == 0 {
            size = value;
        } else {
            // Signed by taking half of the range off.
            let half = (1_i64 << (7 * length - 1)) - 1;
            size = size.checked_add_signed(value.cast_signed() - half)?;
        }
        // No block is as large; so sums do not overflow.
        if size > u64::from(u32::MAX) {
            return None;
        }
        sizes.push(size);
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(head: &[u8], bytes: u64) -> Option<Vec<(u64, u64)>> {
        Block::read(head, bytes).map(|block| block.frames)
    }

    #[test]
    fn frames_are_told_apart() {
        assert_eq!(frames(&[0x81, 0, 0, 0x80], 104), Some(vec![(4, 100)]));
        // Fixed: three frames of 10.
        assert_eq!(
            frames(&[0x81, 0, 0, 0x04, 2], 35),
            Some(vec![(5, 10), (15, 10), (25, 10)])
        );
        // Xiph: 300, 7 and the rest.
        assert_eq!(
            frames(&[0x81, 0, 0, 0x02, 2, 255, 45, 7], 8 + 300 + 7 + 9),
            Some(vec![(8, 300), (308, 7), (315, 9)])
        );
        // RFC 9559, section 10.3.3: 800, 500 and 1000, written 0x4320, 0x5ED3.
        let ebml = [0x81, 0, 0, 0x06, 2, 0x43, 0x20, 0x5E, 0xD3];
        assert_eq!(
            frames(&ebml, 9 + 2_300),
            Some(vec![(9, 800), (809, 500), (1_309, 1_000)])
        );
    }

    #[test]
    fn blocks_that_make_no_sense_are_refused() {
        assert_eq!(frames(&[0x81, 0, 0, 0x02, 2, 255, 45, 7], 100), None);
        assert_eq!(frames(&[0x81, 0, 0, 0x02, 2, 255], 100), None);
        assert_eq!(frames(&[0x81, 0, 0, 0x06, 2, 0x01], 100), None);
        assert_eq!(frames(&[0x81], 1), None);
        assert_eq!(frames(&[], 0), None);
    }
}
