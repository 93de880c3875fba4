//! `rusty-audio generate`: the manual page and what shells complete, for packages.

use super::{Arguments, Failure};
use clap::CommandFactory;
use clap_complete::Shell;
use std::io::Write;
use std::process::ExitCode;

/// Arguments of `generate`.
#[derive(Debug, clap::Args)]
pub(super) struct GenerateArguments {
    /// What to print
    #[arg(value_enum)]
    what: Generated,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Generated {
    /// The manual page, in section 1
    Man,
    Bash,
    Fish,
    Zsh,
    Powershell,
}

pub(super) fn run(arguments: &GenerateArguments) -> Result<ExitCode, Failure> {
    let mut text = Vec::new();
    let shell = match arguments.what {
        Generated::Man => None,
        Generated::Bash => Some(Shell::Bash),
        Generated::Fish => Some(Shell::Fish),
        Generated::Zsh => Some(Shell::Zsh),
        Generated::Powershell => Some(Shell::PowerShell),
    };
    let mut command = Arguments::command();
    match shell {
        Some(shell) => clap_complete::generate(shell, &mut command, "rusty-audio", &mut text),
        None => manual(command, &mut text)?,
    }
    std::io::stdout().lock().write_all(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// The program and each of its commands, one behind the other.
fn manual(command: clap::Command, out: &mut Vec<u8>) -> std::io::Result<()> {
    let mut command = command.disable_help_subcommand(true);
    command.build();
    let page = clap_mangen::Man::new(command.clone());
    page.render(out)?;
    for inner in command
        .get_subcommands()
        .filter(|inner| !inner.is_hide_set())
    {
        let page = clap_mangen::Man::new(inner.clone());
        let name = inner.get_name().to_uppercase();
        writeln!(out, ".SH \"COMMAND {name}\"")?;
        page.render_description_section(out)?;
        page.render_synopsis_section(out)?;
        page.render_options_section(out)?;
    }
    Ok(())
}
