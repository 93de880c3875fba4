//! What has been decoded ahead of what is heard, and whether any of it sounds.

use std::collections::VecDeque;

/// The tracks of a generation from the one that is heard to the one that is being decoded. Several short
/// ones may lie between the two.
#[derive(Debug, Default)]
pub(super) struct DecodedLine {
    tracks: VecDeque<u64>,
    /// Where the last of them begins, in frames since the generation began.
    begins_at: u64,
    /// The last of them was begun in its middle: little may be left of it.
    begins_later: bool,
    /// Tracks without a frame, one behind the other, over generations.
    soundless: usize,
}

impl DecodedLine {
    /// A generation begins with `track`, at its beginning or `later`.
    pub(super) fn begin(&mut self, track: u64, later: bool) {
        self.tracks.clear();
        self.tracks.push_back(track);
        (self.begins_at, self.begins_later) = (0, later);
    }

    /// Nothing is being decoded.
    pub(super) fn clear(&mut self) {
        self.tracks.clear();
    }

    /// The track that is being decoded.
    pub(super) fn decoding(&self) -> Option<u64> {
        self.tracks.back().copied()
    }

    /// All of them, in order.
    pub(super) fn tracks(&self) -> impl Iterator<Item = u64> + '_ {
        self.tracks.iter().copied()
    }

    /// `track` is being decoded now, from frame `begins_at` of the generation on.
    pub(super) fn advance(&mut self, track: u64, begins_at: u64) {
        self.end_track(begins_at);
        self.tracks.push_back(track);
    }

    /// The last one ends at frame `at` of the generation.
    pub(super) fn end_track(&mut self, at: u64) {
        if at > self.begins_at {
            self.soundless = 0;
        } else if !std::mem::take(&mut self.begins_later) {
            self.soundless += 1;
        }
        self.begins_at = at;
    }

    /// Tracks in a row that had no frame.
    pub(super) fn soundless(&self) -> usize {
        self.soundless
    }

    /// The listener has asked for something: there may be sound again.
    pub(super) fn forget_soundless(&mut self) {
        self.soundless = 0;
    }

    /// `track` is heard: takes out, in order, it and those before it.
    pub(super) fn enter(&mut self, track: u64) -> Vec<u64> {
        // The numbers rise along the line.
        let passed = self.tracks.partition_point(|&other| other <= track);
        let entered: Vec<u64> = self.tracks.drain(..passed).collect();
        if entered.last() == Some(&track) {
            self.tracks.push_front(track);
        }
        entered
    }
}
