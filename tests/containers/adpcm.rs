//! ADPCM in WAVE, AIFF-C and CAF, against ffmpeg to the bit: whole, cut, damaged and with wrong headers.

use crate::encoders::{have, music_of, run, write_wav_of};
use media::decoder::{StreamInfo, TrackDecoder};
use std::path::{Path, PathBuf};

const RATE_HZ: u32 = 22_050;
/// No multiple of any block's.
const FRAMES: usize = 70_001;

/// Encoder, file and what it is called.
const KINDS: [(&str, &str, &str); 4] = [
    ("adpcm_ms", "a.wav", "Microsoft ADPCM"),
    ("adpcm_ima_wav", "b.wav", "IMA ADPCM"),
    ("adpcm_ima_qt", "c.aif", "IMA ADPCM"),
    ("adpcm_ima_qt", "d.caf", "IMA ADPCM"),
];

fn make(folder: &Path, codec: &str, file: &str, channels: u16) -> PathBuf {
    let (source, target) = (folder.join("source.wav"), folder.join(file));
    let samples = music_of(FRAMES, RATE_HZ, channels);
    write_wav_of(&source, &samples, RATE_HZ, channels, 16);
    let (from, to) = (source.to_str().unwrap(), target.to_str().unwrap());
    run(
        "ffmpeg",
        &["-v", "error", "-y", "-i", from, "-c:a", codec, to],
    );
    target
}

/// What comes out, and the line at the end, if there is one.
fn decode(path: &Path) -> (Vec<f32>, StreamInfo, Option<String>) {
    let mut decoder = TrackDecoder::open(path).unwrap();
    let (mut samples, mut line) = (Vec::new(), None);
    loop {
        match decoder.next_frames() {
            Ok(Some(frames)) => samples.extend_from_slice(frames),
            Ok(None) => break,
            Err(error) => line = Some(error.to_string()),
        }
    }
    (samples, decoder.info().clone(), line)
}

/// What ffmpeg makes of it, whose ADPCM is whole numbers of 16 bits.
fn reference(path: &Path) -> Vec<f32> {
    let path = path.to_str().unwrap();
    let bytes = run("ffmpeg", &["-v", "error", "-i", path, "-f", "s16le", "-"]);
    let words = bytes.as_chunks().0.iter();
    words
        .map(|word| f32::from(i16::from_le_bytes(*word)) / 32_768.0)
        .collect()
}

fn expect_as_ffmpeg(path: &Path, name: &str) {
    let (found, info, line) = decode(path);
    assert_eq!(line, None, "{name}");
    let wanted = reference(path);
    assert_eq!(found.len(), wanted.len(), "{name}");
    assert!(found == wanted, "{name}");
    let frames = found.len() / info.channels;
    assert_eq!(info.frames, Some(frames as u64), "{name}");
    assert_eq!(info.bits_per_sample, Some(16), "{name}");
}

#[test]
fn adpcm_is_ffmpegs_to_the_bit_from_anywhere() {
    if !have("ADPCM", &["ffmpeg"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (codec, file, called) in KINDS {
        for channels in [1, 2] {
            let path = make(folder.path(), codec, file, channels);
            let name = format!("{file} of {channels}");
            expect_as_ffmpeg(&path, &name);
            let (whole, info, _) = decode(&path);
            assert_eq!(info.codec, called, "{name}");
            let mut decoder = TrackDecoder::open(&path).unwrap();
            for target in [69_999, 5, 65_536, 65_535, 0, 30_000, 2_041] {
                decoder.seek(target as u64).unwrap();
                let next = decoder.next_frames().unwrap().unwrap();
                let from = target * info.channels;
                assert!(
                    next == &whole[from..from + next.len()],
                    "{name} at {target}"
                );
            }
        }
    }
}

#[test]
fn damaged_blocks_of_adpcm_harm_themselves_only() {
    if !have("damaged ADPCM", &["ffmpeg"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (codec, file, _) in KINDS {
        let path = make(folder.path(), codec, file, 2);
        let bytes = std::fs::read(&path).unwrap();
        let (whole, ..) = decode(&path);
        let mut seed = 5_u64;
        for round in 0..20 {
            let mut damaged = bytes.clone();
            let start = bytes.len() / 2;
            // Every bit set is the largest step upward, again and again.
            for byte in &mut damaged[start..start + 900] {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                *byte = if round == 0 { 0x77 } else { (seed >> 33) as u8 };
            }
            std::fs::write(&path, &damaged).unwrap();
            let (found, _, line) = decode(&path);
            let name = format!("{file}, round {round}: {line:?}");
            assert_eq!(found.len(), whole.len(), "{name}");
            assert!(line.is_none_or(|line| line.contains("missing")), "{name}");
            // Apple's blocks go on with the lowest bits of those before.
            let allowed = if codec == "adpcm_ima_qt" {
                256.0 / 32_768.0
            } else {
                0.0
            };
            let is_wrong = |n: &usize| (found[*n] - whole[*n]).abs() > allowed;
            let wrong: Vec<usize> = (0..whole.len()).filter(is_wrong).collect();
            let (first, last) = (wrong[0], wrong[wrong.len() - 1]);
            // At most the damaged bytes, and the rest of the blocks they begin and end in.
            assert!(last - first <= 2 * 900 + 3 * 2 * 2_100, "{name}");
        }
    }
}

#[test]
fn a_head_that_cannot_be_is_silence_and_a_line() {
    if !have("heads of ADPCM", &["ffmpeg"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    // Where the second block's predictor or index stands, and a value beyond its range.
    for (codec, file, inside, value) in [
        ("adpcm_ms", "a.wav", 0, 7),
        ("adpcm_ima_wav", "b.wav", 2, 89),
    ] {
        let path = make(folder.path(), codec, file, 2);
        let (whole, ..) = decode(&path);
        let mut bytes = std::fs::read(&path).unwrap();
        let block = usize::from(u16::from_le_bytes([bytes[32], bytes[33]]));
        let data = bytes.windows(4).position(|four| four == b"data").unwrap() + 8;
        bytes[data + block + inside] = value;
        std::fs::write(&path, &bytes).unwrap();
        let (found, _, line) = decode(&path);
        assert_eq!(
            line.as_deref(),
            Some("damaged: some of its sound is missing")
        );
        let frames = usize::from(u16::from_le_bytes([bytes[38], bytes[39]]));
        let mut wanted = whole;
        wanted[2 * frames..4 * frames].fill(0.0);
        assert!(found == wanted, "{file}");
    }
}

#[test]
fn blocks_of_a_wrong_size_are_told_by_their_frames() {
    if !have("blocks of ADPCM", &["ffmpeg"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (codec, file) in [("adpcm_ms", "a.wav"), ("adpcm_ima_wav", "b.wav")] {
        for channels in [1, 2] {
            let path = make(folder.path(), codec, file, channels);
            let (whole, ..) = decode(&path);
            let bytes = std::fs::read(&path).unwrap();
            for wrong in [0_u16, 1, 4, 1_000, 0xFFFF] {
                let mut changed = bytes.clone();
                changed[32..34].copy_from_slice(&wrong.to_le_bytes());
                std::fs::write(&path, &changed).unwrap();
                let (found, ..) = decode(&path);
                assert!(found == whole, "{file} of {channels}, blocks of {wrong}");
            }
            // Cut off in the middle of a block.
            std::fs::write(&path, &bytes[..bytes.len() / 2 + 77]).unwrap();
            let (found, info, _) = decode(&path);
            let is_told = info
                .warnings
                .iter()
                .any(|line| line.starts_with("cut short"));
            assert!(is_told, "{:?}", info.warnings);
            assert!(
                found[..] == whole[..found.len()],
                "{file} of {channels}, cut"
            );
            assert!(
                found.len() > whole.len() / 2 - 4_100,
                "{file} of {channels}, cut"
            );
        }
    }
}
