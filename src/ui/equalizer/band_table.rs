//! The list of bands with every parameter: for presets that ten sliders cannot show.

use crate::ui::action::Actions;
use crate::ui::equalizer::band_row;
use crate::ui::equalizer::ten_bands::fits_sliders;
use crate::ui::theme::metrics::BAND_ROW_HEIGHT;
use crate::ui::theme::{self, Palette};
use crate::ui::theme::{fonts, icons};
use crate::ui::view::ViewAction;
use crate::ui::widgets::gain::signed;
use dsp::equalizer::{EqualizerBand, EqualizerSettings, MAX_SECTIONS};
use dsp::filter::{FilterKind, FilterSpec};
use eframe::egui::{
    Align, Button, Label, Layout, Rect, RichText, ScrollArea, Ui, UiBuilder, pos2, vec2,
};

/// Draws the list into `area`; what is edited goes into `changed`.
pub(crate) fn show(
    ui: &mut Ui,
    area: Rect,
    settings: &EqualizerSettings,
    changed: &mut EqualizerSettings,
    actions: &mut Actions,
) {
    let foot = pos2(area.left(), area.bottom() - 28.0);
    let rows = Rect::from_min_max(area.min + vec2(0.0, 8.0), pos2(area.right(), foot.y - 4.0));
    ui.scope_builder(UiBuilder::new().max_rect(rows), |ui| {
        let is_tight = area.width() < 560.0;
        let columns = if is_tight {
            band_row::TIGHT
        } else {
            band_row::ROOMY
        };
        let font = fonts::text(if is_tight { fonts::size::SMALL } else { 13.0 });
        theme::fill_buttons(ui);
        ui.style_mut().override_font_id = Some(font);
        let spacing = ui.spacing_mut();
        spacing.item_spacing = vec2(if is_tight { 2.0 } else { 8.0 }, 4.0);
        spacing.button_padding = vec2(if is_tight { 4.0 } else { 6.0 }, 2.0);
        spacing.interact_size.y = BAND_ROW_HEIGHT;
        spacing.combo_width = 40.0;
        spacing.icon_spacing = 2.0;
        ScrollArea::both().auto_shrink(false).show(ui, |ui| {
            curve_row(ui, changed);
            let mut removed = None;
            for (index, band) in changed.bands.iter_mut().enumerate() {
                ui.push_id(index, |ui| {
                    ui.horizontal(|ui| {
                        if band_row::show(ui, &columns, index + 1, band) {
                            removed = Some(index);
                        }
                    });
                });
            }
            if let Some(index) = removed {
                changed.bands.remove(index);
            }
        });
    });
    ui.scope_builder(
        UiBuilder::new().max_rect(Rect::from_min_max(foot, area.max)),
        |ui| {
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                foot_row(ui, settings, changed, actions);
            });
        },
    );
}

fn foot_row(
    ui: &mut Ui,
    settings: &EqualizerSettings,
    changed: &mut EqualizerSettings,
    actions: &mut Actions,
) {
    let palette = Palette::of(ui);
    let used: usize = settings.bands.iter().map(sections).sum();
    let small = |words: &str| RichText::new(words.to_owned()).size(13.0);
    let plus = RichText::new(icons::PLUS).font(fonts::icon(14.0));
    theme::fill_buttons(ui);
    ui.spacing_mut().button_padding = vec2(8.0, 4.0);
    let add = Button::new((plus.color(palette.dim), small("Add band")));
    if ui
        .add_enabled(used < MAX_SECTIONS, add)
        .accessible_name("Add band")
        .clicked()
    {
        let bell = FilterSpec::new(FilterKind::Peak, 1_000.0, 0.0, 1.0);
        changed.bands.push(EqualizerBand::new(bell));
    }
    let ten = ui.button(small("Ten sliders"));
    let fits = fits_sliders(settings);
    let hint = if fits {
        "Show them as sliders"
    } else {
        "Start anew with ten flat sliders"
    };
    if ten.on_hover_text(hint).clicked() {
        if fits {
            actions.push(ViewAction::ToggleBands.into());
        } else {
            let enabled = settings.enabled;
            *changed = EqualizerSettings {
                enabled,
                ..EqualizerSettings::ten_bands()
            };
        }
    }
    let words = if used > MAX_SECTIONS {
        small(&format!(
            "Only the first {MAX_SECTIONS} of {used} sections sound"
        ))
        .color(palette.warning)
    } else {
        let count = settings.bands.len();
        small(&format!(
            "{count} {}",
            if count == 1 { "band" } else { "bands" }
        ))
        .color(palette.faint)
    };
    ui.add(Label::new(words).truncate());
}

/// How many of the bank's sections a band takes.
fn sections(band: &EqualizerBand) -> usize {
    if band_row::is_pass(band.filter.kind) {
        band.filter.slope.order().div_ceil(2).into()
    } else {
        1
    }
}

fn curve_row(ui: &mut Ui, changed: &mut EqualizerSettings) {
    let Some(curve) = &changed.curve else { return };
    let gains = curve.points.iter().map(|(_, gain_db)| *gain_db);
    let (low, high) = gains.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), gain| {
        (low.min(gain), high.max(gain))
    });
    let count = curve.points.len();
    let words = format!(
        "Curve of {count} points, {} to {} dB",
        signed(low),
        signed(high)
    );
    let is_removed = ui
        .horizontal(|ui| {
            let remove = band_row::remove_button(ui, "Remove curve");
            ui.label(words);
            remove
        })
        .inner;
    if is_removed {
        changed.curve = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dsp::filter::PassSlope;
    use std::f64::consts::FRAC_1_SQRT_2;

    #[test]
    fn a_steep_pass_takes_as_many_sections_as_it_runs_as() {
        for slope in PassSlope::all() {
            let mut filter = FilterSpec::new(FilterKind::LowPass, 900.0, 0.0, FRAC_1_SQRT_2);
            filter.slope = slope;
            let bands = vec![EqualizerBand::new(filter)];
            let used = sections(&bands[0]);
            let settings = EqualizerSettings {
                bands,
                ..EqualizerSettings::ten_bands()
            };
            assert_eq!(used, settings.design(48_000.0).count);
        }
    }
}
