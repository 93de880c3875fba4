//! What is aimed at, and whether it was reached: nothing here is judged by hand.

use super::figures::Figures;
use super::session_names::ARITHMETIC;
use super::session_names::{PREFIX, TEN_BANDS};
use super::sessions::{BUSY, LONG, MANY_BANDS};

/// One target.
struct Target {
    what: &'static str,
    /// The figure it is measured by.
    figure: String,
    unit: &'static str,
    limit: f64,
    /// Whether the limit itself is still within.
    may_equal: bool,
    /// What stands in the way, by other figures of the same run.
    why: fn(&Figures, &str) -> String,
}

/// A line of the table of targets.
#[derive(Debug, PartialEq)]
pub(super) struct Verdict {
    /// What was aimed at.
    pub(super) what: &'static str,
    /// The limit with its unit.
    pub(super) target: String,
    /// The measured value with its unit.
    pub(super) measured: String,
    /// "met", "missed by …" or why it is not known.
    pub(super) verdict: String,
}

/// All of them. The names of windows' figures are not imported: they exist on Linux only.
fn targets() -> Vec<Target> {
    let below = |what, figure: &str, unit, limit, why| Target {
        what,
        figure: figure.to_owned(),
        unit,
        limit,
        may_equal: false,
        why,
    };
    let none = |what, name: &str| Target {
        what,
        figure: format!("{PREFIX}{BUSY}/{name}"),
        unit: "",
        limit: 0.0,
        may_equal: true,
        why: of_session,
    };
    let session = |name: &str, figure: &str| format!("{PREFIX}{name}/{figure}");
    vec![
        below(
            "callback p99, 512 frames, 10 bands and limiter",
            &session(TEN_BANDS, "callback_us/p99"),
            "µs",
            30.0,
            of_session,
        ),
        below(
            "callback p99, 512 frames, 31 bands and limiter",
            &session(MANY_BANDS, "callback_us/p99"),
            "µs",
            60.0,
            of_session,
        ),
        below(
            "spectrum, 2048 frames to bands",
            "bench/spectrum, frames to bands/2048",
            "ns",
            15_000.0,
            of_benchmarks,
        ),
        below(
            "monitor, start and end of a callback",
            "bench/PerformanceMonitor/start and end of a callback",
            "ns",
            60.0,
            of_benchmarks,
        ),
        none("decoder too late, 256 frames, all cores busy", "starved"),
        none("callback too slow, 256 frames, all cores busy", "overloads"),
        below(
            "CPU time of a frame of the window, p95, everything visible",
            "window/frame p95 ms",
            "ms",
            4.0,
            of_frames,
        ),
        below(
            "memory without a window",
            &session(TEN_BANDS, "rss_mib"),
            "MiB",
            30.0,
            nothing_known,
        ),
        below(
            "memory with the window, the software rasterizer's libraries left out",
            "window/playing, everything visible/memory MiB",
            "MiB",
            80.0,
            of_memory,
        ),
        below(
            "CPU, playing without a window, 10 bands",
            &session(TEN_BANDS, "cpu_percent"),
            "% of a core",
            1.0,
            of_session,
        ),
        below(
            "CPU, window, paused",
            "window/paused/cpu percent",
            "% of a core",
            0.2,
            of_threads,
        ),
        below(
            "CPU, window, minimised while it plays",
            "window/playing, minimised/cpu percent",
            "% of a core",
            0.2,
            of_threads,
        ),
    ]
}

/// Every target beside what was measured.
pub(super) fn judge(figures: &Figures) -> Vec<Verdict> {
    targets()
        .iter()
        .map(|target| {
            let sign = if target.may_equal { "" } else { "< " };
            let unit = |value: f64, digits: usize| {
                format!("{value:.digits$} {}", target.unit)
                    .trim_end()
                    .to_owned()
            };
            let digits = if target.may_equal || target.limit >= 1_000.0 {
                0
            } else if target.limit < 1.0 {
                2
            } else {
                1
            };
            let measured = figures.number(&target.figure);
            Verdict {
                what: target.what,
                target: format!("{sign}{}", unit(target.limit, usize::from(digits == 2))),
                measured: measured.map_or("–".to_owned(), |value| unit(value, digits)),
                verdict: match measured {
                    None => "not measured".to_owned(),
                    Some(value) if value < target.limit => "met".to_owned(),
                    Some(value) if target.may_equal && value == target.limit => "met".to_owned(),
                    Some(value) => {
                        let why = (target.why)(figures, &target.figure);
                        format!("missed by {}{why}", unit(value - target.limit, digits))
                    }
                },
            }
        })
        .collect()
}

fn nothing_known(_figures: &Figures, _figure: &str) -> String {
    String::new()
}

/// What a session met with: the machine's load, its priority, and the same work measured alone.
fn of_session(figures: &Figures, figure: &str) -> String {
    let session = figure
        .strip_prefix(PREFIX)
        .and_then(|rest| rest.split_once('/'))
        .map_or("", |(name, _)| name);
    let prefix = format!("{PREFIX}{session}/");
    let number = |name: &str| figures.number(&format!("{prefix}{name}"));
    let mut reasons = Vec::new();
    if let (Some(load), Some(cores)) = (number("load before"), figures.number("machine/cores"))
        && load >= cores / 2.0
    {
        reasons.push(format!(
            "other programs kept {load:.1} of {cores:.0} cores busy or waiting"
        ));
    }
    if let Some(stolen) = number("stolen seconds").filter(|&seconds| seconds >= 0.1) {
        reasons.push(format!("the host took {stolen:.1} s of processor time"));
    }
    let priority = figures.word(&format!("{prefix}priority"));
    if !priority.is_empty() {
        reasons.push(format!("callback thread: {priority}"));
    }
    let bands = if session == MANY_BANDS { 31 } else { 10 };
    if let (Some(median), Some(alone)) = (
        number("callback_us/p50"),
        figures.number(&format!("bench/callback/by bands/{bands}")),
    ) {
        let alone = alone / 1e3;
        reasons.push(format!(
            "its median here {median:.1} µs, one callback after the other {alone:.1} µs"
        ));
    }
    let arithmetic =
        |name: &str| figures.number(&format!("{PREFIX}{ARITHMETIC}/callback_us/{name}"));
    if figure.ends_with("/p99")
        && let (Some(p50), Some(p99)) = (arithmetic("p50"), arithmetic("p99"))
    {
        reasons.push(format!(
            "p99 of a thread that only calculates on this machine, woken as often for {p50:.1} µs: {p99:.1} µs"
        ));
    }
    if figure.ends_with("/cpu_percent")
        && let Some(long) = figures.number(&format!("{PREFIX}{LONG}/cpu_percent"))
    {
        reasons.push(format!(
            "with a quarter of the wake-ups, 2048 frames each, {long:.1} %"
        ));
    }
    listed(&reasons)
}

fn of_benchmarks(figures: &Figures, _figure: &str) -> String {
    let load = figures.number("measured/load before benchmarks");
    let reason = load.map(|load| format!("the machine's load was {load:.1} before"));
    listed(&reason.into_iter().collect::<Vec<_>>())
}

fn of_frames(figures: &Figures, _figure: &str) -> String {
    let layout = figures.number("window/layout p95 ms").map(|ms| {
        format!("laying it out takes {ms:.1} ms; the rest is drawing without a graphics card")
    });
    let threads = figures.word("window/playing, everything visible/threads");
    let threads = (!threads.is_empty()).then(|| format!("threads while it is seen: {threads}"));
    listed(&layout.into_iter().chain(threads).collect::<Vec<_>>())
}

fn of_threads(figures: &Figures, figure: &str) -> String {
    let doing = figure.trim_end_matches("cpu percent");
    let threads = figures.word(&format!("{doing}threads"));
    let reason = (!threads.is_empty()).then(|| format!("by thread: {threads}"));
    listed(&reason.into_iter().collect::<Vec<_>>())
}

fn of_memory(figures: &Figures, figure: &str) -> String {
    let doing = figure.trim_end_matches("memory MiB");
    let files = figures.number(&format!("{doing}memory of files MiB"));
    let reason = files.zip(figures.number(figure)).map(|(files, all)| {
        let own = all - files;
        format!("{files:.1} MiB of it are the program's and libraries' files, {own:.1} MiB are not")
    });
    listed(&reason.into_iter().collect::<Vec<_>>())
}

fn listed(reasons: &[String]) -> String {
    if reasons.is_empty() {
        return String::new();
    }
    format!(" ({})", reasons.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict_on(figures: &Figures, what: &str) -> Verdict {
        let found = judge(figures)
            .into_iter()
            .find(|v| v.what.starts_with(what));
        found.expect("a target")
    }

    #[test]
    fn a_limit_is_met_below_it_and_missed_from_it_on() {
        let mut figures = Figures::default();
        let p99 = format!("{PREFIX}{TEN_BANDS}/callback_us/p99");
        for (value, verdict) in [
            (29.9, "met"),
            (30.0, "missed by 0.0 µs"),
            (42.4, "missed by 12.4 µs"),
        ] {
            figures.set(p99.clone(), value);
            let found = verdict_on(&figures, "callback p99, 512 frames, 10");
            assert_eq!(
                (found.verdict.as_str(), found.target.as_str()),
                (verdict, "< 30 µs")
            );
        }
        let missing = verdict_on(&figures, "callback p99, 512 frames, 31");
        assert_eq!(
            (missing.verdict.as_str(), missing.measured.as_str()),
            ("not measured", "–")
        );
    }

    #[test]
    fn no_underrun_means_none() {
        let mut figures = Figures::default();
        let starved = format!("{PREFIX}{BUSY}/starved");
        figures.set(starved.clone(), 0.0);
        assert_eq!(verdict_on(&figures, "decoder too late").verdict, "met");
        figures.set(starved, 3.0);
        figures.set(format!("{PREFIX}{BUSY}/load before"), 9.7);
        figures.set("machine/cores", 2.0);
        assert_eq!(
            verdict_on(&figures, "decoder too late").verdict,
            "missed by 3 (other programs kept 9.7 of 2 cores busy or waiting)"
        );
    }
}
