//! ADPCM: differences in four bits, in blocks that can each be decoded by themselves, but for the lowest bits of
//! Apple's. Nothing in a block tells whether it is damaged, but for the few values that its head may have; whatever
//! its bits are, what comes out stays within 16 bits.

/// The most channels that blocks are read for.
pub(super) const MAX_CHANNELS: usize = 8;
/// Frames that a declared block may lack of those it has room for: padding.
const MAX_PADDING_FRAMES: u64 = 16;

/// Microsoft's factors of a predictor, in 256ths, and how the step grows (as in "Multimedia Data Standards Update").
const MS_FACTORS: [[i32; 2]; 7] = [
    [256, 0],
    [512, -256],
    [0, 0],
    [192, 64],
    [240, 0],
    [460, -208],
    [392, -232],
];
const MS_GROWTH: [i32; 16] = [
    230, 230, 230, 230, 307, 409, 512, 614, 768, 614, 512, 409, 307, 230, 230, 230,
];
const MS_MIN_STEP: i32 = 16;
/// So that the next one is no larger than its number can be; samples have long been at full scale.
const MS_MAX_STEP: i32 = i32::MAX / 768;
const MS_HEAD_BYTES: usize = 7;

/// The steps of the Interactive Multimedia Association, and how the index of the next is found.
const IMA_STEPS: [i32; 89] = [
    7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66,
    73, 80, 88, 97, 107, 118, 130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449,
    494, 544, 598, 658, 724, 796, 876, 963, 1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272,
    2499, 2749, 3024, 3327, 3660, 4026, 4428, 4871, 5358, 5894, 6484, 7132, 7845, 8630, 9493,
    10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623, 27086, 29794, 32767,
];
const IMA_MOVES: [i8; 8] = [-1, -1, -1, -1, 2, 4, 6, 8];
const IMA_HEAD_BYTES: usize = 4;
/// Channels take turns in so many bytes.
const IMA_TURN_BYTES: usize = 4;
/// Apple's blocks: of each channel a head, whose lowest bits are the index, and 64 frames.
const APPLE_BYTES: usize = 34;
const APPLE_FRAMES: u64 = 64;
const APPLE_INDEX: i32 = 0x7F;

/// How blocks are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AdpcmKind {
    Microsoft,
    /// That of the Interactive Multimedia Association, as in WAVE.
    Ima,
    /// IMA ADPCM in the blocks of Apple's `ima4`.
    ImaApple,
}

/// What Apple's next block goes on from: each channel's last state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Carried([Ima; MAX_CHANNELS]);

/// Blocks of one stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AdpcmBlocks {
    kind: AdpcmKind,
    channels: usize,
    block_bytes: usize,
    /// Frames of a whole block.
    block_frames: u64,
}

impl AdpcmBlocks {
    /// Blocks of `block_bytes`, which say to hold `declared_frames`, 0 for not known. `None` where that cannot be.
    pub(super) fn new(
        kind: AdpcmKind,
        channels: usize,
        block_bytes: usize,
        declared_frames: u64,
    ) -> Option<Self> {
        let most = match kind {
            AdpcmKind::Microsoft => 2,
            AdpcmKind::Ima | AdpcmKind::ImaApple => MAX_CHANNELS,
        };
        if !(1..=most).contains(&channels) {
            return None;
        }
        let mut this = Self {
            kind,
            channels,
            block_bytes,
            block_frames: u64::MAX,
        };
        let room = this.frames_in(block_bytes as u64);
        let is_padded = (1..room).contains(&declared_frames);
        this.block_frames = match is_padded && room - declared_frames < MAX_PADDING_FRAMES {
            true => declared_frames,
            false => room,
        };
        (room > 0).then_some(this)
    }

    /// Apple's blocks, which are all alike. `None` for no channels, or too many.
    pub(super) fn apple(channels: usize) -> Option<Self> {
        Self::new(AdpcmKind::ImaApple, channels, APPLE_BYTES * channels, 0)
    }

    pub(super) fn kind(&self) -> AdpcmKind {
        self.kind
    }

    pub(super) fn block_bytes(&self) -> u64 {
        self.block_bytes as u64
    }

    /// Frames of a whole block.
    pub(super) fn block_frames(&self) -> u64 {
        self.block_frames
    }

    /// Whether a block does not begin as its head says, but goes on from the one before.
    pub(super) fn is_chained(&self) -> bool {
        self.kind == AdpcmKind::ImaApple
    }

    /// Frames in a block of which `bytes` are there.
    fn frames_in(&self, bytes: u64) -> u64 {
        let channels = self.channels as u64;
        let frames = match self.kind {
            AdpcmKind::Microsoft => bytes
                .checked_sub(MS_HEAD_BYTES as u64 * channels)
                .map(|coded| 2 + coded * 2 / channels),
            AdpcmKind::Ima => bytes
                .checked_sub(IMA_HEAD_BYTES as u64 * channels)
                .map(|coded| match channels {
                    1 => 1 + coded * 2,
                    _ => 1 + coded / (IMA_TURN_BYTES as u64 * channels) * 8,
                }),
            AdpcmKind::ImaApple => bytes
                .checked_sub(APPLE_BYTES as u64 * channels)
                .map(|_| APPLE_FRAMES),
        };
        frames.unwrap_or(0).min(self.block_frames)
    }

    /// Frames in `bytes` of blocks, of which the last may be short.
    pub(super) fn frames_of(&self, bytes: u64) -> u64 {
        let (whole, rest) = (bytes / self.block_bytes(), bytes % self.block_bytes());
        whole
            .saturating_mul(self.block_frames)
            .saturating_add(self.frames_in(rest))
    }

    /// Replaces `samples` by the interleaved ones of a block: 16-bit numbers, full scale 1. False where its head makes
    /// no sense: then they are silent.
    pub(super) fn decode(
        &self,
        block: &[u8],
        carried: &mut Carried,
        samples: &mut Vec<f32>,
    ) -> bool {
        let frames = self.frames_in(block.len() as u64) as usize;
        samples.clear();
        samples.resize(frames * self.channels, 0.0);
        if frames == 0 {
            return true;
        }
        match self.kind {
            AdpcmKind::Microsoft => self.decode_microsoft(block, samples),
            AdpcmKind::Ima => self.decode_ima(block, samples),
            AdpcmKind::ImaApple => self.decode_apple(block, carried, samples),
        }
    }

    fn decode_microsoft(&self, block: &[u8], samples: &mut [f32]) -> bool {
        let channels = self.channels;
        let (head, coded) = block.split_at(MS_HEAD_BYTES * channels);
        let word = |at: usize| i32::from(i16::from_le_bytes([head[at], head[at + 1]]));
        let mut states = [Microsoft::default(); 2];
        for (channel, state) in states[..channels].iter_mut().enumerate() {
            let Some(factors) = MS_FACTORS.get(usize::from(head[channel])) else {
                return false;
            };
            let at = |field: usize| channels + 2 * (field * channels + channel);
            *state = Microsoft {
                factors: *factors,
                step: word(at(0)),
                last: [word(at(1)), word(at(2))],
            };
            let [second, first] = state.last;
            samples[channel] = scaled(first);
            if let Some(sample) = samples.get_mut(channels + channel) {
                *sample = scaled(second);
            }
        }
        let codes = coded.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        let rest = samples.iter_mut().skip(2 * channels);
        for (number, (sample, code)) in rest.zip(codes).enumerate() {
            *sample = scaled(states[number % channels].next(code));
        }
        true
    }

    fn decode_ima(&self, block: &[u8], samples: &mut [f32]) -> bool {
        let channels = self.channels;
        let (heads, coded) = block.split_at(IMA_HEAD_BYTES * channels);
        for (channel, head) in heads.chunks_exact(IMA_HEAD_BYTES).enumerate() {
            let mut state = Ima {
                last: i16::from_le_bytes([head[0], head[1]]).into(),
                index: head[2].into(),
            };
            if state.index >= IMA_STEPS.len() {
                samples.fill(0.0);
                return false;
            }
            samples[channel] = scaled(state.last);
            let turns = coded.chunks(IMA_TURN_BYTES).skip(channel).step_by(channels);
            let codes = turns.flatten().flat_map(|byte| [byte & 15, byte >> 4]);
            let rest = samples.iter_mut().skip(channels + channel);
            for (sample, code) in rest.step_by(channels).zip(codes) {
                *sample = scaled(state.next(code));
            }
        }
        true
    }

    fn decode_apple(&self, block: &[u8], carried: &mut Carried, samples: &mut [f32]) -> bool {
        let mut is_right = true;
        let channels = block.chunks_exact(APPLE_BYTES).zip(&mut carried.0);
        for (channel, (bytes, state)) in channels.take(self.channels).enumerate() {
            let head = i32::from(i16::from_be_bytes([bytes[0], bytes[1]]));
            let (last, index) = (head & !APPLE_INDEX, (head & APPLE_INDEX) as usize);
            if index >= IMA_STEPS.len() {
                is_right = false;
                continue;
            }
            // The head has no room for the lowest bits: they are what they were, where nothing was lost.
            if index != state.index || (last - state.last).abs() > APPLE_INDEX {
                *state = Ima { last, index };
            }
            let codes = bytes[2..].iter().flat_map(|byte| [byte & 15, byte >> 4]);
            let samples = samples.iter_mut().skip(channel).step_by(self.channels);
            for (sample, code) in samples.zip(codes) {
                *sample = scaled(state.next_by_shifts(code));
            }
        }
        is_right
    }
}

fn scaled(sample: i32) -> f32 {
    sample as f32 / 32_768.0
}

fn clamped(sample: i32) -> i32 {
    sample.clamp(i16::MIN.into(), i16::MAX.into())
}

/// One channel of Microsoft's.
#[derive(Debug, Clone, Copy, Default)]
struct Microsoft {
    factors: [i32; 2],
    step: i32,
    /// The samples before, the latest first.
    last: [i32; 2],
}

impl Microsoft {
    fn next(&mut self, code: u8) -> i32 {
        let [first, second] = self.factors;
        let predicted = (self.last[0] * first + self.last[1] * second) / 256;
        let signed = i32::from(code) - if code & 8 != 0 { 16 } else { 0 };
        let sample = clamped(predicted + signed * self.step);
        self.last = [sample, self.last[0]];
        let grown = self.step * MS_GROWTH[usize::from(code)] / 256;
        self.step = grown.clamp(MS_MIN_STEP, MS_MAX_STEP);
        sample
    }
}

/// One channel of the Interactive Multimedia Association's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Ima {
    last: i32,
    index: usize,
}

impl Ima {
    fn next(&mut self, code: u8) -> i32 {
        let size = i32::from(code & 7);
        self.go_by((2 * size + 1) * IMA_STEPS[self.index] / 8, code)
    }

    /// The next sample where each part of the difference is rounded down by itself, as IMA first described
    /// it.
    fn next_by_shifts(&mut self, code: u8) -> i32 {
        let step = IMA_STEPS[self.index];
        let part = |bit: u8, part: i32| if code & bit != 0 { part } else { 0 };
        self.go_by(
            step / 8 + part(4, step) + part(2, step / 2) + part(1, step / 4),
            code,
        )
    }

    fn go_by(&mut self, difference: i32, code: u8) -> i32 {
        let signed = if code & 8 != 0 {
            -difference
        } else {
            difference
        };
        self.last = clamped(self.last + signed);
        let moved = self
            .index
            .saturating_add_signed(IMA_MOVES[usize::from(code & 7)].into());
        self.index = moved.min(IMA_STEPS.len() - 1);
        self.last
    }
}
