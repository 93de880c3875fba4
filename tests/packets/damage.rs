//! Damaged packets of codecs with checksums: each is silent, the rest keeps its time, and one line tells it. ALAC has
//! none: what its damaged packets decode to is played, and told where it ends too early. Holes, and sound that nothing
//! leads to, are told as well.

use crate::encoders::{have, music, music_of, write_wav, write_wav_of};
use crate::{decode, ffmpeg};
use media::decoder::TrackDecoder;
use std::path::{Path, PathBuf};

#[test]
fn damaged_packets_are_silent_and_told() {
    if !have("damaged_packets_are_silent_and_told", &["ffmpeg"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("in.wav");
    let samples = music_of(200_001, 44_100, 2);
    write_wav_of(&source, &samples, 44_100, 2, 16);
    for (arguments, file) in [
        ("-c:a flac", "a.mka"),
        ("-c:a flac -strict -2", "b.mp4"),
        ("-c:a wavpack", "f.mka"),
    ] {
        let path = ffmpeg(&source, arguments, file);
        let decode = || {
            let mut decoder = TrackDecoder::open(&path).unwrap();
            let (mut found, mut lines) = (Vec::new(), Vec::new());
            loop {
                match decoder.next_frames() {
                    Ok(Some(frames)) => found.extend_from_slice(frames),
                    Ok(None) => return (found, lines),
                    Err(error) => lines.push(error.to_string()),
                }
            }
        };
        let (whole, lines) = decode();
        assert_eq!(lines, Vec::<String>::new(), "{file}");
        let mut bytes = std::fs::read(&path).unwrap();
        // All of a packet, but for what the container says around it.
        let middle = bytes.len() / 2;
        bytes[middle..middle + 200].fill(0xFF);
        std::fs::write(&path, &bytes).unwrap();
        let (found, lines) = decode();
        assert_eq!(found.len(), whole.len(), "{file}");
        let wrong: Vec<usize> = (0..whole.len())
            .filter(|n| found[*n] != whole[*n])
            .collect();
        let (first, last) = (wrong[0], wrong[wrong.len() - 1]);
        assert!(last - first < 2 * 2 * 22_050, "{file}: {first} to {last}");
        assert_eq!(lines, ["damaged: some of its sound is missing"], "{file}");
    }
}

#[test]
fn an_index_that_leads_to_no_sound_is_a_fault() {
    if !have("damaged MP4 indexes", &["ffmpeg"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let wav = folder.path().join("in.wav");
    write_wav(&wav, &music(40_000, 44_100), 44_100, 16);
    for (codec, file) in [("aac", "a.m4a"), ("alac", "b.m4a")] {
        let whole = ffmpeg(&wav, &format!("-c:a {codec}"), file);
        let bytes = std::fs::read(&whole).unwrap();
        for name in [b"stts", b"stsz", b"stco", b"stsc"] {
            let at = bytes.windows(4).position(|four| four == name).unwrap();
            let mut damaged = bytes.clone();
            damaged[at..at + 4].copy_from_slice(b"XXXX");
            std::fs::write(&whole, damaged).unwrap();
            assert_eq!(
                decode(&whole).unwrap_err(),
                "damaged: its index leads to no sound",
                "{file} without {}",
                String::from_utf8_lossy(name)
            );
        }
    }
}

/// All that plays, and every line that is said of it; the reason where nothing does.
fn decode_told(path: &Path) -> Result<(Vec<f32>, Vec<String>), String> {
    let mut decoder = TrackDecoder::open(path).map_err(|error| error.to_string())?;
    let (mut found, mut lines) = (Vec::new(), decoder.info().warnings.clone());
    loop {
        match decoder.next_frames() {
            Ok(Some(frames)) => found.extend_from_slice(frames),
            Ok(None) => return Ok((found, lines)),
            Err(error) => lines.push(error.to_string()),
        }
    }
}

const LOST: &str = "damaged: some of its sound is missing";
const FRAGMENTED: &str = "-movflags frag_keyframe+empty_moov -frag_duration 300000";

fn with(source: &Path, file: &str, change: impl Fn(&mut Vec<u8>)) -> PathBuf {
    let mut bytes = std::fs::read(source).unwrap();
    change(&mut bytes);
    let path = source.with_file_name(file);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// Renames the names at these places of all.
fn rename(bytes: &mut [u8], name: &[u8], other: &[u8], which: impl Fn(usize, usize) -> bool) {
    let places: Vec<usize> = (0..bytes.len() - name.len())
        .filter(|at| bytes[*at..].starts_with(name))
        .collect();
    for (number, at) in places.iter().enumerate() {
        if which(number, places.len()) {
            bytes[*at..*at + other.len()].copy_from_slice(other);
        }
    }
}

#[test]
fn fragments_that_nothing_leads_to_are_told() {
    if !have("damaged fragments", &["ffmpeg"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let wav = folder.path().join("in.wav");
    write_wav(&wav, &music(150_000, 48_000), 48_000, 16);
    for codec in ["aac", "alac", "flac -strict -2", "libopus -strict -2"] {
        let arguments = format!("-c:a {codec} {FRAGMENTED}");
        let file = ffmpeg(&wav, &arguments, "whole.mp4");
        let (whole, told) = decode_told(&file).unwrap();
        assert_eq!(told, Vec::<String>::new(), "{codec}");
        for name in [&b"moof"[..], b"traf", b"trun", b"tfhd"] {
            let all = with(&file, "all.mp4", |bytes| {
                rename(bytes, name, b"XXXX", |_, _| true);
            });
            let what = format!("{codec} without {}", String::from_utf8_lossy(name));
            let said = decode_told(&all).err();
            let wanted = "damaged: its index leads to no sound";
            assert_eq!(said.as_deref(), Some(wanted), "{what}");
            for place in ["one in the middle", "the last one"] {
                let one = with(&file, "one.mp4", |bytes| {
                    rename(bytes, name, b"XXXX", |number, all| match place {
                        "the last one" => number + 1 == all,
                        _ => number == all / 2,
                    });
                });
                let (found, told) = decode_told(&one).unwrap();
                assert!(found.len() < whole.len(), "{what}, {place}");
                assert!(found.len() * 10 > whole.len() * 6, "{what}, {place}");
                assert_eq!(told, [LOST], "{what}, {place}");
            }
        }
        // A hole over the index of one fragment, and the sound on both sides.
        let hole = with(&file, "hole.mp4", |bytes| {
            let moofs: Vec<usize> = (0..bytes.len() - 4)
                .filter(|at| bytes[*at..].starts_with(b"moof"))
                .collect();
            let at = moofs[moofs.len() / 2];
            bytes[at - 100..at + 500].fill(0);
        });
        let (found, told) = decode_told(&hole).unwrap();
        assert!(found.len() * 10 > whole.len() * 6, "{codec}: a hole");
        assert_eq!(told, [LOST], "{codec}: a hole");
    }
}

#[test]
fn tables_of_packets_that_lead_to_no_sound_are_a_fault() {
    if !have("CAF without its table", &["ffmpeg"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let wav = folder.path().join("in.wav");
    write_wav(&wav, &music(150_000, 48_000), 48_000, 16);
    for codec in ["alac", "libopus"] {
        let file = ffmpeg(&wav, &format!("-c:a {codec}"), "whole.caf");
        assert_eq!(decode_told(&file).unwrap().1, Vec::<String>::new());
        let missing = "damaged: its table of packets (\"pakt\") is missing";
        let renamed = with(&file, "renamed.caf", |bytes| {
            rename(bytes, b"pakt", b"pakX", |_, _| true);
        });
        assert_eq!(decode_told(&renamed).unwrap_err(), missing, "{codec}");
        let table = |bytes: &[u8]| bytes.windows(4).position(|name| name == b"pakt").unwrap();
        let gone = with(&file, "gone.caf", |bytes| {
            let at = table(bytes);
            let size = u64::from_be_bytes(bytes[at + 4..at + 12].try_into().unwrap());
            bytes.drain(at..at + 12 + size as usize);
        });
        assert_eq!(decode_told(&gone).unwrap_err(), missing, "{codec}");
        let blank = with(&file, "blank.caf", |bytes| {
            let at = table(bytes);
            let size = u64::from_be_bytes(bytes[at + 4..at + 12].try_into().unwrap());
            bytes[at + 36..at + 12 + size as usize].fill(0);
        });
        let no_sound = "damaged: its table of packets leads to no sound";
        assert_eq!(decode_told(&blank).unwrap_err(), no_sound, "{codec}");
        // A wrong count of packets, all of which are there.
        let (whole, _) = decode_told(&file).unwrap();
        for count in [0_u64, 20, 1 << 40] {
            let miscounted = with(&file, "short.caf", |bytes| {
                let at = table(bytes) + 12;
                bytes[at..at + 8].copy_from_slice(&count.to_be_bytes());
            });
            let (found, told) = decode_told(&miscounted).unwrap();
            assert!(found == whole, "{codec}, {count}: {}", found.len());
            assert_eq!(told, Vec::<String>::new(), "{codec}, {count}");
        }
    }
}

#[test]
fn clusters_and_blocks_of_unknown_kinds_are_told() {
    if !have("damaged clusters", &["ffmpeg"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let wav = folder.path().join("in.wav");
    write_wav(&wav, &music(150_000, 48_000), 48_000, 16);
    for (codec, file) in [
        ("libvorbis", "a.mka"),
        ("libopus", "b.webm"),
        ("flac", "c.mka"),
    ] {
        let file = ffmpeg(&wav, &format!("-c:a {codec} -cluster_time_limit 700"), file);
        let (whole, told) = decode_told(&file).unwrap();
        assert_eq!(told, Vec::<String>::new(), "{codec}");
        let cluster = [0x1F, 0x43, 0xB6, 0x75];
        let all = with(&file, "all.mka", |bytes| {
            rename(bytes, &cluster, &[0x1F, 0x43, 0xB6, 0x76], |_, _| true);
        });
        // They begin as clusters do.
        let (found, told) = decode_told(&all).unwrap();
        assert!(found == whole, "{codec}");
        assert_eq!(
            told,
            ["damaged: its sound is found by searching"],
            "{codec}"
        );
        // Blocks behind a cluster's head, which ffmpeg writes with a checksum or without.
        let one = with(&file, "one.mka", |bytes| {
            let at = (0..bytes.len())
                .filter(|at| bytes[*at..].starts_with(&cluster))
                .nth(1)
                .unwrap();
            let block = (at..at + 40)
                .find(|at| bytes[*at] == 0xA3 && bytes[*at + 1] >= 0x40)
                .unwrap();
            bytes[block] = 0xA4;
        });
        let (found, told) = decode_told(&one).unwrap();
        assert!(found.len() < whole.len(), "{codec}");
        assert_eq!(told, [LOST], "{codec}");
    }
}

#[test]
fn holes_in_sound_are_told() {
    if !have("holes in sound", &["ffmpeg"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let wav = folder.path().join("in.wav");
    write_wav(&wav, &music(200_001, 44_100), 44_100, 16);
    for (arguments, file) in [
        ("-c:a libopus", "a.mka"),
        ("-c:a libvorbis", "b.mka"),
        ("-c:a aac", "c.mka"),
        ("-c:a alac", "d.mka"),
        ("-c:a libmp3lame", "e.mka"),
        (
            "-c:a libopus -strict -2 -movflags frag_keyframe+empty_moov -frag_duration 900000",
            "f.mp4",
        ),
        ("-c:a aac -movflags +faststart", "g.m4a"),
        ("-c:a alac -movflags +faststart", "h.m4a"),
        ("-c:a aac -f latm", "i.latm"),
        ("-c:a aac", "j.aac"),
        ("-c:a libmp3lame", "k.mp3"),
        ("-c:a libmp3lame -write_xing 0", "l.mp3"),
        ("-c:a libmp3lame -q:a 2", "m.mp3"),
        ("-c:a libvorbis", "n.ogg"),
        ("-c:a libopus", "o.ogg"),
    ] {
        let path = ffmpeg(&wav, arguments, file);
        let (whole, told) = decode_told(&path).unwrap();
        assert_eq!(told, Vec::<String>::new(), "{file}");
        let length = std::fs::metadata(&path).unwrap().len() as usize;
        for (place, at, bytes) in [
            ("middle", length / 2, 3_000),
            ("two thirds", length * 2 / 3, 5_000),
            ("end", length - length / 100, length / 100),
        ] {
            // At the end of Matroska stands what is no sound, and of MP4 with its index in front
            // a packet of which a part is blank.
            if place == "end"
                && (file.contains(".mka") || file.contains(".m"))
                && !file.ends_with(".mp3")
            {
                continue;
            }
            let hole = with(&path, "hole", |file| file[at..at + bytes].fill(0));
            let (found, told) = decode_told(&hole).unwrap();
            assert_eq!(told.len(), 1, "{file}, {place}: {told:?}");
            assert!(found != whole, "{file}, {place}");
        }
    }
}

#[test]
fn packets_of_nothing_but_zeros_are_no_sound() {
    if !have("blank packets", &["ffmpeg"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let wav = folder.path().join("in.wav");
    write_wav(&wav, &music(100_000, 48_000), 48_000, 16);
    for codec in ["libopus -strict -2", "aac", "alac"] {
        let file = ffmpeg(&wav, &format!("-c:a {codec} -movflags +faststart"), "a.mp4");
        let blank = with(&file, "blank.mp4", |bytes| {
            let at = bytes.windows(4).position(|name| name == b"mdat").unwrap();
            bytes[at + 4..].fill(0);
        });
        let said = decode_told(&blank).unwrap_err();
        assert_eq!(said, "damaged: a packet is blank", "{codec}");
    }
}
