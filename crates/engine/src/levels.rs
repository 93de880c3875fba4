//! Level meters over what is audible: peaks, RMS, loudness, correlation.

use dsp::loudness::LoudnessMeter;
use dsp::meter::Meter;
use dsp::simd::AudioOptimizer;
use dsp::units::Decibels;

/// How long a peak is held before it falls.
const HOLD_SECONDS: f32 = 1.5;
/// How fast peaks fall, in dB a second (IEC 60268-18: 20 dB in 1.7 s).
const FALL_DB_PER_SECOND: f32 = 11.8;
/// Nothing is shown below, in dBFS.
pub(crate) const FLOOR_DB: f32 = -120.0;
/// Times that loudness is of (EBU Tech 3341).
const MOMENTARY_SECONDS: f32 = 0.4;
const SHORT_TERM_SECONDS: f32 = 3.0;
/// How often what grows with the programme is read, in seconds.
const SLOW_PERIOD_SECONDS: f32 = 0.25;

/// One side's levels in dBFS, never below -120.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SideLevels {
    /// The peak, falling back at 11.8 dB a second.
    pub peak_db: f32,
    /// The highest peak of the last 1.5 s, falling afterwards.
    pub held_db: f32,
    /// RMS over some 300 ms; a full-scale sine reads 0 (AES17).
    pub rms_db: f32,
}

impl Default for SideLevels {
    fn default() -> Self {
        Self {
            peak_db: FLOOR_DB,
            held_db: FLOOR_DB,
            rms_db: FLOOR_DB,
        }
    }
}

/// What the meters read. Loudness is in LUFS (ITU-R BS.1770, EBU R 128), `-inf` in silence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LevelsFrame {
    /// Left and right.
    pub sides: [SideLevels; 2],
    /// How alike left and right are, -1 to 1.
    pub correlation: f32,
    /// Loudness of the last 400 ms.
    pub momentary_lufs: f32,
    /// Loudness of the last 3 s.
    pub short_term_lufs: f32,
    /// Gated loudness since the measurement began: with the track, or with the first look during it.
    pub integrated_lufs: f32,
    /// The largest true peak since then, in dBTP.
    pub true_peak_db: f32,
    /// Nothing will move until sound returns.
    pub is_at_rest: bool,
}

impl Default for LevelsFrame {
    fn default() -> Self {
        Self {
            sides: [SideLevels::default(); 2],
            correlation: 0.0,
            momentary_lufs: f32::NEG_INFINITY,
            short_term_lufs: f32::NEG_INFINITY,
            integrated_lufs: f32::NEG_INFINITY,
            true_peak_db: f32::NEG_INFINITY,
            is_at_rest: true,
        }
    }
}

/// The meters of one stream of stereo frames. For the analysis thread; allocates as loudness does.
pub(super) struct LevelMeters {
    meter: Meter,
    loudness: Option<LoudnessMeter>,
    held_seconds: [f32; 2],
    slow_seconds: f32,
    /// Since the programme began.
    measured_frames: usize,
    sample_rate_hz: u32,
    frame: LevelsFrame,
}

impl LevelMeters {
    /// For frames at `sample_rate_hz`.
    pub(super) fn new(sample_rate_hz: u32) -> Self {
        let optimizer = AudioOptimizer::detected();
        Self {
            meter: Meter::new(f64::from(sample_rate_hz), optimizer),
            loudness: LoudnessMeter::new(sample_rate_hz, 2, optimizer).ok(),
            held_seconds: [0.0; 2],
            slow_seconds: 0.0,
            measured_frames: 0,
            sample_rate_hz,
            frame: LevelsFrame::default(),
        }
    }

    /// A new programme: loudness and true peak begin anew, the rest moves on.
    pub(super) fn restart(&mut self) {
        if let Some(loudness) = &mut self.loudness {
            loudness.reset();
        }
        self.slow_seconds = SLOW_PERIOD_SECONDS;
        self.measured_frames = 0;
    }

    /// Takes in what was heard in the last `elapsed_seconds` and says what the meters read now.
    pub(super) fn process(&mut self, heard: &[[f32; 2]], elapsed_seconds: f32) -> LevelsFrame {
        self.meter.process(heard.as_flattened(), 2);
        let levels = self.meter.take_peaks();
        let fall = FALL_DB_PER_SECOND * elapsed_seconds;
        let sides = self.frame.sides.iter_mut().zip(&mut self.held_seconds);
        for ((side, held_seconds), now) in sides.zip(levels) {
            let peak = decibels(now.sample_peak);
            side.peak_db = peak.max(side.peak_db - fall).max(FLOOR_DB);
            side.rms_db = decibels(now.rms);
            *held_seconds += elapsed_seconds;
            if peak >= side.held_db {
                (side.held_db, *held_seconds) = (peak, 0.0);
            } else if *held_seconds > HOLD_SECONDS {
                side.held_db = (side.held_db - fall).max(side.peak_db);
            }
        }
        self.frame.correlation = self.meter.correlation();
        if let Some(loudness) = &mut self.loudness {
            loudness.process(heard.as_flattened());
            self.measured_frames += heard.len();
            // Over less than its whole time a loudness would be too low.
            let measured_seconds = self.measured_frames as f32 / self.sample_rate_hz as f32;
            let over = |seconds: f32, lufs: f64| match measured_seconds < seconds {
                true => f32::NEG_INFINITY,
                false => lufs as f32,
            };
            self.frame.momentary_lufs = over(MOMENTARY_SECONDS, loudness.momentary_lufs());
            self.frame.true_peak_db = loudness.true_peak().0;
            self.slow_seconds += elapsed_seconds;
            if self.slow_seconds >= SLOW_PERIOD_SECONDS {
                self.slow_seconds = 0.0;
                let short_term = loudness.short_term_lufs();
                self.frame.short_term_lufs = over(SHORT_TERM_SECONDS, short_term);
                self.frame.integrated_lufs = loudness.integrated_lufs() as f32;
            }
        }
        let is_silent = |side: &SideLevels| side.held_db <= FLOOR_DB && side.rms_db <= FLOOR_DB;
        self.frame.is_at_rest = self.frame.sides.iter().all(is_silent);
        self.frame
    }
}

fn decibels(level: f32) -> f32 {
    Decibels::from_gain(level).0.max(FLOOR_DB)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f32::consts::TAU;

    const RATE_HZ: u32 = 48_000;

    fn tone(seconds: f32, gains: [f32; 2]) -> Vec<[f32; 2]> {
        (0..(seconds * RATE_HZ as f32) as usize)
            .map(|n| {
                let value = (TAU * 997.0 * n as f32 / RATE_HZ as f32).sin();
                gains.map(|gain| gain * value)
            })
            .collect()
    }

    fn play(meters: &mut LevelMeters, frames: &[[f32; 2]]) -> LevelsFrame {
        let turns = frames.chunks(768);
        turns.fold(LevelsFrame::default(), |_, heard| {
            meters.process(heard, heard.len() as f32 / RATE_HZ as f32)
        })
    }

    #[test]
    fn a_tone_reads_what_it_is_and_falls_as_the_standard_says() {
        let mut meters = LevelMeters::new(RATE_HZ);
        let read = play(&mut meters, &tone(4.0, [0.5, -0.25]));
        let [left, right] = read.sides;
        for (side, level) in [(left, -6.02), (right, -12.04)] {
            for found in [side.peak_db, side.held_db, side.rms_db] {
                assert!((found - level).abs() < 0.05, "{found} instead of {level}");
            }
        }
        assert!((read.correlation + 1.0).abs() < 1e-3);
        // -0.691 + 10 lg of the sum of both sides' mean squares, the filter being 0.69 dB there.
        let expected = 10.0 * ((0.25_f32 + 0.0625) / 2.0).log10();
        for found in [
            read.momentary_lufs,
            read.short_term_lufs,
            read.integrated_lufs,
        ] {
            assert!((found - expected).abs() < 0.1, "{found} LUFS");
        }
        assert!((read.true_peak_db + 6.02).abs() < 0.1);

        let silence = [[0.0; 2]; RATE_HZ as usize];
        let read = play(&mut meters, &silence);
        assert!((read.sides[0].peak_db + 6.02 + FALL_DB_PER_SECOND).abs() < 0.3);
        assert!((read.sides[0].held_db + 6.02).abs() < 0.05, "still held");
        // But for three measurements that are part silence.
        assert!((read.integrated_lufs - expected).abs() < 0.5, "gated");
        assert!(read.momentary_lufs < -100.0, "{read:?}");
        let mut read = read;
        for _ in 0..12 {
            read = play(&mut meters, &silence);
        }
        assert!(read.is_at_rest, "{read:?}");
    }

    #[test]
    fn a_new_programme_forgets_the_old_one() {
        let mut meters = LevelMeters::new(RATE_HZ);
        play(&mut meters, &tone(2.0, [0.9, 0.9]));
        meters.restart();
        let read = play(&mut meters, &tone(2.0, [0.1, 0.1]));
        assert_eq!(read.short_term_lufs, f32::NEG_INFINITY, "not yet known");
        assert!((read.integrated_lufs + 20.0).abs() < 0.1, "{read:?}");
        assert!((read.true_peak_db + 20.0).abs() < 0.1, "{read:?}");
    }
}
