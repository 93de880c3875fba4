//! The package managers: asking what is installed, and installing.

use std::io::IsTerminal;
use std::process::{Command, Stdio};

use super::distribution::Family;
use super::needs::Need;
use super::probe::answer;
use crate::failure::Failure;
use crate::project::has_command;

/// True if the package manager says that all packages of `need` are installed.
pub(crate) fn is_installed(family: Family, need: &Need) -> bool {
    need.packages(family).iter().all(|package| {
        let command = query_command(family, package);
        let arguments: Vec<&str> = command[1..].iter().map(String::as_str).collect();
        match answer(&command[0], &arguments) {
            // dpkg also knows packages that were removed; "ii" are installed ones.
            Some(output) if family == Family::Debian => output.starts_with("ii"),
            Some(_) => true,
            None => false,
        }
    })
}

fn query_command(family: Family, package: &str) -> Vec<String> {
    let words: &[&str] = match family {
        Family::Debian => &["dpkg-query", "-W", "-f=${db:Status-Abbrev}", package],
        Family::Fedora | Family::Suse => &["rpm", "-q", "--whatprovides", package],
        Family::Arch => &["pacman", "-T", package],
        Family::Alpine => &["apk", "info", "-e", package],
    };
    words.iter().map(ToString::to_string).collect()
}

/// The commands that install `packages`, in order. All but the last may fail.
fn install_commands(family: Family, packages: &[&str]) -> Vec<Vec<String>> {
    let refresh: &[&str] = match family {
        Family::Debian => &["apt-get", "update"],
        _ => &[],
    };
    let install: &[&str] = match family {
        Family::Debian => &[
            "env",
            "DEBIAN_FRONTEND=noninteractive",
            "apt-get",
            "install",
            "-y",
            "--no-install-recommends",
        ],
        Family::Fedora => &["dnf", "install", "-y"],
        Family::Arch => &["pacman", "-Sy", "--needed", "--noconfirm"],
        Family::Suse => &["zypper", "--non-interactive", "install"],
        Family::Alpine => &["apk", "add"],
    };
    let words = |parts: &[&str]| {
        parts
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<String>>()
    };
    let mut commands = Vec::new();
    if !refresh.is_empty() {
        commands.push(words(refresh));
    }
    let mut last = words(install);
    last.extend(words(packages));
    commands.push(last);
    commands
}

/// How we may act as root.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Rights {
    Root,
    /// `sudo`, which can ask for a password on the terminal or needs none.
    Sudo,
    None,
}

fn rights() -> Rights {
    if answer("id", &["-u"]).is_some_and(|id| id.trim() == "0") {
        return Rights::Root;
    }
    if !has_command("sudo") {
        return Rights::None;
    }
    let needs_no_password = Command::new("sudo")
        .args(["-n", "true"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if needs_no_password || std::io::stdin().is_terminal() {
        Rights::Sudo
    } else {
        Rights::None
    }
}

/// Installs `packages`, or fails with the exact command to type.
pub(crate) fn install(family: Family, packages: &[&str]) -> Result<(), Failure> {
    install_with(rights(), &install_commands(family, packages))
}

fn install_with(rights: Rights, commands: &[Vec<String>]) -> Result<(), Failure> {
    let commands = with_rights(rights, commands);
    let lines: Vec<String> = commands.iter().map(|words| words.join(" ")).collect();
    if rights == Rights::None {
        return Err(Failure::new(format!(
            "these packages can only be installed as root; please run: {}",
            lines.join(" && ")
        )));
    }
    for (index, (words, line)) in commands.iter().zip(&lines).enumerate() {
        println!("Installing: {line}");
        let status = Command::new(&words[0])
            .args(&words[1..])
            .status()
            .map_err(|error| Failure::start(&words[0], &error))?;
        if status.success() {
            continue;
        }
        if index + 1 == commands.len() {
            return Err(Failure::new(format!("`{line}` failed ({status})")));
        }
        // One broken source among many must not stop what the others can provide.
        eprintln!("`{line}` failed ({status}); trying to install all the same");
    }
    Ok(())
}

/// Puts `sudo` in front unless we are root already. Without rights it shows what to type.
fn with_rights(rights: Rights, commands: &[Vec<String>]) -> Vec<Vec<String>> {
    let prefix: &[&str] = if rights == Rights::Root {
        &[]
    } else {
        &["sudo"]
    };
    commands
        .iter()
        .map(|words| {
            prefix
                .iter()
                .map(ToString::to_string)
                .chain(words.iter().cloned())
                .collect()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(family: Family, rights: Rights) -> Vec<String> {
        with_rights(rights, &install_commands(family, &["cmake", "flac"]))
            .iter()
            .map(|words| words.join(" "))
            .collect()
    }

    #[test]
    fn apt_refreshes_first_and_never_asks() {
        assert_eq!(
            lines(Family::Debian, Rights::Root),
            [
                "apt-get update",
                "env DEBIAN_FRONTEND=noninteractive apt-get install -y \
                 --no-install-recommends cmake flac",
            ]
        );
    }

    #[test]
    fn the_other_package_managers() {
        assert_eq!(
            lines(Family::Fedora, Rights::Root),
            ["dnf install -y cmake flac"]
        );
        assert_eq!(
            lines(Family::Arch, Rights::Root),
            ["pacman -Sy --needed --noconfirm cmake flac"]
        );
        assert_eq!(
            lines(Family::Suse, Rights::Root),
            ["zypper --non-interactive install cmake flac"]
        );
        assert_eq!(lines(Family::Alpine, Rights::Root), ["apk add cmake flac"]);
    }

    #[test]
    fn a_user_goes_through_sudo() {
        assert_eq!(
            lines(Family::Fedora, Rights::Sudo),
            ["sudo dnf install -y cmake flac"]
        );
    }

    #[test]
    fn without_rights_the_command_is_shown_and_nothing_is_run() {
        let commands = vec![
            vec!["false".to_owned()],
            vec!["apk".to_owned(), "add".to_owned()],
        ];
        let failure = install_with(Rights::None, &commands).expect_err("must not install");
        let said = failure.to_string();
        assert!(
            said.ends_with("please run: sudo false && sudo apk add"),
            "{said}"
        );
        assert_eq!(failure.exit_code, 1);
    }

    #[test]
    fn a_failing_refresh_does_not_stop_the_installation() {
        let commands = vec![vec!["false".to_owned()], vec!["true".to_owned()]];
        install_with(Rights::Root, &commands).expect("the last command decides");
        let commands = vec![vec!["true".to_owned()], vec!["false".to_owned()]];
        assert!(install_with(Rights::Root, &commands).is_err());
    }
}
