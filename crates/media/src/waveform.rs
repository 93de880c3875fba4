//! A track's shape at a glance: lowest and highest sample and RMS of each stretch of it.

use super::decoder::TrackDecoder;
use super::error::MediaError;
use std::io::{self, Read, Write};

/// There are more buckets than this, and at most twice as many, unless the track is shorter.
const MIN_BUCKETS: usize = 1_024;
/// Frames of a bucket at first; two buckets become one whenever there are too many.
const MIN_BUCKET_FRAMES: u64 = 64;
/// The first bytes of a stored waveform, and the version of what follows.
const MAGIC: &[u8; 8] = b"RAwave1\n";
/// The largest count of buckets a stored waveform may claim.
const MAX_BUCKETS: u32 = 2 * MIN_BUCKETS as u32;

/// One stretch of a track, all channels together; 127 is full scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WaveformBucket {
    /// The lowest sample.
    pub lowest: i8,
    /// The highest sample.
    pub highest: i8,
    /// The root mean square.
    pub rms: u8,
}

/// The buckets of a track, from its first frame to its last.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Waveform {
    /// As many as the track's length makes it: none for an empty one, 2048 at most.
    pub buckets: Vec<WaveformBucket>,
}

#[derive(Clone, Copy)]
struct Sums {
    lowest: f32,
    highest: f32,
    squares: f64,
    samples: u64,
}

impl Sums {
    const EMPTY: Self = Self {
        lowest: f32::INFINITY,
        highest: f32::NEG_INFINITY,
        squares: 0.0,
        samples: 0,
    };

    fn add(&mut self, samples: &[f32]) {
        // Eight of each, so that the loop is done with vectors.
        let mut lowest = [f32::INFINITY; 8];
        let mut highest = [f32::NEG_INFINITY; 8];
        let mut squares = [0.0_f32; 8];
        let (eights, rest) = samples.as_chunks::<8>();
        for eight in eights {
            for n in 0..8 {
                lowest[n] = lowest[n].min(eight[n]);
                highest[n] = highest[n].max(eight[n]);
                squares[n] += eight[n] * eight[n];
            }
        }
        for sample in rest {
            lowest[0] = lowest[0].min(*sample);
            highest[0] = highest[0].max(*sample);
            squares[0] += sample * sample;
        }
        self.lowest = lowest.into_iter().fold(self.lowest, f32::min);
        self.highest = highest.into_iter().fold(self.highest, f32::max);
        self.squares += squares.into_iter().map(f64::from).sum::<f64>();
        self.samples += samples.len() as u64;
    }

    fn with(self, other: Self) -> Self {
        Self {
            lowest: self.lowest.min(other.lowest),
            highest: self.highest.max(other.highest),
            squares: self.squares + other.squares,
            samples: self.samples + other.samples,
        }
    }

    fn bucket(self) -> WaveformBucket {
        let scaled = |level: f64| (level * 127.0).round();
        // Casts hold what is beyond full scale, and make no number zero.
        let rms = (self.squares / self.samples.max(1) as f64).sqrt();
        WaveformBucket {
            lowest: scaled(f64::from(self.lowest)) as i8,
            highest: scaled(f64::from(self.highest)) as i8,
            rms: scaled(rms).min(127.0) as u8,
        }
    }
}

impl Waveform {
    /// Decodes a track that is at its beginning from one end to the other; of a damaged one, what there is.
    /// `None` when `is_wanted` says no, which is asked some hundred times a second. Does I/O; for a
    /// thread that may take its time.
    pub fn of(mut decoder: TrackDecoder, mut is_wanted: impl FnMut() -> bool) -> Option<Self> {
        let channels = decoder.info().channels;
        let mut bucket_frames = MIN_BUCKET_FRAMES;
        let mut done: Vec<Sums> = Vec::with_capacity(2 * MIN_BUCKETS);
        let mut current = Sums::EMPTY;
        while let Ok(Some(mut samples)) = decoder.next_frames() {
            if !is_wanted() {
                return None;
            }
            while !samples.is_empty() {
                let room = bucket_frames * channels as u64 - current.samples;
                let (now, later) = samples.split_at(samples.len().min(room as usize));
                current.add(now);
                samples = later;
                if current.samples < bucket_frames * channels as u64 {
                    continue;
                }
                done.push(std::mem::replace(&mut current, Sums::EMPTY));
                if done.len() == 2 * MIN_BUCKETS {
                    let (pairs, _) = done.as_chunks::<2>();
                    done = pairs.iter().map(|[a, b]| a.with(*b)).collect();
                    bucket_frames *= 2;
                }
            }
        }
        if current.samples > 0 {
            done.push(current);
        }
        Some(Self {
            buckets: done.into_iter().map(Sums::bucket).collect(),
        })
    }

    /// Bytes it takes in memory.
    pub fn bytes(&self) -> u64 {
        size_of_val(self.buckets.as_slice()) as u64
    }

    /// Writes it down.
    ///
    /// # Errors
    /// When `to` cannot be written to.
    pub fn write(&self, to: &mut impl Write) -> io::Result<()> {
        to.write_all(MAGIC)?;
        to.write_all(&(self.buckets.len() as u32).to_le_bytes())?;
        for bucket in &self.buckets {
            to.write_all(&[bucket.lowest as u8, bucket.highest as u8, bucket.rms])?;
        }
        Ok(())
    }

    /// Reads what [`Self::write`] wrote.
    ///
    /// # Errors
    /// When it is something else, or cut short.
    pub fn read(from: &mut impl Read) -> Result<Self, MediaError> {
        let damaged = || MediaError::Damaged("this is no waveform".into());
        let (mut magic, mut count) = ([0; 8], [0; 4]);
        from.read_exact(&mut magic)?;
        from.read_exact(&mut count)?;
        let count = u32::from_le_bytes(count);
        if magic != *MAGIC || count > MAX_BUCKETS {
            return Err(damaged());
        }
        let mut bytes = vec![0; 3 * count as usize];
        from.read_exact(&mut bytes)?;
        let (buckets, _) = bytes.as_chunks::<3>();
        Ok(Self {
            buckets: buckets
                .iter()
                .map(|[lowest, highest, rms]| WaveformBucket {
                    lowest: *lowest as i8,
                    highest: *highest as i8,
                    rms: *rms,
                })
                .collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wav_writer::{SampleWidth, WavWriter};

    fn waveform(samples: &[f32]) -> Waveform {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        let mut writer = WavWriter::create(&path, 48_000, 2, SampleWidth::Float32).unwrap();
        writer.write(samples).unwrap();
        writer.finish().unwrap();
        Waveform::of(TrackDecoder::open(&path).unwrap(), || true).unwrap()
    }

    #[test]
    fn every_stretch_is_where_it_belongs_however_long_the_track_is() {
        for frames in [0, 1, 63, 64, 65, 131_071, 131_072, 131_073, 700_001] {
            // A quiet half, and a loud one that leans to one side; the right channel is silent.
            let samples: Vec<f32> = (0..frames)
                .flat_map(|n| {
                    let sign = if n % 2 == 0 { 1.0 } else { -0.5 };
                    let gain = if n < frames / 2 { 0.125 } else { 1.0 };
                    [sign * gain, 0.0]
                })
                .collect();
            let found = waveform(&samples).buckets;
            assert!(found.len() <= 2 * MIN_BUCKETS, "{frames}: {}", found.len());
            if frames >= 131_072 {
                assert!(found.len() >= MIN_BUCKETS, "{frames}: {}", found.len());
            }
            if frames < 1_000 {
                continue;
            }
            let quiet = WaveformBucket {
                lowest: -8,
                highest: 16,
                rms: 9,
            };
            let loud = WaveformBucket {
                lowest: -64,
                highest: 127,
                rms: 71,
            };
            let middle = found.len() / 2;
            assert!(found[..middle - 2].iter().all(|bucket| *bucket == quiet));
            let end = found.len() - 1;
            assert!(found[middle + 2..end].iter().all(|bucket| *bucket == loud));
        }
    }

    #[test]
    fn what_is_written_is_read_and_anything_else_is_refused() {
        let whole = waveform(&vec![0.25; 400_000]);
        let mut bytes = Vec::new();
        whole.write(&mut bytes).unwrap();
        assert_eq!(Waveform::read(&mut &bytes[..]).unwrap(), whole);
        for cut in [0, 7, 11, 12, bytes.len() - 1] {
            assert!(Waveform::read(&mut &bytes[..cut]).is_err(), "{cut}");
        }
        bytes[8..12].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(Waveform::read(&mut &bytes[..]).is_err());
        bytes[0] ^= 1;
        assert!(Waveform::read(&mut &bytes[..]).is_err());
    }

    #[test]
    fn it_stops_when_it_is_no_longer_wanted() {
        let demo = concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/demo.flac");
        let decoder = TrackDecoder::open(demo.as_ref()).unwrap();
        let mut asked = 0;
        let found = Waveform::of(decoder, || {
            asked += 1;
            asked < 3
        });
        assert_eq!((found, asked), (None, 3));
    }
}
