//! The equalizer: one slider per band, each under its frequency on the plot above.

use crate::ui::action::{Action, Actions};
use crate::ui::equalizer::band_table;
use crate::ui::theme::Palette;
use crate::ui::theme::fonts;
use crate::ui::widgets::fader::{Direction, Fader};
use crate::ui::widgets::frequency;
use crate::ui::widgets::icon_button::focus_ring;
use dsp::equalizer::{BAND_RANGE_DB, EqualizerBand, EqualizerSettings};
use dsp::filter::FilterSpec;
use dsp::units::Decibels;
use eframe::egui::{
    Align2, Color32, CornerRadius, Id, Rect, Sense, Stroke, StrokeKind, Ui, pos2, vec2,
};
use egui_plot::PlotTransform;

/// Lowest and highest preamp, in dB.
const PREAMP_RANGE_DB: (f64, f64) = (-24.0, 12.0);
/// One notch of the wheel, one arrow key, in dB.
const STEP_DB: f64 = 0.5;
/// PageUp and PageDown, in dB.
const PAGE_DB: f64 = 3.0;

/// Whether the ten sliders show everything `settings` do.
pub(crate) fn fits_sliders(settings: &EqualizerSettings) -> bool {
    let flat = EqualizerSettings::ten_bands().bands;
    let fits = |(band, flat): (&EqualizerBand, EqualizerBand)| {
        let gain_db = band.filter.gain_db;
        let filter = FilterSpec {
            gain_db,
            ..flat.filter
        };
        *band == EqualizerBand { filter, ..flat } && gain_db.abs() <= BAND_RANGE_DB.into()
    };
    settings.curve.is_none()
        && settings.bands.len() == flat.len()
        && settings.bands.iter().zip(flat).all(fits)
}

/// Draws preamp and bands over `height` points: the bands as sliders where `transform` has them, or
/// as a list.
pub(crate) fn sliders(
    ui: &mut Ui,
    settings: &EqualizerSettings,
    transform: &PlotTransform,
    height: f32,
    is_list: bool,
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
    if is_list {
        let area = Rect::from_min_max(pos2(frame.left(), area.top()), area.max);
        band_table::show(ui, area, settings, &mut changed, actions);
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

/// "+3.5", "−12.0", "0".
pub(crate) fn signed(gain_db: f64) -> String {
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
    use dsp::equalizer::{ChannelTarget, GraphicCurve};

    #[test]
    fn sliders_show_octave_bells_and_nothing_else() {
        let ten = EqualizerSettings::ten_bands();
        assert!(fits_sliders(&ten));
        let with = |change: &dyn Fn(&mut EqualizerBand)| {
            let mut settings = ten.clone();
            change(&mut settings.bands[4]);
            fits_sliders(&settings)
        };
        assert!(with(&|band| band.filter.gain_db = -12.0));
        assert!(!with(&|band| band.filter.gain_db = 12.5));
        assert!(!with(&|band| band.filter.q = 0.7));
        assert!(!with(&|band| band.enabled = false));
        assert!(!with(&|band| band.target = ChannelTarget::Side));
        let curve = Some(GraphicCurve::default());
        assert!(!fits_sliders(&EqualizerSettings { curve, ..ten }));
    }

    #[test]
    fn gains_are_written_with_their_sign() {
        assert_eq!(signed(3.5), "+3.5");
        assert_eq!(signed(-12.0), "\u{2212}12.0");
        assert_eq!(signed(0.04), "0");
    }
}
