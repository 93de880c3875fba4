//! The window's state and its layout.

mod carry_out;
mod equalizer;
mod performance;

use crate::app::AppCommand;
use crate::ui::action::Actions;
use crate::ui::backend::Backend;
use crate::ui::equalizer::history::EqualizerHistory;
use crate::ui::equalizer::sliders;
use crate::ui::equalizer::tools::EqualizerTools;
use crate::ui::files::dialogs::{Chosen, Dialogs};
use crate::ui::files::drop;
use crate::ui::notes::banner;
use crate::ui::notes::toasts::Toasts;
use crate::ui::now_playing::cover::Cover;
use crate::ui::overlay::frame_times::FrameTimes;
use crate::ui::overlay::{AlertLog, Choice, Sheet};
use crate::ui::pending::Pending;
use crate::ui::presets::Presets;
use crate::ui::presets::dialog::PresetDialog;
use crate::ui::queue::QueueList;
use crate::ui::queue::invitation;
use crate::ui::settings::{Settings, SettingsFile};
use crate::ui::spectrum::{self, ResponseCurve};
use crate::ui::theme::{self, GRID, Palette};
use crate::ui::transport::seek_bar::SeekBar;
use crate::ui::transport::{self, TransportState};
use crate::ui::{help, keymap, levels, now_playing};
use dsp::equalizer::EqualizerSettings;
use eframe::egui::{CentralPanel, Context, Frame, Margin, Panel, Ui, ViewportCommand};
use engine::command::{OutputCommand, QueueCommand, SoundCommand};
use engine::pipeline::SourceSettings;
use engine::status::{PlayerEvent, PlayerSnapshot, SoundSettings, Transport};
use std::time::{Duration, Instant};

/// Between two frames while the spectrum moves.
const MOVING_FRAME: Duration = Duration::from_millis(16);
/// A window that takes longer than this to draw moves at half the pace, in ms.
const DEAR_FRAME_MS: f32 = 6.0;
/// How long settings rest before they are written, in seconds.
const SAVE_DELAY_SECONDS: f64 = 1.0;
/// Below this width of the window the queue is narrow, in points.
const NARROW: f32 = 800.0;
/// The plot is not drawn lower than this, in points.
const LOWEST_PLOT: f32 = 64.0;

/// Everything behind the window.
pub(crate) struct PlayerApp {
    backend: Box<dyn Backend>,
    snapshot: PlayerSnapshot,
    settings: Settings,
    file: SettingsFile,
    save_at: Option<f64>,
    queue: QueueList,
    seek: SeekBar,
    cover: Cover,
    curve: ResponseCurve,
    volume: Pending<f32>,
    equalizer: Pending<EqualizerSettings>,
    sound: Pending<SoundSettings>,
    source: Pending<SourceSettings>,
    history: EqualizerHistory,
    presets: Presets,
    preset_dialog: Option<PresetDialog>,
    /// The output's rate the automatic preamp was worked out for.
    preamp_rate_hz: f64,
    toasts: Toasts,
    alerts: AlertLog,
    started: Instant,
    dialogs: Dialogs,
    frames: FrameTimes,
    figures_chosen: Choice,
    /// The overlay's figures, once it has been shown.
    sheet: Option<Sheet>,
    is_helping: bool,
    title: String,
}

impl PlayerApp {
    /// Brings the player to the settings, and notes `note` if there is one.
    pub(crate) fn new(
        ctx: &Context,
        backend: Box<dyn Backend>,
        file: SettingsFile,
        settings: Settings,
        note: Option<String>,
    ) -> Self {
        theme::install(ctx, settings.theme);
        let remembered: [AppCommand; 8] = [
            SoundCommand::SetVolume(settings.volume).into(),
            SoundCommand::SetMuted(settings.is_muted).into(),
            QueueCommand::SetRepeat(settings.repeat).into(),
            QueueCommand::SetShuffle(settings.is_shuffled).into(),
            SoundCommand::SetEqualizer(settings.equalizer.clone()).into(),
            SoundCommand::SetStages(settings.sound).into(),
            SoundCommand::SetPlayback(settings.source).into(),
            OutputCommand::SetFollowsRate(settings.follows_rate).into(),
        ];
        for command in remembered {
            backend.send(command);
        }
        let mut toasts = Toasts::default();
        note.into_iter()
            .for_each(|note| toasts.note(note, ctx.time()));
        Self {
            backend,
            snapshot: PlayerSnapshot::default(),
            presets: Presets::new(file.folder()),
            settings,
            file,
            save_at: None,
            queue: QueueList::default(),
            seek: SeekBar::default(),
            cover: Cover::new(ctx),
            curve: ResponseCurve::default(),
            volume: Pending::default(),
            equalizer: Pending::default(),
            sound: Pending::default(),
            source: Pending::default(),
            history: EqualizerHistory::default(),
            preset_dialog: None,
            preamp_rate_hz: 0.0,
            toasts,
            alerts: AlertLog::default(),
            started: Instant::now(),
            dialogs: Dialogs::new(),
            frames: FrameTimes::default(),
            figures_chosen: Choice::default(),
            sheet: None,
            is_helping: false,
            title: String::new(),
        }
    }

    /// Sends a command.
    pub(crate) fn send(&self, command: impl Into<AppCommand>) {
        self.backend.send(command.into());
    }

    /// What is done with the window hidden as well: nothing is lost, nothing is drawn.
    pub(crate) fn hear(&mut self, ctx: &Context) {
        self.snapshot.clone_from(self.backend.snapshot());
        for event in self.backend.events() {
            match event {
                PlayerEvent::Note(line) | PlayerEvent::Warning(line) => {
                    self.toasts.note(line, ctx.time());
                }
                PlayerEvent::Alert(alert) => {
                    self.alerts.note(self.started.elapsed(), alert.message());
                    self.toasts.note(alert.message(), ctx.time());
                }
                PlayerEvent::TrackStarted(_) | PlayerEvent::Finished => {}
            }
        }
        match self.dialogs.chosen() {
            Some(Chosen::Music(command)) => self.send(command),
            Some(Chosen::Import(paths)) => {
                paths.iter().for_each(|path| self.import(path, ctx.time()));
            }
            Some(Chosen::Export(path)) => self.export(&path, ctx.time()),
            None => {}
        }
        let title = window_title(&self.snapshot);
        if title != self.title {
            ctx.send_viewport_cmd(ViewportCommand::Title(title.clone()));
            self.title = title;
        }
    }

    /// Draws one frame and carries out what was asked for in it. `passed_seconds` passed while the frame
    /// before was made.
    pub(crate) fn show(&mut self, ui: &mut Ui, passed_seconds: Option<f32>) {
        self.frames.begin(passed_seconds);
        let ctx = ui.ctx().clone();
        self.queue.update(&self.snapshot);
        let mut actions = Actions::new();
        if ui.input(|input| input.pointer.any_pressed() || input.pointer.any_released()) {
            self.history.end_gesture();
        }
        // A question has the keys to itself.
        if self.preset_dialog.is_none() {
            keymap::take(ui, &mut actions);
        }
        self.carry_out_all(&ctx, std::mem::take(&mut actions));

        let now = ctx.time();
        self.follow_rate(now);
        let volume = self.volume.shown(&self.snapshot.volume, now);
        let equalizer = self.equalizer.shown(self.snapshot.equalizer.as_ref(), now);
        let source = self.source.shown(&self.snapshot.source, now);
        self.transport(ui, volume, source, &mut actions);
        self.side(ui, &mut actions);
        let is_moving = self.main(ui, &equalizer, &mut actions);
        if self.settings.show_overlay {
            self.overlay(&ctx, now, &mut actions);
        }
        if self.is_helping && help::show(&ctx) {
            self.is_helping = false;
        }
        if let Some(dialog) = &mut self.preset_dialog
            && dialog.show(&ctx, self.presets.names(), &mut actions)
        {
            self.preset_dialog = None;
            ctx.request_repaint();
        }
        self.toasts.show(&ctx, transport::HEIGHT);
        let is_idle = self.snapshot.queue.is_empty();
        drop::take(&ctx, is_idle, |at| self.queue.entry_at(at), &mut actions);
        drop::hint(&ctx);
        let asked = !actions.is_empty();
        self.carry_out_all(&ctx, actions);
        if asked {
            // One more frame shows what was asked for; the player's own wake-up shows it done.
            ctx.request_repaint();
        }
        self.keep_moving(&ctx, is_moving);
        self.save_when_due(&ctx);
    }

    /// Writes the settings if they have changed.
    pub(crate) fn save(&mut self) {
        if let Err(error) = self.file.save(&self.settings) {
            let line = format!("Settings could not be saved: {error}");
            self.toasts.note(line, 0.0);
        }
    }

    fn transport(
        &mut self,
        ui: &mut Ui,
        volume: f32,
        source: SourceSettings,
        actions: &mut Actions,
    ) {
        let palette = Palette::of(ui);
        let state = TransportState {
            snapshot: &self.snapshot,
            settings: &self.settings,
            position: self.backend.position(),
            volume,
            source,
            is_dark: ui.visuals().dark_mode,
        };
        Panel::bottom("transport")
            .exact_size(transport::HEIGHT)
            .resizable(false)
            .show_separator_line(false)
            .frame(Frame::new().fill(palette.surface))
            .show(ui, |ui| {
                transport::show(ui, &state, &mut self.seek, actions);
            });
    }

    fn side(&mut self, ui: &mut Ui, actions: &mut Actions) {
        if !self.settings.show_queue {
            return;
        }
        let palette = Palette::of(ui);
        let width = ui.available_width();
        let frame = Frame::new().fill(palette.surface).inner_margin(Margin {
            left: 8,
            right: 8,
            top: 8,
            bottom: 0,
        });
        let panel = if width < NARROW {
            Panel::left("queue, narrow")
                .exact_size((width * 0.36).round())
                .resizable(false)
        } else {
            Panel::left("queue")
                .default_size(320.0)
                .size_range(240.0..=width * 0.5)
                .resizable(true)
        };
        panel
            .frame(frame)
            .show_separator_line(false)
            .show(ui, |ui| self.queue.show(ui, &self.snapshot, actions));
    }

    // Returns whether the spectrum is seen and still moves.
    fn main(&mut self, ui: &mut Ui, equalizer: &EqualizerSettings, actions: &mut Actions) -> bool {
        let is_small = ui.available_height() < 480.0 || ui.available_width() < 560.0;
        let margin = if is_small { 12 } else { 24 };
        let frame = Frame::new()
            .fill(Palette::of(ui).window)
            .inner_margin(Margin::same(margin));
        let shown = CentralPanel::default().frame(frame).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            if banner::is_needed(&self.snapshot.output) {
                banner::show(ui, &self.snapshot.output, actions);
                ui.add_space(if is_small { GRID } else { 2.0 * GRID });
            }
            if self.snapshot.queue.is_empty() && !self.settings.show_queue {
                invitation::invitation(ui, self.snapshot.is_scanning, actions);
                return false;
            }
            let playing = self.snapshot.now_playing.as_deref();
            let side = head_height(ui.available_height());
            let cover = self.cover.texture(ui.ctx(), playing);
            now_playing::show(ui, &self.snapshot, cover, side);
            ui.add_space(if is_small { GRID } else { 2.0 * GRID });
            self.sound(ui, equalizer, actions)
        });
        shown.inner
    }

    // Spectrum and equalizer share the room and the frequency axis.
    fn sound(&mut self, ui: &mut Ui, equalizer: &EqualizerSettings, actions: &mut Actions) -> bool {
        self.curve.update(equalizer, self.rate_hz());
        let has_equalizer = self.settings.show_equalizer;
        if has_equalizer {
            let now = ui.input(|input| input.time);
            let tools = EqualizerTools {
                equalizer,
                settings: &self.settings,
                sound: self.sound.shown(&self.snapshot.sound, now),
                headroom: self.curve.headroom(),
                own: self.presets.names(),
            };
            tools.show(ui, actions);
            ui.add_space(4.0);
        }
        let mut is_moving = false;
        if self.settings.show_levels {
            let levels = self.backend.levels();
            is_moving = !levels.is_at_rest;
            levels::show(ui, &levels);
        }
        let is_list = self.settings.show_bands || !sliders::fits_sliders(equalizer);
        let room = ui.available_height();
        let sliders = match (has_equalizer, is_list) {
            (false, _) => 0.0,
            (true, false) => (room * 0.4).clamp(88.0, 232.0),
            (true, true) => (room * 0.55).clamp(112.0, 360.0),
        };
        let plot = (room - sliders).max(LOWEST_PLOT);
        let spectrum = self.backend.spectrum();
        is_moving |= !spectrum.is_at_rest;
        let curve = has_equalizer.then_some((&self.curve, equalizer));
        let transform = spectrum::show(ui, plot, spectrum, curve);
        if has_equalizer {
            sliders::sliders(ui, equalizer, &transform, sliders, is_list, actions);
        }
        is_moving
    }

    // Asks for the next frame while something moves by itself, and for none otherwise.
    fn keep_moving(&self, ctx: &Context, is_moving: bool) {
        let is_hidden = ctx.input(|input| {
            let viewport = input.viewport();
            viewport.minimized == Some(true) || viewport.occluded == Some(true)
        });
        let is_playing = self.snapshot.transport == Transport::Playing;
        if !is_hidden && (is_playing || is_moving && self.snapshot.now_playing.is_some()) {
            // Where drawing is dear, as without a graphics card, half the pictures must do.
            let is_dear = self
                .frames
                .passed_p95_ms()
                .is_some_and(|ms| ms > DEAR_FRAME_MS);
            ctx.request_repaint_after(if is_dear {
                2 * MOVING_FRAME
            } else {
                MOVING_FRAME
            });
        }
    }

    fn save_when_due(&mut self, ctx: &Context) {
        if !self.file.is_stale(&self.settings) {
            self.save_at = None;
            return;
        }
        let now = ctx.time();
        let due = *self.save_at.get_or_insert(now + SAVE_DELAY_SECONDS);
        if now < due {
            ctx.request_repaint_after(Duration::from_secs_f64(due - now));
            return;
        }
        self.save_at = None;
        if let Err(error) = self.file.save(&self.settings) {
            self.toasts
                .note(format!("Settings could not be saved: {error}"), now);
        }
    }
}

impl eframe::App for PlayerApp {
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        self.hear(ctx);
    }

    fn ui(&mut self, ui: &mut Ui, frame: &mut eframe::Frame) {
        self.show(ui, frame.info().cpu_usage);
        self.frames.end_layout();
    }

    fn save(&mut self, _storage: &mut dyn eframe::Storage) {
        PlayerApp::save(self);
    }

    fn clear_color(&self, visuals: &eframe::egui::Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }
}

/// Height of cover and titles in a main area this high, in points.
fn head_height(room: f32) -> f32 {
    match room {
        ..360.0 => 56.0,
        360.0..560.0 => 80.0,
        560.0..760.0 => 112.0,
        _ => 152.0,
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
