//! Mixing, scaling, measuring and rearranging samples, in any [`Lanes`].
//!
//! Each function may be called where the processor has the instructions of `V`, from code compiled
//! for them. Multiplication and addition are rounded separately throughout the element-wise kernels,
//! so that every level, and every way of cutting a stream into blocks, gives the same bits.

use super::lanes::{Lanes, whole};

/// Registers at a time: enough that no sum waits for the one before.
const UNROLL: usize = 8;

#[inline(always)]
pub(super) unsafe fn mix_buffers<V: Lanes>(out: &mut [f32], input: &[f32], gain: f32) {
    let length = out.len().min(input.len());
    let whole = whole::<V>(length, UNROLL);
    let (to, from) = (out.as_mut_ptr(), input.as_ptr());
    // SAFETY: `V` by the caller; accesses end at `whole`, within both.
    unsafe {
        let factor = V::splat(gain);
        let mut at = 0;
        while at < whole {
            for _ in 0..UNROLL {
                let scaled = V::load(from.add(at)).mul(factor);
                V::load(to.add(at)).add(scaled).store(to.add(at));
                at += V::LANES;
            }
        }
    }
    for (to, &from) in out.iter_mut().zip(input).skip(whole) {
        *to += from * gain;
    }
}

#[inline(always)]
pub(super) unsafe fn apply_gain<V: Lanes>(samples: &mut [f32], gain: f32) {
    let whole = whole::<V>(samples.len(), UNROLL);
    let to = samples.as_mut_ptr();
    // SAFETY: `V` by the caller; accesses end at `whole`.
    unsafe {
        let factor = V::splat(gain);
        let mut at = 0;
        while at < whole {
            for _ in 0..UNROLL {
                V::load(to.add(at)).mul(factor).store(to.add(at));
                at += V::LANES;
            }
        }
    }
    for sample in samples.iter_mut().skip(whole) {
        *sample *= gain;
    }
}

#[inline(always)]
pub(super) unsafe fn sum_of_squares<V: Lanes>(samples: &[f32]) -> f32 {
    let whole = samples.len() - samples.len() % (UNROLL * V::LANES);
    let from = samples.as_ptr();
    // SAFETY: `V` by the caller; accesses end at `whole`.
    let sum = unsafe {
        let mut sums = [V::splat(0.0); UNROLL];
        let mut at = 0;
        while at < whole {
            for sum in &mut sums {
                let sample = V::load(from.add(at));
                *sum = sample.mul_add(sample, *sum);
                at += V::LANES;
            }
        }
        let [a, b, c, d, e, f, g, h] = sums;
        let [a, b, c, d] = [a.add(e), b.add(f), c.add(g), d.add(h)];
        a.add(c).add(b.add(d)).sum()
    };
    let rest = samples.iter().skip(whole);
    sum + rest.map(|sample| sample * sample).sum::<f32>()
}

#[inline(always)]
pub(super) unsafe fn find_peak<V: Lanes>(samples: &[f32]) -> f32 {
    let whole = samples.len() - samples.len() % (UNROLL * V::LANES);
    let from = samples.as_ptr();
    // SAFETY: `V` by the caller; accesses end at `whole`.
    let peak = unsafe {
        let mut peaks = [V::splat(0.0); UNROLL];
        let mut at = 0;
        while at < whole {
            for peak in &mut peaks {
                *peak = V::load(from.add(at)).abs().max(*peak);
                at += V::LANES;
            }
        }
        let [a, b, c, d, e, f, g, h] = peaks;
        let [a, b, c, d] = [a.max(e), b.max(f), c.max(g), d.max(h)];
        a.max(c).max(b.max(d)).largest()
    };
    let rest = samples.iter().skip(whole);
    rest.fold(peak, |peak, sample| peak.max(sample.abs()))
}

#[inline(always)]
pub(crate) unsafe fn interleave<V: Lanes>(left: &[f32], right: &[f32], out: &mut [f32]) {
    let frames = left.len().min(right.len()).min(out.len() / 2);
    let whole = whole::<V>(frames, 2);
    let (l, r, to) = (left.as_ptr(), right.as_ptr(), out.as_mut_ptr());
    // SAFETY: `V` by the caller; accesses end at frame `whole`, within all three.
    unsafe {
        let mut at = 0;
        while at < whole {
            for _ in 0..2 {
                let (first, second) = V::load(l.add(at)).interleave(V::load(r.add(at)));
                first.store(to.add(2 * at));
                second.store(to.add(2 * at + V::LANES));
                at += V::LANES;
            }
        }
    }
    let sides = left.iter().zip(right);
    for (frame, (&l, &r)) in out.as_chunks_mut().0.iter_mut().zip(sides).skip(whole) {
        *frame = [l, r];
    }
}

#[inline(always)]
pub(crate) unsafe fn deinterleave<V: Lanes>(input: &[f32], left: &mut [f32], right: &mut [f32]) {
    let frames = left.len().min(right.len()).min(input.len() / 2);
    let whole = whole::<V>(frames, 2);
    let (l, r, from) = (left.as_mut_ptr(), right.as_mut_ptr(), input.as_ptr());
    // SAFETY: `V` by the caller; accesses end at frame `whole`, within all three.
    unsafe {
        let mut at = 0;
        while at < whole {
            for _ in 0..2 {
                let high = V::load(from.add(2 * at + V::LANES));
                let (first, second) = V::load(from.add(2 * at)).deinterleave(high);
                first.store(l.add(at));
                second.store(r.add(at));
                at += V::LANES;
            }
        }
    }
    let sides = left.iter_mut().zip(right);
    for (&[a, b], (l, r)) in input.as_chunks().0.iter().zip(sides).skip(whole) {
        (*l, *r) = (a, b);
    }
}
