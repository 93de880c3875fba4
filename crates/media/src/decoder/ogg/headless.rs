//! Links of a chain whose first page is damaged: played with the head of another link of their codec, or told to be
//! lost.

use super::link::{Link, OggCodec};
use super::page::{PageHead, body};
use crate::decoder::window::Window;
use std::io;

/// A link that cannot be played: nothing tells its codec, or nothing its head.
#[derive(Debug, Clone)]
pub(super) struct Lost {
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) serial: u32,
    /// The last position that a page of it says.
    position: Option<i64>,
}

impl Lost {
    pub(super) fn new(start: u64, serial: u32) -> Self {
        Self {
            start,
            end: u64::MAX,
            serial,
            position: None,
        }
    }

    pub(super) fn take(&mut self, page: &PageHead) {
        self.position = page.position.or(self.position);
    }

    /// How much is lost, in a line.
    pub(super) fn line(&self, file_end: u64) -> String {
        let bytes = self.end.min(file_end).saturating_sub(self.start);
        match self.position.filter(|position| *position > 0) {
            Some(frames) => format!(
                "damaged: a stream of {frames} frames within it cannot be played, as its first page is missing"
            ),
            None => format!(
                "damaged: a stream of {bytes} bytes within it cannot be played, as its first page is missing"
            ),
        }
    }
}

/// Whether `page`, which is no first one, belongs to a link whose first page is damaged: one behind `last`, the link
/// before, whose streams are numbered as in `serials`.
pub(super) fn begins_headless(last: Option<&Link>, serials: &[u32], page: &PageHead) -> bool {
    let Some(last) = last else {
        // Headers are no sound, and come first.
        return serials.is_empty();
    };
    let is_header = page.position.is_none_or(|position| position == 0);
    match serials.contains(&page.serial) {
        // Numbered like the link before, it begins to count anew.
        true => last.serial == page.serial && last.has_end && page.sequence <= 2 && is_header,
        // A stream beside the one before has pages before that ends.
        false => last.has_end,
    }
}

/// The codec of a link by the page behind its first, on which its comments begin.
pub(super) fn codec_of_comments(
    window: &mut Window,
    page: &PageHead,
) -> io::Result<Option<OggCodec>> {
    let body = body(window, page)?.unwrap_or_default();
    Ok(match &body[..] {
        [3, b'v', b'o', b'r', b'b', b'i', b's', ..] => Some(OggCodec::Vorbis),
        [b'O', b'p', b'u', b's', b'T', b'a', b'g', b's', ..] => Some(OggCodec::Opus),
        // A block of comments, which is the last one or not.
        [0x04 | 0x84, ..] => Some(OggCodec::Flac),
        _ => None,
    })
}

/// Gives each link without a head that of the nearest other one of its codec. Those for which there is none are moved
/// to `lost`.
pub(super) fn lend_heads(links: &mut Vec<Link>, lost: &mut Vec<Lost>) {
    let heads: Vec<_> = links
        .iter()
        .map(|link| (link.codec, link.head.clone()))
        .collect();
    let mut index = 0;
    links.retain_mut(|link| {
        let here = index;
        index += 1;
        if link.head.is_some() {
            return true;
        }
        let near = heads
            .iter()
            .enumerate()
            .filter(|(_, (codec, head))| *codec == link.codec && head.is_some())
            .min_by_key(|(number, _)| number.abs_diff(here));
        match near {
            Some((_, (_, head))) => {
                link.head.clone_from(head);
                link.has_lent_head = true;
                true
            }
            None => {
                let mut without = Lost::new(link.start, link.serial);
                without.end = link.end;
                without.position = link.last_position;
                lost.push(without);
                false
            }
        }
    });
}
