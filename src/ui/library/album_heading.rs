//! What stands above the tracks of one album.

use super::album_grid::paint_cover;
use crate::ui::theme::{Palette, fonts, icons};
use crate::ui::widgets::elided;
use crate::ui::widgets::icon_button::IconButton;
use eframe::egui::{Rect, Role, Sense, TextureHandle, Ui, UiBuilder, Vec2, WidgetInfo, pos2, vec2};
use library::model::AlbumRow;

/// Height, in points.
const HEIGHT: f32 = 80.0;
/// Side of the cover, in points.
const COVER_SIDE: f32 = 72.0;

/// What is pressed in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pressed {
    Back,
    Play,
}

/// Draws it over the width there is.
pub(crate) fn show(
    ui: &mut Ui,
    album: &AlbumRow,
    texture: Option<&TextureHandle>,
) -> Option<Pressed> {
    let palette = Palette::of(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::hover());
    let middle = rect.top() + COVER_SIDE / 2.0;
    let button_at = |x: f32| Rect::from_center_size(pos2(x, middle), Vec2::splat(32.0));
    let mut button = |place: Rect, icon: char, name: &str, hint: &str| {
        let mut inner = ui.new_child(UiBuilder::new().max_rect(place));
        let button = IconButton::new(icon, name, hint).icon_size(18.0);
        button.show(&mut inner).clicked()
    };
    let (back, play) = (
        button_at(rect.left() + 16.0),
        button_at(rect.right() - 20.0),
    );
    let is_back = button(back, icons::CARET_LEFT, "All albums", "All albums (Esc)");
    let is_play = button(play, icons::PLAY, "Play the album", "Play the album");
    let corner = pos2(rect.left() + 36.0, rect.top());
    let cover = Rect::from_min_size(corner, Vec2::splat(COVER_SIDE));
    paint_cover(ui, cover, texture);
    let (left, right) = (cover.right() + 12.0, play.left() - 4.0);
    let line = |top: f32| {
        let top = cover.top() + top;
        Rect::from_min_max(pos2(left, top), pos2(right.max(left), top + 20.0))
    };
    let place = ui.interact(rect, ui.scope_id().with("album name"), Sense::hover());
    place.widget_info(|| {
        WidgetInfo::labeled(Role::Label, true, format!("Open album: {}", album.name))
    });
    let painter = ui.painter();
    let heading = fonts::strong(fonts::size::HEADING);
    elided::draw(painter, line(4.0), &album.name, heading, palette.text);
    let artist = album.artist.as_deref().unwrap_or_default();
    let body = fonts::text(fonts::size::BODY);
    elided::draw(painter, line(26.0), artist, body, palette.dim);
    let mut facts = match album.tracks.len() {
        1 => "1 track".to_owned(),
        count => format!("{count} tracks"),
    };
    if let Some(year) = album.year {
        facts = format!("{year} · {facts}");
    }
    let small = fonts::text(fonts::size::SMALL);
    elided::draw(painter, line(46.0), &facts, small, palette.faint);
    match (is_back, is_play) {
        (true, _) => Some(Pressed::Back),
        (false, true) => Some(Pressed::Play),
        (false, false) => None,
    }
}
