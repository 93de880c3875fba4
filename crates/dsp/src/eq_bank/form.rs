//! The form of the wavefront a processor runs.

use super::super::simd::AudioOptimizer;
#[cfg(target_arch = "x86_64")]
use super::super::simd::SimdLevel;
use super::super::simd::dispatch::at_level;
use super::super::simd::lanes::Lanes;
use super::slots::Slots;
use super::wavefront::run;
#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::{__m256, __m512};

/// Up to as many sections, AVX-512 runs in registers of half its width: three of them do what takes two wide
/// ones, which are one third empty then, and which some processors work off in two halves.
#[cfg(target_arch = "x86_64")]
const MAX_NARROW_SECTIONS: usize = 12;

/// Where sections stand.
#[derive(Clone, Copy)]
pub(super) struct Layout {
    /// The lane of a section (first) and channel (second); see [`Lanes::lane`].
    pub(super) lane: fn(usize, usize) -> usize,
    /// Whether registers are half as wide as the level has them.
    pub(super) is_narrow: bool,
}

/// The layout of so many sections at a level.
#[cfg_attr(
    not(target_arch = "x86_64"),
    expect(unused_variables, reason = "only x86-64 has a choice")
)]
pub(super) fn layout(optimizer: AudioOptimizer, sections: usize) -> Layout {
    #[cfg(target_arch = "x86_64")]
    if optimizer.level() == SimdLevel::Avx512 && sections <= MAX_NARROW_SECTIONS {
        return Layout {
            lane: <__m256 as Lanes>::lane,
            is_narrow: true,
        };
    }
    at_level!(optimizer, layout_of() -> Layout)
}

#[inline(always)]
unsafe fn layout_of<V: Lanes>() -> Layout {
    Layout {
        lane: V::lane,
        is_narrow: false,
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
    #[cfg(target_arch = "x86_64")]
    if optimizer.level() == SimdLevel::Avx512 {
        // SAFETY: an optimizer of a level is proof that the processor has its instructions.
        unsafe {
            match moving {
                false => run_avx512::<false>(slots, samples, phase),
                true => run_avx512::<true>(slots, samples, phase),
            }
        }
        return;
    }
    match moving {
        false => {
            at_level!(optimizer, run_settled(slots: &mut Slots, samples: &mut [f32], phase: usize));
        }
        true => {
            at_level!(optimizer, run_moving(slots: &mut Slots, samples: &mut [f32], phase: usize));
        }
    }
}

#[inline(always)]
unsafe fn run_settled<V: Lanes>(slots: &mut Slots, samples: &mut [f32], phase: usize) {
    // SAFETY: by the caller.
    unsafe { run::<V, false, false>(slots, samples, phase) }
}

#[inline(always)]
unsafe fn run_moving<V: Lanes>(slots: &mut Slots, samples: &mut [f32], phase: usize) {
    // SAFETY: by the caller.
    unsafe { run::<V, true, false>(slots, samples, phase) }
}

/// In either width there are 32 registers.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")]
unsafe fn run_avx512<const MOVING: bool>(slots: &mut Slots, samples: &mut [f32], phase: usize) {
    // SAFETY: this function has the instructions itself.
    unsafe {
        match slots.layout.is_narrow {
            true => run::<__m256, MOVING, true>(slots, samples, phase),
            false => run::<__m512, MOVING, true>(slots, samples, phase),
        }
    }
}

#[cfg(test)]
#[path = "form_tests.rs"]
mod tests;
