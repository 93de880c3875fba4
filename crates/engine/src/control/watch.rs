//! Once a second: what is wrong with the sound path is reported, and acted on.

use super::Control;
use crate::status::PlayerEvent;

impl Control {
    /// Looks at the figures while something plays.
    pub(super) fn watch_health(&mut self) {
        self.output.path.monitor.callback_thread().ask_rtkit();
        self.report_lowered_threads();
        if !self.playhead.is_playing() {
            return;
        }
        let rate_hz = self.output.slot.status().sample_rate_hz;
        let Some(findings) = self.health.look(rate_hz) else {
            return;
        };
        if let Some(frames) = findings.buffer_frames
            && self.output.slot.would_change_buffer(frames)
        {
            self.output.want_buffer(frames);
        }
        for alert in findings.raised {
            self.emit(&PlayerEvent::Alert(alert));
        }
    }

    /// Says where a thread has lost its priority because it took too much of a core.
    fn report_lowered_threads(&mut self) {
        let monitor = &self.output.path.monitor;
        let threads = [
            (monitor.callback_thread().take_lowered(), "the sound's"),
            (monitor.decode_thread().take_lowered(), "the decoder's"),
        ];
        for (_, whose) in threads.into_iter().filter(|(is_lowered, _)| *is_lowered) {
            let line =
                format!("{whose} thread computed for too long and is no longer a real-time thread");
            self.emit(&PlayerEvent::Warning(line));
        }
    }

    fn emit(&mut self, event: &PlayerEvent) {
        self.links.publisher.emit(event);
        self.is_dirty = true;
    }
}
