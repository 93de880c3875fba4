//! Which entries of the queue are selected, and how clicks and keys change that.

use crate::ui::queue::action::ListMove;
use crate::ui::queue::rows::QueueRows;
use engine::status::EntryId;
use std::collections::HashSet;

/// Selected entries, the one the keys move from, and the one ranges are counted from.
#[derive(Debug, Default)]
pub(crate) struct Selection {
    selected: HashSet<EntryId>,
    cursor: Option<EntryId>,
    anchor: Option<EntryId>,
}

impl Selection {
    /// Whether an entry is selected.
    pub(crate) fn contains(&self, id: EntryId) -> bool {
        self.selected.contains(&id)
    }

    /// The entry the keys move from.
    pub(crate) fn cursor(&self) -> Option<EntryId> {
        self.cursor
    }

    /// The selected entries in the order they stand in.
    pub(crate) fn in_order(&self, rows: &QueueRows) -> Vec<EntryId> {
        if self.selected.is_empty() {
            return Vec::new();
        }
        rows.ids().filter(|id| self.contains(*id)).collect()
    }

    /// Selects one entry and nothing else.
    pub(crate) fn only(&mut self, id: EntryId) {
        self.selected = HashSet::from([id]);
        self.cursor = Some(id);
        self.anchor = Some(id);
    }

    /// Selects every row.
    pub(crate) fn all(&mut self, rows: &QueueRows) {
        self.selected = rows.ids().collect();
    }

    /// A click on a row: alone, with Ctrl (adds or takes away) or with Shift (range).
    pub(crate) fn click(&mut self, rows: &QueueRows, row: usize, ctrl: bool, shift: bool) {
        let Some(id) = rows.id(row) else { return };
        if shift {
            self.range_to(rows, row, ctrl);
        } else if ctrl {
            if !self.selected.remove(&id) {
                self.selected.insert(id);
            }
            self.cursor = Some(id);
            self.anchor = Some(id);
        } else {
            self.only(id);
        }
    }

    /// A key: moves the cursor, and with `extend` stretches the range to it. Returns the cursor's row.
    pub(crate) fn step(
        &mut self,
        rows: &QueueRows,
        by: ListMove,
        page_rows: usize,
        extend: bool,
    ) -> Option<usize> {
        let last = rows.len().checked_sub(1)?;
        let at = self.cursor.and_then(|id| rows.row_of(id));
        let moved = |by: isize| match at {
            Some(row) => row.saturating_add_signed(by).min(last),
            None if by < 0 => last,
            None => 0,
        };
        let row = match by {
            ListMove::By(rows) => moved(rows),
            ListMove::Page(pages) => moved(pages * page_rows.max(1) as isize),
            ListMove::First => 0,
            ListMove::Last => last,
        };
        if extend {
            self.range_to(rows, row, false);
        } else {
            self.only(rows.id(row)?);
        }
        Some(row)
    }

    /// The entry the cursor moves to when the selected rows are removed: the first row behind the cursor that
    /// stays, else the last one before it.
    pub(crate) fn heir(&self, rows: &QueueRows) -> Option<EntryId> {
        let at = rows.row_of(self.cursor?)?;
        let stays = |row: &usize| rows.id(*row).is_some_and(|id| !self.contains(id));
        (at..rows.len())
            .find(stays)
            .or_else(|| (0..at).rev().find(stays))
            .and_then(|row| rows.id(row))
    }

    /// Forgets entries that are gone.
    pub(crate) fn keep_existing(&mut self, rows: &QueueRows) {
        if self.selected.is_empty() && self.cursor.is_none() {
            return;
        }
        let existing: HashSet<EntryId> = rows.ids().collect();
        self.selected.retain(|id| existing.contains(id));
        self.cursor = self.cursor.filter(|id| existing.contains(id));
        self.anchor = self.anchor.filter(|id| existing.contains(id));
    }

    fn range_to(&mut self, rows: &QueueRows, row: usize, keep: bool) {
        let from = self.anchor.and_then(|id| rows.row_of(id)).unwrap_or(row);
        if !keep {
            self.selected.clear();
        }
        self.selected
            .extend((from.min(row)..=from.max(row)).filter_map(|row| rows.id(row)));
        self.anchor = rows.id(from);
        self.cursor = rows.id(row);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::status::QueueEntry;
    use media::tags::Tags;
    use std::sync::Arc;

    fn queue(count: u64) -> Arc<Vec<Arc<QueueEntry>>> {
        let entry = |n| QueueEntry {
            id: EntryId(n),
            location: format!("/music/{n}.flac").as_str().into(),
            tags: Tags {
                title: Some(format!("Song {n}")),
                ..Tags::default()
            },
            duration: None,
            error: None,
        };
        Arc::new((0..count).map(entry).map(Arc::new).collect())
    }

    fn rows(count: u64) -> QueueRows {
        let mut rows = QueueRows::default();
        rows.update(&queue(count), "");
        rows
    }

    fn picked(selection: &Selection, rows: &QueueRows) -> Vec<u64> {
        selection.in_order(rows).iter().map(|id| id.0).collect()
    }

    #[test]
    fn clicks_select_one_toggle_or_stretch() {
        let rows = rows(10);
        let mut selection = Selection::default();
        selection.click(&rows, 3, false, false);
        selection.click(&rows, 6, false, true);
        assert_eq!(picked(&selection, &rows), [3, 4, 5, 6]);
        selection.click(&rows, 1, false, true);
        assert_eq!(
            picked(&selection, &rows),
            [1, 2, 3],
            "the anchor stays where the range began"
        );
        selection.click(&rows, 2, true, false);
        assert_eq!(picked(&selection, &rows), [1, 3]);
        selection.click(&rows, 8, true, false);
        selection.click(&rows, 9, true, true);
        assert_eq!(picked(&selection, &rows), [1, 3, 8, 9]);
        selection.click(&rows, 0, false, false);
        assert_eq!(picked(&selection, &rows), [0]);
    }

    #[test]
    fn keys_move_page_and_stop_at_the_ends() {
        let rows = rows(100);
        let mut selection = Selection::default();
        let mut go = |by, extend| selection.step(&rows, by, 10, extend);
        assert_eq!(
            go(ListMove::By(1), false),
            Some(0),
            "the first press lands on the first row"
        );
        assert_eq!(go(ListMove::By(-1), false), Some(0));
        assert_eq!(go(ListMove::Page(1), false), Some(10));
        assert_eq!(go(ListMove::Last, false), Some(99));
        assert_eq!(go(ListMove::Page(1), false), Some(99));
        assert_eq!(go(ListMove::By(-2), true), Some(97));
        assert_eq!(picked(&selection, &rows), [97, 98, 99]);
        selection.step(&rows, ListMove::By(1), 10, true);
        assert_eq!(picked(&selection, &rows), [98, 99], "a range shrinks back");
        assert_eq!(
            Selection::default().step(&self::rows(0), ListMove::First, 10, false),
            None
        );
    }

    #[test]
    fn after_removing_the_cursor_is_on_a_neighbour() {
        let rows = rows(6);
        let mut selection = Selection::default();
        selection.click(&rows, 2, false, false);
        selection.click(&rows, 3, false, true);
        assert_eq!(selection.heir(&rows), Some(EntryId(4)));
        selection.click(&rows, 5, false, false);
        assert_eq!(selection.heir(&rows), Some(EntryId(4)));
        selection.all(&rows);
        assert_eq!(selection.heir(&rows), None);
    }

    #[test]
    fn what_is_gone_is_not_selected() {
        let mut rows = rows(6);
        let mut selection = Selection::default();
        selection.all(&rows);
        rows.update(&queue(3), "");
        selection.keep_existing(&rows);
        rows.update(&queue(6), "");
        assert_eq!(picked(&selection, &rows), [0, 1, 2]);
    }

    #[test]
    fn a_filter_finds_words_in_any_order_and_case() {
        let mut rows = QueueRows::default();
        let queue = queue(30);
        rows.update(&queue, "2 SONG");
        let found: Vec<u64> = rows.ids().map(|id| id.0).collect();
        assert_eq!(found, [2, 12, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29]);
        assert_eq!(rows.row_of(EntryId(20)), Some(2));
        assert_eq!(rows.row_of(EntryId(5)), None);
        assert!(!rows.update(&queue, " "));
        assert_eq!((rows.len(), rows.is_filtered()), (30, false));
    }
}
