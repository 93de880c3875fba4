//! WavPack in Matroska, files of containers with no packet or one, and the names of what cannot be played.

use crate::decode;
use crate::encoders::{ffmpeg_f32, have, music_of, run, write_wav_of};
use media::decoder::TrackDecoder;
use std::path::{Path, PathBuf};
use std::process::Command;

const RATE_HZ: u32 = 48_000;

/// The source made of these by ffmpeg; whether it can make it at all.
fn ffmpeg(source: &Path, arguments: &str, file: &str) -> Option<PathBuf> {
    let out = source.with_file_name(file);
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-y", "-i"]).arg(source);
    command.args(arguments.split(' ')).arg(&out);
    let is_made = command.output().unwrap().status.success();
    is_made.then_some(out)
}

fn source(folder: &Path, channels: u16, bits: u16) -> PathBuf {
    let path = folder.join(format!("in_{channels}_{bits}.wav"));
    let samples = music_of(70_001, RATE_HZ, channels);
    write_wav_of(&path, &samples, RATE_HZ, channels, bits);
    path
}

#[test]
fn wavpack_in_matroska_is_its_source() {
    if !have(
        "wavpack_in_matroska_is_its_source",
        &["wavpack", "mkvmerge", "wvunpack"],
    ) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (channels, bits) in [(1, 16), (2, 16), (2, 24), (6, 16), (6, 24)] {
        let wav = source(folder.path(), channels, bits);
        let (wv, mka) = (wav.with_extension("wv"), wav.with_extension("mka"));
        let (from, packed, to) = (
            wav.to_str().unwrap(),
            wv.to_str().unwrap(),
            mka.to_str().unwrap(),
        );
        run("wavpack", &["-q", "-y", from, "-o", packed]);
        run("mkvmerge", &["-q", "-o", to, packed]);
        let (all, info) = decode(&mka).unwrap();
        assert_eq!(
            (info.codec.as_str(), info.bits_per_sample),
            ("WavPack", Some(bits.into()))
        );
        assert!(all == decode(&wav).unwrap().0, "{channels} × {bits} bits");
        let mut decoder = TrackDecoder::open(&mka).unwrap();
        for target in [69_999, 12, 33_333] {
            decoder.seek(target).unwrap();
            let found = decoder.next_frames().unwrap().unwrap();
            let expected = &all[target as usize * usize::from(channels)..];
            assert!(found == &expected[..found.len()], "at {target}");
        }
        // Without its correction file, what WavPack's own program makes of it.
        run("wavpack", &["-q", "-y", "-b5", from, "-o", packed]);
        run("mkvmerge", &["-q", "-o", to, packed]);
        let lossy = folder.path().join("lossy.wav");
        run(
            "wvunpack",
            &["-q", "-y", packed, "-o", lossy.to_str().unwrap()],
        );
        assert!(
            decode(&mka).unwrap().0 == decode(&lossy).unwrap().0,
            "{channels} × {bits}, lossy"
        );
    }
}

#[test]
fn files_of_no_packet_or_one_open() {
    if !have("files_of_no_packet_or_one_open", &["ffmpeg"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let wav = source(folder.path(), 2, 16);
    for (codec, kind) in [
        ("aac", "m4a"),
        ("alac", "m4a"),
        ("libvorbis -strict -2", "mp4"),
        ("pcm_s16le", "mov"),
        ("aac", "mka"),
        ("flac", "mka"),
        ("libopus", "mka"),
        ("libvorbis", "webm"),
        ("pcm_s16le", "mka"),
        ("libmp3lame", "mka"),
    ] {
        let path = ffmpeg(&wav, &format!("-t 0 -c:a {codec}"), &format!("none.{kind}")).unwrap();
        let (all, info) = decode(&path).unwrap();
        assert_eq!((all.len(), info.frames), (0, Some(0)), "{codec} in {kind}");
        assert!(info.sample_rate_hz > 0 && info.channels > 0);
    }
    let opus = ffmpeg(&wav, "-c:a libopus", "all.mka").unwrap();
    for (file, count) in [
        ("one.mka", 1),
        ("one.mp4", 1),
        ("two.mka", 2),
        ("two.mp4", 2),
    ] {
        let path = ffmpeg(&opus, &format!("-c copy -frames:a {count}"), file).unwrap();
        // Packets of 20 ms, of which the first 312 frames are the encoder's.
        let (all, _) = decode(&path).unwrap();
        assert_eq!(all.len() / 2, count * 960 - 312, "{file}");
    }
}

#[test]
fn refusals_name_the_codec() {
    if !have("refusals_name_the_codec", &["ffmpeg"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let wav = source(folder.path(), 2, 16);
    for (arguments, file, name) in [
        ("-c:a tta", "a.tta", "True Audio (TTA)"),
        ("-c:a tta", "tta.mka", "True Audio (TTA)"),
        ("-c:a ac3", "a.ac3", "AC-3"),
        ("-c:a ac3", "ac3.mka", "AC-3"),
        ("-c:a ac3", "ac3.mp4", "AC-3"),
        ("-c:a ac3", "ac3.caf", "AC-3 in CAF"),
        ("-c:a ac3", "ac3.wav", "AC-3 in WAVE"),
        ("-c:a eac3", "a.eac3", "E-AC-3"),
        ("-c:a eac3", "eac3.mp4", "E-AC-3"),
        ("-c:a dca -strict -2", "a.dts", "DTS"),
        ("-c:a dca -strict -2", "dts.mka", "DTS"),
        ("-c:a dca -strict -2", "dts.wav", "DTS in WAVE"),
        ("-c:a truehd -strict -2", "a.thd", "TrueHD"),
        ("-c:a truehd -strict -2", "thd.mka", "TrueHD"),
        ("-c:a mlp -strict -2", "a.mlp", "MLP"),
        ("-c:a wmav2", "wma.mka", "WMA"),
        ("-c:a wmav2", "a.wma", "WMA"),
        ("-c:a libspeex -ar 16000 -ac 1", "spx.mka", "Speex"),
        ("-c:a adpcm_yamaha", "yamaha.mka", "Yamaha ADPCM"),
        ("-c:a g722 -ar 16000 -ac 1", "g722.wav", "G.722 in WAVE"),
        ("-c:a libgsm -ar 8000 -ac 1", "gsm.caf", "GSM 6.10 in CAF"),
        ("-c:a aac", "a.ts", "MPEG transport stream"),
        ("-c:a libmp3lame", "a.avi", "AVI video"),
    ] {
        let Some(path) = ffmpeg(&wav, arguments, file) else {
            println!("not made: {file}");
            continue;
        };
        let found = decode(&path).unwrap_err();
        assert_eq!(found, format!("{name} is not supported"), "{file}");
    }
}

#[test]
fn xhe_aac_is_called_so() {
    if !have("xhe_aac_is_called_so", &["ffmpeg"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = ffmpeg(&source(folder.path(), 2, 16), "-c:a aac", "in.m4a").unwrap();
    let mut file = std::fs::read(&path).unwrap();
    let esds = file.windows(4).position(|kind| kind == b"esds").unwrap();
    let config = [0x05, 0x80, 0x80, 0x80, 0x05];
    let at = file[esds..].windows(5).position(|head| head == config);
    // Object type 42: five set bits, then 10 in six (ISO 14496-3, section 1.6.2.1); 48 kHz, stereo.
    let at = esds + at.unwrap() + config.len();
    file[at..at + 5].copy_from_slice(&[0xF9, 0x46, 0x40, 0, 0]);
    std::fs::write(&path, &file).unwrap();
    assert_eq!(decode(&path).unwrap_err(), "xHE-AAC is not supported");
}

/// The boxes of `file` with what `change` makes of the content at the end of `path`. What lies behind "mdat" only
/// may change its size.
fn with_box(file: &[u8], path: &[&[u8; 4]], change: &dyn Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = file;
    while let [a, b, c, d, kind @ ..] = rest {
        let size = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
        let content = &rest[8..size];
        let content = match path {
            [only] if kind.starts_with(&only[..]) => change(content),
            [first, inside @ ..] if kind.starts_with(&first[..]) => {
                with_box(content, inside, change)
            }
            _ => content.to_vec(),
        };
        out.extend((content.len() as u32 + 8).to_be_bytes());
        out.extend(&kind[..4]);
        out.extend(content);
        rest = &rest[size..];
    }
    out
}

#[test]
fn edit_lists_of_several_entries_are_followed_where_they_can_be() {
    if !have("edit lists of several entries", &["ffmpeg"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let wav = source(folder.path(), 2, 16);
    let original = decode(&wav).unwrap().0;
    let path = ffmpeg(&wav, "-c:a alac", "in.m4a").unwrap();
    let file = std::fs::read(&path).unwrap();
    let end = original.len();
    // Milliseconds and first frames of the entries, then what is heard of the source.
    type Entries<'a> = &'a [(u32, i32)];
    let cases: [(Entries<'_>, std::ops::Range<usize>, bool); 4] = [
        (&[(500, -1), (1_458, 0)], 0..end, false),
        (&[(1_000, 480)], 960..96_960, false),
        (
            &[(500, 480), (250, 24_480), (250, 36_480)],
            960..96_960,
            false,
        ),
        (&[(500, 24_000), (500, 0)], 0..end, true),
    ];
    for (entries, heard, is_rearranged) in cases {
        let changed = with_box(&file, &[b"moov", b"trak", b"edts", b"elst"], &|_| {
            let mut list = vec![0; 4];
            list.extend((entries.len() as u32).to_be_bytes());
            for (length, start) in entries {
                list.extend(length.to_be_bytes());
                list.extend(start.to_be_bytes());
                list.extend([0, 1, 0, 0]);
            }
            list
        });
        std::fs::write(&path, changed).unwrap();
        let (all, info) = decode(&path).unwrap();
        assert_eq!(
            info.warnings.len(),
            usize::from(is_rearranged),
            "{entries:?}"
        );
        assert!(all == original[heard], "{entries:?}");
    }
}

#[test]
fn adpcm_in_mp4_and_matroska_is_ffmpegs_to_the_bit() {
    if !have("ADPCM in MP4 and Matroska", &["ffmpeg"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let wav = folder.path().join("in.wav");
    for channels in [1, 2] {
        write_wav_of(
            &wav,
            &music_of(50_001, 44_100, channels),
            44_100,
            channels,
            16,
        );
        for (codec, file, name) in [
            ("adpcm_ms", "a.mka", "Microsoft ADPCM"),
            ("adpcm_ms", "b.mov", "Microsoft ADPCM"),
            ("adpcm_ima_wav", "c.mka", "IMA ADPCM"),
            ("adpcm_ima_wav", "d.mov", "IMA ADPCM"),
            ("adpcm_ima_qt", "e.mov", "IMA ADPCM"),
        ] {
            let path = ffmpeg(&wav, &format!("-c:a {codec}"), file).unwrap();
            let (found, info) = decode(&path).unwrap();
            let wanted = ffmpeg_f32(&path);
            let what = format!("{codec} in {file}, {channels} channels");
            assert_eq!(info.codec, name, "{what}");
            assert_eq!(info.bits_per_sample, Some(16), "{what}");
            assert_eq!(info.warnings, Vec::<String>::new(), "{what}");
            assert_eq!(found.len(), wanted.len(), "{what}");
            assert!(found == wanted, "{what}");
            let mut decoder = TrackDecoder::open(&path).unwrap();
            for target in [40_000, 1, 20_000, 30_000, 0] {
                decoder.seek(target as u64).unwrap();
                let got = decoder.next_frames().unwrap().unwrap().to_vec();
                let from = target * usize::from(channels);
                assert!(got == found[from..from + got.len()], "{what}, {target}");
            }
        }
    }
}
