//! Files with plain sound whose headers are wrong, as recorders, converters and broken downloads leave them: what
//! is there plays, sample for sample.

#![allow(clippy::unwrap_used, reason = "tests may fail loudly")]

mod adpcm;
#[path = "../encoders/mod.rs"]
mod encoders;
mod others;
mod two_sizes;
mod wave;

use media::decoder::{StreamInfo, TrackDecoder};
use std::path::Path;

/// Frames of the test sound, an odd number.
const FRAMES: usize = 4_001;

/// Seeded noise.
fn words() -> Vec<i16> {
    let mut seed = 77_u32;
    (0..FRAMES)
        .map(|_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 16) as i16 / 2
        })
        .collect()
}

fn little(words: &[i16]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

fn big(words: &[i16]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

fn as_f32(words: &[i16]) -> Vec<f32> {
    words
        .iter()
        .map(|word| f32::from(*word) / 32_768.0)
        .collect()
}

fn decode(content: &[u8]) -> Result<(StreamInfo, Vec<f32>), String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sound");
    std::fs::write(&path, content).unwrap();
    decode_path(&path)
}

fn decode_path(path: &Path) -> Result<(StreamInfo, Vec<f32>), String> {
    let mut decoder = TrackDecoder::open(path).map_err(|error| error.to_string())?;
    let mut samples = Vec::new();
    while let Some(frames) = decoder.next_frames().map_err(|error| error.to_string())? {
        samples.extend_from_slice(frames);
    }
    let info = decoder.info().clone();
    // Any frame can be gone to.
    for target in [FRAMES as u64 / 2, 0, samples.len().saturating_sub(1) as u64] {
        decoder.seek(target).unwrap();
        let found = decoder.next_frames().unwrap().map(|frames| frames[0]);
        assert_eq!(
            found,
            samples.get(target as usize).copied(),
            "after a seek to {target}"
        );
    }
    Ok((info, samples))
}

/// A mono WAVE file with these sizes in its header; `None` for the right ones.
struct Wave {
    mark: &'static [u8; 4],
    riff_size: Option<u32>,
    format: Vec<u8>,
    format_size: Option<u32>,
    before: Vec<u8>,
    data_size: Option<u32>,
    sound: Vec<u8>,
    behind: Vec<u8>,
}

fn format(tag: u16, bits: u16) -> Vec<u8> {
    let mut format = Vec::new();
    for word in [tag, 1] {
        format.extend(word.to_le_bytes());
    }
    let frame_bytes = bits.div_ceil(8);
    format.extend(8_000_u32.to_le_bytes());
    format.extend((8_000 * u32::from(frame_bytes)).to_le_bytes());
    format.extend(frame_bytes.to_le_bytes());
    format.extend(bits.to_le_bytes());
    format
}

impl Wave {
    fn new() -> Self {
        Self {
            mark: b"RIFF",
            riff_size: None,
            format: format(1, 16),
            format_size: None,
            before: Vec::new(),
            data_size: None,
            sound: little(&words()),
            behind: Vec::new(),
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut chunks = b"WAVEfmt ".to_vec();
        chunks.extend(
            self.format_size
                .unwrap_or(self.format.len() as u32)
                .to_le_bytes(),
        );
        chunks.extend(&self.format);
        chunks.extend(&self.before);
        chunks.extend(b"data");
        chunks.extend(
            self.data_size
                .unwrap_or(self.sound.len() as u32)
                .to_le_bytes(),
        );
        chunks.extend(&self.sound);
        chunks.extend(&self.behind);
        let mut file = self.mark.to_vec();
        file.extend(self.riff_size.unwrap_or(chunks.len() as u32).to_le_bytes());
        file.extend(chunks);
        file
    }
}

/// Its sound must be `words`, without or with a warning.
fn expect(name: &str, file: &[u8], words: &[i16], warning: Option<&str>) {
    let (info, samples) = decode(file).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(samples.len(), words.len(), "{name}: frames");
    assert!(samples == as_f32(words), "{name}: samples");
    assert_eq!(
        info.frames,
        Some(words.len() as u64),
        "{name}: declared frames"
    );
    let lines = info.warnings.join(" / ");
    match warning {
        None => assert_eq!(lines, "", "{name}"),
        Some(part) => assert!(lines.contains(part), "{name}: {lines:?}"),
    }
}

fn chunk(id: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let mut chunk = id.to_vec();
    chunk.extend((content.len() as u32).to_le_bytes());
    chunk.extend(content);
    chunk
}

/// A chunk that says to be of another size than it is.
fn missized(id: &[u8; 4], content: &[u8], size: u32) -> Vec<u8> {
    let mut chunk = chunk(id, content);
    chunk[4..8].copy_from_slice(&size.to_le_bytes());
    chunk
}

/// Chunks that programs put behind the sound, some of wrong sizes or without padding.
fn tails() -> Vec<(&'static str, Vec<u8>)> {
    let list = b"INFOINAM\x06\0\0\0Title\0";
    let id3 = b"ID3\x03\0\0\0\0\0\x10TIT2\0\0\0\x06\0\0\0Title";
    vec![
        ("LIST", chunk(b"LIST", list)),
        ("LIST too short", missized(b"LIST", list, 14)),
        ("LIST without end", missized(b"LIST", list, u32::MAX)),
        ("id3 too long", missized(b"id3 ", id3, 36)),
        ("bext", chunk(b"bext", &[0; 602])),
        ("bext one too long", missized(b"bext", &[0; 602], 603)),
        (
            "cue and a program's own",
            [chunk(b"cue ", &[0; 28]), chunk(b"qwer", &[1; 33])].concat(),
        ),
        (
            "a program's own and smpl",
            [chunk(b"qwer", &[1; 34]), chunk(b"smpl", &[0; 36])].concat(),
        ),
        (
            "odd ones without padding",
            [
                chunk(b"LIST", b"INFOINAM\x05\0\0\0Title"),
                chunk(b"id3 ", id3),
            ]
            .concat(),
        ),
    ]
}

/// Wrong sizes of sound that is `length` bytes long.
fn wrong_sizes(length: u32) -> Vec<u32> {
    let by = [
        -40, -31, -16, -8, -7, -4, -3, -2, 1, 2, 3, 4, 8, 13, 20, 40, 1_000_000,
    ];
    let near = by.iter().map(|by| length.wrapping_add_signed(*by));
    [0, u32::MAX, 0x7FFF_FFFF, 0x7FFF_F000]
        .into_iter()
        .chain(near)
        .collect()
}
