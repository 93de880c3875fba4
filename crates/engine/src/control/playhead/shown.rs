//! What a snapshot says of the playhead.

use super::Playhead;
use crate::status::{NowPlaying, PlayerSnapshot};
use crate::waveforms::FoundWaveform;
use media::decoder::frames_at;
use media::tags::Tags;
use std::sync::Arc;

impl Playhead {
    /// Fills in what the playhead knows.
    pub(crate) fn describe_in(&self, snapshot: &mut PlayerSnapshot, found: Option<&FoundWaveform>) {
        snapshot.transport = self.transport;
        snapshot.queue = Arc::clone(self.queue.entries());
        snapshot.current = self.queue.current();
        snapshot.now_playing = self.now_playing(found);
        snapshot.pending_seek = self
            .jump
            .target
            .map(|target| (self.jump.generation, target));
        snapshot.repeat = self.queue.repeat;
        snapshot.is_shuffled = self.queue.is_shuffled();
        snapshot.stop_after_current = self.stop_after_current;
        snapshot.is_scanning = self.insertions.are_under_way();
    }

    /// Follows the position into the next of several streams joined in one file. True where its title
    /// is to be shown.
    pub(crate) fn follow_link(&mut self) -> bool {
        let position = self.position();
        let heard = self.heard.and_then(|play| self.plays.by_id.get_mut(&play));
        let Some(play) = heard else {
            return false;
        };
        let Some(info) = play.info.as_ref().filter(|info| !info.links.is_empty()) else {
            return false;
        };
        let frame = frames_at(position, info.sample_rate_hz);
        let link = info.links.partition_point(|link| link.first_frame <= frame);
        std::mem::replace(&mut play.link, link) != link
    }

    fn now_playing(&self, found: Option<&FoundWaveform>) -> Option<Arc<NowPlaying>> {
        let play = self.heard_play()?;
        let info = play.info.as_ref()?;
        let tags = play.tags.as_ref();
        let entry = self.queue.entry(play.request.entry);
        let link = play.link.checked_sub(1);
        let link_tags = link
            .and_then(|index| info.links.get(index))
            .map(|link| &link.tags)
            .filter(|tags| **tags != Tags::default());
        Some(Arc::new(NowPlaying {
            entry: play.request.entry,
            track: play.request.track,
            path: play.request.location.path().to_owned(),
            tags: link_tags
                .or(tags.map(|tags| &tags.tags))
                .cloned()
                .or(entry.map(|entry| entry.tags.clone()))
                .unwrap_or_default(),
            cover: tags.and_then(|tags| tags.cover.clone()),
            codec: info.codec.clone(),
            sample_rate_hz: info.sample_rate_hz,
            channels: info.channels,
            bits_per_sample: info.bits_per_sample,
            waveform: found
                .filter(|(location, _)| *location == play.request.location)
                .map(|(_, waveform)| Arc::clone(waveform)),
            duration: info.duration().or(entry.and_then(|entry| entry.duration)),
        }))
    }
}
