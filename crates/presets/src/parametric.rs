//! Configuration text of Equalizer APO, which AutoEq and Room EQ Wizard write too: `Preamp:`,
//! `Filter:`, `Channel:` and `GraphicEQ:` lines. Source: the Equalizer APO configuration reference.

use super::number::decimal;
use super::{ReadPreset, SkippedLine, cascade, filter_line, graphic, limits, preset_text};
use dsp::equalizer::{ChannelTarget, EqualizerBand, EqualizerSettings, GraphicCurve, MAX_SECTIONS};
use dsp::units::Decibels;

/// Makes the channels [`ENCODE`] names; in front of bands on mid or side.
pub(super) const ENCODE: &str = "Copy: MID=0.5*L+0.5*R SIDE=0.5*L+-0.5*R";
/// Turns them back; behind such bands.
pub(super) const DECODE: &str = "Copy: L=MID+SIDE R=MID+-1*SIDE";

/// What the lines so far have set.
struct Reader {
    preamp_db: f64,
    bands: Vec<EqualizerBand>,
    curve: Option<GraphicCurve>,
    skipped_lines: Vec<SkippedLine>,
    /// What filters work on from here; none when on no channel of ours.
    target: Option<ChannelTarget>,
    has_mid_and_side: bool,
    has_any: bool,
}

/// Reads `text` line by line.
///
/// # Errors
/// When no line of it sets anything.
pub(super) fn parse(text: &str) -> Result<ReadPreset, String> {
    let mut reader = Reader {
        preamp_db: 0.0,
        bands: Vec::new(),
        curve: None,
        skipped_lines: Vec::new(),
        target: Some(ChannelTarget::Both),
        has_mid_and_side: false,
        has_any: false,
    };
    for (number, line) in preset_text::lines(text) {
        if let Err(reason) = reader.read(line.split('#').next().unwrap_or("")) {
            reader.skipped_lines.push(SkippedLine { number, reason });
        }
    }
    if !reader.has_any {
        return Err("no equalizer preset in this file".into());
    }
    Ok(ReadPreset {
        settings: EqualizerSettings {
            enabled: true,
            preamp: Decibels(reader.preamp_db as f32),
            bands: cascade::joined(&reader.bands),
            curve: reader.curve,
        },
        skipped_lines: reader.skipped_lines,
        name: None,
        other_names: Vec::new(),
    })
}

impl Reader {
    fn read(&mut self, line: &str) -> Result<(), &'static str> {
        if line.trim().is_empty() {
            return Ok(());
        }
        let (command, parameters) = line.split_once(':').ok_or("not an equalizer line")?;
        let command = command.trim().to_lowercase();
        match command.as_str() {
            "preamp" => self.read_preamp(&preset_text::words(parameters)),
            "graphiceq" => self.read_curve(parameters),
            "channel" => {
                self.target = target(&preset_text::words(parameters), self.has_mid_and_side);
                match self.target {
                    Some(_) => Ok(()),
                    None => Err("neither left nor right: its filters are left out"),
                }
            }
            "copy" => self.read_copy(&preset_text::words(parameters)),
            "include" | "device" | "delay" | "convolution" | "stage" | "vstplugin" | "if"
            | "elseif" | "else" | "endif" | "eval" | "loudnesscorrection" => {
                Err("this command is not supported")
            }
            _ => match command.strip_prefix("filter") {
                Some(slot) if slot.trim().bytes().all(|b| b.is_ascii_digit()) => {
                    self.read_filter(&preset_text::words(parameters))
                }
                _ => Err("not an equalizer line"),
            },
        }
    }

    fn read_preamp(&mut self, words: &[String]) -> Result<(), &'static str> {
        let number = words.first().and_then(|word| decimal(word));
        let (db, _) = number.ok_or("no number")?;
        if self.target != Some(ChannelTarget::Both) {
            return Err("a preamp for one channel is not supported");
        }
        if !limits::is_gain(self.preamp_db + db) {
            return Err("gain out of range");
        }
        self.preamp_db += db;
        self.has_any = true;
        Ok(())
    }

    fn read_filter(&mut self, words: &[String]) -> Result<(), &'static str> {
        let Some((enabled, filter)) = filter_line::parse(words)? else {
            return Ok(());
        };
        let target = self.target.ok_or("for a channel that is left out")?;
        if self.bands.len() == MAX_SECTIONS {
            return Err("more than 64 filters");
        }
        self.bands.push(EqualizerBand {
            enabled,
            filter,
            target,
        });
        self.has_any = true;
        Ok(())
    }

    fn read_curve(&mut self, parameters: &str) -> Result<(), &'static str> {
        if self.target != Some(ChannelTarget::Both) {
            return Err("a curve for one channel is not supported");
        }
        let (curve, problem) = graphic::parse(parameters);
        if let Some(curve) = curve {
            self.curve = Some(match self.curve.take() {
                Some(before) => graphic::sum(&before, &curve),
                None => curve,
            });
            self.has_any = true;
        }
        problem.map_or(Ok(()), Err)
    }

    // Only the two that stand around bands on mid and side.
    fn read_copy(&mut self, words: &[String]) -> Result<(), &'static str> {
        let is_line = |line: &str| {
            Some(words)
                == line
                    .split_once(':')
                    .map(|(_, w)| preset_text::words(w))
                    .as_deref()
        };
        self.has_mid_and_side = match (is_line(ENCODE), is_line(DECODE)) {
            (true, _) => true,
            (_, true) => false,
            _ => return Err("this command is not supported"),
        };
        Ok(())
    }
}

/// What `Channel:` names: by letters, or by numbers from 1.
fn target(words: &[String], has_mid_and_side: bool) -> Option<ChannelTarget> {
    let has = |names: [&str; 2]| words.iter().any(|word| names.contains(&word.as_str()));
    let is_only = |name: &str| has_mid_and_side && words.len() == 1 && words[0] == name;
    if is_only("mid") {
        return Some(ChannelTarget::Mid);
    }
    if is_only("side") {
        return Some(ChannelTarget::Side);
    }
    match (has(["l", "1"]), has(["r", "2"])) {
        _ if has(["all", "all"]) => Some(ChannelTarget::Both),
        (true, true) => Some(ChannelTarget::Both),
        (true, false) => Some(ChannelTarget::Left),
        (false, true) => Some(ChannelTarget::Right),
        (false, false) => None,
    }
}

/// Writes `settings` so that [`parse`] gives them back; whether they are switched on is not part of a
/// preset. Low and high passes of other orders than the second become their Butterworth sections,
/// with Room EQ Wizard's `LP1` and `HP1` for those of first order, which Equalizer APO takes for `LP`
/// and `HP`; the Q of such a band, which nothing uses, is not kept.
///
/// # Errors
/// When a number is out of range or there are too many filters, naming the band.
pub(super) fn write(settings: &EqualizerSettings) -> Result<String, String> {
    let preamp = settings.preamp.0;
    if !limits::is_gain(f64::from(preamp)) {
        return Err("preamp: gain out of range".into());
    }
    let mut out = format!("Preamp: {} dB\n", super::number::write_f32(preamp, 1));
    let (mut target, mut number) = (ChannelTarget::Both, 0);
    for (index, band) in settings.bands.iter().enumerate() {
        turn_to(band.target, &mut target, &mut out);
        for filter in cascade::sections(&band.filter) {
            limits::check(&filter).map_err(|reason| format!("band {}: {reason}", index + 1))?;
            number += 1;
            let on = if band.enabled { "ON" } else { "OFF" };
            let line = filter_line::write(&filter);
            out.push_str(&format!("Filter {number}: {on} {line}\n"));
        }
    }
    if number > MAX_SECTIONS {
        return Err(format!("{number} filters are more than {MAX_SECTIONS}"));
    }
    turn_to(ChannelTarget::Both, &mut target, &mut out);
    if let Some(curve) = settings.curve.as_ref().filter(|c| !c.points.is_empty()) {
        out.push_str(&graphic::write(curve)?);
    }
    Ok(out)
}

/// Writes the lines that lead from the channels in `target` to those in `next`.
fn turn_to(next: ChannelTarget, target: &mut ChannelTarget, out: &mut String) {
    if next == *target {
        return;
    }
    let is_sum = |t| matches!(t, ChannelTarget::Mid | ChannelTarget::Side);
    if is_sum(*target) && !is_sum(next) {
        out.push_str(DECODE);
        out.push('\n');
    }
    if is_sum(next) && !is_sum(*target) {
        out.push_str(ENCODE);
        out.push('\n');
    }
    out.push_str(match next {
        ChannelTarget::Both => "Channel: ALL\n",
        ChannelTarget::Left => "Channel: L\n",
        ChannelTarget::Right => "Channel: R\n",
        ChannelTarget::Mid => "Channel: MID\n",
        ChannelTarget::Side => "Channel: SIDE\n",
    });
    *target = next;
}

#[cfg(test)]
#[path = "parametric_tests.rs"]
mod tests;
