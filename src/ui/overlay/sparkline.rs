//! One figure over the last minutes or the last hour, as a line.

use super::choice::{choice, quiet};
use crate::ui::theme::Palette;
use crate::ui::theme::fonts;
use eframe::egui::{Align, Align2, CornerRadius, Layout, Sense, Shape, Stroke, Ui, pos2, vec2};
use telemetry::history::HISTORY_SECONDS;
use telemetry::metric::Metric;

/// Points of the line at most; a second each in the shorter span.
const COLUMNS: usize = 120;
/// Height in points.
const HEIGHT: f32 = 44.0;

/// What the line shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Plotted {
    /// The figure.
    pub(crate) metric: Metric,
    /// An hour instead of two minutes.
    pub(crate) is_hour: bool,
}

impl Plotted {
    /// How far back it goes, in seconds.
    pub(crate) fn seconds(self) -> usize {
        if self.is_hour {
            HISTORY_SECONDS
        } else {
            COLUMNS
        }
    }

    /// The number of points.
    pub(crate) fn columns(self) -> usize {
        COLUMNS
    }

    fn span(self) -> &'static str {
        if self.is_hour { "1 h" } else { "2 min" }
    }
}

/// Draws `values`, oldest first, from zero up to their highest.
pub(crate) fn show(ui: &mut Ui, values: &[f64], plotted: Plotted) {
    let palette = Palette::of(ui);
    let width = ui.available_width();
    let (rect, response) = ui.allocate_exact_size(vec2(width, HEIGHT), Sense::hover());
    let painter = ui.painter_at(rect);
    painter.rect_filled(
        rect,
        CornerRadius::same(4),
        palette.rail.gamma_multiply(0.35),
    );
    let write = |at, align, text: &str| {
        painter.text(
            at,
            align,
            text,
            fonts::text(fonts::size::TINY),
            palette.faint,
        );
    };
    let highest = values.iter().copied().fold(0.0, f64::max);
    if values.len() < 2 || highest <= 0.0 {
        write(rect.center(), Align2::CENTER_CENTER, "Drawn once it plays");
        return;
    }
    let metric = plotted.metric;
    let worst = values.iter().copied().reduce(|a, b| metric.worse(a, b));
    let worst = metric.in_words(worst.unwrap_or(highest));
    let inner = rect.shrink2(vec2(4.0, 4.0));
    // Above the line, so that neither is in the way of the other.
    let mut field = inner;
    field.set_top(inner.top() + 14.0);
    let step = field.width() / (COLUMNS - 1) as f32;
    let points = values.iter().rev().take(COLUMNS).enumerate();
    let line = points
        .map(|(ago, value)| {
            let x = field.right() - ago as f32 * step;
            pos2(
                x,
                field.bottom() - (value / highest) as f32 * field.height(),
            )
        })
        .collect();
    painter.add(Shape::line(line, Stroke::new(1.5, palette.accent)));
    write(inner.left_top(), Align2::LEFT_TOP, metric.name());
    let words = format!("at worst {worst} in {}", plotted.span());
    write(inner.right_top(), Align2::RIGHT_TOP, &words);
    response.on_hover_text(metric.description());
}

/// Lets the listener choose; returns the choice where it has changed.
pub(crate) fn choose(ui: &mut Ui, plotted: Plotted) -> Option<Plotted> {
    let mut wanted = plotted;
    ui.horizontal(|ui| {
        quiet(ui);
        for metric in Metric::ALL {
            let button = choice(ui, metric == plotted.metric, metric.name());
            if button.on_hover_text(metric.description()).clicked() {
                wanted.metric = metric;
            }
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            for (is_hour, span) in [(true, "1 h"), (false, "2 min")] {
                if choice(ui, is_hour == plotted.is_hour, span).clicked() {
                    wanted.is_hour = is_hour;
                }
            }
        });
    });
    (wanted != plotted).then_some(wanted)
}
