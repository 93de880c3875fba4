//! The text of a cue sheet, as CDRWIN described it.

use crate::list_text::Name;
use media::tags::Tags;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::time::Duration;

/// Positions count these a second.
const CD_FRAMES_PER_SECOND: u64 = 75;
/// A disc has 99 tracks, a file that holds several discs a few hundred.
const MAX_TRACKS: usize = 10_000;
/// What may stand behind a file's name.
const FILE_TYPES: [&str; 10] = [
    "WAVE", "WAV", "MP3", "AIFF", "BINARY", "MOTOROLA", "FLAC", "APE", "OGG", "WV",
];

/// What a sheet says.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub(super) files: Vec<Name>,
    pub(super) tracks: Vec<SheetTrack>,
    fields: BTreeMap<String, String>,
    /// File and start of each track.
    starts: BTreeSet<(usize, Duration)>,
}

/// One track of it.
#[derive(Debug)]
pub(super) struct SheetTrack {
    /// Which of the files it is in.
    pub(super) file: usize,
    pub(super) start: Duration,
    number: u32,
    fields: BTreeMap<String, String>,
}

/// A track whose positions are still being read.
struct Open {
    number: u32,
    is_audio: bool,
    /// Position and file of INDEX 01, or else of the first index there is.
    start: Option<(Duration, usize)>,
    fields: BTreeMap<String, String>,
}

impl Sheet {
    /// Understands what it can; lines it does not know are left out.
    pub(super) fn parse(lines: &[Name]) -> Self {
        let mut sheet = Self::default();
        let mut open: Option<Open> = None;
        for line in lines.iter().map(Name::trimmed) {
            let (command, rest) = split_word(&line.text);
            match command.to_ascii_uppercase().as_str() {
                "FILE" => {
                    let name =
                        line.map(|bytes| file_name(bytes.get("FILE".len()..).unwrap_or_default()));
                    if !name.text.is_empty() {
                        sheet.files.push(name);
                    }
                }
                "TRACK" => {
                    sheet.close(open.take());
                    let (number, kind) = split_word(rest);
                    open = Some(Open {
                        number: number.parse().unwrap_or(0),
                        is_audio: kind.trim().eq_ignore_ascii_case("AUDIO"),
                        start: None,
                        fields: BTreeMap::new(),
                    });
                }
                "INDEX" => {
                    let (number, position) = split_word(rest);
                    // A sheet inside a file need not name it.
                    let file = sheet.files.len().saturating_sub(1);
                    let place = parse_position(position).map(|start| (start, file));
                    if let (Some(open), Some(place), Ok(number)) =
                        (&mut open, place, number.parse::<u32>())
                        && (number == 1 || open.start.is_none())
                    {
                        open.start = Some(place);
                    }
                }
                name @ ("TITLE" | "PERFORMER" | "SONGWRITER") => {
                    let value = unquote(rest);
                    sheet.put(&mut open, name, value);
                }
                "REM" => {
                    let (name, value) = split_word(rest);
                    let name = name.to_ascii_uppercase();
                    sheet.put(&mut open, &name, unquote(value));
                }
                _ => {}
            }
        }
        sheet.close(open);
        sheet.put_in_order();
        sheet
    }

    /// Tracks in the order of their numbers, where each has one of its own.
    fn put_in_order(&mut self) {
        let numbers: BTreeSet<u32> = self.tracks.iter().map(|track| track.number).collect();
        if numbers.len() == self.tracks.len() && !numbers.contains(&0) {
            self.tracks.sort_by_key(|track| track.number);
        }
    }

    /// Where a track ends: where the next one of its file begins, wherever the sheet lists that; none for
    /// the file's end.
    pub(super) fn end(&self, track: &SheetTrack) -> Option<Duration> {
        let behind = (Bound::Excluded((track.file, track.start)), Bound::Unbounded);
        let next = self.starts.range(behind).next();
        next.filter(|(file, _)| *file == track.file)
            .map(|(_, start)| *start)
    }

    /// Takes all tracks for tracks of one file.
    pub(super) fn join_files(&mut self) {
        self.tracks.iter_mut().for_each(|track| track.file = 0);
        self.starts = self.tracks.iter().map(|track| (0, track.start)).collect();
    }

    fn put(&mut self, open: &mut Option<Open>, name: &str, value: &str) {
        let fields = match open {
            Some(open) => &mut open.fields,
            None => &mut self.fields,
        };
        if !value.is_empty() {
            fields.insert(name.to_owned(), value.to_owned());
        }
    }

    fn close(&mut self, open: Option<Open>) {
        let Some(open) = open.filter(|open| open.is_audio) else {
            return;
        };
        if let Some((start, file)) = open.start.filter(|_| self.tracks.len() < MAX_TRACKS) {
            self.starts.insert((file, start));
            self.tracks.push(SheetTrack {
                file,
                start,
                number: open.number,
                fields: open.fields,
            });
        }
    }

    /// What it says about a track, the sheet's own lines where the track has none.
    pub(super) fn tags(&self, track: &SheetTrack) -> Tags {
        let own = |name: &str| track.fields.get(name).cloned();
        let all = |name: &str| self.fields.get(name).cloned();
        let number = |text: Option<String>| text?.trim().parse().ok();
        Tags {
            title: own("TITLE"),
            artist: own("PERFORMER").or_else(|| all("PERFORMER")),
            album: all("TITLE"),
            album_artist: all("PERFORMER"),
            composer: own("SONGWRITER").or_else(|| all("SONGWRITER")),
            track_number: Some(track.number).filter(|number| *number > 0),
            track_total: u32::try_from(self.tracks.len()).ok(),
            disc_number: number(all("DISCNUMBER")),
            disc_total: number(all("TOTALDISCS")),
            date: own("DATE").or_else(|| all("DATE")),
            genre: own("GENRE").or_else(|| all("GENRE")),
        }
    }

    /// ReplayGain of a track and of the sheet.
    pub(super) fn replaygain(&self, track: &SheetTrack) -> BTreeMap<&'static str, String> {
        let fields = [
            ("track_gain", track.fields.get("REPLAYGAIN_TRACK_GAIN")),
            ("track_peak", track.fields.get("REPLAYGAIN_TRACK_PEAK")),
            ("album_gain", self.fields.get("REPLAYGAIN_ALBUM_GAIN")),
            ("album_peak", self.fields.get("REPLAYGAIN_ALBUM_PEAK")),
        ];
        let found = fields.into_iter();
        found
            .filter_map(|(name, value)| Some((name, value?.clone())))
            .collect()
    }
}

fn split_word(line: &str) -> (&str, &str) {
    match line.split_once(char::is_whitespace) {
        Some((word, rest)) => (word, rest.trim()),
        None => (line, ""),
    }
}

fn unquote(value: &str) -> &str {
    let value = value.trim();
    let inner = value.strip_prefix('"').unwrap_or(value);
    inner.strip_suffix('"').unwrap_or(inner).trim()
}

/// The name in `"name" WAVE` or `name WAVE`, whichever of quotes and type are there.
fn file_name(rest: &[u8]) -> &[u8] {
    let rest = rest.trim_ascii();
    if let [b'"', quoted @ ..] = rest
        && let Some(end) = quoted.iter().rposition(|byte| *byte == b'"')
    {
        return &quoted[..end];
    }
    let end = rest.iter().rposition(u8::is_ascii_whitespace).unwrap_or(0);
    let (name, last) = rest.split_at(end);
    let is_type = FILE_TYPES
        .iter()
        .any(|kind| kind.as_bytes().eq_ignore_ascii_case(last.trim_ascii()));
    let name = if is_type { name } else { rest }.trim_ascii();
    let name = name.strip_prefix(b"\"").unwrap_or(name);
    name.strip_suffix(b"\"").unwrap_or(name)
}

/// "minutes:seconds:frames", 75 frames a second.
fn parse_position(text: &str) -> Option<Duration> {
    let mut numbers = text.trim().splitn(3, ':').map(str::parse::<u32>);
    let (minutes, seconds) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
    let frames = numbers.next()?.ok()?;
    let total = (u64::from(minutes) * 60 + u64::from(seconds)) * CD_FRAMES_PER_SECOND;
    let total = total + u64::from(frames);
    // Rounded up, so that scaled to any sample rate and rounded it is the exact frame.
    let part = (total % CD_FRAMES_PER_SECOND) * 1_000_000_000;
    let nanoseconds = part.div_ceil(CD_FRAMES_PER_SECOND) as u32;
    Some(Duration::new(total / CD_FRAMES_PER_SECOND, nanoseconds))
}
