//! Arguments become a window or a command.

use dsp::equalizer::EqualizerSettings;
use engine::player::{DEFAULT_BUFFER_FRAMES, PlayerOptions};
use engine::status::{OutputChoice, WhenUnplugged};
use rusty_audio::app::{App, Frontend};
use rusty_audio::cli::{self, Outcome, ThemeChoice, WindowArguments, WindowStart};
use rusty_audio::desktop::Desktop;
use rusty_audio::desktop::instance::OpenMode;
use rusty_audio::ui::{self, WindowOptions};
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};

fn main() -> ExitCode {
    keep_large_blocks_apart();
    match cli::run() {
        Outcome::Done(code) => code,
        Outcome::Window(start) => open_window(*start),
    }
}

/// The most a block of memory holds that is cut from a heap, in bytes.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const MAX_HEAP_BLOCK: libc::c_int = 256 << 10;

/// Has large blocks of memory come from the system one by one, and go back to it when they are freed.
///
/// The C library gives that up as soon as one of them has been freed. PipeWire's converter then has its 16 MiB
/// copied into place when it grows them, and 4 MiB that nobody uses stay in memory.
fn keep_large_blocks_apart() {
    // SAFETY: it takes numbers, and no other thread is there yet that could allocate meanwhile.
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    unsafe {
        // Refused, it stays as it was.
        libc::mallopt(libc::M_MMAP_THRESHOLD, MAX_HEAP_BLOCK);
    }
}

fn open_window(start: WindowStart) -> ExitCode {
    let WindowStart {
        arguments,
        config_dir,
        data_dir,
        listener,
        how,
    } = start;
    if !has_display() {
        eprintln!("no display to open a window on; `rusty-audio play` plays without one");
        return ExitCode::FAILURE;
    }
    let WindowArguments {
        inputs,
        output,
        buffer,
        core,
        theme,
        ..
    } = arguments;
    let waveform_folder = config_dir.join("waveforms");
    let cache_dir = cli::cache_dir(&config_dir);
    // For as long as the window is open.
    let desktop = Arc::new(OnceLock::new());
    let kept = Arc::clone(&desktop);
    let options = WindowOptions {
        inputs,
        plays_inputs: how == OpenMode::Play,
        config_dir,
        theme: theme.map(|theme| match theme {
            ThemeChoice::Light => ui::ThemeChoice::Light,
            ThemeChoice::Dark => ui::ThemeChoice::Dark,
        }),
        app: Box::new(move |frontend: Frontend, settings| {
            let given_output = output.map(|name| cli::output_choice(Some(name)));
            let options = PlayerOptions {
                output: OutputChoice::Default,
                buffer_frames: buffer.unwrap_or(DEFAULT_BUFFER_FRAMES),
                adapts_buffer: buffer.is_none(),
                when_unplugged: WhenUnplugged::default(),
                core,
                volume: 1.0,
                equalizer: EqualizerSettings::ten_bands(),
                waveform_folder: Some(waveform_folder),
                tag_requests: None,
                wake: Arc::clone(&frontend.wake),
            };
            let mut app = App::start_with_settings(options, settings, given_output)?;
            // A window beside another leaves the session alone.
            if listener.is_some() {
                app.keep_session_in(&data_dir)?;
            }
            app.keep_collection_in(&data_dir)?;
            let attached = Desktop::attach(&app, frontend, listener, &data_dir, &cache_dir)?;
            // The window is opened once.
            let _ = kept.set(attached);
            Ok(app)
        }),
        window_size: None,
    };
    let done = ui::run(options);
    drop(desktop);
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the window cannot be opened: {error}");
            ExitCode::FAILURE
        }
    }
}

fn has_display() -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(not(target_os = "linux")) || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}
