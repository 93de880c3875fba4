//! The devices there are, asked for once.

use super::{HostScope, hosts, id_of, outputs, rank};
use crate::output::found_device::{DeviceKind, FoundDevice};
use cpal::traits::{DeviceTrait, HostTrait};

/// One line of the `devices` command.
#[derive(Debug, Clone, serde::Serialize)]
pub struct DeviceListing {
    /// The system's sound interface, such as "ALSA".
    pub host: String,
    /// The name to choose it by.
    pub name: String,
    /// What the system calls it; also good to choose it by.
    pub id: String,
    /// Whether it is its host's default.
    pub is_default: bool,
    /// Rate it runs at unless asked otherwise, in Hz.
    pub default_rate_hz: Option<u32>,
    /// Channels it runs with unless asked otherwise.
    pub default_channels: Option<u16>,
    /// Lowest and highest rate, in Hz.
    pub rates_hz: Option<(u32, u32)>,
    /// Sample formats it takes.
    pub formats: Vec<String>,
}

/// The output devices of the best host that has any, each once. Asks the system; may take a while.
///
/// PipeWire's default is told by its session manager, and not here: it is `pipewire_default`.
pub(in crate::output) fn list_devices(pipewire_default: Option<&str>) -> Vec<DeviceListing> {
    for host in hosts(HostScope::default()) {
        let default_id = match rank(host.id()) {
            0 => pipewire_default.map(str::to_owned),
            _ => host.default_output_device().map(|device| id_of(&device)),
        };
        let listings: Vec<_> = outputs(&host)
            .into_iter()
            .map(|(device, id, name)| listing(&host, &device, id, name, default_id.as_deref()))
            .collect();
        if !listings.is_empty() {
            return listings;
        }
    }
    Vec::new()
}

fn listing(
    host: &cpal::Host,
    device: &cpal::Device,
    id: String,
    name: String,
    default_id: Option<&str>,
) -> DeviceListing {
    let config = device.default_output_config().ok();
    let ranges: Vec<_> = device
        .supported_output_configs()
        .map(Iterator::collect)
        .unwrap_or_default();
    let mut formats: Vec<String> = ranges
        .iter()
        .map(|r| r.sample_format().to_string())
        .collect();
    formats.sort_unstable();
    formats.dedup();
    let low = ranges.iter().map(|r| r.min_sample_rate()).min();
    let high = ranges.iter().map(|r| r.max_sample_rate()).max();
    DeviceListing {
        host: host.id().name().to_owned(),
        name,
        is_default: default_id == Some(id.as_str()),
        id,
        default_rate_hz: config.as_ref().map(|c| c.sample_rate()),
        default_channels: config.as_ref().map(|c| c.channels()),
        rates_hz: low.zip(high),
        formats,
    }
}

/// Devices of the best host that has any, where no sound server tells more of them.
pub(in crate::output) fn found_devices() -> Vec<FoundDevice> {
    let listings = list_devices(None);
    let found = listings.into_iter().map(|listing| FoundDevice {
        id: listing.id,
        name: listing.name,
        kind: DeviceKind::Unknown,
        is_default: listing.is_default,
    });
    found.collect()
}
