//! Small buttons of which one is chosen.

use crate::ui::theme::Palette;
use crate::ui::theme::fonts;
use eframe::egui::{Button, Response, RichText, Ui, vec2};

/// Makes choices in `ui` small, so that the figures around them stand out.
pub(crate) fn quiet(ui: &mut Ui) {
    ui.visuals_mut().selection.bg_fill = Palette::of(ui).selected;
    let spacing = ui.spacing_mut();
    spacing.item_spacing.x = 2.0;
    spacing.button_padding = vec2(6.0, 2.0);
    spacing.interact_size.y = 18.0;
}

/// One of these buttons.
pub(crate) fn choice(ui: &mut Ui, is_chosen: bool, name: &str) -> Response {
    let text = RichText::new(name).font(fonts::text(fonts::size::TINY));
    ui.add(Button::selectable(is_chosen, text))
}
