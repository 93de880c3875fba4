//! INFO lists, and the fields of MP4, AIFF, CAF and DFF.

use crate::make::{chunk, mp4_box};
use crate::{assert_three, read};
use encoding_rs::{Encoding, GBK, SHIFT_JIS, WINDOWS_1251, WINDOWS_1252};

const GOOD: [&str; 3] = ["Title", "Artist", "Album"];

fn info(fields: &[(&[u8; 4], &[u8])], is_big: bool) -> Vec<u8> {
    let mut body = b"INFO".to_vec();
    for (id, text) in fields {
        body.extend(chunk(id, text, is_big));
    }
    chunk(b"LIST", &body, is_big)
}

fn good(is_big: bool) -> Vec<u8> {
    // None of these has an odd size.
    let fields: [(&[u8; 4], &[u8]); 3] = [
        (b"INAM", b"Title\0"),
        (b"IART", b"Artist"),
        (b"IPRD", b"Album\0"),
    ];
    info(&fields, is_big)
}

fn wave(parts: &[Vec<u8>]) -> Vec<u8> {
    let format = chunk(
        b"fmt ",
        &[1, 0, 1, 0, 0x40, 0x1F, 0, 0, 0x80, 0x3E, 0, 0, 2, 0, 16, 0],
        false,
    );
    chunk(
        b"RIFF",
        &[b"WAVE".to_vec(), format, parts.concat()].concat(),
        false,
    )
}

#[test]
fn info_is_read_in_the_encoding_it_is_in() {
    for (encoding, texts) in [
        (WINDOWS_1252, ["Café del Mar", "Björk", "Ágætis byrjun"]),
        (
            WINDOWS_1251,
            ["Группа крови", "Кино", "Звезда по имени Солнце"],
        ),
        (GBK, ["月亮代表我的心", "邓丽君", "我只在乎你"]),
        (
            SHIFT_JIS,
            ["無罪モラトリアム", "椎名林檎", "歌舞伎町の女王"],
        ),
        (encoding_rs::UTF_8, ["Füße", "東京", "Кино"]),
    ] {
        let bytes = texts.map(|text| Encoding::encode(encoding, text).0.into_owned());
        let ids = [b"INAM", b"IART", b"IPRD"];
        let mut body = b"INFO".to_vec();
        for (id, text) in ids.into_iter().zip(&bytes) {
            body.extend(chunk(id, text, false));
            body.resize(body.len().next_multiple_of(2), 0);
        }
        let file = wave(&[chunk(b"data", &[0; 8], false), chunk(b"LIST", &body, false)]);
        assert_three(encoding.name(), &file, texts);
    }
}

#[test]
fn info_in_utf_16_is_read() {
    let texts = ["Füße und Zehen", "Bj\u{f6}rk", "Ágætis byrjun"];
    for (what, mark, to_bytes) in [
        ("marked", true, u16::to_le_bytes as fn(u16) -> [u8; 2]),
        ("marked, big", true, u16::to_be_bytes),
        ("bare", false, u16::to_le_bytes),
    ] {
        let bytes = texts.map(|text| {
            let mark = mark.then_some(0xFEFF);
            let units = mark.into_iter().chain(text.encode_utf16()).chain([0]);
            units.flat_map(to_bytes).collect::<Vec<u8>>()
        });
        let [title, artist, album] = &bytes;
        let list = info(
            &[(b"INAM", title), (b"IART", artist), (b"IPRD", album)],
            false,
        );
        assert_three(what, &wave(&[chunk(b"data", &[0; 8], false), list]), texts);
    }
}

#[test]
fn info_is_found_wherever_it_is() {
    let sound = || chunk(b"data", &[7; 64], false);
    let odd = || chunk(b"junk", &[1; 7], false);
    let mut wrong_size = wave(&[sound(), good(false)]);
    wrong_size[4..8].fill(0);
    let mut wrong_data = wave(&[sound(), good(false)]);
    // The size of the sound, behind "data".
    let data_size = wrong_data
        .windows(4)
        .position(|name| name == b"data")
        .unwrap()
        + 4;
    let mut zero_data = wrong_data.clone();
    wrong_data[data_size..data_size + 4].fill(0xFF);
    zero_data[data_size..data_size + 4].copy_from_slice(&10_u32.to_le_bytes());
    let mut wrong_list = wave(&[sound(), good(false)]);
    let list_size = wrong_list
        .windows(4)
        .position(|name| name == b"LIST")
        .unwrap()
        + 4;
    wrong_list[list_size..list_size + 4].fill(0xFF);
    for (name, file) in [
        ("behind the sound", wave(&[sound(), good(false)])),
        ("in front of it", wave(&[good(false), sound()])),
        (
            "behind an odd chunk",
            wave(&[odd(), vec![0], good(false), sound()]),
        ),
        (
            "behind an odd chunk without padding",
            wave(&[odd(), good(false), sound()]),
        ),
        (
            "behind another list",
            wave(&[chunk(b"LIST", b"adtl", false), good(false), sound()]),
        ),
        (
            "behind the end it says",
            [wave(&[sound()]), good(false)].concat(),
        ),
        ("a size of zero", wrong_size),
        ("sound without end", wrong_data),
        ("sound of a wrong size", zero_data),
        ("a list without end", wrong_list),
    ] {
        assert_three(name, &file, GOOD);
    }
    let fields: [(&[u8; 4], &[u8]); 3] = [
        (b"INAM", b"Title"),
        (b"IART", b"Artist\0"),
        (b"IPRD", b"Album"),
    ];
    assert_three(
        "odd fields without padding",
        &wave(&[info(&fields, false), sound()]),
        GOOD,
    );
    let fields: [(&[u8; 4], &[u8]); 4] = [
        (b"inam", b"Title\0"),
        (b"itrk", b"3/12"),
        (b"ICRD", b"1999"),
        (b"IGNR", b"Jazz"),
    ];
    let found = read(&wave(&[info(&fields, false), sound()])).tags;
    assert_eq!(
        (found.title.as_deref(), found.date.as_deref()),
        (Some("Title"), Some("1999"))
    );
    assert_eq!((found.track_number, found.track_total), (Some(3), Some(12)));
}

#[test]
fn relatives_of_wave_have_info_too() {
    let big = |id, body: Vec<u8>| chunk(id, &body, true);
    let rifx = big(
        b"RIFX",
        [b"WAVE".to_vec(), chunk(b"data", &[1; 8], true), good(true)].concat(),
    );
    assert_three("RIFX", &rifx, GOOD);
    let mut sizes = [0; 28];
    sizes[8] = 8;
    let mut sound = chunk(b"data", &[1; 8], false);
    sound[4..8].fill(0xFF);
    for id in [b"RF64", b"BW64"] {
        let body = [
            b"WAVE".to_vec(),
            chunk(b"ds64", &sizes, false),
            sound.clone(),
            good(false),
        ];
        let mut file = chunk(id, &body.concat(), false);
        file[4..8].fill(0xFF);
        assert_three("RF64", &file, GOOD);
    }
    let guid = |id: &[u8; 4], body: &[u8]| {
        let size = (body.len() as u64 + 24).to_le_bytes();
        let mut bytes = [&id[..], &[0; 12], &size, body].concat();
        bytes.resize(bytes.len().next_multiple_of(8), 0);
        bytes
    };
    let list = good(false)[8..].to_vec();
    let body = [
        b"wave".to_vec(),
        vec![0; 12],
        guid(b"data", &[1; 5]),
        guid(b"list", &list),
    ]
    .concat();
    assert_three(
        "Wave64",
        &[b"riff".to_vec(), vec![0; 20], body].concat(),
        GOOD,
    );
}

#[test]
fn aiff_caf_and_dff_have_fields_of_their_own() {
    for (name, author) in [
        (b"Title".as_slice(), b"Artist".as_slice()),
        (b"Title\0", b"Artist\0\0"),
        (b"Title", b"Artist "),
    ] {
        for padding in [0, 1] {
            let title = [
                chunk(b"NAME", name, true),
                vec![0; padding * (name.len() % 2)],
            ]
            .concat();
            let body = [b"AIFF".to_vec(), title, chunk(b"AUTH", author, true)].concat();
            assert_three(
                "AIFF",
                &chunk(b"FORM", &body, true),
                ["Title", "Artist", ""],
            );
        }
    }
    let caf_chunk =
        |id: &[u8; 4], size: i64, body: &[u8]| [&id[..], &size.to_be_bytes(), body].concat();
    let fields = b"\0\0\0\x09title\0Title\0ARTIST\0Artist\0album\0Album\0year\x001999";
    for size in [fields.len() as i64, -1, 1 << 40] {
        let file = [
            b"caff\0\x01\0\0".to_vec(),
            caf_chunk(b"desc", 4, &[0; 4]),
            caf_chunk(b"info", size, fields),
        ]
        .concat();
        assert_three("CAF", &file, GOOD);
        assert_eq!(read(&file).tags.date.as_deref(), Some("1999"));
    }
    let dff_chunk = |id: &[u8; 4], body: &[u8]| {
        [
            &id[..],
            &(body.len() as u64).to_be_bytes(),
            body,
            &[0][..body.len() % 2],
        ]
        .concat()
    };
    let own = [
        dff_chunk(b"DIAR", b"\0\0\0\x06Artist"),
        dff_chunk(b"DITI", b"\0\0\0\x05Title"),
    ]
    .concat();
    let body = [
        b"DSD ".to_vec(),
        dff_chunk(b"DSD ", &[0x69; 9]),
        dff_chunk(b"DIIN", &own),
    ]
    .concat();
    assert_three("DFF", &dff_chunk(b"FRM8", &body), ["Title", "Artist", ""]);
}

fn data(kind: u32, value: &[u8]) -> Vec<u8> {
    mp4_box(b"data", &[&kind.to_be_bytes(), &[0; 4], value])
}

fn mp4(items: &[Vec<u8>]) -> Vec<u8> {
    let list = mp4_box(b"ilst", &[&items.concat()]);
    let handler = mp4_box(b"hdlr", &[&[0; 24]]);
    let meta = mp4_box(b"meta", &[&[0; 4], &handler, &list]);
    let moov = mp4_box(b"moov", &[&mp4_box(b"udta", &[&meta])]);
    [mp4_box(b"ftyp", &[b"M4A \0\0\0\0"]), moov].concat()
}

#[test]
fn items_of_mp4_of_any_kind_are_read() {
    let named = |name: &[u8; 4], kind, value: &[u8]| mp4_box(name, &[&data(kind, value)]);
    let three = |kind| {
        [
            named(b"\xA9nam", kind, b"Title"),
            named(b"\xA9ART", kind, b"Artist"),
            named(b"\xA9alb", kind, b"Album"),
        ]
        .concat()
    };
    let utf16 = |text: &str| {
        text.encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect::<Vec<u8>>()
    };
    let sixteen = [
        named(b"\xA9nam", 2, &utf16("Title")),
        named(b"\xA9art", 2, &utf16("Artist")),
        named(b"\xA9ALB", 2, &utf16("Album")),
    ];
    let mut long_item = named(b"\xA9too", 1, b"encoder");
    // Its data says it is longer than the item.
    long_item[8..12].copy_from_slice(&999_u32.to_be_bytes());
    let mut last = named(b"\xA9alb", 1, b"Album");
    last[..4].copy_from_slice(&0x7FFF_FFFF_u32.to_be_bytes());
    for (name, items) in [
        ("UTF-8", vec![three(1)]),
        ("no kind", vec![three(0)]),
        ("a kind that does not exist", vec![three(77)]),
        ("UTF-16", sixteen.to_vec()),
        (
            "behind an empty item",
            vec![mp4_box(b"\xA9cmt", &[]), three(1)],
        ),
        ("behind a wrong one", vec![long_item, three(1)]),
        (
            "the last too long",
            vec![
                named(b"\xA9nam", 1, b"Title"),
                named(b"\xA9ART", 1, b"Artist"),
                last,
            ],
        ),
    ] {
        assert_three(name, &mp4(&items), GOOD);
    }
    let gain = |mean: &str, name: &str, value: &[u8]| {
        let part = |id, text: &str| mp4_box(id, &[&[0; 4], text.as_bytes()]);
        mp4_box(
            b"----",
            &[&part(b"mean", mean), &part(b"name", name), &data(1, value)],
        )
    };
    let items = [
        gain("com.apple.iTunes", "replaygain_track_gain", b"-7.03 dB"),
        gain("org.example", "REPLAYGAIN_ALBUM_GAIN", b"+1,5 dB"),
        named(b"trkn", 0, &[0, 0, 0, 3, 0, 12, 0, 0]),
        named(b"disk", 0, &[0, 0, 0, 1]),
        named(b"gnre", 0, &[0, 18]),
        named(b"covr", 0, b"\x89PNG\r\n\x1A\nand the rest"),
    ];
    let found = read(&mp4(&items));
    assert_eq!(found.replaygain["track_gain"], "-7.03 dB");
    assert_eq!(found.replaygain["album_gain"], "+1.5 dB");
    assert_eq!(
        (found.tags.track_number, found.tags.track_total),
        (Some(3), Some(12))
    );
    assert_eq!(
        (found.tags.disc_number, found.tags.disc_total),
        (Some(1), None)
    );
    assert_eq!(found.tags.genre.as_deref(), Some("Rock"));
    assert!(found.cover.is_some());
}
