//! Rows of a list that are dragged to another place in it.

use crate::ui::theme::Palette;
use crate::ui::theme::fonts;
use crate::ui::theme::metrics::QUEUE_ROW_HEIGHT;
use eframe::egui::{Align2, CursorIcon, Key, Pos2, Rect, Stroke, Ui, UiBuilder, pos2, vec2};
use std::time::Duration;

/// How near the edge a dragged row must come for the list to scroll, in points.
const SCROLL_EDGE: f32 = 28.0;

/// Whether rows are being dragged.
#[derive(Debug, Default)]
pub(crate) struct RowDrag {
    is_active: bool,
}

/// The list that rows are dragged in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DraggedList {
    /// Where it is drawn.
    pub(crate) view: Rect,
    /// How far it is scrolled, in points.
    pub(crate) offset: f32,
    /// Its rows.
    pub(crate) count: usize,
    /// How many rows are dragged.
    pub(crate) carried: usize,
}

/// What a frame of dragging comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct DragStep {
    /// A row to bring into view.
    pub(crate) reveal: Option<usize>,
    /// The rows were dropped in front of the row of this number.
    pub(crate) dropped: Option<usize>,
}

impl RowDrag {
    pub(crate) fn begin(&mut self) {
        self.is_active = true;
    }

    pub(crate) fn is_active(&self) -> bool {
        self.is_active
    }

    /// Draws the line where dragged rows would go; says where they are dropped.
    pub(crate) fn follow(&mut self, ui: &mut Ui, list: DraggedList) -> DragStep {
        let pointer = ui.input(|input| input.pointer.interact_pos());
        let is_cancelled = ui.input(|input| input.key_pressed(Key::Escape));
        let Some(at) = pointer.filter(|_| !is_cancelled) else {
            self.is_active = false;
            return DragStep::default();
        };
        let view = list.view;
        ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
        let y = at.y.clamp(view.top(), view.bottom()) - view.top() + list.offset;
        let gap = ((y / QUEUE_ROW_HEIGHT).round() as usize).min(list.count);
        draw_gap(ui, list, gap, at);
        let reveal = scrolled(ui, list, at);
        let is_dropped = ui.input(|input| input.pointer.any_released());
        self.is_active &= !is_dropped;
        DragStep {
            reveal,
            dropped: is_dropped.then_some(gap),
        }
    }
}

fn draw_gap(ui: &mut Ui, list: DraggedList, gap: usize, at: Pos2) {
    let (palette, view) = (Palette::of(ui), list.view);
    let line_y = (view.top() + gap as f32 * QUEUE_ROW_HEIGHT - list.offset)
        .clamp(view.top() + 1.0, view.bottom() - 1.0);
    ui.scope_builder(UiBuilder::new().max_rect(view), |ui| {
        let painter = ui.painter_at(view);
        let stroke = Stroke::new(2.0, palette.accent);
        painter.hline(view.x_range().shrink(8.0), line_y, stroke);
        painter.circle_filled(pos2(view.left() + 8.0, line_y), 3.0, palette.accent);
        if list.carried > 1 {
            painter.text(
                at + vec2(14.0, 14.0),
                Align2::LEFT_TOP,
                format!("{} tracks", list.carried),
                fonts::strong(fonts::size::SMALL),
                palette.text,
            );
        }
    });
}

/// The row that scrolling at the edge brings into view.
fn scrolled(ui: &Ui, list: DraggedList, at: Pos2) -> Option<usize> {
    let view = list.view;
    let above = (view.top() + SCROLL_EDGE - at.y).max(0.0);
    let below = (at.y - view.bottom() + SCROLL_EDGE).max(0.0);
    let speed = (below - above).clamp(-SCROLL_EDGE, SCROLL_EDGE) / SCROLL_EDGE;
    if speed != 0.0 {
        ui.ctx().request_repaint_after(Duration::from_millis(60));
    }
    let first = (list.offset / QUEUE_ROW_HEIGHT) as usize;
    if speed < 0.0 {
        return first.checked_sub(1);
    }
    let last = ((list.offset + view.height()) / QUEUE_ROW_HEIGHT).ceil() as usize;
    (speed > 0.0).then_some(last.min(list.count.saturating_sub(1)))
}
