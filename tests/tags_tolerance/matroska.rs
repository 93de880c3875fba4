//! Matroska: tags of every level, wherever they are in the file.

use crate::make::element;
use crate::{assert_three, read};

fn simple(name: &str, value: &str) -> Vec<u8> {
    element(
        0x67C8,
        &[
            &element(0x45A3, &[name.as_bytes()]),
            &element(0x4487, &[value.as_bytes()]),
        ],
    )
}

/// A tag about a level, and perhaps a track.
fn tag(level: Option<u8>, track_uid: Option<u8>, simples: &[Vec<u8>]) -> Vec<u8> {
    let level = level
        .map(|level| element(0x68CA, &[&[level]]))
        .unwrap_or_default();
    let track = track_uid
        .map(|uid| element(0x63C5, &[&[uid]]))
        .unwrap_or_default();
    element(
        0x7373,
        &[&element(0x63C0, &[&level, &track]), &simples.concat()],
    )
}

fn tags(parts: &[Vec<u8>]) -> Vec<u8> {
    element(0x1254_C367, &[&parts.concat()])
}

fn track(uid: u8, is_default: u8) -> Vec<u8> {
    element(
        0xAE,
        &[
            &element(0x73C5, &[&[uid]]),
            &element(0x83, &[&[2]]),
            &element(0x88, &[&[is_default]]),
        ],
    )
}

fn tracks() -> Vec<u8> {
    element(0x1654_AE6B, &[&track(5, 0), &track(9, 1)])
}

fn info(title: &str) -> Vec<u8> {
    element(0x1549_A966, &[&element(0x7BA9, &[title.as_bytes()])])
}

fn cluster() -> Vec<u8> {
    element(
        0x1F43_B675,
        &[&element(0xE7, &[&[0]]), &element(0xA3, &[&[0x81; 40]])],
    )
}

fn file(parts: &[Vec<u8>]) -> Vec<u8> {
    let head = element(0x1A45_DFA3, &[&element(0x4282, &[b"matroska"])]);
    [head, element(0x1853_8067, &[&parts.concat()])].concat()
}

#[test]
fn each_level_says_its_own() {
    let song = || {
        tag(
            Some(30),
            None,
            &[simple("TITLE", "Song"), simple("PART_NUMBER", "7")],
        )
    };
    let album = || {
        tag(
            Some(50),
            None,
            &[
                simple("TITLE", "Album"),
                simple("ARTIST", "Band"),
                simple("TOTAL_PARTS", "12"),
            ],
        )
    };
    let disc = tag(
        Some(40),
        None,
        &[simple("PART_NUMBER", "2"), simple("TITLE", "Disc two")],
    );
    let discs = tag(Some(50), None, &[simple("TOTAL_PARTS", "3")]);
    let found = read(&file(&[tracks(), cluster(), tags(&[album(), song()])]));
    assert_eq!(found.tags.title.as_deref(), Some("Song"));
    assert_eq!(found.tags.album.as_deref(), Some("Album"));
    assert_eq!(found.tags.artist.as_deref(), Some("Band"));
    assert_eq!(found.tags.album_artist.as_deref(), Some("Band"));
    assert_eq!(
        (found.tags.track_number, found.tags.track_total),
        (Some(7), Some(12))
    );
    let found = read(&file(&[tags(&[discs, disc, song()])]));
    assert_eq!(
        (found.tags.disc_number, found.tags.disc_total),
        (Some(2), Some(3))
    );
    assert_eq!(found.tags.album, None);
    for (name, parts, wanted) in [
        (
            "no level",
            vec![tag(
                None,
                None,
                &[
                    simple("TITLE", "T"),
                    simple("ARTIST", "A"),
                    simple("ALBUM", "B"),
                ],
            )],
            ["T", "A", "B"],
        ),
        (
            "no level beside a track's",
            vec![song(), tag(None, None, &[simple("TITLE", "B")])],
            ["Song", "", "B"],
        ),
        (
            "the default track",
            vec![tag(None, Some(9), &[simple("TITLE", "T")])],
            ["T", "", ""],
        ),
        (
            "another track",
            vec![tag(Some(30), Some(5), &[simple("TITLE", "T")])],
            ["", "", ""],
        ),
        (
            "a collection",
            vec![tag(Some(70), None, &[simple("TITLE", "Edition")]), album()],
            ["", "Band", "Album"],
        ),
    ] {
        assert_three(name, &file(&[tracks(), tags(&parts)]), wanted);
    }
    assert_three(
        "the segment's title",
        &file(&[info("Whole"), tracks(), tags(&[album()])]),
        ["Whole", "Band", "Album"],
    );
}

#[test]
fn names_and_gains_have_many_forms() {
    let nested = element(
        0x67C8,
        &[
            &element(0x45A3, &[b"ARTIST"]),
            &element(0x4487, &[b"Band"]),
            &simple("TITLE", "not this"),
            &simple("REPLAYGAIN_TRACK_GAIN", "-7,03 dB"),
        ],
    );
    let original = element(
        0x67C8,
        &[
            &element(0x45A3, &[b"ORIGINAL"]),
            &simple("TITLE", "nor this"),
        ],
    );
    let fields = [
        nested,
        original,
        simple("date_released", "1999"),
        simple("GENRE", "Jazz"),
        simple("COMPOSER", "Someone"),
        simple("LYRICS", "Words"),
        simple("PART_NUMBER", "3"),
    ];
    let found = read(&file(&[tags(&[tag(None, None, &fields)])]));
    assert_eq!(found.tags.title, None);
    assert_eq!(found.tags.artist.as_deref(), Some("Band"));
    assert_eq!(found.tags.date.as_deref(), Some("1999"));
    assert_eq!(found.tags.genre.as_deref(), Some("Jazz"));
    assert_eq!(found.tags.composer.as_deref(), Some("Someone"));
    assert_eq!(found.lyrics.as_deref(), Some("Words"));
    assert_eq!(found.tags.track_number, Some(3));
    assert_eq!(found.replaygain["track_gain"], "-7.03 dB");
    let gains = [
        tag(
            Some(30),
            None,
            &[
                simple("REPLAYGAIN_GAIN", "-1 dB"),
                simple("REPLAYGAIN_PEAK", "0.5"),
            ],
        ),
        tag(Some(50), None, &[simple("REPLAYGAIN_GAIN", "-2 dB")]),
    ];
    let found = read(&file(&[tags(&gains)])).replaygain;
    assert_eq!(
        (
            &found["track_gain"][..],
            &found["album_gain"][..],
            &found["track_peak"][..]
        ),
        ("-1 dB", "-2 dB", "0.5")
    );
}

#[test]
fn tags_are_found_wherever_they_are() {
    let good = || {
        tags(&[tag(
            None,
            None,
            &[
                simple("TITLE", "T"),
                simple("ARTIST", "A"),
                simple("ALBUM", "B"),
            ],
        )])
    };
    let wanted = ["T", "A", "B"];
    let seek = |position: u8| {
        element(
            0x114D_9B74,
            &[&element(
                0x4DBB,
                &[
                    &element(0x53AB, &[&[0x12, 0x54, 0xC3, 0x67]]),
                    &element(0x53AC, &[&[0, position]]),
                ],
            )],
        )
    };
    let distance = seek(0).len() + cluster().len();
    // Sizes that are not known, as what is sent live has them.
    let mut live = file(&[tracks(), cluster(), good()]);
    for id in [[0x18, 0x53, 0x80, 0x67], [0x1F, 0x43, 0xB6, 0x75]] {
        let at = live.windows(4).position(|four| four == id).unwrap() + 4;
        live[at..at + 8].copy_from_slice(&[1, 255, 255, 255, 255, 255, 255, 255]);
    }
    let mut long = file(&[cluster(), good()]);
    let at = long
        .windows(4)
        .position(|four| four == [0x1F, 0x43, 0xB6, 0x75])
        .unwrap()
        + 4;
    long[at + 3] = 0x7F;
    for (name, file) in [
        ("in front", file(&[good(), cluster()])),
        ("behind", file(&[cluster(), cluster(), good()])),
        (
            "looked up",
            file(&[seek(distance as u8), cluster(), good()]),
        ),
        ("looked up wrongly", file(&[seek(3), cluster(), good()])),
        ("live", live),
        ("behind a cluster of a wrong size", long),
        ("twice", file(&[good(), cluster(), good()])),
    ] {
        assert_three(name, &file, wanted);
    }
    let attached = |name: &str, kind: &str, data: &[u8]| {
        element(
            0x61A7,
            &[
                &element(0x466E, &[name.as_bytes()]),
                &element(0x4660, &[kind.as_bytes()]),
                &element(0x465C, &[data]),
            ],
        )
    };
    let files = element(
        0x1941_A469,
        &[
            &attached("notes.txt", "text/plain", b"notes"),
            &attached("small_cover.png", "image/png", b"\x89PNG small"),
            &attached("cover.png", "image/png", b"\x89PNG cover"),
        ],
    );
    assert_eq!(
        read(&file(&[cluster(), files])).cover.as_deref(),
        Some(&b"\x89PNG cover"[..])
    );
}
