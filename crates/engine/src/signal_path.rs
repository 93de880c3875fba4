//! What happens to the sound between the file and the device.

use std::fmt::Write;

/// The shape of the sound at one end of the path.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct SignalFormat {
    /// The codec, or the device's sample format such as "f32".
    pub format: String,
    /// Frames a second.
    pub sample_rate_hz: u32,
    /// Bits of a sample, where it has a fixed number of them.
    pub bits_per_sample: Option<u32>,
    /// Channels.
    pub channels: usize,
}

/// From the file to the device: both ends, and what is in circuit between them, in order.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize)]
pub struct SignalPath {
    /// What the file holds; `None` while nothing is loaded.
    pub file: Option<SignalFormat>,
    /// What changes the sound, in order; empty where nothing does.
    pub stages: Vec<&'static str>,
    /// What the device is given.
    pub device: SignalFormat,
    /// Every sample reaches the device as it was decoded.
    pub is_bit_exact: bool,
}

impl std::fmt::Display for SignalFormat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let khz = f64::from(self.sample_rate_hz) / 1_000.0;
        f.write_str(&self.format)?;
        // The formats of devices say their bits themselves.
        if let Some(bits) = self
            .bits_per_sample
            .filter(|_| !self.format.starts_with('i'))
        {
            write!(f, " {bits} bit")?;
        }
        write!(f, " {khz} kHz {} ch", self.channels)
    }
}

impl std::fmt::Display for SignalPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut line = String::new();
        if let Some(file) = &self.file {
            write!(line, "{file} \u{2192} ")?;
        }
        for stage in &self.stages {
            write!(line, "{stage} \u{2192} ")?;
        }
        write!(f, "{line}{}", self.device)
    }
}
