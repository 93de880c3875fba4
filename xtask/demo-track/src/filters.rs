//! A state-variable filter (trapezoidal form) and the stereo buffer all parts are drawn into.

use std::f64::consts::PI;

use super::oscillators::SAMPLE_RATE_HZ;

/// Two equally long channels of `f64` samples.
#[derive(Clone)]
pub(crate) struct Stereo {
    /// Left channel.
    pub(crate) left: Vec<f64>,
    /// Right channel.
    pub(crate) right: Vec<f64>,
}

impl Stereo {
    /// `length` frames of silence.
    pub(crate) fn silence(length: usize) -> Self {
        Self {
            left: vec![0.0; length],
            right: vec![0.0; length],
        }
    }

    /// Number of frames.
    pub(crate) fn len(&self) -> usize {
        self.left.len()
    }

    /// Adds one frame; frames past the end are dropped.
    pub(crate) fn add(&mut self, frame: usize, left: f64, right: f64) {
        if frame < self.left.len() {
            self.left[frame] += left;
            self.right[frame] += right;
        }
    }

    /// Adds `value` at `pan` (-1 left to 1 right) with constant power.
    pub(crate) fn add_panned(&mut self, frame: usize, value: f64, pan: f64) {
        let left = libm::sqrt((1.0 - pan) / 2.0);
        let right = libm::sqrt((1.0 + pan) / 2.0);
        self.add(frame, value * left, value * right);
    }

    /// Adds all of `other`, times `gain`.
    pub(crate) fn mix_in(&mut self, other: &Self, gain: f64) {
        for frame in 0..other.len() {
            self.add(frame, other.left[frame] * gain, other.right[frame] * gain);
        }
    }
}

/// The three outputs of [`StateVariable::process`].
pub(crate) struct Bands {
    /// Below the cutoff.
    pub(crate) low: f64,
    /// Around the cutoff.
    pub(crate) band: f64,
    /// Above the cutoff.
    pub(crate) high: f64,
}

/// A 12 dB per octave filter whose cutoff may move while it runs.
pub(crate) struct StateVariable {
    first: f64,
    second: f64,
    g: f64,
    damping: f64,
}

impl StateVariable {
    /// A filter at `cutoff_hz` with quality `q` (0.707 is the flattest).
    pub(crate) fn new(cutoff_hz: f64, q: f64) -> Self {
        let mut filter = Self {
            first: 0.0,
            second: 0.0,
            g: 0.0,
            damping: 1.0 / q,
        };
        filter.set_cutoff(cutoff_hz);
        filter
    }

    /// Moves the cutoff and keeps the state.
    pub(crate) fn set_cutoff(&mut self, cutoff_hz: f64) {
        self.g = libm::tan(PI * cutoff_hz.min(0.45 * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ);
    }

    /// One sample through the filter.
    pub(crate) fn process(&mut self, input: f64) -> Bands {
        let a1 = 1.0 / (1.0 + self.g * (self.g + self.damping));
        let v3 = input - self.second;
        let band = a1 * (self.first + self.g * v3);
        let low = self.second + self.g * band;
        self.first = 2.0 * band - self.first;
        self.second = 2.0 * low - self.second;
        Bands {
            low,
            band,
            high: input - self.damping * band - low,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_low_output_passes_a_constant_and_the_high_output_stops_it() {
        let mut filter = StateVariable::new(1_000.0, 0.707);
        let mut last = filter.process(1.0);
        for _ in 0..2_000 {
            last = filter.process(1.0);
        }
        assert!(libm::fabs(last.low - 1.0) < 1e-9);
        assert!(libm::fabs(last.high) < 1e-9);
    }

    #[test]
    fn the_middle_keeps_its_power() {
        let mut stereo = Stereo::silence(1);
        stereo.add_panned(0, 1.0, 0.0);
        let power = stereo.left[0] * stereo.left[0] + stereo.right[0] * stereo.right[0];
        assert!(libm::fabs(power - 1.0) < 1e-12);
    }
}
