//! Lists with bytes changed, at random but the same ones each time: none may end the program or keep it.

use super::cue::read_cue;
use super::inputs::expand_input;
use super::playlist::read_playlist;
use std::path::Path;
use std::time::{Duration, Instant};

const MUTANTS: u64 = 2_000;
/// No list of this size takes longer, on a busy machine.
const LIMIT: Duration = Duration::from_secs(2);

/// A generator with a fixed seed (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % end.max(1)
    }

    /// `original` with some bytes changed, taken out, doubled or put in.
    fn mutant(&mut self, original: &[u8]) -> Vec<u8> {
        let mut bytes = original.to_vec();
        for _ in 0..=self.below(12) {
            let at = self.below(bytes.len());
            let odd = *b"\0\xff\xfe\xef\n\r\t \"'<>&;%\\/:=#.[]0919AFf?!-"
                .get(self.below(32))
                .unwrap_or(&0);
            match self.below(6) {
                0 => bytes.truncate(at),
                1 if !bytes.is_empty() => drop(bytes.remove(at)),
                2 => bytes.insert(at.min(bytes.len()), odd),
                3 => {
                    let end = (at + self.below(40)).min(bytes.len());
                    let part = bytes.get(at..end).unwrap_or_default().to_vec();
                    let to = self.below(bytes.len());
                    bytes.splice(to..to, part);
                }
                _ => {
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte = odd;
                    }
                }
            }
        }
        bytes
    }
}

fn survive(name: &str, original: &[u8], read: impl Fn(&Path)) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("Disc 1")).unwrap();
    std::fs::write(folder.path().join("Disc 1/ö.wav"), b"x").unwrap();
    let path = folder.path().join(name);
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for number in 0..MUTANTS {
        std::fs::write(&path, random.mutant(original)).unwrap();
        let began = Instant::now();
        read(&path);
        assert!(began.elapsed() < LIMIT, "mutant {number} of {name}");
    }
}

fn read_list(path: &Path) {
    // Errors are as good as entries.
    let _ = read_playlist(path);
}

#[test]
fn m3u_survives() {
    let list =
        "#EXTM3U\r\n#EXTINF:1,x\r\nDisc 1\\ö.wav\r\nfile:///C:/a%20b.wav\r\nhttp://x\r\nl.m3u\r\n";
    survive("l.m3u", list.as_bytes(), read_list);
    let wide: Vec<u8> = list.encode_utf16().flat_map(u16::to_le_bytes).collect();
    survive("wide.m3u", &[b"\xff\xfe", &wide[..]].concat(), read_list);
}

#[test]
fn pls_survives() {
    let list = "[playlist]\nFile2=Disc 1/ö.wav\nTitle1=x\nFile1=file://localhost/a.wav\nNumberOfEntries=2\n";
    survive("l.pls", list.as_bytes(), read_list);
}

#[test]
fn xspf_survives() {
    let list = "<?xml version='1.0' encoding='UTF-8'?><playlist xmlns='http://xspf.org/ns/0/' \
        xml:base='Disc%201/'><trackList><track xml:base='../'><location>Disc%201/%C3%B6.wav</location>\
        <location><![CDATA[a & b]]></location></track><track><location>&amp;&#x41;</location></track>\
        </trackList></playlist>";
    survive("l.xspf", list.as_bytes(), read_list);
}

#[test]
fn cue_survives() {
    let sheet = "REM DATE 1999\r\nTITLE \"A\"\r\nFILE \"Disc 1\\Ö.flac\" WAVE\r\n  TRACK 01 AUDIO\r\n\
        INDEX 00 00:00:00\r\n    INDEX 01 00:00:33\r\n  TRACK 02 AUDIO\r\n    TITLE \"B\"\r\n    INDEX 01 00:02:00\r\n";
    survive("a.cue", sheet.as_bytes(), |path| drop(read_cue(path)));
}

#[test]
fn lists_that_name_each_other_end() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("x.wav"), b"x").unwrap();
    // Each names all of them twice, and one track.
    let names: String = (0..12).map(|n| format!("{n}.m3u\n{n}.m3u\n")).collect();
    for n in 0..12 {
        std::fs::write(
            folder.path().join(format!("{n}.m3u")),
            format!("{names}x.wav\n"),
        )
        .unwrap();
    }
    let mut count = 0;
    let began = Instant::now();
    expand_input(&folder.path().join("0.m3u"), &mut |found| {
        count += found.len();
    })
    .unwrap();
    assert!((12..=1_001).contains(&count), "{count}");
    assert!(began.elapsed() < 5 * LIMIT);
    // A list within a list stands for its tracks, in its place.
    std::fs::write(folder.path().join("outer.m3u"), "inner.m3u\nx.wav\n").unwrap();
    std::fs::write(
        folder.path().join("inner.m3u"),
        "outer.m3u\nx.wav\ninner.m3u\n",
    )
    .unwrap();
    let mut count = 0;
    expand_input(&folder.path().join("outer.m3u"), &mut |found| {
        count += found.len();
    })
    .unwrap();
    assert_eq!(count, 2);
}
