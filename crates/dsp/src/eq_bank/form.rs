//! The form of the wavefront a processor runs.

use super::super::simd::{AudioOptimizer, SimdLevel};
use super::lanes_scalar::Scalar;
#[cfg(target_arch = "x86_64")]
use super::lanes_x86::{Avx2, Avx512, Sse2};
use super::slots::Slots;
use super::wavefront::{Lanes, run};

/// The lane layout of a level.
pub(super) fn lane_layout(optimizer: AudioOptimizer) -> fn(usize, usize) -> usize {
    match optimizer.level() {
        #[cfg(target_arch = "x86_64")]
        SimdLevel::Sse2 => Sse2::lane,
        #[cfg(target_arch = "x86_64")]
        SimdLevel::Avx2 => Avx2::lane,
        #[cfg(target_arch = "x86_64")]
        SimdLevel::Avx512 => Avx512::lane,
        #[cfg(target_arch = "aarch64")]
        SimdLevel::Neon => super::lanes_neon::Neon::lane,
        _ => Scalar::lane,
    }
}

/// Runs `slots`, laid out for `optimizer`, over interleaved stereo; see [`run`].
pub(super) fn run_slots(
    optimizer: AudioOptimizer,
    slots: &mut Slots,
    samples: &mut [f32],
    phase: usize,
    moving: bool,
) {
    // SAFETY: an optimizer of a level is proof that the processor has its instructions.
    unsafe {
        match (optimizer.level(), moving) {
            #[cfg(target_arch = "x86_64")]
            (SimdLevel::Sse2, false) => sse2::<false>(slots, samples, phase),
            #[cfg(target_arch = "x86_64")]
            (SimdLevel::Sse2, true) => sse2::<true>(slots, samples, phase),
            #[cfg(target_arch = "x86_64")]
            (SimdLevel::Avx2, false) => avx2::<false>(slots, samples, phase),
            #[cfg(target_arch = "x86_64")]
            (SimdLevel::Avx2, true) => avx2::<true>(slots, samples, phase),
            #[cfg(target_arch = "x86_64")]
            (SimdLevel::Avx512, false) => avx512::<false>(slots, samples, phase),
            #[cfg(target_arch = "x86_64")]
            (SimdLevel::Avx512, true) => avx512::<true>(slots, samples, phase),
            #[cfg(target_arch = "aarch64")]
            (SimdLevel::Neon, false) => neon::<false>(slots, samples, phase),
            #[cfg(target_arch = "aarch64")]
            (SimdLevel::Neon, true) => neon::<true>(slots, samples, phase),
            (_, false) => run::<Scalar, false>(slots, samples, phase),
            (_, true) => run::<Scalar, true>(slots, samples, phase),
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "sse2")]
unsafe fn sse2<const MOVING: bool>(slots: &mut Slots, samples: &mut [f32], phase: usize) {
    // SAFETY: this function has the instructions itself.
    unsafe { run::<Sse2, MOVING>(slots, samples, phase) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn avx2<const MOVING: bool>(slots: &mut Slots, samples: &mut [f32], phase: usize) {
    // SAFETY: this function has the instructions itself.
    unsafe { run::<Avx2, MOVING>(slots, samples, phase) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vl,avx512bw,avx512dq")]
unsafe fn avx512<const MOVING: bool>(slots: &mut Slots, samples: &mut [f32], phase: usize) {
    // SAFETY: this function has the instructions itself.
    unsafe { run::<Avx512, MOVING>(slots, samples, phase) }
}

#[cfg(target_arch = "aarch64")]
#[target_feature(enable = "neon")]
unsafe fn neon<const MOVING: bool>(slots: &mut Slots, samples: &mut [f32], phase: usize) {
    // SAFETY: this function has the instructions itself.
    unsafe { run::<super::lanes_neon::Neon, MOVING>(slots, samples, phase) }
}
