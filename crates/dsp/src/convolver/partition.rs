//! Spectra of partitions: their transform, and the past of a channel kept as spectra.

use super::super::simd::AudioOptimizer;
use super::kernels::{Cell, LANES, Products, SLICE, multiply};
use std::sync::Arc;
use transforms::{Complex, ComplexToReal, RealToComplex};

/// Slices over which the work of one large partition is spread.
pub(super) const SLOTS: usize = 8;
/// Taps of a large partition.
pub(super) const LARGE: usize = SLOTS * SLICE;
/// The first tap in a large partition. A block of input is whole [`LARGE`] frames after its first, and
/// its work takes as long again.
pub(super) const TAIL_START: usize = 2 * LARGE;

/// A planned real FFT of two blocks, there and back, with its memory. Its spectrum times a response's
/// gives back, in the second half, one block of the convolution (overlap-save).
pub(super) struct Transform {
    forward: Arc<dyn RealToComplex<f64>>,
    inverse: Arc<dyn ComplexToReal<f64>>,
    time: Vec<f64>,
    bins: Vec<Complex<f64>>,
    scratch: Vec<Complex<f64>>,
}

impl Transform {
    /// Plans it for blocks of `block` frames. Allocates.
    pub(super) fn new(block: usize) -> Self {
        let forward = transforms::real_f64(2 * block);
        let inverse = transforms::real_f64_inverse(2 * block);
        let scratch = forward.get_scratch_len().max(inverse.get_scratch_len());
        Self {
            time: forward.make_input_vec(),
            bins: forward.make_output_vec(),
            scratch: vec![Complex::default(); scratch],
            forward,
            inverse,
        }
    }

    /// Frames of a block.
    pub(super) fn block(&self) -> usize {
        self.time.len() / 2
    }

    /// Cells of a spectrum.
    pub(super) fn cells(&self) -> usize {
        self.block() / LANES
    }

    /// The two blocks to transform.
    pub(super) fn time_mut(&mut self) -> &mut [f64] {
        &mut self.time
    }

    /// The second of the two blocks.
    pub(super) fn second_block(&self) -> &[f64] {
        &self.time[self.block()..]
    }

    /// From time, which is spoiled, to spectrum.
    pub(super) fn forward(&mut self) {
        let Self {
            time,
            bins,
            scratch,
            ..
        } = self;
        let done = self.forward.process_with_scratch(time, bins, scratch);
        // The lengths are the plan's own, the only thing it can object to.
        debug_assert!(done.is_ok());
    }

    /// From spectrum, which is spoiled, to time; multiplies by the length.
    pub(super) fn inverse(&mut self) {
        let Self {
            time,
            bins,
            scratch,
            ..
        } = self;
        let done = self.inverse.process_with_scratch(bins, time, scratch);
        // [`Self::set_cell`] keeps both ends real, the other thing it can object to.
        debug_assert!(done.is_ok());
    }

    /// One cell of the spectrum.
    pub(super) fn cell(&self, chunk: usize) -> Cell {
        let mut cell = Cell::default();
        let (re, im) = cell.split_at_mut(LANES);
        let bins = &self.bins[chunk * LANES..][..LANES];
        for ((re, im), bin) in re.iter_mut().zip(im.iter_mut()).zip(bins) {
            (*re, *im) = (bin.re, bin.im);
        }
        if chunk == 0 {
            im[0] = self.bins[self.block()].re;
        }
        cell
    }

    /// Sets one cell of the spectrum.
    pub(super) fn set_cell(&mut self, chunk: usize, cell: &Cell) {
        let (re, im) = cell.split_at(LANES);
        let last = self.block();
        let bins = &mut self.bins[chunk * LANES..][..LANES];
        for ((re, im), bin) in re.iter().zip(im).zip(bins) {
            *bin = Complex::new(*re, *im);
        }
        if chunk == 0 {
            self.bins[0].im = 0.0;
            self.bins[last] = Complex::new(im[0], 0.0);
        }
    }
}

/// The spectra of a response's partitions. Cell by cell, with the partitions of a cell side by side, in
/// the order in which they are multiplied.
#[derive(Debug)]
pub(super) struct Spectra {
    pub(super) partitions: usize,
    pub(super) cells: Vec<Cell>,
}

impl Spectra {
    fn of_cell(&self, chunk: usize) -> &[Cell] {
        &self.cells[chunk * self.partitions..][..self.partitions]
    }
}

/// The spectra of the newest blocks of one channel, in the layout of [`Spectra`] but as a ring.
pub(super) struct SpectrumRing {
    capacity: usize,
    /// Where the newest block is; older ones follow.
    newest: usize,
    /// How many blocks there have been; never above the capacity.
    filled: usize,
    cells: Vec<Cell>,
}

impl SpectrumRing {
    /// Keeps `capacity` blocks of `cells` cells. Allocates.
    pub(super) fn new(capacity: usize, cells: usize) -> Self {
        Self {
            capacity,
            newest: 0,
            filled: 0,
            cells: vec![Cell::default(); capacity * cells],
        }
    }

    /// Forgets every block.
    pub(super) fn reset(&mut self) {
        self.filled = 0;
    }

    /// Takes the spectrum of the next block, over the oldest one.
    pub(super) fn push(&mut self, transform: &Transform) {
        if self.capacity == 0 {
            return;
        }
        self.newest = self.newest.checked_sub(1).unwrap_or(self.capacity - 1);
        self.filled = (self.filled + 1).min(self.capacity);
        for (chunk, blocks) in self.cells.chunks_exact_mut(self.capacity).enumerate() {
            blocks[self.newest] = transform.cell(chunk);
        }
    }

    /// One cell of the sum over all partitions of block times partition.
    pub(super) fn convolve(
        &self,
        optimizer: AudioOptimizer,
        response: &Spectra,
        chunk: usize,
    ) -> Cell {
        let ring = &self.cells[chunk * self.capacity..][..self.capacity];
        let (older, newer) = ring.split_at(self.newest);
        let response = response.of_cell(chunk);
        let response = &response[..response.len().min(self.filled)];
        let (first, second) = response.split_at(newer.len().min(response.len()));
        let mut sums = Products::default();
        multiply(optimizer, newer, first, &mut sums);
        multiply(optimizer, older, second, &mut sums);
        let [rr, ii, ri, ir] = sums;
        let mut cell = Cell::default();
        let (re, im) = cell.split_at_mut(LANES);
        for n in 0..LANES {
            (re[n], im[n]) = (rr[n] - ii[n], ri[n] + ir[n]);
        }
        if chunk == 0 {
            (re[0], im[0]) = (rr[0], ii[0]);
        }
        cell
    }
}
