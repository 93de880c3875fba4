//! Extensions of the files that are music: the one list for folders, the open dialog and cue sheets.

use std::path::Path;

/// Extensions of files with sound, in lower case. Where a cue sheet names a file that has been converted
/// since, the first of these that is there is taken: without loss before the others.
pub const AUDIO_EXTENSIONS: [&str; 40] = [
    "flac", "wv", "ape", "wav", "wave", "w64", "rf64", "bw64", "bwf", "aif", "aiff", "aifc", "caf",
    "alac", "dsf", "dff", "m4a", "m4b", "m4r", "mp4", "mp3", "mp2", "mp1", "mpa", "mpga", "opus",
    "ogg", "oga", "ogx", "aac", "adts", "latm", "loas", "mka", "mkv", "webm", "mov", "3gp", "au",
    "snd",
];
/// Extensions of playlists, in lower case.
pub const PLAYLIST_EXTENSIONS: [&str; 4] = ["m3u", "m3u8", "pls", "xspf"];
/// The extension of cue sheets, in lower case.
pub const CUE_EXTENSION: &str = "cue";

/// Whether the extension of `path` is one of `extensions`, in any letter case.
///
/// ```
/// use disk::extensions::{AUDIO_EXTENSIONS, has_extension};
/// use std::path::Path;
/// assert!(has_extension(Path::new("Song.FLAC"), &AUDIO_EXTENSIONS));
/// assert!(!has_extension(Path::new("cover.jpg"), &AUDIO_EXTENSIONS));
/// ```
pub fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| {
        extensions
            .iter()
            .any(|known| known.eq_ignore_ascii_case(extension))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_has_each_once_in_lower_case() {
        let all = [
            &AUDIO_EXTENSIONS[..],
            &PLAYLIST_EXTENSIONS,
            &[CUE_EXTENSION],
        ]
        .concat();
        let each: std::collections::BTreeSet<&str> = all.iter().copied().collect();
        assert_eq!(each.len(), all.len());
        assert!(all.iter().all(|name| *name == name.to_lowercase()));
    }

    #[test]
    fn case_does_not_matter() {
        assert!(has_extension(Path::new("x/A.WaV"), &AUDIO_EXTENSIONS));
        assert!(!has_extension(Path::new("wav"), &AUDIO_EXTENSIONS));
        assert!(!has_extension(Path::new("x.wav/"), &["flac"]));
    }
}
