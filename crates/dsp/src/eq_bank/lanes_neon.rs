//! The wavefront's vectors on 64-bit ARM.
#![allow(
    unsafe_op_in_unsafe_fn,
    reason = "each body is a few intrinsics, under the condition of its own function"
)]

use super::wavefront::{Lanes, STATE_FLOOR};
use std::arch::aarch64::*;

/// Two sections: `[a left, a right, b left, b right]`.
#[derive(Clone, Copy)]
pub(super) struct Neon;

// SAFETY: only instructions of NEON are used.
unsafe impl Lanes for Neon {
    const SECTIONS: usize = 2;
    const IS_SHORT_OF_PRODUCTS: bool = false;
    type Vector = float32x4_t;
    type Mask = uint32x4_t;

    fn lane(section: usize, channel: usize) -> usize {
        2 * section + channel
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> float32x4_t {
        vld1q_f32(from)
    }

    #[inline(always)]
    unsafe fn store(to: *mut f32, v: float32x4_t) {
        vst1q_f32(to, v);
    }

    #[inline(always)]
    unsafe fn zero() -> float32x4_t {
        vdupq_n_f32(0.0)
    }

    #[inline(always)]
    unsafe fn add(a: float32x4_t, b: float32x4_t) -> float32x4_t {
        vaddq_f32(a, b)
    }

    #[inline(always)]
    unsafe fn sub(a: float32x4_t, b: float32x4_t) -> float32x4_t {
        vsubq_f32(a, b)
    }

    #[inline(always)]
    unsafe fn mul(a: float32x4_t, b: float32x4_t) -> float32x4_t {
        vmulq_f32(a, b)
    }

    #[inline(always)]
    unsafe fn mul_add(a: float32x4_t, b: float32x4_t, c: float32x4_t) -> float32x4_t {
        vfmaq_f32(c, a, b)
    }

    #[inline(always)]
    unsafe fn mul_take(a: float32x4_t, b: float32x4_t, c: float32x4_t) -> float32x4_t {
        vfmsq_f32(c, a, b)
    }

    #[inline(always)]
    unsafe fn shift_in(before: float32x4_t, this: float32x4_t) -> float32x4_t {
        vextq_f32::<2>(before, this)
    }

    #[inline(always)]
    unsafe fn load_frame(from: *const f32) -> float32x4_t {
        let frame = vld1_f32(from);
        vcombine_f32(frame, frame)
    }

    #[inline(always)]
    unsafe fn store_frame(v: float32x4_t, to: *mut f32) {
        vst1_f32(to, vget_high_f32(v));
    }

    #[inline(always)]
    unsafe fn between(v: float32x4_t, low: f32, high: f32) -> uint32x4_t {
        vandq_u32(
            vcleq_f32(v, vdupq_n_f32(high)),
            vcgtq_f32(v, vdupq_n_f32(low)),
        )
    }

    #[inline(always)]
    unsafe fn select(mask: uint32x4_t, yes: float32x4_t, no: float32x4_t) -> float32x4_t {
        vbslq_f32(mask, yes, no)
    }

    #[inline(always)]
    unsafe fn flush(v: float32x4_t) -> float32x4_t {
        let audible = vcgeq_f32(vabsq_f32(v), vdupq_n_f32(STATE_FLOOR));
        vreinterpretq_f32_u32(vandq_u32(audible, vreinterpretq_u32_f32(v)))
    }
}
