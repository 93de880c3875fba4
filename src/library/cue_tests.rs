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
    let name = |track: &TrackLocation| track.path.strip_prefix(folder.path()).unwrap().to_owned();
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
        assert_eq!(error, "no tracks in this cue sheet", "{nonsense}");
    }
}
