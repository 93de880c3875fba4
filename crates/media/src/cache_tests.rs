use super::*;
use crate::location::Source;
use crate::location::TrackPart;
use crate::open::Opener;

fn content(loader: &CachedAudioLoader, path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    loader.open(path).unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

#[test]
fn a_kept_file_is_read_from_memory_until_it_changes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    std::fs::write(&path, b"first").unwrap();
    let loader = CachedAudioLoader::new(1_000);
    assert_eq!(content(&loader, &path), b"first");
    loader.keep(&path);
    assert_eq!(content(&loader, &path), b"first");
    let figures = loader.figures();
    assert_eq!((figures.hits, figures.misses, figures.bytes), (1, 1, 5));
    // As long as before: its time tells.
    std::fs::write(&path, b"other").unwrap();
    let later = SystemTime::now() + Duration::from_secs(5);
    File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_modified(later)
        .unwrap();
    assert_eq!(content(&loader, &path), b"other");
    assert_eq!(loader.figures().misses, 2);
    // Kept bytes outlive the file, but a file that is gone is not played.
    std::fs::remove_file(&path).unwrap();
    assert!(matches!(loader.open(&path), Err(MediaError::Io(_))));
}

#[test]
fn a_prepared_track_begins_without_its_file_and_goes_on_exactly() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.flac");
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/demo.flac");
    std::fs::copy(demo, &path).unwrap();
    let loader = Arc::new(CachedAudioLoader::new(DEFAULT_BUDGET_BYTES));
    for part in [
        None,
        Some(Arc::new(TrackPart {
            start: Duration::from_millis(1_500),
            end: Some(Duration::from_millis(6_250)),
            ..TrackPart::default()
        })),
    ] {
        let location = TrackLocation {
            source: Source::File(path.clone()),
            part,
        };
        let decode = |mut decoder: TrackDecoder, from: u64| {
            decoder.seek(from).unwrap();
            let mut samples = Vec::new();
            while let Some(frames) = decoder.next_frames().unwrap() {
                samples.extend_from_slice(frames);
            }
            samples
        };
        loader.prepare(&location);
        let head = loader.head(&location).unwrap().expect("it is prepared");
        assert!(head.bytes() >= 2 * 44_100 * 2 * 4, "{}", head.bytes());
        let length = Opener::default()
            .open(&location)
            .unwrap()
            .info()
            .frames
            .unwrap();
        for from in [0, 1, 60_000, 88_200, 100_000, 170_000, length - 1, length] {
            let headed = Opener::through(Arc::clone(&loader))
                .open(&location)
                .unwrap();
            assert_eq!(
                headed.info(),
                Opener::default().open(&location).unwrap().info()
            );
            let expected = decode(Opener::default().open(&location).unwrap(), from);
            assert!(decode(headed, from) == expected, "from {from}");
        }
        // Its beginning is played although the file can no longer be opened there.
        let mut begun = Opener::through(Arc::clone(&loader))
            .open(&location)
            .unwrap();
        std::fs::rename(&path, folder.path().join("away")).unwrap();
        assert!(begun.next_frames().unwrap().is_some());
        assert!(
            Opener::through(Arc::clone(&loader))
                .open(&location)
                .is_err(),
            "it is gone"
        );
        std::fs::rename(folder.path().join("away"), &path).unwrap();
    }
}

#[test]
fn the_budget_holds_and_the_least_used_goes() {
    let folder = tempfile::tempdir().unwrap();
    let path = |n: u32| folder.path().join(n.to_string());
    let loader = CachedAudioLoader::new(800);
    for n in 0..10 {
        std::fs::write(path(n), vec![n as u8; 100]).unwrap();
        loader.keep(&path(n));
        // The first stays in use.
        assert_eq!(content(&loader, &path(0)), [0; 100]);
    }
    assert_eq!(loader.figures().bytes, 800);
    let before = loader.figures();
    content(&loader, &path(9));
    content(&loader, &path(1));
    let after = loader.figures();
    assert_eq!(
        (after.hits - before.hits, after.misses - before.misses),
        (1, 1)
    );
    std::fs::write(path(20), vec![0; 101]).unwrap();
    loader.keep(&path(20));
    assert_eq!(loader.figures().bytes, 800, "too large for one file");
}
