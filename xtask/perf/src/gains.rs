//! What each technique gains: a benchmark of the plain way beside that of ours, from one run.

use std::fmt::Write;

use super::benches::TIMES;
use super::figures::Figures;

/// A technique, the plain way, and ours: the fastest of the benchmarks that begin and end so.
struct Gain {
    technique: &'static str,
    before: &'static str,
    /// How much longer the plain way would take for what ours does.
    scale: f64,
    after: (&'static str, &'static str),
}

const fn gain(
    technique: &'static str,
    before: &'static str,
    after: (&'static str, &'static str),
) -> Gain {
    Gain {
        technique,
        before,
        scale: 1.0,
        after,
    }
}

const GAINS: [Gain; 18] = [
    gain(
        "equalizer as a wavefront, 10 bands",
        "equalizer/10 bands stereo/textbook, band by band",
        ("equalizer/10 bands stereo/settled/", ""),
    ),
    gain(
        "equalizer as a wavefront, 31 bands",
        "equalizer/31 bands stereo/textbook, band by band",
        ("equalizer/31 bands stereo/settled/", ""),
    ),
    gain(
        "moves in steps instead of a cross-fade of two banks, 31 bands",
        "equalizer/31 bands stereo/cross-fade to another kind",
        ("equalizer/31 bands stereo/all gains move", ""),
    ),
    gain(
        "stages out of circuit, against 10 bands and limiter",
        "callback/by bands/10",
        ("callback/by bands/0", ""),
    ),
    Gain {
        technique: "partitioned convolution, 16384 taps",
        before: "convolver, 512 stereo frames/direct FIR of 256 taps in f32 (64 times that: 16384)",
        scale: 64.0,
        after: ("convolver, 512 stereo frames/16384 taps, ", ""),
    },
    gain(
        "spectrum with decibels of bands only, 2048 frames",
        "frames to bands/naive, 96 bands/2048",
        ("frames to bands/", "/2048"),
    ),
    gain(
        "spectrum, 4096 frames",
        "frames to bands/naive, 96 bands/4096",
        ("frames to bands/", "/4096"),
    ),
    gain(
        "limiter with vectors",
        "limiter/working/scalar",
        ("limiter/working/", ""),
    ),
    gain(
        "mix with vectors",
        "mix a buffer into another/compiler's own loop/4096",
        ("mix a buffer into another/", "/4096"),
    ),
    gain(
        "sum of squares with eight sums",
        "sum of squares/compiler's own loop/4096",
        ("sum of squares/", "/4096"),
    ),
    gain(
        "peak with eight peaks",
        "peak/compiler's own loop/4096",
        ("peak/", "/4096"),
    ),
    gain(
        "interleave with vectors",
        "interleave two channels/compiler's own loop/4096",
        ("interleave two channels/", "/4096"),
    ),
    gain(
        "16-bit words with vectors",
        "to 16 bits/compiler's own loop/4096",
        ("to 16 bits/", "/4096"),
    ),
    gain(
        "24-bit words with vectors",
        "to 24 bits, packed/compiler's own loop/4096",
        ("to 24 bits, packed/", "/4096"),
    ),
    gain(
        "dithered words with 32 generators",
        "to 16 bits with triangular dither/compiler's own loop/4096",
        ("to 16 bits with triangular dither/", "/4096"),
    ),
    gain(
        "decibels by polynomial",
        "amplitude to decibels/compiler's own loop/4096",
        ("amplitude to decibels/", "/4096"),
    ),
    gain(
        "blocks that go round in a ring, against two plain copies",
        "ring, 512 stereo frames in and out/two plain copies",
        ("ring, 512 stereo frames in and out/AudioRingBuffer", ""),
    ),
    gain(
        "a pool of buffers",
        "a buffer of 1024 stereo frames/malloc and free",
        ("a buffer of 1024 stereo frames/AudioBufferPool", ""),
    ),
];

/// The section of the report; empty when none of it was measured.
pub(super) fn section(figures: &Figures) -> String {
    let mut text = String::new();
    for gain in &GAINS {
        let Some(before) = figures.number(&format!("{TIMES}{}", gain.before)) else {
            continue;
        };
        let (start, end) = gain.after;
        let prefix = format!("{TIMES}{start}");
        let ours = figures
            .under(&prefix)
            .filter(|(name, _)| name.ends_with(end));
        // The plain way may stand under the same names.
        let ours = ours.filter(|(name, _)| format!("{start}{name}") != gain.before);
        let Some((name, after)) = ours.min_by(|a, b| a.1.total_cmp(&b.1)) else {
            continue;
        };
        if text.is_empty() {
            text.push_str(
                "\n## Techniques\n\nThe plain way beside ours in µs, the fastest vector form there is; \
                 how many times faster.\n\n| technique | plain | ours | gain | form |\n\
                 | --- | --- | --- | --- | --- |\n",
            );
        }
        let before = before * gain.scale;
        let _ = writeln!(
            text,
            "| {} | {:.3} | {:.3} | {:.1} | {} |",
            gain.technique,
            before / 1e3,
            after / 1e3,
            before / after,
            name.trim_end_matches(end)
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fastest_form_stands_beside_the_plain_way() {
        let mut figures = Figures::default();
        figures.set("bench/peak/compiler's own loop/4096", 1_000.0);
        figures.set("bench/peak/SSE2/4096", 200.0);
        figures.set("bench/peak/AVX2+FMA/4096", 100.0);
        figures.set("bench/peak/AVX2+FMA/512", 10.0);
        let text = section(&figures);
        assert!(
            text.contains("| peak with eight peaks | 1.000 | 0.100 | 10.0 | AVX2+FMA |"),
            "{text}"
        );
        assert_eq!(text.lines().filter(|line| line.contains("AVX2")).count(), 1);
        assert_eq!(section(&Figures::default()), "");
    }
}
