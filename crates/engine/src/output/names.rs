//! What devices are called: names that people know, which stay the same over restarts.

/// What PipeWire calls the sink it makes up where there is no device.
pub(super) const DUMMY_ID: &str = "auto_null";

/// Names for devices by their identity and what the system says of them, in the same order. Where two would
/// be called the same, their identities are added.
pub(super) fn shown_names(devices: &[(&str, &str)]) -> Vec<String> {
    let plain: Vec<&str> = devices
        .iter()
        .map(|(id, description)| plain_name(id, description))
        .collect();
    let is_shared = |name: &str| plain.iter().filter(|other| **other == name).count() > 1;
    devices
        .iter()
        .zip(&plain)
        .map(|((id, _), name)| match is_shared(name) {
            true => format!("{name} ({id})"),
            false => (*name).to_owned(),
        })
        .collect()
}

/// Whether a device is the one that was chosen as `wanted`: by the name it has now, by the longer one that it
/// had beside a device of the same name, or by its identity.
pub(super) fn is_called(wanted: &str, shown: &str, id: &str) -> bool {
    let is_longer = || {
        let rest = wanted.strip_prefix(shown).map(str::trim_start);
        rest.and_then(|rest| rest.strip_prefix('(')?.strip_suffix(')')) == Some(id)
    };
    wanted == shown || wanted == id || is_longer()
}

/// The description, without the class that PipeWire's PulseAudio server adds to sinks of its own.
fn plain_name<'a>(id: &'a str, description: &'a str) -> &'a str {
    let plain = description
        .strip_suffix(" Audio/Sink sink")
        .unwrap_or(description)
        .trim();
    match plain {
        "" | "unknown" => id,
        plain => plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_people_know() {
        let names = shown_names(&[
            ("alsa_output.pci", "Built-in Audio Analog Stereo"),
            ("test", "test Audio/Sink sink"),
            ("bare", ""),
            ("usb-1", "USB DAC"),
            ("usb-2", "USB DAC"),
        ]);
        assert_eq!(
            names,
            [
                "Built-in Audio Analog Stereo",
                "test",
                "bare",
                "USB DAC (usb-1)",
                "USB DAC (usb-2)"
            ]
        );
    }

    #[test]
    fn a_chosen_device_is_found_again_whoever_else_is_there() {
        assert!(is_called("USB DAC", "USB DAC", "usb-1"));
        assert!(
            is_called("USB DAC (usb-1)", "USB DAC", "usb-1"),
            "alone now"
        );
        assert!(is_called("usb-1", "USB DAC", "usb-1"));
        assert!(!is_called("USB DAC (usb-2)", "USB DAC", "usb-1"));
        assert!(!is_called("Something", "USB DAC", "usb-1"));
    }
}
