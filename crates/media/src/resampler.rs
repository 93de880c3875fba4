//! From a file's rate to the output's.

use super::error::MediaError;
use transforms::RateConverter;

/// Frames of silence that bring out what is still inside.
const SILENCE_FRAMES: usize = 1024;

/// A band-limited sample rate converter that is exact in time: output frame `n` belongs to input time
/// `n / ratio`, the converter's own delay is removed, and [`Self::finish`] yields what is still inside,
/// so that a track's length is its length. State carries over from one track to the next. Allocates;
/// not for the audio thread.
///
/// Distortion, noise, aliases and images of a full-scale tone stay below -145 dB in all, levels up to
/// 20 kHz within 0.001 dB, at every pair of rates from 44.1 kHz upwards: less than `f32` samples resolve
/// in the sound itself. It computes in `f64` for that; in `f32`, rounding would add noise at -135 dB and
/// an error in level of a millionth.
///
/// ```
/// let mut resampler = media::resampler::Resampler::new(44_100, 48_000, 1).unwrap();
/// let mut out = Vec::new();
/// resampler.process(&vec![0.0; 44_100], &mut out);
/// resampler.finish(&mut out);
/// assert_eq!(out.len(), 48_000);
/// ```
pub struct Resampler {
    converter: RateConverter,
    channels: usize,
    source_hz: u64,
    output_hz: u64,
    frames_in: u64,
    frames_out: u64,
}

impl Resampler {
    /// A converter from `source_hz` to `output_hz` for `channels` interleaved channels.
    ///
    /// # Errors
    /// For rates the converter cannot handle.
    pub fn new(source_hz: u32, output_hz: u32, channels: usize) -> Result<Self, MediaError> {
        let converter = RateConverter::new(source_hz, output_hz, channels);
        let converter = converter
            .ok_or_else(|| MediaError::Unsupported(format!("a rate of {source_hz} Hz")))?;
        Ok(Self {
            converter,
            channels,
            source_hz: u64::from(source_hz),
            output_hz: u64::from(output_hz),
            frames_in: 0,
            frames_out: 0,
        })
    }

    /// Output frames that belong to the input so far, those still inside included.
    fn frames_due(&self) -> u64 {
        let scaled = u128::from(self.frames_in) * u128::from(self.output_hz);
        ((scaled + u128::from(self.source_hz / 2)) / u128::from(self.source_hz)) as u64
    }

    /// Output frames still inside.
    pub fn frames_inside(&self) -> u64 {
        self.frames_due().saturating_sub(self.frames_out)
    }

    /// Takes `frames` in and appends what is ready to `out`.
    pub fn process(&mut self, frames: &[f32], out: &mut Vec<f32>) {
        self.frames_in += (frames.len() / self.channels) as u64;
        self.convert(frames, out);
    }

    /// Appends what is still inside, to the frame. The converter then stands at its beginning.
    pub fn finish(&mut self, out: &mut Vec<f32>) {
        let (due, before, start) = (self.frames_due(), self.frames_out, out.len());
        let silence = vec![0.0; SILENCE_FRAMES * self.channels];
        while self.frames_out < due {
            self.convert(&silence, out);
        }
        out.truncate(start + due.saturating_sub(before) as usize * self.channels);
        self.converter.reset();
        (self.frames_in, self.frames_out) = (0, 0);
    }

    fn convert(&mut self, frames: &[f32], out: &mut Vec<f32>) {
        let start = out.len();
        self.converter.push(frames, out);
        self.frames_out += ((out.len() - start) / self.channels) as u64;
    }
}

#[cfg(test)]
#[path = "resampler_tests.rs"]
mod tests;
