//! [`Lanes`] in AVX2 with fused multiply-add: 8 samples.

use super::lanes::{Lanes, compiled_for};
use std::arch::x86_64::*;

/// Rounded half to even, nothing above `top`, NaN as 0; what is far below is the least integer.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn rounded(value: __m256, top: f32) -> __m256i {
    let words = _mm256_cvtps_epi32(_mm256_min_ps(value, _mm256_set1_ps(top)));
    // Compared and masked apart from the conversion, to run beside it.
    let is_number = _mm256_cmp_ps::<_CMP_ORD_Q>(value, value);
    _mm256_and_si256(words, _mm256_castps_si256(is_number))
}

// SAFETY: memory operations touch one register, as the trait says.
unsafe impl Lanes for __m256 {
    type Bits = __m256i;
    const LANES: usize = 8;

    compiled_for! { "avx2,fma";
        splat(value: f32) -> Self { _mm256_set1_ps(value) }
        // SAFETY: the caller vouches for `LANES` elements.
        load(from: *const f32) -> Self { unsafe { _mm256_loadu_ps(from) } }
        // SAFETY: the caller vouches for `LANES` elements.
        store(self, to: *mut f32) { unsafe { _mm256_storeu_ps(to, self) } }

        add(self, other: Self) -> Self { _mm256_add_ps(self, other) }
        mul(self, other: Self) -> Self { _mm256_mul_ps(self, other) }
        mul_add(self, factor: Self, term: Self) -> Self { _mm256_fmadd_ps(self, factor, term) }
        abs(self) -> Self { _mm256_andnot_ps(_mm256_set1_ps(-0.0), self) }
        max(self, other: Self) -> Self { _mm256_max_ps(self, other) }
        min(self, other: Self) -> Self { _mm256_min_ps(self, other) }
        if_less(self, bound: Self, yes: Self, no: Self) -> Self {
            _mm256_blendv_ps(no, yes, _mm256_cmp_ps::<_CMP_LT_OQ>(self, bound))
        }
        sum(self) -> f32 {
            let halves = _mm_add_ps(_mm256_castps256_ps128(self), _mm256_extractf128_ps::<1>(self));
            // SAFETY: AVX2 includes SSE2.
            unsafe { Lanes::sum(halves) }
        }
        largest(self) -> f32 {
            let halves = _mm_max_ps(_mm256_castps256_ps128(self), _mm256_extractf128_ps::<1>(self));
            // SAFETY: AVX2 includes SSE2.
            unsafe { Lanes::largest(halves) }
        }

        interleave(self, right: Self) -> (Self, Self) {
            // In each 128-bit half first, then the halves into order.
            let low = _mm256_unpacklo_ps(self, right);
            let high = _mm256_unpackhi_ps(self, right);
            (_mm256_permute2f128_ps::<0x20>(low, high), _mm256_permute2f128_ps::<0x31>(low, high))
        }
        deinterleave(self, high: Self) -> (Self, Self) {
            let a = _mm256_permute2f128_ps::<0x20>(self, high);
            let b = _mm256_permute2f128_ps::<0x31>(self, high);
            (_mm256_shuffle_ps::<0x88>(a, b), _mm256_shuffle_ps::<0xDD>(a, b))
        }

        store_i16(to: *mut i16, low: Self, high: Self) {
            let low = rounded(low, 32_767.0);
            let high = rounded(high, 32_767.0);
            // Packing works in 128-bit halves; the permutation puts the quarters into order.
            let words = _mm256_permute4x64_epi64::<0xD8>(_mm256_packs_epi32(low, high));
            // SAFETY: the caller vouches for `2 * LANES` words, which are one register.
            unsafe { _mm256_storeu_si256(to.cast(), words) }
        }
        store_i24(self, to: *mut u8) {
            // In this order the larger of NaN is NaN.
            let bounded = _mm256_max_ps(_mm256_set1_ps(-8_388_608.0), self);
            let words = rounded(bounded, 8_388_607.0);
            // Three bytes of every four, 12 in each half, then the two twelves together.
            let keep = _mm256_setr_epi8(
                0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1,
                0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1,
            );
            let halves = _mm256_shuffle_epi8(words, keep);
            let order = _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7);
            let packed = _mm256_permutevar8x32_epi32(halves, order);
            // SAFETY: the caller vouches for 24 bytes and the 8 after them.
            unsafe { _mm256_storeu_si256(to.cast(), packed) }
        }
        store_i32(self, to: *mut i32) {
            let number = _mm256_and_ps(self, _mm256_cmp_ps::<_CMP_ORD_Q>(self, self));
            // What does not fit becomes the least integer; all its bits turned, the greatest.
            let above = _mm256_cmp_ps::<_CMP_GE_OQ>(number, _mm256_set1_ps(2_147_483_648.0));
            let words = _mm256_xor_si256(_mm256_cvtps_epi32(number), _mm256_castps_si256(above));
            // SAFETY: the caller vouches for `LANES` words.
            unsafe { _mm256_storeu_si256(to.cast(), words) }
        }

        bits(self) -> __m256i { _mm256_castps_si256(self) }
        from_bits(bits: __m256i) -> Self { _mm256_castsi256_ps(bits) }
        splat_bits(value: u32) -> __m256i { _mm256_set1_epi32(value.cast_signed()) }
        // SAFETY: the caller vouches for `LANES` elements.
        load_bits(from: *const u32) -> __m256i { unsafe { _mm256_loadu_si256(from.cast()) } }
        // SAFETY: the caller vouches for `LANES` elements.
        store_bits(bits: __m256i, to: *mut u32) { unsafe { _mm256_storeu_si256(to.cast(), bits) } }
        add_bits(a: __m256i, b: __m256i) -> __m256i { _mm256_add_epi32(a, b) }
        sub_bits(a: __m256i, b: __m256i) -> __m256i { _mm256_sub_epi32(a, b) }
        and(a: __m256i, b: __m256i) -> __m256i { _mm256_and_si256(a, b) }
        xor(a: __m256i, b: __m256i) -> __m256i { _mm256_xor_si256(a, b) }
        shift_left<N>(bits: __m256i) -> __m256i { _mm256_slli_epi32::<N>(bits) }
        shift_right<N>(bits: __m256i) -> __m256i { _mm256_srli_epi32::<N>(bits) }
        shift_right_signed<N>(bits: __m256i) -> __m256i { _mm256_srai_epi32::<N>(bits) }
        upper_minus_lower(bits: __m256i) -> __m256i {
            // One multiply-add of the halves with 1 and -1.
            _mm256_madd_epi16(bits, _mm256_set1_epi32(0x0001_FFFF))
        }
        to_floats(bits: __m256i) -> Self { _mm256_cvtepi32_ps(bits) }
    }
}
