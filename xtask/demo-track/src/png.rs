//! A PNG writer: per-row filters, one zlib stream, always the same bytes.

/// Bytes of a pixel: red, green and blue.
const WIDTH: usize = 3;

/// Encodes a square of `side` pixels given as rows of red, green, blue and opacity bytes; opacity is dropped.
pub(crate) fn encode(rgba: &[u8], side: usize) -> Vec<u8> {
    let kept: Vec<u8> = rgba
        .chunks_exact(4)
        .flat_map(|pixel| &pixel[..WIDTH])
        .copied()
        .collect();
    let row_bytes = side * WIDTH;
    let mut filtered = Vec::with_capacity(kept.len() + side);
    let mut above = vec![0; row_bytes];
    for row in kept.chunks_exact(row_bytes) {
        filtered.extend(best_filter(row, &above, WIDTH));
        above.copy_from_slice(row);
    }

    let mut header = Vec::new();
    header.extend((side as u32).to_be_bytes());
    header.extend((side as u32).to_be_bytes());
    // Eight bits of three colours.
    header.extend([8, 2, 0, 0, 0]);

    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    push_chunk(&mut file, b"IHDR", &header);
    push_chunk(
        &mut file,
        b"IDAT",
        &miniz_oxide::deflate::compress_to_vec_zlib(&filtered, 9),
    );
    push_chunk(&mut file, b"IEND", &[]);
    file
}

/// The filter whose bytes are smallest in sum: the usual guess at what compresses best.
fn best_filter(row: &[u8], above: &[u8], width: usize) -> Vec<u8> {
    let candidates = (0..5_u8).map(|filter| {
        let mut bytes = vec![filter];
        bytes.extend((0..row.len()).map(|i| {
            let left = if i >= width { row[i - width] } else { 0 };
            let corner = if i >= width { above[i - width] } else { 0 };
            let guess = match filter {
                0 => 0,
                1 => left,
                2 => above[i],
                3 => ((u16::from(left) + u16::from(above[i])) / 2) as u8,
                _ => paeth(left, above[i], corner),
            };
            row[i].wrapping_sub(guess)
        }));
        bytes
    });
    let size = |bytes: &Vec<u8>| -> u64 {
        bytes[1..]
            .iter()
            .map(|&byte| u64::from((byte as i8).unsigned_abs()))
            .sum()
    };
    candidates.min_by_key(size).unwrap_or_default()
}

fn paeth(left: u8, above: u8, corner: u8) -> u8 {
    let guess = i16::from(left) + i16::from(above) - i16::from(corner);
    let off = |value: u8| (guess - i16::from(value)).abs();
    if off(left) <= off(above) && off(left) <= off(corner) {
        left
    } else if off(above) <= off(corner) {
        above
    } else {
        corner
    }
}

fn push_chunk(file: &mut Vec<u8>, name: &[u8; 4], body: &[u8]) {
    file.extend((body.len() as u32).to_be_bytes());
    let checked_from = file.len();
    file.extend(name);
    file.extend(body);
    let crc = crc32(&file[checked_from..]);
    file.extend(crc.to_be_bytes());
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc: u32, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            if crc & 1 == 0 {
                crc >> 1
            } else {
                (crc >> 1) ^ 0xEDB8_8320
            }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_matches_the_catalogue() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }
}
