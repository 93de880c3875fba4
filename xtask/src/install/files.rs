//! What is installed, and where it belongs (freedesktop.org, "XDG Base Directory Specification").

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use xtask_common::failure::Failure;
use xtask_common::project;

/// Sides of the icons in pixels.
const ICON_PIXELS: [u32; 8] = [16, 24, 32, 48, 64, 128, 256, 512];

/// One file to put in place.
pub(super) struct Item {
    pub(super) to: PathBuf,
    pub(super) content: Vec<u8>,
    pub(super) is_program: bool,
}

/// The folders of a user.
pub(super) struct Folders {
    /// Programs.
    pub(super) bin: PathBuf,
    data: PathBuf,
}

impl Folders {
    pub(super) fn of_this_user() -> Result<Self, Failure> {
        let home = std::env::var_os("HOME").filter(|home| !home.is_empty());
        let home = PathBuf::from(home.ok_or_else(|| Failure::new("there is no home folder"))?);
        let data = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from);
        let data = data.filter(|folder| folder.is_absolute());
        Ok(Self {
            bin: home.join(".local/bin"),
            data: data.unwrap_or_else(|| home.join(".local/share")),
        })
    }

    pub(super) fn program(&self) -> PathBuf {
        self.bin.join("rusty-audio")
    }

    pub(super) fn applications(&self) -> PathBuf {
        self.data.join("applications")
    }

    /// What the installation has made.
    pub(super) fn record(&self) -> PathBuf {
        self.data.join("rusty-audio-installed.txt")
    }

    /// Takes away the cache of file types where no program is in it any more.
    pub(super) fn forget_empty_cache(&self) {
        let cache = self.applications().join("mimeinfo.cache");
        if fs::read_to_string(&cache).is_ok_and(|text| text.trim() == "[MIME Cache]") {
            // An empty cache says what none says.
            let _ = fs::remove_file(&cache);
            let _ = fs::remove_dir(self.applications());
        }
    }
}

/// Everything that belongs to the program at `binary`, which is asked for its manual and completions.
pub(super) fn all(binary: &Path, folders: &Folders) -> Result<Vec<Item>, Failure> {
    let packaging = project::root().join("packaging");
    let read = |path: PathBuf| fs::read(&path).map_err(|e| Failure::file("read", &path, &e));
    let plain = |to: PathBuf, content| Item {
        to,
        content,
        is_program: false,
    };
    let data = &folders.data;
    let entry = read(packaging.join("linux/rusty-audio.desktop"))?;
    let entry = with_program(&String::from_utf8_lossy(&entry), &folders.program());
    let metainfo = "io.github.rusty_audio.RustyAudio.metainfo.xml";
    let mut items = vec![
        Item {
            to: folders.program(),
            content: read(binary.to_owned())?,
            is_program: true,
        },
        plain(
            folders.applications().join("rusty-audio.desktop"),
            entry.into_bytes(),
        ),
        plain(
            data.join("metainfo").join(metainfo),
            read(packaging.join("linux").join(metainfo))?,
        ),
        plain(
            data.join("icons/hicolor/scalable/apps/rusty-audio.svg"),
            read(packaging.join("icon.svg"))?,
        ),
    ];
    for pixels in ICON_PIXELS {
        let to = format!("icons/hicolor/{pixels}x{pixels}/apps/rusty-audio.png");
        let icon = read(packaging.join(format!("icons/{pixels}.png")))?;
        items.push(plain(data.join(to), icon));
    }
    for (what, to) in [
        ("man", "man/man1/rusty-audio.1"),
        ("bash", "bash-completion/completions/rusty-audio"),
        ("zsh", "zsh/site-functions/_rusty-audio"),
        ("fish", "fish/vendor_completions.d/rusty-audio.fish"),
    ] {
        items.push(plain(data.join(to), generated(binary, what)?));
    }
    Ok(items)
}

/// The desktop entry with the program's own path, which need not be on the desktop's search path.
fn with_program(entry: &str, program: &Path) -> String {
    let path = program.display().to_string();
    // "Desktop Entry Specification", "The Exec key": these must be quoted, and backslashes doubled once more.
    let quoted = match path.contains(|c: char| !c.is_ascii_alphanumeric() && !"/._-+".contains(c)) {
        true => {
            let escaped: String = path
                .chars()
                .flat_map(|c| {
                    let escape = "\"`$\\".contains(c).then_some("\\\\");
                    escape.unwrap_or_default().chars().chain([c])
                })
                .collect();
            format!("\"{}\"", escaped.replace('%', "%%"))
        }
        false => path.clone(),
    };
    entry
        .lines()
        .map(|line| {
            let line = match line.strip_prefix("Exec=rusty-audio") {
                Some(rest) => format!("Exec={quoted}{rest}"),
                None => line.to_owned(),
            };
            match line.starts_with("TryExec=") {
                true => format!("TryExec={path}\n"),
                false => line + "\n",
            }
        })
        .collect()
}

/// What the program prints of itself: `man`, or the name of a shell.
pub(crate) fn generated(binary: &Path, what: &str) -> Result<Vec<u8>, Failure> {
    let done = Command::new(binary).args(["generate", what]).output();
    let done = done.map_err(|error| Failure::file("run", binary, &error))?;
    match done.status.success() {
        true => Ok(done.stdout),
        false => Err(Failure::new(format!(
            "{} generate {what}: {}",
            binary.display(),
            String::from_utf8_lossy(&done.stderr).trim()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_entry_names_the_program_whatever_its_path_is() {
        let entry = "Exec=rusty-audio %F\nTryExec=rusty-audio\nExec=rusty-audio --skip\n";
        let plain = with_program(entry, Path::new("/home/a/bin/rusty-audio"));
        assert_eq!(
            plain,
            "Exec=/home/a/bin/rusty-audio %F\nTryExec=/home/a/bin/rusty-audio\n\
             Exec=/home/a/bin/rusty-audio --skip\n"
        );
        let odd = with_program("Exec=rusty-audio %F\n", Path::new("/my home/$x 5%/r"));
        assert_eq!(odd, "Exec=\"/my home/\\\\$x 5%%/r\" %F\n");
    }
}
