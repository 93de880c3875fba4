//! A planned real FFT with its window and scratch memory.

use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};
use std::f64::consts::TAU;
use std::sync::Arc;

/// A windowed real FFT that allocates only when made.
///
/// The Hann window's loss is made up for, so that [`Self::power`] of a full-scale sine on a bin's
/// centre is 1.0 (0 dB) there.
#[doc(alias = "OptimizedFFT")]
pub struct OptimizedFft {
    plan: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    windowed: Vec<f32>,
    bins: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
}

impl OptimizedFft {
    /// Plans a transform of `size` frames, at least 2 and even.
    pub fn new(size: usize) -> Self {
        let plan = RealFftPlanner::new().plan_fft_forward(size);
        // Periodic Hann; its mean is 1/2 and a sine splits over two mirrored bins, hence the factor.
        let scale = 4.0 / size as f64;
        let window =
            (0..size).map(|n| (scale * (0.5 - 0.5 * (TAU * n as f64 / size as f64).cos())) as f32);
        Self {
            window: window.collect(),
            windowed: plan.make_input_vec(),
            bins: plan.make_output_vec(),
            scratch: plan.make_scratch_vec(),
            plan,
        }
    }

    /// Frames of one transform.
    pub fn size(&self) -> usize {
        self.window.len()
    }

    /// Power of each of the `size / 2 + 1` bins of `frames` (its first `size` frames; what is missing
    /// counts as silence) into `power`, 1.0 for a full-scale sine. No allocation.
    pub fn power(&mut self, frames: &[f32], power: &mut [f32]) {
        self.windowed.fill(0.0);
        for ((out, frame), weight) in self.windowed.iter_mut().zip(frames).zip(&self.window) {
            *out = frame * weight;
        }
        // The lengths are the plan's own, the only thing it can object to.
        let done =
            self.plan
                .process_with_scratch(&mut self.windowed, &mut self.bins, &mut self.scratch);
        debug_assert!(done.is_ok());
        for (out, bin) in power.iter_mut().zip(&self.bins) {
            *out = bin.norm_sqr();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_scale_sine_reads_zero_decibels_at_its_bin() {
        for size in [512, 4096, 8192] {
            let mut fft = OptimizedFft::new(size);
            let mut power = vec![0.0; size / 2 + 1];
            for bin in [3, size / 10, size / 2 - 5] {
                let frames: Vec<f32> = (0..size)
                    .map(|n| (TAU * (bin * n) as f64 / size as f64).sin() as f32)
                    .collect();
                fft.power(&frames, &mut power);
                let db = 10.0 * power[bin].log10();
                assert!(db.abs() < 0.01, "{db} dB at bin {bin} of {size}");
                assert!(power[bin + 4] < 1e-9);
            }
        }
    }
}
