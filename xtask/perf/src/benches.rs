//! The benchmarks, and what criterion has written down of them.

use serde_json::Value;
use std::fs;
use std::path::Path;
use std::time::SystemTime;

use super::figures::Figures;
use super::options::Options;
use xtask_common::failure::Failure;
use xtask_common::project;

/// Median times of benchmarks, in ns, stand under this.
pub(super) const TIMES: &str = "bench/";
/// Half the width of their 95 % confidence intervals, in ns.
pub(super) const DOUBTS: &str = "bench-doubt/";
/// Frames or samples one run of a benchmark works on.
pub(super) const ELEMENTS: &str = "bench-elements/";
/// The build benchmarks are usually run in: the release code without the long link.
const PROFILE: &str = "bench";

/// Runs all benchmarks and takes in their results, those of earlier runs left out.
pub(super) fn run(options: &Options, figures: &mut Figures) -> Result<(), Failure> {
    let profile = options.profile.as_deref().unwrap_or(PROFILE);
    let mut command = project::cargo(&["bench", "--profile", profile]);
    if !options.full {
        command.args(["--", "--quick"]);
    }
    let started = SystemTime::now();
    project::succeed(&mut command, "the benchmarks")?;
    for prefix in [TIMES, DOUBTS, ELEMENTS] {
        figures.forget(prefix);
    }
    let sampling = if options.full { "full" } else { "quick" };
    figures.say(
        "build/benchmarks",
        format!("profile {profile}, {sampling} sampling"),
    );
    let folder = project::target_dir()?.join("criterion");
    collect(&folder, started, figures)
}

/// Takes in every result below `folder` that is not older than `since`.
fn collect(folder: &Path, since: SystemTime, figures: &mut Figures) -> Result<(), Failure> {
    let unreadable = |error| Failure::file("read", folder, &error);
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if !path.is_dir() {
            continue;
        }
        let estimates = path.join("estimates.json");
        let is_new = fs::metadata(&estimates)
            .and_then(|metadata| metadata.modified())
            .is_ok_and(|written| written >= since);
        if path.ends_with("new") && is_new {
            take_result(
                &read_json(&path.join("benchmark.json"))?,
                &read_json(&estimates)?,
                figures,
            );
        } else {
            collect(&path, since, figures)?;
        }
    }
    Ok(())
}

fn read_json(path: &Path) -> Result<Value, Failure> {
    let text = fs::read_to_string(path).map_err(|error| Failure::file("read", path, &error))?;
    serde_json::from_str(&text)
        .map_err(|error| Failure::new(format!("{}: {error}", path.display())))
}

fn take_result(benchmark: &Value, estimates: &Value, figures: &mut Figures) {
    let median = &estimates["median"];
    let interval = &median["confidence_interval"];
    let (Some(name), Some(ns)) = (
        benchmark["full_id"].as_str(),
        median["point_estimate"].as_f64(),
    ) else {
        return;
    };
    figures.set(format!("{TIMES}{name}"), ns);
    let bound = |name: &str| interval[name].as_f64();
    if let (Some(low), Some(high)) = (bound("lower_bound"), bound("upper_bound")) {
        figures.set(format!("{DOUBTS}{name}"), (high - low) / 2.0);
    }
    if let Some(elements) = benchmark["throughput"]["Elements"].as_f64() {
        figures.set(format!("{ELEMENTS}{name}"), elements);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_this_run_are_taken_and_old_ones_left() {
        let folder = std::env::temp_dir().join(format!("criterion-{}", std::process::id()));
        let result = folder.join("callback/by bands/10/new");
        fs::create_dir_all(&result).expect("a folder");
        let benchmark = r#"{"group_id": "callback", "full_id": "callback/by bands/10",
                            "throughput": {"Elements": 512}}"#;
        let estimates = r#"{"median": {"point_estimate": 3200.5,
            "confidence_interval": {"lower_bound": 3100.0, "upper_bound": 3300.0}}}"#;
        fs::write(result.join("benchmark.json"), benchmark).expect("a file");
        fs::write(result.join("estimates.json"), estimates).expect("a file");
        let taken = |since| {
            let mut figures = Figures::default();
            collect(&folder, since, &mut figures).expect("readable");
            figures
        };
        let (all, none) = (taken(SystemTime::UNIX_EPOCH), {
            let later = SystemTime::now() + std::time::Duration::from_secs(60);
            taken(later)
        });
        fs::remove_dir_all(&folder).expect("it was there");
        assert_eq!(all.number("bench/callback/by bands/10"), Some(3_200.5));
        assert_eq!(all.number("bench-doubt/callback/by bands/10"), Some(100.0));
        assert_eq!(
            all.number("bench-elements/callback/by bands/10"),
            Some(512.0)
        );
        assert_eq!(none, Figures::default());
    }
}
