//! Rounding to whole codes with dither, and with the noise moved to where the ear hears it least.

use super::dither::TpdfDither;

/// Samples over which the shaped curve spreads an error.
const TAPS: usize = 9;
/// Channels there is room for.
pub const MAX_CHANNELS: usize = 8;
/// Draws of dither at a time.
const PIECE_SAMPLES: usize = 256;
/// The F-weighted curve of R. A. Wannamaker, "Psychoacoustically optimal noise shaping", JAES 40
/// (1992), for 44.1 kHz; at 48 kHz it lies 9 % higher in frequency.
const F_WEIGHTED: [f64; TAPS] = [
    2.412, -3.370, 3.937, -4.174, 3.353, -2.205, 1.281, -0.569, 0.0847,
];
/// No rounding of a sum in range is further off: half a code, and a code of dither.
const MAX_ERROR_LSB: f64 = 1.5;

/// Where the noise of rounding goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shaping {
    /// Evenly over all frequencies: white noise of a quarter code squared.
    Flat,
    /// Away from where the ear is most sensitive, to above 13 kHz: 22 dB less from 2 to 5 kHz, 18
    /// dB more in all. For 44.1 and 48 kHz; flat at other rates.
    Shaped,
}

/// Turns samples into codes of `bits` with triangular dither of two codes peak to peak, so that
/// what is lost is noise and does not follow the sound (Lipshitz, Wannamaker, Vanderkooy,
/// "Quantization and dither", JAES 40, 1992). Repeats exactly from a new one. Does not allocate.
///
/// ```
/// use dsp::noise_shaper::{ShapedQuantizer, Shaping};
/// let mut quantizer = ShapedQuantizer::new(16, 44_100.0, Shaping::Flat);
/// let mut codes = [0; 2];
/// quantizer.process(&[0.5, -0.5], 2, &mut codes);
/// assert!((codes[0] - 16_384).abs() <= 2);
/// ```
#[derive(Debug, Clone)]
pub struct ShapedQuantizer {
    full_scale: f64,
    dither: TpdfDither,
    curve: Option<[f64; TAPS]>,
    /// What past errors take from the next samples, in codes, soonest first, per channel.
    owed: [[f64; TAPS]; MAX_CHANNELS],
}

impl ShapedQuantizer {
    /// For words of `bits`, held to 2..=24.
    pub fn new(bits: u32, sample_rate_hz: f64, shaping: Shaping) -> Self {
        let fits = (43_000.0..50_000.0).contains(&sample_rate_hz);
        Self {
            full_scale: f64::from(1_u32 << (bits.clamp(2, 24) - 1)),
            dither: TpdfDither::new(),
            curve: (fits && shaping == Shaping::Shaped).then_some(F_WEIGHTED),
            owed: [[0.0; TAPS]; MAX_CHANNELS],
        }
    }

    /// Whether the noise is shaped at this rate.
    pub fn is_shaped(&self) -> bool {
        self.curve.is_some()
    }

    /// Turns interleaved `samples` of `channels` (1 to 8) to a frame, full scale at -1..1, into as
    /// many `codes` from -2^(bits-1) to 2^(bits-1) - 1. What is beyond is clipped; no number is
    /// zero.
    pub fn process(&mut self, samples: &[f32], channels: usize, codes: &mut [i32]) {
        let channels = channels.clamp(1, MAX_CHANNELS);
        let length = samples.len().min(codes.len());
        let piece = PIECE_SAMPLES - PIECE_SAMPLES % channels;
        let pieces = codes[..length].chunks_mut(piece).zip(samples.chunks(piece));
        for (codes, samples) in pieces {
            let mut noise = [0.0; PIECE_SAMPLES];
            let noise = &mut noise[..codes.len()];
            self.dither.fill_lsb(noise);
            let Some(curve) = self.curve else {
                for ((code, sample), noise) in codes.iter_mut().zip(samples).zip(&*noise) {
                    *code = self.nearest(f64::from(*sample) * self.full_scale + noise) as i32;
                }
                continue;
            };
            for channel in 0..channels {
                let samples = samples.iter().zip(&*noise).skip(channel).step_by(channels);
                let codes = codes.iter_mut().skip(channel).step_by(channels);
                self.shape(&curve, channel, samples, codes);
            }
        }
    }

    /// Turns the next samples of one channel into codes.
    fn shape<'a>(
        &mut self,
        curve: &[f64; TAPS],
        channel: usize,
        samples: impl Iterator<Item = (&'a f32, &'a f64)>,
        codes: impl Iterator<Item = &'a mut i32>,
    ) {
        let mut owed = self.owed[channel];
        for ((sample, noise), code) in samples.zip(codes) {
            let sample = f64::from(*sample) * self.full_scale;
            let wanted = if sample.is_nan() { 0.0 } else { sample } - owed[0];
            let rounded = self.nearest(wanted + noise);
            *code = rounded as i32;
            // A clipped sample's error is no noise; fed back whole it would ring on.
            let error = (rounded - wanted).clamp(-MAX_ERROR_LSB, MAX_ERROR_LSB);
            // Handed on rather than looked back on: no sum is waited for.
            for tap in 0..TAPS - 1 {
                owed[tap] = owed[tap + 1] + curve[tap] * error;
            }
            owed[TAPS - 1] = curve[TAPS - 1] * error;
        }
        self.owed[channel] = owed;
    }

    /// The code nearest to a sum in codes, the even one of two.
    fn nearest(&self, sum: f64) -> f64 {
        // Adding it leaves no room for a fraction, which so is rounded away: faster than rounding.
        const WHOLE: f64 = 6_755_399_441_055_744.0;
        (sum.clamp(-self.full_scale, self.full_scale - 1.0) + WHOLE) - WHOLE
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::PI;

    use super::*;

    /// Codes minus samples, in codes, of a 16-bit quantizer given a quiet 997 Hz tone.
    fn noise(shaping: Shaping, rate: f64) -> Vec<f64> {
        let tone = |n: u32| (0.01 * (2.0 * PI * 997.0 * f64::from(n) / rate).sin()) as f32;
        let samples: Vec<f32> = (0..1 << 17).map(tone).collect();
        let mut codes = vec![0; samples.len()];
        ShapedQuantizer::new(16, rate, shaping).process(&samples, 1, &mut codes);
        let exact = samples.iter().map(|s| f64::from(*s) * 32_768.0);
        codes
            .iter()
            .zip(exact)
            .map(|(c, x)| f64::from(*c) - x)
            .collect()
    }

    /// Power in dB of a code squared, in all and between two frequencies.
    fn power_db(signal: &[f64], rate: f64, low_hz: f64, high_hz: f64) -> [f64; 2] {
        let size = 4_096;
        let bin = |hz: f64| (hz / rate * size as f64) as usize;
        let fft = transforms::real_f64(size);
        let mut band = 0.0;
        for block in signal.chunks_exact(size) {
            let mut windowed: Vec<_> = block
                .iter()
                .enumerate()
                .map(|(n, x)| {
                    let hann = 1.0 - (2.0 * PI * n as f64 / size as f64).cos();
                    x * hann
                })
                .collect();
            let mut spectrum = fft.make_output_vec();
            fft.process(&mut windowed, &mut spectrum).unwrap();
            let sum: f64 = spectrum[bin(low_hz)..bin(high_hz)]
                .iter()
                .map(|c| c.norm_sqr())
                .sum();
            band += 2.0 * sum / (1.5 * (size * size) as f64);
        }
        band /= (signal.len() / size) as f64;
        let total = signal.iter().map(|x| x * x).sum::<f64>() / signal.len() as f64;
        [total, band].map(|power| 10.0 * power.log10())
    }

    #[test]
    fn flat_noise_is_white_and_a_quarter_code_squared() {
        let [total, band] = power_db(&noise(Shaping::Flat, 44_100.0), 44_100.0, 2_000.0, 5_000.0);
        // 1/12 of rounding and 1/6 of dither.
        assert!((total - 10.0 * 0.25_f64.log10()).abs() < 0.05, "{total}");
        let share = 10.0 * (3_000.0_f64 / 22_050.0).log10();
        assert!((band - total - share).abs() < 0.2, "{}", band - total);
    }

    #[test]
    fn shaped_noise_leaves_the_ears_best_range() {
        for (rate, less_db) in [(44_100.0, 22.0), (48_000.0, 21.7)] {
            let [flat, flat_band] = power_db(&noise(Shaping::Flat, rate), rate, 2_000.0, 5_000.0);
            let [total, band] = power_db(&noise(Shaping::Shaped, rate), rate, 2_000.0, 5_000.0);
            println!(
                "{rate}: total {:+.2} dB, 2-5 kHz {:+.2} dB",
                total - flat,
                band - flat_band
            );
            // 1 + the sum of the squared coefficients.
            assert!((total - flat - 18.4).abs() < 0.2, "{}", total - flat);
            assert!(band - flat_band < -less_db, "{}", band - flat_band);
        }
    }

    #[test]
    fn a_tone_20_db_below_one_code_survives() {
        for shaping in [Shaping::Flat, Shaping::Shaped] {
            let rate = 44_100.0;
            let frames = 1 << 18;
            let phase = |n: usize| 2.0 * PI * 1_000.0 * n as f64 / rate;
            let amplitude = 0.1;
            let samples: Vec<f32> = (0..frames)
                .map(|n| (amplitude / 32_768.0 * phase(n).sin()) as f32)
                .collect();
            let mut codes = vec![0; frames];
            ShapedQuantizer::new(16, rate, shaping).process(&samples, 1, &mut codes);
            let found: f64 = codes
                .iter()
                .enumerate()
                .map(|(n, c)| f64::from(*c) * phase(n).sin())
                .sum();
            let found = 2.0 * found / frames as f64;
            assert!((found - amplitude).abs() < 0.01, "{shaping:?}: {found}");
        }
    }

    #[test]
    fn full_scale_clips_and_the_loop_recovers() {
        let mut samples: Vec<f32> = (0..4_000)
            .map(|n| 1.3 * (f64::from(n) * 0.05).sin() as f32)
            .collect();
        samples.extend([f32::NAN, f32::INFINITY, f32::NEG_INFINITY]);
        samples.extend([0.0; 1_000]);
        let mut codes = vec![0; samples.len()];
        ShapedQuantizer::new(16, 44_100.0, Shaping::Shaped).process(&samples, 1, &mut codes);
        assert_eq!(codes.iter().min(), Some(&-32_768));
        assert_eq!(codes.iter().max(), Some(&32_767));
        // The loudest the shaped noise can be is 1.5 codes times the sum of the coefficients.
        assert!(codes[4_100..].iter().all(|c| c.abs() < 34));
    }

    #[test]
    fn words_of_24_bits_have_room_for_the_dither_at_full_scale() {
        let samples: Vec<f32> = (0..100_000).map(|n| 0.9 + n as f32 * 9e-7).collect();
        let mut codes = vec![0; samples.len()];
        ShapedQuantizer::new(24, 96_000.0, Shaping::Flat).process(&samples, 1, &mut codes);
        let errors = codes
            .iter()
            .zip(&samples)
            .map(|(c, s)| f64::from(*c) - f64::from(*s) * 8_388_608.0);
        // As at any level: an f32 sum of sample and dither would have lost half of it.
        let power = errors.clone().map(|e| e * e).sum::<f64>() / samples.len() as f64;
        assert!((power - 0.25).abs() < 0.01, "{power}");
        assert!(errors.into_iter().all(|e| e.abs() <= 1.5));
        for (sample, code) in [(f32::NAN, 0), (-9.0, -8_388_608), (9.0, 8_388_607)] {
            let mut codes = [1];
            ShapedQuantizer::new(24, 96_000.0, Shaping::Flat).process(&[sample], 1, &mut codes);
            assert!((codes[0] - code).abs() <= 1, "{sample}: {}", codes[0]);
        }
    }

    #[test]
    fn other_rates_are_flat_and_channels_and_blocks_do_not_matter() {
        assert!(!ShapedQuantizer::new(16, 96_000.0, Shaping::Shaped).is_shaped());
        let samples: Vec<f32> = (0..3_000).map(|n| (n as f32 * 0.01).sin()).collect();
        let quantize = |frames: usize| {
            let mut quantizer = ShapedQuantizer::new(16, 48_000.0, Shaping::Shaped);
            let mut codes = vec![0; samples.len()];
            for (block, codes) in samples.chunks(frames * 2).zip(codes.chunks_mut(frames * 2)) {
                quantizer.process(block, 2, codes);
            }
            codes
        };
        let whole = quantize(1_500);
        for frames in [1, 7, 64, 480] {
            assert_eq!(whole, quantize(frames));
        }
    }
}
