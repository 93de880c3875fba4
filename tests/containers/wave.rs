//! WAVE and its larger kin.

use crate::{
    FRAMES, Wave, as_f32, big, chunk, decode, expect, format, little, missized, tails, words,
    wrong_sizes,
};
use media::decoder::TrackDecoder;

#[test]
fn wave_sizes_are_not_believed_over_the_file() {
    let words = words();
    let bytes = 2 * FRAMES as u32;
    for riff in [
        None,
        Some(0),
        Some(u32::MAX),
        Some(0x7FFF_F024),
        Some(20),
        Some(bytes),
    ] {
        for data in [
            None,
            Some(0),
            Some(u32::MAX),
            Some(0x7FFF_F000),
            Some(0x8000_0000),
        ] {
            let file = Wave {
                riff_size: riff,
                data_size: data,
                ..Wave::new()
            };
            let name = format!("RIFF {riff:?}, data {data:?}");
            expect(&name, &file.bytes(), &words, None);
        }
        let short = Wave {
            riff_size: riff,
            data_size: Some(bytes - 1_500),
            ..Wave::new()
        };
        expect(
            &format!("RIFF {riff:?}, data too small"),
            &short.bytes(),
            &words,
            None,
        );
        let long = Wave {
            riff_size: riff,
            data_size: Some(bytes + 1_000),
            ..Wave::new()
        };
        let cut = Some("cut short: 4001 of 4501 frames");
        expect(
            &format!("RIFF {riff:?}, data too large"),
            &long.bytes(),
            &words,
            cut,
        );
    }
    let empty = Wave {
        sound: Vec::new(),
        ..Wave::new()
    };
    expect("no sound", &empty.bytes(), &[], None);
    let empty_with_list = Wave {
        sound: Vec::new(),
        behind: chunk(b"LIST", b"INFOINAM\x04\0\0\0Name"),
        ..Wave::new()
    };
    expect("no sound, but a list", &empty_with_list.bytes(), &[], None);
}

#[test]
fn chunks_around_the_sound_of_a_wave_file_may_be_odd_and_wrong() {
    let words = words();
    let odd = &words[..];
    let list = chunk(b"LIST", b"INFOINAM\x04\0\0\0Name");
    for (name, before, behind) in [
        (
            "unknown chunks",
            chunk(b"abcd", &[7; 100]),
            chunk(b"efgh", &[9; 51]),
        ),
        (
            "an odd chunk without padding",
            chunk(b"abcd", &[7; 101]),
            Vec::new(),
        ),
        ("a list behind", Vec::new(), list.clone()),
        (
            "an ID3v1 tag behind",
            Vec::new(),
            [&b"TAG"[..], &[0x20; 125]].concat(),
        ),
        (
            "a little junk behind",
            Vec::new(),
            b"some words\xFF\xFE".to_vec(),
        ),
        ("zeros behind", Vec::new(), vec![0; 3_000]),
        (
            "a list too long",
            [&b"LIST\xFF\xFF\0\0INFO"[..], &[0x41; 20]].concat(),
            Vec::new(),
        ),
        (
            "a list too short",
            [&b"LIST\x04\0\0\0INFO"[..], b"INAM\x04\0\0\0Name"].concat(),
            Vec::new(),
        ),
    ] {
        let riff_size = (name.contains("junk") || name.contains("zeros"))
            .then(|| Wave::new().bytes().len() as u32 - 8);
        let file = Wave {
            before,
            behind,
            riff_size,
            ..Wave::new()
        };
        expect(name, &file.bytes(), odd, None);
    }
    // 8-bit sound of odd length: a list behind it, with its padding byte and without.
    for padding in [&[][..], &[0]] {
        let file = Wave {
            format: format(1, 8),
            sound: vec![0xC0; 301],
            behind: [padding, &list].concat(),
            ..Wave::new()
        };
        let (info, samples) = decode(&file.bytes()).unwrap();
        assert_eq!((samples.len(), info.bits_per_sample), (301, Some(8)));
        assert!(samples.iter().all(|sample| *sample == 0.5));
    }
    for size in [14, 17, 18, 20, 22, 38, 40, 44] {
        let mut format = format(1, 16);
        format.resize(size, 0);
        let file = Wave {
            format,
            ..Wave::new()
        };
        expect(
            &format!("a format chunk of {size} bytes"),
            &file.bytes(),
            &words,
            None,
        );
    }
    for size in [0, 4, 300, u32::MAX] {
        let file = Wave {
            format_size: Some(size),
            ..Wave::new()
        };
        expect(
            &format!("a format chunk that claims {size}"),
            &file.bytes(),
            &words,
            None,
        );
    }
}

#[test]
fn the_laws_play_with_the_shortest_format_chunk_at_16_bits() {
    for (tag, byte, value) in [
        (6, 0xAA, 32_256.0),
        (7, 0x80, 32_124.0),
        (6, 0x55, -8.0),
        (7, 0x7F, 0.0),
    ] {
        for size in [16, 18] {
            let mut format = format(tag, 8);
            format.resize(size, 0);
            let file = Wave {
                format,
                sound: vec![byte; 100],
                ..Wave::new()
            };
            let (info, samples) = decode(&file.bytes()).unwrap();
            assert_eq!((info.bits_per_sample, samples.len()), (Some(16), 100));
            assert!(
                samples.iter().all(|sample| *sample == value / 32_768.0),
                "{tag} {byte:#x}"
            );
        }
    }
}

#[test]
fn the_larger_kin_of_wave_play() {
    let words = words();
    let mut sizes = vec![0; 28];
    sizes[8..16].copy_from_slice(&(2 * FRAMES as u64).to_le_bytes());
    for (name, sizes) in [("right sizes", sizes), ("sizes of 0", vec![0; 28])] {
        let mut file = Wave {
            mark: b"RF64",
            riff_size: Some(u32::MAX),
            data_size: Some(u32::MAX),
            ..Wave::new()
        }
        .bytes();
        file.splice(12..12, chunk(b"ds64", &sizes));
        expect(name, &file, &words, None);
    }
    // RIFX: every number the other way round.
    let mut file = b"RIFX\0\0\0\0WAVEfmt \0\0\0\x10\0\x01\0\x01".to_vec();
    file.extend([8_000_u32.to_be_bytes(), 16_000_u32.to_be_bytes()].concat());
    file.extend([0, 2, 0, 16]);
    file.extend(b"data");
    file.extend((2 * FRAMES as u32).to_be_bytes());
    file.extend(big(&words));
    expect("RIFX", &file, &words, None);
    // Wave64, with sound of a length that is no multiple of eight bytes, and with wrong sizes.
    let tail = [
        0xF3, 0xAC, 0xD3, 0x11, 0x8C, 0xD1, 0x00, 0xC0, 0x4F, 0x8E, 0xDB, 0x8A,
    ];
    for (riff, data) in [
        (0, None),
        (1 << 40, Some(u64::MAX)),
        (0, Some(24)),
        (100, None),
    ] {
        let mut file = [
            &b"riff\x2E\x91\xCF\x11\xA5\xD6\x28\xDB\x04\xC1\0\0"[..],
            &u64::to_le_bytes(riff),
        ]
        .concat();
        file.extend([&b"wave"[..], &tail].concat());
        file.extend([&b"fmt "[..], &tail, &40_u64.to_le_bytes(), &format(1, 16)].concat());
        let bytes = 24 + 2 * FRAMES as u64;
        file.extend(
            [
                &b"data"[..],
                &tail,
                &data.unwrap_or(bytes).to_le_bytes(),
                &little(&words),
            ]
            .concat(),
        );
        expect(
            &format!("Wave64 of {riff} and {data:?}"),
            &file,
            &words,
            None,
        );
    }
}

#[test]
fn chunks_behind_sound_of_a_wrong_size_are_no_sound() {
    for (name, tail) in tails() {
        for (mark, outer) in [
            ("right", None),
            ("zero", Some(0)),
            ("unknown", Some(u32::MAX)),
        ] {
            let mut wave = Wave::new();
            wave.riff_size = outer;
            for size in wrong_sizes(wave.sound.len() as u32) {
                wave.data_size = Some(size);
                wave.behind.clone_from(&tail);
                let name = format!("{name}, size {size}, outer {mark}");
                expect(&name, &wave.bytes(), &words(), None);
            }
        }
    }
}

#[test]
fn padding_behind_sound_of_a_wrong_size_is_no_sound() {
    // Bytes without sign near the middle, an odd number of them.
    let quiet: Vec<i16> = words().iter().map(|word| (word / 4) & !0xFF).collect();
    let sound: Vec<u8> = quiet.iter().map(|word| ((word >> 8) + 128) as u8).collect();
    assert_eq!(sound.len() % 2, 1);
    let padded = [&sound[..], &[0]].concat();
    for (name, tail) in tails().into_iter().chain([("nothing", Vec::new())]) {
        for size in [0, u32::MAX, 0x7FFF_FFFF] {
            let mut wave = Wave::new();
            wave.format = format(1, 8);
            wave.sound.clone_from(&padded);
            wave.data_size = Some(size);
            wave.behind.clone_from(&tail);
            expect(&format!("{name}, size {size}"), &wave.bytes(), &quiet, None);
        }
    }
}

#[test]
fn what_cannot_be_played_is_named() {
    for (tag, name) in [(0x31, "GSM"), (0x161, "WMA"), (0x2000, "AC-3")] {
        let file = Wave {
            format: format(tag, 16),
            ..Wave::new()
        };
        let error = decode(&file.bytes()).unwrap_err();
        assert!(error.contains(name), "{tag:#x}: {error}");
    }
    let mut file = Wave::new().bytes();
    file.truncate(30);
    assert!(decode(&file).unwrap_err().starts_with("damaged"));
    let mut file = Wave::new();
    file.format[2..4].copy_from_slice(&[0, 0]);
    assert!(decode(&file.bytes()).unwrap_err().starts_with("damaged"));
}

#[test]
fn sound_in_several_chunks_plays_in_order() {
    let sound = little(&words());
    let format = chunk(b"fmt ", &format(1, 16));
    let info = chunk(b"LIST", b"INFOISFT\x06\0\0\0abcde\0");
    for cut in [2, 1_000, 3_000] {
        let (first, second) = sound.split_at(2 * cut);
        let (third, fourth) = second.split_at(second.len() / 4 * 2);
        let chunks = [
            format.clone(),
            chunk(b"data", first),
            info.clone(),
            chunk(b"data", third),
            chunk(b"data", fourth),
            info.clone(),
        ]
        .concat();
        let mut file = b"RIFF".to_vec();
        file.extend((chunks.len() as u32 + 4).to_le_bytes());
        file.extend(b"WAVE");
        file.extend(&chunks);
        expect(&format!("cut at {cut}"), &file, &words(), None);
        // Without its last bytes, and those of the chunk behind.
        file.truncate(file.len() - info.len() - 10);
        let (info, samples) = decode(&file).unwrap();
        assert!(samples == as_f32(&words()[..FRAMES - 5]), "cut at {cut}");
        assert_eq!(
            info.warnings,
            [format!(
                "cut short: {} of {FRAMES} frames are there",
                FRAMES - 5
            )]
        );
    }
}

#[test]
fn bytes_that_are_no_whole_frame_are_no_sound() {
    // A tone in stereo, then three bytes that none of its frames could be.
    let tone = |n: usize| ((n as f64 * 0.05).sin() * 9_000.0) as i16;
    let sound: Vec<i16> = (0..FRAMES).flat_map(|n| [tone(n), -tone(n)]).collect();
    let mut format = format(1, 16);
    format[2..4].copy_from_slice(&2_u16.to_le_bytes());
    format[12..14].copy_from_slice(&4_u16.to_le_bytes());
    for stray in [&b"x"[..], b"xy", b"xyz"] {
        for behind in [Vec::new(), chunk(b"LIST", b"INFOISFT\x06\0\0\0abcde\0")] {
            let mut data = little(&sound);
            data.extend(stray);
            let chunks = [chunk(b"fmt ", &format), chunk(b"data", &data), behind].concat();
            let mut file = b"RIFF".to_vec();
            file.extend((chunks.len() as u32 + 4).to_le_bytes());
            file.extend(b"WAVE");
            file.extend(&chunks);
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("sound");
            std::fs::write(&path, file).unwrap();
            let mut decoder = TrackDecoder::open(&path).unwrap();
            let mut samples = Vec::new();
            while let Some(frames) = decoder.next_frames().unwrap() {
                samples.extend_from_slice(frames);
            }
            assert!(samples == as_f32(&sound), "{stray:?}: {}", samples.len());
        }
    }
}

#[test]
fn a_program_s_own_chunk_behind_sizes_that_agree_is_no_sound() {
    let words = words();
    let chunks = [
        chunk(b"fmt ", &format(1, 16)),
        chunk(b"data", &little(&words)),
    ]
    .concat();
    let mut file = b"RIFF".to_vec();
    file.extend((chunks.len() as u32 + 4).to_le_bytes());
    file.extend(b"WAVE");
    file.extend(&chunks);
    // Appended by something that left the file's own size alone, and broke off.
    for name in [b"SAUR", b"regn", b"SyLp"] {
        let own = missized(name, &little(&words[..3_000]), 9_000);
        let (_, samples) = decode(&[file.clone(), own].concat()).unwrap();
        assert!(samples == as_f32(&words), "{}", samples.len());
    }
}
