//! What the encoder writes, read back by the reference decoder.

use std::env;
use std::fs;
use std::process::Command;

use super::{Metadata, encode};
use crate::oscillators::Noise;

fn has_flac() -> bool {
    Command::new("flac").arg("--version").output().is_ok()
}

/// Encodes `samples` and has `flac` decode them; `None` if there is no such program here.
fn through_reference(name: &str, samples: &[i16]) -> Option<Vec<i16>> {
    if !has_flac() {
        println!("not run: reading back {name}: no `flac` program here");
        return None;
    }
    let metadata = Metadata {
        tags: &[("TITLE", name)],
        cover_png: &[],
        cover_pixels: 0,
    };
    let file = env::temp_dir().join(format!("round-trip-{}-{name}.flac", std::process::id()));
    fs::write(&file, encode(samples, 1_664, &metadata)).expect("a file to write");
    let output = Command::new("flac")
        .args(["--decode", "--stdout", "--silent", "--force-raw-format"])
        .args(["--endian=little", "--sign=signed"])
        .arg(&file)
        .output()
        .expect("flac starts");
    fs::remove_file(&file).expect("the file is still there");
    // It compares the checksum of the samples itself, and fails if it differs.
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Some(
        output
            .stdout
            .chunks_exact(2)
            .map(|pair| i16::from_le_bytes([pair[0], pair[1]]))
            .collect(),
    )
}

fn check(name: &str, samples: &[i16]) {
    if let Some(decoded) = through_reference(name, samples) {
        assert_eq!(decoded.len(), samples.len(), "{name}");
        assert!(decoded == samples, "{name}: samples differ");
    }
}

#[test]
fn silence_and_constants() {
    check("silence", &[0; 2 * 5_000]);
    check("extremes", &[i16::MIN, i16::MAX].repeat(2_000));
}

#[test]
fn noise_at_full_scale_in_both_channels() {
    let mut noise = Noise::new(5);
    let samples: Vec<i16> = (0..2 * 10_000)
        .map(|_| (noise.next() * 32_767.0) as i16)
        .collect();
    check("noise", &samples);
}

#[test]
fn tones_and_a_last_block_of_any_length() {
    for frames in [1, 2, 23, 1_664, 1_665, 4_999] {
        let samples: Vec<i16> = (0..frames)
            .flat_map(|frame| {
                let turns = f64::from(frame) * 0.01;
                [
                    libm::sin(turns) * 20_000.0,
                    libm::cos(turns * 3.1) * 9_000.0,
                ]
            })
            .map(|value| value as i16)
            .collect();
        check(&format!("tones-{frames}"), &samples);
    }
}

#[test]
fn frame_numbers_beyond_two_bytes() {
    // 2,100 blocks: numbers of one, two and three bytes.
    let samples: Vec<i16> = (0..2 * 1_664 * 2_100).map(|i| (i / 4_000) as i16).collect();
    check("long", &samples);
}
