//! Writing bits, most significant first, and the two checksums of a FLAC frame.

/// Collects bits into bytes.
pub(super) struct BitWriter {
    bytes: Vec<u8>,
    pending: u64,
    pending_bits: u32,
}

impl BitWriter {
    /// An empty writer.
    pub(super) fn new() -> Self {
        Self {
            bytes: Vec::new(),
            pending: 0,
            pending_bits: 0,
        }
    }

    /// Appends the lowest `count` bits of `value`; `count` is at most 48.
    pub(super) fn push(&mut self, value: u64, count: u32) {
        debug_assert!(count <= 48);
        self.pending = (self.pending << count) | (value & ((1 << count) - 1));
        self.pending_bits += count;
        while self.pending_bits >= 8 {
            self.pending_bits -= 8;
            self.bytes.push((self.pending >> self.pending_bits) as u8);
        }
    }

    /// Appends a signed number in two's complement.
    pub(super) fn push_signed(&mut self, value: i64, count: u32) {
        self.push(value as u64, count);
    }

    /// Appends `zeros` zero bits and a one.
    pub(super) fn push_unary(&mut self, mut zeros: u32) {
        while zeros >= 32 {
            self.push(0, 32);
            zeros -= 32;
        }
        self.push(1, zeros + 1);
    }

    /// Fills the last byte with zero bits.
    pub(super) fn align(&mut self) {
        if self.pending_bits > 0 {
            self.push(0, 8 - self.pending_bits);
        }
    }

    /// The bytes so far; whole once aligned.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Fills the last byte and gives all bytes away.
    pub(super) fn into_bytes(mut self) -> Vec<u8> {
        self.align();
        self.bytes
    }
}

/// CRC-8 with polynomial 0x07, over a frame header.
pub(super) fn crc8(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |crc, &byte| {
        (0..8).fold(crc ^ byte, |crc: u8, _| {
            if crc & 0x80 == 0 {
                crc << 1
            } else {
                (crc << 1) ^ 0x07
            }
        })
    })
}

/// CRC-16 with polynomial 0x8005, over a whole frame.
pub(super) fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, &byte| {
        (0..8).fold(crc ^ (u16::from(byte) << 8), |crc: u16, _| {
            if crc & 0x8000 == 0 {
                crc << 1
            } else {
                (crc << 1) ^ 0x8005
            }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_come_out_in_order() {
        let mut bits = BitWriter::new();
        bits.push(0b101, 3);
        bits.push_unary(2);
        bits.push_signed(-1, 4);
        assert_eq!(bits.into_bytes(), [0b1010_0111, 0b1100_0000]);
    }

    #[test]
    fn checksums_match_the_catalogue() {
        // The check values of CRC-8/SMBUS and CRC-16/UMTS.
        assert_eq!(crc8(b"123456789"), 0xF4);
        assert_eq!(crc16(b"123456789"), 0xFEE8);
    }
}
