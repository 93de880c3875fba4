//! The passes before and after the complex transform, at every vector level.

use super::super::simd::{AudioOptimizer, SimdLevel};
use super::FftInput;
use super::lanes::Lanes;
use std::f64::consts::TAU;
use transforms::Complex;

#[cfg(target_arch = "aarch64")]
use std::arch::aarch64::float32x4_t;
#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::{__m128, __m256, __m512};

/// Calls a kernel in the form of the level: plain Rust, or the lanes of that level within a function
/// compiled for it.
macro_rules! at_level {
    ($level:expr, $kernel:ident($($name:ident: $type:ty),*)) => {{
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "sse2")]
        fn sse2($($name: $type),*) {
            // SAFETY: this function's own instructions.
            unsafe { $kernel::<4, __m128>($($name),*) }
        }
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx2,fma")]
        fn avx2($($name: $type),*) {
            // SAFETY: this function's own instructions.
            unsafe { $kernel::<8, __m256>($($name),*) }
        }
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
        fn avx512($($name: $type),*) {
            // SAFETY: this function's own instructions.
            unsafe { $kernel::<16, __m512>($($name),*) }
        }
        #[cfg(target_arch = "aarch64")]
        #[target_feature(enable = "neon")]
        fn neon($($name: $type),*) {
            // SAFETY: this function's own instructions.
            unsafe { $kernel::<4, float32x4_t>($($name),*) }
        }
        // SAFETY: the level comes from an `AudioOptimizer`, the proof that the processor has it.
        unsafe {
            match $level {
                #[cfg(target_arch = "x86_64")]
                SimdLevel::Sse2 => sse2($($name),*),
                #[cfg(target_arch = "x86_64")]
                SimdLevel::Avx2 => avx2($($name),*),
                #[cfg(target_arch = "x86_64")]
                SimdLevel::Avx512 => avx512($($name),*),
                #[cfg(target_arch = "aarch64")]
                SimdLevel::Neon => neon($($name),*),
                _ => $kernel::<1, f32>($($name),*),
            }
        }
    }};
}

/// The level, and the turns of the untangling in its order of lanes.
pub(super) struct Kernel {
    level: SimdLevel,
    turns_re: Vec<f32>,
    turns_im: Vec<f32>,
}

impl Kernel {
    pub(super) fn new(size: usize, optimizer: AudioOptimizer) -> Self {
        let level = optimizer.level();
        // -i e^(-2 pi i k / size): the turn of the odd frames, which are a frame late, and the -i of
        // what they are separated with.
        let turns: Vec<Complex<f32>> = (0..size / 4)
            .map(|k| -(TAU * k as f64 / size as f64))
            .map(|angle| Complex::new(angle.sin() as f32, -angle.cos() as f32))
            .collect();
        let mut turns_re = vec![0.0; turns.len()];
        let mut turns_im = vec![0.0; turns.len()];
        {
            let (from, re, im) = (&turns[..], &mut turns_re[..], &mut turns_im[..]);
            at_level!(level, take_apart(from: &[Complex<f32>], re: &mut [f32], im: &mut [f32]));
        }
        Self {
            level,
            turns_re,
            turns_im,
        }
    }

    /// The windowed input, even frames as real and odd ones as imaginary parts.
    pub(super) fn pack(&self, input: FftInput<'_>, window: &[f32], packed: &mut [Complex<f32>]) {
        let out = as_floats(packed);
        let available = match input {
            FftInput::Mono(frames) => frames.len(),
            FftInput::Interleaved(frames, _) => frames.len() / 2,
            FftInput::Planar(left, right, _) => left.len().min(right.len()),
        };
        let (out, silence) = out.split_at_mut(available.min(out.len()));
        silence.fill(0.0);
        match input {
            FftInput::Mono(frames) => {
                at_level!(self.level, pack_mono(frames: &[f32], window: &[f32], out: &mut [f32]));
            }
            FftInput::Interleaved(frames, weights) => {
                let frames = frames.as_chunks().0;
                at_level!(self.level, pack_interleaved(
                    frames: &[[f32; 2]], weights: [f32; 2], window: &[f32], out: &mut [f32]));
            }
            FftInput::Planar(left, right, weights) => {
                at_level!(self.level, pack_planar(
                    left: &[f32], right: &[f32], weights: [f32; 2], window: &[f32], out: &mut [f32]));
            }
        }
    }

    /// Power of each bin (four times that of the first and last) of what the complex transform made.
    pub(super) fn untangle(&self, bins: &[Complex<f32>], power: &mut [f32]) {
        let (re, im) = (&self.turns_re[..], &self.turns_im[..]);
        at_level!(self.level, untangle_power(
            bins: &[Complex<f32>], re: &[f32], im: &[f32], power: &mut [f32]));
    }
}

fn as_floats(values: &mut [Complex<f32>]) -> &mut [f32] {
    // SAFETY: a complex number is two floats in memory order (`repr(C)`), and the borrow passes on.
    unsafe { std::slice::from_raw_parts_mut(values.as_mut_ptr().cast(), 2 * values.len()) }
}

fn as_complex(frames: &[[f32; 2]]) -> &[Complex<f32>] {
    // SAFETY: as above.
    unsafe { std::slice::from_raw_parts(frames.as_ptr().cast(), frames.len()) }
}

#[inline(always)]
unsafe fn take_apart<const W: usize, V: Lanes<W>>(
    from: &[Complex<f32>],
    re: &mut [f32],
    im: &mut [f32],
) {
    let out = re.as_chunks_mut().0.iter_mut().zip(im.as_chunks_mut().0);
    for (from, (re, im)) in from.as_chunks().0.iter().zip(out) {
        // SAFETY: the caller answers for the processor.
        unsafe {
            let parts = V::load_complex(from);
            parts.0.store(re);
            parts.1.store(im);
        }
    }
}

#[inline(always)]
unsafe fn pack_mono<const W: usize, V: Lanes<W>>(frames: &[f32], window: &[f32], out: &mut [f32]) {
    let (out, out_rest) = out.as_chunks_mut();
    let whole = W * out.len();
    for ((out, frames), window) in out
        .iter_mut()
        .zip(frames.as_chunks().0)
        .zip(window.as_chunks().0)
    {
        // SAFETY: the caller answers for the processor.
        unsafe { V::load(frames).mul(V::load(window)).store(out) };
    }
    let rest = frames.iter().zip(window).skip(whole);
    for (out, (frame, window)) in out_rest.iter_mut().zip(rest) {
        *out = frame * window;
    }
}

#[inline(always)]
unsafe fn pack_planar<const W: usize, V: Lanes<W>>(
    left: &[f32],
    right: &[f32],
    weights: [f32; 2],
    window: &[f32],
    out: &mut [f32],
) {
    let (out, out_rest) = out.as_chunks_mut();
    let whole = W * out.len();
    let frames = left.as_chunks().0.iter().zip(right.as_chunks().0);
    for ((out, (left, right)), window) in out.iter_mut().zip(frames).zip(window.as_chunks().0) {
        // SAFETY: the caller answers for the processor.
        unsafe {
            let right = V::load(right).mul(V::splat(weights[1]));
            let mix = V::load(left).mul_add(V::splat(weights[0]), right);
            mix.mul(V::load(window)).store(out);
        }
    }
    let rest = left.iter().zip(right).zip(window).skip(whole);
    for (out, ((left, right), window)) in out_rest.iter_mut().zip(rest) {
        *out = (left * weights[0] + right * weights[1]) * window;
    }
}

#[inline(always)]
unsafe fn pack_interleaved<const W: usize, V: Lanes<W>>(
    frames: &[[f32; 2]],
    weights: [f32; 2],
    window: &[f32],
    out: &mut [f32],
) {
    let (out, out_rest) = out.as_chunks_mut();
    let whole = W * out.len();
    for ((out, frames), window) in out
        .iter_mut()
        .zip(as_complex(frames).as_chunks().0)
        .zip(window.as_chunks().0)
    {
        // SAFETY: the caller answers for the processor.
        unsafe {
            let (left, right) = V::load_complex(frames);
            let right = right.mul(V::splat(weights[1]));
            let mix = left.mul_add(V::splat(weights[0]), right);
            mix.forward().mul(V::load(window)).store(out);
        }
    }
    let rest = frames.iter().zip(window).skip(whole);
    for (out, (&[left, right], window)) in out_rest.iter_mut().zip(rest) {
        *out = (left * weights[0] + right * weights[1]) * window;
    }
}

/// With Z the `bins` (the last being the first again) and M their mirror, the even frames transform to
/// (Z + conj M) / 2 and the odd ones to (Z - conj M) / 2i; the even plus the turned odd ones are the bins
/// of the lower half, the even minus the turned odd ones, conjugated, their mirrors of the upper half.
/// The halving is left to the window's scale.
#[inline(always)]
unsafe fn untangle_power<const W: usize, V: Lanes<W>>(
    bins: &[Complex<f32>],
    turns_re: &[f32],
    turns_im: &[f32],
    power: &mut [f32],
) {
    let middle = bins.len() / 2;
    let (lower, [centre, upper @ ..]) = bins.split_at(middle) else {
        return;
    };
    let (power_lower, [power_centre, power_upper @ ..]) = power.split_at_mut(middle) else {
        return;
    };
    // There the turn makes the bin twice the conjugate of what came out.
    *power_centre = 4.0 * centre.norm_sqr();
    let mirrors = upper.as_chunks().0.iter().rev();
    let turns = turns_re.as_chunks().0.iter().zip(turns_im.as_chunks().0);
    let out = power_lower.as_chunks_mut().0.iter_mut();
    let out = out.zip(power_upper.as_chunks_mut().0.iter_mut().rev());
    let pairs = lower.as_chunks().0.iter().zip(mirrors);
    for (((bin, mirror), (turn_re, turn_im)), (out, out_mirror)) in pairs.zip(turns).zip(out) {
        // SAFETY: the caller answers for the processor.
        unsafe {
            let (re, im) = V::load_complex(bin);
            let (mirror_re, mirror_im) = V::load_complex_mirrored(mirror);
            let (turn_re, turn_im) = (V::load(turn_re), V::load(turn_im));
            let (even_re, even_im) = (re.add(mirror_re), im.sub(mirror_im));
            let (odd_re, odd_im) = (re.sub(mirror_re), im.add(mirror_im));
            let turned_re = odd_re.mul_sub(turn_re, odd_im.mul(turn_im));
            let turned_im = odd_im.mul_add(turn_re, odd_re.mul(turn_im));
            let (sum_re, sum_im) = (even_re.add(turned_re), even_im.add(turned_im));
            let (diff_re, diff_im) = (even_re.sub(turned_re), even_im.sub(turned_im));
            let sum = sum_re.mul_add(sum_re, sum_im.mul(sum_im));
            let difference = diff_re.mul_add(diff_re, diff_im.mul(diff_im));
            sum.forward().store(out);
            difference.mirrored().store(out_mirror);
        }
    }
}
