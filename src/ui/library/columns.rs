//! What a wide library shows of each track, and what it can be sorted by.

use crate::ui::widgets::time_format;
use library::database::SortOrder;
use library::model::TrackRow;
use serde::{Deserialize, Serialize};

/// A column of the library's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Column {
    /// Number on the album.
    Number,
    Title,
    Artist,
    Album,
    Year,
    Genre,
    Length,
    Plays,
    Rating,
    Codec,
}

/// All of them, in the order they are offered.
pub(crate) const ALL: [Column; 10] = [
    Column::Number,
    Column::Title,
    Column::Artist,
    Column::Album,
    Column::Year,
    Column::Genre,
    Column::Length,
    Column::Plays,
    Column::Rating,
    Column::Codec,
];

/// Those that are shown until the listener chooses.
pub(crate) const FIRST: [Column; 7] = [
    Column::Number,
    Column::Title,
    Column::Artist,
    Column::Album,
    Column::Year,
    Column::Genre,
    Column::Length,
];

impl Column {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Number => "#",
            Self::Title => "Title",
            Self::Artist => "Artist",
            Self::Album => "Album",
            Self::Year => "Year",
            Self::Genre => "Genre",
            Self::Length => "Length",
            Self::Plays => "Plays",
            Self::Rating => "Rating",
            Self::Codec => "Codec",
        }
    }

    /// Its name where "#" would not be understood.
    pub(crate) fn long_name(self) -> &'static str {
        match self {
            Self::Number => "Track number",
            other => other.name(),
        }
    }

    /// Width it has at least, in points, and its share of the rest.
    pub(crate) fn width(self) -> (f32, f32) {
        match self {
            Self::Number => (32.0, 0.0),
            Self::Title => (120.0, 3.0),
            Self::Artist | Self::Album => (90.0, 2.0),
            Self::Genre => (64.0, 1.0),
            Self::Year | Self::Plays => (48.0, 0.0),
            Self::Length => (56.0, 0.0),
            Self::Rating => (68.0, 0.0),
            Self::Codec => (56.0, 0.0),
        }
    }

    /// Whether it holds numbers, which stand at its right.
    pub(crate) fn is_number(self) -> bool {
        match self {
            Self::Number | Self::Year | Self::Length | Self::Plays => true,
            Self::Title | Self::Artist | Self::Album | Self::Genre | Self::Rating | Self::Codec => {
                false
            }
        }
    }

    /// The order a click on its name asks for; none where there is none.
    pub(crate) fn order(self) -> Option<SortOrder> {
        match self {
            Self::Number | Self::Codec => None,
            Self::Title => Some(SortOrder::Title),
            Self::Artist => Some(SortOrder::Artist),
            Self::Album => Some(SortOrder::Album),
            Self::Year => Some(SortOrder::Year),
            Self::Genre => Some(SortOrder::Genre),
            Self::Length => Some(SortOrder::Length),
            Self::Plays => Some(SortOrder::MostPlayed),
            Self::Rating => Some(SortOrder::Rating),
        }
    }

    /// What it says of a track.
    pub(crate) fn text(self, track: &TrackRow) -> String {
        let tags = &track.tags;
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        match self {
            Self::Number => tags
                .track_number
                .map_or_else(String::new, |n| n.to_string()),
            Self::Title => track.display_title(),
            Self::Artist => text(&tags.artist),
            Self::Album => text(&tags.album),
            Self::Year => track.year.map_or_else(String::new, |year| year.to_string()),
            Self::Genre => text(&tags.genre),
            Self::Length => track
                .sound
                .duration
                .map_or_else(String::new, time_format::clock),
            Self::Plays => match track.history.play_count {
                0 => String::new(),
                count => count.to_string(),
            },
            Self::Rating => track.history.rating.map_or_else(String::new, stars),
            Self::Codec => text(&track.sound.codec),
        }
    }
}

/// Half stars as signs.
fn stars(halves: u8) -> String {
    let whole = usize::from(halves / 2).min(5);
    let half = if halves % 2 == 1 { "½" } else { "" };
    format!("{}{half}", "★".repeat(whole))
}

/// How the library is shown, as it is remembered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct LibraryLook {
    /// Albums first, not tracks.
    pub(crate) shows_albums: bool,
    /// Of a wide library, from left to right.
    pub(crate) columns: Vec<Column>,
    /// The column it is sorted by; the best match first where there is none.
    pub(crate) sorted_by: Option<Column>,
    /// The last first.
    pub(crate) is_reversed: bool,
    /// The list that is open.
    pub(crate) open_list: Option<i64>,
}

impl Default for LibraryLook {
    fn default() -> Self {
        Self {
            shows_albums: false,
            columns: FIRST.to_vec(),
            sorted_by: None,
            is_reversed: false,
            open_list: None,
        }
    }
}

impl LibraryLook {
    /// What a click on a column's name makes of it: sorted by it, then the other way round, then not at all.
    pub(crate) fn sorted(mut self, column: Column) -> Self {
        (self.sorted_by, self.is_reversed) = match (self.sorted_by, self.is_reversed) {
            (Some(by), false) if by == column => (Some(column), true),
            (Some(by), true) if by == column => (None, false),
            _ => (Some(column), false),
        };
        self
    }

    /// With a column shown or hidden; the last one stays.
    pub(crate) fn toggled(mut self, column: Column) -> Self {
        match self.columns.iter().position(|shown| *shown == column) {
            Some(at) if self.columns.len() > 1 => drop(self.columns.remove(at)),
            Some(_) => {}
            None => self.columns.push(column),
        }
        self
    }

    /// With a column in the place of another one.
    pub(crate) fn moved(mut self, column: Column, to: usize) -> Self {
        if let Some(at) = self.columns.iter().position(|shown| *shown == column) {
            self.columns.remove(at);
            self.columns.insert(to.min(self.columns.len()), column);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_sorted_moved_and_hidden() {
        let look = LibraryLook::default().sorted(Column::Year);
        assert_eq!(
            (look.sorted_by, look.is_reversed),
            (Some(Column::Year), false)
        );
        let look = look.sorted(Column::Year);
        assert_eq!(
            (look.sorted_by, look.is_reversed),
            (Some(Column::Year), true)
        );
        assert_eq!(look.clone().sorted(Column::Year).sorted_by, None);
        assert!(!look.clone().sorted(Column::Title).is_reversed);
        let look = look.moved(Column::Length, 0).toggled(Column::Title);
        assert_eq!(look.columns[0], Column::Length);
        assert!(!look.columns.contains(&Column::Title));
        let mut one = look;
        for column in ALL {
            if one.columns.contains(&column) {
                one = one.toggled(column);
            }
        }
        assert_eq!(one.columns.len(), 1, "something is always shown");
        assert_eq!(stars(7), "★★★½");
    }
}
