//! [`Lanes`] for SSE2, AVX2 with FMA, and AVX-512.

use super::lanes::Lanes;
use std::arch::x86_64::*;
use transforms::Complex;

impl Lanes<4> for __m128 {
    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        // SAFETY: the caller answers for the processor.
        unsafe { _mm_set1_ps(value) }
    }
    #[inline(always)]
    unsafe fn load(from: &[f32; 4]) -> Self {
        // SAFETY: the caller answers for the processor; the arrays are as long as what is read or written.
        unsafe { _mm_loadu_ps(from.as_ptr()) }
    }
    #[inline(always)]
    unsafe fn store(self, to: &mut [f32; 4]) {
        // SAFETY: the caller answers for the processor; the arrays are as long as what is read or written.
        unsafe {
            _mm_storeu_ps(to.as_mut_ptr(), self);
        }
    }
    #[inline(always)]
    unsafe fn load_complex(from: &[Complex<f32>; 4]) -> (Self, Self) {
        // SAFETY: the caller answers for the processor; the arrays are as long as what is read or written.
        unsafe {
            let from = from.as_ptr().cast::<f32>();
            let (a, b) = (_mm_loadu_ps(from), _mm_loadu_ps(from.add(4)));
            (_mm_shuffle_ps::<0x88>(a, b), _mm_shuffle_ps::<0xDD>(a, b))
        }
    }
    #[inline(always)]
    unsafe fn load_complex_mirrored(from: &[Complex<f32>; 4]) -> (Self, Self) {
        // SAFETY: the caller answers for the processor; the arrays are as long as what is read or written.
        unsafe {
            let from = from.as_ptr().cast::<f32>();
            let (a, b) = (_mm_loadu_ps(from), _mm_loadu_ps(from.add(4)));
            (_mm_shuffle_ps::<0x22>(b, a), _mm_shuffle_ps::<0x77>(b, a))
        }
    }
    #[inline(always)]
    unsafe fn forward(self) -> Self {
        self
    }
    #[inline(always)]
    unsafe fn mirrored(self) -> Self {
        // SAFETY: the caller answers for the processor.
        unsafe { _mm_shuffle_ps::<0x1B>(self, self) }
    }
    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        // SAFETY: the caller answers for the processor.
        unsafe { _mm_add_ps(self, other) }
    }
    #[inline(always)]
    unsafe fn sub(self, other: Self) -> Self {
        // SAFETY: the caller answers for the processor.
        unsafe { _mm_sub_ps(self, other) }
    }
    #[inline(always)]
    unsafe fn mul(self, other: Self) -> Self {
        // SAFETY: the caller answers for the processor.
        unsafe { _mm_mul_ps(self, other) }
    }
    #[inline(always)]
    unsafe fn mul_add(self, factor: Self, term: Self) -> Self {
        // SAFETY: the caller answers for the processor.
        unsafe { _mm_add_ps(_mm_mul_ps(self, factor), term) }
    }
    #[inline(always)]
    unsafe fn mul_sub(self, factor: Self, term: Self) -> Self {
        // SAFETY: the caller answers for the processor.
        unsafe { _mm_sub_ps(_mm_mul_ps(self, factor), term) }
    }
}

impl Lanes<8> for __m256 {
    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        // SAFETY: the caller answers for the processor.
        unsafe { _mm256_set1_ps(value) }
    }
    #[inline(always)]
    unsafe fn load(from: &[f32; 8]) -> Self {
        // SAFETY: the caller answers for the processor; the arrays are as long as what is read or written.
        unsafe { _mm256_loadu_ps(from.as_ptr()) }
    }
    #[inline(always)]
    unsafe fn store(self, to: &mut [f32; 8]) {
        // SAFETY: the caller answers for the processor; the arrays are as long as what is read or written.
        unsafe {
            _mm256_storeu_ps(to.as_mut_ptr(), self);
        }
    }
    #[inline(always)]
    unsafe fn load_complex(from: &[Complex<f32>; 8]) -> (Self, Self) {
        // SAFETY: the caller answers for the processor; the arrays are as long as what is read or written.
        unsafe {
            // Lanes hold the values 0, 1, 4, 5, 2, 3, 6, 7: no step here crosses the register's halves.
            let from = from.as_ptr().cast::<f32>();
            let (a, b) = (_mm256_loadu_ps(from), _mm256_loadu_ps(from.add(8)));
            (
                _mm256_shuffle_ps::<0x88>(a, b),
                _mm256_shuffle_ps::<0xDD>(a, b),
            )
        }
    }
    #[inline(always)]
    unsafe fn load_complex_mirrored(from: &[Complex<f32>; 8]) -> (Self, Self) {
        // SAFETY: the caller answers for the processor; the arrays are as long as what is read or written.
        unsafe {
            // Lanes hold the values 7, 6, 3, 2, 5, 4, 1, 0. The halves swap places while they are loaded.
            let from = from.as_ptr().cast::<f32>();
            let a = _mm256_loadu2_m128(from, from.add(4));
            let b = _mm256_loadu2_m128(from.add(8), from.add(12));
            (
                _mm256_shuffle_ps::<0x22>(b, a),
                _mm256_shuffle_ps::<0x77>(b, a),
            )
        }
    }
    #[inline(always)]
    unsafe fn forward(self) -> Self {
        // SAFETY: the caller answers for the processor.
        unsafe {
            _mm256_castpd_ps(_mm256_permute4x64_pd::<0b11_01_10_00>(_mm256_castps_pd(
                self,
            )))
        }
    }
    #[inline(always)]
    unsafe fn mirrored(self) -> Self {
        // SAFETY: the caller answers for the processor.
        unsafe { _mm256_permutevar8x32_ps(self, _mm256_setr_epi32(7, 6, 3, 2, 5, 4, 1, 0)) }
    }
    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        // SAFETY: the caller answers for the processor.
        unsafe { _mm256_add_ps(self, other) }
    }
    #[inline(always)]
    unsafe fn sub(self, other: Self) -> Self {
        // SAFETY: the caller answers for the processor.
        unsafe { _mm256_sub_ps(self, other) }
    }
    #[inline(always)]
    unsafe fn mul(self, other: Self) -> Self {
        // SAFETY: the caller answers for the processor.
        unsafe { _mm256_mul_ps(self, other) }
    }
    #[inline(always)]
    unsafe fn mul_add(self, factor: Self, term: Self) -> Self {
        // SAFETY: the caller answers for the processor.
        unsafe { _mm256_fmadd_ps(self, factor, term) }
    }
    #[inline(always)]
    unsafe fn mul_sub(self, factor: Self, term: Self) -> Self {
        // SAFETY: the caller answers for the processor.
        unsafe { _mm256_fmsub_ps(self, factor, term) }
    }
}

impl Lanes<16> for __m512 {
    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        // SAFETY: the caller answers for the processor.
        unsafe { _mm512_set1_ps(value) }
    }
    #[inline(always)]
    unsafe fn load(from: &[f32; 16]) -> Self {
        // SAFETY: the caller answers for the processor; the arrays are as long as what is read or written.
        unsafe { _mm512_loadu_ps(from.as_ptr()) }
    }
    #[inline(always)]
    unsafe fn store(self, to: &mut [f32; 16]) {
        // SAFETY: the caller answers for the processor; the arrays are as long as what is read or written.
        unsafe {
            _mm512_storeu_ps(to.as_mut_ptr(), self);
        }
    }
    #[inline(always)]
    unsafe fn load_complex(from: &[Complex<f32>; 16]) -> (Self, Self) {
        // SAFETY: the caller answers for the processor; the arrays are as long as what is read or written.
        unsafe {
            let from = from.as_ptr().cast::<f32>();
            let (a, b) = (_mm512_loadu_ps(from), _mm512_loadu_ps(from.add(16)));
            let re = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
            let im = _mm512_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
            (
                _mm512_permutex2var_ps(a, re, b),
                _mm512_permutex2var_ps(a, im, b),
            )
        }
    }
    #[inline(always)]
    unsafe fn load_complex_mirrored(from: &[Complex<f32>; 16]) -> (Self, Self) {
        // SAFETY: the caller answers for the processor; the arrays are as long as what is read or written.
        unsafe {
            let from = from.as_ptr().cast::<f32>();
            let (a, b) = (_mm512_loadu_ps(from), _mm512_loadu_ps(from.add(16)));
            let re = _mm512_setr_epi32(30, 28, 26, 24, 22, 20, 18, 16, 14, 12, 10, 8, 6, 4, 2, 0);
            let im = _mm512_setr_epi32(31, 29, 27, 25, 23, 21, 19, 17, 15, 13, 11, 9, 7, 5, 3, 1);
            (
                _mm512_permutex2var_ps(a, re, b),
                _mm512_permutex2var_ps(a, im, b),
            )
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
            let reversed = _mm512_setr_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
            _mm512_permutexvar_ps(reversed, self)
        }
    }
    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        // SAFETY: the caller answers for the processor.
        unsafe { _mm512_add_ps(self, other) }
    }
    #[inline(always)]
    unsafe fn sub(self, other: Self) -> Self {
        // SAFETY: the caller answers for the processor.
        unsafe { _mm512_sub_ps(self, other) }
    }
    #[inline(always)]
    unsafe fn mul(self, other: Self) -> Self {
        // SAFETY: the caller answers for the processor.
        unsafe { _mm512_mul_ps(self, other) }
    }
    #[inline(always)]
    unsafe fn mul_add(self, factor: Self, term: Self) -> Self {
        // SAFETY: the caller answers for the processor.
        unsafe { _mm512_fmadd_ps(self, factor, term) }
    }
    #[inline(always)]
    unsafe fn mul_sub(self, factor: Self, term: Self) -> Self {
        // SAFETY: the caller answers for the processor.
        unsafe { _mm512_fmsub_ps(self, factor, term) }
    }
}
