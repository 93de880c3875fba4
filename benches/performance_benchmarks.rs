//! The parts speed depends on, each beside what one would use instead:
//! `cargo bench --bench performance_benchmarks`.

mod sampling;
mod support;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use dsp::dither::TpdfDither;
use dsp::simd::AudioOptimizer;
use dsp::spectrum::{SpectrumInput, SpectrumProcessor, SpectrumSettings};
use engine::offline::{OfflineOptions, OfflineRenderer};
use engine::pipeline::PlaybackSettings;
use media::decoder::TrackDecoder;
use rt::history::LockFreeAudioBuffer;
use rt::pool::AudioBufferPool;
use rt::ring::{AudioRingBuffer, BLOCK_FRAMES, BlockHeader};
use std::hint::black_box;
use std::path::Path;
use std::time::Duration;
use support::{FRAMES, Playing, RATE_HZ, chain, noise};
use telemetry::monitor::PerformanceMonitor;

const DEMO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/demo.flac");
/// Frames the device takes while the whole pipeline is timed.
const PIPELINE_FRAMES: usize = 256 * 1_024;
/// Beside those of `--bench kernels`.
const KERNEL_SAMPLES: [usize; 3] = [64, 1_024, 16_384];

fn spectrum(c: &mut Criterion) {
    let mut group = c.benchmark_group("spectrum, frames to bands");
    for frames in [1_024, 2_048, 4_096] {
        let input = noise(frames);
        let settings = SpectrumSettings {
            fft_frames: frames,
            ..SpectrumSettings::default()
        };
        let optimizer = AudioOptimizer::detected();
        let mut spectrum = SpectrumProcessor::new(&settings, RATE_HZ as f32, optimizer);
        group.throughput(Throughput::Elements(frames as u64));
        group.bench_function(BenchmarkId::from_parameter(frames), |b| {
            b.iter(|| {
                spectrum.process(SpectrumInput::Mono(black_box(&input)), 0.016);
                black_box(spectrum.traces()[0].levels_db()[0])
            });
        });
    }
    group.finish();
}

fn ring_buffer(c: &mut Criterion) {
    let mut group = c.benchmark_group("ring, 512 stereo frames in and out");
    group.throughput(Throughput::Elements(FRAMES as u64));
    // Longer than needed: buffers a page apart are copied ten times slower by some processors.
    let (mut samples, mut between) = (noise(2 * FRAMES + 320), noise(2 * FRAMES + 320));
    let mut out = noise(2 * FRAMES);
    samples.truncate(2 * FRAMES);
    between.truncate(2 * FRAMES);
    group.bench_function("two plain copies", |b| {
        b.iter(|| {
            black_box(&mut between).copy_from_slice(black_box(&samples));
            black_box(&mut out).copy_from_slice(black_box(&between));
        });
    });
    let (mut producer, mut consumer) = AudioRingBuffer::new(RATE_HZ, 2, 0.5);
    let header = BlockHeader {
        frames: FRAMES,
        ..Default::default()
    };
    group.bench_function("AudioRingBuffer", |b| {
        b.iter(|| {
            if let Some(mut block) = producer.take_free() {
                block.samples[..2 * FRAMES].copy_from_slice(black_box(&samples));
                block.header = header;
                producer.push(block);
            }
            if let Some(block) = consumer.pop() {
                black_box(&mut out).copy_from_slice(&block.samples[..2 * FRAMES]);
                consumer.give_back(block);
            }
        });
    });
    group.finish();
}

fn lock_free_buffer(c: &mut Criterion) {
    let mut group = c.benchmark_group("LockFreeAudioBuffer");
    let history = LockFreeAudioBuffer::new(1 << 17);
    let samples = noise(2 * FRAMES);
    group.throughput(Throughput::Elements(FRAMES as u64));
    group.bench_function("write 512 stereo frames", |b| {
        b.iter(|| history.write(black_box(&samples), 2));
    });
    history.write(&noise(8_192), 1);
    let mut window = vec![[0.0; 2]; 2_048];
    group.throughput(Throughput::Elements(2_048));
    group.bench_function("read the last 2048", |b| {
        b.iter(|| history.read_ending_at(history.written_frames(), black_box(&mut window)));
    });
    group.finish();
}

fn pool(c: &mut Criterion) {
    let mut group = c.benchmark_group("a buffer of 1024 stereo frames");
    let samples = 2 * BLOCK_FRAMES;
    let (mut pool, mut back) = AudioBufferPool::new(vec![vec![0.0_f32; samples]; 8]);
    group.bench_function("AudioBufferPool, take and give back", |b| {
        b.iter(|| {
            if let Some(buffer) = pool.take() {
                back.give(black_box(buffer));
            }
        });
    });
    group.bench_function("malloc and free", |b| {
        b.iter(|| black_box(Vec::<f32>::with_capacity(black_box(samples))));
    });
    group.bench_function("malloc, zero and free", |b| {
        b.iter(|| black_box(vec![0.0_f32; black_box(samples)]));
    });
    group.finish();
}

/// What kernels read and write.
struct Buffers {
    input: Vec<f32>,
    other: Vec<f32>,
    out: Vec<f32>,
    halves: [Vec<f32>; 2],
    words: (Vec<i16>, Vec<u8>, Vec<i32>),
    dither: TpdfDither,
}

impl Buffers {
    fn new(samples: usize) -> Self {
        Self {
            input: noise(samples),
            other: noise(samples),
            out: vec![0.0; samples],
            halves: [noise(samples / 2), noise(samples / 2)],
            words: (vec![0; samples], vec![0; 3 * samples], vec![0; samples]),
            dither: TpdfDither::new(),
        }
    }
}

type Kernel = (&'static str, fn(AudioOptimizer, &mut Buffers));

/// Every kernel there is. Factors keep values where they are, however often they are applied.
const KERNELS: [Kernel; 13] = [
    ("mix_buffers", |o, b| {
        o.mix_buffers(&mut b.out, &b.input, 1e-9);
    }),
    ("apply_gain", |o, b| o.apply_gain(&mut b.other, -1.0)),
    ("sum_of_squares", |o, b| {
        black_box(o.sum_of_squares(&b.input));
    }),
    ("compute_rms", |o, b| {
        black_box(o.compute_rms(&b.input));
    }),
    ("find_peak", |o, b| {
        black_box(o.find_peak(&b.input));
    }),
    ("interleave", |o, b| {
        o.interleave(&b.halves[0], &b.halves[1], &mut b.out);
    }),
    ("deinterleave", |o, b| {
        let [left, right] = &mut b.halves;
        o.deinterleave(&b.input, left, right);
    }),
    ("to_i16", |o, b| o.to_i16(&b.input, &mut b.words.0)),
    ("to_i24", |o, b| o.to_i24(&b.input, &mut b.words.1)),
    ("to_i32", |o, b| o.to_i32(&b.input, &mut b.words.2)),
    ("to_i16_tpdf", |o, b| {
        o.to_i16_tpdf(&b.input, &mut b.words.0, &mut b.dither);
    }),
    ("gain_to_db", |o, b| o.gain_to_db(&b.input, &mut b.out)),
    ("db_to_gain", |o, b| o.db_to_gain(&b.input, &mut b.out)),
];

fn simd(c: &mut Criterion) {
    for (name, kernel) in KERNELS {
        let mut group = c.benchmark_group(format!("kernel {name}"));
        for samples in KERNEL_SAMPLES {
            group.throughput(Throughput::Elements(samples as u64));
            let mut buffers = Buffers::new(samples);
            for optimizer in AudioOptimizer::available() {
                let id = BenchmarkId::new(optimizer.level().name(), samples);
                group.bench_function(id, |b| {
                    b.iter(|| kernel(optimizer, black_box(&mut buffers)));
                });
            }
        }
        group.finish();
    }
}

fn monitor(c: &mut Criterion) {
    let monitor = PerformanceMonitor::new();
    c.bench_function("PerformanceMonitor/start and end of a callback", |b| {
        b.iter(|| {
            monitor.start_audio_callback();
            monitor.set_block(black_box(FRAMES), RATE_HZ);
            monitor.end_audio_callback();
        });
    });
    c.bench_function("PerformanceMonitor/report", |b| {
        b.iter(|| monitor.generate_report());
    });
}

/// From the bytes of a file to the words a device takes: decode, ring, ten bands, limiter, dither.
fn pipeline(c: &mut Criterion) {
    let mut group = c.benchmark_group("whole pipeline");
    group.throughput(Throughput::Elements(PIPELINE_FRAMES as u64));
    let optimizer = AudioOptimizer::detected();
    let mut samples = vec![0.0; 2 * FRAMES];
    let mut words = vec![0_i16; 2 * FRAMES];
    for (name, bands) in [("bit-perfect", 0), ("10 bands and limiter", 10)] {
        group.bench_function(BenchmarkId::new("FLAC to 16-bit words", name), |b| {
            b.iter(|| {
                let decoder = TrackDecoder::open(Path::new(DEMO)).expect("the demo track");
                let rate_hz = decoder.info().sample_rate_hz;
                let options = OfflineOptions {
                    sample_rate_hz: rate_hz,
                    channels: 2,
                    settings: chain(bands, rate_hz),
                    response: None,
                    start: Duration::ZERO,
                    source: PlaybackSettings::default(),
                    is_integer_output: false,
                };
                let mut renderer = OfflineRenderer::new(vec![decoder], options).expect("a file");
                let mut dither = TpdfDither::new();
                for _ in 0..PIPELINE_FRAMES / FRAMES {
                    assert_eq!(renderer.render(&mut samples), FRAMES);
                    if bands == 0 {
                        optimizer.to_i16(&samples, black_box(&mut words));
                    } else {
                        optimizer.to_i16_tpdf(&samples, black_box(&mut words), &mut dither);
                    }
                }
            });
        });
    }
    let mut playing = Playing::new(&chain(10, RATE_HZ), FRAMES, RATE_HZ);
    group.throughput(Throughput::Elements(FRAMES as u64));
    group.bench_function("its callbacks alone, 10 bands and limiter", |b| {
        b.iter_custom(|count| playing.time(count));
    });
    group.finish();
}

criterion_group! {
    name = performance;
    config = sampling::brief();
    targets = spectrum, ring_buffer, lock_free_buffer, pool, monitor, pipeline
}
criterion_group! {
    name = kernels;
    config = sampling::brief()
        .measurement_time(Duration::from_millis(100))
        .without_plots();
    targets = simd
}
criterion_main!(performance, kernels);
