//! `rusty-audio probe`.

use super::{Failure, about, inputs, json, report};
use disk::shown::{shown, shown_text};
use media::containment::contained;
use media::decoder::StreamInfo;
use media::error::MediaError;
use media::location::TrackLocation;
use media::open::Opener;
use media::tags::{FileTags, Tags};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Arguments of `probe`.
#[derive(Debug, clap::Args)]
pub(super) struct ProbeArguments {
    /// One JSON object a line and file
    #[arg(long)]
    json: bool,
    /// Files, folders, playlists or `demo`
    #[arg(value_name = "INPUT", required = true)]
    inputs: Vec<PathBuf>,
}

#[derive(Debug, Default, Serialize)]
struct Probed {
    path: String,
    ok: bool,
    error: Option<String>,
    /// Faults of a file that has sound all the same.
    warnings: Vec<String>,
    container: Option<String>,
    codec: Option<String>,
    sample_rate: Option<u32>,
    channels: Option<usize>,
    bits_per_sample: Option<u32>,
    frames: Option<u64>,
    duration_seconds: Option<f64>,
    encoder_delay: Option<u32>,
    encoder_padding: Option<u32>,
    tags: ShownTags,
    replaygain: BTreeMap<&'static str, String>,
}

#[derive(Debug, Default, Serialize)]
struct ShownTags {
    #[serde(flatten)]
    tags: Tags,
    #[serde(skip_serializing_if = "Option::is_none")]
    lyrics: Option<String>,
}

pub(super) fn run(arguments: ProbeArguments, config_dir: &Path) -> Result<ExitCode, Failure> {
    let mut all_good = true;
    let mut out = std::io::stdout().lock();
    for found in inputs::tracks(&inputs::with_demo(arguments.inputs, config_dir)?) {
        let path = found.track.path().to_owned();
        let file = match found.fault {
            None => {
                let track = found.track.clone();
                contained("probe", move || probe(&track)).unwrap_or_else(|panicked| Probed {
                    path: found.track.path().display().to_string(),
                    error: Some(panicked.to_string()),
                    ..Default::default()
                })
            }
            Some(reason) => Probed {
                path: found.track.path().display().to_string(),
                error: Some(reason),
                ..Default::default()
            },
        };
        all_good &= file.ok;
        for reason in file.error.iter().chain(&file.warnings) {
            report(about(&path, reason));
        }
        if arguments.json {
            json::write_line(&mut out, &file)?;
        } else if file.ok {
            write_text(&mut out, &path, &file)?;
        }
    }
    Ok(if all_good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Decodes the whole file: the frames that come out are counted, not believed.
fn probe(track: &TrackLocation) -> Probed {
    let mut probed = Probed {
        path: track.path().display().to_string(),
        ..Default::default()
    };
    match count_frames(track) {
        Ok((info, frames, fault)) => {
            // A fault behind some sound is a warning.
            let fault = fault.map(|error| error.to_string());
            probed.warnings.clone_from(&info.warnings);
            match fault {
                Some(fault) if frames == 0 => probed.error = Some(fault),
                Some(fault) if !probed.warnings.contains(&fault) => probed.warnings.push(fault),
                _ => {}
            }
            probed.ok = probed.error.is_none();
            probed.duration_seconds = Some(frames as f64 / f64::from(info.sample_rate_hz));
            probed.container = Some(info.container);
            probed.codec = Some(info.codec);
            probed.sample_rate = Some(info.sample_rate_hz);
            probed.channels = Some(info.channels);
            probed.bits_per_sample = info.bits_per_sample;
            probed.frames = Some(frames);
            probed.encoder_delay = Some(info.encoder_delay_frames);
            probed.encoder_padding = Some(info.encoder_padding_frames);
            let FileTags {
                tags,
                lyrics,
                replaygain,
                ..
            } = Opener::default().tags(track, false);
            (probed.tags, probed.replaygain) = (ShownTags { tags, lyrics }, replaygain);
        }
        Err(error) => probed.error = Some(error.to_string()),
    }
    probed
}

fn count_frames(
    track: &TrackLocation,
) -> Result<(StreamInfo, u64, Option<MediaError>), MediaError> {
    let mut decoder = Opener::default().open(track)?;
    let info = decoder.info().clone();
    let mut samples = 0_u64;
    let fault = loop {
        match decoder.next_frames() {
            Ok(Some(frames)) => samples += frames.len() as u64,
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    let frames = samples / info.channels as u64;
    Ok((info, frames, fault))
}

fn write_text(out: &mut impl Write, path: &Path, file: &Probed) -> std::io::Result<()> {
    writeln!(out, "{}", shown(path))?;
    let mut line = |name: &str, value: Option<String>| match value {
        Some(value) => writeln!(out, "  {name:<10} {}", shown_text(&value)),
        None => Ok(()),
    };
    let bits = file
        .bits_per_sample
        .map(|bits| format!(", {bits} bit"))
        .unwrap_or_default();
    let (codec, container) = (file.codec.as_deref(), file.container.as_deref());
    line(
        "format",
        codec
            .zip(container)
            .map(|(codec, inside)| format!("{codec} in {inside}")),
    )?;
    let stream = file.sample_rate.zip(file.channels);
    line(
        "stream",
        stream.map(|(rate, n)| format!("{rate} Hz, {n} channels{bits}")),
    )?;
    let length = file.frames.zip(file.duration_seconds);
    line(
        "length",
        length.map(|(frames, seconds)| format!("{seconds:.3} s, {frames} frames")),
    )?;
    if (file.encoder_delay, file.encoder_padding) != (Some(0), Some(0)) {
        let trim = file.encoder_delay.zip(file.encoder_padding);
        line(
            "trimmed",
            trim.map(|(delay, padding)| format!("{delay} + {padding} frames")),
        )?;
    }
    for warning in &file.warnings {
        line("warning", Some(warning.clone()))?;
    }
    let ShownTags { tags, lyrics } = &file.tags;
    let of_total = |number: Option<u32>, total: Option<u32>| {
        let total = total
            .map(|total| format!(" of {total}"))
            .unwrap_or_default();
        number.map(|number| format!("{number}{total}"))
    };
    line("title", tags.title.clone())?;
    line("artist", tags.artist.clone())?;
    line("album", tags.album.clone())?;
    line("by", tags.album_artist.clone())?;
    line("composer", tags.composer.clone())?;
    line("track", of_total(tags.track_number, tags.track_total))?;
    line("disc", of_total(tags.disc_number, tags.disc_total))?;
    line("date", tags.date.clone())?;
    line("genre", tags.genre.clone())?;
    let lines = lyrics.as_ref().map(|lyrics| lyrics.lines().count());
    line("lyrics", lines.map(|lines| format!("{lines} lines")))?;
    for (name, value) in &file.replaygain {
        line("replaygain", Some(format!("{name} {value}")))?;
    }
    Ok(())
}
