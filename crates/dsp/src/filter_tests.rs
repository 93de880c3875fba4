use super::*;

/// The RBJ cookbook biquad in f64, as (b0, b1, b2, a1, a2): the independent oracle.
fn cookbook(spec: &FilterSpec, rate: f64) -> [f64; 5] {
    let w = 2.0 * PI * spec.frequency_hz / rate;
    let (sin, cos) = w.sin_cos();
    let alpha = sin / (2.0 * spec.q);
    let a = 10.0_f64.powf(spec.gain_db / 40.0);
    let root = 2.0 * a.sqrt() * alpha;
    let (b0, b1, b2, a0, a1, a2) = match spec.kind {
        FilterKind::Peak => (
            1.0 + alpha * a,
            -2.0 * cos,
            1.0 - alpha * a,
            1.0 + alpha / a,
            -2.0 * cos,
            1.0 - alpha / a,
        ),
        FilterKind::LowShelf => (
            a * ((a + 1.0) - (a - 1.0) * cos + root),
            2.0 * a * ((a - 1.0) - (a + 1.0) * cos),
            a * ((a + 1.0) - (a - 1.0) * cos - root),
            (a + 1.0) + (a - 1.0) * cos + root,
            -2.0 * ((a - 1.0) + (a + 1.0) * cos),
            (a + 1.0) + (a - 1.0) * cos - root,
        ),
        FilterKind::HighShelf => (
            a * ((a + 1.0) + (a - 1.0) * cos + root),
            -2.0 * a * ((a - 1.0) + (a + 1.0) * cos),
            a * ((a + 1.0) + (a - 1.0) * cos - root),
            (a + 1.0) - (a - 1.0) * cos + root,
            2.0 * ((a - 1.0) - (a + 1.0) * cos),
            (a + 1.0) - (a - 1.0) * cos - root,
        ),
        FilterKind::LowPass => (
            (1.0 - cos) / 2.0,
            1.0 - cos,
            (1.0 - cos) / 2.0,
            1.0 + alpha,
            -2.0 * cos,
            1.0 - alpha,
        ),
        FilterKind::HighPass => (
            (1.0 + cos) / 2.0,
            -1.0 - cos,
            (1.0 + cos) / 2.0,
            1.0 + alpha,
            -2.0 * cos,
            1.0 - alpha,
        ),
        FilterKind::BandPass => (alpha, 0.0, -alpha, 1.0 + alpha, -2.0 * cos, 1.0 - alpha),
        FilterKind::Notch => (1.0, -2.0 * cos, 1.0, 1.0 + alpha, -2.0 * cos, 1.0 - alpha),
        FilterKind::AllPass => (
            1.0 - alpha,
            -2.0 * cos,
            1.0 + alpha,
            1.0 + alpha,
            -2.0 * cos,
            1.0 - alpha,
        ),
    };
    [b0 / a0, b1 / a0, b2 / a0, a1 / a0, a2 / a0]
}

fn cookbook_db([b0, b1, b2, a1, a2]: [f64; 5], frequency: f64, rate: f64) -> f64 {
    let w = 2.0 * PI * frequency / rate;
    let at = |c0: f64, c1: f64, c2: f64| {
        let re = c0 + c1 * w.cos() + c2 * (2.0 * w).cos();
        let im = c1 * w.sin() + c2 * (2.0 * w).sin();
        re * re + im * im
    };
    10.0 * (at(b0, b1, b2) / at(1.0, a1, a2)).max(1e-30).log10()
}

const KINDS: [FilterKind; 8] = [
    FilterKind::Peak,
    FilterKind::LowShelf,
    FilterKind::HighShelf,
    FilterKind::LowPass,
    FilterKind::HighPass,
    FilterKind::BandPass,
    FilterKind::Notch,
    FilterKind::AllPass,
];

#[test]
fn every_kind_has_the_cookbook_response() {
    for kind in KINDS {
        for rate in [44_100.0, 48_000.0, 96_000.0, 192_000.0, 384_000.0] {
            for (centre, gain_db, q) in [
                (31.0, 6.0, 1.41),
                (1_000.0, -9.0, 0.7),
                (16_000.0, 12.0, 4.0),
            ] {
                let spec = FilterSpec::new(kind, centre, gain_db, q);
                let design = SvfDesign::cascade(&spec, rate).next().unwrap();
                let oracle = cookbook(&spec, rate);
                let mut frequency = 20.0;
                while frequency < 0.45 * rate {
                    let want = cookbook_db(oracle, frequency, rate);
                    let got = design.response_db(frequency, rate);
                    // Deep in a notch or stop band the decibels of near-nothing may differ.
                    if want > -80.0 {
                        assert!(
                            (got - want).abs() < 1e-3,
                            "{kind:?} {centre} Hz at {rate}: {got} dB, not {want} dB, at {frequency} Hz"
                        );
                    }
                    frequency *= 1.07;
                }
            }
        }
    }
}

fn one_section(spec: &FilterSpec) -> SvfDesign {
    let mut sections = SvfDesign::cascade(spec, 48_000.0);
    let first = sections.next().unwrap();
    assert!(sections.next().is_none());
    first
}

/// Sources: the magnitude of a Butterworth low pass, 1 / sqrt(1 + w^2n), and of its mirror image, with
/// the frequency warped as the bilinear transform does.
#[test]
fn slopes_are_butterworth() {
    for kind in [FilterKind::LowPass, FilterKind::HighPass] {
        for slope in PassSlope::all().filter(|s| *s != PassSlope::SECOND_ORDER) {
            for (corner, rate) in [(30.0, 48_000.0), (1_000.0, 44_100.0), (15_000.0, 192_000.0)] {
                let spec = FilterSpec {
                    slope,
                    ..FilterSpec::new(kind, corner, 0.0, 3.0)
                };
                let mut hz = 20.0;
                while hz < 0.45 * rate {
                    let got: f64 = SvfDesign::cascade(&spec, rate)
                        .map(|d| d.response_db(hz, rate))
                        .sum();
                    let ratio = (PI * hz / rate).tan() / (PI * corner / rate).tan();
                    let w = match kind {
                        FilterKind::LowPass => ratio,
                        _ => 1.0 / ratio,
                    };
                    let want = -10.0 * (1.0 + w.powi(2 * i32::from(slope.order()))).log10();
                    assert!(
                        (got - want).abs() < 0.001 || want < -200.0,
                        "{kind:?} {} dB/oct at {corner} Hz: {got} dB, not {want} dB, at {hz} Hz",
                        slope.db_per_octave()
                    );
                    hz *= 1.1;
                }
            }
        }
    }
    assert_eq!(PassSlope::from_db_per_octave(48).unwrap().order(), 8);
    assert_eq!(PassSlope::from_db_per_octave(10), None);
}

#[test]
fn impossible_parameters_give_a_flat_section() {
    let good = FilterSpec::new(FilterKind::Peak, 1e3, 6.0, 1.0);
    for bad in [
        FilterSpec {
            frequency_hz: 0.0,
            ..good
        },
        FilterSpec {
            frequency_hz: f64::NAN,
            ..good
        },
        FilterSpec {
            frequency_hz: 23_600.0,
            ..good
        },
        FilterSpec { q: 0.0, ..good },
        FilterSpec {
            gain_db: 0.0,
            ..good
        },
        FilterSpec {
            gain_db: f64::INFINITY,
            ..good
        },
    ] {
        assert!(one_section(&bad).coefficients().is_flat(), "{bad:?}");
    }
    assert!(!one_section(&good).coefficients().is_flat());
}

/// Source: the peaking filter of the Audio EQ Cookbook with alpha = sin(w0) sinh(ln(2) / 2 BW w0 / sin(w0)),
/// on the unit circle.
fn cookbook_peak_db(at_hz: f64, gain_db: f64, octaves: f64, hz: f64, rate_hz: f64) -> f64 {
    let (w0, a) = (2.0 * PI * at_hz / rate_hz, 10.0_f64.powf(gain_db / 40.0));
    let alpha = w0.sin() * (2.0_f64.ln() / 2.0 * octaves * w0 / w0.sin()).sinh();
    let b = [1.0 + alpha * a, -2.0 * w0.cos(), 1.0 - alpha * a];
    let c = [1.0 + alpha / a, -2.0 * w0.cos(), 1.0 - alpha / a];
    let size = |x: [f64; 3]| {
        let w = 2.0 * PI * hz / rate_hz;
        let re = x[0] + x[1] * w.cos() + x[2] * (2.0 * w).cos();
        let im = x[1] * w.sin() + x[2] * (2.0 * w).sin();
        re.hypot(im)
    };
    20.0 * (size(b) / size(c)).log10()
}

#[test]
fn a_bandwidth_is_as_wide_at_any_rate() {
    for rate_hz in [44_100.0, 48_000.0, 96_000.0, 192_000.0] {
        for (at_hz, gain_db, octaves) in [
            (10_000.0, 6.0, 1.0),
            (16_000.0, -9.0, 0.5),
            (100.0, 3.0, 2.0),
            (18_000.0, 12.0, 1.5),
        ] {
            let spec = FilterSpec::with_bandwidth(FilterKind::Peak, at_hz, gain_db, octaves);
            let design = SvfDesign::cascade(&spec, rate_hz).next().unwrap();
            let mut hz = 20.0;
            while hz < 0.48 * rate_hz {
                let want = cookbook_peak_db(at_hz, gain_db, octaves, hz, rate_hz);
                let got = design.response_db(hz, rate_hz);
                assert!(
                    (got - want).abs() < 1e-6,
                    "{spec:?} at {rate_hz}: {got}, not {want}, at {hz}"
                );
                hz *= 1.07;
            }
        }
    }
}

#[test]
fn the_widest_bandwidth_comes_to_rest_and_a_wrong_one_is_flat() {
    for octaves in [0.01, 1.0, 20.0, 1e9] {
        let spec = FilterSpec {
            bandwidth_octaves: Some(octaves),
            ..FilterSpec::new(FilterKind::Peak, 0.48 * 48_000.0, 12.0, 1.0)
        };
        let SvfCoefficients { a0, a1, a2, .. } = SvfDesign::cascade(&spec, 48_000.0)
            .next()
            .unwrap()
            .coefficients();
        let (mut s1, mut s2) = (1.0_f64, 1.0_f64);
        for _ in 0..4_000_000 {
            let (a0, a1, a2) = (f64::from(a0), f64::from(a1), f64::from(a2));
            (s1, s2) = (s1 + a0 * s1 - a1 * s2, s2 + a1 * s1 - a2 * s2);
        }
        assert!(s1.hypot(s2) < 1e-3, "{octaves}: {s1} {s2}");
    }
    for octaves in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let spec = FilterSpec {
            bandwidth_octaves: Some(octaves),
            ..FilterSpec::new(FilterKind::Peak, 1e3, 6.0, 1.0)
        };
        assert!(one_section(&spec).coefficients().is_flat(), "{octaves}");
    }
}
