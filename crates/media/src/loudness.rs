//! How loud a whole file is, and the ReplayGain that follows from it.

use super::decoder::TrackDecoder;
use super::error::MediaError;
use super::location::TrackLocation;
use super::open::Opener;
use dsp::loudness::{GatingBlocks, LoudnessMeter};
use dsp::simd::AudioOptimizer;
use dsp::units::Decibels;
use std::hash::{DefaultHasher, Hasher};
use std::path::Path;

/// The loudness ReplayGain 2.0 brings everything to, in LUFS.
const REPLAYGAIN_REFERENCE_LUFS: f64 = -18.0;
/// EBU Tech 3342 measures the range over windows of this length; what is shorter has none.
const RANGE_WINDOW_SECONDS: f64 = 3.0;

/// A loudness and peak to be brought to the reference.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Level {
    /// Integrated loudness (ITU-R BS.1770-4), in LUFS.
    pub integrated_lufs: f64,
    /// The largest sample, linear: 1 is full scale.
    pub sample_peak: f32,
}

impl Level {
    /// The gain to ReplayGain's reference, in dB.
    pub fn replaygain_db(&self) -> f64 {
        REPLAYGAIN_REFERENCE_LUFS - self.integrated_lufs
    }
}

/// What was measured of a file.
pub struct MeasuredTrack {
    /// Loudness and largest sample; none where no 400 ms of it are louder than -70 LUFS.
    pub level: Option<Level>,
    /// Loudness range, in LU; none for less than 3 s, or where there is no loudness.
    pub range_lu: Option<f64>,
    /// The largest sample; none in silence.
    pub sample_peak: Option<Decibels>,
    /// The largest true peak, in dBTP; none in silence.
    pub true_peak: Option<Decibels>,
    /// By which the sound is known again.
    pub fingerprint: Fingerprint,
    /// What is wrong with the file though there is sound in it, a line each.
    pub warnings: Vec<String>,
    blocks: GatingBlocks,
}

/// All samples of a file in one number: two files with the same one sound the same to the bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint {
    sample_rate_hz: u32,
    channels: usize,
    samples: u64,
    hash: u64,
}

/// Decodes the file at `path` and measures it. `on_progress` is told from time to time how much of
/// it is done, 0 to 1, where its length is known. Takes as long as decoding does.
///
/// # Errors
/// When nothing of it can be decoded, or it has more than eight channels. A fault behind some sound is a
/// warning.
pub fn measure(
    track: &TrackLocation,
    on_progress: &mut dyn FnMut(f64),
) -> Result<MeasuredTrack, MediaError> {
    let mut decoder = Opener::default().open(track)?;
    let (rate_hz, channels) = (decoder.info().sample_rate_hz, decoder.info().channels);
    let length = decoder.info().frames.map(|frames| frames as f64);
    let mut meter = LoudnessMeter::new(rate_hz, channels, AudioOptimizer::detected())
        .map_err(|error| MediaError::Unsupported(error.to_string()))?;
    let mut peak = 0.0_f32;
    let (fingerprint, fault) = decode(&mut decoder, |samples, frames| {
        meter.process(samples);
        peak = samples.iter().fold(peak, |max, s| max.max(s.abs()));
        if let Some(length) = length.filter(|length| *length > 0.0) {
            on_progress((frames as f64 / length).min(1.0));
        }
    });
    let mut warnings = decoder.info().warnings.clone();
    match fault {
        Some(fault) if fingerprint.samples == 0 => return Err(fault),
        Some(fault) if !warnings.contains(&fault.to_string()) => warnings.push(fault.to_string()),
        _ => {}
    }
    meter.finish();
    let seconds = (fingerprint.samples / channels as u64) as f64 / f64::from(rate_hz);
    let level = Some(meter.integrated_lufs()).filter(|lufs| lufs.is_finite());
    let level = level.map(|integrated_lufs| Level {
        integrated_lufs,
        sample_peak: peak,
    });
    let range_lu = level.filter(|_| seconds >= RANGE_WINDOW_SECONDS);
    let audible = |level: Decibels| Some(level).filter(|level| level.0.is_finite());
    Ok(MeasuredTrack {
        level,
        range_lu: range_lu
            .map(|_| meter.range_lu())
            .filter(|lu| lu.is_finite()),
        sample_peak: audible(Decibels::from_gain(peak)),
        true_peak: audible(meter.true_peak()),
        fingerprint,
        warnings,
        blocks: meter.into_gating_blocks(),
    })
}

/// The level of an album as a whole: its tracks' blocks gated together, and its largest sample.
pub fn album_level(tracks: &[&MeasuredTrack]) -> Option<Level> {
    let integrated_lufs = GatingBlocks::integrated_lufs(tracks.iter().map(|track| &track.blocks));
    let peaks = tracks.iter().filter_map(|track| track.level);
    integrated_lufs.is_finite().then(|| Level {
        integrated_lufs,
        sample_peak: peaks.fold(0.0, |max, level| max.max(level.sample_peak)),
    })
}

/// Decodes the file at `path` for its fingerprint alone.
///
/// # Errors
/// When it cannot be decoded to its end.
pub fn fingerprint(path: &Path) -> Result<Fingerprint, MediaError> {
    match decode(&mut TrackDecoder::open(path)?, |_, _| {}) {
        (fingerprint, None) => Ok(fingerprint),
        (_, Some(fault)) => Err(fault),
    }
}

/// Hands all samples to `take`, with the number of frames up to their end; and the fault that ended them
/// early.
fn decode(
    decoder: &mut TrackDecoder,
    mut take: impl FnMut(&[f32], u64),
) -> (Fingerprint, Option<MediaError>) {
    let (sample_rate_hz, channels) = (decoder.info().sample_rate_hz, decoder.info().channels);
    let mut hasher = DefaultHasher::new();
    let mut count = 0;
    let fault = loop {
        let samples = match decoder.next_frames() {
            Ok(Some(samples)) => samples,
            Ok(None) => break None,
            Err(fault) => break Some(fault),
        };
        for sample in samples {
            hasher.write_u32(sample.to_bits());
        }
        count += samples.len() as u64;
        take(samples, count / channels as u64);
    };
    let fingerprint = Fingerprint {
        sample_rate_hz,
        channels,
        samples: count,
        hash: hasher.finish(),
    };
    (fingerprint, fault)
}
