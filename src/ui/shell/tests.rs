//! The whole window, drawn without a screen and driven the way listeners and assistive technology do.

use super::*;
use crate::app::AppCommand;
use crate::ui::scripted::ScriptedPlayer;
use eframe::egui::accesskit::Role;
use eframe::egui::{self, Key, Modifiers, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use engine::command::{PlayerCommand, QueueCommand, SoundCommand, TransportCommand};
use engine::status::EntryId;
use std::time::Instant;

mod bindings;
mod overlay;
mod preset;

struct Window {
    harness: Harness<'static, Option<PlayerApp>>,
    player: ScriptedPlayer,
    config: tempfile::TempDir,
}

impl Window {
    fn open(player: ScriptedPlayer) -> Self {
        Self::open_sized(player, 1120.0, 720.0)
    }

    fn open_sized(player: ScriptedPlayer, width: f32, height: f32) -> Self {
        let config = tempfile::tempdir().unwrap();
        let folder = config.path().to_owned();
        let backend = player.clone();
        let show = move |ui: &mut Ui, app: &mut Option<PlayerApp>| {
            let app = app.get_or_insert_with(|| {
                let stored = backend.script.borrow().stored.clone();
                let (settings, note) = WindowSettings::read(stored.as_ref());
                PlayerApp::new(ui.ctx(), Box::new(backend.clone()), &folder, settings, note)
            });
            // The fonts are there from the next frame on.
            if ui.ctx().cumulative_pass_nr() > 0 {
                app.update(ui.ctx());
                app.show(ui, Some(0.001));
            }
        };
        let harness = Harness::builder()
            .with_size(vec2(width, height))
            .allow_missing_glyphs()
            .with_max_steps(8)
            .with_step_dt(1.0 / 60.0)
            .build_ui_state(show, None);
        let mut window = Self {
            harness,
            player,
            config,
        };
        window.frames(4);
        window.player.sent();
        window
    }

    fn frames(&mut self, count: usize) {
        self.harness.run_steps(count);
    }

    fn press(&mut self, key: Key) {
        self.press_with(Modifiers::NONE, key);
    }

    fn press_with(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.frames(3);
    }

    fn number(&self, name: &str) -> f64 {
        let node = self.harness.get_by_role_and_label(Role::Slider, name);
        node.accesskit_node().numeric_value().unwrap()
    }

    fn repaint_delay(&self) -> Duration {
        let output = self.harness.output();
        output.viewport_output[&egui::ViewportId::ROOT].repaint_delay
    }
}

#[test]
fn the_windows_settings_are_handed_over_when_they_change_and_read_at_the_next_start() {
    let mut window = Window::open(ScriptedPlayer::playing(3));
    assert_eq!(window.player.script.borrow().stored, None);
    window.press_with(Modifiers::COMMAND, Key::L);
    window.press(Key::F12);
    let stored = window.player.script.borrow().stored.clone();
    assert!(stored.is_some());
    let again = ScriptedPlayer::playing(3);
    again.script.borrow_mut().stored = stored;
    let again = Window::open(again);
    assert!(again.harness.query_by_label("Close overlay").is_some());
    let row = again.harness.query_by_label("Queue row: 夜に駆ける");
    assert!(row.is_none(), "the queue is hidden");
}

#[test]
fn every_control_can_be_found_by_its_name() {
    let window = Window::open(ScriptedPlayer::playing(3));
    for name in [
        "Pause",
        "Stop",
        "Previous",
        "Next",
        "Mute",
        "Shuffle",
        "Repeat",
        "Stop after current",
        "Open files",
        "Performance overlay",
        "Output device",
        "Show queue",
        "Show equalizer",
        "Theme",
        "Help",
        "Auto preamp",
        "Equalizer reset",
    ] {
        window.harness.get_by_role_and_label(Role::Button, name);
    }
    window.harness.get_by_label("Equalizer bypass");
    window.harness.get_by_label("Spectrum");
    window.harness.get_by_label("Queue row: 夜に駆ける");
    for name in [
        "Seek", "Volume", "Preamp", "31 Hz", "62 Hz", "125 Hz", "250 Hz", "500 Hz", "1 kHz",
        "2 kHz", "4 kHz", "8 kHz", "16 kHz",
    ] {
        window.number(name);
    }
}

#[test]
fn assistive_technology_moves_a_band_and_reads_it_back() {
    let mut window = Window::open(ScriptedPlayer::playing(1));
    window
        .harness
        .get_by_role_and_label(Role::Slider, "1 kHz")
        .set_value_accesskit(6.0);
    window.frames(2);
    assert_eq!(window.number("1 kHz"), 6.0);
    let sent = window.player.sent();
    let Some(AppCommand::Player(PlayerCommand::Sound(SoundCommand::SetEqualizer(settings)))) =
        sent.last()
    else {
        panic!("{sent:?}")
    };
    assert_eq!(settings.bands[5].filter.gain_db, 6.0);
    window
        .harness
        .get_by_role_and_label(Role::Slider, "1 kHz")
        .increment_accesskit();
    window.frames(2);
    assert_eq!(window.number("1 kHz"), 6.5);
    window.harness.get_by_label("Auto preamp").click();
    window.frames(3);
    assert!(
        (-6.6..=-6.5).contains(&window.number("Preamp")),
        "{}",
        window.number("Preamp")
    );
}

#[test]
fn assistive_technology_seeks_and_sets_the_volume() {
    let mut window = Window::open(ScriptedPlayer::playing(2));
    assert_eq!(window.number("Seek"), 30.0);
    window
        .harness
        .get_by_role_and_label(Role::Slider, "Seek")
        .set_value_accesskit(12.5);
    window.frames(2);
    assert_eq!(
        window.player.sent(),
        [AppCommand::from(TransportCommand::Seek(
            Duration::from_millis(12_500)
        ))]
    );
    assert_eq!(window.number("Seek"), 12.5);
    window
        .harness
        .get_by_role_and_label(Role::Slider, "Volume")
        .set_value_accesskit(0.4);
    window.frames(2);
    assert!((window.number("Volume") - 0.4).abs() < 1e-6);
    assert_eq!(window.player.script.borrow().snapshot.volume, 0.4);
}

#[test]
fn a_drag_on_the_seek_bar_previews_and_seeks_once_when_let_go_anywhere() {
    let mut window = Window::open(ScriptedPlayer::playing(2));
    let bar = window
        .harness
        .get_by_role_and_label(Role::Slider, "Seek")
        .rect();
    window.harness.drag_at(bar.center());
    window.frames(1);
    window.harness.hover_at(bar.lerp_inside(vec2(0.75, 0.5)));
    window.frames(2);
    assert_eq!(window.player.sent(), [], "nothing is sought while dragging");
    assert!(
        (window.number("Seek") - 24.0).abs() < 0.5,
        "preview at {}",
        window.number("Seek")
    );
    window.harness.drop_at(egui::pos2(bar.center().x, 100.0));
    window.frames(2);
    let sent = window.player.sent();
    let [AppCommand::Player(PlayerCommand::Transport(TransportCommand::Seek(target)))] = sent[..]
    else {
        panic!("{sent:?}")
    };
    assert!((target.as_secs_f64() - 16.0).abs() < 0.5, "{target:?}");
}

#[test]
fn a_track_change_under_a_drag_seeks_nothing() {
    let mut window = Window::open(ScriptedPlayer::playing(2));
    let bar = window
        .harness
        .get_by_role_and_label(Role::Slider, "Seek")
        .rect();
    window.harness.drag_at(bar.center());
    window.frames(1);
    window
        .player
        .send(TransportCommand::PlayEntry(EntryId(2)).into());
    window.player.sent();
    window.frames(2);
    window.harness.drop_at(bar.center());
    window.frames(2);
    assert_eq!(window.player.sent(), []);
}

#[test]
fn space_plays_or_pauses_with_a_button_or_slider_focused_but_types_in_the_filter() {
    let mut window = Window::open(ScriptedPlayer::playing(3));
    for name in ["Shuffle", "Volume", "1 kHz"] {
        window.harness.get_by_label(name).focus();
        window.frames(2);
        window.press(Key::Space);
        assert_eq!(
            window.player.sent(),
            [AppCommand::from(TransportCommand::TogglePause)],
            "with {name} focused"
        );
    }
    window.press_with(Modifiers::COMMAND, Key::F);
    window
        .harness
        .get_by_label("Filter queue")
        .type_text("so what");
    window.frames(2);
    for key in [Key::Space, Key::Z, Key::M, Key::I, Key::Num0] {
        window.press(key);
    }
    assert_eq!(window.player.sent(), []);
    assert!(
        window
            .harness
            .query_by_label("Queue row: Night Drive")
            .is_none(),
        "filtered"
    );
    window.press(Key::Escape);
    window.harness.get_by_label("Queue row: Night Drive");
    window.press(Key::Space);
    assert_eq!(
        window.player.sent(),
        [AppCommand::from(TransportCommand::TogglePause)]
    );
}

#[test]
fn arrows_move_a_focused_slider_and_otherwise_seek() {
    let mut window = Window::open(ScriptedPlayer::playing(3));
    window.press(Key::ArrowRight);
    assert_eq!(
        window.player.sent(),
        [AppCommand::from(TransportCommand::SeekBy(5.0))]
    );
    window.harness.get_by_label("1 kHz").focus();
    window.frames(2);
    window.press(Key::ArrowUp);
    window.press(Key::ArrowUp);
    window.press(Key::PageUp);
    assert_eq!(window.number("1 kHz"), 4.0);
    assert!(!window.player.sent().iter().any(|sent| matches!(
        sent,
        AppCommand::Player(PlayerCommand::Transport(TransportCommand::SeekBy(_)))
    )));
}

#[test]
fn the_queue_is_driven_by_keys_and_double_click() {
    let mut window = Window::open(ScriptedPlayer::playing(5));
    window.press(Key::ArrowDown);
    window.press(Key::ArrowDown);
    window.press(Key::Enter);
    assert_eq!(
        window.player.sent(),
        [AppCommand::from(TransportCommand::PlayEntry(EntryId(2)))]
    );
    window.press_with(Modifiers::SHIFT, Key::ArrowDown);
    window.press(Key::Delete);
    assert_eq!(
        window.player.sent(),
        [AppCommand::from(QueueCommand::Remove(vec![
            EntryId(2),
            EntryId(3)
        ]))]
    );
    window.press(Key::Enter);
    assert_eq!(
        window.player.sent(),
        [AppCommand::from(TransportCommand::PlayEntry(EntryId(4)))],
        "the heir is selected"
    );
    let row = window
        .harness
        .get_by_label("Queue row: Night Drive")
        .rect()
        .center();
    for _ in 0..2 {
        window.harness.drag_at(row);
        window.harness.drop_at(row);
        window.frames(1);
    }
    assert_eq!(
        window.player.sent(),
        [AppCommand::from(TransportCommand::PlayEntry(EntryId(1)))]
    );
}

#[test]
fn dragging_a_row_moves_it_in_front_of_another() {
    let mut window = Window::open(ScriptedPlayer::playing(5));
    let rect = |window: &Window, title: &str| {
        window
            .harness
            .get_by_label(&format!("Queue row: {title}"))
            .rect()
    };
    let from = rect(&window, "Night Drive").center();
    let to = rect(&window, "서른 즈음에");
    window.harness.drag_at(from);
    window.frames(1);
    window.harness.hover_at(from + vec2(0.0, 20.0));
    window.frames(1);
    window.harness.hover_at(to.center_top() + vec2(0.0, 2.0));
    window.frames(2);
    assert_eq!(window.player.sent(), []);
    window.harness.drop_at(to.center_top() + vec2(0.0, 2.0));
    window.frames(2);
    let moved = QueueCommand::Move {
        entries: vec![EntryId(1)],
        before: Some(EntryId(5)),
    };
    assert_eq!(window.player.sent(), [AppCommand::from(moved)]);
}

#[test]
fn nothing_is_drawn_again_while_paused() {
    let player = ScriptedPlayer::playing(3);
    let mut window = Window::open(player);
    assert!(
        window.repaint_delay() <= MOVING_FRAME,
        "playing: {:?}",
        window.repaint_delay()
    );
    window.press(Key::Space);
    window.player.script.borrow_mut().spectrum.is_at_rest = true;
    window.frames(40);
    assert!(
        window.repaint_delay() > Duration::from_secs(3600),
        "{:?}",
        window.repaint_delay()
    );
}

#[test]
fn a_note_asks_for_one_frame_at_its_end_only() {
    let mut window = Window::open(ScriptedPlayer::playing(0));
    window.player.script.borrow_mut().spectrum.is_at_rest = true;
    window.player.send(TransportCommand::Stop.into());
    let note = "missing.flac could not be read: no such file";
    window
        .player
        .script
        .borrow_mut()
        .events
        .push(PlayerEvent::Note(note.into()));
    window.frames(30);
    window.harness.get_by_label(note);
    let delay = window.repaint_delay();
    assert!(
        delay > Duration::from_secs(1) && delay <= Duration::from_secs(6),
        "{delay:?}"
    );
    window.harness.get_by_label("Dismiss note").click();
    window.frames(30);
    assert!(window.harness.query_by_label(note).is_none());
}

#[test]
fn a_hundred_thousand_entries_cost_only_the_rows_one_sees() {
    let mut window = Window::open(ScriptedPlayer::playing(100_000));
    let rows = window.harness.query_all_by_role(Role::ListItem).count();
    assert!((8..20).contains(&rows), "{rows} rows drawn");
    window.press(Key::End);
    window.press(Key::Enter);
    assert_eq!(
        window.player.sent(),
        [AppCommand::from(TransportCommand::PlayEntry(EntryId(
            100_000
        )))]
    );
    let started = Instant::now();
    window.frames(20);
    assert!(
        started.elapsed() < Duration::from_secs(2),
        "20 frames took {:?}",
        started.elapsed()
    );
}

#[test]
fn the_smallest_window_still_has_transport_and_sliders() {
    let mut window = Window::open_sized(ScriptedPlayer::playing(5), 640.0, 420.0);
    let screen = egui::Rect::from_min_size(egui::Pos2::ZERO, vec2(640.0, 420.0));
    let mut rects = Vec::new();
    for name in [
        "Pause",
        "Stop",
        "Previous",
        "Next",
        "Volume",
        "Mute",
        "31 Hz",
        "16 kHz",
        "Preamp",
        "Show queue",
    ] {
        let rect = window.harness.get_by_label(name).rect();
        assert!(screen.contains_rect(rect), "{name} at {rect:?}");
        rects.push((name, rect));
    }
    for (index, (name, rect)) in rects.iter().enumerate() {
        for (other, other_rect) in &rects[index + 1..] {
            assert!(
                !rect.shrink(1.0).intersects(other_rect.shrink(1.0)),
                "{name} over {other}"
            );
        }
    }
    window.press(Key::F12);
    assert!(window.harness.query_by_label("Close overlay").is_some());
}

#[test]
fn sliders_stand_under_their_frequency_an_octave_apart() {
    let window = Window::open(ScriptedPlayer::playing(1));
    let x = |name: &str| window.harness.get_by_label(name).rect().center().x;
    let names = [
        "31 Hz", "62 Hz", "125 Hz", "1 kHz", "2 kHz", "8 kHz", "16 kHz",
    ];
    let octave = x("2 kHz") - x("1 kHz");
    for pair in [0, 1, 3, 5] {
        let step = x(names[pair + 1]) - x(names[pair]);
        assert!(
            (step - octave).abs() < 0.5,
            "{} to {}: {step}",
            names[pair],
            names[pair + 1]
        );
    }
}
