//! From a file's channels to the output's.

/// -3 dB: what a centre or surround channel gives to each side (ITU-R BS.775).
const MINUS_3_DB: f32 = std::f32::consts::FRAC_1_SQRT_2;

/// A fixed assignment of source channels to output channels.
///
/// Equal counts pass through untouched; mono goes to the front pair; more channels than the output has
/// are folded to stereo (BS.775, scaled so that nothing can clip) or mono; fewer leave the rest silent.
///
/// ```
/// let map = media::channel_map::ChannelMap::new(1, 2);
/// let mut out = Vec::new();
/// map.map(&[0.5], &mut out);
/// assert_eq!(out, [0.5, 0.5]);
/// ```
#[derive(Debug, Clone)]
pub struct ChannelMap {
    source: usize,
    output: usize,
    /// Weight of each source channel in each output channel, row by output; `None` passes through.
    weights: Option<Vec<f32>>,
}

impl ChannelMap {
    /// A map from `source` to `output` channels, both at least 1, in WAVE order.
    pub fn new(source: usize, output: usize) -> Self {
        if source == output {
            return Self {
                source,
                output,
                weights: None,
            };
        }
        let mut weights = vec![0.0; source * output];
        let mut give = |from: usize, to: usize, weight: f32| weights[to * source + from] += weight;
        match (source, output) {
            (1, _) => (0..output.min(2)).for_each(|to| give(0, to, 1.0)),
            (_, 1) => (0..source).for_each(|from| give(from, 0, 1.0 / source as f32)),
            (_, _) if source > output => fold_to_stereo(source, &mut give),
            _ => (0..source).for_each(|channel| give(channel, channel, 1.0)),
        }
        Self {
            source,
            output,
            weights: Some(weights),
        }
    }

    /// Whether frames pass through untouched.
    pub fn is_identity(&self) -> bool {
        self.weights.is_none()
    }

    /// Appends the mapped `frames` (interleaved) to `out`.
    pub fn map(&self, frames: &[f32], out: &mut Vec<f32>) {
        let Some(weights) = &self.weights else {
            out.extend_from_slice(frames);
            return;
        };
        for frame in frames.chunks_exact(self.source) {
            for row in weights.chunks_exact(self.source) {
                out.push(
                    frame
                        .iter()
                        .zip(row)
                        .map(|(sample, weight)| sample * weight)
                        .sum(),
                );
            }
        }
    }

    /// Channels to a mapped frame.
    pub fn output_channels(&self) -> usize {
        self.output
    }
}

fn fold_to_stereo(source: usize, give: &mut impl FnMut(usize, usize, f32)) {
    // WAVE order: front left and right, centre, low frequency (left out), then pairs left and right.
    let has_centre = source == 3 || source >= 5;
    let first_pair = match source {
        4 => 2,
        3 | 5 => 3,
        _ => 4,
    };
    let pairs = (source - first_pair).div_ceil(2);
    let scale = 1.0 / (1.0 + MINUS_3_DB * (pairs + usize::from(has_centre)) as f32);
    for side in 0..2 {
        give(side, side, scale);
        if has_centre {
            give(2, side, MINUS_3_DB * scale);
        }
    }
    for channel in first_pair..source {
        give(channel, (channel - first_pair) % 2, MINUS_3_DB * scale);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(source: usize, output: usize, frame: &[f32]) -> Vec<f32> {
        let mut out = Vec::new();
        ChannelMap::new(source, output).map(frame, &mut out);
        out
    }

    #[test]
    fn equal_counts_pass_and_mono_goes_to_both_sides() {
        assert!(ChannelMap::new(2, 2).is_identity());
        assert_eq!(map(2, 2, &[0.1, 0.2]), [0.1, 0.2]);
        assert_eq!(map(1, 2, &[0.5, -0.5]), [0.5, 0.5, -0.5, -0.5]);
        assert_eq!(map(1, 6, &[0.5]), [0.5, 0.5, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(map(2, 4, &[0.5, 0.25]), [0.5, 0.25, 0.0, 0.0]);
        assert_eq!(map(2, 1, &[0.5, 0.25]), [0.375]);
    }

    #[test]
    fn surround_folds_without_clipping_and_keeps_sides() {
        for source in 3..=8 {
            let loud = map(source, 2, &vec![1.0; source]);
            assert!(
                loud.iter().all(|s| *s <= 1.0 + 1e-6),
                "{source} channels: {loud:?}"
            );
        }
        let left = map(6, 2, &[1.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        assert!(left[0] > 0.3 && left[1] == 0.0);
        let centre = map(6, 2, &[0.0, 0.0, 1.0, 0.0, 0.0, 0.0]);
        assert!(centre[0] > 0.2 && centre[0] == centre[1]);
        let right_surround = map(6, 2, &[0.0, 0.0, 0.0, 0.0, 0.0, 1.0]);
        assert!(right_surround[1] > 0.2 && right_surround[0] == 0.0);
    }
}
