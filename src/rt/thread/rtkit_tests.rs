use super::*;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// A bus of our own; `None` where no `dbus-daemon` is installed.
struct Bus(Child, String);

impl Bus {
    fn start() -> Option<Self> {
        let mut daemon = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--print-address"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let mut address = String::new();
        let mut lines = BufReader::new(daemon.stdout.take()?);
        lines.read_line(&mut address).ok()?;
        Some(Self(daemon, address.trim().to_owned()))
    }

    fn builder(&self) -> Builder<'_> {
        Builder::address(self.1.as_str()).unwrap()
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

type Orders = Arc<Mutex<Vec<(u64, u32)>>>;

/// A service that notes what it is asked.
struct Service {
    orders: Orders,
    refuses: bool,
}

#[zbus::interface(name = "org.freedesktop.RealtimeKit1")]
impl Service {
    fn make_thread_realtime(&self, thread: u64, level: u32) -> zbus::fdo::Result<()> {
        if self.refuses {
            return Err(zbus::fdo::Error::AccessDenied("no".into()));
        }
        self.orders.lock().unwrap().push((thread, level));
        Ok(())
    }

    #[zbus(property, name = "RTTimeUSecMax")]
    fn rt_time_usec_max(&self) -> i64 {
        200_000
    }

    #[zbus(property, name = "MaxRealtimePriority")]
    fn max_realtime_priority(&self) -> i32 {
        15
    }
}

/// Runs a test of this name that changes the whole process in one of its own.
fn in_own_process(name: &str, work: impl FnOnce()) {
    const MARK: &str = "TEST_IN_OWN_PROCESS";
    if std::env::var_os(MARK).is_some() {
        return work();
    }
    let path = format!("{}::{name}", module_path!());
    // Test names leave out the crate.
    let (_, path) = path.split_once("::").unwrap();
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
}

#[test]
fn the_service_is_asked_for_the_thread_at_a_level_it_allows() {
    in_own_process(
        "the_service_is_asked_for_the_thread_at_a_level_it_allows",
        || {
            let Some(bus) = Bus::start() else {
                println!("no dbus-daemon here: not tested");
                return;
            };
            // Nobody there.
            assert!(ask(bus.builder(), 4711).is_err());
            let orders = Orders::default();
            let serve = |refuses| {
                let orders = Arc::clone(&orders);
                let service = Service { orders, refuses };
                let builder = bus.builder().name(NAME).unwrap();
                builder.serve_at(PATH, service).unwrap().build().unwrap()
            };
            let refusing = serve(true);
            assert!(ask(bus.builder(), 4711).is_err());
            drop(refusing);
            let _granting = serve(false);
            ask(bus.builder(), 4711).unwrap();
            assert_eq!(*orders.lock().unwrap(), [(4711, 15)]);
            let mut limit = libc::rlimit {
                rlim_cur: 0,
                rlim_max: 0,
            };
            // SAFETY: writes to `limit`, which outlives the call.
            unsafe { libc::getrlimit(libc::RLIMIT_RTTIME, &raw mut limit) };
            assert_eq!((limit.rlim_cur, limit.rlim_max), (100_000, 200_000));
        },
    );
}

#[test]
fn without_a_bus_it_is_refused() {
    let nowhere = Builder::address("unix:path=/nonexistent/bus").unwrap();
    assert!(ask(nowhere, 4711).is_err());
}

/// Raises the calling thread as the service does it; `false` where this process may not.
fn raise_as_the_service_does() -> bool {
    let param = libc::sched_param { sched_priority: 1 };
    // SAFETY: reads `param`, which outlives the call; 0 is the calling thread.
    unsafe { libc::sched_setscheduler(0, libc::SCHED_RR | RESET_ON_FORK, &raw const param) == 0 }
}

/// Spins for `spin` as a real-time thread. `None` where this process has no right to that. Gives the
/// policy after it.
fn spin_in_real_time(spin: Duration) -> Option<i32> {
    if !raise_as_the_service_does() {
        return None;
    }
    RAISED.store(current_thread_id(), Ordering::Relaxed);
    let start = Instant::now();
    while start.elapsed() < spin {
        std::hint::spin_loop();
    }
    // SAFETY: 0 is the calling thread.
    Some(unsafe { libc::sched_getscheduler(0) })
}

#[test]
fn a_thread_that_computes_for_too_long_is_demoted_and_the_process_lives() {
    let name = "a_thread_that_computes_for_too_long_is_demoted_and_the_process_lives";
    in_own_process(name, || {
        limit_real_time(200_000).unwrap();
        let Some(policy) = spin_in_real_time(Duration::from_secs(1)) else {
            println!("no right to real-time scheduling here: not tested");
            return;
        };
        assert_eq!(policy, libc::SCHED_OTHER | RESET_ON_FORK);
        assert!(was_demoted(current_thread_id()));
        assert!(!was_demoted(current_thread_id() + 1));
    });
}

#[test]
fn without_rights_a_thread_is_ordinary_unless_another_has_raised_it() {
    use crate::rt::thread::{AudioThread, AudioThreadPriority};
    let name = "without_rights_a_thread_is_ordinary_unless_another_has_raised_it";
    in_own_process(name, || {
        if !raise_as_the_service_does() {
            println!("no right to real-time scheduling here: not tested");
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

/// Waits for what another thread does, at most ten seconds.
fn wait_for(is_done: impl Fn() -> bool) -> bool {
    (0..1_000).any(|_| {
        std::thread::sleep(Duration::from_millis(10));
        is_done()
    })
}

#[test]
fn each_refused_callback_thread_is_asked_for_once() {
    use crate::rt::thread::{AudioThread, AudioThreadPriority, ThreadStanding};
    in_own_process("each_refused_callback_thread_is_asked_for_once", || {
        let Some(bus) = Bus::start() else {
            println!("no dbus-daemon here: not tested");
            return;
        };
        // SAFETY: this process exists for this test only, and no other thread of it reads or writes
        // the environment now.
        unsafe { std::env::set_var("DBUS_SYSTEM_BUS_ADDRESS", &bus.1) };
        let orders = Orders::default();
        let service = Service {
            orders: Arc::clone(&orders),
            refuses: false,
        };
        let builder = bus.builder().name(NAME).unwrap();
        let _served = builder.serve_at(PATH, service).unwrap().build().unwrap();
        let standing = Arc::new(ThreadStanding::new(AudioThread::Callback));
        let refused = |thread_id: u32| {
            let normal = AudioThreadPriority::Normal as u8;
            standing.granted.store(normal, Ordering::Relaxed);
            standing.thread_id.store(thread_id, Ordering::Relaxed);
            for _ in 0..5 {
                standing.ask_rtkit();
            }
        };
        let is_granted = || standing.granted() == AudioThreadPriority::RtKit;
        // Without a thread there is nothing to ask for.
        refused(0);
        refused(4711);
        assert!(wait_for(is_granted));
        // A new stream has a new thread.
        refused(4712);
        assert!(wait_for(is_granted));
        // A decoder is not asked for.
        let decode = Arc::new(ThreadStanding::new(AudioThread::Decode));
        decode.thread_id.store(4713, Ordering::Relaxed);
        decode.ask_rtkit();
        assert_eq!(decode.asked_for.load(Ordering::Relaxed), 0);
        refused(4714);
        assert!(wait_for(is_granted));
        assert_eq!(
            *orders.lock().unwrap(),
            [(4711, 15), (4712, 15), (4714, 15)]
        );
        DEMOTED.store(4714, Ordering::Relaxed);
        assert_eq!(standing.granted(), AudioThreadPriority::Normal);
    });
}
