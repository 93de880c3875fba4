//! The shell: the window's state, its panes and their order.

mod arrange;
mod carry_out;
mod panes;

use crate::app::{AppCommand, LibraryCommand};
use crate::ui::action::{Action, Actions};
use crate::ui::backend::Backend;
use crate::ui::equalizer::editor::EqualizerEditor;
use crate::ui::files::dialogs::{Chosen, Dialogs};
use crate::ui::files::drop;
use crate::ui::keymap;
use crate::ui::now_playing;
use crate::ui::overlay::frame_times::FrameTimes;
use crate::ui::pane::PaneContext;
use crate::ui::pending::PendingSettings;
use crate::ui::presets::Presets;
use crate::ui::presets::action::PresetAction;
use crate::ui::settings::{SECTION, WindowSettings};
use crate::ui::theme;
use eframe::egui::{Context, Ui, ViewportCommand};
use engine::status::{PlayerEvent, PlayerSnapshot, Transport};
use panes::Panes;
use std::path::Path;
use std::time::Duration;

/// Time between two frames while the spectrum moves.
const MOVING_FRAME: Duration = Duration::from_millis(16);
/// Frames that take longer than this, in ms, are drawn half as often.
const MAX_FRAME_MS: f32 = 6.0;

/// Everything behind the window.
pub(crate) struct PlayerApp {
    backend: Box<dyn Backend>,
    snapshot: PlayerSnapshot,
    settings: WindowSettings,
    /// The settings as they were last handed over to be stored.
    stored: WindowSettings,
    panes: Panes,
    pending: PendingSettings,
    equalizer: EqualizerEditor,
    presets: Presets,
    dialogs: Dialogs,
    frames: FrameTimes,
    title: String,
}

impl PlayerApp {
    /// A window with `settings`, on the presets in `config_dir`; shows `note` if there is one.
    pub(crate) fn new(
        ctx: &Context,
        backend: Box<dyn Backend>,
        config_dir: &Path,
        settings: WindowSettings,
        note: Option<String>,
    ) -> Self {
        theme::install(ctx, settings.theme);
        let mut panes = Panes::new(ctx);
        if let Some(note) = note {
            panes.notes.add(note, ctx.time());
        }
        Self {
            backend,
            snapshot: PlayerSnapshot::default(),
            stored: settings.clone(),
            settings,
            panes,
            pending: PendingSettings::default(),
            equalizer: EqualizerEditor::default(),
            presets: Presets::new(config_dir),
            dialogs: Dialogs::new(),
            frames: FrameTimes::default(),
            title: String::new(),
        }
    }

    /// Sends a command.
    pub(crate) fn send(&self, command: impl Into<AppCommand>) {
        self.backend.send(command.into());
    }

    /// Reads what has happened since the last call. Also done with the window hidden: nothing is lost,
    /// nothing is drawn.
    pub(crate) fn update(&mut self, ctx: &Context) {
        self.snapshot.clone_from(self.backend.snapshot());
        for event in self.backend.events() {
            self.on_event(event, ctx.time());
        }
        match self.dialogs.chosen() {
            Some(Chosen::Music(command)) => self.send(command),
            Some(Chosen::Library(folders)) => {
                for folder in folders {
                    self.send(LibraryCommand::AddFolder(folder));
                }
            }
            Some(Chosen::Import(paths)) => {
                for path in paths {
                    self.carry_out(ctx, PresetAction::Import(path).into());
                }
            }
            Some(Chosen::Export(path)) => self.export_preset(&path, ctx.time()),
            Some(Chosen::Lists(command)) => self.send(command),
            None => {}
        }
        let title = window_title(&self.snapshot);
        if title != self.title {
            ctx.send_viewport_cmd(ViewportCommand::Title(title.clone()));
            self.title = title;
        }
    }

    fn on_event(&mut self, event: PlayerEvent, now: f64) {
        match event {
            PlayerEvent::Note(line) | PlayerEvent::Warning(line) => self.panes.notes.add(line, now),
            PlayerEvent::Alert(alert) => {
                self.panes.overlay.alerts.add(alert.message());
                self.panes.notes.add(alert.message(), now);
            }
            PlayerEvent::TrackStarted(_) | PlayerEvent::Finished => {}
        }
    }

    /// Draws one frame and carries out what was asked for in it. `passed_seconds` passed while the frame
    /// before was made.
    pub(crate) fn show(&mut self, ui: &mut Ui, passed_seconds: Option<f32>) {
        self.frames.begin(passed_seconds);
        let ctx = ui.ctx().clone();
        self.panes.queue.update(&self.snapshot);
        if ui.input(|input| input.pointer.any_pressed() || input.pointer.any_released()) {
            self.equalizer.history.end_gesture();
        }
        let mut actions = Actions::new();
        if !self.panes.is_asking() {
            keymap::take(ui, &mut actions);
        }
        self.carry_out_all(&ctx, std::mem::take(&mut actions));
        self.follow_rate(ctx.time());
        let is_moving = self.draw(ui, &mut actions);
        let is_idle = self.snapshot.queue.is_empty();
        let queue = &self.panes.queue;
        drop::take(&ctx, is_idle, |at| queue.entry_at(at), &mut actions);
        drop::hint(&ctx);
        let has_requests = !actions.is_empty();
        self.carry_out_all(&ctx, actions);
        if has_requests {
            // One more frame shows what was asked for; the player's own wake-up shows it done.
            ctx.request_repaint();
        }
        self.keep_moving(&ctx, is_moving);
        self.store();
    }

    // Returns whether something is seen that moves by itself.
    fn draw(&mut self, ui: &mut Ui, actions: &mut Actions) -> bool {
        let now = ui.ctx().time();
        let shown = self.pending.shown(&self.snapshot, now);
        let rate_hz = self.rate_hz();
        self.equalizer.curve.update(&shown.equalizer, rate_hz);
        let mut context = PaneContext {
            backend: self.backend.as_mut(),
            snapshot: &self.snapshot,
            shown: &shown,
            settings: &self.settings,
            presets: &self.presets,
            curve: &self.equalizer.curve,
            frames: &self.frames,
            now,
            gap: 0.0,
            height: 0.0,
            axis: None,
            is_moving: false,
        };
        arrange::arrange(ui, &mut self.panes.in_order(), &mut context, actions);
        context.is_moving
    }

    fn carry_out_all(&mut self, ctx: &Context, actions: Actions) {
        for action in actions {
            self.carry_out(ctx, action);
        }
    }

    fn carry_out(&mut self, ctx: &Context, action: Action) {
        #[cfg(test)]
        self.panes.carried_out.push(action.clone());
        let now = ctx.time();
        match action {
            Action::App(command) => self.backend.send(command),
            Action::Playback(action) => self.carry_out_playback(action, now),
            Action::Queue(action) => self.carry_out_queue(ctx, action),
            Action::List(action) => self.carry_out_list(action),
            Action::Equalizer(action) => self.carry_out_equalizer(ctx, action),
            Action::Preset(action) => self.carry_out_preset(action, now),
            Action::View(action) => self.carry_out_view(ctx, action),
            Action::Overlay(action) => self.carry_out_overlay(ctx, action),
            Action::Open(request) => {
                if let Err(line) = self.dialogs.open(request, ctx) {
                    self.panes.notes.add(line, now);
                }
            }
        }
    }

    // Asks for the next frame while something moves by itself, and for none otherwise.
    fn keep_moving(&self, ctx: &Context, is_moving: bool) {
        let is_hidden = ctx.input(|input| {
            let viewport = input.viewport();
            viewport.minimized == Some(true) || viewport.occluded == Some(true)
        });
        let is_playing = self.snapshot.transport == Transport::Playing;
        if !is_hidden && (is_playing || is_moving && self.snapshot.now_playing.is_some()) {
            // Drawing takes long without a graphics card: half as many frames are drawn then.
            let passed_ms = self.frames.passed_p95_ms();
            let is_slow = passed_ms.is_some_and(|ms| ms > MAX_FRAME_MS);
            ctx.request_repaint_after(if is_slow {
                2 * MOVING_FRAME
            } else {
                MOVING_FRAME
            });
        }
    }

    // Hands the window's settings over when they have changed.
    fn store(&mut self) {
        if self.settings != self.stored {
            self.stored = self.settings.clone();
            self.backend.store(SECTION, self.settings.to_section());
        }
    }
}

impl eframe::App for PlayerApp {
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        self.update(ctx);
    }

    fn ui(&mut self, ui: &mut Ui, frame: &mut eframe::Frame) {
        self.show(ui, frame.info().cpu_usage);
        self.frames.end_layout();
    }

    fn clear_color(&self, visuals: &eframe::egui::Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }
}

fn window_title(snapshot: &PlayerSnapshot) -> String {
    let Some(playing) = snapshot.now_playing.as_deref() else {
        return "Rusty Audio".to_owned();
    };
    let title = playing
        .tags
        .title
        .clone()
        .unwrap_or_else(|| now_playing::file_title(playing));
    let parts = [
        Some(title),
        playing.tags.artist.clone(),
        Some("Rusty Audio".to_owned()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" — ")
}

#[cfg(test)]
mod tests;
