//! A FLAC encoder that writes the same bytes on every platform (RFC 9639).
//!
//! It looks harder than usual: every block is tried with each fixed predictor and several linear
//! ones, and with all four ways to pair the channels. Windows are polynomials, so no mathematical
//! library decides over a bit.

mod bits;
mod frame;
mod md5;
mod prediction;
mod residual;
#[cfg(test)]
mod round_trip;

use bits::BitWriter;

/// What goes in front of the sound.
pub(crate) struct Metadata<'a> {
    /// Vorbis comments as (name, value).
    pub(crate) tags: &'a [(&'a str, &'a str)],
    /// The front cover, a PNG.
    pub(crate) cover_png: &'a [u8],
    /// Side length of the square cover.
    pub(crate) cover_pixels: u32,
}

const SAMPLE_RATE_HZ: u32 = 44_100;
const CHANNELS: u32 = 2;
const BITS_PER_SAMPLE: u32 = 16;
/// Named in the file as its writer; without a version, so that a release changes no byte.
const VENDOR: &str = "Rusty Audio demo-track";

/// Encodes interleaved 16-bit stereo at 44.1 kHz in blocks of `block_frames`.
pub(crate) fn encode(samples: &[i16], block_frames: usize, metadata: &Metadata<'_>) -> Vec<u8> {
    let mut audio = Vec::new();
    let mut frame_starts = Vec::new();
    let mut frame_bytes = Vec::new();
    for (number, block) in samples.chunks(2 * block_frames).enumerate() {
        frame_starts.push(audio.len());
        let encoded = frame::encode(number as u32, block);
        frame_bytes.push(encoded.len());
        audio.extend(encoded);
    }
    let total_frames = samples.len() / 2;

    let mut file = b"fLaC".to_vec();
    push_block(
        &mut file,
        0,
        false,
        &stream_info(samples, block_frames, &frame_bytes),
    );
    push_block(
        &mut file,
        3,
        false,
        &seek_table(&frame_starts, block_frames, total_frames),
    );
    push_block(&mut file, 4, false, &comments(metadata.tags));
    push_block(&mut file, 6, true, &picture(metadata));
    file.extend(audio);
    file
}

fn push_block(file: &mut Vec<u8>, kind: u8, is_last: bool, body: &[u8]) {
    file.push(kind | if is_last { 0x80 } else { 0 });
    file.extend(&(body.len() as u32).to_be_bytes()[1..]);
    file.extend(body);
}

fn stream_info(samples: &[i16], block_frames: usize, frame_bytes: &[usize]) -> Vec<u8> {
    let pcm: Vec<u8> = samples
        .iter()
        .flat_map(|sample| sample.to_le_bytes())
        .collect();
    let mut bits = BitWriter::new();
    bits.push(block_frames as u64, 16);
    bits.push(block_frames as u64, 16);
    bits.push(frame_bytes.iter().copied().min().unwrap_or(0) as u64, 24);
    bits.push(frame_bytes.iter().copied().max().unwrap_or(0) as u64, 24);
    bits.push(u64::from(SAMPLE_RATE_HZ), 20);
    bits.push(u64::from(CHANNELS - 1), 3);
    bits.push(u64::from(BITS_PER_SAMPLE - 1), 5);
    bits.push((samples.len() / 2) as u64, 36);
    let mut body = bits.into_bytes();
    body.extend(md5::digest(&pcm));
    body
}

/// About one seek point a second, each at the start of a frame.
fn seek_table(frame_starts: &[usize], block_frames: usize, total_frames: usize) -> Vec<u8> {
    let step = (SAMPLE_RATE_HZ as usize).div_ceil(block_frames);
    let mut body = Vec::new();
    for number in (0..frame_starts.len()).step_by(step) {
        let first_frame = number * block_frames;
        let length = block_frames.min(total_frames - first_frame);
        body.extend((first_frame as u64).to_be_bytes());
        body.extend((frame_starts[number] as u64).to_be_bytes());
        body.extend((length as u16).to_be_bytes());
    }
    body
}

fn comments(tags: &[(&str, &str)]) -> Vec<u8> {
    let mut body = Vec::new();
    let mut push = |text: &str| {
        body.extend((text.len() as u32).to_le_bytes());
        body.extend(text.as_bytes());
    };
    push(VENDOR);
    let entries: Vec<String> = tags
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let mut list = (entries.len() as u32).to_le_bytes().to_vec();
    for entry in &entries {
        list.extend((entry.len() as u32).to_le_bytes());
        list.extend(entry.as_bytes());
    }
    body.extend(list);
    body
}

fn picture(metadata: &Metadata<'_>) -> Vec<u8> {
    const FRONT_COVER: u32 = 3;
    const BITS_PER_PIXEL: u32 = 24;
    let mime = b"image/png";
    let description = "Amber Hour".as_bytes();
    let mut body = FRONT_COVER.to_be_bytes().to_vec();
    body.extend((mime.len() as u32).to_be_bytes());
    body.extend(mime);
    body.extend((description.len() as u32).to_be_bytes());
    body.extend(description);
    for value in [
        metadata.cover_pixels,
        metadata.cover_pixels,
        BITS_PER_PIXEL,
        0,
    ] {
        body.extend(value.to_be_bytes());
    }
    body.extend((metadata.cover_png.len() as u32).to_be_bytes());
    body.extend(metadata.cover_png);
    body
}
