//! Collections to measure and test with, the same ones each time: a tree of real small files, and the rows of
//! a large collection without files.

#![allow(dead_code, reason = "each program uses its own part")]

pub(crate) mod names;
pub(crate) mod rows;
pub(crate) mod tree;

/// A generator with a fixed seed (xorshift).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// The next number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % end.max(1)
    }

    /// One of `all`.
    pub(crate) fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}
