//! How long each benchmark takes: short, so that all of them together stay within ten minutes.

use criterion::Criterion;
use std::time::Duration;

/// Half a second for a benchmark, and its plots.
pub(crate) fn brief() -> Criterion {
    Criterion::default()
        .sample_size(20)
        .nresamples(2_000)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(300))
}
