//! Whether there are frames of MPEG audio or AAC: not a guess from one header, but several in a row.

/// How far from the beginning the first frame may be: files cut out of a stream begin with part of one.
const SEARCHED_BYTES: usize = 16 << 10;
/// Frames that must follow each other.
const FRAMES: usize = 3;
/// The longest frame whose header does not name a bit rate.
const MAX_FREE_FRAME_BYTES: usize = 8_192;

/// kbit/s of MPEG-1 layers I, II and III, and of MPEG-2 layers I, and II and III.
const BIT_RATES: [[usize; 15]; 5] = [
    [
        0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448,
    ],
    [
        0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384,
    ],
    [
        0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320,
    ],
    [
        0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256,
    ],
    [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];
const RATES_HZ: [usize; 3] = [44_100, 48_000, 32_000];

/// Whether frames of MPEG audio (ISO 11172-3, 13818-3) begin here, or soon.
pub(super) fn has_frames(bytes: &[u8]) -> bool {
    is_in(bytes, |rest| follow(rest, FRAMES))
}

/// Whether frames of AAC with ADTS headers (ISO 13818-7) begin here, or soon.
pub(super) fn has_adts_frames(bytes: &[u8]) -> bool {
    is_in(bytes, |mut rest| {
        for _ in 0..FRAMES {
            let [0xFF, 0xF0 | 0xF1 | 0xF8 | 0xF9, c, d, e, f, _, ..] = *rest else {
                return false;
            };
            let length = usize::from(d & 3) << 11 | usize::from(e) << 3 | usize::from(f >> 5);
            if c >> 2 & 0xF > 12 || length < 7 || length > rest.len() {
                return false;
            }
            rest = &rest[length..];
            if rest.is_empty() {
                return true;
            }
        }
        true
    })
}

fn is_in(bytes: &[u8], begins: impl Fn(&[u8]) -> bool) -> bool {
    let starts = 0..bytes.len().min(SEARCHED_BYTES);
    starts
        .into_iter()
        .any(|at| bytes[at] == 0xFF && begins(&bytes[at..]))
}

/// Whether `count` frames of one version, layer and rate are here, or fewer up to the end.
fn follow(bytes: &[u8], count: usize) -> bool {
    let Some(first) = fixed_bits(bytes) else {
        return false;
    };
    let mut rest = bytes;
    for _ in 0..count {
        if fixed_bits(rest) != Some(first) {
            return false;
        }
        let length = match frame_bytes(rest) {
            Some(length) => length,
            // The next header tells.
            None => {
                let search = 4..rest.len().min(MAX_FREE_FRAME_BYTES);
                let next = search.into_iter().find(|at| {
                    fixed_bits(&rest[*at..]) == Some(first) && frame_bytes(&rest[*at..]).is_none()
                });
                match next {
                    Some(next) => next,
                    None => return false,
                }
            }
        };
        if length > rest.len() {
            return false;
        }
        rest = &rest[length..];
        if rest.len() < 4 {
            return true;
        }
    }
    true
}

/// Version, layer and rate of a possible header, which no frame of a stream changes.
fn fixed_bits(bytes: &[u8]) -> Option<(u8, u8)> {
    let [0xFF, b, c, _, ..] = *bytes else {
        return None;
    };
    let is_header =
        b >= 0xE0 && b >> 3 & 3 != 1 && b >> 1 & 3 != 0 && c >> 4 != 15 && c >> 2 & 3 != 3;
    is_header.then_some((b & 0x1E, c & 0x0C))
}

/// `None` where the header names no bit rate.
fn frame_bytes(bytes: &[u8]) -> Option<usize> {
    let [_, b, c, ..] = *bytes else { return None };
    let (version, layer) = (b >> 3 & 3, 4 - (b >> 1 & 3));
    let is_first = version == 3;
    let table = match (is_first, layer) {
        (true, layer) => usize::from(layer) - 1,
        (false, 1) => 3,
        (false, _) => 4,
    };
    let bit_rate = 1_000 * BIT_RATES[table].get(usize::from(c >> 4)).copied()?;
    let shift = match version {
        3 => 0,
        2 => 1,
        _ => 2,
    };
    let rate = RATES_HZ.get(usize::from(c >> 2 & 3))? >> shift;
    let padding = usize::from(c >> 1 & 1);
    let length = match layer {
        1 => (12 * bit_rate / rate + padding) * 4,
        3 if !is_first => 72 * bit_rate / rate + padding,
        _ => 144 * bit_rate / rate + padding,
    };
    (bit_rate > 0).then_some(length)
}
