//! Loudness after ITU-R BS.1770-4 and EBU R 128: momentary, short-term, integrated, range, true
//! peak.

use ebur128::{Channel, EbuR128, Mode};

use super::simd::AudioOptimizer;
use super::true_peak::{CHUNK_FRAMES, MAX_CHANNELS, TruePeakDetector, WARM_UP_FRAMES};
use super::units::Decibels;

/// A rate at which three seconds take next to no memory.
const SMALL_BUFFER_RATE_HZ: u32 = 1_000;

/// There is no loudness meter for this rate or number of channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnsupportedLayout {
    /// Channels to a frame asked for.
    pub channels: usize,
    /// Frames in a second asked for.
    pub sample_rate_hz: u32,
}

impl std::fmt::Display for UnsupportedLayout {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "loudness of {} channels at {} Hz cannot be measured",
            self.channels, self.sample_rate_hz
        )
    }
}

impl std::error::Error for UnsupportedLayout {}

/// Measures one programme. Loudness is in LUFS, range in LU; silence is `-inf`.
///
/// Every gating block is kept, for exact figures: about 90 bytes for a second of programme, for
/// which [`process`](Self::process) allocates now and then, and reading the integrated loudness or
/// the range costs in proportion. For analysis threads.
///
/// ```
/// use dsp::{loudness::LoudnessMeter, simd::AudioOptimizer};
/// let mut meter = LoudnessMeter::new(48_000, 1, AudioOptimizer::detected()).unwrap();
/// let tone = (0..144_000).map(|n| (n as f32 * 0.1305).sin() * 0.1);
/// meter.process(&tone.collect::<Vec<f32>>());
/// meter.finish();
/// assert!((meter.integrated_lufs() + 23.0).abs() < 1.0);
/// ```
pub struct LoudnessMeter {
    meter: EbuR128,
    detector: TruePeakDetector,
    true_peak: f32,
    channels: usize,
}

impl LoudnessMeter {
    /// A meter for 1 to 8 channels in the order of WAV files (5.1: L R C LFE Ls Rs; 4: L R Ls Rs;
    /// 5: L R C Ls Rs; 7.1: with back left and right before the sides). The LFE does not count.
    pub fn new(
        sample_rate_hz: u32,
        channels: usize,
        optimizer: AudioOptimizer,
    ) -> Result<Self, UnsupportedLayout> {
        let unsupported = UnsupportedLayout {
            channels,
            sample_rate_hz,
        };
        if !(1..=MAX_CHANNELS).contains(&channels) {
            return Err(unsupported);
        }
        let mode = Mode::M | Mode::S | Mode::I | Mode::LRA;
        let mut meter =
            EbuR128::new(channels as u32, sample_rate_hz, mode).map_err(|_| unsupported)?;
        meter
            .set_channel_map(channel_map(channels))
            .map_err(|_| unsupported)?;
        Ok(Self {
            meter,
            detector: TruePeakDetector::new(0, optimizer),
            true_peak: 0.0,
            channels,
        })
    }

    /// Takes whole interleaved frames of the channels given to [`new`](Self::new).
    pub fn process(&mut self, samples: &[f32]) {
        let whole = samples.len() - samples.len() % self.channels;
        let samples = samples.get(..whole).unwrap_or_default();
        // The number of samples is all that could be refused, and is whole frames.
        let taken = self.meter.add_frames_f32(samples);
        debug_assert!(taken.is_ok());
        for chunk in samples.chunks(CHUNK_FRAMES * self.channels) {
            self.detect(chunk);
        }
    }

    fn detect(&mut self, chunk: &[f32]) {
        let mut peaks = [0.0_f32; CHUNK_FRAMES];
        let peaks = &mut peaks[..chunk.len() / self.channels];
        self.detector.push(chunk, self.channels);
        for channel in 0..self.channels {
            self.detector.raise(channel, self.true_peak, peaks);
        }
        self.true_peak = peaks.iter().fold(self.true_peak, |max, p| max.max(*p));
    }

    /// Ends the programme for the true peak, which looks some samples ahead; more may follow as if
    /// after silence.
    pub fn finish(&mut self) {
        let silence = [0.0; WARM_UP_FRAMES * MAX_CHANNELS];
        self.detect(&silence[..WARM_UP_FRAMES * self.channels]);
    }

    /// Loudness of the last 400 ms, in LUFS.
    pub fn momentary_lufs(&self) -> f64 {
        self.meter.loudness_momentary().unwrap_or(f64::NEG_INFINITY)
    }

    /// Loudness of the last 3 s, in LUFS.
    pub fn short_term_lufs(&self) -> f64 {
        self.meter.loudness_shortterm().unwrap_or(f64::NEG_INFINITY)
    }

    /// Gated loudness of everything so far, in LUFS.
    pub fn integrated_lufs(&self) -> f64 {
        self.meter.loudness_global().unwrap_or(f64::NEG_INFINITY)
    }

    /// Loudness range of everything so far (EBU Tech 3342), in LU.
    pub fn range_lu(&self) -> f64 {
        self.meter.loudness_range().unwrap_or(0.0)
    }

    /// What is needed to measure this programme together with others; the last seconds of sound,
    /// megabytes at high rates, are freed.
    pub fn into_gating_blocks(mut self) -> GatingBlocks {
        // Other parameters bring a new buffer and leave the blocks; these are always valid.
        let done = self.meter.change_parameters(1, SMALL_BUFFER_RATE_HZ);
        debug_assert!(done.is_ok());
        GatingBlocks(self.meter)
    }

    /// The largest true peak of any channel so far, in dBTP.
    pub fn true_peak(&self) -> Decibels {
        Decibels::from_gain(self.true_peak)
    }

    /// Forgets everything.
    pub fn reset(&mut self) {
        self.meter.reset();
        self.detector.reset();
        self.true_peak = 0.0;
    }
}

/// The loudness of each 400 ms of a programme: some 90 bytes for a second.
pub struct GatingBlocks(EbuR128);

impl GatingBlocks {
    /// Integrated loudness of several programmes as if they were one, in LUFS; `-inf` if all are
    /// silent.
    pub fn integrated_lufs<'a>(programmes: impl IntoIterator<Item = &'a Self>) -> f64 {
        let meters = programmes.into_iter().map(|blocks| &blocks.0);
        EbuR128::loudness_global_multiple(meters).unwrap_or(f64::NEG_INFINITY)
    }
}

/// Positions decide the weights of ITU-R BS.1770-4 tables 3 and 4: 1.41 beside the listener, else
/// 1.
fn channel_map(channels: usize) -> &'static [Channel] {
    use Channel::{
        Center, Left, LeftSurround, Mm090, Mm135, Mp090, Mp135, Mp180, Right, RightSurround, Unused,
    };
    match channels {
        1 => &[Left],
        2 => &[Left, Right],
        3 => &[Left, Right, Center],
        4 => &[Left, Right, LeftSurround, RightSurround],
        5 => &[Left, Right, Center, LeftSurround, RightSurround],
        6 => &[Left, Right, Center, Unused, LeftSurround, RightSurround],
        7 => &[Left, Right, Center, Unused, Mp180, Mp090, Mm090],
        _ => &[Left, Right, Center, Unused, Mp135, Mm135, Mp090, Mm090],
    }
}

#[cfg(test)]
#[path = "loudness_tests.rs"]
mod tests;
