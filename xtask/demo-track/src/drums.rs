//! Percussion: each hit is drawn from scratch into the stereo buffer.

use super::filters::{StateVariable, Stereo};
use super::oscillators::{Noise, SAMPLE_RATE_HZ, decay, frames, sine, smoothstep};

/// A sine that falls from 165 Hz to 47 Hz, with a soft click in front.
pub(crate) fn kick(out: &mut Stereo, start: usize, level: f64) {
    let length = frames(0.34);
    let mut turns = 0.0;
    for frame in 0..length {
        let frequency_hz = 47.0 + 118.0 * decay(frame, 0.028);
        turns += frequency_hz / SAMPLE_RATE_HZ;
        let click = 0.18 * sine(frame as f64 * 1_900.0 / SAMPLE_RATE_HZ) * decay(frame, 0.0022);
        let fade = 1.0 - smoothstep((frame as f64 / length as f64 - 0.7) / 0.3);
        let onset = smoothstep(frame as f64 / 40.0);
        let value = onset * fade * level * (sine(turns) * decay(frame, 0.13) + click);
        out.add(start + frame, value, value);
    }
}

/// Four bursts of band-passed noise over a short body, as hands never meet at once.
pub(crate) fn clap(out: &mut Stereo, start: usize, level: f64, seed: u64) {
    let length = frames(0.16);
    let mut noise = Noise::new(seed);
    let mut band = StateVariable::new(1_750.0, 1.1);
    let mut soften = StateVariable::new(5_200.0, 0.707);
    let bursts = [0, frames(0.009), frames(0.019)];
    for frame in 0..length {
        let mut envelope = 0.0;
        for &burst in &bursts {
            if frame >= burst {
                envelope = decay(frame - burst, 0.0055);
            }
        }
        if frame >= frames(0.027) {
            envelope = decay(frame - frames(0.027), 0.030);
        }
        let fade = 1.0 - smoothstep((frame as f64 / length as f64 - 0.6) / 0.4);
        let crack = soften.process(band.process(noise.next()).band).low;
        let body = 0.30 * sine(frame as f64 * 196.0 / SAMPLE_RATE_HZ) * decay(frame, 0.035);
        let value = level * fade * (crack * envelope + body);
        out.add(start + frame, value, value);
    }
}

/// High-passed noise; `time_constant_secs` makes it closed (0.015) or open (0.07).
pub(crate) fn hat(out: &mut Stereo, start: usize, level: f64, time_constant_secs: f64, seed: u64) {
    let length = frames(time_constant_secs * 6.0);
    let mut noise = Noise::new(seed);
    let mut first = StateVariable::new(7_800.0, 0.8);
    let mut second = StateVariable::new(6_500.0, 0.8);
    for frame in 0..length {
        let bright = second.process(first.process(noise.next()).high).high;
        let onset = smoothstep(frame as f64 / 24.0);
        let fade = 1.0 - smoothstep((frame as f64 / length as f64 - 0.5) / 0.5);
        let value = level * onset * fade * bright * decay(frame, time_constant_secs);
        // In the middle: noise in both channels alike is stored only once.
        out.add(start + frame, value, value);
    }
}
