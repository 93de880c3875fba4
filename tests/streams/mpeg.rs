//! MP3: files behind one another, wrong counts, damaged starts, junk behind.

use crate::encoders::{ffmpeg_f32, have};
use crate::{decode, encode, expect_seeks, join, wav, write};

#[test]
fn mp3_files_behind_one_another_play_whole() {
    if !have("joined MP3", &["lame", "ffmpeg"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let first = wav(folder.path(), "a.wav", 50_001, 44_100, 2);
    let second = wav(folder.path(), "b.wav", 30_003, 44_100, 2);
    for options in ["-V 4", "-b 128", "-V 4 -t", "-b 96 -t"] {
        let a = encode(&first, "a.mp3", &format!("lame --quiet {options} IN OUT"));
        let b = encode(&second, "b.mp3", &format!("lame --quiet {options} IN OUT"));
        let (whole_a, whole_b) = (decode(&a), decode(&b));
        let is_counted = !options.contains("-t");
        if is_counted {
            assert_eq!(whole_a.samples.len(), 2 * 50_001, "{options}");
            assert_eq!(whole_b.samples.len(), 2 * 30_003, "{options}");
        } else {
            assert_eq!(whole_b.samples.len(), ffmpeg_f32(&b).len(), "{options}");
        }
        let tag = [&b"TAG"[..], &[0x20; 125]].concat();
        let tagged = write(&a, "tag.bin", &tag);
        for (name, parts) in [
            ("two", vec![a.as_path(), &b]),
            (
                "with a tag between",
                vec![a.as_path(), &tagged, &b, &tagged],
            ),
        ] {
            let joined = join(&parts, "joined.mp3");
            let whole = decode(&joined);
            let both = whole_a.samples.len() + whole_b.samples.len();
            assert_eq!(whole.samples.len(), both, "{options}: {name}");
            assert_eq!(
                whole.info.frames,
                Some(both as u64 / 2),
                "{options}: {name}"
            );
            // A run that is counted begins anew; one that is not leans on the frames before it.
            if is_counted {
                let (head, tail) = whole.samples.split_at(whole_a.samples.len());
                assert!(
                    head == whole_a.samples && tail == whole_b.samples,
                    "{options}: {name}"
                );
            }
            expect_seeks(&joined, &whole, &[50_000, 50_001, 49_000, 0], 1e-5);
        }
    }
}

#[test]
fn mp3_of_several_kinds_in_one_file_play_at_the_right_pitch() {
    if !have("joined MP3 of several kinds", &["lame"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let long = wav(folder.path(), "long.wav", 60_000, 44_100, 2);
    let long = encode(&long, "long.mp3", "lame --quiet -b 128 IN OUT");
    for (name, rate_hz, channels) in [
        ("mono", 44_100, 1),
        ("48 kHz", 48_000, 2),
        ("low", 22_050, 1),
    ] {
        let other = wav(folder.path(), "other.wav", 24_000, rate_hz, channels);
        let other = encode(&other, "other.mp3", "lame --quiet -b 64 IN OUT");
        for (first, second) in [(&long, &other), (&other, &long)] {
            let joined = join(&[first, second], "mixed.mp3");
            let whole = decode(&joined);
            assert_eq!(
                (whole.info.sample_rate_hz, whole.info.channels),
                (44_100, 2),
                "{name}"
            );
            let short = (24_000_u64 * 44_100 + u64::from(rate_hz) / 2) / u64::from(rate_hz);
            assert_eq!(whole.samples.len() as u64, 2 * (60_000 + short), "{name}");
            assert_eq!(whole.info.frames, Some(60_000 + short), "{name}");
            // The part that is not converted is as it is by itself.
            let alone = decode(&long);
            let at = if first == &long {
                0
            } else {
                2 * short as usize
            };
            assert!(
                whole.samples[at..at + alone.samples.len()] == alone.samples,
                "{name}"
            );
            expect_seeks(&joined, &whole, &[0, 60_000, 23_999, 24_000], 2e-5);
        }
    }
}

/// Where the count of frames stands in a file that begins with LAME's frame.
fn count_place(file: &[u8]) -> usize {
    let mark = file
        .windows(4)
        .position(|four| four == b"Xing" || four == b"Info");
    mark.unwrap() + 8
}

#[test]
fn counts_in_mp3_headers_are_not_believed_over_the_frames() {
    if !have("MP3 counts", &["lame"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let source = wav(folder.path(), "a.wav", 90_000, 44_100, 2);
    for options in ["-V 3", "-b 160"] {
        let right = encode(&source, "a.mp3", &format!("lame --quiet {options} IN OUT"));
        let file = std::fs::read(&right).unwrap();
        let at = count_place(&file);
        let count = u32::from_be_bytes(file[at..at + 4].try_into().unwrap());
        let whole = decode(&right);
        assert_eq!(whole.samples.len(), 180_000);
        for wrong in [count - 5, count / 2, 1, 0] {
            let mut file = file.clone();
            file[at..at + 4].copy_from_slice(&wrong.to_be_bytes());
            let low = decode(&write(&right, "low.mp3", &file));
            // Where the end is not known, what the encoder put behind is not cut off.
            assert_eq!(
                &low.samples[..180_000],
                &whole.samples[..],
                "{options}, {wrong} of {count}"
            );
            assert!(
                low.samples.len() <= 180_000 + 2 * 2_304,
                "{options}, {wrong} of {count}"
            );
            assert_eq!(low.info.warnings, Vec::<String>::new());
        }
        let mut file_high = file.clone();
        file_high[at..at + 4].copy_from_slice(&(count + 40).to_be_bytes());
        let high = decode(&write(&right, "high.mp3", &file_high));
        assert_eq!(&high.samples[..180_000], &whole.samples[..]);
        assert!(
            high.info.warnings[0].starts_with("cut short"),
            "{:?}",
            high.info.warnings
        );
        let cut = decode(&write(&right, "cut.mp3", &file[..file.len() * 2 / 3]));
        assert!(
            cut.info.warnings[0].starts_with("cut short"),
            "{:?}",
            cut.info.warnings
        );
        let frames = cut.samples.len();
        assert!((100_000..125_000).contains(&frames), "{frames}");
        assert_eq!(&cut.samples[..], &whole.samples[..frames]);
    }
}

#[test]
fn absurd_counts_in_mp3_headers_are_not_told() {
    if !have("absurd MP3 counts", &["lame"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let source = wav(folder.path(), "a.wav", 90_000, 44_100, 2);
    let right = encode(&source, "a.mp3", "lame --quiet -V 3 IN OUT");
    let file = std::fs::read(&right).unwrap();
    let (at, whole) = (count_place(&file), decode(&right));
    for wrong in [4_000_u32, 1_000_000, 0x7FFF_FFFF, u32::MAX] {
        let mut file = file.clone();
        file[at..at + 4].copy_from_slice(&wrong.to_be_bytes());
        let found = decode(&write(&right, "absurd.mp3", &file));
        assert!(found.samples[..180_000] == whole.samples[..], "{wrong}");
        assert_eq!(found.info.warnings, Vec::<String>::new(), "{wrong}");
        assert!(found.info.frames.unwrap() < 95_000, "{wrong}");
        // Of a file that was cut, only that is told.
        let cut = decode(&write(&right, "cut.mp3", &file[..file.len() * 2 / 3]));
        assert_eq!(
            cut.info.warnings,
            ["cut short: its last frame is incomplete"],
            "{wrong}"
        );
    }
}

#[test]
fn mp3_with_a_damaged_start_plays_from_its_first_whole_frame() {
    if !have("damaged MP3", &["lame", "ffmpeg"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let source = wav(folder.path(), "a.wav", 60_000, 44_100, 2);
    let right = encode(&source, "a.mp3", "lame --quiet -b 128 -t IN OUT");
    let file = std::fs::read(&right).unwrap();
    let whole = decode(&right).samples.len();
    for cut in [1, 5, 417, 700, 2_000] {
        let damaged = write(&right, "cut.mp3", &file[cut..]);
        let found = decode(&damaged).samples.len();
        let lost = 2 * 1_152 * cut.div_ceil(417);
        assert!(
            found.abs_diff(whole - lost) <= 2 * 1_152,
            "{cut} bytes cut: {found} samples of {whole}"
        );
    }
    for junk in [
        &[0; 3_000][..],
        b"HTTP/1.1 200 OK\r\n\r\n",
        &[0xFF; 100],
        &[0x7F; 70_000],
    ] {
        let damaged = write(&right, "junk.mp3", &[junk, &file].concat());
        assert_eq!(
            decode(&damaged).samples.len(),
            whole,
            "{} bytes of junk",
            junk.len()
        );
    }
    // An ID3v2 tag whose size is wrong.
    for size in [0, 20, 0x0FFF_FFFF] {
        let digits = [21, 14, 7, 0].map(|shift| (size >> shift & 0x7F) as u8);
        let tag = [&b"ID3\x03\0\0"[..], &digits, &[0; 100]].concat();
        let damaged = write(&right, "id3.mp3", &[&tag, &file[..]].concat());
        assert_eq!(decode(&damaged).samples.len(), whole, "a tag of {size}");
    }
}

#[test]
fn tags_behind_free_format_mp3_are_no_frames() {
    if !have("free-format MP3", &["lame"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let source = wav(folder.path(), "a.wav", 60_000, 44_100, 2);
    let right = encode(
        &source,
        "a.mp3",
        "lame --quiet --freeformat -b 200 -t IN OUT",
    );
    let whole = decode(&right).samples;
    let file = std::fs::read(&right).unwrap();
    let tag = [&b"TAG"[..], &[0x20; 125]].concat();
    let zeros = |count| vec![0; count];
    for tail in [
        tag.clone(),
        tag.repeat(2),
        zeros(1),
        zeros(100),
        zeros(5_000),
        [zeros(300), tag.clone()].concat(),
        b"some junk".repeat(90),
    ] {
        let changed = write(&right, "tail.mp3", &[&file[..], &tail].concat());
        assert!(
            decode(&changed).samples == whole,
            "{} bytes behind",
            tail.len()
        );
    }
}
