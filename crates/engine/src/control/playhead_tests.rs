//! The playhead against a model: random commands, with a decode thread and a renderer that are as fast or
//! slow as it happens. What the model knows is the queue as a plain list and the rule for what follows.

use super::{ClockPosition, Effect, Playhead};
use crate::command::{InsertionId, Placement, QueueCommand, TransportCommand};
use crate::decode_worker::TrackRequest;
use crate::status::{EntryId, PlayerEvent, RepeatMode, Transport};
use media::decoder::StreamInfo;
use media::location::TrackLocation;
use proptest::prelude::*;
use rt::ids::{Generation, PlayId};
use std::collections::{HashSet, VecDeque};
use std::time::Duration;

const RATE_HZ: u32 = 48_000;
/// Reports and callbacks until everything has come to its end; far more than any queue here needs.
const PATIENCE: usize = 20_000;

/// What a file is like. Its name says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Sound,
    /// Not a frame in it.
    Empty,
    /// Cannot be opened.
    Bad,
}

impl Kind {
    fn of(request: &TrackRequest) -> Self {
        match request.location.path().to_str() {
            Some("sound") => Self::Sound,
            Some("empty") => Self::Empty,
            _ => Self::Bad,
        }
    }

    fn location(self) -> TrackLocation {
        TrackLocation::from(match self {
            Self::Sound => "sound",
            Self::Empty => "empty",
            Self::Bad => "bad",
        })
    }
}

/// What the decode thread is at.
#[derive(Debug, Default)]
struct Decoder {
    generation: Generation,
    first: Option<TrackRequest>,
    decoding: Option<TrackRequest>,
    follower: Option<(PlayId, Option<TrackRequest>)>,
    frames: u64,
    has_ended: bool,
}

/// What is queued for the renderer.
#[derive(Debug, Clone)]
struct Queued {
    generation: Generation,
    play: PlayId,
    entry: EntryId,
}

struct World {
    playhead: Playhead,
    /// The model of the queue.
    list: Vec<EntryId>,
    last_entry: u64,
    repeat: RepeatMode,
    is_shuffled: bool,
    bad: HashSet<EntryId>,
    decoder: Decoder,
    ring: VecDeque<Queued>,
    target: Generation,
    sounding: Option<Queued>,
    finished: usize,
    plays: PlayId,
}

/// One step of the story.
#[derive(Debug, Clone)]
enum Step {
    Transport(TransportCommand),
    Insert(Vec<Kind>, u8, bool),
    Remove(Vec<u8>),
    Move(u8, u8),
    Clear,
    Repeat(RepeatMode),
    Shuffle(bool),
    StopAfterCurrent(bool),
    Decode,
    Render,
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![6 => Just(Kind::Sound), 2 => Just(Kind::Empty), 1 => Just(Kind::Bad)]
}

fn step() -> impl Strategy<Value = Step> {
    let transport = prop_oneof![
        Just(TransportCommand::Play),
        Just(TransportCommand::Pause),
        Just(TransportCommand::TogglePause),
        Just(TransportCommand::Stop),
        Just(TransportCommand::Next),
        Just(TransportCommand::Previous),
        (0..3_u64).prop_map(|s| TransportCommand::Seek(Duration::from_secs(s))),
        (-2..3_i8).prop_map(|s| TransportCommand::SeekBy(f64::from(s))),
        (1..20_u64).prop_map(|id| TransportCommand::PlayEntry(EntryId(id))),
    ];
    let repeat = prop_oneof![
        Just(RepeatMode::Off),
        Just(RepeatMode::All),
        Just(RepeatMode::One)
    ];
    prop_oneof![
        4 => transport.prop_map(Step::Transport),
        2 => (prop::collection::vec(kind(), 1..4), 0..20_u8, any::<bool>())
            .prop_map(|(kinds, at, play)| Step::Insert(kinds, at, play)),
        1 => prop::collection::vec(0..20_u8, 1..3).prop_map(Step::Remove),
        1 => (0..20_u8, 0..20_u8).prop_map(|(what, to)| Step::Move(what, to)),
        1 => repeat.prop_map(Step::Repeat),
        1 => any::<bool>().prop_map(Step::Shuffle),
        1 => any::<bool>().prop_map(Step::StopAfterCurrent),
        1 => Just(Step::Clear),
        8 => Just(Step::Decode),
        8 => Just(Step::Render),
    ]
}

impl World {
    fn new() -> Self {
        Self {
            playhead: Playhead::new(7),
            list: Vec::new(),
            last_entry: 0,
            repeat: RepeatMode::Off,
            is_shuffled: false,
            bad: HashSet::new(),
            decoder: Decoder::default(),
            ring: VecDeque::new(),
            target: Generation::default(),
            sounding: None,
            finished: 0,
            plays: PlayId::default(),
        }
    }

    fn take(&mut self, step: Step) {
        self.set_clock();
        match step {
            Step::Transport(command) => {
                if let TransportCommand::PlayEntry(id) = command {
                    self.bad.remove(&id);
                }
                self.playhead.forget_silence();
                self.playhead.handle_transport(command);
            }
            Step::Insert(kinds, at, play) => self.insert(&kinds, at, play),
            Step::Remove(ids) => {
                let ids: Vec<_> = ids.into_iter().map(|id| EntryId(id.into())).collect();
                self.list.retain(|id| !ids.contains(id));
                self.queue(QueueCommand::Remove(ids));
            }
            Step::Move(what, to) => self.move_entry(EntryId(what.into()), EntryId(to.into())),
            Step::Clear => {
                self.list.clear();
                self.queue(QueueCommand::Clear);
            }
            Step::Repeat(repeat) => {
                self.repeat = repeat;
                self.queue(QueueCommand::SetRepeat(repeat));
            }
            Step::Shuffle(on) => {
                self.is_shuffled = on;
                self.queue(QueueCommand::SetShuffle(on));
            }
            Step::StopAfterCurrent(on) => self.queue(QueueCommand::SetStopAfterCurrent(on)),
            Step::Decode => self.decode(),
            Step::Render => self.render(),
        }
        self.settle();
    }

    fn queue(&mut self, command: QueueCommand) {
        self.playhead.forget_silence();
        self.playhead.handle_queue(command);
    }

    fn insert(&mut self, kinds: &[Kind], at: u8, play: bool) {
        let place = self.list.iter().position(|id| *id == EntryId(at.into()));
        let placement = match place {
            Some(_) => Placement::Before(EntryId(at.into())),
            None => Placement::Append,
        };
        let new: Vec<_> = kinds
            .iter()
            .map(|_| {
                self.last_entry += 1;
                EntryId(self.last_entry)
            })
            .collect();
        let place = place.unwrap_or(self.list.len());
        self.list.splice(place..place, new);
        let id = InsertionId(self.last_entry);
        let tracks = kinds.iter().map(|kind| kind.location()).collect();
        self.queue(QueueCommand::BeginInsertion {
            id,
            placement,
            play,
        });
        self.queue(QueueCommand::Insert { id, tracks });
        self.queue(QueueCommand::EndInsertion(id));
        self.queue(QueueCommand::Described);
    }

    fn move_entry(&mut self, what: EntryId, to: EntryId) {
        if what == to || !self.list.contains(&what) {
            return;
        }
        self.list.retain(|id| *id != what);
        let place = self.list.iter().position(|id| *id == to);
        self.list.insert(place.unwrap_or(self.list.len()), what);
        self.queue(QueueCommand::Move {
            entries: vec![what],
            before: Some(to),
        });
    }

    fn set_clock(&mut self) {
        let sounding = self.sounding.as_ref();
        self.playhead.set_clock(ClockPosition {
            generation: sounding.map(|s| s.generation).unwrap_or_default(),
            play: sounding.map(|s| s.play).unwrap_or_default(),
            position: Duration::from_millis(500),
        });
    }

    /// Carries out what is to be done, and looks whether it makes sense.
    fn settle(&mut self) {
        while let Some(effect) = self.playhead.take_effect() {
            match effect {
                Effect::Target(generation) => {
                    assert!(generation > self.target, "generations rise");
                    self.target = generation;
                }
                Effect::Load {
                    generation,
                    request,
                    ..
                } => {
                    assert!(
                        request.track > self.plays,
                        "a playing has a number of its own"
                    );
                    self.begin(generation, Some(request));
                }
                Effect::Seek {
                    generation,
                    request,
                    ..
                } => self.begin(generation, Some(request)),
                Effect::Silence(generation) => self.begin(generation, None),
                Effect::Follow { after, request } => {
                    if let Some(request) = &request {
                        assert!(request.track > self.plays);
                        self.plays = request.track;
                    }
                    self.decoder.follower = Some((after, request));
                }
                Effect::Emit(PlayerEvent::Finished) => self.finished += 1,
                Effect::Sound(is_wanted) => {
                    assert_eq!(is_wanted, self.playhead.is_playing());
                }
                Effect::Prepare(_)
                | Effect::AskTags(_)
                | Effect::DrawWaveform(_)
                | Effect::Emit(_) => {}
            }
        }
        assert_eq!(self.playhead.generation(), self.target);
        let entries = self.playhead.queue.entries().iter();
        assert_eq!(entries.map(|entry| entry.id).collect::<Vec<_>>(), self.list);
        let current = self.playhead.queue.current();
        assert!(
            current.is_none_or(|id| self.list.contains(&id)),
            "{current:?}"
        );
    }

    fn begin(&mut self, generation: Generation, request: Option<TrackRequest>) {
        assert_eq!(generation, self.target, "what is to be heard is decoded");
        self.plays = self
            .plays
            .max(request.as_ref().map_or(self.plays, |r| r.track));
        self.decoder = Decoder {
            generation,
            has_ended: request.is_none(),
            first: request,
            decoding: None,
            follower: None,
            frames: 0,
        };
    }

    /// One turn of the decode thread.
    fn decode(&mut self) {
        let generation = self.decoder.generation;
        let decoding = self.decoder.decoding.as_ref().map(|r| r.track);
        if self.decoder.has_ended {
            return;
        }
        let next = match self.decoder.first.take() {
            Some(first) => Some(first),
            None => match self.decoder.follower.take() {
                Some((after, next)) if Some(after) == decoding => next,
                _ => return,
            },
        };
        let Some(request) = next else {
            self.decoder.has_ended = true;
            self.playhead.on_decoded(generation, self.decoder.frames);
            return;
        };
        if Kind::of(&request) == Kind::Bad {
            self.bad.insert(request.entry);
            self.playhead.on_failed(request.track, "bad");
            return;
        }
        let info = StreamInfo {
            codec: "PCM".into(),
            container: "wav".into(),
            sample_rate_hz: RATE_HZ,
            channels: 2,
            bits_per_sample: Some(16),
            frames: Some(u64::from(RATE_HZ)),
            rough_duration: None,
            encoder_delay_frames: 0,
            encoder_padding_frames: 0,
            warnings: Vec::new(),
            links: Vec::new(),
        };
        self.bad.remove(&request.entry);
        self.playhead.on_opened(&request, info, false);
        let begins_at = self.decoder.frames;
        let is_first = self.decoder.decoding.is_none();
        if Kind::of(&request) == Kind::Sound {
            self.decoder.frames += u64::from(RATE_HZ);
            self.ring.push_back(Queued {
                generation,
                play: request.track,
                entry: request.entry,
            });
        }
        let play = request.track;
        self.decoder.decoding = Some(request);
        if !is_first {
            self.playhead.on_advanced(play, generation, begins_at);
        }
    }

    /// One turn of the renderer and of the look at it: a whole track goes by.
    fn render(&mut self) {
        let target = self.target;
        self.ring.retain(|queued| queued.generation == target);
        if !self.playhead.is_playing() {
            return;
        }
        match self.ring.pop_front() {
            Some(next) => {
                self.check_successor(&next);
                self.sounding = Some(next.clone());
                self.playhead.on_entered(next.generation, next.play);
            }
            None if self.decoder.generation == target && self.decoder.has_ended => {
                self.sounding = None;
                self.playhead.on_ended();
            }
            None => {}
        }
    }

    /// What is heard next without a jump is what the list says.
    fn check_successor(&self, next: &Queued) {
        let Some(before) = self.sounding.as_ref() else {
            return;
        };
        if before.generation != next.generation || self.is_shuffled {
            return;
        }
        let Some(at) = self.list.iter().position(|id| *id == before.entry) else {
            return;
        };
        if self.repeat == RepeatMode::One {
            assert_eq!(next.entry, before.entry, "it repeats itself");
            return;
        }
        let rest = self.list[at + 1..].iter();
        let again = match self.repeat {
            RepeatMode::All => &self.list[..=at],
            RepeatMode::Off | RepeatMode::One => &[],
        };
        let is_silent = |id: EntryId| {
            let entry = self.playhead.queue.entry(id);
            entry.is_some_and(|entry| entry.error.is_some() || entry.path().ends_with("empty"))
        };
        let mut following = rest.chain(again).copied();
        let want = following.find(|id| *id == next.entry || !is_silent(*id));
        assert_eq!(
            want,
            Some(next.entry),
            "after {:?} in {:?}",
            before.entry,
            self.list
        );
    }

    /// Everything comes to its end by itself.
    fn finish(&mut self) {
        for last in [
            Step::Repeat(RepeatMode::Off),
            Step::Shuffle(false),
            Step::Transport(TransportCommand::Play),
        ] {
            self.take(last);
        }
        for _ in 0..PATIENCE {
            if self.playhead.transport() != Transport::Playing {
                return;
            }
            self.take(Step::Decode);
            self.take(Step::Render);
        }
        panic!("it plays for ever");
    }
}

proptest! {
    // Together more than 100,000 steps.
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_story_keeps_to_the_list_and_comes_to_its_end(
        steps in prop::collection::vec(step(), 50..200)
    ) {
        let mut world = World::new();
        for step in steps {
            world.take(step);
        }
        world.finish();
    }
}

#[test]
fn a_list_is_heard_from_its_first_to_its_last() {
    let mut world = World::new();
    let kinds = [Kind::Sound, Kind::Empty, Kind::Bad, Kind::Sound];
    world.take(Step::Insert(kinds.to_vec(), 0, true));
    let mut heard = Vec::new();
    for _ in 0..50 {
        world.take(Step::Decode);
        world.take(Step::Render);
        heard.extend(world.sounding.as_ref().map(|queued| queued.entry.0));
    }
    heard.dedup();
    assert_eq!(heard, [1, 4]);
    assert_eq!(world.finished, 1);
    assert_eq!(world.playhead.transport(), Transport::Stopped);
}
