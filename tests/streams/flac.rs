//! FLAC: whatever stands around its frames, streams behind one another, stream information that is no use.

use crate::encoders::{have, write_wav_of};
#[cfg(unix)]
use crate::pipes::decode_piped;
use crate::{decode, encode, expect_seeks, wav, write};
use media::decoder::TrackDecoder;
use std::path::Path;

#[test]
fn flac_plays_whole_whatever_stands_around_its_frames() {
    if !have("FLAC tails", &["flac"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let source = wav(folder.path(), "a.wav", 50_000, 44_100, 2);
    let right = encode(&source, "a.flac", "flac -s -f -5 -T TITLE=Name -o OUT IN");
    let file = std::fs::read(&right).unwrap();
    let whole = decode(&right);
    assert_eq!(whole.samples.len(), 100_000);
    let expect = |name: &str, content: &[u8], warning: Option<&str>| {
        let path = write(&right, "changed.flac", content);
        let found = decode(&path);
        assert!(
            found.samples == whole.samples,
            "{name}: {} samples",
            found.samples.len()
        );
        assert_eq!(found.info.frames, Some(50_000), "{name}");
        assert_eq!(
            found.info.warnings.first().map(String::as_str),
            warning,
            "{name}"
        );
        expect_seeks(&path, &found, &[49_999, 0, 4_095, 4_096], 0.0);
    };
    let mut seed = 5_u32;
    let junk: Vec<u8> = (0..5_000)
        .map(|_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 24) as u8
        })
        .collect();
    let ape = {
        let head = |flags: u32| {
            let mut head = b"APETAGEX\xD0\x07\0\0".to_vec();
            head.extend(52_u32.to_le_bytes());
            head.extend(1_u32.to_le_bytes());
            head.extend(flags.to_le_bytes());
            head.extend([0; 8]);
            head
        };
        let item = b"\x06\0\0\0\0\0\0\0Title\0Name12";
        [&head(0xA000_0000)[..], item, &head(0x8000_0000)].concat()
    };
    let id3v1 = [&b"TAG"[..], &[0x20; 125]].concat();
    let lyrics = b"LYRICSBEGININD0000210000020LYRICS200";
    for (name, tail) in [
        ("ID3v1", id3v1.clone()),
        ("APE", ape.clone()),
        ("APE and ID3v1", [&ape[..], &id3v1].concat()),
        ("APE without its head", ape[32..].to_vec()),
        ("an APE foot of a wrong size", {
            let mut foot = ape[ape.len() - 32..].to_vec();
            foot[12..16].copy_from_slice(&5_000_u32.to_le_bytes());
            foot[20..24].fill(0);
            foot
        }),
        ("Lyrics3", [&lyrics[..], &id3v1].concat()),
        ("a byte", vec![b'x']),
        ("a zero", vec![0]),
        ("the mark of a frame", vec![0xFF, 0xF8, 0xC9, 0x18]),
        ("junk", junk),
        ("zeros", vec![0; 70_000]),
    ] {
        expect(
            &format!("{name} behind"),
            &[&file[..], &tail].concat(),
            None,
        );
    }
    let id3v2 = [&b"ID3\x04\0\0\0\0\0\x40"[..], &[0; 64]].concat();
    expect(
        "two tags in front",
        &[&id3v2[..], &id3v2, &file].concat(),
        None,
    );
    // The comment block, behind the first one of 34 bytes: its length, and what it says.
    let mut comment = 42;
    while file[comment] & 0x7F != 4 {
        comment += 4 + usize::from(file[comment + 2]) * 256 + usize::from(file[comment + 3]);
    }
    let changed = |at: usize, bytes: &[u8]| {
        let mut file = file.clone();
        file[at..at + bytes.len()].copy_from_slice(bytes);
        file
    };
    expect(
        "a comment that counts too many",
        &changed(comment + 4, &[0xFF; 4]),
        None,
    );
    expect(
        "a block too long",
        &changed(comment + 1, &[0, 0xF0, 0]),
        None,
    );
    expect("a block too short", &changed(comment + 1, &[0, 0, 3]), None);
    expect("a block of another kind", &changed(comment, &[6]), None);
    // How many frames there are: the last 36 of 64 bits that end in the 18th byte of the first block.
    let count = |frames: u64| {
        let high = file[21] & 0xF0 | (frames >> 32) as u8;
        changed(21, &[&[high][..], &(frames as u32).to_be_bytes()].concat())
    };
    expect("no count", &count(0), None);
    expect("a count too low", &count(1_000), None);
    let cut = Some("cut short: 50000 of 60000 frames are there");
    expect("a count too high", &count(60_000), cut);
    let headless = TrackDecoder::open(&write(&right, "cut.flac", &file[..comment + 20]));
    let reason = headless.err().map(|error| error.to_string());
    assert_eq!(
        reason.as_deref(),
        Some("damaged: it is cut short before its sound begins")
    );
    for share in [0.2, 0.5, 0.95] {
        let end = (file.len() as f64 * share) as usize;
        let cut = decode(&write(&right, "cut.flac", &file[..end]));
        let frames = cut.samples.len() / 2;
        assert!(cut.samples[..] == whole.samples[..2 * frames], "{share}");
        assert_eq!(frames % 4_096, 0, "whole blocks");
        assert!(
            frames as f64 > 50_000.0 * share - 12_000.0,
            "{share}: {frames}"
        );
        let line = format!("cut short: {frames} of 50000 frames are there");
        assert_eq!(cut.info.warnings, [line]);
    }
}

/// The samples of a file of 16 bits as they were encoded.
fn source_samples(path: &Path) -> Vec<f32> {
    let bytes = std::fs::read(path).unwrap();
    let samples = bytes[44..].as_chunks().0.iter();
    samples
        .map(|sample| f32::from(i16::from_le_bytes(*sample)) / 32_768.0)
        .collect()
}

/// A FLAC file's bytes from its first frame on.
fn flac_frames(file: &[u8]) -> &[u8] {
    let mut at = 4;
    loop {
        let head = &file[at..at + 4];
        at += 4 + usize::from(head[1]) * 65_536 + usize::from(head[2]) * 256 + usize::from(head[3]);
        if head[0] & 0x80 != 0 {
            return &file[at..];
        }
    }
}

#[cfg(unix)]
#[test]
fn flac_files_behind_one_another_play_whole() {
    if !have("joined FLAC", &["flac", "mkfifo"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let make = |name: &str, frames, rate_hz, channels, options: &str| {
        let source = wav(
            folder.path(),
            &format!("{name}.wav"),
            frames,
            rate_hz,
            channels,
        );
        let command = format!("flac -s -f {options} -o OUT IN");
        let flac = encode(&source, &format!("{name}.flac"), &command);
        (source_samples(&source), std::fs::read(flac).unwrap())
    };
    let (first, a) = make("a", 50_000, 44_100, 2, "-5 -T TITLE=One");
    let (second, b) = make("b", 33_333, 44_100, 2, "-0 -T TITLE=Two");
    let (third, c) = make("c", 400_000, 44_100, 2, "-5 -b 1152");
    let (mono, m) = make("m", 20_001, 44_100, 1, "-5");
    let (_, other_rate) = make("r", 24_000, 48_000, 2, "-5");
    let silent = folder.path().join("s.wav");
    write_wav_of(&silent, &vec![0.0; 2 * 400_000], 44_100, 2, 16);
    let silent = encode(&silent, "s.flac", "flac -s -f -o OUT IN");
    let (silence, s) = (vec![0.0_f32; 2 * 400_000], std::fs::read(silent).unwrap());
    let both = |mono: &[f32]| mono.iter().flat_map(|x| [*x, *x]).collect::<Vec<_>>();
    let id3v2 = [&b"ID3\x04\0\0\0\0\0\x40"[..], &[0; 64]].concat();
    let id3v1 = [&b"TAG"[..], &[0x20; 125]].concat();
    for (name, content, wanted) in [
        ("two", [&a[..], &b].concat(), [&first[..], &second].concat()),
        (
            "the same",
            [&a[..], &a].concat(),
            [&first[..], &first].concat(),
        ),
        (
            "three",
            [&b[..], &c, &a].concat(),
            [&second[..], &third, &first].concat(),
        ),
        (
            "tags between",
            [&id3v2[..], &a, &id3v1, &id3v2, &b, &id3v1].concat(),
            [&first[..], &second].concat(),
        ),
        (
            "mono behind",
            [&a[..], &m].concat(),
            [first.clone(), both(&mono)].concat(),
        ),
        // Equal counts of frames, and places in the file that tell nothing.
        (
            "silence in front",
            [&s[..], &c].concat(),
            [&silence[..], &third].concat(),
        ),
        (
            "silence behind",
            [&c[..], &s].concat(),
            [&third[..], &silence].concat(),
        ),
        (
            "frames without a mark",
            flac_frames(&a).to_vec(),
            first.clone(),
        ),
        (
            "a stream without its front",
            flac_frames(&c)[flac_frames(&c).len() / 2..].to_vec(),
            Vec::new(),
        ),
    ] {
        let path = write(&folder.path().join("a"), "joined.flac", &content);
        let found = decode(&path);
        assert!(
            found.info.warnings.is_empty(),
            "{name}: {:?}",
            found.info.warnings
        );
        if wanted.is_empty() {
            let tail = &third[third.len() - found.samples.len()..];
            assert!(found.samples == tail, "{name}");
            assert!(found.samples.len() > third.len() / 2 - 20_000, "{name}");
            continue;
        }
        assert!(found.samples == wanted, "{name}: {}", found.samples.len());
        assert_eq!(found.info.frames, Some(wanted.len() as u64 / 2), "{name}");
        expect_seeks(&path, &found, &[49_999, 50_000, 0, 1], 0.0);
        let piped = decode_piped(&path, &content);
        assert!(
            piped.samples == wanted,
            "{name}, piped: {}",
            piped.samples.len()
        );
    }
    let path = write(
        &folder.path().join("a"),
        "joined.flac",
        &[&a[..], &b].concat(),
    );
    let titled = decode(&path).info;
    let title_at = |frame| titled.tags_at(frame).and_then(|tags| tags.title.clone());
    assert_eq!(title_at(49_999).as_deref(), Some("One"));
    assert_eq!(title_at(50_000).as_deref(), Some("Two"));
    // 24,000 frames at 48 kHz are half a second.
    let path = write(&path, "joined.flac", &[&a[..], &other_rate].concat());
    let found = decode(&path);
    assert_eq!(found.samples.len(), 2 * (50_000 + 22_050));
    assert!(found.samples[..100_000] == first);
    let path = write(&path, "joined.flac", &[&a[..a.len() * 2 / 3], &b].concat());
    let found = decode(&path);
    assert!(found.samples[found.samples.len() - second.len()..] == second);
    assert_eq!(found.info.warnings.len(), 1, "{:?}", found.info.warnings);
}

#[cfg(unix)]
#[test]
fn flac_plays_by_its_frames_where_its_stream_information_is_no_use() {
    if !have("FLAC stream information", &["flac", "mkfifo"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let source = wav(folder.path(), "a.wav", 50_000, 44_100, 2);
    let right = encode(&source, "a.flac", "flac -s -f -5 -o OUT IN");
    let wanted = source_samples(&source);
    let file = std::fs::read(&right).unwrap();
    // The block begins at the ninth byte.
    let changed = |at: usize, bytes: &[u8]| {
        let mut file = file.clone();
        file[8 + at..8 + at + bytes.len()].copy_from_slice(bytes);
        file
    };
    let without = |end: usize| [&b"fLaC"[..], &file[end..]].concat();
    let first_frame = file.len() - flac_frames(&file).len();
    for (name, content) in [
        ("none", without(42)),
        ("no block at all", without(first_frame)),
        ("empty", changed(0, &[0; 34])),
        ("no lengths of blocks", changed(0, &[0; 4])),
        ("no total", changed(13, &[file[21] & 0xF0, 0, 0, 0, 0])),
        ("no rate", changed(10, &[0, 0, file[20] & 0x0F])),
        ("another rate", changed(10, &[0x0B, 0xB8, file[20] & 0x0F])),
        (
            "other channels and bits",
            changed(12, &[0x40, 0xF0 | file[21] & 0x0F]),
        ),
        ("blocks too short", changed(0, &[0, 16, 0, 16])),
        (
            "a shortest block beyond the longest",
            changed(0, &[0xFF, 0xFF, 0, 0x20]),
        ),
        ("lengths of frames", changed(4, &[0, 0, 1, 0, 0, 2])),
        ("no checksum", changed(18, &[0; 16])),
    ] {
        let path = write(&right, "changed.flac", &content);
        let found = decode(&path);
        assert!(found.samples == wanted, "{name}: {}", found.samples.len());
        assert_eq!(found.info.sample_rate_hz, 44_100, "{name}");
        assert!(
            found.info.warnings.is_empty(),
            "{name}: {:?}",
            found.info.warnings
        );
        expect_seeks(&path, &found, &[49_999, 0, 4_095, 4_096], 0.0);
        assert!(decode_piped(&path, &content).samples == wanted, "{name}");
    }
}
