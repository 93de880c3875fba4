//! Albums as a grid of covers: the visible ones only.

use super::cover_textures::CoverTextures;
use crate::app::{ListAddition, behind_current};
use crate::ui::action::Actions;
use crate::ui::pane::PaneContext;
use crate::ui::playlists::add_menu;
use crate::ui::queue::action::ListMove;

use crate::ui::theme::metrics::CORNER;
use crate::ui::theme::{Palette, fonts, icons};
use crate::ui::widgets::elided;
use eframe::egui::{
    Align2, Color32, CornerRadius, Id, Rect, Response, Role, ScrollArea, Sense, Stroke, StrokeKind,
    TextureHandle, Ui, Vec2, WidgetInfo, pos2, vec2,
};
use engine::command::Placement;
use library::model::AlbumRow;
use std::sync::Arc;

/// A cell is not narrower than this, in points.
const MIN_CELL_WIDTH: f32 = 100.0;
/// Room for name and artist below a cover, in points.
const TEXT_HEIGHT: f32 = 44.0;
/// Space around a cover, in points.
const SPACE: f32 = 6.0;

/// The grid's state between frames.
#[derive(Default)]
pub(crate) struct AlbumGrid {
    cursor: Option<usize>,
    reveal: bool,
    columns: usize,
    rows_seen: usize,
    offset: f32,
    view_height: f32,
}

/// What is asked of an album.
pub(crate) enum AlbumRequest {
    /// Its tracks are to be shown.
    Show(Arc<AlbumRow>),
    /// Its tracks are to be played, or queued.
    Queue(Arc<AlbumRow>, Placement, bool),
}

impl AlbumGrid {
    /// Goes back to the first album.
    pub(crate) fn start_anew(&mut self) {
        self.cursor = None;
        self.offset = 0.0;
        self.reveal = true;
    }

    /// Moves the cursor with a key: Up and Down go to the album before and behind.
    pub(crate) fn step(&mut self, by: ListMove, count: usize) {
        let Some(last) = count.checked_sub(1) else {
            return;
        };
        let page = isize::try_from(self.columns * self.rows_seen.max(1)).unwrap_or(1);
        let moved = |by: isize| {
            let from = self.cursor;
            from.map_or(0, |at| at.saturating_add_signed(by).min(last))
        };
        self.cursor = Some(match by {
            ListMove::By(albums) => moved(albums),
            ListMove::Page(pages) => moved(pages.saturating_mul(page)),
            ListMove::First => 0,
            ListMove::Last => last,
        });
        self.reveal = true;
    }

    /// The album that Enter opens.
    pub(crate) fn chosen<'a>(&self, albums: &'a [Arc<AlbumRow>]) -> Option<&'a Arc<AlbumRow>> {
        albums.get(self.cursor.unwrap_or(0))
    }

    /// Draws the grid.
    pub(crate) fn show(
        &mut self,
        ui: &mut Ui,
        albums: &[Arc<AlbumRow>],
        covers: &mut CoverTextures,
        context: &mut PaneContext<'_>,
        actions: &mut Actions,
    ) -> Option<AlbumRequest> {
        let room = ui.available_width() - 8.0;
        self.columns = ((room / MIN_CELL_WIDTH) as usize).max(1);
        let width = (room / self.columns as f32).floor();
        let height = width - 2.0 * SPACE + TEXT_HEIGHT + SPACE;
        let rows = albums.len().div_ceil(self.columns);
        let mut area = ScrollArea::vertical().id_salt("albums").auto_shrink(false);
        if std::mem::take(&mut self.reveal) {
            let top = (self.cursor.unwrap_or(0) / self.columns) as f32 * height;
            let lowest = (top + height - self.view_height.max(height)).max(0.0);
            area = area.vertical_scroll_offset(self.offset.clamp(lowest, top.max(lowest)));
        }
        let mut request = None;
        let output = area.show_rows(ui, height, rows, |ui, visible| {
            let corner = ui.max_rect().min;
            for (line, row) in visible.clone().enumerate() {
                for column in 0..self.columns {
                    let at = row * self.columns + column;
                    let Some(album) = albums.get(at) else {
                        break;
                    };
                    let place = vec2(column as f32 * width, line as f32 * height);
                    let rect = Rect::from_min_size(corner + place, vec2(width, height));
                    let asked = self.cell(ui, rect, at, album, covers, context, actions);
                    request = asked.or(request.take());
                }
            }
            let size = vec2(room, visible.len() as f32 * height);
            ui.allocate_rect(Rect::from_min_size(corner, size), Sense::hover());
        });
        self.view_height = output.inner_rect.height();
        self.rows_seen = (self.view_height / height) as usize;
        self.offset = output.state.clamped_offset().y;
        request
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "an album, where it stands, and what it may ask for"
    )]
    fn cell(
        &mut self,
        ui: &Ui,
        rect: Rect,
        at: usize,
        album: &Arc<AlbumRow>,
        covers: &mut CoverTextures,
        context: &mut PaneContext<'_>,
        actions: &mut Actions,
    ) -> Option<AlbumRequest> {
        let response = ui.interact(rect, Id::unique(("album", at)), Sense::click());
        let is_cursor = self.cursor == Some(at);
        let by = album.artist.as_deref().unwrap_or_default();
        response.widget_info(|| {
            let name = format!("Album: {} · {by}", album.name);
            WidgetInfo::selected(Role::ListItem, true, is_cursor, name)
        });
        if ui.is_rect_visible(rect) {
            let texture = covers.get(ui.ctx(), context.backend, &album.first_file);
            draw(ui, rect, album, texture, &response, is_cursor);
        }
        let mut request = None;
        if response.clicked() {
            self.cursor = Some(at);
            request = Some(AlbumRequest::Show(Arc::clone(album)));
        }
        if response.secondary_clicked() {
            self.cursor = Some(at);
        }
        response.context_menu(|ui| {
            ui.set_min_width(180.0);
            let next = behind_current(context.snapshot);
            for (name, placement, play) in [
                ("Play", Placement::Append, true),
                ("Play next", next, false),
                ("Add to the queue", Placement::Append, false),
                ("Play instead of the queue", Placement::Replace, true),
            ] {
                if ui.button(name).clicked() {
                    request = Some(AlbumRequest::Queue(Arc::clone(album), placement, play));
                    ui.close();
                }
            }
            let what = || ListAddition::Tracks(album.tracks.clone());
            add_menu::show(ui, context.backend, what, actions);
        });
        request
    }
}

fn draw(
    ui: &Ui,
    rect: Rect,
    album: &AlbumRow,
    texture: Option<&TextureHandle>,
    response: &Response,
    is_cursor: bool,
) {
    let palette = Palette::of(ui);
    let painter = ui.painter();
    let corner = CornerRadius::same(CORNER);
    if response.hovered() {
        painter.rect_filled(rect.shrink(1.0), corner, palette.hover);
    }
    if is_cursor || response.has_focus() {
        let stroke = Stroke::new(1.5, palette.accent);
        painter.rect_stroke(rect.shrink(1.0), corner, stroke, StrokeKind::Inside);
    }
    let side = rect.width() - 2.0 * SPACE;
    let cover = Rect::from_min_size(rect.min + Vec2::splat(SPACE), Vec2::splat(side));
    paint_cover(ui, cover, texture);
    let line = |top: f32| {
        let top = cover.bottom() + top;
        Rect::from_min_size(pos2(cover.left(), top), vec2(side, 18.0))
    };
    let font = fonts::strong(13.0);
    let mut is_cut = elided::draw(painter, line(4.0), &album.name, font, palette.text);
    let by = match (album.artist.as_deref(), album.year) {
        (Some(artist), Some(year)) => format!("{artist} · {year}"),
        (Some(artist), None) => artist.to_owned(),
        (None, Some(year)) => year.to_string(),
        (None, None) => String::new(),
    };
    let small = fonts::text(fonts::size::SMALL);
    is_cut |= elided::draw(painter, line(21.0), &by, small, palette.faint);
    if is_cut {
        response
            .clone()
            .on_hover_text(format!("{}\n{by}", album.name));
    }
}

/// The picture, cut to a square, or a sign that there is none.
pub(crate) fn paint_cover(ui: &Ui, rect: Rect, texture: Option<&TextureHandle>) {
    let palette = Palette::of(ui);
    let painter = ui.painter();
    let corner = CornerRadius::same(CORNER);
    match texture {
        Some(texture) => {
            let [width, height] = texture.size().map(|side| side.max(1) as f32);
            let cut = vec2(
                (width - height).max(0.0) / width,
                (height - width).max(0.0) / height,
            );
            let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0)).shrink2(cut / 2.0);
            let image = eframe::egui::Image::new(texture)
                .uv(uv)
                .corner_radius(corner);
            image.tint(Color32::WHITE).paint_at(ui, rect);
        }
        None => {
            painter.rect_filled(rect, corner, palette.raised);
            painter.text(
                rect.center(),
                Align2::CENTER_CENTER,
                icons::MUSIC_NOTES,
                fonts::icon((rect.width() * 0.3).min(40.0)),
                palette.faint,
            );
        }
    }
}
