//! `analyze --write` harms no file: what it changes is read by other programs as before, and what it does
//! not understand stays as it is.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "tests may fail loudly")]

mod encoders;

use encoders::{have, music, run, write_wav};
use serde_json::Value;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

/// What `analyze --write` says of each file.
fn write(files: &[PathBuf]) -> Vec<Value> {
    let config = Path::new(env!("CARGO_TARGET_TMPDIR")).join("tag-writing-config");
    let output = Command::new(env!("CARGO_BIN_EXE_rusty-audio"))
        .arg("--config-dir")
        .arg(config)
        .args(["analyze", "--json", "--write"])
        .args(files)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        lines.len(),
        files.len(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    lines
}

/// A hash of the sound as another program decodes it; none where it cannot.
fn other_hash(path: &Path) -> Option<Vec<u8>> {
    let path = path.to_str().unwrap();
    let arguments = ["-v", "quiet", "-i", path, "-map", "0:a", "-f", "hash", "-"];
    let output = Command::new("ffmpeg").args(arguments).output().unwrap();
    output.status.success().then_some(output.stdout)
}

/// Whether the format's own tool finds no fault; nothing where there is none.
fn own_tool(path: &Path) -> Option<bool> {
    let extension = path.extension()?.to_str()?.to_lowercase();
    let (program, arguments): (&str, &[&str]) = match extension.as_str() {
        "flac" => ("flac", &["-ts"]),
        "mp3" | "mp2" => ("mpg123", &["-qt"]),
        "ogg" => ("oggdec", &["-Q", "-o", "/dev/null"]),
        "wv" => ("wvunpack", &["-qv"]),
        _ => return None,
    };
    let output = Command::new(program)
        .args(arguments)
        .arg(path)
        .output()
        .ok()?;
    Some(output.status.success())
}

fn files_below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files_below(&path, found);
        } else {
            found.push(path);
        }
    }
}

fn sine_wav(folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(name);
    write_wav(&path, &music(48_000, 48_000), 48_000, 16);
    path
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    let mut names: Vec<String> = entries
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Containers whose tags are not written, made by a real encoder, and what has to be said of them.
#[test]
fn other_containers_are_refused_by_name() {
    if !have("other_containers_are_refused_by_name", &["ffmpeg", "flac"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let wav = sine_wav(folder.path(), "in.wav");
    let wav = wav.to_str().unwrap();
    let mut files = Vec::new();
    for (name, arguments, said) in [
        ("a.mka", "-c:a flac", "Matroska"),
        ("b.mka", "-c:a pcm_s16le", "Matroska"),
        ("c.webm", "-c:a libopus", "Matroska or WebM"),
        ("d.caf", "-c:a pcm_s16be", "CAF"),
        ("e.oga", "-c:a flac", "FLAC in Ogg"),
        ("f.wav", "-c:a pcm_s16le -rf64 always", "RF64"),
        ("g.w64", "-c:a pcm_s16le", "Wave64"),
        (
            "h.mp4",
            "-c:a aac -movflags frag_keyframe+empty_moov",
            "fragments",
        ),
        // The extension lies.
        ("i.mp3", "-c:a libmp3lame -f matroska", "Matroska"),
        ("j.flac", "-c:a pcm_s16be -f caf", "CAF"),
    ] {
        let path = folder.path().join(name);
        let words = arguments.split(' ');
        let words: Vec<&str> = ["-v", "error", "-i", wav]
            .into_iter()
            .chain(words)
            .collect();
        run("ffmpeg", &[&words[..], &[path.to_str().unwrap()]].concat());
        files.push((path, said));
    }
    // Two streams behind each other, one with a tag in front, and one with wrong sizes.
    let ogg = folder.path().join("k.ogg");
    run(
        "ffmpeg",
        &[
            "-v",
            "error",
            "-i",
            wav,
            "-c:a",
            "libvorbis",
            ogg.to_str().unwrap(),
        ],
    );
    let link = std::fs::read(&ogg).unwrap();
    std::fs::write(&ogg, link.repeat(2)).unwrap();
    files.push((ogg, "streams"));
    let flac = folder.path().join("l.flac");
    run("flac", &["-s", "-o", flac.to_str().unwrap(), wav]);
    let stream = std::fs::read(&flac).unwrap();
    std::fs::write(&flac, [b"ID3\x04\0\0\0\0\0\0".as_slice(), &stream].concat()).unwrap();
    files.push((flac, "in front of a FLAC stream"));
    let wrong = folder.path().join("m.wav");
    let mut bytes = std::fs::read(wav).unwrap();
    bytes[4..8].fill(0);
    std::fs::write(&wrong, bytes).unwrap();
    files.push((wrong, "wrong sizes"));
    let before: Vec<Vec<u8>> = files
        .iter()
        .map(|(path, _)| std::fs::read(path).unwrap())
        .collect();
    let names = names_in(folder.path());
    let paths: Vec<PathBuf> = files.iter().map(|(path, _)| path.clone()).collect();
    for (line, ((path, said), bytes)) in write(&paths).iter().zip(files.iter().zip(&before)) {
        assert!(std::fs::read(path).unwrap() == *bytes, "{line}");
        assert_ne!(line["written"], true, "{line}");
        // What cannot be decoded is refused for that.
        if line["integrated_lufs"].is_number() {
            assert!(
                line["error"].as_str().unwrap_or_default().contains(said),
                "{line}"
            );
        }
    }
    assert_eq!(names_in(folder.path()), names);
}

#[test]
fn what_belongs_to_a_file_stays_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = sine_wav(folder.path(), "a.wav");
    let link = folder.path().join("link.wav");
    std::os::unix::fs::symlink("a.wav", &link).unwrap();
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o640)).unwrap();
    let then = SystemTime::now() - Duration::from_secs(10 * 365 * 86_400);
    std::fs::File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_modified(then)
        .unwrap();
    let has_attributes = xattr::set(&path, "user.rating", b"5").is_ok();
    let before = path.metadata().unwrap();
    let lines = write(std::slice::from_ref(&link));
    assert_eq!(lines[0]["written"], true, "{lines:?}");
    assert!(link.symlink_metadata().unwrap().is_symlink());
    let after = path.metadata().unwrap();
    assert!(after.len() > before.len());
    assert_eq!(
        (
            after.mode(),
            after.uid(),
            after.gid(),
            after.modified().unwrap()
        ),
        (
            before.mode(),
            before.uid(),
            before.gid(),
            before.modified().unwrap()
        )
    );
    if has_attributes {
        assert_eq!(
            xattr::get(&path, "user.rating").unwrap().as_deref(),
            Some(&b"5"[..])
        );
    } else {
        println!("not run: this file system has no extended attributes");
    }
    assert_eq!(names_in(folder.path()), ["a.wav", "link.wav"]);
}

#[test]
fn a_file_of_several_names_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = sine_wav(folder.path(), "a.wav");
    let other = folder.path().join("b.wav");
    std::fs::hard_link(&path, &other).unwrap();
    let before = std::fs::read(&path).unwrap();
    let lines = write(&[path.clone(), other.clone()]);
    for line in &lines {
        assert!(
            line["error"].as_str().unwrap().contains("hard links"),
            "{line}"
        );
    }
    assert!(std::fs::read(&path).unwrap() == before);
    assert_eq!(
        path.metadata().unwrap().ino(),
        other.metadata().unwrap().ino()
    );
}

/// A copy of every real file at hand: other programs hear the same before and after.
#[test]
fn real_files_sound_the_same_to_others() {
    let Some(corpus) = std::env::var_os("RUSTY_AUDIO_CORPUS") else {
        println!("not run: real files need a folder of them in RUSTY_AUDIO_CORPUS");
        return;
    };
    if !have("real_files_sound_the_same_to_others", &["ffmpeg"]) {
        return;
    }
    let mut originals = Vec::new();
    files_below(Path::new(&corpus), &mut originals);
    originals.retain(|path| {
        !path
            .extension()
            .is_some_and(|e| ["pcm", "tsv", "md"].iter().any(|no| e == *no))
    });
    let folder = tempfile::tempdir().unwrap();
    let copies: Vec<PathBuf> = originals
        .iter()
        .enumerate()
        .map(|(number, original)| {
            let extension = original.extension().unwrap_or_default();
            let copy = folder
                .path()
                .join(format!("{number}"))
                .with_extension(extension);
            // Without the mode, which may forbid writing.
            std::fs::write(&copy, std::fs::read(original).unwrap()).unwrap();
            copy
        })
        .collect();
    let (mut written, mut refused, mut wrong) = (0, 0, Vec::new());
    let lines = write(&copies);
    for (line, (original, copy)) in lines.iter().zip(originals.iter().zip(&copies)) {
        let is_same = std::fs::read(original).unwrap() == std::fs::read(copy).unwrap();
        if is_same != (line["written"] != true) {
            wrong.push(format!("{}: {line}", original.display()));
        }
        if is_same {
            refused += 1;
            continue;
        }
        written += 1;
        let hashes = (other_hash(original), other_hash(copy));
        if hashes.0 != hashes.1 {
            wrong.push(format!("{}: other sound", original.display()));
        }
        if own_tool(original) == Some(true) && own_tool(copy) != Some(true) {
            wrong.push(format!(
                "{}: its own tool finds a fault",
                original.display()
            ));
        }
    }
    println!(
        "{written} written, {refused} left as they were, {} wrong",
        wrong.len()
    );
    assert!(written > 0 && wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(names_in(folder.path()).len(), copies.len());
}
