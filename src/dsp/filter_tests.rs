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
