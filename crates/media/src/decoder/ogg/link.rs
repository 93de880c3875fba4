//! One link of a chained Ogg file, and what its pages say of it.

use super::gap::MAX_GAP_FRAMES;
use super::page::PageHead;
use std::sync::Arc;

/// Pages between two remembered places.
const INDEX_STEP: u32 = 8;

/// A codec of sound in Ogg, by its first packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OggCodec {
    Vorbis,
    Opus,
    Flac,
}

/// A page whose position is known, from which decoding can begin.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) at: u64,
    pub(super) position: i64,
}

/// One link, as far as its sound is concerned.
#[derive(Debug, Clone)]
pub(super) struct Link {
    pub(super) start: u64,
    /// Where the next one begins, or the file ends.
    pub(super) end: u64,
    pub(super) serial: u32,
    pub(super) codec: OggCodec,
    /// The last page with sound, and the position it says.
    pub(super) last_page: Option<u64>,
    pub(super) last_position: Option<i64>,
    pub(super) places: Vec<Place>,
    /// Whether a page says that it is the last.
    pub(super) has_end: bool,
    /// Whether positions jump from a page to the next one, so that they tell no place: the recording of a station
    /// may begin with a page of another count.
    pub(super) has_jump: bool,
    /// Its first packet, which says what the stream is.
    pub(super) head: Option<Arc<[u8]>>,
    /// Whether that is another link's, because its own is damaged.
    pub(super) has_lent_head: bool,
    walk: Walk,
}

/// What is known of the pages before.
#[derive(Debug, Clone, Default)]
struct Walk {
    pages_to_next: u32,
    /// The number of the page before, and the last position that one said, with the packets since.
    last_sequence: Option<u32>,
    last_told: Option<(i64, i64)>,
}

impl OggCodec {
    /// Frames that no packet has more of.
    fn most_packet_frames(self) -> i64 {
        match self {
            Self::Vorbis => 8_192,
            Self::Opus => 5_760,
            Self::Flac => 65_536,
        }
    }
}

impl Link {
    pub(super) fn new(start: u64, serial: u32, codec: OggCodec, head: Option<Arc<[u8]>>) -> Self {
        Self {
            start,
            end: u64::MAX,
            serial,
            codec,
            last_page: None,
            last_position: None,
            places: Vec::new(),
            has_end: false,
            has_jump: false,
            head,
            has_lent_head: false,
            walk: Walk::default(),
        }
    }

    /// Compares the position of `page` with that before it.
    fn look_for_jump(&mut self, page: &PageHead) {
        let walk = &mut self.walk;
        let is_next = walk.last_sequence.map(|last| last.wrapping_add(1)) == Some(page.sequence);
        walk.last_sequence = Some(page.sequence);
        // One may have begun on the page before.
        let packets = page.whole_packets() as i64 + 1;
        let Some(position) = page.position.filter(|position| *position > 0) else {
            walk.last_told = walk.last_told.map(|(told, more)| (told, more + packets));
            return;
        };
        if let Some((told, more)) = walk.last_told {
            // Where pages are missing, silence comes in their place, within bounds.
            let missing = if is_next { 0 } else { MAX_GAP_FRAMES as i64 };
            let most = (packets + more) * self.codec.most_packet_frames() + missing;
            self.has_jump |= !(0..=most).contains(&position.saturating_sub(told));
        }
        walk.last_told = Some((position, 0));
    }

    pub(super) fn take(&mut self, page: &PageHead) {
        self.last_page = Some(page.at);
        self.has_end |= page.is_last;
        self.look_for_jump(page);
        // Headers end at position 0, and are no place to begin decoding.
        self.last_position = page.position.filter(|position| *position > 0);
        let Some(position) = self.last_position else {
            return;
        };
        // The first packet after a jump only fills the decoder; those of FLAC stand alone.
        let needed = if self.codec == OggCodec::Flac { 1 } else { 2 };
        if self.walk.pages_to_next > 0 {
            self.walk.pages_to_next -= 1;
        } else if page.whole_packets() >= needed {
            self.places.push(Place {
                at: page.at,
                position,
            });
            self.walk.pages_to_next = INDEX_STEP - 1;
        }
    }
}
