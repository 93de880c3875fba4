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
    type Mask = __m256;
    const LANES: usize = 8;
    const IS_FUSED: bool = true;

    /// The left channels of four sections in the low half, their right ones in the high half, so that
    /// the shift stays within halves.
    fn lane(section: usize, channel: usize) -> usize {
        section / 4 * 8 + channel * 4 + section % 4
    }

    compiled_for! { "avx2,fma";
        splat(value: f32) -> Self { _mm256_set1_ps(value) }
        // SAFETY: the caller vouches for `LANES` elements.
        load(from: *const f32) -> Self { unsafe { _mm256_loadu_ps(from) } }
        // SAFETY: the caller vouches for `LANES` elements and where they stand.
        load_aligned(from: *const f32) -> Self { unsafe { _mm256_load_ps(from) } }
        // SAFETY: the caller vouches for `LANES` elements.
        store(self, to: *mut f32) { unsafe { _mm256_storeu_ps(to, self) } }

        add(self, other: Self) -> Self { _mm256_add_ps(self, other) }
        sub(self, other: Self) -> Self { _mm256_sub_ps(self, other) }
        mul(self, other: Self) -> Self { _mm256_mul_ps(self, other) }
        mul_add(self, factor: Self, term: Self) -> Self { _mm256_fmadd_ps(self, factor, term) }
        mul_sub(self, factor: Self, term: Self) -> Self { _mm256_fmsub_ps(self, factor, term) }
        neg_mul_add(self, factor: Self, term: Self) -> Self { _mm256_fnmadd_ps(self, factor, term) }
        div(self, other: Self) -> Self { _mm256_div_ps(self, other) }
        abs(self) -> Self { _mm256_andnot_ps(_mm256_set1_ps(-0.0), self) }
        max(self, other: Self) -> Self { _mm256_max_ps(self, other) }
        min(self, other: Self) -> Self { _mm256_min_ps(self, other) }
        less(self, bound: Self) -> __m256 { _mm256_cmp_ps::<_CMP_LT_OQ>(self, bound) }
        both(a: __m256, b: __m256) -> __m256 { _mm256_and_ps(a, b) }
        select(mask: __m256, yes: Self, no: Self) -> Self { _mm256_blendv_ps(no, yes, mask) }
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

        load_complex(from: *const f32) -> (Self, Self) {
            // Lanes hold the values 0, 1, 4, 5, 2, 3, 6, 7: no step here crosses the register's halves.
            // SAFETY: the caller vouches for `LANES` complex values.
            let (a, b) = unsafe { (_mm256_loadu_ps(from), _mm256_loadu_ps(from.add(8))) };
            (_mm256_shuffle_ps::<0x88>(a, b), _mm256_shuffle_ps::<0xDD>(a, b))
        }
        load_complex_mirrored(from: *const f32) -> (Self, Self) {
            // Lanes hold the values 7, 6, 3, 2, 5, 4, 1, 0. The halves swap places while they are loaded.
            // SAFETY: the caller vouches for `LANES` complex values.
            let (a, b) = unsafe {
                (
                    _mm256_loadu2_m128(from, from.add(4)),
                    _mm256_loadu2_m128(from.add(8), from.add(12)),
                )
            };
            (_mm256_shuffle_ps::<0x22>(b, a), _mm256_shuffle_ps::<0x77>(b, a))
        }
        forward(self) -> Self {
            _mm256_castpd_ps(_mm256_permute4x64_pd::<0b11_01_10_00>(_mm256_castps_pd(self)))
        }
        mirrored(self) -> Self {
            _mm256_permutevar8x32_ps(self, _mm256_setr_epi32(7, 6, 3, 2, 5, 4, 1, 0))
        }

        shift_in(self, before: Self) -> Self {
            let (before, this) = (_mm256_castps_si256(before), _mm256_castps_si256(self));
            _mm256_castsi256_ps(_mm256_alignr_epi8::<12>(this, before))
        }
        load_frame(from: *const f32) -> Self {
            // SAFETY: the caller vouches for two elements.
            let both = unsafe { from.cast::<f64>().read_unaligned() };
            let frame = _mm256_castpd_ps(_mm256_set1_pd(both));
            _mm256_permutevar_ps(frame, _mm256_setr_epi32(0, 0, 0, 0, 1, 1, 1, 1))
        }
        store_frame(self, to: *mut f32) {
            let (left, right) = (_mm256_castps256_ps128(self), _mm256_extractf128_ps::<1>(self));
            let frame = _mm_castps_pd(_mm_unpackhi_ps(left, right));
            // SAFETY: the caller vouches for two elements; this writes them at any alignment.
            unsafe { _mm_storeh_pd(to.cast(), frame) }
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
