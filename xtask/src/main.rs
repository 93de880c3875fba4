//! The project's own commands, run as `cargo xtask COMMAND`.

mod demo_track;

pub(crate) struct Failure(String);
impl Failure {
    pub(crate) fn new(m: impl Into<String>) -> Self {
        Self(m.into())
    }
}
fn main() {
    let r = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap();
    let r = if std::env::args().any(|a| a == "--check") {
        demo_track::check(r)
    } else {
        demo_track::write(r)
    };
    if let Err(e) = r {
        eprintln!("{}", e.0);
        std::process::exit(1)
    }
}
