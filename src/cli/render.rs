//! `rusty-audio render`.

mod queue;

use super::inputs::Expanded;
use super::numbers::{parse_gain_db, parse_seconds};
use super::output_file::{OutputFile, discard_when_interrupted};
use super::source::SourceArguments;
use super::{Failure, inputs};
use dsp::convolver::PreparedResponse;
use dsp::equalizer::EqualizerSettings;
use dsp::minimum_phase::impulse_response;
use dsp::noise_shaper::Shaping;
use dsp::units::Decibels;
use engine::chain::ChainSettings;
use engine::offline::{OfflineOptions, OfflineRenderer};
use engine::pipeline::PlaybackSettings;
use indicatif::{ProgressBar, ProgressStyle};
use media::decoder::{StreamInfo, TrackDecoder};
use media::location::TrackLocation;
use media::open::Opener;
use media::wav_writer::{SampleWidth, WavWriter};
use presets::store::FOLDER_NAME;
use queue::RenderQueue;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

/// Frames rendered at a time.
const BLOCK_FRAMES: usize = 4096;

/// Arguments of `render`.
#[derive(Debug, clap::Args)]
pub(super) struct RenderArguments {
    /// Files, folders, playlists or `demo`; several are joined without a gap, or cross-faded
    #[arg(value_name = "INPUT", required = true)]
    pub(super) inputs: Vec<PathBuf>,
    /// The WAVE file to write
    #[arg(short, long, value_name = "OUT.wav")]
    output: PathBuf,
    /// Equalizer preset: a name such as `flat` or `rock`, or a file of AutoEq, Equalizer APO,
    /// foobar2000 or Winamp
    #[arg(long, value_name = "PRESET")]
    eq: Option<PathBuf>,
    /// Sample rate of the result, in Hz [default: the first input's]
    #[arg(long, value_name = "HZ", value_parser = clap::value_parser!(u32).range(1_000..=768_000))]
    rate: Option<u32>,
    /// Sample format of the result
    #[arg(long, value_enum, default_value = "24")]
    bits: Bits,
    /// Noise that keeps the rounding to 16 or 24 bits from distorting; sound that passes unchanged gets
    /// none
    #[arg(long, value_enum, default_value = "flat")]
    dither: Dither,
    /// Gain, in dB
    #[arg(
        long,
        value_name = "DB",
        allow_hyphen_values = true,
        value_parser = parse_gain_db,
        default_value = "0"
    )]
    gain: f32,
    /// Whether the limiter may hold down what would go beyond full scale
    #[arg(long, value_enum, default_value = "on")]
    limiter: Switch,
    #[command(flatten)]
    source: SourceArguments,
    /// Where in the first input to begin, in seconds
    #[arg(long, value_name = "S", allow_negative_numbers = true, value_parser = parse_seconds, default_value = "0")]
    start: Duration,
    /// Where to end, in seconds on the same scale [default: the end]
    #[arg(long, value_name = "S", allow_negative_numbers = true, value_parser = parse_seconds)]
    end: Option<Duration>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Bits {
    #[value(name = "16")]
    Int16,
    #[value(name = "24")]
    Int24,
    #[value(name = "32f")]
    Float32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Dither {
    /// The nearest words
    None,
    /// White noise: as much at every frequency
    Flat,
    /// Least where the ear hears best, more above 13 kHz; at other rates than 44.1 and 48 kHz, flat
    Shaped,
}

impl Dither {
    fn shaping(self) -> Option<Shaping> {
        match self {
            Self::None => None,
            Self::Flat => Some(Shaping::Flat),
            Self::Shaped => Some(Shaping::Shaped),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Switch {
    On,
    Off,
}

/// Decodes a track to its end, for its panics only.
pub(super) fn decode_all(place: &TrackLocation) {
    if let Ok(mut track) = Opener::default().open(place) {
        while let Ok(Some(_)) = track.next_frames() {}
    }
}

/// Renders all tracks but `broken` ones.
pub(super) fn run(
    arguments: &RenderArguments,
    config_dir: &Path,
    broken: &[TrackLocation],
) -> Result<ExitCode, Failure> {
    let named = inputs::with_demo(arguments.inputs.clone(), config_dir)?;
    let eq = arguments.eq.as_deref();
    let eq = eq
        .map(|name| inputs::preset(name, config_dir))
        .transpose()?;
    let Expanded {
        mut tracks,
        lists,
        all_good,
    } = inputs::expand(&named);
    let presets = preset_files(arguments, config_dir);
    let files = tracks.iter().map(|track| track.path());
    let named = named.iter().chain(&lists).chain(&presets);
    let files = files.chain(named.map(PathBuf::as_path));
    let output = OutputFile::plan(&arguments.output, files)?;
    discard_when_interrupted()?;
    tracks.retain(|track| !broken.contains(track));
    let mut queue = RenderQueue::open(tracks, all_good && broken.is_empty());
    let (mut renderer, plan) = loop {
        let Some(first) = queue.first_info() else {
            return Ok(ExitCode::FAILURE);
        };
        let (plan, options) = Plan::new(arguments, eq.as_ref(), &first, &queue.tracks);
        match OfflineRenderer::new(queue.take_tracks(), options) {
            Ok(renderer) => break (renderer, plan),
            Err(error) => queue.drop_first(&error),
        }
    };
    let unwritable = |error: std::io::Error| output.failure(&error);
    let (rate_hz, channels) = (plan.sample_rate_hz, plan.channels as u16);
    let mut writer =
        WavWriter::new(output.open()?, rate_hz, channels, plan.width).map_err(unwritable)?;
    writer.set_dither(arguments.dither.shaping().filter(|_| plan.needs_dither));
    let written = write_all(&mut renderer, &mut writer, &plan).map_err(unwritable)?;
    writer.finish().map_err(unwritable)?;
    queue.judge(renderer.failures(), written);
    let is_window = arguments.start > Duration::ZERO || arguments.end.is_some();
    if written == 0 && queue.all_good && is_window {
        return Err("nothing lies between --start and --end".to_owned().into());
    }
    // Nothing of what was named could be had, so that there is nothing to write.
    if written > 0 || queue.all_good {
        output.finish()?;
    }
    Ok(match queue.all_good {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

/// What is decided before the first frame.
struct Plan {
    sample_rate_hz: u32,
    channels: usize,
    width: SampleWidth,
    needs_dither: bool,
    /// Frames the tracks have, where all of them say.
    known_frames: Option<u64>,
    most_frames: u64,
}

impl Plan {
    /// The plan for `tracks`, the first of which is `first`, and the renderer's options.
    fn new(
        arguments: &RenderArguments,
        eq: Option<&EqualizerSettings>,
        first: &StreamInfo,
        tracks: &[TrackDecoder],
    ) -> (Self, OfflineOptions) {
        let sample_rate_hz = arguments.rate.unwrap_or(first.sample_rate_hz);
        let channels = first.channels.min(dsp::eq_bank::MAX_CHANNELS);
        let mut settings = ChainSettings {
            volume: Decibels(arguments.gain).to_gain(),
            limiter: arguments.limiter == Switch::On,
            ..Default::default()
        };
        let mut response = None;
        if let Some(eq) = eq {
            let rate_hz = f64::from(sample_rate_hz);
            settings.eq = eq.design(rate_hz);
            settings.has_response = eq.curve.is_some();
            let curve = eq.curve.as_ref();
            response = curve
                .map(|curve| Box::new(PreparedResponse::new(&impulse_response(curve, rate_hz))));
        }
        let width = match arguments.bits {
            Bits::Int16 => SampleWidth::Int16,
            Bits::Int24 => SampleWidth::Int24,
            Bits::Float32 => SampleWidth::Float32,
        };
        let source = arguments.source.settings();
        let needs_dither = source != PlaybackSettings::default() && width != SampleWidth::Float32
            || needs_dither(tracks, width, sample_rate_hz, channels, &settings);
        // Frames of the output in a second of the tracks.
        let output_hz = f64::from(sample_rate_hz) / source.speed;
        let known_frames = tracks
            .iter()
            .map(|track| {
                let info = track.info();
                let scale = output_hz / f64::from(info.sample_rate_hz);
                info.frames.map(|frames| (frames as f64 * scale) as u64)
            })
            .sum();
        let start = arguments.start;
        let most_frames = arguments.end.map_or(u64::MAX, |end| {
            (end.saturating_sub(start).as_secs_f64() * output_hz).round() as u64
        });
        let plan = Self {
            sample_rate_hz,
            channels,
            width,
            needs_dither,
            known_frames,
            most_frames,
        };
        let options = OfflineOptions {
            sample_rate_hz,
            channels,
            settings,
            response,
            start,
            source,
            is_integer_output: width != SampleWidth::Float32,
        };
        (plan, options)
    }
}

/// Renders to the end and says how many frames that were.
fn write_all(
    renderer: &mut OfflineRenderer,
    writer: &mut WavWriter,
    plan: &Plan,
) -> std::io::Result<u64> {
    let Plan {
        channels,
        most_frames,
        ..
    } = *plan;
    let bar = progress_bar(plan.known_frames.map(|frames| frames.min(most_frames)));
    let mut block = vec![0.0; BLOCK_FRAMES * channels];
    let mut written = 0;
    while written < most_frames {
        let wanted = (most_frames - written).min(BLOCK_FRAMES as u64) as usize;
        let frames = renderer.render(&mut block[..wanted * channels]);
        writer.write(&block[..frames * channels])?;
        written += frames as u64;
        bar.set_position(written);
        if frames < wanted {
            break;
        }
    }
    bar.finish_and_clear();
    Ok(written)
}

/// The files a preset may have been read from.
fn preset_files(arguments: &RenderArguments, config_dir: &Path) -> Vec<PathBuf> {
    let Some(named) = &arguments.eq else {
        return Vec::new();
    };
    let own = std::fs::read_dir(config_dir.join(FOLDER_NAME));
    let own = own
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path());
    own.chain([named.clone()]).collect()
}

/// Words that come out as they went in need none; anything computed, or shortened, does.
fn needs_dither(
    tracks: &[TrackDecoder],
    width: SampleWidth,
    sample_rate_hz: u32,
    channels: usize,
    settings: &ChainSettings,
) -> bool {
    let word_bits = match width {
        SampleWidth::Int16 => 16,
        SampleWidth::Int24 => 24,
        SampleWidth::Float32 => return false,
    };
    let passes = |track: &TrackDecoder| {
        let info = track.info();
        info.sample_rate_hz == sample_rate_hz
            && info.channels == channels
            && info.bits_per_sample.is_some_and(|bits| bits <= word_bits)
    };
    !(settings.is_transparent() && tracks.iter().all(passes))
}

/// A bar on a terminal; nothing elsewhere.
pub(super) fn progress_bar(steps: Option<u64>) -> ProgressBar {
    let bar = match steps {
        Some(steps) => ProgressBar::new(steps),
        None => ProgressBar::no_length(),
    };
    let template = "{wide_bar} {percent:>3} % · {eta} left";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}
