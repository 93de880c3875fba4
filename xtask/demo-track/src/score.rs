//! The composition: "Amber Hour", ten bars in F major and a closing chord.
//!
//! Time is counted in sixteenth notes. A sixteenth is a power of two times thirteen frames, so
//! every hit starts exactly at the start of an encoded block.

/// Frames in one sixteenth note: 99.4 beats a minute.
pub(crate) const SIXTEENTH_FRAMES: usize = 6_656;
/// Sixteenth notes in a bar.
pub(crate) const BAR: usize = 16;
/// Bars of intro: chords and arpeggio alone.
pub(crate) const INTRO_BARS: usize = 2;
/// The bar on which the closing chord sounds.
pub(crate) const CLOSING_BAR: usize = 10;
/// Bars in all, the fade included.
pub(crate) const TOTAL_BARS: usize = 12;

/// One bar of harmony, as MIDI notes.
pub(crate) struct Chord {
    /// The bass note.
    pub(crate) root: u8,
    /// The notes of the pad, from low to high.
    pub(crate) notes: [u8; 4],
}

const D_MINOR_9: Chord = Chord {
    root: 38,
    notes: [53, 57, 60, 64],
};
const B_FLAT_MAJOR_9: Chord = Chord {
    root: 34,
    notes: [53, 57, 60, 62],
};
const F_MAJOR_9: Chord = Chord {
    root: 41,
    notes: [52, 57, 60, 67],
};
const C_6_9: Chord = Chord {
    root: 36,
    notes: [52, 55, 62, 69],
};
const F_CLOSING: Chord = Chord {
    root: 29,
    notes: [53, 60, 64, 67],
};

/// The chord of `bar`.
pub(crate) fn chord(bar: usize) -> &'static Chord {
    if bar >= CLOSING_BAR {
        return &F_CLOSING;
    }
    // The intro is the second half of the progression, so that the beat enters on the first chord.
    match (bar + 4 - INTRO_BARS) % 4 {
        0 => &D_MINOR_9,
        1 => &B_FLAT_MAJOR_9,
        2 => &F_MAJOR_9,
        _ => &C_6_9,
    }
}

/// A note of the melody.
pub(crate) struct Note {
    /// Sixteenths from the start of the track.
    pub(crate) start: usize,
    /// Sixteenths it is held.
    pub(crate) length: usize,
    /// MIDI note number.
    pub(crate) pitch: u8,
}

/// Eight bars of melody as (sixteenth in the bar, length, pitch).
const MELODY: [&[(usize, usize, u8)]; 8] = [
    &[(0, 3, 69), (3, 3, 72), (6, 4, 74), (10, 3, 77), (13, 3, 76)],
    &[(0, 6, 74), (6, 2, 72), (8, 6, 69)],
    &[(0, 3, 69), (3, 3, 72), (6, 4, 76), (10, 3, 79), (13, 3, 77)],
    &[(0, 6, 76), (6, 2, 74), (8, 3, 72), (11, 4, 74)],
    &[(0, 3, 77), (3, 3, 76), (6, 4, 74), (10, 5, 81)],
    &[(0, 3, 79), (3, 5, 77), (8, 4, 74), (12, 4, 72)],
    &[(0, 3, 72), (3, 3, 74), (6, 6, 76), (12, 4, 72)],
    &[(0, 6, 74), (6, 6, 76), (12, 4, 79)],
];

/// The melody, in order, with the note that closes the piece.
pub(crate) fn melody() -> Vec<Note> {
    let mut notes = Vec::new();
    for (bar, phrase) in MELODY.iter().enumerate() {
        let bar_start = (INTRO_BARS + bar) * BAR;
        notes.extend(phrase.iter().map(|&(start, length, pitch)| Note {
            start: bar_start + start,
            length,
            pitch,
        }));
    }
    notes.push(Note {
        start: CLOSING_BAR * BAR,
        length: 12,
        pitch: 81,
    });
    notes
}

/// What plays at one sixteenth of a drum bar.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Hit {
    /// Bass drum.
    Kick,
    /// Hand clap on the back beat.
    Clap,
    /// Short hi-hat.
    ClosedHat,
    /// Ringing hi-hat.
    OpenHat,
}

/// The hits of `bar`, as (sixteenth in the bar, hit, level).
pub(crate) fn drum_bar(bar: usize) -> Vec<(usize, Hit, f64)> {
    let mut hits = Vec::new();
    if bar >= CLOSING_BAR {
        if bar == CLOSING_BAR {
            hits.extend([(0, Hit::Kick, 1.0), (0, Hit::OpenHat, 0.9)]);
        }
        return hits;
    }
    if bar + 1 == INTRO_BARS {
        // A pick-up into the beat.
        hits.extend([(12, Hit::ClosedHat, 0.4), (14, Hit::ClosedHat, 0.7)]);
    }
    if bar < INTRO_BARS {
        return hits;
    }
    hits.extend([
        (0, Hit::Kick, 1.0),
        (7, Hit::Kick, 0.7),
        (10, Hit::Kick, 0.9),
    ]);
    hits.extend([(4, Hit::Clap, 1.0), (12, Hit::Clap, 1.0)]);
    for eighth in 0..7 {
        let level = if eighth % 2 == 0 { 0.6 } else { 1.0 };
        hits.push((eighth * 2, Hit::ClosedHat, level));
    }
    hits.push((14, Hit::OpenHat, 0.8));
    if bar % 2 == 1 {
        hits.extend([(11, Hit::ClosedHat, 0.45), (15, Hit::Kick, 0.5)]);
    }
    hits
}

/// The bass rhythm of a bar, as (sixteenth, length, semitones above the root).
pub(crate) fn bass_bar(bar: usize) -> &'static [(usize, usize, u8)] {
    if !(INTRO_BARS..=CLOSING_BAR).contains(&bar) {
        &[]
    } else if bar == CLOSING_BAR {
        &[(0, 14, 12)]
    } else if bar.is_multiple_of(2) {
        &[(0, 5, 0), (7, 3, 0), (10, 3, 12), (14, 2, 7)]
    } else {
        &[(0, 5, 0), (7, 3, 0), (10, 2, 7), (12, 2, 12), (14, 2, 7)]
    }
}

/// The arpeggio of `bar`: which note of the chord each eighth plays, and its octave.
pub(crate) fn arpeggio(bar: usize) -> Vec<(usize, u8)> {
    const ORDER: [usize; 8] = [0, 2, 1, 3, 2, 0, 3, 1];
    if bar >= CLOSING_BAR {
        return Vec::new();
    }
    let notes = &chord(bar).notes;
    ORDER
        .iter()
        .enumerate()
        .map(|(eighth, &index)| (eighth * 2, notes[index] + 12))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_melody_note_overlaps_the_next() {
        let notes = melody();
        for pair in notes.windows(2) {
            assert!(pair[0].start + pair[0].length <= pair[1].start);
        }
    }

    #[test]
    fn the_beat_enters_on_the_first_chord_of_the_progression() {
        assert_eq!(chord(INTRO_BARS).root, D_MINOR_9.root);
        assert!(drum_bar(INTRO_BARS).iter().any(|hit| hit.1 == Hit::Kick));
        assert!(drum_bar(0).is_empty());
    }
}
