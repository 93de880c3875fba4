//! What is printed at the end: a line a step, the tests counted, and what was not run.

use std::fmt::{self, Display};

/// Tests, as libtest counts them.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(super) struct Counts {
    /// That passed.
    pub(super) passed: u64,
    /// That failed.
    pub(super) failed: u64,
    /// That were marked to be ignored.
    pub(super) ignored: u64,
}

impl Counts {
    /// Adds what a line like `test result: ok. 5 passed; 0 failed; 1 ignored; …` says.
    pub(super) fn scan(&mut self, line: &str) {
        let Some((_, results)) = line
            .strip_prefix("test result: ")
            .and_then(|rest| rest.split_once(". "))
        else {
            return;
        };
        for result in results.split(';') {
            let mut words = result.split_whitespace();
            let number = words
                .next()
                .and_then(|word| word.parse::<u64>().ok())
                .unwrap_or(0);
            match words.next() {
                Some("passed") => self.passed += number,
                Some("failed") => self.failed += number,
                Some("ignored") => self.ignored += number,
                _ => {}
            }
        }
    }
}

/// How one step went.
pub(super) struct Outcome {
    /// Its name.
    pub(super) name: &'static str,
    /// Whether it succeeded.
    pub(super) is_ok: bool,
    /// How long it took.
    pub(super) seconds: f64,
    /// The tests it ran, if it runs tests.
    pub(super) tests: Option<Counts>,
}

impl Outcome {
    /// Passed and failed: its tests, or itself as one check.
    fn counts(&self) -> Counts {
        let mut counts = self.tests.unwrap_or_default();
        if self.tests.is_none() && self.is_ok {
            counts.passed += 1;
        }
        // Tests that do not compile, or a crash, fail without any test being counted.
        if !self.is_ok && counts.failed == 0 {
            counts.failed += 1;
        }
        counts
    }
}

/// All steps and notes.
#[derive(Default)]
pub(super) struct Summary {
    /// In the order they ran.
    pub(super) steps: Vec<Outcome>,
    /// What was not run, and why.
    pub(super) not_run: Vec<String>,
}

impl Summary {
    /// Tests and checks together.
    pub(super) fn totals(&self) -> Counts {
        self.steps.iter().fold(Counts::default(), |total, step| {
            let counts = step.counts();
            Counts {
                passed: total.passed + counts.passed,
                failed: total.failed + counts.failed,
                ignored: total.ignored + counts.ignored,
            }
        })
    }
}

impl Display for Summary {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "=== summary ===")?;
        for step in &self.steps {
            let verdict = if step.is_ok { "ok" } else { "FAILED" };
            write!(
                out,
                "{:<14} {verdict:<6} {:>7.1} s",
                step.name, step.seconds
            )?;
            if let Some(Counts {
                passed,
                failed,
                ignored,
            }) = step.tests
            {
                write!(
                    out,
                    "   {passed} passed, {failed} failed, {ignored} ignored"
                )?;
            }
            writeln!(out)?;
        }
        let seconds: f64 = self.steps.iter().map(|step| step.seconds).sum();
        writeln!(out, "{:<14} {:<6} {seconds:>7.1} s", "together", "")?;
        if !self.not_run.is_empty() {
            writeln!(out, "\nNot run here:")?;
            for note in &self.not_run {
                writeln!(out, "  {note}")?;
            }
        }
        let Counts { passed, failed, .. } = self.totals();
        writeln!(out, "\nTests, and each other step as one:")?;
        writeln!(out, "{passed} passed, {failed} failed")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(name: &'static str, is_ok: bool, tests: Option<Counts>) -> Outcome {
        Outcome {
            name,
            is_ok,
            seconds: 1.25,
            tests,
        }
    }

    #[test]
    fn result_lines_are_added_up() {
        let mut counts = Counts::default();
        counts.scan("test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; finished in 0.1s");
        counts
            .scan("test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out");
        counts.scan("test result of mine: 9 passed");
        assert_eq!(
            counts,
            Counts {
                passed: 8,
                failed: 2,
                ignored: 1
            }
        );
    }

    #[test]
    fn the_last_line_is_the_verdict_alone() {
        let summary = Summary {
            steps: vec![
                outcome("format", true, None),
                outcome(
                    "tests",
                    true,
                    Some(Counts {
                        passed: 41,
                        failed: 0,
                        ignored: 2,
                    }),
                ),
            ],
            not_run: vec!["no sound card".to_owned()],
        };
        let text = summary.to_string();
        assert_eq!(text.lines().last(), Some("42 passed, 0 failed"));
        assert!(text.contains("  no sound card\n"));
    }

    #[test]
    fn tests_that_do_not_compile_count_as_a_failure() {
        let summary = Summary {
            steps: vec![outcome("tests", false, Some(Counts::default()))],
            not_run: Vec::new(),
        };
        assert_eq!(summary.totals().failed, 1);
    }
}
