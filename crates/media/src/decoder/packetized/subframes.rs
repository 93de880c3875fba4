//! Several access units in one LOAS frame (ISO 14496-3, section 1.7.3): `rusty_aac` gives the first only.

/// First bytes of a frame that tell how many there are.
pub(super) const HEAD_BYTES: u64 = 12;
/// Bits of the sync word and the length.
const LOAS_BITS: usize = 24;
/// The largest description that stands before the first unit: bits.
const MAX_CONFIG_BITS: usize = 1 << 13;

/// How many units there are in a frame, as the last description of the stream said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Subframes {
    /// Behind the first one.
    more: u32,
}

impl Subframes {
    /// The units in the frame that begins with `head`.
    pub(super) fn count(&mut self, head: &[u8]) -> u32 {
        if let Some(more) = said(head) {
            self.more = more;
        }
        self.more + 1
    }

    /// The units of `frame` behind the `first` one.
    pub(super) fn behind(&mut self, frame: &[u8], first: &[u8]) -> Vec<Vec<u8>> {
        let wanted = self.count(frame) as usize - 1;
        let mut found = Vec::new();
        if wanted == 0 {
            return found;
        }
        // The description in front has no length: the first unit is known, and tells where it stands.
        let last_start = (frame.len() * 8).min(LOAS_BITS + MAX_CONFIG_BITS);
        let end = (LOAS_BITS..last_start).find_map(|at| {
            let mut bits = Bits { bytes: frame, at };
            let is_it = bits.length()? == first.len() && bits.begins_with(first);
            is_it.then_some(bits.at + first.len() * 8)
        });
        let Some(at) = end else {
            return found;
        };
        let mut bits = Bits { bytes: frame, at };
        while found.len() < wanted {
            let Some(unit) = bits.length().and_then(|count| bits.unit(count)) else {
                break;
            };
            found.push(unit);
        }
        found
    }
}

/// The units behind the first one, if this frame describes the stream.
fn said(frame: &[u8]) -> Option<u32> {
    let mut bits = Bits {
        bytes: frame,
        at: LOAS_BITS,
    };
    if bits.take(1)? == 1 {
        return None;
    }
    if bits.take(1)? == 1 {
        bits.take(1)?;
        let bytes = bits.take(2)? + 1;
        bits.at += bytes as usize * 8;
    }
    bits.take(1)?;
    bits.take(6)
}

/// Bits from the highest down.
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn take(&mut self, count: u32) -> Option<u32> {
        let mut value = 0;
        for _ in 0..count {
            let byte = *self.bytes.get(self.at / 8)?;
            value = value << 1 | u32::from(byte >> (7 - self.at % 8) & 1);
            self.at += 1;
        }
        Some(value)
    }

    /// The byte that begins at the bit `at`.
    fn byte(&self, at: usize) -> Option<u8> {
        let first = u16::from(*self.bytes.get(at / 8)?);
        let shift = at % 8;
        if shift == 0 {
            return Some(first as u8);
        }
        let second = u16::from(*self.bytes.get(at / 8 + 1)?);
        Some(((first << 8 | second) >> (8 - shift)) as u8)
    }

    /// The bytes of the unit that comes next: a sum, of which all numbers but the last are 255.
    fn length(&mut self) -> Option<usize> {
        let mut length = 0;
        loop {
            let byte = self.byte(self.at)?;
            self.at += 8;
            length += usize::from(byte);
            if byte < u8::MAX {
                return Some(length);
            }
        }
    }

    fn begins_with(&self, unit: &[u8]) -> bool {
        let there = (self.bytes.len() * 8).saturating_sub(self.at) / 8;
        let mut unit = unit.iter().enumerate();
        unit.len() <= there && unit.all(|(n, byte)| self.byte(self.at + n * 8) == Some(*byte))
    }

    fn unit(&mut self, count: usize) -> Option<Vec<u8>> {
        let there = (self.bytes.len() * 8).saturating_sub(self.at) / 8;
        if count > there {
            return None;
        }
        let at = self.at;
        self.at += count * 8;
        (0..count).map(|n| self.byte(at + n * 8)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A frame with these bits behind its length.
    fn frame(fields: &[(u32, u32)]) -> Vec<u8> {
        let mut bits = vec![false; LOAS_BITS];
        for (value, count) in fields {
            bits.extend((0..*count).rev().map(|bit| value >> bit & 1 != 0));
        }
        let byte = |bits: &[bool]| {
            let bits = bits.iter().enumerate();
            bits.fold(0, |byte, (n, bit)| byte | u8::from(*bit) << (7 - n))
        };
        bits.chunks(8).map(byte).collect()
    }

    #[test]
    fn units_are_found_behind_the_first() {
        let mut subframes = Subframes::default();
        // Described, version 0, two more; then what describes the codec, and the units.
        let mut fields = vec![(0, 1), (0, 1), (1, 1), (2, 6), (0x1_2345, 19)];
        for unit in [&[1, 2, 3][..], &[4; 300], &[]] {
            if unit.len() >= 255 {
                fields.push((255, 8));
            }
            fields.push((unit.len() as u32 % 255, 8));
            fields.extend(unit.iter().map(|byte| (*byte, 8)));
        }
        let found = subframes.behind(&frame(&fields), &[1, 2, 3]);
        assert_eq!(found, [vec![4; 300], vec![]]);
        // The next frame is as the one before.
        let same = [(1, 1), (1, 8), (9, 8), (1, 8), (8, 8), (1, 8), (7, 8)];
        assert_eq!(subframes.behind(&frame(&same), &[9]), [[8], [7]]);
        assert_eq!(subframes.count(&frame(&same)), 3);
        // Version 1, with a number of two bytes in front.
        let described = frame(&[(0, 1), (1, 1), (0, 1), (1, 2), (0xFFFF, 16), (1, 1), (1, 6)]);
        assert_eq!(subframes.count(&described), 2);
        assert_eq!(subframes.behind(&described, &[9]), Vec::<Vec<u8>>::new());
    }
}
