//! Streams that were joined, cut, or have something around them, made by real encoders: every frame plays, and any
//! can be gone to.

#![allow(clippy::unwrap_used, reason = "tests may fail loudly")]

mod encoders;

use encoders::{ffmpeg_f32, have, music_of, run, write_wav_of};
use media::decoder::{StreamInfo, TrackDecoder};
use std::path::{Path, PathBuf};

struct Decoded {
    info: StreamInfo,
    samples: Vec<f32>,
}

fn decode(path: &Path) -> Decoded {
    let mut decoder =
        TrackDecoder::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut samples = Vec::new();
    while let Some(frames) = decoder.next_frames().unwrap() {
        samples.extend_from_slice(frames);
    }
    Decoded {
        info: decoder.info().clone(),
        samples,
    }
}

/// After a seek, what comes is what comes there without one: to within `allowed`.
fn expect_seeks(path: &Path, whole: &Decoded, targets: &[usize], allowed: f32) {
    let channels = whole.info.channels;
    let frames = whole.samples.len() / channels;
    let mut decoder = TrackDecoder::open(path).unwrap();
    let mut seed = 9_u64;
    let random = (0..30).map(|_| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seed >> 33) as usize % frames
    });
    for target in targets.iter().copied().chain(random.collect::<Vec<_>>()) {
        decoder.seek(target as u64).unwrap();
        let mut got = Vec::new();
        while got.len() < 2_500 * channels {
            match decoder.next_frames().unwrap() {
                Some(frames) => got.extend_from_slice(frames),
                None => break,
            }
        }
        let wanted = &whole.samples[target * channels..];
        let length = wanted.len().min(2_500 * channels);
        assert!(
            got.len() >= length,
            "{}: too few frames at {target}",
            path.display()
        );
        let far = got
            .iter()
            .zip(&wanted[..length])
            .map(|(a, b)| (a - b).abs());
        let worst = far.fold(0.0, f32::max);
        assert!(
            worst <= allowed,
            "{}: {worst} off after a seek to {target}",
            path.display()
        );
    }
}

fn wav(folder: &Path, name: &str, frames: usize, rate_hz: u32, channels: u16) -> PathBuf {
    let path = folder.join(name);
    write_wav_of(
        &path,
        &music_of(frames, rate_hz, channels),
        rate_hz,
        channels,
        16,
    );
    path
}

/// Encodes with `command`, in which IN and OUT stand for the files.
fn encode(source: &Path, name: &str, command: &str) -> PathBuf {
    let out = source.with_file_name(name);
    let words: Vec<&str> = command
        .split(' ')
        .map(|word| match word {
            "IN" => source.to_str().unwrap(),
            "OUT" => out.to_str().unwrap(),
            word => word,
        })
        .collect();
    run(words[0], &words[1..]);
    out
}

fn join(paths: &[&Path], name: &str) -> PathBuf {
    let joined = paths[0].with_file_name(name);
    let bytes: Vec<u8> = paths
        .iter()
        .flat_map(|path| std::fs::read(path).unwrap())
        .collect();
    std::fs::write(&joined, bytes).unwrap();
    joined
}

fn write(beside: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = beside.with_file_name(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

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

/// The checksum of an Ogg page (RFC 3533), computed bit by bit.
fn page_checksum(page: &[u8]) -> u32 {
    page.iter().fold(0_u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte) << 24, |sum, _| {
            sum << 1 ^ if sum >> 31 == 1 { 0x04C1_1DB7 } else { 0 }
        })
    })
}

/// The file with each page changed by `change`, given its place and head.
fn with_pages(file: &[u8], mut change: impl FnMut(usize, &mut [u8])) -> Vec<u8> {
    let (mut file, mut at, mut number) = (file.to_vec(), 0, 0);
    while at < file.len() {
        let segments = usize::from(file[at + 26]);
        let body: usize = file[at + 27..at + 27 + segments]
            .iter()
            .map(|n| usize::from(*n))
            .sum();
        let end = at + 27 + segments + body;
        let page = &mut file[at..end];
        change(number, page);
        page[22..26].fill(0);
        let sum = page_checksum(page);
        page[22..26].copy_from_slice(&sum.to_le_bytes());
        (at, number) = (end, number + 1);
    }
    file
}

const OGG_ENCODERS: [(&str, &str); 3] = [
    ("ogg", "oggenc -Q -q 4 -o OUT IN"),
    ("opus", "opusenc --quiet IN OUT"),
    ("oga", "flac -s -f --ogg -o OUT IN"),
];

#[test]
fn chained_ogg_files_play_whole_and_can_be_gone_to_anywhere() {
    if !have("chained Ogg", &["oggenc", "opusenc", "flac"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let first = wav(folder.path(), "a.wav", 60_001, 48_000, 2);
    let second = wav(folder.path(), "b.wav", 40_003, 48_000, 2);
    for (extension, command) in OGG_ENCODERS {
        let a = encode(&first, &format!("a.{extension}"), command);
        let b = encode(&second, &format!("b.{extension}"), command);
        let (whole_a, whole_b) = (decode(&a), decode(&b));
        assert_eq!(whole_a.samples.len(), 2 * 60_001, "{extension}");
        assert_eq!(whole_b.samples.len(), 2 * 40_003, "{extension}");
        // With serial numbers of their own, and with the same one.
        let serial: [u8; 4] = std::fs::read(&a).unwrap()[14..18].try_into().unwrap();
        let same = with_pages(&std::fs::read(&b).unwrap(), |_, page| {
            page[14..18].copy_from_slice(&serial);
        });
        let same = write(&b, &format!("same.{extension}"), &same);
        for second in [&b, &same] {
            let chain = join(&[&a, second, &a], &format!("chain.{extension}"));
            let whole = decode(&chain);
            let wanted = [&whole_a.samples[..], &whole_b.samples, &whole_a.samples].concat();
            assert_eq!(whole.samples.len(), wanted.len(), "{extension}");
            assert!(whole.samples == wanted, "{extension}");
            assert_eq!(whole.info.frames, Some(160_005), "{extension}");
            assert_eq!(whole.info.warnings, Vec::<String>::new(), "{extension}");
            let allowed = if extension == "opus" { 1e-4 } else { 1e-6 };
            expect_seeks(
                &chain,
                &whole,
                &[60_000, 60_001, 100_003, 100_004, 0, 160_004],
                allowed,
            );
        }
    }
}

#[test]
fn each_link_of_a_chain_has_its_title() {
    if !have("titles of links", &["oggenc", "opusenc", "flac"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let source = wav(folder.path(), "a.wav", 30_000, 48_000, 2);
    for (extension, command) in [
        ("ogg", "oggenc -Q -t NAME -o OUT IN"),
        ("opus", "opusenc --quiet --title NAME IN OUT"),
        ("oga", "flac -s -f --ogg -T TITLE=NAME -o OUT IN"),
    ] {
        let parts = ["One", "Two", "Three"].map(|title| {
            encode(
                &source,
                &format!("{title}.{extension}"),
                &command.replace("NAME", title),
            )
        });
        let chain = join(
            &parts.each_ref().map(PathBuf::as_path),
            &format!("chain.{extension}"),
        );
        let info = decode(&chain).info;
        let title = |frame| info.tags_at(frame).and_then(|tags| tags.title.clone());
        for (frame, wanted) in [
            (0, "One"),
            (29_999, "One"),
            (30_000, "Two"),
            (60_000, "Three"),
            (1 << 40, "Three"),
        ] {
            assert_eq!(
                title(frame).as_deref(),
                Some(wanted),
                "{extension} at {frame}"
            );
        }
        assert_eq!(decode(&parts[0]).info.links, []);
    }
}

#[test]
fn links_of_other_rates_and_channels_are_brought_together() {
    if !have("links of other rates", &["oggenc"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let long = wav(folder.path(), "a.wav", 90_000, 48_000, 2);
    let long = encode(&long, "a.ogg", "oggenc -Q -q 4 -o OUT IN");
    let short = wav(folder.path(), "b.wav", 22_050, 22_050, 1);
    let short = encode(&short, "b.ogg", "oggenc -Q -q 4 -o OUT IN");
    let chain = join(&[&short, &long], "chain.ogg");
    let whole = decode(&chain);
    assert_eq!(
        (whole.info.sample_rate_hz, whole.info.channels),
        (48_000, 2)
    );
    assert_eq!(whole.samples.len(), 2 * (48_000 + 90_000));
    assert!(whole.samples[2 * 48_000..] == decode(&long).samples);
    expect_seeks(&chain, &whole, &[0, 47_999, 48_000], 2e-5);
}

#[test]
fn ogg_pages_may_leave_out_their_positions_and_come_between_others() {
    if !have("Ogg pages", &["oggenc", "opusenc", "flac"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let source = wav(folder.path(), "a.wav", 200_001, 48_000, 2);
    for (extension, command) in OGG_ENCODERS {
        let right = encode(&source, &format!("a.{extension}"), command);
        let file = std::fs::read(&right).unwrap();
        let whole = decode(&right);
        let mut pages = 0;
        with_pages(&file, |_, _| pages += 1);
        let silent = with_pages(&file, |number, page| {
            if number % 3 != 0 && number + 1 < pages && page[6..14] != [0; 8] {
                page[6..14].fill(0xFF);
            }
        });
        let silent = write(&right, &format!("silent.{extension}"), &silent);
        assert!(
            decode(&silent).samples == whole.samples,
            "{extension}: positions left out"
        );
        // A stream of something else between the pages.
        let mut mixed = Vec::new();
        with_pages(&file, |number, page| {
            let mut other =
                b"OggS\0\x02\0\0\0\0\0\0\0\0OTHR\0\0\0\0\0\0\0\0\x01\x10something other!".to_vec();
            other[5] = if number == 0 { 2 } else { 0 };
            let sum = page_checksum(&other);
            other[22..26].copy_from_slice(&sum.to_le_bytes());
            let mut page = page.to_vec();
            page[22..26].fill(0);
            let sum = page_checksum(&page);
            page[22..26].copy_from_slice(&sum.to_le_bytes());
            mixed.extend(page);
            mixed.extend(other);
        });
        let mixed = write(&right, &format!("mixed.{extension}"), &mixed);
        assert!(
            decode(&mixed).samples == whole.samples,
            "{extension}: another stream between"
        );
        for share in [0.3, 0.55, 0.9] {
            let cut = &file[..(file.len() as f64 * share) as usize];
            let cut = decode(&write(&right, &format!("cut.{extension}"), cut));
            let (found, all) = (cut.samples.len(), whole.samples.len());
            assert!(
                cut.samples[..] == whole.samples[..found],
                "{extension}, {share} of it"
            );
            assert!(
                (0.15 * all as f64..all as f64).contains(&(found as f64)),
                "{extension}: {found}"
            );
            assert!(
                cut.info.warnings[0].starts_with("cut short"),
                "{:?}",
                cut.info.warnings
            );
        }
    }
}

#[cfg(unix)]
#[test]
fn ogg_positions_may_begin_anywhere_and_jump_behind_the_first_page() {
    if !have("shifted Ogg", &["oggenc", "opusenc", "flac", "mkfifo"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (extension, command) in OGG_ENCODERS {
        let source = wav(folder.path(), "a.wav", 132_300, 48_000, 2);
        let plain = encode(&source, &format!("a.{extension}"), command);
        let (whole, file) = (decode(&plain), std::fs::read(&plain).unwrap());
        assert_eq!(whole.samples.len(), 2 * 132_300, "{extension}");
        // Pages of headers say 0.
        let mut first = None;
        with_pages(&file, |index, page| {
            let position = i64::from_le_bytes(page[6..14].try_into().unwrap());
            first = first.or((position > 0).then_some(index));
        });
        let first = first.unwrap();
        let shifted = |is_shifted: &dyn Fn(usize) -> bool| {
            with_pages(&file, |index, page| {
                let position = i64::from_le_bytes(page[6..14].try_into().unwrap());
                if position > 0 && is_shifted(index) {
                    page[6..14].copy_from_slice(&(position + 26_460_077).to_le_bytes());
                }
            })
        };
        for (name, content) in [
            ("all", shifted(&|_| true)),
            ("the first", shifted(&|index| index == first)),
            ("all but the first", shifted(&|index| index > first)),
        ] {
            let name = format!("{extension}, {name}");
            let path = write(&plain, &format!("shifted.{extension}"), &content);
            let found = decode(&path);
            assert_eq!(found.samples.len(), whole.samples.len(), "{name}");
            assert!(found.samples == whole.samples, "{name}");
            assert_eq!(found.info.frames, Some(132_300), "{name}");
            expect_seeks(&path, &found, &[132_299, 0, 70_000], 1e-3);
            assert!(
                decode_piped(&path, &content).samples == whole.samples,
                "{name}, piped"
            );
        }
    }
}

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

/// Plays what a pipe of this content gives.
#[cfg(unix)]
fn decode_piped(beside: &Path, content: &[u8]) -> Decoded {
    let folder = tempfile::tempdir_in(beside.parent().unwrap()).unwrap();
    let pipe = folder.path().join("pipe");
    run("mkfifo", &[pipe.to_str().unwrap()]);
    let (content, target) = (content.to_vec(), pipe.clone());
    let writer = std::thread::Builder::new().spawn(move || std::fs::write(target, content));
    let piped = decode(&pipe);
    writer.unwrap().join().unwrap().unwrap();
    piped
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

#[test]
fn flac_of_32_bits_is_as_near_as_the_output_can_tell() {
    if !have("FLAC of 32 bits", &["flac"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let raw = folder.path().join("a.raw");
    let mut seed = 7_u32;
    // Loud, with a noise that uses every bit, both channels alike: predictors and a side channel of 33 bits.
    let words: Vec<i32> = (0..40_000)
        .flat_map(|n| {
            let tone = (f64::from(n) * 0.05).sin() * 2_147_000_000.0;
            [1, -1].map(|sign| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                tone as i32 * sign + (seed >> 15) as i32
            })
        })
        .collect();
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    std::fs::write(&raw, bytes).unwrap();
    let format = "--force-raw-format --endian=little --sign=signed --channels=2 --bps=32 --sample-rate=48000";
    for level in ["-0", "-3", "-5", "-8"] {
        let file = encode(
            &raw,
            "a.flac",
            &format!("flac -s -f {level} {format} -o OUT IN"),
        );
        let mut decoder = TrackDecoder::open(&file).unwrap();
        assert_eq!(decoder.info().bits_per_sample, Some(32));
        let mut samples = Vec::new();
        while let Some(frames) = decoder.next_frames().unwrap() {
            samples.extend_from_slice(frames);
        }
        assert_eq!(samples.len(), words.len(), "{level}");
        for (sample, word) in samples.iter().zip(&words) {
            assert_eq!(
                *sample,
                (f64::from(*word) / 2_f64.powi(31)) as f32,
                "{level}"
            );
        }
    }
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

#[cfg(unix)]
#[test]
fn everything_plays_through_a_pipe() {
    let tools = ["ffmpeg", "flac", "lame", "oggenc", "opusenc", "mkfifo"];
    if !have("pipes", &tools) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let source = wav(folder.path(), "a.wav", 30_001, 48_000, 2);
    for (name, command) in [
        ("b.wav", "ffmpeg -v error -i IN -c:a pcm_s24le OUT"),
        ("b.aiff", "ffmpeg -v error -i IN OUT"),
        ("b.caf", "ffmpeg -v error -i IN OUT"),
        ("b.flac", "flac -s -o OUT IN"),
        ("b.mp3", "lame --quiet IN OUT"),
        ("c.mp3", "lame --quiet -t IN OUT"),
        ("b.ogg", "oggenc -Q -o OUT IN"),
        ("b.opus", "opusenc --quiet IN OUT"),
        ("b.oga", "flac -s --ogg -o OUT IN"),
        ("b.m4a", "ffmpeg -v error -i IN -c:a alac OUT"),
        ("b.mka", "ffmpeg -v error -i IN -c:a flac OUT"),
        ("b.aac", "ffmpeg -v error -i IN OUT"),
    ] {
        let file = encode(&source, name, command);
        let pipe = folder.path().join(format!("pipe-{name}"));
        run("mkfifo", &[pipe.to_str().unwrap()]);
        let (content, target) = (std::fs::read(&file).unwrap(), pipe.clone());
        let writer = std::thread::Builder::new().spawn(move || std::fs::write(target, content));
        let piped = decode(&pipe);
        writer.unwrap().join().unwrap().unwrap();
        assert!(
            piped.samples == decode(&file).samples,
            "{name}: {}",
            piped.samples.len()
        );
    }
}

#[cfg(unix)]
#[test]
fn joined_streams_of_several_kinds_play_through_a_pipe() {
    if !have("joined streams in a pipe", &["lame", "oggenc", "mkfifo"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (extension, command) in [
        ("mp3", "lame --quiet -b 128 IN OUT"),
        ("ogg", "oggenc -Q -q 4 -o OUT IN"),
    ] {
        let long = wav(folder.path(), "long.wav", 60_000, 44_100, 2);
        let long = encode(&long, &format!("long.{extension}"), command);
        let short = wav(folder.path(), "short.wav", 22_050, 22_050, 1);
        let short = encode(
            &short,
            &format!("short.{extension}"),
            &command.replace("128", "64"),
        );
        let joined = join(&[&long, &short, &long], &format!("joined.{extension}"));
        let pipe = folder.path().join(format!("pipe.{extension}"));
        run("mkfifo", &[pipe.to_str().unwrap()]);
        let (content, target) = (std::fs::read(&joined).unwrap(), pipe.clone());
        let writer = std::thread::Builder::new().spawn(move || std::fs::write(target, content));
        let piped = decode(&pipe);
        writer.unwrap().join().unwrap().unwrap();
        let by_name = decode(&joined);
        assert_eq!(piped.samples.len(), by_name.samples.len(), "{extension}");
        assert!(piped.samples == by_name.samples, "{extension}");
        assert_eq!(
            piped.samples.len(),
            2 * (60_000 + 44_100 + 60_000),
            "{extension}"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_that_begins_in_mono_goes_on_in_stereo() {
    let tools = ["lame", "oggenc", "flac", "mkfifo"];
    if !have("mono in a pipe", &tools) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mono = wav(folder.path(), "mono.wav", 60_000, 44_100, 1);
    let stereo = wav(folder.path(), "stereo.wav", 50_000, 44_100, 2);
    for (extension, command) in [
        ("mp3", "lame --quiet -b 128 IN OUT"),
        ("ogg", "oggenc -Q -q 4 -o OUT IN"),
        ("flac", "flac -s -f -o OUT IN"),
    ] {
        let first = encode(&mono, &format!("mono.{extension}"), command);
        let second = encode(&stereo, &format!("stereo.{extension}"), command);
        let joined = join(&[&first, &second], &format!("joined.{extension}"));
        let (alone, by_name) = (decode(&first), decode(&joined));
        let piped = decode_piped(&joined, &std::fs::read(&joined).unwrap());
        assert_eq!(piped.info.channels, 2, "{extension}");
        assert!(piped.samples == by_name.samples, "{extension}");
        let both = alone.samples.iter().flat_map(|sample| [*sample, *sample]);
        assert!(
            both.eq(piped.samples[..120_000].iter().copied()),
            "{extension}"
        );
        let sides = piped.samples[120_000..].as_chunks::<2>().0;
        assert!(
            sides.iter().any(|[left, right]| left != right),
            "{extension}"
        );
    }
}

#[test]
fn a_track_without_a_frame_is_in_order() {
    if !have("empty tracks", &["oggenc", "opusenc"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let empty = wav(folder.path(), "empty.wav", 0, 48_000, 2);
    for (extension, command) in &OGG_ENCODERS[..2] {
        let file = encode(&empty, &format!("empty.{extension}"), command);
        let found = decode(&file);
        assert_eq!(found.samples.len(), 0, "{extension}");
        let spec = (found.info.sample_rate_hz, found.info.channels);
        assert_eq!(spec, (48_000, 2), "{extension}");
        assert_eq!(found.info.warnings, Vec::<String>::new(), "{extension}");
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
