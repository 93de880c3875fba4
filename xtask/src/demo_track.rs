//! `cargo xtask demo-track`: writes the bundled demo track, or compares it with what is there.

use std::fs;
use std::path::Path;
use xtask_common::failure::Failure;

/// Writes the files below `root`.
pub(crate) fn write(root: &Path) -> Result<(), Failure> {
    for (name, contents) in ::demo_track::build().map_err(Failure::new)? {
        let path = root.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| {
                Failure::new(format!("cannot create {}: {error}", folder.display()))
            })?;
        }
        fs::write(&path, &contents).map_err(|error| Failure::file("write", &path, &error))?;
        println!("{name}: {} bytes", contents.len());
    }
    Ok(())
}

/// Fails unless the files below `root` are byte for byte what this code makes.
pub(crate) fn check(root: &Path) -> Result<(), Failure> {
    for (name, contents) in ::demo_track::build().map_err(Failure::new)? {
        let path = root.join(name);
        let stored = fs::read(&path).map_err(|error| Failure::file("read", &path, &error))?;
        if stored != contents {
            let first = stored.iter().zip(&contents).position(|(a, b)| a != b);
            let place = first.unwrap_or(stored.len().min(contents.len()));
            return Err(Failure::new(format!(
                "{name} differs from what its synthesizer makes, from byte {place} on; \
                 `cargo xtask demo-track` writes it anew"
            )));
        }
        println!("{name}: as made ({} bytes)", contents.len());
    }
    Ok(())
}
