//! The sample entry of an MP4 or QuickTime track (ISO 14496-12, section 12.2.3): its codec.

use super::super::names;
use super::adpcm;
use super::mp4_boxes::{Fields, find};
use symphonia::core::audio::Channels;
use symphonia::core::codecs::audio::well_known::*;
use symphonia::core::codecs::audio::{AudioCodecId, AudioCodecParameters};

/// Bytes before the boxes of an entry of version 0, and those of versions 1 and 2 behind them.
const PLAIN_BYTES: usize = 28;
const VERSION_1_BYTES: usize = 16;
const VERSION_2_BYTES: usize = 36;

/// A codec, and what its decoder must know.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) params: AudioCodecParameters,
    /// Bytes of a frame, for samples that are not coded.
    pub(super) pcm_frame_bytes: Option<u32>,
    /// Frames and bytes of a block, for sound in blocks of one length, which the tables may count by frames.
    pub(super) block: Option<(u32, u32)>,
    /// MPEG audio of a layer that only its frames tell.
    pub(super) is_mpeg: bool,
}

/// The name of a codec that cannot be played, or what is wrong with the entry.
pub(super) type Refusal = String;

/// What stands before the boxes.
struct Plain {
    channels: u32,
    bits: u32,
    rate_hz: u32,
    /// The flags of version 2.
    flags: Option<u32>,
}

/// Reads the first entry of a sample description.
///
/// # Errors
/// When there is none, or it is of a codec that is not supported.
pub(super) fn read(stsd: &[u8]) -> Result<Entry, Refusal> {
    let damaged = || "sound without a whole description of its codec".to_owned();
    let found = super::mp4_boxes::boxes(stsd.get(8..).unwrap_or_default()).next();
    let found = found.ok_or_else(damaged)?;
    let (plain, inside) = plain(found.content).ok_or_else(damaged)?;
    let mut params = AudioCodecParameters::new();
    if plain.rate_hz > 0 {
        params.with_sample_rate(plain.rate_hz);
    }
    if let Ok(channels @ 1..) = u16::try_from(plain.channels) {
        params.with_channels(Channels::Discrete(channels));
    }
    let mut entry = Entry {
        params,
        pcm_frame_bytes: None,
        block: None,
        is_mpeg: false,
    };
    // QuickTime puts the boxes of the codec into one more.
    let wave = find(inside, b"wave").unwrap_or_default();
    let inner = |kind: &[u8; 4]| find(inside, kind).or_else(|| find(wave, kind));
    match &found.kind {
        b"mp4a" | b"aac " | b"raac" => esds(&mut entry, inner(b"esds"))?,
        b"alac" => {
            let cookie = inner(b"alac").and_then(|alac| alac.get(4..));
            alac(&mut entry.params, cookie.ok_or_else(damaged)?).ok_or_else(damaged)?;
        }
        b"fLaC" => {
            let blocks = inner(b"dfLa").and_then(|flac| flac.get(4..));
            flac(&mut entry.params, blocks.ok_or_else(damaged)?).ok_or_else(damaged)?;
        }
        b"Opus" => {
            let head = inner(b"dOps").ok_or_else(damaged)?;
            let head = [b"OpusHead", head].concat();
            entry.params.for_codec(CODEC_ID_OPUS);
            entry.params.with_extra_data(head.into_boxed_slice());
        }
        b".mp3" | b"mp3 " | b".mp2" | b".mp1" | b"ms\0\x55" | b"ms\0\x50" => entry.is_mpeg = true,
        b"ima4" => {
            adpcm::describe_apple(&mut entry.params);
            entry.block = Some(block(&entry.params).ok_or_else(damaged)?);
        }
        kind @ (b"ms\0\x02" | b"ms\0\x11") => {
            let tag = u16::from_be_bytes([kind[2], kind[3]]);
            let header = inner(kind).ok_or_else(damaged)?;
            adpcm::describe(&mut entry.params, tag, header).ok_or_else(damaged)?;
            entry.block = Some(block(&entry.params).ok_or_else(damaged)?);
        }
        kind => pcm(&mut entry, *kind, &plain, inner(b"pcmC"), inner(b"enda"))?,
    }
    Ok(entry)
}

/// Frames and bytes of a block.
fn block(params: &AudioCodecParameters) -> Option<(u32, u32)> {
    let blocks = adpcm::blocks(params)?;
    let (frames, bytes) = (blocks.block_frames(), blocks.block_bytes());
    Some((frames.try_into().ok()?, bytes.try_into().ok()?))
}

/// The fields before the boxes, and the boxes.
fn plain(content: &[u8]) -> Option<(Plain, &[u8])> {
    let mut fields = Fields(content);
    fields.skip(8)?;
    let version = fields.u16()?;
    fields.skip(6)?;
    let (channels, bits) = (fields.u16()?, fields.u16()?);
    fields.skip(4)?;
    let rate_hz = fields.u32()? >> 16;
    let mut plain = Plain {
        channels: channels.into(),
        bits: bits.into(),
        rate_hz,
        flags: None,
    };
    let more = match version {
        1 => {
            let mut fields = fields;
            fields.skip(4)?;
            let sample_bytes = fields.u32()?;
            // Where both are given, this is the one that holds.
            if (1..=8).contains(&sample_bytes) && plain.bits != sample_bytes * 8 {
                plain.bits = plain.bits.max(sample_bytes * 8);
            }
            VERSION_1_BYTES
        }
        2 => {
            let mut fields = fields;
            fields.skip(4)?;
            let rate = f64::from_bits(fields.u64()?);
            plain.rate_hz = rate as u32;
            plain.channels = fields.u32()?;
            fields.skip(4)?;
            plain.bits = fields.u32()?;
            plain.flags = Some(fields.u32()?);
            VERSION_2_BYTES
        }
        _ => 0,
    };
    let inside = content.get(PLAIN_BYTES + more..).unwrap_or_default();
    Some((plain, inside))
}

/// An elementary stream descriptor (ISO 14496-1, section 7.2.6), behind its version.
fn esds(entry: &mut Entry, esds: Option<&[u8]>) -> Result<(), Refusal> {
    let found = esds.and_then(|esds| decoder_config(esds.get(4..)?));
    // Without one, it is what nearly all are.
    let (object, config) = found.unwrap_or((0x40, None));
    let params = &mut entry.params;
    match object {
        0x40 | 0x66..=0x68 => {
            params.for_codec(CODEC_ID_AAC);
            let made;
            let config = match config.filter(|config| config.len() >= 2) {
                Some(config) => config,
                None => {
                    let channels = params.channels.as_ref().map_or(2, |c| c.count());
                    let kind = if object == 0x66 { 1 } else { 2 };
                    made = plain_config(kind, params.sample_rate.unwrap_or(44_100), channels);
                    &made
                }
            };
            params.with_extra_data(config.into());
        }
        0x69 | 0x6B => entry.is_mpeg = true,
        0xA5 => return Err("AC-3".into()),
        0xA6 => return Err("E-AC-3".into()),
        0xA9..=0xAC => return Err("DTS".into()),
        0xDD => {
            let headers = config.and_then(super::vorbis_private::vorbis_headers);
            let headers = headers.ok_or("Vorbis without its headers")?;
            params.for_codec(CODEC_ID_VORBIS);
            params.with_extra_data(headers);
        }
        0xE1 => return Err("QCELP".into()),
        object => return Err(format!("the codec of object type {object:#04X}")),
    }
    Ok(())
}

/// The object type and the specific configuration.
fn decoder_config(descriptors: &[u8]) -> Option<(u8, Option<&[u8]>)> {
    let (tag, mut stream) = descriptor(descriptors)?;
    if tag == 3 {
        let flags = *stream.get(2)?;
        let mut skip = 3;
        if flags & 0x80 != 0 {
            skip += 2;
        }
        if flags & 0x40 != 0 {
            skip += 1 + usize::from(*stream.get(skip)?);
        }
        if flags & 0x20 != 0 {
            skip += 2;
        }
        stream = stream.get(skip..)?;
        let (tag, config) = descriptor(stream)?;
        if tag != 4 {
            return None;
        }
        stream = config;
    }
    let object = *stream.first()?;
    let specific = stream.get(13..).and_then(descriptor);
    Some((
        object,
        specific
            .filter(|(tag, _)| *tag == 5)
            .map(|(_, bytes)| bytes),
    ))
}

/// A descriptor's tag and content.
fn descriptor(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let (tag, mut rest) = bytes.split_first()?;
    let mut size = 0_usize;
    for _ in 0..4 {
        let (byte, behind) = rest.split_first()?;
        rest = behind;
        size = size << 7 | usize::from(byte & 0x7F);
        if byte & 0x80 == 0 {
            break;
        }
    }
    Some((*tag, &rest[..size.min(rest.len())]))
}

/// An AudioSpecificConfig for a plain stream: object type, rate, and channels as they are counted there.
pub(super) fn plain_config(kind: u8, rate_hz: u32, channels: usize) -> Vec<u8> {
    let configuration = if channels == 8 { 7 } else { channels & 7 } as u8;
    match rusty_aac::sf_index_for_rate(rate_hz) {
        Some(index) => vec![kind << 3 | index >> 1, index << 7 | configuration << 3],
        None => {
            let bits = u64::from(kind) << 35
                | 0xF << 31
                | u64::from(rate_hz & 0xFF_FFFF) << 7
                | u64::from(configuration) << 3;
            bits.to_be_bytes()[3..].to_vec()
        }
    }
}

/// ALAC's magic cookie: its depth and channels are those that hold.
pub(super) fn alac(params: &mut AudioCodecParameters, cookie: &[u8]) -> Option<()> {
    // Some writers put the box it comes in before it.
    let cookie = match cookie {
        [_, _, _, _, b'a', b'l', b'a', b'c', _, _, _, _, cookie @ ..] => cookie,
        cookie => cookie,
    };
    let &[f0, f1, f2, f3, _, bits, _, _, _, channels, ..] = cookie else {
        return None;
    };
    let rate_hz = u32::from_be_bytes(*cookie.get(20..24)?.first_chunk()?);
    params.for_codec(CODEC_ID_ALAC);
    params.with_extra_data(cookie.get(..24)?.into());
    params.with_bits_per_sample(bits.into());
    params.with_max_frames_per_packet(u32::from_be_bytes([f0, f1, f2, f3]).into());
    if rate_hz > 0 {
        params.with_sample_rate(rate_hz);
    }
    if channels > 0 {
        params.with_channels(Channels::Discrete(channels.into()));
    }
    Some(())
}

/// FLAC's metadata blocks, of which the first tells the depth and rate (RFC 9639, section 8.2).
pub(super) fn flac(params: &mut AudioCodecParameters, blocks: &[u8]) -> Option<()> {
    let info = blocks.get(4..38)?;
    if blocks[0] & 0x7F != 0 {
        return None;
    }
    let packed = u64::from_be_bytes(*info.get(10..18)?.first_chunk()?);
    let most = u16::from_be_bytes([*info.get(2)?, *info.get(3)?]);
    params.for_codec(CODEC_ID_FLAC);
    params.with_sample_rate((packed >> 44) as u32);
    params.with_channels(Channels::Discrete((packed >> 41 & 7) as u16 + 1));
    params.with_bits_per_sample((packed >> 36 & 31) as u32 + 1);
    params.with_max_frames_per_packet(most.into());
    params.with_extra_data(info.into());
    Some(())
}

/// Samples that are not coded, or at most by a law.
fn pcm(
    entry: &mut Entry,
    kind: [u8; 4],
    plain: &Plain,
    configuration: Option<&[u8]>,
    endian: Option<&[u8]>,
) -> Result<(), Refusal> {
    let is_little = endian.is_some_and(|enda| enda.get(1) == Some(&1));
    let by_size = |is_little: bool, is_float: bool, bits: u32| pcm_codec(is_little, is_float, bits);
    let codec = match &kind {
        b"raw " => by_size(true, false, 8).filter(|_| plain.bits <= 8),
        b"NONE" | b"twos" if plain.bits <= 8 => Some((CODEC_ID_PCM_S8, 8)),
        b"sowt" if plain.bits <= 8 => Some((CODEC_ID_PCM_S8, 8)),
        b"NONE" | b"twos" => by_size(false, false, plain.bits),
        b"sowt" => by_size(true, false, plain.bits),
        b"in24" => by_size(is_little, false, 24),
        b"in32" => by_size(is_little, false, 32),
        b"fl32" => by_size(is_little, true, 32),
        b"fl64" => by_size(is_little, true, 64),
        b"ulaw" => Some((CODEC_ID_PCM_MULAW, 16)),
        b"alaw" => Some((CODEC_ID_PCM_ALAW, 16)),
        b"lpcm" => {
            let flags = plain.flags.unwrap_or(0);
            match plain.bits {
                8 if flags & 4 != 0 => Some((CODEC_ID_PCM_S8, 8)),
                bits => by_size(flags & 2 == 0, flags & 1 != 0, bits),
            }
        }
        b"ipcm" | b"fpcm" => match configuration {
            Some(&[_, _, _, _, flags, bits, ..]) => {
                by_size(flags & 1 != 0, kind == *b"fpcm", bits.into())
            }
            _ => None,
        },
        _ => return Err(names::of_four_characters(kind)),
    };
    let (codec, bits) = codec.ok_or_else(|| format!("PCM of {} bits in MP4", plain.bits))?;
    let coded_bytes = match codec {
        CODEC_ID_PCM_MULAW | CODEC_ID_PCM_ALAW => 1,
        _ => bits / 8,
    };
    entry.params.for_codec(codec).with_bits_per_sample(bits);
    entry.pcm_frame_bytes = Some(coded_bytes * plain.channels).filter(|bytes| *bytes > 0);
    if entry.pcm_frame_bytes.is_none() {
        return Err("PCM without channels".into());
    }
    Ok(())
}

/// The codec of integers, or floating-point numbers, of that many bits.
pub(super) fn pcm_codec(is_little: bool, is_float: bool, bits: u32) -> Option<(AudioCodecId, u32)> {
    let codec = match (is_float, bits, is_little) {
        (false, 8, _) => CODEC_ID_PCM_U8,
        (false, 16, true) => CODEC_ID_PCM_S16LE,
        (false, 16, false) => CODEC_ID_PCM_S16BE,
        (false, 24, true) => CODEC_ID_PCM_S24LE,
        (false, 24, false) => CODEC_ID_PCM_S24BE,
        (false, 32, true) => CODEC_ID_PCM_S32LE,
        (false, 32, false) => CODEC_ID_PCM_S32BE,
        (true, 32, true) => CODEC_ID_PCM_F32LE,
        (true, 32, false) => CODEC_ID_PCM_F32BE,
        (true, 64, true) => CODEC_ID_PCM_F64LE,
        (true, 64, false) => CODEC_ID_PCM_F64BE,
        _ => return None,
    };
    Some((codec, bits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_configurations_are_written_as_the_standard_has_them() {
        assert_eq!(plain_config(2, 44_100, 2), [0x12, 0x10]);
        let odd = plain_config(2, 44_056, 1);
        let read = rusty_aac::config::parse(&odd).unwrap();
        assert_eq!((read.object_type, read.sample_rate), (2, 44_056));
        assert_eq!(read.channels(), 1);
    }

    #[test]
    fn descriptors_tell_the_codec() {
        // A stream with a dependency, a layer II decoder without a configuration.
        let stream = [
            3, 0x80, 0x80, 0x80, 20, 0, 1, 0x80, 0, 9, 4, 13, 0x6B, 0x15, 0, 0, 0, 0, 0, 0, 0, 0,
            0, 0, 0,
        ];
        assert_eq!(decoder_config(&stream), Some((0x6B, None)));
        let aac = [
            4, 17, 0x40, 0x15, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 2, 0x12, 0x10,
        ];
        let inside = descriptor(&aac).unwrap().1;
        assert_eq!(decoder_config(&aac), decoder_config(&aac));
        assert_eq!(inside[0], 0x40);
        let whole = [&[3, 22, 0, 1, 0][..], &aac].concat();
        assert_eq!(
            decoder_config(&whole),
            Some((0x40, Some(&[0x12, 0x10][..])))
        );
        assert_eq!(decoder_config(&[3, 1]), None);
    }
}
