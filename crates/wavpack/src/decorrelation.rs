//! The predictors: each pass adds a weighted earlier sample, of this channel or the other one, to the
//! residuals, and moves its weight by the sign of what that did.

use crate::header::BlockHeader;
use crate::logarithm::power;

const MAX_PASSES: usize = 16;
/// Largest weight of a prediction from the other channel: 1.0.
const MAX_CROSS_WEIGHT: i32 = 1024;

/// One pass: its kind of prediction, and its state, by channel.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Pass {
    /// 1 to 8: the sample so many before; 17, 18: a line through the last two; -1 to -3: the other
    /// channel's.
    term: i8,
    delta: i32,
    weights: [i32; 2],
    history: [[i32; 8]; 2],
}

/// All passes of a block, in the order they are undone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Decorrelation {
    passes: Vec<Pass>,
}

impl Decorrelation {
    /// Takes the terms from the metadata; `None` where there is one that does not exist.
    pub(crate) fn read_terms(&mut self, header: &BlockHeader, data: &[u8]) -> Option<()> {
        if data.len() > MAX_PASSES {
            return None;
        }
        let is_mono = header.coded_channels() == 1;
        self.passes.clear();
        for byte in data.iter().rev() {
            let term = (byte & 0x1F) as i8 - 5;
            match term {
                1..=8 | 17 | 18 => {}
                -3..=-1 if !is_mono => {}
                _ => return None,
            }
            self.passes.push(Pass {
                term,
                delta: i32::from(byte >> 5),
                ..Pass::default()
            });
        }
        Some(())
    }

    /// Takes the weights from the metadata; passes it does not reach keep zero.
    pub(crate) fn read_weights(&mut self, header: &BlockHeader, data: &[u8]) -> Option<()> {
        let channels = header.coded_channels();
        if data.len() / channels > self.passes.len() {
            return None;
        }
        for (pass, weights) in self
            .passes
            .iter_mut()
            .rev()
            .zip(data.chunks_exact(channels))
        {
            for (weight, byte) in pass.weights.iter_mut().zip(weights) {
                let stored = i32::from(*byte as i8) << 3;
                *weight = if stored > 0 {
                    stored + ((stored + 64) >> 7)
                } else {
                    stored
                };
            }
        }
        Some(())
    }

    /// Takes the samples before the block from the metadata; passes it does not reach keep zeros.
    pub(crate) fn read_samples(&mut self, header: &BlockHeader, data: &[u8]) -> Option<()> {
        let channels = header.coded_channels();
        let values = data.as_chunks().0.iter();
        let mut values = values.map(|bytes| power(i32::from(i16::from_le_bytes(*bytes))));
        if header.version == 0x402 && header.is_hybrid() {
            // The oldest encoder's noise shaping, which a decoder does not need.
            values.by_ref().take(channels).for_each(drop);
        }
        for pass in self.passes.iter_mut().rev() {
            if values.len() == 0 {
                break;
            }
            match pass.term {
                // Both of a channel before those of the other.
                17 | 18 => {
                    for history in &mut pass.history[..channels] {
                        history[0] = values.next()?;
                        history[1] = values.next()?;
                    }
                }
                term => {
                    for at in 0..usize::try_from(term).unwrap_or(1) {
                        for history in &mut pass.history[..channels] {
                            history[at] = values.next()?;
                        }
                    }
                }
            }
        }
        Some(())
    }

    /// Turns residuals, interleaved if there are two channels, into samples.
    pub(crate) fn undo(&mut self, header: &BlockHeader, samples: &mut [i32]) {
        for pass in &mut self.passes {
            match (pass.term, header.coded_channels()) {
                (17 | 18, 1) => pass.undo_line::<1>(samples),
                (17 | 18, _) => pass.undo_line::<2>(samples),
                (1.., 1) => pass.undo_delay::<1>(samples),
                (1.., _) => pass.undo_delay::<2>(samples),
                (_, _) => pass.undo_cross(samples),
            }
        }
    }
}

impl Pass {
    fn undo_line<const CHANNELS: usize>(&mut self, samples: &mut [i32]) {
        let is_steep = self.term == 17;
        for frame in samples.as_chunks_mut::<CHANNELS>().0 {
            for (channel, sample) in frame.iter_mut().enumerate() {
                let history = &mut self.history[channel];
                let rise = history[0].wrapping_sub(history[1]);
                let prediction = history[0].wrapping_add(if is_steep { rise } else { rise >> 1 });
                history[1] = history[0];
                *sample = predict(&mut self.weights[channel], self.delta, prediction, *sample);
                history[0] = *sample;
            }
        }
    }

    fn undo_delay<const CHANNELS: usize>(&mut self, samples: &mut [i32]) {
        let term = self.term as usize;
        for (n, frame) in samples.as_chunks_mut::<CHANNELS>().0.iter_mut().enumerate() {
            for (channel, sample) in frame.iter_mut().enumerate() {
                let history = &mut self.history[channel];
                let prediction = history[n & 7];
                *sample = predict(&mut self.weights[channel], self.delta, prediction, *sample);
                history[(n + term) & 7] = *sample;
            }
        }
    }

    fn undo_cross(&mut self, samples: &mut [i32]) {
        let ([left_weight, right_weight], delta) = (&mut self.weights, self.delta);
        // What the left channel is predicted from, the right one's last, and the other way round.
        let (mut for_left, mut for_right) = (self.history[0][0], self.history[1][0]);
        for [left, right] in samples.as_chunks_mut::<2>().0 {
            match self.term {
                -1 => {
                    *left = predict_across(left_weight, delta, for_left, *left);
                    *right = predict_across(right_weight, delta, *left, *right);
                }
                -2 => {
                    *right = predict_across(right_weight, delta, for_right, *right);
                    *left = predict_across(left_weight, delta, *right, *left);
                }
                _ => {
                    *left = predict_across(left_weight, delta, for_left, *left);
                    *right = predict_across(right_weight, delta, for_right, *right);
                }
            }
            (for_left, for_right) = (*right, *left);
        }
    }
}

/// The residual plus the weighted prediction, rounded.
#[inline]
fn weighted(weight: i32, prediction: i32, residual: i32) -> i32 {
    let product = i64::from(weight) * i64::from(prediction);
    residual.wrapping_add(((product + 512) >> 10) as i32)
}

#[inline]
fn predict(weight: &mut i32, delta: i32, prediction: i32, residual: i32) -> i32 {
    let sample = weighted(*weight, prediction, residual);
    if prediction != 0 && residual != 0 {
        // All ones where the signs differ: then the step is negative.
        let sign = (prediction ^ residual) >> 31;
        *weight = weight.wrapping_add((delta ^ sign) - sign);
    }
    sample
}

#[inline]
fn predict_across(weight: &mut i32, delta: i32, prediction: i32, residual: i32) -> i32 {
    let sample = predict(weight, delta, prediction, residual);
    *weight = (*weight).clamp(-MAX_CROSS_WEIGHT, MAX_CROSS_WEIGHT);
    sample
}
