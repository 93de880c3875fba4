//! Tracks in the words of MPRIS.

use engine::status::{EntryId, NowPlaying, PlayerSnapshot, QueueEntry};
use media::location::Source;
use media::tags::Tags;
use mpris_server::zbus::zvariant::ObjectPath;
use mpris_server::{Metadata, Time, TrackId};
use std::path::Path;
use std::time::Duration;
use url::Url;

/// Where the names of entries begin.
const PREFIX: &str = "/org/rusty_audio/track/";

/// The name of an entry on the bus.
pub(super) fn track_id(entry: EntryId) -> TrackId {
    let path = format!("{PREFIX}{}", entry.0);
    ObjectPath::try_from(path).map_or(TrackId::NO_TRACK, TrackId::from)
}

/// The entry of a name; none if it is no name of ours.
pub(super) fn entry_id(track: &TrackId) -> Option<EntryId> {
    track.strip_prefix(PREFIX)?.parse().ok().map(EntryId)
}

/// A length or position in microseconds.
pub(super) fn time(span: Duration) -> Time {
    Time::from_micros(i64::try_from(span.as_micros()).unwrap_or(i64::MAX))
}

/// The address of a track, or of a stream as it is.
pub(super) fn address(entry: &QueueEntry) -> Option<String> {
    match &entry.location.source {
        Source::File(path) => file_address(path),
        Source::Stream(_) => Some(entry.path().to_string_lossy().into_owned()),
    }
}

/// The `file://` address of an absolute path.
pub(super) fn file_address(path: &Path) -> Option<String> {
    Url::from_file_path(path).ok().map(String::from)
}

/// What is loaded, or else the current entry; with the picture at `cover`.
pub(super) fn current(now: &PlayerSnapshot, cover: Option<&Path>) -> Metadata {
    let entry = now
        .current
        .and_then(|id| now.queue.iter().find(|entry| entry.id == id));
    let Some(entry) = entry else {
        return Metadata::builder().trackid(TrackId::NO_TRACK).build();
    };
    let loaded = now.now_playing.as_deref();
    let loaded = loaded.filter(|loaded| loaded.entry == entry.id);
    let mut metadata = of_entry_with(entry, loaded);
    if let Some(address) = cover.filter(|_| loaded.is_some()).and_then(file_address) {
        metadata.set_art_url(Some(address));
    }
    metadata
}

/// What is known of an entry.
pub(super) fn of_entry(entry: &QueueEntry) -> Metadata {
    of_entry_with(entry, None)
}

fn of_entry_with(entry: &QueueEntry, loaded: Option<&NowPlaying>) -> Metadata {
    let tags = loaded.map_or(&entry.tags, |loaded| &loaded.tags);
    let duration = loaded.and_then(|loaded| loaded.duration).or(entry.duration);
    let mut metadata = of_tags(tags);
    if tags.title.is_none() {
        metadata.set_title(Some(entry.display_title()));
    }
    metadata.set_trackid(Some(track_id(entry.id)));
    metadata.set_length(duration.map(time));
    metadata.set_url(address(entry));
    metadata
}

fn of_tags(tags: &Tags) -> Metadata {
    let list = |text: &Option<String>| text.clone().map(|text| [text]);
    let number = |number: Option<u32>| number.and_then(|number| i32::try_from(number).ok());
    let mut metadata = Metadata::new();
    metadata.set_title(tags.title.clone());
    metadata.set_artist(list(&tags.artist));
    metadata.set_album(tags.album.clone());
    metadata.set_album_artist(list(&tags.album_artist));
    metadata.set_composer(list(&tags.composer));
    metadata.set_genre(list(&tags.genre));
    metadata.set_track_number(number(tags.track_number));
    metadata.set_disc_number(number(tags.disc_number));
    metadata.set_content_created(tags.date.clone());
    metadata
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_on_the_bus_lead_back_to_their_entries() {
        for id in [0, 1, u64::MAX] {
            assert_eq!(entry_id(&track_id(EntryId(id))), Some(EntryId(id)));
        }
        assert_eq!(entry_id(&TrackId::NO_TRACK), None);
        let foreign = TrackId::try_from("/org/rusty_audio/track/x").unwrap();
        assert_eq!(entry_id(&foreign), None);
    }

    #[test]
    fn addresses_of_files_are_coded() {
        let address = file_address(Path::new("/a b/ö%#?.flac"));
        assert_eq!(
            address.as_deref(),
            Some("file:///a%20b/%C3%B6%25%23%3F.flac")
        );
        assert_eq!(file_address(Path::new("here.flac")), None);
    }
}
