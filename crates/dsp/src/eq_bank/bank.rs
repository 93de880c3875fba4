//! One bank: designed sections, where they are on their way, and their states.

use super::super::equalizer::{BankSection, ChannelTarget, EqBank, MAX_SECTIONS};
use super::super::filter::SvfCoefficients;
use super::super::simd::AudioOptimizer;
use super::form::{layout, run_slots};
use super::slots::{COEFFICIENTS, STATES, Slots};
use super::wavefront::{STEP_FRAMES, TIDY_FRAMES};
use super::{MAX_CHANNELS, SCRATCH_FRAMES};

/// Channels are filtered two by two.
const PAIRS: usize = MAX_CHANNELS / 2;

/// A section between blocks.
#[derive(Clone, Copy)]
struct Section {
    target: BankSection,
    now: SvfCoefficients,
    /// Of each channel; of a mid or side section in the place of left or right.
    states: [[f32; STATES]; MAX_CHANNELS],
}

impl Section {
    const IDLE: Self = Self {
        target: BankSection::FLAT,
        now: SvfCoefficients::FLAT,
        states: [[0.0; STATES]; MAX_CHANNELS],
    };

    fn is_in_circuit(&self) -> bool {
        !(self.now.is_flat() && self.target.coefficients.is_flat())
    }
}

/// The sections of one [`EqBank`], moving to their targets in straight lines.
///
/// Between blocks everything stands in `sections`, or in the lanes `map` says: packed, only sections in
/// circuit take part.
pub(super) struct Bank {
    optimizer: AudioOptimizer,
    channels: usize,
    sections: [Section; MAX_SECTIONS],
    /// The lanes of each pair of channels, then those of mid and side.
    slots: [Slots; PAIRS + 1],
    /// Which section stands in which slot.
    map: [[u8; MAX_SECTIONS]; PAIRS + 1],
    /// Frames until all have arrived.
    frames_left: usize,
}

/// Mid and side, among the pairs.
const MID_SIDE: usize = PAIRS;

impl Bank {
    pub(super) fn new(optimizer: AudioOptimizer, channels: usize) -> Self {
        Self {
            optimizer,
            channels: channels.min(MAX_CHANNELS),
            sections: [Section::IDLE; MAX_SECTIONS],
            slots: std::array::from_fn(|_| Slots::new(layout(optimizer, 0))),
            map: [[0; MAX_SECTIONS]; PAIRS + 1],
            frames_left: 0,
        }
    }

    /// Whether a block would pass through untouched.
    pub(super) fn is_idle(&self) -> bool {
        self.slots.iter().all(|slots| slots.used == 0)
    }

    /// Forgets the sound that rings.
    pub(super) fn reset(&mut self) {
        self.unpack();
        for section in &mut self.sections {
            section.states = [[0.0; STATES]; MAX_CHANNELS];
        }
        self.pack();
    }

    /// Becomes `bank`, in silence.
    pub(super) fn jump_to(&mut self, bank: &EqBank) {
        for (section, target) in self.sections.iter_mut().zip(targets(bank)) {
            *section = Section {
                target,
                now: target.coefficients,
                ..Section::IDLE
            };
        }
        self.frames_left = 0;
        self.pack();
    }

    /// Moves to `bank`, of the same structure, within `frames`: a multiple of [`STEP_FRAMES`].
    pub(super) fn set_target(&mut self, bank: &EqBank, frames: usize) {
        self.unpack();
        for (section, target) in self.sections.iter_mut().zip(targets(bank)) {
            if !section.is_in_circuit() {
                // It has no sound of its own yet: take the new tuning at once and move the mix only.
                section.now = target.coefficients.bypassed();
                section.states = [[0.0; STATES]; MAX_CHANNELS];
            }
            section.target = target;
        }
        self.frames_left = frames;
        self.pack();
    }

    /// Filters whole frames in place. `phase` is the number of the first one, modulo [`TIDY_FRAMES`].
    pub(super) fn process(&mut self, samples: &mut [f32], mut phase: usize, scratch: &mut [f32]) {
        let mut rest = samples;
        while !rest.is_empty() {
            let moving = self.frames_left > 0;
            let mut frames = rest.len() / self.channels;
            if moving {
                frames = frames.min(self.frames_left);
            }
            let (block, later) = rest.split_at_mut(frames * self.channels);
            self.run(block, phase, moving, scratch);
            phase = (phase + frames) % TIDY_FRAMES;
            rest = later;
            if moving {
                self.frames_left -= frames;
                if self.frames_left == 0 {
                    self.arrive();
                }
            }
        }
    }

    fn arrive(&mut self) {
        self.unpack();
        for section in &mut self.sections {
            section.now = section.target.coefficients;
        }
        self.pack();
    }

    fn run(&mut self, block: &mut [f32], phase: usize, moving: bool, scratch: &mut [f32]) {
        if self.channels == 2 {
            self.run_pair(0, block, phase, moving);
            return;
        }
        let channels = self.channels;
        let mut phase = phase;
        for part in block.chunks_mut(SCRATCH_FRAMES * channels) {
            let frames = part.len() / channels;
            let stereo = &mut scratch[..2 * frames];
            for pair in 0..channels.div_ceil(2) {
                let left = 2 * pair;
                let has_right = left + 1 < channels;
                for (to, from) in stereo.chunks_exact_mut(2).zip(part.chunks_exact(channels)) {
                    to[0] = from[left];
                    to[1] = if has_right { from[left + 1] } else { 0.0 };
                }
                self.run_pair(pair, stereo, phase, moving);
                for (from, to) in stereo.chunks_exact(2).zip(part.chunks_exact_mut(channels)) {
                    to[left] = from[0];
                    if has_right {
                        to[left + 1] = from[1];
                    }
                }
            }
            phase = (phase + frames) % TIDY_FRAMES;
        }
    }

    fn run_pair(&mut self, pair: usize, stereo: &mut [f32], phase: usize, moving: bool) {
        let slots = &mut self.slots[pair];
        if slots.used > 0 {
            run_slots(self.optimizer, slots, stereo, phase, moving);
        }
        let slots = &mut self.slots[MID_SIDE];
        if pair == 0 && slots.used > 0 {
            for frame in stereo.as_chunks_mut::<2>().0 {
                *frame = [0.5 * (frame[0] + frame[1]), 0.5 * (frame[0] - frame[1])];
            }
            run_slots(self.optimizer, slots, stereo, phase, moving);
            for frame in stereo.as_chunks_mut::<2>().0 {
                *frame = [frame[0] + frame[1], frame[0] - frame[1]];
            }
        }
    }

    /// Whether a section works on the left (0) and right (1) channel of a pair.
    fn works_on(&self, target: ChannelTarget, pair: usize) -> [bool; 2] {
        let is_mono = self.channels == 1;
        match (target, pair) {
            (ChannelTarget::Both, MID_SIDE) => [false; 2],
            (ChannelTarget::Both, _) => [true; 2],
            (ChannelTarget::Left | ChannelTarget::Right | ChannelTarget::Mid, 0) if is_mono => {
                [true, false]
            }
            (ChannelTarget::Left, 0) => [true, false],
            (ChannelTarget::Right, 0) => [false, true],
            (ChannelTarget::Mid, MID_SIDE) if !is_mono => [true, false],
            (ChannelTarget::Side, MID_SIDE) if !is_mono => [false, true],
            _ => [false; 2],
        }
    }

    /// Pairs in use, mid and side last.
    fn pairs(&self) -> impl Iterator<Item = usize> + use<> {
        (0..self.channels.div_ceil(2)).chain([MID_SIDE])
    }

    /// Brings the sections in circuit into lanes.
    fn pack(&mut self) {
        let steps = (self.frames_left / STEP_FRAMES) as f32;
        for pair in self.pairs() {
            let is_in_use = |section: &&Section| {
                let works_on = self.works_on(section.target.target, pair);
                section.is_in_circuit() && works_on != [false; 2]
            };
            let count = self.sections.iter().filter(is_in_use).count();
            let layout = layout(self.optimizer, count);
            self.slots[pair].clear(layout);
            let mut used = 0;
            for index in 0..MAX_SECTIONS {
                let section = self.sections[index];
                let works_on = self.works_on(section.target.target, pair);
                if !section.is_in_circuit() || works_on == [false; 2] {
                    continue;
                }
                let (now, target) = (section.now.to_array(), section.target.coefficients);
                let mut delta = [0.0; COEFFICIENTS];
                if steps > 0.0 {
                    let target = target.to_array();
                    delta = std::array::from_fn(|c| (target[c] - now[c]) / steps);
                }
                for channel in (0..2).filter(|&channel| works_on[channel]) {
                    let lane = (layout.lane)(used, channel);
                    let states = section.states[(2 * pair + channel) % MAX_CHANNELS];
                    self.slots[pair].set(lane, section.now, delta, states);
                }
                self.slots[pair].note_form(used, section.now, target);
                self.map[pair][used] = index as u8;
                used += 1;
            }
            self.slots[pair].used = used;
        }
    }

    /// Brings what the lanes hold back into the sections.
    fn unpack(&mut self) {
        for pair in self.pairs() {
            let slots = &self.slots[pair];
            for slot in 0..slots.used {
                let index = usize::from(self.map[pair][slot]);
                let works_on = self.works_on(self.sections[index].target.target, pair);
                for channel in (0..2).filter(|&channel| works_on[channel]) {
                    let lane = (slots.layout.lane)(slot, channel);
                    let section = &mut self.sections[index];
                    section.now = slots.coefficients(lane);
                    section.states[(2 * pair + channel) % MAX_CHANNELS] = slots.states(lane);
                }
            }
        }
    }
}

fn targets(bank: &EqBank) -> impl Iterator<Item = BankSection> + '_ {
    (0..MAX_SECTIONS).map(|index| match index < bank.count {
        true => bank.sections[index],
        false => BankSection::FLAT,
    })
}
