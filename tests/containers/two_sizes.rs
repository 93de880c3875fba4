//! Two sizes wrong at once, that of the sound and any other: seeded mutants.

use crate::{big, decode, little, words};

/// A container and how it writes chunks.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Wave,
    Aiff,
    Caf,
}

struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) % limit
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len() as u64) as usize]
    }

    /// A size that is not `right`, as programs and damage leave them.
    fn wrong_size(&mut self, kind: Kind, right: u64) -> u64 {
        let wrong = match self.below(6) {
            0 => 0,
            1 if matches!(kind, Kind::Caf) => u64::MAX,
            1 => u64::from(u32::MAX),
            2 => self.of(&[0x7FFF_FFFF, 0x7FFF_F000, 0x8000_0000]),
            3 => right.saturating_add_signed(self.of(&[-8, -4, -2, -1, 1, 2, 4, 8, 13, 36])),
            4 => self.below(right + 1),
            _ => right + 1 + self.below(2 * right),
        };
        if wrong == right { 0 } else { wrong }
    }
}

type Chunk = ([u8; 4], Vec<u8>);

fn chunks(kind: Kind, sound: &[i16], random: &mut Random) -> Vec<Chunk> {
    let text = b"INFOINAM\x06\0\0\0Title\0".to_vec();
    let id3 = b"ID3\x03\0\0\0\0\0\x10TIT2\0\0\0\x06\0\0\0Title".to_vec();
    let frames = sound.len() as u32;
    let which = random.below(5);
    let (mut chunks, behind) = match kind {
        Kind::Wave => {
            let format = (*b"fmt ", crate::format(1, 16));
            let behind = match which {
                0 => vec![],
                1 => vec![(*b"LIST", text)],
                2 => vec![(*b"id3 ", id3)],
                3 => vec![(*b"bext", vec![0; 602])],
                _ => vec![(*b"cue ", vec![0; 28]), (*b"smpl", vec![0; 36])],
            };
            let mut chunks = vec![format, (*b"data", little(sound))];
            if random.below(2) == 0 {
                let at = random.below(2) as usize;
                chunks.insert(at, (*b"JUNK", vec![0; 28]));
            }
            (chunks, behind)
        }
        Kind::Aiff => {
            let rate = [0x40, 0x0B, 0xFA, 0, 0, 0, 0, 0, 0, 0];
            let common = [&[0, 1][..], &frames.to_be_bytes(), &[0, 16], &rate].concat();
            let sound = [&[0; 8][..], &big(sound)].concat();
            let behind = match which {
                0 => vec![],
                1 => vec![(*b"NAME", b"Title\0".to_vec())],
                2 => vec![(*b"ID3 ", id3)],
                3 => vec![(*b"AUTH", b"Name".to_vec()), (*b"ANNO", b"Word".to_vec())],
                _ => vec![(*b"NAME", b"Title".to_vec()), (*b"ID3 ", id3)],
            };
            (vec![(*b"COMM", common), (*b"SSND", sound)], behind)
        }
        Kind::Caf => {
            let numbers = [u32::from_be_bytes(*b"lpcm"), 0, 2, 1, 1, 16].map(u32::to_be_bytes);
            let description = [&8_000_f64.to_be_bytes()[..], &numbers.concat()].concat();
            let sound = [&[0; 4][..], &big(sound)].concat();
            let behind = match which {
                0 => vec![],
                1 => vec![(*b"free", vec![0; 100])],
                _ => vec![(*b"info", b"\0\0\0\x01title\0Name\0".to_vec())],
            };
            (vec![(*b"desc", description), (*b"data", sound)], behind)
        }
    };
    chunks.extend(behind);
    chunks
}

fn chunk(kind: Kind, (id, content): &Chunk, size: Option<u64>) -> Vec<u8> {
    let size = size.unwrap_or(content.len() as u64);
    let mut chunk = id.to_vec();
    match kind {
        Kind::Wave => chunk.extend((size as u32).to_le_bytes()),
        Kind::Aiff => chunk.extend((size as u32).to_be_bytes()),
        Kind::Caf => chunk.extend(size.to_be_bytes()),
    }
    chunk.extend(content);
    if !matches!(kind, Kind::Caf) && content.len() % 2 == 1 {
        chunk.push(0);
    }
    chunk
}

/// Sizes of the sound's chunk that lead to the end of another chunk by chance tell nothing: such mutants are left out.
fn is_plausible(chunks: &[Chunk], sound: usize, size: u64) -> bool {
    let mut end = chunks[sound].1.len() as u64;
    let mut is_end = size.abs_diff(end) <= 1;
    for (_, content) in &chunks[sound + 1..] {
        end += 12 + content.len() as u64;
        is_end |= size <= end + 2 && size + 14 + content.len() as u64 > end;
    }
    is_end
}

#[test]
fn two_wrong_sizes_lose_no_sound_and_add_none() {
    let words = words();
    let mut random = Random(13);
    let mut faults = Vec::new();
    for number in 0..400 {
        let kind = random.of(&[Kind::Wave, Kind::Aiff, Kind::Caf]);
        let sound = &words[..random.of(&[1_000, 2_001, words.len()])];
        let all = chunks(kind, sound, &mut random);
        let is_sound = |chunk: &Chunk| [*b"data", *b"SSND"].contains(&chunk.0);
        let at = all.iter().position(is_sound).unwrap();
        let size = random.wrong_size(kind, all[at].1.len() as u64);
        if is_plausible(&all, at, size) {
            continue;
        }
        // The other one: of another chunk, or of the file as a whole.
        let other = random.below(all.len() as u64) as usize;
        let other_size = random.wrong_size(kind, all[other].1.len() as u64);
        let body: Vec<u8> = (0..all.len())
            .flat_map(|n| {
                let wrong = [(at, size), (other, other_size)];
                let wrong = wrong.iter().find(|(which, _)| *which == n);
                chunk(kind, &all[n], wrong.map(|(_, size)| *size))
            })
            .collect();
        let mut outer = body.len() as u32 + 4;
        if other == at {
            outer = random.wrong_size(kind, outer.into()) as u32;
        }
        let file = match kind {
            Kind::Wave => [&b"RIFF"[..], &outer.to_le_bytes(), b"WAVE", &body].concat(),
            Kind::Aiff => [&b"FORM"[..], &outer.to_be_bytes(), b"AIFF", &body].concat(),
            Kind::Caf => [&b"caff\0\x01\0\0"[..], &body].concat(),
        };
        let wanted = crate::as_f32(sound);
        let is_right = decode(&file).is_ok_and(|(_, found)| found == wanted);
        if !is_right {
            let found = decode(&file).map(|(_, found)| found.len());
            let other = String::from_utf8_lossy(&all[other].0).into_owned();
            let frames = sound.len();
            faults.push(format!(
                "{number} {kind:?}: {found:?} of {frames}, sound {size}, {other} {other_size}"
            ));
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}
