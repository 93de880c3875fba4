//! Tests that compare sound or time with what only a machine of one's own can keep.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

/// Runs `attempt` until it does not panic, at most `attempts` times. A busy machine makes a sound server
/// drop a stretch now and then whoever plays, even `pacat`; what the player does wrong it does wrong each
/// time. What fails each time while the host of a virtual machine took more than `share` of a processor
/// (0..1) away says that `what` did not run, instead of blaming the player.
///
/// # Panics
/// When the last attempt fails and the host took less in one of them.
pub(crate) fn undisturbed(what: &str, attempts: u32, share: f64, mut attempt: impl FnMut()) {
    let mut least_stolen = f64::INFINITY;
    for number in 1..=attempts {
        let (started, stolen_before) = (Instant::now(), stolen_seconds());
        let attempt = catch_unwind(AssertUnwindSafe(&mut attempt));
        if attempt.is_ok() {
            return;
        }
        let stolen = (stolen_seconds() - stolen_before) / started.elapsed().as_secs_f64();
        let percent = 100.0 * stolen;
        println!("attempt {number}: the host took {percent:.1} % of a processor");
        least_stolen = least_stolen.min(stolen);
    }
    assert!(
        least_stolen > share,
        "{what} failed {attempts} times in a row"
    );
    let percent = 100.0 * least_stolen;
    println!(
        "not run: {what} on an undisturbed machine, the host took {percent:.1} % of a processor or more \
         in each of {attempts} attempts"
    );
}

/// Processor time the host of a virtual machine has given to others, all processors together; 0 where
/// unknown.
fn stolen_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/stat").unwrap_or_default();
    let ticks = stat
        .lines()
        .next()
        .and_then(|line| line.split_whitespace().nth(8)?.parse().ok());
    f64::from(ticks.unwrap_or(0_u32)) / 100.0
}
