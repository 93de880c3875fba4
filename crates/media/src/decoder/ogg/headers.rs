//! What stands in front of the sound of a stream in Ogg: what the stream is, and its comments.

use super::link::OggCodec;
use super::packets::PacketReader;
use crate::decoder::opus::OpusHead;
use crate::decoder::symphonia_names::decode_error;
use crate::error::MediaError;
use crate::tags::{Tags, read_vorbis_comment};
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::{CODEC_ID_FLAC, CODEC_ID_OPUS, CODEC_ID_VORBIS};

/// Headers of FLAC in Ogg: pictures and the like.
const MAX_HEADERS: usize = 256;
/// Bytes of a FLAC STREAMINFO block, behind which nothing is of interest.
const STREAMINFO_BYTES: usize = 34;
/// Where it lies in the first packet: behind a mark, a version, a count, "fLaC" and a block's head.
const STREAMINFO_OFFSET: usize = 17;
/// The rate that Opus always decodes at.
const OPUS_RATE_HZ: u32 = 48_000;
/// Marks in front of comments: "OpusTags", a kind with "vorbis", a block's head.
const OPUS_TAGS: &[u8] = b"OpusTags";
const VORBIS_MARK_BYTES: usize = 7;
/// Bytes of the first Vorbis header (Vorbis I, section 4.2.2).
const VORBIS_IDENTIFICATION_BYTES: usize = 30;
const FLAC_BLOCK_HEAD_BYTES: usize = 4;
/// What a frame begins with, and no block does.
const FLAC_SYNC: [u8; 1] = [0xFF];
/// The kind of a FLAC block that holds comments.
const FLAC_COMMENT: u8 = 4;

/// What of a packet stands behind its mark.
fn behind(mut packet: Vec<u8>, mark_bytes: usize) -> Vec<u8> {
    packet.drain(..mark_bytes.min(packet.len()));
    packet
}

/// What stands in front of the sound.
pub(super) struct Headers {
    pub(super) params: AudioCodecParameters,
    pub(super) bits: Option<u32>,
    /// Frames that the encoder put in front.
    pub(super) delay_frames: u64,
    pub(super) tags: Tags,
    /// Rate and channels.
    pub(super) spec: (u32, usize),
}

/// Reads headers up to the sound. The first one is `lent_head` where that is another stream's, as the own one is
/// damaged.
pub(super) fn read_headers(
    packets: &mut PacketReader,
    codec: OggCodec,
    lent_head: Option<&[u8]>,
) -> Result<Headers, MediaError> {
    let cut = || MediaError::Damaged("it is cut short before its sound begins".into());
    let first = match lent_head {
        Some(head) => head.to_vec(),
        None => packets.next()?.ok_or_else(cut)?.data,
    };
    let mut params = AudioCodecParameters::new();
    let (mut bits, mut delay_frames) = (None, 0);
    let mut comment = Vec::new();
    let byte = |at: usize| first.get(at).copied().unwrap_or(0);
    let spec = match codec {
        OggCodec::Opus => (OPUS_RATE_HZ, usize::from(byte(9))),
        OggCodec::Vorbis => {
            let rate_hz = [byte(12), byte(13), byte(14), byte(15)];
            (u32::from_le_bytes(rate_hz), usize::from(byte(11)))
        }
        OggCodec::Flac => {
            let rate_hz = [0, byte(27), byte(28), byte(29)];
            let channels = usize::from(byte(29) >> 1 & 7) + 1;
            (u32::from_be_bytes(rate_hz) >> 4, channels)
        }
    };
    match codec {
        OggCodec::Opus => {
            params
                .for_codec(CODEC_ID_OPUS)
                .with_extra_data(first.into());
            let head = OpusHead::of(&params).map_err(decode_error)?;
            delay_frames = u64::from(head.pre_skip_frames);
            let second = packets.next()?.ok_or_else(cut)?;
            if second.data.starts_with(OPUS_TAGS) {
                comment = behind(second.data, OPUS_TAGS.len());
            } else {
                // The page of the comments is damaged: this is sound.
                packets.go_to(second.page);
            }
        }
        OggCodec::Vorbis => {
            // The decoder takes both headers from one row of bytes.
            let mut headers = first;
            if headers.len() != VORBIS_IDENTIFICATION_BYTES {
                return Err(MediaError::Damaged(
                    "its first header has a wrong length".into(),
                ));
            }
            comment = behind(packets.next()?.ok_or_else(cut)?.data, VORBIS_MARK_BYTES);
            headers.extend(packets.next()?.ok_or_else(cut)?.data);
            params
                .for_codec(CODEC_ID_VORBIS)
                .with_extra_data(headers.into());
        }
        OggCodec::Flac => {
            let info = first.get(STREAMINFO_OFFSET..STREAMINFO_OFFSET + STREAMINFO_BYTES);
            let info = info.ok_or_else(cut)?;
            bits =
                Some(u32::from(info[12] & 1) << 4 | u32::from(info[13] >> 4)).map(|bits| bits + 1);
            params.for_codec(CODEC_ID_FLAC).with_extra_data(info.into());
            // Blocks of metadata follow, the last of which is marked; the count in front may be 0, unknown.
            for _ in 0..MAX_HEADERS {
                let packet = packets.next()?.ok_or_else(cut)?;
                let block = packet.data;
                if block.starts_with(&FLAC_SYNC) {
                    // The last block was on a damaged page: this is sound.
                    packets.go_to(packet.page);
                    break;
                }
                let kind = block.first().copied().unwrap_or(0x80);
                if kind & 0x7F == FLAC_COMMENT {
                    comment = behind(block, FLAC_BLOCK_HEAD_BYTES);
                }
                if kind & 0x80 != 0 {
                    break;
                }
            }
        }
    }
    Ok(Headers {
        params,
        bits,
        delay_frames,
        tags: read_vorbis_comment(&comment),
        spec,
    })
}
