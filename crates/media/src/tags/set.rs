//! What is found in one tag, and how the tags of a file become one answer.

use super::values::{FileTags, MAX_COVER_BYTES};
use crate::replaygain::plain_number;
use disk::text::{decode, guess_encoding};
use lofty::id3::v1::GENRES;
use std::collections::BTreeSet;

/// Values kept of one tag; real ones have some dozens.
const MAX_VALUES: usize = 4_096;

/// What a value is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Title,
    Artist,
    Album,
    AlbumArtist,
    Composer,
    Genre,
    /// As ID3 writes it: "Jazz", "8" or "(8)Acid Jazz".
    Id3Genre,
    Lyrics,
    RecordingDate,
    Year,
    /// "3112" for the 31st of December, beside a year.
    DayMonth,
    ReleaseDate,
    /// Perhaps with the total: "3/12".
    TrackNumber,
    TrackTotal,
    DiscNumber,
    DiscTotal,
    /// A field of [`FileTags::replaygain`].
    Gain(&'static str),
}

impl Field {
    /// The field of this name, in any letter case, as Vorbis comments, APE tags, user text of ID3 and
    /// free-form atoms of MP4 name it.
    pub(super) fn named(name: &str) -> Option<Self> {
        let plain: String = name
            .chars()
            .filter(|c| !matches!(c, ' ' | '_' | '-' | '\0'))
            .map(|c| c.to_ascii_uppercase())
            .collect();
        Some(match plain.as_str() {
            "TITLE" => Self::Title,
            "ARTIST" => Self::Artist,
            "ALBUM" => Self::Album,
            "ALBUMARTIST" => Self::AlbumArtist,
            "COMPOSER" => Self::Composer,
            "GENRE" => Self::Genre,
            "LYRICS" | "UNSYNCEDLYRICS" | "UNSYNCLYRICS" => Self::Lyrics,
            "DATE" | "DATERECORDED" | "RECORDINGDATE" => Self::RecordingDate,
            "YEAR" => Self::Year,
            "RELEASEDATE" | "DATERELEASED" => Self::ReleaseDate,
            "TRACKNUMBER" | "TRACK" | "TRACKNUM" => Self::TrackNumber,
            "TRACKTOTAL" | "TOTALTRACKS" => Self::TrackTotal,
            "DISCNUMBER" | "DISC" | "DISK" | "DISKNUMBER" => Self::DiscNumber,
            "DISCTOTAL" | "TOTALDISCS" | "DISKTOTAL" | "TOTALDISKS" => Self::DiscTotal,
            "REPLAYGAINTRACKGAIN" => Self::Gain("track_gain"),
            "REPLAYGAINTRACKPEAK" => Self::Gain("track_peak"),
            "REPLAYGAINALBUMGAIN" => Self::Gain("album_gain"),
            "REPLAYGAINALBUMPEAK" => Self::Gain("album_peak"),
            "R128TRACKGAIN" => Self::Gain("r128_track_gain"),
            "R128ALBUMGAIN" => Self::Gain("r128_album_gain"),
            _ => return None,
        })
    }
}

/// A value, as far as its encoding is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Text {
    Unicode(String),
    /// In whatever the writing system used: all such values of a file are judged together.
    Legacy(Vec<u8>),
}

impl Text {
    /// UTF-8, or else a legacy encoding.
    pub(super) fn of(bytes: &[u8]) -> Self {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::Unicode(text.to_owned()),
            Err(_) => Self::Legacy(bytes.to_vec()),
        }
    }
}

impl Text {
    /// What is said to be UTF-8: it is so if most of it is, and otherwise in a legacy encoding.
    pub(super) fn of_utf8(bytes: &[u8]) -> Self {
        if std::str::from_utf8(bytes).is_ok() {
            return Self::of(bytes);
        }
        let text = String::from_utf8_lossy(bytes);
        let count = |is_one: fn(char) -> bool| text.chars().filter(|c| is_one(*c)).count();
        let wrong = count(|c| c == char::REPLACEMENT_CHARACTER);
        let right = count(|c| !c.is_ascii() && c != char::REPLACEMENT_CHARACTER);
        if right < wrong {
            return Self::Legacy(bytes.to_vec());
        }
        // A text that was cut inside of a letter ends before it.
        let text = text.trim_end_matches(char::REPLACEMENT_CHARACTER);
        Self::Unicode(text.to_owned())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::Unicode(text)
    }
}

/// A picture's file bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Picture {
    pub(super) is_front: bool,
    pub(super) bytes: Vec<u8>,
}

/// The values of one tag, in its order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct TagSet {
    pub(super) texts: Vec<(Field, Text)>,
    /// The front cover, else the first picture.
    pub(super) picture: Option<Picture>,
}

impl TagSet {
    pub(super) fn push(&mut self, field: Field, text: impl Into<Text>) {
        if self.texts.len() < MAX_VALUES {
            self.texts.push((field, text.into()));
        }
    }

    pub(super) fn push_picture(&mut self, is_front: bool, bytes: &[u8]) {
        let is_better = self
            .picture
            .as_ref()
            .is_none_or(|known| is_front && !known.is_front);
        if is_better && !bytes.is_empty() && bytes.len() as u64 <= MAX_COVER_BYTES {
            let bytes = bytes.to_vec();
            self.picture = Some(Picture { is_front, bytes });
        }
    }

    pub(super) fn has(&self, field: Field) -> bool {
        self.texts.iter().any(|(known, _)| *known == field)
    }
}

/// Takes from each tag in turn what those before it leave out.
pub(super) fn merge(sets: Vec<TagSet>) -> FileTags {
    let legacy = sets.iter().flat_map(|set| &set.texts);
    let legacy = legacy.filter_map(|(_, text)| match text {
        Text::Legacy(bytes) => Some(bytes.as_slice()),
        Text::Unicode(_) => None,
    });
    let encoding = guess_encoding(legacy);
    let mut found = FileTags::default();
    for set in sets {
        let texts = set.texts.into_iter().filter_map(|(field, text)| {
            let text = match text {
                Text::Unicode(text) => text,
                Text::Legacy(bytes) => decode(encoding, &bytes),
            };
            let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
            (!text.is_empty()).then(|| (field, text.to_owned()))
        });
        fill(&mut found, &texts.collect::<Vec<_>>());
        let picture = set.picture.map(|picture| picture.bytes.into());
        found.cover = found.cover.or(picture);
    }
    found
}

fn fill(found: &mut FileTags, texts: &[(Field, String)]) {
    let all = |field: Field| {
        let values = texts.iter().filter(move |(known, _)| *known == field);
        values.map(|(_, text)| text.as_str())
    };
    let tags = &mut found.tags;
    for (value, field) in [
        (&mut tags.title, Field::Title),
        (&mut tags.artist, Field::Artist),
        (&mut tags.album, Field::Album),
        (&mut tags.album_artist, Field::AlbumArtist),
        (&mut tags.composer, Field::Composer),
        (&mut tags.genre, Field::Genre),
    ] {
        *value = value.take().or_else(|| joined(all(field)));
    }
    let genres: Vec<String> = all(Field::Id3Genre).flat_map(genres).collect();
    let genres = || joined(genres.iter().map(String::as_str));
    tags.genre = tags.genre.take().or_else(genres);
    let lyrics = || all(Field::Lyrics).next().map(str::to_owned);
    found.lyrics = found.lyrics.take().or_else(lyrics);
    tags.date = tags.date.take().or_else(|| {
        let first = |field| all(field).next();
        let year = || first(Field::Year).map(|year| dated(year, first(Field::DayMonth)));
        let recorded = first(Field::RecordingDate).map(str::to_owned);
        let released = || first(Field::ReleaseDate).map(str::to_owned);
        recorded.or_else(year).or_else(released)
    });
    for (number, total, field, total_field) in [
        (
            &mut tags.track_number,
            &mut tags.track_total,
            Field::TrackNumber,
            Field::TrackTotal,
        ),
        (
            &mut tags.disc_number,
            &mut tags.disc_total,
            Field::DiscNumber,
            Field::DiscTotal,
        ),
    ] {
        // "3/12" is both a number and a total where a format has no field for the latter.
        let part = |field, index| all(field).find_map(|text| leading(text.split('/').nth(index)?));
        *number = number.or_else(|| part(field, 0));
        let of = || part(total_field, 0).or_else(|| part(field, 1));
        *total = total.or_else(|| of().filter(|total| *total > 0));
    }
    for (field, text) in texts {
        if let Field::Gain(name) = field {
            let value = || plain_number(text);
            found.replaygain.entry(name).or_insert_with(value);
        }
    }
}

/// Different values in their order, parted by commas.
fn joined<'a>(values: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut seen = BTreeSet::new();
    let values: Vec<&str> = values.filter(|value| seen.insert(*value)).collect();
    (!values.is_empty()).then(|| values.join(", "))
}

/// The number a text begins with.
fn leading(text: &str) -> Option<u32> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit());
    text.get(..end.unwrap_or(text.len()))?.parse().ok()
}

fn dated(year: &str, day_month: Option<&str>) -> String {
    let is_number =
        |text: &str, length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    match day_month.filter(|text| is_number(text, 4) && is_number(year, 4)) {
        Some(text)
            if ("01"..="31").contains(&&text[..2]) && ("01"..="12").contains(&&text[2..]) =>
        {
            format!("{year}-{}-{}", &text[2..], &text[..2])
        }
        _ => year.to_owned(),
    }
}

/// The genres in one ID3 value: numbers of ID3v1's list, in parentheses or alone, and names.
fn genres(text: &str) -> Vec<String> {
    let named = |number: &str| -> Option<String> {
        Some(match number {
            "RX" => "Remix".into(),
            "CR" => "Cover".into(),
            _ => (*GENRES.get(number.parse::<usize>().ok()?)?).to_owned(),
        })
    };
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((number, behind)) = rest
        .strip_prefix('(')
        .filter(|rest| !rest.starts_with('('))
        .and_then(|rest| rest.split_once(')'))
    {
        match named(number) {
            Some(name) => found.push(name),
            // No genre has this number; 255 stands for none.
            None if number.parse::<u8>().is_ok() => {}
            None => break,
        }
        rest = behind.trim_start();
    }
    // "((" stands for one parenthesis of a name.
    let rest = if rest.starts_with("((") {
        &rest[1..]
    } else {
        rest
    };
    match named(rest) {
        Some(name) => found.push(name),
        None if rest.parse::<u8>().is_ok() => {}
        // A name behind a number says the same more exactly.
        None if !rest.is_empty() => found = vec![rest.to_owned()],
        None => {}
    }
    found
}
