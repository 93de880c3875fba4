//! Pure signal processing: no threads, no I/O, no clocks; memory is taken in constructors only, so that
//! everything with `process` in its name may run in an audio callback.
//!
//! Samples are interleaved `f32` with full scale at 1; results do not depend on how a stream is cut into
//! blocks. Levels of vector code are chosen once, by [`simd::AudioOptimizer`].
//!
//! ```
//! use dsp::{equalizer::EqualizerSettings, units::Decibels};
//! let mut settings = EqualizerSettings::ten_bands();
//! settings.preamp = Decibels(-3.0);
//! assert!((settings.response_db(1_000.0, 48_000.0) + 3.0).abs() < 1e-6);
//! ```

pub mod balance;
pub mod convolver;
pub mod crossfeed;
pub mod dither;
pub mod eq_bank;
pub mod equalizer;
pub mod fft;
pub mod filter;
pub mod limiter;
pub mod loudness;
pub mod meter;
pub mod minimum_phase;
pub mod mixer;
pub mod noise_shaper;
pub mod ramp;
pub mod simd;
pub mod spectrum;
pub mod time_stretch;
mod true_peak;
pub mod units;
pub mod window;
