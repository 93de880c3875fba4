//! The wavefront in plain Rust: one section to a "vector" of two samples.
#![allow(
    unsafe_op_in_unsafe_fn,
    reason = "each body is one operation, under the condition of its own function"
)]

use super::wavefront::{Lanes, STATE_FLOOR};

#[derive(Clone, Copy)]
pub(super) struct Scalar;

fn each(a: [f32; 2], b: [f32; 2], f: impl Fn(f32, f32) -> f32) -> [f32; 2] {
    [f(a[0], b[0]), f(a[1], b[1])]
}

// SAFETY: nothing here needs more than the processor the program was built for.
unsafe impl Lanes for Scalar {
    const SECTIONS: usize = 1;
    const IS_SHORT_OF_PRODUCTS: bool = true;
    type Vector = [f32; 2];
    type Mask = bool;

    fn lane(section: usize, channel: usize) -> usize {
        2 * section + channel
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> [f32; 2] {
        *from.cast()
    }

    #[inline(always)]
    unsafe fn store(to: *mut f32, v: [f32; 2]) {
        *to.cast() = v;
    }

    #[inline(always)]
    unsafe fn zero() -> [f32; 2] {
        [0.0; 2]
    }

    #[inline(always)]
    unsafe fn add(a: [f32; 2], b: [f32; 2]) -> [f32; 2] {
        each(a, b, |a, b| a + b)
    }

    #[inline(always)]
    unsafe fn sub(a: [f32; 2], b: [f32; 2]) -> [f32; 2] {
        each(a, b, |a, b| a - b)
    }

    #[inline(always)]
    unsafe fn mul(a: [f32; 2], b: [f32; 2]) -> [f32; 2] {
        each(a, b, |a, b| a * b)
    }

    #[inline(always)]
    unsafe fn mul_add(a: [f32; 2], b: [f32; 2], c: [f32; 2]) -> [f32; 2] {
        [a[0] * b[0] + c[0], a[1] * b[1] + c[1]]
    }

    #[inline(always)]
    unsafe fn mul_take(a: [f32; 2], b: [f32; 2], c: [f32; 2]) -> [f32; 2] {
        [c[0] - a[0] * b[0], c[1] - a[1] * b[1]]
    }

    #[inline(always)]
    unsafe fn shift_in(before: [f32; 2], _this: [f32; 2]) -> [f32; 2] {
        before
    }

    #[inline(always)]
    unsafe fn load_frame(from: *const f32) -> [f32; 2] {
        *from.cast()
    }

    #[inline(always)]
    unsafe fn store_frame(v: [f32; 2], to: *mut f32) {
        *to.cast() = v;
    }

    #[inline(always)]
    unsafe fn between(v: [f32; 2], low: f32, high: f32) -> bool {
        low < v[0] && v[0] <= high
    }

    #[inline(always)]
    unsafe fn select(mask: bool, yes: [f32; 2], no: [f32; 2]) -> [f32; 2] {
        if mask { yes } else { no }
    }

    #[inline(always)]
    unsafe fn flush(v: [f32; 2]) -> [f32; 2] {
        v.map(|s| if s.abs() < STATE_FLOOR { 0.0 } else { s })
    }
}
