use super::tests::{everywhere, signal};
use crate::dither::TpdfDither;
use crate::simd::AudioOptimizer;

/// The rule, in double precision.
fn word(sample: f32, bits: u32) -> i32 {
    let full = f64::from(1_u32 << (bits - 1));
    (f64::from(sample) * full)
        .round_ties_even()
        .clamp(-full, full - 1.0) as i32
}

fn unpack(bytes: &[u8]) -> Vec<i32> {
    let words = bytes.as_chunks::<3>().0.iter();
    words
        .map(|&[a, b, c]| i32::from_le_bytes([0, a, b, c]) >> 8)
        .collect()
}

#[test]
fn words_follow_the_rule_at_every_length() {
    let samples: Vec<f32> = signal(300, 11).iter().map(|x| x * 1.2).collect();
    everywhere(|optimizer, length, offset| {
        let input = &samples[offset..offset + length];
        let what = format!("{optimizer:?}, {length} from {offset}");

        let mut shorts = vec![99; length + 8];
        optimizer.to_i16(input, &mut shorts[7 - offset..]);
        let expected: Vec<i16> = input.iter().map(|&x| word(x, 16) as i16).collect();
        assert_eq!(shorts[7 - offset..][..length], expected, "{what}");
        assert!(
            shorts[7 - offset + length..].iter().all(|&x| x == 99),
            "{what}"
        );

        let mut bytes = vec![99; 3 * length + 7];
        optimizer.to_i24(input, &mut bytes[offset..offset + 3 * length]);
        let expected: Vec<i32> = input.iter().map(|&x| word(x, 24)).collect();
        assert_eq!(
            unpack(&bytes[offset..offset + 3 * length]),
            expected,
            "{what}"
        );
        assert!(
            bytes[offset + 3 * length..].iter().all(|&x| x == 99),
            "{what}"
        );
        // The output may be the shorter one, and end within a word.
        let mut bytes = vec![99; length];
        optimizer.to_i24(&samples, &mut bytes);
        let expected: Vec<i32> = samples
            .iter()
            .map(|&x| word(x, 24))
            .take(length / 3)
            .collect();
        assert_eq!(unpack(&bytes), expected, "{what}");
        assert!(bytes[length / 3 * 3..].iter().all(|&x| x == 99), "{what}");

        let mut longs = vec![99; length + 8];
        optimizer.to_i32(input, &mut longs[7 - offset..]);
        let expected: Vec<i32> = input.iter().map(|&x| word(x, 32)).collect();
        assert_eq!(longs[7 - offset..][..length], expected, "{what}");
        assert!(
            longs[7 - offset + length..].iter().all(|&x| x == 99),
            "{what}"
        );
    });
}

#[test]
fn ties_full_scale_and_what_is_no_number() {
    let ties = (-9..9).map(|half| half as f32 / 2.0);
    let mut special: Vec<f32> = ties
        .flat_map(|words| [words / 32_768.0, words / 8_388_608.0])
        .collect();
    special.extend([
        1.0,
        -1.0,
        2.0,
        -2.0,
        1e30,
        -1e30,
        f32::INFINITY,
        f32::NEG_INFINITY,
    ]);
    special.extend([
        f32::NAN,
        -f32::NAN,
        0.0,
        -0.0,
        1e-40,
        0.999_999_94,
        -0.999_999_94,
    ]);
    special.extend([32_767.4, 32_767.5, -32_768.5].map(|words| words / 32_768.0));
    special.extend(special.clone());
    for optimizer in AudioOptimizer::available() {
        let mut shorts = vec![99; special.len()];
        let mut bytes = vec![99; 3 * special.len()];
        let mut longs = vec![99; special.len()];
        optimizer.to_i16(&special, &mut shorts);
        optimizer.to_i24(&special, &mut bytes);
        optimizer.to_i32(&special, &mut longs);
        for (index, (&x, words)) in special.iter().zip(unpack(&bytes)).enumerate() {
            assert_eq!(i32::from(shorts[index]), word(x, 16), "{optimizer:?}, {x}");
            assert_eq!(words, word(x, 24), "{optimizer:?}, {x}");
            assert_eq!(longs[index], word(x, 32), "{optimizer:?}, {x}");
        }
    }
}

#[test]
fn dithered_words_depend_on_neither_level_nor_blocks() {
    let mut samples = signal(5_000, 12);
    samples[70..76].copy_from_slice(&[1.0, -1.0, 3.0, -3.0, f32::NAN, f32::INFINITY]);
    let mut dither = TpdfDither::new();
    let expected: Vec<i16> = samples
        .iter()
        .map(|x| (x * 32_768.0 + dither.next_lsb() as f32).round_ties_even() as i16)
        .collect();
    assert_eq!(expected[74], 0);
    for optimizer in AudioOptimizer::available() {
        for block in [1, 7, 32, 64, 100, 480, 1056, 5_000] {
            let mut dither = TpdfDither::new();
            let mut found = vec![99; samples.len()];
            for (input, out) in samples.chunks(block).zip(found.chunks_mut(block)) {
                optimizer.to_i16_tpdf(input, out, &mut dither);
            }
            assert_eq!(found, expected, "{optimizer:?}, blocks of {block}");
        }
    }
}

#[test]
fn dithered_words_stay_within_the_shorter_slice() {
    everywhere(|optimizer, length, offset| {
        let samples = vec![0.5; length + offset];
        let mut out = vec![99; length + 8];
        optimizer.to_i16_tpdf(&samples[offset..], &mut out, &mut TpdfDither::new());
        assert!(
            out[..length]
                .iter()
                .all(|&x| (16_383..=16_385).contains(&x))
        );
        assert_eq!(out[length..], [99; 8]);
        let mut dither = TpdfDither::new();
        optimizer.to_i16_tpdf(&samples, &mut out[..length], &mut dither);
        let mut counted = TpdfDither::new();
        (0..length).for_each(|_| _ = counted.next_lsb());
        assert_eq!(dither.next_lsb(), counted.next_lsb());
    });
}

/// Without dither a quiet sine is a square wave; with it, a sine in noise of a constant level.
#[test]
fn dithered_error_is_triangular_noise_free_of_the_signal() {
    let length = 400_000;
    let samples: Vec<f32> = (0..length)
        .map(|n| ((n as f64 * 0.031).sin() * 0.7 / 32_768.0) as f32)
        .collect();
    for optimizer in AudioOptimizer::available() {
        let mut words = vec![0; length];
        optimizer.to_i16_tpdf(&samples, &mut words, &mut TpdfDither::new());
        let pairs = words.iter().zip(&samples);
        let (mut sum, mut squares, mut product, mut powers) = (0.0, 0.0, 0.0, 0.0);
        for (&word, &sample) in pairs {
            let signal = f64::from(sample) * 32_768.0;
            let error = f64::from(word) - signal;
            assert!(error.abs() <= 1.5);
            sum += error;
            squares += error * error;
            product += error * signal;
            powers += error * error * signal * signal;
        }
        let n = length as f64;
        // Triangular noise of variance 1/6 and rounding of variance 1/12 are 1/4 together.
        let variance = squares / n;
        assert!((sum / n).abs() < 0.004, "mean {}", sum / n);
        assert!((variance - 0.25).abs() < 0.004, "variance {variance}");
        // Neither the error nor its power follows the signal, whose mean square is 0.245.
        assert!((product / n).abs() < 0.002, "correlation {}", product / n);
        let powers = powers / n / 0.245 - variance;
        assert!(powers.abs() < 0.004, "power correlation {powers}");
    }
}
