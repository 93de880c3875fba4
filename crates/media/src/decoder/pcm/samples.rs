//! How samples are written, and what they are as `f32`.

/// The form of one sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    /// Whole numbers of 1 to 4 bytes; those of one byte may be without sign.
    Integer {
        /// Bytes of a sample.
        bytes: usize,
        /// Whether the middle is half of the range instead of 0.
        is_unsigned: bool,
    },
    /// IEEE 754, 4 or 8 bytes.
    Float {
        /// Bytes of a sample.
        bytes: usize,
    },
    /// ITU-T G.711 for Europe.
    ALaw,
    /// ITU-T G.711 for North America and Japan.
    MuLaw,
}

impl Coding {
    pub(super) fn bytes(self) -> usize {
        match self {
            Self::Integer { bytes, .. } | Self::Float { bytes } => bytes,
            Self::ALaw | Self::MuLaw => 1,
        }
    }

    /// The name a listener knows.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Integer { .. } | Self::Float { .. } => "PCM",
            Self::ALaw => "A-law",
            Self::MuLaw => "µ-law",
        }
    }

    /// Bits that carry sound; the laws stand for 16-bit numbers.
    pub(super) fn bits(self) -> u32 {
        match self {
            Self::ALaw | Self::MuLaw => 16,
            Self::Integer { bytes, .. } | Self::Float { bytes } => bytes as u32 * 8,
        }
    }

    /// Replaces `samples` by those in `bytes`, each of [`Self::bytes`]; full scale is 1. Whole numbers of up
    /// to 24 bits come out exactly.
    pub(super) fn decode(self, bytes: &[u8], is_big_endian: bool, samples: &mut Vec<f32>) {
        samples.clear();
        match (self, is_big_endian) {
            (
                Self::Integer {
                    bytes: 1,
                    is_unsigned,
                },
                _,
            ) => {
                let middle = if is_unsigned { 0x80 } else { 0 };
                samples.extend(
                    bytes
                        .iter()
                        .map(|byte| f32::from((byte ^ middle) as i8) / 128.0),
                );
            }
            (Self::Integer { bytes: 2, .. }, false) => {
                each(bytes, samples, |b| i16(i16::from_le_bytes(b)));
            }
            (Self::Integer { bytes: 2, .. }, true) => {
                each(bytes, samples, |b| i16(i16::from_be_bytes(b)));
            }
            (Self::Integer { bytes: 3, .. }, false) => {
                each(bytes, samples, |[a, b, c]| {
                    i32(i32::from_le_bytes([0, a, b, c]))
                });
            }
            (Self::Integer { bytes: 3, .. }, true) => {
                each(bytes, samples, |[a, b, c]| {
                    i32(i32::from_be_bytes([a, b, c, 0]))
                });
            }
            (Self::Integer { .. }, false) => each(bytes, samples, |b| i32(i32::from_le_bytes(b))),
            (Self::Integer { .. }, true) => each(bytes, samples, |b| i32(i32::from_be_bytes(b))),
            (Self::Float { bytes: 8 }, false) => {
                each(bytes, samples, |b| f64::from_le_bytes(b) as f32);
            }
            (Self::Float { bytes: 8 }, true) => {
                each(bytes, samples, |b| f64::from_be_bytes(b) as f32);
            }
            (Self::Float { .. }, false) => each(bytes, samples, f32::from_le_bytes),
            (Self::Float { .. }, true) => each(bytes, samples, f32::from_be_bytes),
            (Self::ALaw, _) => samples.extend(bytes.iter().map(|byte| i16(from_a_law(*byte)))),
            (Self::MuLaw, _) => samples.extend(bytes.iter().map(|byte| i16(from_mu_law(*byte)))),
        }
    }
}

fn each<const N: usize>(bytes: &[u8], samples: &mut Vec<f32>, decode: impl Fn([u8; N]) -> f32) {
    samples.extend(bytes.as_chunks().0.iter().map(|bytes| decode(*bytes)));
}

fn i16(word: i16) -> f32 {
    f32::from(word) / 32_768.0
}

fn i32(word: i32) -> f32 {
    word as f32 / 2_147_483_648.0
}

/// ITU-T G.711, table 1: sign, three bits of exponent, four of mantissa, every other bit inverted.
fn from_a_law(byte: u8) -> i16 {
    let code = byte ^ 0x55;
    let (exponent, mantissa) = (i16::from(code >> 4 & 7), i16::from(code & 15));
    let size = match exponent {
        0 => mantissa << 4 | 8,
        _ => (mantissa << 4 | 0x108) << (exponent - 1),
    };
    if code & 0x80 != 0 { size } else { -size }
}

/// ITU-T G.711, table 2: all bits inverted, and steps that begin at 33/4.
fn from_mu_law(byte: u8) -> i16 {
    let code = !byte;
    let (exponent, mantissa) = (i16::from(code >> 4 & 7), i16::from(code & 15));
    let size = ((mantissa << 3 | 0x84) << exponent) - 0x84;
    if code & 0x80 != 0 { -size } else { size }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_laws_give_the_values_of_their_tables() {
        // ITU-T G.711: the ends of both tables, and the smallest steps, as 16-bit numbers.
        for (byte, value) in [
            (0xAA, 32_256),
            (0x2A, -32_256),
            (0xD5, 8),
            (0x55, -8),
            (0xD4, 24),
        ] {
            assert_eq!(from_a_law(byte), value, "{byte:#x}");
        }
        for (byte, value) in [
            (0x80, 32_124),
            (0x00, -32_124),
            (0xFF, 0),
            (0x7F, 0),
            (0xFE, 8),
        ] {
            assert_eq!(from_mu_law(byte), value, "{byte:#x}");
        }
    }
}
