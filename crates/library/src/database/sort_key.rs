//! The order in which a listener expects a collection: by artist, then year, album, disc and track.

use crate::model::year_of;
use crate::query::fold;
use media::tags::Tags;

/// Words in front of a name that do not count: "The Beatles" stand under B.
const ARTICLES: [&str; 3] = ["the ", "a ", "an "];
/// Between two parts; before every letter.
const SEPARATOR: u8 = 1;

/// Bytes whose order is that of the tracks.
pub(super) fn sort_key(tags: &Tags) -> Vec<u8> {
    let mut key = Vec::with_capacity(96);
    let artist = tags.album_artist.as_ref().or(tags.artist.as_ref());
    push_name(&mut key, artist.map_or("", String::as_str));
    let year = tags.date.as_deref().and_then(year_of).unwrap_or(0);
    key.extend(u16::try_from(year).unwrap_or(0).to_be_bytes());
    push_name(&mut key, tags.album.as_deref().unwrap_or_default());
    for number in [tags.disc_number, tags.track_number] {
        let number = number.unwrap_or(0).min(u32::from(u16::MAX));
        key.extend((number as u16).to_be_bytes());
    }
    push_name(&mut key, tags.title.as_deref().unwrap_or_default());
    key
}

/// Bytes whose order is that of names, such as titles.
pub(super) fn name_key(name: &str) -> Vec<u8> {
    let mut key = Vec::with_capacity(name.len() + 4);
    push_name(&mut key, name);
    key
}

/// A name without article, its numbers in the order of numbers: "2" before "10".
fn push_name(key: &mut Vec<u8>, name: &str) {
    let folded = fold(name);
    let plain = ARTICLES
        .iter()
        .find_map(|article| folded.strip_prefix(article));
    let mut rest = plain.unwrap_or(&folded);
    while !rest.is_empty() {
        let text_end = rest
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(rest.len());
        let (text, number) = rest.split_at(text_end);
        key.extend(text.as_bytes());
        let number_end = number
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(number.len());
        let digits = number[..number_end].trim_start_matches('0');
        if number_end > 0 {
            // A longer number is a larger one.
            key.push(b'0');
            key.push(u8::try_from(digits.len()).unwrap_or(u8::MAX));
            key.extend(digits.as_bytes());
        }
        rest = &number[number_end..];
    }
    key.push(SEPARATOR);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(artist: &str, date: &str, album: &str, track: u32) -> Vec<u8> {
        sort_key(&Tags {
            artist: Some(artist.into()),
            album: Some(album.into()),
            date: Some(date.into()),
            track_number: Some(track),
            ..Tags::default()
        })
    }

    #[test]
    fn tracks_are_in_the_order_listeners_expect() {
        let keys = [
            key("ABBA", "1976", "Arrival", 1),
            key("The Beatles", "1963", "Please Please Me", 2),
            key("The Beatles", "1963", "Please Please Me", 10),
            key("The Beatles", "1969", "Abbey Road", 1),
            key("Beatsteaks", "", "", 1),
            key("Björk", "1995", "Post", 1),
            key("Bjork", "1997", "Homogenic", 1),
            key("U2", "", "Volume 2", 1),
            key("U2", "", "Volume 10", 1),
            key("Ärzte", "", "", 1),
        ];
        let mut sorted = keys.to_vec();
        sorted.sort();
        let ends = [keys[9].clone(), keys[0].clone()];
        assert!(ends[0] > ends[1], "accents do not count");
        let without_last = &keys[..9];
        let mut sorted = without_last.to_vec();
        sorted.sort();
        assert_eq!(sorted, without_last);
    }
}
