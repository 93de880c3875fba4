//! Instructions of the hot code, counted under valgrind and compared with the stored baseline.

use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use xtask_common::failure::Failure;
use xtask_common::packages::{self, Purpose};
use xtask_common::project;

/// Where the baseline lies, from the root of the project.
const BASELINE: &str = "benches/instructions.tsv";
/// The runner's version is that of the library the benchmark is built with.
const RUNNER_VERSION: &str = "0.20.0";
/// A count may grow by this share of the baseline.
const TOLERANCE: f64 = 0.02;
/// The benchmarks' own: not stripped, as functions are found by name, and our crate in one unit, as counts
/// would otherwise move with how the compiler deals code out.
const PROFILE: &str = "bench";

/// The crate that counts: it builds what is counted, and no window.
const PACKAGE: &str = "instruction-counts";

type Counts = BTreeMap<String, u64>;

/// Counts, and compares with the baseline or replaces it. The exit code is 1 if anything has grown.
pub(super) fn run(update: bool) -> Result<u8, Failure> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Err(Failure::new(
            "the baseline is of x86-64, counted by valgrind on Linux",
        ));
    }
    packages::ensure(Purpose::Test)?;
    let counted = count(&runner()?)?;
    let path = project::root().join(BASELINE);
    if update {
        fs::write(&path, as_table(&counted)).map_err(|e| Failure::file("write", &path, &e))?;
        println!("{BASELINE}: {} counts", counted.len());
        return Ok(0);
    }
    let baseline = read_table(&path)?;
    let (lines, grown) = compare(&baseline, &counted);
    print!("{lines}");
    let fewer = fallen(&baseline, &counted);
    if !fewer.is_empty() {
        println!(
            "More than {:.0} % below {BASELINE}, which `cargo xtask perf --instructions --update` \
             brings down: {}",
            TOLERANCE * 100.0,
            fewer.join(", ")
        );
    }
    if grown.is_empty() {
        return Ok(0);
    }
    Err(Failure::new(format!(
        "more than {:.0} % over {BASELINE}: {}; if that is meant, \
         `cargo xtask perf --instructions --update`",
        TOLERANCE * 100.0,
        grown.join(", ")
    )))
}

/// The baseline, for the report; empty where there is none.
pub(super) fn baseline() -> Counts {
    read_table(&project::root().join(BASELINE)).unwrap_or_default()
}

/// The runner beside what is built, installed there if it is missing.
fn runner() -> Result<PathBuf, Failure> {
    let folder = project::target_dir()?.join("tools");
    let runner = folder.join("bin/gungraun-runner");
    if !runner.is_file() {
        println!(
            "Installing gungraun-runner {RUNNER_VERSION} into {}.",
            folder.display()
        );
        // It hardly computes anything itself: built quickly.
        let mut install = project::cargo(&["install", "--debug", "--locked", "gungraun-runner"]);
        install
            .args(["--version", RUNNER_VERSION, "--root"])
            .arg(&folder);
        project::succeed(&mut install, "the installation of gungraun-runner")?;
    }
    Ok(runner)
}

fn count(runner: &Path) -> Result<Counts, Failure> {
    let mut command = project::cargo(&[
        "bench",
        "--profile",
        PROFILE,
        "--package",
        PACKAGE,
        "--bench",
        "instructions",
    ]);
    command
        .args(["--", "--output-format=json"])
        .env("GUNGRAUN_RUNNER", runner)
        .stderr(Stdio::inherit());
    let output = command
        .output()
        .map_err(|error| Failure::start("cargo bench", &error))?;
    let text = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        let last = text.lines().last().unwrap_or_default();
        return Err(Failure::new(format!(
            "counting failed ({}) {last}",
            output.status
        )));
    }
    let counts: Counts = text
        .lines()
        .filter_map(|line| counted(&serde_json::from_str(line).ok()?))
        .collect();
    if counts.is_empty() {
        return Err(Failure::new("the benchmark counted nothing"));
    }
    Ok(counts)
}

/// Name and instructions out of one benchmark's summary.
fn counted(summary: &Value) -> Option<(String, u64)> {
    let function = summary["function_name"].as_str()?;
    let id = summary["id"].as_str()?;
    let profiles = summary["profiles"].as_array()?;
    let callgrind = profiles
        .iter()
        .find(|profile| profile["tool"] == "Callgrind")?;
    let instructions = newest(&callgrind["data"]["total"]["metrics"]["Ir"]["values"]["new"])?;
    Some((format!("{function} {}", id.replace('_', " ")), instructions))
}

/// The whole number in `metric`, bare or under the name of its kind.
fn newest(metric: &Value) -> Option<u64> {
    match metric {
        Value::Number(number) => number.as_u64(),
        Value::Array(values) => values.iter().find_map(newest),
        Value::Object(fields) => fields.values().find_map(newest),
        _ => None,
    }
}

fn as_table(counts: &Counts) -> String {
    let lines = counts
        .iter()
        .map(|(name, count)| format!("{name}\t{count}\n"));
    format!("name\tinstructions\n{}", lines.collect::<String>())
}

fn read_table(path: &Path) -> Result<Counts, Failure> {
    let text = fs::read_to_string(path).map_err(|error| Failure::file("read", path, &error))?;
    let lines = text.lines().skip(1).map(|line| {
        let (name, count) = line.split_once('\t')?;
        Some((name.to_owned(), count.parse().ok()?))
    });
    lines
        .collect::<Option<Counts>>()
        .ok_or_else(|| Failure::new(format!("{}: not a table of counts", path.display())))
}

/// A line for each count, and what has grown too much, is new, or is gone.
fn compare(baseline: &Counts, counted: &Counts) -> (String, Vec<String>) {
    let (mut lines, mut wrong) = (String::new(), Vec::new());
    for (name, &count) in counted {
        let Some(&before) = baseline.get(name) else {
            wrong.push(format!("{name} (not in the baseline)"));
            continue;
        };
        let change = count as f64 / before as f64 - 1.0;
        lines += &format!(
            "{name:32}{before:>12}{count:>12}{:>+8.1} %\n",
            change * 100.0
        );
        if count as f64 > before as f64 * (1.0 + TOLERANCE) {
            wrong.push(format!("{name} ({:+.1} %)", change * 100.0));
        }
    }
    let gone = baseline.keys().filter(|name| !counted.contains_key(*name));
    wrong.extend(gone.map(|name| format!("{name} (no longer counted)")));
    (lines, wrong)
}

/// What has fallen so far that the baseline would let it grow again.
fn fallen(baseline: &Counts, counted: &Counts) -> Vec<String> {
    let is_fewer = |name: &&String| {
        let (Some(&before), Some(&count)) = (baseline.get(*name), counted.get(*name)) else {
            return false;
        };
        (count as f64) < before as f64 * (1.0 - TOLERANCE)
    };
    counted.keys().filter(is_fewer).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(list: &[(&str, u64)]) -> Counts {
        list.iter()
            .map(|(name, count)| ((*name).to_owned(), *count))
            .collect()
    }

    #[test]
    fn only_what_moved_by_more_than_two_percent_is_named() {
        let baseline = counts(&[("a", 1_000), ("b", 1_000), ("c", 1_000)]);
        let counted = counts(&[("a", 1_020), ("b", 1_021), ("c", 500)]);
        assert_eq!(compare(&baseline, &counted).1, ["b (+2.1 %)"]);
        assert_eq!(fallen(&baseline, &counted), ["c"]);
        let others = counts(&[("a", 1_000), ("b", 1_000), ("d", 1)]);
        assert_eq!(
            compare(&baseline, &others).1,
            ["d (not in the baseline)", "c (no longer counted)"]
        );
    }

    #[test]
    fn a_table_is_read_as_it_was_written() {
        let all = counts(&[("callback with 10 bands", 12_345), ("find peak avx2", 1)]);
        let path = std::env::temp_dir().join(format!("counts-{}.tsv", std::process::id()));
        fs::write(&path, as_table(&all)).expect("a file");
        let read = read_table(&path);
        let _ = fs::remove_file(&path);
        assert_eq!(read.expect("a table"), all);
    }

    #[test]
    fn the_count_of_this_run_is_taken_from_a_summary() {
        let summary = r#"{"function_name": "mix_buffers", "id": "avx2", "profiles": [
            {"tool": "Callgrind", "data": {"total": {"metrics": {"Ir":
                {"values": {"old": {"Int": 7}, "new": {"Int": 345}}}}}}}]}"#;
        let summary = serde_json::from_str(summary).expect("JSON");
        let expected = ("mix_buffers avx2".to_owned(), 345);
        assert_eq!(counted(&summary), Some(expected));
    }
}
