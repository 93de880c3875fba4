//! Where tracks are opened: from memory where they are kept, else from the disk.

use crate::cache::CachedAudioLoader;
use crate::decoder::TrackDecoder;
use crate::duration::read_duration;
use crate::error::MediaError;
use crate::head::with_head;
use crate::location::TrackLocation;
use crate::tags::{FileTags, read_tags};
use crate::track_bytes::TrackBytes;
use std::sync::Arc;
use std::time::Duration;

/// Opens tracks, and reads what their files say. A copy costs little. Any thread may use it, but for the
/// audio callback: it does I/O and allocates.
///
/// ```no_run
/// let decoder = media::open::Opener::default().open(&"song.flac".into())?;
/// println!("{} Hz", decoder.info().sample_rate_hz);
/// # Ok::<(), media::error::MediaError>(())
/// ```
#[derive(Clone, Default)]
pub struct Opener {
    cache: Option<Arc<CachedAudioLoader>>,
}

impl Opener {
    /// Opens from memory what `cache` has, or begins with what it has of it.
    pub fn through(cache: Arc<CachedAudioLoader>) -> Self {
        Self { cache: Some(cache) }
    }

    /// Opens a track for decoding.
    ///
    /// # Errors
    /// As [`TrackDecoder::open`].
    pub fn open(&self, location: &TrackLocation) -> Result<TrackDecoder, MediaError> {
        if let Some(scheme) = location.source.scheme() {
            return Err(MediaError::Unsupported(format!("sound over {scheme}")));
        }
        let Some(cache) = &self.cache else {
            return TrackDecoder::decode_track(TrackBytes::open(location.path())?, location);
        };
        match cache.head(location)? {
            Some(head) => {
                let (place, cache) = (location.clone(), Arc::clone(cache));
                let open =
                    Box::new(move || TrackDecoder::decode_track(cache.open(place.path())?, &place));
                Ok(with_head(location, head, open))
            }
            None => TrackDecoder::decode_track(cache.open(location.path())?, location),
        }
    }

    /// What a cue sheet says about a track, and the file where the sheet says nothing; with `want_cover`
    /// also the picture. A file without readable tags gives empty ones.
    pub fn tags(&self, location: &TrackLocation, want_cover: bool) -> FileTags {
        let file = read_tags(location.path(), want_cover);
        match &location.part {
            Some(part) => part.over(file),
            None => file,
        }
    }

    /// A track's length as headers tell, without decoding it.
    pub fn duration(&self, location: &TrackLocation) -> Option<Duration> {
        let Some(part) = &location.part else {
            return read_duration(location.path());
        };
        let end = part.end.or_else(|| read_duration(location.path()))?;
        end.checked_sub(part.start)
    }
}
