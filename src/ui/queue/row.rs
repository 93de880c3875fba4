//! One row of the queue, and of lists that look like it.

use crate::ui::theme::Palette;
use crate::ui::theme::metrics::CORNER;
use crate::ui::theme::{fonts, icons};
use crate::ui::widgets::{elided, time_format};
use eframe::egui::{
    Align2, CornerRadius, Id, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo,
    pos2, vec2,
};
use engine::status::{QueueEntry, Transport};

/// How a row stands out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RowState {
    pub(crate) is_selected: bool,
    pub(crate) is_cursor: bool,
    pub(crate) is_current: bool,
    pub(crate) transport: Transport,
    /// The list it is in, as assistive technology names it.
    pub(crate) list: &'static str,
}

/// Draws a row into `rect`.
pub(crate) fn show(ui: &Ui, rect: Rect, entry: &QueueEntry, state: RowState) -> Response {
    let palette = Palette::of(ui);
    // Tab skips rows: arrow keys move in the list whatever has the focus.
    let sense = Sense::CLICK | Sense::DRAG;
    let response = ui.interact(rect, Id::unique((state.list, "row", entry.id)), sense);
    let title = entry.display_title();
    response.widget_info(|| {
        let name = format!("{} row: {title}", state.list);
        WidgetInfo::selected(Role::ListItem, true, state.is_selected, name)
    });
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let painter = ui.painter();
    let ground = match (state.is_selected, response.hovered()) {
        (true, _) => Some(palette.selected),
        (false, true) => Some(palette.hover),
        (false, false) => None,
    };
    let box_rect = rect.shrink2(vec2(0.0, 1.0));
    if let Some(ground) = ground {
        painter.rect_filled(box_rect, CornerRadius::same(CORNER), ground);
    }
    if state.is_cursor && !state.is_selected {
        let stroke = Stroke::new(1.0, palette.rail);
        painter.rect_stroke(
            box_rect,
            CornerRadius::same(CORNER),
            stroke,
            StrokeKind::Inside,
        );
    }

    let mark = pos2(rect.left() + 16.0, rect.center().y);
    let mark_icon = match (&entry.error, state.is_current, state.transport) {
        (Some(_), ..) => Some((icons::WARNING, palette.warning)),
        (None, true, Transport::Playing) => Some((icons::PLAY, palette.accent)),
        (None, true, Transport::Paused) => Some((icons::PAUSE, palette.accent)),
        (None, true, Transport::Stopped) => Some((icons::STOP, palette.accent)),
        (None, false, _) => None,
    };
    match mark_icon {
        Some((icon, colour)) => {
            painter.text(
                mark,
                Align2::CENTER_CENTER,
                icon,
                fonts::icon_fill(14.0),
                colour,
            );
        }
        None => {
            painter.circle_filled(mark, 1.5, palette.rail);
        }
    }

    let right = rect.right() - 12.0;
    let mut text_right = right;
    if let Some(duration) = entry.duration {
        let clock = time_format::clock(duration);
        let font = fonts::text(fonts::size::SMALL);
        let drawn = painter.text(
            pos2(right, rect.center().y),
            Align2::RIGHT_CENTER,
            clock,
            font,
            palette.faint,
        );
        text_right = drawn.left() - 12.0;
    }

    let left = rect.left() + 32.0;
    let title_colour = match (&entry.error, state.is_current) {
        (Some(_), _) => palette.faint,
        (None, true) => palette.accent,
        (None, false) => palette.text,
    };
    let title_font = if state.is_current {
        fonts::strong
    } else {
        fonts::text
    };
    let line = |top: f32| {
        Rect::from_min_max(
            pos2(left, rect.top() + top),
            pos2(text_right.max(left), rect.top() + top + 18.0),
        )
    };
    let second = entry.error.as_deref().or(entry.tags.artist.as_deref());
    let second_colour = if entry.error.is_some() {
        palette.warning
    } else {
        palette.faint
    };
    let title_line = if second.is_some() {
        line(6.0)
    } else {
        line(15.0)
    };
    let size = fonts::size::BODY - 0.5;
    let mut is_cut = elided::draw(painter, title_line, &title, title_font(size), title_colour);
    if let Some(second) = second {
        let font = fonts::text(fonts::size::SMALL);
        is_cut |= elided::draw(painter, line(25.0), second, font, second_colour);
    }
    tooltip(response, entry, &title, is_cut)
}

fn tooltip(response: Response, entry: &QueueEntry, title: &str, is_cut: bool) -> Response {
    match (&entry.error, is_cut) {
        (Some(error), _) => {
            response.on_hover_text(format!("{title}\n{error}\n{}", entry.path().display()))
        }
        (None, true) => {
            let artist = entry.tags.artist.as_deref().unwrap_or_default();
            response.on_hover_text(format!("{title}\n{artist}").trim_end())
        }
        (None, false) => response,
    }
}
