//! Raises and clears alerts as figures come in, without flapping.

use super::{AlertKind, AlertLimits, PerformanceAlert};
use crate::Reading;
use std::time::Duration;

/// An alert that came or went.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum AlertChange {
    /// It holds from now on.
    Raised(PerformanceAlert),
    /// It holds no more.
    Cleared(PerformanceAlert),
}

/// Watches figures: an alert is raised where one crosses its limit and cleared once the figure has
/// been well on the good side for a while; the same is not raised again soon after. No clock and no
/// memory of its own.
pub struct AlertWatch {
    limits: AlertLimits,
    states: [State; AlertKind::ALL.len()],
}

#[derive(Clone, Copy, Default)]
struct State {
    active: Option<PerformanceAlert>,
    /// Since when the figure has been over the limit while no alert is raised, or calm while one is.
    turning_since: Option<Duration>,
    cleared_at: Option<Duration>,
}

impl Default for AlertWatch {
    fn default() -> Self {
        Self::new(AlertLimits::default())
    }
}

impl AlertWatch {
    /// A watch with nothing raised.
    pub fn new(limits: AlertLimits) -> Self {
        Self {
            limits,
            states: Default::default(),
        }
    }

    /// Takes the reading of `now`, the time since the start, which never runs back; tells what
    /// changed. To be called about once a second.
    pub fn update(
        &mut self,
        now: Duration,
        reading: &Reading,
    ) -> impl Iterator<Item = AlertChange> + use<> {
        let mut changes = [None; AlertKind::ALL.len()];
        for ((kind, state), change) in AlertKind::ALL
            .into_iter()
            .zip(&mut self.states)
            .zip(&mut changes)
        {
            *change = state.update(kind, &self.limits, now, kind.value_in(reading));
        }
        changes.into_iter().flatten()
    }

    /// Alerts that are raised now, each with the figures of when it was.
    pub fn active(&self) -> impl Iterator<Item = &PerformanceAlert> {
        self.states.iter().filter_map(|state| state.active.as_ref())
    }
}

impl State {
    fn update(
        &mut self,
        kind: AlertKind,
        limits: &AlertLimits,
        now: Duration,
        value: Option<f64>,
    ) -> Option<AlertChange> {
        let threshold = limits.of(kind);
        let since = |then: Duration| now.saturating_sub(then);
        let is_turning = match self.active {
            None => value.is_some_and(|v| threshold.is_crossed(v)),
            // A figure that is no longer known clears its alert.
            Some(_) => value.is_none_or(|v| threshold.is_calm(v)),
        };
        if !is_turning {
            self.turning_since = None;
            return None;
        }
        let turned_for = since(*self.turning_since.get_or_insert(now));
        if let Some(alert) = self.active {
            if turned_for < limits.calm {
                return None;
            }
            self.active = None;
            self.cleared_at = Some(now);
            self.turning_since = None;
            return Some(AlertChange::Cleared(alert));
        }
        let is_cooling = self
            .cleared_at
            .is_some_and(|at| since(at) < limits.cool_down);
        if is_cooling || turned_for < threshold.onset {
            return None;
        }
        let alert = PerformanceAlert {
            kind,
            value: value?,
            limit: threshold.on,
            since: now,
        };
        self.active = Some(alert);
        self.turning_since = None;
        Some(AlertChange::Raised(alert))
    }
}

#[cfg(test)]
#[path = "watch_tests.rs"]
mod tests;
