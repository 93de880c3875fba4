//! What can be done to a list: each takes the list as it is and says nothing of how it is kept. Places
//! beyond its end are left out.

use std::collections::HashSet;
use std::hash::Hash;

/// `list` without the entries at `places`.
pub fn remove_entries<T: Clone>(list: &[T], places: &[usize]) -> Vec<T> {
    let places: HashSet<usize> = places.iter().copied().collect();
    let kept = list
        .iter()
        .enumerate()
        .filter(|(at, _)| !places.contains(at));
    kept.map(|(_, entry)| entry.clone()).collect()
}

/// `list` with nothing but the entries at `places`, in its own order.
pub fn crop<T: Clone>(list: &[T], places: &[usize]) -> Vec<T> {
    let places: HashSet<usize> = places.iter().copied().collect();
    let kept = list
        .iter()
        .enumerate()
        .filter(|(at, _)| places.contains(at));
    kept.map(|(_, entry)| entry.clone()).collect()
}

/// `list` with the entries at `places` in front of the one at `before`, in their order; at the end where
/// there is none.
pub fn move_entries<T: Clone>(list: &[T], places: &[usize], before: usize) -> Vec<T> {
    let places: HashSet<usize> = places.iter().copied().collect();
    let part = |wants_moved: bool, is_front: bool| {
        let entries = list.iter().enumerate();
        let chosen = entries.filter(move |(at, _)| (*at < before) == is_front);
        let chosen = chosen.filter(|(at, _)| places.contains(at) == wants_moved);
        chosen.map(|(_, entry)| entry.clone()).collect::<Vec<T>>()
    };
    [
        part(false, true),
        part(true, true),
        part(true, false),
        part(false, false),
    ]
    .concat()
}

/// `list` backwards.
pub fn reverse<T: Clone>(list: &[T]) -> Vec<T> {
    list.iter().rev().cloned().collect()
}

/// `list` in the order of a key; entries of equal keys stay in their order.
pub fn sort_by_key<T: Clone, K: Ord>(list: &[T], key: impl Fn(&T) -> K) -> Vec<T> {
    let mut sorted = list.to_vec();
    sorted.sort_by_cached_key(key);
    sorted
}

/// `list` with the first of those only that are the same by `key`.
pub fn remove_duplicates<T: Clone, K: Eq + Hash>(list: &[T], key: impl Fn(&T) -> K) -> Vec<T> {
    let mut seen = HashSet::new();
    let first = list.iter().filter(|entry| seen.insert(key(entry)));
    first.cloned().collect()
}
