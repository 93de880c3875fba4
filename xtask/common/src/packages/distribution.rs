//! Which family of Linux distributions this is, read from `os-release`.

use std::fs;

/// Distributions that share a package manager and package names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Family {
    /// Debian, Ubuntu and their kin: apt.
    Debian,
    /// Fedora, RHEL and their kin: dnf.
    Fedora,
    /// Arch, Manjaro and their kin: pacman.
    Arch,
    /// openSUSE and SLE: zypper.
    Suse,
    /// Alpine: apk.
    Alpine,
}

/// The family of this machine, if it is one we know.
pub(crate) fn this_machine() -> Option<Family> {
    let text = fs::read_to_string("/etc/os-release")
        .or_else(|_| fs::read_to_string("/usr/lib/os-release"))
        .ok()?;
    family(&text)
}

/// The family named by `ID`, or else by the first known word of `ID_LIKE`.
fn family(os_release: &str) -> Option<Family> {
    let field = |name: &str| {
        os_release.lines().find_map(|line| {
            let value = line.trim().strip_prefix(name)?.strip_prefix('=')?;
            Some(value.trim_matches(['"', '\'']).to_ascii_lowercase())
        })
    };
    let id = field("ID").unwrap_or_default();
    let like = field("ID_LIKE").unwrap_or_default();
    std::iter::once(id.as_str())
        .chain(like.split_whitespace())
        .find_map(family_of)
}

fn family_of(id: &str) -> Option<Family> {
    match id {
        "debian" | "ubuntu" => Some(Family::Debian),
        "fedora" | "rhel" | "centos" => Some(Family::Fedora),
        "arch" | "manjaro" => Some(Family::Arch),
        "alpine" => Some(Family::Alpine),
        "suse" | "sles" => Some(Family::Suse),
        other if other.starts_with("opensuse") => Some(Family::Suse),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ubuntu() {
        let text = "PRETTY_NAME=\"Ubuntu 24.04.1 LTS\"\nNAME=\"Ubuntu\"\nVERSION_ID=\"24.04\"\n\
                    VERSION_CODENAME=noble\nID=ubuntu\nID_LIKE=debian\n";
        assert_eq!(family(text), Some(Family::Debian));
    }

    #[test]
    fn debian() {
        let text = "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nVERSION_ID=\"12\"\nID=debian\n";
        assert_eq!(family(text), Some(Family::Debian));
    }

    #[test]
    fn fedora() {
        let text =
            "NAME=\"Fedora Linux\"\nVERSION_ID=43\nID=fedora\nPLATFORM_ID=\"platform:f43\"\n";
        assert_eq!(family(text), Some(Family::Fedora));
    }

    #[test]
    fn arch_and_manjaro() {
        assert_eq!(
            family("NAME=\"Arch Linux\"\nID=arch\nBUILD_ID=rolling\n"),
            Some(Family::Arch)
        );
        assert_eq!(
            family("NAME=\"Manjaro Linux\"\nID=manjaro\nID_LIKE=arch\n"),
            Some(Family::Arch)
        );
    }

    #[test]
    fn opensuse_tumbleweed() {
        let text = "NAME=\"openSUSE Tumbleweed\"\nID=\"opensuse-tumbleweed\"\n\
                    ID_LIKE=\"opensuse suse\"\n";
        assert_eq!(family(text), Some(Family::Suse));
    }

    #[test]
    fn alpine() {
        assert_eq!(
            family("NAME=\"Alpine Linux\"\nID=alpine\nVERSION_ID=3.22.0\n"),
            Some(Family::Alpine)
        );
    }

    #[test]
    fn a_relative_is_known_by_what_it_is_like() {
        assert_eq!(
            family("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n"),
            Some(Family::Debian)
        );
        assert_eq!(
            family("ID=rocky\nID_LIKE=\"rhel centos fedora\"\n"),
            Some(Family::Fedora)
        );
        assert_eq!(family("ID=nixos\n"), None);
        assert_eq!(family(""), None);
    }
}
