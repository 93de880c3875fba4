//! MP4, Matroska, ADTS and LOAS: files cut short, tracks to choose from, depths of lossless sound, and
//! AAC with spectral band replication. Files are made by real encoders; those of HE-AAC, which few have,
//! are kept in `fixtures`: two seconds at 44.1 kHz, 440 Hz left and 1,320 Hz right at a quarter of full
//! scale, and 9 kHz at a twentieth on both sides. `he_2ch.aac` and `he_v2_2ch.aac` are by libfdk-aac, the
//! others by the crate syom.

use crate::encoders::{ffmpeg_f32, have, music, write_wav};
use crate::{decode, ffmpeg, fixture};
use media::decoder::TrackDecoder;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const RATE_HZ: u32 = 44_100;
const FRAMES: usize = 100_001;

/// Encodes the music by ffmpeg with these arguments.
fn encode(folder: &Path, file: &str, arguments: &str) -> PathBuf {
    let wav = folder.join("in.wav");
    write_wav(&wav, &music(FRAMES, RATE_HZ), RATE_HZ, 16);
    ffmpeg(&wav, arguments, file)
}

/// The amplitude of a tone in one channel of interleaved stereo.
fn amplitude(samples: &[f32], channel: usize, hz: f64) -> f64 {
    let samples = samples.iter().skip(channel).step_by(2);
    let (mut sine, mut cosine, mut count) = (0.0, 0.0, 0);
    for (n, sample) in samples.enumerate() {
        let phase = n as f64 / f64::from(RATE_HZ) * hz * std::f64::consts::TAU;
        sine += f64::from(*sample) * phase.sin();
        cosine += f64::from(*sample) * phase.cos();
        count += 1;
    }
    (sine * sine + cosine * cosine).sqrt() * 2.0 / f64::from(count)
}

#[test]
fn he_aac_plays_with_its_high_band_and_both_sides() {
    for (file, codec) in [
        ("he_2ch.aac", "HE-AAC"),
        ("he_v2_2ch.aac", "HE-AAC v2"),
        ("he_2ch.latm", "HE-AAC"),
        ("he_2ch.m4a", "HE-AAC"),
    ] {
        let (all, info) = decode(&fixture(file)).unwrap();
        assert_eq!(info.codec, codec, "{file}");
        assert_eq!((info.sample_rate_hz, info.channels), (RATE_HZ, 2), "{file}");
        assert_eq!(info.frames, Some(all.len() as u64 / 2), "{file}");
        let middle = &all[RATE_HZ as usize..RATE_HZ as usize * 3];
        for (channel, hz) in [(0, 440.0), (1, 1_320.0)] {
            let found = amplitude(middle, channel, hz);
            assert!((0.2..0.3).contains(&found), "{file}: {found} at {hz} Hz");
            let other = amplitude(middle, 1 - channel, hz);
            assert!(other < 0.08, "{file}: {other} at {hz} Hz on the other side");
        }
        // What stands for the high band has its energy, but not its phase: a fifth of a second tells
        // tones 5 Hz apart.
        let part = &middle[..RATE_HZ as usize / 5 * 2];
        let energy = |from: f64| {
            let tones = (0..400).map(|n| amplitude(part, 0, from + f64::from(n) * 5.0).powi(2));
            tones.sum::<f64>().sqrt()
        };
        let (high, above) = (energy(8_000.0), energy(17_500.0));
        assert!(
            high > 0.015 && high > above * 3.0,
            "{file}: {high}, {above}"
        );
    }
}

#[test]
fn the_length_of_he_aac_in_mp4_is_the_sounds() {
    let (all, info) = decode(&fixture("he_2ch.m4a")).unwrap();
    assert_eq!(info.frames, Some(2 * u64::from(RATE_HZ)));
    assert_eq!(all.len(), 4 * RATE_HZ as usize);
    assert_eq!(info.warnings, [""; 0]);
}

#[test]
fn seeks_in_he_aac_go_to_the_frame() {
    for file in ["he_2ch.aac", "he_v2_2ch.aac", "he_2ch.latm", "he_2ch.m4a"] {
        let (all, _) = decode(&fixture(file)).unwrap();
        let mut decoder = TrackDecoder::open(&fixture(file)).unwrap();
        let mut seed = 9_u32;
        for _ in 0..30 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let target = (seed >> 8) as usize % (all.len() / 2);
            decoder.seek(target as u64).unwrap();
            let found = decoder.next_frames().unwrap().unwrap();
            let expected = &all[target * 2..];
            let length = found.len().min(expected.len());
            assert_eq!(found[..length], expected[..length], "{file} at {target}");
        }
    }
}

#[test]
fn plain_aac_is_called_so() {
    if !have("plain_aac_is_called_so", &["ffmpeg"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for file in ["a.m4a", "a.mka", "a.aac"] {
        let path = encode(folder.path(), file, "-c:a aac");
        assert_eq!(decode(&path).unwrap().1.codec, "AAC", "{file}");
    }
}

#[test]
fn lossless_sound_has_its_depth_and_every_bit() {
    if !have("lossless_sound_has_its_depth_and_every_bit", &["ffmpeg"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (file, arguments, bits) in [
        ("a.m4a", "-c:a alac", 16),
        ("b.m4a", "-c:a alac -sample_fmt s32p", 24),
        ("c.mka", "-c:a alac", 16),
        ("d.mp4", "-c:a flac -strict -2", 16),
        ("e.mka", "-c:a flac", 16),
        ("f.mov", "-c:a pcm_s24be", 24),
        ("g.mov", "-c:a pcm_s16le", 16),
        ("h.mka", "-c:a pcm_s24le", 24),
    ] {
        let path = encode(folder.path(), file, arguments);
        let (all, info) = decode(&path).unwrap();
        assert_eq!(info.bits_per_sample, Some(bits), "{file}");
        let source = decode(&folder.path().join("in.wav")).unwrap().0;
        assert!(all == source, "{file} is not its source");
    }
}

#[test]
fn mpeg_audio_in_mp4_plays() {
    if !have("mpeg_audio_in_mp4_plays", &["ffmpeg"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (file, codec, name) in [("a.mp4", "mp2", "MP2"), ("b.mp4", "libmp3lame", "MP3")] {
        let path = encode(folder.path(), file, &format!("-c:a {codec}"));
        let (all, info) = decode(&path).unwrap();
        assert_eq!(info.codec, name);
        let reference = ffmpeg_f32(&path);
        assert!(all.len() <= reference.len(), "{name}");
        let most = all.iter().zip(&reference).map(|(a, b)| (a - b).abs());
        // The reference computes in whole numbers.
        assert!(most.fold(0.0, f32::max) < 2.0 / 32_768.0, "{name}");
    }
    let path = encode(folder.path(), "c.mp4", "-c:a ac3");
    assert_eq!(decode(&path).unwrap_err(), "AC-3 is not supported");
}

#[test]
fn chapters_do_not_keep_matroska_from_playing() {
    if !have("chapters_do_not_keep_matroska_from_playing", &["ffmpeg"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let chapters = folder.path().join("chapters.txt");
    let text = ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=2000\ntitle=One\n";
    std::fs::write(&chapters, text).unwrap();
    let plain = encode(folder.path(), "a.mka", "-c:a flac");
    let arguments = format!("-i {} -map_chapters 1 -c:a flac", chapters.display());
    let with = encode(folder.path(), "b.mka", &arguments);
    assert!(decode(&plain).unwrap().0 == decode(&with).unwrap().0);
}

#[test]
fn the_default_track_is_played() {
    if !have("the_default_track_is_played", &["ffmpeg"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let second = "-filter_complex [0:a]volume=0.5[b] -map 0:a -map [b] -c:a flac";
    let arguments = format!("{second} -disposition:a:0 0 -disposition:a:1 default");
    let path = encode(folder.path(), "a.mka", &arguments);
    let quiet = decode(&path).unwrap().0;
    let first = format!("{second} -disposition:a:0 default -disposition:a:1 0");
    let loud = decode(&encode(folder.path(), "b.mka", &first)).unwrap().0;
    let rms = |all: &[f32]| (all.iter().map(|s| s * s).sum::<f32>() / all.len() as f32).sqrt();
    let ratio = rms(&quiet) / rms(&loud);
    assert!((0.49..0.51).contains(&ratio), "{ratio}");
}

#[test]
fn what_is_there_of_a_cut_file_plays() {
    if !have("what_is_there_of_a_cut_file_plays", &["ffmpeg"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (file, arguments, least) in [
        ("a.m4a", "-c:a aac -movflags +faststart", 0.85),
        ("b.m4a", "-c:a alac -movflags +faststart", 0.7),
        (
            "c.mp4",
            "-c:a aac -movflags frag_keyframe+empty_moov -frag_duration 200000",
            0.6,
        ),
        ("d.mka", "-c:a aac", 0.85),
        ("e.webm", "-c:a libopus", 0.85),
        ("f.webm", "-c:a libvorbis", 0.5),
        ("g.mka", "-c:a pcm_s16le", 0.9),
        ("h.aac", "-c:a aac", 0.9),
        ("i.latm", "-c:a aac -f latm", 0.9),
    ] {
        let path = encode(folder.path(), file, arguments);
        let (whole, info) = decode(&path).unwrap();
        let content = std::fs::read(&path).unwrap();
        let mut last = 0;
        for part in 3..20 {
            let kept = content.len() * part / 20;
            std::fs::write(&path, &content[..kept]).unwrap();
            let (found, cut) = decode(&path).unwrap();
            let place = format!("{file}, {part}/20");
            assert_eq!(
                cut.frames,
                Some((found.len() / cut.channels) as u64),
                "{place}"
            );
            assert!(found.len() >= last && found.len() <= whole.len(), "{place}");
            assert!(
                found == whole[..found.len()],
                "{place} is not the head of the whole"
            );
            let share = found.len() as f64 / whole.len() as f64;
            let there = part as f64 / 20.0;
            assert!(part < 8 || share > there * least, "{place}: {share}");
            let said = cut
                .warnings
                .iter()
                .any(|line| line.starts_with("cut short: "));
            assert!(
                said || found.len() == last || part == 19,
                "{place}: {:?}",
                cut.warnings
            );
            last = found.len();
        }
        assert_eq!(info.warnings, [""; 0], "{file}");
    }
    // With its index behind, there is nothing to go by.
    let path = encode(folder.path(), "z.m4a", "-c:a aac");
    let content = std::fs::read(&path).unwrap();
    std::fs::write(&path, &content[..content.len() / 2]).unwrap();
    let reason = "damaged: its index (\"moov\") is missing: it was cut short, or never finished";
    assert_eq!(decode(&path).unwrap_err(), reason);
}

#[test]
fn mutants_harm_nothing() {
    if !have("mutants_harm_nothing", &["ffmpeg"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut files = vec![
        fixture("he_v2_2ch.aac"),
        fixture("he_2ch.latm"),
        fixture("he_2ch.m4a"),
    ];
    for (file, arguments) in [
        ("a.m4a", "-c:a alac -t 0.5"),
        (
            "b.mp4",
            "-t 0.5 -c:a aac -movflags frag_keyframe+empty_moov",
        ),
        ("c.mka", "-t 0.5 -c:a libvorbis"),
        ("d.webm", "-t 0.5 -c:a libopus -live 1"),
    ] {
        files.push(encode(folder.path(), file, arguments));
    }
    let mutant = folder.path().join("mutant");
    let mut seed = 0x1357_9BDF_u32;
    let mut below = |limit: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 17;
        seed ^= seed << 5;
        seed as usize % limit.max(1)
    };
    for number in 0..2_000 {
        let path = &files[number % files.len()];
        let mut content = std::fs::read(path).unwrap();
        for _ in 0..=below(4) {
            let length = content.len();
            let near_start = below(2) == 0;
            let at = below(if near_start {
                length.min(1_500)
            } else {
                length
            });
            match below(5) {
                0 => content[at] = 0xFF,
                1 => content.truncate(at.max(40)),
                2 => drop(content.drain(at..(at + below(30)).min(length))),
                _ => content[at] ^= 1 << below(8),
            }
        }
        std::fs::write(&mutant, &content).unwrap();
        let start = Instant::now();
        let result = catch_unwind(|| decode(&mutant).map(|(all, _)| all.len()));
        let place = format!("mutant {number} of {}", path.display());
        assert!(result.is_ok(), "{place} panics");
        assert!(
            start.elapsed() < Duration::from_secs(5),
            "{place} takes too long"
        );
    }
}
