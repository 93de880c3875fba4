//! RealtimeKit: a system service that grants real-time scheduling to ordinary users' threads, on
//! the condition that they give up the processor now and then. Its interface:
//! <https://github.com/heftig/rtkit/blob/master/README>.

use super::guard;
use std::time::Duration;
use zbus::blocking::connection::{Builder, Connection};
use zbus::zvariant::OwnedValue;

const NAME: &str = "org.freedesktop.RealtimeKit1";
const PATH: &str = "/org/freedesktop/RealtimeKit1";
/// How long the service may take for an answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// The level asked for, if the service's limit allows.
const LEVEL: i32 = 20;
/// Asks the service on the system bus to raise a thread of this process. Waits for it, and limits
/// for how long real-time threads of this process may compute without a pause.
///
/// # Errors
/// When there is no bus or service, or it refuses.
pub(super) fn make_real_time(thread_id: u32) -> zbus::Result<()> {
    ask(Builder::system()?, thread_id)
}

fn ask(bus: Builder<'_>, thread_id: u32) -> zbus::Result<()> {
    let bus = bus.method_timeout(PATIENCE).build()?;
    let longest_us: i64 = property(&bus, "RTTimeUSecMax")?;
    let highest: i32 = property(&bus, "MaxRealtimePriority")?;
    // In this order: from the grant on, a thread that computes for too long is noticed. Without the limit
    // the service refuses.
    guard::watch(thread_id);
    guard::limit_real_time(longest_us.max(0) as u64)?;
    let arguments = (u64::from(thread_id), highest.clamp(1, LEVEL) as u32);
    bus.call_method(
        Some(NAME),
        PATH,
        Some(NAME),
        "MakeThreadRealtime",
        &arguments,
    )?;
    Ok(())
}

fn property<T>(bus: &Connection, name: &str) -> zbus::Result<T>
where
    T: TryFrom<OwnedValue, Error: Into<zbus::Error>>,
{
    let properties = Some("org.freedesktop.DBus.Properties");
    let reply = bus.call_method(Some(NAME), PATH, properties, "Get", &(NAME, name))?;
    let value: OwnedValue = reply.body().deserialize()?;
    T::try_from(value).map_err(Into::into)
}

#[cfg(test)]
#[path = "rtkit_tests.rs"]
mod tests;
