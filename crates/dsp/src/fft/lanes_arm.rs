//! [`Lanes`] for NEON.

use super::lanes::Lanes;
use std::arch::aarch64::*;
use transforms::Complex;

impl Lanes<4> for float32x4_t {
    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        // SAFETY: the caller answers for the processor.
        unsafe { vdupq_n_f32(value) }
    }
    #[inline(always)]
    unsafe fn load(from: &[f32; 4]) -> Self {
        // SAFETY: the caller answers for the processor; the arrays are as long as what is read or written.
        unsafe { vld1q_f32(from.as_ptr()) }
    }
    #[inline(always)]
    unsafe fn store(self, to: &mut [f32; 4]) {
        // SAFETY: the caller answers for the processor; the arrays are as long as what is read or written.
        unsafe {
            vst1q_f32(to.as_mut_ptr(), self);
        }
    }
    #[inline(always)]
    unsafe fn load_complex(from: &[Complex<f32>; 4]) -> (Self, Self) {
        // SAFETY: the caller answers for the processor; the arrays are as long as what is read or written.
        unsafe {
            let float32x4x2_t(re, im) = vld2q_f32(from.as_ptr().cast());
            (re, im)
        }
    }
    #[inline(always)]
    unsafe fn load_complex_mirrored(from: &[Complex<f32>; 4]) -> (Self, Self) {
        // SAFETY: the caller answers for the processor; the arrays are as long as what is read or written.
        unsafe {
            let float32x4x2_t(re, im) = vld2q_f32(from.as_ptr().cast());
            (re.mirrored(), im.mirrored())
        }
    }
    #[inline(always)]
    unsafe fn forward(self) -> Self {
        self
    }
    #[inline(always)]
    unsafe fn mirrored(self) -> Self {
        // SAFETY: the caller answers for the processor.
        unsafe {
            let pairs = vrev64q_f32(self);
            vextq_f32::<2>(pairs, pairs)
        }
    }
    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        // SAFETY: the caller answers for the processor.
        unsafe { vaddq_f32(self, other) }
    }
    #[inline(always)]
    unsafe fn sub(self, other: Self) -> Self {
        // SAFETY: the caller answers for the processor.
        unsafe { vsubq_f32(self, other) }
    }
    #[inline(always)]
    unsafe fn mul(self, other: Self) -> Self {
        // SAFETY: the caller answers for the processor.
        unsafe { vmulq_f32(self, other) }
    }
    #[inline(always)]
    unsafe fn mul_add(self, factor: Self, term: Self) -> Self {
        // SAFETY: the caller answers for the processor.
        unsafe { vfmaq_f32(term, self, factor) }
    }
    #[inline(always)]
    unsafe fn mul_sub(self, factor: Self, term: Self) -> Self {
        // SAFETY: the caller answers for the processor.
        unsafe { vnegq_f32(vfmsq_f32(term, self, factor)) }
    }
}
