use super::super::guard::tests::{full_name, in_own_process};
use super::*;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

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

#[test]
fn the_service_is_asked_for_the_thread_at_a_level_it_allows() {
    in_own_process(
        full_name!("the_service_is_asked_for_the_thread_at_a_level_it_allows"),
        || {
            let Some(bus) = Bus::start() else {
                println!("not run: no dbus-daemon here");
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

/// Waits for what another thread does, at most ten seconds.
fn wait_for(is_done: impl Fn() -> bool) -> bool {
    (0..1_000).any(|_| {
        std::thread::sleep(Duration::from_millis(10));
        is_done()
    })
}

#[test]
fn each_refused_callback_thread_is_asked_for_once() {
    use crate::thread::{AudioThread, AudioThreadPriority, ThreadStanding};
    in_own_process(
        full_name!("each_refused_callback_thread_is_asked_for_once"),
        || {
            let Some(bus) = Bus::start() else {
                println!("not run: no dbus-daemon here");
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
        },
    );
}
