//! Mute button and volume slider.

use crate::ui::action::Actions;
use crate::ui::keymap;
use crate::ui::theme::Palette;
use crate::ui::theme::icons;
use crate::ui::transport::action::PlaybackAction;
use crate::ui::widgets::fader::{Direction, Fader};
use crate::ui::widgets::icon_button::{IconButton, focus_ring};
use dsp::units::{Decibels, volume_gain};
use eframe::egui::{CornerRadius, Rect, Sense, Ui, pos2, vec2};

/// The level in words: "72 %, −8.6 dB".
pub(crate) fn describe(volume: f32) -> String {
    let percent = (volume * 100.0).round();
    let level = Decibels::from_gain(volume_gain(volume)).0;
    if level == f32::NEG_INFINITY {
        format!("{percent} %, silent")
    } else if level == 0.0 {
        format!("{percent} %, 0 dB")
    } else {
        format!("{percent} %, \u{2212}{:.1} dB", level.abs())
    }
}

/// Draws both; the slider is `width` points long.
pub(crate) fn show(ui: &mut Ui, volume: f32, is_muted: bool, width: f32, actions: &mut Actions) {
    let icon = match (is_muted, volume) {
        (true, _) | (false, 0.0) => icons::SPEAKER_X,
        (false, ..0.5) => icons::SPEAKER_LOW,
        _ => icons::SPEAKER_HIGH,
    };
    if IconButton::new(icon, "Mute", "Mute")
        .key(keymap::key_of(&PlaybackAction::ToggleMute.into()))
        .on(is_muted)
        .show(ui)
        .clicked()
    {
        actions.push(PlaybackAction::ToggleMute.into());
    }
    let (rect, response) = ui.allocate_exact_size(vec2(width, 32.0), Sense::click_and_drag());
    let rail = Rect::from_center_size(rect.center(), vec2(width - 14.0, 4.0));
    let fader = Fader {
        name: "Volume",
        range: 0.0..=1.0,
        step: 0.02,
        page: 0.1,
        grain: 0.01,
        direction: Direction::Right,
    };
    if let Some(wanted) = fader.input(ui, &response, rail, f64::from(volume)) {
        actions.push(PlaybackAction::SetVolume(wanted as f32).into());
    }
    let palette = Palette::of(ui);
    let x = fader.position(f64::from(volume), rail);
    let ink = if is_muted {
        palette.faint
    } else {
        palette.text
    };
    let painter = ui.painter();
    painter.rect_filled(rail, CornerRadius::same(2), palette.rail);
    painter.rect_filled(
        Rect::from_min_max(rail.min, pos2(x, rail.bottom())),
        CornerRadius::same(2),
        ink,
    );
    let radius = if response.hovered() || response.dragged() {
        7.0
    } else {
        6.0
    };
    painter.circle_filled(pos2(x, rail.center().y), radius, ink);
    focus_ring(ui, &response, 6.0);
    let state = if is_muted { "Muted. " } else { "" };
    response.on_hover_text(format!("Volume: {state}{}", describe(volume)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_is_described_in_percent_and_decibels() {
        assert_eq!(describe(1.0), "100 %, 0 dB");
        assert_eq!(describe(0.5), "50 %, \u{2212}18.1 dB");
        assert_eq!(describe(0.0), "0 %, silent");
    }
}
