//! The table of names in PERFORMANCE_GUIDE.md leads to where they live.

use crate::sources::root;

/// Names that the guide must have.
const NAMES: [&str; 16] = [
    "SpectrumProcessor",
    "OptimizedFft",
    "OptimizedFFT",
    "EqBandOptimizer",
    "AudioOptimizer",
    "fast_pow10",
    "AudioRingBuffer",
    "LockFreeAudioBuffer",
    "AudioBufferPool",
    "AudioThreadPriority",
    "CachedAudioLoader",
    "AdaptiveBufferManager",
    "PerformanceMonitor",
    "MetricsHistory",
    "PerformanceAlert",
    "MemoryPoolMonitor",
];

#[test]
fn the_guide_leads_to_every_name() {
    let guide = std::fs::read_to_string(root().join("PERFORMANCE_GUIDE.md")).unwrap();
    let rows: Vec<(&str, &str)> = guide
        .lines()
        .filter_map(|line| {
            let (names, link) = line.strip_prefix("| ")?.split_once(" | [")?;
            Some((names, link.split_once("](")?.1.split(')').next()?))
        })
        .collect();
    for name in NAMES {
        let row = rows.iter().find(|(names, _)| names.contains(name));
        let (_, file) = row.unwrap_or_else(|| panic!("{name} is not in the guide"));
        let text = std::fs::read_to_string(root().join(file)).unwrap_or_default();
        let is_there = [
            format!("pub struct {name}"),
            format!("pub enum {name}"),
            format!("pub fn {name}"),
            format!("alias = \"{name}\""),
        ]
        .iter()
        .any(|definition| text.contains(definition));
        assert!(is_there, "{name} is not in {file}");
    }
}
