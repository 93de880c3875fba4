//! What is known of one track, over the window.

use crate::ui::action::Actions;
use crate::ui::pane::{Pane, PaneContext, Place};
use crate::ui::theme::{self, Palette, fonts};
use crate::ui::view::ViewAction;
use crate::ui::widgets::time_format;
use eframe::egui::{Align, Frame, Grid, Id, Layout, Margin, Modal, RichText, ScrollArea, Ui, Vec2};
use library::model::TrackRow;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Room for the values, in points.
const WIDTH: f32 = 420.0;

/// The sheet, while a track's properties are shown.
#[derive(Default)]
pub(crate) struct PropertiesPane {
    track: Option<Arc<TrackRow>>,
}

impl PropertiesPane {
    /// Shows those of `track`.
    pub(crate) fn open(&mut self, track: Arc<TrackRow>) {
        self.track = Some(track);
    }

    /// Whether it is open. It has the keys to itself.
    pub(crate) fn is_open(&self) -> bool {
        self.track.is_some()
    }
}

impl Pane for PropertiesPane {
    fn name(&self) -> &'static str {
        "properties"
    }

    fn place(&self, _context: &PaneContext<'_>, _room: Vec2) -> Place {
        match self.is_open() {
            true => Place::Floating,
            false => Place::Hidden,
        }
    }

    fn show(&mut self, ui: &mut Ui, _context: &mut PaneContext<'_>, actions: &mut Actions) {
        let Some(track) = self.track.clone() else {
            return;
        };
        let ctx = ui.ctx();
        let frame = Frame::popup(&ctx.global_style()).inner_margin(Margin::same(16));
        let modal = Modal::new(Id::unique("properties")).frame(frame);
        let room = ctx.content_rect().size() - Vec2::new(72.0, 160.0);
        let shown = modal.show(ctx, |ui| {
            ui.set_width(WIDTH.min(room.x));
            sheet(ui, &track, room.y, actions)
        });
        if shown.inner || shown.should_close() {
            self.track = None;
            ctx.request_repaint();
        }
    }
}

/// Gives whether it is to be closed.
fn sheet(ui: &mut Ui, track: &TrackRow, max_height: f32, actions: &mut Actions) -> bool {
    let palette = Palette::of(ui);
    let heading = fonts::strong(fonts::size::HEADING);
    ui.label(RichText::new(track.display_title()).font(heading));
    ui.add_space(4.0);
    ScrollArea::vertical()
        .max_height(max_height.max(80.0))
        .show(ui, |ui| {
            Grid::new("properties")
                .num_columns(2)
                .spacing([16.0, 4.0])
                .show(ui, |ui| {
                    for (name, value) in facts(track) {
                        ui.label(RichText::new(name).color(palette.faint));
                        ui.add(eframe::egui::Label::new(value).wrap().selectable(true));
                        ui.end_row();
                    }
                });
        });
    ui.add_space(8.0);
    theme::fill_buttons(ui);
    let mut is_closed = false;
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        is_closed = ui.button("Close").clicked();
        if ui.button("Show in folder").clicked() {
            actions.push(ViewAction::ShowInFolder(track.path.clone()).into());
        }
        if ui.button("Copy file path").clicked() {
            let path = track.path.display().to_string();
            actions.push(ViewAction::CopyText(path).into());
        }
    });
    is_closed
}

/// Everything that is known, by its name.
fn facts(track: &TrackRow) -> Vec<(&'static str, String)> {
    let (tags, sound, history) = (&track.tags, &track.sound, &track.history);
    let of = |number: Option<u32>, total: Option<u32>| match (number, total) {
        (Some(number), Some(total)) => Some(format!("{number} of {total}")),
        (Some(number), None) => Some(number.to_string()),
        (None, _) => None,
    };
    let when = |at: Option<i64>| at.map(ago);
    let times = |count: u32| (count > 0).then(|| count.to_string());
    let all = [
        ("Artist", tags.artist.clone()),
        ("Album", tags.album.clone()),
        ("Album artist", tags.album_artist.clone()),
        ("Composer", tags.composer.clone()),
        ("Genre", tags.genre.clone()),
        ("Date", tags.date.clone()),
        ("Track", of(tags.track_number, tags.track_total)),
        ("Disc", of(tags.disc_number, tags.disc_total)),
        ("Length", sound.duration.map(time_format::clock)),
        ("Codec", sound.codec.clone()),
        (
            "Rate",
            sound
                .sample_rate_hz
                .map(|rate| format!("{} kHz", f64::from(rate) / 1e3)),
        ),
        (
            "Channels",
            sound.channels.map(|channels| channels.to_string()),
        ),
        ("Bits", sound.bits_per_sample.map(|bits| bits.to_string())),
        (
            "Rating",
            history
                .rating
                .map(|halves| format!("{} of 5", f64::from(halves) / 2.0)),
        ),
        ("Played", times(history.play_count)),
        ("Skipped", times(history.skip_count)),
        ("Last played", when(history.last_played)),
        ("Added", when(Some(history.added))),
        ("File", Some(track.path.display().to_string())),
        ("", track.is_missing.then(|| "The file is gone.".to_owned())),
    ];
    let known = all.into_iter();
    known
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}

/// How long ago a moment was, in seconds since 1970.
fn ago(at: i64) -> String {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |now| now.as_secs());
    let seconds = now.saturating_sub(u64::try_from(at).unwrap_or(0));
    match Duration::from_secs(seconds).as_secs() {
        0..3_600 => format!("{} min ago", seconds / 60),
        3_600..172_800 => format!("{} h ago", seconds / 3_600),
        _ => format!("{} days ago", seconds / 86_400),
    }
}
