use super::*;

/// The largest estimate for `signal` after `skip` frames, in dB.
fn read_db(signal: &[f32], skip: usize) -> f64 {
    let mut detector = TruePeakDetector::new(0, AudioOptimizer::detected());
    let mut largest = 0.0_f32;
    let mut done = 0;
    for chunk in signal.chunks(CHUNK_FRAMES) {
        let mut peaks = [0.0; CHUNK_FRAMES];
        let peaks = &mut peaks[..chunk.len()];
        detector.push(chunk, 1);
        detector.raise(0, 0.0, peaks);
        for peak in peaks {
            if done >= skip {
                largest = largest.max(*peak);
            }
            done += 1;
        }
    }
    20.0 * f64::from(largest).log10()
}

#[test]
fn a_sine_is_read_within_a_sixth_of_a_decibel_whatever_its_phase() {
    let (mut low, mut high) = (0.0_f64, 0.0_f64);
    for (over, under) in [
        (1, 480),
        (1, 48),
        (1, 10),
        (1, 8),
        (1, 6),
        (1, 5),
        (1, 4),
        (1, 3),
        (3, 8),
        (2, 5),
        (5, 12),
    ] {
        for phase in 0..64 {
            let turns =
                |n: usize| n as f64 * f64::from(over) / f64::from(under) + f64::from(phase) / 64.0;
            let sine: Vec<f32> = (0..2_000)
                .map(|n| (2.0 * PI * turns(n)).sin() as f32)
                .collect();
            let db = read_db(&sine, 600);
            low = low.min(db);
            high = high.max(db);
            assert!(
                (-0.06..0.16).contains(&db),
                "{over}/{under} fs: {db:+.3} dB"
            );
        }
    }
    println!("sines {low:+.3}..{high:+.3} dB");
}

#[test]
fn dc_is_read_exactly() {
    assert!(read_db(&[1.0; 500], 100).abs() < 1e-5);
}

#[test]
fn chunks_give_the_same_bits_and_widths_the_same_but_for_roundings() {
    let signal: Vec<f32> = (0..900_u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 8) as f32 / 8_388_608.0 - 1.0)
        .collect();
    let read = |size: usize, optimizer| {
        let mut detector = TruePeakDetector::new(10, optimizer);
        let mut all = Vec::new();
        for chunk in signal.chunks(size * 2) {
            let mut peaks = [0.0; CHUNK_FRAMES];
            let peaks = &mut peaks[..chunk.len() / 2];
            detector.push(chunk, 2);
            detector.raise(0, 0.0, peaks);
            detector.raise(1, 0.0, peaks);
            all.extend_from_slice(peaks);
        }
        all
    };
    let plain = read(CHUNK_FRAMES, AudioOptimizer::scalar());
    for optimizer in AudioOptimizer::available() {
        let whole = read(CHUNK_FRAMES, optimizer);
        for (a, b) in whole.iter().zip(&plain) {
            // Some 50 roundings of up to a 2^-24th each.
            assert!((a - b).abs() < 3e-6, "{a} {b}");
        }
        for size in [1, 5, 8, 63, 64] {
            assert_eq!(whole, read(size, optimizer));
        }
    }
}

#[test]
fn above_the_floor_nothing_is_left_out() {
    let mut seed = 1_u32;
    // Loud and soft by turns, with every chunk boundary between the two somewhere.
    let signal: Vec<f32> = (0..20_000_u32)
        .map(|n| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let level = if n / 700 % 3 == 0 { 1.0 } else { 0.25 };
            level * seed.cast_signed() as f32 / 2_147_483_648.0
        })
        .collect();
    for optimizer in AudioOptimizer::available() {
        let mut with = TruePeakDetector::new(0, optimizer);
        let mut without = TruePeakDetector::new(0, optimizer);
        let mut left_out = 0;
        for chunk in signal.chunks(CHUNK_FRAMES - 3) {
            let (mut all, mut some) = ([0.0; CHUNK_FRAMES], [0.0; CHUNK_FRAMES]);
            with.push(chunk, 1);
            with.raise(0, 0.0, &mut all[..chunk.len()]);
            without.push(chunk, 1);
            without.raise(0, 0.9, &mut some[..chunk.len()]);
            left_out += usize::from(some == [0.0; CHUNK_FRAMES]);
            for (all, some) in all.into_iter().zip(some) {
                assert!(all == some || (some == 0.0 && all <= 0.9), "{all} {some}");
            }
        }
        assert!((50..300).contains(&left_out), "{left_out}");
    }
}
