//! The headers of DSF ("DSF File Format Specification" 1.01, Sony) and DFF ("DSDIFF 1.5", Philips).

use crate::error::MediaError;
use crate::track_bytes::TrackBytes;
use std::io::{Read, Seek, SeekFrom};

/// DSD64 of the 44.1 kHz family down to 64 times 32 kHz, up to DSD512 of the 48 kHz family.
const BIT_RATES_HZ: std::ops::RangeInclusive<u32> = 2_048_000..=24_576_000;
const MAX_CHANNELS: u32 = 6;
/// Chunks looked at before a file counts as damaged.
const MAX_CHUNKS: usize = 1000;

/// Where the bits are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DsdLayout {
    /// Bits a second of each channel.
    pub(super) bit_rate_hz: u32,
    /// 1 to 6, in WAVE order.
    pub(super) channels: usize,
    /// Bits of each channel.
    pub(super) bits: u64,
    /// File offset of the first.
    pub(super) data_start: u64,
    /// Bytes of one channel before the next one's follow.
    pub(super) block_bytes: u64,
    /// Whether a byte's lowest bit comes first in time.
    pub(super) is_lowest_bit_first: bool,
}

impl DsdLayout {
    /// Bytes every channel has in the first `data_bytes` of the data.
    pub(super) fn channel_bytes_in(&self, data_bytes: u64) -> u64 {
        let group_bytes = self.block_bytes * self.channels as u64;
        let whole = data_bytes / group_bytes * self.block_bytes;
        // Of a group that is cut short, the last channel has least.
        let rest = data_bytes % group_bytes;
        whole + rest.saturating_sub(group_bytes - self.block_bytes)
    }
}

/// Reads the headers of a DSF file.
///
/// # Errors
/// When they cannot be read, contradict themselves, or ask for what is not supported.
pub(super) fn read_dsf(bytes: &mut TrackBytes) -> Result<DsdLayout, MediaError> {
    let head: [u8; 28] = read_array(bytes)?;
    let format_start = le_u64(&head[4..]);
    bytes.seek(SeekFrom::Start(format_start))?;
    let format: [u8; 52] = read_array(bytes)?;
    let format_bytes = le_u64(&format[4..]);
    let [version, id, _, channels, bit_rate_hz, bits_per_sample] =
        [12, 16, 20, 24, 28, 32].map(|at| le_u32(&format[at..]));
    let block_bytes = le_u32(&format[44..]);
    if format[..4] != *b"fmt " || version != 1 || block_bytes != 4096 {
        return Err(damaged("its format chunk makes no sense"));
    }
    if id != 0 {
        return Err(MediaError::Unsupported("compressed DSD".into()));
    }
    check_signal(bit_rate_hz, channels)?;
    let is_lowest_bit_first = match bits_per_sample {
        1 => true,
        8 => false,
        _ => return Err(damaged("its format chunk makes no sense")),
    };
    let data_chunk = format_start
        .checked_add(format_bytes)
        .ok_or_else(|| damaged("its format chunk makes no sense"))?;
    bytes.seek(SeekFrom::Start(data_chunk))?;
    let data_head: [u8; 12] = read_array(bytes)?;
    if data_head[..4] != *b"data" {
        return Err(damaged("it has no data chunk"));
    }
    Ok(DsdLayout {
        bit_rate_hz,
        channels: channels as usize,
        bits: le_u64(&format[36..]),
        data_start: data_chunk + 12,
        block_bytes: u64::from(block_bytes),
        is_lowest_bit_first,
    })
}

/// Reads the headers of a DFF file.
///
/// # Errors
/// When they cannot be read, contradict themselves, or ask for what is not supported.
pub(super) fn read_dff(bytes: &mut TrackBytes) -> Result<DsdLayout, MediaError> {
    let mut signal = None;
    let mut at = 16_u64;
    for _ in 0..MAX_CHUNKS {
        bytes.seek(SeekFrom::Start(at))?;
        let head: [u8; 12] = read_array(bytes)?;
        let (id, chunk_bytes, body) = (&head[..4], be_u64(&head[4..]), at + 12);
        match id {
            b"PROP" => signal = Some(read_dff_properties(bytes, body, chunk_bytes)?),
            b"DST " => return Err(dst()),
            b"DSD " => {
                let (bit_rate_hz, channels) =
                    signal.ok_or_else(|| damaged("it does not tell its rate"))?;
                check_signal(bit_rate_hz, channels)?;
                return Ok(DsdLayout {
                    bit_rate_hz,
                    channels: channels as usize,
                    bits: (chunk_bytes / u64::from(channels)).saturating_mul(8),
                    data_start: body,
                    block_bytes: 1,
                    is_lowest_bit_first: false,
                });
            }
            _ => {}
        }
        at = next_chunk(body, chunk_bytes)?;
    }
    Err(damaged("it has no data chunk"))
}

/// Bits a second and channels, as far as the property chunk tells them.
fn read_dff_properties(
    bytes: &mut TrackBytes,
    start: u64,
    length: u64,
) -> Result<(u32, u32), MediaError> {
    let end = start.saturating_add(length);
    let (mut bit_rate_hz, mut channels) = (0, 0);
    // The property chunk's own kind, "SND ", is in front of its chunks.
    let mut at = start + 4;
    for _ in 0..MAX_CHUNKS {
        if at.saturating_add(16) > end {
            break;
        }
        bytes.seek(SeekFrom::Start(at))?;
        let head: [u8; 16] = read_array(bytes)?;
        let (id, chunk_bytes, value) = (&head[..4], be_u64(&head[4..]), &head[12..]);
        match id {
            b"FS  " => bit_rate_hz = u32::from_be_bytes([value[0], value[1], value[2], value[3]]),
            b"CHNL" => channels = u32::from(u16::from_be_bytes([value[0], value[1]])),
            b"CMPR" if value == b"DST " => return Err(dst()),
            b"CMPR" if value != b"DSD " => {
                return Err(MediaError::Unsupported("compressed DSD".into()));
            }
            _ => {}
        }
        at = next_chunk(at + 12, chunk_bytes)?;
    }
    Ok((bit_rate_hz, channels))
}

/// Chunks begin at even offsets.
fn next_chunk(body: u64, chunk_bytes: u64) -> Result<u64, MediaError> {
    body.checked_add(chunk_bytes)
        .and_then(|end| end.checked_next_multiple_of(2))
        .filter(|next| i64::try_from(*next).is_ok())
        .ok_or_else(|| damaged("a chunk has no end"))
}

fn check_signal(bit_rate_hz: u32, channels: u32) -> Result<(), MediaError> {
    if !BIT_RATES_HZ.contains(&bit_rate_hz) || !(1..=MAX_CHANNELS).contains(&channels) {
        return Err(MediaError::Unsupported(format!(
            "DSD with {channels} channels at {bit_rate_hz} Hz"
        )));
    }
    Ok(())
}

fn read_array<const N: usize>(bytes: &mut TrackBytes) -> Result<[u8; N], MediaError> {
    let mut array = [0; N];
    match bytes.read_exact(&mut array) {
        Ok(()) => Ok(array),
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            Err(damaged("it ends within its headers"))
        }
        Err(error) => Err(error.into()),
    }
}

fn le_u32(bytes: &[u8]) -> u32 {
    (0..4).fold(0, |sum, n| sum | u32::from(bytes[n]) << (8 * n))
}

fn le_u64(bytes: &[u8]) -> u64 {
    u64::from(le_u32(bytes)) | u64::from(le_u32(&bytes[4..])) << 32
}

fn be_u64(bytes: &[u8]) -> u64 {
    le_u64(bytes).swap_bytes()
}

fn dst() -> MediaError {
    MediaError::Unsupported("DST-compressed DSD".into())
}

fn damaged(reason: &str) -> MediaError {
    MediaError::Damaged(reason.into())
}
