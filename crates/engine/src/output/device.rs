//! Sound cards, through cpal. Nothing outside of this folder knows it.

mod hosts;
mod listing;

pub use hosts::HostScope;
pub use listing::DeviceListing;
pub(super) use listing::{found_devices, list_devices};

use hosts::{description_of, has_dummy, hosts, id_of, is_server, outputs, rank};

use super::RendererLoan;
use super::callback_body::CallbackBody;
use super::device_word::DeviceWord;
use super::latency::ToldTimes;
use super::names::{is_called, shown_names};
use super::trouble::{DeviceTrouble, TroubleBell};
use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{
    BufferSize, Data, ErrorKind, OutputCallbackInfo, Sample, SampleFormat, SizedSample,
    StreamConfig, SupportedBufferSize, SupportedStreamConfig,
};
use dsp::dither::TpdfDither;
use dsp::simd::AudioOptimizer;
use std::sync::Arc;
use telemetry::monitor::PerformanceMonitor;

/// The most channels that are filled; a device with more gets silence there.
const MAX_CHANNELS: u16 = 8;
/// What PipeWire's default output is called here; which device that is, the watch knows.
const DEFAULT_NAME: &str = "System default";

/// Cycles of PipeWire's graph that pass until a sink gets what was rendered: cpal renders in its own thread
/// for the next cycle, and the stream's converter holds a cycle's worth. It tells of neither. Measured by a filter
/// beside the sink, at 512, 1,024 and 2,048 frames.
const PIPEWIRE_CALLBACKS: u64 = 2;

/// Why there is no sound from a device, in one line.
#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    /// No host has an output device.
    #[error("no sound device was found")]
    NoDevice,
    /// The named device is not there.
    #[error("no sound device is called '{0}'")]
    Unknown(String),
    /// The sound server that had the stream is not there.
    #[error("the sound server does not answer")]
    NoServer,
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
    host: &'static str,
    /// A server's stand-in for whatever is the default: its stream outlives the device.
    is_stand_in: bool,
}

impl DeviceChoice {
    /// The device of that name or identity or, without one, the default of the best host that has one, at
    /// `rate_hz` where it takes that, else at its own rate.
    ///
    /// # Errors
    /// When there is none, or it will not say what it can do.
    pub fn find(
        name: Option<&str>,
        rate_hz: Option<u32>,
        scope: HostScope<'_>,
    ) -> Result<Self, DeviceError> {
        let mut last_error = None;
        // Whether any device was there: otherwise it is the server that is missing.
        let mut has_devices = false;
        for host in hosts(scope) {
            // A server without a device plays to nobody, and so does whatever leads to it.
            if is_server(host.id()) && outputs(&host).is_empty() {
                if has_dummy(&host) {
                    return Err(DeviceError::NoDevice);
                }
                // Its stand-in may be about to come; or it is there for pictures only.
                continue;
            }
            let found = match name {
                None => host.default_output_device().map(|device| {
                    let is_stand_in = rank(host.id()) == 0;
                    let name = match is_stand_in {
                        true => DEFAULT_NAME.to_owned(),
                        false => shown_names(&[(&id_of(&device), &description_of(&device))])
                            .pop()
                            .unwrap_or_default(),
                    };
                    (device, name)
                }),
                Some(wanted) => outputs(&host)
                    .into_iter()
                    .inspect(|_| has_devices = true)
                    .find(|(_, id, shown)| is_called(wanted, shown, id))
                    .map(|(device, _, shown)| (device, shown)),
            };
            let Some((device, shown)) = found else {
                continue;
            };
            match device.default_output_config() {
                Ok(default) => {
                    let config = best_config(&device, &default, rate_hz);
                    return Ok(Self {
                        device,
                        config,
                        name: shown,
                        host: host.id().name(),
                        is_stand_in: name.is_none() && rank(host.id()) == 0,
                    });
                }
                Err(error) => {
                    let reason = error.to_string();
                    last_error = Some(DeviceError::Refused {
                        name: shown,
                        reason,
                    });
                }
            }
        }
        Err(last_error.unwrap_or_else(|| match name {
            Some(_) if scope.servers_only && !has_devices => DeviceError::NoServer,
            Some(name) => DeviceError::Unknown(name.to_owned()),
            None => DeviceError::NoDevice,
        }))
    }

    /// The device as shown to users.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The system's sound interface that it belongs to.
    pub fn host(&self) -> &'static str {
        self.host
    }

    /// Whether a sound server has it, which may go and come back.
    pub fn is_on_server(&self) -> bool {
        self.device.id().is_ok_and(|id| is_server(id.host()))
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

    /// The fewest and the most frames that the device takes in a callback.
    fn buffer_range(&self) -> (u32, u32) {
        match *self.config.buffer_size() {
            SupportedBufferSize::Range { min, max } if max > 0 && min <= max => (min, max),
            SupportedBufferSize::Range { .. } | SupportedBufferSize::Unknown => (0, u32::MAX),
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

/// A running stream; dropping it stops it and sends the renderer home.
pub struct DeviceOutput {
    _stream: cpal::Stream,
    trouble: Arc<DeviceTrouble>,
    buffer_frames: u32,
    buffer_range: (u32, u32),
    host: &'static str,
    is_on_server: bool,
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
        bell: &TroubleBell,
    ) -> Result<Self, DeviceError> {
        let refused = |error: cpal::Error| DeviceError::Refused {
            name: choice.name.clone(),
            reason: error.to_string(),
        };
        let trouble = Arc::new(DeviceTrouble::new(bell.clone()));
        let buffer_range = choice.buffer_range();
        let buffer_frames = buffer_frames.clamp(buffer_range.0, buffer_range.1);
        let config = StreamConfig {
            channels: choice.config.channels(),
            sample_rate: choice.config.sample_rate(),
            buffer_size: BufferSize::Fixed(buffer_frames),
        };
        let is_stand_in = choice.is_stand_in;
        let on_error = {
            let (trouble, monitor) = (Arc::clone(&trouble), Arc::clone(monitor));
            move |error: cpal::Error| match error.kind() {
                ErrorKind::Xrun => monitor.count_xrun(),
                // Rerouted by the system, or merely without real-time scheduling: the sound goes on.
                ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied => {}
                // A session manager that chooses another default says for a moment that there is none.
                ErrorKind::DeviceNotAvailable if is_stand_in => {}
                _ => trouble.note_lost(),
            }
        };
        let format = choice.config.sample_format();
        let device_channels = usize::from(config.channels);
        let body_trouble = Arc::clone(&trouble);
        let is_pipewire = choice.device.id().is_ok_and(|id| rank(id.host()) == 0);
        let held_callbacks = if is_pipewire { PIPEWIRE_CALLBACKS } else { 0 };
        let rate_hz = config.sample_rate;
        let mut body =
            CallbackBody::new(loan, device_channels, rate_hz, held_callbacks, body_trouble);
        let fill: fn(&mut CallbackBody, &mut Data, u64) = match format {
            SampleFormat::F32 => fill_f32,
            SampleFormat::I32 => fill_converted::<i32>,
            SampleFormat::I24 => fill_converted::<cpal::I24>,
            SampleFormat::I16 => fill_converted::<i16>,
            SampleFormat::U16 => fill_converted::<u16>,
            SampleFormat::U8 => fill_converted::<u8>,
            SampleFormat::F64 => fill_converted::<f64>,
            other => {
                return Err(DeviceError::Refused {
                    name: choice.name.clone(),
                    reason: format!("the sample format {other} is not supported"),
                });
            }
        };
        let on_data = move |data: &mut Data, info: &OutputCallbackInfo| {
            let times = info.timestamp();
            let told = ToldTimes {
                callback_ns: times.callback.as_nanos(),
                playback_ns: times.playback.as_nanos(),
            };
            let latency_frames = body.latency_frames(told, data.len());
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
            buffer_range,
            host: choice.host(),
            is_on_server: choice.is_on_server(),
        })
    }

    /// What the device has said of itself.
    pub fn trouble(&self) -> &DeviceTrouble {
        &self.trouble
    }

    /// The nearest to `frames` that the device takes in a callback.
    pub fn buffer_near(&self, frames: u32) -> u32 {
        frames.clamp(self.buffer_range.0, self.buffer_range.1)
    }

    /// The system's sound interface that it belongs to.
    pub fn host(&self) -> &'static str {
        self.host
    }

    /// Whether a sound server has it, which may go and come back.
    pub fn is_on_server(&self) -> bool {
        self.is_on_server
    }

    /// Frames of one callback, as far as the system tells.
    pub fn buffer_frames(&self) -> u32 {
        self.buffer_frames
    }
}

fn fill_f32(body: &mut CallbackBody, data: &mut Data, latency_frames: u64) {
    if let Some(out) = data.as_slice_mut::<f32>() {
        body.fill_f32(out, latency_frames);
    }
}

fn fill_converted<T: DeviceWord + SizedSample>(
    body: &mut CallbackBody,
    data: &mut Data,
    latency_frames: u64,
) {
    if let Some(out) = data.as_slice_mut::<T>() {
        body.fill(out, latency_frames);
    }
}

impl DeviceWord for cpal::I24 {
    const SILENCE: Self = Self::EQUILIBRIUM;

    fn convert(_: AudioOptimizer, samples: &[f32], words: &mut [Self], _: Option<&mut TpdfDither>) {
        for (word, sample) in words.iter_mut().zip(samples) {
            let nearest = (sample * 8_388_608.0).round_ties_even() as i32;
            let clipped = nearest.clamp(-8_388_608, 8_388_607);
            *word = Self::new(clipped).unwrap_or(Self::EQUILIBRIUM);
        }
    }
}
