//! [`Lanes`] in NEON: 4 samples, on every 64-bit ARM processor.

use super::lanes::{Lanes, compiled_for};
use std::arch::aarch64::*;

#[inline]
#[target_feature(enable = "neon")]
fn reversed(value: float32x4_t) -> float32x4_t {
    let pairs = vrev64q_f32(value);
    vextq_f32::<2>(pairs, pairs)
}

// SAFETY: memory operations touch one register, as the trait says.
unsafe impl Lanes for float32x4_t {
    type Bits = uint32x4_t;
    type Mask = uint32x4_t;
    const LANES: usize = 4;
    const IS_FUSED: bool = true;

    compiled_for! { "neon";
        splat(value: f32) -> Self { vdupq_n_f32(value) }
        // SAFETY: the caller vouches for `LANES` elements.
        load(from: *const f32) -> Self { unsafe { vld1q_f32(from) } }
        // SAFETY: the caller vouches for `LANES` elements.
        load_aligned(from: *const f32) -> Self { unsafe { vld1q_f32(from) } }
        // SAFETY: the caller vouches for `LANES` elements.
        store(self, to: *mut f32) { unsafe { vst1q_f32(to, self) } }

        add(self, other: Self) -> Self { vaddq_f32(self, other) }
        sub(self, other: Self) -> Self { vsubq_f32(self, other) }
        mul(self, other: Self) -> Self { vmulq_f32(self, other) }
        mul_add(self, factor: Self, term: Self) -> Self { vfmaq_f32(term, self, factor) }
        mul_sub(self, factor: Self, term: Self) -> Self { vnegq_f32(vfmsq_f32(term, self, factor)) }
        neg_mul_add(self, factor: Self, term: Self) -> Self { vfmsq_f32(term, self, factor) }
        div(self, other: Self) -> Self { vdivq_f32(self, other) }
        abs(self) -> Self { vabsq_f32(self) }
        // Comparing, because the instructions of these names return NaN for NaN.
        max(self, other: Self) -> Self { vbslq_f32(vcgtq_f32(self, other), self, other) }
        min(self, other: Self) -> Self { vbslq_f32(vcltq_f32(self, other), self, other) }
        less(self, bound: Self) -> uint32x4_t { vcltq_f32(self, bound) }
        both(a: uint32x4_t, b: uint32x4_t) -> uint32x4_t { vandq_u32(a, b) }
        select(mask: uint32x4_t, yes: Self, no: Self) -> Self { vbslq_f32(mask, yes, no) }
        sum(self) -> f32 { vaddvq_f32(self) }
        largest(self) -> f32 { vmaxvq_f32(self) }

        interleave(self, right: Self) -> (Self, Self) {
            (vzip1q_f32(self, right), vzip2q_f32(self, right))
        }
        deinterleave(self, high: Self) -> (Self, Self) {
            (vuzp1q_f32(self, high), vuzp2q_f32(self, high))
        }

        load_complex(from: *const f32) -> (Self, Self) {
            // SAFETY: the caller vouches for `LANES` complex values.
            let float32x4x2_t(re, im) = unsafe { vld2q_f32(from) };
            (re, im)
        }
        load_complex_mirrored(from: *const f32) -> (Self, Self) {
            // SAFETY: the caller vouches for `LANES` complex values.
            let float32x4x2_t(re, im) = unsafe { vld2q_f32(from) };
            (reversed(re), reversed(im))
        }
        forward(self) -> Self { self }
        mirrored(self) -> Self { reversed(self) }

        shift_in(self, before: Self) -> Self { vextq_f32::<2>(before, self) }
        load_frame(from: *const f32) -> Self {
            // SAFETY: the caller vouches for two elements.
            let frame = unsafe { vld1_f32(from) };
            vcombine_f32(frame, frame)
        }
        // SAFETY: the caller vouches for two elements.
        store_frame(self, to: *mut f32) { unsafe { vst1_f32(to, vget_high_f32(self)) } }

        store_i16(to: *mut i16, low: Self, high: Self) {
            // Conversion rounds half to even, saturates and makes NaN 0.
            let low = vqmovn_s32(vcvtnq_s32_f32(low));
            let high = vqmovn_s32(vcvtnq_s32_f32(high));
            // SAFETY: the caller vouches for `2 * LANES` words, which are one register.
            unsafe { vst1q_s16(to, vcombine_s16(low, high)) }
        }
        store_i24(self, to: *mut u8) {
            let words = vcvtnq_s32_f32(self);
            let words = vminq_s32(words, vdupq_n_s32(8_388_607));
            let words = vmaxq_s32(words, vdupq_n_s32(-8_388_608));
            // Three bytes of every four; indices beyond the table give 0.
            const KEEP: [u8; 16] = [0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 255, 255, 255, 255];
            // SAFETY: `KEEP` is one register; the caller vouches for 12 bytes and the 4 after them.
            unsafe {
                let keep = vld1q_u8(KEEP.as_ptr());
                vst1q_u8(to, vqtbl1q_u8(vreinterpretq_u8_s32(words), keep));
            }
        }
        store_i32(self, to: *mut i32) {
            // SAFETY: the caller vouches for `LANES` words.
            unsafe { vst1q_s32(to, vcvtnq_s32_f32(self)) }
        }

        bits(self) -> uint32x4_t { vreinterpretq_u32_f32(self) }
        from_bits(bits: uint32x4_t) -> Self { vreinterpretq_f32_u32(bits) }
        splat_bits(value: u32) -> uint32x4_t { vdupq_n_u32(value) }
        // SAFETY: the caller vouches for `LANES` elements.
        load_bits(from: *const u32) -> uint32x4_t { unsafe { vld1q_u32(from) } }
        // SAFETY: the caller vouches for `LANES` elements.
        store_bits(bits: uint32x4_t, to: *mut u32) { unsafe { vst1q_u32(to, bits) } }
        add_bits(a: uint32x4_t, b: uint32x4_t) -> uint32x4_t { vaddq_u32(a, b) }
        sub_bits(a: uint32x4_t, b: uint32x4_t) -> uint32x4_t { vsubq_u32(a, b) }
        and(a: uint32x4_t, b: uint32x4_t) -> uint32x4_t { vandq_u32(a, b) }
        xor(a: uint32x4_t, b: uint32x4_t) -> uint32x4_t { veorq_u32(a, b) }
        shift_left<N>(bits: uint32x4_t) -> uint32x4_t { vshlq_n_u32::<N>(bits) }
        shift_right<N>(bits: uint32x4_t) -> uint32x4_t { vshrq_n_u32::<N>(bits) }
        shift_right_signed<N>(bits: uint32x4_t) -> uint32x4_t {
            vreinterpretq_u32_s32(vshrq_n_s32::<N>(vreinterpretq_s32_u32(bits)))
        }
        upper_minus_lower(bits: uint32x4_t) -> uint32x4_t {
            let words = vreinterpretq_s32_u32(bits);
            let lower = vshrq_n_s32::<16>(vshlq_n_s32::<16>(words));
            vreinterpretq_u32_s32(vsubq_s32(vshrq_n_s32::<16>(words), lower))
        }
        to_floats(bits: uint32x4_t) -> Self { vcvtq_f32_s32(vreinterpretq_s32_u32(bits)) }
    }
}
