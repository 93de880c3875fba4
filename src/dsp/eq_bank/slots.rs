//! Sections laid out for a wavefront.

use super::super::equalizer::MAX_SECTIONS;
use super::super::filter::SvfCoefficients;

/// Numbers that make a section.
pub(super) const COEFFICIENTS: usize = 6;
/// Numbers a section remembers: its two states, and what rounding took from each.
pub(super) const STATES: usize = 4;
const LANES: usize = 2 * MAX_SECTIONS;
/// A section tuned lower than this `a1`, a 2500th of the rate, rings so long that the rounding of its
/// states adds up to -115 dB.
const DEEP_A1: f32 = 0.0025;

/// A lane in no use hands its input through, and its states stay zero.
const UNUSED: [f32; COEFFICIENTS] = [0.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// Up to [`MAX_SECTIONS`] sections of two channels. Which lane belongs to which section depends on the
/// vector instructions.
#[derive(Clone)]
#[repr(C, align(64))]
pub(super) struct Slots {
    /// In the order of [`SvfCoefficients::to_array`].
    pub(super) now: [[f32; LANES]; COEFFICIENTS],
    /// What `now` gains with each step while moving.
    pub(super) delta: [[f32; LANES]; COEFFICIENTS],
    pub(super) states: [[f32; LANES]; STATES],
    /// The section each lane belongs to.
    pub(super) numbers: [f32; LANES],
    /// Sections in use, from the first.
    pub(super) used: usize,
    /// A bit for each section whose states have to keep what rounding takes.
    deep: u64,
}

impl Slots {
    /// Nothing in use.
    pub(super) fn new(lane: fn(usize, usize) -> usize) -> Self {
        let mut this = Self {
            now: UNUSED.map(|c| [c; LANES]),
            delta: [[0.0; LANES]; COEFFICIENTS],
            states: [[0.0; LANES]; STATES],
            numbers: [0.0; LANES],
            used: 0,
            deep: 0,
        };
        for section in 0..MAX_SECTIONS {
            for channel in 0..2 {
                this.numbers[lane(section, channel)] = section as f32;
            }
        }
        this
    }

    pub(super) fn clear(&mut self) {
        self.now = UNUSED.map(|c| [c; LANES]);
        self.delta = [[0.0; LANES]; COEFFICIENTS];
        self.states = [[0.0; LANES]; STATES];
        self.used = 0;
        self.deep = 0;
    }

    pub(super) fn coefficients(&self, lane: usize) -> SvfCoefficients {
        SvfCoefficients::from_array(std::array::from_fn(|c| self.now[c][lane]))
    }

    pub(super) fn set(
        &mut self,
        lane: usize,
        now: SvfCoefficients,
        delta: [f32; COEFFICIENTS],
        states: [f32; STATES],
    ) {
        for (c, value) in now.to_array().into_iter().enumerate() {
            self.now[c][lane] = value;
            self.delta[c][lane] = delta[c];
        }
        for (memory, state) in self.states.iter_mut().zip(states) {
            memory[lane] = state;
        }
    }

    pub(super) fn states(&self, lane: usize) -> [f32; STATES] {
        self.states.map(|memory| memory[lane])
    }

    /// Notes where section `slot` stands, which is between `now` and `target`.
    pub(super) fn note_tuning(
        &mut self,
        slot: usize,
        now: SvfCoefficients,
        target: SvfCoefficients,
    ) {
        if now.a1.min(target.a1) < DEEP_A1 {
            self.deep |= 1 << slot;
        }
    }

    /// Whether any of `slots` is deep.
    pub(super) fn is_deep(&self, mut slots: std::ops::Range<usize>) -> bool {
        slots.any(|slot| self.deep & (1 << slot) != 0)
    }

    /// Whether any coefficient of `lanes` is on its way.
    pub(super) fn moves(&self, lanes: std::ops::Range<usize>) -> bool {
        self.delta
            .iter()
            .any(|delta| delta[lanes.clone()].iter().any(|&d| d != 0.0))
    }
}
