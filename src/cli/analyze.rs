//! `rusty-audio analyze`.

use super::inputs::Found;
use super::render::progress_bar;
use super::{Failure, about, inputs, json, report};
use disk::shown::{shown, shown_text};
use dsp::units::Decibels;
use media::containment::contained;
use media::location::TrackLocation;
use media::loudness::{Level, MeasuredTrack, album_level, measure};
use media::open::Opener;
use media::tag_writer::write_replaygain;
use media::track_bytes::can_be_read_again;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Steps of the progress bar to a file.
const STEPS: f64 = 1_000.0;

/// Arguments of `analyze`.
#[derive(Debug, clap::Args)]
pub(super) struct AnalyzeArguments {
    /// One JSON object a line and file
    #[arg(long)]
    json: bool,
    /// Take all inputs for one album, instead of those with the same album tag
    #[arg(long)]
    album: bool,
    /// Store ReplayGain in the files' tags; nothing else in them changes
    #[arg(long)]
    write: bool,
    /// Files, folders, playlists or `demo`
    #[arg(value_name = "INPUT", required = true)]
    inputs: Vec<PathBuf>,
}

#[derive(Debug, Default, Serialize)]
struct Analyzed {
    path: String,
    ok: bool,
    error: Option<String>,
    /// Faults of a file that has sound all the same.
    warnings: Vec<String>,
    integrated_lufs: Option<f64>,
    loudness_range_lu: Option<f64>,
    true_peak_dbtp: Option<f64>,
    sample_peak_dbfs: Option<f64>,
    replaygain_db: Option<f64>,
    album_integrated_lufs: Option<f64>,
    album_replaygain_db: Option<f64>,
    /// Whether the file was changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    written: Option<bool>,
}

/// Name, and album artist or else folder: there are many albums called "Greatest Hits".
type AlbumKey = (String, String);

/// A track that could be measured.
struct Track {
    location: TrackLocation,
    measured: MeasuredTrack,
    album_key: Option<AlbumKey>,
    album: Option<Level>,
}

pub(super) fn run(arguments: AnalyzeArguments, config_dir: &Path) -> Result<ExitCode, Failure> {
    let inputs = inputs::with_demo(arguments.inputs, config_dir)?;
    let found = inputs::tracks(&inputs);
    let mut tracks = measure_all(&found, arguments.write)?;
    set_album_levels(&mut tracks, arguments.album);
    let written = match arguments.write {
        true => store_all(&tracks)?,
        false => tracks.iter().map(|_| Ok(None)).collect(),
    };
    let (mut out, mut all_good) = (std::io::stdout().lock(), true);
    for (track, written) in tracks.iter().zip(written) {
        let file = analyzed(track, written);
        all_good &= file.ok;
        let path = match track {
            Ok(track) => track.location.path(),
            Err((path, _)) => path,
        };
        for reason in file.error.iter().chain(&file.warnings) {
            report(about(path, reason));
        }
        if arguments.json {
            json::write_line(&mut out, &file)?;
        } else if file.integrated_lufs.is_some() || file.ok {
            write_text(&mut out, path, &file)?;
        }
    }
    Ok(if all_good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// A track, or the path and reason of what could not be measured.
type Measured = Result<Track, (PathBuf, String)>;

fn measure_all(found: &[Found], is_to_be_written: bool) -> Result<Vec<Measured>, Failure> {
    let bar = progress_bar(Some(found.len() as u64 * STEPS as u64));
    let tracks = in_parallel(found, |found| {
        let Found { track, fault } = found;
        let path = track.path();
        let step = {
            let (bar, mut done) = (bar.clone(), 0);
            move |share: f64| {
                let steps = (share * STEPS) as u64;
                bar.inc(steps.saturating_sub(done));
                done = done.max(steps);
            }
        };
        let measured = match fault {
            Some(reason) => Err(reason.clone()),
            // Before it is measured, which may take as long as it plays.
            None if is_to_be_written && !can_be_read_again(path) => {
                Err("is a pipe or device, in which no tags can be stored".into())
            }
            None => measure_contained(track.clone(), step),
        };
        let (measured, album_key) = measured.map_err(|reason| (path.to_owned(), reason))?;
        Ok(Track {
            measured,
            album_key,
            album: None,
            location: track.clone(),
        })
    });
    bar.finish_and_clear();
    tracks
}

/// Measures a track in a thread of its own, so that a panic of a decoder costs that track only.
fn measure_contained(
    track: TrackLocation,
    mut step_to: impl FnMut(f64) + Send + 'static,
) -> Result<(MeasuredTrack, Option<AlbumKey>), String> {
    let measured = contained("measure", move || {
        let measured = measure(&track, &mut step_to).map_err(|error| error.to_string());
        step_to(1.0);
        measured.map(|measured| (measured, album_key(&track)))
    });
    measured.unwrap_or_else(|panicked| Err(panicked.to_string()))
}

fn album_key(track: &TrackLocation) -> Option<AlbumKey> {
    let (tags, path) = (Opener::default().tags(track, false).tags, track.path());
    let folder = || path.parent().unwrap_or(path).display().to_string();
    Some((tags.album?, tags.album_artist.unwrap_or_else(folder)))
}

/// Gives tracks of one album, two at least, the album's level. With `is_one_album` all are of one.
fn set_album_levels(tracks: &mut [Measured], is_one_album: bool) {
    let mut albums: BTreeMap<AlbumKey, Vec<&mut Track>> = BTreeMap::new();
    for track in tracks.iter_mut().flatten() {
        let key = match is_one_album {
            true => Some(AlbumKey::default()),
            false => track.album_key.clone(),
        };
        if let Some(key) = key {
            albums.entry(key).or_default().push(track);
        }
    }
    // One track with an album's name says nothing about the album, unless it is said to be all of it.
    let is_album = |tracks: &Vec<_>| is_one_album || tracks.len() > 1;
    for mut tracks in albums.into_values().filter(is_album) {
        let measured: Vec<&MeasuredTrack> = tracks.iter().map(|track| &track.measured).collect();
        let level = album_level(&measured);
        for track in &mut tracks {
            track.album = level;
        }
    }
}

/// Stores each file's levels once, however often it was named.
fn store_all(tracks: &[Measured]) -> Result<Vec<Result<Option<bool>, String>>, Failure> {
    let mut firsts = BTreeMap::new();
    let first_of_file = tracks.iter().enumerate().map(|(index, track)| {
        let whole = track
            .as_ref()
            .ok()
            .filter(|track| track.location.part.is_none());
        let path = whole.and_then(|track| track.location.path().canonicalize().ok());
        path.map_or(index, |path| *firsts.entry(path).or_insert(index))
    });
    let files: Vec<(usize, usize)> = first_of_file.enumerate().collect();
    let mut stored = in_parallel(&files, |(index, first)| match index == first {
        true => store(&tracks[*index]),
        false => Ok(None),
    })?;
    for (index, first) in files {
        if index != first {
            // By then the tags say so.
            stored[index] = stored[first].clone().map(|changed| changed.map(|_| false));
        }
    }
    Ok(stored)
}

/// Whether the tags were changed; `None` where there is nothing to store.
fn store(track: &Measured) -> Result<Option<bool>, String> {
    let Ok(track) = track else { return Ok(None) };
    let Some(level) = track.measured.level else {
        return Ok(None);
    };
    if track.location.part.is_some() {
        return Err("a part of a file has no tags of its own".into());
    }
    let path = track.location.path();
    write_replaygain(path, level, track.album, track.measured.fingerprint)
        .map(Some)
        .map_err(|error| error.to_string())
}

/// `work` on each item, on all processors; the results are in the items' order.
fn in_parallel<T: Sync, R: Send>(
    items: &[T],
    work: impl Fn(&T) -> R + Sync,
) -> Result<Vec<R>, Failure> {
    let (next, done) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    let worker = || {
        while let Some((index, item)) = {
            let index = next.fetch_add(1, Ordering::Relaxed);
            items.get(index).map(|item| (index, item))
        } {
            let result = work(item);
            done.lock()
                .unwrap_or_else(|poisoned| poisoned.into_inner())
                .insert(index, result);
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
    std::thread::scope(|scope| {
        for _ in 1..threads.min(items.len()) {
            std::thread::Builder::new()
                .name("analyze".into())
                .spawn_scoped(scope, worker)?;
        }
        worker();
        std::io::Result::Ok(())
    })?;
    let done = done
        .into_inner()
        .unwrap_or_else(|poisoned| poisoned.into_inner());
    Ok(done.into_values().collect())
}

fn analyzed(track: &Measured, written: Result<Option<bool>, String>) -> Analyzed {
    let track = match track {
        Ok(track) => track,
        Err((path, reason)) => {
            return Analyzed {
                path: path.display().to_string(),
                error: Some(reason.clone()),
                ..Default::default()
            };
        }
    };
    let measured = &track.measured;
    let rounded = |value: f64| (value * 1_000.0).round() / 1_000.0;
    let decibels = |level: Decibels| rounded(f64::from(level.0));
    Analyzed {
        path: track.location.path().display().to_string(),
        ok: written.is_ok(),
        warnings: measured.warnings.clone(),
        integrated_lufs: measured.level.map(|level| rounded(level.integrated_lufs)),
        loudness_range_lu: measured.range_lu.map(rounded),
        true_peak_dbtp: measured.true_peak.map(decibels),
        sample_peak_dbfs: measured.sample_peak.map(decibels),
        replaygain_db: measured.level.map(|level| rounded(level.replaygain_db())),
        album_integrated_lufs: track.album.map(|level| rounded(level.integrated_lufs)),
        album_replaygain_db: track.album.map(|level| rounded(level.replaygain_db())),
        written: written.as_ref().ok().copied().flatten(),
        error: written.err(),
    }
}

fn write_text(out: &mut impl Write, path: &Path, file: &Analyzed) -> std::io::Result<()> {
    writeln!(out, "{}", shown(path))?;
    for warning in &file.warnings {
        writeln!(out, "  {:<13} {}", "warning", shown_text(warning))?;
    }
    let mut line = |name: &str, value: Option<f64>, unit: &str| match value {
        Some(value) => writeln!(out, "  {name:<13} {value:.2} {unit}"),
        None => Ok(()),
    };
    line("loudness", file.integrated_lufs, "LUFS")?;
    line("range", file.loudness_range_lu, "LU")?;
    line("true peak", file.true_peak_dbtp, "dBTP")?;
    line("sample peak", file.sample_peak_dbfs, "dBFS")?;
    line("replaygain", file.replaygain_db, "dB")?;
    line("album", file.album_integrated_lufs, "LUFS")?;
    line("album gain", file.album_replaygain_db, "dB")?;
    match (file.integrated_lufs, file.written) {
        (None, _) => writeln!(out, "  too quiet or too short to have a loudness"),
        (_, Some(true)) => writeln!(out, "  stored in its tags"),
        (_, Some(false)) => writeln!(out, "  its tags said so already"),
        _ => Ok(()),
    }
}
