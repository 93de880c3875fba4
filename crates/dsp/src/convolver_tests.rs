use super::*;

const RATE_HZ: f64 = 48_000.0;
const MAX_TAPS: usize = 16_384;
const FADE_FRAMES: usize = 960;
const CHANGE_FRAMES: usize = WARM_UP_FRAMES + FADE_FRAMES;

/// White noise of ±1, xorshift32.
fn noise(seed: u32, count: usize) -> Vec<f32> {
    let mut word = seed;
    let mut next = || {
        word ^= word << 13;
        word ^= word >> 17;
        word ^= word << 5;
        word as i32 as f32 / i32::MAX as f32
    };
    (0..count).map(|_| next()).collect()
}

fn convolver(max_channels: usize) -> Convolver {
    Convolver::new(max_channels, MAX_TAPS, RATE_HZ, AudioOptimizer::detected())
}

fn prepared(response: &ImpulseResponse) -> Option<Box<PreparedResponse>> {
    Some(Box::new(PreparedResponse::new(response)))
}

/// In circuit and settled, with no sound in it.
fn settled(mut convolver: Convolver, response: &ImpulseResponse, channels: usize) -> Convolver {
    convolver.set_response(prepared(response));
    convolver.process(&mut vec![0.0; CHANGE_FRAMES * channels], channels);
    assert!(convolver.change.is_none());
    convolver.reset();
    convolver
}

fn run(convolver: &mut Convolver, input: &[f32], channels: usize, blocks: &[usize]) -> Vec<f32> {
    let mut output = input.to_vec();
    let mut rest = &mut output[..];
    for frames in blocks.iter().cycle() {
        let (block, later) = rest.split_at_mut((frames * channels).min(rest.len()));
        convolver.process(block, channels);
        rest = later;
        if rest.is_empty() {
            break;
        }
    }
    output
}

fn bits(samples: &[f32]) -> Vec<u32> {
    samples.iter().map(|s| s.to_bits()).collect()
}

/// RMS error of one channel of `output`, relative to the convolution computed directly in f64; looks at
/// every seventh frame.
fn error_db(output: &[f32], input: &[f32], taps: &[f32], channels: usize, channel: usize) -> f64 {
    let x: Vec<f64> = input[channel..]
        .iter()
        .step_by(channels)
        .map(|s| f64::from(*s))
        .collect();
    let (mut error, mut power) = (0.0, 0.0);
    for n in (0..x.len()).step_by(7) {
        let past = x[..=n].iter().rev();
        let want: f64 = past.zip(taps).map(|(x, h)| x * f64::from(*h)).sum();
        error += (f64::from(output[n * channels + channel]) - want).powi(2);
        power += want * want;
    }
    10.0 * (error / power).log10()
}

#[test]
fn it_equals_direct_convolution_at_every_level_and_length() {
    for optimizer in AudioOptimizer::available() {
        for taps in [
            1, 2, 63, 64, 65, 128, 1_000, 1_024, 1_025, 1_536, 5_000, MAX_TAPS,
        ] {
            let response = ImpulseResponse::mono(noise(7, taps));
            let input = noise(1, 2 * (taps + 4_000));
            let new = Convolver::new(2, MAX_TAPS, RATE_HZ, optimizer);
            let mut convolver = settled(new, &response, 2);
            let output = run(&mut convolver, &input, 2, &[480]);
            for channel in 0..2 {
                let db = error_db(&output, &input, &response.left, 2, channel);
                assert!(db < -145.0, "{:?}, {taps} taps: {db} dB", optimizer.level());
            }
        }
    }
}

#[test]
fn every_channel_has_its_own_past_and_left_and_right_their_own_taps() {
    let response = ImpulseResponse {
        left: noise(3, 3_000),
        right: Some(noise(4, 2_000)),
    };
    for channels in [1, 2, 5, 8] {
        let input = noise(2, channels * 6_000);
        let mut convolver = settled(convolver(8), &response, channels);
        let output = run(&mut convolver, &input, channels, &[512]);
        for channel in 0..channels {
            let taps = match &response.right {
                Some(right) if channel % 2 == 1 => right,
                _ => &response.left,
            };
            let db = error_db(&output, &input, taps, channels, channel);
            assert!(db < -145.0, "channel {channel} of {channels}: {db} dB");
        }
    }
}

#[test]
fn taps_beyond_the_room_are_left_out() {
    let taps = noise(9, 6_000);
    let small = Convolver::new(1, 3_072, RATE_HZ, AudioOptimizer::detected());
    let mut convolver = settled(small, &ImpulseResponse::mono(taps.clone()), 1);
    let input = noise(5, 9_000);
    let output = run(&mut convolver, &input, 1, &[512]);
    assert!(error_db(&output, &input, &taps[..3_072], 1, 0) < -145.0);
}

#[test]
fn blocks_of_any_size_give_the_same_bits_also_through_changes() {
    let responses = [noise(11, 9_000), noise(12, 700), noise(13, MAX_TAPS)];
    let input = noise(6, 2 * 20_000);
    let random: Vec<usize> = noise(8, 50)
        .iter()
        .map(|s| 1 + (s.abs() * 1_500.0) as usize)
        .collect();
    let play = |blocks: &[usize]| {
        let mut convolver = convolver(2);
        let mut output = Vec::new();
        // Changes at frames no block size divides.
        for (part, taps) in input
            .chunks(2 * 6_001)
            .zip(responses.iter().map(Some).chain([None]))
        {
            convolver.set_response(taps.and_then(|t| prepared(&ImpulseResponse::mono(t.clone()))));
            output.extend(run(&mut convolver, part, 2, blocks));
            convolver.take_retired();
        }
        bits(&output)
    };
    let want = play(&[64]);
    for blocks in [&[1][..], &[7], &[480], &[1_056], &random] {
        assert!(play(blocks) == want, "blocks of {blocks:?}");
    }
}

#[test]
fn a_unit_impulse_changes_no_bit() {
    let mut convolver = settled(convolver(2), &ImpulseResponse::mono(vec![1.0]), 2);
    let input = noise(21, 20_000);
    assert!(bits(&run(&mut convolver, &input, 2, &[333])) == bits(&input));
}

#[test]
fn out_of_circuit_changes_no_bit_before_and_after_a_response() {
    let mut convolver = convolver(2);
    let mut odd = noise(22, 2_000);
    odd[3] = -0.0;
    odd[4] = f32::from_bits(0x7fc0_1234);
    odd[5] = 1e-42;
    assert!(convolver.is_idle());
    assert_eq!(bits(&run(&mut convolver, &odd, 2, &[480])), bits(&odd));
    convolver.set_response(prepared(&ImpulseResponse::mono(noise(23, 4_000))));
    let input = noise(24, 2 * 5_000);
    let wet = run(&mut convolver, &input, 2, &[480]);
    // Until the response is ready the sound is as it was.
    let (before, after) = (2 * WARM_UP_FRAMES, 2 * (CHANGE_FRAMES + 10));
    assert_eq!(bits(&wet[..before]), bits(&input[..before]));
    assert!(
        wet[after..]
            .iter()
            .zip(&input[after..])
            .all(|(a, b)| a != b)
    );
    assert!(convolver.take_retired().is_none());
    convolver.set_response(None);
    assert!(!convolver.is_idle());
    convolver.process(&mut noise(25, 2 * CHANGE_FRAMES), 2);
    assert!(convolver.is_idle());
    assert!(convolver.take_retired().is_some());
    assert_eq!(bits(&run(&mut convolver, &odd, 2, &[7])), bits(&odd));
}

#[test]
fn a_new_response_is_fully_there_after_the_change_with_the_sound_before_it() {
    let (old, new) = (noise(31, 3_000), noise(32, 12_000));
    for at in [1, 64, 500, 512, 777, 3_000] {
        let mut convolver = settled(convolver(2), &ImpulseResponse::mono(old.clone()), 2);
        let input = noise(33, 2 * 9_000);
        let (first, second) = input.split_at(2 * at);
        let mut output = run(&mut convolver, first, 2, &[480]);
        convolver.set_response(prepared(&ImpulseResponse::mono(new.clone())));
        output.extend(run(&mut convolver, second, 2, &[480]));
        // Sound before the change counts as soon as the new response is heard.
        let settled = at + CHANGE_FRAMES;
        let x: Vec<f64> = input.iter().step_by(2).map(|s| f64::from(*s)).collect();
        for n in (settled..9_000).step_by(97) {
            let past = x[..=n].iter().rev();
            let want: f64 = past.zip(&new).map(|(x, h)| x * f64::from(*h)).sum();
            assert!(
                (f64::from(output[2 * n]) - want).abs() < 1e-4,
                "change {at}, frame {n}"
            );
        }
    }
}

#[test]
fn a_change_of_response_does_not_click() {
    let sine = |frames: usize| -> Vec<f32> {
        let step = std::f64::consts::TAU * 200.0 / RATE_HZ;
        (0..frames)
            .map(|n| (step * n as f64).sin() as f32)
            .collect()
    };
    // A gain and a delay each: the same sine at other levels and phases.
    let echo = |gain: f32, delay: usize| {
        let mut taps = vec![0.0; delay + 1];
        taps[delay] = gain;
        ImpulseResponse::mono(taps)
    };
    let input = sine(40_000);
    let mut convolver = convolver(1);
    let changes = [
        prepared(&echo(0.5, 3_000)),
        prepared(&echo(1.0, 6_050)),
        prepared(&echo(-0.9, 0)),
        None,
    ];
    let mut output = Vec::new();
    for (part, next) in input.chunks(10_000).zip(changes) {
        convolver.set_response(next);
        output.extend(run(&mut convolver, part, 1, &[480]));
        convolver.take_retired();
    }
    // The first sound of an echo may begin abruptly: the sine does, at a zero.
    let own = std::f64::consts::TAU * 200.0 / RATE_HZ;
    // At most two units of difference, faded over at most 1.5 times as fast as a straight line.
    let fade = 2.0 * 1.5 / FADE_FRAMES as f64;
    for (n, pair) in output.windows(2).enumerate() {
        let step = f64::from((pair[1] - pair[0]).abs());
        assert!(step < own + fade, "step of {step} at frame {n}");
    }
}

#[test]
fn silence_after_sound_ends_in_zeros() {
    let taps = 9_000;
    let mut convolver = settled(convolver(2), &ImpulseResponse::mono(noise(41, taps)), 2);
    convolver.process(&mut noise(42, 2 * 10_000), 2);
    let mut tail = vec![0.0; 2 * (taps + 1_600)];
    convolver.process(&mut tail, 2);
    assert!(tail[..2 * taps - 2].iter().all(|s| *s != 0.0));
    assert!(tail[2 * (taps + 1_536)..].iter().all(|s| *s == 0.0));
}

#[test]
fn a_reset_forgets_the_sound() {
    let response = ImpulseResponse::mono(noise(51, 9_000));
    let mut convolver = settled(convolver(2), &response, 2);
    for frames in [10, 600, 4_321] {
        convolver.process(&mut noise(52, 2 * frames), 2);
        convolver.reset();
        let mut silence = vec![0.0; 2 * 12_000];
        convolver.process(&mut silence, 2);
        assert!(silence.iter().all(|s| *s == 0.0), "after {frames} frames");
        convolver.reset();
    }
}

#[test]
fn responses_come_back_in_order_and_none_is_lost() {
    let one = |gain: f32| prepared(&ImpulseResponse::mono(vec![gain]));
    let gain = |response: Option<Box<PreparedResponse>>| response.map(|r| r.taps(0).head[0]);
    let mut convolver = convolver(1);
    assert_eq!(gain(convolver.set_response(one(0.25))), None);
    assert_eq!(gain(convolver.set_response(one(0.5))), Some(0.25));
    let mut block = vec![1.0; CHANGE_FRAMES];
    convolver.process(&mut block[..1], 1);
    // Begun: it is no longer given back, but waited for.
    assert_eq!(gain(convolver.set_response(one(0.75))), None);
    convolver.process(&mut block[1..], 1);
    assert_eq!(gain(convolver.take_retired()), None);
    convolver.process(&mut vec![1.0; CHANGE_FRAMES], 1);
    // Not taken: the next change waits.
    convolver.set_response(None);
    let mut held = vec![1.0; 2 * CHANGE_FRAMES];
    convolver.process(&mut held, 1);
    assert!(held.iter().all(|s| *s == 0.75));
    assert_eq!(gain(convolver.take_retired()), Some(0.5));
    convolver.process(&mut vec![1.0; CHANGE_FRAMES], 1);
    assert_eq!(gain(convolver.take_retired()), Some(0.75));
    assert!(convolver.is_idle());
}
