//! Echo and reverberation.

use super::filters::{StateVariable, Stereo};

/// Echoes that alternate between left and right, each duller than the one before.
pub(crate) fn ping_pong(dry: &Stereo, delay_frames: usize, feedback: f64) -> Stereo {
    let mut wet = Stereo::silence(dry.len());
    let mut dull = [
        StateVariable::new(3_200.0, 0.6),
        StateVariable::new(3_200.0, 0.6),
    ];
    for frame in delay_frames..dry.len() {
        let past = frame - delay_frames;
        let mono = (dry.left[past] + dry.right[past]) / 2.0;
        // What comes back from one side is fed into the other.
        let to_left = mono + feedback * wet.right[past];
        let to_right = feedback * wet.left[past];
        wet.left[frame] = dull[0].process(to_left).low;
        wet.right[frame] = dull[1].process(to_right).low;
    }
    wet
}

/// Lengths of the reverberator's delay lines in frames; no two share a factor.
const LINES: [usize; 8] = [1_307, 1_637, 1_811, 1_931, 2_213, 2_467, 2_687, 2_999];

/// A hall: eight delay lines that feed each other through a Householder matrix.
///
/// `tail_secs` is the time to fall by 60 dB.
pub(crate) fn reverb(dry: &Stereo, tail_secs: f64) -> Stereo {
    let mut wet = Stereo::silence(dry.len());
    let mut lines: Vec<Vec<f64>> = LINES.iter().map(|&length| vec![0.0; length]).collect();
    let mut damping: Vec<StateVariable> = LINES
        .iter()
        .map(|_| StateVariable::new(3_600.0, 0.55))
        .collect();
    let gains: Vec<f64> = LINES
        .iter()
        .map(|&length| libm::exp(-6.907_755 * length as f64 / (44_100.0 * tail_secs)))
        .collect();
    for frame in 0..dry.len() {
        let mut outputs = [0.0; LINES.len()];
        for (index, line) in lines.iter().enumerate() {
            outputs[index] =
                gains[index] * damping_step(&mut damping[index], line[frame % LINES[index]]);
        }
        let sum: f64 = outputs.iter().sum();
        for (index, line) in lines.iter_mut().enumerate() {
            let input = if index % 2 == 0 {
                dry.left[frame]
            } else {
                dry.right[frame]
            };
            line[frame % LINES[index]] = input + outputs[index] - sum * 2.0 / LINES.len() as f64;
        }
        wet.left[frame] = (outputs[0] - outputs[2] + outputs[5] - outputs[7]) / 2.0;
        wet.right[frame] = (outputs[1] - outputs[3] + outputs[4] - outputs[6]) / 2.0;
    }
    wet
}

fn damping_step(filter: &mut StateVariable, value: f64) -> f64 {
    filter.process(value).low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hall_dies_away() {
        let mut dry = Stereo::silence(3 * 44_100);
        dry.add(0, 1.0, 1.0);
        let wet = reverb(&dry, 1.0);
        let energy = |from: usize, to: usize| wet.left[from..to].iter().map(|v| v * v).sum::<f64>();
        assert!(energy(0, 44_100) > 0.0);
        assert!(energy(88_200, 132_300) < 1e-6 * energy(0, 44_100));
    }

    #[test]
    fn echoes_alternate_between_the_sides() {
        let mut dry = Stereo::silence(400);
        dry.add(0, 1.0, 1.0);
        let wet = ping_pong(&dry, 100, 0.5);
        assert!(wet.left[100..200].iter().any(|&v| v != 0.0));
        assert!(wet.right[100..200].iter().all(|&v| v == 0.0));
        assert!(wet.right[200..300].iter().any(|&v| v != 0.0));
    }
}
