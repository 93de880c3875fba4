//! MP3 in free format: frames of one bit rate that their headers do not name, so that only the distance
//! from one frame to the next tells their length. By `nanomp3`; symphonia refuses them.

use super::{FrameSource, StreamInfo};
use crate::media::error::MediaError;
use crate::media::track_bytes::TrackBytes;
use nanomp3::{Error, Reader};

/// An open file. Opening has read all of it once, for the length and for the places of its frames.
pub(super) struct FreeFormatMp3 {
    reader: Reader<TrackBytes, f32>,
    info: StreamInfo,
    /// The frame that [`FrameSource::read`] returns next.
    position: u64,
}

impl FreeFormatMp3 {
    /// Finds every frame of the file.
    ///
    /// # Errors
    /// When it cannot be read, or has no frame that can be decoded.
    pub(super) fn open(bytes: TrackBytes) -> Result<Self, MediaError> {
        let reader = Reader::<_, f32>::new(bytes).map_err(fault)?;
        let frames = reader.total_samples();
        let Some(channels) = reader.channels() else {
            return Err(MediaError::Unsupported(
                "free-format MP3 with frames of this length".into(),
            ));
        };
        let info = StreamInfo {
            codec: "MP3".into(),
            container: "mp3".into(),
            sample_rate_hz: reader.sample_rate(),
            channels: usize::from(channels.num()),
            bits_per_sample: None,
            frames,
            rough_duration: None,
            encoder_delay_frames: 0,
            encoder_padding_frames: 0,
        };
        Ok(Self {
            reader,
            info,
            position: 0,
        })
    }
}

impl FrameSource for FreeFormatMp3 {
    fn info(&self) -> &StreamInfo {
        &self.info
    }

    /// The length is that of the frames that were found, some of which may be damaged.
    fn declares_exact_length(&self) -> bool {
        false
    }

    fn read(&mut self, samples: &mut Vec<f32>) -> Result<Option<u64>, MediaError> {
        let Some(decoded) = self.reader.read_frame().map_err(fault)? else {
            return Ok(None);
        };
        samples.clear();
        samples.extend_from_slice(decoded);
        let start = self.position;
        self.position += (samples.len() / self.info.channels) as u64;
        Ok(Some(start))
    }

    /// To the very frame: enough is decoded before it to fill the bit reservoir and the filters.
    fn seek(&mut self, frame: u64) -> Result<(), MediaError> {
        self.reader.seek(frame).map_err(fault)?;
        self.position = frame.min(self.info.frames.unwrap_or(frame));
        Ok(())
    }
}

fn fault(error: Error) -> MediaError {
    match error {
        Error::Io(error) => error.into(),
        error => MediaError::Damaged(error.to_string()),
    }
}
