//! From f32 to the words a device takes.

use dsp::dither::TpdfDither;
use dsp::simd::AudioOptimizer;

/// A word some device takes. Full scale is 1.0; what is beyond is clipped.
pub(super) trait DeviceWord: Copy {
    /// What no sound is.
    const SILENCE: Self;

    /// The nearest words to `samples`, as many as there is room for. Dither is for words shorter than
    /// what f32 carries; wider ones ignore it. For the audio thread.
    fn convert(
        optimizer: AudioOptimizer,
        samples: &[f32],
        words: &mut [Self],
        dither: Option<&mut TpdfDither>,
    );
}

impl DeviceWord for i16 {
    const SILENCE: Self = 0;

    fn convert(
        optimizer: AudioOptimizer,
        samples: &[f32],
        words: &mut [i16],
        dither: Option<&mut TpdfDither>,
    ) {
        match dither {
            Some(dither) => optimizer.to_i16_tpdf(samples, words, dither),
            None => optimizer.to_i16(samples, words),
        }
    }
}

impl DeviceWord for i32 {
    const SILENCE: Self = 0;

    fn convert(
        optimizer: AudioOptimizer,
        samples: &[f32],
        words: &mut [i32],
        _dither: Option<&mut TpdfDither>,
    ) {
        optimizer.to_i32(samples, words);
    }
}

/// Words for which one sample at a time is fast enough: hardly any device takes them.
macro_rules! one_by_one {
    ($word:ty, $silence:expr, $of:expr) => {
        impl DeviceWord for $word {
            const SILENCE: Self = $silence;

            fn convert(
                _optimizer: AudioOptimizer,
                samples: &[f32],
                words: &mut [$word],
                _dither: Option<&mut TpdfDither>,
            ) {
                for (word, sample) in words.iter_mut().zip(samples) {
                    *word = $of(*sample);
                }
            }
        }
    };
}

one_by_one!(f32, 0.0, |sample: f32| sample);
one_by_one!(f64, 0.0, f64::from);
// The casts saturate.
one_by_one!(
    u16,
    1 << 15,
    |sample: f32| (sample * 32_768.0 + 32_768.0).round() as u16
);
one_by_one!(u8, 1 << 7, |sample: f32| (sample * 128.0 + 128.0).round()
    as u8);

#[cfg(test)]
mod tests {
    use super::*;

    fn words<T: DeviceWord + Copy + Default, const N: usize>(samples: [f32; N]) -> [T; N] {
        let mut words = [T::default(); N];
        T::convert(AudioOptimizer::detected(), &samples, &mut words, None);
        words
    }

    #[test]
    fn full_scale_silence_and_overs_of_every_width() {
        let samples = [-2.0, -1.0, 0.0, 0.5, 2.0];
        assert_eq!(
            words::<i16, 5>(samples),
            [-32_768, -32_768, 0, 16_384, 32_767]
        );
        assert_eq!(
            words::<i32, 5>(samples),
            [i32::MIN, i32::MIN, 0, 1 << 30, i32::MAX]
        );
        assert_eq!(words::<u16, 5>(samples), [0, 0, 32_768, 49_152, 65_535]);
        assert_eq!(words::<u8, 5>(samples), [0, 0, 128, 192, 255]);
    }

    #[test]
    fn sixteen_bits_come_through_unchanged() {
        let all: Vec<i16> = (i16::MIN..=i16::MAX).collect();
        let samples: Vec<f32> = all.iter().map(|&w| f32::from(w) / 32_768.0).collect();
        let mut back = vec![0; all.len()];
        i16::convert(AudioOptimizer::detected(), &samples, &mut back, None);
        assert_eq!(back, all);
    }
}
