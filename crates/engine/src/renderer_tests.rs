use super::*;
use rt::ids::{Generation, PlayId};
use rt::ring::{AudioRingBuffer, BLOCK_FRAMES, BlockHeader, RingProducer};
use rt::snapshot::{SnapshotWriter, snapshot};

const RATE_HZ: u32 = 1_000;
/// Five milliseconds at this rate.
const FADE_FRAMES: usize = 5;

struct Bench {
    renderer: Renderer,
    tracks: rtrb::Consumer<TrackStarted>,
    ring: RingProducer,
    settings: SnapshotWriter<ChainSettings>,
    shared: Arc<RenderShared>,
    monitor: Arc<PerformanceMonitor>,
    clock: Arc<PlaybackClock>,
}

/// A mono renderer with a ring of twenty blocks, playing generation 1.
fn bench() -> Bench {
    let (ring, consumer) = AudioRingBuffer::new(RATE_HZ, 1, 20.0 * BLOCK_FRAMES as f64 / 1_000.0);
    let (settings, reader) = snapshot(&ChainSettings::default());
    let shared = Arc::new(RenderShared::default());
    let monitor = Arc::new(PerformanceMonitor::new());
    let clock = Arc::new(PlaybackClock::new());
    let (renderer, links) = Renderer::new(RendererParts {
        ring: consumer,
        settings: reader,
        response: None,
        shared: Arc::clone(&shared),
        clock: Arc::clone(&clock),
        history: Arc::new(LockFreeAudioBuffer::new(4096)),
        monitor: Arc::clone(&monitor),
        sample_rate_hz: RATE_HZ,
        channels: 1,
        fade_seconds: FADE_FRAMES as f64 / f64::from(RATE_HZ),
    });
    shared.is_playing.store(true, Ordering::Release);
    shared.set_target(Generation(1));
    Bench {
        renderer,
        tracks: links.tracks,
        ring,
        settings,
        shared,
        monitor,
        clock,
    }
}

/// The sample of frame `n`: tells the frame, and stays within full scale.
fn sample(n: u64) -> f32 {
    (n + 1) as f32 / 65_536.0
}

impl Bench {
    /// Queues `frames` of a track from `first`, each sample telling its frame.
    fn queue(&mut self, generation: u64, track: u64, first: u64, frames: u64, is_last: bool) {
        let mut at = first;
        while at < first + frames {
            let count = (first + frames - at).min(BLOCK_FRAMES as u64);
            let mut block = self.ring.take_free().unwrap();
            for n in 0..count {
                block.samples[n as usize] = sample(at + n);
            }
            block.header = BlockHeader {
                generation: Generation(generation),
                track: PlayId(track),
                first_frame: at,
                frames: count as usize,
                is_last: is_last && at + count == first + frames,
                ..BlockHeader::default()
            };
            self.ring.push(block);
            at += count;
        }
    }

    fn render(&mut self, frames: usize) -> Vec<f32> {
        let mut out = vec![9.0; frames];
        self.renderer.render(&mut out, 0);
        out
    }
}

fn ramp(from: u64, frames: usize) -> Vec<f32> {
    (from..from + frames as u64).map(sample).collect()
}

#[test]
fn a_track_starts_at_full_level_and_joins_the_next_without_a_seam() {
    let mut bench = bench();
    bench.queue(1, 7, 0, 3_000, false);
    bench.queue(1, 8, 0, 3_000, true);
    let out = bench.render(4_000);
    assert_eq!(out[..3_000], ramp(0, 3_000));
    assert_eq!(out[3_000..], ramp(0, 1_000));
    let started: Vec<u64> =
        std::iter::from_fn(|| bench.tracks.pop().ok().map(|s| s.track.0)).collect();
    assert_eq!(started, [7, 8]);
    assert_eq!(
        (bench.clock.read().track.0, bench.clock.read().frame),
        (8, 1_000)
    );
}

#[test]
fn a_pause_fades_out_and_resumes_at_the_next_frame() {
    let mut bench = bench();
    bench.queue(1, 1, 0, 10_000, true);
    bench.render(500);
    bench.shared.is_playing.store(false, Ordering::Release);
    let out = bench.render(100);
    assert!(
        out[..FADE_FRAMES].is_sorted_by(|a, b| a >= b),
        "{:?}",
        &out[..8]
    );
    assert!(out[..FADE_FRAMES].iter().all(|s| *s < sample(505)));
    assert_eq!(out[FADE_FRAMES..], [0.0; 95]);
    assert!(bench.render(300).iter().all(|s| *s == 0.0));
    assert!(bench.shared.is_silent());
    bench.shared.is_playing.store(true, Ordering::Release);
    let out = bench.render(100);
    let next = 500 + FADE_FRAMES as u64;
    assert_eq!(
        out[FADE_FRAMES..],
        ramp(next + FADE_FRAMES as u64, 100 - FADE_FRAMES)
    );
}

#[test]
fn a_jump_fades_what_plays_and_skips_what_is_stale() {
    let mut bench = bench();
    bench.queue(1, 1, 0, 8_000, false);
    bench.render(500);
    bench.shared.set_target(Generation(2));
    bench.queue(2, 1, 20_000, 8_000, true);
    let out = bench.render(200);
    assert!(
        out[0] > 0.0 && out[0] < sample(500),
        "the old sound fades: {}",
        out[0]
    );
    // Nothing of generation 1 is heard behind its fade, and the new one fades in.
    let start = 2 * FADE_FRAMES - 1;
    assert_eq!(out[start..], ramp(20_004, 200 - start));
    assert_eq!(bench.clock.read().generation, Generation(2));
}

#[test]
fn the_end_is_told_once_everything_has_been_heard() {
    let mut bench = bench();
    bench.queue(1, 1, 0, 2_500, true);
    let out = bench.render(2_400);
    assert_eq!(out, ramp(0, 2_400));
    assert!(!bench.shared.has_ended(Generation(1)));
    let out = bench.render(200);
    assert_eq!(out[..100], ramp(2_400, 100));
    assert_eq!(out[100..], [0.0; 100]);
    assert!(bench.shared.has_ended(Generation(1)));
    assert_eq!(bench.monitor.generate_report().troubles.session.starved, 0);
}

#[test]
fn a_slow_decoder_is_counted_faded_and_waited_for() {
    let mut bench = bench();
    bench.queue(1, 1, 0, 3_000, false);
    let mut heard: Vec<f32> = (0..7).flat_map(|_| bench.render(500)).collect();
    assert_eq!(bench.monitor.generate_report().troubles.session.starved, 1);
    assert_eq!(*heard.last().unwrap(), 0.0);
    // What was left fades away instead of breaking off.
    let last = heard.iter().rposition(|s| *s != 0.0).unwrap();
    assert!(
        heard[last] < sample(last as u64) / 2.0,
        "broke off at {}",
        heard[last]
    );
    let next = last as u64 + 2;
    bench.queue(1, 1, 3_000, 8_000, true);
    heard = bench.render(2_000);
    assert_eq!(
        heard[FADE_FRAMES..100],
        ramp(next + FADE_FRAMES as u64, 95)[..100 - FADE_FRAMES]
    );
    assert_eq!(
        bench.monitor.generate_report().troubles.session.starved,
        1,
        "one trouble is one trouble"
    );
}

#[test]
fn volume_moves_in_a_ramp_and_settles_exactly() {
    let mut bench = bench();
    bench.queue(1, 1, 0, 10_000, true);
    bench.render(1_000);
    bench.settings.publish(ChainSettings {
        volume: 0.5,
        ..Default::default()
    });
    let out = bench.render(1_000);
    let gains: Vec<f32> = out
        .iter()
        .zip(ramp(1_000, 1_000))
        .map(|(a, b)| a / b)
        .collect();
    assert!(gains.is_sorted_by(|a, b| a >= &(b - 1e-6)));
    assert!((gains[0] - gains[1]) < 0.06);
    assert!(gains[30..].iter().all(|gain| *gain == 0.5));
    bench.settings.publish(ChainSettings::default());
    bench.render(100);
    assert_eq!(bench.render(100), ramp(2_100, 100), "unity is exact again");
}

#[test]
fn a_callback_larger_than_the_ring_plays_what_there_is() {
    let mut bench = bench();
    let mut next = 0;
    while bench.ring.queued_frames() + (BLOCK_FRAMES as u64) < bench.ring.capacity_frames() {
        bench.queue(1, 1, next, BLOCK_FRAMES as u64, false);
        next += BLOCK_FRAMES as u64;
    }
    let out = bench.render(50_000);
    let heard = next as usize - 2 * BLOCK_FRAMES;
    assert_eq!(out[..heard], ramp(0, heard));
    assert_eq!(*out.last().unwrap(), 0.0);
}

#[test]
fn tracks_that_begin_within_a_block_are_told_and_counted_from_there() {
    let mut bench = bench();
    bench.queue(1, 7, 100, 60, true);
    let mut blocks: Vec<_> = std::iter::from_fn(|| bench.renderer.parts.ring.pop()).collect();
    let mut block = blocks.remove(0);
    for (at_frame, track) in [(10, 8), (11, 9), (60, 10)] {
        block.starts.push(TrackStart {
            at_frame,
            track: PlayId(track),
            first_frame: 0,
        });
    }
    bench.ring.push(block);
    let told = |bench: &mut Bench| {
        let tracks = std::iter::from_fn(|| bench.tracks.pop().ok());
        tracks.map(|started| started.track.0).collect::<Vec<_>>()
    };
    bench.render(10);
    assert_eq!(told(&mut bench), [7]);
    let reading = bench.clock.read();
    assert_eq!((reading.track.0, reading.frame), (7, 110));
    bench.render(21);
    assert_eq!(told(&mut bench), [8, 9]);
    let reading = bench.clock.read();
    assert_eq!((reading.track.0, reading.frame), (9, 20));
    bench.render(100);
    assert!(bench.shared.has_ended(Generation(1)));
    // A track without a frame is not heard.
    assert!(told(&mut bench).is_empty());
    assert_eq!(bench.clock.read().sounded_frames, 60);
}

#[test]
fn a_ring_full_of_blocks_with_a_frame_each_begins_to_play() {
    let mut bench = bench();
    for track in 0..20 {
        bench.queue(1, track, 0, 1, false);
    }
    assert!(bench.ring.take_free().is_none());
    // Less than it takes to begin otherwise, but no more will come before it begins.
    bench.render(64);
    assert!(bench.clock.read().sounded_frames > 0);
}
