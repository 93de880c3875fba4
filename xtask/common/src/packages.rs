//! System packages: finds out what is missing, says so, and installs it.

mod distribution;
mod install;
mod needs;
mod probe;

use crate::failure::Failure;
use distribution::Family;
use needs::Need;

/// What the packages are for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To build and run the player.
    Run,
    /// To run all tests as well.
    Test,
}

/// Makes sure that everything for `purpose` is there, or says what to do.
pub fn ensure(purpose: Purpose) -> Result<(), Failure> {
    if !cfg!(target_os = "linux") {
        // Windows and macOS bring what the player needs.
        return Ok(());
    }
    let mut wanted: Vec<&Need> = needs::RUN.iter().collect();
    if purpose == Purpose::Test {
        wanted.extend(needs::TEST);
    }
    let Some(family) = distribution::this_machine() else {
        return ensure_by_hand(&wanted);
    };
    let missing: Vec<&Need> = wanted
        .into_iter()
        .filter(|need| !probe::is_met(&need.probe) && !install::is_installed(family, need))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    println!("Missing on this system:");
    for need in &missing {
        println!("  {} ({})", need.what, need.packages(family).join(", "));
    }
    install::install(family, &package_names(&missing, family))?;
    let still: Vec<&str> = missing
        .iter()
        .filter(|need| !probe::is_met(&need.probe) && !install::is_installed(family, need))
        .map(|need| need.what)
        .collect();
    if still.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "still missing after the installation: {}",
        still.join(", ")
    )))
}

fn package_names(missing: &[&Need], family: Family) -> Vec<&'static str> {
    let mut names: Vec<&str> = Vec::new();
    for name in missing.iter().flat_map(|need| need.packages(family)) {
        if !names.contains(name) {
            names.push(name);
        }
    }
    names
}

/// On a distribution we do not know: go on if the probes find what a build needs.
fn ensure_by_hand(wanted: &[&Need]) -> Result<(), Failure> {
    let missing: Vec<&&Need> = wanted
        .iter()
        .filter(|need| !probe::is_met(&need.probe))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    println!("This distribution is not known here. Please see to it that these are installed:");
    for need in &missing {
        println!(
            "  {} (on Debian: {})",
            need.what,
            need.packages(Family::Debian).join(", ")
        );
    }
    if let Some(need) = missing.iter().find(|need| need.stops_the_build) {
        return Err(Failure::new(format!("cannot build without: {}", need.what)));
    }
    Ok(())
}

/// Adds rustfmt and clippy to a minimal toolchain.
pub fn ensure_rust_components() -> Result<(), Failure> {
    for (command, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        let answers = crate::project::cargo(&[command, "--version"])
            .output()
            .is_ok_and(|output| output.status.success());
        if answers {
            continue;
        }
        if !crate::project::has_command("rustup") {
            return Err(Failure::new(format!(
                "the Rust toolchain lacks {component}"
            )));
        }
        println!("Adding {component} to the Rust toolchain.");
        let mut rustup = std::process::Command::new("rustup");
        rustup
            .args(["component", "add", component])
            .current_dir(crate::project::root());
        crate::project::succeed(&mut rustup, &format!("rustup component add {component}"))?;
    }
    Ok(())
}
