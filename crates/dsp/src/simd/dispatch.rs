//! From a level, as a value, to code compiled for it.

/// Calls a function, generic over [`Lanes`](super::lanes::Lanes), in the register of an optimizer's level
/// and compiled for it: `at_level!(optimizer, samples::apply_gain(samples: &mut [f32], gain: f32))`.
macro_rules! at_level {
    ($optimizer:expr, $($function:ident)::+($($name:ident: $type:ty),* $(,)?) $(-> $result:ty)?) => {{
        #[cfg(target_arch = "x86_64")]
        use std::arch::x86_64::{__m128, __m256, __m512};
        use $crate::simd::SimdLevel;

        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx2,fma")]
        fn avx2($($name: $type),*) $(-> $result)? {
            // SAFETY: compiled for the instructions the register needs.
            unsafe { $($function)::+::<__m256>($($name),*) }
        }

        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")]
        fn avx512($($name: $type),*) $(-> $result)? {
            // SAFETY: compiled for the instructions the register needs.
            unsafe { $($function)::+::<__m512>($($name),*) }
        }

        // SAFETY: a level in an `AudioOptimizer` is one this processor has; SSE2 and NEON are in every
        // processor of their kind.
        unsafe {
            match $optimizer.level() {
                #[cfg(target_arch = "x86_64")]
                SimdLevel::Sse2 => $($function)::+::<__m128>($($name),*),
                #[cfg(target_arch = "x86_64")]
                SimdLevel::Avx2 => avx2($($name),*),
                #[cfg(target_arch = "x86_64")]
                SimdLevel::Avx512 => avx512($($name),*),
                #[cfg(target_arch = "aarch64")]
                SimdLevel::Neon => {
                    $($function)::+::<std::arch::aarch64::float32x4_t>($($name),*)
                }
                _ => $($function)::+::<$crate::simd::plain::Plain>($($name),*),
            }
        }
    }};
}
pub(crate) use at_level;
