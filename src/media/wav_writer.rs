//! Writing WAVE files, of any length.

use crate::dsp::dither::TpdfDither;
use crate::dsp::simd::AudioOptimizer;
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
    optimizer: AudioOptimizer,
}

/// Samples that are encoded at a time.
const PIECE_SAMPLES: usize = 2048;

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
            optimizer: AudioOptimizer::detected(),
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
        for piece in samples.chunks(PIECE_SAMPLES) {
            let mut bytes = [0; 4 * PIECE_SAMPLES];
            let bytes = &mut bytes[..piece.len() * usize::from(self.width.bytes())];
            self.encode(piece, bytes);
            self.file.write_all(bytes)?;
        }
        self.data_bytes += samples.len() as u64 * u64::from(self.width.bytes());
        Ok(())
    }

    fn encode(&mut self, samples: &[f32], bytes: &mut [u8]) {
        match (self.width, &mut self.dither) {
            (SampleWidth::Float32, _) => {
                for (bytes, sample) in bytes.as_chunks_mut().0.iter_mut().zip(samples) {
                    *bytes = sample.to_le_bytes();
                }
            }
            (SampleWidth::Int16, dither) => {
                let mut words = [0; PIECE_SAMPLES];
                match dither {
                    Some(dither) => self.optimizer.to_i16_tpdf(samples, &mut words, dither),
                    None => self.optimizer.to_i16(samples, &mut words),
                }
                for (bytes, word) in bytes.as_chunks_mut().0.iter_mut().zip(words) {
                    *bytes = word.to_le_bytes();
                }
            }
            (SampleWidth::Int24, None) => self.optimizer.to_i24(samples, bytes),
            (SampleWidth::Int24, Some(dither)) => {
                // In f64: beside a sample at full scale, f32 has no room for the noise.
                let mut noise = [0.0; PIECE_SAMPLES];
                dither.fill_lsb(&mut noise[..samples.len()]);
                let words = samples.iter().zip(noise);
                for (bytes, (sample, noise)) in bytes.as_chunks_mut::<3>().0.iter_mut().zip(words) {
                    let [low, middle, high, _] = round_to_i24(*sample, noise).to_le_bytes();
                    *bytes = [low, middle, high];
                }
            }
        }
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

/// The word of 24 bits nearest to a sample and its noise; NaN becomes silence.
fn round_to_i24(sample: f32, noise_lsb: f64) -> i32 {
    const FULL: f64 = 8_388_608.0;
    // Adding it leaves no room for a fraction, which so is rounded away, ties to even.
    const WHOLE: f64 = 6_755_399_441_055_744.0;
    let word = (f64::from(sample) * FULL + noise_lsb).clamp(-FULL, FULL - 1.0);
    ((word + WHOLE) - WHOLE) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dithered_words_are_rounded_and_clipped() {
        for value in [-8_388_608, -1, 0, 1, 8_388_607] {
            let sample = value as f32 / 8_388_608.0;
            assert_eq!(round_to_i24(sample, 0.0), value);
            assert_eq!(round_to_i24(sample, 0.4), value);
        }
        assert_eq!(round_to_i24(0.0, 0.6), 1);
        assert_eq!(round_to_i24(1.0, 0.9), 8_388_607);
        assert_eq!(round_to_i24(-9.0, 0.0), -8_388_608);
        assert_eq!(round_to_i24(f32::NAN, 0.0), 0);
    }
}
