//! The live spectrum with the equalizer's true response over it.

use crate::ui::theme::Palette;
use crate::ui::theme::fonts;
use crate::ui::widgets::frequency::{self, HIGHEST_HZ, LABELLED_HZ, LOWEST_HZ};
use ::presets::automatic_preamp;
use dsp::equalizer::EqualizerSettings;
use dsp::units::Decibels;
use eframe::egui::{
    Align2, Color32, CornerRadius, Id, Rect, Role, Sense, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2,
};
use egui_plot::{
    AxisHints, GridInput, GridMark, HLine, HPlacement, Line, Plot, PlotBounds, PlotPoint,
    PlotPoints, PlotTransform, VPlacement,
};
use engine::analysis::SpectrumFrame;
use std::sync::Arc;

/// The lowest level on the axis, in dBFS; the highest is 0.
const FLOOR_DBFS: f64 = -90.0;
/// Grid of the level axis, in dB.
const LEVEL_STEP_DB: f64 = 15.0;
/// The equalizer's scale runs this far either way over the same height, in dB.
const GAIN_RANGE_DB: f64 = 18.0;
/// Room left and right of the plot for its scales, in points.
pub(crate) const SCALE_WIDTH: f32 = 40.0;
/// Points on the response curve.
const CURVE_POINTS: usize = 256;

/// The response curve, worked out anew only when something changed.
#[derive(Default)]
pub(crate) struct ResponseCurve {
    settings: Option<EqualizerSettings>,
    sample_rate_hz: f64,
    points: Vec<PlotPoint>,
    headroom: Decibels,
}

impl ResponseCurve {
    /// Takes in the settings and the rate the device runs at.
    pub(crate) fn update(&mut self, settings: &EqualizerSettings, sample_rate_hz: f64) {
        if self.settings.as_ref() == Some(settings) && self.sample_rate_hz == sample_rate_hz {
            return;
        }
        let (low, high) = (LOWEST_HZ.log10(), HIGHEST_HZ.log10());
        let xs: Vec<f64> = (0..CURVE_POINTS)
            .map(|n| low + (high - low) * n as f64 / (CURVE_POINTS - 1) as f64)
            .collect();
        let frequencies: Vec<f64> = xs.iter().map(|&x| 10.0_f64.powf(x)).collect();
        let gains = settings.curve_db(&frequencies, sample_rate_hz);
        let points = xs.iter().zip(gains);
        self.points = without_straights(points.map(|(&x, gain)| [x, level_of_gain(gain)]));
        self.headroom = automatic_preamp(settings, sample_rate_hz);
        self.settings = Some(settings.clone());
        self.sample_rate_hz = sample_rate_hz;
    }

    /// The preamp that keeps it from rising above 0 dB.
    pub(crate) fn headroom(&self) -> Decibels {
        self.headroom
    }
}

/// The same line with fewer points: those that stand on the way between their neighbours are left out.
fn without_straights(points: impl Iterator<Item = [f64; 2]>) -> Vec<PlotPoint> {
    /// Far less than a pixel, in dB of the level axis.
    const STRAIGHT_DB: f64 = 0.02;
    let mut kept: Vec<[f64; 2]> = Vec::new();
    let mut skipped: Vec<[f64; 2]> = Vec::new();
    for point in points {
        if let Some(&[x, y]) = kept.last() {
            let slope = (point[1] - y) / (point[0] - x);
            let is_straight = skipped
                .iter()
                .all(|between| (y + slope * (between[0] - x) - between[1]).abs() < STRAIGHT_DB);
            if !is_straight {
                kept.extend(skipped.last());
                skipped.clear();
            }
            skipped.push(point);
        } else {
            kept.push(point);
        }
    }
    kept.extend(skipped.last());
    kept.into_iter().map(PlotPoint::from).collect()
}

/// Where a gain stands on the level axis.
fn level_of_gain(gain_db: f64) -> f64 {
    FLOOR_DBFS / 2.0 + gain_db / GAIN_RANGE_DB * -FLOOR_DBFS / 2.0
}

fn gain_of_level(level_db: f64) -> f64 {
    (level_db - FLOOR_DBFS / 2.0) * GAIN_RANGE_DB / (-FLOOR_DBFS / 2.0)
}

/// Draws the plot `height` points high; returns where its axes stand.
pub(crate) fn show(
    ui: &mut Ui,
    height: f32,
    spectrum: &SpectrumFrame,
    curve: Option<(&ResponseCurve, &EqualizerSettings)>,
) -> PlotTransform {
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
        // The lowest label would stand in the way of the lowest frequency.
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
            let response = Line::new("Equalizer", PlotPoints::Owned(curve.points.clone()))
                .stroke(Stroke::new(2.5, colour))
                .allow_hover(false);
            plot.line(response);
        }
    });
    let name = "Spectrum";
    shown
        .response
        .widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
    readout(ui, &shown.response, &shown.transform, spectrum, curve);
    shown.transform
}

// Quiet parts fade into the ground.
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
    transform: &PlotTransform,
    spectrum: &SpectrumFrame,
    curve: Option<(&ResponseCurve, &EqualizerSettings)>,
) {
    let frame = *transform.frame();
    let Some(at) = response.hover_pos().filter(|at| frame.contains(*at)) else {
        return;
    };
    let palette = Palette::of(ui);
    let hz = 10.0_f64.powf(transform.value_from_position(at).x);
    let mut words = frequency::long(hz);
    let nearest = spectrum
        .centres_hz
        .iter()
        .position(|&centre| f64::from(centre) >= hz);
    if let Some(level) = nearest.and_then(|band| spectrum.levels_db.get(band)) {
        words.push_str(&format!("   {} dBFS", minus((*level).into(), false)));
    }
    if let Some((curve, settings)) = curve.filter(|(_, settings)| settings.enabled) {
        let gain = settings.response_db(hz, curve.sample_rate_hz);
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

#[cfg(test)]
mod tests {
    use super::*;
    use dsp::equalizer::GraphicCurve;

    #[test]
    fn the_gain_scale_covers_the_level_axis() {
        assert_eq!(level_of_gain(0.0), -45.0);
        assert_eq!(level_of_gain(GAIN_RANGE_DB), 0.0);
        for gain in [-18.0, -6.0, 3.5, 12.0] {
            assert!((gain_of_level(level_of_gain(gain)) - gain).abs() < 1e-9);
        }
    }

    /// What a line through `points` has at `x`.
    fn level_at(points: &[PlotPoint], x: f64) -> f64 {
        let next = points.iter().position(|point| point.x >= x).unwrap();
        let (from, to) = (points[next.max(1) - 1], points[next.max(1)]);
        from.y + (to.y - from.y) * (x - from.x) / (to.x - from.x)
    }

    #[test]
    fn points_on_the_way_are_left_out_and_the_line_stays() {
        let xs = (0..CURVE_POINTS).map(|n| n as f64 / 64.0);
        let flat = without_straights(xs.clone().map(|x| [x, -45.0]));
        assert_eq!(flat.len(), 2);
        let bell = |x: f64| -45.0 + 20.0 * (-20.0 * (x - 2.0).powi(2)).exp();
        let kept = without_straights(xs.clone().map(|x| [x, bell(x)]));
        assert!(kept.len() < CURVE_POINTS / 2, "{} points", kept.len());
        for x in xs {
            let off = level_at(&kept, x) - bell(x);
            assert!(off.abs() < 0.05, "{off} dB at {x}");
        }
        assert!(without_straights(std::iter::empty()).is_empty());
        assert_eq!(without_straights([[1.0, 2.0]].into_iter()).len(), 1);
    }

    #[test]
    fn the_curve_is_the_response_of_the_running_filters() {
        let mut settings = EqualizerSettings::ten_bands();
        settings.bands[5].filter.gain_db = 6.0;
        let mut curve = ResponseCurve::default();
        curve.update(&settings, 48_000.0);
        let top = curve
            .points
            .iter()
            .max_by(|a, b| a.y.total_cmp(&b.y))
            .unwrap();
        assert!((top.x - 3.0).abs() < 0.01, "the bell stands at 1 kHz");
        assert!((gain_of_level(top.y) - 6.0).abs() < 0.05);
        assert!((-6.1..=-6.0).contains(&curve.headroom().0));
        let mid = |curve: &ResponseCurve| gain_of_level(level_at(&curve.points, 2.8));
        let before = mid(&curve);
        settings.curve = Some(GraphicCurve {
            points: vec![(100.0, -3.0)],
        });
        curve.update(&settings, 48_000.0);
        assert!(
            (mid(&curve) - before + 3.0).abs() < 0.01,
            "the free curve counts"
        );
        settings.enabled = false;
        curve.update(&settings, 48_000.0);
        assert!(
            curve
                .points
                .iter()
                .all(|point| point.y == level_of_gain(0.0))
        );
    }
}
