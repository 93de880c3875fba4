//! The wavefront's vectors on x86-64.
#![allow(
    unsafe_op_in_unsafe_fn,
    reason = "each body is a few intrinsics, under the condition of its own function"
)]

use super::wavefront::{Lanes, STATE_FLOOR};
use std::arch::x86_64::*;

/// Two sections: `[a left, a right, b left, b right]`.
#[derive(Clone, Copy)]
pub(super) struct Sse2;

// SAFETY: only instructions of SSE2 are used.
unsafe impl Lanes for Sse2 {
    const SECTIONS: usize = 2;
    const IS_SHORT_OF_PRODUCTS: bool = true;
    type Vector = __m128;
    type Mask = __m128;

    fn lane(section: usize, channel: usize) -> usize {
        2 * section + channel
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> __m128 {
        _mm_load_ps(from)
    }

    #[inline(always)]
    unsafe fn store(to: *mut f32, v: __m128) {
        _mm_store_ps(to, v);
    }

    #[inline(always)]
    unsafe fn zero() -> __m128 {
        _mm_setzero_ps()
    }

    #[inline(always)]
    unsafe fn add(a: __m128, b: __m128) -> __m128 {
        _mm_add_ps(a, b)
    }

    #[inline(always)]
    unsafe fn sub(a: __m128, b: __m128) -> __m128 {
        _mm_sub_ps(a, b)
    }

    #[inline(always)]
    unsafe fn mul(a: __m128, b: __m128) -> __m128 {
        _mm_mul_ps(a, b)
    }

    #[inline(always)]
    unsafe fn mul_add(a: __m128, b: __m128, c: __m128) -> __m128 {
        _mm_add_ps(_mm_mul_ps(a, b), c)
    }

    #[inline(always)]
    unsafe fn mul_take(a: __m128, b: __m128, c: __m128) -> __m128 {
        _mm_sub_ps(c, _mm_mul_ps(a, b))
    }

    #[inline(always)]
    unsafe fn shift_in(before: __m128, this: __m128) -> __m128 {
        _mm_shuffle_ps::<0b01_00_11_10>(before, this)
    }

    #[inline(always)]
    unsafe fn load_frame(from: *const f32) -> __m128 {
        _mm_castpd_ps(_mm_load1_pd(from.cast()))
    }

    #[inline(always)]
    unsafe fn store_frame(v: __m128, to: *mut f32) {
        _mm_storeh_pd(to.cast(), _mm_castps_pd(v));
    }

    #[inline(always)]
    unsafe fn between(v: __m128, low: f32, high: f32) -> __m128 {
        let below = _mm_cmple_ps(v, _mm_set1_ps(high));
        _mm_and_ps(below, _mm_cmpgt_ps(v, _mm_set1_ps(low)))
    }

    #[inline(always)]
    unsafe fn select(mask: __m128, yes: __m128, no: __m128) -> __m128 {
        _mm_or_ps(_mm_and_ps(mask, yes), _mm_andnot_ps(mask, no))
    }

    #[inline(always)]
    unsafe fn flush(v: __m128) -> __m128 {
        let magnitude = _mm_andnot_ps(_mm_set1_ps(-0.0), v);
        _mm_and_ps(v, _mm_cmpge_ps(magnitude, _mm_set1_ps(STATE_FLOOR)))
    }
}

/// Four sections: their left channels in the low half, their right ones in the high half, so that the
/// shift stays within halves.
#[derive(Clone, Copy)]
pub(super) struct Avx2;

// SAFETY: only instructions of AVX2 and FMA are used.
unsafe impl Lanes for Avx2 {
    const SECTIONS: usize = 4;
    const IS_SHORT_OF_PRODUCTS: bool = false;
    type Vector = __m256;
    type Mask = __m256;

    fn lane(section: usize, channel: usize) -> usize {
        section / 4 * 8 + channel * 4 + section % 4
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> __m256 {
        _mm256_load_ps(from)
    }

    #[inline(always)]
    unsafe fn store(to: *mut f32, v: __m256) {
        _mm256_store_ps(to, v);
    }

    #[inline(always)]
    unsafe fn zero() -> __m256 {
        _mm256_setzero_ps()
    }

    #[inline(always)]
    unsafe fn add(a: __m256, b: __m256) -> __m256 {
        _mm256_add_ps(a, b)
    }

    #[inline(always)]
    unsafe fn sub(a: __m256, b: __m256) -> __m256 {
        _mm256_sub_ps(a, b)
    }

    #[inline(always)]
    unsafe fn mul(a: __m256, b: __m256) -> __m256 {
        _mm256_mul_ps(a, b)
    }

    #[inline(always)]
    unsafe fn mul_add(a: __m256, b: __m256, c: __m256) -> __m256 {
        _mm256_fmadd_ps(a, b, c)
    }

    #[inline(always)]
    unsafe fn mul_take(a: __m256, b: __m256, c: __m256) -> __m256 {
        _mm256_fnmadd_ps(a, b, c)
    }

    #[inline(always)]
    unsafe fn shift_in(before: __m256, this: __m256) -> __m256 {
        let (before, this) = (_mm256_castps_si256(before), _mm256_castps_si256(this));
        _mm256_castsi256_ps(_mm256_alignr_epi8::<12>(this, before))
    }

    #[inline(always)]
    unsafe fn load_frame(from: *const f32) -> __m256 {
        let frame = _mm256_castpd_ps(_mm256_set1_pd(from.cast::<f64>().read_unaligned()));
        _mm256_permutevar_ps(frame, _mm256_setr_epi32(0, 0, 0, 0, 1, 1, 1, 1))
    }

    #[inline(always)]
    unsafe fn store_frame(v: __m256, to: *mut f32) {
        let (left, right) = (_mm256_castps256_ps128(v), _mm256_extractf128_ps::<1>(v));
        _mm_storeh_pd(to.cast(), _mm_castps_pd(_mm_unpackhi_ps(left, right)));
    }

    #[inline(always)]
    unsafe fn between(v: __m256, low: f32, high: f32) -> __m256 {
        let below = _mm256_cmp_ps::<_CMP_LE_OQ>(v, _mm256_set1_ps(high));
        _mm256_and_ps(below, _mm256_cmp_ps::<_CMP_GT_OQ>(v, _mm256_set1_ps(low)))
    }

    #[inline(always)]
    unsafe fn select(mask: __m256, yes: __m256, no: __m256) -> __m256 {
        _mm256_blendv_ps(no, yes, mask)
    }

    #[inline(always)]
    unsafe fn flush(v: __m256) -> __m256 {
        let magnitude = _mm256_andnot_ps(_mm256_set1_ps(-0.0), v);
        let floor = _mm256_set1_ps(STATE_FLOOR);
        _mm256_and_ps(v, _mm256_cmp_ps::<_CMP_GE_OQ>(magnitude, floor))
    }
}

/// Eight sections: left channels in the low half, right ones in the high half.
#[derive(Clone, Copy)]
pub(super) struct Avx512;

// SAFETY: only instructions of AVX-512 F are used.
unsafe impl Lanes for Avx512 {
    const SECTIONS: usize = 8;
    const IS_SHORT_OF_PRODUCTS: bool = false;
    type Vector = __m512;
    type Mask = __mmask16;

    fn lane(section: usize, channel: usize) -> usize {
        section / 8 * 16 + channel * 8 + section % 8
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> __m512 {
        _mm512_load_ps(from)
    }

    #[inline(always)]
    unsafe fn store(to: *mut f32, v: __m512) {
        _mm512_store_ps(to, v);
    }

    #[inline(always)]
    unsafe fn zero() -> __m512 {
        _mm512_setzero_ps()
    }

    #[inline(always)]
    unsafe fn add(a: __m512, b: __m512) -> __m512 {
        _mm512_add_ps(a, b)
    }

    #[inline(always)]
    unsafe fn sub(a: __m512, b: __m512) -> __m512 {
        _mm512_sub_ps(a, b)
    }

    #[inline(always)]
    unsafe fn mul(a: __m512, b: __m512) -> __m512 {
        _mm512_mul_ps(a, b)
    }

    #[inline(always)]
    unsafe fn mul_add(a: __m512, b: __m512, c: __m512) -> __m512 {
        _mm512_fmadd_ps(a, b, c)
    }

    #[inline(always)]
    unsafe fn mul_take(a: __m512, b: __m512, c: __m512) -> __m512 {
        _mm512_fnmadd_ps(a, b, c)
    }

    #[inline(always)]
    unsafe fn shift_in(before: __m512, this: __m512) -> __m512 {
        // Indices from 16 up are lanes of `before`.
        let from = _mm512_setr_epi32(23, 0, 1, 2, 3, 4, 5, 6, 31, 8, 9, 10, 11, 12, 13, 14);
        _mm512_permutex2var_ps(this, from, before)
    }

    #[inline(always)]
    unsafe fn load_frame(from: *const f32) -> __m512 {
        let frame = _mm512_castpd_ps(_mm512_set1_pd(from.cast::<f64>().read_unaligned()));
        let channel = _mm512_setr_epi32(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
        _mm512_permutexvar_ps(channel, frame)
    }

    #[inline(always)]
    unsafe fn store_frame(v: __m512, to: *mut f32) {
        let last = _mm512_setr_epi32(7, 15, 7, 15, 7, 15, 7, 15, 7, 15, 7, 15, 7, 15, 7, 15);
        let frame = _mm512_castps512_ps128(_mm512_permutexvar_ps(last, v));
        _mm_storel_pd(to.cast(), _mm_castps_pd(frame));
    }

    #[inline(always)]
    unsafe fn between(v: __m512, low: f32, high: f32) -> __mmask16 {
        let below = _mm512_cmp_ps_mask::<_CMP_LE_OQ>(v, _mm512_set1_ps(high));
        below & _mm512_cmp_ps_mask::<_CMP_GT_OQ>(v, _mm512_set1_ps(low))
    }

    #[inline(always)]
    unsafe fn select(mask: __mmask16, yes: __m512, no: __m512) -> __m512 {
        _mm512_mask_blend_ps(mask, no, yes)
    }

    #[inline(always)]
    unsafe fn flush(v: __m512) -> __m512 {
        let magnitude = _mm512_abs_ps(v);
        let audible = _mm512_cmp_ps_mask::<_CMP_GE_OQ>(magnitude, _mm512_set1_ps(STATE_FLOOR));
        _mm512_maskz_mov_ps(audible, v)
    }
}
