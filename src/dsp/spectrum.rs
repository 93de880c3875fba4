//! From frames to what a spectrum display draws.

use super::fft::OptimizedFft;

/// The lowest level shown, in dBFS.
pub const FLOOR_DB: f32 = -100.0;
/// The lowest band's centre, in Hz.
pub const LOWEST_HZ: f32 = 20.0;
/// No band above this, in Hz.
const HIGHEST_HZ: f32 = 20_000.0;
/// How fast a level falls, in dB a second.
const FALL_DB_PER_SECOND: f32 = 36.0;
/// How fast a held peak falls once let go, in dB a second.
const PEAK_FALL_DB_PER_SECOND: f32 = 18.0;
/// How long a peak is held, in seconds.
const PEAK_HOLD_SECONDS: f32 = 1.0;

#[derive(Debug, Clone, Copy)]
struct Band {
    centre_hz: f32,
    /// First and last bin, for bands at least a bin wide.
    bins: Option<(usize, usize)>,
    /// Bin position of the centre, for narrower ones.
    position: f32,
}

/// Windowed FFT, logarithmic bands in dBFS, and ballistics in wall time.
///
/// A band holds the highest bin in it (a sine keeps its level whatever the band's width); bands
/// narrower than a bin read between bins. Rising levels show at once, falling ones fall at a steady
/// pace, peaks are held for a second. Allocates only in [`Self::new`]; not for the audio thread.
pub struct SpectrumProcessor {
    fft: OptimizedFft,
    power: Vec<f32>,
    bands: Vec<Band>,
    levels_db: Vec<f32>,
    peaks_db: Vec<f32>,
    peak_age_seconds: Vec<f32>,
}

impl SpectrumProcessor {
    /// `fft_size` frames a transform, `bands_per_octave` bands from 20 Hz to 20 kHz or, at low rates,
    /// to half of `sample_rate_hz`.
    pub fn new(fft_size: usize, sample_rate_hz: f32, bands_per_octave: u32) -> Self {
        let per_hz = fft_size as f32 / sample_rate_hz;
        let top_hz = HIGHEST_HZ.min(sample_rate_hz * 0.5);
        let half_step = 2.0_f32.powf(0.5 / bands_per_octave as f32);
        let bands: Vec<Band> = (0..)
            .map(|n| LOWEST_HZ * 2.0_f32.powf(n as f32 / bands_per_octave as f32))
            .take_while(|&centre_hz| centre_hz <= top_hz)
            .map(|centre_hz| {
                let first = (centre_hz / half_step * per_hz).ceil() as usize;
                let last = ((centre_hz * half_step * per_hz) as usize).min(fft_size / 2);
                let bins = (first < last).then_some((first, last));
                Band {
                    centre_hz,
                    bins,
                    position: centre_hz * per_hz,
                }
            })
            .collect();
        Self {
            power: vec![0.0; fft_size / 2 + 1],
            levels_db: vec![FLOOR_DB; bands.len()],
            peaks_db: vec![FLOOR_DB; bands.len()],
            peak_age_seconds: vec![0.0; bands.len()],
            bands,
            fft: OptimizedFft::new(fft_size),
        }
    }

    /// Frames [`Self::process`] looks at.
    pub fn fft_size(&self) -> usize {
        self.fft.size()
    }

    /// Centre of each band, in Hz, rising.
    pub fn centres_hz(&self) -> impl Iterator<Item = f32> + '_ {
        self.bands.iter().map(|band| band.centre_hz)
    }

    /// Takes in the last `fft_size` mono frames, `elapsed_seconds` after the call before.
    pub fn process(&mut self, frames: &[f32], elapsed_seconds: f32) {
        self.fft.power(frames, &mut self.power);
        for (index, band) in self.bands.iter().enumerate() {
            let db = (10.0 * band_power(band, &self.power).log10()).max(FLOOR_DB);
            let fallen = self.levels_db[index] - FALL_DB_PER_SECOND * elapsed_seconds;
            self.levels_db[index] = db.max(fallen);
            let level = self.levels_db[index];
            if level >= self.peaks_db[index] {
                self.peaks_db[index] = level;
                self.peak_age_seconds[index] = 0.0;
            } else {
                self.peak_age_seconds[index] += elapsed_seconds;
                if self.peak_age_seconds[index] > PEAK_HOLD_SECONDS {
                    let fallen = self.peaks_db[index] - PEAK_FALL_DB_PER_SECOND * elapsed_seconds;
                    self.peaks_db[index] = fallen.max(level);
                }
            }
        }
    }

    /// Level of each band, in dBFS, at least [`FLOOR_DB`].
    pub fn levels_db(&self) -> &[f32] {
        &self.levels_db
    }

    /// Held peak of each band, in dBFS.
    pub fn peaks_db(&self) -> &[f32] {
        &self.peaks_db
    }

    /// Whether every level and peak has fallen to the floor.
    pub fn is_at_rest(&self) -> bool {
        self.peaks_db.iter().all(|&peak| peak <= FLOOR_DB)
    }
}

fn band_power(band: &Band, power: &[f32]) -> f32 {
    match band.bins {
        Some((first, last)) => power[first..=last].iter().copied().fold(0.0, f32::max),
        None => {
            let below = (band.position as usize).min(power.len() - 2);
            let share = band.position - below as f32;
            power[below] * (1.0 - share) + power[below + 1] * share
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f32::consts::TAU;

    fn sine(hz: f32, amplitude: f32) -> Vec<f32> {
        (0..8192)
            .map(|n| amplitude * (TAU * hz * n as f32 / 48_000.0).sin())
            .collect()
    }

    #[test]
    fn a_sine_stands_in_its_band_at_its_level() {
        for bin in [171, 1_707] {
            let mut spectrum = SpectrumProcessor::new(8192, 48_000.0, 12);
            let hz = bin as f32 * 48_000.0 / 8192.0;
            spectrum.process(&sine(hz, 0.5), 0.02);
            let (loudest, level) = spectrum
                .levels_db()
                .iter()
                .enumerate()
                .max_by(|a, b| a.1.total_cmp(b.1))
                .unwrap();
            let centre = spectrum.centres_hz().nth(loudest).unwrap();
            assert!(
                (centre / hz).log2().abs() < 1.0 / 12.0,
                "{hz} Hz stands at {centre} Hz"
            );
            assert!((level + 6.02).abs() < 0.1, "{level} dB");
        }
    }

    #[test]
    fn levels_fall_steadily_and_peaks_are_held() {
        let mut spectrum = SpectrumProcessor::new(8192, 48_000.0, 12);
        spectrum.process(&sine(1_000.0, 1.0), 0.02);
        let top = |values: &[f32]| values.iter().copied().fold(FLOOR_DB, f32::max);
        let start = top(spectrum.levels_db());
        let silence = vec![0.0; 8192];
        spectrum.process(&silence, 0.5);
        assert!((start - top(spectrum.levels_db()) - 18.0).abs() < 0.01);
        assert_eq!(top(spectrum.peaks_db()), start);
        for _ in 0..200 {
            spectrum.process(&silence, 0.1);
        }
        assert!(spectrum.is_at_rest());
    }

    #[test]
    fn low_rates_have_fewer_bands_and_no_nonsense() {
        let spectrum = SpectrumProcessor::new(2048, 8_000.0, 12);
        assert!(spectrum.centres_hz().all(|hz| hz <= 4_000.0));
        assert!(spectrum.centres_hz().count() > 80);
    }
}
