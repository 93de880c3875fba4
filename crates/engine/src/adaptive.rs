//! How many frames to ask the device for: up at once on trouble, down slowly when calm.

use std::time::Duration;

/// The smallest buffer that is asked for.
pub const MIN_FRAMES: u32 = 64;
/// The largest buffer that is asked for.
pub const MAX_FRAMES: u32 = 8_192;

/// Troubles this close together raise the buffer.
const TROUBLE_WINDOW: Duration = Duration::from_secs(10);
/// After a change, troubles are its own doing for this long: a stream opened anew begins unevenly.
const SETTLING: Duration = Duration::from_secs(2);
/// After a change, the p99 still has callbacks of before in it for this long.
const LOAD_MEMORY: Duration = Duration::from_secs(12);
/// The load that raises, p99 in %.
const HIGH_LOAD_PERCENT: f64 = 80.0;
/// The load below which it is calm, p99 in %.
const CALM_LOAD_PERCENT: f64 = 30.0;
/// How long it must have been calm before the first lowering.
const FIRST_WAIT: Duration = Duration::from_secs(60);
/// The longest that wait becomes: 32 minutes.
const MAX_WAIT: Duration = Duration::from_secs(60 << 5);
/// The most a tick can say about the time before it: a longer gap was not watched.
const MAX_TICK: Duration = Duration::from_secs(2);

/// What was seen since the last tick.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BufferTick {
    /// Time since the start; never runs back.
    pub now: Duration,
    /// Overloads and device underruns since the last tick. Starvation is not among them: a larger
    /// buffer does not help a decoder.
    pub troubles: u64,
    /// p99 of the callback's share of its deadline over the last ten seconds, in %.
    pub load_p99_percent: f64,
}

/// Decides on the size of the device's buffer; carries nothing out.
///
/// Doubles on two troubles within ten seconds or a p99 load over 80 %. Halves, no lower than where it
/// started, after 60 s without trouble and with a p99 load under 30 %. Where a lowering turned out to
/// be too much, the wait before the next one doubles, up to 32 minutes, so that it comes to rest.
/// No clock, no allocation; for the control thread, about once a second while a device plays.
///
/// ```
/// use engine::adaptive::{AdaptiveBufferManager, BufferTick};
/// use std::time::Duration;
/// let mut manager = AdaptiveBufferManager::new(512);
/// let calm = |seconds| BufferTick {
///     now: Duration::from_secs(seconds),
///     troubles: 0,
///     load_p99_percent: 5.0,
/// };
/// assert_eq!(manager.tick(calm(1)), None);
/// assert_eq!(manager.frames(), 512);
/// ```
#[derive(Debug, Clone)]
pub struct AdaptiveBufferManager {
    frames: u32,
    start_frames: u32,
    is_fixed: bool,
    last_tick: Option<Duration>,
    changed_at: Option<Duration>,
    was_lowered: bool,
    last_trouble: Option<Duration>,
    calm: Duration,
    wait: Duration,
}

impl AdaptiveBufferManager {
    /// Begins at the user's size, held within [`MIN_FRAMES`] and [`MAX_FRAMES`].
    pub fn new(start_frames: u32) -> Self {
        let frames = start_frames.clamp(MIN_FRAMES, MAX_FRAMES);
        Self {
            frames,
            start_frames: frames,
            is_fixed: false,
            last_tick: None,
            changed_at: None,
            was_lowered: false,
            last_trouble: None,
            calm: Duration::ZERO,
            wait: FIRST_WAIT,
        }
    }

    /// Stays at the user's size, held within the same bounds, whatever happens.
    pub fn fixed(frames: u32) -> Self {
        Self {
            is_fixed: true,
            ..Self::new(frames)
        }
    }

    /// The size that holds now, in frames.
    pub fn frames(&self) -> u32 {
        self.frames
    }

    /// Takes what was seen; gives the new size where it is to change.
    pub fn tick(&mut self, tick: BufferTick) -> Option<u32> {
        if self.is_fixed {
            return None;
        }
        let since = |then: Duration| tick.now.saturating_sub(then);
        let watched = self.last_tick.map_or(Duration::ZERO, since);
        self.last_tick = Some(tick.now);
        let since_change = self.changed_at.map_or(Duration::MAX, since);
        let troubles = if since_change < SETTLING {
            0
        } else {
            tick.troubles
        };
        let load = tick.load_p99_percent;
        let is_loaded = since_change >= LOAD_MEMORY && load > HIGH_LOAD_PERCENT;
        if self.is_repeated(tick.now, troubles) || is_loaded {
            self.calm = Duration::ZERO;
            return self.raise(tick.now);
        }
        if troubles > 0 || load >= CALM_LOAD_PERCENT {
            self.calm = Duration::ZERO;
            return None;
        }
        self.calm += watched.min(MAX_TICK);
        if self.calm >= self.wait {
            self.lower(tick.now)
        } else {
            None
        }
    }

    /// Whether these troubles, with one before, are two within the window.
    fn is_repeated(&mut self, now: Duration, troubles: u64) -> bool {
        if troubles == 0 {
            return false;
        }
        let before = self.last_trouble.replace(now);
        troubles > 1 || before.is_some_and(|then| now.saturating_sub(then) <= TROUBLE_WINDOW)
    }

    fn raise(&mut self, now: Duration) -> Option<u32> {
        if 2 * self.frames > MAX_FRAMES {
            return None;
        }
        if self.was_lowered {
            self.wait = MAX_WAIT.min(2 * self.wait);
        }
        self.change(now, 2 * self.frames, false)
    }

    fn lower(&mut self, now: Duration) -> Option<u32> {
        if self.frames == self.start_frames {
            return None;
        }
        // Only ever doubled before, so that this comes back to the start exactly.
        self.change(now, self.frames / 2, true)
    }

    fn change(&mut self, now: Duration, frames: u32, is_lowering: bool) -> Option<u32> {
        self.frames = frames;
        self.changed_at = Some(now);
        self.was_lowered = is_lowering;
        self.last_trouble = None;
        self.calm = Duration::ZERO;
        Some(frames)
    }
}

#[cfg(test)]
#[path = "adaptive_tests.rs"]
mod tests;
