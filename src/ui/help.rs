//! The list of keys.

use crate::ui::action::Actions;
use crate::ui::keymap;
use crate::ui::pane::{Pane, PaneContext, Place};
use crate::ui::theme::Palette;
use crate::ui::theme::fonts;
use eframe::egui::{
    Align, Context, Frame, Grid, Id, Layout, Margin, Modal, RichText, ScrollArea, Ui, Vec2,
};

/// The list of keys, while it is open.
#[derive(Debug, Default)]
pub(crate) struct HelpPane {
    pub(crate) is_open: bool,
}

impl Pane for HelpPane {
    fn name(&self) -> &'static str {
        "help"
    }

    fn place(&self, _context: &PaneContext<'_>, _room: Vec2) -> Place {
        if self.is_open {
            Place::Floating
        } else {
            Place::Hidden
        }
    }

    fn show(&mut self, ui: &mut Ui, _context: &mut PaneContext<'_>, _actions: &mut Actions) {
        self.is_open = !show(ui.ctx());
    }
}

// Draws the list over the window; returns whether it was closed.
fn show(ctx: &Context) -> bool {
    let frame = Frame::popup(&ctx.global_style()).inner_margin(Margin::same(20));
    let modal = Modal::new(Id::unique("help")).frame(frame).show(ctx, |ui| {
        let palette = Palette::of(ui);
        let room = ui.ctx().content_rect();
        ui.set_width(460.0_f32.min(room.width() - 64.0));
        let mut is_closed = false;
        ui.horizontal(|ui| {
            ui.label(RichText::new("Keys").font(fonts::strong(18.0)));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                is_closed = ui.button("Close").clicked();
            });
        });
        ui.add_space(8.0);
        let height = room.height() - 140.0;
        ScrollArea::vertical()
            .max_height(height)
            .min_scrolled_height(height)
            .show(ui, |ui| {
                Grid::new("keys")
                    .num_columns(2)
                    .spacing([24.0, 5.0])
                    .min_row_height(18.0)
                    .show(ui, |ui| {
                        for line in keymap::sheet() {
                            ui.label(RichText::new(line.keys()).font(fonts::strong(13.0)));
                            ui.label(RichText::new(line.text).size(13.0).color(palette.dim));
                            ui.end_row();
                        }
                    });
            });
        is_closed
    });
    modal.inner || modal.should_close()
}
