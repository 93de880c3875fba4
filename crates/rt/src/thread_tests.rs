use super::*;

#[test]
fn every_grant_survives_its_word_and_has_a_name() {
    let all = [
        (AudioThreadPriority::RealTime, "real-time"),
        (AudioThreadPriority::RtKit, "real-time (rtkit)"),
        (AudioThreadPriority::Raised, "raised"),
        (AudioThreadPriority::Normal, "normal"),
    ];
    for (grant, name) in all {
        assert_eq!(AudioThreadPriority::from_u8(grant as u8), grant);
        assert_eq!(grant.name(), name);
    }
}

#[test]
fn a_core_that_is_not_there_is_refused() {
    let standing = ThreadStanding::new(AudioThread::Decode);
    assert_eq!(standing.core(), CoreGrant::NotAsked);
    assert!(!standing.pin_current_thread(100_000));
    assert_eq!(standing.core(), CoreGrant::Refused(100_000));
}

/// What the kernel says of the calling thread: its policy and level.
#[cfg(target_os = "linux")]
fn schedule() -> (i32, i32) {
    let mut param = libc::sched_param { sched_priority: -1 };
    // SAFETY: writes to `param`, which outlives the call; 0 is the calling thread.
    unsafe {
        assert_eq!(libc::sched_getparam(0, &raw mut param), 0);
        (libc::sched_getscheduler(0), param.sched_priority)
    }
}

#[cfg(target_os = "linux")]
fn on_a_thread<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let builder = std::thread::Builder::new().name("under-test".into());
    std::thread::scope(|scope| builder.spawn_scoped(scope, work).unwrap().join().unwrap())
}

/// Whether this process has the right to `level` of FIFO.
#[cfg(target_os = "linux")]
fn may_have(level: i32) -> bool {
    on_a_thread(|| {
        let param = libc::sched_param {
            sched_priority: level,
        };
        // SAFETY: reads `param`, which outlives the call; 0 is the calling thread, which ends next.
        unsafe { libc::sched_setscheduler(0, libc::SCHED_FIFO, &raw const param) == 0 }
    })
}

#[cfg(target_os = "linux")]
#[test]
fn what_is_said_to_be_granted_is_what_the_kernel_does() {
    for (role, level) in [(AudioThread::Callback, 40), (AudioThread::Decode, 10)] {
        let standing = ThreadStanding::new(role);
        assert_eq!(standing.granted(), AudioThreadPriority::Normal);
        let (granted, schedule) = on_a_thread(|| (standing.raise_current_thread(), schedule()));
        assert_eq!(standing.granted(), granted);
        if may_have(level) {
            assert_eq!(granted, AudioThreadPriority::RealTime);
            assert_eq!(schedule, (libc::SCHED_FIFO, level));
        } else {
            assert_eq!(
                schedule.0 == libc::SCHED_FIFO,
                granted == AudioThreadPriority::RealTime
            );
        }
        assert!(standing.asked().contains(&level.to_string()));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_pinned_thread_may_run_on_one_core_only() {
    let all = cores();
    assert!(all >= 1);
    let standing = ThreadStanding::new(AudioThread::Decode);
    let (is_pinned, left) = on_a_thread(|| {
        let is_pinned = standing.pin_current_thread(all as u32 - 1);
        (is_pinned, core_affinity::get_core_ids().unwrap())
    });
    assert!(is_pinned);
    assert_eq!(left, [core_list()[all - 1]]);
    assert_eq!(standing.core(), CoreGrant::Pinned(all as u32 - 1));
    assert_eq!(cores(), all);
}
