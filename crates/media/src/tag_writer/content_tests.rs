use super::*;

fn frames(header: [u8; 4], bytes: usize, count: usize) -> Vec<u8> {
    let mut frame = header.to_vec();
    frame.resize(bytes, 0);
    frame.repeat(count)
}

/// MPEG-1 layer III at 128 kbit/s and 44.1 kHz.
fn mp3() -> Vec<u8> {
    frames([0xFF, 0xFB, 0x90, 0xC4], 417, 4)
}

fn id3() -> Vec<u8> {
    b"ID3\x04\0\0\0\0\0\x0CTIT2\0\0\0\x02\0\0\x03x".to_vec()
}

fn kind(bytes: &[u8]) -> Result<FileType, String> {
    Content::of(bytes).map(|content| content.kind)
}

#[track_caller]
fn assert_refused(bytes: &[u8], reason: &str) {
    let said = kind(bytes).unwrap_err();
    assert!(said.contains(reason), "{said}");
}

#[test]
fn streams_are_known_by_frames_that_follow_each_other() {
    let free_format = frames([0xFF, 0xFB, 0x00, 0xC4], 500, 4);
    // MPEG-2 layer III at 64 kbit/s and 22.05 kHz, and MPEG-1 layers II and I.
    let low = frames([0xFF, 0xF3, 0x80, 0xC4], 208, 4);
    let second = frames([0xFF, 0xFD, 0x80, 0xC4], 417, 4);
    let first = frames([0xFF, 0xFF, 0x80, 0xC4], 276, 4);
    for stream in [mp3(), free_format, low, second, first] {
        assert_eq!(kind(&stream), Ok(FileType::Mpeg));
        assert_eq!(kind(&[id3(), stream.clone()].concat()), Ok(FileType::Mpeg));
        assert_eq!(kind(&[vec![7; 100], stream].concat()), Ok(FileType::Mpeg));
    }
    // 32 bytes long by its header.
    let adts = frames([0xFF, 0xF1, 0x50, 0x80], 32, 4);
    let adts: Vec<u8> = adts
        .chunks(32)
        .flat_map(|frame| [&frame[..4], &[4, 0x1F, 0xFC], &frame[7..]].concat())
        .collect();
    assert_eq!(kind(&adts), Ok(FileType::Aac));
    for other in [
        vec![0; 5_000],
        mp3()[..4].to_vec(),
        b"Not music.\n".repeat(500),
        Vec::new(),
    ] {
        assert_refused(&other, "of a kind");
    }
    assert_refused(&[id3(), id3(), mp3()].concat(), "several ID3v2 tags");
}

#[test]
fn containers_are_never_taken_for_streams() {
    for (mark, name) in REFUSED {
        assert_refused(&[mark, &mp3()].concat(), name);
        assert_refused(&[&id3(), mark, &mp3()].concat(), name);
    }
    for (mark, name) in CONTAINERS {
        assert_refused(&[&id3(), mark, &mp3()].concat(), name);
    }
    assert_refused(&[&id3()[..], b"\0\0\0\x08ftyp", &mp3()].concat(), "MP4");
}

#[test]
fn only_tags_may_differ() {
    let chunk = |id: &[u8; 4], body: &[u8]| {
        let size = (body.len() as u32).to_le_bytes();
        [id, &size[..], body].concat()
    };
    let wave = |parts: &[Vec<u8>]| chunk(b"RIFF", &[b"WAVE".to_vec(), parts.concat()].concat());
    let sound = || chunk(b"data", &[1, 2, 3, 4]);
    let plain = wave(&[sound()]);
    let tagged = wave(&[sound(), chunk(b"id3 ", &id3())]);
    assert_eq!(Content::of(&plain), Content::of(&tagged));
    assert_ne!(
        Content::of(&plain),
        Content::of(&wave(&[sound(), chunk(b"note", b"x ")]))
    );
    assert_refused(&[&plain[..], b"more"].concat(), "wrong sizes");
    assert_refused(&wave(&[chunk(b"data", b"")]), "a size of 0 for its sound");
    let flac = |blocks: &[&[u8]]| [b"fLaC", &blocks.concat()[..], &[0xFF, 0xF8, 0, 0]].concat();
    let info: &[u8] = b"\0\0\0\x02ab";
    assert_eq!(
        Content::of(&flac(&[info, b"\x81\0\0\x01\0"])),
        Content::of(&flac(&[info, b"\x04\0\0\x01x", b"\x86\0\0\0"]))
    );
    assert_ne!(
        Content::of(&flac(&[info, b"\x83\0\0\x01x"])),
        Content::of(&flac(&[info, b"\x83\0\0\x01y"]))
    );
    // A block that ends where no frame begins.
    assert_refused(&flac(&[info, b"\x84\0\0\x01\0\0"]), "damaged");
    let trailing = [mp3(), b"TAG".to_vec(), vec![0; 125]].concat();
    assert_eq!(
        Content::of(&mp3()),
        Content::of(&[id3(), trailing].concat())
    );
    assert_ne!(Content::of(&mp3()), Content::of(&[mp3(), vec![0]].concat()));
}
