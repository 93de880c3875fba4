//! One channel of the convolver: its past, and up to two responses' shares of its future.

use super::super::simd::AudioOptimizer;
use super::kernels::{Cell, GROUP, LANES, SLICE, direct};
use super::partition::{LARGE, SLOTS, SpectrumRing, TAIL_START, Transform};
use super::response::PreparedTaps;

/// Where the two blocks of input lie in [`Channel::input`]: the last whole one and the one under way.
const UNDER_WAY: usize = LARGE;

/// What all channels share.
pub(super) struct Engine {
    pub(super) optimizer: AudioOptimizer,
    pub(super) small: Transform,
    pub(super) large: Transform,
}

/// What a response has ready for frames to come.
struct Voice {
    /// For the frames of this slice.
    small: [f64; SLICE],
    /// For the frames of this large block.
    large: Box<[f64; LARGE]>,
    /// For those of the next.
    next_large: Box<[f64; LARGE]>,
    /// The spectrum of `next_large`, under way.
    spectrum: Box<[Cell; LARGE / LANES]>,
}

impl Voice {
    fn new() -> Self {
        Self {
            small: [0.0; SLICE],
            large: Box::new([0.0; LARGE]),
            next_large: Box::new([0.0; LARGE]),
            spectrum: Box::new([Cell::default(); LARGE / LANES]),
        }
    }

    fn reset(&mut self) {
        self.small.fill(0.0);
        self.large.fill(0.0);
        self.next_large.fill(0.0);
        self.spectrum.fill(Cell::default());
    }
}

/// One channel.
pub(super) struct Channel {
    /// Two large blocks and, as the direct kernel works in groups, room behind.
    input: Box<[f64; 2 * LARGE + GROUP]>,
    small: SpectrumRing,
    large: SpectrumRing,
    voices: [Voice; 2],
    /// Slices of the large block under way that are whole, below [`SLOTS`].
    slot: usize,
    first_slot: usize,
}

impl Channel {
    /// A silent channel for responses of up to `max_taps`. Each `index` has its large transforms at
    /// times of its own. Allocates.
    pub(super) fn new(index: usize, max_taps: usize, engine: &Engine) -> Self {
        let partitions = |taps: usize, block: usize| taps.div_ceil(block);
        let small = partitions(max_taps.min(TAIL_START).saturating_sub(SLICE), SLICE);
        let large = partitions(max_taps.saturating_sub(TAIL_START), LARGE);
        let first_slot = 2 * index % SLOTS;
        Self {
            input: Box::new([0.0; 2 * LARGE + GROUP]),
            small: SpectrumRing::new(small, engine.small.cells()),
            large: SpectrumRing::new(large, engine.large.cells()),
            voices: [Voice::new(), Voice::new()],
            slot: first_slot,
            first_slot,
        }
    }

    /// Forgets all sound.
    pub(super) fn reset(&mut self) {
        self.input.fill(0.0);
        self.small.reset();
        self.large.reset();
        self.voices.iter_mut().for_each(Voice::reset);
        self.slot = self.first_slot;
    }

    /// The second voice becomes the first.
    pub(super) fn swap_voices(&mut self) {
        self.voices.swap(0, 1);
    }

    /// The frames of this slice from `from` on, to be written before any are read.
    pub(super) fn input_mut(&mut self, from: usize) -> &mut [f64] {
        let start = UNDER_WAY + self.slot * SLICE;
        &mut self.input[start + from..start + SLICE]
    }

    /// Convolves frames `from` of this slice on, at most [`GROUP`], through voice `voice`.
    pub(super) fn convolve(
        &self,
        engine: &Engine,
        voice: usize,
        taps: &PreparedTaps,
        from: usize,
    ) -> [f64; GROUP] {
        let block_frame = self.slot * SLICE + from;
        let start = UNDER_WAY + block_frame + 1 - SLICE;
        let mut output = [0.0; GROUP];
        let Some(input) = self.input[start..].first_chunk() else {
            return output;
        };
        output = direct(engine.optimizer, &taps.head, input);
        let voice = &self.voices[voice];
        let later = voice.small[from..].iter().zip(&voice.large[block_frame..]);
        for (out, (small, large)) in output.iter_mut().zip(later) {
            *out += small + large;
        }
        output
    }

    /// Does the work between two slices. The `taps` are those of the two voices.
    pub(super) fn end_slice(&mut self, engine: &mut Engine, taps: [Option<&PreparedTaps>; 2]) {
        self.slot += 1;
        self.transform_slice(engine, taps);
        // One large block's work: transform, multiply in shares, transform back.
        match self.slot {
            SLOTS => {
                self.slot = 0;
                self.transform_block(engine);
            }
            slot if slot == SLOTS - 1 => self.invert_block(engine, taps),
            slot => self.multiply_block(engine, taps, slot - 1),
        }
    }

    fn transform_slice(&mut self, engine: &mut Engine, taps: [Option<&PreparedTaps>; 2]) {
        let transform = &mut engine.small;
        let end = UNDER_WAY + self.slot * SLICE;
        transform
            .time_mut()
            .copy_from_slice(&self.input[end - 2 * SLICE..end]);
        transform.forward();
        self.small.push(transform);
        for (voice, taps) in self.voices.iter_mut().zip(taps) {
            let Some(taps) = taps else { continue };
            for chunk in 0..transform.cells() {
                let cell = self.small.convolve(engine.optimizer, &taps.small, chunk);
                transform.set_cell(chunk, &cell);
            }
            transform.inverse();
            voice.small.copy_from_slice(transform.second_block());
        }
    }

    fn transform_block(&mut self, engine: &mut Engine) {
        let (blocks, _) = self.input.split_at(2 * LARGE);
        engine.large.time_mut().copy_from_slice(blocks);
        engine.large.forward();
        self.large.push(&engine.large);
        self.input.copy_within(LARGE..2 * LARGE, 0);
        for voice in &mut self.voices {
            std::mem::swap(&mut voice.large, &mut voice.next_large);
        }
    }

    fn multiply_block(&mut self, engine: &Engine, taps: [Option<&PreparedTaps>; 2], share: usize) {
        const SHARES: usize = SLOTS - 2;
        let cells = engine.large.cells();
        let share = share * cells / SHARES..(share + 1) * cells / SHARES;
        for (voice, taps) in self.voices.iter_mut().zip(taps) {
            let Some(taps) = taps else { continue };
            for chunk in share.clone() {
                voice.spectrum[chunk] = self.large.convolve(engine.optimizer, &taps.large, chunk);
            }
        }
    }

    fn invert_block(&mut self, engine: &mut Engine, taps: [Option<&PreparedTaps>; 2]) {
        for (voice, taps) in self.voices.iter_mut().zip(taps) {
            if taps.is_none() {
                continue;
            }
            for (chunk, cell) in voice.spectrum.iter().enumerate() {
                engine.large.set_cell(chunk, cell);
            }
            engine.large.inverse();
            voice
                .next_large
                .copy_from_slice(engine.large.second_block());
        }
    }
}
