//! A file that makes its decoder fail, for the tests of what happens then: "PLNT", a frame, and a time in ms, both
//! u32 LE. It is silent up to that frame. There it waits for that time, as a slow disk might, and goes on
//! for a second; without a time it panics as a library might, and at frame 0 when it is opened.

use crate::decoder::source::{FrameSource, StreamInfo};
use crate::error::MediaError;
use crate::track_bytes::TrackBytes;
use std::io::Read;
use std::time::Duration;

const CHANNELS: usize = 2;
const RATE_HZ: u32 = 44_100;
const FRAMES_AT_ONCE: u64 = 1_024;

pub(super) struct FaultySource {
    info: StreamInfo,
    position: u64,
    fault: u64,
    /// How long the fault lasts; for good if it is zero.
    stall: Duration,
}

impl FaultySource {
    #[expect(clippy::panic, reason = "that is what it is for")]
    pub(super) fn open(mut bytes: TrackBytes) -> Result<Self, MediaError> {
        let mut head = [0; 12];
        bytes.read_exact(&mut head)?;
        let [_, _, _, _, a, b, c, d, stall @ ..] = head;
        let fault = u64::from(u32::from_le_bytes([a, b, c, d]));
        let stall = Duration::from_millis(u32::from_le_bytes(stall).into());
        if fault == 0 {
            panic!("planted where the file is opened");
        }
        Ok(Self {
            info: StreamInfo {
                codec: "FaultySource".into(),
                container: "planted".into(),
                sample_rate_hz: RATE_HZ,
                channels: CHANNELS,
                bits_per_sample: Some(16),
                frames: Some(fault + u64::from(RATE_HZ)),
                rough_duration: None,
                encoder_delay_frames: 0,
                encoder_padding_frames: 0,
                warnings: Vec::new(),
                links: Vec::new(),
            },
            position: 0,
            fault,
            stall,
        })
    }
}

impl FrameSource for FaultySource {
    fn info(&self) -> &StreamInfo {
        &self.info
    }

    fn declares_exact_length(&self) -> bool {
        true
    }

    #[expect(clippy::panic, reason = "that is what it is for")]
    fn read(&mut self, samples: &mut Vec<f32>) -> Result<Option<u64>, MediaError> {
        if self.position == self.fault {
            if self.stall.is_zero() {
                panic!("planted at frame {}", self.fault);
            }
            std::thread::sleep(self.stall);
        }
        let next_stop = match self.position < self.fault {
            true => self.fault,
            false => self.fault + u64::from(RATE_HZ),
        };
        let frames = next_stop.saturating_sub(self.position).min(FRAMES_AT_ONCE);
        if frames == 0 {
            return Ok(None);
        }
        samples.clear();
        samples.resize(frames as usize * CHANNELS, 0.0);
        let start = self.position;
        self.position += frames;
        Ok(Some(start))
    }

    fn seek(&mut self, frame: u64) -> Result<(), MediaError> {
        self.position = frame;
        Ok(())
    }
}
