use super::*;
use std::io::Write;

fn all(mut bytes: TrackBytes) -> Vec<u8> {
    let mut found = Vec::new();
    bytes.read_to_end(&mut found).unwrap();
    found
}

#[test]
fn pieces_read_as_one_file_from_any_position() {
    let whole: Arc<[u8]> = (0..100).collect();
    let file = TrackBytes::in_memory(Path::new("x"), whole);
    let head: Arc<[u8]> = Arc::from([200, 201]);
    let pieces = vec![
        Piece::Bytes(head),
        Piece::Of {
            start: 10,
            length: Some(3),
        },
        Piece::Of {
            start: 98,
            length: None,
        },
    ];
    let mut spliced = file.spliced(pieces).unwrap();
    let wanted = [200, 201, 10, 11, 12, 98, 99];
    assert_eq!(spliced.len(), Some(7));
    assert_eq!(all(spliced.reopen().unwrap()), wanted);
    for at in 0..=8 {
        let rest = wanted.get(at..).unwrap_or_default();
        assert_eq!(spliced.read_at(at as u64, 100).unwrap(), rest);
    }
    assert_eq!(spliced.seek(SeekFrom::End(-2)).unwrap(), 5);
    assert!(spliced.seek(SeekFrom::Current(-6)).is_err());
    // Pieces of pieces, and one that reaches behind the end.
    let twice = spliced.spliced(vec![Piece::Of {
        start: 1,
        length: Some(50),
    }]);
    assert_eq!(all(twice.unwrap()), wanted[1..]);
}

#[cfg(unix)]
#[test]
fn a_pipe_is_opened_once_and_read_from_any_position() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    assert!(made.unwrap().success());
    let content: Vec<u8> = (0..300_000_u32).map(|n| ((n * 7) >> 3) as u8).collect();
    let (sent, target) = (content.clone(), path.clone());
    let writer = std::thread::Builder::new().spawn(move || {
        let mut pipe = std::fs::OpenOptions::new()
            .write(true)
            .open(target)
            .unwrap();
        pipe.write_all(&sent).unwrap();
    });
    let mut first = TrackBytes::open(&path).unwrap();
    assert_eq!((first.len(), first.is_seekable()), (None, true));
    assert_eq!(
        first.read_at(200_000, 5).unwrap(),
        content[200_000..200_005]
    );
    assert_eq!(first.read_at(7, 5).unwrap(), content[7..12]);
    let second = TrackBytes::open(&path).unwrap();
    assert_eq!(all(second), content);
    assert_eq!(first.len(), Some(300_000));
    assert_eq!(first.seek(SeekFrom::End(-1)).unwrap(), 299_999);
    writer.unwrap().join().unwrap();
}
