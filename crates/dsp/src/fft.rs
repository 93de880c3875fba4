//! A planned real FFT with its window and scratch memory.

use super::simd::{AudioOptimizer, SimdLevel};
use super::window::WindowKind;
use kernel::Kernel;
use std::sync::Arc;
use transforms::{Complex, Fft, Instructions};

mod kernel;

/// The fewest frames of a transform.
pub const MIN_FFT_FRAMES: usize = 512;
/// The most frames of a transform.
pub const MAX_FFT_FRAMES: usize = 32_768;

/// Frames to transform: one channel, or two of which a weighted sum is looked at.
#[derive(Debug, Clone, Copy)]
pub enum FftInput<'a> {
    /// One channel.
    Mono(&'a [f32]),
    /// Left and right in turn, and the weight of each.
    Interleaved(&'a [f32], [f32; 2]),
    /// Left, right, and the weight of each.
    Planar(&'a [f32], &'a [f32], [f32; 2]),
}

/// A windowed power spectrum of real frames that allocates only when made.
///
/// The even and odd frames go as real and imaginary parts through a complex transform of half the
/// size; what comes out is untangled (Sorensen et al. 1987, "Real-valued fast Fourier transform
/// algorithms") and squared in one pass. The window's loss is made up for, so that a full-scale sine on
/// a bin's centre has power 1.0 (0 dB) there, and so has a constant 1.0 at 0 Hz.
#[doc(alias = "OptimizedFFT")]
pub struct OptimizedFft {
    plan: Arc<dyn Fft<f32>>,
    kernel: Kernel,
    window: Vec<f32>,
    /// Half of `size` values to transform, and the first one again, as the mirror of itself.
    bins: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
}

impl OptimizedFft {
    /// Plans a transform of `size` frames, a power of two from [`MIN_FFT_FRAMES`] to
    /// [`MAX_FFT_FRAMES`] (anything else is taken up to the next one). Allocates.
    pub fn new(size: usize, window: WindowKind, optimizer: AudioOptimizer) -> Self {
        let size = size
            .clamp(MIN_FFT_FRAMES, MAX_FFT_FRAMES)
            .next_power_of_two();
        let plan = complex_plan(size / 2, optimizer.level());
        Self {
            kernel: Kernel::new(size, optimizer),
            window: window.normalised(size).collect(),
            bins: vec![Complex::ZERO; size / 2 + 1],
            scratch: vec![Complex::ZERO; plan.get_inplace_scratch_len()],
            plan,
        }
    }

    /// Frames of one transform.
    pub fn size(&self) -> usize {
        self.window.len()
    }

    /// Bins of one transform, from 0 Hz to half the sample rate: `size / 2 + 1`.
    pub fn bin_count(&self) -> usize {
        self.window.len() / 2 + 1
    }

    /// Power of each bin of the first `size` frames of `input` (what is missing counts as silence) into
    /// the first [`Self::bin_count`] of `power`, which must have room: 1.0 for a full-scale sine. Takes
    /// the same time whatever the sound; no allocation, any thread.
    pub fn power(&mut self, input: FftInput<'_>, power: &mut [f32]) {
        let half = self.bins.len() - 1;
        let Some(power) = power.get_mut(..=half) else {
            debug_assert!(false, "no room for {} bins", half + 1);
            return;
        };
        let complex = &mut self.bins[..half];
        self.kernel.pack(input, &self.window, complex);
        // The lengths are the plan's own, the only thing it can object to.
        self.plan.process_with_scratch(complex, &mut self.scratch);
        self.bins[half] = self.bins[0];
        self.kernel.untangle(&self.bins, power);
        // A sine splits over two mirrored bins, which the window's scale makes up for; these two bins
        // are their own mirrors.
        power[0] *= 0.25;
        power[half] *= 0.25;
    }
}

/// A complex transform that uses no more than `level`, or plain Rust where there is none.
pub(super) fn complex_plan(size: usize, level: SimdLevel) -> Arc<dyn Fft<f32>> {
    let instructions = match level {
        SimdLevel::Scalar => Instructions::Plain,
        SimdLevel::Sse2 => Instructions::Sse,
        SimdLevel::Neon => Instructions::Neon,
        SimdLevel::Avx2 | SimdLevel::Avx512 => Instructions::Avx,
    };
    transforms::complex_f32(size, instructions)
}

#[cfg(test)]
#[path = "fft_tests.rs"]
mod tests;
