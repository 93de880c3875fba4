//! Names of artists, albums and tracks in several scripts, some of them odd.

use super::Random;
use media::tags::Tags;

const SYLLABLES: [&str; 40] = [
    "ba", "bel", "cor", "da", "del", "en", "fa", "gor", "ha", "in", "jo", "ka", "la", "lum", "ma",
    "mir", "na", "nor", "o", "pa", "qui", "ra", "ri", "sa", "sil", "ta", "tor", "u", "va", "ver",
    "wa", "xan", "ya", "yor", "za", "zen", "br\u{f6}", "cr\u{fc}", "ph\u{e9}", "\u{e5}s",
];
const OTHER_SCRIPTS: [&[&str]; 6] = [
    &[
        "東京", "事変", "椎名", "林檎", "夜", "の", "花", "雪", "少年", "時代",
    ],
    &[
        "Кино",
        "Мумий",
        "Тролль",
        "ночь",
        "звезда",
        "ёлка",
        "город",
        "река",
        "дом",
    ],
    &["Ελλάδα", "θάλασσα", "νύχτα", "Χάρις", "φως", "καρδιά"],
    &["한국", "서울", "밤", "바다", "노래", "사랑"],
    &["ليل", "حبيبي", "قمر", "شمس", "بحر"],
    &["เพลง", "รัก", "ดาว", "ฝน", "ทะเล"],
];
const GENRES: [&str; 16] = [
    "Rock",
    "Pop",
    "Jazz",
    "Electronic",
    "Classical",
    "Hip-Hop",
    "Folk",
    "Metal",
    "Blues",
    "Soul",
    "Ambient",
    "Techno",
    "Reggae",
    "Country",
    "J-Pop",
    "Post-Rock",
];
const ODD: [&str; 8] = [
    "!!!",
    "AC/DC \u{26a1}",
    "   ",
    "The The",
    "a\u{300}\u{301}\u{302} marks",
    "\u{202e}reversed",
    "1999",
    "\"Quoted\" (feat. Someone) [Remix]",
];

/// Words of one to three syllables, or of another script.
pub(crate) fn name(random: &mut Random, max_words: usize) -> String {
    match random.below(100) {
        0..=1 => return (*random.of(&ODD)).to_owned(),
        2..=16 => {
            let script = OTHER_SCRIPTS[random.below(OTHER_SCRIPTS.len())];
            let words: Vec<&str> = (0..=random.below(2)).map(|_| *random.of(script)).collect();
            return words.join(" ");
        }
        _ => {}
    }
    let words = (0..=random.below(max_words)).map(|_| {
        let word: String = (0..=random.below(3))
            .map(|_| *random.of(&SYLLABLES))
            .collect();
        let mut letters = word.chars();
        let first = letters.next().map(|c| c.to_uppercase().collect::<String>());
        first.unwrap_or_default() + letters.as_str()
    });
    words.collect::<Vec<_>>().join(" ")
}

/// An album: its artist, name, year, genre and number of tracks.
pub(crate) struct Album {
    pub(crate) artist: String,
    pub(crate) name: String,
    pub(crate) date: String,
    pub(crate) genre: String,
    pub(crate) tracks: u32,
    pub(crate) is_compilation: bool,
}

impl Album {
    /// The album with this number by one of `artists`.
    pub(crate) fn new(random: &mut Random, artists: &[String], tracks: u32) -> Self {
        Self {
            artist: random.of(artists).clone(),
            name: name(random, 4),
            date: match random.below(10) {
                0 => String::new(),
                1 => format!(
                    "{}-0{}-1{}",
                    1950 + random.below(75),
                    1 + random.below(9),
                    random.below(9)
                ),
                _ => (1950 + random.below(75)).to_string(),
            },
            genre: (*random.of(&GENRES)).to_owned(),
            tracks,
            is_compilation: random.below(20) == 0,
        }
    }

    /// What its track with this number says of itself.
    pub(crate) fn track(&self, random: &mut Random, artists: &[String], number: u32) -> Tags {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.trim().is_empty());
        let artist = match self.is_compilation {
            true => random.of(artists).clone(),
            false => self.artist.clone(),
        };
        Tags {
            title: some(&name(random, 5)),
            artist: some(&artist),
            album: some(&self.name),
            album_artist: match self.is_compilation {
                true => some("Various Artists"),
                false => some(&self.artist),
            },
            composer: (random.below(4) == 0).then(|| name(random, 2)),
            genre: some(&self.genre),
            track_number: Some(number),
            track_total: Some(self.tracks),
            disc_number: (random.below(5) == 0).then_some(1),
            disc_total: None,
            date: some(&self.date),
        }
    }
}

/// Names of so many artists.
pub(crate) fn artists(random: &mut Random, count: usize) -> Vec<String> {
    (0..count)
        .map(|number| match number % 7 {
            0 => format!("The {}", name(random, 2)),
            _ => name(random, 3),
        })
        .collect()
}
