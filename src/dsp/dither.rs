//! TPDF dither for words that get shorter.

/// Triangular noise of two least significant bits peak to peak: rounding error no longer follows the
/// signal (Lipshitz, Wannamaker, Vanderkooy, "Quantization and dither", 1992).
#[derive(Debug, Clone)]
pub struct TpdfDither {
    state: u32,
}

impl TpdfDither {
    /// A generator with a fixed seed, so that renders repeat.
    pub fn new() -> Self {
        Self { state: 0x9E37_79B9 }
    }

    /// The next value in units of one least significant bit, within -1..1.
    pub fn next_lsb(&mut self) -> f64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 17;
        self.state ^= self.state << 5;
        // Two 16-bit halves of one word, subtracted, are triangular.
        (f64::from(self.state >> 16) - f64::from(self.state & 0xFFFF)) / 65_536.0
    }
}

impl Default for TpdfDither {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_is_triangular() {
        let mut dither = TpdfDither::new();
        let values: Vec<f64> = (0..100_000).map(|_| dither.next_lsb()).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let variance = values.iter().map(|v| v * v).sum::<f64>() / values.len() as f64;
        assert!(mean.abs() < 0.01, "mean {mean}");
        // A triangle of width two has a variance of 1/6.
        assert!((variance - 1.0 / 6.0).abs() < 0.005, "variance {variance}");
        assert!(values.iter().all(|v| v.abs() <= 1.0));
    }
}
