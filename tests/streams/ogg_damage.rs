//! Ogg with pages damaged or gone: what is there plays at its own time, what is lost is told.

use crate::encoders::have;
use crate::ogg::OGG_ENCODERS;
use crate::{Decoded, encode, expect_seeks, join, wav, write};
use media::decoder::TrackDecoder;
use std::path::{Path, PathBuf};

const TOOLS: [&str; 3] = ["oggenc", "opusenc", "flac"];

/// All that plays, with every line that is said of it.
fn decode_told(path: &Path) -> (Decoded, Vec<String>) {
    let mut decoder = TrackDecoder::open(path).unwrap();
    let (mut samples, mut told) = (Vec::new(), decoder.info().warnings.clone());
    loop {
        match decoder.next_frames() {
            Ok(Some(frames)) => samples.extend_from_slice(frames),
            Ok(None) => break,
            Err(error) => told.push(error.to_string()),
        }
    }
    let info = decoder.info().clone();
    (Decoded { info, samples }, told)
}

/// Where each page begins.
fn pages(file: &[u8]) -> Vec<usize> {
    let (mut found, mut at) = (Vec::new(), 0);
    while at < file.len() {
        found.push(at);
        let segments = usize::from(file[at + 26]);
        let table = &file[at + 27..at + 27 + segments];
        at += 27 + segments + table.iter().map(|n| usize::from(*n)).sum::<usize>();
    }
    found
}

/// The same stream under another number, so that a chain has one number or several.
fn encoded(folder: &Path, extension: &str, command: &str, frames: usize, serial: u32) -> PathBuf {
    let source = wav(folder, &format!("{frames}.wav"), frames, 48_000, 2);
    let option = match extension {
        "oga" => format!("--serial-number={serial}"),
        _ => format!("--serial {serial}"),
    };
    let command = command.replacen(' ', &format!(" {option} "), 1);
    encode(&source, &format!("{frames}-{serial}.{extension}"), &command)
}

#[test]
fn what_follows_lost_pages_keeps_its_time() {
    if !have("lost pages of Ogg", &TOOLS) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (extension, command) in OGG_ENCODERS {
        let file = encoded(folder.path(), extension, command, 400_003, 5);
        let (whole, told) = decode_told(&file);
        assert_eq!(told, Vec::<String>::new(), "{extension}");
        let bytes = std::fs::read(&file).unwrap();
        let pages = pages(&bytes);
        let middle = pages[pages.len() / 2];
        let end = pages[pages.len() / 2 + 1];
        let mut flipped = bytes.clone();
        flipped[usize::midpoint(middle, end)] ^= 0x55;
        let mut blank = bytes.clone();
        blank[middle..end].fill(0);
        let gone = [&bytes[..middle], &bytes[end..]].concat();
        for (name, damaged) in [("flipped", flipped), ("blank", blank), ("gone", gone)] {
            let path = write(&file, &format!("{name}.{extension}"), &damaged);
            let (found, told) = decode_told(&path);
            let what = format!("{name} in {extension}");
            assert_eq!(told, ["damaged: some of its sound is missing"], "{what}");
            assert_eq!(found.samples.len(), 2 * 400_003, "{what}");
            assert_eq!(found.info.frames, Some(400_003), "{what}");
            let wrong = |from: usize, to: usize| {
                let pairs = found.samples[from..to].iter().zip(&whole.samples[from..to]);
                pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
            };
            // Far from the page, which holds two seconds at the most.
            assert!(wrong(0, 200_000) == 0.0, "{what}: before it");
            assert!(wrong(620_000, 800_006) < 1e-3, "{what}: behind it");
            let silent = found.samples.iter().filter(|sample| **sample == 0.0);
            assert!(silent.count() > 2_000, "{what}: silence in its place");
            let allowed = if extension == "oga" { 0.0 } else { 1e-3 };
            expect_seeks(&path, &found, &[399_000, 300_000, 0], allowed);
        }
    }
}

#[test]
fn a_link_without_its_first_page_is_played_or_told() {
    if !have("damaged first pages of Ogg", &TOOLS) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (extension, command) in OGG_ENCODERS {
        for serials in [[1, 2, 3], [7, 7, 7]] {
            let lengths = [60_001, 40_003, 50_002];
            let links: Vec<PathBuf> = (0..3)
                .map(|n| encoded(folder.path(), extension, command, lengths[n], serials[n]))
                .collect();
            let whole = decode_told(&join(
                &[&links[0], &links[1], &links[2]],
                &format!("whole.{extension}"),
            ));
            assert_eq!(whole.1, Vec::<String>::new(), "{extension}");
            let bytes = std::fs::read(&links[1]).unwrap();
            let first_page = pages(&bytes)[1];
            let changed = |change: &dyn Fn(&mut Vec<u8>)| {
                let mut bytes = bytes.clone();
                change(&mut bytes);
                bytes
            };
            let damaged = [
                ("content", changed(&|bytes| bytes[40] ^= 0x55)),
                ("mark", changed(&|bytes| bytes[0] ^= 0x55)),
                ("blank", changed(&|bytes| bytes[..first_page].fill(0))),
                ("gone", bytes[first_page..].to_vec()),
            ];
            for (name, damaged) in damaged {
                let damaged = write(&links[1], &format!("damaged.{extension}"), &damaged);
                let chain = join(
                    &[&links[0], &damaged, &links[2]],
                    &format!("chain.{extension}"),
                );
                let (found, told) = decode_told(&chain);
                let what = format!("{name}, {extension}, {serials:?}");
                // Another link has the same first page.
                assert!(found.samples == whole.0.samples, "{what}");
                let line =
                    "damaged: the first page of a stream within it is read as that of another";
                assert!(told.iter().any(|told| told == line), "{what}: {told:?}");
                // With none that has, the others play.
                if serials[0] != serials[1] && name == "content" {
                    let other = OGG_ENCODERS.iter().find(|(other, _)| *other != extension);
                    let (other, command) = other.unwrap();
                    let other = encoded(folder.path(), other, command, 30_000, 9);
                    let (found, told) = decode_told(&join(&[&other, &damaged], "alone.ogg"));
                    assert_eq!(found.samples.len(), 2 * 30_000, "{what}");
                    let is_told = |line: &String| line.contains("frames within it cannot be");
                    assert!(told.iter().any(is_told), "{what}: {told:?}");
                    let alone = TrackDecoder::open(&damaged).err().unwrap().to_string();
                    assert_eq!(alone, "damaged: its first page is damaged", "{what}");
                }
            }
        }
    }
}

#[test]
fn a_file_cut_within_its_headers_is_said_to_be_cut() {
    if !have("cut headers of Ogg", &TOOLS) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (extension, command) in OGG_ENCODERS {
        let file = encoded(folder.path(), extension, command, 20_000, 3);
        let bytes = std::fs::read(&file).unwrap();
        let comments = pages(&bytes)[1];
        for length in [20, 40, comments, comments + 10, comments + 40] {
            let cut = write(&file, &format!("cut.{extension}"), &bytes[..length]);
            let said = TrackDecoder::open(&cut).err().unwrap().to_string();
            let wanted = "damaged: it is cut short before its sound begins";
            assert_eq!(said, wanted, "{length} bytes of {extension}");
        }
        // All of its sound is a hole.
        let page = pages(&bytes)
            .into_iter()
            .find(|at| u64::from_le_bytes(bytes[at + 6..at + 14].try_into().unwrap()) > 0)
            .unwrap();
        let mut hole = bytes.clone();
        hole[page + 40..].fill(0);
        let hole = write(&file, &format!("hole.{extension}"), &hole);
        let said = TrackDecoder::open(&hole)
            .err()
            .map(|error| error.to_string());
        assert!(
            said.is_some_and(|said| said.starts_with("damaged: ")),
            "{extension}"
        );
    }
}

/// A download that broke off within a page, with the next one appended: the page claims some of that one's bytes.
#[test]
fn a_link_behind_one_that_broke_off_plays_whole() {
    if !have("broken links of Ogg", &TOOLS) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (extension, command) in OGG_ENCODERS {
        let first = std::fs::read(encoded(folder.path(), extension, command, 120_001, 1)).unwrap();
        let second = encoded(folder.path(), extension, command, 90_002, 2);
        let (alone, _) = decode_told(&second);
        let second = std::fs::read(second).unwrap();
        let pages = pages(&first);
        // Within the headers, within the first page with sound, and near the end.
        for cut in [pages[1] + 30, pages[3] - 9, pages[pages.len() - 1] + 40] {
            let chain = [&first[..cut], &second].concat();
            let path = write(
                &folder.path().join("x"),
                &format!("{cut}.{extension}"),
                &chain,
            );
            let (found, told) = decode_told(&path);
            assert!(!told.is_empty(), "{extension} cut at {cut}");
            assert!(
                found.samples.len() >= alone.samples.len(),
                "{extension} cut at {cut}: {told:?}"
            );
            let behind = &found.samples[found.samples.len() - alone.samples.len()..];
            let wrong = behind
                .iter()
                .zip(&alone.samples)
                .map(|(a, b)| (a - b).abs());
            let worst = wrong.fold(0.0, f32::max);
            assert!(worst < 1e-3, "{extension} cut at {cut}: {worst}");
        }
    }
}

#[test]
fn junk_in_front_of_the_first_page_is_passed_over() {
    if !have("junk in front of Ogg", &TOOLS) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (extension, command) in OGG_ENCODERS {
        let file = encoded(folder.path(), extension, command, 50_003, 3);
        let (whole, _) = decode_told(&file);
        let bytes = std::fs::read(&file).unwrap();
        for junk in [
            vec![0; 500],
            b"some text in front".to_vec(),
            vec![0xFF; 70_000],
        ] {
            let path = write(
                &file,
                &format!("junk.{extension}"),
                &[junk, bytes.clone()].concat(),
            );
            let (found, _) = decode_told(&path);
            assert!(found.samples == whole.samples, "{extension}");
        }
    }
}
