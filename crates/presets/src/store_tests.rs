use super::*;
use dsp::equalizer::ChannelTarget;
use dsp::filter::FilterKind;
use dsp::filter::PassSlope;

const NAMES: [&str; 14] = [
    "Rock",
    "HD 600 (2020), mild",
    "Ünïcödé",
    "夜のジャズ",
    "בסיס",
    "a/b\\c",
    "..",
    ".hidden",
    "con",
    "COM1.x",
    "100 %",
    "%41",
    "tab\tline\nend",
    "🎧 <loud>?*:|\"",
];

fn settings(gain_db: f64) -> EqualizerSettings {
    let mut settings = EqualizerSettings::ten_bands();
    settings.bands[3].filter.gain_db = gain_db;
    settings.bands[4].target = ChannelTarget::Side;
    settings.bands[5].filter.kind = FilterKind::HighPass;
    settings.bands[5].filter.q = std::f64::consts::FRAC_1_SQRT_2;
    settings.bands[5].filter.slope = PassSlope::from_db_per_octave(30).unwrap();
    settings
}

#[test]
fn names_in_any_script_become_safe_file_names_and_come_back() {
    for name in NAMES {
        let file = file_name(name).unwrap();
        assert!(
            !file.starts_with('.') && !file.contains(['/', '\\', ':', '\n', '*', '"']),
            "{file}"
        );
        assert!(!is_reserved(&file), "{file}");
        assert_eq!(name_of(Path::new(&file)).as_deref(), Some(name));
    }
    assert!(file_name("  ").is_err());
    assert!(file_name(&"夜".repeat(100)).is_err());
    assert_eq!(name_of(Path::new("notes.pdf")), None);
    assert_eq!(
        name_of(Path::new("50% off%.txt")).as_deref(),
        Some("50% off%")
    );
}

#[test]
fn presets_are_kept_listed_renamed_and_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("not yet");
    assert_eq!(list(&folder).unwrap(), Vec::<String>::new());
    for (number, name) in NAMES.iter().enumerate() {
        save(&folder, name, &settings(number as f64)).unwrap();
    }
    let mut want: Vec<String> = NAMES.map(str::to_owned).to_vec();
    want.sort_by_key(|name| name.to_lowercase());
    assert_eq!(list(&folder).unwrap(), want);
    assert_eq!(
        std::fs::read_dir(&folder).unwrap().count(),
        NAMES.len(),
        "nothing else is left"
    );
    for (number, name) in NAMES.iter().enumerate() {
        let read = load(&folder, name).unwrap();
        assert_eq!(read.settings, settings(number as f64), "{name}");
        assert_eq!(read.name.as_deref(), Some(*name));
    }
    save(&folder, "ROCK", &settings(9.5)).unwrap();
    assert_eq!(list(&folder).unwrap().len(), NAMES.len());
    assert_eq!(load(&folder, "rock").unwrap().settings, settings(9.5));
    assert!(
        rename(&folder, "Rock", "CON")
            .unwrap_err()
            .to_string()
            .contains("already")
    );
    rename(&folder, "Rock", "ROCK").unwrap();
    rename(&folder, "rock", "Stone").unwrap();
    assert_eq!(load(&folder, "stone").unwrap().settings, settings(9.5));
    delete(&folder, "STONE").unwrap();
    for gone in [
        load(&folder, "Stone").map(|_| ()),
        delete(&folder, "Rock"),
        rename(&folder, "Rock", "x"),
    ] {
        assert!(matches!(gone, Err(PresetError::Missing(_))));
    }
}

#[test]
fn a_failed_save_keeps_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    save(folder.path(), "mine", &settings(1.0)).unwrap();
    let mut bad = settings(f64::NAN);
    assert!(
        save(folder.path(), "mine", &bad)
            .unwrap_err()
            .to_string()
            .starts_with("band 4")
    );
    bad = settings(2.0);
    let file = folder.path().join("file");
    std::fs::write(&file, "x").unwrap();
    assert!(save(&file, "mine", &bad).is_err());
    assert_eq!(load(folder.path(), "mine").unwrap().settings, settings(1.0));
}

#[test]
fn a_broken_file_is_one_line() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("bad.txt"), [0_u8, 159, 146, 150]).unwrap();
    std::fs::write(folder.path().join("AutoEq%20one.TXT"), "Preamp: -1 dB\n").unwrap();
    std::fs::create_dir(folder.path().join("dir.txt")).unwrap();
    assert_eq!(list(folder.path()).unwrap(), ["AutoEq one", "bad", "dir"]);
    assert_eq!(
        load(folder.path(), "bad").unwrap_err().to_string(),
        "no equalizer preset in this file"
    );
    assert_eq!(
        load(folder.path(), "autoeq one").unwrap().settings.preamp.0,
        -1.0
    );
    assert_eq!(
        load(folder.path(), "dir").unwrap_err(),
        PresetError::Io("is a folder".into())
    );
}
