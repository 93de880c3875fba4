use crate::simd::AudioOptimizer;

const GUARD: f32 = 77.0;
/// Squares of what is smaller than its root are lost.
const UNDERFLOW: f64 = 1e-19;

/// Samples between -1 and 1, with a few special ones among them.
pub(super) fn signal(length: usize, seed: u32) -> Vec<f32> {
    let mut state = seed | 1;
    (0..length)
        .map(|index| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            match index % 41 {
                7 => 1e-40,
                19 => -0.0,
                _ => state.cast_signed() as f32 / 2_147_483_648.0,
            }
        })
        .collect()
}

/// Every level, length and misalignment: `check(optimizer, length, offset)`.
pub(super) fn everywhere(check: impl Fn(AudioOptimizer, usize, usize)) {
    for optimizer in AudioOptimizer::available() {
        for length in 0..=257 {
            for offset in 0..8 {
                check(optimizer, length, offset);
            }
        }
    }
}

fn assert_bits(found: &[f32], expected: &[f32], what: &str) {
    assert_eq!(found.len(), expected.len());
    for (index, (a, b)) in found.iter().zip(expected).enumerate() {
        assert_eq!(a.to_bits(), b.to_bits(), "{what}: {a} for {b} at {index}");
    }
}

#[test]
fn mixing_and_gain_are_the_plain_arithmetic() {
    let (a, b) = (signal(300, 1), signal(300, 2));
    everywhere(|optimizer, length, offset| {
        let what = format!("{optimizer:?}, {length} from {offset}");
        let input = &b[offset..offset + length];
        let mut mixed = a.clone();
        // The longer slice is left alone beyond the shorter.
        optimizer.mix_buffers(&mut mixed[7 - offset..], input, 0.3);
        let mut expected = a.clone();
        for (y, x) in expected[7 - offset..].iter_mut().zip(input) {
            *y += x * 0.3;
        }
        assert_bits(&mixed, &expected, &what);

        let mut scaled = a.clone();
        optimizer.apply_gain(&mut scaled[offset..offset + length], -0.7);
        let mut expected = a.clone();
        for y in &mut expected[offset..offset + length] {
            *y *= -0.7;
        }
        assert_bits(&scaled, &expected, &what);
    });
}

#[test]
fn sums_and_peaks_agree_with_double_precision() {
    let all = signal(300, 3);
    everywhere(|optimizer, length, offset| {
        let samples = &all[offset..offset + length];
        let sum: f64 = samples.iter().map(|&x| f64::from(x) * f64::from(x)).sum();
        let found = f64::from(optimizer.sum_of_squares(samples));
        assert!(
            (found - sum).abs() <= 1e-6 * sum + UNDERFLOW,
            "{optimizer:?}, {length}: {found} for {sum}"
        );
        let rms = (sum / length.max(1) as f64).sqrt();
        assert!((f64::from(optimizer.compute_rms(samples)) - rms).abs() <= 1e-6 * rms + UNDERFLOW);
        let peak = samples.iter().fold(0.0_f32, |peak, x| peak.max(x.abs()));
        assert_eq!(optimizer.find_peak(samples), peak);
    });
}

#[test]
fn a_peak_is_found_wherever_it_is_and_among_nan() {
    for optimizer in AudioOptimizer::available() {
        for length in [1, 7, 64, 200] {
            for place in 0..length {
                let mut samples = vec![0.25; length];
                samples[place] = -3.0;
                samples[(place + 1) % length] = f32::NAN;
                let expected = if length == 1 { 0.0 } else { 3.0 };
                assert_eq!(optimizer.find_peak(&samples), expected, "{optimizer:?}");
            }
        }
        assert_eq!(optimizer.find_peak(&[f32::NEG_INFINITY; 70]), f32::INFINITY);
        assert_eq!(optimizer.find_peak(&[]), 0.0);
        assert_eq!(optimizer.compute_rms(&[]), 0.0);
    }
}

#[test]
fn interleaving_orders_and_undoes() {
    let (l, r) = (signal(300, 4), signal(300, 5));
    everywhere(|optimizer, length, offset| {
        let what = format!("{optimizer:?}, {length} from {offset}");
        let left = &l[offset..offset + length];
        let right = &r[7 - offset..];
        let mut frames = vec![GUARD; 2 * length + 9];
        optimizer.interleave(left, right, &mut frames[offset..]);
        let mut expected = vec![GUARD; 2 * length + 9];
        for (index, (&l, &r)) in left.iter().zip(right).enumerate() {
            if offset + 2 * index + 1 < expected.len() {
                expected[offset + 2 * index] = l;
                expected[offset + 2 * index + 1] = r;
            }
        }
        assert_bits(&frames, &expected, &what);

        let (mut a, mut b) = (vec![GUARD; length + 8], vec![GUARD; length + 3]);
        let end = offset + 2 * length;
        optimizer.deinterleave(&frames[offset..end], &mut a[offset..], &mut b);
        assert_bits(&a[offset..offset + length], left, &what);
        assert_bits(&b[..length], &right[..length], &what);
        assert!(
            a[..offset]
                .iter()
                .chain(&a[offset + length..])
                .all(|&x| x == GUARD)
        );
        assert!(b[length..].iter().all(|&x| x == GUARD));
    });
}

#[test]
fn decibels_keep_their_stated_error() {
    // 44 decades of amplitude, in steps of 0.011 dB.
    let gains: Vec<f32> = (0..40_000)
        .map(|step| 10_f64.powf(f64::from(step) * 0.000_55 - 11.0) as f32)
        .collect();
    for optimizer in AudioOptimizer::available() {
        let mut found = vec![0.0; gains.len()];
        optimizer.gain_to_db(&gains, &mut found);
        let mut worst = 0.0_f64;
        for (&gain, &db) in gains.iter().zip(&found) {
            let exact = 20.0 * f64::from(gain).log10();
            worst = worst.max((f64::from(db) - exact).abs());
        }
        assert!(worst <= 1.6e-5, "{optimizer:?}: {worst:.2e} dB off");
    }
}

#[test]
fn gains_keep_their_stated_error() {
    let levels: Vec<f32> = (-30_000..30_000).map(|step| step as f32 / 100.0).collect();
    for optimizer in AudioOptimizer::available() {
        let mut found = vec![0.0; levels.len()];
        optimizer.db_to_gain(&levels, &mut found);
        let mut worst = 0.0_f64;
        for (&db, &gain) in levels.iter().zip(&found) {
            let exact = 10_f64.powf(f64::from(db) / 20.0);
            worst = worst.max((f64::from(gain) / exact - 1.0).abs());
        }
        assert!(worst <= 1e-6, "{optimizer:?}: {worst:.2e} off");
    }
}

#[test]
fn decibels_do_not_depend_on_how_a_slice_is_cut() {
    let gains = signal(300, 6);
    everywhere(|optimizer, length, offset| {
        let what = format!("{optimizer:?}, {length} from {offset}");
        for kernel in [AudioOptimizer::gain_to_db, AudioOptimizer::db_to_gain] {
            let mut whole = vec![0.0; 300];
            kernel(optimizer, &gains, &mut whole);
            let mut part = vec![GUARD; length + 3];
            kernel(optimizer, &gains[offset..offset + length], &mut part);
            assert_bits(&part[..length], &whole[offset..offset + length], &what);
            assert_eq!(part[length..], [GUARD; 3]);
        }
    });
}

#[test]
fn special_levels_are_exact() {
    let inf = f32::INFINITY;
    for optimizer in AudioOptimizer::available() {
        let mut db = [0.0; 6];
        optimizer.gain_to_db(&[0.0, -0.0, 1.0, -1.0, 1e-40, -inf], &mut db);
        assert_eq!(db, [-inf, -inf, 0.0, 0.0, -inf, inf], "{optimizer:?}");
        optimizer.gain_to_db(&[f32::NAN; 6], &mut db);
        assert!(db.iter().all(|x| x.is_nan()));
        let mut gain = [1.0; 5];
        optimizer.db_to_gain(&[0.0, -0.0, -inf, f32::NAN, -800.0], &mut gain);
        assert_eq!(gain, [1.0, 1.0, 0.0, 0.0, 0.0], "{optimizer:?}");
        optimizer.db_to_gain(&[inf, 900.0, 764.0, 770.0, 1e30], &mut gain);
        assert!(
            gain.iter()
                .all(|&x| x == gain[0] && x > 1e38 && x.is_finite())
        );
    }
}
