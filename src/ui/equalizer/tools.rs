//! The line above the plot: preset, bypass, automatic preamp, reset, and the menu of output stages.

use crate::ui::action::Actions;
use crate::ui::equalizer::action::EqualizerAction;
use crate::ui::equalizer::ten_bands::fits_sliders;
use crate::ui::menus::sound;
use crate::ui::pane::{Height, Pane, PaneContext, Place};
use crate::ui::presets::menu::{self, PresetTitle};
use crate::ui::settings::WindowSettings;
use crate::ui::theme::Palette;
use crate::ui::theme::{fonts, icons};
use crate::ui::view::ViewAction;
use crate::ui::widgets::gain::signed;
use crate::ui::widgets::icon_button::{IconButton, focus_ring};
use dsp::equalizer::EqualizerSettings;
use dsp::units::Decibels;
use eframe::egui::{
    Align, Align2, Button, CornerRadius, Layout, Rect, RichText, Role, Sense, Ui, Vec2, WidgetInfo,
    pos2, vec2,
};
use engine::status::OutputStages;

/// Height of the line, in points.
const HEIGHT: f32 = 32.0;
/// Below this width, buttons show icons without words, in points.
const ROOMY: f32 = 560.0;
/// Largest width of the preset button, in points.
const MAX_PRESET_WIDTH: f32 = 240.0;

/// The line of tools.
pub(crate) struct ToolsPane;

impl Pane for ToolsPane {
    fn name(&self) -> &'static str {
        "equalizer tools"
    }

    fn place(&self, context: &PaneContext<'_>, _room: Vec2) -> Place {
        if context.is_empty() || !context.settings.show_equalizer {
            Place::Hidden
        } else {
            Place::Column(Height::Own)
        }
    }

    fn show(&mut self, ui: &mut Ui, context: &mut PaneContext<'_>, actions: &mut Actions) {
        let tools = EqualizerTools {
            equalizer: &context.shown.equalizer,
            settings: context.settings,
            stages: context.shown.stages,
            headroom: context.curve.headroom(),
            own: context.presets.names(),
        };
        tools.show(ui, actions);
        ui.add_space(4.0);
    }
}

/// What the line shows.
struct EqualizerTools<'a> {
    equalizer: &'a EqualizerSettings,
    settings: &'a WindowSettings,
    stages: OutputStages,
    /// The preamp that keeps the bands from clipping.
    headroom: Decibels,
    /// The listener's presets.
    own: &'a [String],
}

impl EqualizerTools<'_> {
    /// Draws the line.
    fn show(&self, ui: &mut Ui, actions: &mut Actions) {
        let size = vec2(ui.available_width(), HEIGHT);
        ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
            let is_narrow = ui.available_width() < ROOMY;
            ui.spacing_mut().item_spacing.x = if is_narrow { 4.0 } else { 8.0 };
            if !is_narrow {
                ui.label(RichText::new("Equalizer").font(fonts::strong(fonts::size::HEADING)));
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                sound::show(ui, self.stages, actions);
                self.reset(ui, is_narrow, actions);
                self.list(ui, actions);
                self.auto_preamp(ui, is_narrow, actions);
                if switch(ui, self.equalizer.enabled, is_narrow) {
                    actions.push(EqualizerAction::ToggleBypass.into());
                }
                let width = ui.available_width().min(MAX_PRESET_WIDTH);
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let title = PresetTitle::of(self.equalizer, self.settings);
                    menu::show(ui, &title, self.own, width, actions);
                });
            });
        });
    }

    fn reset(&self, ui: &mut Ui, is_narrow: bool, actions: &mut Actions) {
        let flat = EqualizerSettings {
            enabled: self.equalizer.enabled,
            ..EqualizerSettings::ten_bands()
        };
        let is_flat = *self.equalizer == flat;
        let hint = "All sliders back to 0 dB";
        let is_clicked = if is_narrow {
            let reset = IconButton::new(icons::RESET, "Equalizer reset", hint).icon_size(17.0);
            reset.side(28.0).enabled(!is_flat).show(ui).clicked()
        } else {
            let icon = RichText::new(icons::RESET).font(fonts::icon(15.0));
            let words = RichText::new("Reset").size(13.0);
            let button = Button::new((icon.color(Palette::of(ui).dim), words));
            let reset = ui.add_enabled(!is_flat, button.frame_when_inactive(false));
            reset
                .accessible_name("Equalizer reset")
                .on_hover_text(hint)
                .clicked()
        };
        if is_clicked {
            actions.push(EqualizerAction::Set(flat).into());
        }
    }

    fn list(&self, ui: &mut Ui, actions: &mut Actions) {
        let can_choose = fits_sliders(self.equalizer);
        let is_list = self.settings.show_bands || !can_choose;
        let hint = if !can_choose {
            "These bands are more than sliders can show"
        } else if is_list {
            "Show the bands as sliders"
        } else {
            "Show the bands as a list"
        };
        let list = IconButton::new(icons::LIST, "List of bands", hint)
            .side(28.0)
            .icon_size(17.0)
            .on(is_list && can_choose)
            .enabled(can_choose);
        if list.show(ui).clicked() {
            actions.push(ViewAction::ToggleBands.into());
        }
    }

    fn auto_preamp(&self, ui: &mut Ui, is_narrow: bool, actions: &mut Actions) {
        let is_on = self.settings.is_preamp_automatic;
        let palette = Palette::of(ui);
        let ink = if is_on { palette.accent } else { palette.dim };
        let icon = RichText::new(icons::MAGIC_WAND)
            .font(fonts::icon(15.0))
            .color(ink);
        let level = format!("{} dB", signed(self.headroom.0.into()));
        let words = if is_narrow {
            level.clone()
        } else {
            format!("Auto preamp {level}")
        };
        let button = Button::new((icon, RichText::new(words).size(13.0)))
            .frame_when_inactive(is_on)
            .selected(is_on);
        ui.spacing_mut().button_padding.x = 8.0;
        let hint = if is_on {
            format!("The preamp follows the bands: {level} to avoid clipping")
        } else {
            format!("Let the preamp follow the bands: {level} to avoid clipping")
        };
        let auto = ui
            .add(button)
            .accessible_name("Auto preamp")
            .on_hover_text(hint);
        if auto.clicked() {
            actions.push(EqualizerAction::ToggleAutoPreamp.into());
        }
    }
}

// Shows its state by the place of the knob and in a word, not by colour alone.
fn switch(ui: &mut Ui, is_on: bool, is_narrow: bool) -> bool {
    let palette = Palette::of(ui);
    let (rect, response) = ui.allocate_exact_size(
        vec2(if is_narrow { 36.0 } else { 104.0 }, 24.0),
        Sense::click(),
    );
    let track =
        Rect::from_center_size(pos2(rect.right() - 18.0, rect.center().y), vec2(30.0, 16.0));
    let painter = ui.painter();
    painter.rect_filled(
        track,
        CornerRadius::same(8),
        if is_on { palette.accent } else { palette.rail },
    );
    let knob_x = if is_on {
        track.right() - 8.0
    } else {
        track.left() + 8.0
    };
    let knob = if is_on {
        palette.on_accent
    } else {
        palette.window
    };
    painter.circle_filled(pos2(knob_x, track.center().y), 5.5, knob);
    let word = match (is_narrow, is_on) {
        (true, _) => "",
        (false, true) => "On",
        (false, false) => "Bypassed",
    };
    let at = pos2(track.left() - 8.0, rect.center().y);
    painter.text(
        at,
        Align2::RIGHT_CENTER,
        word,
        fonts::text(13.0),
        palette.dim,
    );
    focus_ring(ui, &response, 6.0);
    response.widget_info(|| WidgetInfo::selected(Role::Switch, true, !is_on, "Equalizer bypass"));
    response
        .on_hover_text("Compare with the untouched sound (Ctrl+B)")
        .clicked()
}
