//! What has changed since the run before.

use std::fmt::Write;

use super::benches::{DOUBTS, TIMES};
use super::figures::Figures;
use super::session_names::PREFIX;

/// Smaller changes are not listed: on a machine that does other things too they mean nothing.
const NOTABLE: f64 = 0.10;

/// The section of the report, with the largest changes first.
pub(super) fn section(before: &Figures, now: &Figures) -> String {
    let date = match before.word("machine/date") {
        "" => "an earlier run".to_owned(),
        date => format!(
            "the run of {date}, commit {}",
            before.word("machine/commit")
        ),
    };
    let mut text = format!("\n## Changes since {date}\n\n");
    let compared: Vec<Change> = now
        .numbers
        .iter()
        .filter_map(|(name, &now_is)| Change::of(name, before, now, now_is))
        .collect();
    let mut notable: Vec<&Change> = compared.iter().filter(|change| change.is_notable).collect();
    notable.sort_by(|a, b| b.ratio.ln().abs().total_cmp(&a.ratio.ln().abs()));
    let _ = writeln!(
        text,
        "{} figures compared; {} differ by more than {:.0} % and by more than both their doubts.\n",
        compared.len(),
        notable.len(),
        NOTABLE * 100.0
    );
    if !notable.is_empty() {
        text.push_str("| what | before | now | change |\n| --- | --- | --- | --- |\n");
    }
    for change in notable {
        let _ = writeln!(
            text,
            "| {} | {:.2} | {:.2} | {:+.0} % |",
            change.name,
            change.before,
            change.now,
            (change.ratio - 1.0) * 100.0
        );
    }
    text
}

struct Change<'a> {
    name: &'a str,
    before: f64,
    now: f64,
    ratio: f64,
    is_notable: bool,
}

impl<'a> Change<'a> {
    /// `None` for what is not a result, or was not measured before, or cannot be compared.
    fn of(name: &'a str, before: &Figures, now: &Figures, now_is: f64) -> Option<Self> {
        let is_result = [TIMES, PREFIX, "window/", "player/"]
            .iter()
            .any(|prefix| name.starts_with(prefix));
        let was = before.number(name)?;
        if !is_result
            || ["load before", "stolen seconds"]
                .iter()
                .any(|end| name.ends_with(end))
            || was <= 0.0
            || now_is <= 0.0
        {
            return None;
        }
        let doubt = |figures: &Figures| {
            let benchmark = name.strip_prefix(TIMES)?;
            figures.number(&format!("{DOUBTS}{benchmark}"))
        };
        let doubts = doubt(before).unwrap_or(0.0) + doubt(now).unwrap_or(0.0);
        let ratio = now_is / was;
        Some(Self {
            name,
            before: was,
            now: now_is,
            ratio,
            is_notable: (ratio - 1.0).abs() > NOTABLE && (now_is - was).abs() > doubts,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_exceeds_its_doubt_is_listed() {
        let (mut before, mut now) = (Figures::default(), Figures::default());
        for (name, was, is, doubt) in [
            ("slower", 100.0, 150.0, 5.0),
            ("doubtful", 100.0, 150.0, 40.0),
            ("the same", 100.0, 105.0, 1.0),
        ] {
            before.set(format!("bench/{name}"), was);
            now.set(format!("bench/{name}"), is);
            before.set(format!("bench-doubt/{name}"), doubt);
            now.set(format!("bench-doubt/{name}"), doubt);
        }
        now.set("bench/new", 1.0);
        let text = section(&before, &now);
        assert!(text.contains("3 figures compared; 1 differ"), "{text}");
        assert!(
            text.contains("| bench/slower | 100.00 | 150.00 | +50 % |"),
            "{text}"
        );
        assert!(!text.contains("doubtful"), "{text}");
    }
}
