//! The devices there are, as they come and go: told by the sound server, so that nobody has to ask again
//! and again.

#[cfg(all(target_os = "linux", feature = "pipewire"))]
mod pipewire;

use super::device::{self, DeviceListing};
use super::found_device::{DeviceNews, FoundDevice};
use super::names::{DUMMY_ID, shown_names};
use crossbeam::channel::{Receiver, Sender, unbounded};

/// Tells what devices there are, until it is dropped.
pub struct DeviceWatch {
    sender: Sender<DeviceNews>,
    news: Receiver<DeviceNews>,
    #[cfg(all(target_os = "linux", feature = "pipewire"))]
    thread: Option<pipewire::WatchThread>,
}

impl Default for DeviceWatch {
    fn default() -> Self {
        let (sender, news) = unbounded();
        Self {
            sender,
            news,
            #[cfg(all(target_os = "linux", feature = "pipewire"))]
            thread: None,
        }
    }
}

impl DeviceWatch {
    /// Where the news comes.
    pub fn news(&self) -> Receiver<DeviceNews> {
        self.news.clone()
    }

    /// Starts to listen to the sound server, where that is possible and not done yet. The thread ends where
    /// there is no server that could be listened to.
    pub fn start(&mut self) {
        #[cfg(all(target_os = "linux", feature = "pipewire"))]
        if self
            .thread
            .as_ref()
            .is_none_or(pipewire::WatchThread::has_ended)
        {
            self.thread = pipewire::WatchThread::start(self.sender.clone()).ok();
        }
    }

    /// Whether changes are told by themselves.
    pub fn is_listening(&self) -> bool {
        #[cfg(all(target_os = "linux", feature = "pipewire"))]
        return self
            .thread
            .as_ref()
            .is_some_and(|thread| !thread.has_ended());
        #[cfg(not(all(target_os = "linux", feature = "pipewire")))]
        return false;
    }

    /// Asks for the devices once, on a thread of its own; nothing where they are told by themselves.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn ask(&self) -> std::io::Result<()> {
        if self.is_listening() {
            return Ok(());
        }
        let sender = self.sender.clone();
        std::thread::Builder::new()
            .name("device-list".into())
            .spawn(move || {
                let devices = found_devices();
                // Nobody listening means the player has ended.
                let _ = sender.send(DeviceNews::Devices(devices));
            })?;
        Ok(())
    }
}

/// The devices there are now. Asks the system; may take a while.
pub fn found_devices() -> Vec<FoundDevice> {
    pipewire_devices().unwrap_or_else(device::found_devices)
}

/// The output devices of the best sound interface that has any, each once. Asks the system; may take a while.
pub fn list_devices() -> Vec<DeviceListing> {
    let known = pipewire_devices().unwrap_or_default();
    let default = known.iter().find(|device| device.is_default);
    device::list_devices(default.map(|device| device.id.as_str()))
}

fn pipewire_devices() -> Option<Vec<FoundDevice>> {
    #[cfg(all(target_os = "linux", feature = "pipewire"))]
    return pipewire::devices_now();
    #[cfg(not(all(target_os = "linux", feature = "pipewire")))]
    return None;
}

/// Devices in a fixed order, without what stands in for a device where there is none.
#[cfg_attr(
    not(all(target_os = "linux", feature = "pipewire")),
    expect(dead_code, reason = "only PipeWire makes up a device")
)]
fn named(mut devices: Vec<FoundDevice>) -> Vec<FoundDevice> {
    devices.retain(|device| device.id != DUMMY_ID);
    devices.sort_by(|a, b| a.id.cmp(&b.id));
    let described: Vec<(&str, &str)> = devices
        .iter()
        .map(|device| (device.id.as_str(), device.name.as_str()))
        .collect();
    let names = shown_names(&described);
    for (device, name) in devices.iter_mut().zip(names) {
        device.name = name;
    }
    devices
}
