//! Cover, title and format of what plays.

mod cover;

use crate::ui::action::Actions;
use crate::ui::pane::{Height, Pane, PaneContext, Place};
use crate::ui::theme::Palette;
use crate::ui::theme::metrics::GRID;
use crate::ui::theme::{fonts, icons};
use crate::ui::widgets::elided;
use cover::Cover;
use eframe::egui::{
    Align2, Context, CornerRadius, Id, Image, Rect, Role, Sense, TextureHandle, Ui, Vec2,
    WidgetInfo, pos2, vec2,
};
use engine::status::{NowPlaying, PlayerSnapshot};

/// "FLAC · 44.1 kHz · 24 bit · stereo".
pub(crate) fn format_line(playing: &NowPlaying) -> String {
    let mut parts = vec![playing.codec.clone(), kilohertz(playing.sample_rate_hz)];
    parts.extend(playing.bits_per_sample.map(|bits| format!("{bits} bit")));
    parts.push(match playing.channels {
        1 => "mono".into(),
        2 => "stereo".into(),
        6 => "5.1".into(),
        8 => "7.1".into(),
        channels => format!("{channels} channels"),
    });
    parts.retain(|part| !part.is_empty());
    parts.join(" · ")
}

/// The name of the file without its extension.
pub(crate) fn file_title(playing: &NowPlaying) -> String {
    let name = playing.path.file_stem().unwrap_or(playing.path.as_os_str());
    name.to_string_lossy().into_owned()
}

/// "44.1 kHz", "48 kHz".
pub(crate) fn kilohertz(hz: u32) -> String {
    format!("{} kHz", f64::from(hz) / 1e3)
}

/// Cover, title and format at the head of the main column.
pub(crate) struct NowPlayingPane {
    cover: Cover,
}

impl NowPlayingPane {
    /// Starts the thread that decodes covers.
    pub(crate) fn new(ctx: &Context) -> Self {
        Self {
            cover: Cover::new(ctx),
        }
    }
}

impl Pane for NowPlayingPane {
    fn name(&self) -> &'static str {
        "now playing"
    }

    fn place(&self, context: &PaneContext<'_>, _room: Vec2) -> Place {
        if context.is_empty() {
            Place::Hidden
        } else {
            Place::Column(Height::Own)
        }
    }

    fn show(&mut self, ui: &mut Ui, context: &mut PaneContext<'_>, _actions: &mut Actions) {
        let snapshot = context.snapshot;
        let height = head_height(ui.available_height());
        let playing = snapshot.now_playing.as_deref();
        let cover = self.cover.texture(ui.ctx(), playing);
        show(ui, snapshot, cover, height);
        ui.add_space(context.gap);
    }
}

/// Height of cover and titles in a main column this high, in points.
fn head_height(room: f32) -> f32 {
    match room {
        ..360.0 => 56.0,
        360.0..560.0 => 80.0,
        560.0..760.0 => 112.0,
        _ => 152.0,
    }
}

// Draws the head of the main column, `side` points high.
fn show(ui: &mut Ui, snapshot: &PlayerSnapshot, cover: Option<&TextureHandle>, side: f32) {
    let palette = Palette::of(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), side), Sense::hover());
    let cover_rect = Rect::from_min_size(rect.min, vec2(side, side));
    paint_cover(ui, cover_rect, cover);

    let playing = snapshot.now_playing.as_deref();
    // The queue is searched only while nothing is loaded: it may be long.
    let entry = match (playing, snapshot.current) {
        (None, Some(id)) => snapshot.queue.iter().find(|entry| entry.id == id),
        _ => None,
    };
    let title = match (playing, entry) {
        (Some(playing), _) => playing
            .tags
            .title
            .clone()
            .unwrap_or_else(|| file_title(playing)),
        (None, Some(entry)) => entry.display_title(),
        (None, None) => "Nothing playing".to_owned(),
    };
    let tags = playing
        .map(|playing| &playing.tags)
        .or(entry.map(|entry| &entry.tags));
    let byline = tags.map(|tags| {
        let parts = [tags.artist.as_deref(), tags.album.as_deref()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" — ")
    });

    let is_large = side >= 96.0;
    let title_size = if is_large {
        fonts::size::TITLE + 2.0
    } else {
        18.0
    };
    let (title_height, line_height) = (title_size * 1.4, 20.0);
    let block = title_height + 2.0 * line_height + if is_large { 8.0 } else { 0.0 };
    let left = cover_rect.right() + 2.0 * GRID;
    let mut top = rect.center().y - block / 2.0;
    let mut next = |height: f32| {
        let line = Rect::from_min_max(pos2(left, top), pos2(rect.right(), top + height));
        top += height;
        line
    };
    let painter = ui.painter();
    let title_rect = next(title_height);
    let is_cut = elided::draw(
        painter,
        title_rect,
        &title,
        fonts::strong(title_size),
        palette.text,
    );
    let byline = byline.unwrap_or_default();
    let byline_rect = next(line_height);
    let byline_cut = elided::draw(
        painter,
        byline_rect,
        &byline,
        fonts::text(fonts::size::BODY),
        palette.dim,
    );
    if is_large {
        next(8.0);
    }
    let format_rect = next(line_height);
    if let Some(playing) = playing {
        paint_format(ui, format_rect, playing, snapshot.signal.is_bit_exact);
    }
    let titles = ui.interact(
        title_rect.union(byline_rect),
        Id::unique("now playing"),
        Sense::hover(),
    );
    titles.widget_info(|| {
        WidgetInfo::labeled(
            Role::Heading,
            true,
            format!("Now playing: {title}, {byline}"),
        )
    });
    if is_cut || byline_cut {
        titles.on_hover_text(format!("{title}\n{byline}"));
    }
}

fn paint_cover(ui: &Ui, rect: Rect, cover: Option<&TextureHandle>) {
    let palette = Palette::of(ui);
    let corner = CornerRadius::same(8);
    match cover {
        Some(texture) => {
            let size = texture.size_vec2();
            // The middle square of pictures that are not square.
            let cut = vec2(
                (size.x - size.y).max(0.0) / size.x,
                (size.y - size.x).max(0.0) / size.y,
            ) / 2.0;
            let uv = Rect::from_min_max(pos2(cut.x, cut.y), pos2(1.0 - cut.x, 1.0 - cut.y));
            Image::new(texture)
                .uv(uv)
                .corner_radius(corner)
                .paint_at(ui, rect);
        }
        None => {
            let painter = ui.painter();
            painter.rect_filled(rect, corner, palette.hover);
            let font = fonts::icon(rect.height() * 0.45);
            painter.text(
                rect.center(),
                Align2::CENTER_CENTER,
                icons::MUSIC_NOTES,
                font,
                palette.rail,
            );
        }
    }
}

fn paint_format(ui: &mut Ui, rect: Rect, playing: &NowPlaying, is_bit_exact: bool) {
    let palette = Palette::of(ui);
    let painter = ui.painter();
    let font = fonts::text(fonts::size::SMALL);
    let line = elided::line(
        painter,
        &format_line(playing),
        font,
        palette.faint,
        rect.width(),
    );
    let width = line.size().x;
    painter.galley(
        pos2(rect.left(), rect.center().y - line.size().y / 2.0),
        line,
        palette.faint,
    );
    let badge = Rect::from_min_size(
        pos2(rect.left() + width + 10.0, rect.center().y - 10.0),
        vec2(92.0, 20.0),
    );
    if !is_bit_exact || badge.right() > rect.right() {
        return;
    }
    painter.rect_filled(badge, CornerRadius::same(10), palette.hover);
    let icon_at = badge.left_center() + vec2(13.0, 0.0);
    painter.text(
        icon_at,
        Align2::CENTER_CENTER,
        icons::SEAL_CHECK,
        fonts::icon_fill(14.0),
        palette.accent,
    );
    let text_at = badge.left_center() + vec2(23.0, 0.0);
    let font = fonts::strong(fonts::size::TINY);
    painter.text(
        text_at,
        Align2::LEFT_CENTER,
        "bit-perfect",
        font,
        palette.text,
    );
    let response = ui.interact(badge, Id::unique("bit-perfect"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, "bit-perfect"));
    response.on_hover_text("Every sample reaches the output exactly as it was decoded.");
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::status::EntryId;
    use media::tags::Tags;

    #[test]
    fn the_format_names_what_there_is() {
        let mut playing = NowPlaying {
            entry: EntryId(1),
            track: rt::ids::PlayId(1),
            path: "a.flac".into(),
            tags: Tags::default(),
            cover: None,
            codec: "FLAC".into(),
            sample_rate_hz: 44_100,
            channels: 2,
            bits_per_sample: Some(24),
            duration: None,
            waveform: None,
        };
        assert_eq!(format_line(&playing), "FLAC · 44.1 kHz · 24 bit · stereo");
        playing.codec = "MP3".into();
        playing.sample_rate_hz = 48_000;
        playing.channels = 1;
        playing.bits_per_sample = None;
        assert_eq!(format_line(&playing), "MP3 · 48 kHz · mono");
    }
}
