//! What a preset may ask for. Wider than any use, narrow enough that every filter stays a number.

use dsp::filter::FilterSpec;

/// The largest preset file that is read.
pub(super) const MAX_BYTES: u64 = 1 << 20;
const GAIN_DB: f64 = 200.0;

/// Whether a gain or a preamp in dB can be used.
pub(super) fn is_gain(gain_db: f64) -> bool {
    gain_db.abs() <= GAIN_DB
}

/// Whether a frequency in Hz can be used.
pub(super) fn is_frequency(hz: f64) -> bool {
    (0.01..=1e6).contains(&hz)
}

/// Whether `spec` can be used.
///
/// # Errors
/// What is wrong with it.
pub(super) fn check(spec: &FilterSpec) -> Result<(), &'static str> {
    if !is_frequency(spec.frequency_hz) {
        Err("frequency out of range")
    } else if !is_gain(spec.gain_db) {
        Err("gain out of range")
    } else if !(0.001..=1000.0).contains(&spec.q) {
        Err("Q out of range")
    } else {
        Ok(())
    }
}
