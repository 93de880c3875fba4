//! The one frequency axis that spectrum and equalizer share: logarithmic, over a stretch of the window.

use eframe::egui::Rangef;

/// Lowest frequency shown, in Hz.
pub(crate) const LOWEST_HZ: f64 = 20.0;
/// Highest frequency shown, in Hz.
pub(crate) const HIGHEST_HZ: f64 = 20_000.0;
/// Frequencies with a label, in Hz.
pub(crate) const LABELLED_HZ: [f64; 10] =
    [20.0, 50.0, 100.0, 200.0, 500.0, 1e3, 2e3, 5e3, 10e3, 20e3];

/// Where frequencies stand. Outside its ends the scale goes on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct FrequencyAxis {
    range: Rangef,
}

impl FrequencyAxis {
    /// The axis over `range`, in points: [`LOWEST_HZ`] at its left end, [`HIGHEST_HZ`] at its right one.
    pub(crate) fn over(range: Rangef) -> Self {
        Self { range }
    }

    /// Its left end, in points.
    pub(crate) fn left(&self) -> f32 {
        self.range.min
    }

    /// Where a frequency stands, in points.
    pub(crate) fn x(&self, hz: f64) -> f32 {
        let share = (hz / LOWEST_HZ).log10() / (HIGHEST_HZ / LOWEST_HZ).log10();
        self.range.min + share as f32 * self.range.span()
    }

    /// The frequency at `x` points.
    pub(crate) fn hz(&self, x: f32) -> f64 {
        let share = f64::from((x - self.range.min) / self.range.span());
        LOWEST_HZ * (HIGHEST_HZ / LOWEST_HZ).powf(share)
    }

    /// Width of an octave, in points.
    pub(crate) fn octave(&self) -> f32 {
        self.x(2_000.0) - self.x(1_000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decade_is_a_third_of_the_axis_and_the_way_back_is_the_way_there() {
        let axis = FrequencyAxis::over(Rangef::new(100.0, 700.0));
        for (hz, x) in [(20.0, 100.0), (200.0, 300.0), (2e3, 500.0), (20e3, 700.0)] {
            assert!((axis.x(hz) - x).abs() < 1e-3, "{hz} Hz at {}", axis.x(hz));
            assert!(
                (axis.hz(x) / hz - 1.0).abs() < 1e-6,
                "{x} is {} Hz",
                axis.hz(x)
            );
        }
        assert!((axis.octave() - 600.0 * 2.0_f32.log10() / 3.0).abs() < 1e-3);
    }
}
