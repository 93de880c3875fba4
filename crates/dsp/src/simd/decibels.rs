//! Decibels and linear gain in bulk, in any [`Lanes`].
//!
//! Callable as the kernels of [`super::samples`] are.

use super::lanes::Lanes;
use std::f32::consts::FRAC_1_SQRT_2;

/// The widest register.
const MAX_LANES: usize = 16;
/// 20 log10(2): a doubling of amplitude.
const DB_PER_OCTAVE: f32 = 6.020_6;

/// 20 log10(1 + t) / t by powers of t: least maximum error, 1.8e-6 dB, for 1 + t from √½ to √2.
const LOG: [f32; 7] = [
    8.685_918,
    -4.343_115_3,
    2.892_687_8,
    -2.161_165_2,
    1.789_699_3,
    -1.641_804_9,
    1.027_321_1,
];

/// (10^(r/20) - 1) / r by powers of r: least maximum error, 9.2e-8, for r within ±3.01 dB.
const EXP: [f32; 5] = [
    0.115_129_22,
    0.006_627_26,
    0.000_254_349_6,
    7.360_975e-6,
    1.676_870_3e-7,
];

/// A doubling of amplitude in two parts: the first short, so that its multiples are exact.
const DB_PER_OCTAVE_PARTS: [f32; 2] = [6.020_508, 9.210_078e-5];
/// Adding it puts the nearest integer into the lowest bits.
const ROUNDER: f32 = 12_582_912.0;
/// Where the exponent of a `f32` begins and ends.
const MIN_DB: f32 = -758.0;
const MAX_DB: f32 = 764.0;

/// A function of one register.
trait Function {
    unsafe fn of<V: Lanes>(x: V) -> V;
}

/// Levels of gains; see [`super::AudioOptimizer::gain_to_db`].
struct Level;

impl Function for Level {
    #[inline(always)]
    unsafe fn of<V: Lanes>(gain: V) -> V {
        // SAFETY: by the caller.
        unsafe {
            let gain = gain.abs();
            // Counted from √½, so that the mantissa stays within √½ and √2.
            let from_half = V::sub_bits(gain.bits(), V::splat_bits(FRAC_1_SQRT_2.to_bits()));
            let exponent = V::and(from_half, V::splat_bits(0xFF80_0000));
            let mantissa = V::from_bits(V::sub_bits(gain.bits(), exponent));
            let octaves = V::to_floats(V::shift_right_signed::<23>(from_half));
            let t = mantissa.add(V::splat(-1.0));
            // Powers of two first: short chains leave the processor more to do at once.
            let t2 = t.mul(t);
            let low = V::splat(LOG[1]).mul_add(t, V::splat(LOG[0]));
            let middle = V::splat(LOG[3]).mul_add(t, V::splat(LOG[2]));
            let high = V::splat(LOG[5]).mul_add(t, V::splat(LOG[4]));
            let high = V::splat(LOG[6]).mul_add(t2, high);
            let series = high.mul_add(t2.mul(t2), middle.mul_add(t2, low));
            let db = series.mul_add(t, octaves.mul(V::splat(DB_PER_OCTAVE)));
            let db = gain.if_less(V::splat(f32::INFINITY), db, gain);
            let silence = V::splat(f32::NEG_INFINITY);
            gain.if_less(V::splat(f32::MIN_POSITIVE), silence, db)
        }
    }
}

/// Gains of levels; see [`super::AudioOptimizer::db_to_gain`].
struct Gain;

impl Function for Gain {
    #[inline(always)]
    unsafe fn of<V: Lanes>(db: V) -> V {
        // SAFETY: by the caller.
        unsafe {
            let least = V::splat(MIN_DB);
            let db = db.max(least).min(V::splat(MAX_DB));
            let rounded = db.mul_add(V::splat(1.0 / DB_PER_OCTAVE), V::splat(ROUNDER));
            let octaves = rounded.add(V::splat(-ROUNDER));
            let [coarse, fine] = DB_PER_OCTAVE_PARTS;
            let rest = octaves.mul_add(V::splat(-coarse), db);
            let rest = octaves.mul_add(V::splat(-fine), rest);
            let rest2 = rest.mul(rest);
            let low = V::splat(EXP[1]).mul_add(rest, V::splat(EXP[0]));
            let high = V::splat(EXP[3]).mul_add(rest, V::splat(EXP[2]));
            let high = V::splat(EXP[4]).mul_add(rest2, high);
            let series = high.mul_add(rest2, low);
            let series = series.mul_add(rest, V::splat(1.0));
            // The lowest bits of `rounded` are the exponent; the bits of 1.0 are its bias.
            let exponent = V::shift_left::<23>(rounded.bits());
            let power = V::from_bits(V::add_bits(exponent, V::splat_bits(1.0_f32.to_bits())));
            least.if_less(db, series.mul(power), V::splat(0.0))
        }
    }
}

#[inline(always)]
pub(super) unsafe fn gain_to_db<V: Lanes>(input: &[f32], out: &mut [f32]) {
    // SAFETY: by the caller.
    unsafe { map::<Level, V>(input, out) }
}

#[inline(always)]
pub(super) unsafe fn db_to_gain<V: Lanes>(input: &[f32], out: &mut [f32]) {
    // SAFETY: by the caller.
    unsafe { map::<Gain, V>(input, out) }
}

/// 10^(db/20) of one value, as the scalar level computes it.
pub(in super::super) fn gain_of(db: f32) -> f32 {
    // SAFETY: plain Rust needs no instructions.
    unsafe { Gain::of([db; 2])[0] }
}

#[inline(always)]
unsafe fn map<F: Function, V: Lanes>(input: &[f32], out: &mut [f32]) {
    let length = input.len().min(out.len());
    let whole = length - length % V::LANES;
    let (from, to) = (input.as_ptr(), out.as_mut_ptr());
    let mut last = [0.0; MAX_LANES];
    // SAFETY: `V` by the caller; accesses end at `whole`, within both. The rest goes through a
    // register of its own, so that it is computed exactly as the whole is.
    unsafe {
        let mut at = 0;
        while at < whole {
            F::of(V::load(from.add(at))).store(to.add(at));
            at += V::LANES;
        }
        if whole == length {
            return;
        }
        for (to, &from) in last.iter_mut().zip(input.iter().skip(whole)) {
            *to = from;
        }
        F::of(V::load(last.as_ptr())).store(last.as_mut_ptr());
    }
    for (to, from) in out.iter_mut().take(length).skip(whole).zip(last) {
        *to = from;
    }
}
