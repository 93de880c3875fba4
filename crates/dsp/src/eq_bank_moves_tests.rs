//! The bank under ten thousand random moves.

use super::super::equalizer::{ChannelTarget, EqualizerBand, EqualizerSettings, MAX_SECTIONS};
use super::super::filter::{FilterKind, FilterSpec, PassSlope};
use super::super::units::Decibels;
use super::*;
use std::f64::consts::TAU;

const RATE_HZ: f64 = 48_000.0;

/// A fixed seed's worth of chance.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % end
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.below(1 << 20) as f64 / f64::from(1 << 20)
    }
}

fn random_band(chance: &mut Chance) -> EqualizerBand {
    let kinds = [
        FilterKind::Peak,
        FilterKind::LowShelf,
        FilterKind::HighShelf,
        FilterKind::LowPass,
        FilterKind::HighPass,
        FilterKind::BandPass,
        FilterKind::Notch,
        FilterKind::AllPass,
    ];
    let targets = [
        ChannelTarget::Both,
        ChannelTarget::Left,
        ChannelTarget::Right,
        ChannelTarget::Mid,
        ChannelTarget::Side,
    ];
    let filter = FilterSpec {
        slope: PassSlope::all().nth(chance.below(8)).unwrap(),
        ..FilterSpec::new(
            kinds[chance.below(8)],
            20.0 * 1_000.0_f64.powf(chance.between(0.0, 1.0)),
            chance.between(-12.0, 12.0),
            chance.between(0.3, 8.0),
        )
    };
    EqualizerBand {
        enabled: chance.below(8) > 0,
        filter,
        target: targets[chance.below(5)],
    }
}

fn empty() -> EqualizerSettings {
    EqualizerSettings {
        enabled: true,
        preamp: Decibels::UNITY,
        bands: Vec::new(),
        curve: None,
    }
}

#[test]
fn ten_thousand_random_moves_stay_finite_and_bounded() {
    for optimizer in AudioOptimizer::available() {
        let mut chance = Chance(2026);
        let mut eq = EqBandOptimizer::new(optimizer, RATE_HZ, 2, 0.02);
        let mut settings = empty();
        let mut frame = 0_u64;
        for turn in 0..10_000 {
            match chance.below(6) {
                0 if settings.bands.len() < 12 => settings.bands.push(random_band(&mut chance)),
                1 if !settings.bands.is_empty() => {
                    settings.bands.remove(chance.below(settings.bands.len()));
                }
                2 => settings.enabled = chance.below(4) > 0,
                3 => settings.preamp = Decibels(chance.between(-12.0, 3.0) as f32),
                _ if !settings.bands.is_empty() => {
                    let index = chance.below(settings.bands.len());
                    let fresh = random_band(&mut chance);
                    match chance.below(3) {
                        0 => settings.bands[index] = fresh,
                        _ => {
                            let kind = settings.bands[index].filter.kind;
                            let slope = settings.bands[index].filter.slope;
                            settings.bands[index].filter = FilterSpec {
                                kind,
                                slope,
                                ..fresh.filter
                            };
                        }
                    }
                }
                _ => {}
            }
            eq.set_target(&settings.design(RATE_HZ));
            let frames = 1 + chance.below(300);
            let is_noise = turn / 100 % 2 == 0;
            let mut block: Vec<f32> = (0..frames)
                .flat_map(|_| {
                    frame += 1;
                    let tone = (TAU * 313.0 * frame as f64 / RATE_HZ).sin();
                    [0, 1].map(|_| match is_noise {
                        true => chance.between(-0.5, 0.5) as f32,
                        false => 0.5 * tone as f32,
                    })
                })
                .collect();
            eq.process(&mut block);
            // Twelve bands of 12 dB could stand on one frequency: 144 dB. They do not here.
            assert!(
                block.iter().all(|s| s.abs() < 300.0),
                "{:?}, turn {turn}",
                optimizer.level()
            );
        }
        // And nothing of it stays.
        eq.set_target(&EqBank::FLAT);
        let mut silence = vec![0.0; 2 * 48_000 * 20];
        eq.process(&mut silence);
        assert!(eq.is_idle());
        assert!(silence[2 * 48_000 * 19..].iter().all(|&s| s == 0.0));
    }
}

/// Moves of every parameter under a bass tone, whose own steps are small, so that a click would show.
#[test]
fn no_move_makes_a_step() {
    for optimizer in AudioOptimizer::available() {
        let mut chance = Chance(7);
        let mut eq = EqBandOptimizer::new(optimizer, RATE_HZ, 2, 0.02);
        let mut settings = empty();
        settings.bands =
            vec![EqualizerBand::new(FilterSpec::new(FilterKind::Peak, 100.0, 0.0, 1.0)); 4];
        let (amplitude, hz) = (0.1, 50.0);
        let own_step = amplitude * TAU * hz / RATE_HZ;
        let (mut frame, mut last, mut worst) = (0_u64, 0.0_f32, 0.0_f32);
        for _ in 0..10_000 {
            let index = chance.below(4);
            let fresh = random_band(&mut chance);
            let band = &mut settings.bands[index];
            band.filter.frequency_hz = fresh.filter.frequency_hz;
            band.filter.gain_db = 0.5 * fresh.filter.gain_db;
            band.filter.q = fresh.filter.q.min(2.0);
            if chance.below(4) == 0 {
                // Another structure: a cross-fade.
                band.filter.kind = match fresh.filter.kind {
                    FilterKind::LowShelf => FilterKind::LowShelf,
                    FilterKind::HighShelf => FilterKind::HighShelf,
                    _ => FilterKind::Peak,
                };
            }
            eq.set_target(&settings.design(RATE_HZ));
            let mut block: Vec<f32> = (0..1 + chance.below(600))
                .flat_map(|_| {
                    frame += 1;
                    [(amplitude * (TAU * hz * frame as f64 / RATE_HZ).sin()) as f32; 2]
                })
                .collect();
            eq.process(&mut block);
            for s in block.iter().step_by(2) {
                worst = worst.max((s - last).abs());
                last = *s;
            }
        }
        // Four bands of 6 dB: 24 dB on the tone's own step; a move may add no more than a hundredth.
        let most = own_step * 16.0 + 0.01;
        println!(
            "{:?}: worst step {worst}, own {own_step}",
            optimizer.level()
        );
        assert!(f64::from(worst) < most, "a step of {worst}");
    }
}

#[test]
fn sixty_four_sections_fit() {
    let mut settings = empty();
    settings.bands = (0..MAX_SECTIONS)
        .map(|n| {
            let hz = 20.0 * 1_000.0_f64.powf(n as f64 / MAX_SECTIONS as f64);
            EqualizerBand::new(FilterSpec::new(FilterKind::Peak, hz, 1.0, 4.0))
        })
        .collect();
    let bank = settings.design(RATE_HZ);
    let render = |optimizer| {
        let mut eq = EqBandOptimizer::new(optimizer, RATE_HZ, 2, 0.02);
        eq.jump_to(&bank);
        let mut samples = vec![0.0; 2 * 4_800];
        samples[..2].fill(0.5);
        eq.process(&mut samples);
        samples
    };
    let scalar = render(AudioOptimizer::scalar());
    for optimizer in AudioOptimizer::available() {
        for (got, want) in render(optimizer).iter().zip(&scalar) {
            assert!((got - want).abs() < 1e-6, "{:?}", optimizer.level());
        }
    }
}
