//! Numbers as people, Equalizer APO and Room EQ Wizard write them.

/// A number at the start of `word` and the unit stuck to it: `-2.7db` is (-2.7, "db"). The decimal
/// mark is a point or a comma; groups of three digits may be parted by the other one. None for what
/// is not a finite number.
pub(super) fn decimal(word: &str) -> Option<(f64, &str)> {
    parse(word, false)
}

/// [`decimal`] for a frequency, where `1.000` and `1,000` are a thousand: Room EQ Wizard writes them
/// so, and Equalizer APO reads them so. Zero or more than three digits cannot stand before a group,
/// so `0.500` and `1234.567` are what they look like.
pub(super) fn frequency(word: &str) -> Option<(f64, &str)> {
    parse(word, true)
}

fn parse(word: &str, is_frequency: bool) -> Option<(f64, &str)> {
    let (digits, unit) = word.split_at(length(word));
    let value = match digits.rfind(['.', ',']) {
        None => digits.to_owned(),
        Some(at) => {
            let (whole, fraction) = (&digits[..at], &digits[at + 1..]);
            let is_repeated = whole.contains(&digits[at..=at]);
            let is_thousand = is_frequency && !whole.contains(['.', ',']) && {
                let whole = whole.trim_start_matches(['+', '-']);
                is_group(fraction) && (1..=3).contains(&whole.len()) && !whole.starts_with('0')
            };
            match is_repeated || is_thousand {
                true => without_groups(digits)?,
                false => format!("{}.{fraction}", without_groups(whole)?),
            }
        }
    };
    let value: f64 = value.parse().ok()?;
    value.is_finite().then_some((value, unit))
}

/// How many bytes of `word` belong to a number. An `e` does only in front of an exponent.
fn length(word: &str) -> usize {
    let bytes = word.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let is_sign = |at: usize| matches!(bytes.get(at), Some(b'+' | b'-'));
    let mut at = usize::from(is_sign(0));
    while is_digit(at) || matches!(bytes.get(at), Some(b'.' | b',')) {
        at += 1;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let mut end = at + 1 + usize::from(is_sign(at + 1));
        if is_digit(end) {
            while is_digit(end) {
                end += 1;
            }
            at = end;
        }
    }
    at
}

fn is_group(digits: &str) -> bool {
    digits.len() == 3 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn without_groups(digits: &str) -> Option<String> {
    let mut groups = digits.split(['.', ',']).skip(1);
    groups.all(is_group).then(|| digits.replace(['.', ','], ""))
}

/// The shortest digits that read back as `value`, with at least `decimals` behind the point.
pub(super) fn write(value: f64, decimals: usize) -> String {
    // Adding zero turns -0 into 0.
    pad(format!("{}", value + 0.0), decimals)
}

/// [`write`] for a single-precision value.
pub(super) fn write_f32(value: f32, decimals: usize) -> String {
    pad(format!("{}", value + 0.0), decimals)
}

/// [`write`] for a frequency: never with three decimals, which read as a thousand.
pub(super) fn write_frequency(hz: f64) -> String {
    let text = write(hz, 0);
    match text.find('.') {
        Some(at) if text.len() - at == 4 => text + "0",
        _ => text,
    }
}

fn pad(mut text: String, decimals: usize) -> String {
    let have = text.find('.').map_or(0, |at| text.len() - at - 1);
    if have < decimals {
        if have == 0 {
            text.push('.');
        }
        text.push_str(&"0".repeat(decimals - have));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (word, want, unit) in [
            ("63,5", 63.5, ""),
            ("-4.2", -4.2, ""),
            ("+3", 3.0, ""),
            (".5", 0.5, ""),
            ("105hz", 105.0, "hz"),
            ("-2,7db", -2.7, "db"),
            ("10.000", 10.0, ""),
            ("1,414", 1.414, ""),
            ("1.000,5", 1000.5, ""),
            ("1,000,000.25", 1_000_000.25, ""),
            ("2.000.000", 2_000_000.0, ""),
            ("1e3", 1000.0, ""),
            ("1.5e-2hz", 0.015, "hz"),
            ("3e", 3.0, "e"),
        ] {
            assert_eq!(decimal(word), Some((want, unit)), "{word}");
        }
        for word in [
            "", "x", "nan", "inf", "1e999", "-", ".", "1.2.3", "--3", "-inf",
        ] {
            assert_eq!(decimal(word), None, "{word}");
        }
    }

    #[test]
    fn a_group_of_three_makes_a_frequency_a_thousand() {
        for (word, want) in [
            ("1.000", 1000.0),
            ("1,000", 1000.0),
            ("12.500hz", 12500.0),
            ("63.50", 63.5),
            ("63,5", 63.5),
            ("1.234,5", 1234.5),
            ("1,234.567", 1234.567),
            ("1234.567", 1234.567),
            ("0.500", 0.5),
            ("62.1250", 62.125),
        ] {
            assert_eq!(frequency(word).map(|(hz, _)| hz), Some(want), "{word}");
        }
    }

    #[test]
    fn what_is_written_is_short_and_reads_back() {
        assert_eq!(write(0.7, 2), "0.70");
        assert_eq!(write(-0.0, 1), "0.0");
        assert_eq!(write(std::f64::consts::SQRT_2, 2), "1.4142135623730951");
        assert_eq!(write_f32(-6.3, 1), "-6.3");
        assert_eq!(write_frequency(31.25), "31.25");
        assert_eq!(write_frequency(62.125), "62.1250");
        assert_eq!(write_frequency(16_000.0), "16000");
    }
}
