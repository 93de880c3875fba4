//! Vorbis comments and APE tags.

use crate::make::{ape, comment, flac, id3, item, mp3, ogg, text};
use crate::{assert_three, read};
use data_encoding::BASE64;

const FIELDS: [&[u8]; 3] = [b"TITLE=Title", b"ARTIST=Artist", b"ALBUM=Album"];
const GOOD: [&str; 3] = ["Title", "Artist", "Album"];
const PNG: &[u8] = b"\x89PNG\r\n\x1A\nrest";

fn picture(claimed: u32) -> Vec<u8> {
    let mut block = 3_u32.to_be_bytes().to_vec();
    block.extend(9_u32.to_be_bytes());
    block.extend(b"image/png");
    block.extend([0; 20]);
    block.extend(claimed.to_be_bytes());
    block.extend(PNG);
    block
}

#[test]
fn a_wrong_comment_keeps_its_good_fields() {
    let with = |at: usize, length: u32| {
        // Where each field's length stands.
        let places = [12, 12 + 4 + 11, 12 + 4 + 11 + 4 + 13];
        let mut bytes = comment(3, &FIELDS);
        bytes[places[at]..places[at] + 4].copy_from_slice(&length.to_le_bytes());
        bytes
    };
    let odd: [&[u8]; 6] = [
        FIELDS[0],
        b"no sign",
        b"=no name",
        b"\xFF\xFE=x",
        FIELDS[1],
        FIELDS[2],
    ];
    for (name, bytes, wanted) in [
        ("more counted", comment(9, &FIELDS), GOOD),
        ("fewer counted", comment(1, &FIELDS), GOOD),
        ("none counted", comment(0, &FIELDS), GOOD),
        (
            "four thousand million counted",
            comment(u32::MAX, &FIELDS),
            GOOD,
        ),
        ("odd fields", comment(6, &odd), GOOD),
        ("a length too small", with(0, 9), GOOD),
        ("a length too large", with(0, 13), GOOD),
        ("a length of nothing", with(1, 0), ["Title", "", "Album"]),
        ("a huge length", with(1, u32::MAX), GOOD),
        ("a huge length at the end", with(2, 1 << 30), GOOD),
    ] {
        assert_three(name, &flac(&[(4, bytes.clone())]), wanted);
        let packet = [b"OpusTags".as_slice(), &bytes].concat();
        assert_three(name, &ogg(1, &[b"OpusHead", &packet, b"sound"]), wanted);
    }
    let mut no_vendor = comment(3, &FIELDS);
    no_vendor[..4].fill(0xFF);
    assert_three("vendor", &flac(&[(4, no_vendor)]), GOOD);
}

#[test]
fn values_are_utf_8_or_what_they_look_like() {
    let title = |value: &[u8]| {
        let field = [b"title=", value].concat();
        read(&flac(&[(4, comment(1, &[&field]))])).tags.title
    };
    assert_eq!(title("Título".as_bytes()).as_deref(), Some("Título"));
    assert_eq!(title(b"T\xEDtulo").as_deref(), Some("Título"));
    assert_eq!(
        title("Björ".as_bytes().strip_suffix(b"r").unwrap()).as_deref(),
        Some("Bjö")
    );
    // One wrong byte among good letters, and a letter that was cut.
    assert_eq!(
        title(b"\xFFan d\xC3\xADa \xC3\xA9").as_deref(),
        Some("\u{FFFD}an día é")
    );
    assert_eq!(title(b"Gr\xC3\xBC\xC3").as_deref(), Some("Grü"));
    let many: [&[u8]; 4] = [b"ARTIST=A", b"artist=B", b"Artist=A", b"ALBUM ARTIST=C"];
    let found = read(&flac(&[(4, comment(4, &many))])).tags;
    assert_eq!(found.artist.as_deref(), Some("A, B"));
    assert_eq!(found.album_artist.as_deref(), Some("C"));
}

#[test]
fn flac_blocks_count_one_by_one() {
    let good = || (4, comment(3, &FIELDS));
    for (name, blocks, cover) in [
        (
            "whole picture",
            vec![(6, picture(PNG.len() as u32)), good()],
            Some(PNG),
        ),
        ("picture cut", vec![(6, picture(500)), good()], None),
        (
            "picture of a huge claim",
            vec![(6, picture(u32::MAX)), good()],
            None,
        ),
        ("picture of four bytes", vec![(6, vec![0; 4]), good()], None),
        (
            "cut, then whole",
            vec![(6, picture(99)), good(), (6, picture(4))],
            Some(&PNG[..4]),
        ),
        ("empty comment first", vec![(4, Vec::new()), good()], None),
    ] {
        let file = flac(&blocks);
        for front in [0, 1, 2] {
            let tag = id3(4, 0, &[text(4, "TIT2", "ID3 title"), vec![0; 40]]);
            let file = [tag.repeat(front), file.clone()].concat();
            assert_three(name, &file, GOOD);
            assert_eq!(read(&file).cover.as_deref(), cover, "{name}");
        }
    }
    // A tag in front that says it is longer than it is.
    let mut tag = id3(4, 0, &[text(4, "TIT2", "ID3 title")]);
    tag[9] += 8;
    assert_three("wrong size", &[tag, flac(&[good()])].concat(), GOOD);
}

#[test]
fn every_codec_in_ogg_has_its_comment() {
    let body = comment(3, &FIELDS);
    let flac_block = [&[0x84, 0, 0, body.len() as u8][..], &body].concat();
    let heads: [(&[u8], Vec<u8>); 4] = [
        (
            b"\x01vorbis",
            [b"\x03vorbis".as_slice(), &body, &[1]].concat(),
        ),
        (
            b"OpusHead",
            [b"OpusTags".as_slice(), &body, &[0; 300]].concat(),
        ),
        (b"Speex   1.2", body.clone()),
        (b"\x7FFLAC\x01\0\0\x01fLaC", flac_block),
    ];
    for (head, packet) in heads {
        let file = ogg(7, &[head, &packet, b"sound"]);
        assert_three("as it is", &file, GOOD);
        let film = ogg(3, &[b"\x80theora", b"\x81theora\0\0\0\0"]);
        assert_three("beside a film", &[film, file.clone()].concat(), GOOD);
        assert_three("behind junk", &[&b"OggS junk"[..], &file].concat(), GOOD);
        let cut = file.len() - packet.len() / 3;
        assert_eq!(
            read(&file[..cut]).tags.title.as_deref(),
            Some("Title"),
            "cut"
        );
    }
    let field = format!(
        "METADATA_BLOCK_PICTURE={}",
        BASE64.encode(&picture(PNG.len() as u32))
    );
    let unpadded = field.trim_end_matches('=').to_owned();
    for field in [field, unpadded] {
        let packet = [b"OpusTags".as_slice(), &comment(1, &[field.as_bytes()])].concat();
        assert_eq!(
            read(&ogg(1, &[b"OpusHead", &packet])).cover.as_deref(),
            Some(PNG)
        );
    }
}

#[test]
fn ape_tags_are_found_and_their_counts_not_believed() {
    let items = || {
        let gain = item("REPLAYGAIN_TRACK_GAIN", b"-7,03 dB");
        vec![
            item("Title", b"Title"),
            item("ARTIST", b"Artist"),
            item("album", b"Album"),
            gain,
        ]
    };
    let id3v1 = [b"TAG".as_slice(), &[0; 124], &[255]].concat();
    let mut longer = ape(2_000, 4, true, &items());
    // The size at the footer, too large and too small.
    let at = longer.len() - 20;
    longer[at..at + 4].copy_from_slice(&0xFFFF_u32.to_le_bytes());
    let mut value = items();
    value[1][..4].copy_from_slice(&0xFF_FFFF_u32.to_le_bytes());
    for (name, tag) in [
        ("with a header", ape(2_000, 4, true, &items())),
        ("without", ape(2_000, 4, false, &items())),
        ("version 1", ape(1_000, 4, false, &items())),
        ("none counted", ape(2_000, 0, true, &items())),
        ("many counted", ape(2_000, u32::MAX, true, &items())),
        ("a wrong size", longer),
        ("a wrong length", ape(2_000, 4, true, &value)),
    ] {
        for file in [
            [mp3(), tag.clone()].concat(),
            [mp3(), tag.clone(), id3v1.clone()].concat(),
            [b"wvpk".to_vec(), tag.clone()].concat(),
        ] {
            assert_three(name, &file, GOOD);
            assert_eq!(read(&file).replaygain["track_gain"], "-7.03 dB", "{name}");
        }
    }
    assert_three(
        "in front",
        &[ape(2_000, 4, true, &items()), mp3()].concat(),
        GOOD,
    );
    let cover = [
        &(10 + PNG.len() as u32).to_le_bytes()[..],
        &[2, 0, 0, 0],
        b"Cover Art (Front)\0",
        b"cover.png\0",
        PNG,
    ];
    let tag = ape(2_000, 1, true, &[cover.concat()]);
    assert_eq!(read(&[mp3(), tag].concat()).cover.as_deref(), Some(PNG));
}
