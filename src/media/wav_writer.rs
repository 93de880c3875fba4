//! Writing WAVE files, of any length.

use crate::dsp::dither::TpdfDither;
use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::Path;

/// How samples are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SampleWidth {
    /// 16-bit integers.
    Int16,
    /// 24-bit integers.
    Int24,
    /// 32-bit floating point.
    Float32,
}

impl SampleWidth {
    fn bytes(self) -> u16 {
        match self {
            Self::Int16 => 2,
            Self::Int24 => 3,
            Self::Float32 => 4,
        }
    }
}

/// Bytes of everything in front of the samples: RIFF, a `JUNK` that becomes `ds64` in a file beyond
/// 4 GiB (EBU Tech 3306, RF64), an extensible `fmt `, and the head of `data`.
const HEADER_BYTES: u64 = 12 + 36 + 48 + 8;

/// A WAVE file being written; files beyond 4 GiB become RF64.
pub struct WavWriter {
    file: BufWriter<File>,
    width: SampleWidth,
    channels: u16,
    sample_rate_hz: u32,
    data_bytes: u64,
    dither: Option<TpdfDither>,
}

impl WavWriter {
    /// Creates the file at `path`, replacing one that is there.
    ///
    /// # Errors
    /// When the file cannot be created or written.
    pub fn create(
        path: &Path,
        sample_rate_hz: u32,
        channels: u16,
        width: SampleWidth,
    ) -> io::Result<Self> {
        let mut this = Self {
            file: BufWriter::with_capacity(1 << 16, File::create(path)?),
            width,
            channels,
            sample_rate_hz,
            data_bytes: 0,
            dither: None,
        };
        this.write_header()?;
        Ok(this)
    }

    /// From now on integer samples are dithered: for sound whose words are getting shorter.
    pub fn set_dither(&mut self, on: bool) {
        self.dither = on.then(TpdfDither::new);
    }

    /// Appends interleaved samples; what is beyond full scale is clipped in integer widths.
    ///
    /// # Errors
    /// When the disk will not take it.
    pub fn write(&mut self, samples: &[f32]) -> io::Result<()> {
        for &sample in samples {
            match self.width {
                SampleWidth::Float32 => self.file.write_all(&sample.to_le_bytes())?,
                SampleWidth::Int16 => {
                    let value = quantize(sample, 15, self.dither.as_mut());
                    self.file.write_all(&(value as i16).to_le_bytes())?;
                }
                SampleWidth::Int24 => {
                    let value = quantize(sample, 23, self.dither.as_mut());
                    self.file.write_all(&value.to_le_bytes()[..3])?;
                }
            }
        }
        self.data_bytes += samples.len() as u64 * u64::from(self.width.bytes());
        Ok(())
    }

    /// Completes the header and the file.
    ///
    /// # Errors
    /// When the disk will not take it.
    pub fn finish(mut self) -> io::Result<()> {
        if !self.data_bytes.is_multiple_of(2) {
            self.file.write_all(&[0])?;
        }
        self.file.seek(SeekFrom::Start(0))?;
        self.write_header()?;
        self.file.flush()
    }

    fn write_header(&mut self) -> io::Result<()> {
        let riff_bytes = HEADER_BYTES - 8 + self.data_bytes + self.data_bytes % 2;
        let is_large = riff_bytes > u64::from(u32::MAX);
        let short = |bytes: u64| u32::try_from(bytes).unwrap_or(u32::MAX).to_le_bytes();
        let frame_bytes = self.channels * self.width.bytes();
        let frames = self.data_bytes / u64::from(frame_bytes);
        let mut h = Vec::with_capacity(HEADER_BYTES as usize);
        h.extend(if is_large { b"RF64" } else { b"RIFF" });
        h.extend(short(riff_bytes));
        h.extend(b"WAVE");
        h.extend(if is_large { b"ds64" } else { b"JUNK" });
        h.extend(28_u32.to_le_bytes());
        let sizes = if is_large {
            [riff_bytes, self.data_bytes, frames]
        } else {
            [0; 3]
        };
        sizes.iter().for_each(|size| h.extend(size.to_le_bytes()));
        h.extend(0_u32.to_le_bytes());
        h.extend(b"fmt ");
        h.extend(40_u32.to_le_bytes());
        h.extend(0xFFFE_u16.to_le_bytes());
        h.extend(self.channels.to_le_bytes());
        h.extend(self.sample_rate_hz.to_le_bytes());
        h.extend((self.sample_rate_hz * u32::from(frame_bytes)).to_le_bytes());
        h.extend(frame_bytes.to_le_bytes());
        h.extend((self.width.bytes() * 8).to_le_bytes());
        h.extend(22_u16.to_le_bytes());
        h.extend((self.width.bytes() * 8).to_le_bytes());
        h.extend(speaker_mask(self.channels).to_le_bytes());
        let format: u16 = if self.width == SampleWidth::Float32 {
            3
        } else {
            1
        };
        h.extend(format.to_le_bytes());
        // The rest of the KSDATAFORMAT_SUBTYPE GUIDs of PCM and IEEE float.
        h.extend([0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]);
        h.extend(b"data");
        h.extend(short(self.data_bytes));
        debug_assert_eq!(h.len() as u64, HEADER_BYTES);
        self.file.write_all(&h)
    }
}

fn speaker_mask(channels: u16) -> u32 {
    match channels {
        1 => 0x4,
        2 => 0x3,
        3 => 0x7,
        4 => 0x33,
        5 => 0x37,
        6 => 0x3F,
        7 => 0x13F,
        8 => 0x63F,
        _ => 0,
    }
}

/// The nearest integer word of `1 + bits` bits.
fn quantize(sample: f32, bits: u32, dither: Option<&mut TpdfDither>) -> i32 {
    let full = f64::from(1_u32 << bits);
    let noise = dither.map_or(0.0, TpdfDither::next_lsb);
    // NaN becomes silence by the cast.
    (f64::from(sample) * full + noise)
        .round_ties_even()
        .clamp(-full, full - 1.0) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantizing_is_exact_and_clips() {
        for value in [-32_768, -32_767, -1, 0, 1, 12_345, 32_767] {
            assert_eq!(quantize(value as f32 / 32_768.0, 15, None), value);
        }
        for value in [-8_388_608, -1, 1, 8_388_607] {
            assert_eq!(quantize(value as f32 / 8_388_608.0, 23, None), value);
        }
        assert_eq!(quantize(1.0, 15, None), 32_767);
        assert_eq!(quantize(-9.0, 15, None), -32_768);
        assert_eq!(quantize(f32::NAN, 15, None), 0);
    }
}
