//! A track of a Matroska file (RFC 9559, section 5.1.4): its codec, and what was done to its packets.

use super::super::names;
use super::adpcm;
use super::ebml::{elements, float, unsigned};
use super::entry::{alac, flac, pcm_codec, plain_config};
use super::lengths::Lengths;
use super::stream::Wrapping;
use super::vorbis_private::vorbis_headers;
use symphonia::core::audio::Channels;
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::*;

/// The kind of a track with sound.
const SOUND: u64 = 2;
/// Kinds of compression.
const ZLIB: u64 = 0;
const HEADER_STRIPPING: u64 = 3;

/// What a track says of itself.
#[derive(Debug)]
pub(super) struct Track {
    pub(super) number: u64,
    pub(super) is_enabled: bool,
    pub(super) is_default: bool,
    pub(super) codec_delay_ns: u64,
    /// How it is decoded, or the name of what cannot be.
    pub(super) coding: Result<Coding, String>,
}

/// A codec, and how its packets lie in the file.
#[derive(Debug)]
pub(super) struct Coding {
    pub(super) params: AudioCodecParameters,
    pub(super) wrapping: Wrapping,
    pub(super) lengths: Lengths,
}

/// The fields that tell the codec.
#[derive(Default)]
struct Said<'a> {
    id: &'a [u8],
    private: &'a [u8],
    rate_hz: f64,
    channels: u64,
    bits: u64,
}

impl Track {
    /// Reads a track entry; `None` if it has no sound.
    pub(super) fn read(entry: &[u8]) -> Option<Self> {
        let (mut kind, mut number, mut delay_ns) = (0, 0, 0);
        let (mut is_enabled, mut is_default) = (true, true);
        let mut wrapping = Ok(Wrapping::None);
        // What is not said has these values.
        let mut said = Said {
            rate_hz: 8_000.0,
            channels: 1,
            ..Said::default()
        };
        for (id, content) in elements(entry) {
            match id {
                0x83 => kind = unsigned(content),
                0xD7 => number = unsigned(content),
                0xB9 => is_enabled = unsigned(content) != 0,
                0x88 => is_default = unsigned(content) != 0,
                0x56AA => delay_ns = unsigned(content),
                0x86 => said.id = content.split(|byte| *byte == 0).next().unwrap_or_default(),
                0x63A2 => said.private = content,
                0xE1 => said.sound(content),
                0x6D80 => wrapping = read_wrapping(content),
                _ => {}
            }
        }
        let coding = wrapping.and_then(|wrapping| {
            let params = said.params()?;
            let lengths = match params.codec {
                codec if is_pcm(codec) => Lengths::Pcm {
                    frame_bytes: said.frame_bytes(),
                },
                _ => Lengths::of(&params).ok_or("a codec without its configuration")?,
            };
            Ok(Coding {
                params,
                wrapping,
                lengths,
            })
        });
        (kind == SOUND).then_some(Self {
            number,
            is_enabled,
            is_default,
            codec_delay_ns: delay_ns,
            coding,
        })
    }
}

impl Said<'_> {
    fn sound(&mut self, content: &[u8]) {
        for (id, content) in elements(content) {
            match id {
                0xB5 => self.rate_hz = float(content).unwrap_or(self.rate_hz),
                0x9F => self.channels = unsigned(content),
                0x6264 => self.bits = unsigned(content),
                _ => {}
            }
        }
    }

    fn frame_bytes(&self) -> u32 {
        let law = self.bits_of_law();
        let bits = law.unwrap_or(self.bits);
        u32::try_from(bits.div_ceil(8) * self.channels).unwrap_or(u32::MAX)
    }

    /// Bits of a sample that is coded by a law.
    fn bits_of_law(&self) -> Option<u64> {
        let tag = self.wave_tag();
        (self.id == b"A_MS/ACM" && matches!(tag, Some(6 | 7))).then_some(8)
    }

    /// The format tag of a WAVE header in the codec's private data.
    fn wave_tag(&self) -> Option<u16> {
        let bytes = self.private.first_chunk::<2>()?;
        Some(u16::from_le_bytes(*bytes))
    }

    /// The parameters of its decoder.
    ///
    /// # Errors
    /// The name of what is not supported.
    fn params(&self) -> Result<AudioCodecParameters, String> {
        let mut params = AudioCodecParameters::new();
        params.with_sample_rate(self.rate_hz.round() as u32);
        if let Ok(channels @ 1..) = u16::try_from(self.channels) {
            params.with_channels(Channels::Discrete(channels));
        }
        let bits = u32::try_from(self.bits).unwrap_or(0);
        match self.id {
            b"A_MPEG/L1" => drop(params.for_codec(CODEC_ID_MP1)),
            b"A_MPEG/L2" => drop(params.for_codec(CODEC_ID_MP2)),
            b"A_MPEG/L3" => drop(params.for_codec(CODEC_ID_MP3)),
            b"A_OPUS" | b"A_OPUS/EXPERIMENTAL" => {
                params.for_codec(CODEC_ID_OPUS);
                if !self.private.is_empty() {
                    params.with_extra_data(self.private.into());
                }
            }
            b"A_VORBIS" => {
                let headers = vorbis_headers(self.private).ok_or("Vorbis without its headers")?;
                params.for_codec(CODEC_ID_VORBIS);
                params.with_extra_data(headers);
            }
            b"A_FLAC" => {
                let blocks = self.private.strip_prefix(b"fLaC").unwrap_or(self.private);
                flac(&mut params, blocks).ok_or("FLAC without its header")?;
            }
            b"A_ALAC" => {
                alac(&mut params, self.private).ok_or("ALAC without its configuration")?;
            }
            b"A_WAVPACK4" => {
                params.for_codec(CODEC_ID_WAVPACK);
                params.with_extra_data(self.private.into());
            }
            b"A_PCM/INT/LIT" => set_pcm(&mut params, true, false, bits)?,
            b"A_PCM/INT/BIG" => set_pcm(&mut params, false, false, bits)?,
            b"A_PCM/FLOAT/IEEE" => set_pcm(&mut params, true, true, bits)?,
            b"A_MS/ACM" => self.wave_params(&mut params, bits)?,
            id if id.starts_with(b"A_AAC") => {
                params.for_codec(CODEC_ID_AAC);
                params.with_extra_data(self.aac_config().into_boxed_slice());
            }
            id => return Err(unsupported(id)),
        }
        Ok(params)
    }

    /// The configuration in the private data; old files have it in the codec's name.
    fn aac_config(&self) -> Vec<u8> {
        if self.private.len() >= 2 {
            return self.private.to_vec();
        }
        let has = |part: &[u8]| self.id.windows(part.len()).any(|found| found == part);
        let kind = if has(b"/MAIN") {
            1
        } else if has(b"/LTP") {
            4
        } else if has(b"/SSR") {
            3
        } else {
            2
        };
        let channels = usize::try_from(self.channels).unwrap_or(2);
        plain_config(kind, self.rate_hz.round() as u32, channels)
    }

    /// A codec that is named as in WAVE files.
    fn wave_params(&self, params: &mut AudioCodecParameters, bits: u32) -> Result<(), String> {
        let codec = match self.wave_tag() {
            Some(1) => return set_pcm(params, true, false, bits),
            Some(3) => return set_pcm(params, true, true, bits),
            Some(6) => CODEC_ID_PCM_ALAW,
            Some(7) => CODEC_ID_PCM_MULAW,
            Some(0x50) => CODEC_ID_MP2,
            Some(0x55) => CODEC_ID_MP3,
            Some(0xFF) => {
                params.for_codec(CODEC_ID_AAC);
                let config = self.private.get(18..).unwrap_or_default();
                params.with_extra_data(config.into());
                return Ok(());
            }
            Some(tag) => {
                return adpcm::describe(params, tag, self.private)
                    .ok_or_else(|| names::of_wave_tag(tag));
            }
            None => return Err("a codec without its header".into()),
        };
        params.for_codec(codec);
        if matches!(codec, CODEC_ID_PCM_ALAW | CODEC_ID_PCM_MULAW) {
            params.with_bits_per_sample(16);
        }
        Ok(())
    }
}

fn set_pcm(
    params: &mut AudioCodecParameters,
    is_little: bool,
    is_float: bool,
    bits: u32,
) -> Result<(), String> {
    let bits = if is_float && bits == 0 { 32 } else { bits };
    let (codec, bits) = pcm_codec(is_little, is_float, bits)
        .ok_or_else(|| format!("PCM of {bits} bits in Matroska"))?;
    params.for_codec(codec).with_bits_per_sample(bits);
    Ok(())
}

fn is_pcm(codec: symphonia::core::codecs::audio::AudioCodecId) -> bool {
    (CODEC_ID_PCM_S32LE..=CODEC_ID_PCM_MULAW).contains(&codec)
}

/// What "ContentEncodings" says was done to the packets.
///
/// # Errors
/// What that was, if it cannot be undone.
fn read_wrapping(encodings: &[u8]) -> Result<Wrapping, String> {
    let mut wrapping = Wrapping::None;
    for (id, encoding) in elements(encodings) {
        if id != 0x6240 {
            continue;
        }
        let (mut scope, mut is_encrypted) = (1, false);
        let mut compression: Option<&[u8]> = None;
        for (id, content) in elements(encoding) {
            match id {
                0x5032 => scope = unsigned(content),
                0x5033 => is_encrypted = unsigned(content) == 1,
                0x5034 => compression = Some(content),
                _ => {}
            }
        }
        if is_encrypted {
            return Err("encrypted sound".into());
        }
        // Of the private data only, or of something else.
        if scope & 1 == 0 {
            continue;
        }
        let (mut kind, mut settings) = (ZLIB, &[][..]);
        for (id, content) in elements(compression.unwrap_or_default()) {
            match id {
                0x4254 => kind = unsigned(content),
                0x4255 => settings = content,
                _ => {}
            }
        }
        if wrapping != Wrapping::None {
            return Err("sound that was compressed twice".into());
        }
        wrapping = match kind {
            ZLIB => Wrapping::Zlib,
            HEADER_STRIPPING => Wrapping::Prefix(settings.to_vec()),
            1 => return Err("sound compressed with bzip2".into()),
            2 => return Err("sound compressed with LZO".into()),
            _ => return Err("sound compressed in an unknown way".into()),
        };
    }
    Ok(wrapping)
}

/// The name of a codec that cannot be played.
fn unsupported(id: &[u8]) -> String {
    let known: [(&[u8], &str); 12] = [
        (b"A_AC3", "AC-3"),
        (b"A_EAC3", "E-AC-3"),
        (b"A_DTS", "DTS"),
        (b"A_TRUEHD", "TrueHD"),
        (b"A_MLP", "MLP"),
        (b"A_TTA1", "True Audio (TTA)"),
        (b"A_MPC", "Musepack"),
        (b"A_REAL", "RealAudio"),
        (b"A_QUICKTIME", "QuickTime sound in Matroska"),
        (b"A_ATRAC", "ATRAC"),
        (b"A_AMR", "AMR"),
        (b"A_SPEEX", "Speex"),
    ];
    match known.iter().find(|(start, _)| id.starts_with(start)) {
        Some((_, name)) => (*name).into(),
        None => format!("the codec \"{}\"", id.escape_ascii()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn element(id: &[u8], content: &[u8]) -> Vec<u8> {
        [id, &[0x80 | content.len() as u8], content].concat()
    }

    #[test]
    fn flags_that_are_not_there_are_set() {
        let plain = [
            element(&[0x83], &[2]),
            element(&[0xD7], &[3]),
            element(&[0x86], b"A_MPEG/L3\0"),
        ]
        .concat();
        let track = Track::read(&plain).unwrap();
        assert_eq!(track.number, 3);
        assert!(track.is_enabled && track.is_default);
        assert_eq!(track.coding.unwrap().params.codec, CODEC_ID_MP3);
        let not_default = [&plain[..], &element(&[0x88], &[0])].concat();
        assert!(!Track::read(&not_default).unwrap().is_default);
        assert!(Track::read(&element(&[0x83], &[1])).is_none());
    }

    #[test]
    fn what_was_done_to_packets_is_known() {
        let encodings = |compression: &[u8]| {
            let compression = element(&[0x50, 0x34], compression);
            element(&[0x62, 0x40], &compression)
        };
        let stripped = [
            element(&[0x42, 0x54], &[3]),
            element(&[0x42, 0x55], b"\xFF\xFB"),
        ]
        .concat();
        assert_eq!(
            read_wrapping(&encodings(&stripped)),
            Ok(Wrapping::Prefix(b"\xFF\xFB".to_vec()))
        );
        assert_eq!(read_wrapping(&encodings(&[])), Ok(Wrapping::Zlib));
        let lzo = element(&[0x42, 0x54], &[2]);
        assert!(read_wrapping(&encodings(&lzo)).is_err());
        let encrypted = element(&[0x62, 0x40], &element(&[0x50, 0x33], &[1]));
        assert_eq!(read_wrapping(&encrypted), Err("encrypted sound".into()));
        assert_eq!(read_wrapping(&[]), Ok(Wrapping::None));
    }

    #[test]
    fn vorbis_headers_are_unlaced() {
        let private = [&[2, 3, 255, 1][..], b"abc", &[b'x'; 256], b"setup"].concat();
        assert_eq!(vorbis_headers(&private).as_deref(), Some(&b"abcsetup"[..]));
        assert_eq!(vorbis_headers(&[2, 3]), None);
        assert_eq!(vorbis_headers(&[1, 3, 0, 0, 0]), None);
    }
}
