//! Plain samples, and those coded by a law or as differences, in all their containers.

use crate::table::Kind::{Lossless, Lossy, Untrimmed};
use crate::table::{Case, case, deep, expect_exact, wide};

fn cases() -> Vec<Case> {
    vec![
        case("wav", "e.wav", "FF -c:a pcm_s16le OUT", Lossless),
        wide(
            case("wav 24", "f.wav", "FF -c:a pcm_s24le OUT", Lossless),
            96_000,
            1,
            24,
        ),
        wide(
            case("wav 32", "g.wav", "FF -c:a pcm_s32le OUT", Lossless),
            48_000,
            2,
            24,
        ),
        case("wav float", "h.wav", "FF -c:a pcm_f32le OUT", Lossless),
        case("wav double", "i.wav", "FF -c:a pcm_f64le OUT", Lossless),
        case(
            "wav rf64",
            "j.wav",
            "FF -c:a pcm_s16le -rf64 always OUT",
            Lossless,
        ),
        wide(
            case("wav 8 kHz mono", "k.wav", "FF -c:a pcm_s16le OUT", Lossless),
            8_000,
            1,
            16,
        ),
        case("wav mu-law", "l.wav", "FF -c:a pcm_mulaw OUT", Lossy),
        case("wav a-law", "m.wav", "FF -c:a pcm_alaw OUT", Lossy),
        case(
            "wav ima adpcm",
            "n.wav",
            "FF -c:a adpcm_ima_wav OUT",
            Untrimmed,
        ),
        case("wav ms adpcm", "o.wav", "FF -c:a adpcm_ms OUT", Untrimmed),
        case("aiff", "p.aiff", "FF -c:a pcm_s16be OUT", Lossless),
        case(
            "aifc float",
            "q.aifc",
            "FF -c:a pcm_f32be -f aiff OUT",
            Lossless,
        ),
        case("caf", "r.caf", "FF -c:a pcm_s24be OUT", Lossless),
        wide(
            case("aiff 24", "pa.aiff", "FF -c:a pcm_s24be OUT", Lossless),
            96_000,
            2,
            24,
        ),
        case(
            "aifc little",
            "pb.aifc",
            "FF -c:a pcm_s16le -f aiff OUT",
            Lossless,
        ),
        case("caf 16 little", "ra.caf", "FF -c:a pcm_s16le OUT", Lossless),
        case("w64", "rb.w64", "FF -c:a pcm_s16le OUT", Lossless),
        wide(
            case("w64 24", "rc.w64", "FF -c:a pcm_s24le OUT", Lossless),
            48_000,
            2,
            24,
        ),
        case("au", "rd.au", "FF -c:a pcm_s16be OUT", Lossless),
        wide(
            case("au 24", "re.au", "FF -c:a pcm_s24be OUT", Lossless),
            48_000,
            2,
            24,
        ),
        case("pcm in mka", "dd.mka", "FF -c:a pcm_s16le OUT", Lossless),
        wide(
            case("pcm in mka 24", "de.mka", "FF -c:a pcm_s24le OUT", Lossless),
            48_000,
            2,
            24,
        ),
        wide(
            case("pcm in mov 24", "df.mov", "FF -c:a pcm_s24be OUT", Lossless),
            48_000,
            2,
            24,
        ),
        deep(
            "wav rf64 24",
            "gf.wav",
            "FF -c:a pcm_s24le -rf64 always OUT",
        ),
        case("wav rifx", "gg.wav", "sox -D IN -B OUT", Lossless),
        deep("wav rifx 24", "gh.wav", "sox -D IN -B OUT"),
        case("caf 16", "gi.caf", "FF -c:a pcm_s16be OUT", Lossless),
        deep("caf 24 big", "gj.caf", "FF -c:a pcm_s24be OUT"),
        deep("caf 24 little", "gk.caf", "FF -c:a pcm_s24le OUT"),
        deep("aifc 24", "gl.aifc", "sox -D IN -t aifc OUT"),
        case("pcm in mov", "gm.mov", "FF -c:a pcm_s16le OUT", Lossless),
        deep("pcm in mov 24 little", "gn.mov", "FF -c:a pcm_s24le OUT"),
        case(
            "pcm in mka big",
            "go.mka",
            "FF -c:a pcm_s16be OUT",
            Lossless,
        ),
        deep("pcm in mka 24 big", "gp.mka", "FF -c:a pcm_s24be OUT"),
    ]
}

#[test]
fn plain_sound_is_decoded_to_the_frame() {
    expect_exact("plain", &["ffmpeg", "sox"], &cases());
}
