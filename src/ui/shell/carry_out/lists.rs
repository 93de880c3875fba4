//! Requests to the pane of lists.

use crate::app::{AppCommand, ListCommand};
use crate::ui::playlists::action::ListAction;
use crate::ui::queue::action::QueueAction;
use crate::ui::settings::SideView;
use crate::ui::shell::PlayerApp;
use eframe::egui::Context;

impl PlayerApp {
    pub(in crate::ui::shell) fn carry_out_list(&mut self, action: ListAction) {
        // Without a collection no list is kept.
        let Some(lists) = self.backend.lists() else {
            return;
        };
        let shown = lists.shown();
        let question = &mut self.panes.list_question;
        match action {
            ListAction::AskNew(new) => question.ask_new(new),
            ListAction::AskRename(list) => {
                let current = || self.panes.playlists.current();
                let list = list.map_or_else(current, |list| shown.list(list));
                if let Some(list) = list {
                    question.ask_name(list);
                }
            }
            ListAction::AskQuery(list) => {
                if let Some(list) = shown.list(list) {
                    question.ask_query(list);
                }
            }
            ListAction::AskDelete(list) => {
                if let Some(list) = shown.list(list) {
                    question.ask_delete(list);
                }
            }
            ListAction::Open(list) => lists.open(list),
            ListAction::Opened(list) => self.settings.library.open_list = list.map(|list| list.0),
        }
    }

    /// The queue's requests where lists stand in its place.
    pub(super) fn carry_out_in_lists(&mut self, ctx: &Context, action: QueueAction) {
        let lists = &mut self.panes.playlists;
        let asked = match action {
            QueueAction::Move(by) => {
                lists.step(by, false);
                None
            }
            QueueAction::Extend(by) => {
                lists.step(by, true);
                None
            }
            QueueAction::SelectAll => {
                lists.select_all();
                None
            }
            QueueAction::PlaySelected => lists.enter(),
            QueueAction::RemoveSelected => lists.remove(),
            QueueAction::Carry { down } => lists.carry(down),
            QueueAction::Undo => lists.open_id().map(|list| ListCommand::Undo(list).into()),
            QueueAction::Redo => lists.open_id().map(|list| ListCommand::Redo(list).into()),
            // Search is the library's: it finds what is in lists too.
            QueueAction::FocusFilter => {
                self.settings.side = SideView::Library;
                return self.carry_out_queue(ctx, action);
            }
            QueueAction::LeaveFilter => Some(ListAction::Open(None).into()),
            QueueAction::JumpToPlaying => {
                self.settings.side = SideView::Queue;
                return self.carry_out_queue(ctx, action);
            }
        };
        if let Some(asked) = asked {
            self.carry_out(ctx, asked);
        }
    }

    /// Takes a change of the queue back, or makes it again.
    pub(super) fn step_queue(&self, is_undo: bool) {
        self.send(match is_undo {
            true => AppCommand::UndoQueue,
            false => AppCommand::RedoQueue,
        });
    }
}
