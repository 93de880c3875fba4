//! The thread that draws up waveform, behind everything else.

use crossbeam::channel::{Receiver, Sender, unbounded};
use media::cache::CachedAudioLoader;
use media::containment::retire_on_panic;
use media::location::TrackLocation;
use media::waveform::Waveform;
use std::path::PathBuf;
use std::sync::Arc;

/// A track, and its waveform.
pub(super) type FoundWaveform = (TrackLocation, Arc<Waveform>);

/// Starts the thread: the last track asked for is the one that is wanted. It ends with the sender.
/// Waveforms are stored in `folder`.
///
/// # Errors
/// When the system refuses a thread.
pub(super) fn start(
    loader: Arc<CachedAudioLoader>,
    folder: PathBuf,
) -> std::io::Result<(Sender<TrackLocation>, Receiver<FoundWaveform>)> {
    let (sender, wanted) = unbounded();
    let (found, receiver) = unbounded();
    spawn(loader, folder, wanted, found)?;
    Ok((sender, receiver))
}

fn spawn(
    loader: Arc<CachedAudioLoader>,
    folder: PathBuf,
    wanted: Receiver<TrackLocation>,
    found: Sender<FoundWaveform>,
) -> std::io::Result<()> {
    std::thread::Builder::new()
        .name("waveform".into())
        .spawn(move || {
            let again = (
                Arc::clone(&loader),
                folder.clone(),
                wanted.clone(),
                found.clone(),
            );
            // Another goes on with the next track; without it, the seek bar stays plain.
            retire_on_panic(move |_| drop(spawn(again.0, again.1, again.2, again.3)));
            // Where the system refuses, it is as important as other threads and no worse.
            let _ = thread_priority::ThreadPriority::Min.set_for_current();
            while let Ok(first) = wanted.recv() {
                let location = wanted.try_iter().last().unwrap_or(first);
                let waveform = loader.waveform(&location, &folder, || wanted.is_empty());
                if let Some(waveform) = waveform
                    && found.send((location, waveform)).is_err()
                {
                    return;
                }
            }
        })?;
    Ok(())
}
