//! Measured figures: nothing here is estimated or written by hand.

pub mod alert;
mod entry;
pub mod histogram;
pub mod history;
pub mod memory;
pub mod metric;
pub mod monitor;
pub mod process;
pub mod threads;
mod tick_clock;

use memory::PoolUsage;

/// Percentiles of a measured quantity.
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize)]
pub struct Percentiles {
    /// The median.
    pub p50: f64,
    /// 95 of 100 are at most this.
    pub p95: f64,
    /// 99 of 100 are at most this.
    pub p99: f64,
    /// The highest.
    pub max: f64,
}

/// Figures of the audio path and the process at one moment.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize)]
pub struct TelemetrySnapshot {
    /// Callbacks since the start.
    pub callbacks: u64,
    /// Frames rendered since the start.
    pub frames: u64,
    /// Time in the callback over the last ten seconds, in µs.
    pub callback_us: Percentiles,
    /// The same as a share of each callback's own deadline, in %.
    pub load_percent: Percentiles,
    /// Length of the last block, in µs: the time a callback may take.
    pub deadline_us: f64,
    /// Times the ring had no decoded block when sound was due.
    pub starved: u64,
    /// Callbacks that took longer than their block lasts.
    pub overloads: u64,
    /// Underruns the device reported.
    pub xruns: u64,
    /// Decoded sound waiting, in ms.
    pub ring_ms: f64,
    /// The same as a share of what fits, 0 to 1.
    pub ring_fill: f64,
    /// Frames of the last callback.
    pub buffer_frames: u32,
    /// Rate of the stream, in Hz.
    pub sample_rate: u32,
    /// From handing a frame over to hearing it, as far as the device tells, in ms.
    pub output_latency_ms: f64,
    /// CPU time of this process, in % of one core, over the last half second or more.
    pub cpu_percent: f64,
    /// Memory of this process that is resident, in MiB.
    pub rss_mib: f64,
    /// Scheduling the callback thread was granted.
    pub callback_priority: &'static str,
    /// The core the callback's thread is kept on, where one was asked for.
    pub callback_core: String,
    /// Decoded blocks between the decode thread and the callback.
    pub blocks: Option<PoolUsage>,
    /// Scheduling the decode thread was granted.
    pub decode_priority: &'static str,
    /// Seconds of sound decoded in a second of decoding, since the start; 0 where none was.
    pub decode_speed: f64,
    /// Files opened from memory.
    pub cache_hits: u64,
    /// Files opened from the disk.
    pub cache_misses: u64,
    /// Encoded files held in memory, in MiB.
    pub cache_mib: f64,
    /// How unevenly callbacks came, in µs off the block's length.
    pub jitter_us: Percentiles,
    /// The least decoded sound that was waiting, in ms; `None` where nothing sounded.
    pub ring_min_ms: Option<f64>,
    /// The most memory that was resident, in MiB.
    pub peak_mib: f64,
    /// CPU time of each kind of thread, in % of one core, where the system tells.
    pub threads: Vec<threads::ThreadUsage>,
    /// What is over its limit, in plain words.
    pub alerts: Vec<String>,
}
