//! One band in a row: on or off, type, frequency, gain or slope, Q, channels.

use crate::ui::theme::Palette;
use crate::ui::theme::icons;
use crate::ui::theme::metrics::{BAND_ROW_HEIGHT, CORNER};
use crate::ui::widgets::frequency;
use crate::ui::widgets::icon_button::{IconButton, focus_ring};
use dsp::equalizer::{ChannelTarget, EqualizerBand};
use dsp::filter::{FilterKind, PassSlope};
use eframe::egui::{
    Align, Checkbox, ComboBox, DragValue, Layout, Response, Sense, Ui, UiBuilder, vec2,
};

/// Widths of the cells of a row, in points.
pub(crate) struct Columns {
    on: f32,
    kind: f32,
    frequency: f32,
    gain: f32,
    q: f32,
    channels: f32,
    /// Lists have an arrow.
    has_arrows: bool,
}

pub(crate) const ROOMY: Columns = Columns {
    on: 24.0,
    kind: 104.0,
    frequency: 80.0,
    gain: 96.0,
    q: 64.0,
    channels: 64.0,
    has_arrows: true,
};
/// For the smallest window beside the queue.
pub(crate) const TIGHT: Columns = Columns {
    on: 20.0,
    kind: 68.0,
    frequency: 66.0,
    gain: 66.0,
    q: 54.0,
    channels: 38.0,
    has_arrows: false,
};

const FREQUENCIES_HZ: std::ops::RangeInclusive<f64> = 1.0..=100_000.0;
const GAINS_DB: std::ops::RangeInclusive<f64> = -60.0..=60.0;
const QS: std::ops::RangeInclusive<f64> = 0.05..=100.0;

const KINDS: [(FilterKind, &str); 8] = [
    (FilterKind::Peak, "Bell"),
    (FilterKind::LowShelf, "Low shelf"),
    (FilterKind::HighShelf, "High shelf"),
    (FilterKind::LowPass, "Low pass"),
    (FilterKind::HighPass, "High pass"),
    (FilterKind::BandPass, "Band pass"),
    (FilterKind::Notch, "Notch"),
    (FilterKind::AllPass, "All pass"),
];
const TARGETS: [(ChannelTarget, &str, &str); 5] = [
    (ChannelTarget::Both, "Both", "Both channels"),
    (ChannelTarget::Left, "L", "Left"),
    (ChannelTarget::Right, "R", "Right"),
    (ChannelTarget::Mid, "M", "Mid"),
    (ChannelTarget::Side, "S", "Side"),
];

/// Whether a kind has a slope.
pub(crate) fn is_pass(kind: FilterKind) -> bool {
    matches!(kind, FilterKind::LowPass | FilterKind::HighPass)
}

pub(crate) fn remove_button(ui: &mut Ui, name: &str) -> bool {
    let button = IconButton::new(icons::X, name, "Remove")
        .side(BAND_ROW_HEIGHT)
        .icon_size(13.0)
        .show(ui);
    seen(ui, &button);
    button.clicked()
}

// Scrolls a control that gets the keyboard focus into view.
fn seen(ui: &Ui, response: &Response) {
    focus_ring(ui, response, CORNER.into());
    if response.gained_focus() {
        response.scroll_to_me(None);
    }
}

/// Draws a band; returns whether it is to be removed.
pub(crate) fn show(
    ui: &mut Ui,
    columns: &Columns,
    number: usize,
    band: &mut EqualizerBand,
) -> bool {
    let label = |what: &str| format!("Band {number} {what}");
    let on = cell(ui, columns.on, |ui| {
        ui.add(Checkbox::without_text(&mut band.enabled))
    });
    seen(
        ui,
        &on.accessible_name(label("on")).on_hover_text("In circuit"),
    );
    if !band.enabled {
        ui.visuals_mut().override_text_color = Some(Palette::of(ui).faint);
    }
    let filter = &mut band.filter;
    let list = |name: &str, width: f32| List {
        name: label(name),
        width,
        has_arrow: columns.has_arrows,
    };

    let kind = KINDS.iter().find(|(kind, _)| *kind == filter.kind);
    let kind = kind.map_or("", |(_, name)| name);
    list("type", columns.kind).show(ui, kind, |ui| {
        for (kind, name) in KINDS {
            ui.selectable_value(&mut filter.kind, kind, name);
        }
    });
    let speed = filter.frequency_hz * 0.008;
    let frequency = DragValue::new(&mut filter.frequency_hz)
        .range(FREQUENCIES_HZ)
        .speed(speed)
        .suffix(" Hz")
        .custom_formatter(|hz, _| format!("{}", (hz * 100.0).round() / 100.0))
        .custom_parser(frequency::parse);
    value(ui, frequency, columns.frequency, label("frequency"));
    if is_pass(filter.kind) {
        let name = |slope: PassSlope| format!("{} dB/oct", slope.db_per_octave());
        list("slope", columns.gain).show(ui, &name(filter.slope), |ui| {
            for slope in PassSlope::all() {
                ui.selectable_value(&mut filter.slope, slope, name(slope));
            }
        });
    } else if filter.kind.has_gain() {
        let gain = DragValue::new(&mut filter.gain_db)
            .range(GAINS_DB)
            .speed(0.05)
            .suffix(" dB")
            .custom_formatter(|gain_db, _| written_gain(gain_db))
            .custom_parser(decimal);
        value(ui, gain, columns.gain, label("gain"));
    } else {
        cell(ui, columns.gain, |_| ());
    }
    // The Butterworth cascades behind the other slopes have Qs of their own.
    if !is_pass(filter.kind) || filter.slope == PassSlope::SECOND_ORDER {
        let (speed, before) = (filter.q * 0.01, filter.q);
        let q = DragValue::new(&mut filter.q)
            .range(QS)
            .speed(speed)
            .fixed_decimals(2)
            .prefix("Q ")
            .custom_parser(decimal);
        value(ui, q, columns.q, label("Q"));
        if filter.q != before {
            filter.bandwidth_octaves = None;
        }
    } else {
        cell(ui, columns.q, |_| ());
    }

    let target = TARGETS.iter().find(|(target, ..)| *target == band.target);
    let target = target.map_or("", |(_, name, _)| name);
    list("channels", columns.channels).show(ui, target, |ui| {
        for (target, _, name) in TARGETS {
            ui.selectable_value(&mut band.target, target, name);
        }
    });
    remove_button(ui, &format!("Remove band {number}"))
}

// A cell as wide as its column, so that columns are aligned.
fn cell<R>(ui: &mut Ui, width: f32, add: impl FnOnce(&mut Ui) -> R) -> R {
    let (rect, _) = ui.allocate_exact_size(vec2(width, BAND_ROW_HEIGHT), Sense::hover());
    let layout = Layout::left_to_right(Align::Center);
    add(&mut ui.new_child(UiBuilder::new().max_rect(rect).layout(layout)))
}

/// A button with a list of choices behind it.
struct List {
    name: String,
    width: f32,
    has_arrow: bool,
}

impl List {
    fn show(self, ui: &mut Ui, chosen: &str, choices: impl FnOnce(&mut Ui)) {
        let list = cell(ui, self.width, |ui| {
            let mut list = ComboBox::from_id_salt(&self.name)
                .width(self.width)
                .selected_text(chosen)
                .truncate();
            if !self.has_arrow {
                (ui.spacing_mut().icon_width, ui.spacing_mut().icon_spacing) = (0.0, 0.0);
                list = list.icon(|_, _, _, _| {});
            }
            list.show_ui(ui, |ui| {
                ui.set_min_width(112.0);
                choices(ui);
            })
        });
        seen(ui, &list.response.accessible_name(self.name));
    }
}

// A typed value is set with Enter, not with each digit: "1" is not yet "1000".
fn value(ui: &mut Ui, value: DragValue<'_>, width: f32, name: String) {
    let value = value
        .update_while_editing(false)
        .clamp_existing_to_range(false);
    let response = cell(ui, width, |ui| {
        ui.add_sized(vec2(width, BAND_ROW_HEIGHT), value)
    });
    let hint = "Drag, or click and type";
    seen(ui, &response.accessible_name(name).on_hover_text(hint));
}

/// "+6.5", "−2.75", "0.0".
fn written_gain(gain_db: f64) -> String {
    let rounded = (gain_db * 100.0).round() / 100.0;
    let digits = if (rounded * 10.0).fract() == 0.0 {
        1
    } else {
        2
    };
    match rounded {
        db if db > 0.0 => format!("+{db:.digits$}"),
        db if db < 0.0 => format!("\u{2212}{:.digits$}", -db),
        _ => "0.0".to_owned(),
    }
}

/// Reads a number with either minus sign, a comma or a point, with or without a unit.
fn decimal(text: &str) -> Option<f64> {
    let text = text
        .to_lowercase()
        .replace('\u{2212}', "-")
        .replace(',', ".");
    let number = text
        .trim()
        .trim_start_matches('q')
        .trim_end_matches("db")
        .trim();
    number.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gains_are_read_as_they_are_written() {
        for gain_db in [0.0, 6.5, -2.75, 12.0, -0.1] {
            assert_eq!(decimal(&written_gain(gain_db)), Some(gain_db));
        }
        assert_eq!(decimal("-3,5 dB"), Some(-3.5));
        assert_eq!(decimal("Q 0,7"), Some(0.7));
        assert_eq!(written_gain(-2.75), "\u{2212}2.75");
    }
}
