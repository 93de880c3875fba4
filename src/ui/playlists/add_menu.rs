//! The part of a row's menu that puts it into a list.

use crate::app::{ListAddition, ListCommand};
use crate::ui::action::Actions;
use crate::ui::backend::Backend;
use crate::ui::playlists::action::{ListAction, NewList};
use eframe::egui::{ScrollArea, Ui};

/// Height of the names of lists before they scroll, in points.
const MAX_HEIGHT: f32 = 280.0;

/// Draws "Add to list" with the lists there are; nothing where none are kept. `what` is asked once a list is
/// chosen.
pub(crate) fn show(
    ui: &mut Ui,
    backend: &mut dyn Backend,
    what: impl Fn() -> ListAddition,
    actions: &mut Actions,
) {
    let Some(lists) = backend.lists() else {
        return;
    };
    let shown = lists.shown();
    ui.menu_button("Add to list", |ui| {
        ui.set_min_width(160.0);
        if ui.button("New list…").clicked() {
            actions.push(ListAction::AskNew(NewList::Tracks(Some(what()))).into());
            ui.close();
        }
        if shown.of_tracks().next().is_some() {
            ui.separator();
        }
        ScrollArea::vertical()
            .max_height(MAX_HEIGHT)
            .show(ui, |ui| {
                for list in shown.of_tracks() {
                    if ui.button(&list.name).clicked() {
                        actions.push(ListCommand::Add(list.id, what()).into());
                        ui.close();
                    }
                }
            });
    });
}
