//! The button with the preset's name, and the menu of presets behind it.

use crate::ui::action::{Action, Actions};
use crate::ui::files::request::DialogRequest;
use crate::ui::presets::LoadedPreset;
use crate::ui::presets::action::PresetAction;
use crate::ui::settings::WindowSettings;
use crate::ui::theme::metrics::CORNER;
use crate::ui::theme::{self, Palette};
use crate::ui::theme::{fonts, icons};
use crate::ui::widgets::icon_button::{IconButton, focus_ring};
use ::presets::{built_in, store};
use dsp::equalizer::EqualizerSettings;
use eframe::egui::{
    Align, Atom, AtomExt as _, Button, Color32, Layout, Popup, RichText, ScrollArea, Ui, vec2,
};

/// Width of the menu, in points.
const WIDTH: f32 = 264.0;
/// Height of a row, in points.
const ROW: f32 = 28.0;

/// What the equalizer is set to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PresetTitle {
    /// The preset's name, "Custom" without one.
    pub(crate) name: String,
    /// Something was changed since it was loaded.
    pub(crate) is_changed: bool,
}

impl PresetTitle {
    /// The title of what the equalizer is set to `now`.
    pub(crate) fn of(now: &EqualizerSettings, settings: &WindowSettings) -> Self {
        let (name, is_changed) = match &settings.preset {
            Some(preset @ LoadedPreset { name, .. }) => (
                name.clone(),
                preset.is_changed(now, settings.is_preamp_automatic),
            ),
            None if now.bands == EqualizerSettings::ten_bands().bands && now.curve.is_none() => {
                ("Flat".to_owned(), false)
            }
            None => ("Custom".to_owned(), false),
        };
        Self { name, is_changed }
    }
}

/// Draws the button, no wider than `width` points, and the menu when open; `own` are the listener's
/// presets.
pub(crate) fn show(
    ui: &mut Ui,
    title: &PresetTitle,
    own: &[String],
    width: f32,
    actions: &mut Actions,
) {
    let palette = Palette::of(ui);
    let caret = RichText::new(icons::CARET_DOWN)
        .font(fonts::icon(13.0))
        .color(palette.dim);
    let name = RichText::new(&title.name).size(13.0);
    let size = vec2(width, ROW);
    let button = ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        theme::fill_buttons(ui);
        ui.spacing_mut().button_padding.x = 8.0;
        ui.spacing_mut().icon_spacing = 4.0;
        ui.set_max_width(width);
        let button = if title.is_changed {
            let mark = RichText::new("\u{2022}").size(13.0).color(palette.accent);
            Button::new((mark, name.atom_shrink(true), caret))
        } else {
            Button::new((name.atom_shrink(true), caret))
        };
        ui.add(button.truncate())
    });
    let state = if title.is_changed { ", changed" } else { "" };
    let button = button
        .inner
        .accessible_name(format!("Preset: {}{state}", title.name))
        .on_hover_text(format!("Preset: {}{state}", title.name));
    focus_ring(ui, &button, CORNER.into());
    if button.clicked() {
        actions.push(Action::Preset(PresetAction::List));
    }
    Popup::menu(&button).show(|ui| menu(ui, title, own, actions));
}

fn menu(ui: &mut Ui, title: &PresetTitle, own: &[String], actions: &mut Actions) {
    ui.set_width(WIDTH);
    ui.spacing_mut().item_spacing = vec2(0.0, 2.0);
    let mut request = None;
    let height = (ui.ctx().content_rect().height() - 240.0).clamp(120.0, 400.0);
    ScrollArea::vertical().max_height(height).show(ui, |ui| {
        if !own.is_empty() {
            heading(ui, "Yours");
        }
        for name in own {
            own_row(ui, name, is_current(title, name), &mut request);
        }
        ui.add_space(4.0);
        heading(ui, "Built in");
        let has_own = |name: &str| own.iter().any(|own| store::is_same_name(own, name));
        for name in built_in::names() {
            let is_current = is_current(title, name) && !has_own(name);
            if pick(ui, name, is_current, ui.available_width()) {
                request = Some(Action::Preset(PresetAction::LoadBuiltIn(name)));
            }
        }
    });
    ui.separator();
    let file_name = format!("{}.txt", title.name);
    for (icon, words, action) in [
        (
            icons::FLOPPY_DISK,
            "Save\u{2026}",
            Action::Preset(PresetAction::AskName),
        ),
        (
            icons::IMPORT,
            "Import\u{2026}",
            Action::Open(DialogRequest::ImportPresets),
        ),
        (
            icons::EXPORT,
            "Export\u{2026}",
            Action::Open(DialogRequest::ExportPreset(file_name)),
        ),
    ] {
        if row(ui, icon, Palette::of(ui).dim, words, WIDTH) {
            request = Some(action);
        }
    }
    if let Some(action) = request {
        actions.push(action);
        ui.close();
    }
}

fn is_current(title: &PresetTitle, name: &str) -> bool {
    store::is_same_name(&title.name, name)
}

fn heading(ui: &mut Ui, words: &str) {
    let words = RichText::new(words).size(fonts::size::SMALL);
    ui.label(words.color(Palette::of(ui).faint));
}

fn own_row(ui: &mut Ui, name: &str, is_current: bool, request: &mut Option<Action>) {
    ui.horizontal(|ui| {
        // The bar of the list lies over its right edge.
        let width = ui.available_width() - 2.0 * ROW - 8.0;
        if pick(ui, name, is_current, width) {
            *request = Some(Action::Preset(PresetAction::LoadOwn(name.to_owned())));
        }
        for (icon, verb, ask) in [
            (
                icons::PENCIL,
                "Rename",
                PresetAction::AskNewName(name.to_owned()),
            ),
            (
                icons::TRASH,
                "Delete",
                PresetAction::AskDelete(name.to_owned()),
            ),
        ] {
            let label = format!("{verb} {name}");
            let button = IconButton::new(icon, &label, verb)
                .side(ROW)
                .icon_size(15.0);
            if button.show(ui).clicked() {
                *request = Some(Action::Preset(ask));
            }
        }
    });
}

fn pick(ui: &mut Ui, name: &str, is_current: bool, width: f32) -> bool {
    let palette = Palette::of(ui);
    let ink = if is_current {
        palette.accent
    } else {
        Color32::TRANSPARENT
    };
    row(ui, icons::CHECK, ink, name, width)
}

fn row(ui: &mut Ui, icon: char, ink: Color32, words: &str, width: f32) -> bool {
    let icon = RichText::new(icon).font(fonts::icon(15.0)).color(ink);
    let button = Button::new((icon, RichText::new(words).atom_shrink(true), Atom::grow()))
        .frame_when_inactive(false)
        .min_size(vec2(width, ROW))
        .truncate();
    let layout = Layout::left_to_right(Align::Center);
    let shown = ui.allocate_ui_with_layout(vec2(width, ROW), layout, |ui| {
        ui.set_max_width(width);
        ui.spacing_mut().button_padding = vec2(8.0, 4.0);
        ui.add(button).accessible_name(words).clicked()
    });
    shown.inner
}
