//! The track's waveform as a seek bar.

use crate::ui::theme::Palette;
use crate::ui::widgets::icon_button::focus_ring;
use eframe::egui::{Color32, Mesh, Rect, Response, Shape, Stroke, Ui, pos2};
use media::waveform::{Waveform, WaveformBucket};

/// Width of a column, and from one to the next, in points.
const COLUMN: f32 = 2.0;
const STEP: f32 = 3.0;
/// Silence is a line this high, in points.
const MIN_HEIGHT: f32 = 1.5;

/// Draws the waveform in place of the rail; `share` of it has been played.
pub(crate) fn paint(
    ui: &Ui,
    response: &Response,
    rail: Rect,
    share: f64,
    waveform: &Waveform,
    is_dragged: bool,
) {
    let palette = Palette::of(ui);
    let is_hot = response.hovered() || is_dragged || response.has_focus();
    let x = rail.left() + rail.width() * share.clamp(0.0, 1.0) as f32;
    let (middle, half) = (rail.center().y, response.rect.height() / 2.0);
    let count = (rail.width() / STEP).floor().max(1.0) as usize;
    let mut mesh = Mesh::default();
    for n in 0..count {
        let left = rail.left() + n as f32 * STEP;
        let column = column(&waveform.buckets, n, count);
        let colours = if left < x {
            [palette.accent.gamma_multiply(0.55), palette.accent]
        } else {
            [palette.rail, palette.faint.gamma_multiply(0.7)]
        };
        let reach = |level: f32| (level * half).max(MIN_HEIGHT / 2.0);
        let mut add = |up: f32, down: f32, colour: Color32| {
            let (top, bottom) = (middle - reach(up), middle + reach(down));
            let column = Rect::from_x_y_ranges(left..=left + COLUMN, top..=bottom);
            mesh.add_colored_rect(column, colour);
        };
        let [peak, rms] = colours;
        add(column.highest, -column.lowest, peak);
        add(column.rms, column.rms, rms);
    }
    let painter = ui.painter();
    painter.add(Shape::mesh(mesh));
    let width = if is_hot { 3.0 } else { 2.0 };
    let line = Stroke::new(width, palette.text);
    painter.line_segment([pos2(x, middle - half), pos2(x, middle + half)], line);
    focus_ring(ui, response, 6.0);
}

struct Column {
    lowest: f32,
    highest: f32,
    rms: f32,
}

/// The part of the buckets that belongs to column `n` of `count`, full scale at 1.
fn column(buckets: &[WaveformBucket], n: usize, count: usize) -> Column {
    let first = (n * buckets.len() / count).min(buckets.len() - 1);
    let end = ((n + 1) * buckets.len() / count).clamp(first + 1, buckets.len());
    let part = &buckets[first..end];
    let lowest = part.iter().map(|bucket| bucket.lowest).min().unwrap_or(0);
    let highest = part.iter().map(|bucket| bucket.highest).max().unwrap_or(0);
    let squares: u32 = part.iter().map(|bucket| u32::from(bucket.rms).pow(2)).sum();
    Column {
        lowest: f32::from(lowest).min(0.0) / 127.0,
        highest: f32::from(highest).max(0.0) / 127.0,
        rms: (squares as f32 / part.len() as f32).sqrt() / 127.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bucket_is_in_one_column_whatever_their_numbers() {
        for (buckets, count) in [(1, 300), (300, 1), (2_048, 500), (7, 7), (5, 3)] {
            let all: Vec<_> = (0..buckets)
                .map(|n| WaveformBucket {
                    lowest: -1,
                    highest: if n == buckets - 1 { 127 } else { 1 },
                    rms: 1,
                })
                .collect();
            let columns: Vec<Column> = (0..count).map(|n| column(&all, n, count)).collect();
            assert_eq!(columns[count - 1].highest, 1.0, "{buckets} in {count}");
            assert!(columns.iter().all(|column| column.lowest < 0.0));
        }
    }
}
