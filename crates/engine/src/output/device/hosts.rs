//! The system's sound interfaces, and the devices of each.

use crate::output::names::{DUMMY_ID, shown_names};
use crate::output::sound_server::{pipewire_answers, silence_alsa};
use cpal::traits::{DeviceTrait, HostTrait};
use cpal::{DeviceDirection, HostId};

/// Which of the system's sound interfaces may be asked.
#[derive(Debug, Clone, Copy, Default)]
pub struct HostScope<'a> {
    /// Sound servers only: one that has gone will be back, and whoever takes the card meanwhile keeps it away
    /// from the server.
    pub servers_only: bool,
    /// Not these: they have failed before.
    pub except: &'a [&'static str],
}

pub(super) fn rank(host: HostId) -> u8 {
    match host.name().to_lowercase().as_str() {
        // A sound server mixes; asking the card itself would lock others out.
        "pipewire" => 0,
        "pulseaudio" => 1,
        "alsa" => 3,
        _ => 2,
    }
}

pub(super) fn is_server(host: HostId) -> bool {
    rank(host) < 2
}

/// The hosts worth asking, best first, each connected to only when it is its turn. Never the crate's default:
/// its features change that. Nor those it calls available: it looks for PipeWire once and for all.
pub(super) fn hosts(scope: HostScope<'_>) -> impl Iterator<Item = cpal::Host> {
    silence_alsa();
    let mut ids = cpal::ALL_HOSTS.to_vec();
    // JACK connects only when asked for by name: its server may belong to a session of its own.
    ids.retain(|id| id.name().to_lowercase() != "jack");
    ids.retain(|id| !scope.except.contains(&id.name()) && (is_server(*id) || !scope.servers_only));
    ids.sort_by_key(|id| rank(*id));
    ids.into_iter().filter_map(|id| {
        // Its library takes its time to find out.
        let is_there = rank(id) != 0 || pipewire_answers();
        is_there.then(|| cpal::host_from_id(id).ok()).flatten()
    })
}

pub(super) fn description_of(device: &cpal::Device) -> String {
    match device.description() {
        Ok(description) => description.name().to_owned(),
        Err(_) => device.to_string(),
    }
}

pub(super) fn id_of(device: &cpal::Device) -> String {
    device
        .id()
        .map_or_else(|_| device.to_string(), |id| id.id().to_owned())
}

/// A host's real output devices, with identity and name, in a fixed order.
pub(super) fn outputs(host: &cpal::Host) -> Vec<(cpal::Device, String, String)> {
    let Ok(devices) = host.output_devices() else {
        return Vec::new();
    };
    let is_pipewire = rank(host.id()) == 0;
    // PipeWire's host lists what others play, too, and stand-ins for the default; sinks can be listened to
    // and are therefore called both.
    let is_real = |device: &cpal::Device, id: &str| {
        let direction = device
            .description()
            .map(|description| description.direction());
        !is_pipewire || (matches!(direction, Ok(DeviceDirection::Duplex)) && id != "sink_default")
    };
    let mut found: Vec<(cpal::Device, String)> = devices
        .map(|device| {
            let id = id_of(&device);
            (device, id)
        })
        .filter(|(device, id)| id != DUMMY_ID && is_real(device, id))
        .collect();
    if is_server(host.id()) {
        found.sort_by(|a, b| a.1.cmp(&b.1));
    }
    let descriptions: Vec<String> = found
        .iter()
        .map(|(device, _)| description_of(device))
        .collect();
    let pairs: Vec<(&str, &str)> = found
        .iter()
        .zip(&descriptions)
        .map(|((_, id), description)| (id.as_str(), description.as_str()))
        .collect();
    let names = shown_names(&pairs);
    found
        .into_iter()
        .zip(names)
        .map(|((device, id), name)| (device, id, name))
        .collect()
}

/// Whether a sound server has the sink that stands in where there is no device.
pub(super) fn has_dummy(host: &cpal::Host) -> bool {
    let is_dummy = |device: cpal::Device| id_of(&device) == DUMMY_ID;
    host.output_devices()
        .is_ok_and(|mut devices| devices.any(is_dummy))
}
