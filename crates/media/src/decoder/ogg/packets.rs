//! Packets of one stream of an Ogg file, put together from its pages.

use super::page::{PageHead, body, next_page, page_at};
use crate::decoder::window::Window;
use crate::track_bytes::TrackBytes;
use std::collections::VecDeque;
use std::io;

/// Longer packets are left out: headers with large pictures are the longest there are.
const MAX_PACKET_BYTES: usize = 64 << 20;

/// A packet and what its page says of it.
#[derive(Debug)]
pub(super) struct OggPacket {
    pub(super) data: Vec<u8>,
    /// Where it ends, if it is the last of its page and the page says so.
    pub(super) position: Option<i64>,
    /// Where the last packet of its page ends.
    pub(super) page_position: Option<i64>,
    /// Where its page begins.
    pub(super) page: u64,
    /// Whether its page ends the stream.
    pub(super) is_on_last_page: bool,
    /// Whether something before it has been lost.
    pub(super) follows_gap: bool,
}

/// Reads packets one behind the other.
pub(super) struct PacketReader {
    window: Window,
    serial: u32,
    /// Where the next page is looked for.
    at: u64,
    end: u64,
    ready: VecDeque<OggPacket>,
    /// A packet that goes on with the next page.
    open: Option<Vec<u8>>,
    has_gap: bool,
    /// The number of the page that should come next.
    next_sequence: Option<u32>,
    /// Whether a page other than a first one has been seen.
    has_begun: bool,
    /// Where a new stream begins, if that is what ended this one.
    next_stream: Option<u64>,
}

impl PacketReader {
    /// Reads the stream numbered `serial` from `at` to `end`.
    pub(super) fn new(bytes: TrackBytes, serial: u32, at: u64, end: u64) -> Self {
        Self {
            window: Window::new(bytes),
            serial,
            at,
            end,
            ready: VecDeque::new(),
            open: None,
            has_gap: false,
            next_sequence: None,
            has_begun: false,
            next_stream: None,
        }
    }

    /// Goes on with the page at `at`.
    pub(super) fn go_to(&mut self, at: u64) {
        self.at = at;
        self.ready.clear();
        self.open = None;
        self.has_gap = false;
        self.next_sequence = None;
        self.next_stream = None;
    }

    /// Whether the page at `at` is undamaged.
    pub(super) fn is_whole(&mut self, at: u64) -> io::Result<bool> {
        Ok(match page_at(&mut self.window, at)? {
            Some(page) => body(&mut self.window, &page)?.is_some(),
            None => false,
        })
    }

    /// Where another stream begins behind this one, once its end has been reached.
    pub(super) fn next_stream(&self) -> Option<u64> {
        self.next_stream
    }

    /// Whether what was read last, with nothing behind it, was damaged.
    pub(super) fn ends_in_gap(&self) -> bool {
        self.has_gap
    }

    /// Where the next page is looked for: behind the page of the last packet, when it ended that.
    pub(super) fn place(&self) -> u64 {
        self.at
    }

    /// The next packet; `None` at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<OggPacket>> {
        while self.ready.is_empty() {
            let Some(page) = next_page(&mut self.window, self.at, self.end)? else {
                return Ok(None);
            };
            if page.at != self.at {
                self.has_gap = true;
            }
            // All streams of a link begin before the sound of any: this is the next link.
            if page.is_first && self.has_begun {
                self.next_stream = Some(page.at);
                return Ok(None);
            }
            if page.serial != self.serial {
                self.at = page.end();
                continue;
            }
            self.has_begun |= !page.is_first;
            self.has_gap |= self.next_sequence.is_some_and(|next| next != page.sequence);
            self.next_sequence = Some(page.sequence.wrapping_add(1));
            match body(&mut self.window, &page)? {
                Some(body) => {
                    self.at = page.end();
                    self.take_page(&page, &body);
                }
                None => {
                    // Whatever it held is lost; its length may be wrong too.
                    self.has_gap = true;
                    self.open = None;
                    self.at = page.at + 1;
                }
            }
        }
        Ok(self.ready.pop_front())
    }

    fn take_page(&mut self, page: &PageHead, body: &[u8]) {
        let mut rest = body;
        let mut skips_first = page.is_continued && self.open.is_none();
        if !page.is_continued {
            self.has_gap |= self.open.take().is_some();
        }
        let mut data = self.open.take().unwrap_or_default();
        let mut is_open = page.is_continued;
        for length in &page.lengths {
            let (segment, behind) = rest.split_at(usize::from(*length).min(rest.len()));
            rest = behind;
            is_open = true;
            if data.len() + segment.len() <= MAX_PACKET_BYTES {
                data.extend_from_slice(segment);
            }
            if *length == u8::MAX {
                continue;
            }
            is_open = false;
            let data = std::mem::take(&mut data);
            if std::mem::take(&mut skips_first) {
                continue;
            }
            self.ready.push_back(OggPacket {
                data,
                position: None,
                page_position: page.position,
                page: page.at,
                is_on_last_page: page.is_last,
                follows_gap: std::mem::take(&mut self.has_gap),
            });
        }
        if is_open && !skips_first {
            self.open = Some(data);
        }
        if let Some(last) = self.ready.back_mut() {
            last.position = page.position;
        }
    }
}
