//! Writing WAVE files, of any length.

use dsp::noise_shaper::{MAX_CHANNELS, ShapedQuantizer, Shaping};
use dsp::simd::AudioOptimizer;
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
///
/// ```
/// use media::wav_writer::{SampleWidth, WavWriter};
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("a.wav");
/// let mut writer = WavWriter::new(std::fs::File::create(&path)?, 48_000, 1, SampleWidth::Int16)?;
/// writer.write(&[0.0; 480])?;
/// writer.finish()?;
/// let decoder = media::decoder::TrackDecoder::open(&path).unwrap();
/// assert_eq!(decoder.info().frames, Some(480));
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct WavWriter {
    file: BufWriter<File>,
    can_seek: bool,
    width: SampleWidth,
    channels: u16,
    sample_rate_hz: u32,
    data_bytes: u64,
    quantizer: Option<ShapedQuantizer>,
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
        Self::new(File::create(path)?, sample_rate_hz, channels, width)
    }

    /// Writes to `file`, which is empty. Into a pipe, whose head cannot be completed, the sizes are the
    /// largest there are, which readers take for "to the end".
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn new(
        mut file: File,
        sample_rate_hz: u32,
        channels: u16,
        width: SampleWidth,
    ) -> io::Result<Self> {
        let mut this = Self {
            can_seek: file.stream_position().is_ok(),
            file: BufWriter::with_capacity(1 << 16, file),
            width,
            channels,
            sample_rate_hz,
            data_bytes: 0,
            quantizer: None,
            optimizer: AudioOptimizer::detected(),
        };
        this.write_header()?;
        Ok(this)
    }

    /// From now on integer samples are dithered, for sound whose words are getting shorter; or not, and
    /// each becomes the nearest word. More than 8 channels are dithered flat.
    pub fn set_dither(&mut self, shaping: Option<Shaping>) {
        let bits = 8 * u32::from(self.width.bytes());
        self.quantizer = shaping.map(|wanted| {
            let is_flat = usize::from(self.channels) > MAX_CHANNELS;
            let shaping = if is_flat { Shaping::Flat } else { wanted };
            ShapedQuantizer::new(bits, f64::from(self.sample_rate_hz), shaping)
        });
    }

    /// Appends whole interleaved frames; what is beyond full scale is clipped in integer widths.
    ///
    /// # Errors
    /// When the disk will not take it.
    pub fn write(&mut self, samples: &[f32]) -> io::Result<()> {
        // Whole frames: each channel's noise is shaped by its own past.
        let channels = usize::from(self.channels).clamp(1, PIECE_SAMPLES);
        for piece in samples.chunks(PIECE_SAMPLES - PIECE_SAMPLES % channels) {
            let mut bytes = [0; 4 * PIECE_SAMPLES];
            let bytes = &mut bytes[..piece.len() * usize::from(self.width.bytes())];
            self.encode(piece, bytes);
            self.file.write_all(bytes)?;
        }
        self.data_bytes += samples.len() as u64 * u64::from(self.width.bytes());
        Ok(())
    }

    fn encode(&mut self, samples: &[f32], bytes: &mut [u8]) {
        match (self.width, &mut self.quantizer) {
            (SampleWidth::Float32, _) => {
                for (bytes, sample) in bytes.as_chunks_mut().0.iter_mut().zip(samples) {
                    *bytes = sample.to_le_bytes();
                }
            }
            (SampleWidth::Int16, None) => {
                let mut words = [0; PIECE_SAMPLES];
                self.optimizer.to_i16(samples, &mut words);
                for (bytes, word) in bytes.as_chunks_mut().0.iter_mut().zip(words) {
                    *bytes = word.to_le_bytes();
                }
            }
            (SampleWidth::Int24, None) => self.optimizer.to_i24(samples, bytes),
            (width, Some(quantizer)) => {
                let mut codes = [0; PIECE_SAMPLES];
                quantizer.process(samples, usize::from(self.channels), &mut codes);
                let width = usize::from(width.bytes());
                for (bytes, code) in bytes.chunks_exact_mut(width).zip(codes) {
                    bytes.copy_from_slice(&code.to_le_bytes()[..width]);
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
        if self.can_seek {
            self.file.seek(SeekFrom::Start(0))?;
            self.write_header()?;
        }
        self.file.flush()
    }

    fn write_header(&mut self) -> io::Result<()> {
        let riff_bytes = HEADER_BYTES - 8 + self.data_bytes + self.data_bytes % 2;
        let is_large = riff_bytes > u64::from(u32::MAX);
        let can_seek = self.can_seek;
        let short = |bytes: u64| match can_seek {
            true => u32::try_from(bytes).unwrap_or(u32::MAX).to_le_bytes(),
            false => u32::MAX.to_le_bytes(),
        };
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

#[cfg(test)]
#[path = "wav_writer_tests.rs"]
mod tests;
