//! The live spectrum with the equalizer's true response over it.

pub(crate) mod response_curve;

use crate::ui::action::Actions;
use crate::ui::pane::{Height, Pane, PaneContext, Place};
use crate::ui::theme::Palette;
use crate::ui::theme::fonts;
use crate::ui::theme::metrics::SCALE_WIDTH;
use crate::ui::widgets::frequency;
use crate::ui::widgets::frequency_axis::{FrequencyAxis, HIGHEST_HZ, LABELLED_HZ, LOWEST_HZ};
use dsp::equalizer::EqualizerSettings;
use eframe::egui::{
    Align2, Color32, CornerRadius, Id, Rect, Role, Sense, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2,
};
use egui_plot::{
    AxisHints, GridInput, GridMark, HLine, HPlacement, Line, Plot, PlotBounds, PlotPoint,
    PlotPoints, VPlacement,
};
use engine::analysis::SpectrumFrame;
use response_curve::{FLOOR_DBFS, GAIN_RANGE_DB, ResponseCurve, gain_of_level, level_of_gain};
use std::sync::Arc;

/// Grid of the level axis, in dB.
const LEVEL_STEP_DB: f64 = 15.0;

/// The plot is not drawn lower than this, in points.
const MIN_HEIGHT: f32 = 64.0;

/// The spectrum of what is audible.
pub(crate) struct SpectrumPane;

impl Pane for SpectrumPane {
    fn name(&self) -> &'static str {
        "spectrum"
    }

    fn place(&self, context: &PaneContext<'_>, _room: Vec2) -> Place {
        if context.is_empty() {
            Place::Hidden
        } else {
            Place::Column(Height::Rest { least: MIN_HEIGHT })
        }
    }

    fn show(&mut self, ui: &mut Ui, context: &mut PaneContext<'_>, _actions: &mut Actions) {
        let (curve, equalizer) = (context.curve, &context.shown.equalizer);
        let has_equalizer = context.settings.show_equalizer;
        let spectrum = context.backend.spectrum();
        context.is_moving |= !spectrum.is_at_rest;
        let curve = has_equalizer.then_some((curve, equalizer));
        context.axis = Some(show(ui, context.height, spectrum, curve));
    }
}

// Draws the plot `height` points high; returns where frequencies stand in it.
fn show(
    ui: &mut Ui,
    height: f32,
    spectrum: &SpectrumFrame,
    curve: Option<(&ResponseCurve, &EqualizerSettings)>,
) -> FrequencyAxis {
    let palette = Palette::of(ui);
    let scale = |placement: HPlacement| {
        AxisHints::new_y()
            .placement(placement)
            .min_thickness(SCALE_WIDTH)
            .tick_label_font(fonts::text(fonts::size::TINY))
            .tick_label_color(palette.faint)
            .label_spacing(8.0..=12.0)
    };
    let levels = scale(HPlacement::Left).formatter(|mark, _| {
        // The lowest label would cover that of the lowest frequency.
        if mark.value <= FLOOR_DBFS {
            String::new()
        } else {
            minus(mark.value, false)
        }
    });
    let gains = scale(HPlacement::Right).formatter(|mark, _| {
        let gain = gain_of_level(mark.value);
        if gain.abs() > GAIN_RANGE_DB - 0.1 {
            String::new()
        } else {
            minus(gain, true)
        }
    });
    let frequencies = AxisHints::new_x()
        .placement(VPlacement::Bottom)
        .formatter(|mark, _| frequency_label(mark))
        .tick_label_font(fonts::text(fonts::size::TINY))
        .tick_label_color(palette.faint)
        .label_spacing(8.0..=12.0);
    let y_axes = if curve.is_some() {
        vec![levels, gains]
    } else {
        vec![levels]
    };
    let plot = Plot::new("spectrum")
        .id(Id::unique("spectrum plot"))
        .height(height)
        .show_background(false)
        .show_x(false)
        .show_y(false)
        .allow_zoom(false)
        .allow_drag(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_double_click_reset(false)
        .allow_axis_zoom_drag(false)
        .set_margin_fraction(Vec2::ZERO)
        .sense(Sense::hover())
        .show_crosshair(false)
        .grid_color(palette.rail)
        .x_grid_spacer(frequency_grid)
        .y_grid_spacer(level_grid)
        .custom_x_axes(vec![frequencies])
        .custom_y_axes(y_axes)
        .label_formatter(|_| None);
    let shown = plot.show(ui, |plot| {
        plot.set_plot_bounds(PlotBounds::from_min_max(
            [LOWEST_HZ.log10(), FLOOR_DBFS],
            [HIGHEST_HZ.log10(), 0.0],
        ));
        plot.set_auto_bounds(false);
        let levels = Line::new("Level", series(spectrum, &spectrum.levels_db))
            .gradient_color(
                Arc::new(move |point| shade(palette.spectrum, point.y)),
                true,
            )
            .stroke(Stroke::new(1.25, palette.spectrum))
            .fill(FLOOR_DBFS as f32)
            .fill_alpha(0.26)
            .allow_hover(false);
        plot.line(levels);
        let peaks = Line::new("Peak", series(spectrum, &spectrum.peaks_db))
            .stroke(Stroke::new(1.0, palette.spectrum.gamma_multiply(0.75)))
            .allow_hover(false);
        plot.line(peaks);
        if let Some((curve, settings)) = curve {
            let colour = if settings.enabled {
                palette.accent
            } else {
                palette.faint
            };
            let zero = HLine::new("0 dB", level_of_gain(0.0))
                .stroke(Stroke::new(1.0, palette.faint.gamma_multiply(0.5)))
                .allow_hover(false);
            plot.hline(zero);
            let response = Line::new("Equalizer", PlotPoints::from(curve.points().to_vec()))
                .stroke(Stroke::new(2.5, colour))
                .allow_hover(false);
            plot.line(response);
        }
    });
    let name = "Spectrum";
    shown
        .response
        .widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
    let frame = *shown.transform.frame();
    let axis = FrequencyAxis::over(frame.x_range());
    readout(ui, &shown.response, frame, axis, spectrum, curve);
    axis
}

// Quiet parts are paler.
fn shade(colour: Color32, level_db: f64) -> Color32 {
    let strength = ((level_db - FLOOR_DBFS) / -FLOOR_DBFS).clamp(0.0, 1.0) as f32;
    colour.gamma_multiply(0.55 + 0.45 * strength)
}

fn series<'a>(spectrum: &SpectrumFrame, levels_db: &[f32]) -> PlotPoints<'a> {
    let point = |(&hz, &level): (&f32, &f32)| {
        PlotPoint::new(f64::from(hz).log10(), f64::from(level).max(FLOOR_DBFS))
    };
    PlotPoints::Owned(
        spectrum
            .centres_hz
            .iter()
            .zip(levels_db)
            .map(point)
            .collect(),
    )
}

/// A whole number with a real minus sign.
fn minus(value: f64, with_plus: bool) -> String {
    let value = value.round();
    match value {
        v if v < 0.0 => format!("\u{2212}{}", -v),
        v if v > 0.0 && with_plus => format!("+{v}"),
        v => format!("{}", v.abs()),
    }
}

const LABELLED_STEP: f64 = 0.3;
const MINOR_STEP: f64 = 0.04;

fn frequency_grid(_: GridInput) -> Vec<GridMark> {
    let decades = [10.0, 100.0, 1e3, 10e3];
    decades
        .into_iter()
        .flat_map(|decade| (1..10).map(move |n| f64::from(n) * decade))
        .filter(|hz| (LOWEST_HZ..=HIGHEST_HZ).contains(hz))
        .map(|hz| {
            let step_size = if LABELLED_HZ.contains(&hz) {
                LABELLED_STEP
            } else {
                MINOR_STEP
            };
            GridMark {
                value: hz.log10(),
                step_size,
            }
        })
        .collect()
}

fn frequency_label(mark: GridMark) -> String {
    let hz = 10.0_f64.powf(mark.value);
    let labelled = LABELLED_HZ
        .iter()
        .find(|known| (*known / hz - 1.0).abs() < 1e-6);
    labelled.map(|&hz| frequency::short(hz)).unwrap_or_default()
}

fn level_grid(_: GridInput) -> Vec<GridMark> {
    let count = (-FLOOR_DBFS / LEVEL_STEP_DB) as i32;
    (0..=count)
        .map(|n| GridMark {
            value: -f64::from(n) * LEVEL_STEP_DB,
            step_size: LEVEL_STEP_DB,
        })
        .collect()
}

// Frequency, level and gain under the pointer, in words.
fn readout(
    ui: &Ui,
    response: &eframe::egui::Response,
    frame: Rect,
    axis: FrequencyAxis,
    spectrum: &SpectrumFrame,
    curve: Option<(&ResponseCurve, &EqualizerSettings)>,
) {
    let Some(at) = response.hover_pos().filter(|at| frame.contains(*at)) else {
        return;
    };
    let palette = Palette::of(ui);
    let hz = axis.hz(at.x);
    let mut words = frequency::long(hz);
    let nearest = spectrum
        .centres_hz
        .iter()
        .position(|&centre| f64::from(centre) >= hz);
    if let Some(level) = nearest.and_then(|band| spectrum.levels_db.get(band)) {
        words.push_str(&format!("   {} dBFS", minus((*level).into(), false)));
    }
    if let Some((curve, settings)) = curve.filter(|(_, settings)| settings.enabled) {
        let gain = settings.response_db(hz, curve.sample_rate_hz());
        let sign = if gain < -0.05 { "\u{2212}" } else { "+" };
        words.push_str(&format!("   EQ {sign}{:.1} dB", gain.abs()));
    }
    let painter = ui.painter_at(frame);
    painter.vline(
        at.x,
        frame.y_range(),
        Stroke::new(1.0, palette.faint.gamma_multiply(0.6)),
    );
    let galley = painter.layout_no_wrap(words, fonts::text(fonts::size::SMALL), palette.text);
    let size = galley.size() + vec2(16.0, 8.0);
    let left = (at.x + 10.0)
        .min(frame.right() - size.x - 4.0)
        .max(frame.left() + 4.0);
    let rect = Rect::from_min_size(pos2(left, frame.top() + 6.0), size);
    painter.rect_filled(rect, CornerRadius::same(6), palette.raised);
    painter.galley(
        Align2::CENTER_CENTER
            .align_size_within_rect(galley.size(), rect)
            .min,
        galley,
        palette.text,
    );
}
