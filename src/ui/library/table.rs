//! A wide library's table: the names of its columns, and rows of one line.

use super::columns::{ALL, Column, LibraryLook};
use crate::ui::action::Actions;
use crate::ui::queue::row::RowState;
use crate::ui::theme::metrics::CORNER;
use crate::ui::theme::{Palette, fonts, icons};
use crate::ui::view::ViewAction;
use crate::ui::widgets::elided;
use eframe::egui::{
    Align2, CornerRadius, CursorIcon, Id, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui,
    WidgetInfo, pos2, vec2,
};
use library::model::TrackRow;

/// Height of a row, in points.
pub(crate) const ROW_HEIGHT: f32 = 28.0;
/// Height of the columns' names, in points.
const HEADER_HEIGHT: f32 = 26.0;
/// Room for the mark of what plays, in points.
const MARK_WIDTH: f32 = 24.0;
/// Space between two columns, in points.
const SPACE: f32 = 12.0;

/// Where columns stand, from left to right.
pub(crate) fn places(columns: &[Column], room: Rect) -> Vec<Rect> {
    let least: f32 = columns.iter().map(|column| column.width().0 + SPACE).sum();
    let shares: f32 = columns.iter().map(|column| column.width().1).sum();
    let rest = (room.width() - MARK_WIDTH - least - 8.0).max(0.0);
    let mut left = room.left() + MARK_WIDTH;
    let each = columns.iter().map(|column| {
        let (least, share) = column.width();
        let width = least + rest * share / shares.max(1.0);
        let place = Rect::from_x_y_ranges(left..=left + width, room.y_range());
        left += width + SPACE;
        place
    });
    each.collect()
}

/// Draws the names: a click sorts, a drag moves, the menu hides and shows.
pub(crate) fn header(ui: &mut Ui, look: &LibraryLook, actions: &mut Actions) {
    let size = vec2(ui.available_width(), HEADER_HEIGHT);
    let (rect, whole) = ui.allocate_exact_size(size, Sense::click());
    let palette = Palette::of(ui);
    let places = places(&look.columns, rect);
    let pointer = ui.input(|input| input.pointer.interact_pos());
    for (column, place) in look.columns.iter().copied().zip(&places) {
        let id = Id::unique(("column", column.name()));
        let response = ui.interact(
            place.expand2(vec2(SPACE / 2.0, 0.0)),
            id,
            Sense::CLICK | Sense::DRAG,
        );
        let is_sorted = look.sorted_by == Some(column);
        response.widget_info(|| {
            let name = match (is_sorted, look.is_reversed) {
                (true, false) => format!("{}, sorted", column.long_name()),
                (true, true) => format!("{}, sorted the other way", column.long_name()),
                (false, _) => column.long_name().to_owned(),
            };
            WidgetInfo::labeled(Role::ColumnHeader, true, name)
        });
        let colour = match is_sorted || response.hovered() {
            true => palette.text,
            false => palette.faint,
        };
        let mut name = column.name().to_owned();
        if is_sorted {
            name.push_str(if look.is_reversed { " ↓" } else { " ↑" });
        }
        let font = fonts::text(fonts::size::SMALL);
        cell(ui, *place, &name, font, colour, column.is_number());
        if response.clicked() && column.order().is_some() {
            actions.push(ViewAction::LookAtLibrary(look.clone().sorted(column)).into());
        }
        if response.dragged() {
            ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
        }
        if let Some(at) = pointer.filter(|_| response.drag_stopped()) {
            let to = places
                .iter()
                .position(|place| at.x < place.right() + SPACE / 2.0);
            let to = to.unwrap_or(places.len() - 1);
            actions.push(ViewAction::LookAtLibrary(look.clone().moved(column, to)).into());
        }
        response.context_menu(|ui| menu(ui, look, actions));
    }
    whole.context_menu(|ui| menu(ui, look, actions));
    ui.painter().hline(
        rect.x_range(),
        rect.bottom() - 0.5,
        Stroke::new(1.0, palette.line),
    );
}

fn menu(ui: &mut Ui, look: &LibraryLook, actions: &mut Actions) {
    ui.set_min_width(140.0);
    for column in ALL {
        let mut is_shown = look.columns.contains(&column);
        if ui.checkbox(&mut is_shown, column.long_name()).clicked() {
            actions.push(ViewAction::LookAtLibrary(look.clone().toggled(column)).into());
        }
    }
}

/// Draws a track into `rect`.
pub(crate) fn row(
    ui: &Ui,
    rect: Rect,
    look: &LibraryLook,
    track: &TrackRow,
    state: RowState,
) -> Response {
    let palette = Palette::of(ui);
    let id = Id::unique((state.list, "row", track.id.0));
    let response = ui.interact(rect, id, Sense::CLICK | Sense::DRAG);
    response.widget_info(|| {
        let name = format!("{} row: {}", state.list, track.display_title());
        WidgetInfo::selected(Role::Row, true, state.is_selected, name)
    });
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let (painter, corner) = (ui.painter(), CornerRadius::same(CORNER));
    let ground = match (state.is_selected, response.hovered()) {
        (true, _) => Some(palette.selected),
        (false, true) => Some(palette.hover),
        (false, false) => None,
    };
    if let Some(ground) = ground {
        painter.rect_filled(rect, corner, ground);
    }
    if state.is_cursor && !state.is_selected {
        painter.rect_stroke(
            rect,
            corner,
            Stroke::new(1.0, palette.rail),
            StrokeKind::Inside,
        );
    }
    let mark = match (track.is_missing, state.is_current) {
        (true, _) => Some((icons::WARNING, palette.warning)),
        (false, true) => Some((icons::PLAY, palette.accent)),
        (false, false) => None,
    };
    if let Some((icon, colour)) = mark {
        let place = pos2(rect.left() + MARK_WIDTH / 2.0, rect.center().y);
        painter.text(
            place,
            Align2::CENTER_CENTER,
            icon,
            fonts::icon_fill(12.0),
            colour,
        );
    }
    let places = places(&look.columns, rect);
    for (column, place) in look.columns.iter().zip(places) {
        let is_title = *column == Column::Title;
        let colour = match (track.is_missing, is_title, state.is_current) {
            (true, ..) => palette.faint,
            (false, true, true) => palette.accent,
            (false, true, false) => palette.text,
            (false, false, _) => palette.dim,
        };
        let font = match is_title && state.is_current {
            true => fonts::strong(13.5),
            false => fonts::text(13.5),
        };
        cell(
            ui,
            place,
            &column.text(track),
            font,
            colour,
            column.is_number(),
        );
    }
    response
}

fn cell(
    ui: &Ui,
    place: Rect,
    text: &str,
    font: eframe::egui::FontId,
    colour: eframe::egui::Color32,
    is_number: bool,
) {
    let painter = ui.painter();
    if is_number {
        let right = pos2(place.right(), place.center().y);
        painter.text(right, Align2::RIGHT_CENTER, text, font, colour);
    } else {
        elided::draw(painter, place, text, font, colour);
    }
}
