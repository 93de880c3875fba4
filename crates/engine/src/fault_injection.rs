//! What alerts watch for, brought about for real: only in builds for the tests, and only where asked for.

use super::renderer::RenderShared;
use std::sync::atomic::Ordering;

/// Microseconds that each callback takes longer.
const EFFECT_US: &str = "RUSTY_AUDIO_PLANT_EFFECT_US";
/// MiB of memory that are taken and never given back.
const MEMORY_MIB: &str = "RUSTY_AUDIO_PLANT_MEMORY_MIB";
/// Threads that never rest.
const BUSY_THREADS: &str = "RUSTY_AUDIO_PLANT_BUSY_THREADS";

/// Plants what the environment asks for.
pub(super) fn plant(shared: &RenderShared) {
    if let Some(us) = number(EFFECT_US) {
        shared.planted_effect_us.store(us, Ordering::Relaxed);
    }
    if let Some(mib) = number(MEMORY_MIB) {
        // Written to, so that it is really there.
        Box::leak(vec![1_u8; (mib as usize) << 20].into_boxed_slice());
    }
    for _ in 0..number(BUSY_THREADS).unwrap_or(0) {
        let thread = std::thread::Builder::new().name("fault-injection".into());
        // Whoever asked finds out by the figures.
        let _ = thread.spawn(|| {
            loop {
                std::hint::spin_loop();
            }
        });
    }
}

fn number(name: &str) -> Option<u32> {
    std::env::var(name).ok()?.parse().ok()
}
