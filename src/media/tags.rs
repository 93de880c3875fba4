//! Tags and covers.

/// What a file says about itself; empty strings count as absent.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Tags {
    /// Name of the track.
    pub title: Option<String>,
    /// Who performs it.
    pub artist: Option<String>,
    /// The release it is on.
    pub album: Option<String>,
    /// Number on its disc.
    pub track_number: Option<u32>,
    /// Year or date, as written.
    pub date: Option<String>,
    /// Genre, as written.
    pub genre: Option<String>,
}
