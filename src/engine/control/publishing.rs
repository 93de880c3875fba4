//! What the window and scripts get to see.

use super::Control;
use crate::engine::signal_path::SignalPath;
use crate::engine::status::{NowPlaying, PlayerSnapshot};
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
        self.links.snapshots.publish(PlayerSnapshot {
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
            is_scanning: self.is_scanning || !self.jobs.is_empty(),
        });
        (self.links.wake)();
    }

    fn now_playing(&self) -> Option<Arc<NowPlaying>> {
        let playing = self.playings.get(&self.heard?)?;
        let info = playing.info.as_ref()?;
        let tags = playing.tags.as_ref();
        let entry = self.queue.entry(playing.request.entry);
        Some(Arc::new(NowPlaying {
            entry: playing.request.entry,
            track: playing.request.track,
            path: playing.request.location.path.clone(),
            tags: tags
                .map(|tags| tags.tags.clone())
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
