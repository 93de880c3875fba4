//! `cargo xtask icons`: the pictures of `packaging/icon.svg` in the sizes that desktops and the window want.

use std::path::Path;
use std::process::Command;
use xtask_common::failure::Failure;
use xtask_common::project;

/// Sides in pixels.
const PIXELS: [u32; 8] = [16, 24, 32, 48, 64, 128, 256, 512];
/// The window's own.
const WINDOW_PIXELS: u32 = 256;

/// Draws all of them with `rsvg-convert`, of librsvg.
pub(crate) fn draw(root: &Path) -> Result<u8, Failure> {
    let packaging = root.join("packaging");
    let window = [(WINDOW_PIXELS, root.join("assets/icon.png"))];
    let sizes = PIXELS.map(|pixels| (pixels, packaging.join(format!("icons/{pixels}.png"))));
    for (pixels, to) in sizes.into_iter().chain(window) {
        let side = pixels.to_string();
        let mut command = Command::new("rsvg-convert");
        command.args(["-w", &side, "-h", &side, "-o"]).arg(&to);
        command.arg(packaging.join("icon.svg"));
        project::succeed(&mut command, "rsvg-convert, of librsvg")?;
        println!("{}", to.display());
    }
    Ok(0)
}
