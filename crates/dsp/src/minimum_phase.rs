//! Minimum-phase impulse responses of a wanted magnitude, through the real cepstrum.
//!
//! Source: A. V. Oppenheim and R. W. Schafer, "Discrete-Time Signal Processing", on the cepstrum: folding
//! the cepstrum of the log magnitude onto positive time gives the minimum-phase response. Equalizer APO
//! does the same for its GraphicEQ.

use super::convolver::ImpulseResponse;
use super::equalizer::GraphicCurve;
use std::f64::consts::PI;
use transforms::Complex;

/// No gain is taken below this, in dB: the logarithm has to end somewhere.
const FLOOR_DB: f64 = -100.0;
/// How much finer than its own bins a response is designed, so that the cepstrum does not wrap round.
const OVERSAMPLING: usize = 4;
/// The least a curve's response lasts, in seconds: what the slopes around 20 Hz need.
const RESPONSE_SECONDS: f64 = 0.17;

/// Taps of a curve's response at `sample_rate_hz`: the next power of two of 0.17 s, hence 8192 at 44.1
/// and 48 kHz, 16384 at 88.2 and 96 kHz, 32768 at 176.4 and 192 kHz.
pub fn response_length(sample_rate_hz: f64) -> usize {
    ((sample_rate_hz * RESPONSE_SECONDS).ceil() as usize).next_power_of_two()
}

/// The response the convolver plays for `curve` at `sample_rate_hz`, of [`response_length`] taps.
/// Allocates and takes milliseconds: not for the audio thread.
pub fn impulse_response(curve: &GraphicCurve, sample_rate_hz: f64) -> ImpulseResponse {
    let length = response_length(sample_rate_hz);
    ImpulseResponse::mono(design_minimum_phase(
        |hz| curve.gain_db(hz),
        sample_rate_hz,
        length,
    ))
}

/// The `length` (at least 2) first taps of the minimum-phase response whose magnitude is `gain_db_at`
/// (of a frequency in Hz), ended by half a cosine over the second half. Gains below -100 dB count as
/// that. Allocates and takes milliseconds: not for the audio thread.
pub fn design_minimum_phase(
    gain_db_at: impl Fn(f64) -> f64,
    sample_rate_hz: f64,
    length: usize,
) -> Vec<f32> {
    let length = length.max(2);
    let size = OVERSAMPLING * length.next_power_of_two();
    let forward = transforms::real_f64(size);
    let inverse = transforms::real_f64_inverse(size);
    let (mut bins, mut time) = (forward.make_output_vec(), forward.make_input_vec());

    let nepers_per_db = std::f64::consts::LN_10 / 20.0;
    for (k, bin) in bins.iter_mut().enumerate() {
        let db = gain_db_at(k as f64 * sample_rate_hz / size as f64).max(FLOOR_DB);
        *bin = Complex::new(db * nepers_per_db, 0.0);
    }
    // The lengths are the plans' own and both ends are real, the only things they can object to.
    let done = inverse.process(&mut bins, &mut time);
    debug_assert!(done.is_ok());

    // The cepstrum is even: what is before time zero goes on top of what is after.
    let half = size / 2;
    time[1..half].iter_mut().for_each(|c| *c *= 2.0);
    time[half + 1..].fill(0.0);
    time.iter_mut().for_each(|c| *c /= size as f64);
    let done = forward.process(&mut time, &mut bins);
    debug_assert!(done.is_ok());
    for bin in &mut bins {
        *bin = bin.exp();
    }
    bins[0].im = 0.0;
    bins[half].im = 0.0;
    let done = inverse.process(&mut bins, &mut time);
    debug_assert!(done.is_ok());

    let taper_start = length / 2;
    let tapered = time[..length].iter().enumerate().map(|(n, tap)| {
        let past = n.saturating_sub(taper_start) as f64 / (length - taper_start) as f64;
        (tap / size as f64 * (0.5 + 0.5 * (PI * past).cos())) as f32
    });
    tapered.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 127 points a 12th of an octave or so apart, like a headphone correction: a bass shelf, bells, a
    /// narrow dip and a fall at the top, from +6 to -17 dB.
    fn headphone_curve() -> GraphicCurve {
        let bell = |hz: f64, centre: f64, octaves: f64, db: f64| {
            db * (-((hz / centre).log2() / octaves).powi(2)).exp()
        };
        let points = (0..127).map(|n| {
            let hz = 20.0 * 1000.0_f64.powf(f64::from(n) / 126.0);
            let db = -4.0
                + 11.0 / (1.0 + (hz / 60.0).powi(2))
                + bell(hz, 200.0, 0.8, -5.0)
                + bell(hz, 1_500.0, 0.6, 4.0)
                + bell(hz, 5_900.0, 0.25, -9.0)
                + bell(hz, 20_000.0, 0.7, -13.0);
            (hz, db)
        });
        GraphicCurve {
            points: points.collect(),
        }
    }

    fn magnitude_db(taps: &[f32], hz: f64, sample_rate_hz: f64) -> f64 {
        let turn = Complex::from_polar(1.0, -2.0 * PI * hz / sample_rate_hz);
        let sum = taps.iter().rev().fold(Complex::new(0.0, 0.0), |sum, tap| {
            sum * turn + f64::from(*tap)
        });
        20.0 * sum.norm().log10()
    }

    #[test]
    fn a_headphone_curve_is_met_at_every_rate() {
        let curve = headphone_curve();
        let (low, high) = curve
            .points
            .iter()
            .fold((0.0_f64, 0.0_f64), |(low, high), p| {
                (low.min(p.1), high.max(p.1))
            });
        assert!(low < -16.5 && high > 5.5, "{low} to {high} dB");
        for rate in [44_100.0, 48_000.0, 88_200.0, 96_000.0, 176_400.0, 192_000.0] {
            let response = impulse_response(&curve, rate);
            let steps = ((0.45 * rate / 20.0).log2() * 48.0) as i32;
            let worst = (0..=steps)
                .map(|n| 20.0 * 2.0_f64.powf(f64::from(n) / 48.0))
                .map(|hz| {
                    let error = magnitude_db(&response.left, hz, rate) - curve.gain_db(hz);
                    (error.abs(), hz)
                })
                .fold((0.0, 0.0), |a, b| if b.0 > a.0 { b } else { a });
            println!("{rate} Hz, {} taps: {worst:?}", response.frames());
            assert!(
                worst.0 < 0.1,
                "{} dB at {} Hz, rate {rate}",
                worst.0,
                worst.1
            );
        }
    }

    #[test]
    fn a_level_curve_is_one_tap() {
        let taps = design_minimum_phase(|_| -6.0, 48_000.0, 512);
        assert!((f64::from(taps[0]) - 10.0_f64.powf(-0.3)).abs() < 1e-7);
        assert!(taps[1..].iter().all(|tap| tap.abs() < 1e-9));
    }

    #[test]
    fn a_first_order_response_is_found_again() {
        // 1 / (1 - a/z) has its pole inside the unit circle, hence is minimum-phase already.
        let a = 0.9_f64;
        let gain_db = |hz: f64| {
            let w = 2.0 * PI * hz / 48_000.0;
            -10.0 * (1.0 - 2.0 * a * w.cos() + a * a).log10()
        };
        let taps = design_minimum_phase(gain_db, 48_000.0, 2_048);
        for (n, tap) in taps.iter().enumerate().take(500) {
            let want = a.powi(n as i32);
            assert!((f64::from(*tap) - want).abs() < 1e-6, "tap {n}");
        }
    }

    #[test]
    fn silence_is_a_hundred_decibels_down() {
        let taps = design_minimum_phase(|_| f64::NEG_INFINITY, 48_000.0, 256);
        assert!((taps[0] - 1e-5).abs() < 1e-9);
    }
}
