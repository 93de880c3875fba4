//! Cue sheets, beside a file and inside it: their tracks put together are the file, bit for bit.

#![allow(clippy::unwrap_used, reason = "tests may fail loudly")]

mod encoders;

use encoders::{encode, have, music, run, write_wav};
use library::inputs::expand_input;
use media::decoder::TrackDecoder;
use media::location::TrackLocation;
use media::open::Opener;
use std::path::Path;

const FRAMES: usize = 300_000;
/// Tracks at 0, 2 s and 7 frames of 1/75 s, and 4 s and 74 frames.
const SHEET: &str = "TITLE \"Whole\"\nFILE \"whole.wav\" WAVE\n\
    TRACK 01 AUDIO\nTITLE \"One\"\nINDEX 01 00:00:00\n\
    TRACK 02 AUDIO\nTITLE \"Two\"\nINDEX 00 00:02:00\nINDEX 01 00:02:07\n\
    TRACK 03 AUDIO\nTITLE \"Three\"\nINDEX 01 00:04:74\n";
const STARTS: [usize; 3] = [0, (2 * 75 + 7) * 588, (4 * 75 + 74) * 588];

fn tracks(input: &Path) -> Vec<TrackLocation> {
    let mut found = Vec::new();
    expand_input(input, &mut |batch| found.extend(batch)).unwrap();
    found
}

fn decode(mut decoder: TrackDecoder) -> Vec<f32> {
    let declared = decoder.info().frames;
    let mut all = Vec::new();
    while let Some(frames) = decoder.next_frames().unwrap() {
        all.extend_from_slice(frames);
    }
    assert_eq!(declared, Some(all.len() as u64 / 2));
    all
}

fn check(input: &Path, file: &Path) {
    let whole = decode(TrackDecoder::open(file).unwrap());
    let tracks = tracks(input);
    assert_eq!(tracks.len(), 3, "{}", input.display());
    let mut joined = Vec::new();
    for (track, start) in tracks.iter().zip(STARTS) {
        assert_eq!(joined.len(), start * 2, "{}", input.display());
        joined.extend(decode(Opener::default().open(track).unwrap()));
        // A seek counts from the track's own beginning.
        let mut decoder = Opener::default().open(track).unwrap();
        decoder.seek(1_000).unwrap();
        let after = decoder.next_frames().unwrap().unwrap();
        let from = (start + 1_000) * 2;
        assert_eq!(after, &whole[from..from + after.len()]);
    }
    assert!(joined == whole, "{}", input.display());
}

#[test]
fn the_tracks_of_a_sheet_are_the_whole_file() {
    if !have("cue sheets", &["flac", "metaflac", "lame"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let wav = folder.path().join("whole.wav");
    write_wav(&wav, &music(FRAMES, 44_100), 44_100, 16);
    let flac = encode(&wav, "flac");
    let sheet = folder.path().join("whole.cue");
    std::fs::write(&sheet, SHEET).unwrap();
    check(&sheet, &wav);
    // Named by the sheet as a WAVE file, found as what it is now; the folder shows the tracks, once.
    std::fs::remove_file(&wav).unwrap();
    check(&sheet, &flac);
    check(folder.path(), &flac);
    let titles: Vec<_> = tracks(&sheet)
        .iter()
        .map(|t| Opener::default().tags(t, false).tags.title)
        .collect();
    assert_eq!(
        titles,
        ["One", "Two", "Three"].map(|title| Some(title.to_owned()))
    );

    // Inside the file: as a block of positions, and as a comment.
    let import = format!("--import-cuesheet-from={}", sheet.to_str().unwrap());
    run("metaflac", &[&import, flac.to_str().unwrap()]);
    let comment = format!("--set-tag-from-file=CUESHEET={}", sheet.to_str().unwrap());
    let other = folder.path().join("other.flac");
    std::fs::copy(&flac, &other).unwrap();
    std::fs::remove_file(&sheet).unwrap();
    check(&flac, &flac);
    run(
        "metaflac",
        &["--remove", "--block-type=CUESHEET", other.to_str().unwrap()],
    );
    std::fs::write(&sheet, SHEET).unwrap();
    run("metaflac", &[&comment, other.to_str().unwrap()]);
    std::fs::remove_file(&sheet).unwrap();
    check(&other, &other);
}
