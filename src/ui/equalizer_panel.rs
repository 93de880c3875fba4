//! The equalizer: one slider per band, each under its frequency on the plot above.

use super::action::{Action, Actions};
use super::fader::{Direction, Fader};
use super::icon_button::focus_ring;
use super::theme::Palette;
use super::{fonts, frequency, icons};
use crate::dsp::equalizer::{BAND_RANGE_DB, EqualizerSettings, GRAPHIC_BANDS_HZ};
use crate::dsp::units::Decibels;
use eframe::egui::{
    Align, Align2, Button, Color32, CornerRadius, Id, Layout, Rect, RichText, Role, Sense, Stroke,
    StrokeKind, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};
use egui_plot::PlotTransform;

/// Height of the line with bypass, automatic preamp and reset, in points.
pub(crate) const TOOLS_HEIGHT: f32 = 32.0;
/// Lowest and highest preamp, in dB.
const PREAMP_RANGE_DB: (f64, f64) = (-24.0, 12.0);
/// One notch of the wheel, one arrow key, in dB.
const STEP_DB: f64 = 0.5;
/// PageUp and PageDown, in dB.
const PAGE_DB: f64 = 3.0;

/// Draws the line above the plot.
pub(crate) fn tools(
    ui: &mut Ui,
    settings: &EqualizerSettings,
    peak_db: f64,
    actions: &mut Actions,
) {
    let palette = Palette::of(ui);
    ui.allocate_ui_with_layout(
        vec2(ui.available_width(), TOOLS_HEIGHT),
        Layout::left_to_right(Align::Center),
        |ui| {
            let is_narrow = ui.available_width() < 440.0;
            let heading = RichText::new("Equalizer").font(fonts::strong(fonts::size::HEADING));
            ui.label(heading);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let mut changed = settings.clone();
                let is_flat = settings.preamp == Decibels::UNITY
                    && settings.bands.iter().all(|band| band.filter.gain_db == 0.0);
                let reset = tool(icons::RESET, "Reset", &palette);
                let reset = ui.add_enabled(!is_flat, reset).accessible_name("Equalizer reset");
                if reset.on_hover_text("All sliders back to 0 dB").clicked() {
                    changed = EqualizerSettings { enabled: settings.enabled, ..EqualizerSettings::ten_bands() };
                }
                let target = auto_preamp(settings, peak_db);
                let lead = if is_narrow { "Auto" } else { "Auto preamp" };
                let words = format!("{lead} {} dB", signed(target.0.into()));
                let auto = tool(icons::MAGIC_WAND, &words, &palette);
                let is_due = settings.enabled && (settings.preamp.0 - target.0).abs() >= 0.05;
                let auto = ui.add_enabled(is_due, auto).accessible_name("Auto preamp");
                if auto.on_hover_text("As much preamp as keeps the loudest frequency at 0 dB, so that nothing clips").clicked() {
                    changed.preamp = target;
                }
                if switch(ui, settings.enabled) {
                    changed.enabled = !settings.enabled;
                }
                if changed != *settings {
                    actions.push(Action::SetEqualizer(changed));
                }
            });
        },
    );
}

fn tool<'a>(icon: char, text: &str, palette: &Palette) -> Button<'a> {
    let icon = RichText::new(icon)
        .font(fonts::icon(15.0))
        .color(palette.dim);
    let text = RichText::new(text).size(13.0);
    Button::new((icon, text)).frame_when_inactive(false)
}

/// The preamp that brings the highest point of the response to 0 dB; never a boost.
fn auto_preamp(settings: &EqualizerSettings, peak_db: f64) -> Decibels {
    let bands_peak = peak_db - f64::from(settings.preamp.0);
    // Rounded down to a tenth, never up: up would clip.
    let preamp = (-bands_peak * 10.0 + 1e-3).floor() / 10.0;
    Decibels(preamp.clamp(PREAMP_RANGE_DB.0, 0.0) as f32)
}

// On and off, in a word and by the place of the knob, not by colour alone.
fn switch(ui: &mut Ui, is_on: bool) -> bool {
    let palette = Palette::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(104.0, 24.0), Sense::click());
    let track =
        Rect::from_center_size(pos2(rect.right() - 17.0, rect.center().y), vec2(30.0, 16.0));
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
    let word = if is_on { "On" } else { "Bypassed" };
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

/// Draws preamp and band sliders over `height` points, the bands where `transform` has them.
pub(crate) fn sliders(
    ui: &mut Ui,
    settings: &EqualizerSettings,
    transform: &PlotTransform,
    height: f32,
    actions: &mut Actions,
) {
    let width = ui.available_width();
    let (area, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
    let mut changed = settings.clone();
    let octave = octave_width(transform);
    let lane = |x: f32, width: f32| {
        Rect::from_min_max(
            pos2(x - width / 2.0, area.top()),
            pos2(x + width / 2.0, area.bottom()),
        )
    };
    let frame = transform.frame();
    let preamp_width = (frame.left() - area.left()).clamp(32.0, 48.0);
    let preamp_x = area.left() + preamp_width / 2.0;
    let preamp = Lane {
        name: "Preamp",
        foot: "Pre",
        range: PREAMP_RANGE_DB,
        is_on: settings.enabled,
    };
    if let Some(gain) = preamp.show(ui, lane(preamp_x, preamp_width), settings.preamp.0.into()) {
        changed.preamp = Decibels(gain as f32);
    }
    let is_graphic = settings.bands.len() == GRAPHIC_BANDS_HZ.len()
        && settings
            .bands
            .iter()
            .zip(GRAPHIC_BANDS_HZ)
            .all(|(band, hz)| band.filter.frequency_hz == hz);
    if !is_graphic {
        parametric_note(
            ui,
            Rect::from_min_max(pos2(frame.left(), area.top()), area.max),
            settings,
            &mut changed,
        );
    } else {
        for (index, band) in settings.bands.iter().enumerate() {
            let hz = band.filter.frequency_hz;
            let x = transform.position_from_point_x(hz.log10());
            let (name, foot) = (frequency::long(hz), frequency::short(hz));
            let reach = f64::from(BAND_RANGE_DB);
            let slider = Lane {
                name: &name,
                foot: &foot,
                range: (-reach, reach),
                is_on: settings.enabled && band.enabled,
            };
            if let Some(gain) = slider.show(ui, lane(x, octave.min(64.0)), band.filter.gain_db) {
                changed.bands[index].filter.gain_db = gain;
            }
        }
    }
    if changed != *settings {
        actions.push(Action::SetEqualizer(changed));
    }
}

fn octave_width(transform: &PlotTransform) -> f32 {
    let x = |hz: f64| transform.position_from_point_x(hz.log10());
    x(2_000.0) - x(1_000.0)
}

// Bands of a loaded preset are not the ten sliders; the curve above shows what they do.
fn parametric_note(
    ui: &mut Ui,
    area: Rect,
    settings: &EqualizerSettings,
    changed: &mut EqualizerSettings,
) {
    let palette = Palette::of(ui);
    let layout = Layout::top_down(Align::Center);
    ui.scope_builder(
        UiBuilder::new().max_rect(area.shrink(8.0)).layout(layout),
        |ui| {
            ui.add_space((area.height() / 2.0 - 40.0).max(0.0));
            let words = format!(
                "A preset with {} filters is loaded; its curve is shown above.",
                settings.bands.len()
            );
            ui.label(RichText::new(words).color(palette.dim));
            if ui.button("Use the ten sliders instead").clicked() {
                *changed = EqualizerSettings {
                    enabled: settings.enabled,
                    ..EqualizerSettings::ten_bands()
                };
            }
        },
    );
}

/// "+3.5", "−12.0", "0".
fn signed(gain_db: f64) -> String {
    match (gain_db * 10.0).round() as i64 {
        0 => "0".to_owned(),
        tenths if tenths > 0 => format!("+{:.1}", tenths as f64 / 10.0),
        tenths => format!("\u{2212}{:.1}", -tenths as f64 / 10.0),
    }
}

/// One vertical slider with its value above and its name below.
struct Lane<'a> {
    name: &'a str,
    foot: &'a str,
    range: (f64, f64),
    is_on: bool,
}

impl Lane<'_> {
    /// Returns the gain asked for, in dB.
    fn show(&self, ui: &Ui, lane: Rect, gain_db: f64) -> Option<f64> {
        let response = ui.interact(
            lane,
            Id::unique(("equalizer", self.name)),
            Sense::click_and_drag(),
        );
        let end = if lane.height() < 120.0 { 22.0 } else { 28.0 };
        let rail = Rect::from_min_max(
            pos2(lane.center().x - 2.0, lane.top() + end),
            pos2(lane.center().x + 2.0, lane.bottom() - end),
        );
        let fader = Fader {
            name: self.name,
            range: self.range.0..=self.range.1,
            step: STEP_DB,
            page: PAGE_DB,
            grain: 0.1,
            direction: Direction::Up,
        };
        let mut wanted = fader.input(ui, &response, rail, gain_db);
        if response.double_clicked() {
            wanted = Some(0.0).filter(|_| gain_db != 0.0);
        }
        self.paint(ui, &response, lane, rail, &fader, wanted.unwrap_or(gain_db));
        response.on_hover_text_at_pointer(format!(
            "{}: {} dB\nDouble-click for 0, wheel for half a dB",
            self.name,
            signed(wanted.unwrap_or(gain_db))
        ));
        wanted
    }

    fn paint(
        &self,
        ui: &Ui,
        response: &eframe::egui::Response,
        lane: Rect,
        rail: Rect,
        fader: &Fader<'_>,
        gain_db: f64,
    ) {
        let palette = Palette::of(ui);
        let painter = ui.painter();
        let is_hot = response.hovered() || response.dragged() || response.has_focus();
        let ink = if self.is_on {
            palette.accent
        } else {
            palette.faint
        };
        let y = fader.position(gain_db, rail);
        let zero_y = fader.position(0.0, rail);
        painter.rect_filled(rail, CornerRadius::same(2), palette.rail);
        let notch = palette.faint.gamma_multiply(0.6);
        painter.hline(rail.x_range().expand(5.0), zero_y, Stroke::new(1.0, notch));
        let filled = Rect::from_x_y_ranges(rail.x_range(), y.min(zero_y)..=y.max(zero_y));
        painter.rect_filled(filled, CornerRadius::same(2), ink);
        let knob = Rect::from_center_size(
            pos2(rail.center().x, y),
            vec2(if is_hot { 22.0 } else { 20.0 }, 10.0),
        );
        painter.rect_filled(
            knob,
            CornerRadius::same(5),
            if gain_db == 0.0 { palette.dim } else { ink },
        );
        painter.rect_stroke(
            knob,
            CornerRadius::same(5),
            Stroke::new(2.0, palette.window),
            StrokeKind::Outside,
        );

        let value_colour = self.value_colour(&palette, gain_db, is_hot);
        let font = fonts::text(fonts::size::TINY);
        let value_at = pos2(lane.center().x, lane.top() + 10.0);
        painter.text(
            value_at,
            Align2::CENTER_CENTER,
            signed(gain_db),
            font.clone(),
            value_colour,
        );
        let foot_at = pos2(lane.center().x, lane.bottom() - 10.0);
        painter.text(foot_at, Align2::CENTER_CENTER, self.foot, font, palette.dim);
        focus_ring(ui, response, 6.0);
    }

    fn value_colour(&self, palette: &Palette, gain_db: f64, is_hot: bool) -> Color32 {
        if is_hot || (self.is_on && gain_db != 0.0) {
            palette.text
        } else {
            palette.faint
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn auto_preamp_takes_exactly_the_boost_away_and_never_adds() {
        let mut settings = EqualizerSettings::ten_bands();
        settings.bands[5].filter.gain_db = 6.0;
        settings.preamp = Decibels(-2.0);
        let peak = settings.peak_gain_db(48_000.0);
        settings.preamp = auto_preamp(&settings, peak);
        let rest = settings.peak_gain_db(48_000.0);
        assert!((-0.1..=1e-3).contains(&rest), "{rest} dB left");
        settings.bands[5].filter.gain_db = -6.0;
        let peak = settings.peak_gain_db(48_000.0);
        assert_eq!(auto_preamp(&settings, peak), Decibels(0.0));
    }

    #[test]
    fn gains_are_written_with_their_sign() {
        assert_eq!(signed(3.5), "+3.5");
        assert_eq!(signed(-12.0), "\u{2212}12.0");
        assert_eq!(signed(0.04), "0");
    }
}
