//! Every kind of file, made by its real encoder: all of its frames, from the first, exact after any
//! seek, and the same sound as the reference decoder's. Prints a table.

#![allow(clippy::unwrap_used, reason = "tests may fail loudly")]

mod encoders;

use encoders::{ffmpeg_f32_at, have, music_of, run, write_wav_of};
use media::decoder::{StreamInfo, TrackDecoder};
use std::path::{Path, PathBuf};

/// One row of the table.
struct Case {
    name: &'static str,
    file: &'static str,
    /// Encoder and arguments; `IN` and `OUT` stand for the files.
    command: &'static str,
    rate_hz: u32,
    channels: u16,
    bits: u16,
    /// Rate that comes out.
    output_hz: u32,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// Every bit comes back.
    Lossless,
    /// As long as what went in, and as the reference decoder has it.
    Lossy,
    /// Declares no padding: as long as the reference decoder's, or longer by what it cuts.
    Untrimmed,
}
use Kind::{Lossless, Lossy, Untrimmed};

const fn case(name: &'static str, file: &'static str, command: &'static str, kind: Kind) -> Case {
    Case {
        name,
        file,
        command,
        rate_hz: 44_100,
        channels: 2,
        bits: 16,
        output_hz: 44_100,
        kind,
    }
}

const fn opus(
    name: &'static str,
    file: &'static str,
    channels: u16,
    command: &'static str,
) -> Case {
    Case {
        name,
        file,
        command,
        rate_hz: 48_000,
        channels,
        bits: 16,
        output_hz: 48_000,
        kind: Lossy,
    }
}

const fn wide(mut case: Case, rate_hz: u32, channels: u16, bits: u16) -> Case {
    case.rate_hz = rate_hz;
    case.output_hz = rate_hz;
    case.channels = channels;
    case.bits = bits;
    case
}

/// A row of 24 bits.
const fn deep(name: &'static str, file: &'static str, command: &'static str) -> Case {
    wide(case(name, file, command, Lossless), 48_000, 2, 24)
}

const fn untrimmed(mut case: Case) -> Case {
    case.kind = Untrimmed;
    case
}

const FF: &str = "ffmpeg -v error -y -i IN";

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
        case(
            "wavpack by its own",
            "gq.wv",
            "wavpack -q -y IN -o OUT",
            Lossless,
        ),
        deep("wavpack 24 high", "gr.wv", "wavpack -q -y -hh IN -o OUT"),
        case("alac", "s.m4a", "FF -c:a alac OUT", Lossless),
        case("alac in caf", "t.caf", "FF -c:a alac OUT", Lossless),
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
            case("vorbis 5.1", "be.ogg", "oggenc -Q -q 4 -o OUT IN", Lossy),
            48_000,
            6,
            16,
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

/// Not a multiple of any packet's length.
const FRAMES: usize = 150_001;
const SEEKS: usize = 100;
/// One step of 16 bits.
const LSB16: f64 = 1.0 / 32_768.0;

fn decode(path: &Path) -> Result<(Vec<f32>, StreamInfo), String> {
    let mut decoder = TrackDecoder::open(path).map_err(|e| e.to_string())?;
    let info = decoder.info().clone();
    let mut all = Vec::new();
    while let Some(frames) = decoder.next_frames().map_err(|e| e.to_string())? {
        all.extend_from_slice(frames);
    }
    Ok((all, info))
}

fn encode(case: &Case, folder: &Path) -> PathBuf {
    let wav = folder.join("in.wav");
    let samples = music_of(FRAMES, case.rate_hz, case.channels);
    write_wav_of(&wav, &samples, case.rate_hz, case.channels, case.bits);
    if case.channels > 2 || case.bits > 16 {
        // Encoders want the extensible header for these.
        let (plain, wav) = (folder.join("plain.wav"), wav.to_str().unwrap());
        std::fs::rename(wav, &plain).unwrap();
        let codec = format!("pcm_s{}le", case.bits);
        let plain = plain.to_str().unwrap();
        run("ffmpeg", &["-v", "error", "-i", plain, "-c:a", &codec, wav]);
    }
    let out = folder.join(case.file);
    let command = case.command.replace("FF", FF);
    let words: Vec<&str> = command
        .split(' ')
        .map(|word| match word {
            "IN" => wav.to_str().unwrap(),
            "OUT" => out.to_str().unwrap(),
            word => word,
        })
        .collect();
    run(words[0], &words[1..]);
    out
}

fn rms(a: &[f32], b: &[f32]) -> f64 {
    let sum: f64 = a.iter().zip(b).map(|(a, b)| f64::from(a - b).powi(2)).sum();
    (sum / a.len().min(b.len()).max(1) as f64).sqrt()
}

/// The shift, within 3,000 frames, at which the first channel of `got` is most like `want`'s.
fn offset(got: &[f32], want: &[f32], channels: usize) -> i64 {
    let left =
        |samples: &[f32]| -> Vec<f32> { samples.iter().step_by(channels).copied().collect() };
    let (got, want) = (left(got), left(want));
    let middle = 20_000..24_000;
    let best = (-3_000_i64..=3_000).max_by(|a, b| {
        let likeness = |shift: &i64| -> f64 {
            let pairs = middle.clone().filter_map(|n| {
                let at = usize::try_from(n as i64 + shift).ok()?;
                Some(f64::from(*want.get(n)?) * f64::from(*got.get(at)?))
            });
            pairs.sum()
        };
        likeness(a).total_cmp(&likeness(b))
    });
    best.unwrap_or(0)
}

/// Seeks to random places, back and forth; the number of places where what follows is not the same.
fn wrong_seeks(path: &Path, whole: &[f32], channels: usize, allowed: f64) -> (usize, Vec<usize>) {
    let mut at = Vec::new();
    let frames = whole.len() / channels;
    let mut decoder = TrackDecoder::open(path).unwrap();
    let mut seed = 0x9E37_79B9_u64;
    let mut wrong = 0;
    for number in 0..SEEKS {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let target = match number {
            0 => 0,
            1 => frames - 1,
            2 => 1,
            // After the end of the stream.
            3 => {
                decoder.seek(frames as u64 + 7).unwrap();
                assert!(decoder.next_frames().unwrap().is_none(), "past the end");
                0
            }
            _ => (seed >> 33) as usize % frames,
        };
        decoder.seek(target as u64).unwrap();
        let mut got = Vec::new();
        while got.len() < 3_000 * channels {
            match decoder.next_frames().unwrap_or(None) {
                Some(frames) => got.extend_from_slice(frames),
                None => break,
            }
        }
        let want = &whole[target * channels..];
        let length = want.len().min(3_000 * channels);
        let same = got.len() >= length && rms(&got[..length], &want[..length]) < allowed;
        if !same {
            wrong += 1;
            at.push(target);
        }
    }
    (wrong, at)
}

#[test]
fn every_format_is_decoded_to_the_frame() {
    let tools = [
        "ffmpeg", "flac", "lame", "opusenc", "oggenc", "wavpack", "sox",
    ];
    if !have("formats", &tools) {
        return;
    }
    let only = std::env::var("RUSTY_AUDIO_FORMAT").ok();
    let mut faults = Vec::new();
    println!(
        "{:18} {:>8} {:>8} {:>6} {:>7} {:>12}",
        "format", "frames", "declared", "offset", "seeks", "error"
    );
    for case in cases() {
        if only
            .as_ref()
            .is_some_and(|only| !case.name.starts_with(only.as_str()))
        {
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        let path = encode(&case, folder.path());
        let (got, info) = match decode(&path) {
            Ok(found) => found,
            Err(error) => {
                println!("{:18} {error}", case.name);
                faults.push(format!("{}: {error}", case.name));
                continue;
            }
        };
        let mut fault = |text: String| faults.push(format!("{}: {text}", case.name));
        let (rate_hz, channels, declared) = (info.sample_rate_hz, info.channels, info.frames);
        // Sound that was put into wider words has their bits.
        let widened = ["wav 32", "wav float", "wav double", "aifc float", "caf"];
        let is_widened = widened.contains(&case.name);
        if case.kind == Lossless && !is_widened && info.bits_per_sample != Some(case.bits.into()) {
            fault(format!(
                "{:?} bits, not {}",
                info.bits_per_sample, case.bits
            ));
        }
        assert_eq!(channels, usize::from(case.channels), "{}", case.name);
        assert_eq!(rate_hz, case.output_hz, "{}", case.name);
        let frames = got.len() / channels;
        let source = music_of(FRAMES, case.rate_hz, case.channels);
        let full = f64::from(1_u32 << (case.bits - 1));
        let source: Vec<f32> = source
            .iter()
            .map(|s| ((f64::from(*s) * full).round().clamp(-full, full - 1.0) / full) as f32)
            .collect();
        let reference = match case.kind {
            // The source is the truth; not every reader knows RIFX of 24 bits.
            Lossless => Vec::new(),
            Lossy | Untrimmed => ffmpeg_f32_at(&path, rate_hz),
        };
        // Strong compression leaves too little to find the exact place: the reference has it there too.
        let shift = match case.kind {
            Lossless => offset(&got, &source, channels),
            Lossy => offset(&got, &source, channels) - offset(&reference, &source, channels),
            Untrimmed => 0,
        };
        let error = match case.kind {
            Lossless => rms(&got, &source),
            Lossy => rms(&got, &reference),
            Untrimmed => {
                let shift = offset(&got, &reference, channels);
                let from = usize::try_from(shift).unwrap_or(0) * channels;
                rms(&got[from..], &reference)
            }
        };
        // Speech coding predicts from its own past without end: after a seek it comes near, not back.
        let allowed = if case.name == "opus mono speech" {
            100.0 * LSB16
        } else {
            LSB16 / 4.0
        };
        let (wrong, at) = wrong_seeks(&path, &got, channels, allowed);
        println!(
            "{:18} {frames:>8} {:>8} {shift:>6} {:>7} {:>9.4} LSB",
            case.name,
            declared.map_or("-".into(), |n| n.to_string()),
            format!("{}/{SEEKS}", SEEKS - wrong),
            error / LSB16,
        );
        if case.kind != Untrimmed && frames != FRAMES {
            fault(format!("{frames} of {FRAMES} frames"));
        }
        // The one encoder of ALAC in CAF at hand rounds the length up to whole packets.
        if declared.is_some_and(|n| n != frames as u64) && !case.name.starts_with("alac in caf") {
            fault(format!("{frames} frames, {declared:?} declared"));
        }
        if shift != 0 {
            fault(format!("shifted by {shift}"));
        }
        if wrong > 0 {
            fault(format!("{wrong} of {SEEKS} seeks wrong: {at:?}"));
        }
        let allowed = if case.kind == Lossless { 0.0 } else { LSB16 };
        if error > allowed {
            fault(format!("off by {:.3} steps of 16 bits", error / LSB16));
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}
