//! Damaged packets of codecs with checksums: each is silent, the rest keeps its time, and one line tells it. ALAC has
//! none: what its damaged packets decode to is played.

use crate::encoders::{have, music, music_of, write_wav, write_wav_of};
use crate::{decode, ffmpeg};
use media::decoder::TrackDecoder;

#[test]
fn damaged_packets_are_silent_and_told() {
    if !have("damaged_packets_are_silent_and_told", &["ffmpeg"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("in.wav");
    let samples = music_of(200_001, 44_100, 2);
    write_wav_of(&source, &samples, 44_100, 2, 16);
    for (arguments, file) in [
        ("-c:a flac", "a.mka"),
        ("-c:a flac -strict -2", "b.mp4"),
        ("-c:a wavpack", "f.mka"),
    ] {
        let path = ffmpeg(&source, arguments, file);
        let decode = || {
            let mut decoder = TrackDecoder::open(&path).unwrap();
            let (mut found, mut lines) = (Vec::new(), Vec::new());
            loop {
                match decoder.next_frames() {
                    Ok(Some(frames)) => found.extend_from_slice(frames),
                    Ok(None) => return (found, lines),
                    Err(error) => lines.push(error.to_string()),
                }
            }
        };
        let (whole, lines) = decode();
        assert_eq!(lines, Vec::<String>::new(), "{file}");
        let mut bytes = std::fs::read(&path).unwrap();
        // All of a packet, but for what the container says around it.
        let middle = bytes.len() / 2;
        bytes[middle..middle + 200].fill(0xFF);
        std::fs::write(&path, &bytes).unwrap();
        let (found, lines) = decode();
        assert_eq!(found.len(), whole.len(), "{file}");
        let wrong: Vec<usize> = (0..whole.len())
            .filter(|n| found[*n] != whole[*n])
            .collect();
        let (first, last) = (wrong[0], wrong[wrong.len() - 1]);
        assert!(last - first < 2 * 2 * 22_050, "{file}: {first} to {last}");
        assert_eq!(lines, ["damaged: some of its sound is missing"], "{file}");
    }
}

#[test]
fn an_index_that_leads_to_no_sound_is_a_fault() {
    if !have("damaged MP4 indexes", &["ffmpeg"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let wav = folder.path().join("in.wav");
    write_wav(&wav, &music(40_000, 44_100), 44_100, 16);
    for (codec, file) in [("aac", "a.m4a"), ("alac", "b.m4a")] {
        let whole = ffmpeg(&wav, &format!("-c:a {codec}"), file);
        let bytes = std::fs::read(&whole).unwrap();
        for name in [b"stts", b"stsz", b"stco", b"stsc"] {
            let at = bytes.windows(4).position(|four| four == name).unwrap();
            let mut damaged = bytes.clone();
            damaged[at..at + 4].copy_from_slice(b"XXXX");
            std::fs::write(&whole, damaged).unwrap();
            assert_eq!(
                decode(&whole).unwrap_err(),
                "damaged: its index leads to no sound",
                "{file} without {}",
                String::from_utf8_lossy(name)
            );
        }
    }
}
