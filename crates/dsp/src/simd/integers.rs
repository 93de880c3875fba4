//! Floating-point samples as integer words, in any [`Lanes`].
//!
//! Full scale is a power of two, so that scaling is exact and every level gives the same words.
//! Callable as the kernels of [`super::samples`] are.

use super::super::dither::{STREAMS, TpdfDither};
use super::lanes::{Lanes, whole};

const FULL_16: f32 = 32_768.0;
const FULL_24: f32 = 8_388_608.0;
const FULL_32: f32 = 2_147_483_648.0;

#[inline(always)]
pub(super) unsafe fn to_i16<V: Lanes>(input: &[f32], out: &mut [i16]) {
    let length = input.len().min(out.len());
    let whole = whole::<V>(length, 2);
    let (from, to) = (input.as_ptr(), out.as_mut_ptr());
    // SAFETY: `V` by the caller; accesses end at `whole`, within both.
    unsafe {
        let full = V::splat(FULL_16);
        let mut at = 0;
        while at < whole {
            let low = V::load(from.add(at)).mul(full);
            let high = V::load(from.add(at + V::LANES)).mul(full);
            V::store_i16(to.add(at), low, high);
            at += 2 * V::LANES;
        }
    }
    for (to, from) in out.iter_mut().zip(input).skip(whole) {
        *to = (from * FULL_16).round_ties_even() as i16;
    }
}

#[inline(always)]
pub(super) unsafe fn to_i24<V: Lanes>(input: &[f32], out: &mut [u8]) {
    let length = input.len().min(out.len() / 3);
    let (from, to) = (input.as_ptr(), out.as_mut_ptr());
    let mut at = 0;
    // Each store may spill over the `LANES` bytes behind it, which later words fill.
    let spill = V::LANES.div_ceil(3);
    // SAFETY: `V` by the caller; the condition keeps words and spill within `length`.
    unsafe {
        let full = V::splat(FULL_24);
        while at + 2 * V::LANES + spill <= length {
            for _ in 0..2 {
                V::load(from.add(at)).mul(full).store_i24(to.add(3 * at));
                at += V::LANES;
            }
        }
    }
    for (to, from) in out.as_chunks_mut().0.iter_mut().zip(input).skip(at) {
        let word = (from * FULL_24).round_ties_even();
        let [a, b, c, _] = (word.clamp(-FULL_24, FULL_24 - 1.0) as i32).to_le_bytes();
        *to = [a, b, c];
    }
}

#[inline(always)]
pub(super) unsafe fn to_i32<V: Lanes>(input: &[f32], out: &mut [i32]) {
    let length = input.len().min(out.len());
    let whole = whole::<V>(length, 2);
    let (from, to) = (input.as_ptr(), out.as_mut_ptr());
    // SAFETY: `V` by the caller; accesses end at `whole`, within both.
    unsafe {
        let full = V::splat(FULL_32);
        let mut at = 0;
        while at < whole {
            for _ in 0..2 {
                V::load(from.add(at)).mul(full).store_i32(to.add(at));
                at += V::LANES;
            }
        }
    }
    for (to, from) in out.iter_mut().zip(input).skip(whole) {
        *to = (from * FULL_32).round_ties_even() as i32;
    }
}

#[inline(always)]
pub(super) unsafe fn to_i16_tpdf<V: Lanes>(
    input: &[f32],
    out: &mut [i16],
    dither: &mut TpdfDither,
) {
    let length = input.len().min(out.len());
    // Sample by sample up to the first stream of the generator, then all streams at once.
    let head = dither.draws_to_first_stream().min(length);
    let whole = head + (length - head) / STREAMS * STREAMS;
    dithered(input, out, dither, 0, head);
    let (from, to) = (input.as_ptr(), out.as_mut_ptr());
    let streams = dither.streams_mut();
    // SAFETY: `V` by the caller; samples end at `whole`, within both; the streams fill `STREAMS /
    // LANES` registers, at most as many as the array has, and no less than two.
    unsafe {
        let full = V::splat(FULL_16);
        let registers = STREAMS / V::LANES;
        let mut words = [V::splat_bits(0); STREAMS];
        for (index, word) in words.iter_mut().take(registers).enumerate() {
            *word = V::load_bits(streams.as_ptr().add(index * V::LANES));
        }
        let mut at = head;
        while at < whole {
            for pair in words.as_chunks_mut().0.iter_mut().take(registers / 2) {
                let [low, high] = pair;
                let low = dithered_register::<V>(from.add(at), full, low);
                let high = dithered_register::<V>(from.add(at + V::LANES), full, high);
                V::store_i16(to.add(at), low, high);
                at += 2 * V::LANES;
            }
        }
        for (index, word) in words.into_iter().take(registers).enumerate() {
            V::store_bits(word, streams.as_mut_ptr().add(index * V::LANES));
        }
    }
    dithered(input, out, dither, whole, length);
}

/// The next register of samples, scaled and dithered.
#[inline(always)]
unsafe fn dithered_register<V: Lanes>(from: *const f32, full: V, word: &mut V::Bits) -> V {
    // SAFETY: by the caller.
    unsafe {
        // Marsaglia's xorshift32, one stream per lane: see `TpdfDither`.
        let mut x = *word;
        x = V::xor(x, V::shift_left::<13>(x));
        x = V::xor(x, V::shift_right::<17>(x));
        x = V::xor(x, V::shift_left::<5>(x));
        *word = x;
        let noise = V::to_floats(V::upper_minus_lower(x)).mul(V::splat(1.0 / 65_536.0));
        V::load(from).mul_add(full, noise)
    }
}

/// Samples `start..end`, one by one.
#[inline(always)]
fn dithered(input: &[f32], out: &mut [i16], dither: &mut TpdfDither, start: usize, end: usize) {
    for (to, from) in out.iter_mut().zip(input).take(end).skip(start) {
        let value = from * FULL_16 + dither.next_lsb() as f32;
        *to = value.round_ties_even() as i16;
    }
}
