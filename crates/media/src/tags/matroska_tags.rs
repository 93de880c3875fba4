//! The tags of Matroska at their levels: of the track, of the album, and without one.

use super::bytes::{be, to_zero};
use super::ebml::elements;
use super::set::{Field, TagSet, Text};

const TAG: u32 = 0x7373;
const TARGETS: u32 = 0x63C0;
const TARGET_VALUE: u32 = 0x68CA;
const TARGET_TRACK: u32 = 0x63C5;
const TARGET_CHAPTER: u32 = 0x63C4;
const TARGET_ATTACHMENT: u32 = 0x63C6;
const SIMPLE_TAG: u32 = 0x67C8;
const NAME: u32 = 0x45A3;
const STRING: u32 = 0x4487;

/// Elements in one other.
const MAX_INSIDE: usize = 1 << 14;
/// Tags inside of each other.
const DEEPEST: usize = 8;

/// Levels: up to the first is a track or a part of one, the next a disc, then the album, and a collection.
const TRACK_LEVEL: u64 = 39;
const DISC_LEVEL: u64 = 49;
const ALBUM_LEVEL: u64 = 59;

/// What tags may be about, to count here.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Targets {
    /// The track that plays.
    pub(super) track_uid: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Track,
    Disc,
    Album,
    /// No level is written. The standard takes that for the album's, but programs that write none mean
    /// the file: its title is the track's.
    Unsaid,
}

/// The tags of each level, the most exact first.
pub(super) fn read_tags(contents: &[Vec<u8>], targets: Targets) -> Vec<TagSet> {
    let [mut track, mut unsaid, mut album] = [const { Vec::new() }; 3];
    let mut has_discs = false;
    for (_, tag) in contents
        .iter()
        .flat_map(|content| elements(content, MAX_INSIDE))
        .filter(|(id, _)| *id == TAG)
    {
        let Some(level) = level_of(tag, targets) else {
            continue;
        };
        has_discs |= level == Level::Disc;
        for (id, simple) in elements(tag, MAX_INSIDE) {
            if id == SIMPLE_TAG {
                let to = match level {
                    Level::Track => &mut track,
                    Level::Unsaid => &mut unsaid,
                    Level::Disc | Level::Album => &mut album,
                };
                collect(simple, level, 0, to);
            }
        }
    }
    let mut sets = [track, unsaid, album].map(|values| set_of(&values, has_discs));
    // Beside a title of the track, one without a level is the album's, as the standard has it.
    if sets[0].has(Field::Title) && !sets.iter().any(|set| set.has(Field::Album)) {
        for (field, _) in &mut sets[1].texts {
            if *field == Field::Title {
                *field = Field::Album;
            }
        }
    }
    // So are gains without a level beside the track's own.
    for (track, album) in [("track_gain", "album_gain"), ("track_peak", "album_peak")] {
        if sets[0].has(Field::Gain(track)) {
            for (field, _) in &mut sets[1].texts {
                if *field == Field::Gain(track) {
                    *field = Field::Gain(album);
                }
            }
        }
    }
    sets.into()
}

/// `None` for tags about a chapter, an attachment or another track.
fn level_of(tag: &[u8], targets: Targets) -> Option<Level> {
    let (mut level, mut tracks, mut is_elsewhere) = (None, Vec::new(), false);
    for (_, target) in elements(tag, MAX_INSIDE).filter(|(id, _)| *id == TARGETS) {
        for (id, value) in elements(target, MAX_INSIDE) {
            match id {
                TARGET_VALUE => level = Some(be(value)),
                TARGET_TRACK => tracks.push(be(value)),
                TARGET_CHAPTER | TARGET_ATTACHMENT => is_elsewhere |= be(value) != 0,
                _ => {}
            }
        }
    }
    tracks.retain(|uid| *uid != 0);
    let is_other = |uid: u64| !tracks.is_empty() && !tracks.contains(&uid);
    if is_elsewhere || targets.track_uid.is_some_and(is_other) {
        return None;
    }
    match level {
        Some(..=TRACK_LEVEL) => Some(Level::Track),
        Some(..=DISC_LEVEL) => Some(Level::Disc),
        Some(..=ALBUM_LEVEL) => Some(Level::Album),
        // A collection of albums.
        Some(_) => None,
        None => Some(Level::Unsaid),
    }
}

type Value = (Level, String, Text);

/// The name and text of a tag. Those inside of it say more about it, so that only gains are taken of
/// them, and all of them where it has no text itself.
fn collect(simple: &[u8], level: Level, depth: usize, to: &mut Vec<Value>) {
    let (mut name, mut text) = (String::new(), None);
    for (id, value) in elements(simple, MAX_INSIDE) {
        match id {
            NAME => {
                name = String::from_utf8_lossy(to_zero(value))
                    .trim()
                    .to_ascii_uppercase();
            }
            STRING => text = Some(Text::of_utf8(to_zero(value))),
            _ => {}
        }
    }
    let is_group = text.is_none();
    if let Some(text) = text {
        to.push((level, name.clone(), text));
    }
    // What it was before, or is a version of, is something else.
    let is_about_this = !matches!(name.as_str(), "ORIGINAL" | "SAMPLE" | "COUNTRY");
    if depth < DEEPEST && is_about_this {
        let mut inside = Vec::new();
        for (id, value) in elements(simple, MAX_INSIDE) {
            if id == SIMPLE_TAG {
                collect(value, level, depth + 1, &mut inside);
            }
        }
        inside.retain(|(_, name, _)| is_group || name.starts_with("REPLAYGAIN"));
        to.append(&mut inside);
    }
}

fn set_of(values: &[Value], has_discs: bool) -> TagSet {
    let mut set = TagSet::default();
    for (level, name, text) in values {
        for field in fields_of(*level, name, has_discs) {
            set.push(field, text.clone());
        }
    }
    set
}

fn fields_of(level: Level, name: &str, has_discs: bool) -> Vec<Field> {
    let is_album = matches!(level, Level::Disc | Level::Album);
    let field = match (name, level) {
        ("TITLE", Level::Album) => Field::Album,
        // A disc's own title is not the album's.
        ("TITLE", Level::Disc) => return Vec::new(),
        ("ARTIST" | "LEAD_PERFORMER", _) if is_album => {
            return vec![Field::AlbumArtist, Field::Artist];
        }
        ("LEAD_PERFORMER", _) => Field::Artist,
        ("PART_NUMBER", Level::Disc) => Field::DiscNumber,
        ("PART_NUMBER", Level::Album) => return Vec::new(),
        ("PART_NUMBER", _) => Field::TrackNumber,
        // The parts of an album of several discs are these.
        ("TOTAL_PARTS", Level::Album) if has_discs => Field::DiscTotal,
        ("TOTAL_PARTS", _) => Field::TrackTotal,
        ("REPLAYGAIN_GAIN", _) if is_album => Field::Gain("album_gain"),
        ("REPLAYGAIN_PEAK", _) if is_album => Field::Gain("album_peak"),
        ("REPLAYGAIN_GAIN", _) => Field::Gain("track_gain"),
        ("REPLAYGAIN_PEAK", _) => Field::Gain("track_peak"),
        _ => match Field::named(name) {
            Some(field) => field,
            None => return Vec::new(),
        },
    };
    vec![field]
}
