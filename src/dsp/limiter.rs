//! The safety limiter at the end of the chain.

/// A reduction this small (0.001 dB) is none: the limiter has let go.
const RELEASED: f32 = 1e-4;

/// A peak limiter without look-ahead: it never lets a sample above its ceiling, lets go slowly, and
/// changes no bit while nothing has been above. All channels share one gain, so the image stays put.
/// It is a safety net under a boosting equalizer, not a loudness tool. May run on the audio thread.
#[derive(Debug, Clone, Copy)]
pub struct Limiter {
    ceiling: f32,
    /// One minus the gain: kept as the small number it is, so that its decay does not stall in f32.
    reduction: f32,
    /// What is left of the reduction after a frame.
    release_factor: f32,
}

impl Limiter {
    /// Limits to `ceiling` (linear, above 0); gain returns with a time constant of `release_seconds`.
    pub fn new(ceiling: f32, sample_rate_hz: f64, release_seconds: f64) -> Self {
        let release_factor = (-1.0 / (sample_rate_hz * release_seconds)).exp() as f32;
        Self {
            ceiling,
            reduction: 0.0,
            release_factor,
        }
    }

    /// Whether the gain is one: a signal below the ceiling passes untouched.
    pub fn is_released(&self) -> bool {
        self.reduction == 0.0
    }

    /// The gain now applied, 1 when released.
    pub fn gain(&self) -> f32 {
        1.0 - self.reduction
    }

    /// Lets go at once, for use in silence.
    pub fn reset(&mut self) {
        self.reduction = 0.0;
    }

    /// Limits interleaved `samples` of `channels` to a frame.
    pub fn process(&mut self, samples: &mut [f32], channels: usize) {
        for frame in samples.chunks_exact_mut(channels) {
            let peak = frame.iter().fold(0.0_f32, |peak, s| peak.max(s.abs()));
            self.reduction *= self.release_factor;
            if self.reduction < RELEASED {
                self.reduction = 0.0;
            }
            if peak * self.gain() > self.ceiling {
                self.reduction = 1.0 - self.ceiling / peak;
            }
            if self.reduction > 0.0 {
                let gain = self.gain();
                for sample in frame {
                    *sample = (*sample * gain).clamp(-self.ceiling, self.ceiling);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_passes_the_ceiling_and_quiet_sound_is_untouched() {
        let mut limiter = Limiter::new(1.0, 48_000.0, 0.1);
        let quiet: Vec<f32> = (0..960).map(|n| (n as f32 * 0.1).sin()).collect();
        let mut output = quiet.clone();
        limiter.process(&mut output, 2);
        assert_eq!(output, quiet);
        let mut loud: Vec<f32> = quiet.iter().map(|s| s * 3.7).collect();
        limiter.process(&mut loud, 2);
        assert!(!limiter.is_released());
        assert!(loud.iter().all(|s| s.abs() <= 1.0));
        assert!(loud.iter().any(|s| s.abs() > 0.99));
    }

    #[test]
    fn it_lets_go_entirely() {
        let mut limiter = Limiter::new(1.0, 48_000.0, 0.1);
        limiter.process(&mut [4.0, 4.0], 2);
        assert!(limiter.gain() < 0.3);
        let mut silence = vec![0.0; 2 * 48_000 * 2];
        limiter.process(&mut silence, 2);
        assert!(limiter.is_released());
    }
}
