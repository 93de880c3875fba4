//! Rows that are dragged to another place in the queue.

use crate::ui::action::{Action, Actions};
use crate::ui::queue::QueuePane;
use crate::ui::theme::Palette;
use crate::ui::theme::fonts;
use crate::ui::theme::metrics::QUEUE_ROW_HEIGHT;
use eframe::egui::{Align2, CursorIcon, Key, Pos2, Rect, Stroke, Ui, UiBuilder, pos2, vec2};
use engine::command::QueueCommand;
use engine::status::EntryId;
use std::time::Duration;

/// How near the edge a dragged row must come for the list to scroll, in points.
const SCROLL_EDGE: f32 = 28.0;

impl QueuePane {
    // Draws the line where dragged rows would go, and moves them when they are dropped.
    pub(crate) fn drag(
        &mut self,
        ui: &mut Ui,
        view: Rect,
        pointer: Option<Pos2>,
        actions: &mut Actions,
    ) {
        let Some(at) = pointer else {
            self.is_dragging = false;
            return;
        };
        if ui.input(|input| input.key_pressed(Key::Escape)) {
            self.is_dragging = false;
            return;
        }
        ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
        let y = at.y.clamp(view.top(), view.bottom()) - view.top() + self.offset;
        let gap = ((y / QUEUE_ROW_HEIGHT).round() as usize).min(self.rows.len());
        let palette = Palette::of(ui);
        let line_y = (view.top() + gap as f32 * QUEUE_ROW_HEIGHT - self.offset)
            .clamp(view.top() + 1.0, view.bottom() - 1.0);
        ui.scope_builder(UiBuilder::new().max_rect(view), |ui| {
            let painter = ui.painter_at(view);
            painter.hline(
                view.x_range().shrink(8.0),
                line_y,
                Stroke::new(2.0, palette.accent),
            );
            painter.circle_filled(pos2(view.left() + 8.0, line_y), 3.0, palette.accent);
            let count = self.selection.in_order(&self.rows).len();
            if count > 1 {
                let font = fonts::strong(fonts::size::SMALL);
                painter.text(
                    at + vec2(14.0, 14.0),
                    Align2::LEFT_TOP,
                    format!("{count} tracks"),
                    font,
                    palette.text,
                );
            }
        });
        self.scroll_while_dragging(ui, view, at);
        if ui.input(|input| input.pointer.any_released()) {
            self.is_dragging = false;
            actions.extend(self.drop_at(gap).map(Action::from));
        }
    }

    // The selected rows go in front of the first row behind the gap that is not one of them.
    fn drop_at(&self, gap: usize) -> Option<QueueCommand> {
        let entries = self.selection.in_order(&self.rows);
        let stays = |id: &EntryId| !self.selection.contains(*id);
        let before = (gap..self.rows.len())
            .filter_map(|row| self.rows.id(row))
            .find(stays);
        (!entries.is_empty()).then_some(QueueCommand::Move { entries, before })
    }

    fn scroll_while_dragging(&mut self, ui: &Ui, view: Rect, at: Pos2) {
        let above = (view.top() + SCROLL_EDGE - at.y).max(0.0);
        let below = (at.y - view.bottom() + SCROLL_EDGE).max(0.0);
        let speed = (below - above).clamp(-SCROLL_EDGE, SCROLL_EDGE) / SCROLL_EDGE;
        let first = (self.offset / QUEUE_ROW_HEIGHT) as usize;
        if speed < 0.0 && first > 0 {
            self.reveal = Some(first - 1);
        } else if speed > 0.0 {
            let last = ((self.offset + view.height()) / QUEUE_ROW_HEIGHT).ceil() as usize;
            self.reveal = Some(last.min(self.rows.len().saturating_sub(1)));
        }
        if speed != 0.0 {
            ui.ctx().request_repaint_after(Duration::from_millis(60));
        }
    }
}
