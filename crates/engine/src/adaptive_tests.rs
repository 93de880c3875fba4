use super::*;

/// Feeds a tick a second; gives the changes as second and size. `trace` is told second and size, and
/// gives troubles and load.
fn run(
    manager: &mut AdaptiveBufferManager,
    seconds: u64,
    mut trace: impl FnMut(u64, u32) -> (u64, f64),
) -> Vec<(u64, u32)> {
    let mut changes = Vec::new();
    for second in 0..seconds {
        let (troubles, load_p99_percent) = trace(second, manager.frames());
        let change = manager.tick(BufferTick {
            now: Duration::from_secs(second),
            troubles,
            load_p99_percent,
        });
        if let Some(frames) = change {
            assert_eq!(frames, manager.frames());
            changes.push((second, frames));
        }
    }
    changes
}

#[test]
fn calm_changes_nothing() {
    let mut manager = AdaptiveBufferManager::new(512);
    assert_eq!(run(&mut manager, 10_000, |_, _| (0, 5.0)), []);
    assert_eq!(manager.frames(), 512);
}

#[test]
fn two_troubles_within_ten_seconds_double_and_two_far_apart_do_not() {
    let mut manager = AdaptiveBufferManager::new(512);
    let far = |s: u64, _| (u64::from(s.is_multiple_of(11)), 50.0);
    assert_eq!(run(&mut manager, 1_000, far), []);
    let mut manager = AdaptiveBufferManager::new(512);
    let close = |s: u64, _| (u64::from(s == 20 || s == 30), 50.0);
    assert_eq!(run(&mut manager, 1_000, close), [(30, 1_024)]);
    let mut manager = AdaptiveBufferManager::new(512);
    let at_once = |s: u64, _| (if s == 7 { 2 } else { 0 }, 50.0);
    assert_eq!(run(&mut manager, 1_000, at_once), [(7, 1_024)]);
}

#[test]
fn what_a_change_stirs_up_is_not_held_against_the_new_size() {
    let mut manager = AdaptiveBufferManager::new(512);
    let stirred = |s: u64, _| (if (7..9).contains(&s) { 3 } else { 0 }, 50.0);
    assert_eq!(run(&mut manager, 1_000, stirred), [(7, 1_024)]);
    let mut manager = AdaptiveBufferManager::new(512);
    let lasting = |s: u64, _| (if (7..10).contains(&s) { 3 } else { 0 }, 50.0);
    assert_eq!(run(&mut manager, 1_000, lasting), [(7, 1_024), (9, 2_048)]);
}

#[test]
fn a_high_load_doubles_once_it_is_that_of_the_new_size() {
    let mut manager = AdaptiveBufferManager::new(256);
    // 90 % at 256 frames, 81 % at 512, 60 % from there on; the figure lags by ten seconds.
    let mut changed = (0, 256);
    let changes = run(&mut manager, 600, |second, frames| {
        if frames != changed.1 {
            changed = (second, frames);
        }
        let of = |frames: u32| match frames {
            256 => 90.0_f64,
            512 => 81.0,
            _ => 60.0,
        };
        let is_old = second < changed.0 + 10;
        (
            0,
            if is_old {
                of(frames / 2).max(of(frames))
            } else {
                of(frames)
            },
        )
    });
    assert_eq!(changes, [(0, 512), (12, 1_024)]);
}

#[test]
fn after_a_calm_minute_it_goes_back_to_the_start_and_no_lower() {
    let mut manager = AdaptiveBufferManager::new(480);
    let changes = run(&mut manager, 1_000, |s, _| {
        (if s % 3 == 0 && s < 9 { 2 } else { 0 }, 5.0)
    });
    assert_eq!(
        changes,
        [
            (0, 960),
            (3, 1_920),
            (6, 3_840),
            (66, 1_920),
            (126, 960),
            (186, 480)
        ]
    );
    // A load that is neither high nor low keeps what there is.
    let mut manager = AdaptiveBufferManager::new(512);
    let busy = |s: u64, _| (if s == 0 { 2 } else { 0 }, 31.0);
    assert_eq!(run(&mut manager, 10_000, busy), [(0, 1_024)]);
    // Time in which nobody looked is no calm.
    let mut tick = |seconds: u64| {
        manager.tick(BufferTick {
            now: Duration::from_secs(seconds),
            troubles: 0,
            load_p99_percent: 1.0,
        })
    };
    assert_eq!(tick(20_000), None);
    assert_eq!(tick(30_000), None);
    assert!((30_001..30_056).all(|second| tick(second).is_none()));
    assert_eq!(tick(30_056), Some(512));
}

#[test]
fn sizes_stay_within_their_bounds() {
    for (start, begins, ends) in [(512, 512, 8_192), (1, 64, 8_192), (480, 480, 7_680)] {
        let mut manager = AdaptiveBufferManager::new(start);
        assert_eq!(manager.frames(), begins);
        let changes = run(&mut manager, 200, |_, _| (9, 200.0));
        assert!(changes.iter().all(|&(_, frames)| frames <= MAX_FRAMES));
        assert_eq!(manager.frames(), ends);
    }
    assert_eq!(AdaptiveBufferManager::new(100_000).frames(), 8_192);
}

#[test]
fn fixed_stays() {
    let mut manager = AdaptiveBufferManager::fixed(256);
    assert_eq!(run(&mut manager, 500, |_, _| (9, 200.0)), []);
    assert_eq!(manager.frames(), 256);
}

#[test]
fn a_size_that_is_too_small_is_tried_less_and_less() {
    let mut manager = AdaptiveBufferManager::new(512);
    // 512 is always too small, 1024 always calm: ten hours of it.
    let trace = |second: u64, frames: u32| match frames {
        512 => (u64::from(second.is_multiple_of(2)), 20.0),
        _ => (0, 10.0),
    };
    let changes = run(&mut manager, 36_000, trace);
    let lowered: Vec<u64> = changes.iter().filter(|c| c.1 == 512).map(|c| c.0).collect();
    let waits: Vec<u64> = changes
        .windows(2)
        .filter(|pair| pair[1].1 == 512)
        .map(|pair| pair[1].0 - pair[0].0)
        .collect();
    assert_eq!(waits[..7], [60, 120, 240, 480, 960, 1_920, 1_920]);
    assert!(lowered.len() < 25, "{}", lowered.len());
}

struct Noise(u64);

impl Noise {
    /// Evenly spread from 0 to 1.
    fn next(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// A thousand machines for two hours each: a load and a rate of troubles that fall with the size, and
/// change from spell to spell, until the last half hour is one spell.
#[test]
fn random_machines_come_to_rest() {
    const SECONDS: u64 = 7_200;
    let mut noise = Noise(2026);
    let (mut most, mut total) = (0, 0);
    for machine in 0..1_000 {
        let start = 64 << (noise.next() * 8.0) as u32;
        let mut manager = AdaptiveBufferManager::new(start);
        let (mut load_at_64, mut troubles_at_64, mut spell_ends) = (0.0, 0.0, 0);
        // Seconds of trouble or load that would excuse a raise.
        let mut troubled = vec![false; SECONDS as usize];
        let changes = run(&mut manager, SECONDS, |second, frames| {
            let times = f64::from(frames) / 64.0;
            if second >= spell_ends && second <= SECONDS - 1_800 {
                spell_ends = second + (30.0 + 900.0 * noise.next()) as u64;
                load_at_64 = 150.0 * noise.next().powi(2);
                troubles_at_64 = noise.next().powi(3);
            }
            let load = load_at_64 / times.sqrt() * (0.8 + 0.4 * noise.next());
            let troubles = u64::from(noise.next() < troubles_at_64 / times)
                + 3 * u64::from(noise.next() < 1e-3 / times);
            troubled[second as usize] = troubles > 0 || load > HIGH_LOAD_PERCENT;
            (troubles, load)
        });
        let mut before = (0, start, false);
        for &(second, frames) in &changes {
            let is_lowering = frames < before.1;
            assert!((64..=8_192).contains(&frames) && frames >= start);
            assert_eq!(frames.max(before.1), 2 * frames.min(before.1));
            if is_lowering {
                assert!(second - before.0 >= 60, "machine {machine}: {changes:?}");
            } else {
                assert!(troubled[second as usize], "machine {machine}: {changes:?}");
            }
            before = (second, frames, is_lowering);
        }
        most = most.max(changes.len());
        total += changes.len();
    }
    println!(
        "{most} changes at most, {:.1} on average",
        f64::from(total as u32) / 1e3
    );
    // Two hours have room for 120 lowerings and as many raises.
    assert!(most <= 40, "{most}");
}

/// A machine that does not change: the size is at rest after the first minutes, but for tries that
/// become rarer.
#[test]
fn steady_machines_converge() {
    let mut noise = Noise(7);
    for machine in 0..1_000 {
        let enough = 64 << (noise.next() * 8.0) as u32;
        let start = 64 << (noise.next() * 8.0) as u32;
        let mut manager = AdaptiveBufferManager::new(start);
        let changes = run(&mut manager, 7_200, |_, frames| {
            let is_enough = frames >= enough;
            (
                u64::from(!is_enough && noise.next() < 0.5),
                10.0 * noise.next(),
            )
        });
        let wanted = enough.max(start);
        // From the start it is reached in a raise at a time, and passed by none.
        assert!(changes.iter().all(|&(_, frames)| frames <= wanted));
        let late = changes
            .iter()
            .filter(|&&(second, _)| second > 3_600)
            .count();
        assert!(late <= 6, "machine {machine}: {changes:?}");
        assert!(manager.frames() == wanted || 2 * manager.frames() == wanted);
    }
}
