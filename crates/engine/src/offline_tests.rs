use super::*;
use dsp::mixer::CrossfadeLaw::{EqualPower, Linear};
use dsp::mixer::{Crossfade, CrossfadeLaw};
use lofty::config::WriteOptions;
use lofty::tag::{ItemKey, Tag, TagExt, TagType};
use media::replaygain::{ReplayGainMode, ReplayGainSettings};
use media::wav_writer::{SampleWidth, WavWriter};
use std::path::{Path, PathBuf};

const RATE_HZ: u32 = 44_100;

/// Seeded white noise, stereo, below half of full scale.
fn noise(seed: u64, frames: usize) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let random = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 40) as f32 / (1_u64 << 24) as f32 * 0.9 - 0.45
    };
    (0..frames * 2).map(random).collect()
}

fn wav(folder: &Path, name: &str, samples: &[f32], rate_hz: u32) -> PathBuf {
    let path = folder.join(name);
    let mut writer = WavWriter::create(&path, rate_hz, 2, SampleWidth::Float32).unwrap();
    writer.write(samples).unwrap();
    writer.finish().unwrap();
    path
}

fn options() -> OfflineOptions {
    OfflineOptions {
        sample_rate_hz: RATE_HZ,
        channels: 2,
        settings: ChainSettings::default(),
        response: None,
        start: Duration::ZERO,
        source: PlaybackSettings::default(),
        is_integer_output: false,
    }
}

fn crossfade(seconds: f64, law: CrossfadeLaw) -> OfflineOptions {
    OfflineOptions {
        source: PlaybackSettings {
            crossfade: Crossfade { seconds, law },
            ..PlaybackSettings::default()
        },
        ..options()
    }
}

fn renderer(files: &[&PathBuf], options: OfflineOptions) -> OfflineRenderer {
    let open = |file: &&PathBuf| TrackDecoder::open(file).unwrap();
    OfflineRenderer::new(files.iter().map(open).collect(), options).unwrap()
}

fn render_in(mut renderer: OfflineRenderer, size: usize) -> Vec<f32> {
    let mut all = Vec::new();
    loop {
        let mut block = vec![9.0; size * 2];
        let frames = renderer.render(&mut block);
        all.extend_from_slice(&block[..frames * 2]);
        if frames < size {
            assert!(renderer.failures().is_empty(), "{:?}", renderer.failures());
            return all;
        }
    }
}

fn render(files: &[&PathBuf], options: OfflineOptions) -> Vec<f32> {
    render_in(renderer(files, options), 1_000)
}

fn level_db(samples: &[f32]) -> f64 {
    let sum: f64 = samples.iter().map(|&s| f64::from(s).powi(2)).sum();
    10.0 * (sum / samples.len() as f64).log10()
}

#[test]
fn an_equal_power_crossfade_keeps_the_level_and_shortens_by_the_overlap() {
    let folder = tempfile::tempdir().unwrap();
    let [first, second] = [1, 2].map(|n| noise(n, 150_000));
    let a = wav(folder.path(), "a.wav", &first, RATE_HZ);
    let b = wav(folder.path(), "b.wav", &second, RATE_HZ);
    let mix = render(&[&a, &b], crossfade(1.5, EqualPower));
    let overlap = 66_150;
    assert_eq!(mix.len() / 2, 300_000 - overlap);
    let from = (150_000 - overlap) * 2;
    assert!(mix[..from] == first[..from], "before the overlap");
    assert!(mix[150_000 * 2..] == second[overlap * 2..], "behind it");
    for part in mix[from..150_000 * 2].chunks_exact(6_615 * 2) {
        let change_db = level_db(part) - level_db(&first);
        assert!(change_db.abs() < 0.5, "{change_db} dB");
    }
}

#[test]
fn a_linear_crossfade_of_like_sounds_is_the_sound() {
    let folder = tempfile::tempdir().unwrap();
    // What the second file begins with is what the first one ends with.
    let sound = noise(3, 200_000);
    let a = wav(folder.path(), "a.wav", &sound[..120_000 * 2], RATE_HZ);
    let b = wav(folder.path(), "b.wav", &sound[97_950 * 2..], RATE_HZ);
    let mix = render(&[&a, &b], crossfade(0.5, Linear));
    assert_eq!(mix.len(), sound.len());
    let differences = mix.iter().zip(&sound).map(|(a, b)| (a - b).abs());
    let worst = differences.fold(0.0, f32::max);
    assert!(worst < 1e-6, "{worst}");
}

#[test]
fn crossfades_depend_neither_on_blocks_nor_on_who_resamples() {
    let folder = tempfile::tempdir().unwrap();
    let a = wav(folder.path(), "a.wav", &noise(4, 60_000), RATE_HZ);
    let b = wav(folder.path(), "b.wav", &noise(5, 96_000), 48_000);
    let c = wav(folder.path(), "c.wav", &noise(6, 96_000), 48_000);
    let files = [&a, &b, &c];
    let whole = render_in(renderer(&files, crossfade(0.4, EqualPower)), 4_096);
    assert_eq!(whole.len() / 2, 60_000 + 2 * 88_200 - 2 * 17_640);
    for size in [1, 333, 1_024] {
        let parts = render_in(renderer(&files, crossfade(0.4, EqualPower)), size);
        assert!(parts == whole, "blocks of {size}");
    }
}

#[test]
fn short_tracks_overlap_by_half_of_their_length_at_most() {
    let folder = tempfile::tempdir().unwrap();
    let long = wav(folder.path(), "long.wav", &noise(7, 200_000), RATE_HZ);
    let short = wav(folder.path(), "short.wav", &noise(8, 10_001), RATE_HZ);
    let files = [&long, &short, &short, &long];
    let mix = render(&files, crossfade(3.0, EqualPower));
    assert_eq!(mix.len() / 2, 400_000 + 2 * 10_001 - 3 * 5_000);
    // From a second before the end, half a second overlaps.
    let late = OfflineOptions {
        start: Duration::from_secs_f64(155_900.0 / 44_100.0),
        ..crossfade(3.0, EqualPower)
    };
    assert_eq!(render(&[&long, &long], late).len() / 2, 222_050);
}

#[test]
fn nothing_is_faded_into_nothing_and_no_crossfade_is_a_join() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (noise(9, 50_000), noise(10, 50_000));
    let a = wav(folder.path(), "a.wav", &first, RATE_HZ);
    let b = wav(folder.path(), "b.wav", &second, RATE_HZ);
    assert!(render(&[&a], crossfade(5.0, EqualPower)) == first);
    let joined = [first, second].concat();
    assert!(render(&[&a, &b], crossfade(0.0, Linear)) == joined);
}

#[test]
fn a_position_counts_from_the_head_of_the_track_that_comes() {
    let folder = tempfile::tempdir().unwrap();
    let a = wav(folder.path(), "a.wav", &noise(11, 50_000), RATE_HZ);
    let b = wav(folder.path(), "b.wav", &noise(12, 50_000), RATE_HZ);
    let mut renderer = renderer(&[&a, &b], crossfade(0.5, Linear));
    let mut block = vec![0.0; 2 * 500];
    let mut heard = 0;
    while renderer.render(&mut block) == 500 {
        heard += 500;
        let reading = renderer.clock.read();
        let want = match heard {
            0..=27_950 => (0, heard),
            _ => (1, heard - 27_950),
        };
        assert_eq!((reading.track.0, reading.frame), want);
    }
    assert_eq!(renderer.clock.read().frame, 50_000);
}

fn with_replaygain(mode: ReplayGainMode) -> OfflineOptions {
    OfflineOptions {
        source: PlaybackSettings {
            replaygain: ReplayGainSettings {
                mode,
                ..ReplayGainSettings::default()
            },
            ..PlaybackSettings::default()
        },
        ..options()
    }
}

/// Writes the fields into a file's tag.
fn tag(path: &Path, fields: &[(ItemKey, &str)]) {
    let mut tag = Tag::new(TagType::Id3v2);
    for (key, value) in fields {
        assert!(tag.insert_text(*key, (*value).to_owned()));
    }
    tag.save_to_path(path, WriteOptions::default()).unwrap();
}

#[test]
fn replaygain_holds_from_the_first_sample_of_a_track_to_the_last() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second, plain) = (noise(13, 30_000), noise(14, 30_000), noise(15, 30_000));
    let a = wav(folder.path(), "a.wav", &first, RATE_HZ);
    let b = wav(folder.path(), "b.wav", &second, RATE_HZ);
    let c = wav(folder.path(), "c.wav", &plain, RATE_HZ);
    tag(
        &a,
        &[
            (ItemKey::ReplayGainTrackGain, "-6.00 dB"),
            (ItemKey::ReplayGainAlbumGain, "-9.00 dB"),
        ],
    );
    tag(
        &b,
        &[
            (ItemKey::ReplayGainTrackGain, "+20.00 dB"),
            (ItemKey::ReplayGainTrackPeak, "0.5"),
        ],
    );
    let files = [&a, &b, &c];
    assert!(render(&files, options()) == [&first[..], &second, &plain].concat());
    for (mode, db) in [(ReplayGainMode::Track, -6.0), (ReplayGainMode::Album, -9.0)] {
        let gain = 10_f64.powf(db / 20.0) as f32;
        let scaled = |sound: &[f32], gain: f32| sound.iter().map(|s| s * gain).collect();
        let want: Vec<Vec<f32>> = vec![scaled(&first, gain), scaled(&second, 2.0), plain.clone()];
        assert!(
            render(&files, with_replaygain(mode)) == want.concat(),
            "{mode:?}"
        );
    }
    // In an overlap each keeps its own.
    let mut options = with_replaygain(ReplayGainMode::Track);
    options.source.crossfade = Crossfade {
        seconds: 0.2,
        law: Linear,
    };
    let mix = render(&[&a, &b], options);
    let gain = 10_f32.powf(-0.3);
    for n in (0..8_820 * 2).step_by(2) {
        let x = (n as f32 / 2.0 + 0.5) / 8_820.0;
        let at = (30_000 - 8_820) * 2 + n;
        let want = first[at] * gain * (1.0 - x) + second[n] * 2.0 * x;
        assert!((mix[at] - want).abs() < 1e-5, "frame {n} of the overlap");
    }
}

fn at_speed(speed: f64) -> OfflineOptions {
    OfflineOptions {
        source: PlaybackSettings {
            speed,
            ..PlaybackSettings::default()
        },
        // Splices can exceed full scale: these tests are not about the limiter.
        settings: ChainSettings {
            limiter: false,
            ..ChainSettings::default()
        },
        ..options()
    }
}

fn tone(hz: f64, frames: usize) -> Vec<f32> {
    let step = std::f64::consts::TAU * hz / f64::from(RATE_HZ);
    (0..frames)
        .map(|n| 0.4 * (step * n as f64).sin() as f32)
        .flat_map(|s| [s, s])
        .collect()
}

/// From the first upward zero crossing of the left side to the last.
fn pitch_hz(samples: &[f32]) -> f64 {
    let left: Vec<f64> = samples.iter().step_by(2).map(|&s| s.into()).collect();
    let crossings: Vec<f64> = (1..left.len())
        .filter(|&n| left[n - 1] < 0.0 && left[n] >= 0.0)
        .map(|n| n as f64 - left[n] / (left[n] - left[n - 1]))
        .collect();
    let periods = (crossings.len() - 1) as f64;
    periods * f64::from(RATE_HZ) / (crossings.last().unwrap() - crossings[0])
}

#[test]
fn a_speed_changes_the_length_and_not_the_pitch_and_joins_stay_gapless() {
    let folder = tempfile::tempdir().unwrap();
    let sound = tone(440.0, 150_000);
    let whole = wav(folder.path(), "whole.wav", &sound, RATE_HZ);
    let head = wav(folder.path(), "head.wav", &sound[..2 * 71_234], RATE_HZ);
    let tail = wav(folder.path(), "tail.wav", &sound[2 * 71_234..], RATE_HZ);
    for speed in [0.5, 0.8, 1.25, 2.0] {
        let out = render(&[&whole], at_speed(speed));
        assert_eq!(out.len() / 2, (150_000.0 / speed).round() as usize);
        let pitch = pitch_hz(&out[2 * 2_000..out.len() - 2 * 2_000]);
        assert!((pitch - 440.0).abs() < 0.1, "{pitch} Hz at {speed}");
        let level = level_db(&out) - level_db(&sound);
        assert!(level.abs() < 0.1, "{level} dB at {speed}");
        let joined = render_in(renderer(&[&head, &tail], at_speed(speed)), 777);
        assert!(joined == out, "two halves at {speed}");
    }
    assert!(render(&[&whole], at_speed(1.0)) == sound);
}

#[test]
fn a_crossfade_goes_by_as_fast_as_the_tracks() {
    let folder = tempfile::tempdir().unwrap();
    let a = wav(folder.path(), "a.wav", &noise(21, 100_000), RATE_HZ);
    let b = wav(folder.path(), "b.wav", &noise(22, 100_000), RATE_HZ);
    let mut options = at_speed(1.6);
    options.source.crossfade = crossfade(0.5, EqualPower).source.crossfade;
    let mix = render(&[&a, &b], options);
    let wanted = f64::from(200_000 - 22_050) / 1.6;
    assert_eq!(mix.len() / 2, wanted.round() as usize);
}

#[test]
fn a_position_counts_the_track_through_changes_of_speed() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (noise(23, 120_000), noise(24, 200_000));
    let a = wav(folder.path(), "a.wav", &first, RATE_HZ);
    let b = wav(folder.path(), "b.wav", &second, RATE_HZ);
    let mut renderer = renderer(&[&a, &b], at_speed(1.0));
    let mut block = vec![0.0; 2 * 100];
    let (mut last, mut speeds) = ((0, 0), vec![1.0]);
    for turn in 0.. {
        let speed = match turn {
            0..400 => 1.0,
            400..1_000 => 1.5,
            1_000..1_600 => 0.75,
            _ => 1.0,
        };
        renderer.pipeline.set_settings(at_speed(speed).source);
        if renderer.render(&mut block) < 100 {
            break;
        }
        let reading = renderer.clock.read();
        let now = reading.speed.0;
        let passed = match reading.track.0 {
            track if track == last.0 => reading.frame - last.1,
            _ => 120_000 - last.1 + reading.frame,
        };
        if speeds.last() == Some(&now) {
            let wanted = 100.0 * now;
            assert!((passed as f64 - wanted).abs() <= 2.0, "{passed} at {now}");
        } else {
            speeds.push(now);
        }
        last = (reading.track.0, reading.frame);
        // At 1 the sound is the file's, exactly from where the position says.
        if now == 1.0 && turn % 50 == 49 && reading.frame >= 100 {
            let sound = [&first, &second][reading.track.0 as usize];
            let end = 2 * reading.frame as usize;
            assert!(block == sound[end - 200..end], "turn {turn}");
        }
    }
    assert_eq!(speeds, [1.0, 1.5, 0.75, 1.0]);
    assert_eq!((last.0, last.1 > 199_000), (1, true));
}

fn into_integers() -> OfflineOptions {
    OfflineOptions {
        is_integer_output: true,
        ..options()
    }
}

#[test]
fn sound_beyond_full_scale_is_held_where_integers_would_cut_it_off() {
    let folder = tempfile::tempdir().unwrap();
    let sine = |frames: std::ops::Range<usize>, peak: f64| {
        let at = |n: usize| (n as f64 * 200.0 * std::f64::consts::TAU / 44_100.0).sin() * peak;
        frames
            .flat_map(move |n| [at(n) as f32; 2])
            .collect::<Vec<_>>()
    };
    let mut samples = noise(9, 22_050);
    samples.extend(sine(0..22_050, 2.0));
    let float = wav(folder.path(), "over.wav", &samples, RATE_HZ);
    // With a float output nothing is in circuit.
    assert!(render(&[&float], options()) == samples);
    let held = render(&[&float], into_integers());
    assert_eq!(held.len(), samples.len());
    // What is well before the loud part passes unchanged, and in its place.
    let quiet = 21_000 * 2;
    assert!(held[..quiet] == samples[..quiet]);
    let peak = held
        .iter()
        .fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    assert!(peak < 1.0 && peak > 0.95, "{peak}");
    // Held, not cut: it is a sine still.
    let part = &held[2 * 30_000..2 * 40_000];
    let gain = f64::from(part[2 * 55]) / f64::from(samples[2 * 30_055]);
    for (n, (out, source)) in part.iter().zip(&samples[2 * 30_000..]).enumerate() {
        let expected = f64::from(*source) * gain;
        assert!(
            (f64::from(*out) - expected).abs() < 0.02,
            "{n}: {out}, {expected}"
        );
    }
    // The limiter may be forbidden.
    let mut without = into_integers();
    without.settings.limiter = false;
    assert!(render(&[&float], without) == samples);
}

#[test]
fn integers_into_integers_pass_at_full_scale() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("square.wav");
    let square = |n: usize| {
        if (n / 100).is_multiple_of(2) {
            32_767.0
        } else {
            -32_768.0
        }
    };
    let samples: Vec<f32> = (0..40_000).map(|n| square(n) / 32_768.0).collect();
    let mut writer = WavWriter::create(&path, RATE_HZ, 2, SampleWidth::Int16).unwrap();
    writer.write(&samples).unwrap();
    writer.finish().unwrap();
    assert!(render(&[&path], into_integers()) == samples);
    // At another rate the square has overshoots, which are held.
    let resampled = OfflineOptions {
        sample_rate_hz: 48_000,
        ..into_integers()
    };
    let held = render(&[&path], resampled);
    assert!(held.iter().all(|sample| sample.abs() < 1.0));
    let free = OfflineOptions {
        sample_rate_hz: 48_000,
        ..options()
    };
    assert!(
        render(&[&path], free)
            .iter()
            .any(|sample| sample.abs() > 1.05)
    );
}

#[test]
fn a_sample_that_is_no_number_is_a_click() {
    let folder = tempfile::tempdir().unwrap();
    let good = noise(10, 30_000);
    for wrong in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 3e38] {
        let mut samples = good.clone();
        samples[20_001] = wrong;
        let broken = wav(folder.path(), "broken.wav", &samples, RATE_HZ);
        let after = wav(folder.path(), "after.wav", &good, RATE_HZ);
        samples[20_001] = 0.0;
        samples.extend_from_slice(&good);
        let joined = render(&[&broken, &after], options());
        assert!(joined == samples, "{wrong}");
        let silenced = wav(folder.path(), "silenced.wav", &samples, RATE_HZ);
        // Whatever else is in circuit gets that too.
        let changed = |sample_rate_hz, speed| OfflineOptions {
            sample_rate_hz,
            ..at_speed(speed)
        };
        for (rate_hz, speed) in [(48_000, 1.0), (RATE_HZ, 1.25)] {
            let broken = render(&[&broken, &after], changed(rate_hz, speed));
            let silenced = render(&[&silenced], changed(rate_hz, speed));
            assert!(broken == silenced, "{wrong} at {rate_hz} Hz, {speed}");
        }
    }
}
