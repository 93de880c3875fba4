//! Where the speed changes.

use super::DecodePipeline;
use dsp::simd::AudioOptimizer;
use dsp::time_stretch::TimeStretch;
use rt::ring::Speed;

impl DecodePipeline {
    /// Takes another speed up, where all that is finished is in blocks.
    pub(super) fn set_speed(&mut self) {
        let speed = Speed(self.settings.in_range().speed);
        let is_stretched = speed != Speed::default();
        if speed == self.blocks.speed() && is_stretched == self.stretch.is_some() {
            return;
        }
        let next_frame = match self.stretch.take() {
            Some(stretch) if !is_stretched => {
                (self.stretch_start + stretch.release(&mut self.finished)) as f64
            }
            Some(mut stretch) => {
                stretch.set_speed(speed.0);
                let position = stretch.position();
                self.stretch = Some(stretch);
                self.stretch_start as f64 + position
            }
            None => {
                if is_stretched {
                    let (rate_hz, channels) = (self.sample_rate_hz, self.channels());
                    let optimizer = AudioOptimizer::detected();
                    let stretch = TimeStretch::new(speed.0, rate_hz, channels, optimizer);
                    self.stretch = Some(stretch);
                    self.stretch_start = self.mixed_frames;
                }
                self.mixed_frames as f64
            }
        };
        self.blocks.set_speed(speed, next_frame);
    }
}
