//! Mutants of what music is mostly kept in, made from files of the real encoders.

use crate::encoders::{have, music, run, write_wav};
use crate::survival::survive;

/// Of each file.
const MUTANTS: u32 = 100;
/// Short, so that headers are as large a part of the file as sound.
const FRAMES: usize = 14_000;

/// Name, file, and encoder with its arguments. `FF` stands for ffmpeg reading the music, `TAGS` for
/// its options for tags, `AND COVER` for those and a picture.
const FILES: [(&str, &str, &str); 43] = [
    ("wav", "a.wav", "FF -c:a pcm_s16le TAGS OUT"),
    ("wav ima adpcm", "b.wav", "FF -c:a adpcm_ima_wav OUT"),
    ("wav ms adpcm", "c.wav", "FF -c:a adpcm_ms OUT"),
    ("wav float", "d.wav", "FF -c:a pcm_f32le OUT"),
    ("wav 24 extensible", "e.wav", "FF -c:a pcm_s24le -ac 3 OUT"),
    ("wav rf64", "f.wav", "FF -c:a pcm_s16le -rf64 always OUT"),
    (
        "aiff",
        "g.aiff",
        "FF AND COVER -c:a pcm_s16be -write_id3v2 1 OUT",
    ),
    ("aifc float", "h.aifc", "FF -c:a pcm_f32be -f aiff OUT"),
    ("caf", "i.caf", "FF -c:a pcm_s24be TAGS OUT"),
    ("caf alac", "j.caf", "FF -c:a alac OUT"),
    ("caf opus", "k.caf", "FF -c:a libopus OUT"),
    (
        "flac",
        "l.flac",
        "flac -s -f --picture=PICTURE -T TITLE=Title -T ARTIST=Artist -o OUT IN",
    ),
    (
        "ogg flac",
        "m.oga",
        "flac -s -f --ogg -T TITLE=Title -o OUT IN",
    ),
    (
        "mp3 cbr",
        "n.mp3",
        "lame --quiet -b 128 --tt Title --ta Artist --ti PICTURE IN OUT",
    ),
    (
        "mp3 vbr",
        "o.mp3",
        "lame --quiet -V 2 --tt Title --add-id3v2 --tn 3/12 IN OUT",
    ),
    (
        "mp3 with id3v2.4",
        "p.mp3",
        "FF AND COVER -c:a libmp3lame -id3v2_version 4 OUT",
    ),
    (
        "mp3 in free format",
        "pa.mp3",
        "lame --quiet --freeformat -b 400 --tt Title IN OUT",
    ),
    ("mp2", "q.mp2", "FF -c:a mp2 OUT"),
    ("aac", "r.aac", "FF -c:a aac OUT"),
    (
        "mp4 aac",
        "s.m4a",
        "FF AND COVER -c:a aac -movflags +faststart OUT",
    ),
    ("mp4 alac", "t.m4a", "FF AND COVER -c:a alac OUT"),
    (
        "mp4 aac in fragments",
        "u.mp4",
        "FF -c:a aac -movflags frag_keyframe+empty_moov -frag_duration 100000 TAGS OUT",
    ),
    ("mp4 opus", "v.mp4", "FF -c:a libopus -strict -2 TAGS OUT"),
    ("mp4 flac", "w.mp4", "FF -c:a flac -strict -2 OUT"),
    ("mka aac", "x.mka", "FF -c:a aac TAGS OUT"),
    ("mka flac", "y.mka", "FF -c:a flac TAGS OUT"),
    ("mka mp3", "z.mka", "FF -c:a libmp3lame OUT"),
    ("mka vorbis", "za.mka", "FF -c:a libvorbis OUT"),
    ("webm opus", "zb.webm", "FF -c:a libopus TAGS OUT"),
    ("mka pcm", "zc.mka", "FF -c:a pcm_s16le OUT"),
    (
        "ogg opus",
        "zd.opus",
        "opusenc --quiet --title Title --artist Artist --picture PICTURE IN OUT",
    ),
    (
        "ogg opus 60 ms",
        "ze.opus",
        "opusenc --quiet --framesize 60 IN OUT",
    ),
    (
        "ogg vorbis",
        "zf.ogg",
        "oggenc -Q -q 4 -t Title -a Artist -o OUT IN",
    ),
    (
        "ogg vorbis by ffmpeg",
        "zg.ogg",
        "FF -c:a libvorbis TAGS OUT",
    ),
    ("wav of 64 bits", "zh.w64", "FF -c:a pcm_s24le OUT"),
    ("wav a-law", "zi.wav", "FF -c:a pcm_alaw OUT"),
    ("wav with mp3", "zj.wav", "FF -c:a libmp3lame OUT"),
    ("aiff in au", "zk.au", "FF -c:a pcm_s16be OUT"),
    ("aac in loas", "zl.latm", "FF -c:a aac -f latm OUT"),
    ("mp3 joined", "zm.mp3", "lame --quiet -V 4 IN OUT"),
    (
        "mp3 joined without counts",
        "zn.mp3",
        "lame --quiet -t -b 96 IN OUT",
    ),
    (
        "ogg vorbis chained",
        "zo.ogg",
        "oggenc -Q -q 4 -t Title -o OUT IN",
    ),
    (
        "ogg opus chained",
        "zp.opus",
        "opusenc --quiet --title Title IN OUT",
    ),
];

/// The files whose names begin with one of `names`.
fn survive_all(test: &str, names: &[&str]) {
    if !have(test, &["ffmpeg", "flac", "lame", "opusenc", "oggenc"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let [wave, picture] = ["in.wav", "cover.png"].map(|name| folder.path().join(name));
    write_wav(&wave, &music(FRAMES, 44_100), 44_100, 16);
    let [wave, picture] = [&wave, &picture].map(|path| path.to_str().unwrap());
    let grey = ["-v", "error", "-f", "lavfi", "-i", "color=gray:s=16x16"];
    run(
        "ffmpeg",
        &[&grey[..], &["-frames:v", "1", picture]].concat(),
    );
    let only = std::env::var("RUSTY_AUDIO_FORMAT").ok();
    let is_wanted = |name: &str| {
        let only = only.as_ref();
        names.iter().any(|start| name.starts_with(start)) && only.is_none_or(|only| only == name)
    };
    for (name, file, command) in FILES.into_iter().filter(|(name, ..)| is_wanted(name)) {
        let out = folder.path().join(file);
        let command = command
            .replace("FF", "ffmpeg -v error -y -i IN")
            .replace(
                "AND COVER",
                "-i PICTURE -map 0 -map 1 -c:v copy -disposition:v attached_pic TAGS",
            )
            .replace("TAGS", "-metadata title=Title -metadata artist=Artist");
        let words = command.split(' ');
        let flac_picture = format!("--picture={picture}");
        let words: Vec<&str> = words
            .map(|word| match word {
                "IN" => wave,
                "OUT" => out.to_str().unwrap(),
                "PICTURE" => picture,
                "--picture=PICTURE" => &flac_picture,
                word => word,
            })
            .collect();
        run(words[0], &words[1..]);
        let times = if name.contains("joined") || name.contains("chained") {
            2
        } else {
            1
        };
        survive(name, &std::fs::read(&out).unwrap().repeat(times), MUTANTS);
    }
}

#[test]
fn wave_aiff_and_caf_survive() {
    survive_all("wave_aiff_and_caf_survive", &["wav", "aif", "caf"]);
}

#[test]
fn flac_and_mpeg_audio_survive() {
    survive_all(
        "flac_and_mpeg_audio_survive",
        &["flac", "mp3", "mp2", "aac"],
    );
}

#[test]
fn mp4_survives() {
    survive_all("mp4_survives", &["mp4"]);
}

#[test]
fn matroska_and_ogg_survive() {
    survive_all("matroska_and_ogg_survive", &["mka", "webm", "ogg"]);
}
