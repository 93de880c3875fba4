//! The side list: lists, and folders of lists with what is in them.

use crate::app::{ListCommand, ListsShown};
use crate::ui::action::Actions;
use crate::ui::files::request::DialogRequest;
use crate::ui::playlists::action::ListAction;
use crate::ui::queue::action::ListMove;
use crate::ui::theme::metrics::CORNER;
use crate::ui::theme::{Palette, fonts, icons};
use crate::ui::widgets::elided;
use eframe::egui::{
    Align2, CornerRadius, Id, Rect, Response, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui,
    WidgetInfo, pos2, vec2,
};
use engine::command::Placement;
use library::database::{ListKind, ListRecord};
use library::model::ListId;
use std::collections::BTreeSet;

/// Height of a list's row, in points.
const ROW_HEIGHT: f32 = 34.0;
/// How far what is in a folder is moved in, in points.
const INDENT: f32 = 16.0;
/// Folders within folders that are drawn.
const MAX_DEPTH: usize = 16;

/// The side list, and its state between frames.
#[derive(Default)]
pub(crate) struct ListTree {
    closed: BTreeSet<ListId>,
    cursor: Option<ListId>,
    reveal: bool,
}

impl ListTree {
    /// The list that keys act on.
    pub(crate) fn cursor(&self) -> Option<ListId> {
        self.cursor
    }

    pub(crate) fn choose(&mut self, list: Option<ListId>) {
        self.cursor = list;
    }

    /// Moves the cursor with a key.
    pub(crate) fn step(&mut self, lists: &ListsShown, by: ListMove) {
        let rows = self.rows(lists);
        let at = rows
            .iter()
            .position(|(list, _)| Some(list.id) == self.cursor);
        let last = rows.len().saturating_sub(1);
        let moved = |by: isize| at.map_or(0, |at| at.saturating_add_signed(by).min(last));
        let row = match by {
            ListMove::By(rows) => moved(rows),
            ListMove::Page(pages) => moved(pages.saturating_mul(10)),
            ListMove::First => 0,
            ListMove::Last => last,
        };
        self.cursor = rows.get(row).map(|(list, _)| list.id);
        self.reveal = true;
    }

    /// Opens or closes a folder.
    pub(crate) fn toggle(&mut self, folder: ListId) {
        if !self.closed.remove(&folder) {
            self.closed.insert(folder);
        }
    }

    /// The rows to be seen, each with how deep it stands.
    fn rows<'a>(&self, lists: &'a ListsShown) -> Vec<(&'a ListRecord, usize)> {
        let mut rows = Vec::with_capacity(lists.lists.len());
        self.add_rows(lists, None, 0, &mut rows);
        rows
    }

    fn add_rows<'a>(
        &self,
        lists: &'a ListsShown,
        parent: Option<ListId>,
        depth: usize,
        rows: &mut Vec<(&'a ListRecord, usize)>,
    ) {
        for list in lists.within(parent) {
            rows.push((list, depth));
            let is_open = list.kind == ListKind::Folder && !self.closed.contains(&list.id);
            if is_open && depth < MAX_DEPTH {
                self.add_rows(lists, Some(list.id), depth + 1, rows);
            }
        }
    }

    /// Draws it. Gives whether it was touched: keys are for it then.
    pub(crate) fn show(&mut self, ui: &mut Ui, lists: &ListsShown, actions: &mut Actions) -> bool {
        let mut is_touched = false;
        let open = lists.open.as_ref().and_then(|open| open.id);
        let area = ScrollArea::vertical().id_salt("lists").auto_shrink(false);
        area.show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for (list, depth) in self.rows(lists) {
                let size = vec2(ui.available_width(), ROW_HEIGHT);
                let (_, rect) = ui.allocate_space(size);
                if self.reveal && self.cursor == Some(list.id) {
                    ui.scroll_to_rect(rect, None);
                }
                let response = self.row(ui, rect, list, depth, lists, open == Some(list.id));
                if response.clicked() || response.secondary_clicked() {
                    is_touched = true;
                    self.cursor = Some(list.id);
                }
                if response.clicked() {
                    match list.kind {
                        ListKind::Folder => self.toggle(list.id),
                        ListKind::Tracks | ListKind::Smart { .. } => {
                            actions.push(ListAction::Open(Some(list.id)).into());
                        }
                    }
                }
                if response.double_clicked() && list.kind != ListKind::Folder {
                    actions.push(play(list.id, Placement::Replace).into());
                }
                response.context_menu(|ui| menu(ui, list, lists, actions));
            }
            self.reveal = false;
        });
        is_touched
    }

    fn row(
        &self,
        ui: &Ui,
        rect: Rect,
        list: &ListRecord,
        depth: usize,
        lists: &ListsShown,
        is_open: bool,
    ) -> Response {
        let palette = Palette::of(ui);
        let response = ui.interact(rect, Id::unique(("list", list.id)), Sense::click());
        response.widget_info(|| {
            let name = format!("List: {}", list.name);
            WidgetInfo::selected(Role::TreeItem, true, is_open, name)
        });
        if !ui.is_rect_visible(rect) {
            return response;
        }
        let painter = ui.painter();
        let box_rect = rect.shrink2(vec2(0.0, 1.0));
        let ground = match (is_open, response.hovered()) {
            (true, _) => Some(palette.selected),
            (false, true) => Some(palette.hover),
            (false, false) => None,
        };
        if let Some(ground) = ground {
            painter.rect_filled(box_rect, CornerRadius::same(CORNER), ground);
        }
        if self.cursor == Some(list.id) && !is_open {
            let stroke = Stroke::new(1.0, palette.rail);
            let corner = CornerRadius::same(CORNER);
            painter.rect_stroke(box_rect, corner, stroke, StrokeKind::Inside);
        }
        let left = rect.left() + 16.0 + depth as f32 * INDENT;
        let icon = match list.kind {
            ListKind::Tracks => icons::QUEUE,
            ListKind::Smart { .. } => icons::MAGIC_WAND,
            ListKind::Folder if self.closed.contains(&list.id) => icons::FOLDER,
            ListKind::Folder => icons::FOLDER_OPEN,
        };
        let colour = if is_open { palette.accent } else { palette.dim };
        let place = pos2(left, rect.center().y);
        painter.text(
            place,
            Align2::CENTER_CENTER,
            icon,
            fonts::icon(16.0),
            colour,
        );
        let mut right = rect.right() - 12.0;
        if let Some(size) = lists.sizes.get(&list.id) {
            let drawn = painter.text(
                pos2(right, rect.center().y),
                Align2::RIGHT_CENTER,
                size,
                fonts::text(fonts::size::SMALL),
                palette.faint,
            );
            right = drawn.left() - 8.0;
        }
        let name = Rect::from_x_y_ranges(left + 16.0..=right.max(left + 16.0), rect.y_range());
        let font = match is_open {
            true => fonts::strong(fonts::size::BODY),
            false => fonts::text(fonts::size::BODY),
        };
        match elided::draw(painter, name, &list.name, font, palette.text) {
            true => response.on_hover_text(&list.name),
            false => response,
        }
    }
}

fn play(list: ListId, placement: Placement) -> ListCommand {
    ListCommand::Queue {
        list,
        places: Vec::new(),
        placement,
        play: placement == Placement::Replace,
    }
}

/// What can be done with a list as a whole.
pub(crate) fn menu(ui: &mut Ui, list: &ListRecord, lists: &ListsShown, actions: &mut Actions) {
    ui.set_min_width(180.0);
    let id = list.id;
    let mut item = |ui: &mut Ui, name: &str, action: crate::ui::action::Action| {
        if ui.button(name).clicked() {
            actions.push(action);
            ui.close();
        }
    };
    let has_tracks = list.kind != ListKind::Folder;
    if has_tracks {
        item(ui, "Play", play(id, Placement::Replace).into());
        item(ui, "Add to the queue", play(id, Placement::Append).into());
        ui.separator();
    }
    item(ui, "Rename…", ListAction::AskRename(Some(id)).into());
    if matches!(list.kind, ListKind::Smart { .. }) {
        item(ui, "Change the search…", ListAction::AskQuery(id).into());
    }
    let folders: Vec<&ListRecord> = lists
        .lists
        .iter()
        .filter(|other| other.kind == ListKind::Folder && other.id != id)
        .collect();
    if !folders.is_empty() || list.parent.is_some() {
        ui.menu_button("Move to", |ui| {
            if list.parent.is_some() {
                item(ui, "The top", ListCommand::MoveInto(id, None).into());
            }
            for folder in folders
                .iter()
                .filter(|folder| list.parent != Some(folder.id))
            {
                item(
                    ui,
                    &folder.name,
                    ListCommand::MoveInto(id, Some(folder.id)).into(),
                );
            }
        });
    }
    if has_tracks {
        let request = DialogRequest::ExportList(id, list.name.clone());
        item(ui, "Export…", request.into());
    }
    ui.separator();
    item(ui, "Delete…", ListAction::AskDelete(id).into());
}
