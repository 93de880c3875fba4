//! Which rows of a list of any length are selected: by their numbers.

use crate::ui::queue::action::ListMove;
use std::collections::BTreeSet;

/// The selected rows, and the one that keys move from.
#[derive(Debug, Default)]
pub(crate) struct RowSelection {
    rows: BTreeSet<usize>,
    cursor: Option<usize>,
    anchor: usize,
}

impl RowSelection {
    /// The row that keys move from.
    pub(crate) fn cursor(&self) -> Option<usize> {
        self.cursor
    }

    pub(crate) fn contains(&self, row: usize) -> bool {
        self.rows.contains(&row)
    }

    /// The selected rows, top to bottom.
    pub(crate) fn rows(&self) -> impl Iterator<Item = usize> + '_ {
        self.rows.iter().copied()
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    pub(crate) fn only(&mut self, row: usize) {
        self.rows = BTreeSet::from([row]);
        self.cursor = Some(row);
        self.anchor = row;
    }

    pub(crate) fn all(&mut self, count: usize) {
        self.rows = (0..count).collect();
    }

    /// Selects the rows from one on to another, which is not selected.
    pub(crate) fn range(&mut self, start: usize, end: usize) {
        self.rows = (start..end).collect();
        self.cursor = (start < end).then_some(start);
        self.anchor = start;
    }

    /// Forgets rows that a list of `count` does not have.
    pub(crate) fn shorten(&mut self, count: usize) {
        drop(self.rows.split_off(&count));
        let last = count.checked_sub(1);
        self.cursor = self.cursor.and_then(|row| Some(row.min(last?)));
        self.anchor = self.anchor.min(last.unwrap_or(0));
    }

    /// A click, with Ctrl or Shift.
    pub(crate) fn click(&mut self, row: usize, command: bool, shift: bool) {
        if shift {
            self.extend_to(row);
        } else if command {
            if !self.rows.remove(&row) {
                self.rows.insert(row);
            }
            self.cursor = Some(row);
            self.anchor = row;
        } else {
            self.only(row);
        }
    }

    /// Moves the cursor in a list of `count` rows, of which a page has `page`; gives its row.
    pub(crate) fn step(
        &mut self,
        by: ListMove,
        count: usize,
        page: usize,
        extend: bool,
    ) -> Option<usize> {
        let last = count.checked_sub(1)?;
        let from = self.cursor;
        let moved = |rows: isize| match from {
            None => 0,
            Some(row) => row.saturating_add_signed(rows).min(last),
        };
        let page = isize::try_from(page.max(1)).unwrap_or(isize::MAX);
        let row = match by {
            ListMove::By(rows) => moved(rows),
            ListMove::Page(pages) => moved(pages.saturating_mul(page)),
            ListMove::First => 0,
            ListMove::Last => last,
        };
        if extend {
            self.extend_to(row);
        } else {
            self.only(row);
        }
        Some(row)
    }

    fn extend_to(&mut self, row: usize) {
        let anchor = if self.cursor.is_some() {
            self.anchor
        } else {
            row
        };
        self.rows = (anchor.min(row)..=anchor.max(row)).collect();
        self.cursor = Some(row);
        self.anchor = anchor;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_clicks_select_rows_and_ranges() {
        let mut selection = RowSelection::default();
        let rows = |selection: &RowSelection| selection.rows().collect::<Vec<_>>();
        assert_eq!(selection.step(ListMove::By(1), 0, 5, false), None);
        assert_eq!(selection.step(ListMove::By(1), 10, 5, false), Some(0));
        assert_eq!(selection.step(ListMove::Page(1), 10, 5, false), Some(5));
        assert_eq!(selection.step(ListMove::By(2), 10, 5, true), Some(7));
        assert_eq!(rows(&selection), [5, 6, 7]);
        assert_eq!(selection.step(ListMove::First, 10, 5, true), Some(0));
        assert_eq!(rows(&selection), [0, 1, 2, 3, 4, 5]);
        selection.click(3, true, false);
        assert_eq!(rows(&selection), [0, 1, 2, 4, 5]);
        selection.click(8, false, false);
        selection.click(6, false, true);
        assert_eq!(rows(&selection), [6, 7, 8]);
        assert_eq!(selection.step(ListMove::By(9), 10, 5, false), Some(9));
    }
}
