//! WAVE files as `render` writes them.

use md5::{Digest, Md5};
use std::path::Path;

/// Format and samples of a file.
pub(crate) struct Wave {
    pub(crate) channels: usize,
    pub(crate) rate_hz: u32,
    bits: usize,
    is_float: bool,
    raw: Vec<u8>,
}

impl Wave {
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let data = std::fs::read(path).map_err(|_| "no file was written".to_owned())?;
        let is_wave =
            matches!(data.get(..4), Some(b"RIFF" | b"RF64")) && data.get(8..12) == Some(b"WAVE");
        if !is_wave {
            return Err(format!(
                "what was written is no WAVE file ({} bytes)",
                data.len()
            ));
        }
        let (mut at, mut format, mut raw) = (12, None, None);
        while let Some(head) = data.get(at..at + 8) {
            let size = u32::from_le_bytes(head[4..].try_into().unwrap()) as usize;
            let body = &data[at + 8..data.len().min(at + 8 + size)];
            match &head[..4] {
                b"fmt " => format = Some(body),
                b"data" => raw = Some(body),
                _ => {}
            }
            at += 8 + size + size % 2;
        }
        let (Some(format), Some(raw)) = (format, raw) else {
            return Err("what was written has no sound".to_owned());
        };
        let short = |at: usize| u16::from_le_bytes(format[at..at + 2].try_into().unwrap());
        let tag = if short(0) == 0xFFFE {
            short(24)
        } else {
            short(0)
        };
        Ok(Self {
            channels: short(2).into(),
            rate_hz: u32::from_le_bytes(format[4..8].try_into().unwrap()),
            bits: short(14).into(),
            is_float: tag == 3,
            raw: raw.to_vec(),
        })
    }

    fn frame_bytes(&self) -> usize {
        self.channels * self.bits / 8
    }

    pub(crate) fn frames(&self) -> usize {
        self.raw.len() / self.frame_bytes()
    }

    /// MD5 of the first `frames`, or of all, in hexadecimal.
    pub(crate) fn sum(&self, frames: Option<usize>) -> String {
        let end = frames.map_or(self.raw.len(), |frames| {
            self.raw.len().min(frames * self.frame_bytes())
        });
        sum_of(&self.raw[..end])
    }

    /// All samples in order; integers are scaled to full scale 1.
    pub(crate) fn samples(&self) -> Vec<f64> {
        let bytes = self.bits / 8;
        let words = self.raw.chunks_exact(bytes);
        let sample = |word: &[u8]| {
            let mut wide = [0; 4];
            wide[4 - bytes..].copy_from_slice(word);
            match self.is_float {
                true => f64::from(f32::from_le_bytes(wide)),
                false => f64::from(i32::from_le_bytes(wide)) / 2_f64.powi(31),
            }
        };
        words.map(sample).collect()
    }

    /// The samples of one channel.
    pub(crate) fn channel(&self, channel: usize) -> Vec<f64> {
        self.samples()
            .into_iter()
            .skip(channel)
            .step_by(self.channels)
            .collect()
    }

    /// The longest run of samples of the first channel at full scale.
    pub(crate) fn longest_clipped(&self) -> usize {
        let most = 1.0 - 1.0 / 2_f64.powi(self.bits as i32 - 1);
        let (mut longest, mut run) = (0, 0);
        for value in self.channel(0) {
            run = if value >= most || value <= -1.0 {
                run + 1
            } else {
                0
            };
            longest = longest.max(run);
        }
        longest
    }
}

/// MD5 in hexadecimal.
pub(crate) fn sum_of(bytes: &[u8]) -> String {
    let digest = Md5::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
