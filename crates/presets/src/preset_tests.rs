use super::*;
use dsp::filter::FilterKind;

#[test]
fn the_kind_is_found_by_content() {
    let feq = "1\r\n".repeat(18);
    assert_eq!(
        parse_preset(feq.as_bytes()).unwrap().settings.bands.len(),
        18
    );
    let eqf = [
        b"Winamp EQ library file v1.1\x1a!--".as_slice(),
        &[0; 257],
        &[31; 11],
    ]
    .concat();
    assert_eq!(parse_preset(&eqf).unwrap().settings.bands.len(), 10);
    let curve = parse_preset(b"GraphicEQ: 20 -1; 20000 1").unwrap().settings;
    assert_eq!(curve.curve.unwrap().points.len(), 2);
    for junk in [
        b"".as_slice(),
        b"\n\n",
        b"hello",
        b"\x7fELF\0\0",
        b"\xff\xfe",
        b"{}",
        b"1 2 3",
    ] {
        let error = parse_preset(junk).unwrap_err().to_string();
        assert!(!error.contains('\n') && !error.is_empty());
    }
}

#[test]
fn huge_files_are_refused_and_long_ones_read() {
    let line = "Filter 1: ON PK Fc 100 Hz Gain x dB Q 1\n";
    let long = "\n".repeat(100_000) + &line.repeat(10) + "Preamp: -1 dB";
    let read = parse_preset(long.as_bytes()).unwrap();
    assert_eq!(read.skipped_lines.len(), 10);
    assert_eq!(read.skipped_lines[0].number, 100_001);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("huge.txt");
    std::fs::write(&path, line.repeat(30_000)).unwrap();
    assert_eq!(read_preset(&path).unwrap_err(), PresetError::TooLarge);
    assert_eq!(
        read_preset(&folder.path().join("no.txt")).unwrap_err(),
        PresetError::Io("no such file".into())
    );
}

#[test]
fn a_name_is_a_file_then_an_own_preset_then_a_built_in_one() {
    let folder = tempfile::tempdir().unwrap();
    let presets = folder.path().join("presets");
    let found = |name: &str| {
        let found = resolve(Path::new(name), &presets);
        found
            .map(|read| read.settings)
            .map_err(|error| error.to_string())
    };
    assert_eq!(found("rock").unwrap(), built_in::preset("Rock").unwrap());
    let mut own = EqualizerSettings::ten_bands();
    own.bands[0].filter.gain_db = 1.0;
    store::save(&presets, "Rock", &own).unwrap();
    store::save(&presets, "Mine v1.2", &own).unwrap();
    assert_eq!(found("rock").unwrap(), own);
    assert_eq!(found("mine V1.2").unwrap(), own);
    let file = folder.path().join("Rock");
    std::fs::write(&file, "Preamp: -3 dB").unwrap();
    assert_eq!(found(file.to_str().unwrap()).unwrap().preamp.0, -3.0);
    assert_eq!(
        found("Rok").unwrap_err(),
        "no file or preset of that name; near are Rock"
    );
    assert_eq!(found("no/such.txt").unwrap_err(), "no such file");
    assert!(found("zither").unwrap_err().contains("Flat"));
}

#[test]
fn formats_refuse_what_they_cannot_hold() {
    let ten = EqualizerSettings::ten_bands();
    for format in [
        PresetFormat::GraphicEq,
        PresetFormat::Foobar,
        PresetFormat::Winamp,
    ] {
        let error = write_preset(&ten, format, "x").unwrap_err().to_string();
        assert!(!error.contains('\n'), "{error}");
    }
    let mut bad = ten.clone();
    bad.bands[6].filter.kind = FilterKind::Notch;
    bad.bands[6].filter.q = 0.0;
    let error = write_preset(&bad, PresetFormat::Parametric, "x").unwrap_err();
    assert_eq!(error.to_string(), "band 7: Q out of range");
    bad.bands = vec![ten.bands[0]; 65];
    assert!(
        write_preset(&bad, PresetFormat::Parametric, "x")
            .unwrap_err()
            .to_string()
            .contains("65")
    );
}

#[test]
fn one_of_a_library_is_read_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("winamp.q1");
    let mut bytes = b"Winamp EQ library file v1.1\x1a!--".to_vec();
    for (name, slider) in [("One", 31), ("Two", 0)] {
        let mut record = name.as_bytes().to_vec();
        record.resize(257, 0);
        record.extend([slider; 11]);
        bytes.extend(record);
    }
    std::fs::write(&path, bytes).unwrap();
    assert_eq!(read_preset(&path).unwrap().other_names, ["Two"]);
    assert_eq!(
        read_preset_named(&path, "two").unwrap().settings.preamp.0,
        12.0
    );
    assert!(read_preset_named(&path, "three").is_err());
}
