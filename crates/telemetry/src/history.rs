//! What happened over the last hour, second by second.

pub use super::entry::MetricsEntry;
use super::metric::Metric;
use std::io::{self, Write};

/// Entries kept: an hour of seconds.
pub const HISTORY_SECONDS: usize = 3_600;

impl MetricsEntry {
    const COLUMNS: [&'static str; 13] = [
        "seconds",
        "callback_p50_us",
        "callback_p99_us",
        "load_p99_percent",
        "ring_fill_min",
        "starved",
        "overloads",
        "xruns",
        "cpu_percent",
        "rss_mib",
        "decode_speed",
        "cache_hits",
        "cache_misses",
    ];

    fn write_csv(&self, to: &mut impl Write) -> io::Result<()> {
        let Self {
            seconds,
            callback_p50_us,
            callback_p99_us,
            load_p99_percent,
            ring_fill_min,
            starved,
            overloads,
            xruns,
            cpu_percent,
            rss_mib,
            decode_speed,
            cache_hits,
            cache_misses,
        } = self;
        writeln!(
            to,
            "{seconds},{callback_p50_us},{callback_p99_us},{load_p99_percent},{ring_fill_min},\
             {starved},{overloads},{xruns},{cpu_percent},{rss_mib},{decode_speed},\
             {cache_hits},{cache_misses}"
        )
    }
}

/// The last hour, one entry a second, in a ring of fixed size: after the first allocation none.
pub struct MetricsHistory {
    entries: Box<[MetricsEntry]>,
    pushed: usize,
}

impl Default for MetricsHistory {
    fn default() -> Self {
        Self::new()
    }
}

impl MetricsHistory {
    /// An empty history of [`HISTORY_SECONDS`]. Allocates all it will ever need, about 400 KiB.
    pub fn new() -> Self {
        Self {
            entries: vec![MetricsEntry::default(); HISTORY_SECONDS].into(),
            pushed: 0,
        }
    }

    /// Adds the newest entry; the oldest goes once an hour is full.
    pub fn push(&mut self, entry: MetricsEntry) {
        self.entries[self.pushed % HISTORY_SECONDS] = entry;
        self.pushed += 1;
    }

    /// Entries held.
    pub fn len(&self) -> usize {
        self.pushed.min(HISTORY_SECONDS)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.pushed == 0
    }

    /// The entries, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &MetricsEntry> + ExactSizeIterator {
        let first = self.pushed - self.len();
        (0..self.len()).map(move |n| &self.entries[(first + n) % HISTORY_SECONDS])
    }

    /// The last `seconds` of `metric` as a line of at most `columns` points, oldest first: each is the worst of
    /// as many seconds as it stands for. A second stays in its point until it leaves the line. Allocates.
    pub fn line(&self, metric: Metric, seconds: usize, columns: usize) -> Vec<f64> {
        let per_column = seconds.div_ceil(columns.max(1)).max(1);
        let first = self.len().saturating_sub(seconds);
        let mut line: Vec<f64> = Vec::with_capacity(columns + 1);
        let mut last_column = None;
        for (n, entry) in self.iter().enumerate().skip(first) {
            let column = (self.pushed - self.len() + n) / per_column;
            let value = metric.of(entry);
            match line.last_mut() {
                Some(worst) if last_column == Some(column) => *worst = metric.worse(*worst, value),
                _ => line.push(value),
            }
            last_column = Some(column);
        }
        // Both ends may be parts of a column.
        line.drain(..line.len().saturating_sub(columns));
        line
    }

    /// Writes the entries, oldest first, as comma-separated values under a line of names.
    ///
    /// # Errors
    /// What `to` says.
    pub fn write_csv(&self, to: &mut impl Write) -> io::Result<()> {
        writeln!(to, "{}", MetricsEntry::COLUMNS.join(","))?;
        self.iter().try_for_each(|entry| entry.write_csv(to))
    }

    /// Writes the entries, oldest first, one JSON object a line.
    ///
    /// # Errors
    /// What `to` says.
    pub fn write_json_lines(&self, to: &mut impl Write) -> io::Result<()> {
        for entry in self.iter() {
            serde_json::to_writer(&mut *to, entry)?;
            writeln!(to)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(second: u64) -> MetricsEntry {
        let x = second as f64;
        MetricsEntry {
            seconds: second,
            callback_p50_us: 31.25 + x,
            callback_p99_us: x / 3.0,
            load_p99_percent: x * 1e-9,
            ring_fill_min: 1.0 / (x + 1.0),
            starved: second % 2,
            overloads: second % 3,
            xruns: second % 5,
            cpu_percent: 2.5,
            rss_mib: 91.0 + x / 7.0,
            decode_speed: 1e6 + x,
            cache_hits: second * 11,
            cache_misses: second * 13,
        }
    }

    #[test]
    fn the_oldest_go_when_the_hour_is_full() {
        let mut history = MetricsHistory::new();
        assert!(history.is_empty() && history.iter().next().is_none());
        let memory = history.entries.as_ptr();
        for second in 0..HISTORY_SECONDS as u64 + 1_000 {
            history.push(entry(second));
            assert_eq!(history.iter().next_back(), Some(&entry(second)));
        }
        assert_eq!(history.len(), HISTORY_SECONDS);
        assert!(history.iter().copied().eq((1_000..4_600).map(entry)));
        assert_eq!(history.entries.as_ptr(), memory);
    }

    #[test]
    fn a_line_of_the_hour_keeps_the_worst_of_each_point() {
        let mut history = MetricsHistory::new();
        assert!(history.line(Metric::Cpu, 120, 120).is_empty());
        for second in 0..5_000 {
            let is_peak = second == 4_321;
            history.push(MetricsEntry {
                cpu_percent: if is_peak { 77.0 } else { 2.0 },
                ring_fill_min: if is_peak { 0.25 } else { 0.9 },
                ..entry(second)
            });
        }
        let newest = history.line(Metric::Memory, 120, 120);
        assert_eq!(newest.len(), 120);
        assert_eq!(newest[119], entry(4_999).rss_mib);
        assert_eq!(newest[0], entry(4_880).rss_mib);
        for (metric, worst, usual) in [(Metric::Cpu, 77.0, 2.0), (Metric::Ahead, 25.0, 90.0)] {
            let hour = history.line(metric, HISTORY_SECONDS, 120);
            assert!(hour.len() <= 120);
            // 30 seconds a point, the last one of 4,980 to 4,999.
            let at = hour.len() - 1 - (4_999 / 30 - 4_321 / 30);
            assert_eq!(hour[at], worst, "{metric:?}");
            assert_eq!(
                hour.iter().filter(|&&value| value == usual).count(),
                hour.len() - 1
            );
        }
        history.push(entry(5_000));
        let shifted = history.line(Metric::Cpu, HISTORY_SECONDS, 120);
        assert_eq!(shifted.iter().filter(|&&value| value == 77.0).count(), 1);
    }

    /// The fields by name, as the export should have them.
    fn fields(entry: &MetricsEntry) -> [(&'static str, f64); 13] {
        [
            ("seconds", entry.seconds as f64),
            ("callback_p50_us", entry.callback_p50_us),
            ("callback_p99_us", entry.callback_p99_us),
            ("load_p99_percent", entry.load_p99_percent),
            ("ring_fill_min", entry.ring_fill_min),
            ("starved", entry.starved as f64),
            ("overloads", entry.overloads as f64),
            ("xruns", entry.xruns as f64),
            ("cpu_percent", entry.cpu_percent),
            ("rss_mib", entry.rss_mib),
            ("decode_speed", entry.decode_speed),
            ("cache_hits", entry.cache_hits as f64),
            ("cache_misses", entry.cache_misses as f64),
        ]
    }

    #[test]
    fn what_is_exported_can_be_read_back_to_the_last_digit() {
        let mut history = MetricsHistory::new();
        (0..4_000).for_each(|second| history.push(entry(second)));
        let want: Vec<_> = history.iter().map(fields).collect();

        let mut csv = Vec::new();
        history.write_csv(&mut csv).unwrap();
        let csv = String::from_utf8(csv).unwrap();
        let (names, rows) = csv.split_once('\n').unwrap();
        let names: Vec<&str> = names.split(',').collect();
        let rows: Vec<Vec<(&str, f64)>> = rows
            .lines()
            .map(|row| {
                let values = row.split(',').map(|value| value.parse().unwrap());
                names.iter().copied().zip(values).collect()
            })
            .collect();
        assert_eq!(rows, want);

        let mut lines = Vec::new();
        history.write_json_lines(&mut lines).unwrap();
        let lines = String::from_utf8(lines).unwrap();
        let rows: Vec<Vec<(&str, f64)>> = lines
            .lines()
            .map(|line| {
                assert!(serde_json::from_str::<serde_json::Value>(line).is_ok());
                let pairs = line.trim_matches(['{', '}']).split(',');
                let pairs = pairs.map(|pair| pair.split_once(':').unwrap());
                pairs
                    .map(|(name, value)| (name.trim_matches('"'), value.parse().unwrap()))
                    .collect()
            })
            .collect();
        assert_eq!(rows, want);
    }
}
