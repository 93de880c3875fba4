//! Pictures of any size and origin, decoded within bounds and brought down.

use image::codecs::jpeg::JpegEncoder;
use image::{ImageReader, Limits, RgbaImage};
use std::io::Cursor;

/// Files larger than this are not decoded, in bytes.
const MAX_FILE_BYTES: usize = 32 << 20;
/// Pictures with a longer side than this are not decoded, in pixels.
const MAX_PICTURE_SIDE: u32 = 12_000;
/// What decoding may allocate, in bytes.
const MAX_ALLOCATION_BYTES: u64 = 512 << 20;
/// Quality of stored thumbnails, of 100.
const JPEG_QUALITY: u8 = 85;

/// A decoded picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Width and height, in pixels.
    pub size: [usize; 2],
    /// Red, green, blue and alpha of each pixel, not multiplied; top row first.
    pub rgba: Vec<u8>,
}

/// Decodes the picture file in `bytes` and brings its longer side down to `max_side` pixels; none where it
/// cannot be decoded within bounds. Allocates what the picture needs, up to half a gigabyte.
pub(crate) fn decode(bytes: &[u8], max_side: u32) -> Option<Picture> {
    if bytes.len() > MAX_FILE_BYTES {
        return None;
    }
    let reader = ImageReader::new(Cursor::new(bytes));
    let mut reader = reader.with_guessed_format().ok()?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_PICTURE_SIDE);
    limits.max_image_height = Some(MAX_PICTURE_SIDE);
    limits.max_alloc = Some(MAX_ALLOCATION_BYTES);
    reader.limits(limits);
    let mut picture = reader.decode().ok()?;
    if picture.width().max(picture.height()) > max_side {
        picture = picture.thumbnail(max_side, max_side);
    }
    let picture = picture.into_rgba8();
    Some(Picture {
        size: [picture.width() as usize, picture.height() as usize],
        rgba: picture.into_raw(),
    })
}

/// The picture as a file: JPEG, or PNG where it is see-through. None where it has no pixels.
pub(super) fn encode(picture: &Picture) -> Option<Vec<u8>> {
    let [width, height] = picture.size.map(|side| side as u32);
    let pixels = RgbaImage::from_raw(width, height, picture.rgba.clone())?;
    let mut out = Vec::new();
    // JPEG has no opacity: corners that are cut off would be black.
    if pixels.pixels().any(|pixel| pixel[3] < u8::MAX) {
        let mut png = Cursor::new(&mut out);
        pixels.write_to(&mut png, image::ImageFormat::Png).ok()?;
        return Some(out);
    }
    let opaque = image::DynamicImage::ImageRgba8(pixels).into_rgb8();
    let encoder = JpegEncoder::new_with_quality(&mut out, JPEG_QUALITY);
    opaque.write_with_encoder(encoder).ok()?;
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_pictures_are_brought_down_and_broken_ones_left_out() {
        let mut png = Cursor::new(Vec::new());
        let picture = image::RgbImage::from_pixel(1600, 800, image::Rgb([200, 100, 50]));
        picture.write_to(&mut png, image::ImageFormat::Png).unwrap();
        let cover = decode(png.get_ref(), 512).unwrap();
        assert_eq!(cover.size, [512, 256]);
        assert_eq!(cover.rgba[..4], [200, 100, 50, 255]);
        assert!(decode(&png.get_ref()[..60], 512).is_none());
        assert!(decode(b"not a picture", 512).is_none());
        let again = decode(&encode(&cover).unwrap(), 512).unwrap();
        assert_eq!(again.size, cover.size);
        let mut see_through = cover;
        see_through.rgba[..4].copy_from_slice(&[0; 4]);
        let again = decode(&encode(&see_through).unwrap(), 512).unwrap();
        assert_eq!(again.rgba[..8], [0, 0, 0, 0, 200, 100, 50, 255]);
    }
}
