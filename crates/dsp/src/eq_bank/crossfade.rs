//! From one bank's output to another's.

use super::super::ramp::smoothstep;
use super::super::simd::AudioOptimizer;
#[cfg(target_arch = "x86_64")]
use super::super::simd::SimdLevel;

/// Samples mixed at a time, or as many whole frames as fit.
const SAMPLES_AT_ONCE: usize = 128;

/// Moves whole frames of `old` towards those of `new` along the smoothstep curve: the first by the share
/// of frame `done_frames + 1` of `ramp_frames`. The same bits at every level.
pub(super) fn mix_towards(
    optimizer: AudioOptimizer,
    old: &mut [f32],
    new: &[f32],
    channels: usize,
    done_frames: usize,
    ramp_frames: usize,
) {
    match (optimizer.level(), channels) {
        // SAFETY: the optimizer is the proof that the processor has these.
        #[cfg(target_arch = "x86_64")]
        (SimdLevel::Avx2 | SimdLevel::Avx512, 2) => unsafe {
            mix_stereo_avx2(old, new, done_frames, ramp_frames);
        },
        (_, 2) => mix::<2>(old, new, 2, done_frames, ramp_frames),
        _ => mix::<0>(old, new, channels, done_frames, ramp_frames),
    }
}

/// [`mix`] with registers of 8 lanes.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn mix_stereo_avx2(old: &mut [f32], new: &[f32], done_frames: usize, ramp_frames: usize) {
    mix::<2>(old, new, 2, done_frames, ramp_frames);
}

/// `CHANNELS` is `channels` where the compiler shall know it, else 0.
#[inline(always)]
fn mix<const CHANNELS: usize>(
    old: &mut [f32],
    new: &[f32],
    channels: usize,
    done_frames: usize,
    ramp_frames: usize,
) {
    let channels = if CHANNELS > 0 { CHANNELS } else { channels };
    let frames_at_once = SAMPLES_AT_ONCE / channels;
    let step = 1.0 / ramp_frames as f32;
    let mut first = done_frames as i32 + 1;
    let parts = old.chunks_mut(frames_at_once * channels);
    for (old, new) in parts.zip(new.chunks(frames_at_once * channels)) {
        // A share for each sample: both loops are over whole vectors then.
        let mut shares = [0.0_f32; SAMPLES_AT_ONCE];
        for (sample, share) in shares.iter_mut().enumerate() {
            let frame = first + (sample / channels) as i32;
            *share = smoothstep(frame as f32 * step);
        }
        for ((old, new), share) in old.iter_mut().zip(new).zip(&shares) {
            *old += share * (new - *old);
        }
        first += frames_at_once as i32;
    }
}
