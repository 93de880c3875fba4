//! Convolution with an impulse response, as it comes in: no latency, and work spread evenly.
//!
//! The first taps run directly in time, the next as small partitions and the rest as larger ones by FFT
//! (W. G. Gardner, "Efficient convolution without input-output delay", 1995; overlap-save with a delay
//! line of spectra). All sums are f64.

mod channel;
mod kernels;
mod partition;
mod response;

pub use response::{ImpulseResponse, PreparedResponse};

use super::simd::AudioOptimizer;
use channel::{Channel, Engine};
use kernels::{GROUP, SLICE};
use partition::{LARGE, TAIL_START, Transform};

/// How long a change of response takes to fade over, in seconds.
const FADE_SECONDS: f64 = 0.02;
/// Frames after which a new response has all its taps at work: at most a large block until its work
/// begins, and one more until that is ready.
const WARM_UP_FRAMES: usize = TAIL_START;
const _: () = assert!(WARM_UP_FRAMES == 2 * LARGE);

/// A change of response under way.
struct Change {
    next: Option<Box<PreparedResponse>>,
    /// Frames since it began: first the next response warms up unheard, then it is faded over to.
    frames: usize,
}

/// Convolves interleaved f32 frames with a [`PreparedResponse`].
///
/// Zero latency; the output does not depend on how the stream is cut into blocks. A change of response
/// is heard from about 1024 frames later on and fades over in 20 ms. Without a response, each bit stays
/// as it was and nothing is computed. Input that holds no more than zeros gives zeros again once it is
/// some 1024 frames past the response's length. Only [`Self::new`] allocates; every other method may run
/// on the audio thread, and no response is dropped there.
pub struct Convolver {
    engine: Engine,
    channels: Vec<Channel>,
    /// Frames of the slice under way, below [`SLICE`].
    slice_frames: usize,
    fade_frames: usize,
    current: Option<Box<PreparedResponse>>,
    change: Option<Change>,
    /// The response to change to once no change is under way and the last one's was taken.
    waiting: Option<Option<Box<PreparedResponse>>>,
    retired: Option<Box<PreparedResponse>>,
}

impl Convolver {
    /// Without a response, for at most `max_channels` and responses of at most `max_taps`: later taps
    /// are left out. Takes about 16 bytes a tap and channel.
    pub fn new(
        max_channels: usize,
        max_taps: usize,
        sample_rate_hz: f64,
        optimizer: AudioOptimizer,
    ) -> Self {
        let engine = Engine {
            optimizer,
            small: Transform::new(SLICE),
            large: Transform::new(LARGE),
        };
        Self {
            channels: (0..max_channels)
                .map(|index| Channel::new(index, max_taps, &engine))
                .collect(),
            engine,
            slice_frames: 0,
            fade_frames: (sample_rate_hz * FADE_SECONDS).ceil().max(1.0) as usize,
            current: None,
            change: None,
            waiting: None,
            retired: None,
        }
    }

    /// Has `response` in circuit from the first frame. Before any sound, and not on the audio thread.
    pub fn begin_with(&mut self, response: Option<Box<PreparedResponse>>) {
        self.current = response;
    }

    /// Changes to `next`, or out of circuit, once the change under way is done. Gives back a response
    /// that was to be next but has not begun, to be dropped elsewhere.
    pub fn set_response(
        &mut self,
        next: Option<Box<PreparedResponse>>,
    ) -> Option<Box<PreparedResponse>> {
        self.waiting.replace(next).flatten()
    }

    /// The response that was changed from, to be dropped elsewhere. No further change begins until it
    /// is taken.
    pub fn take_retired(&mut self) -> Option<Box<PreparedResponse>> {
        self.retired.take()
    }

    /// Whether a block would pass through untouched.
    pub fn is_idle(&self) -> bool {
        self.current.is_none() && self.change.is_none() && self.waiting.is_none()
    }

    /// Forgets the sound that is ringing, for use in silence.
    pub fn reset(&mut self) {
        self.slice_frames = 0;
        self.channels.iter_mut().for_each(Channel::reset);
    }

    /// Convolves `samples` in place: interleaved, `channels` to a frame; more channels than there is
    /// room for, or a partial frame at the end, are left as they are. After a change of `channels`,
    /// [`Self::reset`].
    pub fn process(&mut self, samples: &mut [f32], channels: usize) {
        if channels == 0 || channels > self.channels.len() {
            return;
        }
        let mut rest = samples;
        while rest.len() >= channels {
            self.begin_change();
            if self.current.is_none() && self.change.is_none() {
                return;
            }
            let frames = (SLICE - self.slice_frames)
                .min(GROUP)
                .min(rest.len() / channels)
                .min(self.frames_to_next_stage());
            let (block, later) = rest.split_at_mut(frames * channels);
            self.process_block(block, channels);
            rest = later;
        }
    }

    fn begin_change(&mut self) {
        if self.change.is_some() || self.retired.is_some() {
            return;
        }
        let Some(next) = self.waiting.take() else {
            return;
        };
        match (&self.current, &next) {
            (None, None) => return,
            // Whatever is kept is from before it went out of circuit.
            (None, Some(_)) => self.reset(),
            _ => {}
        }
        self.change = Some(Change { next, frames: 0 });
    }

    /// Frames until the change under way passes from warming up to fading, or from fading to done.
    fn frames_to_next_stage(&self) -> usize {
        self.change.as_ref().map_or(usize::MAX, |change| {
            match WARM_UP_FRAMES.checked_sub(change.frames) {
                Some(left @ 1..) => left,
                _ => WARM_UP_FRAMES + self.fade_frames - change.frames,
            }
        })
    }

    /// At most [`GROUP`] frames that lie in one slice and in one stage of a change.
    fn process_block(&mut self, block: &mut [f32], channels: usize) {
        let from = self.slice_frames;
        let frames = block.len() / channels;
        let engine = &self.engine;
        for (index, channel) in self.channels[..channels].iter_mut().enumerate() {
            let mut dry = [0.0; GROUP];
            let samples = block[index..].iter().step_by(channels);
            for (out, sample) in dry.iter_mut().zip(samples) {
                *out = f64::from(*sample);
            }
            channel.input_mut(from)[..frames].copy_from_slice(&dry[..frames]);
            let through = |voice, response: &Option<Box<PreparedResponse>>| match response {
                Some(response) => channel.convolve(engine, voice, response.taps(index), from),
                None => dry,
            };
            let mut output = through(0, &self.current);
            if let Some(change) = &self.change
                && let Some(faded) = change.frames.checked_sub(WARM_UP_FRAMES)
            {
                let next = through(1, &change.next);
                for (n, (out, next)) in output[..frames].iter_mut().zip(next).enumerate() {
                    let x = (faded + n + 1) as f64 / self.fade_frames as f64;
                    *out += x * x * (3.0 - 2.0 * x) * (next - *out);
                }
            }
            let samples = block[index..].iter_mut().step_by(channels);
            for (sample, out) in samples.zip(output) {
                *sample = out as f32;
            }
        }
        self.slice_frames += frames;
        if self.slice_frames == SLICE {
            self.slice_frames = 0;
            self.end_slice(channels);
        }
        self.advance_change(frames);
    }

    fn end_slice(&mut self, channels: usize) {
        let next = self.change.as_ref().and_then(|change| change.next.as_ref());
        for (index, channel) in self.channels[..channels].iter_mut().enumerate() {
            let taps = [self.current.as_ref(), next].map(|r| r.map(|r| r.taps(index)));
            channel.end_slice(&mut self.engine, taps);
        }
    }

    fn advance_change(&mut self, frames: usize) {
        let done = WARM_UP_FRAMES + self.fade_frames;
        if let Some(change) = &mut self.change {
            change.frames += frames;
        }
        if let Some(change) = self.change.take_if(|change| change.frames >= done) {
            // Empty: a change begins only then.
            self.retired = std::mem::replace(&mut self.current, change.next);
            self.channels.iter_mut().for_each(Channel::swap_voices);
        }
    }
}

#[cfg(test)]
#[path = "convolver_tests.rs"]
mod tests;
