//! The metadata blocks of FLAC files (RFC 9639, section 8).

use super::bytes::{FileBytes, be};
use super::pictures::read_block;
use super::set::TagSet;
use super::values::MAX_TAG_BYTES;
use super::vorbis;

/// Blocks looked at; real files have a handful.
const MAX_BLOCKS: usize = 256;
const COMMENT: u8 = 4;
const PICTURE: u8 = 6;

/// The comments and pictures of the stream whose mark is at `start`.
pub(super) fn read(file: &mut FileBytes, start: u64, want_cover: bool) -> Vec<TagSet> {
    let (mut sets, mut pictures) = (Vec::new(), TagSet::default());
    let mut at = start + 4;
    for _ in 0..MAX_BLOCKS {
        let Some(head) = file.array::<4>(at) else {
            break;
        };
        let length = be(&head[1..]);
        let body = at + 4;
        match head[0] & 0x7F {
            COMMENT => sets.push(vorbis::read(&file.read(body, length), want_cover)),
            PICTURE if want_cover && length <= MAX_TAG_BYTES => {
                read_block(&file.read(body, length), &mut pictures);
            }
            // Not a block: frames begin so.
            0x7F => break,
            _ => {}
        }
        at = body + length;
        if head[0] & 0x80 != 0 {
            break;
        }
    }
    sets.insert(0, pictures);
    sets
}
