//! Ogg: chained streams, and pages whose positions say little.

use crate::encoders::have;
#[cfg(unix)]
use crate::pipes::decode_piped;
use crate::{decode, encode, expect_seeks, join, wav, write};
use media::decoder::TrackDecoder;
use std::path::PathBuf;

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

pub(crate) const OGG_ENCODERS: [(&str, &str); 3] = [
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
fn a_file_cut_before_its_first_sound_is_a_fault() {
    if !have("cut Ogg", &["oggenc", "opusenc"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let short = wav(folder.path(), "short.wav", 12_000, 48_000, 2);
    for (extension, command) in &OGG_ENCODERS[..2] {
        let file = encode(&short, &format!("short.{extension}"), command);
        let bytes = std::fs::read(&file).unwrap();
        // Its sound is in one page, of which half is there.
        let last_page = bytes
            .windows(4)
            .rposition(|magic| magic == b"OggS")
            .unwrap();
        let cut = &bytes[..usize::midpoint(last_page, bytes.len())];
        let cut = write(&file, &format!("cut.{extension}"), cut);
        let said = TrackDecoder::open(&cut)
            .err()
            .map(|error| error.to_string());
        assert_eq!(
            said.as_deref(),
            Some("damaged: no sound is left, cut short: its end is missing"),
            "{extension}"
        );
    }
}

#[test]
fn a_damaged_last_page_is_told() {
    if !have("damaged Ogg", &["oggenc", "opusenc", "flac"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let music = wav(folder.path(), "music.wav", 150_000, 48_000, 2);
    for (extension, command) in OGG_ENCODERS {
        let file = encode(&music, &format!("music.{extension}"), command);
        let mut bytes = std::fs::read(&file).unwrap();
        let near_end = bytes.len() - 20;
        bytes[near_end] ^= 0x55;
        let damaged = write(&file, &format!("damaged.{extension}"), &bytes);
        let mut decoder = TrackDecoder::open(&damaged).unwrap();
        let mut frames = 0;
        let said = loop {
            match decoder.next_frames() {
                Ok(Some(samples)) => frames += samples.len() / 2,
                Ok(None) => break None,
                Err(error) => break Some(error.to_string()),
            }
        };
        assert!(frames > 40_000, "{extension}: {frames}");
        let told = said.is_some() || !decoder.info().warnings.is_empty();
        assert!(told, "{extension}: {frames} frames and not a word");
    }
}

#[test]
fn damaged_comments_cost_no_sound_and_a_damaged_link_is_told() {
    if !have("damaged headers in Ogg", &["oggenc", "opusenc", "flac"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let music = wav(folder.path(), "music.wav", 150_000, 48_000, 2);
    // Within the padding of FLAC, and within the comments of Opus.
    for (extension, command, at) in [
        ("opus", OGG_ENCODERS[1].1, 300),
        ("oga", OGG_ENCODERS[2].1, 4_000),
    ] {
        let file = encode(&music, &format!("music.{extension}"), command);
        let whole = decode(&file);
        let mut bytes = std::fs::read(&file).unwrap();
        bytes[at] ^= 0x55;
        let found = decode(&write(&file, &format!("damaged.{extension}"), &bytes));
        assert_eq!(found.samples.len(), whole.samples.len(), "{extension}");
        assert!(found.samples == whole.samples, "{extension}");
    }
    let file = encode(&music, "music.ogg", OGG_ENCODERS[0].1);
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[100] ^= 0x55;
    let damaged = write(&file, "damaged.ogg", &bytes);
    let chain = join(&[&file, &damaged, &file], "chain.ogg");
    let found = decode(&chain);
    assert_eq!(found.samples.len(), 2 * 2 * 150_000);
    let told = &found.info.warnings;
    assert!(
        told.iter().any(|line| line.contains("cannot be played")),
        "{told:?}"
    );
}
