//! A clock for the audio callback that costs as little as the machine allows.

use std::time::Instant;

/// Nanoseconds since some moment of its own.
///
/// On x86-64 under Linux it reads the processor's time-stamp counter where that runs evenly on all
/// cores, which the kernel found out when it chose it as its own clock: in half the time of
/// [`Instant::now`]. Everywhere else it is [`Instant`]. The counter may start anew while the machine
/// sleeps: a time that seems to run backwards is to be taken for none.
pub(super) struct TickClock {
    epoch: Instant,
    #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
    counter: Option<counter::Scale>,
}

impl TickClock {
    /// A clock that begins now. The first of a process compares two clocks, which takes 1 ms.
    pub(super) fn new() -> Self {
        Self {
            epoch: Instant::now(),
            #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
            counter: counter::scale(),
        }
    }

    /// The time. Wait-free; no system call.
    pub(super) fn now_ns(&self) -> u64 {
        #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
        if let Some(scale) = self.counter {
            return scale.now_ns();
        }
        self.epoch.elapsed().as_nanos() as u64
    }
}

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod counter {
    use std::sync::OnceLock;
    use std::time::{Duration, Instant};

    /// Nanoseconds a tick, times 2^32.
    #[derive(Clone, Copy)]
    pub(super) struct Scale(u64);

    impl Scale {
        pub(super) fn now_ns(self) -> u64 {
            ((u128::from(ticks()) * u128::from(self.0)) >> 32) as u64
        }
    }

    /// The scale of this machine's counter; `None` where it is not to be relied upon.
    pub(super) fn scale() -> Option<Scale> {
        static SCALE: OnceLock<Option<Scale>> = OnceLock::new();
        *SCALE.get_or_init(|| {
            let kernels_choice = "/sys/devices/system/clocksource/clocksource0/current_clocksource";
            let choice = std::fs::read_to_string(kernels_choice).ok()?;
            (choice.trim() == "tsc").then(compare)
        })
    }

    /// Compares the counter with the system's clock, to one part in ten thousand or better.
    fn compare() -> Scale {
        let (first_ticks, first) = both();
        std::thread::sleep(Duration::from_millis(1));
        let (last_ticks, last) = both();
        let ticks = last_ticks.saturating_sub(first_ticks).max(1) as f64;
        let ns = last.saturating_duration_since(first).as_nanos() as f64;
        Scale((ns / ticks * 2_f64.powi(32)) as u64)
    }

    /// Both clocks at one moment: the closest of some tries, as any may be interrupted.
    fn both() -> (u64, Instant) {
        let mut closest = (u64::MAX, 0, Instant::now());
        for _ in 0..16 {
            let before = ticks();
            let now = Instant::now();
            let width = ticks().saturating_sub(before);
            if width < closest.0 {
                closest = (width, before + width / 2, now);
            }
        }
        (closest.1, closest.2)
    }

    fn ticks() -> u64 {
        // SAFETY: every x86-64 processor has the instruction, and Linux lets programs use it.
        unsafe { std::arch::x86_64::_rdtsc() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn it_runs_as_fast_as_the_systems_clock() {
        let clock = TickClock::new();
        let close = |clock: &TickClock| {
            (0..64)
                .map(|_| {
                    let before = Instant::now();
                    let ns = clock.now_ns();
                    (before.elapsed(), before, ns)
                })
                .min_by_key(|(width, ..)| *width)
                .unwrap()
        };
        let (_, first, first_ns) = close(&clock);
        std::thread::sleep(Duration::from_millis(50));
        let (_, last, last_ns) = close(&clock);
        let ratio = (last_ns - first_ns) as f64 / (last - first).as_nanos() as f64;
        assert!((ratio - 1.0).abs() < 2e-3, "{ratio}");
    }

    #[test]
    fn it_never_runs_back() {
        let clock = TickClock::new();
        let times: Vec<u64> = (0..10_000).map(|_| clock.now_ns()).collect();
        assert!(times.is_sorted());
    }
}
