//! What the window and scripts get to see.

use super::Control;
use crate::signal_path::SignalPath;
use crate::status::{NowPlaying, PlayerSnapshot};
use media::decoder::frames_at;
use media::tags::Tags;
use std::sync::Arc;

impl Control {
    pub(super) fn publish(&mut self) {
        let now_playing = self.now_playing();
        let output = Arc::new(self.slot.status().clone());
        let signal = SignalPath::new(
            now_playing.as_deref(),
            &self.source,
            self.slot.settings(),
            &output,
        );
        self.links.publisher.publish(PlayerSnapshot {
            transport: self.transport,
            queue: Arc::clone(self.queue.entries()),
            current: self.queue.current(),
            now_playing,
            pending_seek: self.pending_seek,
            volume: self.volume,
            is_muted: self.is_muted,
            repeat: self.queue.repeat,
            is_shuffled: self.queue.is_shuffled(),
            stop_after_current: self.stop_after_current,
            equalizer: Arc::clone(&self.equalizer),
            sound: self.sound,
            source: self.source,
            output,
            follows_rate: self.rates.are_followed,
            signal: Arc::new(signal),
            is_scanning: self.insertions.are_under_way(),
        });
    }

    /// Shows the title of the next stream, where the one that is heard joins several, when it begins.
    pub(super) fn look_at_link(&mut self) {
        let position = self.position();
        let Some(playing) = self.heard.and_then(|track| self.playings.get_mut(&track)) else {
            return;
        };
        let Some(info) = playing.info.as_ref().filter(|info| !info.links.is_empty()) else {
            return;
        };
        let frame = frames_at(position, info.sample_rate_hz);
        let link = info.links.partition_point(|link| link.first_frame <= frame);
        self.is_dirty |= std::mem::replace(&mut playing.link, link) != link;
    }

    fn now_playing(&self) -> Option<Arc<NowPlaying>> {
        let playing = self.playings.get(&self.heard?)?;
        let info = playing.info.as_ref()?;
        let tags = playing.tags.as_ref();
        let entry = self.queue.entry(playing.request.entry);
        let link = playing
            .link
            .checked_sub(1)
            .and_then(|index| info.links.get(index));
        let link_tags = link
            .map(|link| &link.tags)
            .filter(|tags| **tags != Tags::default());
        Some(Arc::new(NowPlaying {
            entry: playing.request.entry,
            track: playing.request.track,
            path: playing.request.location.path.clone(),
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
            overview: self
                .overview
                .as_ref()
                .filter(|(location, _)| *location == playing.request.location)
                .map(|(_, overview)| Arc::clone(overview)),
            duration: info.duration().or(entry.and_then(|entry| entry.duration)),
        }))
    }
}
