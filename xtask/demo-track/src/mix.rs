//! The mixing desk: plays the score on the instruments and brings the sum to 16 bits.

use super::drums;
use super::filters::{StateVariable, Stereo};
use super::instruments;
use super::oscillators::{decay, frames, smoothstep};
use super::score::{self, BAR, CLOSING_BAR, Hit, INTRO_BARS, SIXTEENTH_FRAMES, TOTAL_BARS};
use super::space;

/// The loudest sample: -1 dBFS.
const PEAK: f64 = 0.891_250_938_133_745_6;
/// Levels of the parts before the whole is brought to [`PEAK`].
const PAD: f64 = 0.56;
const BASS: f64 = 0.50;
const ARPEGGIO: f64 = 0.16;
const LEAD: f64 = 0.17;
const ECHO: f64 = 0.5;
const HALL: f64 = 0.34;
const KICK: f64 = 1.02;
const CLAP: f64 = 0.30;
const HAT: f64 = 0.115;

/// The finished music as interleaved 16-bit samples, left first.
pub(crate) fn render() -> Vec<i16> {
    let length = TOTAL_BARS * BAR * SIXTEENTH_FRAMES;
    let mut kicks = Vec::new();
    let drums = drum_part(length, &mut kicks);
    let mut bed = bed_part(length);
    duck(&mut bed, &kicks);

    let mut sparkle = arpeggio_part(length);
    let lead = lead_part(length);
    let echo = space::ping_pong(&lead, 3 * SIXTEENTH_FRAMES, 0.46);
    sparkle.mix_in(&lead, 1.0);
    sparkle.mix_in(&echo, ECHO);

    let mut send = sparkle.clone();
    send.mix_in(&bed, 0.35);
    let hall = space::reverb(&send, 1.9);

    let mut master = drums;
    master.mix_in(&bed, 1.0);
    master.mix_in(&bass_part(length), BASS);
    master.mix_in(&sparkle, 1.0);
    master.mix_in(&hall, HALL);
    remove_dc(&mut master.left);
    remove_dc(&mut master.right);
    fade_out(&mut master);
    quantize(&master)
}

fn at(bar: usize, sixteenth: usize) -> usize {
    (bar * BAR + sixteenth) * SIXTEENTH_FRAMES
}

fn bed_part(length: usize) -> Stereo {
    let mut part = Stereo::silence(length);
    for bar in 0..CLOSING_BAR {
        let held = BAR * SIXTEENTH_FRAMES - frames(0.05);
        instruments::pad(&mut part, at(bar, 0), held, &score::chord(bar).notes, 0.45);
    }
    let closing = &score::chord(CLOSING_BAR).notes;
    instruments::pad(
        &mut part,
        at(CLOSING_BAR, 0),
        BAR * SIXTEENTH_FRAMES,
        closing,
        1.6,
    );
    let mut scaled = Stereo::silence(length);
    scaled.mix_in(&part, PAD);
    scaled
}

fn bass_part(length: usize) -> Stereo {
    let mut part = Stereo::silence(length);
    for bar in 0..TOTAL_BARS {
        let root = score::chord(bar).root;
        for &(sixteenth, held, above) in score::bass_bar(bar) {
            let held_frames = held * SIXTEENTH_FRAMES - frames(0.03);
            instruments::bass(&mut part, at(bar, sixteenth), held_frames, root + above);
        }
    }
    part
}

fn arpeggio_part(length: usize) -> Stereo {
    let mut part = Stereo::silence(length);
    for bar in 0..TOTAL_BARS {
        // Alone in the intro it may speak up; behind the melody it steps back.
        let level = if bar < INTRO_BARS { 1.0 } else { 0.62 } * ARPEGGIO;
        for (index, (sixteenth, note)) in score::arpeggio(bar).into_iter().enumerate() {
            let pan = if index % 2 == 0 { -0.55 } else { 0.55 };
            instruments::pluck(&mut part, at(bar, sixteenth), note, level, pan);
        }
    }
    part
}

fn lead_part(length: usize) -> Stereo {
    let mut part = Stereo::silence(length);
    for note in score::melody() {
        let held = note.length * SIXTEENTH_FRAMES - frames(0.04);
        instruments::lead(&mut part, note.start * SIXTEENTH_FRAMES, held, note.pitch);
    }
    let mut scaled = Stereo::silence(length);
    scaled.mix_in(&part, LEAD);
    scaled
}

fn drum_part(length: usize, kicks: &mut Vec<usize>) -> Stereo {
    let mut part = Stereo::silence(length);
    for bar in 0..TOTAL_BARS {
        for (index, (sixteenth, hit, level)) in score::drum_bar(bar).into_iter().enumerate() {
            let start = at(bar, sixteenth);
            let seed = (bar * 64 + index + 1) as u64;
            match hit {
                Hit::Kick => {
                    drums::kick(&mut part, start, KICK * level);
                    kicks.push(start);
                }
                Hit::Clap => drums::clap(&mut part, start, CLAP * level, seed),
                Hit::ClosedHat => drums::hat(&mut part, start, HAT * level, 0.014, seed),
                Hit::OpenHat => drums::hat(&mut part, start, HAT * level, 0.055, seed),
            }
        }
    }
    part
}

/// Lowers the bed for a moment at each kick: room for the drum, and the breathing of the style.
fn duck(bed: &mut Stereo, kicks: &[usize]) {
    for &kick in kicks {
        let end = (kick + frames(0.5)).min(bed.len());
        for frame in kick..end {
            let onset = smoothstep((frame - kick) as f64 / 200.0);
            let gain = 1.0 - 0.42 * onset * decay(frame - kick, 0.10);
            bed.left[frame] *= gain;
            bed.right[frame] *= gain;
        }
    }
}

fn remove_dc(channel: &mut [f64]) {
    let mut filter = StateVariable::new(18.0, 0.707);
    for sample in channel {
        *sample = filter.process(*sample).high;
    }
}

fn fade_out(master: &mut Stereo) {
    let fade_start = at(CLOSING_BAR, 8);
    let fade_end = master.len() - frames(0.1);
    for frame in fade_start..master.len() {
        let along = (frame - fade_start) as f64 / (fade_end - fade_start) as f64;
        let gain = 1.0 - smoothstep(along);
        master.left[frame] *= gain * gain;
        master.right[frame] *= gain * gain;
    }
}

fn quantize(master: &Stereo) -> Vec<i16> {
    let peak = master
        .left
        .iter()
        .chain(&master.right)
        .fold(0.0, |peak: f64, &sample| peak.max(libm::fabs(sample)));
    let gain = PEAK * 32_768.0 / peak;
    let to_word = |sample: f64| libm::round(sample * gain).clamp(-32_768.0, 32_767.0) as i16;
    let mut words = Vec::with_capacity(2 * master.len());
    for (&left, &right) in master.left.iter().zip(&master.right) {
        words.extend([to_word(left), to_word(right)]);
    }
    words
}
