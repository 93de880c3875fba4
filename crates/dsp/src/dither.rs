//! TPDF dither for words that get shorter.

/// Independent streams drawn from in turn, so that a vector register holds draws of several.
pub(super) const STREAMS: usize = 32;

/// Triangular noise of two least significant bits peak to peak: rounding error no longer follows the
/// signal (Lipshitz, Wannamaker, Vanderkooy, "Quantization and dither", 1992).
///
/// The generator is xorshift32 (Marsaglia, "Xorshift RNGs", 2003) in 32 streams an equal part of its
/// period apart: nothing repeats before 2^32 draws. Draws one by one and in bulk
/// ([`to_i16_tpdf`](super::simd::AudioOptimizer::to_i16_tpdf)) go on from one another.
///
/// ```
/// let mut dither = dsp::dither::TpdfDither::new();
/// assert!((0..1_000).all(|_| dither.next_lsb().abs() <= 1.0));
/// ```
#[derive(Debug, Clone)]
pub struct TpdfDither {
    streams: [u32; STREAMS],
    /// The stream of the next draw, below `STREAMS`.
    next: usize,
}

impl TpdfDither {
    /// A generator with a fixed seed, so that renders repeat.
    pub fn new() -> Self {
        const SEEDS: [u32; STREAMS] = seeds();
        Self {
            streams: SEEDS,
            next: 0,
        }
    }

    /// The next value in units of one least significant bit, within -1..1.
    pub fn next_lsb(&mut self) -> f64 {
        let stream = &mut self.streams[self.next % STREAMS];
        self.next = (self.next + 1) % STREAMS;
        *stream = step(*stream);
        lsb(*stream)
    }

    /// As many draws of [`Self::next_lsb`] as `noise` takes.
    pub fn fill_lsb(&mut self, noise: &mut [f64]) {
        let single = self.draws_to_first_stream().min(noise.len());
        let (before, rest) = noise.split_at_mut(single);
        let (turns, after) = rest.as_chunks_mut::<STREAMS>();
        before.fill_with(|| self.next_lsb());
        for turn in turns {
            for (noise, stream) in turn.iter_mut().zip(&mut self.streams) {
                *stream = step(*stream);
                *noise = lsb(*stream);
            }
        }
        after.fill_with(|| self.next_lsb());
    }

    /// Draws until the first stream's turn.
    pub(super) fn draws_to_first_stream(&self) -> usize {
        (STREAMS - self.next) % STREAMS
    }

    /// The streams' states; who draws from all of them leaves their turn as it was.
    pub(super) fn streams_mut(&mut self) -> &mut [u32; STREAMS] {
        &mut self.streams
    }
}

impl Default for TpdfDither {
    fn default() -> Self {
        Self::new()
    }
}

/// Two 16-bit halves of one word, subtracted, are triangular.
fn lsb(word: u32) -> f64 {
    (f64::from((word >> 16) as i16) - f64::from(word as i16)) / 65_536.0
}

const fn step(mut x: u32) -> u32 {
    x ^= x << 13;
    x ^= x >> 17;
    x ^ (x << 5)
}

/// Seeds 2^27 steps apart. A step is linear over GF(2): its matrix, squared 27 times, is the jump.
const fn seeds() -> [u32; STREAMS] {
    // What becomes of each single bit.
    let mut columns = [0; 32];
    let mut bit = 0;
    while bit < 32 {
        columns[bit] = step(1 << bit);
        bit += 1;
    }
    let mut squarings = 0;
    while squarings < 27 {
        let once = columns;
        bit = 0;
        while bit < 32 {
            columns[bit] = times(&once, once[bit]);
            bit += 1;
        }
        squarings += 1;
    }
    let mut seeds = [0x9E37_79B9; STREAMS];
    let mut stream = 1;
    while stream < STREAMS {
        seeds[stream] = times(&columns, seeds[stream - 1]);
        stream += 1;
    }
    seeds
}

/// A matrix over GF(2) times a vector.
const fn times(columns: &[u32; 32], vector: u32) -> u32 {
    let mut product = 0;
    let mut bit = 0;
    while bit < 32 {
        if vector >> bit & 1 == 1 {
            product ^= columns[bit];
        }
        bit += 1;
    }
    product
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

    #[test]
    fn noise_is_white() {
        let mut dither = TpdfDither::new();
        let values: Vec<f64> = (0..200_000).map(|_| dither.next_lsb()).collect();
        for lag in 1..=4 * STREAMS {
            let pairs = values.iter().zip(&values[lag..]);
            let product = pairs.map(|(a, b)| a * b).sum::<f64>();
            let correlation = product / (values.len() - lag) as f64 * 6.0;
            // Four and a half standard deviations of what chance leaves.
            assert!(correlation.abs() < 0.01, "{correlation} at lag {lag}");
        }
    }

    #[test]
    fn streams_are_a_jump_apart() {
        let streams = TpdfDither::new().streams;
        let mut walked = streams[0];
        for _ in 0..1 << 27 {
            walked = step(walked);
        }
        assert_eq!(walked, streams[1]);
    }

    #[test]
    fn bulk_draws_go_on_from_single_ones() {
        let (mut one_by_one, mut in_bulk) = (TpdfDither::new(), TpdfDither::new());
        for length in [0, 5, 27, 32, 100, 1] {
            let want: Vec<f64> = (0..length).map(|_| one_by_one.next_lsb()).collect();
            let mut got = vec![0.0; length];
            in_bulk.fill_lsb(&mut got);
            assert_eq!(got, want);
        }
    }
}
