//! Impulse responses, as measured or designed, and prepared for the audio thread.

use super::kernels::{Cell, SLICE};
use super::partition::{LARGE, Spectra, TAIL_START, Transform};

/// What a convolver plays its input through: one series of taps for every channel, or one for left and
/// one for right. Plain data; the sample rate is the stream's.
#[derive(Debug, Clone, PartialEq)]
pub struct ImpulseResponse {
    /// Linear taps of every channel or, with `right`, of the left one.
    pub left: Vec<f32>,
    /// The right channel's taps. With more than two channels, every second one is a right one.
    pub right: Option<Vec<f32>>,
}

impl ImpulseResponse {
    /// One set of taps for every channel.
    pub fn mono(taps: Vec<f32>) -> Self {
        Self {
            left: taps,
            right: None,
        }
    }

    /// Taps of the longer channel.
    pub fn frames(&self) -> usize {
        let right = self.right.as_ref().map_or(0, Vec::len);
        self.left.len().max(right)
    }
}

/// An [`ImpulseResponse`] cut into partitions and transformed, ready for a
/// [`Convolver`](super::Convolver) of any size. The audio thread is lent it and gives it back.
#[derive(Debug)]
pub struct PreparedResponse {
    left: PreparedTaps,
    right: Option<PreparedTaps>,
}

impl PreparedResponse {
    /// Transforms `response`. Allocates and takes milliseconds: not for the audio thread.
    pub fn new(response: &ImpulseResponse) -> Self {
        let mut small = Transform::new(SLICE);
        let mut large = Transform::new(LARGE);
        let mut prepare = |taps: &Vec<f32>| PreparedTaps::new(taps, &mut small, &mut large);
        Self {
            left: prepare(&response.left),
            right: response.right.as_ref().map(prepare),
        }
    }

    pub(super) fn taps(&self, channel: usize) -> &PreparedTaps {
        match &self.right {
            Some(right) if !channel.is_multiple_of(2) => right,
            _ => &self.left,
        }
    }
}

/// One channel's taps: `head` from 0, `small` from [`SLICE`], `large` from [`TAIL_START`].
#[derive(Debug)]
pub(super) struct PreparedTaps {
    pub(super) head: [f64; SLICE],
    pub(super) small: Spectra,
    pub(super) large: Spectra,
}

impl PreparedTaps {
    fn new(taps: &[f32], small: &mut Transform, large: &mut Transform) -> Self {
        let mut head = [0.0; SLICE];
        for (out, tap) in head.iter_mut().zip(taps) {
            *out = f64::from(*tap);
        }
        let part = |from: usize, to: usize| &taps[from.min(taps.len())..to.min(taps.len())];
        Self {
            head,
            small: Spectra::new(part(SLICE, TAIL_START), small),
            large: Spectra::new(part(TAIL_START, taps.len()), large),
        }
    }
}

impl Spectra {
    /// Cuts `taps` into partitions of one block and transforms each.
    fn new(taps: &[f32], transform: &mut Transform) -> Self {
        let partitions = taps.len().div_ceil(transform.block());
        let mut spectra = Self {
            partitions,
            cells: vec![Cell::default(); partitions * transform.cells()],
        };
        // The transforms scale by their length; undone here once.
        let scale = 0.5 / transform.block() as f64;
        for (p, taps) in taps.chunks(transform.block()).enumerate() {
            let time = transform.time_mut();
            time.fill(0.0);
            for (out, tap) in time.iter_mut().zip(taps) {
                *out = f64::from(*tap) * scale;
            }
            transform.forward();
            for chunk in 0..transform.cells() {
                spectra.cells[chunk * partitions + p] = transform.cell(chunk);
            }
        }
        spectra
    }
}
