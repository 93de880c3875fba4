//! Fourier transforms (rustfft, realfft) and a rate converter made of them, for the sample types the player
//! uses. These libraries are generic to the last line: whoever names a type compiles all of them, which
//! was a quarter of what the player's own build gave to LLVM, and the same again for its tests. Here it
//! is done once, behind trait objects.
//!
//! Everything here allocates; nothing is for the audio thread but the plans' own work.

use rustfft::{FftDirection, FftPlannerAvx, FftPlannerNeon, FftPlannerScalar, FftPlannerSse};
use std::sync::Arc;

mod converter;

pub use converter::RateConverter;
pub use realfft::{ComplexToReal, RealToComplex};
pub use rustfft::Fft;
pub use rustfft::num_complex::Complex;

/// Vector instructions a transform may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instructions {
    /// None.
    Plain,
    /// SSE4.1 of x86.
    Sse,
    /// AVX and FMA of x86.
    Avx,
    /// NEON of ARM.
    Neon,
}

/// A complex forward transform of `size` values, without a factor. It uses no more than `instructions`,
/// and plain Rust where the machine lacks them.
pub fn complex_f32(size: usize, instructions: Instructions) -> Arc<dyn Fft<f32>> {
    let forward = FftDirection::Forward;
    let plan = match instructions {
        Instructions::Plain => None,
        Instructions::Sse => FftPlannerSse::new()
            .ok()
            .map(|mut planner| planner.plan_fft(size, forward)),
        Instructions::Avx => FftPlannerAvx::new()
            .ok()
            .map(|mut planner| planner.plan_fft(size, forward)),
        Instructions::Neon => FftPlannerNeon::new()
            .ok()
            .map(|mut planner| planner.plan_fft(size, forward)),
    };
    plan.unwrap_or_else(|| FftPlannerScalar::new().plan_fft(size, forward))
}

/// A transform of `size` real values to `size / 2 + 1` complex ones, without a factor.
pub fn real_f64(size: usize) -> Arc<dyn RealToComplex<f64>> {
    realfft::RealFftPlanner::new().plan_fft_forward(size)
}

/// The way back from [`real_f64`]; multiplies by `size`.
pub fn real_f64_inverse(size: usize) -> Arc<dyn ComplexToReal<f64>> {
    realfft::RealFftPlanner::new().plan_fft_inverse(size)
}
