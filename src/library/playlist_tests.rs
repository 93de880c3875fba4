use super::*;

fn read(name: &str, text: &[u8]) -> Vec<PathBuf> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ä b.flac"), b"x").unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    let strip = |p: PathBuf| p.strip_prefix(folder.path()).map(Into::into).unwrap_or(p);
    read_playlist(&path)
        .unwrap()
        .into_iter()
        .map(strip)
        .collect()
}

#[test]
fn every_kind_is_read_in_order() {
    let m3u =
        "\u{feff}#EXTM3U\r\n#EXTINF:1,x\r\nä b.flac\r\n\r\nhttp://radio/x\r\n/abs/c.mp3\r\n";
    assert_eq!(
        read("l.m3u8", m3u.as_bytes()),
        [Path::new("ä b.flac"), Path::new("/abs/c.mp3")]
    );
    let pls = b"[playlist]\nFile2=b.mp3\nTitle1=x\nFile1=a.mp3\nNumberOfEntries=2\n";
    assert_eq!(read("l.pls", pls), [Path::new("a.mp3"), Path::new("b.mp3")]);
    let xspf =
        b"<?xml version='1.0'?><playlist xmlns='http://xspf.org/ns/0/'><trackList><track>\
        <location>file:///music/a%20&amp;%20b.flac</location></track><track><location>\
        %C3%A4%20b.flac</location></track></trackList></playlist>";
    assert_eq!(
        read("l.xspf", xspf),
        [Path::new("/music/a & b.flac"), Path::new("ä b.flac")]
    );
}

#[test]
fn old_encodings_are_recognised() {
    assert_eq!(read("l.m3u", b"caf\xe9.mp3\n"), [Path::new("café.mp3")]);
    let cyrillic = b"\xca\xe8\xed\xee - \xc3\xf0\xf3\xef\xef\xe0 \xea\xf0\xee\xe2\xe8.mp3";
    assert_eq!(
        read("l.m3u", cyrillic),
        [Path::new("Кино - Группа крови.mp3")]
    );
}

#[test]
fn broken_lists_say_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("l.xspf");
    std::fs::write(&path, "<playlist><trackList></wrong>").unwrap();
    assert!(read_playlist(&path).unwrap_err().contains("XSPF"));
    assert_eq!(
        read_playlist(&folder.path().join("no.m3u")).unwrap_err(),
        "no such file"
    );
}
