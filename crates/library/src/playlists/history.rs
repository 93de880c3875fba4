//! Edits that can be undone: each is one stretch of a list replaced by another.

use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Edits that are kept of one list.
const MAX_EDITS: usize = 200;

/// One edit: at a place, what was there gives way to something else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Splice<T> {
    /// Where.
    pub at: usize,
    /// What was there.
    pub removed: Vec<T>,
    /// What is there instead.
    pub inserted: Vec<T>,
}

impl<T: Clone + PartialEq> Splice<T> {
    /// The shortest edit that makes `new` of `old`; none where both are the same.
    pub fn between(old: &[T], new: &[T]) -> Option<Self> {
        let same = old.iter().zip(new).take_while(|(a, b)| a == b).count();
        let (old_rest, new_rest) = (&old[same..], &new[same..]);
        if old_rest.is_empty() && new_rest.is_empty() {
            return None;
        }
        let ends = old_rest.iter().rev().zip(new_rest.iter().rev());
        let same_end = ends.take_while(|(a, b)| a == b).count();
        Some(Self {
            at: same,
            removed: old_rest[..old_rest.len() - same_end].to_vec(),
            inserted: new_rest[..new_rest.len() - same_end].to_vec(),
        })
    }

    /// Carries it out on a list that is as the old one was; says whether it is.
    pub fn apply(&self, list: &mut Vec<T>) -> bool {
        replace(list, self.at, &self.removed, &self.inserted)
    }

    /// Takes it back on a list that is as the new one was; says whether it is.
    pub fn take_back(&self, list: &mut Vec<T>) -> bool {
        replace(list, self.at, &self.inserted, &self.removed)
    }
}

fn replace<T: Clone + PartialEq>(list: &mut Vec<T>, at: usize, old: &[T], new: &[T]) -> bool {
    let end = at.saturating_add(old.len());
    if list.get(at..end) != Some(old) {
        return false;
    }
    list.splice(at..end, new.iter().cloned());
    true
}

/// What was done to a list, and what was undone of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditHistory<T> {
    done: VecDeque<Splice<T>>,
    undone: Vec<Splice<T>>,
}

impl<T> Default for EditHistory<T> {
    fn default() -> Self {
        Self {
            done: VecDeque::new(),
            undone: Vec::new(),
        }
    }
}

impl<T: Clone + PartialEq> EditHistory<T> {
    /// Remembers that `old` became `new`; what was undone before cannot be redone any more.
    pub fn record(&mut self, old: &[T], new: &[T]) {
        if let Some(splice) = Splice::between(old, new) {
            self.undone.clear();
            self.done.push_back(splice);
            if self.done.len() > MAX_EDITS {
                self.done.pop_front();
            }
        }
    }

    /// Takes the last edit back; says whether there was one. A list that has become another in the
    /// meantime is left as it is.
    pub fn undo(&mut self, list: &mut Vec<T>) -> bool {
        let Some(splice) = self.done.pop_back() else {
            return false;
        };
        let is_done = splice.take_back(list);
        if is_done {
            self.undone.push(splice);
        }
        is_done
    }

    /// Carries the edit out again that was taken back last; says whether there was one.
    pub fn redo(&mut self, list: &mut Vec<T>) -> bool {
        let Some(splice) = self.undone.pop() else {
            return false;
        };
        let is_done = splice.apply(list);
        if is_done {
            self.done.push_back(splice);
        }
        is_done
    }

    /// Whether there is something to undo, and to redo.
    pub fn is_possible(&self) -> (bool, bool) {
        (!self.done.is_empty(), !self.undone.is_empty())
    }
}
