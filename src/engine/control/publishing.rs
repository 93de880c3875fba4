//! What the window and scripts get to see.

use super::Control;
use crate::engine::pipeline::SourceSettings;
use crate::engine::status::{NowPlaying, PlayerSnapshot};
use crate::media::replaygain::ReplayGainMode;
use std::sync::Arc;

impl Control {
    pub(super) fn publish(&mut self) {
        let now_playing = self.now_playing();
        let output = Arc::new(self.slot.status().clone());
        let is_bit_exact = self.is_bit_exact(now_playing.as_deref());
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
            is_bit_exact,
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
            duration: info.duration().or(entry.and_then(|entry| entry.duration)),
        }))
    }

    fn is_bit_exact(&self, now_playing: Option<&NowPlaying>) -> bool {
        let output = self.slot.status();
        let word_bits = match output.sample_format {
            "f32" | "i24" | "i32" => 24,
            "i16" => 16,
            _ => 0,
        };
        now_playing.is_some_and(|track| {
            track.sample_rate_hz == output.sample_rate_hz
                && track.channels == output.channels
                && track.bits_per_sample.is_some_and(|bits| bits <= word_bits)
        }) && !output.is_null
            && self.source.replaygain.mode == ReplayGainMode::Off
            && self.slot.settings().is_transparent()
            && self.source == SourceSettings::default()
    }
}
