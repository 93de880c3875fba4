//! The menu of the stages behind the equalizer: crossfeed, balance, mono, swapped sides, limiter.

use crate::ui::action::Actions;
use crate::ui::menus::parts::{WIDTH, heading, slider};
use crate::ui::theme::icons;
use crate::ui::transport::action::PlaybackAction;
use crate::ui::widgets::fader::{Direction, Fader};
use crate::ui::widgets::icon_button::IconButton;
use dsp::crossfeed::CrossfeedSettings;
use eframe::egui::{Button, Checkbox, Popup, PopupCloseBehavior, RichText, Ui, vec2};
use engine::status::OutputStages;

/// The slider snaps to the centre within this distance.
const DETENT: f64 = 0.04;
const CROSSFEEDS: [(&str, CrossfeedSettings); 3] = [
    ("Default", CrossfeedSettings::DEFAULT),
    ("Chu Moy", CrossfeedSettings::CHU_MOY),
    ("Jan Meier", CrossfeedSettings::JAN_MEIER),
];

/// Draws the button and, when open, its menu.
pub(crate) fn show(ui: &mut Ui, sound: OutputStages, actions: &mut Actions) {
    let hint = "Crossfeed, balance, mono, limiter";
    let button = IconButton::new(icons::HEADPHONES, "Sound", hint)
        .side(28.0)
        .icon_size(18.0)
        .on(!is_neutral(&sound))
        .show(ui);
    Popup::menu(&button)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .show(|ui| {
            let mut changed = sound;
            ui.set_width(WIDTH - 24.0);
            ui.spacing_mut().item_spacing = vec2(4.0, 4.0);
            ui.add_space(2.0);
            crossfeed(ui, &mut changed.crossfeed);
            ui.add_space(8.0);
            balance(ui, &mut changed.balance.balance);
            ui.add_space(4.0);
            let mut check = |words: &str, hint: &str, value: &mut bool| {
                let words = RichText::new(words).size(13.0);
                ui.add(Checkbox::new(value, words)).on_hover_text(hint);
            };
            let balance = &mut changed.balance;
            check("Mono", "Both sides play their mean", &mut balance.mono);
            check(
                "Swap left and right",
                "For headphones worn the other way round",
                &mut balance.swapped,
            );
            let limiter = "Holds peaks below full scale where equalizer or crossfeed raise them";
            check("Limiter", limiter, &mut changed.limiter);
            ui.add_space(2.0);
            if changed != sound {
                actions.push(PlaybackAction::SetStages(changed).into());
            }
        });
}

fn is_neutral(sound: &OutputStages) -> bool {
    let neutral = OutputStages::default();
    sound.crossfeed.amount == 0.0
        && sound.balance == neutral.balance
        && sound.limiter == neutral.limiter
}

fn crossfeed(ui: &mut Ui, crossfeed: &mut CrossfeedSettings) {
    let is_on = crossfeed.amount > 0.0;
    let percent = format!("{:.0} %", crossfeed.amount * 100.0);
    heading(ui, "Crossfeed", if is_on { &percent } else { "Off" });
    ui.horizontal(|ui| {
        ui.spacing_mut().button_padding = vec2(10.0, 4.0);
        let mut choice = |name: &str, is_chosen: bool| {
            let words = RichText::new(name).size(13.0);
            let button = ui.add(Button::new(words).selected(is_chosen).frame(true));
            button
                .accessible_name(format!("Crossfeed {name}"))
                .clicked()
        };
        if choice("Off", !is_on) {
            crossfeed.amount = 0.0;
        }
        for (name, preset) in CROSSFEEDS {
            let is_same =
                (crossfeed.cut_hz, crossfeed.level_db) == (preset.cut_hz, preset.level_db);
            if choice(name, is_on && is_same) {
                let amount = if is_on {
                    crossfeed.amount
                } else {
                    preset.amount
                };
                *crossfeed = CrossfeedSettings { amount, ..preset };
            }
        }
    });
    let amount = Fader {
        name: "Crossfeed amount",
        range: 0.05..=1.0,
        step: 0.05,
        page: 0.2,
        grain: 0.01,
        direction: Direction::Right,
    };
    ui.add_enabled_ui(is_on, |ui| {
        let shown = if is_on { crossfeed.amount } else { 1.0 };
        if let Some(wanted) = slider(ui, &amount, shown, 0.05, 1.0).filter(|_| is_on) {
            crossfeed.amount = wanted;
        }
    });
}

fn balance(ui: &mut Ui, balance: &mut f32) {
    heading(ui, "Balance", &side(*balance));
    let fader = Fader {
        name: "Balance",
        range: -1.0..=1.0,
        step: 0.05,
        page: 0.25,
        grain: 0.01,
        direction: Direction::Right,
    };
    if let Some(wanted) = slider(ui, &fader, f64::from(*balance), 0.0, 0.0) {
        // Rounded to a percent, so that steps back end exactly in the centre.
        let wanted = (wanted * 100.0).round() / 100.0;
        *balance = if wanted.abs() < DETENT {
            0.0
        } else {
            wanted as f32
        };
    }
}

/// "Centre", "Left 25 %".
fn side(balance: f32) -> String {
    let percent = (balance.abs() * 100.0).round();
    match balance {
        _ if percent == 0.0 => "Centre".to_owned(),
        ..0.0 => format!("Left {percent} %"),
        _ => format!("Right {percent} %"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_balance_is_described_and_the_default_is_neutral() {
        assert_eq!(side(0.0), "Centre");
        assert_eq!(side(-0.25), "Left 25 %");
        assert_eq!(side(1.0), "Right 100 %");
        let mut sound = OutputStages::default();
        assert!(is_neutral(&sound));
        sound.limiter = false;
        assert!(!is_neutral(&sound));
    }
}
