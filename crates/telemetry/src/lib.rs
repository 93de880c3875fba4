//! Measured figures: nothing here is estimated or written by hand. The audio side of a
//! [`monitor::PerformanceMonitor`] is wait-free; reports, history and alerts are made by whoever asks.
//!
//! ```
//! let monitor = telemetry::monitor::PerformanceMonitor::new();
//! monitor.count_xrun();
//! assert_eq!(monitor.generate_report().troubles.session.xruns, 1);
//! ```

pub mod alert;
mod entry;
pub mod histogram;
pub mod history;
pub mod memory;
pub mod metric;
pub mod monitor;
pub mod process;
mod reading;
pub mod threads;
mod tick_clock;

pub use reading::{
    CallbackFigures, DecodingFigures, OutputFigures, ProcessFigures, Reading, RingFigures,
    ThreadFigures, TroubleCounts, TroubleFigures,
};

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
