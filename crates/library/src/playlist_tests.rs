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
    let m3u = "\u{feff}#EXTM3U\r\n#EXTINF:1,x\r\nä b.flac\r\n\r\nhttp://radio/x\r\n/abs/c.mp3\r\n";
    assert_eq!(
        read("l.m3u8", m3u.as_bytes()),
        [Path::new("ä b.flac"), Path::new("/abs/c.mp3")]
    );
    let pls = b"[playlist]\nFile2=b.mp3\nTitle1=x\nFile1=a.mp3\nNumberOfEntries=2\n";
    assert_eq!(read("l.pls", pls), [Path::new("a.mp3"), Path::new("b.mp3")]);
    let xspf = b"<?xml version='1.0'?><playlist xmlns='http://xspf.org/ns/0/'><trackList><track>\
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
    let damaged = read_playlist(&path).unwrap_err();
    assert!(damaged.to_string().contains("XSPF"), "{damaged}");
    let missing = read_playlist(&folder.path().join("no.m3u")).unwrap_err();
    assert_eq!(missing, ListError::Io("no such file".into()));
}

/// The entries of a list called `name` in a folder with `files`, by their names below it; what is not
/// there keeps its whole path.
fn entries(files: &[&str], name: &str, list: &[u8]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path().to_str().unwrap();
    for file in files {
        let path = folder.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, b"x").unwrap();
    }
    let path = folder.path().join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let list = String::from_utf8_lossy(list).replace("@DIR@", here);
    std::fs::write(&path, list).unwrap();
    let found = read_playlist(&path).unwrap();
    let same = |path: PathBuf| path.canonicalize().unwrap_or(path);
    let root = same(folder.path().to_owned());
    let names = found.into_iter().map(same);
    names
        .map(|path| {
            path.strip_prefix(&root)
                .unwrap_or(&path)
                .to_str()
                .unwrap()
                .to_owned()
        })
        .collect()
}

fn xspf(attributes: &str, tracks: &str) -> Vec<u8> {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<playlist version=\"1\" \
        xmlns=\"http://xspf.org/ns/0/\" {attributes}>\n<trackList>{tracks}</trackList></playlist>"
    )
    .into_bytes()
}

#[test]
fn percent_signs_are_codes_only_where_no_such_name_is() {
    let list = b"50%20off.wav\n100%.wav\na%20b.wav\n%zz.wav\n";
    let files = [
        "50%20off.wav",
        "50 off.wav",
        "100%.wav",
        "a b.wav",
        "%zz.wav",
    ];
    assert_eq!(
        entries(&files, "l.m3u", list),
        ["50%20off.wav", "100%.wav", "a b.wav", "%zz.wav"]
    );
    // Addresses are written with codes, but not by everyone.
    let address = b"file://@DIR@/50%20off.wav\nfile://@DIR@/x%20y.wav\nfile://@DIR@/n#1?.wav\n";
    let files = ["50%20off.wav", "50 off.wav", "x%20y.wav", "n#1?.wav"];
    assert_eq!(
        entries(&files, "l.m3u", address),
        ["50 off.wav", "x%20y.wav", "n#1?.wav"]
    );
}

#[test]
fn paths_of_windows_are_found() {
    let files = [
        "Music/50%20off.wav",
        "Music/a b.wav",
        "c.wav",
        "Lists/d.wav",
    ];
    for (line, want) in [
        ("..\\Music\\50%20off.wav", "Music/50%20off.wav"),
        ("..\\music\\A B.WAV", "Music/a b.wav"),
        ("..\\Music\\a%20b.wav", "Music/a b.wav"),
        (".\\D.wav", "Lists/d.wav"),
        ("D:\\Old\\Lists\\d.wav", "Lists/d.wav"),
        ("\\\\server\\share\\d.wav", "Lists/d.wav"),
        ("file:///C:/Old/d.wav", "Lists/d.wav"),
        ("file:///C|/Old/d.wav", "Lists/d.wav"),
        ("/home/else/d.wav", "Lists/d.wav"),
        ("\"d.wav\"", "Lists/d.wav"),
    ] {
        assert_eq!(
            entries(&files, "Lists/l.m3u", line.as_bytes()),
            [want],
            "{line}"
        );
    }
    // The folders that are there count first.
    let files = ["x.wav", "Old/x.wav"];
    assert_eq!(entries(&files, "l.m3u", b"C:\\Old\\x.wav"), ["Old/x.wav"]);
}

#[test]
fn schemes_are_the_same_in_any_case() {
    for line in [
        "FILE://@DIR@/c%20d.wav",
        "File://LOCALHOST@DIR@/c%20d.wav",
        "file:@DIR@/c d.wav",
        "file:c%20d.wav",
        "file://c%20d.wav",
    ] {
        assert_eq!(
            entries(&["c d.wav"], "l.m3u", line.as_bytes()),
            ["c d.wav"],
            "{line}"
        );
    }
    let network = b"HTTP://radio/x\nmms://y\nhttps://z/a.mp3\na.wav";
    assert_eq!(entries(&["a.wav"], "l.m3u", network), ["a.wav"]);
}

#[test]
fn an_empty_entry_is_nothing() {
    for list in [
        "\"\"\na.wav",
        "file:\na.wav",
        "file://\na.wav",
        "file:///\na.wav",
        "/\na.wav",
        "  \na.wav",
    ] {
        assert_eq!(
            entries(&["a.wav"], "l.m3u", list.as_bytes()),
            ["a.wav"],
            "{list}"
        );
    }
    let pls = b"[playlist]\nFile1=\nfile2 = a.wav\nFILE10=b.wav\nFile3=\"c.wav\"\nFilex=d.wav\n";
    assert_eq!(
        entries(&["a.wav", "b.wav", "c.wav"], "l.pls", pls),
        ["a.wav", "c.wav", "b.wav"]
    );
    for location in [
        "<location></location>",
        "<location/>",
        "<location> \n </location>",
        "",
    ] {
        let tracks = format!("<track>{location}</track><track><location>a.wav</location></track>");
        assert_eq!(
            entries(&["a.wav"], "l.xspf", &xspf("", &tracks)),
            ["a.wav"],
            "{location}"
        );
    }
}

#[test]
fn line_ends_and_order_are_any() {
    let files = ["a.wav", "c d.wav"];
    assert_eq!(
        entries(&files, "l.m3u", b"#EXTM3U\ra.wav\r#EXTINF:1,x\rc d.wav\r"),
        files
    );
    let pls = b"\xef\xbb\xbf[Playlist]\rFile2=c d.wav\rFile1=a.wav\rNumberOfEntries=1\r";
    assert_eq!(entries(&files, "l.pls", pls), files);
    // The content tells where the name is wrong.
    assert_eq!(
        entries(&files, "l.m3u", b"[playlist]\nFile2=c d.wav\nFile1=a.wav\n"),
        files
    );
    assert_eq!(
        entries(&files, "l.pls", b"#EXTM3U\na.wav\nc d.wav\n"),
        files
    );
    let track = "<track><location>a.wav</location></track>";
    assert_eq!(entries(&files, "l.m3u8", &xspf("", track)), ["a.wav"]);
}

#[test]
fn locations_of_xspf_are_text_of_any_kind() {
    let files = ["x & y.wav", "a.wav", "b.wav", "1%2.wav"];
    for (location, want) in [
        ("<location><![CDATA[x & y.wav]]></location>", "x & y.wav"),
        ("<location>x%20&amp;%20y.wav</location>", "x & y.wav"),
        (
            "<location>x &#38; <![CDATA[y]]>.wav</location>",
            "x & y.wav",
        ),
        ("<location>a<!-- not b -->.wav</location>", "a.wav"),
        (
            "<location>a.wav</location><location>b.wav</location>",
            "a.wav",
        ),
        ("<location/><location>b.wav</location>", "b.wav"),
        (
            "<location>http://x/y</location><location>b.wav</location>",
            "b.wav",
        ),
        (
            "<location>gone.wav</location><location>b.wav</location>",
            "b.wav",
        ),
        (
            "<extension><location>a.wav</location></extension><location>b.wav</location>",
            "b.wav",
        ),
        ("<location>1%252.wav</location>", "1%2.wav"),
    ] {
        let track = format!("<track>{location}</track>");
        assert_eq!(
            entries(&files, "l.xspf", &xspf("", &track)),
            [want],
            "{location}"
        );
    }
    let prefixed = b"<x:playlist xmlns:x='http://xspf.org/ns/0/'><x:trackList><x:track>\
        <x:location>a.wav</x:location></x:track></x:trackList></x:playlist>";
    assert_eq!(entries(&files, "l.xspf", prefixed), ["a.wav"]);
    // What came before a fault is kept.
    let cut = b"<playlist><trackList><track><location>a.wav</location></track><track></x>";
    assert_eq!(entries(&files, "l.xspf", cut), ["a.wav"]);
    let latin =
        b"<?xml version='1.0' encoding='iso-8859-1'?><playlist><trackList><track><location>\
        \xe9.wav</location></track></trackList></playlist>";
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("l.xspf"), latin).unwrap();
    assert_eq!(
        read_playlist(&folder.path().join("l.xspf")).unwrap(),
        [folder.path().join("é.wav")]
    );
}

#[test]
fn bases_of_xspf_lead_to_folders() {
    let files = [
        "Music/a.wav",
        "Music/In/a.wav",
        "My Music/a.wav",
        "a.wav",
        "a b/a.wav",
    ];
    let plain = "<track><location>a.wav</location></track>";
    let inner = "<track xml:base='In/'><location>a.wav</location></track>";
    for (base, track, want) in [
        ("xml:base='Music/'", plain, "Music/a.wav"),
        ("xml:base='Music/list.xspf'", plain, "Music/a.wav"),
        ("xml:base='./Music/../'", plain, "a.wav"),
        ("xml:base='My%20Music/'", plain, "My Music/a.wav"),
        ("xml:base='file://@DIR@/Music/'", plain, "Music/a.wav"),
        (
            "xml:base='FILE://localhost@DIR@/Music/In/'",
            plain,
            "Music/In/a.wav",
        ),
        ("xml:base='Music/'", inner, "Music/In/a.wav"),
        ("xml:base=''", plain, "a.wav"),
        ("base='Music/'", plain, "a.wav"),
        (
            "xml:base='http://x/'",
            "<track><location>file://@DIR@/a.wav</location></track>",
            "a.wav",
        ),
    ] {
        assert_eq!(
            entries(&files, "l.xspf", &xspf(base, track)),
            [want],
            "{base}"
        );
    }
    let network = xspf("xml:base='http://x/'", plain);
    assert_eq!(entries(&files, "l.xspf", &network), Vec::<String>::new());
    // A base without its last slash means the folder above, unless nothing is there.
    let only = ["Music/a.wav"];
    assert_eq!(
        entries(&only, "l.xspf", &xspf("xml:base='Music'", plain)),
        ["Music/a.wav"]
    );
}

#[cfg(unix)]
#[test]
fn names_that_are_no_utf_8_are_found_by_their_bytes() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    let on_disk = folder
        .path()
        .join(std::ffi::OsStr::from_bytes(b"Bj\xf6rk.wav"));
    std::fs::write(&on_disk, b"x").unwrap();
    let here = folder.path().to_str().unwrap();
    let address = format!("file://{here}/Bj%F6rk.wav");
    let in_xml = xspf("", "<track><location>Bj%F6rk.wav</location></track>");
    for (name, list) in [
        ("l.m3u", &b"#EXTM3U\r\nBj\xf6rk.wav\r\n"[..]),
        ("l.m3u", b".\\Bj\xf6rk.wav\n\xc3\xb6.wav"),
        ("l.m3u8", address.as_bytes()),
        ("l.m3u8", "Björk.wav".as_bytes()),
        ("l.m3u8", b"Bj%f6rk.wav"),
        ("l.pls", b"[playlist]\nFile1=Bj\xf6rk.wav\n"),
        ("l.xspf", &in_xml),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, list).unwrap();
        assert_eq!(
            read_playlist(&path).unwrap()[0],
            on_disk,
            "{}",
            String::from_utf8_lossy(list)
        );
    }
    // And the other way round: the name on disk is UTF-8, the codes are Latin-1.
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("Björk.wav"), b"x").unwrap();
    let path = folder.path().join("l.m3u");
    std::fs::write(&path, "Bj%F6rk.wav").unwrap();
    assert_eq!(
        read_playlist(&path).unwrap(),
        [folder.path().join("Björk.wav")]
    );
}

#[test]
fn spaces_around_a_name_may_be_part_of_it() {
    let files = [" a.wav", "b.wav ", "c.wav", " d.wav", "d.wav"];
    let m3u = b"#EXTM3U\n a.wav\r\nb.wav \n  c.wav  \n d.wav\nd.wav \n \n \t# no file\n";
    let wanted = [" a.wav", "b.wav ", "c.wav", " d.wav", "d.wav"];
    assert_eq!(entries(&files, "l.m3u", m3u), wanted);
    let pls = b"[playlist]\nFile1= a.wav\nFile2=b.wav \nFile3= c.wav\nFile4= d.wav\nFile5=d.wav\n";
    assert_eq!(entries(&files, "l.pls", pls), wanted);
    let tracks = [" a.wav", "b.wav ", "\n  c.wav\n", "%20d.wav", "d.wav"]
        .map(|name| format!("<track><location>{name}</location></track>"));
    assert_eq!(
        entries(&files, "l.xspf", &xspf("", &tracks.concat())),
        wanted
    );
}
