//! What counts as heard: pure, fed with what plays and the time that passes.

use library::database::Heard;
use media::location::TrackLocation;
use rt::ids::PlayId;
use std::time::Duration;

/// A track counts as heard after this, or after half of it.
const ENOUGH: Duration = Duration::from_secs(4 * 60);
/// Less than this is no listening: somebody steps through a list.
const GLANCE: Duration = Duration::from_secs(1);

/// One track being listened to.
#[derive(Debug)]
struct Listening {
    play: PlayId,
    track: TrackLocation,
    duration: Option<Duration>,
    heard: Duration,
    is_counted: bool,
}

/// Counts while time passes.
#[derive(Debug, Default)]
pub(super) struct PlayCounter {
    now: Option<Listening>,
}

impl PlayCounter {
    /// `passed` has passed with sound, or none if `None`, of `playing`: the playing, its track and length.
    /// Gives what is to be counted.
    pub(super) fn pass(
        &mut self,
        playing: Option<(PlayId, &TrackLocation, Option<Duration>)>,
        passed: Duration,
    ) -> Vec<(TrackLocation, Heard)> {
        let mut counted = Vec::new();
        let Some((play, track, duration)) = playing else {
            return counted;
        };
        let is_other = self.now.as_ref().is_none_or(|now| now.play != play);
        if is_other {
            if let Some(before) = self.now.take()
                && !before.is_counted
                && before.heard >= GLANCE
                && before.track != *track
            {
                counted.push((before.track, Heard::Skipped));
            }
            self.now = Some(Listening {
                play,
                track: track.clone(),
                duration,
                heard: Duration::ZERO,
                is_counted: false,
            });
        }
        if let Some(now) = &mut self.now {
            now.duration = duration.or(now.duration);
            // What passed before it began was another's.
            if !is_other {
                now.heard += passed;
            }
            let half = now.duration.map(|duration| duration / 2);
            let enough = half.map_or(ENOUGH, |half| half.min(ENOUGH));
            if !now.is_counted && now.heard >= enough && now.heard > Duration::ZERO {
                now.is_counted = true;
                counted.push((now.track.clone(), Heard::Played));
            }
        }
        counted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plays each for so many seconds; what is counted, by first letter.
    fn counted(plays: &[(u64, &str, Option<u64>, u64)]) -> Vec<(String, Heard)> {
        let (mut counter, mut all) = (PlayCounter::default(), Vec::new());
        for (play, name, length, seconds) in plays {
            let track = TrackLocation::from(*name);
            let length = length.map(Duration::from_secs);
            for _ in 0..=seconds * 2 {
                let play = (PlayId(*play), &track, length);
                all.extend(counter.pass(Some(play), Duration::from_millis(500)));
            }
        }
        let named = all.into_iter();
        named
            .map(|(track, heard)| (track.path().display().to_string(), heard))
            .collect()
    }

    #[test]
    fn half_of_a_track_or_four_minutes_count_once() {
        let a = |heard| vec![("a".to_owned(), heard)];
        assert_eq!(counted(&[(1, "a", Some(100), 60)]), a(Heard::Played));
        assert_eq!(counted(&[(1, "a", Some(100), 40)]), []);
        assert_eq!(counted(&[(1, "a", Some(3_600), 241)]), a(Heard::Played));
        assert_eq!(counted(&[(1, "a", Some(3_600), 230)]), []);
        assert_eq!(counted(&[(1, "a", None, 241)]), a(Heard::Played));
    }

    #[test]
    fn what_is_left_before_that_is_skipped_and_a_second_time_counts_again() {
        let got = counted(&[
            (1, "a", Some(100), 20),
            (2, "b", Some(100), 0),
            (3, "c", Some(10), 10),
            (4, "c", Some(10), 10),
        ]);
        let want = [
            ("a", Heard::Skipped),
            ("c", Heard::Played),
            ("c", Heard::Played),
        ];
        let want: Vec<_> = want.map(|(name, heard)| (name.to_owned(), heard)).to_vec();
        assert_eq!(got, want);
    }
}
