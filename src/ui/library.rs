//! The collection at the left side: a search box, and a table that draws the visible rows only and has them read
//! a page at a time.

mod album_grid;
mod album_heading;
pub(crate) mod columns;
mod cover_textures;
pub(crate) mod properties;
pub(crate) mod side_switch;
mod table;

use crate::app::{LibraryCommand, LibraryShown, ListAddition, behind_current};
use crate::ui::action::Actions;
use crate::ui::backend::Backend;
use crate::ui::files::request::DialogRequest;
use crate::ui::ids;
use crate::ui::keymap;
use crate::ui::pane::{Pane, PaneContext, Place, SideWidth};
use crate::ui::playlists::action::{ListAction, NewList};
use crate::ui::playlists::add_menu;
use crate::ui::queue::action::ListMove;

use crate::ui::queue::row::{self, RowState};
use crate::ui::settings::SideView;
use crate::ui::theme::metrics::QUEUE_ROW_HEIGHT;
use crate::ui::theme::{Palette, fonts, icons};
use crate::ui::view::ViewAction;
use crate::ui::widgets::icon_button::IconButton;
use crate::ui::widgets::row_selection::RowSelection;
use album_grid::{AlbumGrid, AlbumRequest};
use album_heading::Pressed;
use columns::Column;
use cover_textures::CoverTextures;
use eframe::egui::{
    Align, Align2, Button, Layout, Rect, RichText, ScrollArea, Sense, TextEdit, Ui, Vec2, pos2,
    vec2,
};
use engine::command::Placement;
use engine::status::{EntryId, QueueEntry};
use library::model::{TrackId, TrackRow};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Below this width of the window the side is narrow, in points.
const NARROW_WINDOW: f32 = 800.0;
/// From this width on the side shows a table, in points.
const WIDE_SIDE: f32 = 520.0;
/// Between two looks at a scan that runs.
const PROGRESS_STEP: Duration = Duration::from_millis(200);

/// The collection, and its state between frames.
#[derive(Default)]
pub(crate) struct LibraryPane {
    text: String,
    /// What was looked for last.
    asked: Option<String>,
    wants_focus: bool,
    selection: RowSelection,
    shown: Arc<LibraryShown>,
    place: ListPlace,
    grid: AlbumGrid,
    covers: CoverTextures,
    /// Whether albums are looked for.
    has_albums: bool,
    /// The order that was asked for.
    sorted: (Option<Column>, bool),
}

/// Where in its rows the list is.
#[derive(Default)]
struct ListPlace {
    /// A row to bring into view.
    reveal: Option<usize>,
    /// In points.
    row_height: f32,
    view_height: f32,
    offset: f32,
}

impl Pane for LibraryPane {
    fn name(&self) -> &'static str {
        "library"
    }

    fn place(&self, context: &PaneContext<'_>, room: Vec2) -> Place {
        if !context.settings.show_queue || context.settings.side != SideView::Library {
            return Place::Hidden;
        }
        Place::Left(if room.x < NARROW_WINDOW {
            SideWidth::Fixed((room.x * 0.36).round())
        } else {
            SideWidth::Dragged {
                default: 360.0,
                range: 240.0..=room.x * 0.6,
            }
        })
    }

    fn show(&mut self, ui: &mut Ui, context: &mut PaneContext<'_>, actions: &mut Actions) {
        ui.spacing_mut().item_spacing.y = 0.0;
        self.follow(context);
        self.covers.update(ui.ctx(), context.backend);
        let progress = context.backend.scan_progress();
        self.heading(ui, actions);
        self.search_field(ui, actions);
        ui.add_space(8.0);
        let shown = Arc::clone(&self.shown);
        let album = shown.album.as_ref();
        if let Some(album) = album {
            let texture = self
                .covers
                .get(ui.ctx(), context.backend, &album.first_file);
            match album_heading::show(ui, album, texture) {
                Some(Pressed::Back) => self.leave_search(context.backend),
                Some(Pressed::Play) => {
                    let album = Arc::clone(album);
                    let request = AlbumRequest::Queue(album, Placement::Append, true);
                    self.carry_out_album(request, context.backend);
                }
                None => {}
            }
        }
        let albums = shown.albums.as_ref();
        if let Some(albums) = albums.filter(|albums| self.is_grid() && !albums.is_empty()) {
            self.notes(ui, progress, actions);
            let request = self
                .grid
                .show(ui, albums, &mut self.covers, context, actions);
            if let Some(request) = request {
                self.carry_out_album(request, context.backend);
            }
            return;
        }
        self.notes(ui, progress, actions);
        if !self.shown.tracks.is_empty() {
            self.list(ui, context, actions);
        } else if !self.shown.has_folders {
            invitation(ui, self.shown.music_folder.as_deref(), actions);
        } else if progress.is_none() && self.shown.fault.is_none() {
            ui.add_space(24.0);
            ui.vertical_centered(|ui| ui.weak("Nothing found"));
        }
    }
}

impl LibraryPane {
    /// Asks for what stands in the search box, and takes over what was found.
    fn follow(&mut self, context: &mut PaneContext<'_>) {
        let wants_albums = context.settings.library.shows_albums;
        let Some(view) = context.backend.library() else {
            return;
        };
        let look = &context.settings.library;
        let sorted = (look.sorted_by, look.is_reversed);
        if sorted != self.sorted {
            self.sorted = sorted;
            let order = sorted.0.and_then(Column::order);
            view.sort(order.unwrap_or_default(), sorted.1);
        }
        if wants_albums != self.has_albums {
            self.has_albums = wants_albums;
            view.with_albums(wants_albums);
        }
        if self.asked.as_ref() != Some(&self.text) {
            view.search(&self.text);
            self.asked = Some(self.text.clone());
        }
        let shown = view.shown();
        if shown.number != self.shown.number {
            let is_other = shown.text != self.shown.text;
            // After a scan the listener stays where he is.
            if is_other || shown.album != self.shown.album {
                self.selection.clear();
                self.place.reveal = Some(0);
            }
            if is_other {
                self.grid.start_anew();
            }
        }
        self.shown = shown;
    }

    fn heading(&self, ui: &mut Ui, actions: &mut Actions) {
        let palette = Palette::of(ui);
        ui.horizontal(|ui| {
            ui.set_height(40.0);
            ui.add_space(8.0);
            side_switch::show(ui, SideView::Library, actions);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let add = IconButton::new(
                    icons::FOLDER_OPEN,
                    "Add a folder",
                    "Add a folder to the library",
                );
                if add.icon_size(18.0).show(ui).clicked() {
                    actions.push(DialogRequest::LibraryFolder.into());
                }
                ui.add_space(4.0);
                let summary = match self.shown.tracks.len() {
                    0 => String::new(),
                    1 => "1 track".to_owned(),
                    count => format!("{count} tracks"),
                };
                let font = fonts::text(fonts::size::SMALL);
                let room = ui.available_rect_before_wrap();
                // Half a number says nothing.
                let text = ui.painter().layout_no_wrap(summary, font, palette.faint);
                if text.size().x <= room.width() {
                    let at = Align2::LEFT_CENTER
                        .align_size_within_rect(text.size(), room)
                        .min;
                    ui.painter().galley(at, text, palette.faint);
                }
            });
        });
    }

    /// Whether covers stand where rows would: albums are wanted, and none is open.
    fn is_grid(&self) -> bool {
        self.has_albums && self.shown.album.is_none()
    }

    fn carry_out_album(&mut self, request: AlbumRequest, backend: &mut dyn Backend) {
        let Some(view) = backend.library() else {
            return;
        };
        match request {
            AlbumRequest::Show(album) => view.show_album(Some(album)),
            AlbumRequest::Queue(album, placement, play) => {
                view.queue(album.tracks.clone(), placement, play);
            }
        }
    }

    fn search_field(&mut self, ui: &mut Ui, actions: &mut Actions) {
        let row = Layout::right_to_left(Align::Center);
        ui.allocate_ui_with_layout(vec2(ui.available_width(), 32.0), row, |ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            let albums = ViewAction::ToggleAlbums.into();
            let grid = IconButton::new(icons::SQUARES_FOUR, "Albums", "Albums with their covers");
            let grid = grid.key(keymap::key_of(&albums)).icon_size(18.0);
            if grid.on(self.has_albums).show(ui).clicked() {
                actions.push(albums);
            }
            if !self.text.trim().is_empty() {
                let hint = "Keep this search as a smart list";
                let keep = IconButton::new(icons::MAGIC_WAND, "Keep the search", hint);
                if keep.icon_size(18.0).show(ui).clicked() {
                    let new = NewList::Smart(self.text.trim().to_owned());
                    actions.push(ListAction::AskNew(new).into());
                }
            }
            ui.add_space(4.0);
            let field = TextEdit::singleline(&mut self.text)
                .id(ids::queue_filter())
                .hint_text("Search: bjork year:>1990")
                .desired_width(f32::INFINITY);
            let response = ui.add(field).accessible_name("Search the library");
            if std::mem::take(&mut self.wants_focus) {
                response.request_focus();
            }
        });
    }

    /// What of the query is not understood, what was looked for instead, how far a scan is.
    fn notes(&self, ui: &mut Ui, progress: Option<[u64; 3]>, actions: &mut Actions) {
        let palette = Palette::of(ui);
        let small = |text: String| RichText::new(text).font(fonts::text(fonts::size::SMALL));
        if let Some(fault) = &self.shown.fault {
            ui.label(small(fault.clone()).color(palette.warning));
            ui.add_space(8.0);
        }
        if let Some(instead) = &self.shown.instead {
            ui.label(small(format!("Nothing found; this is “{instead}”")).color(palette.dim));
            ui.add_space(8.0);
        }
        if let Some([found, read, all]) = progress {
            ui.horizontal(|ui| {
                ui.spinner();
                let line = match all {
                    0 => format!("Looking: {found} files"),
                    _ => format!("Reading {read} of {all} files"),
                };
                ui.label(small(line).color(palette.dim));
                if ui.small_button("Stop").clicked() {
                    actions.push(LibraryCommand::StopScan.into());
                }
            });
            ui.add_space(8.0);
            ui.ctx().request_repaint_after(PROGRESS_STEP);
        }
    }

    fn list(&mut self, ui: &mut Ui, context: &mut PaneContext<'_>, actions: &mut Actions) {
        let count = self.shown.tracks.len();
        let is_table = ui.available_width() >= WIDE_SIDE;
        let height = if is_table {
            table::header(ui, &context.settings.library, actions);
            table::ROW_HEIGHT
        } else {
            QUEUE_ROW_HEIGHT
        };
        self.place.row_height = height;
        let mut area = ScrollArea::vertical().id_salt("library").auto_shrink(false);
        if let Some(row) = self.place.reveal.take() {
            let (top, view) = (row as f32 * height, self.place.view_height.max(height));
            let lowest = (top + height - view).max(0.0);
            area = area.vertical_scroll_offset(self.place.offset.clamp(lowest, top.max(lowest)));
        }
        let playing = context
            .snapshot
            .now_playing
            .as_ref()
            .map(|playing| playing.path.clone());
        let output = area.show_rows(ui, height, count, |ui, visible| {
            let (left, top) = (ui.max_rect().left(), ui.max_rect().top());
            let width = ui.max_rect().width();
            for (index, at) in visible.clone().enumerate() {
                let corner = pos2(left, top + index as f32 * height);
                let rect = Rect::from_min_size(corner, vec2(width, height));
                let shown = Arc::clone(&self.shown);
                match shown.row(at) {
                    Some(track) => {
                        let is_current = playing.as_ref() == Some(&track.path);
                        self.row(ui, rect, at, track, is_current, context, actions);
                    }
                    None => {
                        if let Some(view) = context.backend.library() {
                            view.want(&shown, at);
                        }
                    }
                }
            }
            let size = vec2(width, visible.len() as f32 * height);
            ui.allocate_rect(Rect::from_min_size(pos2(left, top), size), Sense::hover());
        });
        self.place.view_height = output.inner_rect.height();
        self.place.offset = output.state.clamped_offset().y;
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "a row, where it stands, and what it may ask for"
    )]
    fn row(
        &mut self,
        ui: &Ui,
        rect: Rect,
        at: usize,
        track: &TrackRow,
        is_current: bool,
        context: &mut PaneContext<'_>,
        actions: &mut Actions,
    ) {
        let state = RowState {
            is_selected: self.selection.contains(at),
            is_cursor: self.selection.cursor() == Some(at),
            is_current,
            transport: context.snapshot.transport,
            list: "Library",
        };
        let response = match rect.height() < QUEUE_ROW_HEIGHT {
            true => table::row(ui, rect, &context.settings.library, track, state),
            false => row::show(ui, rect, &as_entry(track), state),
        };
        let modifiers = ui.input(|input| input.modifiers);
        if response.double_clicked() {
            self.selection.only(at);
            self.play_selected(context.backend);
        } else if response.clicked() {
            self.selection.click(at, modifiers.command, modifiers.shift);
        }
        if response.secondary_clicked() && !state.is_selected {
            self.selection.only(at);
        }
        response.context_menu(|ui| self.menu(ui, track, context, actions));
    }

    fn menu(
        &self,
        ui: &mut Ui,
        track: &TrackRow,
        context: &mut PaneContext<'_>,
        actions: &mut Actions,
    ) {
        ui.set_min_width(180.0);
        let next = behind_current(context.snapshot);
        for (name, placement, play) in [
            ("Play", Placement::Append, true),
            ("Play next", next, false),
            ("Add to the queue", Placement::Append, false),
            ("Play instead of the queue", Placement::Replace, true),
        ] {
            if ui.button(name).clicked() {
                self.queue(context.backend, placement, play);
                ui.close();
            }
        }
        let what = || ListAddition::Tracks(self.selected());
        add_menu::show(ui, context.backend, what, actions);
        ui.separator();
        for (name, action) in [
            (
                "Show in folder",
                ViewAction::ShowInFolder(track.path.clone()),
            ),
            (
                "Copy file path",
                ViewAction::CopyText(track.path.display().to_string()),
            ),
            (
                "Properties…",
                ViewAction::ShowProperties(Arc::new(track.clone())),
            ),
        ] {
            if ui.button(name).clicked() {
                actions.push(action.into());
                ui.close();
            }
        }
    }

    /// Moves the cursor with a key.
    pub(crate) fn step(&mut self, by: ListMove, extend: bool) {
        if self.is_grid() {
            let albums = self.shown.albums.as_ref();
            return self.grid.step(by, albums.map_or(0, |albums| albums.len()));
        }
        let page = (self.place.view_height / self.place.row_height.max(1.0)) as usize;
        let count = self.shown.tracks.len();
        self.place.reveal = self
            .selection
            .step(by, count, page.saturating_sub(1), extend);
    }

    pub(crate) fn select_all(&mut self) {
        self.selection.all(self.shown.tracks.len());
    }

    /// Puts the keyboard into the search box.
    pub(crate) fn find(&mut self) {
        self.wants_focus = true;
    }

    /// Leaves the album that is open, else shows everything again.
    pub(crate) fn leave_search(&mut self, backend: &mut dyn Backend) {
        match backend.library().filter(|_| self.shown.album.is_some()) {
            Some(view) => view.show_album(None),
            None => self.text.clear(),
        }
    }

    /// Plays the selected tracks behind what is queued; the first one found where none is selected.
    pub(crate) fn play_selected(&mut self, backend: &mut dyn Backend) {
        if self.is_grid() {
            let albums = self.shown.albums.clone().unwrap_or_default();
            if let Some(album) = self.grid.chosen(&albums) {
                self.carry_out_album(AlbumRequest::Show(Arc::clone(album)), backend);
            }
            return;
        }
        if self.selection.cursor().is_none() && !self.shown.tracks.is_empty() {
            self.selection.only(0);
        }
        self.queue(backend, Placement::Append, true);
    }

    fn selected(&self) -> Vec<TrackId> {
        let rows = self.selection.rows();
        rows.filter_map(|row| self.shown.tracks.get(row).copied())
            .collect()
    }

    fn queue(&self, backend: &mut dyn Backend, placement: Placement, play: bool) {
        let tracks = self.selected();
        if let Some(view) = backend.library().filter(|_| !tracks.is_empty()) {
            view.queue(tracks, placement, play);
        }
    }
}

/// A track as a row shows it.
fn as_entry(track: &TrackRow) -> QueueEntry {
    let mut tags = track.tags.clone();
    let album = tags.album.as_deref().filter(|album| !album.is_empty());
    let parts: Vec<&str> = tags.artist.as_deref().into_iter().chain(album).collect();
    tags.artist = (!parts.is_empty()).then(|| parts.join(" · "));
    QueueEntry {
        id: EntryId(u64::try_from(track.id.0).unwrap_or_default()),
        location: track.path.clone().into(),
        tags,
        duration: track.sound.duration,
        error: track.is_missing.then(|| "the file is gone".to_owned()),
    }
}

/// What an empty collection says.
fn invitation(ui: &mut Ui, music: Option<&Path>, actions: &mut Actions) {
    let palette = Palette::of(ui);
    ui.vertical_centered(|ui| {
        ui.add_space((ui.available_height() / 2.0 - 112.0).max(8.0));
        ui.label(
            RichText::new(icons::MUSIC_NOTES.to_string())
                .font(fonts::icon(40.0))
                .color(palette.faint),
        );
        ui.add_space(8.0);
        ui.label(RichText::new("Your music, found as you type").color(palette.dim));
        ui.add_space(16.0);
        let text = RichText::new("Add a folder").font(fonts::strong(fonts::size::BODY));
        let button = Button::new(text.color(palette.on_accent)).fill(palette.accent);
        if ui.add(button).accessible_name("Add a folder").clicked() {
            actions.push(DialogRequest::LibraryFolder.into());
        }
        if let Some(music) = music {
            ui.add_space(8.0);
            let name = music.file_name().unwrap_or(music.as_os_str());
            let text = format!("Add “{}”", name.to_string_lossy());
            let button = ui.add(Button::new(text).frame(false));
            let button = button.on_hover_text(music.display().to_string());
            if button.accessible_name("Add the Music folder").clicked() {
                actions.push(LibraryCommand::AddFolder(music.to_owned()).into());
            }
        }
    });
}
