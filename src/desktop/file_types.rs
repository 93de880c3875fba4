//! The kinds of files that a desktop may open with the player, in its own words. The desktop entry names the same.

/// Media types of what is played, of lists, and of folders.
pub const MIME_TYPES: [&str; 44] = [
    "audio/flac",
    "audio/x-flac",
    "audio/x-flac+ogg",
    "audio/ogg",
    "audio/vorbis",
    "audio/x-vorbis+ogg",
    "audio/opus",
    "audio/x-opus+ogg",
    "application/ogg",
    "audio/mpeg",
    "audio/mp3",
    "audio/x-mp3",
    "audio/mp2",
    "audio/x-mp2",
    "audio/mp4",
    "audio/x-m4a",
    "audio/x-m4b",
    "audio/x-m4r",
    "audio/aac",
    "audio/x-aac",
    "audio/aacp",
    "audio/usac",
    "audio/wav",
    "audio/x-wav",
    "audio/vnd.wave",
    "audio/x-wavpack",
    "audio/x-ape",
    "audio/aiff",
    "audio/x-aiff",
    "audio/x-aifc",
    "audio/x-caf",
    "audio/basic",
    "audio/x-dsf",
    "audio/x-dff",
    "audio/x-matroska",
    "audio/webm",
    "audio/3gpp",
    "audio/x-mpegurl",
    "application/vnd.apple.mpegurl",
    "audio/mpegurl",
    "audio/x-scpls",
    "application/xspf+xml",
    "application/x-cue",
    "inode/directory",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_desktop_entry_names_the_same_types() {
        let entry = include_str!("../../packaging/linux/rusty-audio.desktop");
        let line = entry
            .lines()
            .find_map(|line| line.strip_prefix("MimeType="));
        let named: Vec<&str> = line.unwrap().trim_end_matches(';').split(';').collect();
        assert_eq!(named, MIME_TYPES);
    }
}
