//! The renderer without a device: bit-exact, independent of block sizes, gapless.

#![allow(clippy::unwrap_used, reason = "tests may fail loudly")]

mod encoders;

use dsp::equalizer::EqualizerSettings;
use dsp::units::Decibels;
use encoders::{encode, have, music, run, write_wav};
use engine::chain::ChainSettings;
use engine::offline::{OfflineOptions, OfflineRenderer};
use engine::pipeline::PlaybackSettings;
use media::decoder::TrackDecoder;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

fn settings_with_bands() -> ChainSettings {
    let mut eq = EqualizerSettings::ten_bands();
    eq.preamp = Decibels(-4.0);
    for (n, band) in eq.bands.iter_mut().enumerate() {
        band.filter.gain_db = if n % 2 == 0 { 7.0 } else { -5.0 };
    }
    ChainSettings {
        eq: eq.design(44_100.0),
        volume: 0.9,
        ..ChainSettings::default()
    }
}

fn renderer(files: &[PathBuf], settings: ChainSettings, start: Duration) -> OfflineRenderer {
    let tracks = files
        .iter()
        .map(|file| TrackDecoder::open(file).unwrap())
        .collect();
    let options = OfflineOptions {
        sample_rate_hz: 44_100,
        channels: 2,
        settings,
        response: None,
        start,
        source: PlaybackSettings::default(),
        is_integer_output: false,
    };
    OfflineRenderer::new(tracks, options).unwrap()
}

/// Renders to the end in blocks of the sizes `next_size` gives.
fn render(mut renderer: OfflineRenderer, mut next_size: impl FnMut() -> usize) -> Vec<f32> {
    let mut all = Vec::new();
    loop {
        let size = next_size();
        let mut block = vec![9.0; size * 2];
        let frames = renderer.render(&mut block);
        all.extend_from_slice(&block[..frames * 2]);
        if frames < size {
            assert!(renderer.failures().is_empty(), "{:?}", renderer.failures());
            return all;
        }
    }
}

fn whole(files: &[PathBuf]) -> Vec<f32> {
    render(
        renderer(files, ChainSettings::default(), Duration::ZERO),
        || 4096,
    )
}

#[test]
fn flac_renders_bit_for_bit_as_the_flac_tool_decodes_it() {
    if !have("flac_renders_bit_for_bit", &["flac"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for bits in [16_u16, 24] {
        let wav = folder.path().join(format!("{bits}.wav"));
        write_wav(&wav, &music(100_003, 44_100), 44_100, bits);
        let flac = encode(&wav, "flac");
        let out = folder.path().join("out.wav");
        let status = Command::new(env!("CARGO_BIN_EXE_rusty-audio"))
            .args(["render", "--bits", &bits.to_string(), "-o"])
            .args([&out, &flac])
            .status();
        assert!(status.unwrap().success());
        let raw = [
            "-s",
            "-d",
            "-c",
            "--force-raw-format",
            "--endian=little",
            "--sign=signed",
        ];
        let want = run("flac", &[&raw[..], &[flac.to_str().unwrap()]].concat());
        let file = std::fs::read(&out).unwrap();
        assert_eq!(want.len(), 100_003 * 2 * usize::from(bits) / 8);
        assert!(file.ends_with(&want), "{bits} bit: samples differ");
    }
}

#[test]
fn output_does_not_depend_on_block_sizes_with_the_equalizer_on() {
    let folder = tempfile::tempdir().unwrap();
    let wav = folder.path().join("a.wav");
    write_wav(&wav, &music(30_011, 44_100), 44_100, 16);
    let files = [wav];
    let with_blocks = |next: &mut dyn FnMut() -> usize| {
        render(
            renderer(&files, settings_with_bands(), Duration::ZERO),
            next,
        )
    };
    let reference = with_blocks(&mut || 4096);
    assert_eq!(reference.len(), 30_011 * 2);
    assert_ne!(reference, whole(&files), "the equalizer is on");
    for size in [1, 7, 64, 480, 1056] {
        assert!(with_blocks(&mut || size) == reference, "blocks of {size}");
    }
    let mut seed = 99_u32;
    let random = with_blocks(&mut || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        1 + (seed >> 20) as usize % 2_000
    });
    assert!(random == reference, "blocks of random sizes");
}

/// Splits `samples` at a frame no codec's block ends at, and encodes whole and halves.
fn whole_and_halves(folder: &Path, samples: &[f32], kind: &str) -> (PathBuf, [PathBuf; 2]) {
    let cut = 54_321 * 2;
    let file = |name: &str, samples: &[f32]| {
        let wav = folder.join(format!("{name}.wav"));
        write_wav(&wav, samples, 44_100, 16);
        encode(&wav, kind)
    };
    let halves = [
        file("first", &samples[..cut]),
        file("second", &samples[cut..]),
    ];
    (file("whole", samples), halves)
}

#[test]
fn halves_joined_gaplessly_are_the_whole() {
    if !have("halves_joined_gaplessly", &["flac", "oggenc", "lame"]) {
        return;
    }
    let samples = music(123_457, 44_100);
    for kind in ["wav", "flac", "ogg", "mp3"] {
        let folder = tempfile::tempdir().unwrap();
        let (all, halves) = whole_and_halves(folder.path(), &samples, kind);
        let whole_file = whole(&[all]);
        let joined = whole(&halves);
        assert_eq!(
            whole_file.len(),
            samples.len(),
            "{kind}: length of the whole"
        );
        assert_eq!(joined.len(), samples.len(), "{kind}: length of the halves");
        // No sample is lost or added at the seam: it is each half's own sound, to the bit.
        let [first, second] = halves.map(|half| whole(&[half]));
        assert!(
            joined[..first.len()] == first && joined[first.len()..] == second,
            "{kind}: seam"
        );
        match kind {
            "wav" | "flac" => assert!(joined == whole_file, "{kind}: halves and whole differ"),
            _ => {
                // Each file is a lossy code of its own: the error at the seam is coding noise.
                let error = |range: std::ops::Range<usize>| {
                    let pairs = joined[range.clone()].iter().zip(&samples[range]);
                    let sum: f32 = pairs.clone().map(|(a, b)| (a - b).powi(2)).sum();
                    (sum / pairs.len() as f32).sqrt()
                };
                let seam = error(54_321 * 2 - 400..54_321 * 2 + 400);
                println!(
                    "{kind}: rms error {:.5} in all, {seam:.5} at the seam",
                    error(0..200_000)
                );
                assert!(seam < 0.03, "{kind}: {seam} at the seam");
            }
        }
    }
}

#[test]
fn resampled_halves_join_without_a_seam() {
    let folder = tempfile::tempdir().unwrap();
    let samples = music(100_000, 48_000);
    let file = |name: &str, samples: &[f32]| {
        let path = folder.path().join(name);
        write_wav(&path, samples, 48_000, 16);
        path
    };
    let all = whole(&[file("all.wav", &samples)]);
    let halves = [
        file("a.wav", &samples[..77_778]),
        file("b.wav", &samples[77_778..]),
    ];
    assert!(
        whole(&halves) == all,
        "the resampler's state is carried over"
    );
    assert_eq!(
        all.len() / 2,
        (100_000.0 * 44_100.0 / 48_000.0_f64).round() as usize
    );
}

#[test]
fn a_seek_starts_at_the_asked_frame() {
    if !have(
        "a_seek_starts_at_the_asked_frame",
        &["flac", "oggenc", "lame", "ffmpeg"],
    ) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let wav = folder.path().join("a.wav");
    write_wav(&wav, &music(400_000, 44_100), 44_100, 16);
    let mut files: Vec<PathBuf> = ["wav", "flac", "ogg", "mp3"]
        .iter()
        .map(|kind| encode(&wav, kind))
        .collect();
    for (name, codec) in [
        ("a.aiff", "pcm_s16be"),
        ("a.caf", "pcm_s16le"),
        ("alac.m4a", "alac"),
        ("aac.m4a", "aac"),
        ("a.aac", "aac"),
        ("flac.mka", "flac"),
    ] {
        let path = folder.path().join(name);
        let (from, to) = (wav.to_str().unwrap(), path.to_str().unwrap());
        // Without noise substitution, whose noise is anew after each seek as the standard has it.
        let tools: &[&str] = if codec == "aac" {
            &["-aac_pns", "0"]
        } else {
            &[]
        };
        let start = ["-v", "error", "-y", "-i", from, "-c:a", codec];
        run("ffmpeg", &[&start, tools, &[to]].concat());
        files.push(path);
    }
    for file in files {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let all = whole(std::slice::from_ref(&file));
        assert!(all.len() >= 400_000 * 2, "{name}: {} frames", all.len() / 2);
        let mut decoder = TrackDecoder::open(&file).unwrap();
        for frame in [200_000_u64, 3, 399_000, 0, 123_456, 44_100] {
            decoder.seek(frame).unwrap();
            let got = decoder
                .next_frames()
                .unwrap()
                .expect("frames after a seek")
                .to_vec();
            let want = &all[frame as usize * 2..][..got.len()];
            let worst = got
                .iter()
                .zip(want)
                .map(|(a, b)| (a - b).abs())
                .fold(0.0, f32::max);
            assert!(
                worst < 1e-5,
                "{name}: off by {worst} after a seek to {frame}"
            );
        }
        decoder.seek(10_000_000).unwrap();
        assert!(
            decoder.next_frames().unwrap().is_none(),
            "{name}: past the end"
        );
    }
}

#[test]
fn every_format_is_opened_by_its_content() {
    if !have("every_format_is_opened_by_its_content", &["flac"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let wav = folder.path().join("a.wav");
    write_wav(&wav, &music(5_000, 44_100), 44_100, 16);
    let disguised = folder.path().join("really a flac.mp3");
    std::fs::copy(encode(&wav, "flac"), &disguised).unwrap();
    let decoder = TrackDecoder::open(&disguised).unwrap();
    assert_eq!(decoder.info().codec, "FLAC");
    assert!(whole(&[disguised]) == whole(&[wav]));
}
