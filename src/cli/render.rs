//! `rusty-audio render`.

use super::source::SourceArguments;
use super::{Failure, inputs};
use crate::dsp::convolver::PreparedResponse;
use crate::dsp::minimum_phase::impulse_response;
use crate::dsp::noise_shaper::Shaping;
use crate::dsp::units::Decibels;
use crate::engine::chain::ChainSettings;
use crate::engine::offline::{OfflineOptions, OfflineRenderer};
use crate::engine::pipeline::SourceSettings;
use crate::media::decoder::TrackDecoder;
use crate::media::wav_writer::{SampleWidth, WavWriter};
use indicatif::{ProgressBar, ProgressStyle};
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
    inputs: Vec<PathBuf>,
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
        allow_negative_numbers = true,
        default_value_t = 0.0
    )]
    gain: f32,
    /// Whether the limiter may hold down what would go beyond full scale
    #[arg(long, value_enum, default_value = "on")]
    limiter: Switch,
    #[command(flatten)]
    source: SourceArguments,
    /// Where in the first input to begin, in seconds
    #[arg(long, value_name = "S", default_value_t = 0.0)]
    start: f64,
    /// Where to end, in seconds on the same scale [default: the end]
    #[arg(long, value_name = "S")]
    end: Option<f64>,
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
    /// The same at all frequencies
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

pub(super) fn run(arguments: &RenderArguments, config_dir: &Path) -> Result<ExitCode, Failure> {
    let named = inputs::with_demo(arguments.inputs.clone(), config_dir)?;
    let (located, mut all_good) = inputs::expand(&named);
    let (mut tracks, mut opened) = (Vec::new(), Vec::new());
    for location in located {
        match location.open() {
            Ok(track) => {
                tracks.push(track);
                opened.push(location.path);
            }
            Err(error) => {
                eprintln!("{}: {error}", location.path.display());
                all_good = false;
            }
        }
    }
    let Some(first) = tracks.first().map(|track| track.info().clone()) else {
        return Ok(ExitCode::FAILURE);
    };
    let start = seconds(arguments.start, "--start")?;
    let end = arguments.end.map(|end| seconds(end, "--end")).transpose()?;
    let sample_rate_hz = arguments.rate.unwrap_or(first.sample_rate_hz);
    let channels = first.channels.min(crate::dsp::eq_bank::MAX_CHANNELS);
    let named = arguments.eq.as_deref();
    let eq = named
        .map(|name| inputs::preset(name, config_dir))
        .transpose()?;
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
        response = eq
            .curve
            .map(|curve| Box::new(PreparedResponse::new(&impulse_response(&curve, rate_hz))));
    }
    let width = match arguments.bits {
        Bits::Int16 => SampleWidth::Int16,
        Bits::Int24 => SampleWidth::Int24,
        Bits::Float32 => SampleWidth::Float32,
    };
    let source = arguments.source.settings();
    let needs_dither = source != SourceSettings::default() && width != SampleWidth::Float32
        || needs_dither(&tracks, width, sample_rate_hz, channels, &settings);
    // Frames of the output in a second of the tracks.
    let output_hz = f64::from(sample_rate_hz) / source.speed;
    let known_frames: Option<u64> = tracks
        .iter()
        .map(|track| {
            let info = track.info();
            let scale = output_hz / f64::from(info.sample_rate_hz);
            info.frames.map(|frames| (frames as f64 * scale) as u64)
        })
        .sum();
    let most_frames = end.map_or(u64::MAX, |end| {
        (end.saturating_sub(start).as_secs_f64() * output_hz).round() as u64
    });
    let options = OfflineOptions {
        sample_rate_hz,
        channels,
        settings,
        response,
        start,
        source,
        is_integer_output: width != SampleWidth::Float32,
    };
    let mut renderer = OfflineRenderer::new(tracks, options)
        .map_err(|error| format!("{}: {error}", opened[0].display()))?;
    let target = &arguments.output;
    let unwritable = |error: std::io::Error| format!("{}: {error}", target.display());
    let mut writer =
        WavWriter::create(target, sample_rate_hz, channels as u16, width).map_err(unwritable)?;
    writer.set_dither(arguments.dither.shaping().filter(|_| needs_dither));
    let bar = progress_bar(known_frames.map(|frames| frames.min(most_frames)));
    let mut block = vec![0.0; BLOCK_FRAMES * channels];
    let mut written = 0;
    while written < most_frames {
        let wanted = (most_frames - written).min(BLOCK_FRAMES as u64) as usize;
        let frames = renderer.render(&mut block[..wanted * channels]);
        writer
            .write(&block[..frames * channels])
            .map_err(unwritable)?;
        written += frames as u64;
        bar.set_position(written);
        if frames < wanted {
            break;
        }
    }
    bar.finish_and_clear();
    writer.finish().map_err(unwritable)?;
    for (index, error) in renderer.failures() {
        eprintln!("{}: {error}", opened[*index].display());
        all_good = false;
    }
    Ok(if all_good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
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

fn seconds(value: f64, name: &str) -> Result<Duration, Failure> {
    Duration::try_from_secs_f64(value)
        .map_err(|_| Failure::from(format!("{name}: {value} is not a time in seconds")))
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
