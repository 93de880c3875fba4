//! Counts by size, wait-free to add to, exact to within one percent.

use super::Percentiles;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// Each power of two is cut into this many buckets.
const SUB_BITS: u32 = 6;
/// Values up to 2^34 are told apart: 17 s in nanoseconds.
const BUCKETS: usize = (34 - SUB_BITS as usize + 1) << SUB_BITS;

/// A histogram of non-negative integers with logarithmic buckets: a value read back is within 1 % of
/// the one put in. Adding is wait-free and may be done by any thread, the audio thread included.
pub struct Histogram {
    counts: Box<[AtomicU32]>,
    max_ever: AtomicU64,
    max_since_taken: AtomicU64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self::new()
    }
}

impl Histogram {
    /// An empty one. Allocates.
    pub fn new() -> Self {
        Self {
            counts: (0..BUCKETS).map(|_| AtomicU32::new(0)).collect(),
            max_ever: AtomicU64::new(0),
            max_since_taken: AtomicU64::new(0),
        }
    }

    /// Counts `value`. Wait-free.
    pub fn add(&self, value: u64) {
        self.counts[bucket(value)].fetch_add(1, Ordering::Relaxed);
        self.max_ever.fetch_max(value, Ordering::Relaxed);
        self.max_since_taken.fetch_max(value, Ordering::Relaxed);
    }

    /// The counts now. Allocates.
    pub fn counts(&self) -> Counts {
        Counts(
            self.counts
                .iter()
                .map(|count| count.load(Ordering::Relaxed))
                .collect(),
        )
    }

    /// The highest value since the start.
    pub fn max_ever(&self) -> u64 {
        self.max_ever.load(Ordering::Relaxed)
    }

    /// The highest value since the last call. For one reader.
    pub fn take_max(&self) -> u64 {
        self.max_since_taken.swap(0, Ordering::Relaxed)
    }
}

/// Counts of a [`Histogram`] at one moment.
#[derive(Debug, Clone, Default)]
pub struct Counts(Vec<u32>);

impl Counts {
    /// What was counted since `earlier`.
    pub fn since(&self, earlier: &Self) -> Self {
        let before = earlier.0.iter().chain(std::iter::repeat(&0));
        Self(
            self.0
                .iter()
                .zip(before)
                .map(|(now, then)| now.wrapping_sub(*then))
                .collect(),
        )
    }

    /// The percentiles, each value times `scale`; `max` is known exactly and passed in.
    pub fn percentiles(&self, max: u64, scale: f64) -> Percentiles {
        let total: u64 = self.0.iter().map(|&count| u64::from(count)).sum();
        let at = |share: f64| {
            let rank = (total as f64 * share).ceil().max(1.0) as u64;
            let mut seen = 0;
            let found = self.0.iter().position(|&count| {
                seen += u64::from(count);
                seen >= rank
            });
            found.map_or(0.0, |bucket| middle(bucket).min(max as f64) * scale)
        };
        if total == 0 {
            return Percentiles::default();
        }
        Percentiles {
            p50: at(0.50),
            p95: at(0.95),
            p99: at(0.99),
            max: max as f64 * scale,
        }
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

fn middle(bucket: usize) -> f64 {
    let shift = (bucket >> SUB_BITS).saturating_sub(1);
    if shift == 0 {
        return bucket as f64;
    }
    let low = ((bucket - (shift << SUB_BITS)) as u64) << shift;
    low as f64 + ((1_u64 << shift) - 1) as f64 / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bucket_gives_back_its_values_within_a_percent() {
        let mut value = 1_u64;
        while value < 1 << 34 {
            for v in [value, value + value / 3, value + value / 2] {
                let back = middle(bucket(v));
                assert!(
                    (back / v as f64 - 1.0).abs() < 0.01,
                    "{v} came back as {back}"
                );
            }
            value *= 2;
        }
        assert_eq!(bucket(u64::MAX), BUCKETS - 1);
    }

    #[test]
    fn percentiles_agree_with_an_exact_sort() {
        let histogram = Histogram::new();
        let mut seed = 7_u64;
        let mut values: Vec<u64> = (0..50_000)
            .map(|_| {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                1_000 + (seed >> 40) % 3_000_000
            })
            .collect();
        values.iter().for_each(|&v| histogram.add(v));
        values.sort_unstable();
        let got = histogram.counts().percentiles(histogram.max_ever(), 1.0);
        for (got, share) in [(got.p50, 0.50), (got.p95, 0.95), (got.p99, 0.99)] {
            let want = values[(values.len() as f64 * share) as usize - 1] as f64;
            assert!((got / want - 1.0).abs() < 0.01, "{got}, not {want}");
        }
        assert_eq!(got.max, *values.last().unwrap() as f64);
    }

    #[test]
    fn windows_count_only_what_is_new() {
        let histogram = Histogram::new();
        histogram.add(1_000_000);
        let before = histogram.counts();
        assert_eq!(histogram.take_max(), 1_000_000);
        for _ in 0..10 {
            histogram.add(50);
        }
        let window = histogram.counts().since(&before);
        assert_eq!(window.percentiles(histogram.take_max(), 1.0).p99, 50.0);
        assert_eq!(histogram.max_ever(), 1_000_000);
    }
}
