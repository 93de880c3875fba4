//! What stands behind `Filter 1:`, in the grammar of Equalizer APO with the words of Room EQ Wizard.

use super::limits;
use super::number::{self, decimal, frequency};
use dsp::filter::{FilterKind, FilterSpec, PassSlope};
use std::f64::consts::FRAC_1_SQRT_2;

/// What a type word stands for.
struct Type {
    kind: FilterKind,
    /// `Fc` is the corner of the shelf rather than its centre.
    is_corner: bool,
    /// 6 dB an octave.
    is_first_order: bool,
    /// How many words name it.
    words: usize,
}

/// Reads `on pk fc 125 hz gain -2.7 db q 0.55`: whether it is on, and the filter. None for an empty
/// slot.
///
/// # Errors
/// Why it cannot be used.
pub(super) fn parse(words: &[String]) -> Result<Option<(bool, FilterSpec)>, &'static str> {
    let is_on = match words.first().map(String::as_str) {
        Some("on") => true,
        Some("off") => false,
        _ => return Err("neither ON nor OFF"),
    };
    let words = &words[1..];
    if words.first().is_some_and(|word| word == "none") {
        return Ok(None);
    }
    let Type {
        kind,
        is_corner,
        is_first_order,
        words: type_words,
    } = type_of(words).ok_or("unknown filter type")?;
    let parameters = &words[type_words..];
    let frequency_hz = frequency_hz(words).ok_or("no frequency")?;
    let gain_db = match after(parameters, "gain") {
        Some(gain_db) => gain_db,
        None if kind.has_gain() => return Err("no gain"),
        None => 0.0,
    };
    let q = after(parameters, "q");
    let octaves = after(parameters, "oct").filter(|_| q.is_none());
    let of_width = |default_q: Option<f64>| match octaves {
        Some(octaves) => Some(FilterSpec::with_bandwidth(
            kind,
            frequency_hz,
            gain_db,
            octaves,
        )),
        None => Some(FilterSpec::new(
            kind,
            frequency_hz,
            gain_db,
            q.or(default_q)?,
        )),
    };
    let spec = match kind {
        FilterKind::LowShelf | FilterKind::HighShelf => {
            let slope = slope_db(words).map(|db| db / 12.0);
            shelf(kind, frequency_hz, gain_db, slope, q, is_corner)
        }
        _ if is_first_order => FilterSpec::new(kind, frequency_hz, gain_db, FRAC_1_SQRT_2),
        FilterKind::LowPass | FilterKind::HighPass | FilterKind::BandPass => {
            of_width(Some(FRAC_1_SQRT_2)).ok_or("no Q")?
        }
        FilterKind::Notch => of_width(Some(30.0)).ok_or("no Q")?,
        FilterKind::Peak | FilterKind::AllPass => {
            of_width(None).ok_or("neither Q nor bandwidth")?
        }
    };
    let slope = match is_first_order {
        true => PassSlope::from_db_per_octave(6).unwrap_or_default(),
        false => PassSlope::SECOND_ORDER,
    };
    limits::check(&spec)?;
    Ok(Some((is_on, FilterSpec { slope, ..spec })))
}

/// The type that `words` begin with; a slope may stick to a shelf's (`ls6db`).
fn type_of(words: &[String]) -> Option<Type> {
    let word = words.first()?;
    let letters = word.trim_end_matches(|c: char| !c.is_ascii_alphabetic());
    let letters = match letters.find(|c: char| c.is_ascii_digit()) {
        Some(at) => &letters[..at],
        None => letters,
    };
    let next = words.get(1).map_or("", String::as_str);
    let is_first_order = matches!(word.as_str(), "lp1" | "hp1");
    if word != letters && !is_first_order && !matches!(letters, "ls" | "hs" | "lsc" | "hsc") {
        return None;
    }
    let kind = match letters {
        "pk" | "peq" | "modal" => FilterKind::Peak,
        "lp" | "lpq" => FilterKind::LowPass,
        "hp" | "hpq" => FilterKind::HighPass,
        "bp" => FilterKind::BandPass,
        "ls" | "lsc" => FilterKind::LowShelf,
        "hs" | "hsc" => FilterKind::HighShelf,
        "no" | "notch" => FilterKind::Notch,
        "ap" => FilterKind::AllPass,
        "all" if next == "pass" => FilterKind::AllPass,
        _ => return None,
    };
    // "LP Q" and "All pass" are Room EQ Wizard's.
    let is_name = words.get(2).is_none_or(|word| decimal(word).is_none());
    let has_second_word = matches!(next, "q" | "pass") && is_name;
    Some(Type {
        kind,
        is_corner: matches!(letters, "ls" | "hs"),
        is_first_order,
        words: 1 + usize::from(has_second_word),
    })
}

/// The number after `name`, which may stick to it.
fn after(words: &[String], name: &str) -> Option<f64> {
    words.iter().enumerate().find_map(|(at, word)| {
        let stuck = word.strip_prefix(name)?;
        match stuck {
            "" => decimal(words.get(at + 1)?),
            _ => decimal(stuck),
        }
        .map(|(value, _)| value)
    })
}

/// The frequency after `fc`, in Hz or kHz. `1 000 Hz` is a thousand.
fn frequency_hz(words: &[String]) -> Option<f64> {
    let (at, stuck) = words
        .iter()
        .enumerate()
        .find_map(|(at, word)| Some((at, word.strip_prefix("fc")?)))?;
    let number_at = at + usize::from(stuck.is_empty());
    let mut number = match stuck {
        "" => words.get(number_at)?.clone(),
        _ => stuck.to_owned(),
    };
    let mut unit_at = number_at + 1;
    let is_short = number.len() <= 3 && number.bytes().all(|b| b.is_ascii_digit());
    if let Some(group) = words.get(unit_at).filter(|_| is_short) {
        let digits = group.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 3 {
            number.push_str(group);
            unit_at += 1;
        }
    }
    let (value, unit) = frequency(&number)?;
    let unit = match unit {
        "" => words.get(unit_at).map_or("", String::as_str),
        unit => unit,
    };
    Some(if unit == "khz" { value * 1000.0 } else { value })
}

/// The slope of a shelf, in dB: `ls 6 db`, `ls 6db` or `ls6db`.
fn slope_db(words: &[String]) -> Option<f64> {
    let word = words.first()?;
    let stuck = word.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let (number, unit_at) = match stuck {
        "" => (words.get(1)?.as_str(), 2),
        _ => (stuck, 1),
    };
    let (value, unit) = decimal(number)?;
    let is_db = unit == "db" || unit.is_empty() && words.get(unit_at).is_some_and(|w| w == "db");
    is_db.then_some(value)
}

/// A shelf given by its slope S (Audio EQ Cookbook), its Q, or neither, when Equalizer APO takes
/// S = 0.9 around the centre. The centre lies 10^(|gain| / 80 / S) above the corner of a low shelf and
/// as far below that of a high shelf.
fn shelf(
    kind: FilterKind,
    frequency_hz: f64,
    gain_db: f64,
    slope: Option<f64>,
    q: Option<f64>,
    is_corner: bool,
) -> FilterSpec {
    let a = 10.0_f64.powf(gain_db / 40.0);
    let span = a + 1.0 / a;
    let q_of = |s: f64| 1.0 / (span * (1.0 / s - 1.0) + 2.0).sqrt();
    let (s, q, is_corner) = match (slope, q) {
        (Some(s), _) => (s, q_of(s), is_corner),
        (None, Some(q)) => (1.0 / ((1.0 / (q * q) - 2.0) / span + 1.0), q, is_corner),
        (None, None) => (0.9, q_of(0.9), false),
    };
    let stretch = match is_corner {
        true => 10.0_f64.powf(gain_db.abs() / 80.0 / s),
        false => 1.0,
    };
    let centre_hz = match kind {
        FilterKind::LowShelf => frequency_hz * stretch,
        _ => frequency_hz / stretch,
    };
    FilterSpec::new(kind, centre_hz, gain_db, q)
}

/// Writes one section, `PK Fc 125 Hz Gain -2.7 dB Q 0.55`, so that [`parse`] gives it back.
pub(super) fn write(filter: &FilterSpec) -> String {
    let is_first_order = filter.slope.order() == 1;
    let is_shelf = matches!(filter.kind, FilterKind::LowShelf | FilterKind::HighShelf);
    let octaves = filter.bandwidth_octaves.filter(|_| !is_shelf);
    let is_default_q = filter.q == FRAC_1_SQRT_2 && octaves.is_none();
    let kind = match filter.kind {
        FilterKind::Peak => "PK",
        FilterKind::LowShelf => "LSC",
        FilterKind::HighShelf => "HSC",
        FilterKind::LowPass if is_first_order => "LP1",
        FilterKind::LowPass if is_default_q => "LP",
        FilterKind::LowPass => "LPQ",
        FilterKind::HighPass if is_first_order => "HP1",
        FilterKind::HighPass if is_default_q => "HP",
        FilterKind::HighPass => "HPQ",
        FilterKind::BandPass => "BP",
        FilterKind::Notch => "NO",
        FilterKind::AllPass => "AP",
    };
    let mut line = format!(
        "{kind} Fc {} Hz",
        number::write_frequency(filter.frequency_hz)
    );
    // Kinds without a gain keep the one they were set to; readers pass over it.
    if filter.kind.has_gain() || filter.gain_db != 0.0 {
        line += &format!(" Gain {} dB", number::write(filter.gain_db, 1));
    }
    if !matches!(kind, "LP1" | "HP1" | "LP" | "HP") {
        line += &match octaves {
            Some(octaves) => format!(" BW Oct {}", number::write(octaves, 2)),
            None => format!(" Q {}", number::write(filter.q, 2)),
        };
    }
    line
}
