//! `rusty-audio play`.

use super::numbers::parse_seconds;
use super::source::SourceArguments;
use super::{Failure, about, cache_dir, inputs, parse_buffer_frames, report};
use crate::app::{App, Frontend, OpenRequest};
use crate::desktop::Desktop;
use crate::desktop::instance::{self, InstancePlace};
use crossbeam::channel::bounded;
use dsp::equalizer::EqualizerSettings;
use engine::command::Placement;
use engine::command::{OutputCommand, SoundCommand, TransportCommand};
use engine::player::{PlayerHandle, PlayerOptions, UNATTENDED_BUFFER_FRAMES};
use engine::remote::Waited;
use engine::signal_path::SignalPath;
use engine::status::{OutputChoice, PlayerEvent, WhenUnplugged};
use serde::Serialize;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};
use telemetry::alert::PerformanceAlert;
use telemetry::monitor::MonitorSpan;
use telemetry::{Percentiles, Reading};

/// Arguments of `play`.
#[derive(Debug, clap::Args)]
pub(super) struct PlayArguments {
    /// Files, folders, playlists, `demo`, or `-` for standard input
    #[arg(value_name = "INPUT", required = true)]
    inputs: Vec<PathBuf>,
    /// What `play` does anyway; kept for scripts that say it
    #[arg(long, hide = true)]
    headless: bool,
    /// Play through this output: a device's name, or `null` for silence
    #[arg(long, value_name = "NAME")]
    output: Option<String>,
    /// Equalizer preset: a name such as `flat` or `rock`, or a file of AutoEq, Equalizer APO,
    /// foobar2000 or Winamp
    #[arg(long, value_name = "PRESET")]
    eq: Option<PathBuf>,
    /// End when the last track has; otherwise go on until interrupted
    #[arg(long)]
    until_end: bool,
    /// Write measured figures to this file at the end, as JSON
    #[arg(long, value_name = "FILE.json")]
    stats: Option<PathBuf>,
    /// Write the figures of each second of the last hour to this file at the end
    #[arg(long, value_name = "FILE.csv|FILE.jsonl")]
    history: Option<PathBuf>,
    /// Begin this many seconds into the first track
    #[arg(long, value_name = "S", allow_negative_numbers = true, value_parser = parse_seconds)]
    seek: Option<Duration>,
    /// Keep the audio callback on this processor core, counted from 0
    #[arg(long, value_name = "N")]
    core: Option<u32>,
    /// Open the output at each track's own rate, where it can be, so that nothing is resampled
    #[arg(long)]
    follow_rate: bool,
    #[command(flatten)]
    source: SourceArguments,
    /// Frames to ask the device for at a time, a power of two
    /// [default: 2048, more where the sound breaks off]
    #[arg(long, value_name = "FRAMES", value_parser = parse_buffer_frames)]
    buffer: Option<u32>,
}

/// A reading in the names that scripts rely on.
#[derive(Serialize)]
struct Stats {
    callbacks: u64,
    frames: u64,
    starved: u64,
    overloads: u64,
    xruns: u64,
    callback_us: Percentiles,
    load_percent: Percentiles,
    deadline_us: f64,
    buffer_frames: u32,
    sample_rate: u32,
    output_latency_ms: f64,
    first_sound_ms: Option<f64>,
    cpu_percent: f64,
    rss_mib: f64,
    priority: &'static str,
    core: String,
    /// The path of the last track.
    signal_path: SignalPath,
    alerts: Vec<String>,
}

pub(super) fn run(
    arguments: PlayArguments,
    config_dir: &Path,
    data_dir: &Path,
) -> Result<ExitCode, Failure> {
    let files = inputs::with_demo(arguments.inputs, config_dir)?;
    let equalizer = match &arguments.eq {
        Some(name) => inputs::preset(name, config_dir)?,
        None => EqualizerSettings::ten_bands(),
    };
    let (interrupt, interrupts) = bounded(1);
    let quit = move || {
        // Once is enough.
        let _ = interrupt.try_send(());
    };
    ctrlc::set_handler(quit.clone()).map_err(|e| e.to_string())?;
    let mut app = App::start(PlayerOptions {
        output: output_choice(arguments.output),
        buffer_frames: arguments.buffer.unwrap_or(UNATTENDED_BUFFER_FRAMES),
        adapts_buffer: arguments.buffer.is_none(),
        // There is no button to press.
        when_unplugged: WhenUnplugged::GoOn,
        core: arguments.core,
        volume: 1.0,
        equalizer,
        waveform_folder: None,
        tag_requests: None,
        wake: Arc::new(|| {}),
    })?;
    let frontend = Frontend {
        wake: Arc::new(|| {}),
        raise: None,
        quit: Arc::new(quit),
    };
    // Beside another player it plays all the same.
    let listener = InstancePlace::of(data_dir).and_then(|place| instance::claim(&place));
    let listener = listener.ok().flatten();
    let _desktop = Desktop::attach(&app, frontend, listener, data_dir, &cache_dir(config_dir))?;
    let source = arguments.source.settings();
    app.send(SoundCommand::SetPlayback(source));
    app.send(OutputCommand::SetFollowsRate(arguments.follow_rate));
    let started = Instant::now();
    let open = |play| OpenRequest {
        inputs: files,
        placement: Placement::Append,
        play,
    };
    match arguments.seek {
        None => app.send(open(true)),
        Some(position) => {
            app.send(open(false));
            while app.player().feed().snapshot().queue.is_empty()
                && started.elapsed() < Duration::from_secs(5)
            {
                std::thread::sleep(Duration::from_millis(2));
            }
            app.send(TransportCommand::Seek(position));
            app.send(TransportCommand::Play);
        }
    }
    let (mut had_trouble, mut has_played, mut is_interrupted) = (false, false, false);
    loop {
        match app.player().feed().wait_event_or(&interrupts) {
            Waited::Event(PlayerEvent::Note(line)) => {
                report(line);
                had_trouble = true;
            }
            Waited::Event(PlayerEvent::Warning(line)) => report(line),
            Waited::Event(PlayerEvent::Alert(alert)) => report(alert.message()),
            Waited::Event(PlayerEvent::TrackStarted(_)) => has_played = true,
            Waited::Event(PlayerEvent::Finished) if arguments.until_end || !has_played => break,
            Waited::Event(PlayerEvent::Finished) => {}
            Waited::Other(()) => {
                is_interrupted = true;
                break;
            }
            Waited::Ended => break,
        }
    }
    let first_sound_ms = app
        .player()
        .first_sound()
        .map(|at| at.saturating_duration_since(started).as_secs_f64() * 1e3);
    if let Some(file) = &arguments.stats {
        let signal = SignalPath::clone(&app.player().feed().snapshot().signal);
        let stats = stats(
            &app.player().reading(MonitorSpan::Session),
            first_sound_ms,
            signal,
        );
        std::fs::write(file, serde_json::to_string_pretty(&stats)? + "\n")
            .map_err(|error| about(file, error))?;
    }
    if let Some(file) = &arguments.history {
        write_history(app.player(), file).map_err(|error| about(file, error))?;
    }
    let output = Arc::clone(&app.player().feed().snapshot().output);
    // Fades out.
    drop(app);
    if let Some(problem) = output.problem.as_ref().filter(|_| output.is_null) {
        report(format!("{problem}: it was played without sound"));
        had_trouble = true;
    }
    // To be asked to end is no failure.
    Ok(if had_trouble || !(has_played || is_interrupted) {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// As comma-separated values where the name says so, else as a JSON object a line.
fn write_history(player: &PlayerHandle, file: &Path) -> std::io::Result<()> {
    let mut to = BufWriter::new(File::create(file)?);
    let is_csv = file.extension().is_some_and(|extension| extension == "csv");
    player.with_history(|history| match is_csv {
        true => history.write_csv(&mut to),
        false => history.write_json_lines(&mut to),
    })?;
    to.flush()
}

/// What `--output` names.
pub fn output_choice(name: Option<String>) -> OutputChoice {
    match name {
        None => OutputChoice::Default,
        Some(name) if name == "null" => OutputChoice::Null,
        Some(name) => OutputChoice::Device(name),
    }
}

fn stats(reading: &Reading, first_sound_ms: Option<f64>, signal_path: SignalPath) -> Stats {
    let (callback, troubles) = (&reading.callback, reading.troubles.session);
    let alerts = reading.alerts();
    Stats {
        callbacks: callback.count,
        frames: callback.frames,
        starved: troubles.starved,
        overloads: troubles.overloads,
        xruns: troubles.xruns,
        callback_us: callback.us,
        load_percent: callback.load_percent,
        deadline_us: callback.deadline_us,
        buffer_frames: callback.block_frames,
        sample_rate: reading.output.sample_rate_hz,
        output_latency_ms: reading.output.latency_ms(),
        first_sound_ms,
        cpu_percent: reading.process.cpu_percent,
        rss_mib: reading.process.rss_mib,
        priority: reading.threads.callback_priority.name(),
        core: reading.threads.callback_core.clone(),
        signal_path,
        alerts: alerts.iter().map(PerformanceAlert::message).collect(),
    }
}
