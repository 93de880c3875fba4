//! What has been decoded ahead of what is heard, and whether any of it sounds.

use rt::ids::PlayId;
use std::collections::VecDeque;

/// The tracks of a generation from the one that is heard to the one that is being decoded. Several short
/// ones may lie between the two.
#[derive(Debug, Default)]
pub(super) struct DecodedLine {
    plays: VecDeque<PlayId>,
    /// Where the last of them begins, in frames since the generation began.
    begins_at: u64,
    /// The last of them was begun in its middle: little may be left of it.
    begins_later: bool,
    /// The end of the last of them has been decoded.
    is_ended: bool,
    /// Tracks without a frame, one behind the other, over generations.
    soundless: usize,
}

impl DecodedLine {
    /// A generation begins with `play`, at its beginning or `later`.
    pub(super) fn begin(&mut self, play: PlayId, later: bool) {
        self.plays.clear();
        self.plays.push_back(play);
        (self.begins_at, self.begins_later) = (0, later);
        self.is_ended = false;
    }

    /// Nothing is being decoded.
    pub(super) fn clear(&mut self) {
        self.plays.clear();
        self.is_ended = false;
    }

    /// The track that is being decoded.
    pub(super) fn decoding(&self) -> Option<PlayId> {
        self.plays.back().copied()
    }

    /// All of them, in order.
    pub(super) fn plays(&self) -> impl Iterator<Item = PlayId> + '_ {
        self.plays.iter().copied()
    }

    /// `play` is being decoded now, from frame `begins_at` of the generation on.
    pub(super) fn advance(&mut self, play: PlayId, begins_at: u64) {
        self.end_track(begins_at);
        self.plays.push_back(play);
    }

    /// The last one ends at frame `at` of the generation, and nothing follows.
    pub(super) fn end(&mut self, at: u64) {
        self.end_track(at);
        self.is_ended = true;
    }

    /// Whether another track, or the end, has been decoded and is not heard yet.
    pub(super) fn is_ahead(&self) -> bool {
        self.is_ended || self.plays.len() > 1
    }

    /// The last one ends at frame `at` of the generation.
    fn end_track(&mut self, at: u64) {
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

    /// `play` is heard: takes out, in order, it and those before it.
    pub(super) fn enter(&mut self, play: PlayId) -> Vec<PlayId> {
        // The numbers rise along the line.
        let passed = self.plays.partition_point(|&other| other <= play);
        let entered: Vec<PlayId> = self.plays.drain(..passed).collect();
        if entered.last() == Some(&play) {
            self.plays.push_front(play);
        }
        entered
    }
}
