//! Vorbis and Opus.

use crate::table::Kind::{Lossy, Untrimmed};
use crate::table::{Case, case, expect_exact, opus, untrimmed, wide};

fn cases() -> Vec<Case> {
    vec![
        wide(
            case("vorbis 5.1", "be.ogg", "oggenc -Q -q 4 -o OUT IN", Lossy),
            48_000,
            6,
            16,
        ),
        case("vorbis", "ba.ogg", "oggenc -Q -q 6 -o OUT IN", Lossy),
        case(
            "vorbis in mka",
            "bb.mka",
            "FF -c:a libvorbis OUT",
            Untrimmed,
        ),
        case(
            "vorbis in webm",
            "bc.webm",
            "FF -c:a libvorbis OUT",
            Untrimmed,
        ),
        opus("opus", "ca.opus", 2, "opusenc --quiet IN OUT"),
        opus(
            "opus mono speech",
            "cb.opus",
            1,
            "opusenc --quiet --bitrate 16 --speech IN OUT",
        ),
        opus(
            "opus 2.5 ms",
            "cc.opus",
            2,
            "opusenc --quiet --framesize 2.5 IN OUT",
        ),
        opus(
            "opus 60 ms",
            "cd.opus",
            2,
            "opusenc --quiet --framesize 60 IN OUT",
        ),
        opus("opus 5.1", "ce.opus", 6, "opusenc --quiet IN OUT"),
        opus("opus 7.1", "cf.opus", 8, "opusenc --quiet IN OUT"),
        opus("opus in webm", "cg.webm", 2, "FF -c:a libopus OUT"),
        opus(
            "opus in mka 5.1",
            "ch.mka",
            6,
            "FF -c:a libopus -mapping_family 1 OUT",
        ),
        opus("opus in mp4", "ci.mp4", 2, "FF -c:a libopus -strict -2 OUT"),
        untrimmed(opus("opus in caf", "cj.caf", 2, "FF -c:a libopus OUT")),
    ]
}

#[test]
fn vorbis_and_opus_are_decoded_to_the_frame() {
    expect_exact("xiph", &["ffmpeg", "oggenc", "opusenc"], &cases());
}
