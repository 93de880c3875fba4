//! The channels of the control thread.

use crate::command::TagRequest;
use crate::decode_worker::{DecodeLinks, DecodeOrder, DecodeReport};
use crate::publisher::Publisher;
use crate::remote::ControlMessage;
use crate::waveforms::FoundWaveform;
use crossbeam::channel::{Receiver, Sender};
use media::location::TrackLocation;

/// What the control thread talks to.
pub(crate) struct Links {
    pub(crate) messages: Receiver<ControlMessage>,
    pub(crate) publisher: Publisher,
    pub(crate) decode: Sender<DecodeOrder>,
    pub(crate) decode_reports: Receiver<DecodeReport>,
    /// What another decode thread would work with.
    pub(crate) decode_links: DecodeLinks,
    /// Where tags are asked for; `None` where nobody reads them.
    pub(crate) tag_requests: Option<Sender<TagRequest>>,
    /// Where tracks are sent whose waveform is wanted; `None` where none is.
    pub(crate) waveforms: Option<Sender<TrackLocation>>,
    pub(crate) found_waveforms: Receiver<FoundWaveform>,
}
