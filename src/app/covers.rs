//! Covers of tracks, small: found, decoded and kept on disk by a thread of their own, the one asked for last
//! first.

pub(crate) mod picture;
mod store;

use crossbeam::channel::{Receiver, Sender, unbounded};
use media::containment::contained;
use media::tags::read_tags;
use picture::{Picture, decode};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::{Known, ThumbnailStore};

/// Longest side of a thumbnail, in pixels.
const SIDE: u32 = 192;
/// Requests that wait at most: of more, the oldest have scrolled away.
const MAX_WAITING: usize = 200;

/// A cover that was asked for.
pub struct Thumbnail {
    /// The file it is of.
    pub file: PathBuf,
    /// What was found.
    pub cover: CoverFound,
}

/// What has become of a request.
pub enum CoverFound {
    /// Here it is.
    Picture(Picture),
    /// There is no cover.
    None,
    /// Too many others were asked for: it was not looked for.
    Dropped,
}

/// The way to the thread, which ends with it. No call waits.
pub struct CoverView {
    requests: Sender<PathBuf>,
    found: Receiver<Thumbnail>,
    waiting: HashSet<PathBuf>,
}

impl CoverView {
    /// Starts the thread, which keeps thumbnails in `folder`; `wake` is called when there is a new one.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub(super) fn start(folder: &Path, wake: Arc<dyn Fn() + Send + Sync>) -> std::io::Result<Self> {
        let (requests, receiver) = unbounded::<PathBuf>();
        let (sender, found) = unbounded();
        let store = Arc::new(ThumbnailStore::new(folder));
        let work = move || {
            let mut waiting: Vec<PathBuf> = Vec::new();
            loop {
                if waiting.is_empty() {
                    match receiver.recv() {
                        Ok(file) => waiting.push(file),
                        Err(_) => return,
                    }
                }
                waiting.extend(receiver.try_iter());
                // What has scrolled away is asked for again when it comes back.
                let surplus = waiting.len().saturating_sub(MAX_WAITING);
                let dropped = waiting.drain(..surplus);
                let dropped = dropped.map(|file| Thumbnail {
                    file,
                    cover: CoverFound::Dropped,
                });
                let mut done: Vec<Thumbnail> = dropped.collect();
                if let Some(file) = waiting.pop() {
                    let picture = thumbnail(&store, &file);
                    let cover = picture.map_or(CoverFound::None, CoverFound::Picture);
                    done.push(Thumbnail { file, cover });
                }
                for thumbnail in done {
                    if sender.send(thumbnail).is_err() {
                        return;
                    }
                }
                wake();
            }
        };
        std::thread::Builder::new()
            .name("thumbnails".into())
            .spawn(work)?;
        Ok(Self {
            requests,
            found,
            waiting: HashSet::new(),
        })
    }

    /// Asks for the cover of `file`, unless that was done and is not answered yet.
    pub fn want(&mut self, file: &Path) {
        if self.waiting.insert(file.to_owned()) {
            // The thread lives as long as this sender.
            let _ = self.requests.send(file.to_owned());
        }
    }

    /// What was found since the last call.
    pub fn found(&mut self) -> Option<Thumbnail> {
        let thumbnail = self.found.try_recv().ok()?;
        self.waiting.remove(&thumbnail.file);
        Some(thumbnail)
    }
}

/// From the disk where it is known; else from the file, or from beside it.
fn thumbnail(store: &Arc<ThumbnailStore>, file: &Path) -> Option<Picture> {
    match store.read(file) {
        Known::Picture(picture) => return Some(picture),
        Known::None => return None,
        Known::Nothing => {}
    }
    let (store, file) = (Arc::clone(store), file.to_owned());
    let read = move || {
        let cover = read_tags(&file, true).cover;
        let picture = cover.as_deref().and_then(|cover| decode(cover, SIDE));
        store.write(&file, cover.as_deref().zip(picture.as_ref()));
        picture
    };
    // A file that makes a library panic has no cover.
    contained("cover", read).unwrap_or_default()
}
