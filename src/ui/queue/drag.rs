//! Rows that are dragged to another place in the queue.

use crate::ui::action::{Action, Actions};
use crate::ui::queue::QueuePane;
use crate::ui::widgets::row_drag::DraggedList;
use eframe::egui::{Rect, Ui};
use engine::command::QueueCommand;
use engine::status::EntryId;

impl QueuePane {
    // Moves the dragged rows when they are dropped.
    pub(crate) fn drag(&mut self, ui: &mut Ui, view: Rect, actions: &mut Actions) {
        let list = DraggedList {
            view,
            offset: self.offset,
            count: self.rows.len(),
            carried: self.selection.in_order(&self.rows).len(),
        };
        let step = self.dragging.follow(ui, list);
        self.reveal = step.reveal.or(self.reveal);
        let moved = step.dropped.and_then(|gap| self.drop_at(gap));
        actions.extend(moved.map(Action::from));
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

    /// The command that moves the selected rows by one place.
    pub(crate) fn carry(&self, down: bool) -> Option<QueueCommand> {
        if self.rows.is_filtered() {
            return None;
        }
        let selected = self.selection.in_order(&self.rows);
        let rows = selected.iter().filter_map(|id| self.rows.row_of(*id));
        let gap = match down {
            true => rows.max()? + 2,
            false => rows.min()?.checked_sub(1)?,
        };
        self.drop_at(gap)
    }
}
