//! Priority of the threads the sound depends on.

use thread_priority::ThreadPriority;

/// What the operating system granted a thread that asked to run ahead of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AudioThreadPriority {
    /// Real-time scheduling: runs before every ordinary thread.
    RealTime,
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

impl AudioThreadPriority {
    /// Asks for the most the system will grant the calling thread in its role. Makes system calls:
    /// once, at a thread's start.
    pub fn raise_current_thread(role: AudioThread) -> Self {
        if set_real_time(role) {
            return Self::RealTime;
        }
        match ThreadPriority::Max.set_for_current() {
            Ok(()) if cfg!(not(target_os = "linux")) => Self::Raised,
            _ => Self::Normal,
        }
    }

    /// The name shown to users.
    pub fn name(self) -> &'static str {
        match self {
            Self::RealTime => "real-time",
            Self::Raised => "raised",
            Self::Normal => "normal",
        }
    }

    pub(crate) fn to_u8(self) -> u8 {
        self as u8
    }

    pub(crate) fn from_u8(value: u8) -> Self {
        match value {
            0 => Self::RealTime,
            1 => Self::Raised,
            _ => Self::Normal,
        }
    }
}

#[cfg(unix)]
fn set_real_time(role: AudioThread) -> bool {
    use thread_priority::{
        RealtimeThreadSchedulePolicy, ThreadPriorityValue, ThreadSchedulePolicy,
        set_thread_priority_and_policy, thread_native_id,
    };
    // A decoder that has half a second in hand never runs before a callback that has milliseconds.
    let level: u8 = match role {
        AudioThread::Callback => 40,
        AudioThread::Decode => 10,
    };
    let Ok(value) = ThreadPriorityValue::try_from(level) else {
        return false;
    };
    set_thread_priority_and_policy(
        thread_native_id(),
        ThreadPriority::Crossplatform(value),
        ThreadSchedulePolicy::Realtime(RealtimeThreadSchedulePolicy::Fifo),
    )
    .is_ok()
}

#[cfg(not(unix))]
fn set_real_time(_role: AudioThread) -> bool {
    false
}
