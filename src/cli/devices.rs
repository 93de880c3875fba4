//! `rusty-audio devices`.

use super::{Failure, json};
use disk::shown::shown_text;
use engine::output::device_watch::list_devices;
use std::io::Write;
use std::process::ExitCode;

/// Arguments of `devices`.
#[derive(Debug, clap::Args)]
pub(super) struct DevicesArguments {
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &DevicesArguments) -> Result<ExitCode, Failure> {
    let devices = list_devices();
    let mut out = std::io::stdout().lock();
    if arguments.json {
        for device in &devices {
            json::write_line(&mut out, device)?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    if devices.is_empty() {
        writeln!(
            out,
            "No sound device was found. `--output null` plays without one."
        )?;
    }
    for device in &devices {
        let mark = if device.is_default { "*" } else { " " };
        let default = match (device.default_rate_hz, device.default_channels) {
            (Some(rate), Some(channels)) => format!("{rate} Hz, {channels} channels"),
            _ => "not available".into(),
        };
        let range = match device.rates_hz {
            Some((low, high)) if low != high => format!("; {low} to {high} Hz"),
            _ => String::new(),
        };
        writeln!(out, "{mark} {} ({})", shown_text(&device.name), device.host)?;
        writeln!(out, "    {default}{range}; {}", device.formats.join(" "))?;
    }
    Ok(ExitCode::SUCCESS)
}
