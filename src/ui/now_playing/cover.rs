//! The cover: decoded on a thread of its own, kept small.

use crossbeam::channel::{Receiver, Sender, unbounded};
use eframe::egui::{Color32, ColorImage, Context, TextureHandle, TextureOptions};
use engine::status::NowPlaying;
use image::{ImageReader, Limits};
use rt::ids::PlayId;
use std::io::Cursor;
use std::sync::Arc;

/// Longest side of the texture, in pixels.
const MAX_SIDE: u32 = 512;
/// Files larger than this are not decoded, in bytes.
const MAX_FILE_BYTES: usize = 32 << 20;
/// Pictures with a longer side than this are not decoded, in pixels.
const MAX_PICTURE_SIDE: u32 = 12_000;
/// What decoding may allocate, in bytes.
const MAX_ALLOCATION_BYTES: u64 = 512 << 20;

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
                let picture = decode(&job.bytes);
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

fn decode(bytes: &[u8]) -> Option<ColorImage> {
    if bytes.len() > MAX_FILE_BYTES {
        return None;
    }
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .ok()?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_PICTURE_SIDE);
    limits.max_image_height = Some(MAX_PICTURE_SIDE);
    limits.max_alloc = Some(MAX_ALLOCATION_BYTES);
    reader.limits(limits);
    let mut picture = reader.decode().ok()?;
    if picture.width().max(picture.height()) > MAX_SIDE {
        picture = picture.thumbnail(MAX_SIDE, MAX_SIDE);
    }
    let picture = picture.into_rgba8();
    let size = [picture.width() as usize, picture.height() as usize];
    let pixels = picture
        .pixels()
        .map(|pixel| Color32::from_rgba_unmultiplied(pixel[0], pixel[1], pixel[2], pixel[3]))
        .collect();
    Some(ColorImage::new(size, pixels))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_pictures_are_brought_down_and_broken_ones_left_out() {
        let mut png = Cursor::new(Vec::new());
        let picture = image::RgbImage::from_pixel(1600, 800, image::Rgb([200, 100, 50]));
        picture.write_to(&mut png, image::ImageFormat::Png).unwrap();
        let cover = decode(png.get_ref()).unwrap();
        assert_eq!(cover.size, [512, 256]);
        assert_eq!(cover.pixels[0], Color32::from_rgb(200, 100, 50));
        assert!(decode(&png.get_ref()[..60]).is_none());
        assert!(decode(b"not a picture").is_none());
    }
}
