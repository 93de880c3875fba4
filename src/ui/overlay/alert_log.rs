//! The log of the alerts since the start.

use crate::ui::theme::Palette;
use crate::ui::theme::fonts;
use crate::ui::widgets::time_format;
use eframe::egui::{Label, RichText, Ui};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// The most alerts that are kept.
const MAX_ALERTS: usize = 50;

/// When each alert was raised, since the start, and what it said; the newest first.
#[derive(Debug)]
pub(crate) struct AlertLog {
    started: Instant,
    alerts: VecDeque<(Duration, String)>,
}

impl Default for AlertLog {
    fn default() -> Self {
        Self {
            started: Instant::now(),
            alerts: VecDeque::new(),
        }
    }
}

impl AlertLog {
    /// Adds an alert that is raised now; the oldest gives way.
    pub(crate) fn add(&mut self, message: String) {
        self.add_at(self.started.elapsed(), message);
    }

    fn add_at(&mut self, since_start: Duration, message: String) {
        self.alerts.truncate(MAX_ALERTS - 1);
        self.alerts.push_front((since_start, message));
    }

    pub(crate) fn show(&self, ui: &mut Ui) {
        let palette = Palette::of(ui);
        ui.add_space(5.0);
        let heading = RichText::new("Alerts since the start");
        let font = fonts::strong(fonts::size::TINY);
        ui.label(heading.font(font).color(palette.faint));
        let small = |text: &str| RichText::new(text).size(fonts::size::SMALL);
        if self.alerts.is_empty() {
            ui.label(small("None").color(palette.dim));
        }
        for (since_start, message) in &self.alerts {
            ui.horizontal_top(|ui| {
                let at = format!("after {}", time_format::clock(*since_start));
                ui.label(small(&at).color(palette.dim));
                ui.add(Label::new(small(message)).wrap());
            });
        }
    }

    /// As lines of text, for a bug report; nothing where there is none.
    pub(crate) fn as_text(&self) -> String {
        let line = |(at, message): &(Duration, String)| {
            format!("  after {}: {message}\n", time_format::clock(*at))
        };
        if self.alerts.is_empty() {
            return String::new();
        }
        let lines: String = self.alerts.iter().map(line).collect();
        format!("\nAlerts since the start\n{lines}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_come_first_and_the_oldest_go() {
        let mut log = AlertLog::default();
        assert_eq!(log.as_text(), "");
        for n in 0..MAX_ALERTS as u64 + 7 {
            log.add_at(Duration::from_secs(n), format!("alert {n}"));
        }
        let text = log.as_text();
        assert_eq!(text.lines().count(), MAX_ALERTS + 2);
        assert!(text.contains("after 0:56: alert 56"), "{text}");
        assert!(text.contains("alert 7\n") && !text.contains("alert 6\n"));
    }
}
