//! The window. Sends commands, reads snapshots; knows nothing of devices or codecs.

mod action;
mod backend;
mod equalizer;
mod files;
mod help;
mod ids;
mod keymap;
mod levels;
mod library;
mod menus;
mod notes;
mod now_playing;
mod overlay;
mod pane;
mod pending;
mod presets;
mod queue;
#[cfg(test)]
mod scripted;
mod settings;
mod shell;
mod spectrum;
mod steps;
mod theme;
mod transport;
mod view;
mod widgets;

use crate::app::{App, Frontend, OpenRequest, Settings};
use eframe::egui::{Context, ViewportBuilder, ViewportCommand};
use engine::command::Placement;
pub use settings::ThemeChoice;
use settings::{SECTION, WindowSettings};
use shell::PlayerApp;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Starts the program, which reaches the window by what it is given.
pub type StartApp = Box<dyn FnOnce(Frontend, Settings) -> io::Result<App>>;

/// How to open the window.
pub struct WindowOptions {
    /// Files, folders and playlists for the queue.
    pub inputs: Vec<PathBuf>,
    /// Whether they come in place of the queue and play at once, or at its end.
    pub plays_inputs: bool,
    /// Where settings are kept; made when first needed.
    pub config_dir: PathBuf,
    /// Overrides the remembered theme.
    pub theme: Option<ThemeChoice>,
    /// Starts the program with its settings, given what it has to call when something has changed.
    pub app: StartApp,
    /// Inner size in points, in place of the remembered one.
    pub window_size: Option<[f32; 2]>,
}

/// Smallest inner size, in points.
const MIN_SIZE: [f32; 2] = [640.0, 420.0];
/// Inner size at the first start, in points.
const FIRST_SIZE: [f32; 2] = [1120.0, 720.0];

/// Opens the window and returns when it is closed.
///
/// # Errors
/// A line for the user when there is no display, no graphics, or no player.
pub fn run(options: WindowOptions) -> Result<(), String> {
    let WindowOptions {
        inputs,
        plays_inputs,
        config_dir,
        theme,
        app,
        window_size,
    } = options;
    let native = native_options(&config_dir, window_size);
    let create = move |cc: &eframe::CreationContext<'_>| {
        let settings = Settings::open(&config_dir);
        let (own, note) = WindowSettings::read(settings.section(SECTION));
        let ctx = cc.egui_ctx.clone();
        close_when_asked(&ctx);
        let app = app(frontend(&ctx), settings)?;
        let app = PlayerApp::new(&cc.egui_ctx, Box::new(app), &config_dir, own, note);
        // A theme from the command line is not stored.
        if let Some(theme) = theme {
            theme::choose(&cc.egui_ctx, theme);
        }
        if !inputs.is_empty() {
            app.send(OpenRequest {
                inputs,
                placement: match plays_inputs {
                    true => Placement::Replace,
                    false => Placement::Append,
                },
                play: plays_inputs,
            });
        }
        Ok(Box::new(app) as Box<dyn eframe::App>)
    };
    eframe::run_native("Rusty Audio", native, Box::new(create)).map_err(|error| error.to_string())
}

/// How threads reach the window.
fn frontend(ctx: &Context) -> Frontend {
    let (wake, raise, quit) = (ctx.clone(), ctx.clone(), ctx.clone());
    Frontend {
        wake: Arc::new(move || wake.request_repaint()),
        raise: Some(Arc::new(move |_| {
            raise.send_viewport_cmd(ViewportCommand::Visible(true));
            raise.send_viewport_cmd(ViewportCommand::Minimized(false));
            raise.send_viewport_cmd(ViewportCommand::Focus);
            raise.request_repaint();
        })),
        quit: Arc::new(move || {
            quit.send_viewport_cmd(ViewportCommand::Close);
            quit.request_repaint();
        }),
    }
}

/// Closes the window when the session ends or somebody sends a signal: the sound fades out, and everything is
/// stored as if the button had been pressed.
fn close_when_asked(ctx: &Context) {
    let quit = frontend(ctx).quit;
    // Without it the program ends all the same, if less gently.
    let _ = ctrlc::set_handler(move || quit());
}

fn native_options(config_dir: &Path, window_size: Option<[f32; 2]>) -> eframe::NativeOptions {
    let mut viewport = ViewportBuilder::default()
        .with_title("Rusty Audio")
        .with_app_id("rusty-audio")
        .with_inner_size(window_size.unwrap_or(FIRST_SIZE))
        .with_min_inner_size(MIN_SIZE)
        .with_drag_and_drop(true);
    if let Ok(icon) = eframe::icon_data::from_png_bytes(include_bytes!("../assets/icon.png")) {
        viewport = viewport.with_icon(icon);
    }
    eframe::NativeOptions {
        viewport,
        renderer: eframe::Renderer::Glow,
        persist_window: window_size.is_none(),
        persistence_path: Some(config_dir.join("window.ron")),
        ..eframe::NativeOptions::default()
    }
}
