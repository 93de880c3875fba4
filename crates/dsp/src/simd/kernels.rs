//! The kernels as methods of [`AudioOptimizer`]: one look at the level, then the form for it.
//!
//! All of them run on any thread, the audio thread included: no allocation, no panic. They process
//! as many samples as the shortest slice holds and leave the rest alone; slices may start anywhere
//! in memory. All five forms give the same bits, except where a method says how far they differ.

use super::super::dither::TpdfDither;
use super::dispatch::at_level;
use super::{AudioOptimizer, decibels, integers, samples};

/// Methods that run a function, generic over the register, in the form of the level.
macro_rules! kernels {
    ($($(#[$attribute:meta])* $name:ident = $module:ident(
        $($argument:ident: $kind:ty),*
    ) $(-> $result:ty)?;)*) => {
        impl AudioOptimizer {
            $($(#[$attribute])*
            pub fn $name(self, $($argument: $kind),*) $(-> $result)? {
                at_level!(self, $module::$name($($argument: $kind),*) $(-> $result)?)
            })*
        }
    };
}

kernels! {
    /// Adds `input * gain` to `out`.
    #[doc(alias("mix_buffers_sse", "mix_buffers_avx"))]
    mix_buffers = samples(out: &mut [f32], input: &[f32], gain: f32);

    /// Multiplies every sample by `gain`, a linear factor.
    #[doc(alias("apply_gain_sse", "apply_gain_avx"))]
    apply_gain = samples(samples: &mut [f32], gain: f32);

    /// The sum of all squares, 0 for none. Levels add in different orders: they differ by a few
    /// roundings, about 1e-6 of the sum.
    #[doc(alias("sum_of_squares_sse", "sum_of_squares_avx"))]
    sum_of_squares = samples(samples: &[f32]) -> f32;

    /// The largest absolute value, 0 for no samples; NaN is passed over.
    #[doc(alias("find_peak_sse", "find_peak_avx"))]
    find_peak = samples(samples: &[f32]) -> f32;

    /// Writes frames of left and right to `out`, as many as `out` has whole frames at most.
    #[doc(alias("interleave_sse", "interleave_avx"))]
    interleave = samples(left: &[f32], right: &[f32], out: &mut [f32]);

    /// Takes the stereo frames of `input` apart.
    #[doc(alias("deinterleave_sse", "deinterleave_avx"))]
    deinterleave = samples(input: &[f32], left: &mut [f32], right: &mut [f32]);

    /// 16-bit words: 1.0 is 32768, rounded half to even, beyond full scale clipped, NaN silent.
    #[doc(alias("to_i16_sse", "to_i16_avx"))]
    to_i16 = integers(input: &[f32], out: &mut [i16]);

    /// Packed 24-bit little-endian words, three bytes a sample, by the rule of [`Self::to_i16`].
    #[doc(alias("to_i24_sse", "to_i24_avx"))]
    to_i24 = integers(input: &[f32], out: &mut [u8]);

    /// 32-bit words by the rule of [`Self::to_i16`].
    #[doc(alias("to_i32_sse", "to_i32_avx"))]
    to_i32 = integers(input: &[f32], out: &mut [i32]);

    /// [`Self::to_i16`] with one draw of `dither` added before each rounding. The words depend on
    /// neither the level nor the way a stream is cut into blocks. Samples and noise are added in
    /// `f32`: near full scale the noise has steps of 1/512 of a least significant bit.
    #[doc(alias("to_i16_tpdf_sse", "to_i16_tpdf_avx"))]
    to_i16_tpdf = integers(input: &[f32], out: &mut [i16], dither: &mut TpdfDither);

    /// The levels of linear amplitudes, 20 log10 |x|: within 1.6e-5 dB from -220 to 220 dB, exactly
    /// 0 dB for 1. Zero and denormals are `-inf`; infinity and NaN stay. Levels differ by roundings.
    #[doc(alias("gain_to_db_sse", "gain_to_db_avx"))]
    gain_to_db = decibels(input: &[f32], out: &mut [f32]);

    /// The linear amplitudes of levels, 10^(x/20): within a 1e-6th, exactly 1 for 0 dB. Below -758 dB,
    /// and for NaN, it is 0; above 764 dB it grows no more. Levels differ by roundings.
    #[doc(alias("db_to_gain_sse", "db_to_gain_avx"))]
    db_to_gain = decibels(input: &[f32], out: &mut [f32]);
}

impl AudioOptimizer {
    /// The root of the mean square, 0 for no samples; see [`Self::sum_of_squares`].
    #[doc(alias("compute_rms_sse", "compute_rms_avx"))]
    pub fn compute_rms(self, samples: &[f32]) -> f32 {
        // An empty slice is 0 / 1.
        (self.sum_of_squares(samples) / samples.len().max(1) as f32).sqrt()
    }
}

#[cfg(test)]
#[path = "integers_tests.rs"]
mod integers_tests;
#[cfg(test)]
#[path = "kernels_tests.rs"]
mod tests;
