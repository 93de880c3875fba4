//! Peculiarities of Linux sound libraries, smoothed over.

use std::path::Path;

/// Bytes of a PulseAudio cookie.
#[cfg(target_os = "linux")]
const COOKIE_BYTES: usize = 256;

/// Lets a PulseAudio client introduce itself on a machine where nobody has before.
///
/// PipeWire's PulseAudio server refuses a client that brings no cookie, though it does not look at
/// what is in it, and only the C library makes one. Where none is found, an empty one is put into
/// `folder` and named to this process's client. Call it first thing, before any thread is started.
pub fn provide_cookie(folder: &Path) {
    #[cfg(target_os = "linux")]
    {
        if pulseaudio_cookie_exists() {
            return;
        }
        let path = folder.join("pulse-cookie");
        let is_there = path
            .metadata()
            .is_ok_and(|m| m.len() == COOKIE_BYTES as u64);
        let is_ready = is_there
            || (std::fs::create_dir_all(folder).is_ok()
                && std::fs::write(&path, [0; COOKIE_BYTES]).is_ok());
        if is_ready {
            // SAFETY: called before any thread is started, so nobody reads the environment meanwhile.
            unsafe { std::env::set_var("PULSE_COOKIE", path) };
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = folder;
}

/// Tells PipeWire's library what this program is called in mixers, and to keep its notes to itself: what goes
/// wrong is reported once, in words. What the user has set stays. Call it first thing, before any thread is
/// started.
pub fn introduce_program() {
    #[cfg(target_os = "linux")]
    for (name, value) in [
        ("PIPEWIRE_DEBUG", "0"),
        (
            "PIPEWIRE_PROPS",
            "{ application.name = \"Rusty Audio\" node.description = \"Rusty Audio\" \
             media.name = \"Music\" media.role = Music }",
        ),
    ] {
        if std::env::var_os(name).is_none() {
            // SAFETY: called before any thread is started, so nobody reads the environment meanwhile.
            unsafe { std::env::set_var(name, value) };
        }
    }
}

#[cfg(target_os = "linux")]
fn pulseaudio_cookie_exists() -> bool {
    let named = std::env::var_os("PULSE_COOKIE").map(std::path::PathBuf::from);
    let home = std::env::home_dir();
    let usual = home
        .into_iter()
        .flat_map(|home| [".config/pulse/cookie", ".pulse-cookie"].map(|name| home.join(name)));
    named.into_iter().chain(usual).any(|path| path.exists())
}

/// Whether a PipeWire server takes connections. One system call or two; never waits.
#[cfg(unix)]
pub(super) fn pipewire_answers() -> bool {
    use std::os::unix::net::UnixStream;
    use std::path::PathBuf;
    let remote = std::env::var_os("PIPEWIRE_REMOTE").filter(|remote| !remote.is_empty());
    let name = remote.map_or_else(|| PathBuf::from("pipewire-0"), PathBuf::from);
    // An absolute name is a socket's path by itself.
    let folders = ["PIPEWIRE_RUNTIME_DIR", "XDG_RUNTIME_DIR"].map(std::env::var_os);
    folders
        .into_iter()
        .flatten()
        .any(|folder| UnixStream::connect(PathBuf::from(folder).join(&name)).is_ok())
}

/// Whether a PipeWire server takes connections: here there is none.
#[cfg(not(unix))]
pub(super) fn pipewire_answers() -> bool {
    false
}

/// Keeps the calling thread's ALSA from printing to standard error: what goes wrong is returned as an
/// error too, and reported once, in words.
pub fn silence_alsa() {
    #[cfg(target_os = "linux")]
    {
        // Without it ALSA prints, and works.
        let _ = alsa::Output::local_error_handler();
    }
}
