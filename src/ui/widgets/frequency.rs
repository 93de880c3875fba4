//! Frequencies as they are written and read.

/// "20", "1k", "2.5k": for scales.
pub(crate) fn short(hz: f64) -> String {
    if hz >= 999.5 {
        format!("{}k", (hz / 100.0).round() / 10.0)
    } else {
        format!("{}", hz.floor())
    }
}

/// "62 Hz", "1 kHz": for names.
pub(crate) fn long(hz: f64) -> String {
    if hz >= 999.5 {
        format!("{} kHz", (hz / 10.0).round() / 100.0)
    } else {
        format!("{} Hz", hz.floor())
    }
}

/// What was typed: "63,5", "1000 Hz", "2.5 kHz", "3k15".
pub(crate) fn parse(text: &str) -> Option<f64> {
    let text = text.to_lowercase().replace(',', ".").replace("hz", "");
    match text.split_once('k') {
        Some((thousands, "")) => Some(1e3 * thousands.trim().parse::<f64>().ok()?),
        Some((thousands, rest)) => {
            let digits = format!("{}.{}", thousands.trim(), rest.trim());
            Some(1e3 * digits.parse::<f64>().ok()?)
        }
        None => text.trim().parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dsp::equalizer::GRAPHIC_BANDS_HZ;

    #[test]
    fn frequencies_are_read_as_people_type_them() {
        for (text, hz) in [
            ("63,5", 63.5),
            ("1000 Hz", 1000.0),
            ("2.5 kHz", 2500.0),
            ("3k15", 3150.0),
            ("10k", 10_000.0),
        ] {
            assert!((parse(text).unwrap() - hz).abs() < 1e-9, "{text}");
        }
        assert_eq!(parse("loud"), None);
    }

    #[test]
    fn the_ten_bands_have_the_names_listeners_know() {
        let names = GRAPHIC_BANDS_HZ.map(long);
        let known = [
            "31 Hz", "62 Hz", "125 Hz", "250 Hz", "500 Hz", "1 kHz", "2 kHz", "4 kHz", "8 kHz",
            "16 kHz",
        ];
        assert_eq!(names, known);
        assert_eq!(
            GRAPHIC_BANDS_HZ.map(short)[..6],
            ["31", "62", "125", "250", "500", "1k"]
        );
        assert_eq!(
            (short(2_500.0), long(3_150.0)),
            ("2.5k".into(), "3.15 kHz".into())
        );
    }
}
