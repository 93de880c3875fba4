//! Carries out what the playhead decides, and lets it know what the renderer does.

use super::Control;
use super::playhead::Effect;
use crate::command::TagRequest;
use crate::decode_worker::{self, DecodeOrder};
use crate::status::PlayerEvent;
use media::containment::Panicked;
use rt::ids::PlayId;

impl Control {
    /// Carries out all effects, and those that come of them. A snapshot is due afterwards.
    pub(super) fn carry_out(&mut self) {
        self.is_dirty = true;
        while let Some(effect) = self.playhead.take_effect() {
            self.carry_out_one(effect);
        }
        self.follow_loudness();
    }

    fn carry_out_one(&mut self, effect: Effect) {
        match effect {
            Effect::Target(generation) => self.output.path.shared.set_target(generation),
            Effect::Sound(is_wanted) => {
                if is_wanted && self.output.is_waiting() {
                    self.output.hurry(true);
                } else if is_wanted && !self.output.slot.is_open() {
                    self.open_output(&self.output.choice());
                }
                self.output.set_sounding(is_wanted);
                if is_wanted {
                    self.decode(DecodeOrder::Resume);
                }
            }
            Effect::Load {
                generation,
                request,
                start,
            } => self.decode(DecodeOrder::Load {
                generation,
                request,
                start,
            }),
            Effect::Seek {
                generation,
                request,
                start,
            } => self.decode(DecodeOrder::Seek {
                generation,
                request,
                start,
            }),
            Effect::Follow { after, request } => self.decode(DecodeOrder::Next { after, request }),
            Effect::Silence(generation) => self.decode(DecodeOrder::Stop { generation }),
            Effect::Prepare(location) => self.decode(DecodeOrder::Prepare(location)),
            Effect::AskTags(request) => self.ask_for_tags(request),
            Effect::DrawWaveform(location) => {
                if let Some(wanted) = &self.links.waveforms {
                    // Without the thread the bar stays plain.
                    let _ = wanted.send(location);
                }
            }
            Effect::Emit(event) => self.links.publisher.emit(&event),
        }
    }

    pub(super) fn decode(&self, order: DecodeOrder) {
        // The decode thread lives as long as this sender.
        let _ = self.links.decode.send(order);
    }

    fn ask_for_tags(&mut self, request: TagRequest) {
        let is_list = matches!(request, TagRequest::Entries(_));
        let requests = self.links.tag_requests.as_ref();
        let is_asked = requests.is_some_and(|requests| requests.send(request).is_ok());
        if is_list && !is_asked {
            self.playhead.on_tags_refused();
        }
    }

    /// Follows the renderer into the next track and to the end.
    pub(super) fn watch_renderer(&mut self) {
        self.output.slot.exchange_responses();
        let generation = self.playhead.generation();
        // Asked first: the last track is announced before its end.
        let has_ended = self.output.path.shared.has_ended(generation);
        while let Some(started) = self.output.slot.poll_track() {
            self.read_clock();
            self.playhead.on_entered(started.generation, started.track);
            self.carry_out();
        }
        self.read_clock();
        if !has_ended || !self.playhead.is_playing() {
            return;
        }
        // What the decode thread reported before the end is on its way here, or here.
        let reports = self.links.decode_reports.clone();
        for report in reports.try_iter() {
            self.on_decode(report);
        }
        if self.playhead.generation() == generation && self.playhead.is_playing() {
            self.playhead.on_ended();
            self.carry_out();
        }
    }

    /// Puts another thread in the place of one that a panic has retired, and goes on without the track
    /// that it was busy with.
    pub(super) fn replace_decoder(&mut self, play: PlayId, reason: &str) {
        let links = self.links.decode_links.clone();
        // They were for a thread that knew what had been ordered before.
        links.orders.try_iter().for_each(drop);
        if let Err(error) = decode_worker::start(links) {
            let line = format!("nothing can be decoded any more: {error}");
            self.links.publisher.emit(&PlayerEvent::Note(line));
            return self.playhead.stop();
        }
        self.decode(DecodeOrder::SetSource(self.sound.playback()));
        self.decode(DecodeOrder::FollowRates(self.output.rates().clone()));
        // The old thread keeps its end of the ring.
        self.output.slot.forget_ring();
        self.configure_output(&self.output.choice());
        let reason = Panicked(reason.to_owned()).to_string();
        self.playhead.on_decoder_replaced(play, &reason);
    }

    /// Hands the listener's settings to the chain.
    pub(super) fn apply_sound(&mut self) {
        if self.output.slot.status().sample_rate_hz > 0 {
            self.output.slot.set_curve(self.sound.curve());
            let settings = self.sound.chain(self.output.slot.status(), &self.playhead);
            self.output.slot.set_settings(settings);
        }
    }

    /// Brings the limiter in, or takes it out, where other tracks are queued.
    fn follow_loudness(&mut self) {
        let output = self.output.slot.status();
        let is_loud = self.sound.has_loud_input(output, &self.playhead);
        if self.output.slot.settings().has_loud_input != is_loud {
            self.apply_sound();
        }
    }
}
