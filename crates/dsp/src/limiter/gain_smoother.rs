//! From the reduction each frame needs to a gain that gets there in time.

use std::cell::Cell;

use super::super::true_peak::{CHUNK_FRAMES, larger};

/// Time constant in which the gain returns.
const RELEASE_SECONDS: f64 = 0.15;
/// A reduction this small (0.001 dB) is none: the limiter has let go.
const RELEASED: f32 = 1e-4;
/// One in the integer reductions. Sums of two means at 768 kHz stay below 2^49.
const FIXED_ONE: f32 = (1_u32 << 30) as f32;

/// Turns the reduction each frame needs into a gain that gets there in time.
///
/// A sliding maximum holds each need, an exponential lets go of it, and two running means (a
/// triangle) smooth the way. The means run on integers, so they neither drift nor keep a remainder:
/// after the last peak the gain is exactly one again.
#[derive(Debug, Clone)]
pub(super) struct GainSmoother {
    /// Needs of the block of `hold` frames being filled, and the largest of them.
    block: Vec<f32>,
    block_max: f32,
    /// Largest need from each frame of the block before to its end (van Herk 1992, Gil and Werman
    /// 1993): a sliding maximum for a constant cost. Behind its end there is none.
    rest_of_last: Vec<f32>,
    block_position: usize,
    /// Reduction before smoothing.
    reduction: f32,
    release_factor: f32,
    first: RunningSum,
    second: RunningSum,
    per_unit: f32,
}

impl GainSmoother {
    /// Allocates.
    pub(super) fn new(sample_rate_hz: f64, attack_frames: usize, hold_frames: usize) -> Self {
        // Two means of these lengths respond over attack_frames in all.
        let first = attack_frames.div_ceil(2);
        let second = attack_frames + 1 - first;
        Self {
            block: vec![0.0; hold_frames],
            block_max: 0.0,
            rest_of_last: vec![0.0; hold_frames + 1],
            block_position: 0,
            reduction: 0.0,
            release_factor: (-1.0 / (sample_rate_hz * RELEASE_SECONDS)).exp() as f32,
            first: RunningSum::new(first),
            second: RunningSum::new(second),
            per_unit: 1.0 / (FIXED_ONE * (first * second) as f32),
        }
    }

    pub(super) fn reset(&mut self) {
        self.block.fill(0.0);
        self.rest_of_last.fill(0.0);
        self.block_max = 0.0;
        self.block_position = 0;
        self.reduction = 0.0;
        self.first.reset();
        self.second.reset();
    }

    /// Whether the gain is one and nothing on its way will lower it.
    pub(super) fn is_released(&self) -> bool {
        self.reduction == 0.0
            && self.second.sum == 0
            && self.first.sum == 0
            && self.block_max == 0.0
            && self.rest_of_last.first().is_none_or(|max| *max == 0.0)
    }

    /// Replaces each needed reduction (0 to 1) by the gain for the frame that leaves the delay now.
    pub(super) fn gains_from_reductions(&mut self, values: &mut [f32]) {
        let is_quiet = values.iter().fold(0, |bits, need| bits | need.to_bits()) == 0;
        if is_quiet && self.is_released() {
            // All that still counts is zero: more zeros change nothing.
            values.fill(1.0);
            return;
        }
        for chunk in values.chunks_mut(CHUNK_FRAMES) {
            let mut rest = &mut *chunk;
            let mut done = 0;
            while !rest.is_empty() {
                // As far as the block of needs goes.
                let count = rest.len().min(self.block.len() - self.block_position);
                let (values, later) = rest.split_at_mut(count);
                self.run(values, done);
                done += count;
                rest = later;
            }
            self.first.forget(done);
            self.second.forget(done);
        }
    }

    /// `done` frames of the chunk come before `values`.
    fn run(&mut self, values: &mut [f32], done: usize) {
        let needs = self.block.iter_mut().skip(self.block_position);
        let rests = self.rest_of_last.iter().skip(self.block_position + 1);
        let (mut block_max, mut reduction) = (self.block_max, self.reduction);
        let (mut first_sum, mut second_sum) = (self.first.sum, self.second.sum);
        let firsts = self.first.places(done);
        let seconds = self.second.places(done);
        // The reduction before it is taken for none. What is below `RELEASED` stays there until a need is
        // above it, so this gives what a chain through `reduction` would, and each frame waits for the one
        // before through a product and a comparison only.
        let mut decaying = reduction;
        let rings = needs.zip(rests).zip(firsts.zip(seconds));
        for (value, ((need, rest), (first, second))) in values.iter_mut().zip(rings) {
            let ((first_old, first), (second_old, second)) = (first, second);
            *need = *value;
            block_max = larger(*value, block_max);
            let held = larger(*rest, block_max);
            let released = decaying * self.release_factor;
            decaying = larger(released, held);
            reduction = larger(if released < RELEASED { 0.0 } else { released }, held);
            let term = i64::from(fixed(reduction));
            first_sum += term - first_old.get();
            first.set(term);
            second_sum += first_sum - second_old.get();
            second.set(first_sum);
            *value = 1.0 - second_sum as f32 * self.per_unit;
        }
        (self.block_max, self.reduction) = (block_max, reduction);
        (self.first.sum, self.second.sum) = (first_sum, second_sum);
        self.block_position += values.len();
        if self.block_position == self.block.len() {
            let mut max = 0.0_f32;
            for (rest, need) in self.rest_of_last.iter_mut().zip(&self.block).rev() {
                max = larger(max, *need);
                *rest = max;
            }
            self.block_max = 0.0;
            self.block_position = 0;
        }
    }
}

/// A reduction in units of [`FIXED_ONE`].
#[inline(always)]
fn fixed(reduction: f32) -> i32 {
    // Written so that NaN is one, too.
    let bounded = if reduction < 1.0 { reduction } else { 1.0 };
    let bounded = if bounded > 0.0 { bounded } else { 0.0 };
    // SAFETY: from 0 to 2^30.
    unsafe { (bounded * FIXED_ONE).to_int_unchecked() }
}

/// The sum of the last `length` values.
#[derive(Debug, Clone)]
struct RunningSum {
    /// The last `length` terms, and behind them those of a chunk: no place comes again within one.
    terms: Vec<i64>,
    length: usize,
    sum: i64,
}

impl RunningSum {
    fn new(length: usize) -> Self {
        Self {
            terms: vec![0; length + CHUNK_FRAMES],
            length,
            sum: 0,
        }
    }

    fn reset(&mut self) {
        self.terms.fill(0);
        self.sum = 0;
    }

    /// From the frame `done` of a chunk on: the term that leaves the sum, and the place of the one that comes.
    fn places(&mut self, done: usize) -> impl Iterator<Item = (&Cell<i64>, &Cell<i64>)> {
        let terms = Cell::from_mut(&mut self.terms[..]).as_slice_of_cells();
        let old = terms.iter().skip(done);
        old.zip(terms.iter().skip(done + self.length))
    }

    /// The chunk of `count` frames is over.
    fn forget(&mut self, count: usize) {
        self.terms.copy_within(count..count + self.length, 0);
    }
}
