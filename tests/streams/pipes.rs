//! What comes through a pipe, which is read once and forwards.

use crate::encoders::{have, run};
use crate::{Decoded, decode, encode, join, wav};
use std::path::Path;

/// Plays what a pipe of this content gives.
pub(crate) fn decode_piped(beside: &Path, content: &[u8]) -> Decoded {
    let folder = tempfile::tempdir_in(beside.parent().unwrap()).unwrap();
    let pipe = folder.path().join("pipe");
    run("mkfifo", &[pipe.to_str().unwrap()]);
    let (content, target) = (content.to_vec(), pipe.clone());
    let writer = std::thread::Builder::new().spawn(move || std::fs::write(target, content));
    let piped = decode(&pipe);
    writer.unwrap().join().unwrap().unwrap();
    piped
}

#[test]
fn everything_plays_through_a_pipe() {
    let tools = ["ffmpeg", "flac", "lame", "oggenc", "opusenc", "mkfifo"];
    if !have("pipes", &tools) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let source = wav(folder.path(), "a.wav", 30_001, 48_000, 2);
    for (name, command) in [
        ("b.wav", "ffmpeg -v error -i IN -c:a pcm_s24le OUT"),
        ("b.aiff", "ffmpeg -v error -i IN OUT"),
        ("b.caf", "ffmpeg -v error -i IN OUT"),
        ("b.flac", "flac -s -o OUT IN"),
        ("b.mp3", "lame --quiet IN OUT"),
        ("c.mp3", "lame --quiet -t IN OUT"),
        ("b.ogg", "oggenc -Q -o OUT IN"),
        ("b.opus", "opusenc --quiet IN OUT"),
        ("b.oga", "flac -s --ogg -o OUT IN"),
        ("b.m4a", "ffmpeg -v error -i IN -c:a alac OUT"),
        ("b.mka", "ffmpeg -v error -i IN -c:a flac OUT"),
        ("b.aac", "ffmpeg -v error -i IN OUT"),
    ] {
        let file = encode(&source, name, command);
        let piped = decode_piped(&file, &std::fs::read(&file).unwrap());
        assert!(
            piped.samples == decode(&file).samples,
            "{name}: {}",
            piped.samples.len()
        );
    }
}

#[test]
fn joined_streams_of_several_kinds_play_through_a_pipe() {
    if !have("joined streams in a pipe", &["lame", "oggenc", "mkfifo"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (extension, command) in [
        ("mp3", "lame --quiet -b 128 IN OUT"),
        ("ogg", "oggenc -Q -q 4 -o OUT IN"),
    ] {
        let long = wav(folder.path(), "long.wav", 60_000, 44_100, 2);
        let long = encode(&long, &format!("long.{extension}"), command);
        let short = wav(folder.path(), "short.wav", 22_050, 22_050, 1);
        let short = encode(
            &short,
            &format!("short.{extension}"),
            &command.replace("128", "64"),
        );
        let joined = join(&[&long, &short, &long], &format!("joined.{extension}"));
        let piped = decode_piped(&joined, &std::fs::read(&joined).unwrap());
        let by_name = decode(&joined);
        assert_eq!(piped.samples.len(), by_name.samples.len(), "{extension}");
        assert!(piped.samples == by_name.samples, "{extension}");
        assert_eq!(
            piped.samples.len(),
            2 * (60_000 + 44_100 + 60_000),
            "{extension}"
        );
    }
}

#[test]
fn a_pipe_that_begins_in_mono_goes_on_in_stereo() {
    let tools = ["lame", "oggenc", "flac", "mkfifo"];
    if !have("mono in a pipe", &tools) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mono = wav(folder.path(), "mono.wav", 60_000, 44_100, 1);
    let stereo = wav(folder.path(), "stereo.wav", 50_000, 44_100, 2);
    for (extension, command) in [
        ("mp3", "lame --quiet -b 128 IN OUT"),
        ("ogg", "oggenc -Q -q 4 -o OUT IN"),
        ("flac", "flac -s -f -o OUT IN"),
    ] {
        let first = encode(&mono, &format!("mono.{extension}"), command);
        let second = encode(&stereo, &format!("stereo.{extension}"), command);
        let joined = join(&[&first, &second], &format!("joined.{extension}"));
        let (alone, by_name) = (decode(&first), decode(&joined));
        let piped = decode_piped(&joined, &std::fs::read(&joined).unwrap());
        assert_eq!(piped.info.channels, 2, "{extension}");
        assert!(piped.samples == by_name.samples, "{extension}");
        let both = alone.samples.iter().flat_map(|sample| [*sample, *sample]);
        assert!(
            both.eq(piped.samples[..120_000].iter().copied()),
            "{extension}"
        );
        let sides = piped.samples[120_000..].as_chunks::<2>().0;
        assert!(
            sides.iter().any(|[left, right]| left != right),
            "{extension}"
        );
    }
}
