//! What the transform's kernels need of a vector register.

use transforms::Complex;

/// `W` numbers side by side.
///
/// Complex values are taken apart into real and imaginary registers in whatever order of lanes is
/// cheapest, the same for both ways of loading; [`Self::forward`] and [`Self::mirrored`] put what was
/// worked out from them back in the order of memory.
///
/// # Safety
/// Every method is unsafe for one reason: the processor must have the instructions.
pub(super) trait Lanes<const W: usize>: Copy {
    unsafe fn splat(value: f32) -> Self;
    unsafe fn load(from: &[f32; W]) -> Self;
    unsafe fn store(self, to: &mut [f32; W]);
    /// Real and imaginary parts.
    unsafe fn load_complex(from: &[Complex<f32>; W]) -> (Self, Self);
    /// Real and imaginary parts, the last value where [`Self::load_complex`] has the first.
    unsafe fn load_complex_mirrored(from: &[Complex<f32>; W]) -> (Self, Self);
    /// Memory order, for lanes as [`Self::load_complex`] loads them.
    unsafe fn forward(self) -> Self;
    /// Memory order, for lanes as [`Self::load_complex_mirrored`] loads them.
    unsafe fn mirrored(self) -> Self;
    unsafe fn add(self, other: Self) -> Self;
    unsafe fn sub(self, other: Self) -> Self;
    unsafe fn mul(self, other: Self) -> Self;
    /// `self * factor + term`.
    unsafe fn mul_add(self, factor: Self, term: Self) -> Self;
    /// `self * factor - term`.
    unsafe fn mul_sub(self, factor: Self, term: Self) -> Self;
}

impl Lanes<1> for f32 {
    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        value
    }
    #[inline(always)]
    unsafe fn load(from: &[f32; 1]) -> Self {
        from[0]
    }
    #[inline(always)]
    unsafe fn store(self, to: &mut [f32; 1]) {
        to[0] = self;
    }
    #[inline(always)]
    unsafe fn load_complex(from: &[Complex<f32>; 1]) -> (Self, Self) {
        (from[0].re, from[0].im)
    }
    #[inline(always)]
    unsafe fn load_complex_mirrored(from: &[Complex<f32>; 1]) -> (Self, Self) {
        (from[0].re, from[0].im)
    }
    #[inline(always)]
    unsafe fn forward(self) -> Self {
        self
    }
    #[inline(always)]
    unsafe fn mirrored(self) -> Self {
        self
    }
    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        self + other
    }
    #[inline(always)]
    unsafe fn sub(self, other: Self) -> Self {
        self - other
    }
    #[inline(always)]
    unsafe fn mul(self, other: Self) -> Self {
        self * other
    }
    #[inline(always)]
    unsafe fn mul_add(self, factor: Self, term: Self) -> Self {
        self * factor + term
    }
    #[inline(always)]
    unsafe fn mul_sub(self, factor: Self, term: Self) -> Self {
        self * factor - term
    }
}
