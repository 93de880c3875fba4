//! Requests to the queue's list.

use crate::ui::queue::action::QueueAction;
use crate::ui::shell::PlayerApp;
use eframe::egui::Context;
use engine::command::TransportCommand;

impl PlayerApp {
    pub(in crate::ui::shell) fn carry_out_queue(&mut self, ctx: &Context, action: QueueAction) {
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
}
