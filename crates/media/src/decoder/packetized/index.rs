//! Where each packet of a track lies in its file, and which frames it holds.

/// Packets of a file, at most: three days of AAC. A longer one is played so far.
const MAX_PACKETS: usize = 1 << 22;
/// So many packets have one entry in the table of positions.
const STRIDE: usize = 256;
/// The largest packet that is read: bytes.
pub(super) const MAX_PACKET_BYTES: u64 = 1 << 22;

/// One packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// Its first byte in the file.
    pub(super) offset: u64,
    /// Its bytes.
    pub(super) bytes: u32,
    /// Frames that come out of it, at the rate the container counts in.
    pub(super) frames: u32,
}

/// The packets of a track, in the order they are decoded in.
#[derive(Debug, Default)]
pub(super) struct PacketIndex {
    places: Vec<Place>,
    /// Frames before every [`STRIDE`]th packet.
    starts: Vec<u64>,
    frames: u64,
}

impl PacketIndex {
    /// Adds a packet behind the others; those beyond all bounds are left out.
    pub(super) fn push(&mut self, offset: u64, bytes: u64, frames: u32) {
        let is_sane = bytes > 0 && bytes <= MAX_PACKET_BYTES;
        if !is_sane || self.places.len() >= MAX_PACKETS {
            return;
        }
        if self.places.len().is_multiple_of(STRIDE) {
            self.starts.push(self.frames);
        }
        self.frames += u64::from(frames);
        self.places.push(Place {
            offset,
            bytes: bytes as u32,
            frames,
        });
    }

    /// Takes frames off the end of the last packet.
    pub(super) fn shorten_last(&mut self, frames: u64) {
        if let Some(last) = self.places.last_mut() {
            let cut = frames.min(last.frames.into());
            last.frames -= cut as u32;
            self.frames -= cut;
        }
    }

    /// Packets.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// Frames of all packets.
    pub(super) fn frames(&self) -> u64 {
        self.frames
    }

    /// The packet of that number.
    pub(super) fn get(&self, number: usize) -> Option<Place> {
        self.places.get(number).copied()
    }

    /// Frames before the packet of that number, which may be one behind the last.
    pub(super) fn start_of(&self, number: usize) -> u64 {
        let Some(start) = self.starts.get(number / STRIDE) else {
            return self.frames;
        };
        let from = number / STRIDE * STRIDE;
        let between = self.places.iter().take(number).skip(from);
        start + between.map(|place| u64::from(place.frames)).sum::<u64>()
    }

    /// The number of the packet that holds `frame`; of the last one for what lies behind.
    pub(super) fn packet_at(&self, frame: u64) -> usize {
        let stride = self.starts.partition_point(|start| *start <= frame);
        let mut number = stride.saturating_sub(1) * STRIDE;
        let mut end = self.start_of(number);
        while let Some(place) = self.get(number) {
            end += u64::from(place.frames);
            if end > frame {
                break;
            }
            number += 1;
        }
        number.min(self.len().saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_are_found_by_their_frames() {
        let mut index = PacketIndex::default();
        let mut starts = Vec::new();
        for number in 0..1_000_u32 {
            starts.push(index.frames());
            index.push(u64::from(number) * 10, 10, number % 7);
        }
        assert_eq!(index.len(), 1_000);
        for (number, start) in starts.iter().enumerate() {
            assert_eq!(index.start_of(number), *start);
            let frames = index.get(number).unwrap().frames;
            for frame in *start..*start + u64::from(frames) {
                assert_eq!(index.packet_at(frame), number);
            }
        }
        assert_eq!(index.start_of(1_000), index.frames());
        assert_eq!(index.packet_at(u64::MAX), 999);
    }

    #[test]
    fn the_last_packet_is_shortened_no_further_than_to_nothing() {
        let mut index = PacketIndex::default();
        index.push(0, 1, 100);
        index.push(1, 1, 50);
        index.shorten_last(20);
        assert_eq!(index.frames(), 130);
        index.shorten_last(1_000);
        assert_eq!(index.frames(), 100);
        assert_eq!(index.get(1).unwrap().frames, 0);
    }

    #[test]
    fn packets_beyond_all_bounds_are_left_out() {
        let mut index = PacketIndex::default();
        index.push(0, MAX_PACKET_BYTES + 1, 1);
        index.push(0, 0, 1);
        assert_eq!((index.len(), index.frames()), (0, 0));
    }
}
