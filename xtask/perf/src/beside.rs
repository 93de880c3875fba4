//! Decoding and rendering beside ffmpeg on the same files in one run, and how soon a file sounds.

use std::fmt::Write;

use super::benches::TIMES;
use super::figures::Figures;

const DECODING: &str = "decoding a minute/";
const RENDERING: &str = "render a minute of FLAC through ten bells, processor time/";
const FIRST_SOUND: &str = "first sound: from the command to a block in the ring/";
const OURS: &str = "/ours";
const FFMPEG: &str = "ffmpeg, whole process";

/// The section of the report; empty when none of it was measured.
pub(super) fn section(figures: &Figures) -> String {
    let mut rows = String::new();
    let mut row = |what: &str, ours: f64, ffmpeg: f64| {
        let _ = writeln!(
            rows,
            "| {what} | {:.1} | {:.1} | {:.1} |",
            ours / 1e6,
            ffmpeg / 1e6,
            ffmpeg / ours
        );
    };
    let decoding = format!("{TIMES}{DECODING}");
    for (name, ours) in figures.under(&decoding) {
        let Some(file) = name.strip_suffix(OURS) else {
            continue;
        };
        if let Some(ffmpeg) = figures.number(&format!("{TIMES}{DECODING}{file}/{FFMPEG}")) {
            row(&format!("decode a minute of {file}"), ours, ffmpeg);
        }
    }
    let rendering = |name: &str| figures.number(&format!("{TIMES}{RENDERING}{name}"));
    if let (Some(ours), Some(ffmpeg)) = (rendering("ours, whole process"), rendering(FFMPEG)) {
        row("render a minute through ten bells", ours, ffmpeg);
    }
    let mut text = String::new();
    if !rows.is_empty() {
        text = format!(
            "\n## Beside ffmpeg\n\nOne thread each, in ms; its start is in ffmpeg's times, and in ours of rendering. How many \
             times faster ours is.\n\n| what | ours | ffmpeg | gain |\n| --- | --- | --- | --- |\n{rows}"
        );
    }
    let prefix = format!("{TIMES}{FIRST_SOUND}");
    let sounds: Vec<_> = figures.under(&prefix).collect();
    if !sounds.is_empty() {
        text.push_str(
            "\n## First sound\n\nFrom the command to the first block in the ring, in ms; the file is in the system's cache.\n\n\
             | file | ms |\n| --- | --- |\n",
        );
        for (name, ns) in sounds {
            let _ = writeln!(text, "| {name} | {:.2} |", ns / 1e6);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_stand_beside_ffmpeg_where_both_were_measured() {
        let mut figures = Figures::default();
        let mut set = |name: &str, ms: f64| figures.set(format!("{TIMES}{name}"), ms * 1e6);
        set("decoding a minute/Opus/ours", 50.0);
        set("decoding a minute/Opus/ffmpeg, whole process", 200.0);
        set("decoding a minute/AAC/ours", 50.0);
        set(&format!("{FIRST_SOUND}Opus"), 1.5);
        let text = section(&figures);
        assert!(text.contains("| decode a minute of Opus | 50.0 | 200.0 | 4.0 |"));
        assert!(
            !text.contains("AAC") && text.contains("| Opus | 1.50 |"),
            "{text}"
        );
        assert_eq!(section(&Figures::default()), "");
    }
}
