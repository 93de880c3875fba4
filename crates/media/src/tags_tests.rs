use super::*;
use crate::decoder::TrackDecoder;
use crate::duration::read_duration;
use encoding_rs::{GBK, SHIFT_JIS, WINDOWS_1251};
use std::time::Duration;

#[test]
fn an_album_goes_on_with_its_next_number() {
    let tags = |album: Option<&str>, track_number| Tags {
        album: album.map(Into::into),
        track_number,
        ..Tags::default()
    };
    let second = tags(Some("A"), Some(2));
    assert!(tags(Some("A"), Some(3)).continue_album(&second));
    for other in [
        tags(Some("A"), Some(4)),
        tags(Some("A"), None),
        tags(Some("B"), Some(3)),
        tags(None, Some(3)),
    ] {
        assert!(!other.continue_album(&second), "{other:?}");
    }
    let unnamed = tags(None, Some(2));
    assert!(!tags(None, Some(3)).continue_album(&unnamed));
}

const LATIN1: u8 = 0;
const UTF16: u8 = 1;
const UTF8: u8 = 3;

/// An ID3v2.4 tag of text frames: identifier, encoding, bytes.
fn id3v2(frames: &[(&str, u8, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (id, encoding, text) in frames {
        body.extend(id.bytes());
        body.extend(synchsafe(text.len() + 1));
        body.extend([0, 0, *encoding]);
        body.extend(*text);
    }
    [b"ID3\x04\0\0".as_slice(), &synchsafe(body.len()), &body].concat()
}

fn synchsafe(length: usize) -> [u8; 4] {
    [21, 14, 7, 0].map(|shift| (length >> shift) as u8 & 0x7F)
}

/// An ID3v1 tag; the fields are cut to 30 bytes.
fn id3v1(title: &[u8], artist: &[u8]) -> Vec<u8> {
    let field = |text: &[u8]| -> Vec<u8> {
        let padded = text.iter().copied().chain(std::iter::repeat(0));
        padded.take(30).collect()
    };
    let rest = [0_u8; 64];
    [
        b"TAG".as_slice(),
        &field(title),
        &field(artist),
        &rest,
        &[255],
    ]
    .concat()
}

/// A second of silence: MPEG-1 layer III frames of 128 kbit/s with nothing in them.
fn silence() -> Vec<u8> {
    let mut frame = vec![0xFF, 0xFB, 0x90, 0xC4];
    frame.resize(417, 0);
    frame.repeat(38)
}

fn read(parts: &[&[u8]]) -> FileTags {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.mp3");
    std::fs::write(&path, parts.concat()).unwrap();
    read_tags(&path, true)
}

#[test]
fn fields_that_only_say_latin_1_are_read_as_what_they_are() {
    for (encoding, title, artist) in [
        (WINDOWS_1251, "Группа крови", "Кино"),
        (SHIFT_JIS, "無罪モラトリアム", "椎名林檎"),
        (GBK, "月亮代表我的心", "邓丽君"),
    ] {
        let (title_bytes, artist_bytes) = (encoding.encode(title).0, encoding.encode(artist).0);
        let version_2 = id3v2(&[
            ("TIT2", LATIN1, &title_bytes),
            ("TPE1", LATIN1, &artist_bytes),
        ]);
        for found in [
            read(&[&version_2, &silence()]),
            read(&[&silence(), &id3v1(&title_bytes, &artist_bytes)]),
        ] {
            assert_eq!(
                found.tags.title.as_deref(),
                Some(title),
                "{}",
                encoding.name()
            );
            assert_eq!(found.tags.artist.as_deref(), Some(artist));
        }
    }
    let found = read(&[
        &id3v2(&[("TIT2", LATIN1, "Café del Mar".as_bytes())]),
        &silence(),
    ]);
    assert_eq!(found.tags.title.as_deref(), Some("Café del Mar"));
}

#[test]
fn what_is_western_or_unicode_stays_as_it_is() {
    let version_2 = id3v2(&[("TIT2", LATIN1, b"Caf\xE9"), ("TPE1", LATIN1, b"Bj\xF6rk")]);
    let found = read(&[&version_2, &silence(), &id3v1(b"Caf\xE9", b"Bj\xF6rk")]);
    assert_eq!(found.tags.title.as_deref(), Some("Café"));
    assert_eq!(found.tags.artist.as_deref(), Some("Björk"));
    // As Latin-1 these would be the bytes of a Russian word; but they are Unicode, so they are meant.
    let odd = "Ïðèâåò";
    let utf16: Vec<u8> = std::iter::once(0xFEFF)
        .chain(odd.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let version_2 = id3v2(&[("TIT2", UTF16, &utf16), ("TPE1", UTF8, odd.as_bytes())]);
    let found = read(&[&version_2, &silence()]);
    assert_eq!(found.tags.title.as_deref(), Some(odd));
    assert_eq!(found.tags.artist.as_deref(), Some(odd));
}

#[test]
fn every_field_is_read() {
    let found = read(&[
        &id3v2(&[
            ("TIT2", UTF8, b"Title"),
            ("TPE1", UTF8, b"One\0Two\0One"),
            ("TALB", UTF8, b"Album"),
            ("TPE2", UTF8, b"Band"),
            ("TCOM", UTF8, b"Composer"),
            ("TRCK", UTF8, b"3/12"),
            ("TPOS", UTF8, b"1/2"),
            ("TDRC", UTF8, b"1999-12-31"),
            ("TCON", UTF8, b"Jazz"),
            ("USLT", UTF8, b"engwords\0First line\nSecond line"),
            ("TXXX", UTF8, b"replaygain_Track_GAIN\0-3.20 dB"),
            ("TXXX", UTF8, b"REPLAYGAIN_TRACK_PEAK\x000.9"),
        ]),
        &silence(),
    ]);
    let text = |text: &str| Some(text.to_owned());
    let wanted = Tags {
        title: text("Title"),
        artist: text("One, Two"),
        album: text("Album"),
        album_artist: text("Band"),
        composer: text("Composer"),
        track_number: Some(3),
        track_total: Some(12),
        disc_number: Some(1),
        disc_total: Some(2),
        date: text("1999-12-31"),
        genre: text("Jazz"),
    };
    assert_eq!(found.tags, wanted);
    assert_eq!(found.lyrics.as_deref(), Some("First line\nSecond line"));
    let gains = [("track_gain", "-3.20 dB"), ("track_peak", "0.9")];
    assert_eq!(
        found.replaygain,
        gains.map(|(name, v)| (name, v.to_owned())).into()
    );
}

/// Room is made for what is there only.
#[test]
fn what_a_cover_claims_is_not_believed() {
    let picture = |claimed: u32| {
        let mut block = 3_u32.to_be_bytes().to_vec();
        for text in ["image/png", ""] {
            block.extend((text.len() as u32).to_be_bytes());
            block.extend(text.bytes());
        }
        block.extend([0; 16]);
        block.extend(claimed.to_be_bytes());
        block.extend(b"\x89PNG\r\n\x1A\n");
        block
    };
    let file = |claimed| {
        let block = picture(claimed);
        let mut info = [0_u8; 34];
        info[10..14].copy_from_slice(&[0x0A, 0xC4, 0x42, 0xF0]);
        let length = &(block.len() as u32).to_be_bytes()[1..];
        [
            b"fLaC\x00\0\0\x22".as_slice(),
            &info,
            &[0x86],
            length,
            &block,
        ]
        .concat()
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.flac");
    std::fs::write(&path, file(8)).unwrap();
    assert_eq!(
        read_tags(&path, true).cover.map(|cover| cover.len()),
        Some(8)
    );
    std::fs::write(&path, file(500_000_000)).unwrap();
    assert_eq!(read_tags(&path, true).cover, None);
    let claims_256_mb = [
        b"ID3\x04\0\0\x7F\x7F\x7F\x7FAPIC\x7F\x7F\x7F\0\0\0\0image/png\0".as_slice(),
        &silence(),
    ];
    let largest = claims_256_mb.concat().len();
    let cover = read(&claims_256_mb).cover;
    assert!(cover.is_none_or(|cover| cover.len() <= largest));
}

/// A file of DSD with `tag` in it.
fn dsd_file(kind: &str, tag: &[u8]) -> Vec<u8> {
    if kind == "dsf" {
        let data = [0x69; 8_192];
        let format = [1, 0, 2, 2, 2_822_400, 1].map(u32::to_le_bytes).concat();
        let start = 28 + 52 + 12 + data.len() as u64;
        let offset = if tag.is_empty() { 0 } else { start };
        return [
            b"DSD ",
            &[28, start + tag.len() as u64, offset]
                .map(u64::to_le_bytes)
                .concat()[..],
            b"fmt \x34\0\0\0\0\0\0\0",
            &format,
            &32_768_u64.to_le_bytes(),
            &[4_096_u32, 0].map(u32::to_le_bytes).concat(),
            b"data",
            &(12 + data.len() as u64).to_le_bytes(),
            &data,
            tag,
        ]
        .concat();
    }
    let chunk = |id: &[u8; 4], body: &[u8]| {
        let size = (body.len() as u64).to_be_bytes();
        [id, &size[..], body, &[0][..body.len() % 2]].concat()
    };
    let properties = [
        b"SND ".to_vec(),
        chunk(b"FS  ", &2_822_400_u32.to_be_bytes()),
        chunk(b"CHNL", b"\0\x02SLFTSRGT"),
        chunk(b"CMPR", b"DSD \x0Enot compressed"),
    ];
    let body = [
        b"DSD ".to_vec(),
        chunk(b"FVER", &[1, 5, 0, 0]),
        chunk(b"PROP", &properties.concat()),
        chunk(b"DSD ", &[0x69; 8_191]),
        chunk(b"ID3 ", tag),
    ];
    chunk(b"FRM8", &body.concat())
}

#[test]
fn dsd_files_have_their_tags_too() {
    let (title, bytes) = ("Группа крови", WINDOWS_1251.encode("Группа крови").0);
    let cover = b"\0image/png\0\x03\0\x89PNG";
    let tag = [
        ("TIT2", LATIN1, &bytes[..]),
        ("TPE1", UTF8, b"Artist"),
        ("APIC", LATIN1, &cover[1..]),
    ];
    let folder = tempfile::tempdir().unwrap();
    for kind in ["dsf", "dff"] {
        // The extension is not asked.
        let path = folder.path().join("a.mp3");
        std::fs::write(&path, dsd_file(kind, &id3v2(&tag))).unwrap();
        let found = read_tags(&path, true);
        assert_eq!(found.tags.title.as_deref(), Some(title), "{kind}");
        assert_eq!(found.tags.artist.as_deref(), Some("Artist"), "{kind}");
        assert_eq!(found.cover.as_deref(), Some(&b"\x89PNG"[..]), "{kind}");
        let wanted = Duration::from_secs_f64(32_768.0 / 2_822_400.0);
        let length = TrackDecoder::open(&path)
            .unwrap()
            .info()
            .duration()
            .unwrap();
        assert!(
            length.abs_diff(wanted) < Duration::from_millis(1),
            "{kind}: {length:?}"
        );
        for tag in [
            &b""[..],
            b"ID3",
            b"ID3\x04\0\0\x7F\x7F\x7F\x7FTIT2\x7F",
            b"something",
        ] {
            std::fs::write(&path, dsd_file(kind, tag)).unwrap();
            assert_eq!(
                read_tags(&path, true),
                FileTags::default(),
                "{kind} {tag:?}"
            );
        }
    }
    // An offset behind the end.
    let path = folder.path().join("a.dsf");
    let mut file = dsd_file("dsf", b"");
    file[20..28].fill(0x7F);
    std::fs::write(&path, file).unwrap();
    assert_eq!(read_tags(&path, true), FileTags::default());
    assert!(read_duration(&path).is_some());
}

#[test]
fn a_large_cover_does_not_hide_a_files_length() {
    let picture = [b"image/png\0\x03\0".as_slice(), &vec![7; 5 << 20]].concat();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.mp3");
    let content = [id3v2(&[("APIC", LATIN1, &picture)]), silence()].concat();
    std::fs::write(&path, content).unwrap();
    let length = read_duration(&path).unwrap();
    assert!(
        length.abs_diff(Duration::from_millis(993)) < Duration::from_millis(30),
        "{length:?}"
    );
    assert!(read_tags(&path, true).cover.is_some());
    let mut info = [0_u8; 34];
    info[10..18].copy_from_slice(&[0x0A, 0xC4, 0x42, 0xF0, 0, 0, 0xAC, 0x44]);
    let mut block = [3_u32, 9].map(u32::to_be_bytes).concat();
    block.extend(b"image/png");
    block.extend([0; 20]);
    block.extend((5_u32 << 20).to_be_bytes());
    block.resize(block.len() + (5 << 20), 7);
    let size = &(block.len() as u32).to_be_bytes()[1..];
    let path = folder.path().join("a.flac");
    let content = [b"fLaC\0\0\0\x22".as_slice(), &info, &[0x86], size, &block].concat();
    std::fs::write(&path, content).unwrap();
    assert_eq!(read_duration(&path), Some(Duration::from_secs(1)));
    assert!(read_tags(&path, true).cover.is_some());
}
