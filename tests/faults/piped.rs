//! Input through standard input or a named pipe.

use crate::player::{Bench, Run, within};
use crate::sound::check_wave;
use crate::table::Case;
use crate::wave::Wave;
use crate::{Verdict, need};
use std::ffi::{CString, OsString};
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// How long a pipe waits for its reader.
const PATIENCE: Duration = Duration::from_secs(12);

/// A pipe gives as many frames as the file, by `probe` and by the command.
pub(crate) fn piped(bench: &mut Bench, case: &Case) -> Verdict {
    let content = std::fs::read(&bench.inputs[0]).unwrap();
    let probed = run_fed(bench, case, "probe --json {pipe}", &content)?;
    let told = probed.json()?;
    need(told.len() == 1, || {
        format!("{} lines: {}", told.len(), probed.err)
    })?;
    let frames = told[0]["frames"].as_f64();
    need(within(frames, &case.expected["frames"]), || {
        format!("probe counts {frames:?} frames: {}", probed.err)
    })?;
    probed.check_code(&0.into(), "probe")?;
    run_fed(bench, case, &case.command, &content)?.check_code(&0.into(), "the command")?;
    if !bench.out.exists() {
        return Ok(());
    }
    let wave = Wave::read(&bench.out)?;
    need(frames == Some(wave.frames() as f64), || {
        format!("{} frames rendered, not {frames:?}", wave.frames())
    })?;
    check_wave(&wave, &case.expected)
}

fn run_fed(bench: &Bench, case: &Case, command: &str, content: &[u8]) -> Result<Run, String> {
    let is_fifo = case.expected["via"] == "fifo";
    let extension = bench.inputs[0].extension().unwrap_or_default();
    let path = match is_fifo {
        true => bench.beside("named-pipe").with_extension(extension),
        false => "/dev/stdin".into(),
    };
    let words = bench.words(command).into_iter();
    let words: Vec<OsString> = words
        .map(|word| {
            if word == "{pipe}" {
                path.clone().into_os_string()
            } else {
                word
            }
        })
        .collect();
    if is_fifo {
        make_fifo(&path);
        return std::thread::scope(|scope| {
            scope.spawn(|| feed_fifo(&path, content));
            let ran = bench.run_words(&words, Stdio::null());
            // Nobody waits for a reader any more.
            std::fs::remove_file(&path).unwrap();
            ran
        });
    }
    let (reader, mut writer) = std::io::pipe().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            // Whoever has enough closes its end.
            let _ = writer.write_all(content);
        });
        bench.run_words(&words, reader.into())
    })
}

fn make_fifo(path: &Path) {
    let name = CString::new(path.as_os_str().as_bytes()).unwrap();
    // SAFETY: the name ends in zero and lives until the call returns.
    assert_eq!(unsafe { libc::mkfifo(name.as_ptr(), 0o600) }, 0);
}

/// Writes once there is a reader; gives up when the pipe is gone.
fn feed_fifo(path: &Path, content: &[u8]) {
    let began = Instant::now();
    let mut options = std::fs::OpenOptions::new();
    options.write(true).custom_flags(libc::O_NONBLOCK);
    while path.exists() && began.elapsed() < PATIENCE {
        let Ok(mut pipe) = options.open(path) else {
            std::thread::sleep(Duration::from_millis(5));
            continue;
        };
        let mut rest = content;
        while !rest.is_empty() && began.elapsed() < PATIENCE {
            match pipe.write(rest) {
                Ok(count) => rest = &rest[count..],
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                    std::thread::sleep(Duration::from_millis(1));
                }
                Err(_) => return,
            }
        }
        return;
    }
}
