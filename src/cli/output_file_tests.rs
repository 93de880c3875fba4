use super::*;
use std::io::Write;

/// The tests of this module share the process's one unfinished file.
static ALONE: Mutex<()> = Mutex::new(());

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn reason(result: Result<OutputFile, Failure>) -> String {
    result
        .err()
        .and_then(|failure| failure.0)
        .unwrap_or_default()
}

#[test]
fn a_file_is_there_only_when_it_is_whole() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("out.wav");
    std::fs::write(&target, b"old").unwrap();
    for is_finished in [false, true] {
        let output = OutputFile::plan(&target, []).ok().unwrap();
        let mut file = output.open().ok().unwrap();
        file.write_all(b"new").unwrap();
        drop(file);
        assert_eq!(std::fs::read(&target).unwrap(), b"old");
        assert!(names(folder.path())[0].starts_with('.'));
        if is_finished {
            assert!(output.finish().is_ok());
        }
    }
    assert_eq!(std::fs::read(&target).unwrap(), b"new");
    assert_eq!(names(folder.path()), ["out.wav"]);
}

#[test]
fn no_name_of_an_input_is_written_to() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("a.wav");
    std::fs::write(&input, b"sound").unwrap();
    let mut targets = vec![input.clone(), folder.path().join("x/../a.wav")];
    std::fs::create_dir(folder.path().join("x")).unwrap();
    let hard = folder.path().join("hard.wav");
    std::fs::hard_link(&input, &hard).unwrap();
    targets.push(hard);
    #[cfg(unix)]
    {
        let soft = folder.path().join("soft.wav");
        std::os::unix::fs::symlink("a.wav", &soft).unwrap();
        targets.push(soft);
    }
    for target in targets {
        let refused = OutputFile::plan(&target, [input.as_path()]);
        assert!(
            reason(refused).contains("is one of the inputs"),
            "{}",
            target.display()
        );
    }
    let other = folder.path().join("b.wav");
    assert_eq!(reason(OutputFile::plan(&other, [input.as_path()])), "");
}

#[test]
fn what_cannot_be_written_says_why() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = tempfile::tempdir().unwrap();
    for (target, want) in [
        (folder.path().to_owned(), "is a folder"),
        (folder.path().join("no/out.wav"), "no such folder"),
        (folder.path().join("new/"), "no name for a file"),
        (PathBuf::new(), "no name for a file"),
    ] {
        let said = reason(OutputFile::plan(&target, []));
        assert!(said.ends_with(want), "{said}");
    }
    assert!(names(folder.path()).is_empty());
}

#[cfg(unix)]
#[test]
fn a_link_stays_and_what_it_leads_to_is_made() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("there")).unwrap();
    let link = folder.path().join("link.wav");
    std::os::unix::fs::symlink("there/real.wav", &link).unwrap();
    for round in 0..2_u8 {
        let output = OutputFile::plan(&link, []).ok().unwrap();
        output.open().ok().unwrap().write_all(&[round]).unwrap();
        assert!(output.finish().is_ok());
        assert!(link.is_symlink());
        let real = folder.path().join("there/real.wav");
        assert_eq!(std::fs::read(real).unwrap(), [round]);
    }
    let round = folder.path().join("round.wav");
    std::os::unix::fs::symlink("round.wav", &round).unwrap();
    assert!(!reason(OutputFile::plan(&round, [])).is_empty());
}

#[cfg(target_os = "linux")]
#[test]
fn devices_are_written_directly() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let output = OutputFile::plan(Path::new("/dev/null"), []).ok().unwrap();
    assert_eq!(output.place, None);
    assert!(output.open().is_ok());
    assert!(output.finish().is_ok());
    assert!(Path::new("/dev/null").exists());
}
