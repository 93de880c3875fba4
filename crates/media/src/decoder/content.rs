//! What a file is, by its first bytes; its extension is never asked.

use super::flac::bare_frames;
use super::mpeg::is_mpeg;
use super::names;
use super::packetized::{Container, finds_adts, finds_loas, starts_adts, starts_loas};
use super::pcm::PcmKind;
use crate::error::MediaError;
use crate::track_bytes::TrackBytes;
use std::io::{self, Read, Seek, SeekFrom};

/// Bytes looked at, enough for the longest mark.
const HEAD_BYTES: usize = 16;
/// ID3v2 tags in a row that are stepped over.
const MAX_TAGS: usize = 8;
/// Bytes of such a tag's head.
const ID3V2_HEAD_BYTES: u64 = 10;
/// Of free-format MP3 at 640 kbit/s, with half as much again.
const MAX_FREE_FRAME_BYTES: u64 = 8_192;
/// Bytes in which AAC frames are looked for.
const AAC_SEARCH_BYTES: usize = 1 << 17;
/// Kinds that cannot be played, so that a listener is told what they are.
const UNSUPPORTED: [(&[u8], &str); 16] = [
    (
        &[
            0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11, 0xA6, 0xD9, 0x00, 0xAA, 0x00, 0x62,
            0xCE, 0x6C,
        ],
        "WMA",
    ),
    (b"MPCK", "Musepack"),
    (b"MP+", "Musepack"),
    (b"MACF", "Monkey's Audio with floating-point samples"),
    (b"TTA", "True Audio (TTA)"),
    (b"ajkg", "Shorten"),
    (b"OFR ", "OptimFROG"),
    (b"tBaK", "TAK"),
    (b".RMF", "RealMedia"),
    (b".ra\xFD", "RealAudio"),
    (b"MThd", "MIDI"),
    (b"#!AMR", "AMR"),
    (b"Creative Voice", "Creative Voice"),
    (&[0, 0, 1, 0xBA], "MPEG video"),
    (&[0, 0, 1, 0xB3], "MPEG video"),
    (b"FLV\x01", "Flash video"),
];

/// Marks at the start of files that hold no bare frames, though such may stand somewhere in them.
const OTHERS: [&[u8]; 3] = [b"ADIF", b"RIFF", b"FORM"];
/// Boxes that MP4 files begin with, behind four bytes.
const BOXES: [&[u8; 4]; 8] = [
    b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"styp", b"pnot",
];
/// The first chunk of a Sony Wave64 file.
const W64_RIFF: [u8; 16] = [
    b'r', b'i', b'f', b'f', 0x2E, 0x91, 0xCF, 0x11, 0xA5, 0xD6, 0x28, 0xDB, 0x04, 0xC1, 0x00, 0x00,
];
/// How far MPEG frames, and the mark of FLAC, are looked for behind junk.
const SEARCH_BYTES: u64 = 1 << 20;
/// A FLAC file's mark with the head of its first block.
const FLAC_MARK: &[u8] = b"fLaC\0\0\0\x22";
/// The mark of an Ogg file's first page.
const OGG_MARK: &[u8] = b"OggS\0\x02";

/// A kind of file, as far as it decides who decodes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileKind {
    /// WavPack blocks.
    WavPack,
    /// Monkey's Audio, whose own positions count from this byte of the file.
    MonkeysAudio { start: u64 },
    /// Sony's DSD stream file.
    Dsf,
    /// Philips' DSD interchange file.
    Dff,
    /// MP3 frames of a bit rate that their headers do not name.
    FreeFormatMp3,
    /// Sound that may stand in the file as it is, from this byte on.
    Pcm { kind: PcmKind, start: u64 },
    /// FLAC, from this byte on.
    Flac { start: u64 },
    /// Ogg pages.
    Ogg,
    /// MPEG audio frames, near this byte.
    Mpeg { start: u64 },
    /// Packets in a container of these.
    Packets(Container),
    /// A fault for the tests.
    #[cfg(any(test, feature = "inspection"))]
    FaultInjection,
    /// Nothing that is known.
    Other,
}

impl FileKind {
    /// Whether its reader wants to know where the file ends before it gives the first frame.
    pub(super) fn is_read_from_its_end(self) -> bool {
        match self {
            Self::WavPack
            | Self::MonkeysAudio { .. }
            | Self::Dsf
            | Self::Dff
            | Self::FreeFormatMp3
            | Self::Packets(_) => true,
            Self::Pcm { kind, .. } => kind == PcmKind::Caf,
            Self::Flac { .. } | Self::Ogg | Self::Mpeg { .. } | Self::Other => false,
            #[cfg(any(test, feature = "inspection"))]
            Self::FaultInjection => false,
        }
    }
}

/// Finds out what the file is, and goes back to its first byte.
///
/// # Errors
/// When it cannot be read, or is of a kind known not to be supported.
pub(super) fn find_kind(bytes: &mut TrackBytes) -> Result<FileKind, MediaError> {
    // What cannot be rewound must not be read here.
    if !bytes.is_seekable() {
        return Ok(FileKind::Other);
    }
    let mut start = 0;
    let mut head = read_head(bytes, start)?;
    for _ in 0..MAX_TAGS {
        let Some(tag_bytes) = id3v2_bytes(&head) else {
            break;
        };
        // A tag that ends behind the file has a wrong size.
        if bytes.len().is_some_and(|all| start + tag_bytes >= all) {
            start += ID3V2_HEAD_BYTES;
            break;
        }
        start += tag_bytes;
        head = read_head(bytes, start)?;
    }
    let is_free_format = is_free_format(bytes, start)?;
    let kind = match is_free_format {
        true => Ok(FileKind::FreeFormatMp3),
        false => kind_by_mark(bytes, &head, start),
    };
    bytes.rewind()?;
    kind
}

fn kind_by_mark(
    bytes: &mut TrackBytes,
    head: &[u8; HEAD_BYTES],
    start: u64,
) -> Result<FileKind, MediaError> {
    if let Some((_, name)) = UNSUPPORTED.iter().find(|(mark, _)| head.starts_with(mark)) {
        return Err(MediaError::Unsupported((*name).into()));
    }
    let pcm = |kind| Ok(FileKind::Pcm { kind, start });
    match (&head[..4], &head[8..12]) {
        (b"wvpk", _) => Ok(FileKind::WavPack),
        (b"MAC ", _) => Ok(FileKind::MonkeysAudio { start }),
        (b"DSD ", _) => Ok(FileKind::Dsf),
        (b"FRM8", _) if head[12..] == *b"DSD " => Ok(FileKind::Dff),
        (b"RIFF" | b"RF64" | b"BW64", b"WAVE") => pcm(PcmKind::Wave),
        (b"RIFX", b"WAVE") => pcm(PcmKind::Rifx),
        (b"RIFF", b"RMP3") => Ok(FileKind::Mpeg { start }),
        (b"FORM", b"AIFF" | b"AIFC") => pcm(PcmKind::Aiff),
        (b"caff", _) => pcm(PcmKind::Caf),
        (b".snd", _) => pcm(PcmKind::Au),
        (b"riff", _) if *head == W64_RIFF => pcm(PcmKind::W64),
        (b"fLaC", _) => Ok(FileKind::Flac { start }),
        (b"OggS", _) => Ok(FileKind::Ogg),
        #[cfg(any(test, feature = "inspection"))]
        (b"PLNT", _) => Ok(FileKind::FaultInjection),
        _ => kind_by_search(bytes, head, start),
    }
}

/// Finds what has no mark at its start, or begins behind junk, or behind a tag whose size is wrong.
fn kind_by_search(
    bytes: &mut TrackBytes,
    head: &[u8; HEAD_BYTES],
    start: u64,
) -> Result<FileKind, MediaError> {
    let packets = |container| Ok(FileKind::Packets(container));
    if BOXES.iter().any(|kind| head[4..8] == kind[..]) {
        return packets(Container::Mp4);
    }
    if head.starts_with(&[0x1A, 0x45, 0xDF, 0xA3]) {
        return packets(Container::Matroska);
    }
    if OTHERS.iter().any(|mark| head.starts_with(mark)) {
        return match names::of_file(head) {
            Some(name) => Err(MediaError::Unsupported(name.into())),
            None => Ok(FileKind::Other),
        };
    }
    if start > 0 {
        let text = bytes.read_at(0, SEARCH_BYTES as usize)?;
        let find = |mark: &[u8]| text.windows(mark.len()).position(|bytes| bytes == mark);
        if let Some(start) = find(FLAC_MARK) {
            return Ok(FileKind::Flac {
                start: start as u64,
            });
        }
        if find(OGG_MARK).is_some() {
            return Ok(FileKind::Ogg);
        }
    }
    if let Some(start) = bare_frames(bytes, start)? {
        return Ok(FileKind::Flac { start });
    }
    let first = bytes.read_at(start, AAC_SEARCH_BYTES)?;
    let is_whole = first.len() < AAC_SEARCH_BYTES;
    if starts_adts(&first, is_whole) {
        return packets(Container::Adts);
    }
    if starts_loas(&first, is_whole) {
        return packets(Container::Loas);
    }
    if is_mpeg(bytes, start, SEARCH_BYTES)? {
        return Ok(FileKind::Mpeg { start });
    }
    let has_ogg = |text: &[u8]| text.windows(OGG_MARK.len()).any(|bytes| bytes == OGG_MARK);
    if has_ogg(&first) {
        return Ok(FileKind::Ogg);
    }
    // Text holds no frames, whatever it looks like.
    let is_text = head[..2].iter().all(u8::is_ascii_alphabetic);
    Ok(match first {
        first if !is_text && finds_adts(&first) => FileKind::Packets(Container::Adts),
        first if !is_text && finds_loas(&first) => FileKind::Packets(Container::Loas),
        first => match names::of_file(&first) {
            Some(name) => return Err(MediaError::Unsupported(name.into())),
            None => FileKind::Other,
        },
    })
}

/// Whether MP3 frames of a bit rate that their headers do not name begin here: two headers that agree.
fn is_free_format(bytes: &mut TrackBytes, start: u64) -> io::Result<bool> {
    // All but padding and the use of the channels, which change from frame to frame.
    let mask = |header: &[u8]| match *header {
        [first, second, third, fourth, ..] => {
            u32::from_be_bytes([first, second, third & !0b11, fourth & 0xCF])
        }
        _ => 0,
    };
    bytes.seek(SeekFrom::Start(start))?;
    let mut frames = Vec::new();
    bytes
        .by_ref()
        .take(MAX_FREE_FRAME_BYTES)
        .read_to_end(&mut frames)?;
    let first = mask(&frames);
    // Eleven set bits, a version, and layer III; a bit rate of 0, and a sampling rate.
    let is_header = first >> 21 == 0x7FF
        && first >> 19 & 0b11 != 0b01
        && first >> 17 & 0b11 == 0b01
        && first >> 12 & 0b1111 == 0
        && first >> 10 & 0b11 != 0b11;
    Ok(is_header && frames[4..].windows(4).any(|header| mask(header) == first))
}

/// The bytes at `start`, with zeros for those behind the end.
fn read_head(bytes: &mut TrackBytes, start: u64) -> io::Result<[u8; HEAD_BYTES]> {
    bytes.seek(SeekFrom::Start(start))?;
    let mut head = [0; HEAD_BYTES];
    let mut filled = 0;
    while filled < HEAD_BYTES {
        match bytes.read(&mut head[filled..])? {
            0 => break,
            count => filled += count,
        }
    }
    Ok(head)
}

/// Length of the ID3v2 tag that begins here: header, body and footer (ID3v2.4 section 3.1).
fn id3v2_bytes(head: &[u8; HEAD_BYTES]) -> Option<u64> {
    let [b'I', b'D', b'3', _, _, flags, size @ ..] = head else {
        return None;
    };
    let body = size[..4]
        .iter()
        .fold(0, |sum, byte| sum << 7 | u64::from(byte & 0x7F));
    let has_footer = flags & 0x10 != 0;
    Some(10 + body + if has_footer { 10 } else { 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind_of(content: &[u8]) -> Result<FileKind, String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        let mut bytes = TrackBytes::open(file.path()).unwrap();
        let kind = find_kind(&mut bytes).map_err(|error| error.to_string());
        assert_eq!(bytes.stream_position().unwrap(), 0);
        kind
    }

    #[test]
    fn kinds_are_told_by_their_marks() {
        assert_eq!(kind_of(b"wvpk____"), Ok(FileKind::WavPack));
        assert_eq!(
            kind_of(b"MAC \x96\x0F"),
            Ok(FileKind::MonkeysAudio { start: 0 })
        );
        assert_eq!(kind_of(b"DSD \x1C"), Ok(FileKind::Dsf));
        assert_eq!(kind_of(b"FRM8________DSD "), Ok(FileKind::Dff));
        for other in [
            b"FRM8________AIFF".as_slice(),
            b"RIFF____CDXA",
            b"w",
            b"",
            b"ID3",
        ] {
            assert_eq!(kind_of(other), Ok(FileKind::Other), "{other:?}");
        }
        let pcm = |kind| Ok(FileKind::Pcm { kind, start: 0 });
        assert_eq!(kind_of(b"RIFF____WAVE"), pcm(PcmKind::Wave));
        assert_eq!(kind_of(b"FORM____AIFC"), pcm(PcmKind::Aiff));
        assert_eq!(kind_of(b"fLaC"), Ok(FileKind::Flac { start: 0 }));
        assert_eq!(kind_of(b"OggS"), Ok(FileKind::Ogg));
        let box_of_mp4 = kind_of(b"\0\0\0\x18ftypM4A ");
        assert_eq!(box_of_mp4, Ok(FileKind::Packets(Container::Mp4)));
    }

    #[test]
    fn tags_in_front_are_stepped_over() {
        let tagged = |flags: u8, body: usize, content: &[u8]| {
            let mut file = b"ID3\x04\x00".to_vec();
            file.extend([flags, 0, 0, (body >> 7) as u8, (body & 0x7F) as u8]);
            file.resize(file.len() + body + if flags == 0 { 0 } else { 10 }, 0);
            file.extend(content);
            file
        };
        let ape = tagged(0, 300, b"MAC ");
        assert_eq!(kind_of(&ape), Ok(FileKind::MonkeysAudio { start: 310 }));
        let twice = tagged(0x10, 20, &ape);
        assert_eq!(kind_of(&twice), Ok(FileKind::MonkeysAudio { start: 350 }));
        assert_eq!(kind_of(&tagged(0, 5, b"wvpk")), Ok(FileKind::WavPack));
        assert_eq!(kind_of(&tagged(0, 5, b"\xFF\xFB")), Ok(FileKind::Other));
        assert_eq!(
            kind_of(&tagged(0, 5, b"TTA1")),
            Err("True Audio (TTA) is not supported".into())
        );
        let without_end = tagged(0, 5, b"ID3\x04\x00\x00\x7F\x7F\x7F\x7F");
        assert_eq!(kind_of(&without_end), Ok(FileKind::Other));
    }

    #[test]
    fn free_format_mp3_is_told_by_two_headers_that_agree() {
        let frames = |header: [u8; 4], count: usize| {
            let mut frame = header.to_vec();
            frame.resize(2_089, 0);
            frame.repeat(count)
        };
        let free = Ok(FileKind::FreeFormatMp3);
        assert_eq!(kind_of(&frames([0xFF, 0xFB, 0x00, 0x64], 2)), free);
        let mut file = b"ID3\x04\0\0\0\0\0\x05_____".to_vec();
        file.extend(frames([0xFF, 0xF3, 0x04, 0xC4], 2));
        assert_eq!(kind_of(&file), free);
        for other in [
            frames([0xFF, 0xFB, 0x00, 0x64], 1),
            frames([0xFF, 0xFB, 0x90, 0x64], 2),
            frames([0xFF, 0xFE, 0x09, 0x00], 2),
            b"\xFF\xFB\x00".to_vec(),
        ] {
            assert_eq!(kind_of(&other), Ok(FileKind::Other));
        }
    }

    #[test]
    fn what_cannot_be_played_is_named() {
        for (mark, name) in UNSUPPORTED {
            let mut content = mark.to_vec();
            content.resize(40, 7);
            assert_eq!(kind_of(&content), Err(format!("{name} is not supported")));
        }
    }
}
