//! Which figure of the history to look at.

use super::entry::MetricsEntry;

/// A figure of [`MetricsEntry`] that can be drawn as a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Metric {
    /// p99 of the time in the callback.
    #[default]
    Callback,
    /// p99 of the share of the deadline.
    Load,
    /// The least that was decoded ahead.
    Ahead,
    /// CPU time of the process.
    Cpu,
    /// Resident memory of the process.
    Memory,
}

impl Metric {
    /// All, in the order to offer them in.
    pub const ALL: [Self; 5] = [
        Self::Callback,
        Self::Load,
        Self::Ahead,
        Self::Cpu,
        Self::Memory,
    ];

    /// One word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Callback => "Callback",
            Self::Load => "Load",
            Self::Ahead => "Ahead",
            Self::Cpu => "CPU",
            Self::Memory => "RAM",
        }
    }

    /// What exactly it is.
    pub fn description(self) -> &'static str {
        match self {
            Self::Callback => "Time in the callback, p99 of each second",
            Self::Load => "Share of the callback's deadline, p99 of each second",
            Self::Ahead => "The least that was decoded ahead in each second, of what fits",
            Self::Cpu => "CPU time of the program, of one core",
            Self::Memory => "Resident memory of the program",
        }
    }

    /// Its value in `entry`, in the unit of [`Self::in_words`].
    pub fn of(self, entry: &MetricsEntry) -> f64 {
        match self {
            Self::Callback => entry.callback_p99_us,
            Self::Load => entry.load_p99_percent,
            Self::Ahead => entry.ring_fill_min * 100.0,
            Self::Cpu => entry.cpu_percent,
            Self::Memory => entry.rss_mib,
        }
    }

    /// A value with its unit.
    pub fn in_words(self, value: f64) -> String {
        match self {
            Self::Callback => format!("{value:.0} µs"),
            Self::Load | Self::Cpu => format!("{value:.1} %"),
            Self::Ahead => format!("{value:.0} %"),
            Self::Memory => format!("{value:.0} MiB"),
        }
    }

    /// The worse of two values.
    pub fn worse(self, a: f64, b: f64) -> f64 {
        match self {
            Self::Ahead => a.min(b),
            Self::Callback | Self::Load | Self::Cpu | Self::Memory => a.max(b),
        }
    }
}
