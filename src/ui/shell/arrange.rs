//! Puts panes where they want to stand: along the edges, in the main column, over the window.

use crate::ui::action::Actions;
use crate::ui::pane::{Height, Pane, PaneContext, Place, SideWidth};
use crate::ui::theme::Palette;
use crate::ui::theme::metrics::GRID;
use eframe::egui::{CentralPanel, Frame, Margin, Panel, Ui, vec2};

/// A main area smaller than this, in points, has narrow margins and gaps.
const ROOMY: [f32; 2] = [560.0, 480.0];

/// Draws all panes that are to be seen in this frame.
pub(crate) fn arrange(
    ui: &mut Ui,
    panes: &mut [&mut dyn Pane],
    context: &mut PaneContext<'_>,
    actions: &mut Actions,
) {
    let palette = Palette::of(ui);
    for pane in panes.iter_mut() {
        let room = ui.available_size();
        match pane.place(context, room) {
            Place::Bottom { height } => {
                Panel::bottom(pane.name())
                    .exact_size(height)
                    .resizable(false)
                    .show_separator_line(false)
                    .frame(Frame::new().fill(palette.surface))
                    .show(ui, |ui| pane.show(ui, context, actions));
            }
            Place::Left(width) => left(ui, *pane, &width, context, actions),
            Place::Hidden | Place::Column(_) | Place::Floating => {}
        }
    }
    column(ui, panes, context, actions);
    for pane in panes.iter_mut() {
        let room = ui.available_size();
        if pane.place(context, room) == Place::Floating {
            pane.show(ui, context, actions);
        }
    }
}

fn left(
    ui: &mut Ui,
    pane: &mut dyn Pane,
    width: &SideWidth,
    context: &mut PaneContext<'_>,
    actions: &mut Actions,
) {
    let frame = Frame::new()
        .fill(Palette::of(ui).surface)
        .inner_margin(Margin {
            left: 8,
            right: 8,
            top: 8,
            bottom: 0,
        });
    let panel = match width {
        // With a name of its own, so that the width it was dragged to is kept.
        SideWidth::Fixed(width) => Panel::left(format!("{}, narrow", pane.name()))
            .exact_size(*width)
            .resizable(false),
        SideWidth::Dragged { default, range } => Panel::left(pane.name())
            .default_size(*default)
            .size_range(range.clone())
            .resizable(true),
    };
    panel
        .frame(frame)
        .show_separator_line(false)
        .show(ui, |ui| pane.show(ui, context, actions));
}

fn column(
    ui: &mut Ui,
    panes: &mut [&mut dyn Pane],
    context: &mut PaneContext<'_>,
    actions: &mut Actions,
) {
    let is_small = ui.available_width() < ROOMY[0] || ui.available_height() < ROOMY[1];
    context.gap = if is_small { GRID } else { 2.0 * GRID };
    let margin = if is_small { 12 } else { 24 };
    let frame = Frame::new()
        .fill(Palette::of(ui).window)
        .inner_margin(Margin::same(margin));
    CentralPanel::default().frame(frame).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        // What panes with a height of their own leave to those that share it.
        let mut shared_room = None;
        for index in 0..panes.len() {
            let Place::Column(height) = panes[index].place(context, ui.available_size()) else {
                continue;
            };
            if height != Height::Own {
                let room = *shared_room.get_or_insert(ui.available_height());
                context.height = match height {
                    Height::Rest { least } => {
                        let others = panes.iter().map(|pane| share(&**pane, context, room));
                        (room - others.sum::<f32>()).max(least)
                    }
                    Height::Own | Height::Share { .. } => share(&*panes[index], context, room),
                };
            }
            let pane = &mut panes[index];
            ui.push_id(pane.name(), |ui| pane.show(ui, context, actions));
        }
    });
}

// The height a pane of the column takes of the shared room; nothing where it does not share.
fn share(pane: &dyn Pane, context: &PaneContext<'_>, room: f32) -> f32 {
    match pane.place(context, vec2(0.0, room)) {
        Place::Column(Height::Share { of_room, range }) => {
            (room * of_room).clamp(*range.start(), *range.end())
        }
        Place::Column(Height::Own | Height::Rest { .. })
        | Place::Hidden
        | Place::Bottom { .. }
        | Place::Left(_)
        | Place::Floating => 0.0,
    }
}
