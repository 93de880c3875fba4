//! Arguments that `play` and `render` share: what is done to tracks before the equalizer.

use super::numbers::in_range;
use dsp::mixer::{Crossfade, MAX_CROSSFADE_SECONDS};
use dsp::time_stretch::SPEEDS;
use engine::pipeline::PlaybackSettings;
use media::replaygain::{ReplayGainMode, ReplayGainSettings};

#[derive(Debug, clap::Args)]
pub(super) struct SourceArguments {
    /// Mix the end of each track with the head of the next one over this many seconds, at most 12
    #[arg(long, value_name = "S", default_value_t = 0.0, value_parser = parse_crossfade)]
    crossfade: f64,
    /// Play faster or slower, 0.5 to 2, at the same pitch
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, value_parser = parse_speed)]
    speed: f64,
    /// Level tracks by the gain in their tags, without taking peaks beyond full scale
    #[arg(long, value_enum, default_value = "off")]
    replaygain: ReplayGainChoice,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum ReplayGainChoice {
    Off,
    Track,
    Album,
}

impl SourceArguments {
    pub(super) fn settings(&self) -> PlaybackSettings {
        PlaybackSettings {
            crossfade: Crossfade {
                seconds: self.crossfade,
                ..Crossfade::default()
            },
            replaygain: ReplayGainSettings {
                mode: match self.replaygain {
                    ReplayGainChoice::Off => ReplayGainMode::Off,
                    ReplayGainChoice::Track => ReplayGainMode::Track,
                    ReplayGainChoice::Album => ReplayGainMode::Album,
                },
                ..ReplayGainSettings::default()
            },
            speed: self.speed,
        }
    }
}

fn parse_crossfade(text: &str) -> Result<f64, String> {
    in_range(text, 0.0..=MAX_CROSSFADE_SECONDS)
}

fn parse_speed(text: &str) -> Result<f64, String> {
    in_range(text, SPEEDS)
}
