//! Damaged packets of codecs with checksums: each is silent, the rest keeps its time, and one line tells it. ALAC has
//! none: what its damaged packets decode to is played.

use crate::encoders::{have, music_of, write_wav_of};
use crate::ffmpeg;
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
