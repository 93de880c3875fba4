//! Gains that move without a click: a linear ramp for volume, a smooth fade for starts and stops.

/// A gain that walks to its target in a straight line, frame by frame.
///
/// Exact at both ends, so a settled unity gain multiplies nothing. May run on the audio thread.
///
/// ```
/// let mut gain = dsp::ramp::GainRamp::new(1.0, 4);
/// gain.set_target(0.0);
/// let mut samples = [1.0; 6];
/// gain.process(&mut samples, 1);
/// assert_eq!(samples[5], 0.0);
/// assert!(samples.is_sorted_by(|a, b| a >= b));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct GainRamp {
    now: f32,
    target: f32,
    per_frame: f32,
    frames_left: u32,
    ramp_frames: u32,
}

impl GainRamp {
    /// Starts settled at `gain`; each change takes `ramp_frames` (at least 1).
    pub fn new(gain: f32, ramp_frames: u32) -> Self {
        let ramp_frames = ramp_frames.max(1);
        Self {
            now: gain,
            target: gain,
            per_frame: 0.0,
            frames_left: 0,
            ramp_frames,
        }
    }

    /// Starts moving to `gain`.
    pub fn set_target(&mut self, gain: f32) {
        if gain != self.target {
            self.target = gain;
            self.frames_left = self.ramp_frames;
            self.per_frame = (gain - self.now) / self.ramp_frames as f32;
        }
    }

    /// Becomes `gain` at once, for use in silence.
    pub fn jump_to(&mut self, gain: f32) {
        *self = Self::new(gain, self.ramp_frames);
    }

    /// Frames until it is settled.
    pub fn frames_left(&self) -> usize {
        self.frames_left as usize
    }

    /// The gain of the next frame.
    pub fn step(&mut self) -> f32 {
        if self.frames_left > 0 {
            self.frames_left -= 1;
            // Counting from the target makes the last frame exact.
            self.now = self.target - self.per_frame * self.frames_left as f32;
        }
        self.now
    }

    /// Whether a block would pass through untouched.
    pub fn is_unity(&self) -> bool {
        self.frames_left == 0 && self.now == 1.0
    }

    /// Multiplies interleaved `samples` of `channels` to a frame.
    pub fn process(&mut self, samples: &mut [f32], channels: usize) {
        let moving = (self.frames_left as usize).min(samples.len() / channels) * channels;
        let (ramped, settled) = samples.split_at_mut(moving);
        for frame in ramped.chunks_exact_mut(channels) {
            let gain = self.step();
            for sample in frame {
                *sample *= gain;
            }
        }
        if self.now != 1.0 {
            for sample in settled {
                *sample *= self.now;
            }
        }
    }
}

/// From 0 to 1 with level ends, for `x` from 0 to 1.
pub(super) fn smoothstep(x: f32) -> f32 {
    x * x * (3.0 - 2.0 * x)
}

/// A fade between silence and sound along the smoothstep curve, whose ends are level, so that neither
/// end clicks. May run on the audio thread.
///
/// ```
/// let mut fade = dsp::ramp::Fade::silent(4);
/// assert!(fade.is_silent());
/// fade.set_rising(true);
/// let mut samples = [1.0; 8];
/// fade.process(&mut samples, 1);
/// assert!(fade.is_open() && samples[7] == 1.0);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Fade {
    /// 0 is silence, `frames` is full.
    position: u32,
    frames: u32,
    rising: bool,
}

impl Fade {
    /// Starts silent; a whole fade takes `frames` (at least 1).
    pub fn silent(frames: u32) -> Self {
        Self {
            position: 0,
            frames: frames.max(1),
            rising: false,
        }
    }

    /// Heads for full sound or for silence from wherever it is.
    pub fn set_rising(&mut self, rising: bool) {
        self.rising = rising;
    }

    /// Is at full sound at once.
    pub fn open(&mut self) {
        self.rising = true;
        self.position = self.frames;
    }

    /// Nothing is heard and nothing will be until the direction changes.
    pub fn is_silent(&self) -> bool {
        !self.rising && self.position == 0
    }

    /// Everything passes through untouched.
    pub fn is_open(&self) -> bool {
        self.rising && self.position == self.frames
    }

    /// Frames until silence; 0 when silent already.
    pub fn frames_to_silence(&self) -> usize {
        self.position as usize
    }

    /// Multiplies interleaved `samples` of `channels` to a frame.
    pub fn process(&mut self, samples: &mut [f32], channels: usize) {
        if self.is_open() {
            return;
        }
        for frame in samples.chunks_exact_mut(channels) {
            self.position = match self.rising {
                true => (self.position + 1).min(self.frames),
                false => self.position.saturating_sub(1),
            };
            if self.position < self.frames {
                let gain = smoothstep(self.position as f32 / self.frames as f32);
                for sample in frame {
                    *sample *= gain;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ramp_is_linear_and_lands_exactly() {
        let mut ramp = GainRamp::new(1.0, 4);
        assert!(ramp.is_unity());
        ramp.set_target(0.0);
        let mut samples = [1.0; 12];
        ramp.process(&mut samples[..6], 2);
        ramp.process(&mut samples[6..], 2);
        assert_eq!(
            samples,
            [
                0.75, 0.75, 0.5, 0.5, 0.25, 0.25, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
            ]
        );
        ramp.set_target(1.0);
        ramp.process(&mut [0.0; 8], 2);
        assert!(ramp.is_unity());
    }

    #[test]
    fn a_ramp_turned_round_starts_where_it_is() {
        let mut ramp = GainRamp::new(0.0, 100);
        ramp.set_target(1.0);
        let mut samples = [1.0; 50];
        ramp.process(&mut samples, 1);
        ramp.set_target(0.0);
        let mut after = [1.0; 101];
        ramp.process(&mut after, 1);
        assert!((after[0] - samples[49]).abs() < 0.011);
        assert_eq!(after[99], 0.0);
    }

    #[test]
    fn a_fade_is_monotonic_exact_at_both_ends_and_reversible() {
        let mut fade = Fade::silent(240);
        let mut samples = [1.0; 300];
        fade.set_rising(true);
        fade.process(&mut samples, 1);
        assert!(samples.is_sorted());
        assert!(samples[0] < 1e-3);
        assert_eq!(samples[239], 1.0);
        assert!(fade.is_open());
        fade.set_rising(false);
        assert_eq!(fade.frames_to_silence(), 240);
        let mut down = [1.0; 300];
        fade.process(&mut down, 1);
        assert!(down.is_sorted_by(|a, b| a >= b));
        assert_eq!(down[239..], [0.0; 61]);
        assert!(fade.is_silent());
    }
}
