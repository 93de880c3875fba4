//! [`Lanes`] in SSE2: 4 samples, on every x86-64 processor.

use super::lanes::{Lanes, compiled_for};
use std::arch::x86_64::*;

/// Rounded half to even, nothing above `top`, NaN as 0; what is far below is the least integer.
#[inline]
#[target_feature(enable = "sse2")]
fn rounded(value: __m128, top: f32) -> __m128i {
    let words = _mm_cvtps_epi32(_mm_min_ps(value, _mm_set1_ps(top)));
    // Compared and masked apart from the conversion, to run beside it.
    let is_number = _mm_cmpord_ps(value, value);
    _mm_and_si128(words, _mm_castps_si128(is_number))
}

// SAFETY: memory operations touch one register, or two halves of one, as the trait says.
unsafe impl Lanes for __m128 {
    type Bits = __m128i;
    type Mask = __m128;
    const LANES: usize = 4;
    const IS_FUSED: bool = false;

    compiled_for! { "sse2";
        splat(value: f32) -> Self { _mm_set1_ps(value) }
        // SAFETY: the caller vouches for `LANES` elements.
        load(from: *const f32) -> Self { unsafe { _mm_loadu_ps(from) } }
        // SAFETY: the caller vouches for `LANES` elements and where they stand.
        load_aligned(from: *const f32) -> Self { unsafe { _mm_load_ps(from) } }
        // SAFETY: the caller vouches for `LANES` elements.
        store(self, to: *mut f32) { unsafe { _mm_storeu_ps(to, self) } }

        add(self, other: Self) -> Self { _mm_add_ps(self, other) }
        sub(self, other: Self) -> Self { _mm_sub_ps(self, other) }
        mul(self, other: Self) -> Self { _mm_mul_ps(self, other) }
        mul_add(self, factor: Self, term: Self) -> Self { _mm_add_ps(_mm_mul_ps(self, factor), term) }
        mul_sub(self, factor: Self, term: Self) -> Self { _mm_sub_ps(_mm_mul_ps(self, factor), term) }
        neg_mul_add(self, factor: Self, term: Self) -> Self {
            _mm_sub_ps(term, _mm_mul_ps(self, factor))
        }
        div(self, other: Self) -> Self { _mm_div_ps(self, other) }
        abs(self) -> Self { _mm_andnot_ps(_mm_set1_ps(-0.0), self) }
        max(self, other: Self) -> Self { _mm_max_ps(self, other) }
        min(self, other: Self) -> Self { _mm_min_ps(self, other) }
        less(self, bound: Self) -> __m128 { _mm_cmplt_ps(self, bound) }
        both(a: __m128, b: __m128) -> __m128 { _mm_and_ps(a, b) }
        select(mask: __m128, yes: Self, no: Self) -> Self {
            _mm_or_ps(_mm_and_ps(mask, yes), _mm_andnot_ps(mask, no))
        }
        sum(self) -> f32 {
            let pairs = _mm_add_ps(self, _mm_movehl_ps(self, self));
            _mm_cvtss_f32(_mm_add_ss(pairs, _mm_shuffle_ps::<1>(pairs, pairs)))
        }
        largest(self) -> f32 {
            let pairs = _mm_max_ps(self, _mm_movehl_ps(self, self));
            _mm_cvtss_f32(_mm_max_ss(pairs, _mm_shuffle_ps::<1>(pairs, pairs)))
        }

        interleave(self, right: Self) -> (Self, Self) {
            (_mm_unpacklo_ps(self, right), _mm_unpackhi_ps(self, right))
        }
        deinterleave(self, high: Self) -> (Self, Self) {
            (_mm_shuffle_ps::<0x88>(self, high), _mm_shuffle_ps::<0xDD>(self, high))
        }

        load_complex(from: *const f32) -> (Self, Self) {
            // SAFETY: the caller vouches for `LANES` complex values.
            let (a, b) = unsafe { (_mm_loadu_ps(from), _mm_loadu_ps(from.add(4))) };
            (_mm_shuffle_ps::<0x88>(a, b), _mm_shuffle_ps::<0xDD>(a, b))
        }
        load_complex_mirrored(from: *const f32) -> (Self, Self) {
            // SAFETY: the caller vouches for `LANES` complex values.
            let (a, b) = unsafe { (_mm_loadu_ps(from), _mm_loadu_ps(from.add(4))) };
            (_mm_shuffle_ps::<0x22>(b, a), _mm_shuffle_ps::<0x77>(b, a))
        }
        forward(self) -> Self { self }
        mirrored(self) -> Self { _mm_shuffle_ps::<0x1B>(self, self) }

        shift_in(self, before: Self) -> Self { _mm_shuffle_ps::<0b01_00_11_10>(before, self) }
        load_frame(from: *const f32) -> Self {
            // SAFETY: the caller vouches for two elements; this reads them at any alignment.
            _mm_castpd_ps(unsafe { _mm_load1_pd(from.cast()) })
        }
        store_frame(self, to: *mut f32) {
            // SAFETY: the caller vouches for two elements; this writes them at any alignment.
            unsafe { _mm_storeh_pd(to.cast(), _mm_castps_pd(self)) }
        }

        store_i16(to: *mut i16, low: Self, high: Self) {
            let low = rounded(low, 32_767.0);
            let high = rounded(high, 32_767.0);
            // SAFETY: the caller vouches for `2 * LANES` words, which are one register.
            unsafe { _mm_storeu_si128(to.cast(), _mm_packs_epi32(low, high)) }
        }
        store_i24(self, to: *mut u8) {
            // In this order the larger of NaN is NaN.
            let words = rounded(_mm_max_ps(_mm_set1_ps(-8_388_608.0), self), 8_388_607.0);
            // Two words of 24 bits side by side in each half, then the halves side by side.
            let even = _mm_and_si128(words, _mm_set1_epi64x(0x00FF_FFFF));
            let odd = _mm_and_si128(_mm_srli_epi64::<8>(words), _mm_set1_epi64x(0xFFFF_FF00_0000));
            let pairs = _mm_or_si128(even, odd);
            let first = _mm_move_epi64(pairs);
            let second = _mm_slli_si128::<6>(_mm_srli_si128::<8>(pairs));
            // SAFETY: the caller vouches for 12 bytes and the 4 after them.
            unsafe { _mm_storeu_si128(to.cast(), _mm_or_si128(first, second)) }
        }
        store_i32(self, to: *mut i32) {
            let number = _mm_and_ps(self, _mm_cmpord_ps(self, self));
            // What does not fit becomes the least integer; all its bits turned, the greatest.
            let above = _mm_cmpge_ps(number, _mm_set1_ps(2_147_483_648.0));
            let words = _mm_xor_si128(_mm_cvtps_epi32(number), _mm_castps_si128(above));
            // SAFETY: the caller vouches for `LANES` words.
            unsafe { _mm_storeu_si128(to.cast(), words) }
        }

        bits(self) -> __m128i { _mm_castps_si128(self) }
        from_bits(bits: __m128i) -> Self { _mm_castsi128_ps(bits) }
        splat_bits(value: u32) -> __m128i { _mm_set1_epi32(value.cast_signed()) }
        // SAFETY: the caller vouches for `LANES` elements.
        load_bits(from: *const u32) -> __m128i { unsafe { _mm_loadu_si128(from.cast()) } }
        // SAFETY: the caller vouches for `LANES` elements.
        store_bits(bits: __m128i, to: *mut u32) { unsafe { _mm_storeu_si128(to.cast(), bits) } }
        add_bits(a: __m128i, b: __m128i) -> __m128i { _mm_add_epi32(a, b) }
        sub_bits(a: __m128i, b: __m128i) -> __m128i { _mm_sub_epi32(a, b) }
        and(a: __m128i, b: __m128i) -> __m128i { _mm_and_si128(a, b) }
        xor(a: __m128i, b: __m128i) -> __m128i { _mm_xor_si128(a, b) }
        shift_left<N>(bits: __m128i) -> __m128i { _mm_slli_epi32::<N>(bits) }
        shift_right<N>(bits: __m128i) -> __m128i { _mm_srli_epi32::<N>(bits) }
        shift_right_signed<N>(bits: __m128i) -> __m128i { _mm_srai_epi32::<N>(bits) }
        upper_minus_lower(bits: __m128i) -> __m128i {
            // One multiply-add of the halves with 1 and -1.
            _mm_madd_epi16(bits, _mm_set1_epi32(0x0001_FFFF))
        }
        to_floats(bits: __m128i) -> Self { _mm_cvtepi32_ps(bits) }
    }
}
