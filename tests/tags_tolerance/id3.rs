//! ID3v2 frames, and where its tags may be.

use crate::make::{ape, chunk, flac, flagged, frame, id3, item, mp3, synchsafe, text};
use crate::{assert_three, read};

const GOOD: [&str; 3] = ["Title", "Artist", "Album"];

/// Of a unit's bytes.
type Order = fn(u16) -> [u8; 2];

fn utf16(text: &str, order: Order) -> Vec<u8> {
    text.encode_utf16().flat_map(order).collect()
}

/// Every bad frame between two good ones, in every version.
#[test]
fn a_bad_frame_hides_no_other() {
    let bad: [(&str, &str, &[u8]); 18] = [
        ("an unknown encoding", "TCOM", b"\x09Someone"),
        ("invalid UTF-8", "TCOM", b"\x03\xC3\x28\xFF"),
        ("a text without its encoding", "TCOM", b""),
        ("only an encoding", "TCOM", b"\x01"),
        ("half a mark", "TCOM", b"\x01\xFF"),
        ("a comment without anything", "COMM", b""),
        ("a comment of one byte", "COMM", b"\x01"),
        ("a comment of its language", "COMM", b"\0eng"),
        (
            "a comment without a terminator",
            "COMM",
            b"\x01eng\xFF\xFEa\0b\0",
        ),
        ("lyrics of one byte", "USLT", b"\x03"),
        ("lyrics of half a language", "USLT", b"\x03en"),
        ("a rating without a rating", "POPM", b"a@b"),
        ("an owner of one byte", "OWNE", b"\0"),
        ("a volume without a channel", "RVA2", b"track\0"),
        ("a volume that breaks off", "RVA2", b"track\0\x01\0"),
        ("a picture of its encoding", "APIC", b"\0"),
        ("a picture without data", "APIC", b"\0image/png\0\x03\0"),
        ("an unknown frame", "ZZZZ", b"\x03x"),
    ];
    for (name, id, body) in bad {
        for version in [3, 4] {
            let frames = [
                text(version, "TIT2", "Title"),
                frame(version, id, body),
                text(version, "TPE1", "Artist"),
                text(version, "TALB", "Album"),
            ];
            let tag = id3(version, 0, &frames);
            assert_three(
                &format!("{name} in 2.{version}"),
                &[tag, mp3()].concat(),
                GOOD,
            );
        }
    }
    let old = [
        text(2, "TT2", "Title"),
        frame(2, "COM", b"\0en"),
        frame(2, "PIC", b"\0PN"),
        frame(2, "ULT", b""),
        text(2, "TP1", "Artist"),
        text(2, "TAL", "Album"),
    ];
    assert_three("2.2", &[id3(2, 0, &old), mp3()].concat(), GOOD);
}

#[test]
fn utf_16_is_read_in_every_state() {
    let (le, be): (Order, Order) = (u16::to_le_bytes, u16::to_be_bytes);
    for text in ["Título", "夜に駆ける", "Группа крови", "Ω"] {
        let marked = |order| [utf16("\u{FEFF}", order), utf16(text, order)].concat();
        let cases = [
            ("little-endian", 1, marked(le)),
            ("big-endian", 1, marked(be)),
            ("two marks", 1, [utf16("\u{FEFF}", le), marked(le)].concat()),
            ("odd", 1, [marked(le), vec![0]].concat()),
            (
                "terminated and odd",
                1,
                [marked(le), vec![0, 0, 0]].concat(),
            ),
            ("big-endian without mark", 2, utf16(text, be)),
            ("big-endian with one after all", 2, marked(le)),
            ("Latin-1 by its byte", 0, [marked(le), vec![0, 0]].concat()),
        ];
        for (name, encoding, bytes) in cases {
            let body = [&[encoding][..], &bytes].concat();
            let tag = id3(3, 0, &[frame(3, "TIT2", &body)]);
            let found = read(&[tag, mp3()].concat()).tags.title;
            assert_eq!(found.as_deref(), Some(text), "{name}");
        }
    }
    // Without a mark, the order is found where most letters are of one script.
    for text in ["Title", "Группа крови", "Élan vital"] {
        for order in [le, be] {
            let body = [&[1][..], &utf16(text, order)].concat();
            let tag = id3(4, 0, &[frame(4, "TIT2", &body)]);
            assert_eq!(read(&tag).tags.title.as_deref(), Some(text));
        }
    }
    // Lyrics whose description only has the mark; values of which only the first has one.
    let lyrics = [b"\x01eng\xFE\xFF\0\0".as_slice(), &utf16("Words", be)].concat();
    let values = [b"\x01\xFF\xFE".as_slice(), &utf16("One\0Two", le)].concat();
    let tag = id3(
        4,
        0,
        &[frame(4, "USLT", &lyrics), frame(4, "TPE1", &values)],
    );
    let found = read(&tag);
    assert_eq!(found.lyrics.as_deref(), Some("Words"));
    assert_eq!(found.tags.artist.as_deref(), Some("One, Two"));
}

#[test]
fn sizes_of_either_form_are_understood() {
    let long = "x".repeat(300);
    for (version, wrong) in [(4, 300_u32.to_be_bytes()), (3, synchsafe(300))] {
        let mut comment = text(version, "TENC", &long[1..]);
        comment[4..8].copy_from_slice(&wrong);
        let frames = [
            text(version, "TIT2", "Title"),
            comment,
            text(version, "TPE1", "Artist"),
            text(version, "TALB", "Album"),
        ];
        assert_three(
            "another form",
            &[id3(version, 0, &frames), mp3()].concat(),
            GOOD,
        );
    }
    for wrong in [0_u32, 3, 200, 1 << 30] {
        let mut bad = text(3, "TENC", "someone");
        bad[4..8].copy_from_slice(&wrong.to_be_bytes());
        let frames = [
            text(3, "TIT2", "Title"),
            bad,
            text(3, "TPE1", "Artist"),
            text(3, "TALB", "Album"),
        ];
        assert_three(
            &format!("{wrong}"),
            &[id3(3, 0, &frames), mp3()].concat(),
            GOOD,
        );
    }
    // The tag's own size: more than there is, and less than the first frame takes.
    let frames = [
        text(4, "TIT2", "Title"),
        text(4, "TPE1", "Artist"),
        text(4, "TALB", "Album"),
    ];
    let mut tag = id3(4, 0, &frames);
    tag[6..10].copy_from_slice(&[0x7F; 4]);
    assert_three("too large", &[tag.clone(), mp3()].concat(), GOOD);
    tag[6..10].copy_from_slice(&synchsafe(16));
    assert_three("too small", &tag, ["Title", "", ""]);
}

#[test]
fn frames_are_unpacked_within_a_bound() {
    use flate2::{Compression, write::ZlibEncoder};
    use std::io::Write;
    let packed = |bytes: &[u8]| {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let album = packed(b"\0Album");
    let length = 6_u32.to_be_bytes();
    let third = [&length[..], &album].concat();
    let with_group = [&length[..], &[7], &album].concat();
    for (name, version, flags, body) in [
        ("2.3", 3, 0x80, third.clone()),
        ("2.3 in a group", 3, 0xA0, with_group),
        ("2.4", 4, 0x09, third.clone()),
        ("2.4 without its length", 4, 0x08, album),
        ("2.4 in a group", 4, 0x49, [&[7][..], &third].concat()),
    ] {
        let frames = [
            text(version, "TIT2", "Title"),
            flagged(version, "TALB", flags, &body),
            flagged(
                version,
                "TCOM",
                if version == 3 { 0x40 } else { 4 },
                b"secret",
            ),
            text(version, "TPE1", "Artist"),
        ];
        let file = [id3(version, 0, &frames), mp3()].concat();
        assert_three(name, &file, GOOD);
        assert_eq!(read(&file).tags.composer, None, "{name}: encrypted");
    }
    // 64 MiB in some kilobytes, many times: it ends, and the good frame is there.
    let bomb = [
        &(64_u32 << 20).to_be_bytes()[..],
        &packed(&vec![0; 64 << 20]),
    ]
    .concat();
    let mut frames = vec![flagged(3, "TCOM", 0x80, &bomb); 8];
    frames.push(text(3, "TIT2", "Title"));
    assert_three("bomb", &id3(3, 0, &frames), ["Title", "", ""]);
}

#[test]
fn unsynchronised_tags_are_read() {
    // A picture with what looks like the beginning of a frame of sound in it.
    let picture = b"\0image/jpeg\0\x03\0\xFF\xD8\xFF\xE0\xFF\0end";
    let unsynchronised = b"\0image/jpeg\0\x03\0\xFF\0\xD8\xFF\0\xE0\xFF\0\0end";
    let wanted = Some(&picture[14..]);
    let title = |version| text(version, "TIT2", "Title");
    let whole_body = [frame(3, "APIC", picture), title(3)].concat();
    let whole_body: Vec<u8> = {
        let (head, rest) = whole_body.split_at(10 + 14);
        [head, &unsynchronised[14..], &rest[picture.len() - 14..]].concat()
    };
    let length = [&synchsafe(picture.len())[..], unsynchronised].concat();
    for (name, tag) in [
        ("the whole tag", id3(3, 0x80, &[whole_body])),
        (
            "each frame",
            id3(4, 0, &[flagged(4, "APIC", 2, unsynchronised), title(4)]),
        ),
        (
            "with a length",
            id3(4, 0x80, &[flagged(4, "APIC", 3, &length), title(4)]),
        ),
        (
            "by the tag's flag",
            id3(4, 0x80, &[frame(4, "APIC", unsynchronised), title(4)]),
        ),
        (
            "said, but not done",
            id3(4, 0x80, &[flagged(4, "APIC", 2, picture), title(4)]),
        ),
    ] {
        let found = read(&[tag, mp3()].concat());
        assert_eq!(found.cover.as_deref(), wanted, "{name}");
        assert_eq!(found.tags.title.as_deref(), Some("Title"), "{name}");
    }
}

#[test]
fn extended_headers_footers_and_padding_are_stepped_over() {
    let frames = |version| {
        [
            text(version, "TIT2", "Title"),
            text(version, "TPE1", "Artist"),
            text(version, "TALB", "Album"),
        ]
        .concat()
    };
    let third = [&6_u32.to_be_bytes()[..], &[0; 6], &frames(3)].concat();
    let fourth = [&synchsafe(6)[..], &[1, 0], &frames(4)].concat();
    let footer = |tag: &[u8]| [tag, b"3DI", &tag[3..10]].concat();
    for (name, file) in [
        ("2.3", id3(3, 0x40, &[third])),
        ("2.4", id3(4, 0x40, &[fourth])),
        ("said, but not there", id3(3, 0x40, &[frames(3)])),
        ("padding", id3(4, 0, &[frames(4), vec![0; 3_000]])),
        (
            "padding that is not empty",
            id3(4, 0, &[frames(4), vec![b'#'; 200]]),
        ),
        (
            "empty frames",
            id3(
                3,
                0,
                &[frame(3, "TCOM", b""), frame(3, "TSSE", b""), frames(3)],
            ),
        ),
        (
            "at the end",
            [mp3(), footer(&id3(4, 0x10, &[frames(4)]))].concat(),
        ),
        (
            "two in front",
            [
                id3(4, 0, &[text(4, "TIT2", "Title")]),
                id3(3, 0, &[frames(3)]),
                mp3(),
            ]
            .concat(),
        ),
        (
            "zeros between",
            [id3(4, 0, &[]), vec![0; 500], id3(4, 0, &[frames(4)]), mp3()].concat(),
        ),
    ] {
        assert_three(
            name,
            &[file, mp3()].concat(),
            match name {
                "at the end" => ["", "", ""],
                _ => GOOD,
            },
        );
    }
    assert_three(
        "at the very end",
        &[mp3(), footer(&id3(4, 0x10, &[frames(4)]))].concat(),
        GOOD,
    );
}

#[test]
fn tags_are_found_in_every_container() {
    let frames = [
        text(4, "TIT2", "Title"),
        text(4, "TPE1", "Artist"),
        text(4, "TALB", "Album"),
    ];
    let tag = id3(4, 0, &frames);
    let sound = chunk(b"data", &[1, 2, 3, 4], false);
    let wave = |id| [b"WAVE".to_vec(), sound.clone(), chunk(id, &tag, false)].concat();
    let aiff = [b"AIFF".to_vec(), chunk(b"ID3 ", &tag, true)].concat();
    for (name, file) in [
        ("WAVE", chunk(b"RIFF", &wave(b"id3 "), false)),
        ("WAVE in capitals", chunk(b"RIFF", &wave(b"ID3 "), false)),
        ("AIFF", chunk(b"FORM", &aiff, true)),
        ("AAC", [&tag[..], b"\xFF\xF1\x50\x80"].concat()),
        ("WavPack", [&tag[..], b"wvpk"].concat()),
        ("Monkey's Audio", [&tag[..], b"MAC "].concat()),
        ("FLAC without its own", [tag.clone(), flac(&[])].concat()),
    ] {
        assert_three(name, &file, GOOD);
    }
    // The container's own count first.
    let own = ape(2_000, 1, true, &[item("Title", b"Own")]);
    assert_three(
        "APE first",
        &[&tag[..], b"wvpk", &own].concat(),
        ["Own", "Artist", "Album"],
    );
}

#[test]
fn genres_dates_and_gains_have_many_forms() {
    let genre = |value: &str| read(&id3(4, 0, &[text(4, "TCON", value)])).tags.genre;
    for (value, wanted) in [
        ("17", Some("Rock")),
        ("(17)", Some("Rock")),
        ("(4)Eurodisco", Some("Eurodisco")),
        ("(31)(39)", Some("Trance, Noise")),
        ("17\x008", Some("Rock, Jazz")),
        ("(RX)", Some("Remix")),
        ("((Foo)", Some("(Foo)")),
        ("(255)", None),
        ("Rock", Some("Rock")),
    ] {
        let found = genre(value).map(|genre| genre.to_lowercase());
        assert_eq!(found, wanted.map(str::to_lowercase), "{value:?}");
    }
    let date = |frames: &[(&str, &str)]| {
        let frames: Vec<_> = frames
            .iter()
            .map(|(id, value)| text(3, id, value))
            .collect();
        read(&id3(3, 0, &frames)).tags.date
    };
    assert_eq!(
        date(&[("TYER", "1999"), ("TDAT", "3112")]).as_deref(),
        Some("1999-12-31")
    );
    assert_eq!(
        date(&[("TYER", "1999"), ("TDAT", "9999")]).as_deref(),
        Some("1999")
    );
    assert_eq!(date(&[("TDRL", "2001")]).as_deref(), Some("2001"));
    let volume =
        |name: &[u8]| [name, &[0, 1], &(-3_599_i16).to_be_bytes(), &[16, 0x40, 0]].concat();
    let frames = [
        frame(4, "RVA2", &volume(b"TRACK")),
        frame(4, "RVA2", &volume(b"album")),
    ];
    let gains = read(&id3(4, 0, &frames)).replaygain;
    assert_eq!(gains["track_gain"], "-7.03 dB");
    assert_eq!(gains["album_gain"], "-7.03 dB");
    assert_eq!(gains["track_peak"], "0.500000");
    let frames = [
        frame(3, "XRVA", &volume(b"other")),
        frame(3, "TXXX", b"\0Replaygain_Track_Gain\0-2,50 dB"),
    ];
    assert_eq!(
        read(&id3(3, 0, &frames)).replaygain["track_gain"],
        "-2.50 dB"
    );
    // Half the amplitude on both sides.
    let sides = frame(3, "RVAD", &[0, 16, 0x80, 0, 0x80, 0]);
    assert_eq!(
        read(&id3(3, 0, &[sides])).replaygain["track_gain"],
        "-6.02 dB"
    );
}
