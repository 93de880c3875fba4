//! FLAC, ALAC and WavPack, in files of their own and in containers.

use crate::table::Kind::Lossless;
use crate::table::{Case, case, deep, expect_exact, wide};

fn cases() -> Vec<Case> {
    vec![
        case("flac", "a.flac", "flac -s -f -o OUT IN", Lossless),
        wide(
            case(
                "flac 24/192 5.1",
                "b.flac",
                "flac -s -f -o OUT IN",
                Lossless,
            ),
            192_000,
            6,
            24,
        ),
        case(
            "flac in ogg",
            "c.oga",
            "flac -s -f --ogg -o OUT IN",
            Lossless,
        ),
        case("flac in mka", "d.mka", "FF -c:a flac OUT", Lossless),
        wide(
            case("alac 24", "sa.m4a", "FF -c:a alac OUT", Lossless),
            96_000,
            2,
            24,
        ),
        wide(
            case("alac in caf 24", "ta.caf", "FF -c:a alac OUT", Lossless),
            48_000,
            2,
            24,
        ),
        wide(
            case(
                "flac in ogg 24",
                "ca.oga",
                "flac -s -f --ogg -o OUT IN",
                Lossless,
            ),
            48_000,
            2,
            24,
        ),
        wide(
            case("flac in mka 24", "da.mka", "FF -c:a flac OUT", Lossless),
            48_000,
            2,
            24,
        ),
        case(
            "flac in mp4",
            "db.mp4",
            "FF -c:a flac -strict -2 OUT",
            Lossless,
        ),
        case("alac in mka", "dc.mka", "FF -c:a alac OUT", Lossless),
        case("wavpack", "dg.wv", "FF -c:a wavpack OUT", Lossless),
        wide(
            case("wavpack 24", "dh.wv", "wavpack -q -y IN -o OUT", Lossless),
            48_000,
            2,
            24,
        ),
        deep("flac 24", "ga.flac", "flac -s -f -o OUT IN"),
        deep("flac in mp4 24", "gb.mp4", "FF -c:a flac -strict -2 OUT"),
        deep("alac in mka 24", "gc.mka", "FF -c:a alac OUT"),
        deep("alac in mov 24", "gd.mov", "FF -c:a alac OUT"),
        case("alac in mov", "ge.mov", "FF -c:a alac OUT", Lossless),
        case(
            "wavpack by its own",
            "gq.wv",
            "wavpack -q -y IN -o OUT",
            Lossless,
        ),
        deep("wavpack 24 high", "gr.wv", "wavpack -q -y -hh IN -o OUT"),
        case("alac", "s.m4a", "FF -c:a alac OUT", Lossless),
        case("alac in caf", "t.caf", "FF -c:a alac OUT", Lossless),
    ]
}

#[test]
fn lossless_codecs_are_decoded_to_the_bit() {
    expect_exact("lossless", &["ffmpeg", "flac", "wavpack"], &cases());
}
