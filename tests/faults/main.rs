//! Files and commands that players are known to get wrong, each with the right answer. README.md beside
//! this says what the columns of `cases.tsv` mean.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "tests may fail loudly")]

mod containers;
mod disk;
mod lists;
mod narrow;
mod ogg_pages;
mod piped;
mod player;
mod playing;
mod sound;
mod table;
mod tones;
mod wave;

use player::Bench;
use table::{Case, cases};

/// What is wrong with a case, in one line; nothing where it is right.
type Verdict = Result<(), String>;

/// The words unless `is_so`.
fn need(is_so: bool, words: impl FnOnce() -> String) -> Verdict {
    if is_so { Ok(()) } else { Err(words()) }
}

/// Runs the cases of one check and fails with a line for each that is not right.
fn judge(check: &str, verdict: impl Fn(&mut Bench, &Case) -> Verdict) {
    let only = std::env::var("FAULTS_ONLY").ok();
    let is_wanted = |case: &Case| {
        only.as_ref()
            .is_none_or(|only| [&case.id, &case.kind].contains(&only))
    };
    let mut wrong = Vec::new();
    let cases: Vec<Case> = cases()
        .into_iter()
        .filter(|case| case.check == check)
        .collect();
    assert!(!cases.is_empty(), "no case is judged by {check}");
    for case in cases.iter().filter(|case| is_wanted(case)) {
        let mut bench = Bench::new(case);
        if let Err(words) = verdict(&mut bench, case) {
            wrong.push(format!("{} ({}): {words}", case.id, case.kind));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn sound_is_whole() {
    judge("sound", sound::sound);
}

#[test]
fn renderings_are_right() {
    judge("rendered", sound::rendered);
}

#[test]
fn presets_respond_as_designed() {
    judge("response", sound::response);
}

#[test]
fn what_is_told_is_right() {
    judge("fields", lists::fields);
}

#[test]
fn lists_stand_for_their_tracks() {
    judge("entries", lists::entries);
}

#[test]
fn folders_hold_what_can_be_played() {
    judge("kinds_of_a_folder", lists::kinds_of_a_folder);
}

#[test]
fn errors_are_one_line() {
    judge("error_line", lists::error_line);
}

#[test]
fn inputs_are_never_written_to() {
    judge("refused", disk::refused);
}

#[test]
fn a_second_time_is_like_the_first() {
    judge("twice", disk::twice);
}

#[test]
fn wrong_usage_writes_nothing() {
    judge("usage", disk::usage);
}

#[test]
fn tags_are_written_well_or_not_at_all() {
    judge("written_well", disk::written_well);
}

#[test]
fn queues_play_to_their_end() {
    judge("plays", playing::plays);
}

#[test]
fn pipes_are_read_once_and_whole() {
    judge("piped", piped::piped);
}

#[test]
fn every_case_has_a_check() {
    let checks = [
        "sound",
        "rendered",
        "response",
        "fields",
        "entries",
        "kinds_of_a_folder",
        "error_line",
        "refused",
        "twice",
        "usage",
        "written_well",
        "plays",
        "piped",
    ];
    for case in cases() {
        assert!(
            checks.contains(&case.check.as_str()),
            "{}: {}",
            case.id,
            case.check
        );
    }
}
