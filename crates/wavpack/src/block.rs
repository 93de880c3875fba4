//! One block's body: its metadata, and its samples.

use crate::bits::BitReader;
use crate::decorrelation::Decorrelation;
use crate::entropy::Words;
use crate::header::BlockHeader;
use crate::restore::{ExtraBits, FloatForm, IntegerForm};

const TERMS: u8 = 0x02;
const WEIGHTS: u8 = 0x03;
const HISTORY: u8 = 0x04;
const MEDIANS: u8 = 0x05;
const HYBRID_PROFILE: u8 = 0x06;
const SHAPING: u8 = 0x07;
const FLOAT_FORM: u8 = 0x08;
const INTEGER_FORM: u8 = 0x09;
const MAIN_BITS: u8 = 0x0A;
const CORRECTION_BITS: u8 = 0x0B;
const EXTRA_BITS: u8 = 0x0C;
const CHANNEL_INFO: u8 = 0x0D;
const NEW_EXTRA_BITS: u8 = 0x2C;
const SAMPLE_RATE: u8 = 0x27;
/// A decoder may ignore what it does not know of these, and of nothing else.
const OPTIONAL: u8 = 0x20;

/// The parts of a block's body: what each is, and its bytes. Ends at a part that has no end.
fn metadata(body: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut rest = body;
    std::iter::from_fn(move || {
        let (id, words, after) = match rest {
            [id, low, middle, high, after @ ..] if id & 0x80 != 0 => (
                *id,
                u32::from_le_bytes([*low, *middle, *high, 0]) as usize,
                after,
            ),
            [id, words, after @ ..] if id & 0x80 == 0 => (*id, usize::from(*words), after),
            _ => return None,
        };
        let (data, after) = after.split_at_checked(words * 2)?;
        rest = after;
        let is_odd = id & 0x40 != 0;
        let data = &data[..data.len() - usize::from(is_odd && !data.is_empty())];
        Some((id & 0x3F, data))
    })
}

/// The sample rate in the first block's metadata.
pub fn custom_rate_hz(body: &[u8]) -> Option<u32> {
    let (_, data) = metadata(body).find(|(id, _)| *id == SAMPLE_RATE)?;
    match *data {
        [low, middle, high] => Some(u32::from_le_bytes([low, middle, high, 0])),
        [low, middle, high, top] => Some(u32::from_le_bytes([low, middle, high, top])),
        _ => None,
    }
}

/// Whether the block holds only what a correction file (`.wvc`) adds to hybrid sound.
pub fn is_correction(body: &[u8]) -> bool {
    let has = |wanted: u8| metadata(body).any(|(id, _)| id == wanted);
    has(CORRECTION_BITS) && !has(MAIN_BITS)
}

/// A block's samples while they are restored; kept to spare allocations.
#[derive(Debug, Default)]
pub struct BlockDecoder {
    decorrelation: Decorrelation,
    samples: Vec<i32>,
}

impl BlockDecoder {
    /// Decodes a block to full scale 1, calling `put` with the number and the channels (twice the
    /// same in false stereo) of each frame. `None`, before any call, if the block is damaged.
    pub fn decode(
        &mut self,
        header: &BlockHeader,
        body: &[u8],
        mut put: impl FnMut(usize, [f32; 2]),
    ) -> Option<()> {
        let scale = self.restore(header, body)?;
        let is_float = header.is_float();
        let value = |sample: i32| {
            if is_float {
                f32::from_bits(sample as u32) * scale
            } else {
                sample as f32 * scale
            }
        };
        if header.coded_channels() == 1 {
            for (n, sample) in self.samples.iter().enumerate() {
                put(n, [value(*sample); 2]);
            }
        } else {
            for (n, frame) in self.samples.as_chunks().0.iter().enumerate() {
                put(n, frame.map(value));
            }
        }
        Some(())
    }

    /// Fills `samples` with the coded channels' and returns what they are to be multiplied by.
    fn restore(&mut self, header: &BlockHeader, body: &[u8]) -> Option<f32> {
        let mut words = Words::new(header);
        let (mut bits, mut extra) = (None, None);
        let (mut float_form, mut integer_form) = (FloatForm::default(), IntegerForm::default());
        self.decorrelation = Decorrelation::default();
        for (id, data) in metadata(body) {
            match id {
                TERMS => self.decorrelation.read_terms(header, data)?,
                WEIGHTS => self.decorrelation.read_weights(header, data)?,
                HISTORY => self.decorrelation.read_samples(header, data)?,
                MEDIANS => words.read_medians(data)?,
                HYBRID_PROFILE => words.read_hybrid_profile(data)?,
                FLOAT_FORM => float_form = FloatForm::read(data)?,
                INTEGER_FORM if header.is_extended_integer() => {
                    integer_form = IntegerForm::read(data)?;
                }
                MAIN_BITS => bits = Some(BitReader::new(data)),
                EXTRA_BITS | NEW_EXTRA_BITS => {
                    extra = Some(ExtraBits::new(header, data, id == NEW_EXTRA_BITS)?);
                }
                0 | SHAPING | INTEGER_FORM | CHANNEL_INFO => {}
                id if id & OPTIONAL != 0 => {}
                _ => return None,
            }
        }
        self.read_words(header, words, &mut bits?)?;
        self.decorrelation.undo(header, &mut self.samples);
        if header.is_joint_stereo() && header.coded_channels() == 2 {
            // A difference and a mean, which lost its lowest bit to the difference's.
            for [left, right] in self.samples.as_chunks_mut::<2>().0 {
                *right = right.wrapping_sub(*left >> 1);
                *left = left.wrapping_add(*right);
            }
        }
        if self.checksum() != header.crc {
            return None;
        }
        if header.is_float() {
            let is_right = float_form.restore(extra, &mut self.samples);
            is_right.then(|| float_form.scale())
        } else {
            let extra = extra.filter(|_| header.is_extended_integer());
            let is_right = integer_form.restore(header, extra, &mut self.samples);
            let full_scale = 1_u32 << (8 * header.sample_bytes() - 1);
            is_right.then(|| 1.0 / full_scale as f32)
        }
    }

    fn read_words(
        &mut self,
        header: &BlockHeader,
        mut words: Words,
        bits: &mut BitReader<'_>,
    ) -> Option<()> {
        self.samples.clear();
        if header.coded_channels() == 1 {
            for _ in 0..header.frames {
                self.samples.push(words.next(bits, 0)?);
            }
        } else {
            for _ in 0..header.frames {
                let left = words.next(bits, 0)?;
                self.samples.extend([left, words.next(bits, 1)?]);
            }
        }
        Some(())
    }

    /// In stereo this is what the format defines too: 9 times what was, 3 times left, and right.
    fn checksum(&self) -> u32 {
        let add = |crc: u32, sample: &i32| crc.wrapping_mul(3).wrapping_add(*sample as u32);
        self.samples.iter().fold(u32::MAX, add)
    }
}
