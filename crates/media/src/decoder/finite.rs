//! Samples that are no numbers, or beyond all sound.

/// 144 dB over full scale. Larger samples come from damaged files; they would overflow where powers are
/// summed, and a filter would spread one of them over everything near it.
const MAX_SAMPLE: f32 = (1 << 24) as f32;

/// Replaces NaNs, infinities and samples beyond [`MAX_SAMPLE`] by silence: one of them is a click, where
/// filters would keep a NaN for ever. Every other sample keeps its bits.
pub(super) fn silence_what_is_no_sound(samples: &mut [f32]) {
    // Without their sign, the bits of floats are in the order of their values, NaNs above all.
    const MAGNITUDE: u32 = u32::MAX >> 1;
    let is_sound = |sample: f32| sample.to_bits() & MAGNITUDE <= MAX_SAMPLE.to_bits();
    let largest = samples.iter().fold(0, |largest, sample| {
        largest.max(sample.to_bits() & MAGNITUDE)
    });
    if is_sound(f32::from_bits(largest)) {
        return;
    }
    for sample in samples.iter_mut().filter(|sample| !is_sound(**sample)) {
        *sample = 0.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_no_sound_is_changed() {
        let good = [
            0.0,
            -0.0,
            1.0,
            -1.5,
            f32::MIN_POSITIVE / 8.0,
            -f32::from_bits(1),
            40_000.0,
            MAX_SAMPLE,
            -MAX_SAMPLE,
        ];
        let mut samples = good.to_vec();
        silence_what_is_no_sound(&mut samples);
        let bits = |samples: &[f32]| samples.iter().map(|s| s.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&samples), bits(&good));
        let bad = [
            f32::NAN,
            -f32::NAN,
            f32::from_bits(0x7f80_0001),
            f32::INFINITY,
            f32::NEG_INFINITY,
            f32::MAX,
            -1e30,
            MAX_SAMPLE * 1.5,
        ];
        for wrong in bad {
            let mut samples = good.to_vec();
            samples.insert(3, wrong);
            silence_what_is_no_sound(&mut samples);
            assert_eq!(samples.remove(3).to_bits(), 0, "{wrong}");
            assert_eq!(bits(&samples), bits(&good), "{wrong}");
        }
        silence_what_is_no_sound(&mut []);
    }
}
