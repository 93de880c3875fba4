//! The switch at the head of the left side: what stands there.

use crate::ui::action::Actions;
use crate::ui::keymap;
use crate::ui::settings::SideView;
use crate::ui::theme::{Palette, fonts};
use crate::ui::view::ViewAction;
use eframe::egui::{Button, RichText, Ui};

/// Each view with its name.
const VIEWS: [(SideView, &str); 3] = [
    (SideView::Queue, "Queue"),
    (SideView::Library, "Library"),
    (SideView::Playlists, "Lists"),
];
/// Narrower than this, in points, names are written smaller.
const NARROW: f32 = 300.0;

/// Draws the names, the one that is `shown` bright.
pub(crate) fn show(ui: &mut Ui, shown: SideView, actions: &mut Actions) {
    let palette = Palette::of(ui);
    let is_narrow = ui.available_width() < NARROW;
    ui.spacing_mut().item_spacing.x = if is_narrow { 8.0 } else { 12.0 };
    for (view, name) in VIEWS {
        let is_shown = view == shown;
        let colour = if is_shown {
            palette.text
        } else {
            palette.faint
        };
        let size = match is_narrow {
            true => fonts::size::BODY,
            false => fonts::size::HEADING,
        };
        let font = fonts::strong(size);
        let button = Button::new(RichText::new(name).font(font).color(colour)).frame(false);
        let action = ViewAction::ShowSide(view);
        let key = keymap::key_of(&action.clone().into());
        let response = ui
            .add(button.selected(is_shown))
            .on_hover_text(format!("{name} ({key})"));
        if response.clicked() {
            actions.push(action.into());
        }
    }
}
