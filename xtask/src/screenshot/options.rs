//! The arguments of `cargo xtask screenshot`.

use std::path::PathBuf;
use std::time::Duration;

use xtask_common::failure::Failure;

/// What to photograph, and how.
pub(super) struct Options {
    /// The picture, relative to the root of the project.
    pub(super) out: PathBuf,
    /// `light` or `dark`; the program's own choice otherwise.
    pub(super) theme: Option<String>,
    /// Width and height of the window in pixels.
    pub(super) size: [u32; 2],
    /// How long it plays before the picture.
    pub(super) wait: Duration,
    /// Keys to press, as xdotool names them.
    pub(super) keys: Vec<String>,
    /// Takes the release build.
    pub(super) release: bool,
    /// What to play.
    pub(super) inputs: Vec<String>,
}

impl Options {
    /// Reads the arguments behind `screenshot`.
    pub(super) fn parse(arguments: &[String]) -> Result<Self, Failure> {
        let mut options = Self {
            out: PathBuf::from("assets/screenshot.png"),
            theme: None,
            size: [1_500, 900],
            wait: Duration::from_secs(4),
            keys: vec!["F12".to_owned()],
            release: false,
            inputs: vec!["demo".to_owned()],
        };
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--release" => options.release = true,
                "--inputs" => {
                    options.inputs = words.by_ref().cloned().collect();
                }
                "--out" | "--theme" | "--size" | "--wait" | "--keys" => {
                    let value = words
                        .next()
                        .ok_or_else(|| Failure::usage(format!("{word} needs a value")))?;
                    options.set(word, value)?;
                }
                other => return Err(Failure::usage(format!("unknown argument `{other}`"))),
            }
        }
        Ok(options)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), Failure> {
        let wrong = || Failure::usage(format!("{name} cannot be `{value}`"));
        match name {
            "--out" => self.out = std::path::absolute(value).map_err(|_| wrong())?,
            "--theme" if ["light", "dark"].contains(&value) => self.theme = Some(value.to_owned()),
            "--size" => {
                let (width, height) = value.split_once('x').ok_or_else(wrong)?;
                let side = |text: &str| text.parse::<u32>().ok().filter(|&pixels| pixels > 0);
                self.size = [
                    side(width).ok_or_else(wrong)?,
                    side(height).ok_or_else(wrong)?,
                ];
            }
            "--wait" => {
                let seconds = value.parse().map_err(|_| wrong())?;
                self.wait = Duration::try_from_secs_f64(seconds).map_err(|_| wrong())?;
            }
            "--keys" if value == "none" => self.keys.clear(),
            "--keys" => self.keys = value.split(',').map(str::to_owned).collect(),
            _ => return Err(wrong()),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options, Failure> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Options::parse(&words)
    }

    #[test]
    fn everything_can_be_chosen() {
        let options =
            parse("--theme light --size 640x420 --wait 1.5 --keys F12,i --inputs a.flac b.flac")
                .expect("valid");
        assert_eq!(options.theme.as_deref(), Some("light"));
        assert_eq!(options.size, [640, 420]);
        assert_eq!(options.wait, Duration::from_millis(1_500));
        assert_eq!(options.keys, ["F12", "i"]);
        assert_eq!(options.inputs, ["a.flac", "b.flac"]);
    }

    #[test]
    fn wrong_values_are_wrong_usage() {
        for line in [
            "--theme blue",
            "--size 640",
            "--size 0x5",
            "--wait -1",
            "--out",
            "--what",
        ] {
            assert_eq!(
                parse(line).err().map(|failure| failure.exit_code),
                Some(2),
                "{line}"
            );
        }
    }
}
