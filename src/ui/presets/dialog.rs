//! The question a preset's name, or its removal, is asked with.

use crate::ui::action::Actions;
use crate::ui::pane::{Pane, PaneContext, Place};
use crate::ui::presets::action::PresetAction;
use crate::ui::theme::fonts;
use crate::ui::theme::{self, Palette};
use ::presets::store;
use eframe::egui::{
    Align, Button, Context, Frame, Id, Key, Layout, Margin, Modal, RichText, TextEdit, Ui, Vec2,
};

#[derive(Debug)]
enum Question {
    Save,
    Rename(String),
    Delete(String),
}

/// The question about a preset, while there is one.
#[derive(Debug, Default)]
pub(crate) struct PresetQuestionPane {
    dialog: Option<PresetDialog>,
}

impl PresetQuestionPane {
    /// Asks.
    pub(crate) fn ask(&mut self, dialog: PresetDialog) {
        self.dialog = Some(dialog);
    }

    /// Whether a question waits for its answer. It has the keys to itself.
    pub(crate) fn is_open(&self) -> bool {
        self.dialog.is_some()
    }
}

impl Pane for PresetQuestionPane {
    fn name(&self) -> &'static str {
        "preset question"
    }

    fn place(&self, _context: &PaneContext<'_>, _room: Vec2) -> Place {
        if self.is_open() {
            Place::Floating
        } else {
            Place::Hidden
        }
    }

    fn show(&mut self, ui: &mut Ui, context: &mut PaneContext<'_>, actions: &mut Actions) {
        let ctx = ui.ctx();
        let own = context.presets.names();
        let dialog = self.dialog.as_mut();
        if dialog.is_some_and(|dialog| dialog.show(ctx, own, actions)) {
            self.dialog = None;
            ctx.request_repaint();
        }
    }
}

/// A question under way.
#[derive(Debug)]
pub(crate) struct PresetDialog {
    question: Question,
    name: String,
    /// Asked once whether the preset of this name may go.
    is_asked: bool,
    wants_focus: bool,
}

impl PresetDialog {
    fn new(question: Question, name: String) -> Self {
        Self {
            question,
            name,
            is_asked: false,
            wants_focus: true,
        }
    }

    /// Asks for the name to save under, and offers one.
    pub(crate) fn save(name: String) -> Self {
        Self::new(Question::Save, name)
    }

    /// Asks for another name.
    pub(crate) fn rename(name: String) -> Self {
        Self::new(Question::Rename(name.clone()), name)
    }

    /// Asks whether to delete.
    pub(crate) fn delete(name: String) -> Self {
        Self::new(Question::Delete(name), String::new())
    }

    /// Draws it over the window; returns whether it is answered. `own` are the names there are.
    fn show(&mut self, ctx: &Context, own: &[String], actions: &mut Actions) -> bool {
        let frame = Frame::popup(&ctx.global_style()).inner_margin(Margin::same(16));
        let id = Id::unique("preset question");
        let modal = Modal::new(id).frame(frame).show(ctx, |ui| {
            ui.set_width(320.0);
            self.content(ui, own, actions)
        });
        modal.inner || modal.should_close()
    }

    fn content(&mut self, ui: &mut Ui, own: &[String], actions: &mut Actions) -> bool {
        let (title, verb) = match &self.question {
            Question::Save if self.is_asked => ("Save preset", "Replace"),
            Question::Save => ("Save preset", "Save"),
            Question::Rename(_) => ("Rename preset", "Rename"),
            Question::Delete(_) => ("Delete preset", "Delete"),
        };
        ui.label(RichText::new(title).font(fonts::strong(fonts::size::HEADING)));
        let palette = Palette::of(ui);
        let is_taken = own
            .iter()
            .any(|known| store::is_same_name(known, &self.name));
        let line = match &self.question {
            Question::Delete(name) => format!("\u{201C}{name}\u{201D} will be gone for good."),
            Question::Rename(from) if is_taken && !store::is_same_name(from, &self.name) => {
                "Another preset has this name.".to_owned()
            }
            Question::Save if self.is_asked => "Replace the preset of this name?".to_owned(),
            Question::Save | Question::Rename(_) => String::new(),
        };
        let is_possible = match &self.question {
            Question::Delete(_) => true,
            Question::Save => !self.name.trim().is_empty(),
            Question::Rename(_) => !self.name.trim().is_empty() && line.is_empty(),
        };
        let mut is_confirmed = !matches!(self.question, Question::Delete(_)) && self.field(ui);
        let colour = if self.is_asked || !is_possible {
            palette.warning
        } else {
            palette.dim
        };
        ui.label(RichText::new(line).size(13.0).color(colour));
        theme::fill_buttons(ui);
        let mut is_cancelled = false;
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let button = ui.add_enabled(is_possible, Button::new(verb));
            if std::mem::take(&mut self.wants_focus) {
                button.request_focus();
            }
            is_confirmed |= button.clicked();
            is_cancelled = ui.button("Cancel").clicked();
        });
        if !is_confirmed || !is_possible {
            return is_cancelled;
        }
        let request = match &self.question {
            Question::Save if is_taken && !self.is_asked => {
                (self.is_asked, self.wants_focus) = (true, true);
                return false;
            }
            Question::Save => PresetAction::Save(self.name.trim().to_owned()),
            Question::Rename(from) => PresetAction::Rename {
                from: from.clone(),
                to: self.name.trim().to_owned(),
            },
            Question::Delete(name) => PresetAction::Delete(name.clone()),
        };
        actions.push(request.into());
        true
    }

    // Returns whether Enter was pressed in it.
    fn field(&mut self, ui: &mut Ui) -> bool {
        let field = TextEdit::singleline(&mut self.name)
            .hint_text("Name")
            .desired_width(f32::INFINITY);
        let response = ui.add(field).accessible_name("Preset name");
        if std::mem::take(&mut self.wants_focus) {
            response.request_focus();
        }
        self.is_asked &= !response.changed();
        response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))
    }
}
