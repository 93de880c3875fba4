//! Counts by size, wait-free to add to, exact to within half a percent.

use super::Percentiles;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// Each power of two is cut into 2^7 = 128 buckets, so that a bucket's middle is within 0.4 % of
/// everything in it.
const SUB_BITS: u32 = 7;
/// Values up to 2^34 are told apart: 17 s in nanoseconds.
const BUCKETS: usize = (34 - SUB_BITS as usize + 1) << SUB_BITS;

/// A histogram of non-negative integers with logarithmic buckets, each power of two cut evenly (as in
/// HdrHistogram): a value read back is within 0.4 % of the one put in; those below 256 are exact.
///
/// One thread at a time adds, the audio thread included; any other may read meanwhile.
///
/// ```
/// let histogram = telemetry::histogram::Histogram::new();
/// for value in 1..=100 {
///     histogram.add(value);
/// }
/// let found = histogram.counts().percentiles(1.0);
/// assert!((found.p50 - 50.0).abs() < 4.0);
/// assert_eq!(histogram.max(), 100);
/// ```
pub struct Histogram {
    counts: Box<[AtomicU32]>,
    max: AtomicU64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self::new()
    }
}

impl Histogram {
    /// An empty one of 14 KiB. Allocates.
    pub fn new() -> Self {
        Self {
            counts: (0..BUCKETS).map(|_| AtomicU32::new(0)).collect(),
            max: AtomicU64::new(0),
        }
    }

    /// Counts `value`. Wait-free. For one thread at a time: loads and stores cost a tenth of what
    /// read-modify-write does, and only two that add at once would lose a count.
    pub fn add(&self, value: u64) {
        let count = &self.counts[bucket(value)];
        let next = count.load(Ordering::Relaxed).wrapping_add(1);
        count.store(next, Ordering::Relaxed);
        if value > self.max.load(Ordering::Relaxed) {
            self.max.store(value, Ordering::Relaxed);
        }
    }

    /// The counts now. Allocates.
    pub fn counts(&self) -> Counts {
        let mut filled = Vec::new();
        for (bucket, count) in self.counts.iter().enumerate() {
            let count = count.load(Ordering::Relaxed);
            if count > 0 {
                filled.push((bucket as u16, count));
            }
        }
        Counts(filled)
    }

    /// The highest value so far, exactly.
    pub fn max(&self) -> u64 {
        self.max.load(Ordering::Relaxed)
    }
}

/// Counts of a [`Histogram`] at one moment, or between two.
#[derive(Debug, Clone, Default)]
pub struct Counts(
    /// Bucket and count of those that are not empty, by bucket.
    Vec<(u16, u32)>,
);

impl Counts {
    /// What was counted since `earlier`, which is of the same histogram. Allocates.
    pub fn since(&self, earlier: &Self) -> Self {
        let mut before = earlier.0.iter().copied().peekable();
        let mut new = Vec::new();
        for &(bucket, now) in &self.0 {
            let then = before.next_if(|&(b, _)| b == bucket).map_or(0, |(_, n)| n);
            if now != then {
                new.push((bucket, now.wrapping_sub(then)));
            }
        }
        Self(new)
    }

    /// The percentiles, each value times `scale`; zeroes where nothing was counted.
    pub fn percentiles(&self, scale: f64) -> Percentiles {
        let total: u64 = self.0.iter().map(|&(_, count)| u64::from(count)).sum();
        // Nearest rank: the smallest value that at least this share of all is no higher than.
        let at = |share: f64| {
            let rank = (total as f64 * share).ceil() as u64;
            let mut seen = 0;
            let found = self.0.iter().find(|&&(_, count)| {
                seen += u64::from(count);
                seen >= rank
            });
            found.map_or(0.0, |&(bucket, _)| middle(bucket) * scale)
        };
        Percentiles {
            p50: at(0.50),
            p95: at(0.95),
            p99: at(0.99),
            max: at(1.0),
        }
    }

    /// The lowest value; `None` where nothing was counted.
    pub fn min(&self) -> Option<f64> {
        self.0.first().map(|&(bucket, _)| middle(bucket))
    }
}

fn bucket(value: u64) -> usize {
    let exponent = value.max(1).ilog2();
    if exponent <= SUB_BITS {
        return value as usize;
    }
    let shift = exponent - SUB_BITS;
    let index = ((shift as usize) << SUB_BITS) + (value >> shift) as usize;
    index.min(BUCKETS - 1)
}

fn middle(bucket: u16) -> f64 {
    let shift = (bucket >> SUB_BITS).saturating_sub(1);
    let low = u64::from(bucket - (shift << SUB_BITS)) << shift;
    low as f64 + ((1_u64 << shift) - 1) as f64 / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bucket_gives_back_its_values_within_half_a_percent() {
        let mut value = 1_u64;
        while value < 1 << 34 {
            for v in [value, value + value / 3, value + value / 2, 2 * value - 1] {
                let back = middle(bucket(v) as u16);
                let error = (back / v as f64 - 1.0).abs();
                assert!(error < 0.004, "{v} came back as {back}");
                assert!(v >= 256 || back == v as f64);
            }
            value *= 2;
        }
        assert_eq!(bucket(u64::MAX), BUCKETS - 1);
    }

    /// 100,000 values spread evenly over the logarithm, from 1 µs to 100 ms in nanoseconds.
    fn five_decades() -> Vec<u64> {
        let mut seed = 7_u64;
        let mut next = || {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (seed >> 11) as f64 / (1_u64 << 53) as f64
        };
        (0..100_000)
            .map(|_| (1e3 * 10_f64.powf(5.0 * next())) as u64)
            .collect()
    }

    #[test]
    fn percentiles_over_five_decades_agree_with_an_exact_sort() {
        let histogram = Histogram::new();
        let mut values = five_decades();
        values.iter().for_each(|&v| histogram.add(v));
        values.sort_unstable();
        let got = histogram.counts().percentiles(1.0);
        let exact = |share: f64| values[(values.len() as f64 * share).ceil() as usize - 1] as f64;
        let pairs = [
            (got.p50, exact(0.50)),
            (got.p95, exact(0.95)),
            (got.p99, exact(0.99)),
            (got.max, exact(1.0)),
            (histogram.counts().min().unwrap(), values[0] as f64),
        ];
        for (got, want) in pairs {
            assert!((got / want - 1.0).abs() < 0.01, "{got}, not {want}");
        }
        assert_eq!(histogram.max(), *values.last().unwrap());
    }

    #[test]
    fn windows_count_only_what_is_new() {
        let histogram = Histogram::new();
        histogram.add(1_000_000);
        histogram.add(60);
        let before = histogram.counts();
        for value in 50..70 {
            histogram.add(value);
        }
        let window = histogram.counts().since(&before);
        let all = window.percentiles(1.0);
        assert_eq!((all.p50, all.p95, all.max), (59.0, 68.0, 69.0));
        assert_eq!(window.min(), Some(50.0));
        assert_eq!(
            window.since(&window).percentiles(2.0),
            Percentiles::default()
        );
        assert_eq!(window.since(&window).min(), None);
    }
}
