//! Finds what is in circuit between the file and the device.

use crate::chain::ChainSettings;
use crate::pipeline::PlaybackSettings;
use crate::signal_path::{SignalFormat, SignalPath};
use crate::status::{NowPlaying, OutputStatus};
use dsp::balance::BalanceSettings;
use dsp::crossfeed::CrossfeedSettings;
use media::replaygain::ReplayGainMode;

/// The path of `track` into `output`, with these settings. Allocates.
pub(super) fn signal_path(
    track: Option<&NowPlaying>,
    source: &PlaybackSettings,
    chain: &ChainSettings,
    output: &OutputStatus,
) -> SignalPath {
    let word_bits = match output.sample_format {
        "f32" | "i24" | "i32" => Some(24),
        "i16" => Some(16),
        _ => None,
    };
    let device = SignalFormat {
        format: output.sample_format.to_owned(),
        sample_rate_hz: output.sample_rate_hz,
        bits_per_sample: match output.sample_format {
            "i32" => Some(32),
            "i24" => Some(24),
            "i16" => Some(16),
            _ => None,
        },
        channels: output.channels,
    };
    let Some(track) = track else {
        return SignalPath {
            device,
            ..SignalPath::default()
        };
    };
    let is_shortened = track.bits_per_sample > word_bits || track.bits_per_sample.is_none();
    let mut stages = Vec::new();
    let mut stage = |is_in_circuit: bool, name| stages.extend(is_in_circuit.then_some(name));
    stage(track.channels != output.channels, "channel mapping");
    stage(track.sample_rate_hz != output.sample_rate_hz, "resampler");
    stage(source.crossfade.seconds > 0.0, "cross-fade");
    stage(source.replaygain.mode != ReplayGainMode::Off, "ReplayGain");
    stage(source.speed != 1.0, "time stretch");
    stage(!chain.eq.is_flat(), "equalizer");
    stage(chain.has_response, "convolver");
    stage(chain.crossfeed != CrossfeedSettings::OFF, "crossfeed");
    stage(chain.balance != BalanceSettings::default(), "balance");
    stage(chain.volume != 1.0, "volume");
    stage(chain.has_limiter_in_circuit(), "limiter");
    let is_changed = !stages.is_empty();
    let is_bit_exact = !is_changed && !is_shortened && !output.is_null;
    if output.sample_format == "i16" && !is_bit_exact {
        stages.push("dither");
    }
    SignalPath {
        file: Some(SignalFormat {
            format: track.codec.clone(),
            sample_rate_hz: track.sample_rate_hz,
            bits_per_sample: track.bits_per_sample,
            channels: track.channels,
        }),
        stages,
        device,
        is_bit_exact,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(
        source: &PlaybackSettings,
        chain: &ChainSettings,
        device_format: &'static str,
    ) -> SignalPath {
        let track = NowPlaying {
            codec: "FLAC".into(),
            sample_rate_hz: 44_100,
            channels: 2,
            bits_per_sample: Some(16),
            ..NowPlaying::default()
        };
        let output = OutputStatus {
            sample_rate_hz: if device_format == "i16" {
                48_000
            } else {
                44_100
            },
            channels: 2,
            sample_format: device_format,
            ..OutputStatus::default()
        };
        signal_path(Some(&track), source, chain, &output)
    }

    #[test]
    fn nothing_in_circuit_is_bit_exact_and_each_stage_is_named() {
        let untouched = path(
            &PlaybackSettings::default(),
            &ChainSettings::default(),
            "f32",
        );
        assert!(untouched.is_bit_exact, "{untouched}");
        let line = "FLAC 16 bit 44.1 kHz 2 ch \u{2192} f32 44.1 kHz 2 ch";
        assert_eq!(untouched.to_string(), line);

        let source = PlaybackSettings {
            speed: 1.5,
            ..PlaybackSettings::default()
        };
        let chain = ChainSettings {
            volume: 0.5,
            has_loud_input: true,
            ..ChainSettings::default()
        };
        let changed = path(&source, &chain, "i16");
        assert!(!changed.is_bit_exact);
        let stages = ["resampler", "time stretch", "volume", "limiter", "dither"];
        assert_eq!(changed.stages, stages);
    }
}
