//! The entries of the open list: the visible rows only, read a page at a time.

use crate::app::{ListAddition, ListCommand, ListRow, OpenList, behind_current};
use crate::ui::action::{Action, Actions};
use crate::ui::pane::PaneContext;
use crate::ui::playlists::add_menu;
use crate::ui::queue::action::ListMove;

use crate::ui::queue::row::{self, RowState};
use crate::ui::theme::metrics::QUEUE_ROW_HEIGHT;
use crate::ui::view::ViewAction;
use crate::ui::widgets::row_drag::{DraggedList, RowDrag};
use crate::ui::widgets::row_selection::RowSelection;
use eframe::egui::{Rect, ScrollArea, Sense, Ui, pos2, vec2};
use engine::command::Placement;
use engine::status::{EntryId, QueueEntry};
use library::model::ListId;
use library::playlists::{ListChange, ListSort};
use media::tags::Tags;
use std::sync::Arc;

/// The list of entries, and its state between frames.
#[derive(Default)]
pub(crate) struct EntryList {
    /// Of which list the state is.
    list: Option<ListId>,
    count: usize,
    selection: RowSelection,
    dragging: RowDrag,
    reveal: Option<usize>,
    view_height: f32,
    offset: f32,
}

impl EntryList {
    /// Takes over what is open now. Selection and scrolling survive changes of the same list.
    pub(crate) fn follow(&mut self, open: &OpenList) {
        if self.list != open.id {
            *self = Self {
                list: open.id,
                reveal: Some(0),
                ..Self::default()
            };
        }
        self.count = open.count;
        self.selection.shorten(open.count);
    }

    pub(crate) fn step(&mut self, by: ListMove, extend: bool) {
        let page = (self.view_height / QUEUE_ROW_HEIGHT) as usize;
        let page = page.saturating_sub(1);
        self.reveal = self.selection.step(by, self.count, page, extend);
    }

    pub(crate) fn select_all(&mut self) {
        self.selection.all(self.count);
    }

    fn places(&self) -> Vec<usize> {
        self.selection.rows().collect()
    }

    /// The command that puts the selected entries into the queue.
    pub(crate) fn queue(&self, placement: Placement, play: bool) -> Option<ListCommand> {
        let places = self.places();
        let list = self.list.filter(|_| !places.is_empty())?;
        Some(ListCommand::Queue {
            list,
            places,
            placement,
            play,
        })
    }

    /// The command that takes the selected entries out.
    pub(crate) fn remove(&mut self) -> Option<ListCommand> {
        let places = self.places();
        let first = *places.first()?;
        self.selection.only(first);
        Some(ListCommand::Change(self.list?, ListChange::Remove(places)))
    }

    /// The command that moves the selected entries by one place.
    pub(crate) fn carry(&mut self, down: bool) -> Option<ListCommand> {
        let places = self.places();
        let (first, last) = (*places.first()?, *places.last()?);
        let before = match down {
            true if last + 1 < self.count => last + 2,
            true => return None,
            false => first.checked_sub(1)?,
        };
        self.move_to(places, before)
    }

    fn move_to(&mut self, places: Vec<usize>, before: usize) -> Option<ListCommand> {
        let in_front = places.iter().filter(|place| **place < before).count();
        let start = before - in_front;
        self.selection.range(start, start + places.len());
        self.reveal = Some(start);
        let change = ListChange::Move { places, before };
        Some(ListCommand::Change(self.list?, change))
    }

    /// Draws the rows. Gives whether they were touched: keys are for them then.
    pub(crate) fn show(
        &mut self,
        ui: &mut Ui,
        open: &OpenList,
        is_smart: bool,
        context: &mut PaneContext<'_>,
        actions: &mut Actions,
    ) -> bool {
        let mut is_touched = false;
        let mut area = ScrollArea::vertical()
            .id_salt(("entries", open.id))
            .auto_shrink(false);
        if let Some(row) = self.reveal.take() {
            let top = row as f32 * QUEUE_ROW_HEIGHT;
            let view = self.view_height.max(QUEUE_ROW_HEIGHT);
            let lowest = (top + QUEUE_ROW_HEIGHT - view).max(0.0);
            area = area.vertical_scroll_offset(self.offset.clamp(lowest, top.max(lowest)));
        }
        let output = area.show_rows(ui, QUEUE_ROW_HEIGHT, open.count, |ui, visible| {
            let (left, top) = (ui.max_rect().left(), ui.max_rect().top());
            let width = ui.max_rect().width();
            for (index, at) in visible.clone().enumerate() {
                let corner = pos2(left, top + index as f32 * QUEUE_ROW_HEIGHT);
                let rect = Rect::from_min_size(corner, vec2(width, QUEUE_ROW_HEIGHT));
                match open.row(at) {
                    Some(row) => {
                        is_touched |= self.row(ui, rect, at, row, is_smart, context, actions);
                    }
                    None => {
                        if let Some(lists) = context.backend.lists() {
                            lists.want(open, at);
                        }
                    }
                }
            }
            let size = vec2(width, visible.len() as f32 * QUEUE_ROW_HEIGHT);
            ui.allocate_rect(Rect::from_min_size(pos2(left, top), size), Sense::hover());
        });
        self.view_height = output.inner_rect.height();
        self.offset = output.state.clamped_offset().y;
        if self.dragging.is_active() {
            let list = DraggedList {
                view: output.inner_rect,
                offset: self.offset,
                count: open.count,
                carried: self.places().len(),
            };
            let step = self.dragging.follow(ui, list);
            self.reveal = step.reveal.or(self.reveal);
            if let Some(before) = step.dropped {
                let places = self.places();
                actions.extend(self.move_to(places, before).map(Action::from));
            }
        }
        is_touched
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
        row: &ListRow,
        is_smart: bool,
        context: &mut PaneContext<'_>,
        actions: &mut Actions,
    ) -> bool {
        let playing = context.snapshot.now_playing.as_ref();
        let state = RowState {
            is_selected: self.selection.contains(at),
            is_cursor: self.selection.cursor() == Some(at),
            is_current: playing.is_some_and(|playing| playing.path == row.entry.path),
            transport: context.snapshot.transport,
            list: "List",
        };
        let response = row::show(ui, rect, &shown_entry(at, row), state);
        let modifiers = ui.input(|input| input.modifiers);
        if response.double_clicked() {
            self.selection.only(at);
            actions.extend(self.queue(Placement::Append, true).map(Action::from));
        } else if response.clicked() {
            self.selection.click(at, modifiers.command, modifiers.shift);
        }
        if response.secondary_clicked() && !state.is_selected {
            self.selection.only(at);
        }
        if response.drag_started() && !is_smart {
            if !state.is_selected {
                self.selection.only(at);
            }
            self.dragging.begin();
        }
        let is_touched = response.clicked() || response.secondary_clicked();
        response.context_menu(|ui| self.menu(ui, row, is_smart, context, actions));
        is_touched
    }

    fn menu(
        &mut self,
        ui: &mut Ui,
        row: &ListRow,
        is_smart: bool,
        context: &mut PaneContext<'_>,
        actions: &mut Actions,
    ) {
        ui.set_min_width(180.0);
        let next = behind_current(context.snapshot);
        for (name, placement, play) in [
            ("Play", Placement::Append, true),
            ("Play next", next, false),
            ("Add to the queue", Placement::Append, false),
        ] {
            if ui.button(name).clicked() {
                actions.extend(self.queue(placement, play).map(Action::from));
                ui.close();
            }
        }
        let what = || ListAddition::Entries(vec![row.entry.clone()]);
        add_menu::show(ui, context.backend, what, actions);
        ui.separator();
        if !is_smart {
            if ui.button("Remove from the list").clicked() {
                actions.extend(self.remove().map(Action::from));
                ui.close();
            }
            if ui.button("Remove all others").clicked() {
                let change = ListChange::Crop(self.places());
                actions.extend(
                    self.list
                        .map(|list| ListCommand::Change(list, change).into()),
                );
                ui.close();
            }
            ui.separator();
        }
        let path = &row.entry.path;
        let mut items = vec![
            ("Show in folder", ViewAction::ShowInFolder(path.clone())),
            (
                "Copy file path",
                ViewAction::CopyText(path.display().to_string()),
            ),
        ];
        if let Some(track) = &row.track {
            let track = Arc::new(track.clone());
            items.push(("Properties…", ViewAction::ShowProperties(track)));
        }
        for (name, action) in items {
            if ui.button(name).clicked() {
                actions.push(action.into());
                ui.close();
            }
        }
    }
}

/// Puts the whole list into another order, or takes out what is of no use; each is one step to undo.
pub(crate) fn whole_list_menu(ui: &mut Ui, list: ListId, actions: &mut Actions) {
    ui.set_min_width(200.0);
    for (name, change) in [
        ("Sort by title", ListChange::Sort(ListSort::Title)),
        ("Sort by album", ListChange::Sort(ListSort::Album)),
        ("Sort by length", ListChange::Sort(ListSort::Length)),
        ("Sort by file", ListChange::Sort(ListSort::Path)),
        ("Reverse", ListChange::Reverse),
        ("Remove duplicates", ListChange::RemoveDuplicates),
        ("Remove missing files", ListChange::RemoveMissing),
        ("Find missing files by name", ListChange::FindMissing),
    ] {
        if ui.button(name).clicked() {
            actions.push(ListCommand::Change(list, change).into());
            ui.close();
        }
    }
}

/// An entry as a row shows it.
fn shown_entry(at: usize, row: &ListRow) -> QueueEntry {
    let track = row.track.as_ref();
    let mut tags = track.map_or_else(Tags::default, |track| track.tags.clone());
    let album = tags.album.as_deref().filter(|album| !album.is_empty());
    let parts: Vec<&str> = tags.artist.as_deref().into_iter().chain(album).collect();
    tags.artist = (!parts.is_empty()).then(|| parts.join(" · "));
    tags.title = Some(row.title());
    QueueEntry {
        id: EntryId(at as u64),
        location: row.entry.path.clone().into(),
        tags,
        duration: track.and_then(|track| track.sound.duration),
        error: row.is_missing.then(|| "the file is gone".to_owned()),
    }
}
