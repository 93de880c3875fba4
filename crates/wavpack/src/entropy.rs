//! The entropy decoder: residuals from adaptive Golomb codes, exact or, in hybrid mode, within a
//! limit that follows the bit rate.

use crate::bits::BitReader;
use crate::header::BlockHeader;
use crate::logarithm::{logarithm, power};

/// From this many ones on a count is told by a number.
const MAX_ONES: u32 = 16;
/// How fast each of the three medians follows: by a part of itself.
const MEDIAN_DIVISORS: [u32; 3] = [128, 64, 32];

#[derive(Debug, Clone, Copy, Default)]
struct Channel {
    /// Sixteen times the medians of all magnitudes, of those above the first one, and so on.
    medians: [u32; 3],
    /// A running mean of the magnitudes' logarithms.
    slow_level: u32,
    /// The largest error of a coded sample.
    error_limit: u32,
}

impl Channel {
    fn median(&self, n: usize) -> u32 {
        (self.medians[n] >> 4).wrapping_add(1)
    }

    fn raise(&mut self, n: usize) {
        let divisor = MEDIAN_DIVISORS[n];
        let step = self.medians[n].wrapping_add(divisor) / divisor;
        self.medians[n] = self.medians[n].wrapping_add(step.wrapping_mul(5));
    }

    fn lower(&mut self, n: usize) {
        let divisor = MEDIAN_DIVISORS[n];
        let step = self.medians[n].wrapping_add(divisor - 2) / divisor;
        self.medians[n] = self.medians[n].wrapping_sub(step.wrapping_mul(2));
    }

    fn slow_logarithm(&self) -> i32 {
        (self.slow_level.wrapping_add(128) >> 8) as i32
    }

    fn forget_level(&mut self) {
        let step = self.slow_level.wrapping_add(128) >> 8;
        self.slow_level = self.slow_level.wrapping_sub(step);
    }
}

/// What hybrid mode needs besides.
#[derive(Debug, Clone, Copy, Default)]
struct Hybrid {
    follows_bitrate: bool,
    is_balanced: bool,
    /// Logarithms of the rates, with 16 more bits behind the point, and what a frame adds to them.
    rates: [i32; 2],
    rate_steps: [i32; 2],
}

/// The decoder's state in one block.
#[derive(Debug, Clone, Default)]
pub(crate) struct Words {
    channels: [Channel; 2],
    coded_channels: usize,
    hybrid: Option<Hybrid>,
    /// Zeros still to come of a run.
    zeros: u32,
    /// Half of what the last count told belongs to the next residual.
    holds_one: bool,
    holds_zero: bool,
}

impl Words {
    /// A decoder before the block's metadata.
    pub(crate) fn new(header: &BlockHeader) -> Self {
        Self {
            coded_channels: header.coded_channels(),
            hybrid: header.is_hybrid().then(|| Hybrid {
                follows_bitrate: header.has_hybrid_bitrate(),
                is_balanced: header.has_hybrid_balance(),
                ..Hybrid::default()
            }),
            ..Self::default()
        }
    }

    /// Takes the medians from the metadata; `None` if it is not of their length.
    pub(crate) fn read_medians(&mut self, data: &[u8]) -> Option<()> {
        if data.len() != 6 * self.coded_channels {
            return None;
        }
        let mut values = data.as_chunks().0.iter().map(|b| u16::from_le_bytes(*b));
        for channel in &mut self.channels[..self.coded_channels] {
            for median in &mut channel.medians {
                *median = power(i32::from(values.next()?)) as u32;
            }
        }
        Some(())
    }

    /// Takes the hybrid profile from the metadata; `None` if it is not of its length.
    pub(crate) fn read_hybrid_profile(&mut self, data: &[u8]) -> Option<()> {
        let hybrid = self.hybrid.as_mut()?;
        let mut values = data.as_chunks().0.iter().map(|b| u16::from_le_bytes(*b));
        if hybrid.follows_bitrate {
            for channel in &mut self.channels[..self.coded_channels] {
                channel.slow_level = power(i32::from(values.next()?)) as u32;
            }
        }
        for rate in &mut hybrid.rates[..self.coded_channels] {
            *rate = i32::from(values.next()?) << 16;
        }
        if values.len() > 0 {
            for step in &mut hybrid.rate_steps[..self.coded_channels] {
                *step = power(i32::from(values.next()? as i16));
            }
        }
        Some(())
    }

    /// The next residual of `channel`; `None` at the end of the bits or where no code word can be.
    #[inline]
    pub(crate) fn next(&mut self, bits: &mut BitReader<'_>, channel: usize) -> Option<i32> {
        let is_quiet = self.channels.iter().all(|c| c.medians[0] < 2);
        if is_quiet && !self.holds_zero && !self.holds_one && self.take_zero(bits, channel)? {
            return Some(0);
        }
        let count = self.take_count(bits)?;
        if channel == 0 {
            self.update_error_limits();
        }
        let state = &mut self.channels[channel];
        let (low, width) = narrow(state, count);
        let low = low & 0x7FFF_FFFF;
        let high = (low.wrapping_add(width).wrapping_sub(1) & 0x7FFF_FFFF).max(low);
        let value = if state.error_limit == 0 {
            low + bits.up_to(high - low)
        } else {
            halve(bits, low, high, state.error_limit)
        };
        let is_negative = bits.bit();
        if self.hybrid.is_some_and(|hybrid| hybrid.follows_bitrate) {
            state.forget_level();
            state.slow_level = state.slow_level.wrapping_add(logarithm(value));
        }
        Some(if is_negative {
            !(value as i32)
        } else {
            value as i32
        })
    }

    /// Whether the residual is one of a run of zeros, which only quiet passages have.
    fn take_zero(&mut self, bits: &mut BitReader<'_>, channel: usize) -> Option<bool> {
        if self.zeros > 0 {
            self.zeros -= 1;
        } else {
            self.zeros = bits.counted()?;
            if self.zeros > 0 {
                self.channels.iter_mut().for_each(|c| c.medians = [0; 3]);
            }
        }
        if self.zeros > 0 {
            self.channels[channel].forget_level();
        }
        Some(self.zeros > 0)
    }

    /// How many medians the residual lies above.
    #[inline]
    fn take_count(&mut self, bits: &mut BitReader<'_>) -> Option<u32> {
        if self.holds_zero {
            self.holds_zero = false;
            return Some(0);
        }
        let mut ones = bits.ones(MAX_ONES)?;
        if ones == MAX_ONES {
            ones = bits.counted()?.checked_add(MAX_ONES)?;
        }
        let count = (ones >> 1) + u32::from(self.holds_one);
        self.holds_one = ones & 1 == 1;
        self.holds_zero = !self.holds_one;
        Some(count)
    }

    fn update_error_limits(&mut self) {
        let Some(hybrid) = &mut self.hybrid else {
            return;
        };
        for (rate, step) in hybrid.rates.iter_mut().zip(hybrid.rate_steps) {
            *rate = rate.wrapping_add(step);
        }
        let [mut first, mut second] = hybrid.rates.map(|rate| rate >> 16);
        if !hybrid.follows_bitrate {
            self.channels[0].error_limit = power(first) as u32;
            self.channels[1].error_limit = power(second) as u32;
            return;
        }
        let levels = self.channels.map(|channel| channel.slow_logarithm());
        if self.coded_channels == 2 && hybrid.is_balanced {
            let balance = (levels[1] - levels[0] + second + 1) >> 1;
            (first, second) = if balance > first {
                (0, first * 2)
            } else if -balance > first {
                (first * 2, 0)
            } else {
                (first - balance, first + balance)
            };
        }
        for (channel, rate) in [first, second].into_iter().enumerate() {
            let above = levels[channel] - rate;
            self.channels[channel].error_limit = if above > -0x100 {
                power(above + 0x100) as u32
            } else {
                0
            };
        }
    }
}

/// The magnitudes a count stands for, as the lowest and how many, and what it teaches the medians.
#[inline]
fn narrow(state: &mut Channel, count: u32) -> (u32, u32) {
    let first = state.median(0);
    if count == 0 {
        state.lower(0);
        return (0, first);
    }
    state.raise(0);
    let second = state.median(1);
    if count == 1 {
        state.lower(1);
        return (first, second);
    }
    state.raise(1);
    let (low, third) = (first.wrapping_add(second), state.median(2));
    if count == 2 {
        state.lower(2);
        return (low, third);
    }
    state.raise(2);
    (low.wrapping_add((count - 2).wrapping_mul(third)), third)
}

/// Halves a range by one bit at a time until no error in it exceeds `limit`; returns its middle.
fn halve(bits: &mut BitReader<'_>, mut low: u32, mut high: u32, limit: u32) -> u32 {
    let mut middle = (high + low + 1) >> 1;
    while high - low > limit {
        if bits.bit() {
            low = middle;
        } else {
            high = middle - 1;
        }
        middle = (high + low + 1) >> 1;
    }
    middle
}
