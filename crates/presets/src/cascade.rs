//! Low and high passes of any order as the first- and second-order sections preset text knows.

use dsp::equalizer::EqualizerBand;
use dsp::filter::{FilterKind, FilterSpec, PassSlope};
use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// The sections `spec` runs as; the slope of each is 6 or 12 dB an octave. Same order and Qs as
/// [`dsp::filter::SvfDesign::cascade`].
pub(super) fn sections(spec: &FilterSpec) -> Vec<FilterSpec> {
    let order = spec.slope.order();
    if order == 2 || !is_pass(spec.kind) {
        let slope = PassSlope::SECOND_ORDER;
        return vec![FilterSpec { slope, ..*spec }];
    }
    let section = |q, order| FilterSpec {
        q,
        bandwidth_octaves: None,
        slope: slope(order),
        ..*spec
    };
    let first = (order % 2 == 1).then(|| section(FRAC_1_SQRT_2, 1));
    let pairs = (0..order / 2).map(|pair| {
        let step = f64::from(pair) + if order % 2 == 1 { 1.0 } else { 0.5 };
        section(1.0 / (2.0 * (PI * step / f64::from(order)).cos()), 2)
    });
    first.into_iter().chain(pairs).collect()
}

/// `bands` with the rows of sections that [`sections`] makes put together again.
pub(super) fn joined(bands: &[EqualizerBand]) -> Vec<EqualizerBand> {
    let mut out = Vec::with_capacity(bands.len());
    let mut rest = bands;
    while let Some(first) = rest.first() {
        let whole = (3..=8).rev().find_map(|order| {
            let filter = FilterSpec {
                q: FRAC_1_SQRT_2,
                bandwidth_octaves: None,
                slope: slope(order),
                ..first.filter
            };
            let row = sections(&filter);
            let is_row = is_pass(filter.kind)
                && rest.len() >= row.len()
                && row.iter().zip(rest).all(|(section, band)| {
                    *band
                        == EqualizerBand {
                            filter: *section,
                            ..*first
                        }
                });
            is_row.then_some((EqualizerBand { filter, ..*first }, row.len()))
        });
        let (band, length) = whole.unwrap_or((*first, 1));
        out.push(band);
        rest = &rest[length..];
    }
    out
}

fn is_pass(kind: FilterKind) -> bool {
    matches!(kind, FilterKind::LowPass | FilterKind::HighPass)
}

fn slope(order: u8) -> PassSlope {
    PassSlope::from_db_per_octave(6 * u32::from(order)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use dsp::equalizer::EqualizerSettings;

    #[test]
    fn sections_sound_as_the_slope_they_make_and_join_to_it() {
        for kind in [FilterKind::LowPass, FilterKind::HighPass] {
            for slope in PassSlope::all() {
                let mut filter = FilterSpec::new(kind, 900.0, 0.0, FRAC_1_SQRT_2);
                filter.slope = slope;
                let whole = vec![EqualizerBand::new(filter)];
                let apart: Vec<_> = sections(&filter)
                    .into_iter()
                    .map(EqualizerBand::new)
                    .collect();
                assert_eq!(joined(&apart), whole);
                let response = |bands: &[EqualizerBand]| {
                    let bands = bands.to_vec();
                    EqualizerSettings {
                        bands,
                        ..EqualizerSettings::ten_bands()
                    }
                    .curve_db(&[100.0, 900.0, 5_000.0], 48_000.0)
                };
                for (a, b) in response(&apart).iter().zip(response(&whole)) {
                    assert!(
                        (a - b).abs() < 1e-9,
                        "{} dB/oct: {a} {b}",
                        slope.db_per_octave()
                    );
                }
            }
        }
    }

    #[test]
    fn a_row_that_differs_stays_apart() {
        let mut filter = FilterSpec::new(FilterKind::LowPass, 900.0, 0.0, FRAC_1_SQRT_2);
        filter.slope = slope(4);
        let mut bands: Vec<_> = sections(&filter)
            .into_iter()
            .map(EqualizerBand::new)
            .collect();
        bands[1].enabled = false;
        assert_eq!(joined(&bands), bands);
        bands[1].enabled = true;
        bands[1].filter.frequency_hz = 901.0;
        assert_eq!(joined(&bands), bands);
    }
}
