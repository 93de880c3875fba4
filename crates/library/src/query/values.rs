//! Numbers and times as they are written behind a field.

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// Beyond any year and any count; no sum of such overflows.
const MAX_NUMBER: f64 = 1e12;

/// What a number is compared with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum CompareTo {
    /// It is there, or is not.
    Known(bool),
    /// It lies in this span.
    Within(Span),
}

/// Numbers from one to another, each end with or without the number itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Span {
    /// The lower end, and whether it belongs to the span.
    pub from: Option<(f64, bool)>,
    /// The upper end, and whether it belongs to the span.
    pub to: Option<(f64, bool)>,
}

/// What is asked of a time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TimeFact {
    /// It never was.
    Never,
    /// It was at some time.
    Ever,
    /// This many seconds ago.
    Ago(Span),
}

/// How a number is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// As it is.
    Plain,
    /// In stars, of which half ones count.
    Stars,
    /// In hertz or kilohertz: "48000", "48k", "44.1k".
    Hertz,
    /// A length: "5:30", "90s", "5m".
    Length,
}

impl Span {
    fn only(number: f64) -> Self {
        Self {
            from: Some((number, true)),
            to: Some((number, true)),
        }
    }

    /// Whether `number` lies in it.
    pub fn contains(&self, number: f64) -> bool {
        let above = |(end, is_in): (f64, bool)| number > end || is_in && number == end;
        let below = |(end, is_in): (f64, bool)| number < end || is_in && number == end;
        self.from.is_none_or(above) && self.to.is_none_or(below)
    }
}

/// `>=1990`, `<2000`, `=5`, `1990`, `1990-1999`, `1990..1999`, `none`, `any`.
pub(super) fn number(text: &str, unit: Unit) -> Option<CompareTo> {
    match text {
        "none" => return Some(CompareTo::Known(false)),
        "any" => return Some(CompareTo::Known(true)),
        _ => {}
    }
    span(text, |text| one_number(text, unit)).map(CompareTo::Within)
}

/// `never`, `ever`, `<30d`, `>1y`, `1d..7d`, `30d`, which is `<30d`.
pub(super) fn time(text: &str) -> Option<TimeFact> {
    match text {
        "never" | "none" => return Some(TimeFact::Never),
        "ever" | "any" => return Some(TimeFact::Ever),
        "today" => {
            return Some(TimeFact::Ago(Span {
                from: None,
                to: Some((DAY as f64, false)),
            }));
        }
        _ => {}
    }
    let has_sign = text.starts_with(['<', '>', '=']) || text.contains(['-', '.']);
    let found = span(text, age)?;
    Some(TimeFact::Ago(match has_sign {
        true => found,
        // Something from thirty days ago is from within thirty days.
        false => Span {
            from: None,
            to: found.to,
        },
    }))
}

fn span(text: &str, one: impl Fn(&str) -> Option<f64>) -> Option<Span> {
    let sign_end = text
        .find(|c| !matches!(c, '<' | '>' | '='))
        .unwrap_or(text.len());
    let (sign, rest) = text.split_at(sign_end);
    let below = |is_in| {
        Some(Span {
            from: None,
            to: Some((one(rest)?, is_in)),
        })
    };
    let above = |is_in| {
        Some(Span {
            from: Some((one(rest)?, is_in)),
            to: None,
        })
    };
    match sign {
        "<" => return below(false),
        "<=" | "=<" => return below(true),
        ">" => return above(false),
        ">=" | "=>" => return above(true),
        "=" | "==" => return one(rest).map(Span::only),
        "" => {}
        _ => return None,
    }
    let ends = rest.split_once("..").or_else(|| rest.split_once('-'));
    match ends {
        None => one(rest).map(Span::only),
        Some((from, to)) => {
            let end = |text: &str| match text {
                "" => Some(None),
                text => one(text).map(|number| Some((number, true))),
            };
            let (from, to) = (end(from)?, end(to)?);
            (from.is_some() || to.is_some()).then_some(Span { from, to })
        }
    }
}

fn one_number(text: &str, unit: Unit) -> Option<f64> {
    match unit {
        Unit::Plain => plain(text),
        Unit::Stars => plain(text).map(|stars| stars * 2.0),
        Unit::Hertz => match text.strip_suffix("khz").or(text.strip_suffix('k')) {
            Some(thousands) => plain(thousands).map(|number| (number * 1e3).round()),
            None => plain(text.strip_suffix("hz").unwrap_or(text)),
        },
        Unit::Length => match text.split_once(':') {
            Some((minutes, seconds)) => Some(plain(minutes)? * 60.0 + plain(seconds)?),
            None => scaled(text, &[("h", HOUR), ("m", MINUTE), ("s", 1)]).or_else(|| plain(text)),
        },
    }
}

/// A time ago, in seconds.
fn age(text: &str) -> Option<f64> {
    scaled(
        text,
        &[
            ("y", 365 * DAY),
            ("w", 7 * DAY),
            ("d", DAY),
            ("h", HOUR),
            ("m", 30 * DAY),
        ],
    )
}

fn scaled(text: &str, units: &[(&str, i64)]) -> Option<f64> {
    let mut units = units.iter();
    units.find_map(|(unit, seconds)| Some(plain(text.strip_suffix(unit)?)? * *seconds as f64))
}

fn plain(text: &str) -> Option<f64> {
    let is_plain = |c: char| c.is_ascii_digit() || c == '.';
    if !text.chars().all(is_plain) {
        return None;
    }
    text.parse()
        .ok()
        .filter(|number: &f64| *number <= MAX_NUMBER)
}
