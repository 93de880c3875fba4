//! What `--version` says.

use dsp::simd::AudioOptimizer;

/// The version; with `--version` in full, also what this build is made of and runs on.
pub(super) fn long() -> String {
    let mut features: Vec<&str> = Vec::new();
    for (name, is_on) in [
        ("pipewire", cfg!(feature = "pipewire")),
        ("jack", cfg!(feature = "jack")),
        ("inspection", cfg!(feature = "inspection")),
    ] {
        if is_on {
            features.push(name);
        }
    }
    let none_or = |list: String| {
        if list.is_empty() {
            "none".to_owned()
        } else {
            list
        }
    };
    format!(
        "{}\ncommit      {}\nfeatures    {}\nprocessor   {}\nlibraries   {}",
        env!("CARGO_PKG_VERSION"),
        option_env!("RUSTY_AUDIO_COMMIT").unwrap_or("not told to the build"),
        none_or(features.join(", ")),
        AudioOptimizer::detected().level().name(),
        none_or(env!("RUSTY_AUDIO_LIBRARIES").to_owned()),
    )
}
