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
                let spec = FilterSpec {
                    kind,
                    frequency_hz: centre,
                    gain_db,
                    q,
                };
                let design = SvfDesign::new(&spec, rate);
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

#[test]
fn impossible_parameters_give_a_flat_section() {
    let good = FilterSpec {
        kind: FilterKind::Peak,
        frequency_hz: 1e3,
        gain_db: 6.0,
        q: 1.0,
    };
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
        assert!(
            SvfDesign::new(&bad, 48_000.0).coefficients().is_flat(),
            "{bad:?}"
        );
    }
    assert!(!SvfDesign::new(&good, 48_000.0).coefficients().is_flat());
}
