//! Fourier transforms (rustfft, realfft) and the rate converter (rubato) for the sample types the player
//! uses. These libraries are generic to the last line: whoever names a type compiles all of them, which
//! was a quarter of what the player's own build gave to LLVM, and the same again for its tests. Here it
//! is done once, behind trait objects.
//!
//! Everything here allocates; nothing is for the audio thread but the plans' own work.

use rubato::{FixedSync, ResamplerConstructionError, WindowFunction};
use rustfft::{FftDirection, FftPlannerAvx, FftPlannerNeon, FftPlannerScalar, FftPlannerSse};
use std::sync::Arc;

pub use realfft::{ComplexToReal, RealToComplex};
pub use rubato::Resampler;
pub use rubato::audioadapter_buffers::direct::InterleavedSlice;
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

/// A converter by transforms that takes `chunk_frames` of `from_hz` at a time and gives a varying number
/// at `to_hz`.
///
/// # Errors
/// For rates that are 0.
pub fn resampler_f64(
    from_hz: usize,
    to_hz: usize,
    chunk_frames: usize,
    channels: usize,
) -> Result<Box<dyn Resampler<f64>>, ResamplerConstructionError> {
    let window = WindowFunction::BlackmanHarris2;
    let fixed = FixedSync::Input;
    let fft = rubato::Fft::new_custom(from_hz, to_hz, chunk_frames, 1, channels, window, fixed)?;
    Ok(Box::new(fft))
}
