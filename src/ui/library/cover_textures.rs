//! The covers that are drawn, as textures: a few hundred, those seen last.

use crate::app::CoverFound;
use crate::ui::backend::Backend;
use eframe::egui::{ColorImage, Context, TextureHandle, TextureOptions};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Textures kept; each takes up to 144 KiB.
const MAX_TEXTURES: usize = 256;
/// Textures made in a frame, so that none takes long.
const MAX_UPLOADS: usize = 6;

struct Known {
    texture: Option<TextureHandle>,
    /// The frame it was drawn in last.
    seen: u64,
}

/// Textures by the file whose cover they are.
#[derive(Default)]
pub(crate) struct CoverTextures {
    known: HashMap<PathBuf, Known>,
}

impl CoverTextures {
    /// Takes in what was found; to be called once a frame.
    pub(crate) fn update(&mut self, ctx: &Context, backend: &mut dyn Backend) {
        let Some(covers) = backend.covers() else {
            return;
        };
        let seen = ctx.cumulative_frame_nr();
        for _ in 0..MAX_UPLOADS {
            let Some(found) = covers.found() else {
                break;
            };
            let texture = match found.cover {
                CoverFound::Picture(picture) => {
                    let image = ColorImage::from_rgba_unmultiplied(picture.size, &picture.rgba);
                    let name = found.file.to_string_lossy();
                    Some(ctx.load_texture(name, image, TextureOptions::LINEAR))
                }
                CoverFound::None => None,
                // Asked for again when it is seen.
                CoverFound::Dropped => continue,
            };
            self.known.insert(found.file, Known { texture, seen });
            ctx.request_repaint();
        }
        if self.known.len() > MAX_TEXTURES {
            let mut ages: Vec<u64> = self.known.values().map(|known| known.seen).collect();
            ages.sort_unstable();
            let oldest_kept = ages[ages.len() - MAX_TEXTURES / 2];
            self.known.retain(|_, known| known.seen >= oldest_kept);
        }
    }

    /// The cover of `file`, asked for if it is not known.
    pub(crate) fn get(
        &mut self,
        ctx: &Context,
        backend: &mut dyn Backend,
        file: &Path,
    ) -> Option<&TextureHandle> {
        match self.known.get_mut(file) {
            Some(known) => {
                known.seen = ctx.cumulative_frame_nr();
                known.texture.as_ref()
            }
            None => {
                if let Some(covers) = backend.covers() {
                    covers.want(file);
                }
                None
            }
        }
    }
}
