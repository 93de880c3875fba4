//! What comes out of packets in MP4, Matroska, ADTS and LOAS, compared with other decoders and with the same
//! packets in other containers; and that a seek gives the samples that decoding from the start gives.

use crate::encoders::{ffmpeg_f32, have, music_of, write_wav_of};
use crate::{decode, ffmpeg, fixture};
use media::decoder::TrackDecoder;
use std::path::Path;

const RATE_HZ: u32 = 48_000;

/// Music with clicks, for which encoders take shorter blocks.
fn clicking(frames: usize, rate_hz: u32, channels: u16) -> Vec<f32> {
    let mut samples = music_of(frames, rate_hz, channels);
    for (n, frame) in samples.chunks_exact_mut(channels.into()).enumerate() {
        if n % 17_003 < 60 {
            frame.iter_mut().for_each(|sample| *sample = -*sample * 1.6);
        }
    }
    samples
}

fn greatest_difference(one: &[f32], other: &[f32]) -> f32 {
    let pairs = one.iter().zip(other);
    pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

/// Seeks to `count` places and compares what comes, `frames` long, with `all`.
fn assert_seeks_are_exact(path: &Path, all: &[f32], count: u32, frames: usize) {
    let mut decoder = TrackDecoder::open(path).unwrap();
    let channels = decoder.info().channels;
    let mut seed = 5_u32;
    for _ in 0..count {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let target = (seed >> 4) as usize % (all.len() / channels);
        decoder.seek(target as u64).unwrap();
        let wanted = all[target * channels..].len().min(frames * channels);
        let mut found = Vec::new();
        while found.len() < wanted {
            found.extend_from_slice(decoder.next_frames().unwrap().unwrap());
        }
        let expected = &all[target * channels..][..wanted];
        assert!(found[..wanted] == *expected, "{path:?} at {target}");
    }
}

#[test]
fn vorbis_has_every_frame_where_its_blocks_change() {
    if !have(
        "vorbis_has_every_frame_where_its_blocks_change",
        &["ffmpeg"],
    ) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let frames = 150_001;
    for channels in [1, 2, 3, 5, 6, 8] {
        let source = folder.path().join(format!("{channels}.wav"));
        let samples = clicking(frames, RATE_HZ, channels);
        write_wav_of(&source, &samples, RATE_HZ, channels, 16);
        for kind in ["mka", "webm", "mp4"] {
            let file = format!("{channels}.{kind}");
            let path = ffmpeg(&source, "-c:a libvorbis -q:a 3 -strict experimental", &file);
            let (all, _) = decode(&path).unwrap();
            let expected = ffmpeg_f32(&path);
            // MP4 tells where the sound ends within the last block, which ffmpeg gives whole.
            let wanted = match kind {
                "mp4" => frames * usize::from(channels),
                _ => expected.len(),
            };
            assert_eq!(all.len(), wanted, "{file}");
            let most = greatest_difference(&all, &expected);
            assert!(most < 2e-6, "{file}: {most}");
            assert_seeks_are_exact(&path, &all, 6, 10_000);
        }
    }
}

#[test]
fn a_seek_in_aac_makes_the_noise_of_decoding_from_the_start() {
    let folder = tempfile::tempdir().unwrap();
    for (file, times) in [
        ("he_2ch.aac", 40),
        ("he_v2_2ch.aac", 40),
        ("he_2ch.latm", 20),
    ] {
        let path = folder.path().join(file);
        std::fs::write(&path, std::fs::read(fixture(file)).unwrap().repeat(times)).unwrap();
        let (all, _) = decode(&path).unwrap();
        assert_seeks_are_exact(&path, &all, 25, 6_000);
    }
    if !have("noise of plain AAC", &["ffmpeg"]) {
        return;
    }
    // Noise of one channel at this rate is coded as such.
    let source = folder.path().join("in.wav");
    let mut seed = 1_u32;
    let noise: Vec<f32> = (0..RATE_HZ * 40)
        .map(|_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as f32 / (1 << 25) as f32 - 0.25
        })
        .collect();
    write_wav_of(&source, &noise, RATE_HZ, 1, 16);
    for file in ["a.m4a", "a.mka", "a.aac"] {
        let path = ffmpeg(&source, "-c:a aac -aac_coder twoloop -b:a 48k", file);
        let (all, _) = decode(&path).unwrap();
        // Up to where another decoder takes over, ffmpeg makes the same noise.
        let expected = ffmpeg_f32(&path);
        let shared = 500 * 1_024;
        let most = greatest_difference(&all[..shared], &expected[..shared]);
        assert!(most < 1e-5, "{file}: {most}");
        // Behind it, noise of the same strength.
        let energy = |samples: &[f32]| samples.iter().map(|s| f64::from(s * s)).sum::<f64>();
        let ratio = energy(&all[shared..]) / energy(&expected[shared..]);
        assert!((0.97..1.03).contains(&ratio), "{file}: {ratio}");
        assert_seeks_are_exact(&path, &all, 25, 6_000);
    }
}

/// Bits, the highest first.
#[derive(Default)]
struct Bits(Vec<bool>);

impl Bits {
    fn put(&mut self, value: u32, count: u32) {
        self.0
            .extend((0..count).rev().map(|bit| value >> bit & 1 != 0));
    }

    fn bytes(&self) -> Vec<u8> {
        let byte = |bits: &[bool]| {
            let bits = bits.iter().enumerate();
            bits.fold(0, |byte, (n, bit)| byte | u8::from(*bit) << (7 - n))
        };
        self.0.chunks(8).map(byte).collect()
    }
}

/// ADTS frames in LOAS, so many to a frame (ISO 14496-3, section 1.7); every fourth frame describes the stream.
fn loas(adts: &[u8], units: usize) -> Vec<u8> {
    let mut frames = Vec::new();
    let mut rest = adts;
    while let [_, _, _, b3, b4, b5, ..] = *rest {
        let bytes = usize::from(b3 & 3) << 11 | usize::from(b4) << 3 | usize::from(b5) >> 5;
        let (frame, behind) = rest.split_at(bytes);
        frames.push(&frame[7..]);
        rest = behind;
    }
    let (rate, channels) = (u32::from(adts[2] >> 2 & 15), u32::from(adts[3] >> 6));
    let mut file = Vec::new();
    for (number, units) in frames.chunks_exact(units).enumerate() {
        let mut bits = Bits::default();
        let is_described = number % 4 == 0;
        bits.put(u32::from(!is_described), 1);
        if is_described {
            bits.put(0, 1);
            bits.put(1, 1);
            bits.put(units.len() as u32 - 1, 6);
            bits.put(0, 4 + 3);
            bits.put(2, 5);
            bits.put(rate, 4);
            bits.put(channels, 4);
            bits.put(0, 3 + 3);
            bits.put(0xFF, 8);
            bits.put(0, 1 + 1);
        }
        for unit in units {
            for _ in 0..unit.len() / 255 {
                bits.put(255, 8);
            }
            bits.put(unit.len() as u32 % 255, 8);
            unit.iter().for_each(|byte| bits.put((*byte).into(), 8));
        }
        let body = bits.bytes();
        let head = 0x2B7 << 13 | body.len() as u32;
        file.extend(&head.to_be_bytes()[1..]);
        file.extend(body);
    }
    file
}

#[test]
fn loas_frames_may_hold_several_units() {
    if !have("loas_frames_may_hold_several_units", &["ffmpeg"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("in.wav");
    write_wav_of(&source, &clicking(240_000, RATE_HZ, 2), RATE_HZ, 2, 16);
    let adts = ffmpeg(&source, "-c:a aac -b:a 64k", "in.aac");
    let expected = decode(&adts).unwrap().0;
    for units in 1..=4 {
        let path = folder.path().join(format!("{units}.latm"));
        std::fs::write(&path, loas(&std::fs::read(&adts).unwrap(), units)).unwrap();
        let (all, info) = decode(&path).unwrap();
        assert_eq!(info.frames, Some(all.len() as u64 / 2));
        let missing = expected.len() - all.len();
        assert!(missing < units * 2_048, "{units}: {missing} are missing");
        assert!(all == expected[..all.len()], "{units} units to a frame");
        assert_seeks_are_exact(&path, &all, 6, 5_000);
    }
}

#[test]
fn layer_ii_plays_at_all_rates() {
    if !have("layer_ii_plays_at_all_rates", &["ffmpeg"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (rate_hz, kbits, channels) in [
        (16_000, 32, 2),
        (22_050, 64, 2),
        (24_000, 80, 2),
        (24_000, 16, 1),
        (44_100, 80, 2),
        (48_000, 56, 2),
        (48_000, 256, 1),
        (48_000, 192, 2),
    ] {
        let source = folder.path().join("in.wav");
        let samples = music_of(60_000, rate_hz, channels);
        write_wav_of(&source, &samples, rate_hz, channels, 16);
        for kind in ["mp2", "mka", "mp4"] {
            let file = format!("{rate_hz}_{kbits}.{kind}");
            let path = ffmpeg(&source, &format!("-c:a mp2 -b:a {kbits}k"), &file);
            let (all, info) = decode(&path).unwrap();
            assert_eq!(info.codec, "MP2", "{file}");
            let expected = ffmpeg_f32(&path);
            let delay = expected.len().saturating_sub(all.len());
            assert!(delay < 2_000 * usize::from(channels), "{file}: {delay}");
            let most = greatest_difference(&all, &expected);
            // The reference may compute in whole numbers.
            assert!(most < 2.0 / 32_768.0, "{file}: {most}");
        }
    }
}

#[test]
fn fragments_end_where_the_sound_does() {
    if !have("fragments_end_where_the_sound_does", &["ffmpeg"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("in.wav");
    let frames = 100_001;
    write_wav_of(&source, &music_of(frames, RATE_HZ, 2), RATE_HZ, 2, 16);
    for codec in ["aac", "libmp3lame", "libopus", "libvorbis", "flac", "alac"] {
        let flags = "-movflags frag_keyframe+empty_moov+delay_moov -frag_duration 500000";
        let arguments = format!("-c:a {codec} -strict -2 {flags}");
        let path = ffmpeg(&source, &arguments, "out.mp4");
        let (all, _) = decode(&path).unwrap();
        assert_eq!(all.len() / 2, frames, "{codec}");
        // The sound stands where it stood in the source.
        let original = decode(&source).unwrap().0;
        let energy = |samples: &[f32]| samples.iter().map(|s| f64::from(s * s)).sum::<f64>();
        let pairs = all.iter().zip(&original);
        let difference: Vec<f32> = pairs.map(|(a, b)| a - b).collect();
        let share = energy(&difference) / energy(&original);
        assert!(share < 0.1, "{codec}: {share}");
        assert_seeks_are_exact(&path, &all, 6, 5_000);
    }
}
