//! Many second-order sections in series, run side by side.
//!
//! A cascade is serial: each section waits for the one before it. Run as a wavefront, section `n` works on
//! the frame `n` before the one that enters, so that all sections of a vector work at once, and the
//! input of each is the output its neighbour had a frame ago: one shuffle. At both ends of a block the
//! sections that have nothing to do yet, or any more, are masked, so there is no latency and the
//! samples do not depend on how the stream is cut into blocks.

use super::slots::{COEFFICIENTS, Form, OWN_STATES, STATES, Slots};

/// Frames between two steps of moving coefficients, counted from the start of the stream.
pub(super) const STEP_FRAMES: usize = 16;
/// Frames between two looks for state that has died away, on the same count; a multiple of
/// [`STEP_FRAMES`].
pub(super) const TIDY_FRAMES: usize = 256;
/// State below this is silence (-400 dBFS) and becomes an exact zero before it can turn denormal.
pub(super) const STATE_FLOOR: f32 = 1e-20;

/// One set of vector instructions. A vector holds [`Self::SECTIONS`] sections of the left channel and the
/// same sections of the right one, in an order of the implementation's own: see [`Self::lane`].
///
/// # Safety
/// Every function may be called only on a processor that has the instructions.
pub(super) unsafe trait Lanes: Copy {
    /// Sections in a vector.
    const SECTIONS: usize;
    /// Whether products are what limits the pace. Where they are fused with sums, it is how long each
    /// waits for the one before.
    const IS_SHORT_OF_PRODUCTS: bool;
    /// A vector.
    type Vector: Copy;
    /// A choice for each lane.
    type Mask: Copy;
    /// The lane, counted over all vectors, of a section's left (0) or right (1) channel.
    fn lane(section: usize, channel: usize) -> usize;
    /// Aligned to 64 bytes.
    unsafe fn load(from: *const f32) -> Self::Vector;
    /// Aligned to 64 bytes.
    unsafe fn store(to: *mut f32, v: Self::Vector);
    unsafe fn zero() -> Self::Vector;
    unsafe fn add(a: Self::Vector, b: Self::Vector) -> Self::Vector;
    unsafe fn sub(a: Self::Vector, b: Self::Vector) -> Self::Vector;
    unsafe fn mul(a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// a * b + c, fused where the processor can.
    unsafe fn mul_add(a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;
    /// c - a * b, fused where the processor can.
    unsafe fn mul_take(a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;
    /// Each section's neighbour's value: `this` moved up by one section, the last section of `before`
    /// entering at the first.
    unsafe fn shift_in(before: Self::Vector, this: Self::Vector) -> Self::Vector;
    /// A frame of two samples, standing where the last section's left and right do.
    unsafe fn load_frame(from: *const f32) -> Self::Vector;
    /// The last section's left and right.
    unsafe fn store_frame(v: Self::Vector, to: *mut f32);
    /// Lanes with `low < v <= high`.
    unsafe fn between(v: Self::Vector, low: f32, high: f32) -> Self::Mask;
    unsafe fn select(mask: Self::Mask, yes: Self::Vector, no: Self::Vector) -> Self::Vector;
    /// Zero where |v| is below [`STATE_FLOOR`].
    unsafe fn flush(v: Self::Vector) -> Self::Vector;
}

/// The most vectors that run side by side; with more, their states no longer fit the registers.
const MAX_VECTORS: usize = 4;

/// Runs `slots` over interleaved stereo `samples`; `phase` is the number of the first frame, modulo
/// [`TIDY_FRAMES`]. With `MOVING`, coefficients step on the grid of [`STEP_FRAMES`].
///
/// # Safety
/// The processor must have the instructions of `L`.
#[inline(always)]
pub(super) unsafe fn run<L: Lanes, const MOVING: bool>(
    slots: &mut Slots,
    samples: &mut [f32],
    phase: usize,
) {
    let mut left = slots.used.div_ceil(L::SECTIONS);
    let mut first = 0;
    while left > 0 {
        // As even as can be: three and three rather than four and two.
        let count = left.div_ceil(left.div_ceil(MAX_VECTORS));
        // SAFETY: the caller vouches for the instructions; `first + count` vectors are in use.
        unsafe {
            match count {
                1 => run_group::<L, 1, MOVING>(slots, first, samples, phase),
                2 => run_group::<L, 2, MOVING>(slots, first, samples, phase),
                3 => run_group::<L, 3, MOVING>(slots, first, samples, phase),
                _ => run_group::<L, 4, MOVING>(slots, first, samples, phase),
            }
        }
        first += count;
        left -= count;
    }
}

/// Runs vectors `first..first + VECTORS`.
#[inline(always)]
unsafe fn run_group<L: Lanes, const VECTORS: usize, const MOVING: bool>(
    slots: &mut Slots,
    first: usize,
    samples: &mut [f32],
    phase: usize,
) {
    let (begin, second) = (first * L::SECTIONS, (first + 1) * L::SECTIONS);
    let end = (first + VECTORS) * L::SECTIONS;
    // SAFETY: the caller's.
    unsafe {
        // In most presets the lowest bands come first, and all are bells.
        match (slots.form(begin..second), slots.form(second..end)) {
            (Form::Bells, Form::Bells) if L::IS_SHORT_OF_PRODUCTS => {
                run_vectors::<L, VECTORS, MOVING, BELLS, BELLS>(slots, first, samples, phase);
            }
            (Form::Bells | Form::Any, Form::Bells | Form::Any) => {
                run_vectors::<L, VECTORS, MOVING, ANY, ANY>(slots, first, samples, phase);
            }
            (Form::Deep, Form::Bells | Form::Any) => {
                run_vectors::<L, VECTORS, MOVING, DEEP, ANY>(slots, first, samples, phase);
            }
            _ => run_vectors::<L, VECTORS, MOVING, DEEP, DEEP>(slots, first, samples, phase),
        }
    }
}

const ANY: u8 = Form::Any as u8;
const BELLS: u8 = Form::Bells as u8;
const DEEP: u8 = Form::Deep as u8;

/// Runs vectors `first..first + VECTORS`: the first of them in the form `FIRST`, the others in `REST`.
#[inline(always)]
unsafe fn run_vectors<
    L: Lanes,
    const VECTORS: usize,
    const MOVING: bool,
    const FIRST: u8,
    const REST: u8,
>(
    slots: &mut Slots,
    first: usize,
    samples: &mut [f32],
    phase: usize,
) {
    let lanes = 2 * L::SECTIONS;
    let frames = samples.len() / 2;
    // Frames between a frame's entry and its exit.
    let skew = VECTORS * L::SECTIONS - 1;
    let grid = if MOVING { STEP_FRAMES } else { TIDY_FRAMES };
    let offset = |vector: usize| (first + vector) * lanes;
    let samples = samples.as_mut_ptr();
    let mut moves = [false; VECTORS];
    if MOVING {
        for (vector, moves) in moves.iter_mut().enumerate() {
            *moves = slots.moves(offset(vector)..offset(vector) + lanes);
        }
    }
    // SAFETY: all offsets are below `Slots`' 128 lanes and multiples of a vector, so aligned; frames are
    // read at `step < frames` and written at `step - skew`, which is below `frames` for every step.
    unsafe {
        let mut s = [[L::zero(); STATES]; VECTORS];
        let mut y = [L::zero(); VECTORS];
        for v in 0..VECTORS {
            for (n, s) in s[v].iter_mut().enumerate() {
                *s = L::load(slots.states[n].as_ptr().add(offset(v)));
            }
        }
        let mut step = 0;
        while step < frames + skew {
            let is_step = (phase + step).is_multiple_of(STEP_FRAMES);
            let is_tidy = (phase + step).is_multiple_of(TIDY_FRAMES);
            if step < skew || step >= frames {
                let entering = match step < frames {
                    true => L::load_frame(samples.add(2 * step)),
                    false => L::zero(),
                };
                // The numbers of the sections at work are above the one and up to the other.
                let (gone, come) = ((step as i32 - frames as i32) as f32, step as i32 as f32);
                for v in (0..VECTORS).rev() {
                    // Section n is at frame step - n: in this block if 0 <= step - n < frames. As the
                    // wave comes in, and as it leaves, it is in one vector at most.
                    let (low, high) = (v * L::SECTIONS, v * L::SECTIONS + L::SECTIONS - 1);
                    if step < low || step >= frames + high {
                        continue;
                    }
                    let all_at_work = step >= high && step < frames + low;
                    let number = L::load(slots.numbers.as_ptr().add(v * lanes));
                    let at_work = L::between(number, gone, come);
                    if MOVING && is_step && moves[v] {
                        for c in 0..COEFFICIENTS {
                            let now = slots.now[c].as_mut_ptr().add(offset(v));
                            let delta = L::load(slots.delta[c].as_ptr().add(offset(v)));
                            let old = L::load(now);
                            L::store(now, L::select(at_work, L::add(old, delta), old));
                        }
                    }
                    let x = L::shift_in(if v > 0 { y[v - 1] } else { entering }, y[v]);
                    let tidy = match is_tidy {
                        true => tidied::<L>(s[v]),
                        false => s[v],
                    };
                    let (new, out) = match v == 0 {
                        true => tick::<L, FIRST>(slots, offset(v), tidy, x),
                        false => tick::<L, REST>(slots, offset(v), tidy, x),
                    };
                    y[v] = out;
                    if all_at_work {
                        s[v] = new;
                        continue;
                    }
                    let is_deep = match v == 0 {
                        true => FIRST == DEEP,
                        false => REST == DEEP,
                    };
                    for n in 0..if is_deep { STATES } else { OWN_STATES } {
                        s[v][n] = L::select(at_work, new[n], s[v][n]);
                    }
                }
                if step >= skew {
                    L::store_frame(y[VECTORS - 1], samples.add(2 * (step - skew)));
                }
                step += 1;
                continue;
            }
            for v in 0..VECTORS {
                if MOVING && is_step && moves[v] {
                    for c in 0..COEFFICIENTS {
                        let now = slots.now[c].as_mut_ptr().add(offset(v));
                        let delta = L::load(slots.delta[c].as_ptr().add(offset(v)));
                        L::store(now, L::add(L::load(now), delta));
                    }
                }
                if is_tidy {
                    s[v] = tidied::<L>(s[v]);
                }
            }
            let count = (grid - (phase + step) % grid).min(frames - step);
            let mut from = samples.add(2 * step).cast_const();
            let mut to = samples.add(2 * (step - skew));
            for _ in 0..count {
                let entering = L::load_frame(from);
                for v in (1..VECTORS).rev() {
                    let x = L::shift_in(y[v - 1], y[v]);
                    (s[v], y[v]) = tick::<L, REST>(slots, offset(v), s[v], x);
                }
                let x = L::shift_in(entering, y[0]);
                (s[0], y[0]) = tick::<L, FIRST>(slots, offset(0), s[0], x);
                L::store_frame(y[VECTORS - 1], to);
                (from, to) = (from.add(2), to.add(2));
            }
            step += count;
        }
        for (v, s) in s.into_iter().enumerate() {
            for (n, s) in s.into_iter().enumerate() {
                L::store(slots.states[n].as_mut_ptr().add(offset(v)), s);
            }
        }
    }
}

/// States that have died away, and what rounding took from them, as zeros.
#[inline(always)]
unsafe fn tidied<L: Lanes>([s1, s2, lost1, lost2]: [L::Vector; STATES]) -> [L::Vector; STATES] {
    // SAFETY: the caller's.
    unsafe { [L::flush(s1), L::flush(s2), L::flush(lost1), L::flush(lost2)] }
}

/// One frame of one vector of sections, as [`SvfCoefficients`](super::super::filter::SvfCoefficients)
/// gives it: the new states and the output. The output waits for the input through one operation only,
/// which is what lets the sections follow each other at a distance of one frame.
#[inline(always)]
unsafe fn tick<L: Lanes, const FORM: u8>(
    slots: &Slots,
    offset: usize,
    [s1, s2, lost1, lost2]: [L::Vector; STATES],
    x: L::Vector,
) -> ([L::Vector; STATES], L::Vector) {
    // SAFETY: as in `run_vectors`.
    unsafe {
        // Spelt out: a closure would not have the instructions of the function it stands in.
        let a0 = L::load(slots.now[0].as_ptr().add(offset));
        let a1 = L::load(slots.now[1].as_ptr().add(offset));
        let a2 = L::load(slots.now[2].as_ptr().add(offset));
        let d = L::load(slots.now[3].as_ptr().add(offset));
        let c1 = L::load(slots.now[4].as_ptr().add(offset));
        let c2 = L::load(slots.now[5].as_ptr().add(offset));
        let over = L::sub(x, s2);
        let y = match FORM == BELLS {
            // d is 1 - c2.
            true => L::mul_take(c2, over, L::mul_add(c1, s1, x)),
            false => L::mul_add(d, x, L::mul_add(c1, s1, L::mul(c2, s2))),
        };
        if FORM == DEEP {
            // What was lost comes last: by then it has come out of the frame before.
            let gain1 = L::add(L::mul_add(a1, over, L::mul(a0, s1)), lost1);
            let gain2 = L::add(L::mul_add(a2, over, L::mul(a1, s1)), lost2);
            let (new1, new2) = (L::add(s1, gain1), L::add(s2, gain2));
            // What was meant to be gained less what was: exact while the gain is the smaller summand.
            let lost1 = L::sub(gain1, L::sub(new1, s1));
            let lost2 = L::sub(gain2, L::sub(new2, s2));
            return ([new1, new2, lost1, lost2], y);
        }
        let new1 = L::mul_add(a1, over, L::mul_add(a0, s1, s1));
        let new2 = L::mul_add(a2, over, L::mul_add(a1, s1, s2));
        ([new1, new2, lost1, lost2], y)
    }
}
