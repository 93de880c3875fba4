//! Small plots as SVG: lines over an axis, and bars of percentiles.

use std::fmt::Write;

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 360.0;
/// Room for the axes' labels.
const LEFT: f64 = 70.0;
const BOTTOM: f64 = 50.0;
const TOP: f64 = 40.0;
const RIGHT: f64 = 20.0;
/// Steps on the upright axis.
const STEPS: u32 = 5;
const COLOURS: [&str; 4] = ["#c2571a", "#2b6cb0", "#2f855a", "#6b46c1"];

/// A plot being drawn.
struct Canvas {
    text: String,
}

impl Canvas {
    fn new(title: &str) -> Self {
        let mut text = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
             font-family=\"sans-serif\" font-size=\"12\">\n\
             <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#ffffff\"/>\n"
        );
        let _ = writeln!(
            text,
            "<text x=\"{LEFT}\" y=\"22\" font-size=\"15\" fill=\"#222222\">{}</text>",
            escaped(title)
        );
        Self { text }
    }

    fn label(&mut self, x: f64, y: f64, anchor: &str, words: &str) {
        let _ = writeln!(
            self.text,
            "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"#444444\">{}</text>",
            escaped(words)
        );
    }

    fn line(&mut self, from: (f64, f64), to: (f64, f64), colour: &str) {
        let _ = writeln!(
            self.text,
            "<line x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" stroke=\"{colour}\"/>",
            from.0, from.1, to.0, to.1
        );
    }

    /// Lines at round values up to `highest`, which they are for.
    fn upright_axis(&mut self, highest: f64, unit: &str) {
        for step in 0..=STEPS {
            let value = highest * f64::from(step) / f64::from(STEPS);
            let y = upright(value, highest);
            self.line((LEFT, y), (WIDTH - RIGHT, y), "#dddddd");
            self.label(LEFT - 6.0, y + 4.0, "end", &short(value));
        }
        self.label(LEFT - 6.0, TOP - 8.0, "end", unit);
    }

    fn finish(mut self) -> String {
        self.text.push_str("</svg>\n");
        self.text
    }
}

fn upright(value: f64, highest: f64) -> f64 {
    HEIGHT - BOTTOM - value / highest * (HEIGHT - BOTTOM - TOP)
}

/// A number as short as it can be read.
fn short(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn escaped(words: &str) -> String {
    words
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// The next of 1, 2, 2.5 and 5 times a power of ten.
fn round_up(value: f64) -> f64 {
    let power = 10_f64.powf(value.max(1e-9).log10().floor());
    let steps = [1.0, 2.0, 2.5, 5.0, 10.0];
    let step = steps.into_iter().find(|step| step * power >= value * 0.999);
    step.unwrap_or(10.0) * power
}

/// A line through `points` (x, y), in the order of x, from zero on both axes.
pub(super) fn line_plot(title: &str, x_label: &str, unit: &str, points: &[(f64, f64)]) -> String {
    let mut canvas = Canvas::new(title);
    let most = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).fold(0.0, f64::max);
    let highest = round_up(most(|point| point.1));
    let widest = most(|point| point.0).max(1e-9);
    canvas.upright_axis(highest, unit);
    let across = |x: f64| LEFT + x / widest * (WIDTH - LEFT - RIGHT);
    let mut path = String::new();
    for &(x, y) in points {
        let (x_at, y_at) = (across(x), upright(y, highest));
        let _ = write!(path, "{x_at:.1},{y_at:.1} ");
        let _ = writeln!(
            canvas.text,
            "<circle cx=\"{x_at:.1}\" cy=\"{y_at:.1}\" r=\"3.5\" fill=\"{}\"/>",
            COLOURS[0]
        );
        canvas.label(x_at, HEIGHT - BOTTOM + 18.0, "middle", &short(x));
    }
    let _ = writeln!(
        canvas.text,
        "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\"/>",
        path.trim_end(),
        COLOURS[0]
    );
    canvas.label(
        (LEFT + WIDTH - RIGHT) / 2.0,
        HEIGHT - 10.0,
        "middle",
        x_label,
    );
    canvas.finish()
}

/// Groups of bars, one colour for each of `names`, with the value above each bar.
pub(super) fn bar_plot(
    title: &str,
    unit: &str,
    names: &[&str],
    groups: &[(String, Vec<f64>)],
) -> String {
    let mut canvas = Canvas::new(title);
    let values = groups.iter().flat_map(|(_, values)| values);
    let highest = round_up(values.fold(0.0, |most: f64, value| most.max(*value)));
    canvas.upright_axis(highest, unit);
    let room = (WIDTH - LEFT - RIGHT) / groups.len().max(1) as f64;
    let width = room * 0.8 / names.len().max(1) as f64;
    for (n, (group, values)) in groups.iter().enumerate() {
        let left = LEFT + room * (n as f64 + 0.1);
        for (k, value) in values.iter().enumerate() {
            let (x, y) = (left + width * k as f64, upright(*value, highest));
            let height = HEIGHT - BOTTOM - y;
            let _ = writeln!(
                canvas.text,
                "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{height:.1}\" fill=\"{}\"/>",
                width - 2.0,
                COLOURS[k % COLOURS.len()]
            );
            canvas.label(x + width / 2.0, y - 4.0, "middle", &format!("{value:.0}"));
        }
        // Two lines: what plays, and how.
        let (first, second) = group.split_once(", ").unwrap_or((group, ""));
        let middle = left + room * 0.4;
        canvas.label(middle, HEIGHT - BOTTOM + 16.0, "middle", first);
        canvas.label(middle, HEIGHT - BOTTOM + 30.0, "middle", second);
    }
    for (k, name) in names.iter().enumerate() {
        let x = WIDTH - RIGHT - 60.0 * (names.len() - k) as f64;
        let _ = writeln!(
            canvas.text,
            "<rect x=\"{x:.1}\" y=\"28\" width=\"10\" height=\"10\" fill=\"{}\"/>",
            COLOURS[k % COLOURS.len()]
        );
        canvas.label(x + 14.0, 37.0, "start", name);
    }
    canvas.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_runs_through_its_points() {
        let plot = line_plot(
            "cost < time",
            "bands",
            "µs",
            &[(0.0, 0.0), (10.0, 2.0), (20.0, 4.0)],
        );
        // Five lies on the top line: 4 of 5 is four fifths of the way up from 310 to 40.
        assert!(
            plot.contains("points=\"70.0,310.0 345.0,202.0 620.0,94.0\""),
            "{plot}"
        );
        assert!(plot.contains("cost &lt; time"));
        assert_eq!(plot.matches("<circle").count(), 3);
        assert!(plot.trim_end().ends_with("</svg>"));
    }

    #[test]
    fn bars_have_the_height_of_their_values() {
        let groups = [("a, b".to_owned(), vec![5.0, 10.0])];
        let plot = bar_plot("t", "µs", &["p50", "p99"], &groups);
        assert!(
            plot.contains("height=\"135.0\"") && plot.contains("height=\"270.0\""),
            "{plot}"
        );
    }

    #[test]
    fn axes_end_at_round_values() {
        assert_eq!(
            [0.7, 1.0, 3.3, 21.0, 99.0].map(round_up),
            [1.0, 1.0, 5.0, 25.0, 100.0]
        );
    }
}
