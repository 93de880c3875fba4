//! The cover: a record that sets like a sun behind the bars of an equalizer.

use super::canvas::{Colour, blend, distance, in_rounded, paint_square, rgb};
use super::oscillators::{sine, smoothstep};
use super::png;

/// Side of the cover in pixels.
pub(crate) const COVER_PIXELS: usize = 512;

const NIGHT: Colour = rgb(0x12_1013);
const DUSK: Colour = rgb(0x1E_1A1E);
const ACCENT: Colour = rgb(0xF2_703A);
const AMBER: Colour = rgb(0xFF_A45C);
const EMBER: Colour = rgb(0xB8_4320);

/// Heights of the cover's bars, as fractions of its side.
const BARS: [f64; 11] = [
    0.10, 0.17, 0.26, 0.20, 0.31, 0.25, 0.34, 0.28, 0.22, 0.15, 0.10,
];

/// The cover as PNG.
pub(crate) fn cover_png() -> Vec<u8> {
    png::encode(&paint_square(COVER_PIXELS, cover_at), COVER_PIXELS)
}

fn cover_at(x: f64, y: f64) -> Colour {
    let (sun_x, sun_y, sun_radius) = (0.5, 0.41, 0.28);
    let off_centre = distance(x, y, sun_x, sun_y);
    let mut colour = blend(NIGHT, DUSK, smoothstep(y));
    let glow = 1.0 - smoothstep((off_centre - sun_radius) / 0.36);
    colour = blend(colour, EMBER, 0.34 * glow * glow);
    if off_centre < sun_radius {
        colour = record(off_centre / sun_radius, y);
    }

    let (first, pitch, width, ground) = (0.12, 0.76 / BARS.len() as f64, 0.040, 0.86);
    let column = ((x - first) / pitch).clamp(0.0, BARS.len() as f64 - 1.0) as usize;
    let centre = first + (column as f64 + 0.5) * pitch;
    let left = centre - width / 2.0;
    let shape = |margin: f64| {
        let top = ground - BARS[column] - margin;
        let bounds = [left - margin, top, left + width + margin, ground + margin];
        in_rounded(x, y, bounds, width / 2.0 + margin)
    };
    if shape(0.0) {
        colour = blend(AMBER, ACCENT, (y - 0.50) / 0.32);
    } else if shape(0.011) {
        // A dark seam lifts the bars off the record.
        colour = blend(NIGHT, DUSK, smoothstep(y));
    }
    colour
}

/// A record seen from above, lit from the top; `radius` is 0 at its centre and 1 at its rim.
fn record(radius: f64, y: f64) -> Colour {
    let lit = blend(AMBER, EMBER, (y - 0.13) / 0.52);
    if radius < 0.035 {
        return NIGHT;
    }
    if radius < 0.30 {
        return blend(lit, rgb(0xFF_C995), 0.35);
    }
    if radius < 0.34 {
        return blend(lit, NIGHT, 0.55);
    }
    let groove = 0.5 + 0.5 * sine(radius * 13.0);
    blend(lit, NIGHT, 0.30 * smoothstep(groove))
}
