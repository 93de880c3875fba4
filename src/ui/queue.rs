//! The queue: a list that draws only the visible rows, whatever its length.

pub(crate) mod action;
mod drag;
pub(crate) mod invitation;
pub(crate) mod row;
mod rows;
mod selection;

use crate::app::ListAddition;
use crate::ui::action::Actions;
use crate::ui::ids;
use crate::ui::keymap;
use crate::ui::pane::{Pane, PaneContext, Place, SideWidth};
use crate::ui::playlists::action::{ListAction, NewList};
use crate::ui::playlists::add_menu;
use crate::ui::queue::action::{ListMove, QueueAction};
use crate::ui::queue::row::RowState;
use crate::ui::queue::rows::QueueRows;
use crate::ui::queue::selection::Selection;
use crate::ui::settings::SideView;
use crate::ui::theme::Palette;
use crate::ui::theme::metrics::QUEUE_ROW_HEIGHT;
use crate::ui::theme::{fonts, icons};
use crate::ui::view::ViewAction;
use crate::ui::widgets::row_drag::RowDrag;
use crate::ui::widgets::time_format;
use eframe::egui::{Pos2, Rect, Response, ScrollArea, TextEdit, Ui, Vec2, pos2, vec2};
use engine::command::{QueueCommand, TransportCommand};
use engine::status::{EntryId, PlayerSnapshot, QueueEntry};
use library::playlists::ListEntry;
use std::collections::HashSet;

/// Below this width of the window the queue is narrow, in points.
const NARROW_WINDOW: f32 = 800.0;

/// The queue: heading, filter and list, and their state between frames.
#[derive(Default)]
pub(crate) struct QueuePane {
    rows: QueueRows,
    selection: Selection,
    filter: String,
    is_finding: bool,
    wants_focus: bool,
    dragging: RowDrag,
    /// A row to bring into view.
    reveal: Option<usize>,
    /// Where and how tall the list was drawn, and how far it was scrolled.
    view: Option<Rect>,
    offset: f32,
    cursor_after_removal: Option<EntryId>,
}

impl Pane for QueuePane {
    fn name(&self) -> &'static str {
        "queue"
    }

    fn place(&self, context: &PaneContext<'_>, room: Vec2) -> Place {
        if !context.settings.show_queue || context.settings.side != SideView::Queue {
            return Place::Hidden;
        }
        Place::Left(if room.x < NARROW_WINDOW {
            SideWidth::Fixed((room.x * 0.36).round())
        } else {
            SideWidth::Dragged {
                default: 320.0,
                range: 240.0..=room.x * 0.5,
            }
        })
    }

    fn show(&mut self, ui: &mut Ui, context: &mut PaneContext<'_>, actions: &mut Actions) {
        self.content(ui, context, actions);
    }
}

impl QueuePane {
    /// Updates the rows to the newest queue; to be called at the beginning of each frame.
    pub(crate) fn update(&mut self, snapshot: &PlayerSnapshot) {
        if self.rows.update(&snapshot.queue, &self.filter) {
            if let Some(heir) = self.cursor_after_removal.take() {
                self.selection.only(heir);
            }
            if !self.rows.is_filtered() {
                self.selection.keep_existing(&self.rows);
            }
        }
    }

    /// Moves the cursor with a key.
    pub(crate) fn step(&mut self, by: ListMove, extend: bool) {
        let page = self
            .view
            .map_or(10, |view| (view.height() / QUEUE_ROW_HEIGHT) as usize);
        self.reveal = self
            .selection
            .step(&self.rows, by, page.saturating_sub(1), extend);
    }

    pub(crate) fn select_all(&mut self) {
        self.selection.all(&self.rows);
    }

    /// The entry Enter plays.
    pub(crate) fn to_play(&self) -> Option<EntryId> {
        self.selection
            .cursor()
            .filter(|id| self.selection.contains(*id))
    }

    /// The command that removes the selected entries.
    pub(crate) fn remove_selected(&mut self) -> Option<QueueCommand> {
        let entries = self.selection.in_order(&self.rows);
        self.cursor_after_removal = self.selection.heir(&self.rows);
        (!entries.is_empty()).then_some(QueueCommand::Remove(entries))
    }

    /// Opens the filter field and puts the keyboard into it.
    pub(crate) fn find(&mut self) {
        self.is_finding = true;
        self.wants_focus = true;
    }

    /// Closes the filter field and shows everything again.
    pub(crate) fn leave_filter(&mut self) {
        self.is_finding = false;
        self.filter.clear();
        self.reveal = self.selection.cursor().and_then(|id| self.rows.row_of(id));
    }

    /// Selects an entry and brings it into view.
    pub(crate) fn jump_to(&mut self, id: EntryId) {
        if self.rows.row_of(id).is_none() {
            self.leave_filter();
        }
        self.selection.only(id);
        self.reveal = self.rows.row_of(id);
        self.cursor_after_removal = None;
    }

    /// The entry under a point of the window: what is dropped there goes in front of it.
    pub(crate) fn entry_at(&self, at: Pos2) -> Option<EntryId> {
        let view = self.view.filter(|view| view.contains(at))?;
        let row = ((at.y - view.top() + self.offset) / QUEUE_ROW_HEIGHT).round() as usize;
        self.rows.id(row)
    }

    fn content(&mut self, ui: &mut Ui, context: &mut PaneContext<'_>, actions: &mut Actions) {
        let snapshot = context.snapshot;
        ui.spacing_mut().item_spacing.y = 0.0;
        self.heading(ui, snapshot, actions);
        if self.is_finding {
            self.filter_field(ui, actions);
            ui.add_space(8.0);
        }
        self.view = None;
        if self.rows.queue_len() == 0 {
            invitation::invitation(ui, snapshot.is_scanning, actions);
        } else if self.rows.len() == 0 {
            ui.add_space(24.0);
            ui.vertical_centered(|ui| ui.weak("Nothing found"));
        } else {
            self.list(ui, context, actions);
        }
    }

    fn heading(&mut self, ui: &mut Ui, snapshot: &PlayerSnapshot, actions: &mut Actions) {
        use crate::ui::library::side_switch;
        use crate::ui::widgets::icon_button::IconButton;
        use eframe::egui::{Align, Layout};
        let palette = Palette::of(ui);
        ui.horizontal(|ui| {
            ui.set_height(40.0);
            ui.add_space(8.0);
            side_switch::show(ui, SideView::Queue, actions);
            let mut summary = match self.rows.queue_len() {
                0 => String::new(),
                1 => "1 track".to_owned(),
                count => format!("{count} tracks"),
            };
            if !self.rows.total().is_zero() {
                summary.push_str(" · ");
                summary.push_str(&time_format::rough(self.rows.total()));
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = 0.0;
                let find = IconButton::new(icons::MAGNIFYING_GLASS, "Find", "Find in the queue");
                let key = keymap::key_of(&QueueAction::FocusFilter.into());
                let find = find.key(key);
                if find.icon_size(18.0).on(self.is_finding).show(ui).clicked() {
                    let request = if self.is_finding {
                        QueueAction::LeaveFilter
                    } else {
                        QueueAction::FocusFilter
                    };
                    actions.push(request.into());
                }
                if snapshot.is_scanning {
                    ui.add_space(4.0);
                    ui.spinner().on_hover_text("Reading folders");
                }
                ui.add_space(4.0);
                let room = ui.available_rect_before_wrap();
                let font = fonts::text(fonts::size::SMALL);
                crate::ui::widgets::elided::draw(ui.painter(), room, &summary, font, palette.faint);
            });
        });
    }

    fn filter_field(&mut self, ui: &mut Ui, actions: &mut Actions) {
        let field = TextEdit::singleline(&mut self.filter)
            .id(ids::queue_filter())
            .hint_text("Title, artist or album")
            .desired_width(f32::INFINITY);
        let response = ui.add(field).accessible_name("Filter queue");
        if std::mem::take(&mut self.wants_focus) {
            response.request_focus();
        }
        if response.lost_focus() && self.filter.is_empty() && !response.has_focus() {
            actions.push(QueueAction::LeaveFilter.into());
        }
    }

    fn list(&mut self, ui: &mut Ui, context: &mut PaneContext<'_>, actions: &mut Actions) {
        let count = self.rows.len();
        let mut area = ScrollArea::vertical().id_salt("queue").auto_shrink(false);
        if let Some(offset) = self.wanted_offset(ui) {
            area = area.vertical_scroll_offset(offset);
        }
        let output = area.show_rows(ui, QUEUE_ROW_HEIGHT, count, |ui, visible| {
            let left = ui.max_rect().left();
            let width = ui.max_rect().width();
            let top = ui.max_rect().top();
            for (index, row) in visible.clone().enumerate() {
                let at = pos2(left, top + index as f32 * QUEUE_ROW_HEIGHT);
                let rect = Rect::from_min_size(at, vec2(width, QUEUE_ROW_HEIGHT));
                self.row(ui, rect, row, context, actions);
            }
            ui.allocate_rect(
                Rect::from_min_size(
                    pos2(left, top),
                    vec2(width, visible.len() as f32 * QUEUE_ROW_HEIGHT),
                ),
                eframe::egui::Sense::hover(),
            );
        });
        self.view = Some(output.inner_rect);
        self.offset = output.state.clamped_offset().y;
        if self.dragging.is_active() {
            self.drag(ui, output.inner_rect, actions);
        }
    }

    // The scroll offset that brings the wanted row into view.
    fn wanted_offset(&mut self, ui: &Ui) -> Option<f32> {
        let view = self.view_height(ui);
        if let Some(row) = self.reveal.take() {
            let top = row as f32 * QUEUE_ROW_HEIGHT;
            let lowest = (top + QUEUE_ROW_HEIGHT - view).max(0.0);
            let offset = self.offset.clamp(lowest, top.max(lowest));
            return (offset != self.offset).then_some(offset);
        }
        None
    }

    fn view_height(&self, ui: &Ui) -> f32 {
        self.view
            .map_or(ui.available_height(), |view| view.height())
            .max(QUEUE_ROW_HEIGHT)
    }

    fn row(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        row: usize,
        context: &mut PaneContext<'_>,
        actions: &mut Actions,
    ) {
        let snapshot = context.snapshot;
        let Some(entry) = self.rows.entry(row).cloned() else {
            return;
        };
        let state = RowState {
            is_selected: self.selection.contains(entry.id),
            is_cursor: self.selection.cursor() == Some(entry.id),
            is_current: snapshot.current == Some(entry.id),
            transport: snapshot.transport,
            list: "Queue",
        };
        let response = row::show(ui, rect, &entry, state);
        self.pointer(ui, &response, row, entry.id, actions);
        let response = if response.secondary_clicked() && !state.is_selected {
            self.selection.only(entry.id);
            response
        } else {
            response
        };
        response.context_menu(|ui| self.menu(ui, &entry, context, actions));
    }

    fn pointer(
        &mut self,
        ui: &Ui,
        response: &Response,
        row: usize,
        id: EntryId,
        actions: &mut Actions,
    ) {
        let modifiers = ui.input(|input| input.modifiers);
        if response.double_clicked() {
            actions.push(TransportCommand::PlayEntry(id).into());
        } else if response.clicked() {
            self.selection
                .click(&self.rows, row, modifiers.command, modifiers.shift);
        }
        if response.drag_started() && !self.rows.is_filtered() {
            if !self.selection.contains(id) {
                self.selection.only(id);
            }
            self.dragging.begin();
        }
    }

    fn menu(
        &mut self,
        ui: &mut Ui,
        entry: &QueueEntry,
        context: &mut PaneContext<'_>,
        actions: &mut Actions,
    ) {
        ui.set_min_width(160.0);
        if ui.button("Play").clicked() {
            actions.push(TransportCommand::PlayEntry(entry.id).into());
            ui.close();
        }
        if ui.button("Remove").clicked() {
            actions.push(QueueAction::RemoveSelected.into());
            ui.close();
        }
        if ui.button("Show in folder").clicked() {
            actions.push(ViewAction::ShowInFolder(entry.path().to_owned()).into());
            ui.close();
        }
        if ui.button("Copy file path").clicked() {
            actions.push(ViewAction::CopyText(entry.path().display().to_string()).into());
            ui.close();
        }
        let selected = || self.selection.in_order(&self.rows);
        let chosen = || {
            let queue = context.snapshot.queue.iter();
            let ids: HashSet<EntryId> = selected().into_iter().collect();
            queue.filter(move |entry| ids.contains(&entry.id))
        };
        let what = || ListAddition::Entries(chosen().map(|entry| list_entry(entry)).collect());
        add_menu::show(ui, context.backend, what, actions);
        ui.separator();
        if ui.button("Save the queue as a list…").clicked() {
            let all = context.snapshot.queue.iter();
            let all = ListAddition::Entries(all.map(|entry| list_entry(entry)).collect());
            actions.push(ListAction::AskNew(NewList::Tracks(Some(all))).into());
            ui.close();
        }
        if ui.button("Clear queue").clicked() {
            actions.push(QueueCommand::Clear.into());
            ui.close();
        }
    }
}

/// An entry for a list, which keeps the name that is shown.
fn list_entry(entry: &QueueEntry) -> ListEntry {
    let title = entry
        .tags
        .title
        .as_ref()
        .map(|title| match &entry.tags.artist {
            Some(artist) => format!("{artist} - {title}"),
            None => title.clone(),
        });
    let known = ListEntry::from(&entry.location);
    ListEntry {
        title: title.or(known.title),
        ..known
    }
}
