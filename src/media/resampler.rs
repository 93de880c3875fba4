//! From a file's rate to the output's.

use super::error::MediaError;
use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler as _, WindowFunction};

/// Input frames of one transform, at least.
const SMALLEST_CHUNK_FRAMES: usize = 1024;

/// A band-limited sample rate converter that is exact in time: output frame `n` belongs to input time
/// `n / ratio`, the converter's own delay is removed, and [`Self::finish`] yields what is still inside,
/// so that a track's length is its length. State carries over from one track to the next. Allocates;
/// not for the audio thread.
pub struct Resampler {
    fft: Fft<f32>,
    channels: usize,
    source_hz: u64,
    output_hz: u64,
    input: Vec<f32>,
    output: Vec<f32>,
    /// Frames of delay still to be dropped from the front.
    delay_left: usize,
    frames_in: u64,
    frames_out: u64,
}

impl Resampler {
    /// A converter from `source_hz` to `output_hz` for `channels` interleaved channels.
    ///
    /// # Errors
    /// For rates the converter cannot handle.
    pub fn new(source_hz: u32, output_hz: u32, channels: usize) -> Result<Self, MediaError> {
        let (from, to) = (source_hz as usize, output_hz as usize);
        // An even number of the smallest steps both rates share: half a transform, which is the
        // converter's delay, is then a whole number of frames on either side.
        let step = from / greatest_common_divisor(from, to).max(1);
        let chunk_frames = step
            * SMALLEST_CHUNK_FRAMES
                .div_ceil(step.max(1))
                .next_multiple_of(2);
        let window = WindowFunction::BlackmanHarris2;
        let fft = Fft::new_custom(
            from,
            to,
            chunk_frames,
            1,
            channels,
            window,
            FixedSync::Input,
        )
        .map_err(|_| MediaError::Unsupported(format!("a rate of {source_hz} Hz")))?;
        Ok(Self {
            output: vec![0.0; fft.output_frames_max() * channels],
            delay_left: fft.output_delay(),
            fft,
            channels,
            source_hz: u64::from(source_hz),
            output_hz: u64::from(output_hz),
            input: Vec::new(),
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
        self.input.extend_from_slice(frames);
        let mut used = 0;
        while self.input.len() - used >= self.fft.input_frames_next() * self.channels {
            let end = used + self.fft.input_frames_next() * self.channels;
            let chunk = std::mem::take(&mut self.input);
            self.convert(&chunk[used..end], out);
            self.input = chunk;
            used = end;
        }
        self.input.drain(..used);
    }

    /// Appends what is still inside, to the frame. The converter then stands at its beginning.
    pub fn finish(&mut self, out: &mut Vec<f32>) {
        let due = self.frames_due();
        let start = out.len();
        let before = self.frames_out;
        while self.frames_out < due {
            let mut chunk = std::mem::take(&mut self.input);
            chunk.resize(self.fft.input_frames_next() * self.channels, 0.0);
            self.convert(&chunk, out);
        }
        out.truncate(start + (due - before) as usize * self.channels);
        self.fft.reset();
        self.input.clear();
        self.delay_left = self.fft.output_delay();
        (self.frames_in, self.frames_out) = (0, 0);
    }

    fn convert(&mut self, chunk: &[f32], out: &mut Vec<f32>) {
        let frames_in = chunk.len() / self.channels;
        let room = self.output.len() / self.channels;
        let Ok(input) = InterleavedSlice::new(chunk, self.channels, frames_in) else {
            return;
        };
        let Ok(mut output) = InterleavedSlice::new_mut(&mut self.output, self.channels, room)
        else {
            return;
        };
        // The sizes are the converter's own, the only thing it can object to.
        let written = self
            .fft
            .process_into_buffer(&input, &mut output, None)
            .map_or(0, |n| n.1);
        let dropped = self.delay_left.min(written);
        self.delay_left -= dropped;
        out.extend_from_slice(&self.output[dropped * self.channels..written * self.channels]);
        self.frames_out += (written - dropped) as u64;
    }
}

fn greatest_common_divisor(a: usize, b: usize) -> usize {
    if b == 0 {
        a
    } else {
        greatest_common_divisor(b, a % b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    fn tone(hz: f64, rate: u32, frames: usize) -> Vec<f32> {
        let at = |n: usize| (0.5 * (TAU * hz * n as f64 / f64::from(rate)).sin()) as f32;
        (0..frames).flat_map(|n| [at(n), at(n)]).collect()
    }

    fn resample(source_hz: u32, output_hz: u32, input: &[f32], block: usize) -> Vec<f32> {
        let mut resampler = Resampler::new(source_hz, output_hz, 2).unwrap();
        let mut out = Vec::new();
        for frames in input.chunks(block * 2) {
            resampler.process(frames, &mut out);
        }
        resampler.finish(&mut out);
        out
    }

    #[test]
    fn a_tone_comes_out_in_time_and_in_tune() {
        for (source_hz, output_hz) in [(44_100, 48_000), (96_000, 44_100), (8_000, 48_000)] {
            let out = resample(
                source_hz,
                output_hz,
                &tone(997.0, source_hz, source_hz as usize),
                777,
            );
            assert_eq!(
                out.len(),
                output_hz as usize * 2,
                "{source_hz} to {output_hz}"
            );
            let want = tone(997.0, output_hz, output_hz as usize);
            let middle = 20_000..out.len() - 20_000;
            let error: f64 = out[middle.clone()]
                .iter()
                .zip(&want[middle.clone()])
                .map(|(a, b)| f64::from(a - b).powi(2))
                .sum();
            let db = 10.0 * (error / middle.len() as f64 / 0.125).log10();
            println!("{source_hz} to {output_hz}: error {db:.1} dB");
            assert!(db < -100.0, "{source_hz} to {output_hz}: {db} dB");
        }
    }

    #[test]
    fn output_does_not_depend_on_how_input_is_cut() {
        let input = tone(440.0, 44_100, 20_000);
        let whole = resample(44_100, 48_000, &input, 20_000);
        for block in [1, 100, 1024, 4_097] {
            assert_eq!(
                whole,
                resample(44_100, 48_000, &input, block),
                "blocks of {block}"
            );
        }
    }

    #[test]
    fn tiny_inputs_keep_their_length() {
        for frames in [0_usize, 1, 2, 100] {
            let out = resample(44_100, 48_000, &tone(440.0, 44_100, frames), 64);
            let want = (frames as f64 * 48_000.0 / 44_100.0).round() as usize;
            assert_eq!(out.len(), want * 2);
        }
    }
}
