//! What the overlay says, in words and numbers.

use crate::ui::overlay::frame_times::FrameTimes;
use engine::signal_path::SignalPath;
use engine::status::PlayerSnapshot;
use rt::thread::AudioThreadPriority;
use std::borrow::Cow;
use std::fmt::Write;
use telemetry::Reading;
use telemetry::monitor::MonitorSpan;

/// One line: what it is, its value, and whether it needs attention.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Figure {
    pub(crate) label: Cow<'static, str>,
    pub(crate) value: String,
    pub(crate) is_trouble: bool,
}

fn figure(label: &'static str, value: String) -> Figure {
    Figure {
        label: label.into(),
        value,
        is_trouble: false,
    }
}

fn count(label: &'static str, count: u64) -> Figure {
    Figure {
        label: label.into(),
        value: count.to_string(),
        is_trouble: count > 0,
    }
}

/// A heading and its lines.
pub(crate) type Group = (&'static str, Vec<Figure>);

/// All there is to show, alerts first.
pub(crate) fn groups(
    reading: &Reading,
    span: MonitorSpan,
    snapshot: &PlayerSnapshot,
    frames: &FrameTimes,
) -> Vec<Group> {
    let output = &*snapshot.output;
    let time = |us: f64, percent: f64| format!("{us:.0} µs  {percent:>5.1} %");
    let (us, load) = (reading.callback.us, reading.callback.load_percent);
    let callback = vec![
        figure("Median (p50)", time(us.p50, load.p50)),
        figure("p95", time(us.p95, load.p95)),
        figure("p99", time(us.p99, load.p99)),
        Figure {
            label: "Longest".into(),
            value: time(us.max, load.max),
            is_trouble: load.max >= 100.0,
        },
        figure(
            "Deadline",
            format!("{:.0} µs  100.0 %", reading.callback.deadline_us),
        ),
        figure(
            "Uneven by (p99)",
            format!("{:.0} µs", reading.callback.jitter_us.p99),
        ),
        figure("Calls", reading.callback.count.to_string()),
    ];
    let underruns = vec![
        count("Decoder too late", reading.troubles.session.starved),
        count("Callback too slow", reading.troubles.session.overloads),
        count("Reported by device", reading.troubles.session.xruns),
        count("Output broke", output.breaks.into()),
    ];
    let sink = if output.is_null {
        "silent (clocked)"
    } else {
        output.name.as_str()
    };
    let latency = match reading.output.latency_ms() {
        ms if ms > 0.0 => format!("{ms:.1} ms"),
        _ => none(),
    };
    let mut path = signal_path(&snapshot.signal);
    path.extend([
        figure("Output", sink.to_owned()),
        figure(
            "Buffer",
            format!("{} frames", reading.callback.block_frames),
        ),
        figure("Output latency", latency),
        figure(
            "Decoded ahead",
            format!(
                "{:.0} ms  {:>3.0} %",
                reading.ring_ms(),
                reading.ring.fill() * 100.0
            ),
        ),
        figure(
            "Least ahead",
            reading
                .ring_min_ms()
                .map_or_else(none, |ms| format!("{ms:.0} ms")),
        ),
    ]);
    let speed = match reading.decoding.speed() {
        speed if speed > 0.0 => format!("{speed:.0} x"),
        _ => none(),
    };
    let decoding = vec![
        figure("Decoding speed", speed),
        figure(
            "Opened from memory",
            format!(
                "{} of {}",
                reading.decoding.cache_hits,
                reading.decoding.cache_hits + reading.decoding.cache_misses
            ),
        ),
        figure(
            "Files in memory",
            format!("{:.1} MiB", reading.decoding.cache_mib()),
        ),
    ];
    let blocks = reading.ring.blocks.map_or_else(none, |blocks| {
        format!(
            "{} of {}, {} at most",
            blocks.in_use, blocks.capacity, blocks.high_water
        )
    });
    let frame = match (frames.last_ms(), frames.p95_ms()) {
        (Some(last), Some(p95)) => format!("{last:.1} ms  p95 {p95:.1}"),
        _ => none(),
    };
    let layout = frames
        .layout_p95_ms()
        .map_or_else(none, |p95| format!("p95 {p95:.1} ms"));
    let process = vec![
        figure(
            "CPU (of one core)",
            format!("{:.1} %", reading.process.cpu_percent),
        ),
        figure("Window frame", frame),
        figure("Laid out in", layout),
        figure(
            "Memory",
            format!(
                "{:.0} MiB, {:.0} at most",
                reading.process.rss_mib, reading.process.peak_mib
            ),
        ),
        figure("Blocks in use", blocks),
        count(
            "Blocks missed",
            reading.ring.blocks.map_or(0, |blocks| blocks.misses),
        ),
        figure("Callback thread", callback_thread(reading)),
        figure("Decode thread", priority(reading.threads.decode_priority)),
    ];
    let busy = reading
        .threads
        .usage
        .iter()
        .filter(|thread| thread.cpu_percent >= 0.05);
    let threads: Vec<Figure> = busy
        .map(|thread| Figure {
            label: thread.name.clone().into(),
            value: format!("{:.1} %", thread.cpu_percent),
            is_trouble: false,
        })
        .collect();
    let callback_heading = match span {
        MonitorSpan::TenSeconds => "Audio callback, last 10 s",
        MonitorSpan::Minute => "Audio callback, last minute",
        MonitorSpan::Session => "Audio callback, session",
    };
    let mut groups = vec![
        (callback_heading, callback),
        ("Underruns", underruns),
        ("Signal path", path),
        ("Decoding", decoding),
        ("Process", process),
    ];
    if !threads.is_empty() {
        groups.push(("Threads (CPU of one core)", threads));
    }
    groups
}

/// One line for each end and each stage in circuit.
fn signal_path(signal: &SignalPath) -> Vec<Figure> {
    let Some(file) = &signal.file else {
        return Vec::new();
    };
    let mut lines = vec![figure("File", file.to_string())];
    if signal.is_bit_exact {
        lines.push(figure("In circuit", "nothing: bit-perfect".to_owned()));
    } else if signal.stages.is_empty() {
        lines.push(figure("In circuit", "nothing".to_owned()));
    }
    for (n, stage) in signal.stages.iter().enumerate() {
        let label = if n == 0 { "In circuit" } else { "" };
        lines.push(figure(label, (*stage).to_owned()));
    }
    lines.push(figure("Device", signal.device.to_string()));
    lines
}

fn none() -> String {
    "\u{2013}".to_owned()
}

fn callback_thread(reading: &Reading) -> String {
    match reading.threads.callback_core.as_str() {
        "" => priority(reading.threads.callback_priority),
        core => format!("{}, {core}", priority(reading.threads.callback_priority)),
    }
}

fn priority(granted: AudioThreadPriority) -> String {
    granted.name().to_owned()
}

/// The three that matter most: latency, load and what went wrong.
pub(crate) fn few(reading: &Reading) -> [Figure; 3] {
    let troubles = reading.troubles.session.total();
    let (us, load) = (reading.callback.us.p99, reading.callback.load_percent.p99);
    [
        figure("Callback (p99)", format!("{us:.0} µs  {load:>5.1} %")),
        figure(
            "CPU (of one core)",
            format!("{:.1} %", reading.process.cpu_percent),
        ),
        count("Underruns", troubles),
    ]
}

/// All figures as lines of text, for a bug report.
pub(crate) fn as_text(groups: &[Group]) -> String {
    let mut text = format!("Rusty Audio {}\n", env!("CARGO_PKG_VERSION"));
    for (heading, figures) in groups {
        let _ = writeln!(text, "\n{heading}");
        for figure in figures {
            let _ = writeln!(text, "  {:<20}{:>22}", figure.label, figure.value);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use telemetry::{OutputFigures, TroubleCounts};

    fn of_ten_seconds(reading: &Reading) -> Vec<Group> {
        let (snapshot, frames) = (PlayerSnapshot::default(), FrameTimes::default());
        groups(reading, MonitorSpan::TenSeconds, &snapshot, &frames)
    }

    #[test]
    fn the_copied_text_has_every_figure() {
        let mut figures = Reading::default();
        figures.troubles.session = TroubleCounts {
            starved: 1,
            overloads: 22,
            xruns: 333,
        };
        figures.callback.deadline_us = 10_667.0;
        figures.output = OutputFigures {
            sample_rate_hz: 48_000,
            latency_frames: 600,
        };
        figures.ring.queued_frames = 23_040;
        figures.ring.capacity_frames = 24_000;
        figures.process.rss_mib = 91.0;
        figures.process.cpu_percent = 2.5;
        figures.threads.callback_priority = AudioThreadPriority::RealTime;
        let groups = of_ten_seconds(&figures);
        let text = as_text(&groups);
        for want in [
            "22",
            "333",
            "10667 µs",
            "480 ms   96 %",
            "12.5 ms",
            "91 MiB",
            "2.5 %",
            "real-time",
        ] {
            assert!(text.contains(want), "{want} is missing in:\n{text}");
        }
        let trouble = groups[1]
            .1
            .iter()
            .filter(|figure| figure.is_trouble)
            .count();
        assert_eq!(trouble, 3);
    }

    #[test]
    fn a_latency_the_device_has_not_told_is_not_zero() {
        let nothing = Reading::default();
        let groups = of_ten_seconds(&nothing);
        let mut figures = groups.iter().flat_map(|(_, figures)| figures);
        let latency = figures.find(|figure| figure.label == "Output latency");
        assert_eq!(latency.unwrap().value, none());
    }
}
