//! A stream of bits, lowest first.

/// Reads from a byte slice; behind its end come ones, which no code word is made of.
#[derive(Debug, Clone)]
pub(crate) struct BitReader<'a> {
    rest: &'a [u8],
    /// Bits not yet taken, the next lowest. Those above `held` are what `rest` begins with, or zeros.
    window: u64,
    held: u32,
}

impl<'a> BitReader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self {
            rest: bytes,
            window: 0,
            held: 0,
        }
    }

    /// Makes at least 56 bits ready.
    #[inline]
    fn refill(&mut self) {
        if let Some(next) = self.rest.first_chunk::<8>() {
            self.window |= u64::from_le_bytes(*next) << self.held;
            let taken = (63 - self.held) / 8;
            self.rest = &self.rest[taken as usize..];
            self.held += taken * 8;
        } else {
            while self.held < 56 {
                let next = match self.rest.split_first() {
                    Some((next, rest)) => {
                        self.rest = rest;
                        *next
                    }
                    None => u8::MAX,
                };
                self.window |= u64::from(next) << self.held;
                self.held += 8;
            }
        }
    }

    #[inline]
    fn skip(&mut self, count: u32) {
        self.window >>= count;
        self.held -= count;
    }

    /// The next `count` bits, at most 32.
    #[inline]
    pub(crate) fn bits(&mut self, count: u32) -> u32 {
        if self.held < count {
            self.refill();
        }
        let value = self.window & ((1 << count) - 1);
        self.skip(count);
        value as u32
    }

    #[inline]
    pub(crate) fn bit(&mut self) -> bool {
        self.bits(1) == 1
    }

    /// The number of ones before the next zero, both taken; `None` when there are more than `most`,
    /// which is at most 32.
    #[inline]
    pub(crate) fn ones(&mut self, most: u32) -> Option<u32> {
        if self.held <= most {
            self.refill();
        }
        let count = self.window.trailing_ones();
        if count > most {
            return None;
        }
        self.skip(count + 1);
        Some(count)
    }

    /// A number whose bit length is told in ones: 0, 1, or that many bits with the topmost left out.
    pub(crate) fn counted(&mut self) -> Option<u32> {
        let length = self.ones(32)?;
        Some(match length {
            0 | 1 => length,
            _ => self.bits(length - 1) | 1 << (length - 1),
        })
    }

    /// A number from 0 to `most`, all about as likely, in as few bits as it takes.
    #[inline]
    pub(crate) fn up_to(&mut self, most: u32) -> u32 {
        let Some(bits) = most.checked_ilog2() else {
            return 0;
        };
        // Below `short` one bit less is enough.
        let short = ((2_u64 << bits) - u64::from(most) - 1) as u32;
        let value = self.bits(bits);
        if value < short {
            value
        } else {
            (value << 1).wrapping_sub(short) + u32::from(self.bit())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_come_lowest_first_and_ones_behind_the_end() {
        let bytes: Vec<u8> = (0..=20).collect();
        let mut reader = BitReader::new(&bytes);
        assert_eq!(reader.bits(12), 0x100);
        assert_eq!(reader.bits(32), 0x5040_3020);
        let mut reader = BitReader::new(&bytes);
        for byte in &bytes {
            assert_eq!(reader.bits(8), u32::from(*byte));
        }
        assert_eq!(reader.bits(32), u32::MAX);
        assert_eq!(reader.ones(32), None);
    }

    #[test]
    fn ones_are_counted_to_the_next_zero() {
        let mut reader = BitReader::new(&[0b0110_1011, 0xFF, 0xFF, 0b1]);
        assert_eq!(reader.ones(16), Some(2));
        assert_eq!(reader.ones(16), Some(1));
        assert_eq!(reader.ones(1), None);
        assert_eq!(reader.ones(2), Some(2));
        assert_eq!(reader.ones(17), Some(17));
    }

    #[test]
    fn numbers_take_no_more_bits_than_needed() {
        // Up to 4: 0, 1 and 2 in two bits, 3 and 4 in three.
        let mut reader = BitReader::new(&[0b0111_1001, 0b10]);
        assert_eq!([reader.up_to(4), reader.up_to(4)], [1, 2]);
        assert_eq!(reader.up_to(4), 4);
        assert_eq!(reader.up_to(4), 0);
        assert_eq!(reader.up_to(0), 0);
        assert_eq!(reader.up_to(1), 1);
        // Three ones: three bits, of which the lower two follow.
        let mut reader = BitReader::new(&[0b0010_0111]);
        assert_eq!(reader.counted(), Some(0b110));
    }
}
