//! Playing faster or slower at the same pitch: waveform-similarity overlap-add.

use super::fft::complex_plan;
use super::simd::AudioOptimizer;
use std::f64::consts::PI;
use std::ops::RangeInclusive;
use std::sync::Arc;
use transforms::{Complex, Fft};

/// The speeds there are: frames taken in for each frame given out.
pub const SPEEDS: RangeInclusive<f64> = 0.5..=2.0;
/// Output from one splice to the next, in seconds. At half speed, half of it is heard twice, onsets too.
const HOP_SECONDS: f64 = 0.025;
/// Length of a splice, in seconds.
const OVERLAP_SECONDS: f64 = 0.0125;
/// How far from its place a splice may lie, either way, in seconds: a period of the lowest notes.
const SEARCH_SECONDS: f64 = 0.02;

/// WSOLA (Verhelst and Roelands 1993, "An overlap-add technique based on waveform similarity"): every
/// hop goes over, along a raised cosine, from what the input goes on with to the place near the one due
/// that is most like it.
///
/// Likeness is looked for in all channels at once, by FFT, so that they are cut at the same places,
/// whatever their phases are. The splice makes up for the power that unlike parts lose in it. Output
/// frame `n` belongs to input frame `n * speed`, to within a few hundredths of a second; the output does
/// not depend on how the input is cut. Allocates when made and where the caller's `out` has to grow; not
/// for the audio thread.
pub struct TimeStretch {
    speed: f64,
    channels: usize,
    hop: usize,
    overlap: usize,
    /// Frames that are compared: all that is heard until the next splice has ended, so that onsets are
    /// neither skipped nor heard twice where there is a choice.
    compared: usize,
    search: usize,
    /// Interleaved input from frame `origin` on.
    input: Vec<f32>,
    capacity: usize,
    origin: u64,
    /// The input frame that the output so far would go on with.
    next: u64,
    /// The input frame that the next output frame belongs to.
    due: f64,
    frames_in: u64,
    /// Weight of the part that comes in, over a splice.
    fade: Vec<f32>,
    likeness: Likeness,
}

impl TimeStretch {
    /// For `channels` interleaved channels at `sample_rate_hz`, taking `speed` ([`SPEEDS`]) input frames
    /// for each output frame.
    pub fn new(
        speed: f64,
        sample_rate_hz: u32,
        channels: usize,
        optimizer: AudioOptimizer,
    ) -> Self {
        let frames = |seconds: f64| (seconds * f64::from(sample_rate_hz)).round().max(8.0) as usize;
        let (hop, overlap) = (frames(HOP_SECONDS), frames(OVERLAP_SECONDS));
        let search = frames(SEARCH_SECONDS);
        let compared = hop + overlap;
        let capacity = 8 * (hop + search);
        let turn = |n: usize| PI * (n as f64 + 0.5) / overlap as f64;
        Self {
            speed,
            channels,
            hop,
            overlap,
            compared,
            search,
            input: Vec::with_capacity(capacity * channels),
            capacity,
            origin: 0,
            next: 0,
            due: 0.0,
            frames_in: 0,
            fade: (0..overlap)
                .map(|n| (0.5 - 0.5 * turn(n).cos()) as f32)
                .collect(),
            likeness: Likeness::new(compared, 2 * search + 1, optimizer),
        }
    }

    /// Takes other frames in for each output frame from the next hop on.
    pub fn set_speed(&mut self, speed: f64) {
        self.speed = speed;
    }

    /// The input frame, counted from the first, that the next output frame belongs to.
    pub fn position(&self) -> f64 {
        self.due
    }

    /// Takes interleaved `frames` in and appends what is ready to `out`.
    pub fn process(&mut self, mut frames: &[f32], out: &mut Vec<f32>) {
        self.frames_in += (frames.len() / self.channels) as u64;
        while !frames.is_empty() {
            let room = self.capacity * self.channels - self.input.len();
            let (now, later) = frames.split_at(room.min(frames.len()));
            self.input.extend_from_slice(now);
            frames = later;
            while self.hop(out) {}
        }
    }

    /// Appends what is still inside, up to the frame that the input's length makes the last.
    pub fn finish(mut self, out: &mut Vec<f32>) {
        let frames = (self.frames_in as f64 - self.due) / self.speed;
        let wanted = out.len() + frames.round().max(0.0) as usize * self.channels;
        let silence = vec![0.0; self.hop * self.channels];
        while out.len() < wanted {
            self.process(&silence, out);
        }
        out.truncate(wanted);
    }

    /// Appends the rest of the input as it is, which goes on where the output is without a splice, and
    /// says which input frame it begins with.
    pub fn release(self, out: &mut Vec<f32>) -> u64 {
        let next = (self.next - self.origin) as usize * self.channels;
        out.extend_from_slice(self.input.get(next..).unwrap_or_default());
        self.next
    }

    /// One hop, if all the input it could look at is there.
    fn hop(&mut self, out: &mut Vec<f32>) -> bool {
        let reach = (2 * self.search + self.compared) as u64;
        // What lies between the middles of two splices is to be due in its own middle.
        let lead = 0.5 * (self.speed - 1.0) * (self.hop + self.overlap) as f64;
        let usual = (self.due + lead).round().max(0.0) as u64;
        let lowest = usual.saturating_sub(self.search as u64).max(self.origin);
        let end = (lowest + reach).max(self.next + self.compared as u64);
        if self.origin + ((self.input.len() / self.channels) as u64) < end {
            return false;
        }
        let channels = self.channels;
        let part = |from: u64, frames: usize| {
            &self.input[(from - self.origin) as usize * channels..][..frames * channels]
        };
        let going = part(self.next, self.compared);
        let region = part(lowest, reach as usize);
        let usual = usual.saturating_sub(lowest) as usize;
        let (lag, likeness) = self.likeness.most_alike(going, region, channels, usual);
        let from = lowest + lag as u64;
        let coming = part(from, self.overlap).chunks_exact(channels);
        for ((going, coming), &fade) in going.chunks_exact(channels).zip(coming).zip(&self.fade) {
            // The power of a sum of parts of equal power that are so much alike.
            let rest = 1.0 - fade;
            let gain = (fade * fade + rest * rest + 2.0 * fade * rest * likeness)
                .sqrt()
                .recip();
            out.extend(
                going
                    .iter()
                    .zip(coming)
                    .map(|(a, b)| gain * (rest * a + fade * b)),
            );
        }
        out.extend_from_slice(part(from + self.overlap as u64, self.hop - self.overlap));
        self.next = from + self.hop as u64;
        self.due += self.speed * self.hop as f64;
        self.forget();
        true
    }

    /// Drops input that no speed there is could go back to.
    fn forget(&mut self) {
        let lead = 0.5 * (SPEEDS.start() - 1.0) * (self.hop + self.overlap) as f64;
        let lowest = (self.due + lead).max(0.0) as u64;
        let kept = lowest.saturating_sub(self.search as u64).min(self.next);
        let gone = kept.saturating_sub(self.origin);
        self.input.drain(..gone as usize * self.channels);
        self.origin += gone;
    }
}

/// Compares some frames with every place in a longer part.
struct Likeness {
    plan: Arc<dyn Fft<f32>>,
    lags: usize,
    pattern: Vec<Complex<f32>>,
    region: Vec<Complex<f32>>,
    sum: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
}

impl Likeness {
    fn new(frames: usize, lags: usize, optimizer: AudioOptimizer) -> Self {
        // Long enough that no wanted lag wraps around.
        let size = (frames + lags).next_power_of_two();
        let plan = complex_plan(size, optimizer.level());
        let zeros = vec![Complex::ZERO; size];
        Self {
            lags,
            pattern: zeros.clone(),
            region: zeros.clone(),
            sum: zeros,
            scratch: vec![Complex::ZERO; plan.get_inplace_scratch_len()],
            plan,
        }
    }

    /// The lag at which `region` differs least from `pattern`, in proportion to the power of both, and
    /// the correlation there, 0 to 1. `usual` wins where no other is better.
    ///
    /// Unlike the largest correlation, the least difference does not put an onset on top of what comes
    /// before one.
    fn most_alike(
        &mut self,
        pattern: &[f32],
        region: &[f32],
        channels: usize,
        usual: usize,
    ) -> (usize, f32) {
        self.sum.fill(Complex::ZERO);
        for first in (0..channels).step_by(2) {
            load(pattern, channels, first, &mut self.pattern);
            load(region, channels, first, &mut self.region);
            self.plan
                .process_with_scratch(&mut self.pattern, &mut self.scratch);
            self.plan
                .process_with_scratch(&mut self.region, &mut self.scratch);
            for ((sum, pattern), region) in self.sum.iter_mut().zip(&self.pattern).zip(&self.region)
            {
                *sum += pattern * region.conj();
            }
        }
        // Transforming the conjugate is transforming back, but for the scale.
        self.plan
            .process_with_scratch(&mut self.sum, &mut self.scratch);
        let scale = (self.sum.len() as f64).recip();
        let power = |part: &[f32]| part.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>();
        let samples = pattern.len();
        let wanted = power(pattern);
        // Silence is like silence, and rounding in the transform is no likeness.
        let floor = 1e-6 * power(region) + 1e-12;
        let mut there = power(&region[..samples]);
        let mut best = (usual, 0.0, 0.0);
        for lag in 0..self.lags {
            let common = scale * f64::from(self.sum[lag].re);
            let bonus = if lag == usual { 1e-4 } else { 0.0 };
            let alike = (2.0 * common + floor) / (wanted + there + floor) + bonus;
            if alike > best.1 {
                let correlation = common / (wanted * there).max(floor * floor).sqrt();
                best = (lag, alike, correlation.clamp(0.0, 1.0));
            }
            let first = lag * channels;
            if let Some(comes) = region.get(first + samples..first + samples + channels) {
                there = (there + power(comes) - power(&region[first..first + channels])).max(0.0);
            }
        }
        (best.0, best.2 as f32)
    }
}

/// Two channels from `first` on as real and imaginary parts, silence behind them.
fn load(frames: &[f32], channels: usize, first: usize, out: &mut [Complex<f32>]) {
    out.fill(Complex::ZERO);
    for (out, frame) in out.iter_mut().zip(frames.chunks_exact(channels)) {
        *out = Complex::new(frame[first], frame.get(first + 1).copied().unwrap_or(0.0));
    }
}

#[cfg(test)]
#[path = "time_stretch_tests.rs"]
mod tests;
