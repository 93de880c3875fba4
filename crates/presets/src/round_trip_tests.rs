use super::*;
use dsp::equalizer::{ChannelTarget, EqualizerBand, GraphicCurve};
use dsp::filter::{FilterKind, FilterSpec, PassSlope};
use dsp::units::Decibels;

/// A generator with a fixed seed (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % end
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize]
    }

    /// Between `low` and `high`: a round number, a short one, or one with all its digits.
    fn number(&mut self, low: f64, high: f64) -> f64 {
        let value = low + (high - low) * self.below(1 << 52) as f64 / (1_u64 << 52) as f64;
        match self.below(4) {
            0 => value.round().clamp(low, high),
            1 => ((value * 10.0).round() / 10.0).clamp(low, high),
            2 => ((value * 1000.0).round() / 1000.0).clamp(low, high),
            _ => value,
        }
    }

    fn band(&mut self) -> EqualizerBand {
        use FilterKind::{AllPass, BandPass, HighPass, HighShelf, LowPass, LowShelf, Notch, Peak};
        let kinds = [
            Peak, LowShelf, HighShelf, LowPass, HighPass, BandPass, Notch, AllPass,
        ];
        let kind = self.pick(&kinds);
        let gain_db = match kind.has_gain() || self.below(4) == 0 {
            true => self.number(-30.0, 30.0),
            false => 0.0,
        };
        let mut filter = FilterSpec::new(
            kind,
            self.number(0.1, 40_000.0),
            gain_db,
            self.number(0.01, 40.0),
        );
        if matches!(kind, LowPass | HighPass) {
            let slopes: Vec<_> = PassSlope::all().collect();
            filter.slope = self.pick(&slopes);
            if filter.slope.order() != 2 || self.below(3) == 0 {
                filter.q = std::f64::consts::FRAC_1_SQRT_2;
            }
        }
        let is_section = filter.slope.order() == 2 && !matches!(kind, LowShelf | HighShelf);
        if is_section && self.below(4) == 0 {
            let octaves = self.number(0.05, 8.0);
            let FilterSpec {
                frequency_hz,
                gain_db,
                ..
            } = filter;
            filter = FilterSpec::with_bandwidth(kind, frequency_hz, gain_db, octaves);
        }
        use ChannelTarget::{Both, Left, Mid, Right, Side};
        EqualizerBand {
            enabled: self.below(4) > 0,
            filter,
            target: self.pick(&[Both, Both, Both, Left, Right, Mid, Side]),
        }
    }

    fn curve(&mut self) -> GraphicCurve {
        let mut hz = self.number(0.1, 30.0);
        let points = (0..=self.below(127)).map(|_| {
            hz += self.number(0.1, 200.0);
            (hz, self.number(-40.0, 40.0))
        });
        GraphicCurve {
            points: points.collect(),
        }
    }

    fn settings(&mut self) -> EqualizerSettings {
        EqualizerSettings {
            enabled: true,
            preamp: Decibels(self.number(-40.0, 12.0) as f32),
            bands: (0..self.below(17)).map(|_| self.band()).collect(),
            curve: (self.below(3) == 0).then(|| self.curve()),
        }
    }
}

fn assert_same(settings: &EqualizerSettings, format: PresetFormat, name: &str) {
    let bytes = write_preset(settings, format, name).unwrap();
    let read = parse_preset(&bytes).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    assert_eq!(read.skipped_lines, [], "{text}");
    assert_eq!(&read.settings, settings, "{text}");
    // And what is read is written the same.
    assert_eq!(write_preset(&read.settings, format, name).unwrap(), bytes);
}

#[test]
fn a_thousand_settings_come_back_from_text() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..1_000 {
        assert_same(&random.settings(), PresetFormat::Parametric, "");
    }
}

#[test]
fn curves_and_sliders_come_back_from_their_formats() {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    for _ in 0..300 {
        let curve = Some(random.curve());
        let settings = EqualizerSettings {
            enabled: true,
            preamp: Decibels::UNITY,
            bands: vec![],
            curve,
        };
        assert_same(&settings, PresetFormat::GraphicEq, "");
        let mut lines: Vec<String> = (0..18)
            .map(|_| number::write(random.number(-20.0, 20.0), 0))
            .collect();
        if random.below(2) == 0 {
            lines.push("-6.3".into());
        }
        let settings = parse_preset(lines.join("\n").as_bytes()).unwrap().settings;
        assert_same(&settings, PresetFormat::Foobar, "");
        let mut library = b"Winamp EQ library file v1.1\x1a!--Entry1".to_vec();
        library.resize(288, 0);
        library.extend((0..11).map(|_| random.below(64) as u8));
        let settings = parse_preset(&library).unwrap().settings;
        assert_same(&settings, PresetFormat::Winamp, "Entry1");
    }
}

#[test]
fn built_in_presets_come_back_from_text() {
    for name in built_in::names() {
        assert_same(
            &built_in::preset(name).unwrap(),
            PresetFormat::Parametric,
            "",
        );
    }
}

/// Noise, and real lines with bytes changed, must neither panic nor give filters that are not numbers.
#[test]
fn no_bytes_make_it_panic() {
    let mut random = Random(0xdead_beef_cafe_f00d);
    for _ in 0..3_000 {
        let settings = random.settings();
        let mut bytes = write_preset(&settings, PresetFormat::Parametric, "").unwrap();
        for _ in 0..random.below(20) {
            let at = random.below(bytes.len() as u64) as usize;
            bytes[at] = random.pick(b"\0\xff\xa0 .,-+eE19:;#\n\rQqFcHz%\xe9");
        }
        if random.below(5) == 0 {
            bytes.truncate(random.below(bytes.len() as u64) as usize);
        }
        let Ok(read) = parse_preset(&bytes) else {
            continue;
        };
        for band in &read.settings.bands {
            let spec = FilterSpec {
                q: band.filter.q.max(0.001),
                ..band.filter
            };
            assert_eq!(limits::check(&spec), Ok(()));
        }
        let response = read.settings.response_db(1_000.0, 48_000.0);
        assert!(response.is_finite(), "{response}");
        assert_same(&read.settings, PresetFormat::Parametric, "");
    }
}
