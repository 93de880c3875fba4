//! How many frames an MP3 file says it has.

use super::header::FrameHeader;
use super::info::InfoFrame;

/// Bytes by which the count may miss those that are there: tags at the end, mostly.
const MAX_OTHER_BYTES: u64 = 1 << 20;

/// What the first frame says of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CountedFrames {
    pub(crate) sample_rate_hz: u32,
    pub(crate) channels: u32,
    /// Frames of sound without delay and padding.
    pub(crate) frames: u64,
}

/// What a layer III stream says that begins with `head` and has `bytes` bytes up to the end of its file;
/// none where it does not say, or where that cannot be: a file that was cut, or joined to another.
pub(crate) fn counted_frames(head: &[u8], bytes: u64) -> Option<CountedFrames> {
    let header = FrameHeader::parse(head)?;
    let frame = head.get(..usize::try_from(header.bytes).ok()?)?;
    let info = InfoFrame::parse(&header, frame)?;
    let (mpeg_frames, declared_bytes) = (info.mpeg_frames?, info.bytes?);
    if header.layer != 3
        || declared_bytes > bytes
        || bytes - declared_bytes > MAX_OTHER_BYTES.min(declared_bytes / 2 + 4_096)
    {
        return None;
    }
    let all = mpeg_frames * header.frames();
    let heard = all.checked_sub(info.delay_frames + info.padding_frames)?;
    Some(CountedFrames {
        sample_rate_hz: header.sample_rate_hz,
        channels: header.channels.into(),
        frames: heard,
    })
}
