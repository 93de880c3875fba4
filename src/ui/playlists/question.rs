//! What a new list is called, what a smart list looks for, and whether a list may go.

use crate::app::ListCommand;
use crate::ui::action::Actions;
use crate::ui::pane::{Pane, PaneContext, Place};
use crate::ui::playlists::action::NewList;
use crate::ui::theme::fonts;
use crate::ui::theme::{self, Palette};
use eframe::egui::text::{CCursor, CCursorRange};
use eframe::egui::{
    Align, Button, ComboBox, DragValue, Frame, Id, Key, Layout, Margin, Modal, RichText, TextEdit,
    Ui, Vec2,
};
use library::database::{ListKind, ListRecord, SortOrder};
use library::model::ListId;
use library::query::Query;

/// The orders a smart list may have, as they are shown.
const ORDERS: [(SortOrder, &str); 8] = [
    (SortOrder::Relevance, "Best match first"),
    (SortOrder::Collection, "Artist and album"),
    (SortOrder::Title, "Title"),
    (SortOrder::Added, "Newest first"),
    (SortOrder::LastPlayed, "Last played first"),
    (SortOrder::MostPlayed, "Most played first"),
    (SortOrder::Rating, "Best rated first"),
    (SortOrder::Random, "Random"),
];

/// The question about a list, while there is one.
#[derive(Debug, Default)]
pub(crate) struct ListQuestionPane {
    question: Option<Question>,
}

#[derive(Debug)]
enum About {
    New(NewList),
    Name(ListId),
    Query(ListId),
    /// Holds the name.
    Delete(ListId, String),
}

#[derive(Debug)]
struct Question {
    about: About,
    name: String,
    query: String,
    order: SortOrder,
    /// 0 for no limit.
    most: u32,
    wants_focus: bool,
}

impl Question {
    fn new(about: About, name: String) -> Self {
        Self {
            about,
            name,
            query: String::new(),
            order: SortOrder::Collection,
            most: 0,
            wants_focus: true,
        }
    }
}

impl ListQuestionPane {
    /// Asks for the name of a new list.
    pub(crate) fn ask_new(&mut self, new: NewList) {
        let (name, query) = match &new {
            NewList::Tracks(_) => ("New list", String::new()),
            NewList::Folder => ("New folder", String::new()),
            NewList::Smart(query) => ("New smart list", query.clone()),
        };
        let mut question = Question::new(About::New(new), name.to_owned());
        question.query = query;
        self.question = Some(question);
    }

    /// Asks for another name.
    pub(crate) fn ask_name(&mut self, list: &ListRecord) {
        self.question = Some(Question::new(About::Name(list.id), list.name.clone()));
    }

    /// Asks for another query, where it is a smart list.
    pub(crate) fn ask_query(&mut self, list: &ListRecord) {
        if let ListKind::Smart { query, order, most } = &list.kind {
            let mut question = Question::new(About::Query(list.id), list.name.clone());
            (question.query, question.order) = (query.clone(), *order);
            question.most = most.unwrap_or(0);
            self.question = Some(question);
        }
    }

    /// Asks whether to delete.
    pub(crate) fn ask_delete(&mut self, list: &ListRecord) {
        let about = About::Delete(list.id, list.name.clone());
        self.question = Some(Question::new(about, String::new()));
    }

    /// Whether a question waits for its answer. It has the keys to itself.
    pub(crate) fn is_open(&self) -> bool {
        self.question.is_some()
    }
}

impl Pane for ListQuestionPane {
    fn name(&self) -> &'static str {
        "list question"
    }

    fn place(&self, _context: &PaneContext<'_>, _room: Vec2) -> Place {
        match self.is_open() {
            true => Place::Floating,
            false => Place::Hidden,
        }
    }

    fn show(&mut self, ui: &mut Ui, _context: &mut PaneContext<'_>, actions: &mut Actions) {
        let ctx = ui.ctx();
        let Some(question) = &mut self.question else {
            return;
        };
        let frame = Frame::popup(&ctx.global_style()).inner_margin(Margin::same(16));
        let modal = Modal::new(Id::unique("list question")).frame(frame);
        let answered = modal.show(ctx, |ui| {
            ui.set_width(360.0);
            question.content(ui, actions)
        });
        if answered.inner || answered.should_close() {
            self.question = None;
            ctx.request_repaint();
        }
    }
}

impl Question {
    /// Gives whether it is answered.
    fn content(&mut self, ui: &mut Ui, actions: &mut Actions) -> bool {
        let (title, verb) = match &self.about {
            About::New(NewList::Tracks(_)) => ("New list", "Create"),
            About::New(NewList::Folder) => ("New folder of lists", "Create"),
            About::New(NewList::Smart(_)) => ("New smart list", "Create"),
            About::Name(_) => ("Rename list", "Rename"),
            About::Query(_) => ("What the list looks for", "Save"),
            About::Delete(..) => ("Delete list", "Delete"),
        };
        ui.label(RichText::new(title).font(fonts::strong(fonts::size::HEADING)));
        let palette = Palette::of(ui);
        let mut is_confirmed = false;
        let mut line = String::new();
        match &self.about {
            About::Delete(_, name) => {
                line = format!("\u{201C}{name}\u{201D} will be gone for good. Its files stay.");
            }
            About::Query(_) => {}
            About::New(_) | About::Name(_) => is_confirmed = self.name_field(ui),
        }
        if let About::New(NewList::Smart(_)) | About::Query(_) = &self.about {
            is_confirmed |= self.query_fields(ui);
            if let Err(error) = Query::parse(&self.query) {
                line = error.to_string();
            }
        }
        let is_delete = matches!(self.about, About::Delete(..));
        let is_possible = match &self.about {
            About::Delete(..) => true,
            About::New(NewList::Smart(_)) => !self.name.trim().is_empty() && line.is_empty(),
            About::Query(_) => line.is_empty(),
            About::New(_) | About::Name(_) => !self.name.trim().is_empty(),
        };
        let colour = if is_possible {
            palette.dim
        } else {
            palette.warning
        };
        ui.label(RichText::new(line).size(13.0).color(colour));
        theme::fill_buttons(ui);
        let mut is_cancelled = false;
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let words = RichText::new(verb);
            let button = match is_delete {
                true => Button::new(words.color(palette.warning)),
                false => Button::new(words.color(palette.on_accent)).fill(palette.accent),
            };
            let button = ui.add_enabled(is_possible, button);
            if is_delete && std::mem::take(&mut self.wants_focus) {
                button.request_focus();
            }
            is_confirmed |= button.clicked();
            is_cancelled = ui.button("Cancel").clicked();
        });
        if is_confirmed && is_possible {
            actions.push(self.answer().into());
            return true;
        }
        is_cancelled
    }

    fn answer(&self) -> ListCommand {
        let name = self.name.trim().to_owned();
        let most = (self.most > 0).then_some(self.most);
        match &self.about {
            About::New(new) => {
                let (kind, with) = match new {
                    NewList::Tracks(with) => (ListKind::Tracks, with.clone()),
                    NewList::Folder => (ListKind::Folder, None),
                    NewList::Smart(_) => {
                        let (query, order) = (self.query.clone(), self.order);
                        (ListKind::Smart { query, order, most }, None)
                    }
                };
                let parent = None;
                ListCommand::Create {
                    parent,
                    name,
                    kind,
                    with,
                }
            }
            About::Name(list) => ListCommand::Rename(*list, name),
            About::Query(list) => ListCommand::SetSmart {
                list: *list,
                query: self.query.clone(),
                order: self.order,
                most,
            },
            About::Delete(list, _) => ListCommand::Delete(*list),
        }
    }

    // Returns whether Enter was pressed in it. The name that is offered is selected.
    fn name_field(&mut self, ui: &mut Ui) -> bool {
        let field = TextEdit::singleline(&mut self.name)
            .hint_text("Name")
            .desired_width(f32::INFINITY);
        let mut output = field.show(ui);
        let response = output.response.response.accessible_name("List name");
        if std::mem::take(&mut self.wants_focus) {
            response.request_focus();
            let end = self.name.chars().count();
            let all = CCursorRange::two(CCursor::new(0), CCursor::new(end));
            output.state.cursor.set_char_range(Some(all));
            output.state.store(ui.ctx(), response.id);
        }
        response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))
    }

    // Returns whether Enter was pressed in the query's field.
    fn query_fields(&mut self, ui: &mut Ui) -> bool {
        let field = TextEdit::singleline(&mut self.query)
            .hint_text("genre:jazz year:<1970, rating:>=4, added:<30d …")
            .desired_width(f32::INFINITY);
        let response = ui.add(field).accessible_name("Search of the list");
        if std::mem::take(&mut self.wants_focus) {
            response.request_focus();
        }
        ui.horizontal(|ui| {
            let shown = ORDERS.iter().find(|(order, _)| *order == self.order);
            let shown = shown.map_or("", |(_, name)| *name);
            ComboBox::from_id_salt("order")
                .selected_text(shown)
                .show_ui(ui, |ui| {
                    for (order, name) in ORDERS {
                        ui.selectable_value(&mut self.order, order, name);
                    }
                });
            let limit = DragValue::new(&mut self.most).range(0..=100_000);
            let limit = limit.custom_formatter(|most, _| match most {
                0.0 => "no limit".to_owned(),
                most => format!("at most {most}"),
            });
            ui.add(limit)
                .on_hover_text("How many tracks at most; 0 for all");
        });
        response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))
    }
}
