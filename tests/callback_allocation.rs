//! The audio callback takes no memory: the real render code under a guard that aborts on allocation.

#![allow(clippy::unwrap_used, reason = "tests may fail loudly")]

use assert_no_alloc::{AllocDisabler, assert_no_alloc};
use dsp::balance::BalanceSettings;
use dsp::convolver::{ImpulseResponse, PreparedResponse};
use dsp::crossfeed::CrossfeedSettings;
use dsp::equalizer::EqualizerSettings;
use dsp::units::Decibels;
use engine::chain::ChainSettings;
use engine::output::RendererLoan;
use engine::pipeline::{DecodePipeline, NextTrack};
use engine::renderer::{RenderShared, Renderer, RendererParts};
use media::decoder::TrackDecoder;
use rt::clock::PlaybackClock;
use rt::history::LockFreeAudioBuffer;
use rt::ids::{Generation, PlayId};
use rt::ring::AudioRingBuffer;
use rt::snapshot::snapshot;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use telemetry::monitor::PerformanceMonitor;

#[global_allocator]
static ALLOCATOR: AllocDisabler = AllocDisabler;

const RATE_HZ: u32 = 48_000;
const CALLS: usize = 10_000;

fn random(seed: &mut u64) -> usize {
    *seed = seed
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 33) as usize
}

/// Ten thousand calls of random sizes, while tracks change, the listener seeks, pauses and moves
/// sliders, the decoder starves it at times, and the device's buffer changes.
#[test]
fn ten_thousand_calls_allocate_nothing() {
    let demo = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/demo.flac");
    let open = || Box::new(TrackDecoder::open(demo.as_ref()).unwrap());
    let (producer, ring) = AudioRingBuffer::new(RATE_HZ, 2, 0.5);
    let (mut writer, settings) = snapshot(&ChainSettings::default());
    let shared = Arc::new(RenderShared::default());
    let monitor = Arc::new(PerformanceMonitor::new());
    let (renderer, mut links) = Renderer::new(RendererParts {
        ring,
        settings,
        response: None,
        shared: Arc::clone(&shared),
        clock: Arc::new(PlaybackClock::new()),
        history: Arc::new(LockFreeAudioBuffer::new(1 << 16)),
        monitor: Arc::clone(&monitor),
        sample_rate_hz: RATE_HZ,
        channels: 2,
        fade_seconds: 0.005,
    });
    let (mut loan, mut home) = RendererLoan::new(Box::new(renderer));
    let mut pipeline = DecodePipeline::new(producer, RATE_HZ);
    let (mut seed, mut generation, mut track) = (2026_u64, Generation(1), PlayId(1));
    shared.set_target(generation);
    shared.is_playing.store(true, Ordering::Release);
    pipeline
        .load(generation, track, open(), Duration::ZERO)
        .unwrap();
    let mut out = vec![0.0_f32; 8192 * 2];
    let (mut sounding, mut track_changes) = (0, 0);
    for call in 0..CALLS {
        match random(&mut seed) % 40 {
            0 => {
                generation = generation.next();
                shared.set_target(generation);
                let to = Duration::from_millis(random(&mut seed) as u64 % 29_000);
                assert!(pipeline.seek(generation, track, to).is_ok());
            }
            1 => {
                // Close to the end, so that the next track follows within the ring.
                generation = generation.next();
                track = track.next();
                shared.set_target(generation);
                pipeline
                    .load(generation, track, open(), Duration::from_millis(28_900))
                    .unwrap();
                track = track.next();
                pipeline.set_next(NextTrack::Track(track, open()));
            }
            2..=6 => {
                let mut eq = EqualizerSettings::ten_bands();
                eq.preamp = Decibels(random(&mut seed) as f32 % 12.0 - 6.0);
                for band in &mut eq.bands {
                    band.filter.gain_db = random(&mut seed) as f64 % 25.0 - 12.0;
                }
                let volume = (random(&mut seed) % 101) as f32 / 100.0;
                let eq = eq.design(f64::from(RATE_HZ));
                writer.publish(ChainSettings {
                    eq,
                    volume,
                    crossfeed: match random(&mut seed) % 3 {
                        0 => CrossfeedSettings::DEFAULT,
                        _ => CrossfeedSettings::OFF,
                    },
                    balance: BalanceSettings {
                        balance: random(&mut seed) as f32 % 3.0 - 1.0,
                        ..BalanceSettings::default()
                    },
                    ..ChainSettings::default()
                });
            }
            9 => {
                // A response of another length, or none, as long as there is room on the way.
                let taps = 1 + random(&mut seed) % 9_000;
                let response = ImpulseResponse::mono(vec![0.5 / taps as f32; taps]);
                let next =
                    (!taps.is_multiple_of(3)).then(|| Box::new(PreparedResponse::new(&response)));
                let _ = links.responses.send(next);
            }
            7 => shared.is_playing.store(call % 3 != 0, Ordering::Release),
            8 => {
                // The device is opened anew, with another buffer: the renderer goes home and out again.
                drop(loan);
                (loan, home) = RendererLoan::new(home.recv().unwrap());
            }
            _ => {}
        }
        // Now and then the decoder is away for longer than the ring lasts.
        if call % 500 < 440 && !random(&mut seed).is_multiple_of(10) {
            pipeline.fill(6);
        }
        let frames = 1 + random(&mut seed) % if call % 100 == 0 { 8192 } else { 1056 };
        let block = &mut out[..frames * 2];
        if call == 0 {
            // The first call raises the thread's priority, as documented.
            loan.render(block, 0);
        }
        assert_no_alloc(|| loan.render(block, 480));
        assert!(block.iter().all(|s| s.abs() <= 1.0));
        sounding += usize::from(block.iter().any(|&s| s != 0.0));
        while links.tracks.pop().is_ok() {
            track_changes += 1;
        }
    }
    println!("{sounding} of {CALLS} calls sounded, {track_changes} track changes");
    assert!(
        sounding > CALLS / 2,
        "only {sounding} calls had sound in them"
    );
    assert!(track_changes > 100);
    assert!(
        monitor.generate_report().troubles.session.starved > 0,
        "the decoder was made to starve it"
    );
}
