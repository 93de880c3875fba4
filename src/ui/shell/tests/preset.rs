//! Presets, the list of bands, undo and the sound menu, as a listener goes through them.

use super::*;
use crate::app::AppCommand;
use dsp::equalizer::{ChannelTarget, EqualizerSettings};
use dsp::filter::FilterKind;
use dsp::mixer::CrossfadeLaw;
use dsp::units::Decibels;
use eframe::egui::DroppedFile;
use engine::command::{PlayerCommand, SoundCommand};
use media::replaygain::ReplayGainMode;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const AUTO_EQ: &str = "Preamp: -6.3 dB\n\
    Filter 1: ON LSC Fc 105 Hz Gain 6.5 dB Q 0.70\n\
    Filter 2: ON PK Fc 125 Hz Gain -2.7 dB Q 0.55\n\
    Delay: 3 ms\n\
    Filter 3: ON HSC Fc 10000 Hz Gain -3.1 dB Q 0.70\n";

#[derive(Debug)]
struct Dropped(PathBuf);

impl DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

impl Window {
    fn drop_file(&mut self, name: &str, content: &str) {
        let path = self.config.path().join(name);
        std::fs::write(&path, content).unwrap();
        let file = Arc::new(Dropped(path));
        self.harness.input_mut().dropped_files.push(file);
        self.frames(3);
    }

    fn click(&mut self, name: &str) {
        self.harness.get_by_label(name).click();
        self.frames(3);
    }

    fn equalizer(&self) -> EqualizerSettings {
        let script = self.player.script.borrow();
        script.snapshot.equalizer.as_ref().clone()
    }

    fn is_shown(&self, name: &str) -> bool {
        self.harness.query_by_label(name).is_some()
    }

    fn app(&self) -> &PlayerApp {
        self.harness.state().as_ref().unwrap()
    }
}

#[test]
fn a_dropped_preset_sets_the_equalizer_is_kept_and_can_be_edited() {
    let mut window = Window::open(ScriptedPlayer::playing(1));
    window.drop_file("HD 600.txt", AUTO_EQ);
    let set = window.equalizer();
    assert_eq!((set.bands.len(), set.preamp), (3, Decibels(-6.3)));
    assert_eq!(set.bands[0].filter.kind, FilterKind::LowShelf);
    assert!(window.is_shown("Preset: HD 600"));
    assert!(window.is_shown("Line 4 of HD 600.txt was skipped: this command is not supported"));
    assert!(
        !window
            .player
            .sent()
            .iter()
            .any(|sent| matches!(sent, AppCommand::Open(_)))
    );

    let gain = window.harness.get_by_label("Band 2 gain");
    gain.set_value_accesskit(1.5);
    window.frames(3);
    assert_eq!(window.equalizer().bands[1].filter.gain_db, 1.5);
    assert!(window.is_shown("Preset: HD 600, changed"));
    window.click("Band 3 on");
    assert!(!window.equalizer().bands[2].enabled);
    window.click("Band 1 channels");
    window.click("Mid");
    assert_eq!(window.equalizer().bands[0].target, ChannelTarget::Mid);
    window.click("Band 1 type");
    window.click("High pass");
    window.click("Band 1 slope");
    window.click("24 dB/oct");
    let first = window.equalizer().bands[0].filter;
    assert_eq!((first.kind, first.slope.order()), (FilterKind::HighPass, 4));
    window.click("Add band");
    window.click("Remove band 2");
    let set = window.equalizer();
    assert_eq!(set.bands.len(), 3);
    assert_eq!(set.bands[2].filter.frequency_hz, 1_000.0);

    window.click("Preset: HD 600, changed");
    window.click("HD 600");
    assert_eq!(window.equalizer().bands[1].filter.gain_db, -2.7);
    assert!(window.is_shown("Preset: HD 600"));
}

#[test]
fn typing_into_a_band_is_no_shortcut_and_enter_sets_it() {
    let mut window = Window::open(ScriptedPlayer::playing(3));
    window.drop_file("HD 600.txt", AUTO_EQ);
    window.player.sent();
    window.harness.get_by_label("Band 1 frequency").focus();
    window.frames(2);
    window.press_with(Modifiers::COMMAND, Key::A);
    let field = window.harness.get_by_label("Band 1 frequency");
    field.type_text("2k5");
    window.frames(2);
    window.press(Key::Space);
    assert_eq!(window.player.sent(), [], "nothing while typing");
    window.press(Key::Enter);
    assert_eq!(window.equalizer().bands[0].filter.frequency_hz, 2_500.0);
    let sent = window.player.sent();
    assert!(
        matches!(
            sent[..],
            [AppCommand::Player(PlayerCommand::Sound(
                SoundCommand::SetEqualizer(_)
            ))]
        ),
        "{sent:?}"
    );
}

#[test]
fn a_preset_is_saved_replaced_only_when_asked_renamed_and_deleted() {
    let mut window = Window::open(ScriptedPlayer::playing(1));
    let move_band = |window: &mut Window, gain_db: f64| {
        window
            .harness
            .get_by_label("1 kHz")
            .set_value_accesskit(gain_db);
        window.frames(3);
    };
    move_band(&mut window, 4.0);
    window.click("Preset: Custom");
    window.click("Save\u{2026}");
    window
        .harness
        .get_by_label("Preset name")
        .type_text("Mine z");
    window.frames(2);
    window.press(Key::Enter);
    assert!(window.is_shown("Preset: Mine z"), "letters are text");
    let file = window.config.path().join("presets").join("Mine z.txt");
    let saved = || std::fs::read_to_string(&file).unwrap();
    assert!(saved().contains("Gain 4"));

    move_band(&mut window, 2.0);
    window.click("Preset: Mine z, changed");
    window.click("Save\u{2026}");
    window.click("Save");
    assert!(window.is_shown("Replace"));
    assert!(saved().contains("Gain 4"), "not yet");
    window.press(Key::Enter);
    assert!(saved().contains("Gain 2"));
    assert!(!window.is_shown("Preset name"));

    window.click("Preset: Mine z");
    window.click("Rename Mine z");
    window.harness.get_by_label("Preset name").type_text("2");
    window.frames(2);
    window.click("Rename");
    assert!(window.is_shown("Preset: Mine z2"));
    window.click("Preset: Mine z2");
    window.click("Rock");
    assert_ne!(window.equalizer().bands[0].filter.gain_db, 0.0);
    window.click("Preset: Rock");
    window.click("Mine z2");
    assert_eq!(window.equalizer().bands[5].filter.gain_db, 2.0);
    window.click("Preset: Mine z2");
    window.click("Delete Mine z2");
    window.click("Cancel");
    window.click("Preset: Mine z2");
    window.click("Delete Mine z2");
    window.click("Delete");
    assert!(window.is_shown("Preset: Custom"));
    assert_eq!(
        std::fs::read_dir(file.parent().unwrap()).unwrap().count(),
        0
    );
}

#[test]
fn the_automatic_preamp_follows_until_somebody_moves_it() {
    let mut window = Window::open(ScriptedPlayer::playing(1));
    window.click("Auto preamp");
    window
        .harness
        .get_by_label("1 kHz")
        .set_value_accesskit(6.0);
    window.frames(3);
    assert!((-6.1..=-6.0).contains(&window.equalizer().preamp.0));
    window
        .harness
        .get_by_label("1 kHz")
        .set_value_accesskit(3.0);
    window.frames(3);
    assert!((-3.1..=-3.0).contains(&window.equalizer().preamp.0));
    assert!(window.app().settings.is_preamp_automatic);
    window
        .harness
        .get_by_label("Preamp")
        .set_value_accesskit(-1.0);
    window.frames(3);
    assert_eq!(window.equalizer().preamp, Decibels(-1.0));
    assert!(!window.app().settings.is_preamp_automatic);
}

#[test]
fn undo_takes_back_gestures_and_presets() {
    let mut window = Window::open(ScriptedPlayer::playing(1));
    let rail = window.harness.get_by_label("1 kHz").rect();
    window.harness.drag_at(rail.center());
    for step in 1..6 {
        let up = vec2(0.0, -4.0 * step as f32);
        window.harness.hover_at(rail.center() + up);
        window.frames(1);
    }
    window.harness.drop_at(rail.center() - vec2(0.0, 20.0));
    window.frames(2);
    let dragged = window.equalizer();
    assert!(dragged.bands[5].filter.gain_db > 0.5);
    window.click("Preset: Custom");
    window.click("Vocal");
    assert!(window.is_shown("Preset: Vocal"));
    window.press_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.equalizer(), dragged);
    assert!(window.is_shown("Preset: Custom"));
    window.press_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.equalizer(), EqualizerSettings::ten_bands());
    window.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    window.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert!(window.is_shown("Preset: Vocal"));
}

#[test]
fn the_sound_menu_sends_what_is_chosen() {
    let mut window = Window::open(ScriptedPlayer::playing(1));
    window.click("Sound");
    window.click("Crossfeed Chu Moy");
    window.click("Mono");
    window.click("Limiter");
    window
        .harness
        .get_by_role_and_label(Role::Slider, "Balance")
        .set_value_accesskit(-0.5);
    window.frames(3);
    window
        .harness
        .get_by_label("Crossfeed amount")
        .set_value_accesskit(0.5);
    window.frames(3);
    let sound = window.player.script.borrow().snapshot.sound;
    assert_eq!(
        (sound.crossfeed.level_db, sound.crossfeed.amount),
        (6.0, 0.5)
    );
    assert!(sound.balance.mono && !sound.limiter);
    assert_eq!(sound.balance.balance, -0.5);
}

#[test]
fn the_playback_menu_sends_what_is_chosen() {
    let mut window = Window::open(ScriptedPlayer::playing(1));
    window.click("Playback");
    for (slider, value) in [("Speed", 1.5), ("Cross-fade seconds", 4.0)] {
        let slider = window.harness.get_by_role_and_label(Role::Slider, slider);
        slider.set_value_accesskit(value);
        window.frames(3);
    }
    window.click("Cross-fade Linear");
    window.click("ReplayGain Album");
    let preamp = window.harness.get_by_label("ReplayGain preamp");
    preamp.set_value_accesskit(-3.0);
    window.frames(3);
    window.click("Lower the gain where peaks would clip");
    let source = window.player.script.borrow().snapshot.source;
    assert_eq!(source.speed, 1.5);
    assert_eq!(source.crossfade.seconds, 4.0);
    assert_eq!(source.crossfade.law, CrossfadeLaw::Linear);
    assert_eq!(source.replaygain.mode, ReplayGainMode::Album);
    assert_eq!(source.replaygain.preamp, Decibels(-3.0));
    assert!(!source.replaygain.prevent_clipping);
}

#[test]
fn levels_are_shown_and_described() {
    let mut window = Window::open(ScriptedPlayer::playing(1));
    assert!(!window.is_shown("Levels: left"));
    window.player.script.borrow_mut().levels.integrated_lufs = -14.2;
    window.press(Key::L);
    let words = "Integrated \u{2212}14.2 LUFS";
    let shown = window.harness.query_by_label_contains(words);
    assert!(shown.is_some(), "no meter says {words}");
}

#[test]
fn every_part_of_the_line_fits_the_smallest_window() {
    let mut window = Window::open_sized(ScriptedPlayer::playing(3), 640.0, 420.0);
    window.drop_file("Sennheiser HD 600 ParametricEQ.txt", AUTO_EQ);
    let screen = egui::Rect::from_min_size(egui::Pos2::ZERO, vec2(640.0, 420.0));
    let names = [
        "Preset: Sennheiser HD 600 ParametricEQ",
        "Equalizer bypass",
        "Auto preamp",
        "List of bands",
        "Equalizer reset",
        "Sound",
        "Band 1 type",
        "Band 1 channels",
        "Remove band 1",
        "Add band",
    ];
    let rects = names.map(|name| window.harness.get_by_label(name).rect());
    for (index, rect) in rects.iter().enumerate() {
        assert!(screen.contains_rect(*rect), "{} at {rect:?}", names[index]);
        for (other, other_rect) in rects.iter().enumerate().skip(index + 1) {
            let overlap = rect.shrink(1.0).intersects(other_rect.shrink(1.0));
            assert!(!overlap, "{} over {}", names[index], names[other]);
        }
    }
}
