//! The menu of playback settings: speed, cross-fade, ReplayGain.

use crate::ui::action::Actions;
use crate::ui::menus::parts::{WIDTH, heading, slider};
use crate::ui::theme::icons;
use crate::ui::transport::action::PlaybackAction;
use crate::ui::widgets::fader::{Direction, Fader};
use crate::ui::widgets::icon_button::IconButton;
use dsp::mixer::{CrossfadeLaw, MAX_CROSSFADE_SECONDS};
use dsp::time_stretch::SPEEDS;
use dsp::units::Decibels;
use eframe::egui::{Button, Checkbox, Popup, PopupCloseBehavior, RichText, Ui, vec2};
use engine::pipeline::PlaybackSettings;
use media::replaygain::{ReplayGainMode, ReplayGainSettings};

/// The slider snaps to the speed of the file within this distance of 1.
const DETENT: f64 = 0.03;
/// How far the slider for ReplayGain's preamp goes, in dB either way.
const PREAMP_RANGE_DB: f64 = 12.0;

/// Draws the button and, when open, its menu.
pub(crate) fn show(ui: &mut Ui, source: PlaybackSettings, actions: &mut Actions) {
    let hint = "Speed, cross-fade, ReplayGain";
    let button = IconButton::new(icons::SLIDERS_HORIZONTAL, "Playback", hint)
        .on(source != PlaybackSettings::default())
        .show(ui);
    Popup::menu(&button)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .show(|ui| {
            let mut changed = source;
            ui.set_width(WIDTH - 24.0);
            ui.spacing_mut().item_spacing = vec2(4.0, 4.0);
            ui.add_space(2.0);
            speed(ui, &mut changed.speed);
            ui.add_space(8.0);
            crossfade(ui, &mut changed);
            ui.add_space(8.0);
            replaygain(ui, &mut changed.replaygain);
            ui.add_space(2.0);
            if changed != source {
                actions.push(PlaybackAction::SetPlayback(changed).into());
            }
        });
}

fn speed(ui: &mut Ui, speed: &mut f64) {
    heading(ui, "Speed", &format!("{speed:.2} \u{d7}"));
    let fader = Fader {
        name: "Speed",
        range: SPEEDS,
        step: 0.05,
        page: 0.25,
        grain: 0.01,
        direction: Direction::Right,
    };
    if let Some(wanted) = slider(ui, &fader, *speed, 1.0, 1.0) {
        // Rounded to a percent, so that steps back end exactly at 1.
        let wanted = (wanted * 100.0).round() / 100.0;
        *speed = if (wanted - 1.0).abs() < DETENT {
            1.0
        } else {
            wanted
        };
    }
}

fn crossfade(ui: &mut Ui, source: &mut PlaybackSettings) {
    let crossfade = &mut source.crossfade;
    let shown = match crossfade.seconds {
        0.0 => "Off: tracks join without a gap".to_owned(),
        seconds => format!("{seconds:.1} s"),
    };
    heading(ui, "Cross-fade", &shown);
    let fader = Fader {
        name: "Cross-fade seconds",
        range: 0.0..=MAX_CROSSFADE_SECONDS,
        step: 0.5,
        page: 2.0,
        grain: 0.5,
        direction: Direction::Right,
    };
    if let Some(wanted) = slider(ui, &fader, crossfade.seconds, 0.0, 0.0) {
        crossfade.seconds = (wanted * 10.0).round() / 10.0;
    }
    ui.add_enabled_ui(crossfade.seconds > 0.0, |ui| {
        let laws = [
            ("Equal power", CrossfadeLaw::EqualPower),
            ("Linear", CrossfadeLaw::Linear),
        ];
        choices(ui, "Cross-fade", &laws, &mut crossfade.law);
    });
}

fn replaygain(ui: &mut Ui, replaygain: &mut ReplayGainSettings) {
    let shown = match replaygain.mode {
        ReplayGainMode::Off => "Off".to_owned(),
        ReplayGainMode::Track | ReplayGainMode::Album => replaygain.preamp.to_string(),
    };
    heading(ui, "ReplayGain", &shown);
    let modes = [
        ("Off", ReplayGainMode::Off),
        ("Track", ReplayGainMode::Track),
        ("Album", ReplayGainMode::Album),
    ];
    choices(ui, "ReplayGain", &modes, &mut replaygain.mode);
    ui.add_enabled_ui(replaygain.mode != ReplayGainMode::Off, |ui| {
        let fader = Fader {
            name: "ReplayGain preamp",
            range: -PREAMP_RANGE_DB..=PREAMP_RANGE_DB,
            step: 0.5,
            page: 3.0,
            grain: 0.1,
            direction: Direction::Right,
        };
        let preamp_db = f64::from(replaygain.preamp.0);
        if let Some(wanted) = slider(ui, &fader, preamp_db, 0.0, 0.0)
            && ui.is_enabled()
        {
            replaygain.preamp = Decibels(((wanted * 10.0).round() / 10.0) as f32);
        }
        let words = RichText::new("Lower the gain where peaks would clip").size(13.0);
        ui.add(Checkbox::new(&mut replaygain.prevent_clipping, words));
    });
}

fn choices<T: Copy + PartialEq>(ui: &mut Ui, of: &str, all: &[(&str, T)], chosen: &mut T) {
    ui.horizontal(|ui| {
        ui.spacing_mut().button_padding = vec2(10.0, 4.0);
        for (name, choice) in all {
            let words = RichText::new(*name).size(13.0);
            let button = Button::new(words).selected(choice == chosen).frame(true);
            let button = ui.add(button).accessible_name(format!("{of} {name}"));
            if button.clicked() {
                *chosen = *choice;
            }
        }
    });
}
