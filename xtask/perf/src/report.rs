//! `performance_report.md` and its plots, from measured figures alone.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use super::benches::{DOUBTS, ELEMENTS, TIMES};
use super::beside;
use super::changes;
use super::figures::Figures;
use super::gains;
use super::instructions;
use super::players;
use super::session_names::PREFIX;
use super::sessions::NOT_RUN;
use super::svg;
use super::targets;
use xtask_common::failure::Failure;
use xtask_common::project;

const REPORT: &str = "performance_report.md";
const PLOTS: &str = "performance_report";

/// What is drawn of the callback's cost: part of the benchmarks' names, x axis, file, title.
const SCALING: [(&str, &str, &str, &str); 3] = [
    (
        "by bands",
        "bands",
        "bands.svg",
        "Callback of 512 frames by bands of the equalizer",
    ),
    (
        "by frames, 10 bands",
        "frames of a callback",
        "frames.svg",
        "Callback with 10 bands by its frames",
    ),
    (
        "by rate, 10 bands",
        "frames a second",
        "rate.svg",
        "Callback of 512 frames with 10 bands by sample rate",
    ),
];

/// Writes the report at the root of the project; changes only where there is a run `before`.
pub(super) fn write(figures: &Figures, before: Option<&Figures>) -> Result<(), Failure> {
    if figures.numbers.is_empty() {
        return Err(Failure::new(
            "nothing has been measured: `cargo xtask perf --all`",
        ));
    }
    let root = project::root();
    let plots = root.join(PLOTS);
    fs::create_dir_all(&plots).map_err(|error| Failure::file("create", &plots, &error))?;
    let mut text = String::from(
        "# Performance report\n\nWritten by `cargo xtask perf`; every figure was measured by it.\n",
    );
    machine(&mut text, figures);
    aims(&mut text, figures);
    sessions(&mut text, figures, &plots)?;
    window(&mut text, figures);
    text.push_str(&players::section(figures));
    scaling(&mut text, figures, &plots)?;
    text.push_str(&gains::section(figures));
    text.push_str(&beside::section(figures));
    benchmarks(&mut text, figures);
    counted_instructions(&mut text);
    if let Some(before) = before {
        text.push_str(&changes::section(before, figures));
    }
    not_run(&mut text, figures);
    let path = root.join(REPORT);
    fs::write(&path, text).map_err(|error| Failure::file("write", &path, &error))?;
    println!("{REPORT} and its plots in {PLOTS}/ have been written.");
    Ok(())
}

fn save(plots: &Path, name: &str, plot: &str) -> Result<(), Failure> {
    let path = plots.join(name);
    fs::write(&path, plot).map_err(|error| Failure::file("write", &path, &error))
}

fn machine(text: &mut String, figures: &Figures) {
    text.push_str("\n## Machine and build\n\n");
    for (what, name) in [
        ("Processor", "machine/processor"),
        ("Vector instructions", "machine/flags"),
        ("Memory", "machine/memory"),
        ("System", "machine/system"),
        ("Kernel", "machine/kernel"),
        ("Frequency governor", "machine/governor"),
        ("Compiler", "machine/rustc"),
        ("Build of the benchmarks", "build/benchmarks"),
        ("Build of the sessions", "build/sessions"),
        ("Benchmarks measured", "measured/benchmarks"),
        ("Sessions without a window measured", "measured/sessions"),
        ("Window measured", "measured/window"),
        ("Other players measured", "measured/players"),
    ] {
        if !figures.word(name).is_empty() {
            let _ = writeln!(text, "- {what}: {}", figures.word(name));
        }
    }
    for (what, name) in [
        ("Cores", "machine/cores"),
        (
            "Load before the benchmarks",
            "measured/load before benchmarks",
        ),
    ] {
        if let Some(value) = figures.number(name) {
            let _ = writeln!(text, "- {what}: {value}");
        }
    }
}

fn aims(text: &mut String, figures: &Figures) {
    text.push_str("\n## Targets\n\n| what | target | measured | |\n| --- | --- | --- | --- |\n");
    for line in targets::judge(figures) {
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} |",
            line.what, line.target, line.measured, line.verdict
        );
    }
}

/// Names that stand under `prefix`, up to the last `/`, each once.
fn names_under<'a>(figures: &'a Figures, prefix: &'a str) -> Vec<&'a str> {
    let names = figures
        .under(prefix)
        .filter_map(|(name, _)| name.split_once('/'));
    let mut names: Vec<&str> = names.map(|(name, _)| name).collect();
    names.dedup();
    names
}

fn sessions(text: &mut String, figures: &Figures, plots: &Path) -> Result<(), Failure> {
    let names = names_under(figures, PREFIX);
    if names.is_empty() {
        return Ok(());
    }
    text.push_str("\n## Sessions without a window\n\nCallback times in µs; beside them the share of \
         their deadline at p99.\n\n\
         | session | s | p50 | p95 | p99 | max | deadline | p99 load | late decoder | slow callback | xruns \
         | latency | first sound | CPU | memory | load before | host took | priority |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
    let mut bars = Vec::new();
    for name in names {
        let number = |figure: &str| figures.number(&format!("{PREFIX}{name}/{figure}"));
        let cell = |figure: &str, digits: usize, unit: &str| {
            number(figure).map_or("–".to_owned(), |value| format!("{value:.digits$}{unit}"))
        };
        let cells = [
            name.to_owned(),
            cell("seconds", 0, ""),
            cell("callback_us/p50", 1, ""),
            cell("callback_us/p95", 1, ""),
            cell("callback_us/p99", 1, ""),
            cell("callback_us/max", 1, ""),
            cell("deadline_us", 0, ""),
            cell("load_percent/p99", 2, " %"),
            cell("starved", 0, ""),
            cell("overloads", 0, ""),
            cell("xruns", 0, ""),
            cell("output_latency_ms", 1, " ms"),
            cell("first_sound_ms", 0, " ms"),
            cell("cpu_percent", 2, " %"),
            cell("rss_mib", 1, " MiB"),
            cell("load before", 1, ""),
            cell("stolen seconds", 1, " s"),
            figures.word(&format!("{PREFIX}{name}/priority")).to_owned(),
        ];
        let _ = writeln!(text, "| {} |", cells.join(" | "));
        let values = ["p50", "p95", "p99"];
        let values = values
            .iter()
            .filter_map(|p| number(&format!("callback_us/{p}")));
        bars.push((name.to_owned(), values.collect()));
    }
    let plot = svg::bar_plot("Time in the callback", "µs", &["p50", "p95", "p99"], &bars);
    let _ = writeln!(
        text,
        "\n![percentiles of callback times]({PLOTS}/callback.svg)"
    );
    save(plots, "callback.svg", &plot)
}

fn window(text: &mut String, figures: &Figures) {
    let (prefix, heading) = ("window/", "Window");
    let names = names_under(figures, prefix);
    if !names.is_empty() {
        let _ = writeln!(
            text,
            "\n## {heading}\n\n| | s | CPU, % of a core | by thread | memory | of it files | software rasterizer's \
             libraries |\n| --- | --- | --- | --- | --- | --- | --- |"
        );
        for name in names {
            let cell = |figure: &str, digits: usize| {
                let value = figures.number(&format!("{prefix}{name}/{figure}"));
                value.map_or("–".to_owned(), |value| format!("{value:.digits$}"))
            };
            let _ = writeln!(
                text,
                "| {name} | {} | {} | {} | {} MiB | {} MiB | {} MiB |",
                cell("seconds", 0),
                cell("cpu percent", 2),
                figures.word(&format!("{prefix}{name}/threads")),
                cell("memory MiB", 1),
                cell("memory of files MiB", 1),
                cell("rasterizer MiB", 1),
            );
        }
    }
    if let (Some(p95), Some(worst), Some(looks)) = (
        figures.number("window/frame p95 ms"),
        figures.number("window/frame p95 worst ms"),
        figures.number("window/frame looks"),
    ) {
        let _ = writeln!(
            text,
            "\nProcessor time of the window's thread for a frame, everything visible: p95 of 300 frames \
             {p95:.1} ms in the median of {looks:.0} windows, {worst:.1} ms at worst."
        );
        if let Some(layout) = figures.number("window/layout p95 ms") {
            let _ = writeln!(
                text,
                "Laying it out takes {layout:.1} ms of it; the rest is cutting shapes into triangles and drawing \
                 them without a graphics card."
            );
        }
    }
}

fn scaling(text: &mut String, figures: &Figures, plots: &Path) -> Result<(), Failure> {
    let mut heading = "\n## Scaling\n";
    for (part, axis, file, title) in SCALING {
        let prefix = format!("{TIMES}callback/{part}/");
        let mut points: Vec<(f64, f64)> = figures
            .under(&prefix)
            .filter_map(|(x, ns)| Some((x.parse().ok()?, ns / 1e3)))
            .collect();
        if points.is_empty() {
            continue;
        }
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        text.push_str(std::mem::take(&mut heading));
        let row = |first: &str, of: &dyn Fn(&(f64, f64)) -> String| {
            let cells: Vec<String> = points.iter().map(of).collect();
            format!("| {first} | {} |\n", cells.join(" | "))
        };
        let _ = writeln!(text, "\n![{title}]({PLOTS}/{file})\n");
        text.push_str(&row(axis, &|(x, _)| x.to_string()));
        text.push_str(&row("---", &|_| "---".to_owned()));
        text.push_str(&row("µs", &|(_, us)| format!("{us:.2}")));
        save(plots, file, &svg::line_plot(title, axis, "µs", &points))?;
    }
    Ok(())
}

fn benchmarks(text: &mut String, figures: &Figures) {
    let mut group = "";
    for (name, ns) in figures.under(TIMES) {
        let (first, rest) = name.split_once('/').unwrap_or((name, ""));
        if group.is_empty() {
            text.push_str("\n## Benchmarks\n\nMedian of a run, half its 95 % confidence interval; the time of one \
                 frame, or sample in the kernels, and how many pass in a second.\n");
        }
        if first != group {
            group = first;
            let _ = writeln!(
                text,
                "\n### {group}\n\n| | median | ± | each | million a second |\n| --- | --- | --- | --- | --- |"
            );
        }
        let doubt = figures.number(&format!("{DOUBTS}{name}"));
        let doubt = doubt.map_or("–".to_owned(), time);
        let elements = figures.number(&format!("{ELEMENTS}{name}"));
        let each = elements.map_or("–".to_owned(), |count| format!("{:.3} ns", ns / count));
        let rate = elements.map_or("–".to_owned(), |count| format!("{:.1}", count / ns * 1e3));
        let _ = writeln!(
            text,
            "| {rest} | {} | {doubt} | {each} | {rate} |",
            time(ns)
        );
    }
}

/// Nanoseconds in a unit that suits them.
fn time(ns: f64) -> String {
    match ns {
        _ if ns < 1e3 => format!("{ns:.1} ns"),
        _ if ns < 1e6 => format!("{:.2} µs", ns / 1e3),
        _ => format!("{:.2} ms", ns / 1e6),
    }
}

fn counted_instructions(text: &mut String) {
    let counts = instructions::baseline();
    if counts.is_empty() {
        return;
    }
    text.push_str(
        "\n## Instructions\n\nThe stored baseline; `cargo xtask perf --instructions` compares with it.\n\n\
         | | instructions |\n| --- | --- |\n",
    );
    for (name, count) in counts {
        let _ = writeln!(text, "| {name} | {count} |");
    }
}

fn not_run(text: &mut String, figures: &Figures) {
    let all = figures.words.iter();
    let left_out: Vec<_> = all
        .filter_map(|(name, why)| Some((name.strip_prefix(NOT_RUN)?, why)))
        .collect();
    if left_out.is_empty() {
        return;
    }
    text.push_str("\n## Not run\n\n");
    for (what, why) in left_out {
        let _ = writeln!(text, "- {what}: {why}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn benchmarks_stand_in_tables_by_group() {
        let mut figures = Figures::default();
        figures.set("bench/callback/by bands/10", 5_120.0);
        figures.set("bench-doubt/callback/by bands/10", 12.0);
        figures.set("bench-elements/callback/by bands/10", 512.0);
        figures.set("bench/pool/malloc", 2_500_000.0);
        let mut text = String::new();
        benchmarks(&mut text, &figures);
        assert!(text.contains("### callback\n"), "{text}");
        assert!(
            text.contains("| by bands/10 | 5.12 µs | 12.0 ns | 10.000 ns | 100.0 |"),
            "{text}"
        );
        assert!(text.contains("| malloc | 2.50 ms | – | – | – |"), "{text}");
    }

    #[test]
    fn sessions_are_named_once() {
        let mut figures = Figures::default();
        figures.set("session/a, b/callback_us/p50", 1.0);
        figures.set("session/a, b/callback_us/p99", 1.0);
        figures.set("session/c/frames", 1.0);
        assert_eq!(names_under(&figures, PREFIX), ["a, b", "c"]);
    }
}
