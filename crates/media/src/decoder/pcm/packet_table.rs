//! Packed sound in CAF, and its table of packets, which is compared with the sound that is there.

use super::chunks::{Chunk, SoundBytes, Style};
use super::cut_line;
use crate::error::MediaError;
use crate::track_bytes::{Piece, TrackBytes};

/// The longest table of packets that is read.
const MAX_TABLE_BYTES: usize = 64 << 20;
/// Bytes of its head: packets, frames that are heard, frames in front and behind.
const TABLE_HEAD_BYTES: usize = 24;

/// Sound in packets, as the chunks of a file describe it.
pub(super) struct Packets {
    pub(super) data: Chunk,
    /// Where the sound begins in that.
    pub(super) content: u64,
    pub(super) sound: SoundBytes,
    pub(super) table: Option<Chunk>,
    /// Whether all packets have the same length, so that no table is needed.
    pub(super) are_alike: bool,
    /// Whether the table has a number of frames for each packet, too.
    pub(super) frames_vary: bool,
}

impl Packets {
    /// The file as a strict reader accepts it, and what is wrong with it.
    ///
    /// # Errors
    /// When it cannot be read, or nothing leads to its sound.
    pub(super) fn read(
        &self,
        bytes: &mut TrackBytes,
    ) -> Result<(Vec<Piece>, Vec<String>), MediaError> {
        let (data, there) = (self.data, self.sound.there.unwrap_or(0));
        let size = self
            .sound
            .there
            .map_or(u64::MAX, |there| there + (self.content - data.start));
        let whole = |start, length| Piece::Of { start, length };
        let mut warnings: Vec<String> = cut_line(self.sound).into_iter().collect();
        let mut pieces = vec![
            whole(0, Some(data.start - 8)),
            Piece::Bytes(size.to_be_bytes().as_slice().into()),
        ];
        let is_needed = !self.are_alike && there > 0;
        let Some(table) = self.table else {
            if is_needed {
                let reason = "its table of packets (\"pakt\") is missing";
                return Err(MediaError::Damaged(reason.into()));
            }
            pieces.push(whole(data.start, None));
            return Ok((pieces, warnings));
        };
        let size = usize::try_from(table.declared_bytes).unwrap_or(usize::MAX);
        let content = bytes.read_at(table.start, size.min(MAX_TABLE_BYTES))?;
        let packets = PacketTable::read(&content, self.frames_vary, there);
        let is_cut = is_cut(&table, bytes.len());
        if is_cut {
            warnings.push("cut short: its table of packets is incomplete".into());
        }
        if is_needed && packets.sound_bytes == 0 {
            let reason = "its table of packets leads to no sound";
            return Err(MediaError::Damaged(reason.into()));
        }
        if is_needed && warnings.is_empty() && packets.sound_bytes < there {
            MediaError::warn_of_loss(&mut warnings);
        }
        if is_cut || is_needed && !packets.is_right {
            // Behind it, nothing is needed.
            let table_start = table.start - Style::Caf.head_bytes();
            pieces.push(whole(data.start, table_start.checked_sub(data.start)));
            pieces.push(Piece::Bytes(packets.chunk(&content).into()));
        } else {
            pieces.push(whole(data.start, None));
        }
        Ok((pieces, warnings))
    }
}

fn is_cut(chunk: &Chunk, file_bytes: Option<u64>) -> bool {
    file_bytes.is_some_and(|end| chunk.declared_bytes > end.saturating_sub(chunk.start))
}

/// What a table of packets leads to. Each of its numbers ends with a byte below 128.
struct PacketTable {
    packets: u64,
    /// Bytes of the table that tell of them.
    used: usize,
    sound_bytes: u64,
    /// Whether the table says itself how many packets it has.
    is_right: bool,
}

impl PacketTable {
    /// Reads `content`, in which each packet has a number of frames, too, where those `vary`. All packets count where
    /// they are no longer than the sound, whose bytes are `there`; else as many as the table says to have.
    fn read(content: &[u8], vary: bool, there: u64) -> Self {
        let said = content.first_chunk().copied().map_or(0, u64::from_be_bytes);
        let numbers = content.get(TABLE_HEAD_BYTES..).unwrap_or_default();
        let mut found = Self {
            packets: 0,
            used: 0,
            sound_bytes: 0,
            is_right: false,
        };
        let (mut value, mut size, mut is_size) = (0_u64, 0, true);
        for (index, byte) in numbers.iter().enumerate() {
            value = value << 7 | u64::from(byte & 0x7F);
            if byte & 0x80 != 0 {
                continue;
            }
            if is_size {
                size = value;
            }
            if !is_size || !vary {
                let sum = found.sound_bytes.saturating_add(size);
                // Zeros behind the table tell of nothing.
                if found.packets >= said && (sum > there || size == 0) {
                    break;
                }
                found.sound_bytes = sum;
                found.packets += 1;
                found.used = index + 1;
            }
            is_size = !vary || !is_size;
            value = 0;
        }
        found.is_right = found.packets == said;
        found
    }

    /// The chunk with these packets alone.
    fn chunk(&self, content: &[u8]) -> Vec<u8> {
        let Some((head, numbers)) = content.split_at_checked(TABLE_HEAD_BYTES) else {
            return Vec::new();
        };
        let mut chunk = b"pakt".to_vec();
        chunk.extend(((TABLE_HEAD_BYTES + self.used) as u64).to_be_bytes());
        chunk.extend(self.packets.to_be_bytes());
        chunk.extend(&head[8..]);
        chunk.extend(&numbers[..self.used]);
        chunk
    }
}
