//! The bar along the bottom: where in the track, what to do, how loud.

pub(crate) mod action;
pub(crate) mod seek_bar;
mod seek_wave;
mod volume;

use crate::ui::action::{Action, Actions};
use crate::ui::files::request::DialogRequest;
use crate::ui::keymap;
use crate::ui::menus::{device, playback};
use crate::ui::pane::{Pane, PaneContext, Place};
use crate::ui::settings::WindowSettings;
use crate::ui::theme::Palette;
use crate::ui::theme::metrics::TRANSPORT_HEIGHT;
use crate::ui::theme::{fonts, icons};
use crate::ui::transport::seek_bar::{SeekBar, SeekTrack};
use crate::ui::view::ViewAction;
use crate::ui::widgets::icon_button::IconButton;
use crate::ui::widgets::time_format;
use action::PlaybackAction;
use eframe::egui::{
    Align, Align2, Layout, Rect, Response, Role, Sense, Ui, UiBuilder, Vec2, WidgetInfo, pos2, vec2,
};
use engine::command::TransportCommand;
use engine::pipeline::PlaybackSettings;
use engine::status::{PlayerSnapshot, RepeatMode, Transport};
use std::time::Duration;

/// Below this width the bar leaves out what is not needed, in points.
const ROOMY: f32 = 800.0;

/// The bar along the bottom.
#[derive(Default)]
pub(crate) struct TransportPane {
    seek: SeekBar,
}

impl Pane for TransportPane {
    fn name(&self) -> &'static str {
        "transport"
    }

    fn place(&self, _context: &PaneContext<'_>, _room: Vec2) -> Place {
        Place::Bottom {
            height: TRANSPORT_HEIGHT,
        }
    }

    fn show(&mut self, ui: &mut Ui, context: &mut PaneContext<'_>, actions: &mut Actions) {
        let state = TransportState {
            snapshot: context.snapshot,
            settings: context.settings,
            position: context.backend.position(),
            volume: context.shown.volume,
            playback: context.shown.playback,
            is_dark: ui.visuals().dark_mode,
        };
        show(ui, &state, &mut self.seek, actions);
    }
}

/// What the bar shows besides the snapshot.
struct TransportState<'a> {
    snapshot: &'a PlayerSnapshot,
    settings: &'a WindowSettings,
    position: Duration,
    /// Slider position to show, 0 to 1.
    volume: f32,
    /// What is done to tracks before the equalizer.
    playback: PlaybackSettings,
    is_dark: bool,
}

// Draws the bar into the room there is.
fn show(ui: &mut Ui, state: &TransportState<'_>, seek: &mut SeekBar, actions: &mut Actions) {
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
            let waveform = playing.and_then(|playing| playing.waveform.as_deref());
            seek.show(ui, track, waveform, actions);
        });
        let hint = "Click to switch between total and remaining time";
        let name = if state.settings.show_remaining {
            "Remaining time"
        } else {
            "Total time"
        };
        if time_label(ui, &total, Align2::RIGHT_CENTER, name, hint).clicked() {
            actions.push(ViewAction::ToggleRemaining.into());
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

// A button that asks for `action`; its tooltip names the key that does the same.
fn press(ui: &mut Ui, button: IconButton<'_>, action: Action, actions: &mut Actions) {
    let key = keymap::key_of(&action);
    if button.key(key).show(ui).clicked() {
        actions.push(action);
    }
}

// Queue, files and output device.
fn places(ui: &mut Ui, state: &TransportState<'_>, actions: &mut Actions) {
    let queue = IconButton::new(icons::QUEUE, "Show queue", "Queue").on(state.settings.show_queue);
    press(ui, queue, ViewAction::ToggleQueue.into(), actions);
    let open = IconButton::new(icons::FOLDER_OPEN, "Open files", "Open files");
    press(ui, open, DialogRequest::Files.into(), actions);
    let snapshot = state.snapshot;
    device::show(ui, &snapshot.output, snapshot.follows_rate, actions);
}

fn transport(ui: &mut Ui, state: &TransportState<'_>, is_roomy: bool, actions: &mut Actions) {
    let snapshot = state.snapshot;
    let has_queue = !snapshot.queue.is_empty();
    let shuffle = IconButton::new(icons::SHUFFLE, "Shuffle", "Shuffle").on(snapshot.is_shuffled);
    press(ui, shuffle, PlaybackAction::ToggleShuffle.into(), actions);
    let previous = IconButton::new(icons::SKIP_BACK, "Previous", "Previous").enabled(has_queue);
    press(ui, previous, TransportCommand::Previous.into(), actions);
    ui.add_space(4.0);
    play_or_pause(ui, snapshot.transport, has_queue, actions);
    ui.add_space(4.0);
    let next = IconButton::new(icons::SKIP_FORWARD, "Next", "Next").enabled(has_queue);
    press(ui, next, TransportCommand::Next.into(), actions);
    let can_stop = snapshot.transport != Transport::Stopped;
    let stop = IconButton::new(icons::STOP, "Stop", "Stop").enabled(can_stop);
    press(ui, stop, TransportCommand::Stop.into(), actions);
    let (icon, hint) = match snapshot.repeat {
        RepeatMode::Off => (icons::REPEAT, "Repeat: off"),
        RepeatMode::All => (icons::REPEAT, "Repeat: the whole queue"),
        RepeatMode::One => (icons::REPEAT_ONCE, "Repeat: this track"),
    };
    let repeat = IconButton::new(icon, "Repeat", hint).on(snapshot.repeat != RepeatMode::Off);
    press(ui, repeat, PlaybackAction::CycleRepeat.into(), actions);
    if is_roomy {
        let hint = "Stop after this track";
        let stop_after = IconButton::new(icons::STOP_AFTER, "Stop after current", hint)
            .on(snapshot.stop_after_current);
        let action = PlaybackAction::ToggleStopAfterCurrent;
        press(ui, stop_after, action.into(), actions);
    }
}

// One key does both, so the tooltip names it for either.
fn play_or_pause(ui: &mut Ui, transport: Transport, has_queue: bool, actions: &mut Actions) {
    let (button, command) = match transport {
        Transport::Playing => (
            IconButton::new(icons::PAUSE, "Pause", "Pause"),
            TransportCommand::Pause,
        ),
        Transport::Paused | Transport::Stopped => (
            IconButton::new(icons::PLAY, "Play", "Play"),
            TransportCommand::Play,
        ),
    };
    let key = keymap::key_of(&TransportCommand::TogglePause.into());
    let button = button.primary().enabled(has_queue).key(key);
    if button.show(ui).clicked() {
        actions.push(command.into());
    }
}

// Volume, and what the window shows; laid out from the right.
fn sound(ui: &mut Ui, state: &TransportState<'_>, is_roomy: bool, actions: &mut Actions) {
    let settings = state.settings;
    if is_roomy {
        let help = IconButton::new(icons::QUESTION, "Help", "Keys");
        press(ui, help, ViewAction::ToggleHelp.into(), actions);
    }
    let (icon, hint) = if state.is_dark {
        (icons::SUN, "Light theme")
    } else {
        (icons::MOON, "Dark theme")
    };
    let theme = IconButton::new(icon, "Theme", hint);
    press(ui, theme, ViewAction::ToggleTheme.into(), actions);
    let name = "Performance overlay";
    let overlay = IconButton::new(icons::GAUGE, name, name).on(settings.show_overlay);
    press(ui, overlay, ViewAction::ToggleOverlay.into(), actions);
    if is_roomy {
        let icon = icons::CHART_BAR_HORIZONTAL;
        let levels = IconButton::new(icon, "Levels", "Levels and loudness");
        let levels = levels.on(settings.show_levels);
        press(ui, levels, ViewAction::ToggleLevels.into(), actions);
    }
    let equalizer = IconButton::new(icons::EQUALIZER, "Show equalizer", "Equalizer");
    let equalizer = equalizer.on(settings.show_equalizer);
    press(ui, equalizer, ViewAction::ToggleEqualizer.into(), actions);
    playback::show(ui, state.playback, actions);
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
