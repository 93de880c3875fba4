//! The overlay: measured figures of what the audio path and the window really do.

use super::action::{Action, Actions};
use super::frame_times::FrameTimes;
use super::icon_button::IconButton;
use super::theme::Palette;
use super::{fonts, icons};
use crate::engine::status::OutputStatus;
use crate::telemetry::TelemetrySnapshot;
use eframe::egui::{
    Align, Align2, Area, Context, CornerRadius, Frame, Grid, Id, Label, Layout, Margin, Order,
    Rect, RichText, ScrollArea, Sense, Stroke, Ui, Vec2, vec2,
};
use std::fmt::Write;

/// Room kept to the edges of the window, in points.
const MARGIN: f32 = 8.0;
/// Width of the panel, in points.
const WIDTH: f32 = 304.0;

/// One line: what it is, its value, and whether it needs attention.
#[derive(Debug, Clone, PartialEq)]
struct Figure {
    label: &'static str,
    value: String,
    is_trouble: bool,
}

fn figure(label: &'static str, value: String) -> Figure {
    Figure {
        label,
        value,
        is_trouble: false,
    }
}

fn count(label: &'static str, count: u64) -> Figure {
    Figure {
        label,
        value: count.to_string(),
        is_trouble: count > 0,
    }
}

fn groups(
    figures: &TelemetrySnapshot,
    output: &OutputStatus,
    frames: &FrameTimes,
) -> Vec<(&'static str, Vec<Figure>)> {
    let time = |us: f64, percent: f64| format!("{us:.0} µs  {percent:>5.1} %");
    let (us, load) = (figures.callback_us, figures.load_percent);
    let callback = vec![
        figure("Median (p50)", time(us.p50, load.p50)),
        figure("p95", time(us.p95, load.p95)),
        figure("p99", time(us.p99, load.p99)),
        Figure {
            label: "Longest",
            value: time(us.max, load.max),
            is_trouble: load.max >= 100.0,
        },
        figure(
            "Deadline",
            format!("{:.0} µs  100.0 %", figures.deadline_us),
        ),
        figure("Calls", figures.callbacks.to_string()),
    ];
    let underruns = vec![
        count("Decoder too late", figures.starved),
        count("Callback too slow", figures.overloads),
        count("Reported by device", figures.xruns),
    ];
    let sink = if output.is_null {
        "silent (clocked)"
    } else {
        output.name.as_str()
    };
    let path = vec![
        figure("Output", sink.to_owned()),
        figure(
            "Rate",
            format!("{} Hz {}", figures.sample_rate, output.sample_format),
        ),
        figure("Buffer", format!("{} frames", figures.buffer_frames)),
        figure(
            "Output latency",
            format!("{:.1} ms", figures.output_latency_ms),
        ),
        figure(
            "Decoded ahead",
            format!(
                "{:.0} ms  {:>3.0} %",
                figures.ring_ms,
                figures.ring_fill * 100.0
            ),
        ),
    ];
    let frame = match (frames.last_ms(), frames.p95_ms()) {
        (Some(last), Some(p95)) => format!("{last:.1} ms  p95 {p95:.1}"),
        _ => "\u{2013}".to_owned(),
    };
    let process = vec![
        figure("CPU (of one core)", format!("{:.1} %", figures.cpu_percent)),
        figure("Memory", format!("{:.0} MiB", figures.rss_mib)),
        figure("Window frame", frame),
        figure("Callback thread", priority(figures.callback_priority)),
        figure("Decode thread", priority(figures.decode_priority)),
    ];
    vec![
        ("Audio callback, last 10 s", callback),
        ("Underruns", underruns),
        ("Signal path", path),
        ("Process", process),
    ]
}

fn priority(granted: &str) -> String {
    if granted.is_empty() {
        "\u{2013}".to_owned()
    } else {
        granted.to_owned()
    }
}

/// All figures as lines of text, for a bug report.
fn as_text(groups: &[(&str, Vec<Figure>)]) -> String {
    let mut text = format!("Rusty Audio {}\n", env!("CARGO_PKG_VERSION"));
    for (heading, figures) in groups {
        let _ = writeln!(text, "\n{heading}");
        for figure in figures {
            let _ = writeln!(text, "  {:<20}{:>22}", figure.label, figure.value);
        }
    }
    text
}

/// Draws the panel floating over the window.
pub(crate) fn show(
    ctx: &Context,
    figures: &TelemetrySnapshot,
    output: &OutputStatus,
    frames: &FrameTimes,
    actions: &mut Actions,
) {
    let groups = groups(figures, output, frames);
    let palette = Palette::of_context(ctx);
    let room = ctx.content_rect();
    // Kept relative to the corner, so that it stays in sight when the window changes its size.
    let offset_id = Id::unique("overlay offset");
    let offset = ctx
        .data(|data| data.get_temp(offset_id))
        .unwrap_or(vec2(-16.0, 16.0));
    let height = room.height() - super::transport_bar::HEIGHT - 2.0 * MARGIN;
    Area::new(Id::unique("overlay"))
        .order(Order::Middle)
        .anchor(Align2::RIGHT_TOP, offset)
        .default_size(vec2(WIDTH + 24.0, height))
        .constrain_to(room.shrink(MARGIN))
        .show(ctx, |ui| {
            let frame = Frame::new()
                .fill(palette.raised.gamma_multiply(0.93))
                .stroke(Stroke::new(1.0, palette.line))
                .corner_radius(CornerRadius::same(10))
                .inner_margin(Margin::same(12));
            let moved = frame
                .show(ui, |ui| {
                    panel(ui, &groups, figures.ring_fill, height - 64.0, actions)
                })
                .inner;
            if moved != Vec2::ZERO {
                ctx.data_mut(|data| data.insert_temp(offset_id, offset + moved));
            }
        });
}

// Returns how far the panel was dragged by its heading.
fn panel(
    ui: &mut Ui,
    groups: &[(&str, Vec<Figure>)],
    ring_fill: f64,
    height: f32,
    actions: &mut Actions,
) -> Vec2 {
    let palette = Palette::of(ui);
    ui.set_width(WIDTH);
    ui.spacing_mut().item_spacing = vec2(8.0, 3.0);
    let top = Rect::from_min_size(ui.cursor().min, vec2(WIDTH, 24.0));
    // Below the buttons, so that they are pressed and not dragged.
    let sense = Sense::DRAG;
    let drag = ui.interact(top, Id::unique("overlay heading"), sense);
    ui.horizontal(|ui| {
        ui.label(RichText::new("Performance").font(fonts::strong(fonts::size::BODY)));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            let close = IconButton::new(icons::X, "Close overlay", "Close (F12)");
            if close.icon_size(14.0).side(24.0).show(ui).clicked() {
                actions.push(Action::ToggleOverlay);
            }
            let copy = IconButton::new(icons::COPY, "Copy figures", "Copy as text");
            if copy.icon_size(16.0).side(24.0).show(ui).clicked() {
                actions.push(Action::CopyText(as_text(groups)));
            }
        });
    });
    ScrollArea::vertical()
        .max_height(height)
        .min_scrolled_height(height)
        .show(ui, |ui| {
            for (heading, figures) in groups {
                ui.add_space(5.0);
                ui.label(
                    RichText::new(*heading)
                        .font(fonts::strong(fonts::size::TINY))
                        .color(palette.faint),
                );
                Grid::new(*heading)
                    .num_columns(2)
                    .spacing([8.0, 1.0])
                    .min_row_height(16.0)
                    .show(ui, |ui| {
                        for figure in figures {
                            line(ui, figure, &palette);
                            ui.end_row();
                        }
                    });
                if *heading == "Signal path" {
                    fill_bar(ui, ring_fill as f32, &palette);
                }
            }
        });
    drag.drag_delta()
}

fn line(ui: &mut Ui, figure: &Figure, palette: &Palette) {
    ui.allocate_ui(vec2(120.0, 16.0), |ui| {
        ui.set_width(120.0);
        ui.label(
            RichText::new(figure.label)
                .size(fonts::size::SMALL)
                .color(palette.dim),
        );
    });
    let colour = if figure.is_trouble {
        palette.warning
    } else {
        palette.text
    };
    ui.allocate_ui_with_layout(
        vec2(WIDTH - 130.0, 16.0),
        Layout::right_to_left(Align::Center),
        |ui| {
            let value = RichText::new(&figure.value)
                .size(fonts::size::SMALL)
                .color(colour);
            ui.add(Label::new(value).truncate());
            if figure.is_trouble {
                let icon = RichText::new(icons::WARNING).font(fonts::icon_fill(12.0));
                ui.label(icon.color(palette.warning));
            }
        },
    );
}

fn fill_bar(ui: &mut Ui, fill: f32, palette: &Palette) {
    let (rect, _) = ui.allocate_exact_size(vec2(WIDTH - 2.0, 6.0), Sense::hover());
    let rail = Rect::from_center_size(rect.center(), vec2(rect.width(), 3.0));
    let mut full = rail;
    full.set_width(rail.width() * fill.clamp(0.0, 1.0));
    ui.painter()
        .rect_filled(rail, CornerRadius::same(2), palette.rail);
    ui.painter()
        .rect_filled(full, CornerRadius::same(2), palette.dim);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_copied_text_has_every_figure() {
        let figures = TelemetrySnapshot {
            starved: 1,
            overloads: 22,
            xruns: 333,
            deadline_us: 10_667.0,
            ring_ms: 480.0,
            ring_fill: 0.96,
            output_latency_ms: 12.5,
            rss_mib: 91.0,
            cpu_percent: 2.5,
            callback_priority: "real-time",
            ..TelemetrySnapshot::default()
        };
        let groups = groups(&figures, &OutputStatus::default(), &FrameTimes::default());
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
}
