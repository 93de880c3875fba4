//! Sections laid out for a wavefront.

use super::super::equalizer::MAX_SECTIONS;
use super::super::filter::SvfCoefficients;
use super::form::Layout;

/// Numbers that make a section.
pub(super) const COEFFICIENTS: usize = 6;
/// Numbers every section remembers.
pub(super) const OWN_STATES: usize = 2;
/// These, and what rounding took from each.
pub(super) const STATES: usize = 2 * OWN_STATES;
const LANES: usize = 2 * MAX_SECTIONS;
/// A section tuned lower than this `a1`, a 2500th of the rate, rings so long that the rounding of its
/// states adds up to -115 dB.
const DEEP_A1: f32 = 0.0025;
/// Twice the rounding of `d` and `c2`, of a bell's `d`.
const BELL_DOUBT: f32 = 2.0 * f32::EPSILON;

/// What the sections of a vector have in common, from the quickest to compute to the slowest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Form {
    /// Bells, notches and all passes, whose `d` is 1 - `c2`, and lanes in no use.
    Bells,
    /// Any kind.
    Any,
    /// Any kind; some are tuned so low that what rounding takes from their states has to be kept.
    Deep,
}

/// A lane in no use hands its input through, and its states stay zero.
const UNUSED: [f32; COEFFICIENTS] = [0.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// Up to [`MAX_SECTIONS`] sections of two channels.
#[derive(Clone)]
#[repr(C, align(64))]
pub(super) struct Slots {
    /// In the order of [`SvfCoefficients::to_array`].
    pub(super) now: [[f32; LANES]; COEFFICIENTS],
    /// What `now` gains with each step while moving.
    pub(super) delta: [[f32; LANES]; COEFFICIENTS],
    /// Of a bell: what it adds to its input, of the sum of its first state before and after.
    pub(super) mix: [f32; LANES],
    pub(super) states: [[f32; LANES]; STATES],
    /// The section each lane belongs to.
    pub(super) numbers: [f32; LANES],
    /// Which lane belongs to which section.
    pub(super) layout: Layout,
    /// Sections in use, from the first.
    pub(super) used: usize,
    /// A bit for each section whose states have to keep what rounding takes.
    deep: u64,
    /// A bit for each of the rest that is none of [`Form::Bells`].
    other: u64,
}

impl Slots {
    /// Nothing in use.
    pub(super) fn new(layout: Layout) -> Self {
        let mut this = Self {
            now: UNUSED.map(|c| [c; LANES]),
            delta: [[0.0; LANES]; COEFFICIENTS],
            mix: [0.0; LANES],
            states: [[0.0; LANES]; STATES],
            numbers: [0.0; LANES],
            layout,
            used: 0,
            deep: 0,
            other: 0,
        };
        this.clear(layout);
        this
    }

    /// Nothing in use any more, and room for sections that stand as `layout` says.
    pub(super) fn clear(&mut self, layout: Layout) {
        self.now = UNUSED.map(|c| [c; LANES]);
        self.delta = [[0.0; LANES]; COEFFICIENTS];
        self.mix = [0.0; LANES];
        self.states = [[0.0; LANES]; STATES];
        self.layout = layout;
        self.used = 0;
        self.deep = 0;
        self.other = 0;
        for section in 0..MAX_SECTIONS {
            for channel in 0..2 {
                self.numbers[(layout.lane)(section, channel)] = section as f32;
            }
        }
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
        // The output's share of the first state, `c1`, is that of both: the new one is 1 + a0 of the old.
        self.mix[lane] = now.c1 / (2.0 + now.a0);
        for (memory, state) in self.states.iter_mut().zip(states) {
            memory[lane] = state;
        }
    }

    pub(super) fn states(&self, lane: usize) -> [f32; STATES] {
        self.states.map(|memory| memory[lane])
    }

    /// Notes what section `slot` is, which is between `now` and `target`.
    pub(super) fn note_form(&mut self, slot: usize, now: SvfCoefficients, target: SvfCoefficients) {
        let is_bell = |c: SvfCoefficients| (1.0 - c.d - c.c2).abs() <= BELL_DOUBT * c.d.abs();
        if now.a1.min(target.a1) < DEEP_A1 {
            self.deep |= 1 << slot;
        } else if !(is_bell(now) && is_bell(target)) {
            self.other |= 1 << slot;
        }
    }

    /// The form that does for all of `slots`.
    pub(super) fn form(&self, slots: std::ops::Range<usize>) -> Form {
        let form_of = |slot: usize| match (self.deep >> slot & 1, self.other >> slot & 1) {
            (1, _) => Form::Deep,
            (_, 1) => Form::Any,
            _ => Form::Bells,
        };
        slots.map(form_of).max().unwrap_or(Form::Bells)
    }

    /// Whether any coefficient of `lanes` is on its way.
    pub(super) fn moves(&self, lanes: std::ops::Range<usize>) -> bool {
        self.delta
            .iter()
            .any(|delta| delta[lanes.clone()].iter().any(|&d| d != 0.0))
    }
}
