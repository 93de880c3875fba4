//! Decibels of bands, and how they rise and fall.

use super::super::simd::AudioOptimizer;
#[cfg(target_arch = "x86_64")]
use super::super::simd::SimdLevel;
use super::larger;
use std::f32::consts::{LN_10, SQRT_2};

/// The lowest level shown, in dBFS.
pub const FLOOR_DB: f32 = -100.0;

/// How far things fall in one step.
#[derive(Clone, Copy)]
pub(super) struct Fall {
    pub(super) elapsed_seconds: f32,
    /// What a level falls in that time.
    pub(super) level_db: f32,
    pub(super) hold_seconds: f32,
    pub(super) peak_db_per_second: f32,
}

/// Levels and held peaks of the bands.
#[derive(Debug, Clone)]
pub struct SpectrumTrace {
    levels_db: Vec<f32>,
    peaks_db: Vec<f32>,
    peak_age_seconds: Vec<f32>,
}

impl SpectrumTrace {
    pub(super) fn new(bands: usize) -> Self {
        Self {
            levels_db: vec![FLOOR_DB; bands],
            peaks_db: vec![FLOOR_DB; bands],
            peak_age_seconds: vec![0.0; bands],
        }
    }

    /// Level of each band, in dBFS, at least [`FLOOR_DB`].
    pub fn levels_db(&self) -> &[f32] {
        &self.levels_db
    }

    /// Held peak of each band, in dBFS, never below its level.
    pub fn peaks_db(&self) -> &[f32] {
        &self.peaks_db
    }

    /// Whether every level and peak has fallen to the floor.
    pub fn is_at_rest(&self) -> bool {
        self.peaks_db.iter().all(|&peak| peak <= FLOOR_DB)
    }

    pub(super) fn update(&mut self, power: &[f32], fall: Fall, optimizer: AudioOptimizer) {
        match optimizer.level() {
            // SAFETY: the optimizer is the proof that the processor has these.
            #[cfg(target_arch = "x86_64")]
            SimdLevel::Avx2 | SimdLevel::Avx512 => unsafe { update_avx2(self, power, fall) },
            _ => update(self, power, fall),
        }
    }
}

/// [`update`] with registers of 8 lanes; there are too few bands for wider ones to matter.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn update_avx2(trace: &mut SpectrumTrace, power: &[f32], fall: Fall) {
    update(trace, power, fall);
}

/// Where things are after a time depends on that time only, not on how many calls it came in: levels
/// fall along a straight line, and of a step in which the hold ends only the rest counts.
#[inline(always)]
fn update(trace: &mut SpectrumTrace, power: &[f32], fall: Fall) {
    let levels = trace.levels_db.iter_mut().zip(power);
    let peaks = trace.peaks_db.iter_mut().zip(&mut trace.peak_age_seconds);
    for ((level, &power), (peak, age)) in levels.zip(peaks) {
        let db = larger(power_to_db(power), FLOOR_DB);
        *level = larger(*level - fall.level_db, db);
        *age += fall.elapsed_seconds;
        let falling_seconds = larger((*age - fall.hold_seconds).min(fall.elapsed_seconds), 0.0);
        let fallen = *peak - fall.peak_db_per_second * falling_seconds;
        *peak = larger(fallen, *level);
        // The sound reaches the peak: hold it anew. A peak that rides down on its level does not.
        *age = if *peak > db { *age } else { 0.0 };
    }
}

/// 10 log10 of a power within 2e-5 dB from 1e-20 to 1e6; about -379 dB for zero and for what is no number.
///
/// The exponent gives whole powers of two. For the rest, between the roots of 1/2 and 2, the series
/// ln m = 2 (s + s^3/3 + s^5/5 + s^7/7...) of s = (m - 1) / (m + 1) (Abramowitz and Stegun 4.1.27), of
/// which the first term left out is 3e-8.
#[inline(always)]
pub(super) fn power_to_db(power: f32) -> f32 {
    /// 10 log10(2) in a part with few enough digits for exact products with exponents, and the rest.
    const DB_PER_DOUBLING: [f32; 2] = [3.010_315, -1.498_476_6e-5];
    const DB_PER_LN: f32 = 10.0 / LN_10;
    let bits = larger(power, f32::MIN_POSITIVE).to_bits();
    // Shifted so that the mantissa runs from the root of 1/2 to the root of 2.
    let shifted = bits.wrapping_sub((SQRT_2 * 0.5).to_bits());
    let exponent = (shifted as i32 >> 23) as f32;
    let mantissa = f32::from_bits((shifted & 0x007f_ffff) + (SQRT_2 * 0.5).to_bits());
    let s = (mantissa - 1.0) / (mantissa + 1.0);
    let t = s * s;
    let series = s * (2.0 + t * (2.0 / 3.0 + t * (2.0 / 5.0 + t * (2.0 / 7.0))));
    exponent * DB_PER_DOUBLING[0] + (exponent * DB_PER_DOUBLING[1] + series * DB_PER_LN)
}
