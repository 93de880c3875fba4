//! MPEG audio: MP3, MP2 and AAC.

use crate::table::Kind::{Lossy, Untrimmed};
use crate::table::{Case, case, expect_exact, wide};

fn cases() -> Vec<Case> {
    vec![
        case("mp3 vbr", "u.mp3", "lame --quiet -V 2 IN OUT", Lossy),
        case("mp3 cbr", "v.mp3", "lame --quiet -b 128 IN OUT", Lossy),
        wide(
            case(
                "mp3 mpeg-2 mono",
                "x.mp3",
                "lame --quiet -b 64 -m m IN OUT",
                Lossy,
            ),
            22_050,
            1,
            16,
        ),
        wide(
            case(
                "mp3 mpeg-2.5",
                "y.mp3",
                "lame --quiet -b 24 -m m IN OUT",
                Lossy,
            ),
            8_000,
            1,
            16,
        ),
        case(
            "mp3 no tag",
            "z.mp3",
            "lame --quiet -t -V 4 IN OUT",
            Untrimmed,
        ),
        case("mp3 in mka", "za.mka", "FF -c:a libmp3lame OUT", Untrimmed),
        case("mp2", "zb.mp2", "FF -c:a mp2 OUT", Untrimmed),
        case(
            "aac adts",
            "aa.aac",
            "FF -c:a aac -aac_pns 0 OUT",
            Untrimmed,
        ),
        case("aac in m4a", "ab.m4a", "FF -c:a aac -aac_pns 0 OUT", Lossy),
        case(
            "aac in mka",
            "ac.mka",
            "FF -c:a aac -aac_pns 0 OUT",
            Untrimmed,
        ),
        case(
            "aac fragmented",
            "ae.m4a",
            "FF -c:a aac -aac_pns 0 -movflags frag_keyframe+empty_moov -frag_duration 500000 OUT",
            Untrimmed,
        ),
        wide(
            case(
                "mp2 at a low rate",
                "zd.mp2",
                "FF -b:a 48k -c:a mp2 OUT",
                Untrimmed,
            ),
            24_000,
            2,
            16,
        ),
    ]
}

#[test]
fn mpeg_audio_is_decoded_to_the_frame() {
    expect_exact("mpeg", &["ffmpeg", "lame"], &cases());
}
