//! AIFF, CAF and AU.

use crate::{FRAMES, big, chunk, expect, words, wrong_sizes};

/// An AIFF file; `form` is its size, `frames` and `sound_size` what its chunks say.
fn aiff(form: u32, frames: u32, sound_size: u32, sound: &[u8], behind: &[u8]) -> Vec<u8> {
    let mut file = b"FORM".to_vec();
    file.extend(form.to_be_bytes());
    file.extend(b"AIFFCOMM\0\0\0\x12\0\x01");
    file.extend(frames.to_be_bytes());
    // 8,000 as an 80-bit number: 2^12 * 1.953125.
    file.extend([0, 16, 0x40, 0x0B, 0xFA, 0, 0, 0, 0, 0, 0, 0]);
    file.extend(b"SSND");
    file.extend((sound_size + 8).to_be_bytes());
    file.extend([0; 8]);
    file.extend(sound);
    file.extend(behind);
    file
}

#[test]
fn aiff_sizes_are_not_believed_over_the_file() {
    let words = words();
    let (sound, bytes) = (big(&words), 2 * FRAMES as u32);
    let right = bytes + 46;
    for form in [right, right + 500, right - 8, 0, u32::MAX] {
        for frames in [FRAMES as u32, 0, 10, u32::MAX] {
            let file = aiff(form, frames, bytes, &sound, &[]);
            expect(
                &format!("FORM {form}, {frames} frames"),
                &file,
                &words,
                None,
            );
        }
    }
    for size in [u32::MAX - 8, 0x7FFF_FFF0] {
        let file = aiff(right, 0, size, &sound, &[]);
        expect(&format!("sound of {size}"), &file, &words, None);
    }
    let cut = aiff(right + 100, 4_051, bytes + 100, &sound, &[]);
    expect("cut", &cut, &words, Some("cut short: 4001 of 4051 frames"));
    let odd: Vec<u8> = [&sound[..], &[7]].concat();
    let behind = b"NAME\0\0\0\x04Name";
    let file = aiff(0, 0, bytes + 1, &odd, behind);
    expect("an odd chunk without padding", &file, &words, None);
}

#[test]
fn chunks_behind_aiff_sound_of_a_wrong_size_are_no_sound() {
    let sound = big(&words());
    let big_chunk = |id: &[u8; 4], content: &[u8]| {
        let mut chunk = chunk(id, content);
        chunk[4..8].reverse();
        chunk
    };
    let id3 = b"ID3\x03\0\0\0\0\0\x10TIT2\0\0\0\x06\0\0\0Title";
    for (name, tail) in [
        ("NAME", big_chunk(b"NAME", b"Title\0")),
        (
            "odd NAME and ID3",
            [big_chunk(b"NAME", b"Title"), big_chunk(b"ID3 ", id3)].concat(),
        ),
        ("a program's own", big_chunk(b"qwer", &[1; 34])),
    ] {
        for size in wrong_sizes(sound.len() as u32) {
            let size_of_chunk = size.min(u32::MAX - 8);
            let file = aiff(0, FRAMES as u32, size_of_chunk, &sound, &tail);
            expect(&format!("{name}, size {size}"), &file, &words(), None);
        }
    }
}

#[test]
fn caf_and_au_sizes_are_not_believed_over_the_file() {
    let words = words();
    let bytes = 2 * FRAMES as u64;
    for size in [bytes + 4, u64::MAX, 0, bytes + 4_004, 100] {
        let mut file = b"caff\0\x01\0\0desc\0\0\0\0\0\0\0\x20".to_vec();
        file.extend(8_000_f64.to_be_bytes());
        for word in [u32::from_be_bytes(*b"lpcm"), 0, 2, 1, 1, 16] {
            file.extend(word.to_be_bytes());
        }
        file.extend(b"data");
        file.extend(size.to_be_bytes());
        file.extend([0; 4]);
        file.extend(big(&words));
        let warning = (size == bytes + 4_004).then_some("cut short: 4001 of 6001 frames");
        expect(&format!("CAF of {size}"), &file, &words, warning);
    }
    for (size, warning) in [
        (bytes as u32, None),
        (u32::MAX, None),
        (0, None),
        (bytes as u32 + 40, Some("cut short: 4001 of 4021 frames")),
    ] {
        let mut file = b".snd".to_vec();
        for word in [28, size, 3, 8_000, 1, 0] {
            file.extend(word.to_be_bytes());
        }
        file.extend(big(&words));
        expect(&format!("AU of {size}"), &file, &words, warning);
    }
}
