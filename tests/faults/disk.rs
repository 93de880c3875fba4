//! What a command leaves on disk.

use crate::containers::fault_of;
use crate::player::Bench;
use crate::table::Case;
use crate::wave::{Wave, sum_of};
use crate::{Verdict, need};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Every file below a folder with its content, every link with where it leads.
fn snapshot(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let (mut found, mut folders) = (BTreeMap::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let kind = path.symlink_metadata().unwrap().file_type();
            let content = if kind.is_symlink() {
                path.read_link()
                    .unwrap()
                    .into_os_string()
                    .into_encoded_bytes()
            } else if kind.is_file() {
                std::fs::read(&path).unwrap()
            } else {
                Vec::new()
            };
            if kind.is_dir() {
                folders.push(path.clone());
            }
            found.insert(path, content);
        }
    }
    found
}

/// The command is refused in one line and everything lies there as before; or, where the case allows it,
/// the result is made beside an unharmed input.
pub(crate) fn refused(bench: &mut Bench, case: &Case) -> Verdict {
    for link in case.expected["links"].as_array().into_iter().flatten() {
        let [how, of, name] = [0, 1, 2].map(|at| link[at].as_str().unwrap());
        match how {
            "hard" => std::fs::hard_link(bench.files.join(of), bench.files.join(name)).unwrap(),
            _ => std::os::unix::fs::symlink(of, bench.files.join(name)).unwrap(),
        }
    }
    let before = snapshot(&bench.files);
    let ran = bench.run(&case.command)?;
    let after = snapshot(&bench.files);
    if let Some(made) = case.expected.get("or_made").filter(|_| ran.code == 0) {
        let is_whole = bench
            .inputs
            .iter()
            .all(|path| std::fs::read(path).unwrap() == before[path]);
        need(is_whole, || "the input has changed".to_owned())?;
        let frames = Wave::read(&bench.files.join(made["file"].as_str().unwrap()))?.frames();
        return need(made["frames"] == frames, || {
            format!("{frames} frames were made")
        });
    }
    need(before == after, || {
        let names = before.keys().chain(after.keys());
        let changed = names.filter(|path| before.get(*path) != after.get(*path));
        format!(
            "changed (exit {}): {:?}",
            ran.code,
            changed.collect::<Vec<_>>()
        )
    })?;
    let allowed = serde_json::json!([1, 2]);
    ran.check_code(case.expected.get("exit").unwrap_or(&allowed), "exit")?;
    need(ran.lines() > 0, || "nothing was said".to_owned())
}

/// Runs a command twice: the second time gives what the first gave, or is refused and changes nothing.
pub(crate) fn twice(bench: &mut Bench, case: &Case) -> Verdict {
    bench
        .run(&case.command)?
        .check_code(&0.into(), "the first time")?;
    let name = case.expected["makes"].as_str().unwrap();
    let made = snapshot(&bench.files);
    let Some((path, content)) = made.iter().find(|(path, _)| path.ends_with(name)) else {
        return Err("nothing was written".to_owned());
    };
    let check = || {
        let frames = Wave::read(path)?.frames();
        need(case.expected["frames"] == frames, || {
            format!("{frames} frames")
        })
    };
    check()?;
    let second = bench.run(&case.command)?;
    if second.code == 0 {
        return check();
    }
    need(std::fs::read(path).unwrap() == *content, || {
        "refused, but the file has changed".to_owned()
    })?;
    need(second.code == 2 || second.lines() == 1, || {
        format!("{} lines of error", second.lines())
    })
}

/// Wrong usage: exit 2, something is said, and nothing is written.
pub(crate) fn usage(bench: &mut Bench, case: &Case) -> Verdict {
    let before = snapshot(&bench.files);
    let ran = bench.run(&case.command)?;
    ran.check_code(&2.into(), "exit")?;
    need(ran.lines() > 0, || "nothing was said".to_owned())?;
    need(snapshot(&bench.files) == before, || {
        "files were written or changed".to_owned()
    })
}

/// Tags are written as the container has them, with the sound as it was; or the file is left alone, which
/// is said.
pub(crate) fn written_well(bench: &mut Bench, case: &Case) -> Verdict {
    let path = bench.inputs[0].clone();
    let old = std::fs::read(&path).unwrap();
    let sum = rendered_sum(bench, &path)?;
    let others = |bench: &Bench| {
        let mut files = snapshot(&bench.files);
        files.retain(|file, _| *file != path && *file != bench.out);
        files
    };
    let before = others(bench);
    let ran = bench.run(&case.command)?;
    let told = ran.json()?;
    let new = std::fs::read(&path).unwrap();
    let file = told
        .first()
        .ok_or_else(|| format!("nothing is said: {}", ran.err))?;
    need(others(bench) == before, || {
        "other files were changed or left behind".to_owned()
    })?;
    if new == old {
        need(file["written"] != true, || {
            "said to be written, but unchanged".to_owned()
        })?;
        let has_level = file["integrated_lufs"] != Value::Null || file["ok"] != true;
        need(!has_level || ran.code == 1 && ran.lines() > 0, || {
            "left alone without a word".to_owned()
        })?;
        return ran.check_code(&serde_json::json!([0, 1]), "analyze");
    }
    need(file["written"] == true, || {
        "changed, but not said to be written".to_owned()
    })?;
    fault_of(&old, &new).map_err(|fault| format!("the file is damaged: {fault}"))?;
    need(rendered_sum(bench, &path)? == sum, || {
        "the sound has changed".to_owned()
    })?;
    let (_, told) = bench.probe(&[path.clone().into_os_string()])?;
    let gains = told.first().and_then(|file| file["replaygain"].as_object());
    need(gains.is_some_and(|gains| !gains.is_empty()), || {
        "what was written is not read back".to_owned()
    })
}

/// A sum of the sound of a file; none where it gives none.
fn rendered_sum(bench: &Bench, path: &Path) -> Result<Option<String>, String> {
    let mut words = vec!["render".into(), path.as_os_str().to_owned(), "-o".into()];
    words.push(bench.out.clone().into_os_string());
    words.extend(["--bits", "24", "--dither", "none"].map(Into::into));
    bench.run_words(&words, std::process::Stdio::null())?;
    let content = std::fs::read(&bench.out).ok();
    Ok(content.map(|content| sum_of(&content)))
}
