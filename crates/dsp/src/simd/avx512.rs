//! [`Lanes`] in AVX-512 (F, BW, DQ, VL): 16 samples.

use super::lanes::{Lanes, compiled_for};
use std::arch::x86_64::*;

/// NaN as 0 and nothing above `top`; conversion and packing saturate the lower side.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")]
fn below(value: __m512, top: f32) -> __m512 {
    let is_number = _mm512_cmp_ps_mask::<_CMP_ORD_Q>(value, value);
    _mm512_maskz_min_ps(is_number, value, _mm512_set1_ps(top))
}

// SAFETY: memory operations touch one register, as the trait says.
unsafe impl Lanes for __m512 {
    type Bits = __m512i;
    type Mask = __mmask16;
    const LANES: usize = 16;
    const IS_FUSED: bool = true;

    /// The left channels of eight sections in the low half, their right ones in the high half.
    fn lane(section: usize, channel: usize) -> usize {
        section / 8 * 16 + channel * 8 + section % 8
    }

    compiled_for! { "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma";
        splat(value: f32) -> Self { _mm512_set1_ps(value) }
        // SAFETY: the caller vouches for `LANES` elements.
        load(from: *const f32) -> Self { unsafe { _mm512_loadu_ps(from) } }
        // SAFETY: the caller vouches for `LANES` elements and where they stand.
        load_aligned(from: *const f32) -> Self { unsafe { _mm512_load_ps(from) } }
        // SAFETY: the caller vouches for `LANES` elements.
        store(self, to: *mut f32) { unsafe { _mm512_storeu_ps(to, self) } }

        add(self, other: Self) -> Self { _mm512_add_ps(self, other) }
        sub(self, other: Self) -> Self { _mm512_sub_ps(self, other) }
        mul(self, other: Self) -> Self { _mm512_mul_ps(self, other) }
        mul_add(self, factor: Self, term: Self) -> Self { _mm512_fmadd_ps(self, factor, term) }
        mul_sub(self, factor: Self, term: Self) -> Self { _mm512_fmsub_ps(self, factor, term) }
        neg_mul_add(self, factor: Self, term: Self) -> Self { _mm512_fnmadd_ps(self, factor, term) }
        div(self, other: Self) -> Self { _mm512_div_ps(self, other) }
        abs(self) -> Self { _mm512_abs_ps(self) }
        max(self, other: Self) -> Self { _mm512_max_ps(self, other) }
        min(self, other: Self) -> Self { _mm512_min_ps(self, other) }
        less(self, bound: Self) -> __mmask16 { _mm512_cmp_ps_mask::<_CMP_LT_OQ>(self, bound) }
        both(a: __mmask16, b: __mmask16) -> __mmask16 { a & b }
        select(mask: __mmask16, yes: Self, no: Self) -> Self { _mm512_mask_blend_ps(mask, no, yes) }
        sum(self) -> f32 { _mm512_reduce_add_ps(self) }
        largest(self) -> f32 { _mm512_reduce_max_ps(self) }

        interleave(self, right: Self) -> (Self, Self) {
            // Indices from 16 up are lanes of `right`.
            let low = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
            let high = _mm512_add_epi32(low, _mm512_set1_epi32(8));
            (
                _mm512_permutex2var_ps(self, low, right),
                _mm512_permutex2var_ps(self, high, right),
            )
        }
        deinterleave(self, high: Self) -> (Self, Self) {
            let even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
            let odd = _mm512_add_epi32(even, _mm512_set1_epi32(1));
            (
                _mm512_permutex2var_ps(self, even, high),
                _mm512_permutex2var_ps(self, odd, high),
            )
        }

        load_complex(from: *const f32) -> (Self, Self) {
            // SAFETY: the caller vouches for `LANES` complex values.
            let (a, b) = unsafe { (_mm512_loadu_ps(from), _mm512_loadu_ps(from.add(16))) };
            let re = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
            let im = _mm512_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
            (_mm512_permutex2var_ps(a, re, b), _mm512_permutex2var_ps(a, im, b))
        }
        load_complex_mirrored(from: *const f32) -> (Self, Self) {
            // SAFETY: the caller vouches for `LANES` complex values.
            let (a, b) = unsafe { (_mm512_loadu_ps(from), _mm512_loadu_ps(from.add(16))) };
            let re = _mm512_setr_epi32(30, 28, 26, 24, 22, 20, 18, 16, 14, 12, 10, 8, 6, 4, 2, 0);
            let im = _mm512_setr_epi32(31, 29, 27, 25, 23, 21, 19, 17, 15, 13, 11, 9, 7, 5, 3, 1);
            (_mm512_permutex2var_ps(a, re, b), _mm512_permutex2var_ps(a, im, b))
        }
        forward(self) -> Self { self }
        mirrored(self) -> Self {
            let reversed = _mm512_setr_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
            _mm512_permutexvar_ps(reversed, self)
        }

        shift_in(self, before: Self) -> Self {
            // Indices from 16 up are lanes of `before`.
            let from = _mm512_setr_epi32(23, 0, 1, 2, 3, 4, 5, 6, 31, 8, 9, 10, 11, 12, 13, 14);
            _mm512_permutex2var_ps(self, from, before)
        }
        load_frame(from: *const f32) -> Self {
            // SAFETY: the caller vouches for two elements.
            let both = unsafe { from.cast::<f64>().read_unaligned() };
            let channel = _mm512_setr_epi32(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
            _mm512_permutexvar_ps(channel, _mm512_castpd_ps(_mm512_set1_pd(both)))
        }
        store_frame(self, to: *mut f32) {
            let last = _mm512_setr_epi32(7, 15, 7, 15, 7, 15, 7, 15, 7, 15, 7, 15, 7, 15, 7, 15);
            let frame = _mm512_castps512_ps128(_mm512_permutexvar_ps(last, self));
            // SAFETY: the caller vouches for two elements; this writes them at any alignment.
            unsafe { _mm_storel_pd(to.cast(), _mm_castps_pd(frame)) }
        }

        store_i16(to: *mut i16, low: Self, high: Self) {
            let low = _mm512_cvtsepi32_epi16(_mm512_cvtps_epi32(below(low, 32_767.0)));
            let high = _mm512_cvtsepi32_epi16(_mm512_cvtps_epi32(below(high, 32_767.0)));
            // SAFETY: the caller vouches for `2 * LANES` words, 16 in each half.
            unsafe {
                _mm256_storeu_si256(to.cast(), low);
                _mm256_storeu_si256(to.add(16).cast(), high);
            }
        }
        store_i24(self, to: *mut u8) {
            let bounded = _mm512_max_ps(below(self, 8_388_607.0), _mm512_set1_ps(-8_388_608.0));
            // Three bytes of every four, 12 in each quarter, then the quarters together.
            let keep = _mm512_broadcast_i32x4(_mm_setr_epi8(
                0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1,
            ));
            let quarters = _mm512_shuffle_epi8(_mm512_cvtps_epi32(bounded), keep);
            let order = _mm512_setr_epi32(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 3, 7, 11, 15);
            let packed = _mm512_permutexvar_epi32(order, quarters);
            // SAFETY: the caller vouches for 48 bytes, the 12 integers of the mask.
            unsafe { _mm512_mask_storeu_epi32(to.cast(), 0x0FFF, packed) }
        }
        store_i32(self, to: *mut i32) {
            let is_number = _mm512_cmp_ps_mask::<_CMP_ORD_Q>(self, self);
            let is_above = _mm512_cmp_ps_mask::<_CMP_GE_OQ>(self, _mm512_set1_ps(2_147_483_648.0));
            let words = _mm512_maskz_cvtps_epi32(is_number, self);
            let words = _mm512_mask_mov_epi32(words, is_above, _mm512_set1_epi32(i32::MAX));
            // SAFETY: the caller vouches for `LANES` words.
            unsafe { _mm512_storeu_si512(to.cast(), words) }
        }

        bits(self) -> __m512i { _mm512_castps_si512(self) }
        from_bits(bits: __m512i) -> Self { _mm512_castsi512_ps(bits) }
        splat_bits(value: u32) -> __m512i { _mm512_set1_epi32(value.cast_signed()) }
        // SAFETY: the caller vouches for `LANES` elements.
        load_bits(from: *const u32) -> __m512i { unsafe { _mm512_loadu_si512(from.cast()) } }
        // SAFETY: the caller vouches for `LANES` elements.
        store_bits(bits: __m512i, to: *mut u32) { unsafe { _mm512_storeu_si512(to.cast(), bits) } }
        add_bits(a: __m512i, b: __m512i) -> __m512i { _mm512_add_epi32(a, b) }
        sub_bits(a: __m512i, b: __m512i) -> __m512i { _mm512_sub_epi32(a, b) }
        and(a: __m512i, b: __m512i) -> __m512i { _mm512_and_si512(a, b) }
        xor(a: __m512i, b: __m512i) -> __m512i { _mm512_xor_si512(a, b) }
        // The counts are constants: these become shifts by an immediate.
        shift_left<N>(bits: __m512i) -> __m512i { _mm512_sllv_epi32(bits, _mm512_set1_epi32(N)) }
        shift_right<N>(bits: __m512i) -> __m512i { _mm512_srlv_epi32(bits, _mm512_set1_epi32(N)) }
        shift_right_signed<N>(bits: __m512i) -> __m512i {
            _mm512_srav_epi32(bits, _mm512_set1_epi32(N))
        }
        upper_minus_lower(bits: __m512i) -> __m512i {
            // One multiply-add of the halves with 1 and -1.
            _mm512_madd_epi16(bits, _mm512_set1_epi32(0x0001_FFFF))
        }
        to_floats(bits: __m512i) -> Self { _mm512_cvtepi32_ps(bits) }
    }
}
