//! The overlay as part of the whole window.

use super::*;
use eframe::egui::accesskit::Toggled;

fn is_chosen(window: &Window, name: &str) -> bool {
    let node = window.harness.get_by_role_and_label(Role::Button, name);
    node.accesskit_node().toggled() == Some(Toggled::True)
}

#[test]
fn the_line_shows_what_is_chosen() {
    let mut window = Window::open(ScriptedPlayer::playing(1));
    window.press(Key::F12);
    assert!(is_chosen(&window, "Callback") && is_chosen(&window, "2 min"));
    for name in ["RAM", "1 h"] {
        window.harness.get_by_label(name).click();
        window.frames(3);
    }
    for (name, want) in [
        ("RAM", true),
        ("1 h", true),
        ("Callback", false),
        ("2 min", false),
    ] {
        assert_eq!(is_chosen(&window, name), want, "{name}");
    }
    let state = window.harness.state().as_ref().unwrap();
    assert_eq!(state.panes.overlay.choice.plotted.seconds(), 3_600);
}

#[test]
fn the_callbacks_figures_look_back_as_far_as_is_chosen() {
    let mut window = Window::open(ScriptedPlayer::playing(1));
    window.press(Key::F12);
    for (name, heading) in [
        ("1 min", "Audio callback, last minute"),
        ("Session", "Audio callback, session"),
        ("10 s", "Audio callback, last 10 s"),
    ] {
        window
            .harness
            .get_by_role_and_label(Role::Button, name)
            .click();
        window.frames(3);
        assert!(
            window.harness.query_by_label(heading).is_some(),
            "{heading}"
        );
    }
}

#[test]
fn figures_are_renewed_four_times_a_second() {
    let mut window = Window::open(ScriptedPlayer::playing(1));
    window.press(Key::F12);
    window
        .player
        .script
        .borrow_mut()
        .reading
        .output
        .latency_frames = 48 * 33;
    window.frames(3);
    assert!(
        window.harness.query_by_label("33.0 ms").is_none(),
        "too soon to be read"
    );
    window.frames(16);
    assert!(window.harness.query_by_label("33.0 ms").is_some());
}

#[test]
fn figures_stand_to_the_right_of_what_they_are() {
    let mut window = Window::open(ScriptedPlayer::playing(1));
    window.press(Key::F12);
    let label = window.harness.get_by_label("Output latency").rect();
    let value = window.harness.get_by_label("21.3 ms").rect();
    assert_eq!(label.y_range(), value.y_range());
    assert!(label.right() <= value.left(), "{label:?} and {value:?}");
}
