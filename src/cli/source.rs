//! Arguments that `play` and `render` share: what is done to tracks before the equalizer.

use crate::dsp::mixer::{Crossfade, MOST_CROSSFADE_SECONDS};
use crate::engine::pipeline::SourceSettings;
use crate::media::replaygain::{ReplayGainMode, ReplayGainSettings};

#[derive(Debug, clap::Args)]
pub(super) struct SourceArguments {
    /// Mix the end of each track with the head of the next one over this many seconds, at most 12
    #[arg(long, value_name = "S", default_value_t = 0.0, value_parser = parse_crossfade)]
    crossfade: f64,
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
    pub(super) fn settings(&self) -> SourceSettings {
        SourceSettings {
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
        }
    }
}

fn parse_crossfade(text: &str) -> Result<f64, String> {
    in_range(text, 0.0..=MOST_CROSSFADE_SECONDS)
}

fn in_range(text: &str, range: std::ops::RangeInclusive<f64>) -> Result<f64, String> {
    match text.parse() {
        Ok(value) if range.contains(&value) => Ok(value),
        _ => Err(format!(
            "from {} to {} is wanted",
            range.start(),
            range.end()
        )),
    }
}
