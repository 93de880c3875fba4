//! Many second-order sections in series, run side by side.
//!
//! A cascade is serial: each section waits for the one before it. Run as a wavefront, section `n` works on
//! the frame `n` before the one that enters, so that all sections of a vector work at once, and the
//! input of each is the output its neighbour had a frame ago: one shuffle. Where the output of a section
//! waits longer for its input than a frame may take, section `n` works on the frame `2 n` before instead.
//! At both ends of a block the sections that have nothing to do yet, or any more, are masked, so there is
//! no latency and the samples do not depend on how the stream is cut into blocks.

use super::super::simd::lanes::Lanes;
use super::slots::{COEFFICIENTS, Form, OWN_STATES, STATES, Slots};

/// Frames between two steps of moving coefficients, counted from the start of the stream.
pub(super) const STEP_FRAMES: usize = 16;
/// Frames between two looks for state that has died away, on the same count; a multiple of
/// [`STEP_FRAMES`].
pub(super) const TIDY_FRAMES: usize = 256;
/// State below this is silence (-400 dBFS) and becomes an exact zero before it can turn denormal.
pub(super) const STATE_FLOOR: f32 = 1e-20;

/// Sections in a vector, which holds the left channel of each and the right one.
const fn sections<V: Lanes>() -> usize {
    V::LANES / 2
}

/// The most vectors that run side by side; with more, their states no longer fit the registers.
const MAX_VECTORS: usize = 4;

/// Runs `slots` over interleaved stereo `samples`; `phase` is the number of the first frame, modulo
/// [`TIDY_FRAMES`]. With `MOVING`, coefficients step on the grid of [`STEP_FRAMES`]. `HAS_ROOM` says that the
/// processor has 32 registers, which hold what all vectors gave in the last two frames: with 16, the compiler
/// moves so much to memory and back that it takes longer than what it saves.
///
/// # Safety
/// The processor must have the instructions of `V`.
#[inline(always)]
pub(super) unsafe fn run<V: Lanes, const MOVING: bool, const HAS_ROOM: bool>(
    slots: &mut Slots,
    samples: &mut [f32],
    phase: usize,
) {
    let mut left = slots.used.div_ceil(sections::<V>());
    let mut first = 0;
    while left > 0 {
        // As even as can be: three and three rather than four and two.
        let count = left.div_ceil(left.div_ceil(MAX_VECTORS));
        // SAFETY: the caller vouches for the instructions; `first + count` vectors are in use.
        unsafe {
            match count {
                1 => run_group::<V, 1, MOVING, HAS_ROOM>(slots, first, samples, phase),
                2 => run_group::<V, 2, MOVING, HAS_ROOM>(slots, first, samples, phase),
                3 => run_group::<V, 3, MOVING, HAS_ROOM>(slots, first, samples, phase),
                _ => run_group::<V, 4, MOVING, HAS_ROOM>(slots, first, samples, phase),
            }
        }
        first += count;
        left -= count;
    }
}

/// Runs vectors `first..first + VECTORS`.
#[inline(always)]
unsafe fn run_group<V: Lanes, const VECTORS: usize, const MOVING: bool, const HAS_ROOM: bool>(
    slots: &mut Slots,
    first: usize,
    samples: &mut [f32],
    phase: usize,
) {
    let (begin, second) = (first * sections::<V>(), (first + 1) * sections::<V>());
    let end = (first + VECTORS) * sections::<V>();
    // SAFETY: the caller's.
    unsafe {
        // In most presets the lowest bands come first, and all are bells.
        match (slots.form(begin..second), slots.form(second..end)) {
            (Form::Bells, Form::Bells) if !MOVING && HAS_ROOM => {
                run_vectors::<V, VECTORS, 2, MOVING, STILL_BELLS, STILL_BELLS>(
                    slots, first, samples, phase,
                );
            }
            (Form::Bells, Form::Bells) if !V::IS_FUSED => {
                run_vectors::<V, VECTORS, 1, MOVING, BELLS, BELLS>(slots, first, samples, phase);
            }
            (Form::Bells | Form::Any, Form::Bells | Form::Any) => {
                run_vectors::<V, VECTORS, 1, MOVING, ANY, ANY>(slots, first, samples, phase);
            }
            (Form::Deep, Form::Bells | Form::Any) => {
                run_vectors::<V, VECTORS, 1, MOVING, DEEP, ANY>(slots, first, samples, phase);
            }
            _ => run_vectors::<V, VECTORS, 1, MOVING, DEEP, DEEP>(slots, first, samples, phase),
        }
    }
}

const ANY: u8 = Form::Any as u8;
const BELLS: u8 = Form::Bells as u8;
const DEEP: u8 = Form::Deep as u8;
/// Bells whose coefficients stay: fewer products, and an output that comes later.
const STILL_BELLS: u8 = 3;

/// Runs vectors `first..first + VECTORS`: the first of them in the form `FIRST`, the others in `REST`, each
/// section `SKEW` frames behind the one before.
#[inline(always)]
unsafe fn run_vectors<
    V: Lanes,
    const VECTORS: usize,
    const SKEW: usize,
    const MOVING: bool,
    const FIRST: u8,
    const REST: u8,
>(
    slots: &mut Slots,
    first: usize,
    samples: &mut [f32],
    phase: usize,
) {
    let lanes = V::LANES;
    let frames = samples.len() / 2;
    // Frames between a frame's entry and its exit.
    let skew = SKEW * (VECTORS * sections::<V>() - 1);
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
        let mut s = [[V::splat(0.0); STATES]; VECTORS];
        // What each vector gave in the last steps, the oldest first.
        let mut y = [[V::splat(0.0); VECTORS]; SKEW];
        for v in 0..VECTORS {
            for (n, s) in s[v].iter_mut().enumerate() {
                *s = V::load_aligned(slots.states[n].as_ptr().add(offset(v)));
            }
        }
        let mut step = 0;
        while step < frames + skew {
            let is_step = (phase + step).is_multiple_of(STEP_FRAMES);
            let is_tidy = (phase + step).is_multiple_of(TIDY_FRAMES);
            if step < skew || step >= frames {
                let entering = match step < frames {
                    true => V::load_frame(samples.add(2 * step)),
                    false => V::splat(0.0),
                };
                // The numbers of the sections at work are between these.
                let (gone, come) = (
                    (step as i32 - frames as i32) as f32,
                    (step as i32 + 1) as f32,
                );
                let mut new = y[0];
                for v in (0..VECTORS).rev() {
                    // Section n is at frame step - SKEW n, in this block if that is from 0 to frames - 1.
                    // As the wave comes in, and as it leaves, it is in one vector at most.
                    let low = SKEW * v * sections::<V>();
                    let high = low + SKEW * (sections::<V>() - 1);
                    if step < low || step >= frames + high {
                        continue;
                    }
                    let all_at_work = step >= high && step < frames + low;
                    let number = V::load_aligned(slots.numbers.as_ptr().add(v * lanes));
                    let number = number.mul(V::splat(SKEW as f32));
                    let at_work = V::both(V::splat(gone).less(number), number.less(V::splat(come)));
                    if MOVING && is_step && moves[v] {
                        for c in 0..COEFFICIENTS {
                            let now = slots.now[c].as_mut_ptr().add(offset(v));
                            let delta = V::load_aligned(slots.delta[c].as_ptr().add(offset(v)));
                            let old = V::load_aligned(now);
                            V::select(at_work, old.add(delta), old).store(now);
                        }
                    }
                    let x = y[0][v].shift_in(if v > 0 { y[0][v - 1] } else { entering });
                    let tidy = match is_tidy {
                        true => tidied::<V>(s[v]),
                        false => s[v],
                    };
                    let (states, out) = match v == 0 {
                        true => tick::<V, FIRST>(slots, offset(v), tidy, x),
                        false => tick::<V, REST>(slots, offset(v), tidy, x),
                    };
                    new[v] = out;
                    if all_at_work {
                        s[v] = states;
                        continue;
                    }
                    let is_deep = match v == 0 {
                        true => FIRST == DEEP,
                        false => REST == DEEP,
                    };
                    for n in 0..if is_deep { STATES } else { OWN_STATES } {
                        s[v][n] = V::select(at_work, states[n], s[v][n]);
                    }
                }
                push(&mut y, new);
                if step >= skew {
                    new[VECTORS - 1].store_frame(samples.add(2 * (step - skew)));
                }
                step += 1;
                continue;
            }
            for v in 0..VECTORS {
                if MOVING && is_step && moves[v] {
                    for c in 0..COEFFICIENTS {
                        let now = slots.now[c].as_mut_ptr().add(offset(v));
                        let delta = V::load_aligned(slots.delta[c].as_ptr().add(offset(v)));
                        V::load_aligned(now).add(delta).store(now);
                    }
                }
                if is_tidy {
                    s[v] = tidied::<V>(s[v]);
                }
            }
            let count = (grid - (phase + step) % grid).min(frames - step);
            let mut from = samples.add(2 * step).cast_const();
            let mut to = samples.add(2 * (step - skew));
            // In rounds of SKEW, after which every output stands where it stood.
            for _ in 0..count / SKEW {
                for _ in 0..SKEW {
                    let at = offset(0);
                    advance::<V, VECTORS, SKEW, FIRST, REST>(slots, at, &mut s, &mut y, from, to);
                    (from, to) = (from.add(2), to.add(2));
                }
            }
            for _ in 0..count % SKEW {
                let at = offset(0);
                advance::<V, VECTORS, SKEW, FIRST, REST>(slots, at, &mut s, &mut y, from, to);
                (from, to) = (from.add(2), to.add(2));
            }
            step += count;
        }
        for (v, s) in s.into_iter().enumerate() {
            for (n, s) in s.into_iter().enumerate() {
                s.store(slots.states[n].as_mut_ptr().add(offset(v)));
            }
        }
    }
}

/// One frame of all vectors, the first of which stands at lane `offset`, while all are at work.
#[inline(always)]
unsafe fn advance<
    V: Lanes,
    const VECTORS: usize,
    const SKEW: usize,
    const FIRST: u8,
    const REST: u8,
>(
    slots: &Slots,
    offset: usize,
    s: &mut [[V; STATES]; VECTORS],
    y: &mut [[V; VECTORS]; SKEW],
    from: *const f32,
    to: *mut f32,
) {
    // SAFETY: as in `run_vectors`.
    unsafe {
        let entering = V::load_frame(from);
        if SKEW == 1 {
            // In place: a second set of outputs would not fit the registers beside the states.
            for v in (1..VECTORS).rev() {
                let x = y[0][v].shift_in(y[0][v - 1]);
                (s[v], y[0][v]) = tick::<V, REST>(slots, offset + v * V::LANES, s[v], x);
            }
            let x = y[0][0].shift_in(entering);
            (s[0], y[0][0]) = tick::<V, FIRST>(slots, offset, s[0], x);
            y[0][VECTORS - 1].store_frame(to);
            return;
        }
        let mut new = y[0];
        for v in (1..VECTORS).rev() {
            let x = y[0][v].shift_in(y[0][v - 1]);
            (s[v], new[v]) = tick::<V, REST>(slots, offset + v * V::LANES, s[v], x);
        }
        let x = y[0][0].shift_in(entering);
        (s[0], new[0]) = tick::<V, FIRST>(slots, offset, s[0], x);
        new[VECTORS - 1].store_frame(to);
        push(y, new);
    }
}

/// Puts `new` behind the outputs before, the oldest of which is done with.
#[inline(always)]
fn push<V: Lanes, const VECTORS: usize, const SKEW: usize>(
    y: &mut [[V; VECTORS]; SKEW],
    new: [V; VECTORS],
) {
    for age in 1..SKEW {
        y[age - 1] = y[age];
    }
    y[SKEW - 1] = new;
}

/// States that have died away, and what rounding took from them, as zeros.
#[inline(always)]
unsafe fn tidied<V: Lanes>([s1, s2, lost1, lost2]: [V; STATES]) -> [V; STATES] {
    // SAFETY: the caller's.
    unsafe {
        let (floor, zero) = (V::splat(STATE_FLOOR), V::splat(0.0));
        [
            V::select(floor.less(s1.abs()), s1, zero),
            V::select(floor.less(s2.abs()), s2, zero),
            V::select(floor.less(lost1.abs()), lost1, zero),
            V::select(floor.less(lost2.abs()), lost2, zero),
        ]
    }
}

/// One frame of one vector of sections, as [`SvfCoefficients`](super::super::filter::SvfCoefficients)
/// gives it: the new states and the output. The output waits for the input through one operation only,
/// which is what lets the sections follow each other at a distance of one frame. But for still bells: what
/// they add to the input is a multiple of the band-pass, which is the mean of the first state before and
/// after; the output waits for the new state then, and one product does for two.
#[inline(always)]
unsafe fn tick<V: Lanes, const FORM: u8>(
    slots: &Slots,
    offset: usize,
    [s1, s2, lost1, lost2]: [V; STATES],
    x: V,
) -> ([V; STATES], V) {
    // SAFETY: as in `run_vectors`.
    unsafe {
        // Spelt out: a closure would not have the instructions of the function it stands in.
        let a0 = V::load_aligned(slots.now[0].as_ptr().add(offset));
        let a1 = V::load_aligned(slots.now[1].as_ptr().add(offset));
        let a2 = V::load_aligned(slots.now[2].as_ptr().add(offset));
        if FORM == STILL_BELLS {
            let mix = V::load_aligned(slots.mix.as_ptr().add(offset));
            let over = x.sub(s2);
            let new1 = a1.mul_add(over, a0.mul_add(s1, s1));
            let new2 = a2.mul_add(over, a1.mul_add(s1, s2));
            let y = mix.mul_add(s1.add(new1), x);
            return ([new1, new2, lost1, lost2], y);
        }
        let d = V::load_aligned(slots.now[3].as_ptr().add(offset));
        let c1 = V::load_aligned(slots.now[4].as_ptr().add(offset));
        let c2 = V::load_aligned(slots.now[5].as_ptr().add(offset));
        let over = x.sub(s2);
        let y = match FORM == BELLS {
            // d is 1 - c2.
            true => c2.neg_mul_add(over, c1.mul_add(s1, x)),
            false => d.mul_add(x, c1.mul_add(s1, c2.mul(s2))),
        };
        if FORM == DEEP {
            // What was lost comes last: by then it has come out of the frame before.
            let gain1 = a1.mul_add(over, a0.mul(s1)).add(lost1);
            let gain2 = a2.mul_add(over, a1.mul(s1)).add(lost2);
            let (new1, new2) = (s1.add(gain1), s2.add(gain2));
            // What was meant to be gained less what was: exact while the gain is the smaller summand.
            let lost1 = gain1.sub(new1.sub(s1));
            let lost2 = gain2.sub(new2.sub(s2));
            return ([new1, new2, lost1, lost2], y);
        }
        let new1 = a1.mul_add(over, a0.mul_add(s1, s1));
        let new2 = a2.mul_add(over, a1.mul_add(s1, s2));
        ([new1, new2, lost1, lost2], y)
    }
}
