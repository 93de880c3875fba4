//! Which vector instructions this processor has, found once, and the kernels written with them.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
pub(super) mod decibels;
pub(crate) mod dispatch;
mod integers;
mod kernels;
pub(crate) mod lanes;
#[cfg(target_arch = "aarch64")]
mod neon;
pub(crate) mod plain;
pub(crate) mod samples;
#[cfg(target_arch = "x86_64")]
mod sse2;

use std::sync::OnceLock;

/// A set of vector instructions, from the plainest up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SimdLevel {
    /// None: plain Rust, the twin every other form is compared with.
    Scalar,
    /// 4 lanes; every x86-64 processor.
    Sse2,
    /// 4 lanes; every 64-bit ARM processor.
    Neon,
    /// 8 lanes with fused multiply-add; x86-64 since about 2013.
    Avx2,
    /// 16 lanes (F, BW, DQ and VL); servers and some desktops.
    Avx512,
}

impl SimdLevel {
    /// Every level there is, on whatever processor.
    pub const ALL: [Self; 5] = [
        Self::Scalar,
        Self::Sse2,
        Self::Neon,
        Self::Avx2,
        Self::Avx512,
    ];

    /// Whether this processor runs it.
    pub fn is_available(self) -> bool {
        match self {
            Self::Scalar => true,
            Self::Sse2 => cfg!(target_arch = "x86_64"),
            Self::Neon => cfg!(target_arch = "aarch64"),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => {
                std::is_x86_feature_detected!("avx2") && std::is_x86_feature_detected!("fma")
            }
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => {
                Self::Avx2.is_available()
                    && std::is_x86_feature_detected!("avx512f")
                    && std::is_x86_feature_detected!("avx512bw")
                    && std::is_x86_feature_detected!("avx512dq")
                    && std::is_x86_feature_detected!("avx512vl")
            }
            #[cfg(not(target_arch = "x86_64"))]
            Self::Avx2 | Self::Avx512 => false,
        }
    }

    /// As shown to users: "AVX2+FMA".
    pub fn name(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            Self::Sse2 => "SSE2",
            Self::Neon => "NEON",
            Self::Avx2 => "AVX2+FMA",
            Self::Avx512 => "AVX-512",
        }
    }
}

/// The level kernels run at: proof, in a value, that this processor has it. Copy it to where the
/// kernels are called; calling them takes no further look at the processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AudioOptimizer {
    level: SimdLevel,
}

impl AudioOptimizer {
    /// The best level of this processor. The first call looks, later ones remember; not for the audio
    /// thread, which gets a copy.
    pub fn detected() -> Self {
        static FOUND: OnceLock<AudioOptimizer> = OnceLock::new();
        *FOUND.get_or_init(|| {
            let mut levels = Self::available();
            levels.next_back().unwrap_or(Self::scalar())
        })
    }

    /// A chosen level, if this processor has it: for comparing.
    pub fn forced(level: SimdLevel) -> Option<Self> {
        level.is_available().then_some(Self { level })
    }

    /// Plain Rust.
    pub const fn scalar() -> Self {
        Self {
            level: SimdLevel::Scalar,
        }
    }

    /// Every level this processor has, from the plainest up.
    pub fn available() -> impl DoubleEndedIterator<Item = Self> {
        SimdLevel::ALL.into_iter().filter_map(Self::forced)
    }

    /// The level.
    pub fn level(self) -> SimdLevel {
        self.level
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_level_is_one_this_processor_has() {
        let best = AudioOptimizer::detected();
        assert!(best.level().is_available());
        assert!(AudioOptimizer::available().all(|o| o.level() <= best.level()));
        assert_eq!(
            AudioOptimizer::available().next(),
            Some(AudioOptimizer::scalar())
        );
        for level in SimdLevel::ALL {
            assert_eq!(
                AudioOptimizer::forced(level).is_some(),
                level.is_available()
            );
        }
    }
}
