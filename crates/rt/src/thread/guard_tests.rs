use super::super::{AudioThread, AudioThreadPriority, ThreadStanding};
use super::*;
use std::process::Command;
use std::time::{Duration, Instant};

/// Runs a test of this name, with its modules, that changes the whole process in one of its own.
pub(in crate::thread) fn in_own_process(name: &str, work: impl FnOnce()) {
    const MARK: &str = "TEST_IN_OWN_PROCESS";
    if std::env::var_os(MARK).is_some() {
        return work();
    }
    // Test names leave out the crate.
    let (_, path) = name.split_once("::").unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", path, "--nocapture"])
        .env(MARK, "1")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{:?}\n{text}{errors}",
        output.status
    );
    assert!(text.contains("1 passed"), "{text}");
    for line in text.lines().filter(|line| line.starts_with("not run")) {
        println!("{line}");
    }
}

/// The calling test's full name.
macro_rules! full_name {
    ($name:literal) => {
        concat!(module_path!(), "::", $name)
    };
}
pub(in crate::thread) use full_name;

/// Raises the calling thread as the service does it; `false` where this process may not.
fn raise_as_the_service_does() -> bool {
    let param = libc::sched_param { sched_priority: 1 };
    // SAFETY: reads `param`, which outlives the call; 0 is the calling thread.
    unsafe { libc::sched_setscheduler(0, libc::SCHED_RR | RESET_ON_FORK, &raw const param) == 0 }
}

/// The policy of the calling thread.
fn policy() -> i32 {
    // SAFETY: 0 is the calling thread.
    unsafe { libc::sched_getscheduler(0) }
}

/// Computes until the thread is an ordinary one, for two seconds at most; says how long it took.
fn spin_until_lowered() -> Duration {
    let begun = Instant::now();
    while linux::is_real_time() && begun.elapsed() < Duration::from_secs(2) {
        for _ in 0..100_000 {
            std::hint::spin_loop();
        }
    }
    begun.elapsed()
}

#[test]
fn a_thread_that_computes_for_too_long_is_lowered_and_the_process_lives() {
    in_own_process(
        full_name!("a_thread_that_computes_for_too_long_is_lowered_and_the_process_lives"),
        || {
            limit_real_time(200_000).unwrap();
            if !raise_as_the_service_does() {
                println!("not run: no right to real-time scheduling here");
                return;
            }
            watch(linux::current_thread_id());
            assert!(spin_until_lowered() < Duration::from_millis(190));
            assert_eq!(policy(), libc::SCHED_OTHER | RESET_ON_FORK);
            assert!(was_lowered(linux::current_thread_id()));
            assert!(!was_lowered(linux::current_thread_id() + 1));
            assert!(!was_lowered(0));
        },
    );
}

#[test]
fn a_thread_of_the_sound_that_spins_is_lowered_within_a_second_each_time() {
    in_own_process(
        full_name!("a_thread_of_the_sound_that_spins_is_lowered_within_a_second_each_time"),
        || {
            for role in [AudioThread::Callback, AudioThread::Decode] {
                let standing = ThreadStanding::new(role);
                for _ in 0..2 {
                    if standing.raise_current_thread() != AudioThreadPriority::RealTime {
                        println!("not run: no right to real-time scheduling here");
                        return;
                    }
                    assert!(!standing.take_lowered());
                    // It has waited for something before.
                    std::thread::sleep(Duration::from_millis(5));
                    let took = spin_until_lowered();
                    assert!(took < Duration::from_secs(1), "{role:?}: {took:?}");
                    assert!(took > Duration::from_millis(100), "{role:?}: {took:?}");
                    assert_eq!(standing.granted(), AudioThreadPriority::Normal);
                    assert!(standing.take_lowered());
                    assert!(!standing.take_lowered(), "it is told once");
                }
            }
        },
    );
}

#[test]
fn a_librarys_thread_that_spins_is_lowered_and_ours_are_not() {
    let name = full_name!("a_librarys_thread_that_spins_is_lowered_and_ours_are_not");
    in_own_process(name, || {
        let (done, wait) = std::sync::mpsc::channel::<()>();
        let (raised, is_raised) = std::sync::mpsc::channel();
        let ours = std::thread::Builder::new().spawn(move || {
            let standing = ThreadStanding::new(AudioThread::Callback);
            let granted = standing.raise_current_thread();
            // Both ends are there until the test is over.
            let _ = raised.send(granted);
            let _ = wait.recv();
            standing.is_lowered()
        });
        if is_raised.recv() != Ok(AudioThreadPriority::RealTime) || !raise_as_the_service_does() {
            println!("not run: no right to real-time scheduling here");
            return;
        }
        assert!(spin_until_lowered() < Duration::from_secs(1));
        drop(done);
        assert!(!ours.unwrap().join().unwrap(), "it did nothing wrong");
    });
}

#[test]
fn a_thread_can_give_its_priority_up() {
    in_own_process(full_name!("a_thread_can_give_its_priority_up"), || {
        let standing = ThreadStanding::new(AudioThread::Decode);
        if standing.raise_current_thread() != AudioThreadPriority::RealTime {
            println!("not run: no right to real-time scheduling here");
            return;
        }
        assert!(linux::is_real_time());
        standing.lower_current_thread();
        assert!(!linux::is_real_time());
        assert!(standing.is_lowered());
        assert_eq!(standing.granted(), AudioThreadPriority::Normal);
        standing.raise_current_thread();
        assert!(linux::is_real_time());
        assert!(!standing.is_lowered());
    });
}

#[test]
fn without_rights_a_thread_is_ordinary_unless_another_has_raised_it() {
    let name = full_name!("without_rights_a_thread_is_ordinary_unless_another_has_raised_it");
    in_own_process(name, || {
        if !raise_as_the_service_does() {
            println!("not run: no right to real-time scheduling here");
            return;
        }
        let none = libc::rlimit {
            rlim_cur: 0,
            rlim_max: 0,
        };
        // SAFETY: reads `none`, which outlives the call; the rights of this process, which exists
        // for this test only, are given away.
        unsafe {
            assert_eq!(libc::setrlimit(libc::RLIMIT_RTPRIO, &raw const none), 0);
            assert_eq!(libc::setuid(65_534), 0);
        }
        let raise = || AudioThreadPriority::raise_current_thread(AudioThread::Callback);
        assert_eq!(raise(), AudioThreadPriority::RealTime);
        // What this thread was granted is not handed down.
        let child = std::thread::Builder::new().spawn(raise).unwrap();
        assert_eq!(child.join().unwrap(), AudioThreadPriority::Normal);
    });
}
