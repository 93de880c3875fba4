//! What the window says while there is nothing to play.

use crate::ui::action::Actions;
use crate::ui::files::request::DialogRequest;
use crate::ui::keymap;
use crate::ui::pane::{Height, Pane, PaneContext, Place};
use crate::ui::theme::Palette;
use crate::ui::theme::{fonts, icons};
use eframe::egui::{Button, RichText, Ui, Vec2};

/// The invitation in the main column, where there is no queue to show it.
pub(crate) struct InvitationPane;

impl Pane for InvitationPane {
    fn name(&self) -> &'static str {
        "invitation"
    }

    fn place(&self, context: &PaneContext<'_>, _room: Vec2) -> Place {
        if context.is_empty() {
            Place::Column(Height::Own)
        } else {
            Place::Hidden
        }
    }

    fn show(&mut self, ui: &mut Ui, context: &mut PaneContext<'_>, actions: &mut Actions) {
        invitation(ui, context.snapshot.is_scanning, actions);
    }
}

/// Invites to open or drop music.
pub(crate) fn invitation(ui: &mut Ui, is_scanning: bool, actions: &mut Actions) {
    let palette = Palette::of(ui);
    ui.vertical_centered(|ui| {
        ui.add_space((ui.available_height() / 2.0 - 96.0).max(8.0));
        let icon = icons::MUSIC_NOTES.to_string();
        ui.label(
            RichText::new(icon)
                .font(fonts::icon(40.0))
                .color(palette.faint),
        );
        ui.add_space(8.0);
        if is_scanning {
            ui.label(RichText::new("Reading folders …").color(palette.dim));
            return;
        }
        let key = keymap::key_of(&DialogRequest::Files.into());
        let words = format!("Drop music here\nor press {key}");
        ui.label(RichText::new(words).color(palette.dim));
        ui.add_space(16.0);
        let text = RichText::new("Open files").font(fonts::strong(fonts::size::BODY));
        let button = Button::new(text.color(palette.on_accent)).fill(palette.accent);
        if ui.add(button).accessible_name("Open music").clicked() {
            actions.push(DialogRequest::Files.into());
        }
        ui.add_space(8.0);
        if ui.add(Button::new("Open a folder").frame(false)).clicked() {
            actions.push(DialogRequest::Folder.into());
        }
    });
}
