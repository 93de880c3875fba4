//! The cover: decoded on a thread of its own, kept small.

use crate::app::covers::picture::{Picture, decode};
use crossbeam::channel::{Receiver, Sender, unbounded};
use eframe::egui::{ColorImage, Context, TextureHandle, TextureOptions};
use engine::status::NowPlaying;
use rt::ids::PlayId;
use std::sync::Arc;

/// Longest side of the texture, in pixels.
const MAX_SIDE: u32 = 512;

struct Job {
    track: PlayId,
    bytes: Arc<[u8]>,
}

struct Decoded {
    track: PlayId,
    picture: Option<ColorImage>,
}

/// The picture of what plays.
pub(crate) struct Cover {
    jobs: Option<Sender<Job>>,
    results: Receiver<Decoded>,
    wanted: Option<PlayId>,
    texture: Option<TextureHandle>,
}

impl Cover {
    /// Starts the decoding thread. Without one there are no covers, and nothing else is lost.
    pub(crate) fn new(ctx: &Context) -> Self {
        let (jobs, job_queue) = unbounded::<Job>();
        let (result_queue, results) = unbounded();
        let ctx = ctx.clone();
        let work = move || {
            while let Ok(mut job) = job_queue.recv() {
                // Only the newest counts.
                while let Ok(newer) = job_queue.try_recv() {
                    job = newer;
                }
                let picture = decode(&job.bytes, MAX_SIDE).map(|picture| as_image(&picture));
                if result_queue
                    .send(Decoded {
                        track: job.track,
                        picture,
                    })
                    .is_err()
                {
                    return;
                }
                ctx.request_repaint();
            }
        };
        let thread = std::thread::Builder::new().name("cover".into()).spawn(work);
        Self {
            jobs: thread.is_ok().then_some(jobs),
            results,
            wanted: None,
            texture: None,
        }
    }

    /// The texture for what plays, once it is there; none while it has no cover.
    pub(crate) fn texture(
        &mut self,
        ctx: &Context,
        now_playing: Option<&NowPlaying>,
    ) -> Option<&TextureHandle> {
        let track = now_playing.map(|playing| playing.track);
        if track != self.wanted {
            self.wanted = track;
            match now_playing.and_then(|playing| Some((playing.track, playing.cover.clone()?))) {
                // The old picture stays until the new one is there, so that nothing flickers.
                Some((track, bytes)) => {
                    if let Some(jobs) = &self.jobs {
                        let _ = jobs.send(Job { track, bytes });
                    }
                }
                None => self.texture = None,
            }
        }
        while let Ok(Decoded { track, picture }) = self.results.try_recv() {
            if Some(track) == self.wanted {
                self.texture = picture
                    .map(|picture| ctx.load_texture("cover", picture, TextureOptions::LINEAR));
            }
        }
        self.texture.as_ref()
    }
}

/// A picture as the window draws it.
fn as_image(picture: &Picture) -> ColorImage {
    ColorImage::from_rgba_unmultiplied(picture.size, &picture.rgba)
}
