//! The figures of one second.

use crate::Reading;
use serde::Serialize;

/// Figures of one second.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct MetricsEntry {
    /// Seconds from the start of the program to the end of this one.
    pub seconds: u64,
    /// Median of the time in the callback, in µs.
    pub callback_p50_us: f64,
    /// p99 of the time in the callback, in µs.
    pub callback_p99_us: f64,
    /// p99 of the share of the deadline, in %.
    pub load_p99_percent: f64,
    /// The lowest share of the ring that was full, 0 to 1.
    pub ring_fill_min: f64,
    /// Times the decoder did not keep up.
    pub starved: u64,
    /// Callbacks that took longer than their sound lasts.
    pub overloads: u64,
    /// Underruns the device reported.
    pub xruns: u64,
    /// CPU time of the process, in % of one core.
    pub cpu_percent: f64,
    /// Resident memory of the process, in MiB.
    pub rss_mib: f64,
    /// Seconds of sound decoded in a second of decoding; 0 where none was.
    pub decode_speed: f64,
    /// Times a cache had what was asked for.
    pub cache_hits: u64,
    /// Times it had not.
    pub cache_misses: u64,
}

impl MetricsEntry {
    /// The row of the second that ends with `now`: percentiles of its span, counts since `before`.
    pub fn between(before: &Reading, now: &Reading, seconds: u64) -> Self {
        let troubles = now.troubles.session.since(&before.troubles.session);
        let decoding = now.decoding.since(&before.decoding);
        Self {
            seconds,
            callback_p50_us: now.callback.us.p50,
            callback_p99_us: now.callback.us.p99,
            load_p99_percent: now.callback.load_percent.p99,
            ring_fill_min: now.ring.min_fill(),
            starved: troubles.starved,
            overloads: troubles.overloads,
            xruns: troubles.xruns,
            cpu_percent: now.process.cpu_percent,
            rss_mib: now.process.rss_mib,
            decode_speed: decoding.speed(),
            cache_hits: decoding.cache_hits,
            cache_misses: decoding.cache_misses,
        }
    }
}
