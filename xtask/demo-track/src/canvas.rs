//! A small anti-aliased painter: colours, distances to shapes, and 16 samples a pixel.

/// A colour with red, green, blue and opacity from 0 to 1.
pub(crate) type Colour = [f64; 4];

/// A colour from 0xRRGGBB, opaque.
pub(crate) const fn rgb(hex: u32) -> Colour {
    [
        ((hex >> 16) & 0xFF) as f64 / 255.0,
        ((hex >> 8) & 0xFF) as f64 / 255.0,
        (hex & 0xFF) as f64 / 255.0,
        1.0,
    ]
}

/// `from` at 0, `to` at 1.
pub(crate) fn blend(from: Colour, to: Colour, amount: f64) -> Colour {
    let amount = amount.clamp(0.0, 1.0);
    std::array::from_fn(|i| from[i] + (to[i] - from[i]) * amount)
}

/// Distance from the centre of a circle.
pub(crate) fn distance(x: f64, y: f64, centre_x: f64, centre_y: f64) -> f64 {
    libm::sqrt((x - centre_x) * (x - centre_x) + (y - centre_y) * (y - centre_y))
}

/// True inside a rectangle with rounded corners.
pub(crate) fn in_rounded(
    x: f64,
    y: f64,
    [left, top, right, bottom]: [f64; 4],
    radius: f64,
) -> bool {
    if x < left || x > right || y < top || y > bottom {
        return false;
    }
    // Not `clamp`: rounding may swap the two limits of a shape as narrow as its corners.
    let near_x = x.max(left + radius).min(right - radius);
    let near_y = y.max(top + radius).min(bottom - radius);
    distance(x, y, near_x, near_y) <= radius
}

/// Samples along one side of a pixel.
const GRID: usize = 4;

/// Paints a square of `pixels` a side; `paint` gives the colour at a point, both from 0 to 1.
///
/// Returns rows of red, green, blue and opacity bytes.
pub(crate) fn paint_square(pixels: usize, paint: impl Fn(f64, f64) -> Colour) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(pixels * pixels * 4);
    for row in 0..pixels {
        for column in 0..pixels {
            let mut sum = [0.0; 4];
            for sub in 0..GRID * GRID {
                let x = column as f64 + ((sub % GRID) as f64 + 0.5) / GRID as f64;
                let y = row as f64 + ((sub / GRID) as f64 + 0.5) / GRID as f64;
                let colour = paint(x / pixels as f64, y / pixels as f64);
                // Weighted by opacity, or the colour outside a shape would bleed into its edge.
                for channel in 0..3 {
                    sum[channel] += colour[channel] * colour[3];
                }
                sum[3] += colour[3];
            }
            let opacity = if sum[3] > 0.0 { sum[3] } else { 1.0 };
            let byte = |value: f64| libm::round(value.clamp(0.0, 1.0) * 255.0) as u8;
            bytes.extend([0, 1, 2].map(|channel| byte(sum[channel] / opacity)));
            bytes.push(byte(sum[3] / (GRID * GRID) as f64));
        }
    }
    bytes
}
