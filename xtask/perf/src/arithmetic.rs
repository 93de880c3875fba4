//! What the machine does to a thread that only calculates, woken as often as an audio callback and busy for
//! as long: no callback can be steadier than that.

use std::hint::black_box;
use std::thread;
use std::time::{Duration, Instant};

use super::figures::Figures;
use super::machine;
use super::session_names::{ARITHMETIC, PREFIX, TEN_BANDS};
use xtask_common::failure::Failure;
use xtask_common::interrupt;

/// From one wake-up to the next: 512 frames at 48 kHz.
const PERIOD: Duration = Duration::from_nanos(10_666_667);

/// Calculates for as long as the median callback of the session it is compared with.
pub(super) fn run(seconds: u32, figures: &mut Figures) -> Result<(), Failure> {
    let Some(median_us) = figures.number(&format!("{PREFIX}{TEN_BANDS}/callback_us/p50")) else {
        return Ok(());
    };
    println!("Session: {ARITHMETIC}, {seconds} s");
    let stolen_before = machine::stolen_seconds();
    let thread = thread::Builder::new()
        .name("arithmetic".into())
        .spawn(move || measure(median_us, seconds))
        .map_err(|error| Failure::start("a thread", &error))?;
    let measured = thread.join();
    let (is_real_time, mut times_us) =
        measured.map_err(|_| Failure::new("the thread that calculates has panicked"))?;
    if times_us.is_empty() {
        return Err(Failure::new("interrupted"));
    }
    times_us.sort_by(f64::total_cmp);
    // Nearest rank, as the player has it.
    let at = |percent: usize| times_us[(times_us.len() * percent).div_ceil(100) - 1];
    let prefix = format!("{PREFIX}{ARITHMETIC}");
    for (name, percent) in [("p50", 50), ("p95", 95), ("p99", 99), ("max", 100)] {
        figures.set(format!("{prefix}/callback_us/{name}"), at(percent));
    }
    figures.set(format!("{prefix}/seconds"), f64::from(seconds));
    figures.set(format!("{prefix}/deadline_us"), PERIOD.as_secs_f64() * 1e6);
    if let (Some(before), Some(now)) = (stolen_before, machine::stolen_seconds()) {
        figures.set(format!("{prefix}/stolen seconds"), now - before);
    }
    let priority = if is_real_time { "real-time" } else { "normal" };
    figures.say(format!("{prefix}/priority"), priority);
    Ok(())
}

/// Whether the thread was granted real-time priority, and the time of each turn, in microseconds.
fn measure(median_us: f64, seconds: u32) -> (bool, Vec<f64>) {
    let is_real_time = ask_for_real_time();
    let steps = steps_that_take(median_us);
    let began = Instant::now();
    let end = began + Duration::from_secs(u64::from(seconds));
    let mut next = began + PERIOD;
    let mut times_us = Vec::with_capacity(128 * seconds as usize);
    while next < end && !interrupt::requested() {
        thread::sleep(next.saturating_duration_since(Instant::now()));
        let woken = Instant::now();
        calculate(steps);
        times_us.push(woken.elapsed().as_secs_f64() * 1e6);
        next += PERIOD;
    }
    (is_real_time, times_us)
}

/// How many steps take `us` microseconds when nothing comes between: the fastest of many tries.
fn steps_that_take(us: f64) -> u32 {
    const STEPS: u32 = 10_000;
    let tries = (0..200).map(|_| {
        let began = Instant::now();
        calculate(STEPS);
        began.elapsed().as_secs_f64() * 1e6
    });
    let fastest_us = tries.fold(f64::INFINITY, f64::min);
    (us / fastest_us * f64::from(STEPS)) as u32
}

/// A chain of multiplications in registers: no memory but these few instructions.
fn calculate(steps: u32) {
    let mut value = black_box(1.0_f64);
    for _ in 0..steps {
        value = value * 1.000_000_1 + 1e-9;
    }
    black_box(value);
}

/// Asks for what the callback's thread is granted on the same machine.
#[cfg(target_os = "linux")]
fn ask_for_real_time() -> bool {
    let wanted = libc::sched_param { sched_priority: 10 };
    // SAFETY: it reads the structure and changes how the calling thread is scheduled, nothing else.
    unsafe { libc::sched_setscheduler(0, libc::SCHED_FIFO, &raw const wanted) == 0 }
}

#[cfg(not(target_os = "linux"))]
fn ask_for_real_time() -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_takes_about_as_long_as_it_is_to_and_says_so() {
        let mut figures = Figures::default();
        run(1, &mut figures).unwrap();
        let median = format!("{PREFIX}{ARITHMETIC}/callback_us/p50");
        assert_eq!(
            figures.number(&median),
            None,
            "there is nothing to compare with"
        );
        figures.set(format!("{PREFIX}{TEN_BANDS}/callback_us/p50"), 40.0);
        run(1, &mut figures).unwrap();
        let found = figures.number(&median).unwrap();
        // At least the fastest; a busy machine makes it more.
        assert!(found > 30.0, "{found} us");
        let p99 = figures.number(&format!("{PREFIX}{ARITHMETIC}/callback_us/p99"));
        assert!(p99.unwrap() >= found);
    }
}
