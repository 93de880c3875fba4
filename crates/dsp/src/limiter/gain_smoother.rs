//! From the reduction each frame needs to a gain that gets there in time.

use super::super::true_peak::larger;

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
        if self.is_released() && values.iter().all(|need| *need == 0.0) {
            // All that still counts is zero: more zeros change nothing.
            values.fill(1.0);
            return;
        }
        let mut rest = values;
        while !rest.is_empty() {
            // As far as none of the three rings comes to its end.
            let count = rest
                .len()
                .min(self.block.len() - self.block_position)
                .min(self.first.until_end())
                .min(self.second.until_end());
            let (values, later) = rest.split_at_mut(count);
            self.run(values);
            rest = later;
        }
    }

    fn run(&mut self, values: &mut [f32]) {
        let needs = self.block.iter_mut().skip(self.block_position);
        let rests = self.rest_of_last.iter().skip(self.block_position + 1);
        let firsts = self.first.terms.iter_mut().skip(self.first.position);
        let seconds = self.second.terms.iter_mut().skip(self.second.position);
        let (mut block_max, mut reduction) = (self.block_max, self.reduction);
        let (mut first_sum, mut second_sum) = (self.first.sum, self.second.sum);
        let rings = needs.zip(rests).zip(firsts.zip(seconds));
        for (value, ((need, rest), (first, second))) in values.iter_mut().zip(rings) {
            *need = *value;
            block_max = larger(block_max, *value);
            let held = larger(block_max, *rest);
            let released = reduction * self.release_factor;
            let released = if released < RELEASED { 0.0 } else { released };
            reduction = larger(held, released);
            let term = (reduction * FIXED_ONE) as i64;
            first_sum += term - std::mem::replace(first, term);
            second_sum += first_sum - std::mem::replace(second, first_sum);
            *value = 1.0 - second_sum as f32 * self.per_unit;
        }
        (self.block_max, self.reduction) = (block_max, reduction);
        self.first.moved(values.len(), first_sum);
        self.second.moved(values.len(), second_sum);
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

/// The sum of the last `terms.len()` values.
#[derive(Debug, Clone)]
struct RunningSum {
    terms: Vec<i64>,
    position: usize,
    sum: i64,
}

impl RunningSum {
    fn new(length: usize) -> Self {
        Self {
            terms: vec![0; length],
            position: 0,
            sum: 0,
        }
    }

    fn reset(&mut self) {
        self.terms.fill(0);
        self.position = 0;
        self.sum = 0;
    }

    /// Terms until the first place comes again.
    fn until_end(&self) -> usize {
        self.terms.len() - self.position
    }

    /// Notes `count` new terms, up to the end at most, and what they made of the sum.
    fn moved(&mut self, count: usize, sum: i64) {
        self.sum = sum;
        self.position += count;
        if self.position == self.terms.len() {
            self.position = 0;
        }
    }
}
