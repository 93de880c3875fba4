//! The ring beside plain copies, and a whole callback: ring, ten bands, limiter, history, telemetry.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rusty_audio::dsp::equalizer::EqualizerSettings;
use rusty_audio::engine::chain::ChainSettings;
use rusty_audio::engine::renderer::{RenderShared, Renderer, RendererParts};
use rusty_audio::rt::clock::PlaybackClock;
use rusty_audio::rt::history::LockFreeAudioBuffer;
use rusty_audio::rt::ring::{AudioRingBuffer, BLOCK_FRAMES, BlockHeader, RingProducer};
use rusty_audio::rt::snapshot::snapshot;
use rusty_audio::telemetry::monitor::PerformanceMonitor;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::Ordering;

const RATE_HZ: u32 = 48_000;
const FRAMES: usize = 512;

fn feed(ring: &mut RingProducer, samples: &[f32], next_frame: &mut u64, frames: usize) {
    if let Some(mut block) = ring.take_free() {
        block.samples[..2 * frames].copy_from_slice(&samples[..2 * frames]);
        block.header = BlockHeader {
            generation: 1,
            track: 1,
            first_frame: *next_frame,
            frames,
            ..Default::default()
        };
        *next_frame += frames as u64;
        ring.push(block);
    }
}

fn ring(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("ring/512 stereo frames in and out");
    group.throughput(Throughput::Elements(FRAMES as u64));
    let samples = vec![0.25_f32; 2 * BLOCK_FRAMES];
    let (mut between, mut out) = (samples.clone(), samples.clone());
    group.bench_function("two copies", |b| {
        b.iter(|| {
            black_box(&mut between)[..2 * FRAMES].copy_from_slice(&samples[..2 * FRAMES]);
            black_box(&mut out)[..2 * FRAMES].copy_from_slice(&between[..2 * FRAMES]);
        });
    });
    let (mut producer, mut consumer) = AudioRingBuffer::new(RATE_HZ, 2, 0.5);
    let mut next_frame = 0;
    group.bench_function("AudioRingBuffer", |b| {
        b.iter(|| {
            feed(&mut producer, black_box(&samples), &mut next_frame, FRAMES);
            if let Some(block) = consumer.pop() {
                black_box(&mut out)[..2 * FRAMES].copy_from_slice(&block.samples[..2 * FRAMES]);
                consumer.give_back(block);
            }
        });
    });
    group.finish();
}

fn callback(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("callback/512 stereo frames");
    group.throughput(Throughput::Elements(FRAMES as u64));
    let mut bands = EqualizerSettings::ten_bands();
    for (n, band) in bands.bands.iter_mut().enumerate() {
        band.filter.gain_db = if n % 2 == 0 { 6.0 } else { -6.0 };
    }
    let ten_bands = ChainSettings {
        eq: bands.design(f64::from(RATE_HZ)),
        ..ChainSettings::default()
    };
    for (name, settings) in [
        ("nothing in circuit", ChainSettings::default()),
        ("ten bands and limiter", ten_bands),
    ] {
        let (mut producer, consumer) = AudioRingBuffer::new(RATE_HZ, 2, 0.5);
        let (_writer, settings) = snapshot(&settings);
        let shared = Arc::new(RenderShared::default());
        shared.is_playing.store(true, Ordering::Release);
        shared.target_generation.store(1, Ordering::Release);
        let (mut renderer, _links) = Renderer::new(RendererParts {
            ring: consumer,
            settings,
            response: None,
            shared,
            clock: Arc::new(PlaybackClock::new()),
            history: Arc::new(LockFreeAudioBuffer::new(1 << 17)),
            monitor: Arc::new(PerformanceMonitor::new()),
            sample_rate_hz: RATE_HZ,
            channels: 2,
            fade_seconds: 0.005,
        });
        let mut seed = 1_u32;
        let noise = |_| {
            seed ^= seed << 13;
            seed ^= seed >> 17;
            seed ^= seed << 5;
            0.5 * (seed as f32 / u32::MAX as f32 - 0.5)
        };
        let samples: Vec<f32> = (0..2 * BLOCK_FRAMES).map(noise).collect();
        let mut next_frame = 0;
        for _ in 0..8 {
            feed(&mut producer, &samples, &mut next_frame, BLOCK_FRAMES);
        }
        let mut out = vec![0.0; 2 * FRAMES];
        let mut calls = 0_u64;
        group.bench_function(name, |b| {
            b.iter(|| {
                if calls.is_multiple_of(2) {
                    feed(&mut producer, &samples, &mut next_frame, BLOCK_FRAMES);
                }
                calls += 1;
                renderer.render(black_box(&mut out), 0);
            });
        });
        assert!(out.iter().any(|&s| s != 0.0), "the callback played nothing");
    }
    group.finish();
}

criterion_group!(benches, ring, callback);
criterion_main!(benches);
