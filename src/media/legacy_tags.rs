//! ID3 text that says Latin-1 and is not: old programs wrote whatever their system used.

use super::text::{decode, guess_encoding};
use encoding_rs::UTF_8;
use lofty::TextEncoding;
use lofty::id3::v1::Id3v1Tag;
use lofty::id3::v2::{Frame, Id3v2Tag};

/// Decodes the Latin-1 fields of a file's ID3 tags anew, by what all of them together look like.
/// Fields in one of the Unicode encodings stay as they are.
#[expect(
    clippy::needless_pass_by_value,
    reason = "an optional borrow is what callers have"
)]
pub(super) fn repair(version_2: Option<&mut Id3v2Tag>, version_1: Option<&mut Id3v1Tag>) {
    let mut frames: Vec<Frame<'static>> = Vec::new();
    let version_2 = version_2.inspect(|tag| frames.extend((*tag).clone()));
    let mut texts: Vec<&mut String> = frames.iter_mut().filter_map(latin1_text).collect();
    if let Some(Id3v1Tag {
        title,
        artist,
        album,
        comment,
        ..
    }) = version_1
    {
        texts.extend([title, artist, album, comment].into_iter().flatten());
    }
    // Latin-1 is the one encoding whose bytes are the characters' numbers.
    let bytes = |text: &String| -> Option<Vec<u8>> {
        let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c).ok()).collect();
        bytes.filter(|bytes| !bytes.is_ascii())
    };
    let mut legacy: Vec<(&mut String, Vec<u8>)> = Vec::new();
    for text in texts {
        let Some(bytes) = bytes(text) else { continue };
        match String::from_utf8(bytes) {
            Ok(unicode) => *text = unicode,
            Err(error) => legacy.push((text, error.into_bytes())),
        }
    }
    let encoding = guess_encoding(legacy.iter().map(|(_, bytes)| bytes.as_slice()));
    debug_assert!(legacy.is_empty() || encoding != UTF_8);
    for (text, bytes) in legacy {
        *text = decode(encoding, &bytes);
    }
    if let Some(tag) = version_2 {
        for frame in frames {
            tag.insert(frame);
        }
    }
}

/// The text of a frame for people to read, if it claims to be Latin-1.
fn latin1_text<'a>(frame: &'a mut Frame<'static>) -> Option<&'a mut String> {
    let (encoding, text) = match frame {
        Frame::Text(frame) => (frame.encoding, &mut frame.value),
        Frame::UserText(frame) => (frame.encoding, &mut frame.content),
        Frame::Comment(frame) => (frame.encoding, &mut frame.content),
        Frame::UnsynchronizedText(frame) => (frame.encoding, &mut frame.content),
        _ => return None,
    };
    (encoding == TextEncoding::Latin1).then(|| text.to_mut())
}
