use super::*;
use dsp::equalizer::EqualizerSettings;
use std::f64::consts::TAU;

const RATE_HZ: u32 = 48_000;

/// Moves a slider up and down under a tone, with the limiter coming and going, and looks for corners.
#[test]
fn a_slider_up_and_down_bends_no_tone() {
    let hz = 1_000.0;
    let settings = |gain_db: f64| {
        let mut eq = EqualizerSettings::ten_bands();
        eq.bands[5].filter.gain_db = gain_db;
        ChainSettings {
            eq: eq.design(f64::from(RATE_HZ)),
            ..ChainSettings::default()
        }
    };
    for block_frames in [512, 441, 2_048] {
        let (mut chain, _responses) = Chain::new(&settings(0.0), None, RATE_HZ, 2);
        let mut out = Vec::new();
        let mut frame = 0_u32;
        for block in 0..400 {
            match block % 50 {
                7 => chain.follow(&settings(6.0)),
                33 => chain.follow(&settings(0.0)),
                _ => {}
            }
            let mut samples: Vec<f32> = (0..block_frames)
                .flat_map(|_| {
                    frame += 1;
                    let turns = hz * f64::from(frame) / f64::from(RATE_HZ);
                    [(0.125 * (TAU * turns).sin()) as f32; 2]
                })
                .collect();
            chain.process(&mut samples);
            out.extend(samples.iter().step_by(2).copied());
        }
        let bend = out
            .windows(3)
            .map(|w| (w[0] - 2.0 * w[1] + w[2]).abs())
            .fold(0.0_f32, f32::max);
        // What the tone itself bends at +6 dB, and a little.
        let own = 0.25 * (TAU * hz / f64::from(RATE_HZ)).powi(2);
        println!("blocks of {block_frames}: {bend}, the tone's own {own}");
        assert!(
            f64::from(bend) < 1.3 * own,
            "{bend} where {own} is the tone's"
        );
    }
}
