//! The listener's lists at the left side: the side list, and the entries of the one that is open; beside each
//! other where there is room, else one at a time.

pub(crate) mod action;
pub(crate) mod add_menu;
mod entries;
pub(crate) mod question;
mod tree;

use crate::app::{ListCommand, ListsShown, OpenList};
use crate::ui::action::{Action, Actions};
use crate::ui::files::request::DialogRequest;
use crate::ui::keymap;
use crate::ui::library::side_switch;
use crate::ui::pane::{Pane, PaneContext, Place, SideWidth};
use crate::ui::playlists::action::{ListAction, NewList};
use crate::ui::queue::action::{ListMove, QueueAction};
use crate::ui::settings::SideView;
use crate::ui::theme::{Palette, fonts, icons};
use crate::ui::widgets::icon_button::IconButton;
use crate::ui::widgets::{elided, time_format};
use eframe::egui::{
    Align, Button, Layout, Popup, PopupCloseBehavior, Rect, RichText, Role, Sense, Ui, UiBuilder,
    Vec2, WidgetInfo,
};
use engine::command::Placement;
use entries::EntryList;
use library::database::{ListKind, ListRecord};
use library::model::ListId;
use std::sync::Arc;
use tree::ListTree;

/// Below this width of the window the side is narrow, in points.
const NARROW_WINDOW: f32 = 800.0;
/// From this width on side list and entries stand beside each other, in points.
const WIDE_SIDE: f32 = 480.0;
/// Width of the side list then, in points.
const TREE_WIDTH: f32 = 190.0;

/// The lists, and their state between frames.
#[derive(Default)]
pub(crate) struct PlaylistsPane {
    shown: Arc<ListsShown>,
    tree: ListTree,
    entries: EntryList,
    /// Keys are for the side list.
    is_in_tree: bool,
    is_wide: bool,
    /// The list that was open when the program ended has been asked for.
    is_restored: bool,
}

impl Pane for PlaylistsPane {
    fn name(&self) -> &'static str {
        "playlists"
    }

    fn place(&self, context: &PaneContext<'_>, room: Vec2) -> Place {
        if !context.settings.show_queue || context.settings.side != SideView::Playlists {
            return Place::Hidden;
        }
        Place::Left(if room.x < NARROW_WINDOW {
            SideWidth::Fixed((room.x * 0.36).round())
        } else {
            SideWidth::Dragged {
                default: if room.x < 1400.0 { 360.0 } else { 640.0 },
                range: 240.0..=room.x * 0.6,
            }
        })
    }

    fn show(&mut self, ui: &mut Ui, context: &mut PaneContext<'_>, actions: &mut Actions) {
        ui.spacing_mut().item_spacing.y = 0.0;
        self.follow(context, actions);
        heading(ui, actions);
        if let Some(fault) = &self.shown.fault {
            let font = fonts::text(fonts::size::SMALL);
            ui.label(
                RichText::new(fault)
                    .font(font)
                    .color(Palette::of(ui).warning),
            );
        }
        let shown = Arc::clone(&self.shown);
        if shown.lists.is_empty() {
            return invitation(ui, actions);
        }
        self.is_wide = ui.available_width() >= WIDE_SIDE;
        let room = ui.available_rect_before_wrap();
        let open = shown.open.as_ref();
        if self.is_wide {
            let (left, right) = room.split_left_right_at_x(room.left() + TREE_WIDTH);
            self.part(ui, left, |pane, ui| {
                if pane.tree.show(ui, &shown, actions) {
                    pane.is_in_tree = true;
                }
            });
            let line = eframe::egui::Stroke::new(1.0, Palette::of(ui).line);
            ui.painter()
                .vline(right.left() + 4.0, right.y_range(), line);
            let right = right.with_min_x(right.left() + 8.0);
            self.part(ui, right, |pane, ui| match open {
                Some(open) => pane.open_list(ui, open, context, actions),
                None => hint(ui, "Choose a list"),
            });
        } else if let Some(open) = open {
            self.open_list(ui, open, context, actions);
        } else {
            self.is_in_tree = true;
            self.tree.show(ui, &shown, actions);
        }
    }
}

impl PlaylistsPane {
    fn part(&mut self, ui: &mut Ui, rect: Rect, content: impl FnOnce(&mut Self, &mut Ui)) {
        ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| {
            ui.set_clip_rect(ui.clip_rect().intersect(rect));
            content(self, ui);
        });
    }

    /// Takes over what there is, and goes on with the list that was open the last time.
    fn follow(&mut self, context: &mut PaneContext<'_>, actions: &mut Actions) {
        let Some(lists) = context.backend.lists() else {
            return;
        };
        let shown = lists.shown();
        let remembered = context.settings.library.open_list.map(ListId);
        let open = shown.open.as_ref().and_then(|open| open.id);
        let is_new = !Arc::ptr_eq(&shown, &self.shown);
        let is_first = !self.is_restored && !shown.lists.is_empty();
        if is_first && open.is_none() {
            lists.open(remembered);
        } else if is_new && (is_first || self.is_restored) && open != remembered {
            self.tree.choose(open);
            self.is_in_tree = false;
            actions.push(ListAction::Opened(open).into());
        }
        self.is_restored |= is_first;
        self.entries.follow(&shown.open.clone().unwrap_or_default());
        self.shown = shown;
    }

    fn record(&self, list: Option<ListId>) -> Option<&ListRecord> {
        self.shown.list(list?)
    }

    fn open_list(
        &mut self,
        ui: &mut Ui,
        open: &OpenList,
        context: &mut PaneContext<'_>,
        actions: &mut Actions,
    ) {
        let Some(record) = self.record(open.id).cloned() else {
            return;
        };
        let is_smart = record.kind != ListKind::Tracks;
        self.list_heading(ui, open, &record, actions);
        if let Some(fault) = &open.fault {
            let font = fonts::text(fonts::size::SMALL);
            ui.label(
                RichText::new(fault)
                    .font(font)
                    .color(Palette::of(ui).warning),
            );
        } else if open.count == 0 && is_smart {
            hint(ui, "Nothing found");
        } else if open.count == 0 {
            hint(
                ui,
                "Empty. Add tracks from the queue or the library with a right click",
            );
        } else if self.entries.show(ui, open, is_smart, context, actions) {
            self.is_in_tree = false;
        }
    }

    fn list_heading(
        &self,
        ui: &mut Ui,
        open: &OpenList,
        record: &ListRecord,
        actions: &mut Actions,
    ) {
        let palette = Palette::of(ui);
        ui.horizontal(|ui| {
            ui.set_height(44.0);
            ui.spacing_mut().item_spacing.x = 0.0;
            if !self.is_wide {
                let back = IconButton::new(icons::CARET_LEFT, "All lists", "All lists");
                if back.icon_size(18.0).show(ui).clicked() {
                    actions.push(ListAction::Open(None).into());
                }
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = 0.0;
                let more = IconButton::new(icons::DOTS_THREE, "List menu", "More");
                let more = more.icon_size(18.0).show(ui);
                let menu = Popup::menu(&more).close_behavior(PopupCloseBehavior::CloseOnClick);
                menu.show(|ui| {
                    if record.kind == ListKind::Tracks {
                        entries::whole_list_menu(ui, record.id, actions);
                        ui.separator();
                    }
                    tree::menu(ui, record, &self.shown, actions);
                });
                if record.kind == ListKind::Tracks {
                    let redo = QueueAction::Redo.into();
                    let step = IconButton::new(icons::REDO, "Redo in the list", "Redo");
                    let step = step.key(keymap::key_of(&redo)).icon_size(17.0);
                    if step.enabled(open.steps.1).show(ui).clicked() {
                        actions.push(redo);
                    }
                    let undo = QueueAction::Undo.into();
                    let step = IconButton::new(icons::RESET, "Undo in the list", "Undo");
                    let step = step.key(keymap::key_of(&undo)).icon_size(17.0);
                    if step.enabled(open.steps.0).show(ui).clicked() {
                        actions.push(undo);
                    }
                }
                let play = IconButton::new(icons::PLAY, "Play the list", "Play the list");
                let play = play.icon_size(17.0).enabled(open.count > 0);
                if play.show(ui).clicked() {
                    let play = ListCommand::Queue {
                        list: record.id,
                        places: Vec::new(),
                        placement: Placement::Replace,
                        play: true,
                    };
                    actions.push(play.into());
                }
                let room = ui.available_rect_before_wrap().shrink2(Vec2::new(8.0, 0.0));
                let place = ui.interact(room, ui.scope_id().with("list name"), Sense::hover());
                place.widget_info(|| {
                    let name = format!("Open list: {}", record.name);
                    WidgetInfo::labeled(Role::Label, true, name)
                });
                let (upper, lower) = room.split_top_bottom_at_fraction(0.55);
                let font = fonts::strong(fonts::size::BODY);
                let painter = ui.painter();
                elided::draw(painter, upper, &record.name, font, palette.text);
                let small = fonts::text(fonts::size::SMALL);
                elided::draw(painter, lower, &summary(open), small, palette.faint);
            });
        });
    }

    // Where keys go: to the side list, or to the entries of the open one.
    fn acts_on_tree(&self) -> bool {
        self.shown.open.is_none() || self.is_wide && self.is_in_tree
    }

    /// The list that is open or chosen.
    pub(crate) fn current(&self) -> Option<&ListRecord> {
        let open = self.shown.open.as_ref().and_then(|open| open.id);
        match self.acts_on_tree() {
            true => self.record(self.tree.cursor()),
            false => self.record(open),
        }
    }

    pub(crate) fn step(&mut self, by: ListMove, extend: bool) {
        match self.acts_on_tree() {
            true => self.tree.step(&self.shown, by),
            false => self.entries.step(by, extend),
        }
    }

    pub(crate) fn select_all(&mut self) {
        self.entries.select_all();
    }

    /// What Enter does: opens the chosen list, or plays the selected entries behind the queue.
    pub(crate) fn enter(&mut self) -> Option<Action> {
        if !self.acts_on_tree() {
            return self
                .entries
                .queue(Placement::Append, true)
                .map(Action::from);
        }
        let record = self.record(self.tree.cursor())?;
        let (id, is_folder) = (record.id, record.kind == ListKind::Folder);
        if is_folder {
            self.tree.toggle(id);
            return None;
        }
        self.is_in_tree = false;
        Some(ListAction::Open(Some(id)).into())
    }

    /// What Delete does: asks about the chosen list, or takes the selected entries out.
    pub(crate) fn remove(&mut self) -> Option<Action> {
        if self.acts_on_tree() {
            return Some(ListAction::AskDelete(self.tree.cursor()?).into());
        }
        let is_smart = self.current()?.kind != ListKind::Tracks;
        let removal = self.entries.remove().filter(|_| !is_smart);
        removal.map(Action::from)
    }

    /// Moves the selected entries by one place.
    pub(crate) fn carry(&mut self, down: bool) -> Option<Action> {
        let is_list = self.current()?.kind == ListKind::Tracks && !self.acts_on_tree();
        if !is_list {
            return None;
        }
        self.entries.carry(down).map(Action::from)
    }

    /// The open list of tracks, for undo and redo.
    pub(crate) fn open_id(&self) -> Option<ListId> {
        self.shown.open.as_ref()?.id
    }
}

fn summary(open: &OpenList) -> String {
    let mut summary = match open.count {
        1 => "1 track".to_owned(),
        count => format!("{count} tracks"),
    };
    if !open.duration.is_zero() {
        summary.push_str(" · ");
        summary.push_str(&time_format::rough(open.duration));
    }
    summary
}

fn heading(ui: &mut Ui, actions: &mut Actions) {
    ui.horizontal(|ui| {
        ui.set_height(40.0);
        ui.add_space(8.0);
        side_switch::show(ui, SideView::Playlists, actions);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let new = IconButton::new(icons::PLUS, "New list", "New list, folder or smart list");
            let new = new.icon_size(18.0).show(ui);
            Popup::menu(&new).show(|ui| {
                ui.set_min_width(180.0);
                for (name, action) in [
                    (
                        "New list…",
                        ListAction::AskNew(NewList::Tracks(None)).into(),
                    ),
                    (
                        "New smart list…",
                        ListAction::AskNew(NewList::Smart(String::new())).into(),
                    ),
                    ("New folder…", ListAction::AskNew(NewList::Folder).into()),
                    ("Import playlists…", DialogRequest::ImportLists.into()),
                ] {
                    if ui.button(name).clicked() {
                        actions.push(action);
                        ui.close();
                    }
                }
            });
        });
    });
}

fn hint(ui: &mut Ui, words: &str) {
    ui.add_space(24.0);
    ui.vertical_centered(|ui| ui.label(RichText::new(words).color(Palette::of(ui).dim)));
}

/// What is said where there is no list.
fn invitation(ui: &mut Ui, actions: &mut Actions) {
    let palette = Palette::of(ui);
    ui.vertical_centered(|ui| {
        ui.add_space((ui.available_height() / 2.0 - 112.0).max(8.0));
        let icon = RichText::new(icons::QUEUE.to_string());
        ui.label(icon.font(fonts::icon(40.0)).color(palette.faint));
        ui.add_space(8.0);
        ui.label(RichText::new("Lists of your own").color(palette.dim));
        ui.add_space(16.0);
        let text = RichText::new("New list").font(fonts::strong(fonts::size::BODY));
        let button = Button::new(text.color(palette.on_accent)).fill(palette.accent);
        if ui.add(button).accessible_name("Make a list").clicked() {
            actions.push(ListAction::AskNew(NewList::Tracks(None)).into());
        }
        ui.add_space(8.0);
        let import = Button::new("Import playlists…").frame(false);
        if ui.add(import).clicked() {
            actions.push(DialogRequest::ImportLists.into());
        }
    });
}
