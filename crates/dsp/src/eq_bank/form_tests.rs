//! The form for processors with 32 registers, run on those that have fewer: slower there, but the same.

use super::super::super::equalizer::{EqualizerBand, EqualizerSettings};
use super::super::super::filter::{FilterKind, FilterSpec};
use super::super::super::simd::plain::Plain;
use super::super::wavefront::TIDY_FRAMES;
use super::*;

type Run = fn(&mut Slots, &mut [f32], usize);

/// `count` bells that have settled, laid out for `V`.
fn bells<V: Lanes>(count: usize) -> Slots {
    let bell = |n: usize| {
        let hz = 25.0 * 800_f64.powf((n as f64 + 0.5) / count as f64);
        let gain_db = [9.0, -9.0, 5.0][n % 3];
        EqualizerBand::new(FilterSpec::new(FilterKind::Peak, hz, gain_db, 2.0))
    };
    let settings = EqualizerSettings {
        bands: (0..count).map(bell).collect(),
        ..EqualizerSettings::ten_bands()
    };
    let bank = settings.design(48_000.0);
    // SAFETY: nothing is run.
    let mut slots = Slots::new(unsafe { layout_of::<V>() });
    for (section, target) in bank.sections.iter().enumerate().take(count) {
        for channel in 0..2 {
            let lane = V::lane(section, channel);
            slots.set(lane, target.coefficients, [0.0; 6], [0.0; 4]);
        }
        slots.note_form(section, target.coefficients, target.coefficients);
    }
    slots.used = count;
    slots
}

fn noise(frames: usize) -> Vec<f32> {
    let mut seed = 0x2545_F491_u32;
    let next = |_| {
        seed ^= seed << 13;
        seed ^= seed >> 17;
        seed ^= seed << 5;
        seed as f32 / u32::MAX as f32 - 0.5
    };
    (0..frames * 2).map(next).collect()
}

fn filtered(mut slots: Slots, run: Run, blocks: usize) -> Vec<f32> {
    let mut samples = noise(3_000);
    let mut frames = 0;
    for block in samples.chunks_mut(2 * blocks) {
        run(&mut slots, block, frames % TIDY_FRAMES);
        frames += block.len() / 2;
    }
    samples
}

fn check<V: Lanes>(usual: Run, roomy: Run) {
    for count in [1, 2, 7, 10, 12, 16, 31, 64] {
        let want = filtered(bells::<V>(count), usual, 3_000);
        let whole = filtered(bells::<V>(count), roomy, 3_000);
        let largest = want.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
        let mut same = 0;
        for (a, b) in whole.iter().zip(&want) {
            assert!((a - b).abs() < 2e-5 * largest, "{count} bells: {a} {b}");
            same += usize::from(a == b);
        }
        // It is another form, not the usual one under another name.
        assert!(same < whole.len(), "{count} bells");
        for blocks in [1, 2, 7, 64, 480] {
            let cut = filtered(bells::<V>(count), roomy, blocks);
            assert!(cut == whole, "{count} bells in blocks of {blocks}");
        }
    }
}

#[test]
fn still_bells_sound_as_moving_ones_however_they_are_cut() {
    check::<Plain>(
        // SAFETY: plain Rust needs no instructions.
        |slots, samples, phase| unsafe { run::<Plain, false, false>(slots, samples, phase) },
        // SAFETY: as above.
        |slots, samples, phase| unsafe { run::<Plain, false, true>(slots, samples, phase) },
    );
}

#[cfg(target_arch = "x86_64")]
#[test]
fn so_they_do_in_registers() {
    #[target_feature(enable = "avx2,fma")]
    fn usual(slots: &mut Slots, samples: &mut [f32], phase: usize) {
        // SAFETY: compiled for the instructions.
        unsafe { run::<__m256, false, false>(slots, samples, phase) }
    }
    #[target_feature(enable = "avx2,fma")]
    fn roomy(slots: &mut Slots, samples: &mut [f32], phase: usize) {
        // SAFETY: compiled for the instructions.
        unsafe { run::<__m256, false, true>(slots, samples, phase) }
    }
    if !SimdLevel::Avx2.is_available() {
        println!("not run: this processor has no AVX2");
        return;
    }
    check::<__m256>(
        // SAFETY: the processor has them.
        |slots, samples, phase| unsafe { usual(slots, samples, phase) },
        // SAFETY: the processor has them.
        |slots, samples, phase| unsafe { roomy(slots, samples, phase) },
    );
}
