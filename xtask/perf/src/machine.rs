//! What it is measured on, as the machine itself says.

use std::fs;
use std::process::Command;

use super::figures::Figures;

/// When and of what commit each part of the figures is stands under this.
pub(super) const MEASURED: &str = "measured/";

/// Notes the machine and the code.
pub(super) fn describe(figures: &mut Figures) {
    figures.forget("machine/");
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    figures.set("machine/cores", cores as f64);
    figures.say("machine/system", std::env::consts::OS);
    let first = |path: &str, key: &str| {
        let text = fs::read_to_string(path).unwrap_or_default();
        let value = text.lines().find_map(|line| line.strip_prefix(key))?;
        let value = value
            .trim_start_matches([' ', '\t', ':', '='])
            .trim_matches('"');
        Some(value.to_owned())
    };
    for (name, path, key) in [
        ("processor", "/proc/cpuinfo", "model name"),
        ("flags", "/proc/cpuinfo", "flags"),
        ("memory", "/proc/meminfo", "MemTotal"),
        ("system", "/etc/os-release", "PRETTY_NAME"),
        ("kernel", "/proc/sys/kernel/osrelease", ""),
        (
            "governor",
            "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor",
            "",
        ),
    ] {
        if let Some(value) = first(path, key) {
            figures.say(format!("machine/{name}"), vector_flags(name, value));
        }
    }
    for (name, program, arguments) in [
        ("rustc", "rustc", &["--version"][..]),
        ("commit", "git", &["describe", "--always", "--dirty"]),
        ("date", "date", &["-u", "+%Y-%m-%d %H:%M UTC"]),
    ] {
        let output = Command::new(program)
            .args(arguments)
            .current_dir(xtask_common::project::root())
            .output();
        if let Ok(output) = output
            && output.status.success()
        {
            let answer = String::from_utf8_lossy(&output.stdout).trim().to_owned();
            figures.say(format!("machine/{name}"), answer);
        }
    }
}

/// Notes that `part` of the figures is of this run, for parts may be of different ones.
pub(super) fn note_when(figures: &mut Figures, part: &str) {
    let when = format!(
        "{}, commit {}",
        figures.word("machine/date"),
        figures.word("machine/commit")
    );
    figures.say(format!("{MEASURED}{part}"), when);
}

/// Of all flags of a processor only those of vector instructions matter here.
fn vector_flags(name: &str, value: String) -> String {
    if name != "flags" {
        return value;
    }
    let wanted = [
        "sse2", "avx", "avx2", "fma", "avx512f", "avx512bw", "avx512vl",
    ];
    let flags = value.split(' ').filter(|flag| wanted.contains(flag));
    flags.collect::<Vec<_>>().join(" ")
}

/// Processor time, in seconds and over all cores, that the host of this virtual machine has given to
/// others since it started (proc_stat(5), "steal", in hundredths).
pub(super) fn stolen_seconds() -> Option<f64> {
    let text = fs::read_to_string("/proc/stat").ok()?;
    let hundredths: f64 = text.split_whitespace().nth(8)?.parse().ok()?;
    Some(hundredths / 100.0)
}

/// Processes that wanted to run over the last minute, on average; of other programs too.
pub(super) fn load() -> Option<f64> {
    let text = fs::read_to_string("/proc/loadavg").ok()?;
    text.split(' ').next()?.parse().ok()
}
