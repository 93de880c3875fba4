//! Small files that claim to be large, or to be what nothing is.

use crate::survival::endure;
use media::decoder::TrackDecoder;
use media::duration::read_duration;

/// Why a file of `content` is not played, if it is not.
fn refusal(content: &[u8]) -> Option<String> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), content).unwrap();
    let opened = TrackDecoder::open(file.path());
    opened.err().map(|error| error.to_string())
}

/// Tries the file, and expects one line of `reason`.
fn assert_refused(name: &str, content: &[u8], reason: &str) {
    endure(name, content);
    assert_eq!(refusal(content).as_deref(), Some(reason), "{name}");
}

fn wave(channels: u16, rate_hz: u32) -> Vec<u8> {
    let frame_bytes = channels.wrapping_mul(2);
    let mut file = b"RIFF\x24\x10\0\0WAVEfmt \x10\0\0\0\x01\0".to_vec();
    file.extend(channels.to_le_bytes());
    file.extend(rate_hz.to_le_bytes());
    file.extend(rate_hz.wrapping_mul(frame_bytes.into()).to_le_bytes());
    file.extend(frame_bytes.to_le_bytes());
    file.extend(b"\x10\0data\0\x10\0\0");
    file.extend([1; 4_096]);
    file
}

/// The rate is an 80-bit float of 2 to the power of `exponent`.
fn aiff(channels: u16, exponent: u16) -> Vec<u8> {
    let mut file = b"FORM\0\0\x10\x2EAIFFCOMM\0\0\0\x12".to_vec();
    file.extend(channels.to_be_bytes());
    file.extend(b"\0\0\x04\0\0\x10");
    file.extend((16_383 + exponent).to_be_bytes());
    file.extend(b"\x80\0\0\0\0\0\0\0SSND\0\0\x10\x08\0\0\0\0\0\0\0\0");
    file.extend([1; 4_096]);
    file
}

fn caf(channels: u32, rate_hz: f64, packet_bytes: u32, packet_frames: u32) -> Vec<u8> {
    let mut file = b"caff\0\x01\0\0desc\0\0\0\0\0\0\0\x20".to_vec();
    file.extend(rate_hz.to_be_bytes());
    file.extend(b"lpcm\0\0\0\0");
    let fields = [packet_bytes, packet_frames, channels, 16];
    file.extend(fields.map(u32::to_be_bytes).concat());
    file.extend(b"data\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\0\0\0\0");
    file.extend([1; 4_096]);
    file
}

#[test]
fn an_empty_file_is_said_to_be_empty() {
    assert_refused("nothing", b"", "the file is empty");
}

#[test]
fn sound_to_the_end_of_a_caf_file_has_a_length() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), caf(2, 44_100.0, 4, 1)).unwrap();
    let mut decoder = TrackDecoder::open(file.path()).unwrap();
    assert_eq!(decoder.info().frames, Some(1_024));
    let mut samples = 0;
    while let Some(frames) = decoder.next_frames().unwrap() {
        samples += frames.len();
    }
    assert_eq!(samples, 2_048);
    assert!(read_duration(file.path()).is_some());
}

#[test]
fn rates_and_channels_that_nothing_has_are_refused() {
    assert_eq!(refusal(&wave(2, 44_100)), None);
    assert_eq!(refusal(&aiff(2, 15)), None);
    assert_eq!(refusal(&caf(2, 44_100.0, 4, 1)), None);
    for (name, content, reason) in [
        (
            "wave of many channels",
            wave(4_000, 44_100),
            "sound of 4000 channels is not supported",
        ),
        (
            "wave, fast",
            wave(2, u32::MAX),
            "a rate of 4294967295 Hz is not supported",
        ),
        ("wave, slow", wave(2, 1), "a rate of 1 Hz is not supported"),
        (
            "wave, still",
            wave(2, 0),
            "damaged: no sample rate or channels",
        ),
        (
            "aiff of many channels",
            aiff(4_000, 15),
            "sound of 4000 channels is not supported",
        ),
        (
            "aiff of no channels",
            aiff(0, 15),
            "damaged: no sample rate or channels",
        ),
        (
            "aiff, fast",
            aiff(2, 31),
            "a rate of 2147483648 Hz is not supported",
        ),
        (
            "aiff, too fast",
            aiff(2, 16_000),
            "damaged: no sample rate or channels",
        ),
        (
            "caf of many channels",
            caf(4_000, 44_100.0, 8_000, 1),
            "sound of 4000 channels is not supported",
        ),
        (
            "caf of all channels",
            caf(u32::MAX, 44_100.0, 4, 1),
            "sound of 65535 channels is not supported",
        ),
        (
            "caf, fast",
            caf(2, 1e9, 4, 1),
            "a rate of 1000000000 Hz is not supported",
        ),
        (
            "caf, endless",
            caf(2, f64::INFINITY, 4, 1),
            "a rate of 4294967295 Hz is not supported",
        ),
        (
            "caf, no number",
            caf(2, f64::NAN, 4, 1),
            "damaged: no sample rate or channels",
        ),
        (
            "caf, backwards",
            caf(2, -44_100.0, 4, 1),
            "damaged: no sample rate or channels",
        ),
    ] {
        assert_refused(name, &content, reason);
    }
    endure("caf of long packets", &caf(2, 44_100.0, 4, u32::MAX));
    endure("wave of all channels", &wave(u16::MAX, 44_100));
    endure("caf of large packets", &caf(2, 44_100.0, u32::MAX, 1));
    // 8 channels and 655,350 Hz are the most that FLAC's header has room for.
    let mut flac = b"fLaC\x80\0\0\x22\x10\0\x10\0\0\0\0\0\0\0".to_vec();
    flac.extend([0xFF; 8]);
    flac.extend([0; 16]);
    flac.extend([0x55; 4_000]);
    endure("flac of the most it can say", &flac);
}

#[test]
fn covers_that_claim_half_a_gigabyte_are_not_believed() {
    let size = 500_000_000_u32.to_be_bytes();
    let mpeg = [[0xFF, 0xFB, 0x90, 0xC4].as_slice(), &[0; 413]]
        .concat()
        .repeat(20);
    let id3 = [
        b"ID3\x03\0\0\0\0\x10\0APIC",
        &size[..],
        b"\0\0\0image/png\0\x03\0",
    ]
    .concat();
    endure("id3v2.3", &[&id3[..], &mpeg].concat());
    let all = b"ID3\x04\0\0\x7F\x7F\x7F\x7FAPIC\x7F\x7F\x7F\x70\0\0\0image/png\0\x03\0";
    endure("id3v2.4", &[&all[..], &mpeg].concat());
    let picture = [&[0, 0, 0, 3, 0, 0, 0, 9][..], b"image/png", &[0; 20], &size].concat();
    let info = [
        &b"fLaC\0\0\0\x22\x10\0\x10\0\0\0\0\0\0\0\x0A\xC4\x42\xF0"[..],
        &[0; 20],
    ]
    .concat();
    let flac = [&info[..], b"\x86\xFF\xFF\xFF", &picture].concat();
    endure("flac", &flac);
    for claimed in [500_000_000_u32, u32::MAX, 1] {
        let data = [&claimed.to_be_bytes()[..], b"data\0\0\0\x0D\0\0\0\0"].concat();
        for covr in [
            boxed(b"covr", &[&data]),
            [&claimed.to_be_bytes()[..], b"covr", &data].concat(),
        ] {
            let meta = [&[0; 4][..], &boxed(b"ilst", &[&covr])].concat();
            let moov = boxed(b"moov", &[&boxed(b"udta", &[&boxed(b"meta", &[&meta])])]);
            let file = [boxed(b"ftyp", &[b"M4A \0\0\0\0"]), moov].concat();
            endure("mp4", &file);
        }
    }
}

/// A box of MP4.
fn boxed(kind: &[u8; 4], body: &[&[u8]]) -> Vec<u8> {
    let body = body.concat();
    let size = (body.len() as u32 + 8).to_be_bytes();
    [&size[..], kind, &body].concat()
}

#[test]
fn four_billion_samples_are_not_looked_for() {
    let all = 4_000_000_000_u32.to_be_bytes();
    let mono = b"\0\x01\0\x10\0\0\0\0\xAC\x44\0\0";
    let sound = [&[0; 6][..], b"\0\x01", &[0; 8], mono].concat();
    let fill = |count| vec![0_u8; count];
    let header = |times: &[u8]| [&fill(12)[..], times].concat();
    for sample_bytes in [0_u32, 1, 2, u32::MAX] {
        let tables = [
            boxed(
                b"stsd",
                &[b"\0\0\0\0\0\0\0\x01", &boxed(b"sowt", &[&sound])],
            ),
            boxed(b"stts", &[b"\0\0\0\0\0\0\0\x01", &all, b"\0\0\0\x01"]),
            boxed(
                b"stsc",
                &[b"\0\0\0\0\0\0\0\x01\0\0\0\x01", &all, b"\0\0\0\x01"],
            ),
            boxed(b"stsz", &[&[0; 4], &sample_bytes.to_be_bytes(), &all]),
            boxed(b"stco", &[b"\0\0\0\0\0\0\0\x01\0\0\0\0"]),
        ];
        let mdia = [
            boxed(b"mdhd", &[&header(b"\0\0\xAC\x44"), &all, &[0; 4]]),
            boxed(b"hdlr", &[&[0; 8], b"soun", &[0; 13]]),
            boxed(
                b"minf",
                &[
                    &boxed(b"smhd", &[&[0; 8]]),
                    &boxed(b"stbl", &[&tables.concat()]),
                ],
            ),
        ];
        let trak = [
            boxed(b"tkhd", &[&header(b"\0\0\0\x01"), &fill(68)]),
            boxed(b"mdia", &[&mdia.concat()]),
        ];
        let moov = [
            boxed(b"mvhd", &[&header(b"\0\0\x03\xE8"), &all, &fill(80)]),
            boxed(b"trak", &[&trak.concat()]),
        ];
        let file = [
            boxed(b"ftyp", &[b"M4A \0\0\0\0"]),
            boxed(b"moov", &[&moov.concat()]),
            boxed(b"mdat", &[&fill(4_096)]),
        ];
        endure("samples", &file.concat());
        // What there is of them can be played, and that is soon at its end.
        assert_eq!(refusal(&file.concat()), None);
    }
}

#[test]
fn megabytes_of_junk_before_the_first_frame_take_no_time() {
    let mut seed = 1_u32;
    let mut junk = Vec::new();
    while junk.len() < 6 << 20 {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        junk.extend((seed >> 8).to_le_bytes());
    }
    let frame = [[0xFF, 0xFB, 0x90, 0xC4].as_slice(), &[0; 413]].concat();
    endure("junk", &[&junk[..], &frame.repeat(20)].concat());
    // Every byte could be a sync word's first.
    endure("syncs", &[&[0xFF; 6 << 20][..], &frame.repeat(20)].concat());
}
