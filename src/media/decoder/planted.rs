//! A file that makes its decoder fail, for the tests of what happens then: "PLNT", and a frame, u32 LE. It is
//! silent up to that frame, where it panics as a library might; at 0 it panics when opened.

use super::{FrameSource, StreamInfo};
use crate::media::error::MediaError;
use crate::media::track_bytes::TrackBytes;
use std::io::Read;

const CHANNELS: usize = 2;
const FRAMES_AT_ONCE: u64 = 1_024;

pub(super) struct Planted {
    info: StreamInfo,
    position: u64,
    fault: u64,
}

impl Planted {
    #[expect(clippy::panic, reason = "that is what it is for")]
    pub(super) fn open(mut bytes: TrackBytes) -> Result<Self, MediaError> {
        let mut head = [0; 8];
        bytes.read_exact(&mut head)?;
        let [.., a, b, c, d] = head;
        let fault = u64::from(u32::from_le_bytes([a, b, c, d]));
        if fault == 0 {
            panic!("planted where the file is opened");
        }
        Ok(Self {
            info: StreamInfo {
                codec: "Planted".into(),
                container: "planted".into(),
                sample_rate_hz: 44_100,
                channels: CHANNELS,
                bits_per_sample: Some(16),
                frames: Some(44_100 * 60),
                rough_duration: None,
                encoder_delay_frames: 0,
                encoder_padding_frames: 0,
            },
            position: 0,
            fault,
        })
    }
}

impl FrameSource for Planted {
    fn info(&self) -> &StreamInfo {
        &self.info
    }

    fn declares_exact_length(&self) -> bool {
        true
    }

    #[expect(clippy::panic, reason = "that is what it is for")]
    fn read(&mut self, samples: &mut Vec<f32>) -> Result<Option<u64>, MediaError> {
        let frames = (self.fault.saturating_sub(self.position)).min(FRAMES_AT_ONCE);
        if frames == 0 {
            panic!("planted at frame {}", self.fault);
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
