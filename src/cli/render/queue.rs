//! The tracks of a rendering, and what became of each.

use crate::cli::{about, report};
use media::decoder::{StreamInfo, TrackDecoder};
use media::error::MediaError;
use media::location::TrackLocation;
use media::open::Opener;
use std::collections::HashSet;

/// Tracks that could be opened, in order, with their places.
pub(super) struct RenderQueue {
    /// Opened; taken by the renderer.
    pub(super) tracks: Vec<TrackDecoder>,
    places: Vec<TrackLocation>,
    /// Whether every input has given something so far.
    pub(super) all_good: bool,
    said: HashSet<String>,
}

impl RenderQueue {
    /// Opens what can be opened and says what cannot.
    pub(super) fn open(places: Vec<TrackLocation>, all_good: bool) -> Self {
        let mut queue = Self {
            tracks: Vec::new(),
            places,
            all_good,
            said: HashSet::new(),
        };
        queue.open_all();
        queue
    }

    /// What the first track is; none when no track is left.
    pub(super) fn first_info(&self) -> Option<StreamInfo> {
        self.tracks.first().map(|track| track.info().clone())
    }

    /// The tracks, for the renderer.
    pub(super) fn take_tracks(&mut self) -> Vec<TrackDecoder> {
        std::mem::take(&mut self.tracks)
    }

    /// Says that the first track cannot be played, and opens the others again: the renderer had them.
    pub(super) fn drop_first(&mut self, error: &MediaError) {
        if !self.places.is_empty() {
            let first = self.places.remove(0);
            self.fail(&first, error);
        }
        self.open_all();
    }

    /// Says which tracks had faults, by their numbers; one that gave sound all the same is only warned of.
    pub(super) fn judge(&mut self, failures: &[(usize, MediaError)], written_frames: u64) {
        for (number, error) in failures {
            let Some(place) = self.places.get(*number).cloned() else {
                continue;
            };
            match gives_sound(&place, written_frames) {
                true => self.warn(&place, &error.to_string()),
                false => self.fail(&place, error),
            }
        }
    }

    fn open_all(&mut self) {
        let (mut tracks, mut opened) = (Vec::new(), Vec::new());
        for place in std::mem::take(&mut self.places) {
            match Opener::default().open(&place) {
                Ok(track) => {
                    for warning in &track.info().warnings {
                        self.warn(&place, warning);
                    }
                    tracks.push(track);
                    opened.push(place);
                }
                Err(error) => self.fail(&place, &error),
            }
        }
        (self.tracks, self.places) = (tracks, opened);
    }

    fn fail(&mut self, place: &TrackLocation, error: &MediaError) {
        self.warn(place, &error.to_string());
        self.all_good = false;
    }

    /// Says something about a track, once.
    fn warn(&mut self, place: &TrackLocation, reason: &str) {
        let line = about(place.path(), reason);
        if self.said.insert(line.clone()) {
            report(line);
        }
    }
}

/// Whether a track with a fault gives any frame before it. What is no regular file cannot be read again,
/// so there the frames of the whole rendering count.
fn gives_sound(place: &TrackLocation, written_frames: u64) -> bool {
    if !place.path().is_file() {
        return written_frames > 0;
    }
    let Ok(mut track) = Opener::default().open(place) else {
        return false;
    };
    loop {
        match track.next_frames() {
            Ok(Some([])) => {}
            Ok(Some(_)) => return true,
            Ok(None) | Err(_) => return false,
        }
    }
}
