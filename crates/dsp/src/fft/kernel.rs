//! The passes before and after the complex transform, at every vector level.

use super::super::simd::AudioOptimizer;
use super::super::simd::dispatch::at_level;
use super::super::simd::lanes::Lanes;
use super::FftInput;
use std::f64::consts::TAU;
use transforms::Complex;

/// The level, and the turns of the untangling in its order of lanes.
pub(super) struct Kernel {
    optimizer: AudioOptimizer,
    turns_re: Vec<f32>,
    turns_im: Vec<f32>,
}

impl Kernel {
    pub(super) fn new(size: usize, optimizer: AudioOptimizer) -> Self {
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
            at_level!(optimizer, take_apart(from: &[Complex<f32>], re: &mut [f32], im: &mut [f32]));
        }
        Self {
            optimizer,
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
                at_level!(self.optimizer, pack_mono(frames: &[f32], window: &[f32], out: &mut [f32]));
            }
            FftInput::Interleaved(frames, weights) => {
                let frames = frames.as_chunks().0;
                at_level!(self.optimizer, pack_interleaved(
                    frames: &[[f32; 2]], weights: [f32; 2], window: &[f32], out: &mut [f32]));
            }
            FftInput::Planar(left, right, weights) => {
                at_level!(self.optimizer, pack_planar(
                    left: &[f32], right: &[f32], weights: [f32; 2], window: &[f32], out: &mut [f32]));
            }
        }
    }

    /// Power of each bin (four times that of the first and last) of what the complex transform made.
    pub(super) fn untangle(&self, bins: &[Complex<f32>], power: &mut [f32]) {
        let (re, im) = (&self.turns_re[..], &self.turns_im[..]);
        at_level!(self.optimizer, untangle_power(
            bins: &[Complex<f32>], re: &[f32], im: &[f32], power: &mut [f32]));
    }
}

fn as_floats(values: &mut [Complex<f32>]) -> &mut [f32] {
    // SAFETY: a complex number is two floats in memory order (`repr(C)`), and the borrow passes on.
    unsafe { std::slice::from_raw_parts_mut(values.as_mut_ptr().cast(), 2 * values.len()) }
}

/// Whole registers of what `count` values fill.
#[inline(always)]
fn registers<V: Lanes>(count: usize) -> std::iter::StepBy<std::ops::Range<usize>> {
    (0..count - count % V::LANES).step_by(V::LANES)
}

#[inline(always)]
unsafe fn take_apart<V: Lanes>(from: &[Complex<f32>], re: &mut [f32], im: &mut [f32]) {
    let count = from.len().min(re.len()).min(im.len());
    for at in registers::<V>(count) {
        // SAFETY: `V` by the caller; accesses end at `count` values, within all three.
        unsafe {
            let parts = V::load_complex(from.as_ptr().add(at).cast());
            parts.0.store(re.as_mut_ptr().add(at));
            parts.1.store(im.as_mut_ptr().add(at));
        }
    }
}

#[inline(always)]
unsafe fn pack_mono<V: Lanes>(frames: &[f32], window: &[f32], out: &mut [f32]) {
    let count = out.len().min(frames.len()).min(window.len());
    for at in registers::<V>(count) {
        // SAFETY: `V` by the caller; accesses end at `count`, within all three.
        unsafe {
            let frame = V::load(frames.as_ptr().add(at));
            let window = V::load(window.as_ptr().add(at));
            frame.mul(window).store(out.as_mut_ptr().add(at));
        }
    }
    let inputs = frames.iter().zip(window);
    let rest = out.iter_mut().zip(inputs).skip(count - count % V::LANES);
    for (out, (frame, window)) in rest {
        *out = frame * window;
    }
}

#[inline(always)]
unsafe fn pack_planar<V: Lanes>(
    left: &[f32],
    right: &[f32],
    weights: [f32; 2],
    window: &[f32],
    out: &mut [f32],
) {
    let frames = left.len().min(right.len());
    let count = out.len().min(frames).min(window.len());
    for at in registers::<V>(count) {
        // SAFETY: `V` by the caller; accesses end at `count`, within all four.
        unsafe {
            let right = V::load(right.as_ptr().add(at)).mul(V::splat(weights[1]));
            let left = V::load(left.as_ptr().add(at));
            let mix = left.mul_add(V::splat(weights[0]), right);
            let window = V::load(window.as_ptr().add(at));
            mix.mul(window).store(out.as_mut_ptr().add(at));
        }
    }
    let inputs = left.iter().zip(right).zip(window);
    let rest = out.iter_mut().zip(inputs).skip(count - count % V::LANES);
    for (out, ((left, right), window)) in rest {
        *out = (left * weights[0] + right * weights[1]) * window;
    }
}

#[inline(always)]
unsafe fn pack_interleaved<V: Lanes>(
    frames: &[[f32; 2]],
    weights: [f32; 2],
    window: &[f32],
    out: &mut [f32],
) {
    let count = out.len().min(frames.len()).min(window.len());
    for at in registers::<V>(count) {
        // SAFETY: `V` by the caller; accesses end at `count`, within all three.
        unsafe {
            let (left, right) = V::load_complex(frames.as_ptr().add(at).cast());
            let right = right.mul(V::splat(weights[1]));
            let mix = left.mul_add(V::splat(weights[0]), right);
            let window = V::load(window.as_ptr().add(at));
            mix.forward().mul(window).store(out.as_mut_ptr().add(at));
        }
    }
    let inputs = frames.iter().zip(window);
    let rest = out.iter_mut().zip(inputs).skip(count - count % V::LANES);
    for (out, (&[left, right], window)) in rest {
        *out = (left * weights[0] + right * weights[1]) * window;
    }
}

/// With Z the `bins` (the last being the first again) and M their mirror, the even frames transform to
/// (Z + conj M) / 2 and the odd ones to (Z - conj M) / 2i; the even plus the turned odd ones are the bins
/// of the lower half, the even minus the turned odd ones, conjugated, their mirrors of the upper half.
/// The halving is left to the window's scale.
#[inline(always)]
unsafe fn untangle_power<V: Lanes>(
    bins: &[Complex<f32>],
    turns_re: &[f32],
    turns_im: &[f32],
    power: &mut [f32],
) {
    let (middle, end) = (bins.len() / 2, bins.len());
    let turns = turns_re.len().min(turns_im.len());
    if end != 2 * middle + 1 || power.len() != end || turns < middle {
        debug_assert!(false, "{end} bins, {} powers, {turns} turns", power.len());
        return;
    }
    // There the turn makes the bin twice the conjugate of what came out.
    power[middle] = 4.0 * bins[middle].norm_sqr();
    let (bins, power) = (bins.as_ptr(), power.as_mut_ptr());
    for at in registers::<V>(middle) {
        // SAFETY: `V` by the caller; `at + LANES` is at most `middle`: below it on the one side, and
        // above it on the other, by the lengths looked at above.
        unsafe {
            let mirror = end - at - V::LANES;
            let (re, im) = V::load_complex(bins.add(at).cast());
            let (mirror_re, mirror_im) = V::load_complex_mirrored(bins.add(mirror).cast());
            let turn_re = V::load(turns_re.as_ptr().add(at));
            let turn_im = V::load(turns_im.as_ptr().add(at));
            let (even_re, even_im) = (re.add(mirror_re), im.sub(mirror_im));
            let (odd_re, odd_im) = (re.sub(mirror_re), im.add(mirror_im));
            let turned_re = odd_re.mul_sub(turn_re, odd_im.mul(turn_im));
            let turned_im = odd_im.mul_add(turn_re, odd_re.mul(turn_im));
            let (sum_re, sum_im) = (even_re.add(turned_re), even_im.add(turned_im));
            let (diff_re, diff_im) = (even_re.sub(turned_re), even_im.sub(turned_im));
            let sum = sum_re.mul_add(sum_re, sum_im.mul(sum_im));
            let difference = diff_re.mul_add(diff_re, diff_im.mul(diff_im));
            sum.forward().store(power.add(at));
            difference.mirrored().store(power.add(mirror));
        }
    }
}
