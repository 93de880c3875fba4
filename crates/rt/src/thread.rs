//! Priority and cores of the threads the sound depends on: what was asked, and what was granted.

#[cfg(target_os = "linux")]
mod guard;
#[cfg(target_os = "linux")]
mod linux;
mod load;
#[cfg(target_os = "linux")]
mod rtkit;

pub use load::LoadWatch;

use core_affinity::CoreId;
#[cfg(target_os = "linux")]
use std::sync::Arc;
use std::sync::OnceLock;
#[cfg(target_os = "linux")]
use std::sync::atomic::AtomicU32;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};

/// What the operating system granted a thread that asked to run ahead of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AudioThreadPriority {
    /// Real-time scheduling, by the process's own rights: runs before every ordinary thread.
    RealTime,
    /// Real-time scheduling, granted by the RealtimeKit service.
    RtKit,
    /// Raised above the default, without real-time scheduling.
    Raised,
    /// The default: nothing more was granted.
    #[default]
    Normal,
}

/// Threads that ask for priority.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AudioThread {
    /// The one that renders.
    Callback,
    /// The one that keeps the ring full.
    Decode,
}

impl AudioThread {
    /// What it asks for, as shown to users.
    pub fn asks_for(self) -> &'static str {
        match self {
            Self::Callback => "real-time (FIFO 40)",
            Self::Decode => "real-time (FIFO 10)",
        }
    }

    /// FIFO levels to ask for, one after the other.
    #[cfg(unix)]
    fn levels(self) -> &'static [u8] {
        match self {
            // Systems that refuse level 40 may grant 10. The decoder asks for 10 alone, so the callback
            // never gets less than the decoder.
            Self::Callback => &[40, 10],
            // A decoder that has half a second in hand never runs before a callback that has
            // milliseconds.
            Self::Decode => &[10],
        }
    }
}

impl AudioThreadPriority {
    /// Asks for the most the system will grant the calling thread in its role by the process's own
    /// rights. Makes system calls: once, at a thread's start. Does not allocate.
    pub fn raise_current_thread(role: AudioThread) -> Self {
        if set_real_time(role) {
            return Self::RealTime;
        }
        raise_above_normal()
    }

    /// The name shown to users.
    pub fn name(self) -> &'static str {
        match self {
            Self::RealTime => "real-time",
            Self::RtKit => "real-time (rtkit)",
            Self::Raised => "raised",
            Self::Normal => "normal",
        }
    }

    fn from_u8(value: u8) -> Self {
        [Self::RealTime, Self::RtKit, Self::Raised]
            .into_iter()
            .find(|known| *known as u8 == value)
            .unwrap_or_default()
    }
}

#[cfg(unix)]
fn set_real_time(role: AudioThread) -> bool {
    use thread_priority::{
        RealtimeThreadSchedulePolicy, ThreadPriority, ThreadPriorityValue, ThreadSchedulePolicy,
        set_thread_priority_and_policy, thread_native_id,
    };
    role.levels().iter().any(|&level| {
        ThreadPriorityValue::try_from(level).is_ok_and(|value| {
            set_thread_priority_and_policy(
                thread_native_id(),
                ThreadPriority::Crossplatform(value),
                ThreadSchedulePolicy::Realtime(RealtimeThreadSchedulePolicy::Fifo),
            )
            .is_ok()
        })
    })
}

#[cfg(not(unix))]
fn set_real_time(_role: AudioThread) -> bool {
    false
}

#[cfg(not(target_os = "linux"))]
fn raise_above_normal() -> AudioThreadPriority {
    match thread_priority::ThreadPriority::Max.set_for_current() {
        Ok(()) => AudioThreadPriority::Raised,
        Err(_) => AudioThreadPriority::Normal,
    }
}

#[cfg(all(unix, not(target_os = "linux")))]
fn make_ordinary() {
    use thread_priority::{
        NormalThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy,
        set_thread_priority_and_policy, thread_native_id,
    };
    // Refused, it stays as it was.
    let _ = set_thread_priority_and_policy(
        thread_native_id(),
        ThreadPriority::Min,
        ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Other),
    );
}

#[cfg(not(unix))]
fn make_ordinary() {
    use thread_priority::{ThreadPriority, ThreadPriorityValue};
    if let Ok(middle) = ThreadPriorityValue::try_from(50) {
        // Refused, it stays as it was.
        let _ = ThreadPriority::Crossplatform(middle).set_for_current();
    }
}

/// Linux grants a better niceness to whom it grants FIFO, which has been refused. But the library of a
/// sound server may have raised its thread before.
#[cfg(target_os = "linux")]
fn raise_above_normal() -> AudioThreadPriority {
    if linux::is_real_time() {
        AudioThreadPriority::RealTime
    } else {
        AudioThreadPriority::Normal
    }
}

static CORES: OnceLock<Vec<CoreId>> = OnceLock::new();

fn core_list() -> &'static [CoreId] {
    CORES.get_or_init(|| core_affinity::get_core_ids().unwrap_or_default())
}

/// Cores this process may run on; 0 where the system does not tell. To be called first by a thread
/// that is not pinned. Makes system calls and allocates, once.
pub fn cores() -> usize {
    core_list().len()
}

/// Keeps the calling thread on the `core`-th core of those the process may run on, counted from 0;
/// `false` where there is none such or the system refuses. Makes system calls: at a thread's start.
pub fn pin_current_thread(core: usize) -> bool {
    let core = core_list().get(core);
    core.is_some_and(|&core| core_affinity::set_for_current(core))
}

/// Whether a thread is kept on one core.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CoreGrant {
    /// It was not asked.
    #[default]
    NotAsked,
    /// It runs on this core only.
    Pinned(u32),
    /// This core was asked for and refused.
    Refused(u32),
}

impl CoreGrant {
    /// In words, after what was granted otherwise; empty where nothing was asked.
    pub fn in_words(self) -> String {
        match self {
            Self::NotAsked => String::new(),
            Self::Pinned(core) => format!("core {core}"),
            Self::Refused(core) => format!("core {core} refused"),
        }
    }
}

/// How one thread of the audio path stands: what it asked for and what it was granted. The thread
/// writes, any thread reads.
#[derive(Debug)]
pub struct ThreadStanding {
    role: AudioThread,
    granted: AtomicU8,
    /// Somebody has been told that it was lowered.
    is_told: AtomicBool,
    #[cfg(not(target_os = "linux"))]
    has_been_lowered: AtomicBool,
    /// The thread's number in the kernel; 0 before there is one.
    #[cfg(target_os = "linux")]
    thread_id: AtomicU32,
    /// The thread RealtimeKit was last asked for.
    #[cfg(target_os = "linux")]
    asked_for: AtomicU32,
    /// Core, twice, plus one if pinned; `NO_CORE` if not asked.
    core: AtomicU64,
    /// The core its threads are to be pinned to when they start; `NO_CORE` for none.
    wanted_core: AtomicU64,
}

const NO_CORE: u64 = u64::MAX;

impl ThreadStanding {
    /// The standing of a thread that has not started.
    pub fn new(role: AudioThread) -> Self {
        Self {
            role,
            granted: AtomicU8::new(AudioThreadPriority::Normal as u8),
            is_told: AtomicBool::new(false),
            #[cfg(not(target_os = "linux"))]
            has_been_lowered: AtomicBool::new(false),
            #[cfg(target_os = "linux")]
            thread_id: AtomicU32::new(0),
            #[cfg(target_os = "linux")]
            asked_for: AtomicU32::new(0),
            core: AtomicU64::new(NO_CORE),
            wanted_core: AtomicU64::new(NO_CORE),
        }
    }

    /// Has the threads that raise themselves from now on pinned to the `core`-th core, see
    /// [`pin_current_thread`]. Makes system calls and allocates, once; for a thread that is not pinned.
    pub fn want_core(&self, core: u32) {
        // The list is made here, so that a thread that starts has only to look into it.
        core_list();
        self.wanted_core.store(u64::from(core), Ordering::Release);
    }

    /// Raises the calling thread, see [`AudioThreadPriority::raise_current_thread`], pins it if that is
    /// wanted, and notes what was granted. Makes system calls: once, at the thread's start. Does not allocate.
    pub fn raise_current_thread(&self) -> AudioThreadPriority {
        let granted = AudioThreadPriority::raise_current_thread(self.role);
        self.granted.store(granted as u8, Ordering::Relaxed);
        self.is_told.store(false, Ordering::Relaxed);
        #[cfg(not(target_os = "linux"))]
        self.has_been_lowered.store(false, Ordering::Relaxed);
        #[cfg(target_os = "linux")]
        if granted == AudioThreadPriority::RealTime {
            guard::watch(linux::current_thread_id());
            // Where it is refused, somebody else has set a limit.
            let _ = guard::limit_real_time(libc::RLIM_INFINITY);
        }
        if let Ok(core) = u32::try_from(self.wanted_core.load(Ordering::Acquire)) {
            self.pin_current_thread(core);
        }
        #[cfg(target_os = "linux")]
        self.thread_id
            .store(linux::current_thread_id(), Ordering::Release);
        granted
    }

    /// Pins the calling thread, see [`pin_current_thread`], and notes whether it was granted.
    pub fn pin_current_thread(&self, core: u32) -> bool {
        let is_pinned = pin_current_thread(core as usize);
        let word = 2 * u64::from(core) + u64::from(is_pinned);
        self.core.store(word, Ordering::Relaxed);
        is_pinned
    }

    /// What it asked for, as shown to users.
    pub fn asked(&self) -> &'static str {
        self.role.asks_for()
    }

    /// What it was granted.
    pub fn granted(&self) -> AudioThreadPriority {
        let granted = AudioThreadPriority::from_u8(self.granted.load(Ordering::Relaxed));
        if self.is_lowered() {
            return AudioThreadPriority::Normal;
        }
        granted
    }

    /// Whether it computed for too long and has been made an ordinary thread for that.
    pub fn is_lowered(&self) -> bool {
        #[cfg(target_os = "linux")]
        return guard::was_lowered(self.thread_id.load(Ordering::Relaxed));
        #[cfg(not(target_os = "linux"))]
        return self.has_been_lowered.load(Ordering::Relaxed);
    }

    /// Says once that the thread has been lowered.
    pub fn take_lowered(&self) -> bool {
        let is_lowered = self.is_lowered();
        is_lowered && !self.is_told.swap(true, Ordering::Relaxed)
    }

    /// Makes the calling thread, which has raised itself before, an ordinary one. Makes system calls.
    pub fn lower_current_thread(&self) {
        #[cfg(target_os = "linux")]
        guard::lower_current_thread();
        #[cfg(not(target_os = "linux"))]
        {
            make_ordinary();
            self.has_been_lowered.store(true, Ordering::Relaxed);
        }
    }

    /// Whether it is kept on one core.
    pub fn core(&self) -> CoreGrant {
        let word = self.core.load(Ordering::Relaxed);
        match word {
            NO_CORE => CoreGrant::NotAsked,
            _ if word % 2 == 1 => CoreGrant::Pinned((word / 2) as u32),
            _ => CoreGrant::Refused((word / 2) as u32),
        }
    }

    /// Asks RealtimeKit for the callback's thread where the system refused it, once for each thread,
    /// on a thread of its own, as the bus may take its time. To be called now and then by a thread
    /// that is not the callback's; where there is nothing to ask it costs a few loads.
    ///
    /// Only the callback: who is raised this way must never compute for 0.1 s without a pause, which
    /// a decoder that fills an empty ring may.
    #[cfg(target_os = "linux")]
    pub fn ask_rtkit(self: &Arc<Self>) {
        let thread_id = self.thread_id.load(Ordering::Acquire);
        let is_refused = self.role == AudioThread::Callback
            && thread_id != 0
            && self.granted.load(Ordering::Relaxed) == AudioThreadPriority::Normal as u8;
        if !is_refused || self.asked_for.swap(thread_id, Ordering::Relaxed) == thread_id {
            return;
        }
        let this = Arc::clone(self);
        let ask = move || {
            let is_granted = rtkit::make_real_time(thread_id).is_ok();
            // Another stream may have begun meanwhile, with a thread of its own.
            if is_granted && this.thread_id.load(Ordering::Acquire) == thread_id {
                let granted = AudioThreadPriority::RtKit as u8;
                this.granted.store(granted, Ordering::Relaxed);
            }
        };
        // Without a thread to ask there is no answer, as without a bus.
        let _ = std::thread::Builder::new().name("rtkit".into()).spawn(ask);
    }

    /// Asks RealtimeKit, which only Linux has.
    #[cfg(not(target_os = "linux"))]
    pub fn ask_rtkit(&self) {}
}

#[cfg(test)]
#[path = "thread_tests.rs"]
mod tests;
