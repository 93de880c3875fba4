//! Tags and the files around them.

pub(crate) fn synchsafe(length: usize) -> [u8; 4] {
    [21, 14, 7, 0].map(|shift| (length >> shift) as u8 & 0x7F)
}

/// A frame with its length in the form of the version.
pub(crate) fn frame(version: u8, id: &str, body: &[u8]) -> Vec<u8> {
    flagged(version, id, 0, body)
}

/// As [`frame`], with the second byte of flags.
pub(crate) fn flagged(version: u8, id: &str, flags: u8, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let size = match version {
        2 => (length as u32).to_be_bytes()[1..].to_vec(),
        3 => (length as u32).to_be_bytes().to_vec(),
        _ => synchsafe(length).to_vec(),
    };
    let flags: &[u8] = if version == 2 { &[] } else { &[0, flags] };
    [id.as_bytes(), &size, flags, body].concat()
}

/// A frame of UTF-8, or Latin-1 where the version has no UTF-8.
pub(crate) fn text(version: u8, id: &str, text: &str) -> Vec<u8> {
    let encoding = if version == 4 { 3 } else { 0 };
    frame(version, id, &[&[encoding], text.as_bytes()].concat())
}

/// A tag of these frames.
pub(crate) fn id3(version: u8, flags: u8, frames: &[Vec<u8>]) -> Vec<u8> {
    let body = frames.concat();
    [
        b"ID3",
        &[version, 0, flags][..],
        &synchsafe(body.len()),
        &body,
    ]
    .concat()
}

/// Frames of MPEG-1 layer III with silence in them.
pub(crate) fn mp3() -> Vec<u8> {
    let mut frame = vec![0xFF, 0xFB, 0x90, 0xC4];
    frame.resize(417, 0);
    frame.repeat(4)
}

/// A Vorbis comment of these fields, which says that it has `count`.
pub(crate) fn comment(count: u32, fields: &[&[u8]]) -> Vec<u8> {
    let mut bytes = [&4_u32.to_le_bytes()[..], b"test", &count.to_le_bytes()].concat();
    for field in fields {
        bytes.extend((field.len() as u32).to_le_bytes());
        bytes.extend(*field);
    }
    bytes
}

/// A FLAC file of these blocks, behind the one that is always there.
pub(crate) fn flac(blocks: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut info = [0_u8; 34];
    info[10..18].copy_from_slice(&[0x0A, 0xC4, 0x42, 0xF0, 0, 0, 0xAC, 0x44]);
    let mut file = [b"fLaC\0\0\0\x22".as_slice(), &info].concat();
    for (index, (kind, block)) in blocks.iter().enumerate() {
        let last = u8::from(index + 1 == blocks.len()) << 7;
        file.push(last | kind);
        file.extend(&(block.len() as u32).to_be_bytes()[1..]);
        file.extend(block);
    }
    file.extend([0xFF, 0xF8, 0xC9, 0x18]);
    file
}

/// Ogg pages of one packet each; their sums are left out, as readers of tags do not look at them.
pub(crate) fn ogg(serial: u32, packets: &[&[u8]]) -> Vec<u8> {
    let mut file = Vec::new();
    for (number, packet) in packets.iter().enumerate() {
        let mut laces = vec![255; packet.len() / 255];
        laces.push((packet.len() % 255) as u8);
        file.extend(b"OggS\0");
        file.push(if number == 0 { 2 } else { 0 });
        file.extend([0; 8]);
        file.extend(serial.to_le_bytes());
        file.extend((number as u32).to_le_bytes());
        file.extend([0; 4]);
        file.push(laces.len() as u8);
        file.extend(laces);
        file.extend(*packet);
    }
    file
}

/// An APE item of text.
pub(crate) fn item(name: &str, value: &[u8]) -> Vec<u8> {
    let length = value.len() as u32;
    [
        &length.to_le_bytes()[..],
        &[0; 4],
        name.as_bytes(),
        &[0],
        value,
    ]
    .concat()
}

/// An APE tag with a footer, and with a header where asked for, that says it has `count` items.
pub(crate) fn ape(version: u32, count: u32, has_header: bool, items: &[Vec<u8>]) -> Vec<u8> {
    let items = items.concat();
    let end = |flags: u32| {
        let size = items.len() as u32 + 32;
        let numbers = [version, size, count, flags].map(u32::to_le_bytes).concat();
        [b"APETAGEX", &numbers[..], &[0; 8]].concat()
    };
    let flags = u32::from(has_header) << 31;
    let header = if has_header {
        end(flags | 1 << 29)
    } else {
        Vec::new()
    };
    let footer = end(flags);
    [header, items, footer].concat()
}

/// A chunk without its padding.
pub(crate) fn chunk(id: &[u8; 4], body: &[u8], is_big: bool) -> Vec<u8> {
    let length = body.len() as u32;
    let size = if is_big {
        length.to_be_bytes()
    } else {
        length.to_le_bytes()
    };
    [&id[..], &size, body].concat()
}

/// An MP4 box.
pub(crate) fn mp4_box(name: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    [&(body.len() as u32 + 8).to_be_bytes()[..], name, &body].concat()
}

/// An EBML element with a size of eight bytes.
pub(crate) fn element(id: u32, parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    let id: Vec<u8> = id
        .to_be_bytes()
        .into_iter()
        .skip_while(|byte| *byte == 0)
        .collect();
    let size = (1 << 56 | body.len() as u64).to_be_bytes();
    [&id[..], &size, &body].concat()
}
