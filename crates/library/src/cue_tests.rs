use super::*;
use std::time::Duration;

const SHEET: &str = "REM GENRE Jazz\r\nREM DATE 1959\r\nPERFORMER \"The Band\"\r\nTITLE \"The Album\"\r\n\
    FILE \"album.wav\" WAVE\r\n  TRACK 01 AUDIO\r\n    TITLE \"One\"\r\n    INDEX 01 00:00:00\r\n\
    TRACK 02 AUDIO\r\n    TITLE \"Two\"\r\n    PERFORMER \"A Guest\"\r\n    REM REPLAYGAIN_TRACK_GAIN -3.10 dB\r\n\
    INDEX 00 00:01:70\r\n    INDEX 01 00:02:01\r\n  TRACK 03 MODE1/2352\r\n    INDEX 01 00:03:00\r\n\
    FILE \"bonus.flac\" WAVE\r\n  TRACK 04 AUDIO\r\n    TITLE \"Bonus\"\r\n    INDEX 01 00:00:00\r\n";

fn folder_with(files: &[&str], sheet: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    for file in files {
        std::fs::write(folder.path().join(file), b"x").unwrap();
    }
    let cue = folder.path().join("a.cue");
    std::fs::write(&cue, sheet).unwrap();
    (folder, cue)
}

#[test]
fn tracks_have_their_bounds_and_names() {
    let (folder, cue) = folder_with(&["album.flac", "bonus.flac"], SHEET.as_bytes());
    let tracks = read_cue(&cue).unwrap();
    let name = |track: &TrackLocation| track.path().strip_prefix(folder.path()).unwrap().to_owned();
    let names: Vec<PathBuf> = tracks.iter().map(name).collect();
    // The WAVE file has been compressed since.
    let want = ["album.flac", "album.flac", "bonus.flac"].map(PathBuf::from);
    assert_eq!(names, want);
    let parts: Vec<&TrackPart> = tracks.iter().filter_map(|t| t.part.as_deref()).collect();
    let frame =
        |time: Duration, rate_hz: u128| (time.as_nanos() * rate_hz + 500_000_000) / 1_000_000_000;
    // 2 s and 1/75 s.
    for (rate_hz, want) in [
        (44_100, 88_788),
        (48_000, 96_640),
        (8_000, 16_107),
        (384_000, 773_120),
    ] {
        assert_eq!(frame(parts[1].start, rate_hz), want, "{rate_hz}");
    }
    assert_eq!(parts[0].end, Some(parts[1].start));
    assert_eq!(parts[1].end, None, "the track of data does not count");
    let tags = &parts[1].tags;
    assert_eq!(tags.title.as_deref(), Some("Two"));
    assert_eq!(tags.artist.as_deref(), Some("A Guest"));
    assert_eq!(tags.album_artist.as_deref(), Some("The Band"));
    assert_eq!(tags.album.as_deref(), Some("The Album"));
    assert_eq!(
        (tags.track_number, tags.date.as_deref()),
        (Some(2), Some("1959"))
    );
    assert_eq!(parts[1].replaygain["track_gain"], "-3.10 dB");
    assert_eq!(parts[2].tags.track_number, Some(4));
}

#[test]
fn any_encoding_and_any_nonsense() {
    let russian = "TITLE \"Подмосковные вечера и другие песни\"\nFILE \"a.flac\" WAVE\nTRACK 1 AUDIO\n\
        TITLE \"Катюша выходила на берег\"\nINDEX 1 0:0:0\n";
    let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode(russian);
    let (_folder, cue) = folder_with(&["a.flac"], &bytes);
    let tracks = read_cue(&cue).unwrap();
    let part = tracks[0].part.as_deref().unwrap();
    assert_eq!(part.tags.title.as_deref(), Some("Катюша выходила на берег"));
    for nonsense in [
        "",
        "TRACK 01 AUDIO\nINDEX 01 00:00:00\n",
        "FILE \"\nTRACK\nINDEX\nTITLE\nREM\n",
        "FILE a WAVE\nTRACK 01 AUDIO\nINDEX 01 99999999999:00:00\n",
        "FILE a WAVE\nTRACK 01 AUDIO\nINDEX 01 -1:00:00\n",
    ] {
        let (_folder, cue) = folder_with(&[], nonsense.as_bytes());
        let error = read_cue(&cue).unwrap_err();
        assert_eq!(error, ListError::NoTracks, "{nonsense}");
    }
}

/// The files of a sheet in a folder with `files`, by their names below it, and its tracks' starts and
/// ends in CD frames.
fn found(files: &[&str], sheet: &[u8]) -> Vec<(String, u128, Option<u128>)> {
    let folder = tempfile::tempdir().unwrap();
    for file in files {
        let path = folder.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, b"x").unwrap();
    }
    let cue = folder.path().join("a.cue");
    std::fs::write(&cue, sheet).unwrap();
    let tracks = read_cue(&cue).unwrap().into_iter();
    let frames = |time: Duration| (time.as_nanos() * 75 + 500_000_000) / 1_000_000_000;
    tracks
        .map(|track| {
            let part = track.part.as_ref().unwrap();
            let name = track.path().strip_prefix(folder.path()).unwrap();
            let name = name.to_str().unwrap().to_owned();
            (name, frames(part.start), part.end.map(frames))
        })
        .collect()
}

fn file_of(files: &[&str], name: &str) -> String {
    let sheet = format!("FILE {name}\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n");
    found(files, sheet.as_bytes()).remove(0).0
}

#[test]
fn files_below_are_found_in_any_case_and_of_any_kind() {
    let files = ["Disc 1/Track01.flac"];
    for name in [
        "\"Disc 1/Track01.flac\" WAVE",
        "\"Disc 1\\TRACK01.WAV\" WAVE",
        "\"disc 1/track01.flac\" WAVE",
        "\"DISC 1/Track01.ape\" WAVE",
        "\"Disc 1\\track01\" WAVE",
    ] {
        assert_eq!(file_of(&files, name), files[0], "{name}");
    }
    let files = ["Track01.flac", "Track01.mp3"];
    for name in [
        "\"D:\\Rip\\Track01.wav\" WAVE",
        "\"/old/track01.WAV\" WAVE",
        "\"gone/Track01.wav\" WAVE",
    ] {
        // Without loss before the others.
        assert_eq!(file_of(&files, name), files[0], "{name}");
    }
    assert_eq!(file_of(&files, "\"TRACK01.MP3\" MP3"), "Track01.mp3");
    let set = ["CD2/b.flac", "CD1/a.flac", "CD1/b.flac"];
    assert_eq!(file_of(&set, "\"b.wav\" WAVE"), "CD1/b.flac");
    assert_eq!(file_of(&["a.wav.flac"], "\"a.wav\" WAVE"), "a.wav.flac");
    assert_eq!(file_of(&["Mr. Big.w64"], "\"Mr. Big\" WAVE"), "Mr. Big.w64");
}

#[test]
fn names_need_neither_quotes_nor_type() {
    let files = ["My Album.wav"];
    for name in [
        "My Album.wav WAVE",
        "My Album.wav",
        "\"My Album.wav\"",
        "\"My Album.wav WAVE",
        "My Album.wav\" WAVE",
        "\"My Album.wav\" wave",
        "  \"My Album.wav\"   BINARY  ",
    ] {
        assert_eq!(file_of(&files, name), files[0], "{name}");
    }
    assert_eq!(
        file_of(&["say \"hi\".wav"], "\"say \"hi\".wav\" WAVE"),
        "say \"hi\".wav"
    );
}

#[test]
fn any_line_end_and_any_encoding() {
    let sheet = "FILE \"ö.flac\" WAVE\r  TRACK 01 AUDIO\r    INDEX 01 00:00:00\r  TRACK 02 AUDIO\r    INDEX 01 00:00:06\r";
    let want = [
        ("ö.flac".to_owned(), 0, Some(6)),
        ("ö.flac".to_owned(), 6, None),
    ];
    assert_eq!(found(&["ö.flac"], sheet.as_bytes()), want);
    assert_eq!(
        found(&["ö.flac"], &[b"\xef\xbb\xbf", sheet.as_bytes()].concat()),
        want
    );
    let wide: Vec<u8> = sheet.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(found(&["ö.flac"], &[b"\xff\xfe", &wide[..]].concat()), want);
    assert_eq!(found(&["ö.flac"], &wide), want);
    let (latin, _, _) = encoding_rs::WINDOWS_1252.encode(sheet);
    assert_eq!(found(&["ö.flac"], &latin), want);
}

#[cfg(unix)]
#[test]
fn a_name_that_is_no_utf_8_is_found_by_its_bytes() {
    use std::os::unix::ffi::OsStrExt;
    for name in [&b"Bj\xf6rk.wav"[..], b"\x8f@.wav", b"\xca\xe8\xed\xee.wav"] {
        let folder = tempfile::tempdir().unwrap();
        let on_disk = folder.path().join(std::ffi::OsStr::from_bytes(name));
        std::fs::write(&on_disk, b"x").unwrap();
        let cue = folder.path().join("a.cue");
        let sheet = [
            b"FILE \"",
            name,
            b"\" WAVE\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n",
        ]
        .concat();
        std::fs::write(&cue, sheet).unwrap();
        assert_eq!(read_cue(&cue).unwrap()[0].path(), on_disk);
    }
}

#[test]
fn tracks_end_where_the_next_begins_however_they_are_listed() {
    let track = |number: u32, index: &str| format!("TRACK {number:02} AUDIO\nINDEX {index}\n");
    let listed = |tracks: &[String]| {
        let sheet = format!("FILE \"a.wav\" WAVE\n{}", tracks.concat());
        let found = found(&["a.wav"], sheet.as_bytes());
        let bounds: Vec<_> = found
            .into_iter()
            .map(|(_, start, end)| (start, end))
            .collect();
        bounds
    };
    let ordered = [(0, Some(10)), (10, Some(20)), (20, None)];
    let tracks = [
        track(1, "01 00:00:00"),
        track(2, "01 00:00:10"),
        track(3, "01 00:00:20"),
    ];
    assert_eq!(listed(&tracks), ordered);
    let [one, two, three] = tracks;
    assert_eq!(listed(&[two, three, one]), ordered);
    // Only a pregap's index, and positions that run backwards.
    assert_eq!(
        listed(&[track(1, "00 00:00:00"), track(2, "00 00:00:10")]),
        [(0, Some(10)), (10, None)]
    );
    let backwards = [track(1, "01 00:00:10"), track(2, "01 00:00:00")];
    assert_eq!(listed(&backwards), [(10, None), (0, Some(10))]);
    let two_files = b"FILE \"a.wav\" WAVE\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 00 00:00:10\n\
        FILE \"b.wav\" WAVE\nINDEX 01 00:00:00\nTRACK 03 AUDIO\nINDEX 01 00:00:30\n";
    let want = [
        ("a.wav", 0, None),
        ("b.wav", 0, Some(30)),
        ("b.wav", 30, None),
    ];
    assert_eq!(
        found(&["a.wav", "b.wav"], two_files),
        want.map(|(name, start, end)| (name.to_owned(), start, end))
    );
}
