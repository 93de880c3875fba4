//! The bar along the bottom: where in the track, what to do, how loud.

pub(crate) mod seek_bar;
mod seek_wave;
mod volume;

use crate::ui::action::{Action, Actions, DialogRequest};
use crate::ui::menus::{device, playback};
use crate::ui::settings::Settings;
use crate::ui::theme::Palette;
use crate::ui::theme::{fonts, icons};
use crate::ui::transport::seek_bar::{SeekBar, SeekTrack};
use crate::ui::widgets::icon_button::IconButton;
use crate::ui::widgets::time_format;
use eframe::egui::{
    Align, Align2, Layout, Rect, Response, Role, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};
use engine::command::TransportCommand;
use engine::pipeline::SourceSettings;
use engine::status::{PlayerSnapshot, RepeatMode, Transport};
use std::time::Duration;

/// Height of the bar, in points.
pub(crate) const HEIGHT: f32 = 96.0;
/// Below this width the bar keeps to what is needed, in points.
const ROOMY: f32 = 800.0;

/// What the bar shows besides the snapshot.
pub(crate) struct TransportState<'a> {
    pub(crate) snapshot: &'a PlayerSnapshot,
    pub(crate) settings: &'a Settings,
    pub(crate) position: Duration,
    /// Slider position to show, 0 to 1.
    pub(crate) volume: f32,
    /// What is done to tracks before the equalizer.
    pub(crate) source: SourceSettings,
    pub(crate) is_dark: bool,
}

/// Draws the bar into the room there is.
pub(crate) fn show(
    ui: &mut Ui,
    state: &TransportState<'_>,
    seek: &mut SeekBar,
    actions: &mut Actions,
) {
    let room = ui.available_rect_before_wrap().shrink2(vec2(16.0, 0.0));
    let seek_row = Rect::from_min_size(room.min + vec2(0.0, 6.0), vec2(room.width(), 28.0));
    let buttons = Rect::from_min_max(
        pos2(room.left(), seek_row.bottom() + 2.0),
        room.max - vec2(0.0, 8.0),
    );
    ui.scope_builder(UiBuilder::new().max_rect(seek_row), |ui| {
        times_and_seek(ui, state, seek, actions);
    });

    let is_roomy = room.width() >= ROOMY;
    let row = |ui: &mut Ui, layout: Layout, add: &mut dyn FnMut(&mut Ui)| {
        ui.scope_builder(UiBuilder::new().max_rect(buttons).layout(layout), |ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            add(ui);
        });
    };
    let left = Layout::left_to_right(Align::Center);
    if is_roomy {
        row(ui, left, &mut |ui| places(ui, state, actions));
        let width = 6.0 * 32.0 + 48.0 + 6.0 * 4.0 + 16.0;
        let centre = Rect::from_center_size(buttons.center(), vec2(width, buttons.height()));
        ui.scope_builder(UiBuilder::new().max_rect(centre).layout(left), |ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            transport(ui, state, true, actions);
        });
    } else {
        row(ui, left, &mut |ui| {
            places(ui, state, actions);
            ui.add_space(4.0);
            transport(ui, state, false, actions);
        });
    }
    row(ui, Layout::right_to_left(Align::Center), &mut |ui| {
        sound(ui, state, is_roomy, actions);
    });
    ui.allocate_rect(room, Sense::hover());
}

fn times_and_seek(
    ui: &mut Ui,
    state: &TransportState<'_>,
    seek: &mut SeekBar,
    actions: &mut Actions,
) {
    let playing = state.snapshot.now_playing.as_deref();
    let track = playing.and_then(|playing| {
        let duration = playing.duration.filter(|duration| !duration.is_zero())?;
        Some(SeekTrack {
            track: playing.track,
            position: state.position,
            duration,
        })
    });
    let now = ui.input(|input| input.time);
    let position = match track {
        Some(track) => seek.shown(track.track, state.position, now),
        None => state.position,
    };
    let elapsed = time_format::clock(position);
    let total = match track {
        Some(track) if state.settings.show_remaining => {
            time_format::remaining(position, track.duration)
        }
        Some(track) => time_format::clock(track.duration),
        None => String::new(),
    };
    ui.spacing_mut().item_spacing.x = 6.0;
    ui.horizontal_centered(|ui| {
        time_label(ui, &elapsed, Align2::LEFT_CENTER, "Elapsed time", "");
        let bar_width = ui.available_width() - TIME_WIDTH - 6.0;
        ui.allocate_ui(vec2(bar_width, ui.available_height()), |ui| {
            let overview = playing.and_then(|playing| playing.overview.as_deref());
            seek.show(ui, track, overview, actions);
        });
        let hint = "Click to switch between total and remaining time";
        let name = if state.settings.show_remaining {
            "Remaining time"
        } else {
            "Total time"
        };
        if time_label(ui, &total, Align2::RIGHT_CENTER, name, hint).clicked() {
            actions.push(Action::ToggleRemaining);
        }
    });
}

const TIME_WIDTH: f32 = 56.0;

fn time_label(ui: &mut Ui, text: &str, align: Align2, name: &str, hint: &str) -> Response {
    let sense = if hint.is_empty() {
        Sense::hover()
    } else {
        Sense::click()
    };
    let (rect, response) = ui.allocate_exact_size(vec2(TIME_WIDTH, 24.0), sense);
    let palette = Palette::of(ui);
    let colour = if response.hovered() && !hint.is_empty() {
        palette.text
    } else {
        palette.dim
    };
    let at = align.pos_in_rect(&rect);
    ui.painter()
        .text(at, align, text, fonts::text(13.0), colour);
    let role = if hint.is_empty() {
        Role::Label
    } else {
        Role::Button
    };
    response.widget_info(|| WidgetInfo::labeled(role, true, format!("{name} {text}")));
    if hint.is_empty() {
        response
    } else {
        response.on_hover_text(hint)
    }
}

// Where the music comes from and goes to.
fn places(ui: &mut Ui, state: &TransportState<'_>, actions: &mut Actions) {
    let mut press = |ui: &mut Ui, button: IconButton<'_>, action: Action| {
        if button.show(ui).clicked() {
            actions.push(action);
        }
    };
    let is_on = state.settings.show_queue;
    press(
        ui,
        IconButton::new(icons::QUEUE, "Show queue", "Queue (Ctrl+L)").on(is_on),
        Action::ToggleQueue,
    );
    let open = IconButton::new(icons::FOLDER_OPEN, "Open files", "Open files (Ctrl+O)");
    press(ui, open, Action::Open(DialogRequest::Files));
    let snapshot = state.snapshot;
    device::show(ui, &snapshot.output, snapshot.follows_rate, actions);
}

fn transport(ui: &mut Ui, state: &TransportState<'_>, is_roomy: bool, actions: &mut Actions) {
    let snapshot = state.snapshot;
    let has_queue = !snapshot.queue.is_empty();
    let mut press = |ui: &mut Ui, button: IconButton<'_>, action: Action| {
        if button.show(ui).clicked() {
            actions.push(action);
        }
    };
    let shuffle = IconButton::new(icons::SHUFFLE, "Shuffle", "Shuffle (Ctrl+S)");
    press(ui, shuffle.on(snapshot.is_shuffled), Action::ToggleShuffle);
    let previous = IconButton::new(icons::SKIP_BACK, "Previous", "Previous (Z)").enabled(has_queue);
    press(ui, previous, TransportCommand::Previous.into());
    ui.add_space(4.0);
    let is_playing = snapshot.transport == Transport::Playing;
    let play = if is_playing {
        IconButton::new(icons::PAUSE, "Pause", "Pause (Space)")
    } else {
        IconButton::new(icons::PLAY, "Play", "Play (Space)")
    };
    let wish = if is_playing {
        TransportCommand::Pause
    } else {
        TransportCommand::Play
    };
    press(ui, play.primary().enabled(has_queue), wish.into());
    ui.add_space(4.0);
    let next = IconButton::new(icons::SKIP_FORWARD, "Next", "Next (B)").enabled(has_queue);
    press(ui, next, TransportCommand::Next.into());
    let can_stop = snapshot.transport != Transport::Stopped;
    let stop = IconButton::new(icons::STOP, "Stop", "Stop (V)").enabled(can_stop);
    press(ui, stop, TransportCommand::Stop.into());
    let (icon, hint) = match snapshot.repeat {
        RepeatMode::Off => (icons::REPEAT, "Repeat: off (Ctrl+R)"),
        RepeatMode::All => (icons::REPEAT, "Repeat: the whole queue (Ctrl+R)"),
        RepeatMode::One => (icons::REPEAT_ONCE, "Repeat: this track (Ctrl+R)"),
    };
    let repeat = IconButton::new(icon, "Repeat", hint).on(snapshot.repeat != RepeatMode::Off);
    press(ui, repeat, Action::CycleRepeat);
    if !is_roomy {
        return;
    }
    let stop_after = IconButton::new(
        icons::STOP_AFTER,
        "Stop after current",
        "Stop after this track (Ctrl+M)",
    );
    press(
        ui,
        stop_after.on(snapshot.stop_after_current),
        Action::ToggleStopAfterCurrent,
    );
}

// Loudness and what the window shows; laid out from the right.
fn sound(ui: &mut Ui, state: &TransportState<'_>, is_roomy: bool, actions: &mut Actions) {
    let settings = state.settings;
    let mut press = |ui: &mut Ui, button: IconButton<'_>, action: Action| {
        if button.show(ui).clicked() {
            actions.push(action);
        }
    };
    if is_roomy {
        press(
            ui,
            IconButton::new(icons::QUESTION, "Help", "Keys (F1)"),
            Action::ToggleHelp,
        );
    }
    let (icon, hint) = if state.is_dark {
        (icons::SUN, "Light theme")
    } else {
        (icons::MOON, "Dark theme")
    };
    press(
        ui,
        IconButton::new(icon, "Theme", hint),
        Action::ToggleTheme,
    );
    let overlay = IconButton::new(
        icons::GAUGE,
        "Performance overlay",
        "Performance overlay (F12)",
    );
    press(ui, overlay.on(settings.show_overlay), Action::ToggleOverlay);
    let levels = IconButton::new(
        icons::CHART_BAR_HORIZONTAL,
        "Levels",
        "Levels and loudness (L)",
    );
    if is_roomy {
        press(ui, levels.on(settings.show_levels), Action::ToggleLevels);
    }
    let equalizer = IconButton::new(icons::EQUALIZER, "Show equalizer", "Equalizer (Ctrl+E)");
    press(
        ui,
        equalizer.on(settings.show_equalizer),
        Action::ToggleEqualizer,
    );
    playback::show(ui, state.source, actions);
    let width = if is_roomy { 112.0 } else { 64.0 };
    ui.allocate_ui_with_layout(
        vec2(36.0 + width, 32.0),
        Layout::left_to_right(Align::Center),
        |ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            volume::show(ui, state.volume, state.snapshot.is_muted, width, actions);
        },
    );
}
