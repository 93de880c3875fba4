//! Predictors: how a sample is guessed from those before it.

/// Bits of a quantized coefficient.
pub(super) const COEFFICIENT_BITS: u32 = 15;
/// The highest order the streamable subset of FLAC allows at 44.1 kHz.
pub(super) const MAX_ORDER: usize = 12;

/// A linear predictor with whole-number coefficients.
#[derive(Clone)]
pub(super) struct Linear {
    /// Weight of the sample one, two, … steps back.
    pub(super) coefficients: Vec<i64>,
    /// The weighted sum is shifted right by this.
    pub(super) shift: u32,
}

impl Linear {
    /// What is left of `samples` after prediction, from the first predictable sample on.
    ///
    /// `None` if a value leaves the 32 bits FLAC allows.
    pub(super) fn residual(&self, samples: &[i64]) -> Option<Vec<i64>> {
        let order = self.coefficients.len();
        let mut residual = Vec::with_capacity(samples.len() - order);
        for index in order..samples.len() {
            let history = samples[index - order..index].iter().rev();
            let sum: i64 = self
                .coefficients
                .iter()
                .zip(history)
                .map(|(c, s)| c * s)
                .sum();
            let rest = samples[index] - (sum >> self.shift);
            i32::try_from(rest).ok()?;
            residual.push(rest);
        }
        Some(residual)
    }
}

/// The difference of `order` (0 to 4): FLAC's fixed predictors.
pub(super) fn fixed_residual(samples: &[i64], order: usize) -> Vec<i64> {
    let mut residual = samples.to_vec();
    for _ in 0..order {
        residual = residual.windows(2).map(|pair| pair[1] - pair[0]).collect();
    }
    residual
}

/// The best predictors of every order up to [`MAX_ORDER`], after Levinson and Durbin.
pub(super) fn linear_predictors(windowed: &[f64]) -> Vec<Linear> {
    let correlation: Vec<f64> = (0..=MAX_ORDER)
        .map(|lag| {
            windowed[lag..]
                .iter()
                .zip(windowed)
                .map(|(a, b)| a * b)
                .sum()
        })
        .collect();
    let mut predictors = Vec::new();
    let mut error = correlation[0];
    let mut weights: Vec<f64> = Vec::new();
    for order in 1..=MAX_ORDER {
        if error <= 0.0 {
            break;
        }
        let reached: f64 = weights
            .iter()
            .enumerate()
            .map(|(i, weight)| weight * correlation[order - 1 - i])
            .sum();
        let reflection = (correlation[order] - reached) / error;
        let mirrored: Vec<f64> = weights.iter().rev().copied().collect();
        for (weight, other) in weights.iter_mut().zip(mirrored) {
            *weight -= reflection * other;
        }
        weights.push(reflection);
        error *= 1.0 - reflection * reflection;
        predictors.extend(quantize(&weights));
    }
    predictors
}

/// Rounds weights to [`COEFFICIENT_BITS`], carrying each rounding error into the next weight.
fn quantize(weights: &[f64]) -> Option<Linear> {
    let limit = (1_i64 << (COEFFICIENT_BITS - 1)) - 1;
    let largest = weights
        .iter()
        .fold(0.0, |max: f64, &weight| max.max(libm::fabs(weight)));
    if !(largest > 0.0 && largest.is_finite()) {
        return None;
    }
    // FLAC has room for shifts of 0 to 15.
    let shift = (0..=15)
        .rev()
        .find(|&s| largest * f64::from(1_u32 << s) <= limit as f64)?;
    let scale = f64::from(1_u32 << shift);
    let mut carried = 0.0;
    let mut coefficients = Vec::with_capacity(weights.len());
    for &weight in weights {
        let wanted = weight * scale + carried;
        let rounded = libm::round(wanted).clamp(-(limit as f64), limit as f64);
        carried = wanted - rounded;
        coefficients.push(rounded as i64);
    }
    Some(Linear {
        coefficients,
        shift,
    })
}

/// Tapers: parts of the block to look at, since a sound may change within it.
pub(super) fn windows(samples: &[i64]) -> Vec<Vec<f64>> {
    // (start, end, width of the slopes), as fractions of the block.
    const SHAPES: [(f64, f64, f64); 2] = [(0.0, 1.0, 0.5), (0.0, 0.6, 0.12)];
    let length = samples.len() as f64;
    SHAPES
        .iter()
        .map(|&(start, end, slope)| {
            let taper = |index: usize| {
                let place = (index as f64 + 0.5) / length;
                let edge = ((place - start).min(end - place) / slope).clamp(0.0, 1.0);
                edge * (2.0 - edge)
            };
            samples
                .iter()
                .enumerate()
                .map(|(i, &sample)| sample as f64 * taper(i))
                .collect()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ramp_has_no_second_difference() {
        let ramp: Vec<i64> = (0..100).map(|i| 5 * i - 40).collect();
        assert!(fixed_residual(&ramp, 2).iter().all(|&rest| rest == 0));
    }

    #[test]
    fn a_sine_is_predicted_to_within_rounding() {
        let sine: Vec<i64> = (0..1_024)
            .map(|i| libm::round(12_000.0 * libm::sin(f64::from(i) * 0.05)) as i64)
            .collect();
        let best = windows(&sine)
            .iter()
            .flat_map(|window| linear_predictors(window))
            .filter_map(|predictor| predictor.residual(&sine))
            .map(|residual| residual.iter().map(|rest| rest.abs()).sum::<i64>() / 1_000)
            .min();
        assert!(best.is_some_and(|mean| mean <= 3), "mean residual {best:?}");
    }
}
