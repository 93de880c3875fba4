//! Times as a listener reads them.

use std::time::Duration;

/// "3:07", or "1:02:03" from an hour on. Cuts off fractions of a second.
pub(crate) fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{rest:02}")
    } else {
        format!("{minutes}:{rest:02}")
    }
}

/// The time still to come, with a minus sign. Adds up with [`clock`] of the position to the total.
pub(crate) fn remaining(position: Duration, total: Duration) -> String {
    let whole = Duration::from_secs(position.as_secs());
    format!("\u{2212}{}", clock(total.saturating_sub(whole)))
}

/// The time from `now` to `target`, signed: "+0:12", "−1:05".
pub(crate) fn difference(target: Duration, now: Duration) -> String {
    if target >= now {
        format!("+{}", clock(target - now))
    } else {
        format!("\u{2212}{}", clock(now - target))
    }
}

/// A long time in words: "1 h 12 min", "48 min", "30 s".
pub(crate) fn rough(time: Duration) -> String {
    let minutes = time.as_secs() / 60;
    match (minutes / 60, minutes % 60) {
        (0, 0) => format!("{} s", time.as_secs()),
        (0, minutes) => format!("{minutes} min"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn clock_grows_an_hour_field_only_when_needed() {
        assert_eq!(clock(s(0)), "0:00");
        assert_eq!(clock(Duration::from_millis(59_999)), "0:59");
        assert_eq!(clock(s(187)), "3:07");
        assert_eq!(clock(s(3_723)), "1:02:03");
    }

    #[test]
    fn elapsed_and_remaining_add_up_to_the_total() {
        let total = s(200);
        assert_eq!(
            remaining(Duration::from_millis(60_900), total),
            "\u{2212}2:20"
        );
        assert_eq!(remaining(s(300), total), "\u{2212}0:00");
    }

    #[test]
    fn differences_are_signed() {
        assert_eq!(difference(s(80), s(68)), "+0:12");
        assert_eq!(difference(s(5), s(70)), "\u{2212}1:05");
    }

    #[test]
    fn rough_times_name_their_units() {
        assert_eq!(rough(s(30)), "30 s");
        assert_eq!(rough(s(48 * 60 + 59)), "48 min");
        assert_eq!(rough(s(72 * 60)), "1 h 12 min");
    }
}
