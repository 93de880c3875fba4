use super::*;
use dsp::filter::FilterKind::{self, *};

fn bands(text: &str) -> Vec<EqualizerBand> {
    let read = parse(text).unwrap();
    assert_eq!(read.skipped_lines, [], "{text}");
    read.settings.bands
}

fn skipped(text: &str) -> Vec<usize> {
    let read = parse(text).unwrap();
    read.skipped_lines.iter().map(|line| line.number).collect()
}

/// Kind, Hz, dB and Q of the only filter in `line`.
fn filter(line: &str) -> (FilterKind, f64, f64, f64) {
    let bands = bands(&format!("Filter 1: ON {line}"));
    let filter = bands[0].filter;
    (filter.kind, filter.frequency_hz, filter.gain_db, filter.q)
}

const HD_600: &str = "Preamp: -6.3 dB
Filter 1: ON LSC Fc 105 Hz Gain 6.5 dB Q 0.70
Filter 2: ON PK Fc 125 Hz Gain -2.7 dB Q 0.55
Filter 3: ON PK Fc 1290 Hz Gain -1.2 dB Q 2.23
Filter 4: ON PK Fc 3194 Hz Gain -2.0 dB Q 3.04
Filter 5: OFF PK Fc 5790 Hz Gain 0.0 dB Q 5.00
Filter 6: ON HSC Fc 10000 Hz Gain -3.1 dB Q 0.70
";

#[test]
fn an_autoeq_preset_is_read_whole_and_written_back_byte_for_byte() {
    let read = parse(HD_600).unwrap();
    assert_eq!(read.skipped_lines, []);
    assert_eq!(read.settings.preamp, Decibels(-6.3));
    let kinds: Vec<_> = read.settings.bands.iter().map(|b| b.filter.kind).collect();
    assert_eq!(kinds, [LowShelf, Peak, Peak, Peak, Peak, HighShelf]);
    assert_eq!(read.settings.bands[0].filter.q, 0.7);
    assert!(!read.settings.bands[4].enabled && read.settings.bands[5].enabled);
    assert_eq!(write(&read.settings).unwrap(), HD_600);
    let windows = format!("\u{feff}{}", HD_600.replace('\n', "\r\n"));
    let wide: Vec<u8> = windows.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [windows.as_bytes(), &wide] {
        assert_eq!(super::super::parse_preset(bytes).unwrap(), read);
    }
}

#[test]
fn every_type_has_its_defaults() {
    let half = std::f64::consts::FRAC_1_SQRT_2;
    for (line, want) in [
        (
            "PK Fc 125 Hz Gain -2.7 dB Q 0.55",
            (Peak, 125.0, -2.7, 0.55),
        ),
        ("peq fc125hz gain-2.7db q0.55", (Peak, 125.0, -2.7, 0.55)),
        (
            "Modal Fc 89.40 Hz Gain 3 dB Q 12.197 T60 target 300 ms",
            (Peak, 89.4, 3.0, 12.197),
        ),
        ("LP Fc 80 Hz", (LowPass, 80.0, 0.0, half)),
        ("HP Fc 80 Hz Q 1", (HighPass, 80.0, 0.0, 1.0)),
        ("LPQ Fc 80 Hz Q 0.9", (LowPass, 80.0, 0.0, 0.9)),
        ("HPQ Fc 80 Hz", (HighPass, 80.0, 0.0, half)),
        ("LP Q Fc 80 Hz Q 0.71", (LowPass, 80.0, 0.0, 0.71)),
        ("LP1 Fc 80 Hz", (LowPass, 80.0, 0.0, half)),
        ("BP Fc 1 kHz", (BandPass, 1000.0, 0.0, half)),
        ("NO Fc 50 Hz", (Notch, 50.0, 0.0, 30.0)),
        ("Notch Q Fc 50 Hz Q 5", (Notch, 50.0, 0.0, 5.0)),
        ("AP Fc 900 Hz Q 0.7", (AllPass, 900.0, 0.0, 0.7)),
        ("All pass Fc 900 Hz Q 0.7", (AllPass, 900.0, 0.0, 0.7)),
        (
            "LSC Fc 105 Hz Gain 6.5 dB Q 0.70",
            (LowShelf, 105.0, 6.5, 0.7),
        ),
        (
            "HSC Fc 1 000 Hz Gain 6 dB Q 0.70",
            (HighShelf, 1000.0, 6.0, 0.7),
        ),
        (
            "PK Fc 1.000 Hz Gain 6,5 dB Q 1,414",
            (Peak, 1000.0, 6.5, 1.414),
        ),
        (
            "PK Fc 1\u{a0}250 Hz Gain \u{2212}6 dB Q 10.000",
            (Peak, 1250.0, -6.0, 10.0),
        ),
    ] {
        assert_eq!(filter(line), want, "{line}");
    }
    let first_order = bands("Filter: ON HP1 Fc 80 Hz");
    assert_eq!(first_order[0].filter.slope.db_per_octave(), 6);
    let (_, _, _, q) = filter("PK Fc 1000 Hz Gain 3 dB BW Oct 1");
    assert!((q - std::f64::consts::SQRT_2).abs() < 1e-7);
}

#[test]
fn shelves_follow_slope_and_corner() {
    // 10^(6 / 80 / (6 / 12)) and 10^(6 / 80 / 1).
    let (steep, gentle) = (1.188_502_227, 1.412_537_545);
    for (line, centre) in [
        ("LS 6 dB Fc 100 Hz Gain 6 dB", 100.0 * gentle),
        ("LS 6dB Fc 100 Hz Gain -6 dB", 100.0 * gentle),
        ("LS6dB Fc 100 Hz Gain 6 dB", 100.0 * gentle),
        ("LS 12dB Fc 100 Hz Gain 6 dB", 100.0 * steep),
        ("HS 12 dB Fc 100 Hz Gain 6 dB", 100.0 / steep),
        ("HS 6dB Fc 100 Hz Gain 6 dB", 100.0 / gentle),
        ("LSC 6 dB Fc 100 Hz Gain 6 dB", 100.0),
        ("HSC 12dB Fc 100 Hz Gain 6 dB", 100.0),
        ("LS Fc 100 Hz Gain 6 dB", 100.0),
        ("HS Fc 100 Hz Gain 6 dB", 100.0),
        // Q = 1 / sqrt(2) is S = 1 at any gain.
        (
            "LS Fc 100 Hz Gain 6 dB Q 0.70710678118654752",
            100.0 * steep,
        ),
        (
            "HS Q Fc 100 Hz Gain 6 dB Q 0.70710678118654752",
            100.0 / steep,
        ),
    ] {
        let (_, hz, _, _) = filter(line);
        assert!(
            (hz - centre).abs() < 1e-5,
            "{line}: {hz} instead of {centre}"
        );
    }
    // S = 1 is Q = 1 / sqrt(2); S = 0.9 and 0.5 by the cookbook's formula at 6 dB.
    for (line, want) in [
        (
            "LSC 12 dB Fc 100 Hz Gain 6 dB",
            std::f64::consts::FRAC_1_SQRT_2,
        ),
        ("LS Fc 100 Hz Gain 6 dB", 0.668_808_9),
        ("HSC 6 dB Fc 100 Hz Gain 6 dB", 0.492_635_7),
    ] {
        let (_, _, _, q) = filter(line);
        assert!((q - want).abs() < 1e-6, "{line}: {q}");
    }
}

#[test]
fn a_room_eq_wizard_export_is_read_with_its_heading_reported() {
    let text = "Filter Settings file\n\nRoom EQ V5.31.3\nDated: 18.05.2025 04:13:30\n\nNotes:\n\n\
        Equaliser: Generic\nFL Mar 10\n\
        Filter  1: ON  PK       Fc    63,5 Hz  Gain   -6,0 dB  Q  4,00\n\
        Filter  2: ON  Modal    Fc   1.250 Hz  Gain -12,40 dB  Q 12,345  T60 target   300 ms\n\
        Filter  3: ON  None   \n\
        Filter  4: ON  LS 6dB   Fc   200,0 Hz  Gain   3,00 dB\n\
        Filter  5: OFF HP       Fc   20,00 Hz \n\
        Filter  6: ON  L-T      Fc   50,00 Hz  Q   1,20 Fp 30 Qp 0,50\n";
    let read = parse(text).unwrap();
    let numbers: Vec<_> = read.skipped_lines.iter().map(|line| line.number).collect();
    assert_eq!(numbers, [1, 3, 4, 6, 8, 9, 15]);
    assert_eq!(read.skipped_lines[6].reason, "unknown filter type");
    let found: Vec<_> = read
        .settings
        .bands
        .iter()
        .map(|b| (b.filter.frequency_hz, b.enabled))
        .collect();
    assert_eq!(
        (found[0], found[1], found[3]),
        ((63.5, true), (1250.0, true), (20.0, false))
    );
    assert_eq!(read.settings.bands[1].filter.q, 12.345);
}

#[test]
fn oratory_presets_with_comma_decimals_are_read() {
    let text = "Preamp: -5,2 dB\nFilter 1: ON LS Fc 105,0 Hz Gain 5,5 dB Q 0,71\n\
        Filter 2: ON PK Fc 3300 Hz Gain -3,25 dB Q 2,5\nFilter 3: ON HS Fc 10.000 Hz Gain 2,0 dB Q 0,71\n";
    let read = parse(text).unwrap();
    assert_eq!(
        (read.settings.preamp.0, read.skipped_lines.len()),
        (-5.2, 0)
    );
    assert_eq!(read.settings.bands[1].filter.gain_db, -3.25);
    assert!(read.settings.bands[2].filter.frequency_hz > 5_000.0);
}

#[test]
fn preamps_add_up_and_channels_aim_filters() {
    let text = "PREAMP: -3 dB\npreamp: -2.5db # more\n# all\nChannel: L\nFilter: ON PK Fc 100 Hz Gain 1 dB Q 1\n\
        Channel: 2\nFilter: ON PK Fc 100 Hz Gain 2 dB Q 1\nchannel: r l\nFilter: ON PK Fc 100 Hz Gain 3 dB Q 1\n\
        Channel: ALL\nFilter: ON PK Fc 100 Hz Gain 4 dB Q 1\n";
    let read = parse(text).unwrap();
    assert_eq!(
        (read.settings.preamp, read.skipped_lines.len()),
        (Decibels(-5.5), 0)
    );
    let targets: Vec<_> = read.settings.bands.iter().map(|band| band.target).collect();
    use ChannelTarget::{Both, Left, Right};
    assert_eq!(targets, [Left, Right, Both, Both]);
    let other = "Preamp: -1 dB\nChannel: SUB\nFilter: ON PK Fc 100 Hz Gain 1 dB Q 1\nChannel: MID\n\
        Filter: ON PK Fc 100 Hz Gain 1 dB Q 1\nChannel: L\nPreamp: -2 dB\nGraphicEQ: 20 1\n";
    assert_eq!(skipped(other), [2, 3, 4, 5, 7, 8]);
}

#[test]
fn mid_and_side_are_written_in_words_that_do_the_same_elsewhere() {
    let mut settings = parse("Filter: ON PK Fc 100 Hz Gain 1 dB Q 1\n".repeat(5).as_str())
        .unwrap()
        .settings;
    use ChannelTarget::{Both, Left, Mid, Side};
    for (band, target) in settings.bands.iter_mut().zip([Both, Mid, Side, Left, Side]) {
        band.target = target;
    }
    let text = write(&settings).unwrap();
    let commands: Vec<_> = text.lines().filter(|line| line.starts_with('C')).collect();
    assert_eq!(
        commands,
        [
            ENCODE,
            "Channel: MID",
            "Channel: SIDE",
            DECODE,
            "Channel: L",
            ENCODE,
            "Channel: SIDE",
            DECODE,
            "Channel: ALL"
        ]
    );
    let read = parse(&text).unwrap();
    assert_eq!((read.settings, read.skipped_lines.len()), (settings, 0));
}

#[test]
fn a_graphic_eq_keeps_all_its_points() {
    let points: Vec<String> = (0..127)
        .map(|n| {
            format!(
                "{} {:.1}",
                (20.0 * 1.0563_f64.powi(n)).round(),
                f64::from(n % 23) / 10.0 - 6.0
            )
        })
        .collect();
    let text = format!("GraphicEQ: {}\n", points.join("; "));
    let read = parse(&text).unwrap();
    assert_eq!(
        (read.settings.preamp, read.skipped_lines.len()),
        (Decibels::UNITY, 0)
    );
    assert_eq!(read.settings.curve.as_ref().unwrap().points.len(), 127);
    assert_eq!(graphic::write_settings(&read.settings).unwrap(), text);
    let trailing = parse(&text.replace('\n', ";\r\n")).unwrap();
    assert_eq!(trailing.settings, read.settings);
    let commas = parse("GraphicEQ: 63,5 -1,5; 1000 2")
        .unwrap()
        .settings
        .curve
        .unwrap();
    assert_eq!(commas.points, [(63.5, -1.5), (1000.0, 2.0)]);
    let mixed = parse(&format!(
        "Preamp: -2 dB\n{text}Filter: ON PK Fc 100 Hz Gain 1 dB Q 1\n"
    ))
    .unwrap();
    assert_eq!(
        (mixed.settings.bands.len(), mixed.settings.preamp.0),
        (1, -2.0)
    );
    assert_eq!(mixed.settings.curve, read.settings.curve);
    let twice = parse("GraphicEQ: 100 1; 1000 3\nGraphicEQ: 10 0; 100 2")
        .unwrap()
        .settings
        .curve
        .unwrap();
    assert_eq!(twice.points, [(10.0, 1.0), (100.0, 3.0), (1000.0, 5.0)]);
}

#[test]
fn bad_points_are_reported_and_the_rest_is_kept() {
    let text = "GraphicEQ: 0 1; -5 1; 30 nan; 40 1e999; 50; 70 9 8; 60 2; 20 1; 60 3; 1e99 1";
    let read = parse(text).unwrap();
    assert_eq!(
        read.settings.curve.unwrap().points,
        [(20.0, 1.0), (60.0, 2.0), (70.0, 9.0)]
    );
    assert_eq!(read.skipped_lines.len(), 1);
    assert!(parse("GraphicEQ:\n").is_err());
}

#[test]
fn hostile_lines_are_reported_and_never_used() {
    let lines = [
        "PK Fc NaN Hz Gain 1 dB Q 1",
        "PK Fc inf Hz Gain 1 dB Q 1",
        "PK Fc 1e999 Hz Gain 1 dB Q 1",
        "PK Fc 0 Hz Gain 1 dB Q 1",
        "PK Fc -100 Hz Gain 1 dB Q 1",
        "PK Fc 100 Hz Gain 1e300 dB Q 1",
        "PK Fc 100 Hz Gain 1 dB Q -1",
        "PK Fc 100 Hz Gain 1 dB Q 0",
        "PK Fc 100 Hz Gain 1 dB",
        "PK Fc 100 Hz Gain 1 dB BW Oct -1",
        "PK Fc 100 Hz Gain 1 dB BW Oct 1e300",
        "PK Fc 100 Hz Q 1",
        "PK Fc",
        "PK",
        "",
        "AP Fc 100 Hz",
        "LS 0 dB Fc 100 Hz Gain 6 dB",
        "LS -6 dB Fc 100 Hz Gain 6 dB",
        "LS 1000 dB Fc 100 Hz Gain 60 dB",
        "LS Fc 100 Hz Gain 6 dB Q -0.7",
        "XX Fc 100 Hz Gain 6 dB Q 1",
        "PK\u{0} Fc 100 Hz Gain 6 dB Q 1",
    ];
    for line in lines {
        let text = format!("Preamp: 0 dB\nFilter 1: ON {line}\n");
        assert_eq!(skipped(&text), [2], "{line:?}");
    }
    assert_eq!(
        skipped("Preamp: 1 dB\nPreamp: x\nPreamp: 1e999\nPreamp: 300 dB\nPreamp\n"),
        [2, 3, 4, 5]
    );
    let filters = "Filter: ON PK Fc 100 Hz Gain 1 dB Q 1\n".repeat(70);
    assert_eq!(skipped(&filters), (65..=70).collect::<Vec<_>>());
    assert!(parse("Filter 1: ON None\n").is_err());
    assert!(parse("hello\nworld\n").is_err());
}
