//! What the system says of its devices.

use super::names::is_called;

/// What a device is, as far as it matters when it goes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DeviceKind {
    /// The system does not say.
    #[default]
    Unknown,
    /// Somebody alone listens to it: headphones, a headset, or anything on Bluetooth.
    Personal,
    /// Anything else.
    Room,
}

/// One output device.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FoundDevice {
    /// What the system calls it, today and after a restart.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What it is.
    pub kind: DeviceKind,
    /// Whether it is the system's default.
    pub is_default: bool,
}

impl FoundDevice {
    /// Whether it is the device that was chosen by this name.
    pub fn is_called(&self, name: &str) -> bool {
        is_called(name, &self.name, &self.id)
    }
}

/// What has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeviceNews {
    /// All devices that there are now.
    Devices(Vec<FoundDevice>),
    /// The sound server has gone.
    ServerGone,
}
