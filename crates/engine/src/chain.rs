//! What happens to decoded frames on their way out: the stages between the ring and the last fade.

use dsp::balance::{Balance, BalanceSettings};
use dsp::convolver::{Convolver, PreparedResponse};
use dsp::crossfeed::{Crossfeed, CrossfeedSettings};
use dsp::eq_bank::EqBandOptimizer;
use dsp::equalizer::EqBank;
use dsp::limiter::{DEFAULT_CEILING, TruePeakLimiter};
use dsp::minimum_phase::response_length;
use dsp::ramp::GainRamp;
use dsp::simd::AudioOptimizer;

/// How long gains take to move, in seconds.
const RAMP_SECONDS: f64 = 0.02;
/// How long the equalizer takes to move, in seconds: it goes in steps, and this makes them too small to
/// hear. Still well within what feels like at once.
const EQ_RAMP_SECONDS: f64 = 0.04;
/// How long the limiter stays after the last thing that could be too loud has gone, in seconds: longer
/// than any stage takes to move.
const LIMITER_HOLD_SECONDS: f64 = 0.2;
/// Responses on their way to or from the audio thread.
const RESPONSES: usize = 4;

/// What control sets and the chain follows, as one value.
///
/// ```
/// use engine::chain::ChainSettings;
/// assert!(ChainSettings::default().is_transparent());
/// let quiet = ChainSettings { volume: 0.5, ..ChainSettings::default() };
/// assert!(!quiet.is_transparent());
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChainSettings {
    /// The designed equalizer.
    pub eq: EqBank,
    /// Whether a response is in circuit behind it.
    pub has_response: bool,
    /// A little of each channel in the other, for headphones.
    pub crossfeed: CrossfeedSettings,
    /// Balance, mono and swapped channels.
    pub balance: BalanceSettings,
    /// Linear gain behind all that.
    pub volume: f32,
    /// Whether what comes in may be beyond full scale, by what was done to it before.
    pub has_loud_input: bool,
    /// Whether the limiter may come into circuit.
    pub limiter: bool,
}

impl Default for ChainSettings {
    fn default() -> Self {
        Self {
            eq: EqBank::FLAT,
            has_response: false,
            crossfeed: CrossfeedSettings::OFF,
            balance: BalanceSettings::default(),
            volume: 1.0,
            has_loud_input: false,
            limiter: true,
        }
    }
}

impl ChainSettings {
    /// Whether these settings, once settled, leave every sample as it was.
    pub fn is_transparent(&self) -> bool {
        self.eq.is_flat()
            && !self.has_response
            && self.crossfeed == CrossfeedSettings::OFF
            && self.balance == BalanceSettings::default()
            && self.volume == 1.0
    }

    /// Whether the limiter holds sound back with these settings.
    pub fn has_limiter_in_circuit(&self) -> bool {
        self.limiter && self.can_exceed_full_scale()
    }

    /// Whether a full-scale input could leave above full scale.
    fn can_exceed_full_scale(&self) -> bool {
        self.has_loud_input
            || self.eq.can_exceed_full_scale()
            || self.has_response
            || self.crossfeed != CrossfeedSettings::OFF
            || self.volume > 1.0
    }
}

/// Control's end of a chain: responses go in, those done with come back to be freed.
pub struct ResponseSender {
    next: rtrb::Producer<Option<Box<PreparedResponse>>>,
    retired: rtrb::Consumer<Box<PreparedResponse>>,
}

impl ResponseSender {
    /// Changes to `response`, or takes the stage out of circuit. Gives it back where changes come
    /// faster than the audio thread can follow: try again later.
    ///
    /// # Errors
    /// The response, when there is no room for it.
    pub fn send(
        &mut self,
        response: Option<Box<PreparedResponse>>,
    ) -> Result<(), Option<Box<PreparedResponse>>> {
        self.free_retired();
        self.next
            .push(response)
            .map_err(|rtrb::PushError::Full(response)| response)
    }

    /// Frees what the chain is done with.
    pub fn free_retired(&mut self) {
        while self.retired.pop().is_ok() {}
    }
}

/// Preamp, equalizer, convolver, crossfeed, balance, volume and limiter, in this order. Each stage out of
/// circuit costs nothing and changes no bit. Every method but [`Self::new`] is for the audio thread.
pub struct Chain {
    eq: EqBandOptimizer,
    convolver: Convolver,
    crossfeed: Crossfeed,
    balance: Balance,
    volume: GainRamp,
    limiter: TruePeakLimiter,
    limiter_wanted: bool,
    /// Frames the limiter still stays.
    limiter_hold_frames: usize,
    full_hold_frames: usize,
    channels: usize,
    next: rtrb::Consumer<Option<Box<PreparedResponse>>>,
    retired: rtrb::Producer<Box<PreparedResponse>>,
}

impl Chain {
    /// A settled chain. Allocates.
    pub fn new(
        settings: &ChainSettings,
        response: Option<Box<PreparedResponse>>,
        sample_rate_hz: u32,
        channels: usize,
    ) -> (Self, ResponseSender) {
        let rate_hz = f64::from(sample_rate_hz);
        let optimizer = AudioOptimizer::detected();
        let (next_sender, next) = rtrb::RingBuffer::new(RESPONSES);
        // One more than can be under way at once, so that giving back never waits.
        let (retired, retired_receiver) = rtrb::RingBuffer::new(2 * RESPONSES + 4);
        let mut convolver = Convolver::new(channels, response_length(rate_hz), rate_hz, optimizer);
        convolver.begin_with(response);
        let mut this = Self {
            eq: EqBandOptimizer::new(optimizer, rate_hz, channels, EQ_RAMP_SECONDS),
            convolver,
            crossfeed: Crossfeed::new(rate_hz),
            balance: Balance::new(rate_hz),
            volume: GainRamp::new(settings.volume, (rate_hz * RAMP_SECONDS) as u32),
            limiter: TruePeakLimiter::new(rate_hz, DEFAULT_CEILING, optimizer),
            limiter_wanted: false,
            limiter_hold_frames: 0,
            full_hold_frames: (rate_hz * LIMITER_HOLD_SECONDS) as usize,
            channels,
            next,
            retired,
        };
        this.jump_to(settings);
        let sender = ResponseSender {
            next: next_sender,
            retired: retired_receiver,
        };
        (this, sender)
    }

    /// Starts moving to `settings`.
    pub fn follow(&mut self, settings: &ChainSettings) {
        self.eq.set_target(&settings.eq);
        self.volume.set_target(settings.volume);
        self.crossfeed.set(settings.crossfeed);
        self.balance.set(settings.balance);
        self.want_limiter(settings);
    }

    /// Is at `settings` at once, for use in silence. What the limiter holds back stays, unless it comes
    /// into circuit or leaves it.
    pub fn jump_to(&mut self, settings: &ChainSettings) {
        let latency_before = self.latency_frames();
        self.eq.jump_to(&settings.eq);
        self.volume.jump_to(settings.volume);
        self.crossfeed.set(settings.crossfeed);
        self.crossfeed.reset();
        self.balance.set(settings.balance);
        self.balance.reset();
        self.want_limiter(settings);
        if !self.limiter_wanted {
            self.limiter_hold_frames = 0;
            self.limiter.set_engaged(false);
        }
        if self.latency_frames() != latency_before {
            self.limiter.reset();
        }
    }

    /// Forgets the sound that rings or is held back, for use in silence.
    pub fn reset(&mut self) {
        self.eq.reset();
        self.convolver.reset();
        self.crossfeed.reset();
        self.balance.reset();
        self.limiter.reset();
    }

    /// Whether every stage is out of circuit.
    pub fn is_idle(&self) -> bool {
        self.eq.is_idle()
            && self.convolver.is_idle()
            && self.crossfeed.is_idle()
            && self.balance.is_idle()
            && self.volume.is_unity()
            && self.limiter.is_idle()
    }

    /// How far the output stands behind the input.
    pub fn latency_frames(&self) -> usize {
        self.limiter.latency_frames()
    }

    /// Works on whole interleaved frames in place.
    pub fn process(&mut self, samples: &mut [f32]) {
        self.exchange_responses();
        let channels = self.channels;
        if !self.eq.is_idle() {
            self.eq.process(samples);
        }
        if !self.convolver.is_idle() {
            self.convolver.process(samples, channels);
        }
        if !self.crossfeed.is_idle() {
            self.crossfeed.process(samples, channels);
        }
        if !self.balance.is_idle() {
            self.balance.process(samples, channels);
        }
        if !self.volume.is_unity() {
            self.volume.process(samples, channels);
        }
        if !self.limiter_wanted && self.limiter_hold_frames > 0 {
            let frames = samples.len() / channels;
            self.limiter_hold_frames = self.limiter_hold_frames.saturating_sub(frames);
            if self.limiter_hold_frames == 0 {
                self.limiter.set_engaged(false);
            }
        }
        if !self.limiter.is_idle() {
            self.limiter.process(samples, channels);
        }
    }

    fn want_limiter(&mut self, settings: &ChainSettings) {
        self.limiter_wanted = settings.limiter && settings.can_exceed_full_scale();
        if self.limiter_wanted {
            self.limiter_hold_frames = self.full_hold_frames;
            self.limiter.set_engaged(true);
        }
    }

    fn exchange_responses(&mut self) {
        // Each turn may send one back, besides the one changed from.
        while self.retired.slots() >= 2 {
            let Ok(next) = self.next.pop() else { break };
            if let Some(unused) = self.convolver.set_response(next) {
                let _ = self.retired.push(unused);
            }
        }
        if self.retired.slots() > 0
            && let Some(retired) = self.convolver.take_retired()
        {
            let _ = self.retired.push(retired);
        }
    }
}

#[cfg(test)]
#[path = "chain_tests.rs"]
mod tests;
