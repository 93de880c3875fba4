//! Names of codecs that cannot be played, so that a listener is told what a file holds.

/// By the format tags of WAVE (RFC 2361), which AVI and Matroska use too.
const WAVE_TAGS: [(u16, &str); 45] = [
    (0x0002, "Microsoft ADPCM"),
    (0x0005, "IBM CVSD"),
    (0x0008, "DTS"),
    (0x000A, "WMA Voice"),
    (0x0010, "OKI ADPCM"),
    (0x0011, "IMA ADPCM"),
    (0x0014, "G.723 ADPCM"),
    (0x0016, "G.726"),
    (0x0017, "Dialogic ADPCM"),
    (0x0020, "Yamaha ADPCM"),
    (0x0022, "TrueSpeech"),
    (0x0031, "GSM 6.10"),
    (0x0032, "GSM 6.10"),
    (0x0040, "G.721"),
    (0x0041, "G.728"),
    (0x0042, "G.723.1"),
    (0x0045, "G.726"),
    (0x0057, "AMR"),
    (0x0058, "AMR"),
    (0x0064, "G.726"),
    (0x0065, "G.722"),
    (0x0069, "IMA ADPCM"),
    (0x0075, "Voxware"),
    (0x0083, "G.729"),
    (0x0092, "AC-3"),
    (0x0130, "ACELP"),
    (0x0160, "WMA"),
    (0x0161, "WMA"),
    (0x0162, "WMA"),
    (0x0163, "WMA"),
    (0x0164, "WMA"),
    (0x0200, "Creative ADPCM"),
    (0x0270, "ATRAC3"),
    (0x028F, "G.722"),
    (0x0401, "Indeo Audio"),
    (0x0500, "QDesign Music"),
    (0x1602, "AAC in LATM"),
    (0x2000, "AC-3"),
    (0x2001, "DTS"),
    (0x2048, "Sonic"),
    (0x5756, "WavPack"),
    (0x566F, "Vorbis"),
    (0x674F, "Vorbis"),
    (0xA109, "Speex"),
    (0xF1AC, "FLAC"),
];

/// By the four characters of MP4, QuickTime, AIFF-C and CAF.
const FOUR_CHARACTERS: [(&[u8; 4], &str); 58] = [
    (b"ac-3", "AC-3"),
    (b"sac3", "AC-3"),
    (b"cac3", "AC-3"),
    (b"ec-3", "E-AC-3"),
    (b"ec+3", "E-AC-3"),
    (b"ac-4", "AC-4"),
    (b"dtsc", "DTS"),
    (b"dtse", "DTS"),
    (b"dtsh", "DTS"),
    (b"dtsl", "DTS"),
    (b"dtsx", "DTS"),
    (b"dtsy", "DTS"),
    (b"dts+", "DTS"),
    (b"dts-", "DTS"),
    (b"mlpa", "TrueHD"),
    (b"samr", "AMR"),
    (b"sawb", "AMR"),
    (b"sawp", "AMR"),
    (b"sevc", "EVRC"),
    (b"sqcp", "QCELP"),
    (b"Qclp", "QCELP"),
    (b"Qclq", "QCELP"),
    (b"ssmv", "SMV"),
    (b"mha1", "MPEG-H"),
    (b"mha2", "MPEG-H"),
    (b"mhm1", "MPEG-H"),
    (b"mhm2", "MPEG-H"),
    (b"usac", "xHE-AAC"),
    (b"aach", "HE-AAC"),
    (b"aacp", "HE-AAC v2"),
    (b"aacl", "AAC-LD"),
    (b"aace", "AAC-ELD"),
    (b"aac ", "AAC"),
    (b".mp1", "MPEG layer I"),
    (b".mp2", "MPEG layer II"),
    (b".mp3", "MP3"),
    (b"opus", "Opus"),
    (b"flac", "FLAC"),
    (b"enca", "sound protected against copying"),
    (b"drms", "sound protected against copying"),
    (b"ima4", "IMA ADPCM"),
    (b"ms\0\x02", "Microsoft ADPCM"),
    (b"ms\0\x11", "IMA ADPCM"),
    (b"ms\x001", "GSM 6.10"),
    (b"QDMC", "QDesign Music"),
    (b"QDM2", "QDesign Music"),
    (b"MAC3", "MACE"),
    (b"MAC6", "MACE"),
    (b"agsm", "GSM 6.10"),
    (b"GSM ", "GSM 6.10"),
    (b"spex", "Speex"),
    (b"wma ", "WMA"),
    (b"owma", "WMA"),
    (b"ADP4", "ADPCM"),
    (b"ilbc", "iLBC"),
    (b"G722", "G.722"),
    (b"vdva", "DV"),
    (b"dvca", "DV"),
];

/// A codec by its format tag.
pub(super) fn of_wave_tag(tag: u16) -> String {
    match WAVE_TAGS.iter().find(|(known, _)| *known == tag) {
        Some((_, name)) => (*name).into(),
        None => format!("the codec numbered {tag:#06X}"),
    }
}

/// A codec by its four characters.
pub(super) fn of_four_characters(kind: [u8; 4]) -> String {
    match FOUR_CHARACTERS.iter().find(|(known, _)| **known == kind) {
        Some((_, name)) => (*name).into(),
        None => format!("the codec \"{}\"", kind.escape_ascii()),
    }
}

/// A file that begins with `head`, of a kind whose mark is too short to be looked for in front of all others.
pub(super) fn of_file(head: &[u8]) -> Option<&'static str> {
    /// Bytes of a packet of a transport stream, and of one with a time in front.
    const TRANSPORT: [(usize, usize); 2] = [(0, 188), (4, 192)];
    let is_transport = TRANSPORT.iter().any(|(at, step)| {
        let marks = (0..4).map(|n| head.get(at + n * step));
        marks.into_iter().all(|mark| mark == Some(&0x47))
    });
    if is_transport {
        return Some("MPEG transport stream");
    }
    match *head {
        // ATSC A/52, section 5.4.2.1: the version of the bit stream.
        [0x0B, 0x77, _, _, _, version, ..] if version >> 3 <= 10 => Some("AC-3"),
        [0x0B, 0x77, _, _, _, version, ..] if version >> 3 <= 16 => Some("E-AC-3"),
        [0x7F, 0xFE, 0x80, 0x01, ..] | [0xFE, 0x7F, 0x01, 0x80, ..] => Some("DTS"),
        [0x1F, 0xFF, 0xE8, 0x00, ..] | [0xFF, 0x1F, 0x00, 0xE8, ..] => Some("DTS"),
        [0x64, 0x58, 0x20, 0x25, ..] => Some("DTS"),
        [b'D', b'T', b'S', b'H', b'D', b'H', b'D', b'R', ..] => Some("DTS"),
        [_, _, _, _, 0xF8, 0x72, 0x6F, 0xBA, ..] => Some("TrueHD"),
        [_, _, _, _, 0xF8, 0x72, 0x6F, 0xBB, ..] => Some("MLP"),
        [0xAC, 0x40 | 0x41, ..] => Some("AC-4"),
        [0xC0, 0xDE, 0xC2, ..] => Some("Codec 2"),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'A',
            b'V',
            b'I',
            b' ',
            ..,
        ] => Some("AVI video"),
        [b'n', b'u', b't', b'/', ..] => Some("NUT"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_has_its_number_or_characters() {
        assert_eq!(of_wave_tag(0x2000), "AC-3");
        assert_eq!(of_wave_tag(0x1234), "the codec numbered 0x1234");
        assert_eq!(of_four_characters(*b"QDM2"), "QDesign Music");
        assert_eq!(of_four_characters(*b"ab\0c"), "the codec \"ab\\x00c\"");
    }

    #[test]
    fn short_marks_are_known() {
        let mut packets = [0; 188 * 4];
        for packet in packets.chunks_mut(188) {
            packet[0] = 0x47;
        }
        assert_eq!(of_file(&packets), Some("MPEG transport stream"));
        assert_eq!(of_file(&packets[1..]), None);
        assert_eq!(of_file(&[0x0B, 0x77, 0, 0, 0, 8 << 3]), Some("AC-3"));
        assert_eq!(of_file(&[0x0B, 0x77, 0, 0, 0, 16 << 3]), Some("E-AC-3"));
        assert_eq!(of_file(b"GGGGGGGGGGGG"), None);
    }
}
