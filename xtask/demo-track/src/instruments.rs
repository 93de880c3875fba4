//! The pitched parts: pad, bass, arpeggio and lead.

use super::filters::{StateVariable, Stereo};
use super::oscillators::{SAMPLE_RATE_HZ, Saw, decay, frames, note_hz, sine, swell};

/// Detuning of the pad's voices in cents, and where each sits between left and right.
const PAD_VOICES: [(f64, f64); 3] = [(-8.0, -0.85), (0.5, 0.0), (7.5, 0.85)];

/// How often a moving cutoff is computed anew, in frames.
const CONTROL_FRAMES: usize = 32;

/// Warm detuned saws under a low-pass that opens and closes slowly.
pub(crate) fn pad(out: &mut Stereo, start: usize, length: usize, notes: &[u8], release_secs: f64) {
    let total = length + frames(release_secs);
    let mut voices: Vec<(Saw, f64)> = Vec::new();
    for (index, &note) in notes.iter().enumerate() {
        for (voice, &(cents, pan)) in PAD_VOICES.iter().enumerate() {
            // Spread starting phases, or all voices would begin with the same edge.
            let phase = (index as f64 * 0.37 + voice as f64 * 0.61) % 1.0;
            voices.push((
                Saw::new(note_hz(f64::from(note) + cents / 100.0), phase),
                pan,
            ));
        }
    }
    let mut filters = [
        StateVariable::new(600.0, 0.75),
        StateVariable::new(600.0, 0.75),
    ];
    let mut smoothing = [
        StateVariable::new(1_700.0, 0.6),
        StateVariable::new(1_700.0, 0.6),
    ];
    for frame in 0..total {
        if frame % CONTROL_FRAMES == 0 {
            let seconds = (start + frame) as f64 / SAMPLE_RATE_HZ;
            let opening = 0.5 - 0.5 * sine(seconds / 9.66 + 0.25);
            let cutoff_hz = 420.0 * libm::exp2(1.9 * opening);
            for filter in &mut filters {
                filter.set_cutoff(cutoff_hz);
            }
        }
        let (mut left, mut right) = (0.0, 0.0);
        for (saw, pan) in &mut voices {
            let value = saw.next();
            left += value * (1.0 - *pan) / 2.0;
            right += value * (1.0 + *pan) / 2.0;
        }
        let envelope = swell(frame, length, 0.30, release_secs) / notes.len() as f64;
        let left = smoothing[0].process(filters[0].process(left).low).low;
        let right = smoothing[1].process(filters[1].process(right).low).low;
        out.add(start + frame, left * envelope, right * envelope);
    }
}

/// A round bass: a sine for weight and a filtered saw for its outline.
pub(crate) fn bass(out: &mut Stereo, start: usize, length: usize, note: u8) {
    let frequency_hz = note_hz(f64::from(note));
    let mut saw = Saw::new(frequency_hz, 0.5);
    let mut filter = StateVariable::new(300.0, 0.9);
    let release_secs = 0.09;
    for frame in 0..length + frames(release_secs) {
        if frame % CONTROL_FRAMES == 0 {
            filter.set_cutoff(190.0 + 620.0 * decay(frame, 0.16));
        }
        let sub = sine(frame as f64 * frequency_hz / SAMPLE_RATE_HZ);
        let outline = filter.process(saw.next()).low;
        let envelope =
            swell(frame, length, 0.006, release_secs) * (0.62 + 0.38 * decay(frame, 0.4));
        let value = envelope * (0.72 * sub + 0.42 * outline);
        out.add(start + frame, value, value);
    }
}

/// A short electric-piano pluck: one sine bends another, and the bend dies away first.
pub(crate) fn pluck(out: &mut Stereo, start: usize, note: u8, level: f64, pan: f64) {
    let frequency_hz = note_hz(f64::from(note));
    let length = frames(0.9);
    for frame in 0..length {
        let turns = frame as f64 * frequency_hz / SAMPLE_RATE_HZ;
        let bend = 0.16 * decay(frame, 0.11) * sine(turns)
            + 0.035 * decay(frame, 0.03) * sine(turns * 7.0);
        let envelope = swell(frame, length / 2, 0.004, 0.42) * decay(frame, 0.24);
        out.add_panned(start + frame, level * envelope * sine(turns + bend), pan);
    }
}

/// The singing voice: a bent sine with an octave above and vibrato that sets in late.
pub(crate) fn lead(out: &mut Stereo, start: usize, length: usize, note: u8) {
    let frequency_hz = note_hz(f64::from(note));
    let release_secs = 0.16;
    let mut turns = 0.0;
    for frame in 0..length + frames(release_secs) {
        let seconds = frame as f64 / SAMPLE_RATE_HZ;
        let depth = 0.0045 * ((seconds - 0.22) / 0.4).clamp(0.0, 1.0);
        turns += frequency_hz * (1.0 + depth * sine(seconds * 5.2)) / SAMPLE_RATE_HZ;
        let bend = (0.05 + 0.13 * decay(frame, 0.2)) * sine(turns * 2.0);
        let body = sine(turns + bend) + 0.20 * sine(turns * 2.0 + 0.25) * decay(frame, 0.5);
        let envelope = swell(frame, length, 0.014, release_secs) * (0.7 + 0.3 * decay(frame, 0.3));
        out.add(start + frame, body * envelope, body * envelope);
    }
}
