//! [`Lanes`] in plain Rust: two samples, the left and right of a frame.

use super::lanes::Lanes;

/// The register of [`SimdLevel::Scalar`](super::SimdLevel::Scalar).
pub(crate) type Plain = [f32; 2];

macro_rules! plain {
    ($($name:ident $(<$n:ident>)? ($($args:tt)*) $(-> $result:ty)? $body:block)*) => {
        $(#[inline(always)]
        unsafe fn $name $(<const $n: i32>)? ($($args)*) $(-> $result)? $body)*
    };
}

#[inline(always)]
fn each<A: Copy, B: Copy, C>([a, b]: [A; 2], [c, d]: [B; 2], f: impl Fn(A, B) -> C) -> [C; 2] {
    [f(a, c), f(b, d)]
}

/// Rounded half to even; casts saturate and make NaN 0.
#[inline(always)]
fn words(samples: Plain) -> [i32; 2] {
    samples.map(|sample| sample.round_ties_even() as i32)
}

// SAFETY: memory is touched as far as the trait says: two, four or six elements.
unsafe impl Lanes for Plain {
    type Bits = [u32; 2];
    type Mask = [bool; 2];
    const LANES: usize = 2;
    const IS_FUSED: bool = false;

    plain! {
        splat(value: f32) -> Self { [value; 2] }
        // SAFETY: the caller vouches for two elements.
        load(from: *const f32) -> Self { unsafe { from.cast::<Self>().read() } }
        // SAFETY: the caller vouches for two elements.
        load_aligned(from: *const f32) -> Self { unsafe { from.cast::<Self>().read() } }
        // SAFETY: the caller vouches for two elements.
        store(self, to: *mut f32) { unsafe { to.cast::<Self>().write(self) } }

        add(self, other: Self) -> Self { each(self, other, |a, b| a + b) }
        sub(self, other: Self) -> Self { each(self, other, |a, b| a - b) }
        mul(self, other: Self) -> Self { each(self, other, |a, b| a * b) }
        mul_add(self, factor: Self, term: Self) -> Self {
            [self[0] * factor[0] + term[0], self[1] * factor[1] + term[1]]
        }
        mul_sub(self, factor: Self, term: Self) -> Self {
            [self[0] * factor[0] - term[0], self[1] * factor[1] - term[1]]
        }
        neg_mul_add(self, factor: Self, term: Self) -> Self {
            [term[0] - self[0] * factor[0], term[1] - self[1] * factor[1]]
        }
        div(self, other: Self) -> Self { each(self, other, |a, b| a / b) }
        abs(self) -> Self { self.map(f32::abs) }
        max(self, other: Self) -> Self { each(self, other, |a, b| if a > b { a } else { b }) }
        min(self, other: Self) -> Self { each(self, other, |a, b| if a < b { a } else { b }) }
        less(self, bound: Self) -> [bool; 2] { each(self, bound, |a, b| a < b) }
        both(a: [bool; 2], b: [bool; 2]) -> [bool; 2] { each(a, b, |a, b| a && b) }
        select(mask: [bool; 2], yes: Self, no: Self) -> Self {
            [if mask[0] { yes[0] } else { no[0] }, if mask[1] { yes[1] } else { no[1] }]
        }
        sum(self) -> f32 { self[0] + self[1] }
        largest(self) -> f32 { if self[0] > self[1] { self[0] } else { self[1] } }

        interleave(self, right: Self) -> (Self, Self) {
            ([self[0], right[0]], [self[1], right[1]])
        }
        deinterleave(self, high: Self) -> (Self, Self) {
            ([self[0], high[0]], [self[1], high[1]])
        }

        load_complex(from: *const f32) -> (Self, Self) {
            // SAFETY: the caller vouches for two complex values.
            let [a, b, c, d] = unsafe { from.cast::<[f32; 4]>().read() };
            ([a, c], [b, d])
        }
        load_complex_mirrored(from: *const f32) -> (Self, Self) {
            // SAFETY: the caller vouches for two complex values.
            let [a, b, c, d] = unsafe { from.cast::<[f32; 4]>().read() };
            ([c, a], [d, b])
        }
        forward(self) -> Self { self }
        mirrored(self) -> Self { [self[1], self[0]] }

        shift_in(self, before: Self) -> Self { before }
        // SAFETY: the caller vouches for two elements.
        load_frame(from: *const f32) -> Self { unsafe { from.cast::<Self>().read() } }
        // SAFETY: the caller vouches for two elements.
        store_frame(self, to: *mut f32) { unsafe { to.cast::<Self>().write(self) } }

        store_i16(to: *mut i16, low: Self, high: Self) {
            let [a, b, c, d] = [low[0], low[1], high[0], high[1]].map(|x| x.round_ties_even() as i16);
            // SAFETY: the caller vouches for four elements.
            unsafe { to.cast::<[i16; 4]>().write([a, b, c, d]) }
        }
        store_i24(self, to: *mut u8) {
            let bounded = self.map(|x| x.clamp(-8_388_608.0, 8_388_607.0));
            let [[a, b, c, _], [d, e, f, _]] = words(bounded).map(i32::to_le_bytes);
            // SAFETY: the caller vouches for six bytes.
            unsafe { to.cast::<[u8; 6]>().write([a, b, c, d, e, f]) }
        }
        store_i32(self, to: *mut i32) {
            // SAFETY: the caller vouches for two elements.
            unsafe { to.cast::<[i32; 2]>().write(words(self)) }
        }

        bits(self) -> [u32; 2] { self.map(f32::to_bits) }
        from_bits(bits: [u32; 2]) -> Self { bits.map(f32::from_bits) }
        splat_bits(value: u32) -> [u32; 2] { [value; 2] }
        // SAFETY: the caller vouches for two elements.
        load_bits(from: *const u32) -> [u32; 2] { unsafe { from.cast::<[u32; 2]>().read() } }
        // SAFETY: the caller vouches for two elements.
        store_bits(bits: [u32; 2], to: *mut u32) { unsafe { to.cast::<[u32; 2]>().write(bits) } }
        add_bits(a: [u32; 2], b: [u32; 2]) -> [u32; 2] { each(a, b, u32::wrapping_add) }
        sub_bits(a: [u32; 2], b: [u32; 2]) -> [u32; 2] { each(a, b, u32::wrapping_sub) }
        and(a: [u32; 2], b: [u32; 2]) -> [u32; 2] { each(a, b, |a, b| a & b) }
        xor(a: [u32; 2], b: [u32; 2]) -> [u32; 2] { each(a, b, |a, b| a ^ b) }
        shift_left<N>(bits: [u32; 2]) -> [u32; 2] { bits.map(|x| x << N) }
        shift_right<N>(bits: [u32; 2]) -> [u32; 2] { bits.map(|x| x >> N) }
        shift_right_signed<N>(bits: [u32; 2]) -> [u32; 2] {
            bits.map(|x| (x.cast_signed() >> N).cast_unsigned())
        }
        upper_minus_lower(bits: [u32; 2]) -> [u32; 2] {
            bits.map(|x| (i32::from((x >> 16) as i16) - i32::from(x as i16)).cast_unsigned())
        }
        to_floats(bits: [u32; 2]) -> Self { bits.map(|x| x.cast_signed() as f32) }
    }
}
