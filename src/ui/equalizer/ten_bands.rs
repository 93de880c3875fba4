//! What ten sliders can show.

use dsp::equalizer::{BAND_RANGE_DB, EqualizerBand, EqualizerSettings};
use dsp::filter::FilterSpec;

/// Whether the ten sliders show everything `settings` do.
pub(crate) fn fits_sliders(settings: &EqualizerSettings) -> bool {
    let flat = EqualizerSettings::ten_bands().bands;
    let fits = |(band, flat): (&EqualizerBand, EqualizerBand)| {
        let gain_db = band.filter.gain_db;
        let filter = FilterSpec {
            gain_db,
            ..flat.filter
        };
        *band == EqualizerBand { filter, ..flat } && gain_db.abs() <= BAND_RANGE_DB.into()
    };
    settings.curve.is_none()
        && settings.bands.len() == flat.len()
        && settings.bands.iter().zip(flat).all(fits)
}

/// Whether the bands are drawn as a list: because the listener wants it, or because sliders cannot show
/// them.
pub(crate) fn is_list(show_bands: bool, settings: &EqualizerSettings) -> bool {
    show_bands || !fits_sliders(settings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use dsp::equalizer::{ChannelTarget, GraphicCurve};

    #[test]
    fn sliders_show_octave_bells_and_nothing_else() {
        let ten = EqualizerSettings::ten_bands();
        assert!(fits_sliders(&ten));
        let with = |change: &dyn Fn(&mut EqualizerBand)| {
            let mut settings = ten.clone();
            change(&mut settings.bands[4]);
            fits_sliders(&settings)
        };
        assert!(with(&|band| band.filter.gain_db = -12.0));
        assert!(!with(&|band| band.filter.gain_db = 12.5));
        assert!(!with(&|band| band.filter.q = 0.7));
        assert!(!with(&|band| band.enabled = false));
        assert!(!with(&|band| band.target = ChannelTarget::Side));
        let curve = Some(GraphicCurve::default());
        assert!(!fits_sliders(&EqualizerSettings { curve, ..ten }));
    }
}
