//! The player's own work, from starting the engine to the whole chain of a cross-fade:
//! `cargo bench --bench audio_benchmarks`.

mod sampling;
mod support;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group};
use dsp::eq_bank::EqBandOptimizer;
use dsp::equalizer::EqualizerSettings;
use dsp::fft::{FftInput, OptimizedFft};
use dsp::meter::Meter;
use dsp::mixer::{CrossfadeLaw, Mixer};
use dsp::simd::AudioOptimizer;
use dsp::window::WindowKind;
use engine::offline::{OfflineOptions, OfflineRenderer};
use engine::pipeline::PlaybackSettings;
use engine::player::{PlayerHandle, PlayerOptions};
use engine::status::OutputChoice;
use media::decoder::TrackDecoder;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use support::{FRAMES, Playing, RATE_HZ, bells, chain, noise};

const DEMO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/demo.flac");
/// What is rendered offline at a time.
const OFFLINE_SECONDS: u32 = 5;

/// From nothing to an engine with its threads, and back to nothing.
fn engine_creation(c: &mut Criterion) {
    let mut group = c.benchmark_group("engine creation");
    group.bench_function("player on the null output, started and ended", |b| {
        b.iter(|| {
            PlayerHandle::start(PlayerOptions {
                output: OutputChoice::Null,
                buffer_frames: FRAMES as u32,
                adapts_buffer: false,
                core: None,
                volume: 1.0,
                equalizer: EqualizerSettings::ten_bands(),
                waveform_folder: None,
                when_unplugged: Default::default(),
                tag_requests: None,
                wake: Arc::new(|| {}),
            })
            .expect("threads")
        });
    });
    let settings = chain(10, RATE_HZ);
    group.bench_function("renderer with a full ring", |b| {
        b.iter(|| Playing::new(&settings, FRAMES, RATE_HZ));
    });
    group.finish();
}

/// Decoding included.
fn offline_rendering(c: &mut Criterion) {
    let mut group = c.benchmark_group("offline rendering of FLAC");
    let open = || TrackDecoder::open(Path::new(DEMO)).expect("the demo track");
    let rate_hz = open().info().sample_rate_hz;
    let frames = (OFFLINE_SECONDS * rate_hz) as usize;
    group.throughput(Throughput::Elements(frames as u64));
    for (name, bands) in [
        ("nothing in circuit", 0),
        ("10 bands and limiter", 10),
        ("31 bands and limiter", 31),
    ] {
        let renderer = || {
            let options = OfflineOptions {
                sample_rate_hz: rate_hz,
                channels: 2,
                settings: chain(bands, rate_hz),
                response: None,
                start: Duration::ZERO,
                is_integer_output: false,
                source: PlaybackSettings::default(),
            };
            OfflineRenderer::new(vec![open()], options).expect("a renderer")
        };
        let mut out = vec![0.0; 2 * frames];
        group.bench_function(name, |b| {
            b.iter_batched(
                renderer,
                |mut renderer| assert_eq!(renderer.render(black_box(&mut out)), frames),
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

/// One callback as the null output makes it. Filling the ring is the decoder's work and not counted.
fn buffer_playback(c: &mut Criterion) {
    let mut group = c.benchmark_group("callback");
    let mut bench = |name: BenchmarkId, bands, frames: usize, rate_hz| {
        let mut playing = Playing::new(&chain(bands, rate_hz), frames, rate_hz);
        group.throughput(Throughput::Elements(frames as u64));
        group.bench_function(name, |b| b.iter_custom(|count| playing.time(count)));
    };
    for bands in [0, 1, 5, 10, 20, 31, 64] {
        bench(BenchmarkId::new("by bands", bands), bands, FRAMES, RATE_HZ);
    }
    for frames in [64, 128, 256, 512, 1_024, 2_048] {
        bench(
            BenchmarkId::new("by frames, 10 bands", frames),
            10,
            frames,
            RATE_HZ,
        );
    }
    for rate_hz in [44_100, 48_000, 96_000, 192_000] {
        bench(
            BenchmarkId::new("by rate, 10 bands", rate_hz),
            10,
            FRAMES,
            rate_hz,
        );
    }
    group.finish();
}

/// Prints how one callback compares with most of them: the median and the slowest of a hundred.
fn callback_spread() {
    const CALLBACKS: usize = 20_000;
    for bands in [10, 31] {
        let mut playing = Playing::new(&chain(bands, RATE_HZ), FRAMES, RATE_HZ);
        let mut costs: Vec<Duration> = (0..CALLBACKS).map(|_| playing.time(1)).collect();
        costs.sort_unstable();
        println!(
            "callback of {FRAMES} frames, {bands} bands and limiter, {CALLBACKS} times: \
             p50 {:.1} µs, p99 {:.1} µs",
            costs[CALLBACKS / 2].as_secs_f64() * 1e6,
            costs[CALLBACKS * 99 / 100].as_secs_f64() * 1e6
        );
    }
}

/// The equalizer alone; its forms beside each other are in `--bench equalizer`.
fn equalizer(c: &mut Criterion) {
    let mut group = c.benchmark_group("equalizer alone");
    group.throughput(Throughput::Elements(FRAMES as u64));
    let input = noise(2 * FRAMES);
    for bands in [10, 31] {
        let rate_hz = f64::from(RATE_HZ);
        let mut eq = EqBandOptimizer::new(AudioOptimizer::detected(), rate_hz, 2, 0.02);
        eq.jump_to(&bells(bands, RATE_HZ));
        let mut block = input.clone();
        group.bench_function(BenchmarkId::new("bands", bands), |b| {
            b.iter(|| {
                block.copy_from_slice(&input);
                eq.process(black_box(&mut block));
            });
        });
    }
    group.finish();
}

/// Window, transform and power of mono frames.
fn fft_analysis(c: &mut Criterion) {
    let mut group = c.benchmark_group("FFT analysis");
    for frames in [512, 1_024, 2_048, 4_096, 8_192] {
        let input = noise(frames);
        let mut fft = OptimizedFft::new(frames, WindowKind::Hann, AudioOptimizer::detected());
        let mut power = vec![0.0; fft.bin_count()];
        group.throughput(Throughput::Elements(frames as u64));
        group.bench_function(BenchmarkId::new("frames to power", frames), |b| {
            b.iter(|| fft.power(FftInput::Mono(black_box(&input)), black_box(&mut power)));
        });
    }
    group.finish();
}

/// The most there is at once: two decks in a cross-fade, 31 bands, limiter, and meters behind them.
fn complex_chain(c: &mut Criterion) {
    let mut group = c.benchmark_group("complex chain");
    group.throughput(Throughput::Elements(FRAMES as u64));
    let mut mixer = Mixer::new(2, RATE_HZ / 50, AudioOptimizer::detected());
    // Longer than any measurement.
    mixer.begin_crossfade(u64::MAX >> 20, CrossfadeLaw::EqualPower, 0.8);
    let (coming, going) = (noise(2 * FRAMES), noise(2 * FRAMES));
    let (mut mix, mut used_up) = (coming.clone(), going.clone());
    let mut playing = Playing::new(&chain(31, RATE_HZ), FRAMES, RATE_HZ);
    let mut meter = Meter::new(f64::from(RATE_HZ), AudioOptimizer::detected());
    group.bench_function("cross-fade, 31 bands, limiter, meters", |b| {
        b.iter(|| {
            mix.copy_from_slice(&coming);
            used_up.copy_from_slice(&going);
            mixer.process(&mut mix, &mut used_up);
            // There is room once a callback has emptied the block before.
            playing.feed(&mix);
            meter.process(playing.callback(), 2);
        });
    });
    group.finish();
}

criterion_group! {
    name = audio;
    config = sampling::brief();
    targets = engine_creation, offline_rendering, buffer_playback, equalizer, fft_analysis,
        complex_chain
}

fn main() {
    callback_spread();
    audio();
    Criterion::default().configure_from_args().final_summary();
}
