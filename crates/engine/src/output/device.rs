//! Sound cards, through cpal. The only file that knows it.

use super::RendererLoan;
use super::device_word::DeviceWord;
use super::latency::ToldLatency;
use super::sound_server::silence_alsa;
use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{
    BufferSize, Data, ErrorKind, HostId, OutputCallbackInfo, Sample, SampleFormat, SizedSample,
    StreamConfig, SupportedStreamConfig,
};
use dsp::dither::TpdfDither;
use dsp::simd::AudioOptimizer;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use telemetry::monitor::PerformanceMonitor;

/// Frames converted at a time where the device does not take f32.
const SCRATCH_FRAMES: usize = 2048;
/// The most channels that are filled; a device with more gets silence there.
const MAX_CHANNELS: u16 = 8;

/// Why there is no sound from a device, in one line.
#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    /// No host has an output device.
    #[error("no sound device was found")]
    NoDevice,
    /// The named device is not there.
    #[error("no sound device is called '{0}'")]
    Unknown(String),
    /// The device would not open.
    #[error("{name}: {reason}")]
    Refused {
        /// The device.
        name: String,
        /// What the system said.
        reason: String,
    },
}

/// A device with the format it will be opened in.
pub struct DeviceChoice {
    device: cpal::Device,
    config: SupportedStreamConfig,
    name: String,
}

/// One line of the `devices` command.
#[derive(Debug, Clone, serde::Serialize)]
pub struct DeviceListing {
    /// The system's sound interface, such as "ALSA".
    pub host: String,
    /// The name to choose it by.
    pub name: String,
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

/// The hosts worth asking, best first. Never the crate's default: its features change that.
fn hosts() -> Vec<cpal::Host> {
    silence_alsa();
    let rank = |id: &HostId| match id.name().to_lowercase().as_str() {
        // A sound server mixes; asking the card itself would lock others out.
        "pipewire" => 0,
        "pulseaudio" => 1,
        "alsa" => 3,
        _ => 2,
    };
    let mut ids = cpal::available_hosts();
    // JACK connects only when asked for by name: its server may belong to a session of its own.
    ids.retain(|id| id.name().to_lowercase() != "jack");
    ids.sort_by_key(rank);
    ids.into_iter()
        .filter_map(|id| cpal::host_from_id(id).ok())
        .collect()
}

fn name_of(device: &cpal::Device) -> String {
    match device.description() {
        Ok(description) => description.name().to_owned(),
        Err(_) => device.to_string(),
    }
}

/// Every output device of every host. Asks the system; may take a while.
pub fn list_devices() -> Vec<DeviceListing> {
    let mut listings = Vec::new();
    for host in hosts() {
        let default = host
            .default_output_device()
            .and_then(|device| device.id().ok());
        let Ok(devices) = host.output_devices() else {
            continue;
        };
        for device in devices {
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
            listings.push(DeviceListing {
                host: host.id().name().to_owned(),
                name: name_of(&device),
                is_default: default.is_some() && device.id().ok() == default,
                default_rate_hz: config.as_ref().map(|c| c.sample_rate()),
                default_channels: config.as_ref().map(|c| c.channels()),
                rates_hz: low.zip(high),
                formats,
            });
        }
    }
    listings
}

/// Names of the devices of the first host that has any, for a menu.
pub fn device_names() -> Vec<String> {
    for host in hosts() {
        if let Ok(devices) = host.output_devices() {
            let mut names: Vec<String> = devices.map(|device| name_of(&device)).collect();
            names.dedup();
            if !names.is_empty() {
                return names;
            }
        }
    }
    Vec::new()
}

impl DeviceChoice {
    /// The device of that name or, without one, the default of the best host that has one, at `rate_hz`
    /// where it takes that, else at its own rate.
    ///
    /// # Errors
    /// When there is none, or it will not say what it can do.
    pub fn find(name: Option<&str>, rate_hz: Option<u32>) -> Result<Self, DeviceError> {
        let mut last_error = None;
        for host in hosts() {
            let device = match name {
                None => host.default_output_device(),
                Some(name) => host
                    .output_devices()
                    .ok()
                    .and_then(|mut devices| devices.find(|device| name_of(device) == name)),
            };
            let Some(device) = device else { continue };
            match device.default_output_config() {
                Ok(default) => {
                    let name = name_of(&device);
                    let config = best_config(&device, &default, rate_hz);
                    return Ok(Self {
                        device,
                        config,
                        name,
                    });
                }
                Err(error) => {
                    let reason = error.to_string();
                    last_error = Some(DeviceError::Refused {
                        name: name_of(&device),
                        reason,
                    });
                }
            }
        }
        Err(last_error.unwrap_or_else(|| match name {
            Some(name) => DeviceError::Unknown(name.to_owned()),
            None => DeviceError::NoDevice,
        }))
    }

    /// The device as shown to users.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Rate it will run at, in Hz.
    pub fn sample_rate_hz(&self) -> u32 {
        self.config.sample_rate()
    }

    /// Channels that will be rendered.
    pub fn channels(&self) -> usize {
        usize::from(self.config.channels().clamp(1, MAX_CHANNELS))
    }

    /// Its sample format, such as "f32".
    pub fn sample_format(&self) -> &'static str {
        match self.config.sample_format() {
            SampleFormat::F32 => "f32",
            SampleFormat::I16 => "i16",
            SampleFormat::I24 => "i24",
            SampleFormat::I32 => "i32",
            SampleFormat::F64 => "f64",
            _ => "other",
        }
    }
}

/// The default channels and `rate_hz`, else the default rate, in the first of the formats we like that the
/// device takes.
fn best_config(
    device: &cpal::Device,
    default: &SupportedStreamConfig,
    rate_hz: Option<u32>,
) -> SupportedStreamConfig {
    let wanted = [
        SampleFormat::F32,
        SampleFormat::I32,
        SampleFormat::I24,
        SampleFormat::I16,
    ];
    let ranges: Vec<_> = device
        .supported_output_configs()
        .map(Iterator::collect)
        .unwrap_or_default();
    for rate_hz in rate_hz.into_iter().chain([default.sample_rate()]) {
        for format in wanted {
            let range = ranges.iter().find(|range| {
                range.sample_format() == format
                    && range.channels() == default.channels()
                    && range.contains_rate(rate_hz)
            });
            if let Some(range) = range {
                return range.with_sample_rate(rate_hz);
            }
        }
    }
    *default
}

/// What a device said from its error callback, as one word control looks at.
#[derive(Debug, Default)]
pub struct DeviceTrouble {
    is_lost: AtomicBool,
}

impl DeviceTrouble {
    /// Whether the stream is gone and must be opened anew.
    pub fn is_lost(&self) -> bool {
        self.is_lost.load(Ordering::Acquire)
    }
}

/// A running stream; dropping it stops it and sends the renderer home.
pub struct DeviceOutput {
    _stream: cpal::Stream,
    trouble: Arc<DeviceTrouble>,
    buffer_frames: u32,
}

impl DeviceOutput {
    /// Opens the device and starts it, asking for `buffer_frames` a callback.
    ///
    /// # Errors
    /// When it will not open; the renderer is on its way home then.
    pub fn start(
        choice: &DeviceChoice,
        loan: RendererLoan,
        buffer_frames: u32,
        monitor: &Arc<PerformanceMonitor>,
    ) -> Result<Self, DeviceError> {
        let refused = |error: cpal::Error| DeviceError::Refused {
            name: choice.name.clone(),
            reason: error.to_string(),
        };
        let trouble = Arc::new(DeviceTrouble::default());
        let config = StreamConfig {
            channels: choice.config.channels(),
            sample_rate: choice.config.sample_rate(),
            buffer_size: BufferSize::Fixed(buffer_frames),
        };
        let on_error = {
            let (trouble, monitor) = (Arc::clone(&trouble), Arc::clone(monitor));
            move |error: cpal::Error| match error.kind() {
                ErrorKind::Xrun => monitor.count_xrun(),
                // Rerouted by the system, or merely without real-time scheduling: the sound goes on.
                ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied => {}
                _ => trouble.is_lost.store(true, Ordering::Release),
            }
        };
        let format = choice.config.sample_format();
        let device_channels = usize::from(config.channels);
        let mut body = CallbackBody {
            scratch: vec![0.0; SCRATCH_FRAMES * loan.channels()].into_boxed_slice(),
            loan,
            device_channels,
            rate_hz: config.sample_rate,
            latency: ToldLatency::default(),
            optimizer: AudioOptimizer::detected(),
            dither: TpdfDither::new(),
        };
        let fill: fn(&mut CallbackBody, &mut Data, u64) = match format {
            SampleFormat::F32 => CallbackBody::fill_f32,
            SampleFormat::I32 => CallbackBody::fill_converted::<i32>,
            SampleFormat::I24 => CallbackBody::fill_converted::<cpal::I24>,
            SampleFormat::I16 => CallbackBody::fill_converted::<i16>,
            SampleFormat::U16 => CallbackBody::fill_converted::<u16>,
            SampleFormat::U8 => CallbackBody::fill_converted::<u8>,
            SampleFormat::F64 => CallbackBody::fill_converted::<f64>,
            other => {
                return Err(DeviceError::Refused {
                    name: choice.name.clone(),
                    reason: format!("the sample format {other} is not supported"),
                });
            }
        };
        let on_data = move |data: &mut Data, info: &OutputCallbackInfo| {
            let latency_frames = body.latency_frames(info);
            fill(&mut body, data, latency_frames);
        };
        let stream = choice
            .device
            .build_output_stream_raw(config, format, on_data, on_error, None)
            .map_err(refused)?;
        stream.play().map_err(refused)?;
        let buffer_frames = stream.buffer_size().unwrap_or(buffer_frames);
        Ok(Self {
            _stream: stream,
            trouble,
            buffer_frames,
        })
    }

    /// What the device has said of itself.
    pub fn trouble(&self) -> &DeviceTrouble {
        &self.trouble
    }

    /// Frames of one callback, as far as the system tells.
    pub fn buffer_frames(&self) -> u32 {
        self.buffer_frames
    }
}

impl DeviceWord for cpal::I24 {
    fn convert(_: AudioOptimizer, samples: &[f32], words: &mut [Self], _: Option<&mut TpdfDither>) {
        for (word, sample) in words.iter_mut().zip(samples) {
            let nearest = (sample * 8_388_608.0).round_ties_even() as i32;
            let clipped = nearest.clamp(-8_388_608, 8_388_607);
            *word = Self::new(clipped).unwrap_or(Self::EQUILIBRIUM);
        }
    }
}

/// State of the audio callback of one stream.
struct CallbackBody {
    loan: RendererLoan,
    scratch: Box<[f32]>,
    device_channels: usize,
    rate_hz: u32,
    latency: ToldLatency,
    optimizer: AudioOptimizer,
    dither: TpdfDither,
}

impl CallbackBody {
    fn latency_frames(&mut self, info: &OutputCallbackInfo) -> u64 {
        let times = info.timestamp();
        let ahead = times.playback.duration_since(times.callback);
        self.latency.record(ahead, self.rate_hz)
    }

    fn fill_f32(&mut self, data: &mut Data, latency_frames: u64) {
        let Some(out) = data.as_slice_mut::<f32>() else {
            return;
        };
        if self.device_channels == self.loan.channels() {
            self.loan.render(out, latency_frames);
        } else {
            self.fill_slice(out, latency_frames);
        }
    }

    fn fill_converted<T: DeviceWord + SizedSample>(
        &mut self,
        data: &mut Data,
        latency_frames: u64,
    ) {
        if let Some(out) = data.as_slice_mut::<T>() {
            self.fill_slice(out, latency_frames);
        }
    }

    /// Renders piece by piece into the scratch memory and from there to the device's words.
    fn fill_slice<T: DeviceWord + SizedSample>(&mut self, out: &mut [T], latency_frames: u64) {
        let channels = self.loan.channels();
        let mut latency_frames = latency_frames;
        for piece in out.chunks_mut(SCRATCH_FRAMES * self.device_channels) {
            let frames = piece.len() / self.device_channels;
            let scratch = &mut self.scratch[..frames * channels];
            self.loan.render(scratch, latency_frames);
            latency_frames += frames as u64;
            let mut dither = self.loan.changes_samples().then_some(&mut self.dither);
            if self.device_channels == channels {
                T::convert(self.optimizer, scratch, piece, dither);
                continue;
            }
            let device_frames = piece.chunks_exact_mut(self.device_channels);
            for (to, from) in device_frames.zip(scratch.chunks_exact(channels)) {
                to.fill(T::EQUILIBRIUM);
                T::convert(self.optimizer, from, to, dither.as_deref_mut());
            }
        }
    }
}
