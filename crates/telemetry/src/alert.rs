//! What in the figures wants the listener's attention, and what can be done about it.

mod watch;

pub use watch::{AlertChange, AlertWatch};

use crate::Reading;
use std::time::Duration;

/// What can be wrong.
///
/// ```
/// use telemetry::alert::AlertKind;
/// assert!(AlertKind::ALL.iter().all(|kind| !kind.advice().is_empty()));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertKind {
    /// The callback's p99 takes longer than a millisecond.
    SlowCallback,
    /// The callback's p99 takes most of its deadline.
    HighLoad,
    /// Sound was missing: starvation, overload or a device underrun.
    Underrun,
    /// This process keeps a core busy.
    HighCpu,
    /// This process holds much memory.
    HighMemory,
    /// The system has hardly any memory left.
    LowSystemMemory,
    /// Sound is missing again and again.
    FrequentDropouts,
}

impl AlertKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::SlowCallback,
        Self::HighLoad,
        Self::Underrun,
        Self::HighCpu,
        Self::HighMemory,
        Self::LowSystemMemory,
        Self::FrequentDropouts,
    ];

    /// The figure it is judged by, in the unit of its limit in [`AlertLimits`]; `None` where it is
    /// not known.
    pub fn value_in(self, reading: &Reading) -> Option<f64> {
        Some(match self {
            Self::SlowCallback => reading.callback.us.p99,
            Self::HighLoad => reading.callback.load_percent.p99,
            Self::Underrun => reading.troubles.span.total() as f64,
            Self::HighCpu => reading.process.cpu_percent,
            Self::HighMemory => reading.process.rss_mib,
            Self::LowSystemMemory => return reading.process.available_mib,
            Self::FrequentDropouts => reading.troubles.per_minute,
        })
    }

    /// What to do about it, as a sentence for users.
    pub fn advice(self) -> &'static str {
        match self {
            Self::SlowCallback => {
                "Switch off effects you do not need, or close programs that keep the processor busy."
            }
            Self::HighLoad | Self::Underrun => {
                "Close programs that keep the processor busy, or start with a larger --buffer."
            }
            Self::HighCpu => "Hide the spectrum, or switch off effects you do not need.",
            Self::HighMemory => "Clear the queue, or close Rusty Audio and open it again.",
            Self::LowSystemMemory => "Close programs you do not need.",
            Self::FrequentDropouts => {
                "Start with a larger --buffer. If that does not help, choose another output device."
            }
        }
    }
}

/// One thing that is over its limit.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct PerformanceAlert {
    /// What it is.
    pub kind: AlertKind,
    /// The figure when it was raised, in the unit of [`AlertLimits`].
    pub value: f64,
    /// The limit it crossed, in the same unit.
    pub limit: f64,
    /// When it was raised, by the clock of the figures.
    pub since: Duration,
}

impl PerformanceAlert {
    /// What in `reading` is over its limit as it stands: without hysteresis, for a report.
    pub fn of_reading(reading: &Reading, limits: &AlertLimits) -> Vec<Self> {
        let judge = |kind: AlertKind| {
            let value = kind.value_in(reading)?;
            let threshold = limits.of(kind);
            threshold.is_crossed(value).then_some(Self {
                kind,
                value,
                limit: threshold.on,
                since: Duration::ZERO,
            })
        };
        AlertKind::ALL.into_iter().filter_map(judge).collect()
    }

    /// What is wrong and what to do, in plain words. Allocates.
    pub fn message(&self) -> String {
        let (value, limit) = (self.value, self.limit);
        let what = match self.kind {
            AlertKind::SlowCallback => {
                let (value, limit) = (value / 1e3, limit / 1e3);
                format!("A block of sound takes {value:.2} ms to make, more than {limit:.2} ms.")
            }
            AlertKind::HighLoad => {
                format!("Making the sound takes {value:.0} % of the time there is for it.")
            }
            AlertKind::Underrun if value == 1.0 => "The sound broke off once.".to_owned(),
            AlertKind::Underrun => format!("The sound broke off {value:.0} times."),
            AlertKind::HighCpu => {
                format!("Rusty Audio keeps {value:.0} % of a processor core busy.")
            }
            AlertKind::HighMemory => {
                format!("Rusty Audio holds {value:.0} MiB of memory, more than {limit:.0} MiB.")
            }
            AlertKind::LowSystemMemory => {
                format!("This computer has {value:.0} MiB of memory left.")
            }
            AlertKind::FrequentDropouts => {
                format!("The sound breaks off {value:.0} times a minute.")
            }
        };
        format!("{what} {}", self.kind.advice())
    }
}

/// Where an alert is raised and where it may be cleared. `on` above `off` minds high figures, `on`
/// below `off` low ones.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Threshold {
    /// Raised at this and beyond.
    pub on: f64,
    /// Cleared at this and on the other side.
    pub off: f64,
    /// How long the figure must have been at `on` or beyond.
    pub onset: Duration,
}

impl Threshold {
    const fn at_once(on: f64, off: f64) -> Self {
        Self {
            on,
            off,
            onset: Duration::ZERO,
        }
    }

    fn is_crossed(&self, value: f64) -> bool {
        if self.on > self.off {
            value >= self.on
        } else {
            value <= self.on
        }
    }

    fn is_calm(&self, value: f64) -> bool {
        if self.on > self.off {
            value <= self.off
        } else {
            value >= self.off
        }
    }
}

/// Limits of all kinds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AlertLimits {
    /// Time in the callback, in µs.
    pub callback_us: Threshold,
    /// Share of the deadline, in %.
    pub load_percent: Threshold,
    /// Times sound was missing in ten seconds.
    pub underruns: Threshold,
    /// CPU time of this process, in % of one core.
    pub cpu_percent: Threshold,
    /// Resident memory of this process, in MiB.
    pub rss_mib: Threshold,
    /// Memory the system has left, in MiB.
    pub available_mib: Threshold,
    /// Times sound was missing in a minute.
    pub dropouts_per_minute: Threshold,
    /// How long a figure must have been calm before its alert is cleared.
    pub calm: Duration,
    /// How long after it was cleared an alert is not raised again.
    pub cool_down: Duration,
}

impl Default for AlertLimits {
    fn default() -> Self {
        Self {
            callback_us: Threshold::at_once(1_000.0, 800.0),
            load_percent: Threshold::at_once(80.0, 60.0),
            underruns: Threshold::at_once(1.0, 0.0),
            cpu_percent: Threshold {
                // Opening a long queue is allowed to be work.
                onset: Duration::from_secs(5),
                ..Threshold::at_once(80.0, 60.0)
            },
            rss_mib: Threshold::at_once(1_024.0, 896.0),
            available_mib: Threshold::at_once(256.0, 384.0),
            dropouts_per_minute: Threshold::at_once(4.0, 1.0),
            calm: Duration::from_secs(10),
            cool_down: Duration::from_secs(60),
        }
    }
}

impl AlertLimits {
    fn of(&self, kind: AlertKind) -> Threshold {
        match kind {
            AlertKind::SlowCallback => self.callback_us,
            AlertKind::HighLoad => self.load_percent,
            AlertKind::Underrun => self.underruns,
            AlertKind::HighCpu => self.cpu_percent,
            AlertKind::HighMemory => self.rss_mib,
            AlertKind::LowSystemMemory => self.available_mib,
            AlertKind::FrequentDropouts => self.dropouts_per_minute,
        }
    }
}
