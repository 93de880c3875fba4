//! The switch at the head of the left side: what stands there.

use crate::ui::action::Actions;
use crate::ui::keymap;
use crate::ui::settings::SideView;
use crate::ui::theme::{Palette, fonts};
use crate::ui::view::ViewAction;
use eframe::egui::{Button, RichText, Ui};

/// Each view with its name.
const VIEWS: [(SideView, &str); 2] = [(SideView::Queue, "Queue"), (SideView::Library, "Library")];

/// Draws the names, the one that is `shown` bright.
pub(crate) fn show(ui: &mut Ui, shown: SideView, actions: &mut Actions) {
    let palette = Palette::of(ui);
    ui.spacing_mut().item_spacing.x = 4.0;
    for (view, name) in VIEWS {
        let is_shown = view == shown;
        let colour = if is_shown {
            palette.text
        } else {
            palette.faint
        };
        let font = fonts::strong(fonts::size::HEADING);
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
