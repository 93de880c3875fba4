//! Narrow sound in wide words, where the header says which bits carry it: it comes out as it went in.

use std::path::Path;
use std::process::Command;

/// Seeded words of 16 bits, interleaved in stereo.
fn words() -> Vec<i16> {
    let mut seed = 9_u32;
    (0..20_000)
        .map(|_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 16) as i16
        })
        .collect()
}

/// An extensible WAVE file of `bits`, of which the upper 16 are valid.
fn write(path: &Path, bits: u16) {
    let words = words();
    let bytes = bits / 8;
    let mut file = b"RIFF".to_vec();
    let data = words.len() as u32 * u32::from(bytes);
    file.extend((60 + data).to_le_bytes());
    file.extend(b"WAVEfmt \x28\0\0\0\xFE\xFF\x02\0");
    file.extend(44_100_u32.to_le_bytes());
    file.extend((44_100 * 2 * u32::from(bytes)).to_le_bytes());
    for word in [2 * bytes, bits, 22, 16, 3, 0, 1] {
        file.extend(word.to_le_bytes());
    }
    file.extend(b"\0\0\0\0\x10\0\x80\0\0\xAA\0\x38\x9B\x71data");
    file.extend(data.to_le_bytes());
    for word in words {
        let wide = i32::from(word) << (bits - 16);
        file.extend(&wide.to_le_bytes()[..usize::from(bytes)]);
    }
    std::fs::write(path, file).unwrap();
}

/// The words of the data chunk of what is rendered at 16 bits.
fn rendered(path: &Path) -> Vec<i16> {
    let out = path.with_file_name("out.wav");
    let run = Command::new(env!("CARGO_BIN_EXE_rusty-audio"))
        .args(["render", "--bits", "16", "-o"])
        .args([&out, &path.to_owned()])
        .output()
        .unwrap();
    assert!(run.status.success(), "{path:?}: {run:?}");
    let file = std::fs::read(&out).unwrap();
    std::fs::remove_file(out).unwrap();
    let data = file.windows(4).position(|name| name == b"data").unwrap();
    let words = file[data + 8..].as_chunks().0.iter();
    words.map(|word| i16::from_le_bytes(*word)).collect()
}

#[test]
fn narrow_sound_in_wide_words_is_not_dithered() {
    let folder = tempfile::tempdir().unwrap();
    for bits in [24, 32] {
        let wave = folder.path().join("in.wav");
        write(&wave, bits);
        assert!(rendered(&wave) == words(), "WAVE of {bits} bits");
        for (name, program, arguments) in [
            ("in.wv", "wavpack", &["-q", "-y"][..]),
            ("in.flac", "flac", &["-s", "-f"]),
        ] {
            let packed = folder.path().join(name);
            let made = Command::new(program)
                .args(arguments)
                .arg(&wave)
                .arg("-o")
                .arg(&packed)
                .output();
            match made {
                Ok(run) if run.status.success() => {
                    assert!(rendered(&packed) == words(), "{name} of {bits} bits");
                }
                // Old ones take no words of 32 bits.
                Ok(_) => println!("not run: {program} makes none of {bits} bits"),
                Err(_) => println!("not run: {program} is missing"),
            }
        }
    }
}
