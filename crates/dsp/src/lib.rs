//! Pure signal processing: no threads, no I/O, no clocks; memory is taken in constructors only.

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
