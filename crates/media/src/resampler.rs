//! From a file's rate to the output's.

use super::error::MediaError;
use transforms::InterleavedSlice;

/// Input frames of one transform, at least.
const MIN_INPUT_FRAMES: usize = 1024;
/// Its output frames, at least: with fewer, the filter is too short to pass 20 kHz and stop half of
/// 44.1 kHz where the rate falls to an eighth.
const MIN_OUTPUT_FRAMES: usize = 512;

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
    converter: Box<dyn transforms::Resampler<f64>>,
    channels: usize,
    source_hz: u64,
    output_hz: u64,
    input: Vec<f64>,
    output: Vec<f64>,
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
        let shared = greatest_common_divisor(from, to).max(1);
        let steps = |frames: usize, hz: usize| frames.div_ceil((hz / shared).max(1));
        let steps = steps(MIN_INPUT_FRAMES, from).max(steps(MIN_OUTPUT_FRAMES, to));
        let chunk_frames = from / shared * steps.next_multiple_of(2);
        let converter = transforms::resampler_f64(from, to, chunk_frames, channels)
            .map_err(|_| MediaError::Unsupported(format!("a rate of {source_hz} Hz")))?;
        Ok(Self {
            output: vec![0.0; converter.output_frames_max() * channels],
            delay_left: converter.output_delay(),
            converter,
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
        self.input.extend(frames.iter().copied().map(f64::from));
        let mut used = 0;
        while self.input.len() - used >= self.converter.input_frames_next() * self.channels {
            let end = used + self.converter.input_frames_next() * self.channels;
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
            chunk.resize(self.converter.input_frames_next() * self.channels, 0.0);
            self.convert(&chunk, out);
        }
        out.truncate(start + (due - before) as usize * self.channels);
        self.converter.reset();
        self.input.clear();
        self.delay_left = self.converter.output_delay();
        (self.frames_in, self.frames_out) = (0, 0);
    }

    fn convert(&mut self, chunk: &[f64], out: &mut Vec<f32>) {
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
            .converter
            .process_into_buffer(&input, &mut output, None)
            .map_or(0, |n| n.1);
        let dropped = self.delay_left.min(written);
        self.delay_left -= dropped;
        let ready = &self.output[dropped * self.channels..written * self.channels];
        out.extend(ready.iter().map(|sample| *sample as f32));
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
#[path = "resampler_tests.rs"]
mod tests;
