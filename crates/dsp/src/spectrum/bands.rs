//! Bins gathered into bands.

use super::super::simd::AudioOptimizer;
#[cfg(target_arch = "x86_64")]
use super::super::simd::SimdLevel;
use super::{BandLayout, larger};

/// The lowest band's centre, in Hz.
pub const LOWEST_HZ: f32 = 20.0;
/// No band above this, in Hz.
pub const HIGHEST_HZ: f32 = 20_000.0;

/// A band narrower than a bin.
#[derive(Debug, Clone, Copy)]
struct Between {
    /// The bin below its centre.
    below: usize,
    /// How far towards the next one, 0 to 1.
    share: f32,
}

/// Which bins make which band: first those narrower than a bin, then the others.
pub(super) struct Bands {
    centres_hz: Vec<f32>,
    narrow: Vec<Between>,
    /// First bin, and one past the last; at least one bin each.
    wide: Vec<(usize, usize)>,
}

impl Bands {
    pub(super) fn new(layout: BandLayout, fft_frames: usize, sample_rate_hz: f32) -> Self {
        let last_bin = fft_frames / 2;
        let BandLayout::PerOctave(per_octave) = layout else {
            let hz_per_bin = sample_rate_hz / fft_frames as f32;
            return Self {
                centres_hz: (0..=last_bin).map(|bin| bin as f32 * hz_per_bin).collect(),
                narrow: Vec::new(),
                wide: Vec::new(),
            };
        };
        let per_octave = per_octave.clamp(3, 24) as f32;
        let per_hz = fft_frames as f32 / sample_rate_hz;
        let top_hz = HIGHEST_HZ.min(sample_rate_hz * 0.5);
        let half_step = 2.0_f32.powf(0.5 / per_octave);
        let centres_hz: Vec<f32> = (0..)
            .map(|n| LOWEST_HZ * 2.0_f32.powf(n as f32 / per_octave))
            .take_while(|&centre_hz| centre_hz <= top_hz)
            .collect();
        let mut narrow = Vec::new();
        let mut wide: Vec<(usize, usize)> = Vec::new();
        for centre_hz in &centres_hz {
            let position = centre_hz * per_hz;
            let first = (position / half_step).ceil() as usize;
            let end = ((position * half_step) as usize).min(last_bin) + 1;
            // The first band with two bins is at least a bin wide, so all after it have one or more.
            if end > first + 1 || !wide.is_empty() {
                wide.push((first.min(end - 1), end));
            } else {
                let below = (position as usize).min(last_bin - 1);
                let share = (position - below as f32).min(1.0);
                narrow.push(Between { below, share });
            }
        }
        Self {
            centres_hz,
            narrow,
            wide,
        }
    }

    pub(super) fn centres_hz(&self) -> &[f32] {
        &self.centres_hz
    }

    /// Power of each band: the highest of its bins, or what lies between two of them.
    pub(super) fn gather(&self, power: &[f32], out: &mut [f32], optimizer: AudioOptimizer) {
        if self.narrow.is_empty() && self.wide.is_empty() {
            out.copy_from_slice(power);
            return;
        }
        match optimizer.level() {
            // SAFETY: the optimizer is the proof that the processor has these.
            #[cfg(target_arch = "x86_64")]
            SimdLevel::Avx2 | SimdLevel::Avx512 => unsafe { gather_avx2(self, power, out) },
            _ => gather(self, power, out),
        }
    }
}

/// [`gather`] with registers of 8 lanes; a band is seldom wide enough for more.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn gather_avx2(bands: &Bands, power: &[f32], out: &mut [f32]) {
    gather(bands, power, out);
}

#[inline(always)]
fn gather(bands: &Bands, power: &[f32], out: &mut [f32]) {
    let (narrow, wide) = out.split_at_mut(bands.narrow.len());
    for (out, band) in narrow.iter_mut().zip(&bands.narrow) {
        if let Some(&[below, above]) = power.get(band.below..band.below + 2) {
            *out = below + (above - below) * band.share;
        }
    }
    for (out, &(first, end)) in wide.iter_mut().zip(&bands.wide) {
        *out = highest(power.get(first..end).unwrap_or_default());
    }
}

#[inline(always)]
fn highest(bins: &[f32]) -> f32 {
    if let (Some(first), Some(last)) = (bins.first_chunk::<8>(), bins.last_chunk::<8>()) {
        let mut best = larger_of(first, last);
        // The first again and the last in part again: the same largest, and no remainder.
        for chunk in bins.as_chunks().0 {
            best = larger_of(&best, chunk);
        }
        let [low, high]: [[f32; 4]; 2] = [0, 4].map(|at| std::array::from_fn(|i| best[at + i]));
        highest_of_four(larger_of(&low, &high))
    } else if let (Some(first), Some(last)) = (bins.first_chunk(), bins.last_chunk()) {
        highest_of_four(larger_of(first, last))
    } else {
        bins.iter().fold(0.0, |best, &bin| larger(bin, best))
    }
}

#[inline(always)]
fn larger_of<const N: usize>(a: &[f32; N], b: &[f32; N]) -> [f32; N] {
    std::array::from_fn(|lane| larger(a[lane], b[lane]))
}

#[inline(always)]
fn highest_of_four([a, b, c, d]: [f32; 4]) -> f32 {
    larger(larger(a, c), larger(b, d))
}
