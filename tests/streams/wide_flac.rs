//! FLAC of 16, 24 and 32 bits in each of its containers, against the words that went in.

use crate::encoders::have;
use crate::{decode, encode, expect_seeks, write};
use media::decoder::TrackDecoder;
use std::path::{Path, PathBuf};

const FRAMES: usize = 40_000;

/// Loud words, with a noise that uses every bit; both channels of opposite signs: predictors, and a side channel of
/// a bit more.
fn words(bits: u32) -> Vec<i32> {
    let mut seed = 7_u32;
    (0..FRAMES)
        .flat_map(|n| {
            let tone = (n as f64 * 0.05).sin() * 2_147_000_000.0;
            [1, -1].map(|sign| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (tone as i32 * sign + (seed >> 15) as i32) >> (32 - bits)
            })
        })
        .collect()
}

/// The words as a FLAC file, by the format's own program.
fn flac(folder: &Path, words: &[i32], bits: u32, level: &str) -> PathBuf {
    let bytes: Vec<u8> = words
        .iter()
        .flat_map(|word| word.to_le_bytes()[..bits as usize / 8].to_vec())
        .collect();
    let raw = write(&folder.join("x"), "a.raw", &bytes);
    let format =
        "--force-raw-format --endian=little --sign=signed --channels=2 --sample-rate=48000";
    let command = format!("flac -s -f {level} {format} --bps={bits} -o OUT IN");
    encode(&raw, "a.flac", &command)
}

/// The words as FLAC in Ogg, Matroska and MP4. ffmpeg writes none of 32 bits.
fn in_containers(folder: &Path, words: &[i32], bits: u32) -> [PathBuf; 3] {
    let source = flac(folder, words, bits, "-5");
    let ogg = encode(&source, "b.oga", "flac -s -f --ogg -o OUT IN");
    let matroska = encode(&source, "b.mka", "mkvmerge -q -o OUT IN");
    let packets = ogg_packets(&std::fs::read(&ogg).unwrap());
    let info = std::fs::read(&source).unwrap()[4..42].to_vec();
    let mp4 = write(&ogg, "b.mp4", &mp4(&info, &packets));
    [ogg, matroska, mp4]
}

/// The frames of FLAC in an Ogg file (RFC 3533, section 6), without the headers.
fn ogg_packets(mut file: &[u8]) -> Vec<Vec<u8>> {
    let (mut packets, mut packet) = (Vec::new(), Vec::new());
    while !file.is_empty() {
        let (head, rest) = file.split_at(27);
        let (sizes, mut body) = rest.split_at(usize::from(head[26]));
        for size in sizes {
            let (piece, more) = body.split_at(usize::from(*size));
            packet.extend_from_slice(piece);
            body = more;
            if *size < 255 {
                packets.push(std::mem::take(&mut packet));
            }
        }
        file = body;
    }
    packets.retain(|packet| packet.starts_with(&[0xFF, 0xF8]));
    packets
}

fn boxed(kind: &[u8; 4], content: &[&[u8]]) -> Vec<u8> {
    let content = content.concat();
    [
        &(content.len() as u32 + 8).to_be_bytes(),
        &kind[..],
        &content,
    ]
    .concat()
}

/// An MP4 file (ISO 14496-12) of one track of FLAC frames, of 4,096 frames of sound but for the last; `info` is the
/// block STREAMINFO with its head.
fn mp4(info: &[u8], packets: &[Vec<u8>]) -> Vec<u8> {
    let words = |words: &[u32]| -> Vec<u8> { words.iter().flat_map(|w| w.to_be_bytes()).collect() };
    let count = packets.len() as u32;
    let mut info = info.to_vec();
    info[0] |= 0x80;
    let flac = boxed(b"dfLa", &[&[0; 4], &info]);
    let entry = words(&[0, 1, 0, 0, 2 << 16 | 16, 0, 48_000 << 16]);
    let entry = boxed(b"fLaC", &[&entry, &flac]);
    let sizes: Vec<u32> = packets.iter().map(|packet| packet.len() as u32).collect();
    let last = FRAMES as u32 - (count - 1) * 4_096;
    let ftyp = boxed(b"ftyp", &[b"isom\0\0\0\0isom"]);
    let table = boxed(
        b"stbl",
        &[
            &boxed(b"stsd", &[&words(&[0, 1]), &entry]),
            &boxed(b"stts", &[&words(&[0, 2, count - 1, 4_096, 1, last])]),
            &boxed(b"stsc", &[&words(&[0, 1, 1, count, 1])]),
            &boxed(b"stsz", &[&words(&[0, 0, count]), &words(&sizes)]),
            &boxed(b"stco", &[&words(&[0, 1, ftyp.len() as u32 + 8])]),
        ],
    );
    let media = boxed(
        b"mdia",
        &[
            &boxed(b"mdhd", &[&words(&[0, 0, 0, 48_000, FRAMES as u32, 0])]),
            &boxed(b"hdlr", &[&[0; 8], b"soun", &[0; 13]]),
            &boxed(b"minf", &[&table]),
        ],
    );
    let track = boxed(b"tkhd", &[&words(&[1, 0, 0, 1])]);
    let moov = boxed(b"moov", &[&boxed(b"trak", &[&track, &media])]);
    [ftyp, boxed(b"mdat", &[&packets.concat()]), moov].concat()
}

fn expect_words(path: &Path, words: &[i32], bits: u32) {
    let found = decode(path);
    let name = path.display();
    assert_eq!(found.info.bits_per_sample, Some(bits), "{name}");
    assert_eq!(found.info.warnings, Vec::<String>::new(), "{name}");
    let full = 2_f64.powi(bits as i32 - 1);
    let wanted: Vec<f32> = words
        .iter()
        .map(|word| (f64::from(*word) / full) as f32)
        .collect();
    assert_eq!(found.samples.len(), wanted.len(), "{name}");
    assert!(found.samples == wanted, "{name}");
    expect_seeks(path, &found, &[FRAMES - 1, 0, 4_096, 4_095], 0.0);
}

#[test]
fn flac_of_any_depth_gives_its_words_back_from_every_container() {
    if !have("FLAC of 32 bits", &["flac", "mkvmerge"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for bits in [16, 24, 32] {
        let words = words(bits);
        for level in ["-0", "-3", "-5", "-8"] {
            expect_words(&flac(folder.path(), &words, bits, level), &words, bits);
        }
        for file in in_containers(folder.path(), &words, bits) {
            expect_words(&file, &words, bits);
        }
    }
}

#[test]
fn a_damaged_frame_of_32_bits_is_silent_and_the_rest_keeps_its_time() {
    if !have("damaged FLAC of 32 bits", &["flac", "mkvmerge"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let words = words(32);
    let bare = flac(folder.path(), &words, 32, "-5");
    for whole in [&[bare][..], &in_containers(folder.path(), &words, 32)[1..]].concat() {
        let name = whole.display();
        let wanted = decode(&whole).samples;
        let mut bytes = std::fs::read(&whole).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0x40;
        let mut decoder = TrackDecoder::open(&write(&whole, "damaged", &bytes)).unwrap();
        let (mut found, mut fault) = (Vec::new(), None);
        loop {
            match decoder.next_frames() {
                Ok(Some(frames)) => found.extend_from_slice(frames),
                Ok(None) => break,
                Err(error) => fault = Some(error.to_string()),
            }
        }
        assert_eq!(found.len(), wanted.len(), "{name}");
        let wrong = (0..found.len()).filter(|at| found[*at] != wanted[*at]);
        let wrong: Vec<usize> = wrong.collect();
        assert!(
            (1..=2 * 4_096).contains(&wrong.len()),
            "{name}: {}",
            wrong.len()
        );
        assert!(wrong.iter().all(|at| found[*at] == 0.0), "{name}");
        assert!(fault.is_some(), "{name}");
    }
}
