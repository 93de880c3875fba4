//! Any bytes as a file to be played: from its beginning, from its middle, and from behind its end.
#![no_main]

use libfuzzer_sys::fuzz_target;
use media::decoder::TrackDecoder;
use media::track_bytes::TrackBytes;
use std::path::Path;

/// Enough to reach every codec's second packet, and to try many files a second.
const MAX_SAMPLES: usize = 1 << 18;

fuzz_target!(|content: &[u8]| {
    let bytes = TrackBytes::in_memory(Path::new("fuzzed"), content.into());
    let Ok(mut decoder) = TrackDecoder::decode(bytes) else {
        return;
    };
    let frames = decoder.info().frames.unwrap_or(10_000);
    for start in [None, Some(frames / 2), Some(u64::MAX), Some(0)] {
        if start.is_some_and(|start| decoder.seek(start).is_err()) {
            continue;
        }
        let mut samples = 0;
        while samples < MAX_SAMPLES
            && let Ok(Some(frames)) = decoder.next_frames()
        {
            samples += frames.len();
        }
    }
});
