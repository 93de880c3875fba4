//! The collection: a scan of 20,000 real small files, one with nothing changed, and 100,000 tracks: time to a
//! usable list, time of a search for each key pressed, memory.
//!
//! Each figure is of one run, as a listener has it, not of many: what is measured fills caches once. With
//! `make-tree DIR N` or `make-database DIR N` it only makes what is measured, for other programs to be measured
//! on too.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a benchmark may fail loudly"
)]

#[path = "support/collection/mod.rs"]
mod collection;

use collection::{Random, rows, tree};
use cpu_time::ThreadTime;
use library::database::{Database, SortOrder};
use library::query::Query;
use library::scan::{ScanControl, scan};
use media::tags::Tags;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Files of the tree.
const FILES: usize = 20_000;
/// Tracks of the large collection.
const TRACKS: usize = 100_000;
/// Keys pressed in the search box.
const KEYS: usize = 3_000;
/// Rows that are shown at once.
const PAGE: usize = 200;
const NOW: i64 = 1_800_000_000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["make-tree", folder, count] => {
            let made = tree::make(Path::new(folder), count.parse().expect("a number"));
            println!("{} files", made.expect("ffmpeg is there").len());
        }
        ["make-database", folder, count] => {
            let database = Database::open(Path::new(folder)).unwrap();
            rows::fill(
                &database,
                &rows::tracks(count.parse().expect("a number")),
                NOW,
            );
        }
        ["scan", folder] => scans(Path::new(folder)),
        ["search"] => large_collection(),
        ["search-in", folder] => {
            searches(Path::new(folder), &typed(&rows::tracks(TRACKS)));
        }
        _ => {
            let folder = tempfile::tempdir().unwrap();
            match tree::make(folder.path(), FILES) {
                Some(_) => scans(folder.path()),
                None => println!("scan: not measured, ffmpeg is missing"),
            }
            large_collection();
        }
    }
}

fn scans(tree: &Path) {
    let data = tempfile::tempdir().unwrap();
    let database = Arc::new(Database::open(data.path()).unwrap());
    database.add_folder(&tree.canonicalize().unwrap()).unwrap();
    for name in [
        "scan, nothing known",
        "rescan, nothing changed",
        "rescan, nothing changed",
    ] {
        let begun = Instant::now();
        let report = scan(&database, &[], &Arc::new(ScanControl::default()), NOW).unwrap();
        println!(
            "{name}: {:.3} s ({} found, {} read, {} failed)",
            begun.elapsed().as_secs_f64(),
            report.found,
            report.read,
            report.failed
        );
    }
}

fn large_collection() {
    let tracks = rows::tracks(TRACKS);
    let (small, large) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    drop(Database::open(small.path()).unwrap());
    {
        let database = Database::open(large.path()).unwrap();
        let begun = Instant::now();
        rows::fill(&database, &tracks, NOW);
        println!(
            "storing {TRACKS} tracks: {:.2} s",
            begun.elapsed().as_secs_f64()
        );
    }
    let size = std::fs::metadata(large.path().join(library::database::FILE_NAME))
        .unwrap()
        .len();
    println!(
        "database of {TRACKS} tracks: {:.1} MiB",
        size as f64 / f64::from(1 << 20)
    );
    let typed = typed(&tracks);
    let empty_kib = used(small.path(), &typed[..100]).kib;
    let full = searches(large.path(), &typed);
    println!(
        "memory: {empty_kib} KiB with an empty collection, {} KiB with {TRACKS} tracks",
        full.kib
    );
}

/// What searching took.
struct Used {
    opened: Duration,
    shown: usize,
    times: Vec<(Duration, String)>,
    kib: u64,
}

/// Prints what it takes to search in the collection in `folder`.
fn searches(folder: &Path, typed: &[String]) -> Used {
    let mut done = used(folder, typed);
    let Used {
        opened,
        shown,
        times,
        ..
    } = &mut done;
    println!(
        "open to a list of {shown} rows: {:.1} ms",
        opened.as_secs_f64() * 1e3
    );
    times.sort();
    let at = |share: f64| {
        times[((times.len() - 1) as f64 * share) as usize]
            .0
            .as_secs_f64()
            * 1e3
    };
    println!(
        "search per key, {} keys, processor time: p50 {:.2} ms, p90 {:.2} ms, p99 {:.2} ms, most {:.2} ms",
        times.len(),
        at(0.5),
        at(0.9),
        at(0.99),
        at(1.0)
    );
    for (time, text) in times.iter().rev().take(5) {
        println!("  slow: {:.2} ms for {text:?}", time.as_secs_f64() * 1e3);
    }
    done
}

fn used(folder: &Path, typed: &[String]) -> Used {
    let before = resident_kib();
    let begun = Instant::now();
    let database = Database::open(folder).unwrap();
    let reader = database.reader().unwrap();
    let page = |text: &str| {
        let query = Query::parse(text).ok()?;
        let found = reader
            .search(&query, SortOrder::Relevance, PAGE, NOW)
            .ok()?;
        Some(reader.rows(&found.tracks).unwrap().len())
    };
    let shown = page("").unwrap();
    let opened = begun.elapsed();
    let mut times: Vec<(Duration, String)> = Vec::with_capacity(typed.len());
    for text in typed {
        // Processor time: what other programs take is not the search's.
        let begun = ThreadTime::now();
        if page(text).is_some() {
            times.push((begun.elapsed(), text.clone()));
        }
    }
    let after = resident_kib();
    let kib = after.saturating_sub(before);
    Used {
        opened,
        shown,
        times,
        kib,
    }
}

/// What stands in the search box after each key, while names and titles are typed, every tenth with a typo.
fn typed(tracks: &[(PathBuf, Tags)]) -> Vec<String> {
    let mut random = Random(2_024);
    let mut all = Vec::with_capacity(KEYS);
    while all.len() < KEYS {
        let tags = &tracks[random.below(tracks.len())].1;
        let texts = [&tags.artist, &tags.title, &tags.album];
        let Some(text) = texts[random.below(3)] else {
            continue;
        };
        let mut letters: Vec<char> = text.chars().take(24).collect();
        if random.below(10) == 0 && letters.len() > 5 {
            let at = 1 + random.below(letters.len() - 2);
            letters.swap(at, at + 1);
        }
        for end in 1..=letters.len() {
            all.push(letters[..end].iter().collect());
        }
    }
    all.truncate(KEYS);
    all
}

/// Memory of this process; zero where the system does not say.
fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.unwrap_or(0)
}
