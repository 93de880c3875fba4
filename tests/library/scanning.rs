//! A scan against other programs: mutagen for tags, ffprobe for lengths; and what it keeps when files move.

use crate::collection::tree;
use library::database::{Database, SortOrder};
use library::model::TrackRow;
use library::query::Query;
use library::scan::{ScanControl, ScanReport, scan};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use tempfile::TempDir;

/// Reads tags and lengths of files with mutagen: a line each, path, title, artist, album, track and seconds, parted
/// by tabs.
const MUTAGEN: &str = r#"
import sys, mutagen
for path in sys.stdin.read().splitlines():
    f = mutagen.File(path, easy=True)
    def one(name):
        v = f.get(name) if f.tags is not None else None
        return (v[0] if v else '').replace('\t', ' ')
    print('\t'.join([path, one('title').strip(), one('artist').strip(), one('album').strip(), one('tracknumber').split('/')[0], '%.6f' % f.info.length]))
"#;

struct Fixture {
    music: TempDir,
    _data: TempDir,
    database: Arc<Database>,
}

impl Fixture {
    fn new() -> Self {
        let (music, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let database = Arc::new(Database::open(data.path()).unwrap());
        database.add_folder(music.path()).unwrap();
        Self {
            music,
            _data: data,
            database,
        }
    }

    fn scan(&self, now: i64) -> ScanReport {
        scan(&self.database, &[], &Arc::new(ScanControl::default()), now).unwrap()
    }

    fn rows(&self) -> BTreeMap<PathBuf, Vec<TrackRow>> {
        let reader = self.database.reader().unwrap();
        let all = Query::parse("").unwrap();
        let found = reader
            .search(&all, SortOrder::Collection, usize::MAX, 0)
            .unwrap();
        let mut rows: BTreeMap<PathBuf, Vec<TrackRow>> = BTreeMap::new();
        for row in reader.rows(&found.tracks).unwrap() {
            rows.entry(row.path.clone()).or_default().push(row);
        }
        rows
    }

    fn path(&self, name: &str) -> PathBuf {
        self.music.path().join(name)
    }
}

fn sound(path: &Path, seconds: usize) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut samples = Vec::with_capacity(44_100 * seconds);
    // Each file sounds otherwise.
    let mut state = path
        .to_string_lossy()
        .bytes()
        .fold(1_u32, |n, b| n.wrapping_mul(31) + u32::from(b));
    for _ in 0..44_100 * seconds {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        samples.push((state >> 16) as f32 / 65_536.0 - 0.5);
    }
    let file = std::fs::File::create(path).unwrap();
    let mut writer =
        media::wav_writer::WavWriter::new(file, 44_100, 1, media::wav_writer::SampleWidth::Int16)
            .unwrap();
    writer.write(&samples).unwrap();
    writer.finish().unwrap();
}

#[test]
fn tags_and_lengths_are_those_that_other_programs_read() {
    let fixture = Fixture::new();
    let Some(made) = tree::make(fixture.music.path(), 150) else {
        println!("not run: needs ffmpeg");
        return;
    };
    let report = fixture.scan(1_000);
    assert_eq!(
        (report.found, report.read, report.failed),
        (150, 150, 0),
        "{report:?}"
    );
    let rows = fixture.rows();
    for (path, tags) in &made {
        let row = &rows[path][0];
        let trimmed = |text: &Option<String>| text.as_deref().map(|text| text.trim().to_owned());
        assert_eq!(
            trimmed(&row.tags.title),
            trimmed(&tags.title),
            "{}",
            path.display()
        );
        assert_eq!(
            trimmed(&row.tags.artist),
            trimmed(&tags.artist),
            "{}",
            path.display()
        );
        assert_eq!(
            trimmed(&row.tags.album),
            trimmed(&tags.album),
            "{}",
            path.display()
        );
        assert_eq!(
            row.tags.track_number,
            tags.track_number,
            "{}",
            path.display()
        );
        let year = tags.date.as_deref().and_then(library::model::year_of);
        assert_eq!(row.year, year, "{}", path.display());
    }
    let again = fixture.scan(1_001);
    assert_eq!((again.read, again.unchanged), (0, 150));
    by_mutagen(&rows);
    by_ffprobe(&rows);
}

/// Titles and so on, and lengths to a hundredth of a second: it counts some of an encoder's padding.
fn by_mutagen(rows: &BTreeMap<PathBuf, Vec<TrackRow>>) {
    let names: Vec<String> = rows
        .keys()
        .map(|path| path.to_str().unwrap().to_owned())
        .collect();
    let child = Command::new("/usr/bin/python3")
        .args(["-c", MUTAGEN])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn();
    let Ok(mut child) = child else {
        println!("not compared with mutagen, which is missing");
        return;
    };
    std::io::Write::write_all(
        &mut child.stdin.take().unwrap(),
        names.join("\n").as_bytes(),
    )
    .unwrap();
    let output = child.wait_with_output().unwrap();
    if !output.status.success() {
        println!("not compared with mutagen, which is missing");
        return;
    }
    let text = String::from_utf8(output.stdout).unwrap();
    let mut compared = 0;
    for line in text.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let row = &rows[Path::new(fields[0])][0];
        let own = |text: &Option<String>| text.clone().unwrap_or_default();
        assert_eq!(own(&row.tags.title), fields[1], "{}", fields[0]);
        assert_eq!(own(&row.tags.artist), fields[2], "{}", fields[0]);
        assert_eq!(own(&row.tags.album), fields[3], "{}", fields[0]);
        assert_eq!(
            row.tags
                .track_number
                .map(|n| n.to_string())
                .unwrap_or_default(),
            fields[4]
        );
        let (length, theirs): (f64, f64) = (
            row.sound.duration.unwrap().as_secs_f64(),
            fields[5].parse().unwrap(),
        );
        assert!(
            (length - theirs).abs() < 0.06,
            "{}: {length} and {theirs}",
            fields[0]
        );
        compared += 1;
    }
    assert_eq!(compared, rows.len());
}

/// Lengths of one file of each kind, decoded by ffmpeg to the sample.
fn by_ffprobe(rows: &BTreeMap<PathBuf, Vec<TrackRow>>) {
    for (extension, _) in tree::KINDS {
        let (path, rows) = rows
            .iter()
            .find(|(path, _)| path.extension().is_some_and(|e| e == extension))
            .unwrap();
        let output = Command::new("ffmpeg")
            .args(["-v", "error", "-i"])
            .arg(path)
            .args(["-f", "s16le", "-ac", "1", "-"])
            .output()
            .unwrap();
        let rate = f64::from(rows[0].sound.sample_rate_hz.unwrap());
        let theirs = (output.stdout.len() / 2) as f64 / rate;
        let length = rows[0].sound.duration.unwrap().as_secs_f64();
        // ffmpeg leaves AAC's padding behind the end.
        let slack = if extension == "m4a" { 0.025 } else { 0.0001 };
        assert!(
            (length - theirs).abs() <= slack,
            "{extension}: {length} and {theirs}"
        );
    }
}

#[test]
fn files_that_move_keep_what_is_known_of_them() {
    let fixture = Fixture::new();
    for name in ["a/1.wav", "a/2.wav", "b/3.wav"] {
        sound(&fixture.path(name), 1);
    }
    fixture.scan(1_000);
    let first = fixture.path("a/1.wav");
    for now in 0..3 {
        let heard = library::database::Heard::Played;
        assert!(
            fixture
                .database
                .count(&first, None, heard, 2_000 + now)
                .unwrap()
        );
    }
    let id = fixture.rows()[&first][0].id;
    fixture.database.rate(id, Some(9)).unwrap();
    let list = fixture
        .database
        .create_list(None, "Mine", library::database::ListKind::Tracks)
        .unwrap();
    let entry = library::playlists::ListEntry::from(first.clone());
    fixture
        .database
        .edit_list(list, move |_| vec![entry])
        .unwrap();
    // Renamed, and into another folder.
    std::fs::create_dir(fixture.path("c")).unwrap();
    std::fs::rename(&first, fixture.path("c/other name.wav")).unwrap();
    // Copied to another disk, as it were: another number and time.
    std::fs::copy(fixture.path("a/2.wav"), fixture.path("c/2.wav")).unwrap();
    std::fs::remove_file(fixture.path("a/2.wav")).unwrap();
    let report = fixture.scan(3_000);
    assert_eq!((report.found, report.missing), (3, 0), "{report:?}");
    let rows = fixture.rows();
    assert_eq!(rows.len(), 3);
    let moved = &rows[&fixture.path("c/other name.wav")][0];
    assert_eq!(moved.id, id);
    assert_eq!(
        (moved.history.play_count, moved.history.rating),
        (3, Some(9))
    );
    assert_eq!(moved.history.added, 1_000);
    assert_eq!(
        rows[&fixture.path("c/2.wav")][0].history.added,
        1_000,
        "not a new one"
    );
    let entries = fixture
        .database
        .reader()
        .unwrap()
        .list_entries(list)
        .unwrap();
    assert_eq!(entries[0].path, fixture.path("c/other name.wav"));
    // Two change their names at once.
    let (x, y, z) = (
        fixture.path("c/2.wav"),
        fixture.path("b/3.wav"),
        fixture.path("z"),
    );
    let ids = (rows[&x][0].id, rows[&y][0].id);
    std::fs::rename(&x, &z).unwrap();
    std::fs::rename(&y, &x).unwrap();
    std::fs::rename(&z, &y).unwrap();
    fixture.scan(3_500);
    let rows = fixture.rows();
    assert_eq!(rows.len(), 3);
    assert_eq!((rows[&y][0].id, rows[&x][0].id), ids);
}

#[test]
fn what_is_gone_is_marked_and_comes_back_as_it_was() {
    let fixture = Fixture::new();
    sound(&fixture.path("a.wav"), 1);
    sound(&fixture.path("b.wav"), 1);
    fixture.scan(1_000);
    let heard = library::database::Heard::Played;
    fixture
        .database
        .count(&fixture.path("a.wav"), None, heard, 1)
        .unwrap();
    let away = tempfile::tempdir().unwrap();
    std::fs::copy(fixture.path("a.wav"), away.path().join("a.wav")).unwrap();
    std::fs::remove_file(fixture.path("a.wav")).unwrap();
    let report = fixture.scan(1_100);
    assert_eq!((report.found, report.missing, report.unchanged), (1, 1, 1));
    assert!(fixture.rows()[&fixture.path("a.wav")][0].is_missing);
    std::fs::copy(away.path().join("a.wav"), fixture.path("a.wav")).unwrap();
    let report = fixture.scan(1_200);
    assert_eq!((report.found, report.missing), (2, 0));
    let row = fixture.rows()[&fixture.path("a.wav")][0].clone();
    assert_eq!((row.is_missing, row.history.play_count), (false, 1));
}

#[test]
fn a_folder_that_is_not_there_takes_nothing_with_it() {
    let fixture = Fixture::new();
    sound(&fixture.path("a.wav"), 1);
    fixture.scan(1_000);
    let home = fixture.music.path().to_owned();
    let elsewhere = home.with_extension("unmounted");
    std::fs::rename(&home, &elsewhere).unwrap();
    let report = fixture.scan(1_100);
    assert_eq!(report.not_mounted, std::slice::from_ref(&home));
    assert!(!fixture.rows()[&home.join("a.wav")][0].is_missing);
    std::fs::rename(&elsewhere, &home).unwrap();
    assert_eq!(fixture.scan(1_200).unchanged, 1);
}

#[test]
fn what_changed_is_read_again_and_a_stopped_scan_goes_on() {
    let fixture = Fixture::new();
    sound(&fixture.path("a.wav"), 1);
    std::fs::write(fixture.path("broken.flac"), b"fLaC no").unwrap();
    let report = fixture.scan(1_000);
    assert_eq!((report.found, report.read, report.failed), (2, 1, 1));
    assert_eq!(report.faults[0].path, fixture.path("broken.flac"));
    // What failed is not tried again before it changes.
    let report = fixture.scan(1_001);
    assert_eq!((report.read, report.unchanged, report.failed), (0, 2, 0));
    sound(&fixture.path("a.wav"), 2);
    assert_eq!(fixture.scan(1_002).read, 1);
    let length = fixture.rows()[&fixture.path("a.wav")][0].sound.duration;
    assert_eq!(length, Some(std::time::Duration::from_secs(2)));
    let control = Arc::new(ScanControl::default());
    control.stop();
    sound(&fixture.path("c.wav"), 1);
    let stopped = scan(&fixture.database, &[], &control, 1_003).unwrap();
    assert!(stopped.was_stopped);
    assert_eq!(fixture.scan(1_004).read, 1);
}

#[test]
fn a_cue_sheet_makes_tracks_and_taking_it_away_makes_one() {
    let fixture = Fixture::new();
    sound(&fixture.path("d/album.wav"), 3);
    let sheet = "TITLE \"Album\"\nFILE \"album.wav\" WAVE\n TRACK 01 AUDIO\n  TITLE \"One\"\n  INDEX 01 00:00:00\n \
                 TRACK 02 AUDIO\n  TITLE \"Two\"\n  INDEX 01 00:01:00\n";
    std::fs::write(fixture.path("d/album.cue"), sheet).unwrap();
    fixture.scan(1_000);
    let titles = |fixture: &Fixture| -> Vec<(Option<String>, f64)> {
        let rows = fixture.rows();
        let rows = rows[&fixture.path("d/album.wav")].iter();
        rows.map(|row| {
            (
                row.tags.title.clone(),
                row.sound.duration.unwrap().as_secs_f64(),
            )
        })
        .collect()
    };
    let want = vec![(Some("One".to_owned()), 1.0), (Some("Two".to_owned()), 2.0)];
    assert_eq!(titles(&fixture), want);
    assert_eq!(fixture.scan(1_001).read, 0);
    std::fs::write(fixture.path("d/album.cue"), sheet.replace("Two", "Second")).unwrap();
    assert_eq!(fixture.scan(1_002).read, 1);
    assert_eq!(titles(&fixture)[1].0, Some("Second".to_owned()));
    std::fs::remove_file(fixture.path("d/album.cue")).unwrap();
    assert_eq!(fixture.scan(1_003).read, 1);
    assert_eq!(titles(&fixture), [(None, 3.0)]);
}

#[test]
fn removing_a_folder_forgets_its_files_but_not_those_of_another() {
    let fixture = Fixture::new();
    sound(&fixture.path("a.wav"), 1);
    sound(&fixture.path("in/b.wav"), 1);
    fixture.database.add_folder(&fixture.path("in")).unwrap();
    fixture.scan(1_000);
    let gone = fixture
        .database
        .remove_folder(fixture.music.path())
        .unwrap();
    assert_eq!(gone, Some(1));
    let rows = fixture.rows();
    assert_eq!(rows.keys().collect::<Vec<_>>(), [&fixture.path("in/b.wav")]);
    assert_eq!(
        fixture
            .database
            .remove_folder(fixture.music.path())
            .unwrap(),
        None
    );
}
