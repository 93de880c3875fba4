//! One register of samples, whatever its width: what every kernel is written in.

/// A vector of `f32`: what the mixing kernels, the transform, the equalizer and the limiter are written
/// in, once, and compiled in for each level.
///
/// # Safety
/// Implementors keep `load`, `store` and the other memory operations within the lengths they state.
/// Every method may be called only where the processor has the instructions of the type, and only
/// from code compiled for them, or it will not be inlined.
pub(crate) unsafe trait Lanes: Copy {
    /// The register as 32-bit integers.
    type Bits: Copy;
    /// A choice for each lane.
    type Mask: Copy;
    /// Samples in a register, an even number.
    const LANES: usize;
    /// Whether a product and a sum are one operation.
    const IS_FUSED: bool;

    /// `value` in every lane.
    unsafe fn splat(value: f32) -> Self;
    /// Reads `LANES` samples, at any alignment.
    unsafe fn load(from: *const f32) -> Self;
    /// Reads `LANES` samples that stand at a multiple of 64 bytes or of their own size.
    unsafe fn load_aligned(from: *const f32) -> Self;
    /// Writes `LANES` samples, at any alignment.
    unsafe fn store(self, to: *mut f32);

    unsafe fn add(self, other: Self) -> Self;
    unsafe fn sub(self, other: Self) -> Self;
    unsafe fn mul(self, other: Self) -> Self;
    /// `self * factor + term`, rounded once where the level has fused arithmetic.
    unsafe fn mul_add(self, factor: Self, term: Self) -> Self;
    /// `self * factor - term`, rounded likewise.
    unsafe fn mul_sub(self, factor: Self, term: Self) -> Self;
    /// `term - self * factor`, rounded likewise.
    unsafe fn neg_mul_add(self, factor: Self, term: Self) -> Self;
    unsafe fn div(self, other: Self) -> Self;
    unsafe fn abs(self) -> Self;
    /// The larger; `other` where `self` is NaN.
    unsafe fn max(self, other: Self) -> Self;
    /// The smaller; `other` where `self` is NaN.
    unsafe fn min(self, other: Self) -> Self;
    /// Where `self < bound`; nowhere that either is NaN.
    unsafe fn less(self, bound: Self) -> Self::Mask;
    /// Where both are.
    unsafe fn both(a: Self::Mask, b: Self::Mask) -> Self::Mask;
    /// `yes` where the mask is, else `no`.
    unsafe fn select(mask: Self::Mask, yes: Self, no: Self) -> Self;
    /// `yes` where `self < bound`, else `no`.
    #[inline(always)]
    unsafe fn if_less(self, bound: Self, yes: Self, no: Self) -> Self {
        // SAFETY: by the caller.
        unsafe { Self::select(self.less(bound), yes, no) }
    }
    /// All lanes added up.
    unsafe fn sum(self) -> f32;
    /// The largest lane; no lane is NaN.
    unsafe fn largest(self) -> f32;

    /// `self[0], right[0], self[1], right[1], ...` in two registers.
    unsafe fn interleave(self, right: Self) -> (Self, Self);
    /// The inverse of `interleave`.
    unsafe fn deinterleave(self, high: Self) -> (Self, Self);

    /// Real and imaginary parts of `LANES` complex values, in whatever order of lanes is cheapest:
    /// [`forward`](Self::forward) puts what was worked out from them back in the order of memory.
    unsafe fn load_complex(from: *const f32) -> (Self, Self);
    /// `LANES` complex values in reverse: the last where [`load_complex`](Self::load_complex) has the first;
    /// [`mirrored`](Self::mirrored) is the way back.
    unsafe fn load_complex_mirrored(from: *const f32) -> (Self, Self);
    /// Memory order, for lanes as `load_complex` loads them.
    unsafe fn forward(self) -> Self;
    /// Memory order, for lanes as `load_complex_mirrored` loads them.
    unsafe fn mirrored(self) -> Self;

    /// The lane, counted over all registers, of the left (0) or right (1) channel of a filter section.
    /// A register holds `LANES / 2` sections.
    fn lane(section: usize, channel: usize) -> usize {
        2 * section + channel
    }
    /// Each section's neighbour's value: `self` moved up by one section, the last section of `before`
    /// entering at the first.
    unsafe fn shift_in(self, before: Self) -> Self;
    /// A frame of two samples, standing where the last section's left and right do.
    unsafe fn load_frame(from: *const f32) -> Self;
    /// The last section's left and right.
    unsafe fn store_frame(self, to: *mut f32);

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

/// Samples in the register of plain Rust.
const PLAIN_LANES: usize = 2;

/// How much of `length` is processed `registers` at a time. Nothing is in plain Rust: the loop for what
/// is left over is then all there is.
#[inline(always)]
pub(super) fn whole<V: Lanes>(length: usize, registers: usize) -> usize {
    if V::LANES == PLAIN_LANES {
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
