//! What a stream's callback does: renders, in the words the device takes, and keeps to the clock.

use super::RendererLoan;
use super::device_word::DeviceWord;
use super::latency::{ToldLatency, ToldTimes};
use super::pace::Pace;
use super::trouble::DeviceTrouble;
use dsp::dither::TpdfDither;
use dsp::simd::AudioOptimizer;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Frames converted at a time where the device does not take f32.
const SCRATCH_FRAMES: usize = 2048;

/// State of the audio callback of one stream.
pub(super) struct CallbackBody {
    loan: RendererLoan,
    scratch: Box<[f32]>,
    device_channels: usize,
    rate_hz: u32,
    /// Callbacks that pass until the host hands on what is rendered.
    held_callbacks: u64,
    latency: ToldLatency,
    pace: Pace,
    trouble: Arc<DeviceTrouble>,
    has_run_away: bool,
    optimizer: AudioOptimizer,
    dither: TpdfDither,
}

impl CallbackBody {
    /// For a stream of `device_channels` at `rate_hz`, whose host hands on what is rendered only
    /// `held_callbacks` later, as one does that plays in a graph. Allocates.
    pub(super) fn new(
        loan: RendererLoan,
        device_channels: usize,
        rate_hz: u32,
        held_callbacks: u64,
        trouble: Arc<DeviceTrouble>,
    ) -> Self {
        Self {
            scratch: vec![0.0; SCRATCH_FRAMES * loan.channels()].into_boxed_slice(),
            loan,
            device_channels,
            rate_hz,
            held_callbacks,
            latency: ToldLatency::new(held_callbacks > 0),
            pace: Pace::new(rate_hz),
            trouble,
            has_run_away: false,
            optimizer: AudioOptimizer::detected(),
            dither: TpdfDither::new(),
        }
    }

    /// Frames from now until the first of the `samples` of this callback is heard, by what the device says and
    /// what is known of its host. For the audio thread.
    pub(super) fn latency_frames(&mut self, told: ToldTimes, samples: usize) -> u64 {
        let told = self.latency.record(told, self.rate_hz);
        let own = samples / self.device_channels.max(1);
        told + self.held_callbacks * own as u64
    }

    /// Fills what a device asks for in f32. For the audio thread.
    pub(super) fn fill_f32(&mut self, out: &mut [f32], latency_frames: u64) {
        if !self.keeps_pace(out.len()) {
            return out.fill(0.0);
        }
        if self.device_channels == self.loan.channels() {
            self.loan.render(out, latency_frames);
        } else {
            self.fill_pieces(out, latency_frames);
        }
    }

    /// Fills what a device asks for in other words. For the audio thread.
    pub(super) fn fill<T: DeviceWord>(&mut self, out: &mut [T], latency_frames: u64) {
        if !self.keeps_pace(out.len()) {
            return out.fill(T::SILENCE);
        }
        self.fill_pieces(out, latency_frames);
    }

    /// False for a device that has no clock: control hears of it and ends the stream. Until then the thread
    /// sleeps as long as what was asked for would last, the one time that a callback waits: its
    /// device does not play, and nobody else would get to run beside a real-time thread that spins.
    fn keeps_pace(&mut self, samples: usize) -> bool {
        let frames = samples / self.device_channels.max(1);
        if !self.has_run_away {
            let Some(ahead) = self.pace.record(frames, Instant::now()) else {
                return true;
            };
            self.has_run_away = true;
            self.trouble.note_runaway(ahead);
        }
        let seconds = frames as f64 / f64::from(self.rate_hz.max(1));
        std::thread::sleep(Duration::from_secs_f64(seconds).max(Duration::from_millis(5)));
        false
    }

    /// Renders piece by piece into the scratch memory and from there to the device's words.
    fn fill_pieces<T: DeviceWord>(&mut self, out: &mut [T], latency_frames: u64) {
        let channels = self.loan.channels();
        let mut latency_frames = latency_frames;
        for piece in out.chunks_mut(SCRATCH_FRAMES * self.device_channels) {
            let frames = piece.len() / self.device_channels;
            let scratch = &mut self.scratch[..frames * channels];
            self.loan.render(scratch, latency_frames);
            latency_frames += frames as u64;
            let mut dither = self.loan.changes_samples().then_some(&mut self.dither);
            if self.device_channels == channels {
                T::convert(self.optimizer, scratch, piece, dither);
                continue;
            }
            let device_frames = piece.chunks_exact_mut(self.device_channels);
            for (to, from) in device_frames.zip(scratch.chunks_exact(channels)) {
                to.fill(T::SILENCE);
                T::convert(self.optimizer, from, to, dither.as_deref_mut());
            }
        }
    }
}
