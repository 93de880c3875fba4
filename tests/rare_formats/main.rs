//! WavPack, Monkey's Audio and DSD files against what other programs say of them.

#![allow(clippy::unwrap_used, reason = "tests may fail loudly")]

mod claims;
mod common_mutants;
mod dsd;
#[path = "../encoders/mod.rs"]
mod encoders;
mod mutants;
mod survival;

use encoders::{ffmpeg_f32, have, music, run};
use media::decoder::TrackDecoder;
use std::path::{Path, PathBuf};

const RATE_HZ: u32 = 44_100;
const FRAMES: usize = 70_000;

/// The whole file, and its channels.
fn decode(path: &Path) -> (Vec<f32>, usize) {
    let mut decoder = TrackDecoder::open(path).unwrap();
    let mut samples = Vec::new();
    while let Some(frames) = decoder.next_frames().unwrap() {
        samples.extend_from_slice(frames);
    }
    let channels = decoder.info().channels;
    let declared = decoder.info().frames.unwrap();
    assert_eq!(samples.len() as u64, declared * channels as u64);
    (samples, channels)
}

/// Music as a WAVE file of ffmpeg's `codec` with so many channels.
fn write_wave(folder: &Path, codec: &str, channels: usize, samples: &[f32]) -> PathBuf {
    let raw = folder.join("music.f32");
    let bytes: Vec<u8> = samples.iter().flat_map(|s| s.to_le_bytes()).collect();
    std::fs::write(&raw, bytes).unwrap();
    let wave = folder.join(format!("{codec}_{channels}.wav"));
    let (rate, count) = (RATE_HZ.to_string(), channels.to_string());
    let (from, to) = (raw.to_str().unwrap(), wave.to_str().unwrap());
    let input = ["-f", "f32le", "-ar", &rate, "-ac", &count, "-i", from];
    let output = ["-c:a", codec, "-rf64", "never", to];
    run(
        "ffmpeg",
        &[&["-v", "error", "-y"], &input[..], &output[..]].concat(),
    );
    wave
}

/// Music with so many channels, silent for a while, and constant for another.
fn sound(channels: usize) -> Vec<f32> {
    let stereo = music(FRAMES * channels.div_ceil(2), RATE_HZ);
    let mut samples = stereo[..FRAMES * channels].to_vec();
    samples[10_000 * channels..12_000 * channels].fill(0.0);
    samples[20_000 * channels..21_000 * channels].fill(0.25);
    samples
}

fn assert_equal(found: &[f32], expected: &[f32], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}: samples");
    let differing = found.iter().zip(expected).position(|(f, e)| f != e);
    if let Some(at) = differing {
        panic!("{what}: sample {at} is {}, not {}", found[at], expected[at]);
    }
}

/// Decodes all of `path`, and from places all over it, and expects exactly `expected`.
fn assert_decodes_to(path: &Path, expected: &[f32], what: &str) {
    let (found, channels) = decode(path);
    assert_equal(&found, expected, what);
    let mut decoder = TrackDecoder::open(path).unwrap();
    let frames = expected.len() / channels;
    for frame in [frames - 1, 0, frames / 3, 600, 599, frames / 2, 1] {
        decoder.seek(frame as u64).unwrap();
        let mut found = Vec::new();
        let wanted = (frames - frame).min(3_000) * channels;
        while found.len() < wanted {
            found.extend_from_slice(decoder.next_frames().unwrap().unwrap());
        }
        let expected = &expected[frame * channels..][..wanted];
        assert_equal(&found[..wanted], expected, &format!("{what} from {frame}"));
    }
}

#[test]
fn wavpack_files_are_decoded_to_the_bit() {
    if !have(
        "wavpack_files_are_decoded_to_the_bit",
        &["ffmpeg", "wavpack"],
    ) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (codec, channels) in [
        ("pcm_u8", 1),
        ("pcm_s16le", 1),
        ("pcm_s16le", 2),
        ("pcm_s24le", 2),
        ("pcm_s32le", 2),
        ("pcm_f32le", 1),
        ("pcm_f32le", 2),
        ("pcm_s16le", 6),
        ("pcm_s24le", 5),
    ] {
        let wave = write_wave(folder.path(), codec, channels, &sound(channels));
        let expected = ffmpeg_f32(&wave);
        for options in [
            &["-f"][..],
            &["-h"],
            &["-hh", "-x4"],
            &["-x6", "-j0"],
            &["-x1", "-j1"],
        ] {
            let packed = wave.with_extension("wv");
            let (from, to) = (wave.to_str().unwrap(), packed.to_str().unwrap());
            run(
                "wavpack",
                &[&["-q", "-y"], options, &[from, "-o", to]].concat(),
            );
            let what = format!("{codec}, {channels} channels, {options:?}");
            assert_decodes_to(&packed, &expected, &what);
        }
        let packed = wave.with_extension("ffmpeg.wv");
        let (from, to) = (wave.to_str().unwrap(), packed.to_str().unwrap());
        // WavPack's own decoder finds its eight-bit files damaged.
        if codec != "pcm_u8" {
            run(
                "ffmpeg",
                &["-v", "error", "-i", from, "-compression_level", "3", to],
            );
            assert_decodes_to(&packed, &expected, &format!("ffmpeg {codec} {channels}"));
        }
    }
}

#[test]
fn lossy_wavpack_files_are_decoded_as_their_own_program_does() {
    let test = "lossy_wavpack_files_are_decoded_as_their_own_program_does";
    if !have(test, &["ffmpeg", "wavpack", "wvunpack"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (codec, channels) in [
        ("pcm_u8", 2),
        ("pcm_s16le", 1),
        ("pcm_s16le", 2),
        ("pcm_s24le", 2),
        ("pcm_f32le", 2),
        ("pcm_s16le", 6),
    ] {
        let wave = write_wave(folder.path(), codec, channels, &sound(channels));
        for options in [
            &["-b3"][..],
            &["-hb4.5"],
            &["-b6", "-j0"],
            &["-b300", "-x3"],
        ] {
            let (packed, unpacked) = (wave.with_extension("wv"), wave.with_extension("out.wav"));
            let [from, to, back] = [&wave, &packed, &unpacked].map(|p| p.to_str().unwrap());
            run(
                "wavpack",
                &[&["-q", "-y"], options, &[from, "-o", to]].concat(),
            );
            run("wvunpack", &["-q", "-y", to, "-o", back]);
            let what = format!("{codec}, {channels} channels, {options:?}");
            assert_decodes_to(&packed, &ffmpeg_f32(&unpacked), &what);
        }
    }
}

#[test]
fn wavpack_takes_files_without_a_length_and_with_the_same_sound_on_both_sides() {
    let test = "wavpack_takes_files_without_a_length_and_with_the_same_sound_on_both_sides";
    if !have(test, &["ffmpeg", "wavpack", "sh"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let one_side = sound(1);
    let both: Vec<f32> = one_side.iter().flat_map(|s| [*s, *s]).collect();
    let wave = write_wave(folder.path(), "pcm_s16le", 2, &both);
    let packed = wave.with_extension("wv");
    // From a pipe to a pipe, so that the length is neither known at first nor put in at last.
    let command = format!(
        "cat '{}' | wavpack -q -y -i - -o - > '{}'",
        wave.display(),
        packed.display()
    );
    run("sh", &["-c", &command]);
    let head = std::fs::read(&packed).unwrap();
    assert_eq!(head[12..16], [0xFF; 4], "the length is known");
    assert_decodes_to(&packed, &ffmpeg_f32(&wave), "without a length");
    let (from, to) = (wave.to_str().unwrap(), packed.to_str().unwrap());
    run("wavpack", &["-q", "-y", "--optimize-mono", from, "-o", to]);
    let flags = std::fs::read(&packed).unwrap()[27];
    assert_eq!(flags & 0x40, 0x40, "both sides are coded");
    assert_decodes_to(&packed, &ffmpeg_f32(&wave), "false stereo");
}

/// The sound of the files in `fixtures`: triangles and noise, with a silent stretch and one that is the
/// same in all channels; integers of `bits`.
fn fixture_sound(frames: i32, channels: i32, bits: u32) -> Vec<i32> {
    let mut seed = 0x2545_F491_u32;
    let mut samples = Vec::new();
    for n in 0..frames {
        for channel in 0..channels {
            seed ^= seed << 13;
            seed ^= seed >> 17;
            seed ^= seed << 5;
            let period = 180 + 40 * channel;
            let triangle = ((n % period) * 4 - period * 2).abs() - period;
            let noise = (seed >> 24) as i32 - 128;
            let value = match n {
                700..=1299 => 0,
                1300..=1899 => (n % 200 - 100) * 150,
                _ => triangle * 40 + noise,
            };
            samples.push(if bits <= 16 {
                value >> (16 - bits)
            } else {
                value * 256 + noise
            });
        }
    }
    samples
}

/// There is no encoder of Monkey's Audio to make files with, and no such file in the corpus: these small ones, of each
/// level at 8, 16 or 24 bits, are all there are. Their sound is computed, and ffmpeg has it too.
#[test]
fn small_files_of_each_kind_are_decoded_to_the_bit_from_anywhere() {
    for (name, channels, bits) in [
        ("fast_2ch_16bit.ape", 2, 16),
        ("normal_2ch_8bit.ape", 2, 8),
        ("normal_2ch_24bit.ape", 2, 24),
        ("high_1ch_8bit.ape", 1, 8),
        ("extra_high_1ch_16bit.ape", 1, 16),
        ("insane_1ch_24bit.ape", 1, 24),
        ("lossless_2ch_16bit.wv", 2, 16),
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/fixtures")
            .join(name);
        let full_scale = (1_u32 << (bits - 1)) as f32;
        let sound = fixture_sound(2_500, channels, bits);
        let expected: Vec<f32> = sound.iter().map(|s| *s as f32 / full_scale).collect();
        let info = TrackDecoder::open(&path).unwrap().info().clone();
        assert_eq!(info.bits_per_sample, Some(bits), "{name}");
        assert_eq!(info.sample_rate_hz, RATE_HZ, "{name}");
        assert_decodes_to(&path, &expected, name);
        if have("the comparison of small files", &["ffmpeg"]) {
            assert_equal(&ffmpeg_f32(&path), &expected, &format!("ffmpeg on {name}"));
        }
    }
}

#[test]
fn a_damaged_part_is_silent_and_the_rest_keeps_its_time() {
    const PART_FRAMES: usize = 600;
    let folder = tempfile::tempdir().unwrap();
    for (name, damaged_byte, reason) in [
        // The version in the first header, and two places well inside the first part.
        ("lossless_2ch_16bit.wv", 9, "1 blocks could not be decoded"),
        (
            "lossless_2ch_16bit.wv",
            700,
            "1 blocks could not be decoded",
        ),
        ("fast_2ch_16bit.ape", 700, "1 frames could not be decoded"),
        ("normal_2ch_24bit.ape", 700, "1 frames could not be decoded"),
    ] {
        let whole = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/fixtures")
            .join(name);
        let (expected, _) = decode(&whole);
        let mut content = std::fs::read(&whole).unwrap();
        content[damaged_byte] ^= 0x10;
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();

        let mut decoder = TrackDecoder::open(&path).unwrap();
        let mut found = Vec::new();
        let error = loop {
            match decoder.next_frames() {
                Ok(Some(frames)) => found.extend_from_slice(frames),
                Ok(None) => panic!("{name}: no damage was reported"),
                Err(error) => break error.to_string(),
            }
        };
        assert!(error.ends_with(reason), "{name}: {error}");
        let mut expected = expected;
        expected[..PART_FRAMES * 2].fill(0.0);
        assert_equal(&found, &expected, name);
    }
}

#[test]
fn free_format_mp3_sounds_as_in_lame_from_anywhere() {
    let test = "free_format_mp3_sounds_as_in_lame_from_anywhere";
    if !have(test, &["ffmpeg", "lame"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (channels, rate) in [(2, "400"), (2, "640"), (2, "222"), (1, "331")] {
        let what = format!("{channels} channels, {rate} kbit/s");
        let wave = write_wave(folder.path(), "pcm_s16le", channels, &sound(channels));
        let packed = wave.with_extension("mp3");
        let (from, to) = (wave.to_str().unwrap(), packed.to_str().unwrap());
        run("lame", &["--quiet", "--freeformat", "-b", rate, from, to]);
        run("lame", &["--quiet", "--decode", to, from]);
        let expected = ffmpeg_f32(&wave);

        let (found, _) = decode(&packed);
        assert_eq!(found.len(), FRAMES * channels, "{what}");
        for (at, (ours, theirs)) in found.iter().zip(&expected).enumerate() {
            assert!(
                (ours.clamp(-1.0, 1.0) - theirs).abs() < 2.0 / 32_768.0,
                "{what}: sample {at} is {ours}, not {theirs}"
            );
        }
        assert_decodes_to(&packed, &found, &what);
    }
}

#[test]
fn a_file_of_which_nothing_can_be_decoded_is_a_fault() {
    let folder = tempfile::tempdir().unwrap();
    let said = |path: &Path| {
        let opened = TrackDecoder::open(path);
        let read = opened.and_then(|mut decoder| decoder.next_frames().map(|_| ()));
        read.err().map(|error| error.to_string())
    };
    for (name, reason) in [
        (
            "lossless_2ch_16bit.wv",
            "none of its 5 blocks can be decoded",
        ),
        ("float_2ch.wv", "none of its 5 blocks can be decoded"),
        ("fast_2ch_16bit.ape", "none of its 5 frames can be decoded"),
        ("high_1ch_8bit.ape", "none of its 5 frames can be decoded"),
    ] {
        let whole = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/fixtures")
            .join(name);
        let mut content = std::fs::read(&whole).unwrap();
        if name.ends_with(".ape") {
            content[160..].fill(0);
        } else {
            let mut at = 0;
            while content[at..].starts_with(b"wvpk") {
                let size = u32::from_le_bytes(content[at + 4..at + 8].try_into().unwrap());
                let end = at + 8 + size as usize;
                content[at + 32..end].fill(0);
                at = end;
                if at >= content.len() {
                    break;
                }
            }
        }
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        assert_eq!(said(&path), Some(format!("damaged: {reason}")), "{name}");
    }
    if !have("a correction file of WavPack", &["ffmpeg", "wavpack"]) {
        return;
    }
    let wave = write_wave(folder.path(), "pcm_s16le", 2, &sound(2));
    let packed = folder.path().join("hybrid.wv");
    let (from, to) = (wave.to_str().unwrap(), packed.to_str().unwrap());
    run("wavpack", &["-q", "-y", "-c", "-b300", from, "-o", to]);
    assert_eq!(said(&packed), None);
    let line = said(&packed.with_extension("wvc")).unwrap();
    assert!(line.contains("correction file"), "{line}");
}
