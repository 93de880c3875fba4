//! Requests to the queue's list.

use crate::ui::queue::action::QueueAction;
use crate::ui::settings::SideView;
use crate::ui::shell::PlayerApp;
use eframe::egui::Context;
use engine::command::TransportCommand;

impl PlayerApp {
    pub(in crate::ui::shell) fn carry_out_queue(&mut self, ctx: &Context, action: QueueAction) {
        if self.settings.show_queue && self.settings.side == SideView::Library {
            return self.carry_out_in_library(ctx, action);
        }
        let queue = &mut self.panes.queue;
        match action {
            QueueAction::Move(by) => queue.step(by, false),
            QueueAction::Extend(by) => queue.step(by, true),
            QueueAction::SelectAll => queue.select_all(),
            QueueAction::PlaySelected => {
                if let Some(id) = queue.to_play() {
                    self.send(TransportCommand::PlayEntry(id));
                }
            }
            QueueAction::RemoveSelected => {
                if let Some(command) = queue.remove_selected() {
                    self.send(command);
                }
            }
            QueueAction::FocusFilter => {
                queue.find();
                self.settings.show_queue = true;
            }
            QueueAction::LeaveFilter => {
                if let Some(id) = ctx.memory(|memory| memory.focused()) {
                    ctx.memory_mut(|memory| memory.surrender_focus(id));
                }
                queue.leave_filter();
                queue.update(&self.snapshot);
            }
            QueueAction::JumpToPlaying => {
                if let Some(id) = self.snapshot.current {
                    queue.jump_to(id);
                    self.settings.show_queue = true;
                }
            }
        }
    }

    /// Carries out a request meant for the list that is shown, where that is the collection.
    fn carry_out_in_library(&mut self, ctx: &Context, action: QueueAction) {
        let library = &mut self.panes.library;
        match action {
            QueueAction::Move(by) => library.step(by, false),
            QueueAction::Extend(by) => library.step(by, true),
            QueueAction::SelectAll => library.select_all(),
            QueueAction::PlaySelected => library.play_selected(self.backend.as_mut()),
            // Nothing is taken out of a collection by a key.
            QueueAction::RemoveSelected => {}
            QueueAction::FocusFilter => library.find(),
            QueueAction::LeaveFilter => {
                if let Some(id) = ctx.memory(|memory| memory.focused()) {
                    ctx.memory_mut(|memory| memory.surrender_focus(id));
                }
                library.leave_search();
            }
            QueueAction::JumpToPlaying => {
                self.settings.side = SideView::Queue;
                self.carry_out_queue(ctx, action);
            }
        }
    }
}
