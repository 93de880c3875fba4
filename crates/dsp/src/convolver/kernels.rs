//! The two inner loops of the convolver. Plain Rust that the compiler turns into vectors: each level
//! is the same loop compiled for its instructions.

use super::super::simd::{AudioOptimizer, SimdLevel};

/// Taps convolved directly, and frames between two steps of the partitioned part.
pub(super) const SLICE: usize = 64;
/// Frames the direct kernel computes at once.
pub(super) const GROUP: usize = 32;
/// Bins in a [`Cell`].
pub(super) const LANES: usize = 8;

/// [`LANES`] neighbouring bins of a spectrum: real parts, then imaginary parts. As both ends of a real
/// signal's spectrum are real, the first bin's imaginary part holds the real last bin.
pub(super) type Cell = [f64; 2 * LANES];

/// Sums of the products re·re, im·im, re·im, im·re of cells. Kept apart for the sake of the first bin,
/// whose two halves are two real bins, and to keep the multipliers from waiting for each other.
pub(super) type Products = [[f64; LANES]; 4];

/// Adds `x[p] * h[p]` for every pair of cells to `sums`.
pub(super) fn multiply(optimizer: AudioOptimizer, x: &[Cell], h: &[Cell], sums: &mut Products) {
    match optimizer.level() {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the optimizer is proof that this processor has AVX-512.
        SimdLevel::Avx512 => unsafe { multiply_avx512(x, h, sums) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the optimizer is proof that this processor has AVX2 and FMA.
        SimdLevel::Avx2 => unsafe { multiply_avx2(x, h, sums) },
        SimdLevel::Neon => multiply_with::<true>(x, h, sums),
        _ => multiply_with::<false>(x, h, sums),
    }
}

/// Convolves `input` with `taps`: `output[n]` is the sum of `taps[t] * input[SLICE - 1 + n - t]`.
pub(super) fn direct(
    optimizer: AudioOptimizer,
    taps: &[f64; SLICE],
    input: &[f64; SLICE - 1 + GROUP],
) -> [f64; GROUP] {
    match optimizer.level() {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the optimizer is proof that this processor has AVX-512.
        SimdLevel::Avx512 => unsafe { direct_avx512(taps, input) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the optimizer is proof that this processor has AVX2 and FMA.
        SimdLevel::Avx2 => unsafe { direct_avx2(taps, input) },
        SimdLevel::Neon => direct_with::<true>(taps, input),
        _ => direct_with::<false>(taps, input),
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")]
fn multiply_avx512(x: &[Cell], h: &[Cell], sums: &mut Products) {
    multiply_with::<true>(x, h, sums);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn multiply_avx2(x: &[Cell], h: &[Cell], sums: &mut Products) {
    multiply_with::<true>(x, h, sums);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")]
fn direct_avx512(taps: &[f64; SLICE], input: &[f64; SLICE - 1 + GROUP]) -> [f64; GROUP] {
    direct_with::<true>(taps, input)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn direct_avx2(taps: &[f64; SLICE], input: &[f64; SLICE - 1 + GROUP]) -> [f64; GROUP] {
    direct_with::<true>(taps, input)
}

#[inline(always)]
fn add_product<const FUSED: bool>(sum: f64, a: f64, b: f64) -> f64 {
    match FUSED {
        true => a.mul_add(b, sum),
        false => sum + a * b,
    }
}

#[inline(always)]
fn multiply_with<const FUSED: bool>(x: &[Cell], h: &[Cell], sums: &mut Products) {
    let [mut rr, mut ii, mut ri, mut ir] = *sums;
    for (x, h) in x.iter().zip(h) {
        for n in 0..LANES {
            rr[n] = add_product::<FUSED>(rr[n], x[n], h[n]);
            ii[n] = add_product::<FUSED>(ii[n], x[LANES + n], h[LANES + n]);
            ri[n] = add_product::<FUSED>(ri[n], x[n], h[LANES + n]);
            ir[n] = add_product::<FUSED>(ir[n], x[LANES + n], h[n]);
        }
    }
    *sums = [rr, ii, ri, ir];
}

#[inline(always)]
fn direct_with<const FUSED: bool>(
    taps: &[f64; SLICE],
    input: &[f64; SLICE - 1 + GROUP],
) -> [f64; GROUP] {
    let mut sums = [0.0; GROUP];
    for (window, tap) in input.windows(GROUP).zip(taps.iter().rev()) {
        for (sum, x) in sums.iter_mut().zip(window) {
            *sum = add_product::<FUSED>(*sum, *tap, *x);
        }
    }
    sums
}
