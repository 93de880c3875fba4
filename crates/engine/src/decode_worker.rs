//! The decode thread: owns the pipeline, takes orders, keeps the ring full.

mod naps;
mod orders;
mod share;

use super::pipeline::{DecodePipeline, NextTrack, PipelineEvent, PlaybackSettings, Progress};
use crossbeam::channel::{Receiver, RecvTimeoutError, Sender, TryRecvError};
use media::cache::{CachedAudioLoader, Keeper};
use media::containment::retire_on_panic;
use media::decoder::TrackDecoder;
use media::error::MediaError;
use media::location::TrackLocation;
use media::open::Opener;
use naps::Naps;
pub use orders::{DecodeOrder, DecodeReport, FollowedRates, TrackRequest};
use rt::ids::{Generation, PlayId};
use share::CoreShare;
use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use telemetry::monitor::PerformanceMonitor;

/// Blocks decoded between two looks at the orders.
const BLOCKS_AT_ONCE: usize = 4;

/// What a decode thread works with; another thread goes on with the same when one has been retired.
#[derive(Clone)]
pub struct DecodeLinks {
    /// Where orders come from.
    pub orders: Receiver<DecodeOrder>,
    /// Where it reports to.
    pub reports: Sender<DecodeReport>,
    /// Takes its times.
    pub monitor: Arc<PerformanceMonitor>,
    /// Opens its files.
    pub loader: Arc<CachedAudioLoader>,
}

/// Starts a decode thread. It ends when the orders' channel is closed; a panic retires it, with a report.
///
/// # Errors
/// When the system refuses a thread.
pub fn start(links: DecodeLinks) -> std::io::Result<JoinHandle<()>> {
    let DecodeLinks {
        orders,
        reports,
        monitor,
        loader,
    } = links;
    std::thread::Builder::new()
        .name("decode".into())
        .spawn(move || {
            let busy_with = Rc::new(Cell::new(PlayId::default()));
            let (track, retired) = (Rc::clone(&busy_with), reports.clone());
            retire_on_panic(move |reason| {
                let track = track.get();
                // A closed channel means that the player is ending.
                let _ = retired.send(DecodeReport::Retired { track, reason });
            });
            monitor.decode_thread().raise_current_thread();
            // Without the thread, files are read from the disk each time.
            let keeper = loader.start_keeper().ok();
            DecodeWorker {
                monitor,
                loader,
                keeper,
                orders,
                reports,
                pipeline: None,
                source: PlaybackSettings::default(),
                rates: FollowedRates::default(),
                naps: Naps::default(),
                busy_with,
                parked: None,
                share: CoreShare::start(),
            }
            .run();
        })
}

struct DecodeWorker {
    monitor: Arc<PerformanceMonitor>,
    loader: Arc<CachedAudioLoader>,
    keeper: Option<Keeper>,
    orders: Receiver<DecodeOrder>,
    reports: Sender<DecodeReport>,
    pipeline: Option<DecodePipeline>,
    source: PlaybackSettings,
    rates: FollowedRates,
    naps: Naps,
    /// The track whose file is being looked at.
    busy_with: Rc<Cell<PlayId>>,
    /// A track that stands at its beginning and waits for an output at its rate. What comes through a pipe
    /// cannot be opened twice.
    parked: Option<(TrackLocation, TrackDecoder)>,
    share: CoreShare,
}

impl DecodeWorker {
    fn run(mut self) {
        let mut nap = None;
        loop {
            self.share.keep(self.monitor.decode_thread());
            let order = match nap {
                None => self.orders.try_recv(),
                Some(nap) => self.orders.recv_timeout(nap).map_err(|error| match error {
                    RecvTimeoutError::Timeout => TryRecvError::Empty,
                    RecvTimeoutError::Disconnected => TryRecvError::Disconnected,
                }),
            };
            match order {
                Ok(order) => {
                    self.naps.wake();
                    self.obey_latest(order);
                    nap = None;
                    continue;
                }
                Err(TryRecvError::Disconnected) => return,
                Err(TryRecvError::Empty) => {}
            }
            nap = self.work();
        }
    }

    /// Decodes a little; says how long to sleep after it, if at all.
    fn work(&mut self) -> Option<Duration> {
        let Some(pipeline) = &mut self.pipeline else {
            // Nothing to do until an order comes.
            return Some(Duration::MAX);
        };
        if let Some(track) = pipeline.track() {
            self.busy_with.set(track);
        }
        let before = pipeline.queued_frames();
        let begun = Instant::now();
        let progress = pipeline.fill(BLOCKS_AT_ONCE);
        let frames = pipeline.queued_frames().saturating_sub(before);
        if frames > 0 {
            let sound = frames as f64 / f64::from(pipeline.sample_rate_hz());
            let sound = Duration::from_secs_f64(sound);
            self.monitor.note_decode(sound, begun.elapsed());
        }
        let has_moved = pipeline.queued_frames() != before;
        let is_young = pipeline.queued_frames() < pipeline.capacity_frames();
        while let Some(event) = self.pipeline.as_mut().and_then(DecodePipeline::poll_event) {
            let report = match event {
                PipelineEvent::Advanced {
                    track,
                    generation,
                    begins_at,
                } => DecodeReport::Advanced {
                    track,
                    generation,
                    begins_at,
                },
                PipelineEvent::Ended { generation, frames } => {
                    DecodeReport::Ended { generation, frames }
                }
                PipelineEvent::Broken {
                    track,
                    error,
                    has_sound,
                } => DecodeReport::Broken {
                    track,
                    reason: error.to_string(),
                    has_sound,
                },
                PipelineEvent::Refused(track, error) => DecodeReport::Failed {
                    track,
                    reason: error.to_string(),
                },
            };
            self.report(report);
        }
        match progress {
            // All of the ring at once: with a part of it, the next nap would end when it is nearly empty.
            Progress::Full if has_moved => {
                self.naps.wake();
                None
            }
            Progress::Full => Some(self.naps.next(is_young)),
            Progress::Idle | Progress::AwaitsNext => Some(Duration::MAX),
        }
    }

    /// Carries out `first` and what has come since, leaving out jumps that a later one makes useless.
    fn obey_latest(&mut self, first: DecodeOrder) {
        let mut pending = vec![first];
        pending.extend(self.orders.try_iter());
        let last_jump = pending.iter().rposition(DecodeOrder::is_jump);
        for (index, order) in pending.into_iter().enumerate() {
            let is_overtaken = last_jump.is_some_and(|last| index < last);
            if !(is_overtaken && order.is_overtaken_by_jumps()) {
                self.handle(order);
            }
        }
    }

    fn handle(&mut self, order: DecodeOrder) {
        if order.is_jump() || matches!(order, DecodeOrder::Configure(..) | DecodeOrder::Resume) {
            self.naps.note_jump();
        }
        match order {
            DecodeOrder::Configure(ring, sample_rate_hz) => {
                let mut pipeline = DecodePipeline::new(ring, sample_rate_hz);
                pipeline.set_settings(self.source);
                self.pipeline = Some(pipeline);
            }
            DecodeOrder::Load {
                generation,
                request,
                start,
            } => {
                self.load(generation, &request, start);
            }
            DecodeOrder::Seek {
                generation,
                request,
                start,
            } => {
                let Some(pipeline) = &mut self.pipeline else {
                    return;
                };
                self.busy_with.set(request.track);
                match pipeline.seek(generation, request.track, start) {
                    Ok(true) => {}
                    Ok(false) => self.load(generation, &request, start),
                    Err(error) => self.fail(request.track, &error),
                }
            }
            DecodeOrder::Next { after, request } => self.set_next(after, request),
            DecodeOrder::SetSource(source) => {
                self.source = source;
                if let Some(pipeline) = &mut self.pipeline {
                    pipeline.set_settings(source);
                }
            }
            DecodeOrder::Prepare(location) => {
                if let Some(keeper) = &self.keeper {
                    keeper.prepare(location);
                }
            }
            DecodeOrder::FollowRates(rates) => self.rates = rates,
            // It has woken the thread.
            DecodeOrder::Resume => {}
            DecodeOrder::Stop { generation } => {
                if let Some(pipeline) = &mut self.pipeline {
                    pipeline.stop(generation);
                }
            }
        }
    }

    fn load(&mut self, generation: Generation, request: &TrackRequest, start: Duration) {
        let Some(decoder) = self.open(request) else {
            if let Some(pipeline) = &mut self.pipeline {
                pipeline.stop(generation);
            }
            return;
        };
        let Some(pipeline) = &mut self.pipeline else {
            return;
        };
        let sample_rate_hz = decoder.info().sample_rate_hz;
        if self
            .rates
            .asks_for(sample_rate_hz, pipeline.sample_rate_hz())
        {
            pipeline.stop(generation);
            self.parked = Some((request.location.clone(), decoder));
            return self.report(DecodeReport::RateWanted {
                generation,
                sample_rate_hz,
            });
        }
        if let Err(error) = pipeline.load(generation, request.track, Box::new(decoder), start) {
            self.fail(request.track, &error);
        }
    }

    fn set_next(&mut self, after: PlayId, request: Option<TrackRequest>) {
        if self.pipeline.as_ref().and_then(DecodePipeline::track) != Some(after) {
            return;
        }
        let next = match request {
            None => NextTrack::Nothing,
            Some(request) => match self.open(&request) {
                // The end of this track is the end of the sound at this rate.
                Some(decoder) if self.asks_for_rate(&decoder) => {
                    self.parked = Some((request.location, decoder));
                    NextTrack::Nothing
                }
                Some(decoder) => NextTrack::Track(request.track, Box::new(decoder)),
                // Control hears of the failure and names another.
                None => NextTrack::Unknown,
            },
        };
        if let Some(pipeline) = &mut self.pipeline {
            pipeline.set_next(next);
        }
    }

    fn open(&mut self, request: &TrackRequest) -> Option<TrackDecoder> {
        self.busy_with.set(request.track);
        let parked = self.parked.take();
        let opened = match parked {
            Some((location, decoder)) if location == request.location => Ok(decoder),
            _ => Opener::through(Arc::clone(&self.loader)).open(&request.location),
        };
        match opened {
            Ok(decoder) => {
                if let Some(keeper) = &self.keeper {
                    keeper.keep(request.location.path());
                }
                self.report(DecodeReport::Opened {
                    request: request.clone(),
                    info: decoder.info().clone(),
                    may_exceed_full_scale: decoder.may_exceed_full_scale(),
                });
                Some(decoder)
            }
            Err(error) => {
                self.fail(request.track, &error);
                None
            }
        }
    }

    fn asks_for_rate(&self, decoder: &TrackDecoder) -> bool {
        self.pipeline.as_ref().is_some_and(|pipeline| {
            let rate_hz = decoder.info().sample_rate_hz;
            self.rates.asks_for(rate_hz, pipeline.sample_rate_hz())
        })
    }

    fn fail(&self, track: PlayId, error: &MediaError) {
        self.report(DecodeReport::Failed {
            track,
            reason: error.to_string(),
        });
    }

    fn report(&self, report: DecodeReport) {
        // A closed channel means that the player is ending, and so is this thread.
        let _ = self.reports.send(report);
    }
}
