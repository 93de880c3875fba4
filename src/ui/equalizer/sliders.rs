//! The equalizer: one slider per band, each under its frequency on the plot above.

use crate::ui::action::Actions;
use crate::ui::equalizer::action::EqualizerAction;
use crate::ui::equalizer::band_table;
use crate::ui::equalizer::ten_bands::is_list;
use crate::ui::pane::{Height, Pane, PaneContext, Place};
use crate::ui::theme::Palette;
use crate::ui::theme::fonts;
use crate::ui::theme::metrics::SCALE_WIDTH;
use crate::ui::widgets::fader::{Direction, Fader};
use crate::ui::widgets::frequency;
use crate::ui::widgets::frequency_axis::FrequencyAxis;
use crate::ui::widgets::gain::signed;
use crate::ui::widgets::icon_button::focus_ring;
use dsp::equalizer::{BAND_RANGE_DB, EqualizerSettings};
use dsp::units::Decibels;
use eframe::egui::{
    Align2, Color32, CornerRadius, Id, Rect, Sense, Stroke, StrokeKind, Ui, Vec2, pos2, vec2,
};

/// Lowest and highest preamp, in dB.
const PREAMP_RANGE_DB: (f64, f64) = (-24.0, 12.0);
/// One notch of the wheel, one arrow key, in dB.
const STEP_DB: f64 = 0.5;
/// PageUp and PageDown, in dB.
const PAGE_DB: f64 = 3.0;

/// The sliders, or the list of bands, below the spectrum.
pub(crate) struct SlidersPane;

impl Pane for SlidersPane {
    fn name(&self) -> &'static str {
        "equalizer"
    }

    fn place(&self, context: &PaneContext<'_>, _room: Vec2) -> Place {
        if context.is_empty() || !context.settings.show_equalizer {
            return Place::Hidden;
        }
        let (of_room, range) = if is_list(context.settings.show_bands, &context.shown.equalizer) {
            (0.55, 112.0..=360.0)
        } else {
            (0.4, 88.0..=232.0)
        };
        Place::Column(Height::Share { of_room, range })
    }

    fn show(&mut self, ui: &mut Ui, context: &mut PaneContext<'_>, actions: &mut Actions) {
        // Without a spectrum above, the sliders keep their order over the width there is.
        let axis = context
            .axis
            .unwrap_or_else(|| FrequencyAxis::over(ui.max_rect().shrink(SCALE_WIDTH).x_range()));
        let equalizer = &context.shown.equalizer;
        let is_list = is_list(context.settings.show_bands, equalizer);
        sliders(ui, equalizer, axis, context.height, is_list, actions);
    }
}

// Draws preamp and bands over `height` points: the bands as sliders under their frequency on `axis`, or
// as a list.
fn sliders(
    ui: &mut Ui,
    settings: &EqualizerSettings,
    axis: FrequencyAxis,
    height: f32,
    is_list: bool,
    actions: &mut Actions,
) {
    let width = ui.available_width();
    let (area, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
    let mut changed = settings.clone();
    let octave = axis.octave();
    let lane = |x: f32, width: f32| {
        Rect::from_min_max(
            pos2(x - width / 2.0, area.top()),
            pos2(x + width / 2.0, area.bottom()),
        )
    };
    let preamp_width = (axis.left() - area.left()).clamp(32.0, 48.0);
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
        let area = Rect::from_min_max(pos2(axis.left(), area.top()), area.max);
        band_table::show(ui, area, settings, &mut changed, actions);
    } else {
        for (index, band) in settings.bands.iter().enumerate() {
            let hz = band.filter.frequency_hz;
            let x = axis.x(hz);
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
        actions.push(EqualizerAction::Set(changed).into());
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
