//! The format's logarithms to base 2, with eight bits behind the point.
//!
//! They are one above the exact ones, so that small numbers, zero and, by their sign, negative ones
//! have logarithms too. Decoders must agree on every bit: hence integers, not floating point.

/// `256 * (2^(n / 256) - 1)`, rounded.
const POWERS: [u8; 256] = {
    // 2^(1 / 256), with 62 bits behind the point.
    const STEP: u128 = 0x402c_6be9_6af2_fb58;
    let mut powers = [0; 256];
    let (mut n, mut power) = (0, 1_u128 << 62);
    while n < 256 {
        powers[n] = (((power - (1 << 62)) + (1 << 53)) >> 54) as u8;
        power = (power * STEP) >> 62;
        n += 1;
    }
    powers
};

/// `256 * log2(1 + n / 256)`, rounded.
const LOGARITHMS: [u8; 256] = {
    let mut logarithms = [0; 256];
    let mut n = 0;
    while n < 256 {
        // A digit for each squaring: one where the square passes 2.
        let (mut square, mut digits, mut digit) = ((256 + n as u128) << 54, 0_u32, 0);
        while digit < 20 {
            square = (square * square) >> 62;
            let passes = square >> 63;
            digits = digits << 1 | passes as u32;
            square >>= passes;
            digit += 1;
        }
        logarithms[n] = ((digits + (1 << 11)) >> 12) as u8;
        n += 1;
    }
    logarithms
};

/// The number whose logarithm this is; the sign is passed on.
pub(crate) fn power(logarithm: i32) -> i32 {
    if logarithm < 0 {
        return power(logarithm.wrapping_neg()).wrapping_neg();
    }
    let value = i32::from(POWERS[(logarithm & 0xFF) as usize]) | 0x100;
    match (logarithm >> 8) as u32 {
        exponent @ 0..=9 => value >> (9 - exponent),
        exponent => value.wrapping_shl(exponent - 9),
    }
}

/// The logarithm of a number.
#[inline]
pub(crate) fn logarithm(value: u32) -> u32 {
    let value = value.wrapping_add(value >> 9);
    let length = u32::BITS - value.leading_zeros();
    let mantissa = if length < 9 {
        value << (9 - length)
    } else {
        value >> (length - 9)
    };
    (length << 8) + u32::from(LOGARITHMS[(mantissa & 0xFF) as usize])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_the_rounded_functions() {
        for n in 0..256_u16 {
            let exact = f64::from(n) / 256.0;
            let rounded = ((exact.exp2() - 1.0) * 256.0).round();
            assert_eq!(f64::from(POWERS[usize::from(n)]), rounded, "{n}");
            let rounded = ((1.0 + exact).log2() * 256.0).round().min(255.0);
            assert_eq!(f64::from(LOGARITHMS[usize::from(n)]), rounded, "{n}");
        }
    }

    #[test]
    fn a_logarithm_keeps_a_number_to_a_225th() {
        for value in [
            0,
            1,
            2,
            3,
            100,
            255,
            256,
            1_000,
            65_535,
            1 << 20,
            0x7F00_0000,
        ] {
            let back = power(logarithm(value) as i32);
            let error = (back - value as i32).unsigned_abs();
            assert!(error <= value / 225, "{value} came back as {back}");
            assert_eq!(power(-(logarithm(value) as i32)), -back);
        }
    }
}
