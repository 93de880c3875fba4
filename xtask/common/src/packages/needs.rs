//! What the player and its tests need, and what each distribution calls it.

use super::distribution::Family;

/// A cheap look whether something is there, whoever provided it.
pub(crate) enum Probe {
    /// All of these programs are on the search path.
    Commands(&'static [&'static str]),
    /// One of these programs is.
    AnyCommand(&'static [&'static str]),
    /// pkg-config knows this module.
    PkgConfig(&'static str),
    /// The dynamic linker knows all of these libraries.
    Libraries(&'static [&'static str]),
    /// A font for this language is installed.
    Font(&'static str),
    /// Only the package manager can tell.
    PackageManager,
}

/// One thing that has to be there.
pub(crate) struct Need {
    /// In words.
    pub(crate) what: &'static str,
    /// How to look for it.
    pub(crate) probe: Probe,
    /// True if nothing can be compiled without it.
    pub(crate) stops_the_build: bool,
    /// Package names: Debian, Fedora, Arch, openSUSE, Alpine.
    names: [&'static [&'static str]; 5],
}

impl Need {
    /// The packages that provide it.
    pub(crate) fn packages(&self, family: Family) -> &'static [&'static str] {
        match family {
            Family::Debian => self.names[0],
            Family::Fedora => self.names[1],
            Family::Arch => self.names[2],
            Family::Suse => self.names[3],
            Family::Alpine => self.names[4],
        }
    }
}

const fn build(what: &'static str, probe: Probe, names: [&'static [&'static str]; 5]) -> Need {
    Need {
        what,
        probe,
        stops_the_build: true,
        names,
    }
}

const fn also(what: &'static str, probe: Probe, names: [&'static [&'static str]; 5]) -> Need {
    Need {
        what,
        probe,
        stops_the_build: false,
        names,
    }
}

/// To build the player and open its window.
pub(crate) const RUN: &[Need] = &[
    build(
        "a C compiler and linker",
        Probe::Commands(&["cc"]),
        [
            &["build-essential"],
            &["gcc", "gcc-c++"],
            &["gcc"],
            &["gcc", "gcc-c++"],
            &["build-base"],
        ],
    ),
    build(
        "pkg-config",
        Probe::AnyCommand(&["pkg-config", "pkgconf"]),
        [
            &["pkg-config"],
            &["pkgconf-pkg-config"],
            &["pkgconf"],
            &["pkg-config"],
            &["pkgconf"],
        ],
    ),
    build(
        "the ALSA library with its headers",
        Probe::PkgConfig("alsa"),
        [
            &["libasound2-dev"],
            &["alsa-lib-devel"],
            &["alsa-lib"],
            &["alsa-devel"],
            &["alsa-lib-dev"],
        ],
    ),
    build(
        "the PipeWire library with its headers",
        Probe::PkgConfig("libpipewire-0.3"),
        [
            &["libpipewire-0.3-dev"],
            &["pipewire-devel"],
            &["libpipewire"],
            &["pipewire-devel"],
            &["pipewire-dev"],
        ],
    ),
    build(
        "libclang, which reads those headers",
        Probe::PackageManager,
        [
            &["libclang-dev"],
            &["clang-devel"],
            &["clang"],
            &["clang-devel"],
            &["clang-dev"],
        ],
    ),
    build("cmake", Probe::Commands(&["cmake"]), [&["cmake"]; 5]),
    also(
        "OpenGL for the window",
        Probe::Libraries(&["libGL.so.1", "libEGL.so.1"]),
        [
            &["libgl1", "libegl1", "libgl1-mesa-dri"],
            &["libglvnd-glx", "libglvnd-egl", "mesa-dri-drivers"],
            &["libglvnd", "mesa"],
            &["Mesa-libGL1", "Mesa-libEGL1", "Mesa-dri"],
            &["mesa-gl", "mesa-egl", "mesa-dri-gallium"],
        ],
    ),
    also(
        "the X11 and keyboard libraries of the window",
        Probe::Libraries(&[
            "libX11.so.6",
            "libX11-xcb.so.1",
            "libXcursor.so.1",
            "libXi.so.6",
            "libxcb.so.1",
            "libxkbcommon.so.0",
            "libxkbcommon-x11.so.0",
        ]),
        [
            &[
                "libx11-6",
                "libx11-xcb1",
                "libxcursor1",
                "libxi6",
                "libxcb1",
                "libxkbcommon0",
                "libxkbcommon-x11-0",
            ],
            &[
                "libX11",
                "libX11-xcb",
                "libXcursor",
                "libXi",
                "libxcb",
                "libxkbcommon",
                "libxkbcommon-x11",
            ],
            &[
                "libx11",
                "libxcursor",
                "libxi",
                "libxcb",
                "libxkbcommon",
                "libxkbcommon-x11",
            ],
            &[
                "libX11-6",
                "libX11-xcb1",
                "libXcursor1",
                "libXi6",
                "libxcb1",
                "libxkbcommon0",
                "libxkbcommon-x11-0",
            ],
            &[
                "libx11",
                "libxcursor",
                "libxi",
                "libxcb",
                "libxkbcommon",
                "libxkbcommon-x11",
            ],
        ],
    ),
    also(
        "the Wayland libraries of the window",
        Probe::Libraries(&["libwayland-client.so.0", "libwayland-egl.so.1"]),
        [
            &["libwayland-client0", "libwayland-egl1"],
            &["libwayland-client", "libwayland-egl"],
            &["wayland"],
            &["libwayland-client0", "libwayland-egl1"],
            &["wayland-libs-client", "wayland-libs-egl"],
        ],
    ),
];

/// For the tests, on top of [`RUN`].
pub(crate) const TEST: &[Need] = &[
    also(
        "the sound server (PipeWire, WirePlumber)",
        Probe::Commands(&["pipewire", "wireplumber", "pipewire-pulse"]),
        [
            &["pipewire", "wireplumber", "pipewire-pulse"],
            &["pipewire", "wireplumber", "pipewire-pulseaudio"],
            &["pipewire", "wireplumber", "pipewire-pulse"],
            &["pipewire", "wireplumber", "pipewire-pulseaudio"],
            &["pipewire", "wireplumber", "pipewire-pulse"],
        ],
    ),
    also(
        "the sound server's tools (pactl, parec, paplay)",
        Probe::Commands(&["pactl", "parec", "paplay"]),
        [
            &["pulseaudio-utils"],
            &["pulseaudio-utils"],
            &["libpulse"],
            &["pulseaudio-utils"],
            &["pulseaudio-utils"],
        ],
    ),
    also(
        "the message bus",
        Probe::Commands(&["dbus-daemon"]),
        [
            &["dbus"],
            &["dbus-daemon"],
            &["dbus"],
            &["dbus-1-daemon"],
            &["dbus"],
        ],
    ),
    also(
        "a display without a screen (Xvfb)",
        Probe::Commands(&["Xvfb"]),
        [
            &["xvfb"],
            &["xorg-x11-server-Xvfb"],
            &["xorg-server-xvfb"],
            &["xorg-x11-server-Xvfb"],
            &["xvfb"],
        ],
    ),
    also(
        "software OpenGL drivers",
        Probe::PackageManager,
        [
            &["libgl1-mesa-dri"],
            &["mesa-dri-drivers"],
            &["mesa"],
            &["Mesa-dri"],
            &["mesa-dri-gallium"],
        ],
    ),
    also(
        "a window manager (openbox)",
        Probe::Commands(&["openbox"]),
        [&["openbox"]; 5],
    ),
    also("xdotool", Probe::Commands(&["xdotool"]), [&["xdotool"]; 5]),
    also(
        "playerctl",
        Probe::Commands(&["playerctl"]),
        [&["playerctl"]; 5],
    ),
    also(
        "what opens files by their kind",
        Probe::Commands(&["xdg-mime", "gio", "update-desktop-database"]),
        [
            &["xdg-utils", "libglib2.0-bin", "desktop-file-utils"],
            &["xdg-utils", "glib2", "desktop-file-utils"],
            &["xdg-utils", "glib2", "desktop-file-utils"],
            &["xdg-utils", "glib2-tools", "desktop-file-utils"],
            &["xdg-utils", "glib", "desktop-file-utils"],
        ],
    ),
    also(
        "ImageMagick",
        Probe::Commands(&["import", "identify"]),
        [
            &["imagemagick"],
            &["ImageMagick"],
            &["imagemagick"],
            &["ImageMagick"],
            &["imagemagick"],
        ],
    ),
    also(
        "valgrind",
        Probe::Commands(&["valgrind"]),
        [&["valgrind"]; 5],
    ),
    also(
        "flac",
        Probe::Commands(&["flac", "metaflac"]),
        [&["flac"]; 5],
    ),
    also("lame", Probe::Commands(&["lame"]), [&["lame"]; 5]),
    also(
        "ffmpeg",
        Probe::Commands(&["ffmpeg"]),
        [
            &["ffmpeg"],
            &["ffmpeg-free"],
            &["ffmpeg"],
            &["ffmpeg"],
            &["ffmpeg"],
        ],
    ),
    also(
        "opus-tools",
        Probe::Commands(&["opusenc"]),
        [&["opus-tools"]; 5],
    ),
    also(
        "vorbis-tools",
        Probe::Commands(&["oggenc"]),
        [&["vorbis-tools"]; 5],
    ),
    also(
        "wavpack",
        Probe::Commands(&["wavpack", "wvunpack"]),
        [&["wavpack"]; 5],
    ),
    also(
        "fontconfig",
        Probe::Commands(&["fc-list"]),
        [&["fontconfig"]; 5],
    ),
    also(
        "fonts for Chinese, Japanese and Korean",
        Probe::Font("ja"),
        [
            &["fonts-noto-cjk"],
            &["google-noto-sans-cjk-fonts"],
            &["noto-fonts-cjk"],
            &["google-noto-sans-cjk-fonts"],
            &["font-noto-cjk"],
        ],
    ),
    also(
        "fonts for Arabic",
        Probe::Font("ar"),
        [
            &["fonts-noto-core"],
            &["google-noto-sans-arabic-fonts"],
            &["noto-fonts"],
            &["google-noto-sans-arabic-fonts"],
            &["font-noto-arabic"],
        ],
    ),
    also(
        "fonts for Latin and Cyrillic",
        Probe::Font("ru"),
        [
            &["fonts-dejavu-core"],
            &["dejavu-sans-fonts"],
            &["ttf-dejavu"],
            &["dejavu-fonts"],
            &["font-dejavu"],
        ],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_need_has_a_package_in_every_family() {
        let families = [
            Family::Debian,
            Family::Fedora,
            Family::Arch,
            Family::Suse,
            Family::Alpine,
        ];
        for need in RUN.iter().chain(TEST) {
            for family in families {
                assert!(
                    !need.packages(family).is_empty(),
                    "{} on {family:?}",
                    need.what
                );
            }
        }
    }
}
