use super::*;

/// The gain of both filters together at `hz`.
fn gain(decimator: &Decimator, bit_rate_hz: u32, hz: f64) -> f64 {
    let first: Vec<f64> = decimator
        .byte_tables
        .iter()
        .flat_map(|table| (0..8).map(|bit| table[0x80 >> bit] - table[0]))
        .map(|twice| f64::from(twice) / 2.0)
        .collect();
    let second: Vec<f64> = decimator.taps.iter().map(|tap| f64::from(*tap)).collect();
    // Symmetric about the middle, so that a sum of cosines is all there is.
    let response = |taps: &[f64], middle: usize, rate_hz: f64| -> f64 {
        let angle = |n: usize| (n as f64 - middle as f64) * hz / rate_hz * std::f64::consts::TAU;
        taps.iter()
            .enumerate()
            .map(|(n, tap)| tap * angle(n).cos())
            .sum()
    };
    let rate_hz = f64::from(bit_rate_hz);
    response(&first, BYTE_REACH * 8, rate_hz) * response(&second, second.len() / 2, rate_hz / 8.0)
}

#[test]
fn the_audible_range_is_flat_and_nothing_folds_into_it() {
    for (bit_rate_hz, rate_hz) in [
        (2_822_400, 88_200),
        (3_072_000, 96_000),
        (5_644_800, 176_400),
        (11_289_600, 176_400),
        (24_576_000, 192_000),
    ] {
        let decimator = Decimator::new(bit_rate_hz);
        assert_eq!(bit_rate_hz / decimator.decimation(), rate_hz);
        let (mut least, mut most, mut folded) = (f64::MAX, 0.0_f64, 0.0_f64);
        for hz in (0..=20_000).step_by(250) {
            let hz = f64::from(hz);
            let level = gain(&decimator, bit_rate_hz, hz).abs();
            (least, most) = (least.min(level), most.max(level));
            for multiple in 1..=decimator.decimation() / 2 {
                let image_hz = f64::from(rate_hz * multiple);
                for image_hz in [image_hz - hz, image_hz + hz] {
                    folded = folded.max(gain(&decimator, bit_rate_hz, image_hz).abs());
                }
            }
        }
        let db = |gain: f64| 20.0 * gain.log10();
        println!(
            "{bit_rate_hz}: {:.6} to {:.6} dB, {:.1} dB",
            db(least),
            db(most),
            db(folded)
        );
        assert!(db(least) > -0.01 && db(most) < 0.01);
        assert!(
            db(folded) < -144.0,
            "{bit_rate_hz}: {:.1} dB fold back",
            db(folded)
        );
    }
}

#[test]
fn silence_is_silent() {
    let mut decimator = Decimator::new(2_822_400);
    let mut pcm = Vec::new();
    let wanted = decimator.bytes_for(0..100);
    let bytes = vec![IDLE_BYTE; wanted.end.abs_diff(wanted.start) as usize];
    decimator.run(&bytes, &mut pcm);
    assert_eq!(pcm.len(), 100);
    assert!(pcm.iter().all(|sample| sample.abs() < 1e-7), "{pcm:?}");
}
