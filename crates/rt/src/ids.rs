//! Names of what travels with samples.

/// One stretch of sound without a discontinuity. Rises at each seek and skip, so blocks of an older one
/// are stale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Generation(pub u64);

impl Generation {
    /// The one behind this.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// One playing of one track, unique within a run of the program; later ones are larger, 0 is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct PlayId(pub u64);

impl PlayId {
    /// The one behind this.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}
