//! The bytes of a file with other ReplayGain fields in its tags.

use super::Level;
use lofty::TextEncoding;
use lofty::aac::AacFile;
use lofty::ape::{ApeFile, ApeItem, ApeTag};
use lofty::config::{ParseOptions, ParsingMode, WriteOptions};
use lofty::error::{LoftyError, Result};
use lofty::file::{AudioFile, FileType, TaggedFileExt};
use lofty::flac::FlacFile;
use lofty::id3::v2::{ExtendedTextFrame, Frame, Id3v2Tag, Id3v2Version};
use lofty::iff::aiff::AiffFile;
use lofty::iff::wav::WavFile;
use lofty::mp4::{Atom, AtomData, AtomIdent, Ilst, Mp4File};
use lofty::mpeg::MpegFile;
use lofty::musepack::MpcFile;
use lofty::ogg::{OggPictureStorage, OpusFile, SpeexFile, VorbisComments, VorbisFile};
use lofty::probe::Probe;
use lofty::tag::items::UNKNOWN_LANGUAGE;
use lofty::tag::{ItemValue, TagExt, TagType};
use lofty::wavpack::WavPackFile;
use std::io::Cursor;

/// The loudness the gains of Opus lead to (RFC 7845 section 5.2.1), in LUFS.
const R128_REFERENCE_LUFS: f64 = -23.0;
/// An ID3v1 tag takes this many bytes at the end of a file.
const ID3V1_BYTES: usize = 128;

/// Names with their new values; what has none is removed.
type Fields = Vec<(&'static str, Option<String>)>;

/// `bytes`, a file of this `kind`, with the gains in its tags; `None` if they are there already.
/// Every other tag is kept: the result is read back and compared.
///
/// # Errors
/// When its tags are of a kind that cannot be written, or would not all be kept.
pub(super) fn with_gains(
    bytes: &[u8],
    kind: FileType,
    track: Level,
    album: Option<Level>,
) -> std::result::Result<Option<Vec<u8>>, String> {
    let fields = match kind {
        FileType::Opus => opus_fields(track, album),
        _ => replaygain_fields(track, album),
    };
    let rewritten = match kind {
        FileType::Mpeg => {
            let first = rewrite(bytes, kind, &fields, |file: MpegFile| {
                file.id3v2().map(with_languages)
            });
            first.and_then(|first| {
                let bytes = first.as_deref().unwrap_or(bytes);
                // What other programs left in an APE tag would contradict.
                let second = rewrite_if(bytes, kind, &fields, |file: MpegFile| file.ape().cloned());
                Ok(second?.or(first))
            })
        }
        FileType::Aac => rewrite(bytes, kind, &fields, |file: AacFile| {
            file.id3v2().map(with_languages)
        }),
        FileType::Wav => rewrite(bytes, kind, &fields, |file: WavFile| {
            file.id3v2().map(with_languages)
        }),
        FileType::Aiff => rewrite(bytes, kind, &fields, |file: AiffFile| {
            file.id3v2().map(with_languages)
        }),
        FileType::Mp4 => rewrite(bytes, kind, &fields, |file: Mp4File| file.ilst().cloned()),
        FileType::Ape => rewrite(bytes, kind, &fields, |file: ApeFile| file.ape().cloned()),
        FileType::WavPack => rewrite(bytes, kind, &fields, |file: WavPackFile| {
            file.ape().cloned()
        }),
        FileType::Mpc => rewrite(bytes, kind, &fields, |file: MpcFile| file.ape().cloned()),
        FileType::Flac => rewrite(bytes, kind, &fields, |file: FlacFile| {
            let mut tag = file
                .vorbis_comments()
                .map(without_empty)
                .unwrap_or_default();
            // Its pictures have blocks of their own, which are written with the comments.
            for (picture, shape) in file.pictures() {
                // Only without a shape something could fail.
                let _ = tag.insert_picture(picture.clone(), Some(*shape));
            }
            Some(tag)
        }),
        FileType::Vorbis => rewrite(bytes, kind, &fields, |file: VorbisFile| {
            Some(without_empty(file.vorbis_comments()))
        }),
        FileType::Opus => rewrite(bytes, kind, &fields, |file: OpusFile| {
            Some(without_empty(file.vorbis_comments()))
        }),
        FileType::Speex => rewrite(bytes, kind, &fields, |file: SpeexFile| {
            Some(without_empty(file.vorbis_comments()))
        }),
        _ => return Err("has no tags that can be written".into()),
    };
    // The library's own words are for programmers.
    rewritten
        .map_err(|_| "was not changed: its tags are damaged, or would not all be kept".to_owned())
}

fn replaygain_fields(track: Level, album: Option<Level>) -> Fields {
    let values = |level: Level| {
        let gain = format!("{:.2} dB", level.replaygain_db());
        (Some(gain), Some(format!("{:.6}", level.sample_peak)))
    };
    let (gain, peak) = values(track);
    let mut fields = vec![
        ("REPLAYGAIN_TRACK_GAIN", gain),
        ("REPLAYGAIN_TRACK_PEAK", peak),
    ];
    if let Some(album) = album {
        let (gain, peak) = values(album);
        fields.extend([
            ("REPLAYGAIN_ALBUM_GAIN", gain),
            ("REPLAYGAIN_ALBUM_PEAK", peak),
        ]);
    }
    fields
}

/// RFC 7845 wants no ReplayGain fields beside Opus's own.
fn opus_fields(track: Level, album: Option<Level>) -> Fields {
    let value = |level: Level| {
        let steps = ((R128_REFERENCE_LUFS - level.integrated_lufs) * 256.0).round();
        Some((steps as i16).to_string())
    };
    let mut fields = vec![("R128_TRACK_GAIN", value(track))];
    fields.extend(album.map(|album| ("R128_ALBUM_GAIN", value(album))));
    fields.extend([
        ("REPLAYGAIN_TRACK_GAIN", None),
        ("REPLAYGAIN_TRACK_PEAK", None),
    ]);
    fields.extend([
        ("REPLAYGAIN_ALBUM_GAIN", None),
        ("REPLAYGAIN_ALBUM_PEAK", None),
    ]);
    fields
}

/// A tag that can hold the fields.
trait GainTag: TagExt<Err = LoftyError> + Clone + Default {
    const TYPE: TagType;

    /// Whether there is a field of this name, in any letter case.
    fn has(&self, name: &str) -> bool;

    /// Replaces the field of this name, in any letter case, and leaves all else in order.
    fn set(&mut self, name: &str, value: Option<&str>) -> Result<()>;

    /// Ways to write it, the best first.
    fn write_options(&self) -> Vec<WriteOptions> {
        vec![WriteOptions::new().lossy_text_encoding(false)]
    }
}

/// As [`rewrite`], for a second tag that only matters if it has such fields.
fn rewrite_if<F: AudioFile, T: GainTag>(
    bytes: &[u8],
    kind: FileType,
    fields: &Fields,
    tag_of: impl Fn(F) -> Option<T>,
) -> Result<Option<Vec<u8>>> {
    match read(bytes, &tag_of)? {
        Some(tag) if fields.iter().any(|(name, _)| tag.has(name)) => {
            rewrite(bytes, kind, fields, tag_of)
        }
        _ => Ok(None),
    }
}

fn rewrite<F: AudioFile, T: GainTag>(
    bytes: &[u8],
    kind: FileType,
    fields: &Fields,
    tag_of: impl Fn(F) -> Option<T>,
) -> Result<Option<Vec<u8>>> {
    let before = read(bytes, &tag_of)?.unwrap_or_default();
    let mut wanted = before.clone();
    for (name, value) in fields {
        wanted.set(name, value.as_deref())?;
    }
    for options in wanted.write_options() {
        let written = |tag: &T| -> Result<Vec<u8>> {
            let mut written = Vec::new();
            tag.dump_to(&mut written, options)?;
            Ok(written)
        };
        if before.len() == wanted.len() && written(&before)? == written(&wanted)? {
            return Ok(None);
        }
        let mut file = Cursor::new(bytes.to_vec());
        wanted.save_to(&mut file, options)?;
        let file = file.into_inner();
        let after = read(&file, &tag_of)?.unwrap_or_default();
        if after.len() == wanted.len()
            && written(&after)? == written(&wanted)?
            && other_tags_are_equal(bytes, &file, kind, T::TYPE)?
        {
            return Ok(Some(file));
        }
    }
    Err(LoftyError::from(std::io::Error::other(
        "not everything in them can be written",
    )))
}

/// The tag as it is: whatever would be left out or guessed is an error.
fn read<F: AudioFile, T>(bytes: &[u8], tag_of: &impl Fn(F) -> Option<T>) -> Result<Option<T>> {
    let options = options()
        .parsing_mode(ParsingMode::Strict)
        .implicit_conversions(false);
    // Most ID3v1 tags have an empty year, which counts as a fault.
    let end = bytes.len().saturating_sub(ID3V1_BYTES);
    let has_id3v1 = bytes
        .get(end..)
        .is_some_and(|tail| tail.starts_with(b"TAG"));
    let bytes = if has_id3v1 { &bytes[..end] } else { bytes };
    Ok(tag_of(F::read_from(&mut Cursor::new(bytes), options)?))
}

fn options() -> ParseOptions {
    ParseOptions::new().read_properties(false)
}

fn other_tags_are_equal(
    before: &[u8],
    after: &[u8],
    kind: FileType,
    written: TagType,
) -> Result<bool> {
    let tags = |bytes: &[u8]| -> Result<Vec<_>> {
        let probe = Probe::with_file_type(Cursor::new(bytes.to_vec()), kind);
        let file = probe.options(options()).read()?;
        let others = file.tags().iter().filter(|tag| tag.tag_type() != written);
        let contents = others.map(|tag| {
            let items: Vec<_> = tag.items().cloned().collect();
            (tag.tag_type(), items, tag.pictures().to_vec())
        });
        Ok(contents.collect())
    };
    Ok(tags(before)? == tags(after)?)
}

impl GainTag for Id3v2Tag {
    const TYPE: TagType = TagType::Id3v2;

    fn has(&self, name: &str) -> bool {
        self.into_iter().any(|frame| is_user_text(frame, name))
    }

    fn set(&mut self, name: &str, value: Option<&str>) -> Result<()> {
        self.retain(|frame| !is_user_text(frame, name));
        if let Some(value) = value {
            let (name, value) = (name.to_owned(), value.to_owned());
            let frame = ExtendedTextFrame::new(TextEncoding::Latin1, name, value);
            self.insert(Frame::UserText(frame));
        }
        Ok(())
    }

    /// As it was if it was version 2.3, which every program reads, and nothing needs a later one.
    fn write_options(&self) -> Vec<WriteOptions> {
        let mut options = WriteOptions::new();
        options.lossy_text_encoding(false);
        let latest = options;
        match self.original_version() {
            Id3v2Version::V4 => vec![latest],
            Id3v2Version::V2 | Id3v2Version::V3 => vec![options.use_id3v23(true), latest],
        }
    }
}

/// Some programs leave out the language of a comment, which cannot be written: it becomes the code
/// for an unknown one.
fn with_languages(tag: &Id3v2Tag) -> Id3v2Tag {
    let mut named = tag.clone();
    named.retain(|_| false);
    for mut frame in tag.clone() {
        let language = match &mut frame {
            Frame::Comment(frame) => Some(&mut frame.language),
            Frame::UnsynchronizedText(frame) => Some(&mut frame.language),
            _ => None,
        };
        if let Some(language) = language.filter(|name| !name.iter().all(u8::is_ascii_alphabetic)) {
            *language = UNKNOWN_LANGUAGE;
        }
        named.insert(frame);
    }
    // Where that would make two comments one, it is left to fail.
    if named.len() == tag.len() {
        named
    } else {
        tag.clone()
    }
}

fn is_user_text(frame: &Frame<'_>, name: &str) -> bool {
    matches!(frame, Frame::UserText(text) if text.description.eq_ignore_ascii_case(name))
}

impl GainTag for VorbisComments {
    const TYPE: TagType = TagType::VorbisComments;

    fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    fn set(&mut self, name: &str, value: Option<&str>) -> Result<()> {
        match value {
            Some(value) => self.insert(name.to_owned(), value.to_owned()),
            None => *self = comments_where(self, |key, _| !key.eq_ignore_ascii_case(name)),
        }
        Ok(())
    }
}

/// Fields without a value are not written, and nobody misses them.
fn without_empty(tag: &VorbisComments) -> VorbisComments {
    comments_where(tag, |_, value| !value.is_empty())
}

/// The tag without the fields that are not kept; all else stays in order.
fn comments_where(tag: &VorbisComments, keep: impl Fn(&str, &str) -> bool) -> VorbisComments {
    let mut kept = VorbisComments::default();
    kept.set_vendor(tag.vendor().to_owned());
    for (key, value) in tag.items().filter(|(key, value)| keep(key, value)) {
        kept.push(key.to_owned(), value.to_owned());
    }
    for (picture, shape) in tag.pictures() {
        // Only without a shape something could fail.
        let _ = kept.insert_picture(picture.clone(), Some(*shape));
    }
    kept
}

impl GainTag for ApeTag {
    const TYPE: TagType = TagType::Ape;

    fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    fn set(&mut self, name: &str, value: Option<&str>) -> Result<()> {
        self.remove(name);
        if let Some(value) = value {
            self.insert(ApeItem::new(
                name.to_owned(),
                ItemValue::Text(value.to_owned()),
            )?);
        }
        Ok(())
    }
}

impl GainTag for Ilst {
    const TYPE: TagType = TagType::Mp4Ilst;

    fn has(&self, name: &str) -> bool {
        self.into_iter().any(|atom| is_freeform(atom, name))
    }

    fn set(&mut self, name: &str, value: Option<&str>) -> Result<()> {
        self.retain(|atom| !is_freeform(atom, name));
        if let Some(value) = value {
            let ident = AtomIdent::Freeform {
                mean: "com.apple.iTunes".into(),
                name: name.to_lowercase().into(),
            };
            self.replace_atom(Atom::new(ident, AtomData::UTF8(value.to_owned())));
        }
        Ok(())
    }
}

fn is_freeform(atom: &Atom<'_>, name: &str) -> bool {
    matches!(atom.ident(), AtomIdent::Freeform { name: own, .. } if own.eq_ignore_ascii_case(name))
}
