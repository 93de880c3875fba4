//! What a file can say about itself.

use std::collections::BTreeMap;
use std::sync::Arc;

/// Pictures above this are not shown, and nothing a file declares makes more be allocated at once:
/// bytes.
pub(super) const MAX_COVER_BYTES: u64 = 32 << 20;
/// Larger tags, or parts of one, are read up to here: bytes.
pub(super) const MAX_TAG_BYTES: u64 = 40 << 20;

/// What a file says about itself; empty strings count as absent. Several values of one field are
/// parted by commas.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Tags {
    /// Name of the track.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Who performs it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub artist: Option<String>,
    /// The release it is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub album: Option<String>,
    /// Who the release is by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub album_artist: Option<String>,
    /// Who wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub composer: Option<String>,
    /// Number on its disc.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub track_number: Option<u32>,
    /// Tracks on its disc.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub track_total: Option<u32>,
    /// Number of its disc.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disc_number: Option<u32>,
    /// Discs of the release.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disc_total: Option<u32>,
    /// Year or date, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Genre, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub genre: Option<String>,
}

impl Tags {
    /// Whether these are of the track that follows `before` on the same album.
    pub fn continue_album(&self, before: &Self) -> bool {
        let follows = |(number, before): (u32, u32)| before.checked_add(1) == Some(number);
        self.album.is_some()
            && self.album == before.album
            && self
                .track_number
                .zip(before.track_number)
                .is_some_and(follows)
    }
}

/// Tags, lyrics, cover and ReplayGain of one file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FileTags {
    /// Title, artist and so on.
    pub tags: Tags,
    /// The words, with or without time stamps.
    pub lyrics: Option<String>,
    /// The front cover's file bytes, embedded or beside the file.
    pub cover: Option<Arc<[u8]>>,
    /// ReplayGain fields by their lower-case names, as written but for a decimal comma, which is a point.
    pub replaygain: BTreeMap<&'static str, String>,
}
