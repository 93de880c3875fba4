//! Peak, RMS and loudness meters.

use crate::ui::action::Actions;
use crate::ui::pane::{Height, Pane, PaneContext, Place};
use crate::ui::theme::Palette;
use crate::ui::theme::fonts;
use crate::ui::theme::metrics::SCALE_WIDTH;
use eframe::egui::{
    Align2, CornerRadius, Painter, Rect, Role, Sense, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2,
};
use engine::levels::{LevelsFrame, SideLevels};

/// Height of the meters, in points.
const HEIGHT: f32 = 56.0;
/// The lowest level on the scale, in dBFS; the highest is 0.
const FLOOR_DB: f32 = -60.0;
/// Levels that are labelled, in dBFS.
const LABELLED_DB: [f32; 7] = [-60.0, -48.0, -36.0, -24.0, -12.0, -6.0, 0.0];
/// Peaks above this are shown as a warning, in dBFS.
const HOT_DB: f32 = -1.0;
/// Room for one figure, in points.
const FIGURE_WIDTH: f32 = 76.0;
/// With less room than this for the bars, figures are left out from the end, in points.
const MIN_BARS: f32 = 200.0;
const BAR_HEIGHT: f32 = 8.0;

/// The level meters.
pub(crate) struct LevelsPane;

impl Pane for LevelsPane {
    fn name(&self) -> &'static str {
        "levels"
    }

    fn place(&self, context: &PaneContext<'_>, _room: Vec2) -> Place {
        if context.is_empty() || !context.settings.show_levels {
            Place::Hidden
        } else {
            Place::Column(Height::Own)
        }
    }

    fn show(&mut self, ui: &mut Ui, context: &mut PaneContext<'_>, _actions: &mut Actions) {
        let levels = context.backend.levels();
        context.is_moving |= !levels.is_at_rest;
        show(ui, &levels);
    }
}

// Draws them over the width there is.
fn show(ui: &mut Ui, levels: &LevelsFrame) {
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Meter, true, in_words(levels)));
    let palette = Palette::of(ui);
    let painter = ui.painter_at(rect);
    let figures = figures(levels);
    let room = rect.width() - 2.0 * SCALE_WIDTH - MIN_BARS;
    let shown = (room / FIGURE_WIDTH)
        .floor()
        .clamp(0.0, figures.len() as f32) as usize;
    let bars = Rect::from_min_max(
        pos2(rect.left() + SCALE_WIDTH, rect.top() + 6.0),
        pos2(
            rect.right() - SCALE_WIDTH - shown as f32 * FIGURE_WIDTH,
            rect.bottom(),
        ),
    );
    scale(&painter, bars, palette);
    for (n, (name, side)) in ["L", "R"].iter().zip(&levels.sides).enumerate() {
        let top = bars.top() + n as f32 * (BAR_HEIGHT + 4.0);
        let bar = Rect::from_min_size(pos2(bars.left(), top), vec2(bars.width(), BAR_HEIGHT));
        painter.text(
            pos2(bar.left() - 8.0, bar.center().y),
            Align2::RIGHT_CENTER,
            name,
            fonts::text(fonts::size::TINY),
            palette.faint,
        );
        draw_bar(&painter, bar, side, palette);
    }
    for (n, (name, unit, value)) in figures.iter().take(shown).enumerate() {
        let centre = bars.right() + 16.0 + (n as f32 + 0.5) * FIGURE_WIDTH;
        let tiny = || fonts::text(fonts::size::TINY);
        for (down, words, font, ink) in [
            (5.0, value.as_str(), fonts::strong(15.0), palette.text),
            (22.0, name, tiny(), palette.dim),
            (35.0, unit, tiny(), palette.faint),
        ] {
            let at = pos2(centre, bars.top() + down);
            painter.text(at, Align2::CENTER_CENTER, words, font, ink);
        }
    }
}

fn x_of(level_db: f32, bar: Rect) -> f32 {
    bar.left() + (1.0 - level_db / FLOOR_DB).clamp(0.0, 1.0) * bar.width()
}

fn draw_bar(painter: &Painter, bar: Rect, side: &SideLevels, palette: Palette) {
    let corner = CornerRadius::same(2);
    painter.rect_filled(bar, corner, palette.rail);
    let upto = |level_db| Rect::from_x_y_ranges(bar.left()..=x_of(level_db, bar), bar.y_range());
    painter.rect_filled(
        upto(side.peak_db),
        corner,
        palette.accent.gamma_multiply(0.45),
    );
    painter.rect_filled(upto(side.rms_db), corner, palette.accent);
    if side.held_db > FLOOR_DB {
        let ink = if side.held_db > HOT_DB {
            palette.warning
        } else {
            palette.text
        };
        painter.vline(
            x_of(side.held_db, bar),
            bar.y_range(),
            Stroke::new(2.0, ink),
        );
    }
}

fn scale(painter: &Painter, bars: Rect, palette: Palette) {
    let y = bars.top() + 2.0 * BAR_HEIGHT + 4.0;
    let is_wide = bars.width() > 320.0;
    for level_db in LABELLED_DB {
        if !is_wide && level_db % 24.0 != 0.0 && level_db != FLOOR_DB {
            continue;
        }
        let x = x_of(level_db, bars);
        painter.vline(x, y + 2.0..=y + 5.0, Stroke::new(1.0, palette.faint));
        painter.text(
            pos2(x, y + 14.0),
            Align2::CENTER_CENTER,
            format!("{level_db}").replace('-', "\u{2212}"),
            fonts::text(fonts::size::TINY),
            palette.faint,
        );
    }
}

/// The figures from the most to the least wanted.
fn figures(levels: &LevelsFrame) -> [(&'static str, &'static str, String); 5] {
    [
        ("Integrated", "LUFS", figure(levels.integrated_lufs)),
        ("Short term", "LUFS", figure(levels.short_term_lufs)),
        ("Momentary", "LUFS", figure(levels.momentary_lufs)),
        ("True peak", "dBTP", figure(levels.true_peak_db)),
        ("Correlation", "L to R", signed(levels.correlation, 2)),
    ]
}

fn figure(level: f32) -> String {
    if level < -99.0 {
        "\u{2014}".to_owned()
    } else {
        signed(level, 1)
    }
}

/// With a minus sign, not a hyphen, and none before zero.
fn signed(value: f32, digits: usize) -> String {
    let text = format!("{:.digits$}", value.abs());
    let is_zero = text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    if value < 0.0 && !is_zero {
        format!("\u{2212}{text}")
    } else {
        text
    }
}

fn in_words(levels: &LevelsFrame) -> String {
    let [left, right] = levels.sides.map(|side| figure(side.held_db));
    let figures = figures(levels).map(|(name, unit, value)| format!("{name} {value} {unit}"));
    format!(
        "Levels: left {left}, right {right} dBFS; {}",
        figures.join("; ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_a_dash_and_zero_has_no_minus() {
        assert_eq!(figure(f32::NEG_INFINITY), "\u{2014}");
        assert_eq!(figure(-14.04), "\u{2212}14.0");
        assert_eq!(figure(-0.04), "0.0");
        assert_eq!(signed(0.876, 2), "0.88");
        assert!(in_words(&LevelsFrame::default()).contains("left \u{2014}"));
    }
}
