//! Tests that compare sound or time with what only a machine of one's own can keep.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Processor time in an attempt beyond which a machine cannot answer within milliseconds, in ms.
const MOST_STOLEN_MS: u64 = 100;

/// Runs `attempt` until it does not panic, at most `attempts` times. A busy machine makes a sound server drop a
/// stretch now and then whoever plays, even `pacat`; what the player does wrong it does wrong each time.
/// What fails each time while the host of a virtual machine took the processor away says that `what`
/// did not run, instead of blaming the player.
///
/// # Panics
/// When the last attempt fails on a machine that was not disturbed.
pub(crate) fn undisturbed(what: &str, attempts: u32, mut attempt: impl FnMut()) {
    let mut stolen_each_time = u64::MAX;
    for number in 1..=attempts {
        let stolen_before = stolen_ms();
        let attempt = catch_unwind(AssertUnwindSafe(&mut attempt));
        if attempt.is_ok() {
            return;
        }
        let stolen = stolen_ms().saturating_sub(stolen_before);
        println!("attempt {number}: the host took {stolen} ms of processor time");
        stolen_each_time = stolen_each_time.min(stolen);
    }
    assert!(
        stolen_each_time > MOST_STOLEN_MS,
        "{what} failed {attempts} times in a row"
    );
    println!(
        "not run: {what} on an undisturbed machine, the host kept taking the processor away \
         ({stolen_each_time} ms or more in each of {attempts} attempts)"
    );
}

/// Processor time the host of a virtual machine has given to others, in ms; 0 where unknown.
fn stolen_ms() -> u64 {
    let stat = std::fs::read_to_string("/proc/stat").unwrap_or_default();
    let ticks = stat
        .lines()
        .next()
        .and_then(|line| line.split_whitespace().nth(8)?.parse().ok());
    ticks.unwrap_or(0_u64) * 10
}
