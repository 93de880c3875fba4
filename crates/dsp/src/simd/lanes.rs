//! One register of samples, whatever its width: what every kernel is written in.

/// A vector of `f32`. Kernels are written once in these operations and compiled once per level.
///
/// # Safety
/// Implementors keep `load`, `store` and the other memory operations within the lengths they state.
/// Every method may be called only where the processor has the instructions of the type, and only
/// from code compiled for them, or it will not be inlined.
pub(super) unsafe trait Lanes: Copy {
    /// The same register as 32-bit integers.
    type Bits: Copy;
    /// Samples in a register.
    const LANES: usize;

    /// `value` in every lane.
    unsafe fn splat(value: f32) -> Self;
    /// Reads `LANES` samples, at any alignment.
    unsafe fn load(from: *const f32) -> Self;
    /// Writes `LANES` samples, at any alignment.
    unsafe fn store(self, to: *mut f32);

    unsafe fn add(self, other: Self) -> Self;
    unsafe fn mul(self, other: Self) -> Self;
    /// `self * factor + term`, rounded once where the level has fused arithmetic.
    unsafe fn mul_add(self, factor: Self, term: Self) -> Self;
    unsafe fn abs(self) -> Self;
    /// The larger; `other` where `self` is NaN.
    unsafe fn max(self, other: Self) -> Self;
    /// The smaller; `other` where `self` is NaN.
    unsafe fn min(self, other: Self) -> Self;
    /// `yes` where `self < bound`, else `no`, also where either is NaN.
    unsafe fn if_less(self, bound: Self, yes: Self, no: Self) -> Self;
    /// All lanes added up.
    unsafe fn sum(self) -> f32;
    /// The largest lane; no lane is NaN.
    unsafe fn largest(self) -> f32;

    /// `self[0], right[0], self[1], right[1], ...` in two registers.
    unsafe fn interleave(self, right: Self) -> (Self, Self);
    /// The inverse of `interleave`.
    unsafe fn deinterleave(self, high: Self) -> (Self, Self);

    /// Writes `2 * LANES` words: rounded half to even, saturated, NaN as 0.
    unsafe fn store_i16(to: *mut i16, low: Self, high: Self);
    /// Writes `LANES` packed 24-bit little-endian words, rounded as above, saturated at 24 bits; the
    /// `LANES` bytes after them may be overwritten with anything.
    unsafe fn store_i24(self, to: *mut u8);
    /// Writes `LANES` words, rounded as above, saturated at 32 bits.
    unsafe fn store_i32(self, to: *mut i32);

    unsafe fn bits(self) -> Self::Bits;
    unsafe fn from_bits(bits: Self::Bits) -> Self;
    unsafe fn splat_bits(value: u32) -> Self::Bits;
    /// Reads `LANES` integers, at any alignment.
    unsafe fn load_bits(from: *const u32) -> Self::Bits;
    /// Writes `LANES` integers, at any alignment.
    unsafe fn store_bits(bits: Self::Bits, to: *mut u32);
    /// Wrapping.
    unsafe fn add_bits(a: Self::Bits, b: Self::Bits) -> Self::Bits;
    /// Wrapping.
    unsafe fn sub_bits(a: Self::Bits, b: Self::Bits) -> Self::Bits;
    unsafe fn and(a: Self::Bits, b: Self::Bits) -> Self::Bits;
    unsafe fn xor(a: Self::Bits, b: Self::Bits) -> Self::Bits;
    unsafe fn shift_left<const N: i32>(bits: Self::Bits) -> Self::Bits;
    unsafe fn shift_right<const N: i32>(bits: Self::Bits) -> Self::Bits;
    /// Keeps the sign.
    unsafe fn shift_right_signed<const N: i32>(bits: Self::Bits) -> Self::Bits;
    /// The upper 16 bits minus the lower, both signed.
    unsafe fn upper_minus_lower(bits: Self::Bits) -> Self::Bits;
    /// Signed integers as floats.
    unsafe fn to_floats(bits: Self::Bits) -> Self;
}

/// How much of `length` is processed `registers` at a time. Nothing is in single lanes: the loop for
/// what is left over is then all there is.
#[inline(always)]
pub(super) fn whole<V: Lanes>(length: usize, registers: usize) -> usize {
    if V::LANES == 1 {
        0
    } else {
        length - length % (registers * V::LANES)
    }
}

/// The methods of one implementation of [`Lanes`], compiled for `$features`: their intrinsics are
/// then safe to use, and the two parts inline into one another.
macro_rules! compiled_for {
    ($features:literal; $($name:ident $(<$n:ident>)? ($($args:tt)*) $(-> $result:ty)? $body:block)*) => {
        $(#[inline]
        #[target_feature(enable = $features)]
        unsafe fn $name $(<const $n: i32>)? ($($args)*) $(-> $result)? $body)*
    };
}
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
pub(super) use compiled_for;

macro_rules! plain {
    ($($name:ident $(<$n:ident>)? ($($args:tt)*) $(-> $result:ty)? $body:block)*) => {
        $(#[inline(always)]
        unsafe fn $name $(<const $n: i32>)? ($($args)*) $(-> $result)? $body)*
    };
}

// SAFETY: memory is touched as far as the trait says: one, two or three elements.
unsafe impl Lanes for f32 {
    type Bits = u32;
    const LANES: usize = 1;

    plain! {
        splat(value: f32) -> Self { value }
        // SAFETY: the caller vouches for one element.
        load(from: *const f32) -> Self { unsafe { from.read() } }
        // SAFETY: the caller vouches for one element.
        store(self, to: *mut f32) { unsafe { to.write(self) } }

        add(self, other: Self) -> Self { self + other }
        mul(self, other: Self) -> Self { self * other }
        mul_add(self, factor: Self, term: Self) -> Self { self * factor + term }
        abs(self) -> Self { Self::abs(self) }
        max(self, other: Self) -> Self { if self > other { self } else { other } }
        min(self, other: Self) -> Self { if self < other { self } else { other } }
        if_less(self, bound: Self, yes: Self, no: Self) -> Self {
            if self < bound { yes } else { no }
        }
        sum(self) -> f32 { self }
        largest(self) -> f32 { self }

        interleave(self, right: Self) -> (Self, Self) { (self, right) }
        deinterleave(self, high: Self) -> (Self, Self) { (self, high) }

        store_i16(to: *mut i16, low: Self, high: Self) {
            // The casts saturate and make NaN 0. SAFETY: the caller vouches for two elements.
            unsafe {
                to.write(low.round_ties_even() as i16);
                to.add(1).write(high.round_ties_even() as i16);
            }
        }
        store_i24(self, to: *mut u8) {
            let word = self.round_ties_even().clamp(-8_388_608.0, 8_388_607.0) as i32;
            let [a, b, c, _] = word.to_le_bytes();
            // SAFETY: the caller vouches for three bytes.
            unsafe { to.cast::<[u8; 3]>().write([a, b, c]) }
        }
        store_i32(self, to: *mut i32) {
            // SAFETY: the caller vouches for one element.
            unsafe { to.write(self.round_ties_even() as i32) }
        }

        bits(self) -> u32 { self.to_bits() }
        from_bits(bits: u32) -> Self { Self::from_bits(bits) }
        splat_bits(value: u32) -> u32 { value }
        // SAFETY: the caller vouches for one element.
        load_bits(from: *const u32) -> u32 { unsafe { from.read() } }
        // SAFETY: the caller vouches for one element.
        store_bits(bits: u32, to: *mut u32) { unsafe { to.write(bits) } }
        add_bits(a: u32, b: u32) -> u32 { a.wrapping_add(b) }
        sub_bits(a: u32, b: u32) -> u32 { a.wrapping_sub(b) }
        and(a: u32, b: u32) -> u32 { a & b }
        xor(a: u32, b: u32) -> u32 { a ^ b }
        shift_left<N>(bits: u32) -> u32 { bits << N }
        shift_right<N>(bits: u32) -> u32 { bits >> N }
        shift_right_signed<N>(bits: u32) -> u32 { (bits.cast_signed() >> N).cast_unsigned() }
        upper_minus_lower(bits: u32) -> u32 {
            (i32::from((bits >> 16) as i16) - i32::from(bits as i16)).cast_unsigned()
        }
        to_floats(bits: u32) -> Self { bits.cast_signed() as Self }
    }
}
