//! MP4 files with sound alone and with one table of where it is.

use super::Parts;
use std::borrow::Cow;

/// Boxes of one file, and inside of it.
const MAX_BOXES: usize = 1 << 16;

/// A name and what is in it.
type NamedBox<'a> = ([u8; 4], &'a [u8]);

/// Everything that is not tags, tables or room: the sound, and what kind of file it says it is.
pub(super) fn understand(bytes: &[u8]) -> Result<Parts<'_>, String> {
    let mut kept = Vec::new();
    let mut tables = 0;
    for (name, body) in boxes(bytes)? {
        match &name {
            b"moov" => {
                tables += 1;
                refuse_video(body)?;
            }
            b"moof" | b"sidx" | b"mfra" => {
                return Err("is in fragments, whose places would change".into());
            }
            b"free" | b"skip" | b"wide" => {}
            _ => kept.push(Cow::Borrowed(body)),
        }
    }
    if tables != 1 {
        return Err("has no single table of its sound".into());
    }
    Ok(kept)
}

fn refuse_video(moov: &[u8]) -> Result<(), String> {
    for (_, track) in boxes(moov)?.into_iter().filter(|(name, _)| name == b"trak") {
        for (_, media) in boxes(track)?
            .into_iter()
            .filter(|(name, _)| name == b"mdia")
        {
            for (_, handler) in boxes(media)?
                .into_iter()
                .filter(|(name, _)| name == b"hdlr")
            {
                if handler.get(8..12) == Some(b"vide") {
                    return Err("holds a video, whose tags are not written".into());
                }
            }
        }
    }
    Ok(())
}

/// Names and bodies, which must fill `bytes` to the end.
fn boxes(bytes: &[u8]) -> Result<Vec<NamedBox<'_>>, String> {
    let fault = || "has boxes of wrong sizes".to_owned();
    let (mut found, mut rest) = (Vec::new(), bytes);
    // Four zeros may end a list.
    while !rest.is_empty() && rest != [0; 4] {
        let ([s0, s1, s2, s3, name @ ..], behind) =
            rest.split_first_chunk::<8>().ok_or_else(fault)?;
        let (size, head) = match u32::from_be_bytes([*s0, *s1, *s2, *s3]) {
            0 => (rest.len() as u64, 8),
            1 => {
                let size = behind.first_chunk().ok_or_else(fault)?;
                (u64::from_be_bytes(*size), 16)
            }
            size => (u64::from(size), 8),
        };
        let size = usize::try_from(size).map_err(|_| fault())?;
        let body = rest.get(head..size).ok_or_else(fault)?;
        found.push((*name, body));
        rest = &rest[size..];
        if found.len() > MAX_BOXES {
            return Err(fault());
        }
    }
    Ok(found)
}
