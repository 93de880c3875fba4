//! What a sink has taken until its server died, to the frame.

use crate::server::SoundServer;
use crate::servers::{BUFFER, risen_from};
use crate::support::RATE;
use crate::support::listening::first_match;
use crate::support::signals::Frame;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The longest anything is waited for.
const LIMIT: Duration = Duration::from_secs(20);
/// Of a sink what it plays; and of no other one where the default changes.
const PROPERTIES: &str = "{ stream.capture.sink=true node.dont-reconnect=true }";
/// How far a place may be from where it is looked for, in frames.
const NEAR_FRAMES: usize = 20 * RATE;
const FRAME_BYTES: usize = size_of::<Frame>();

/// A recorder in the graph itself, which writes each cycle to a file as it gets it: nothing is on its way when
/// the server dies, as there is with a recorder behind the PulseAudio server (2,400 to 5,000 frames). It asks for
/// cycles of the same length as the player, so that it changes nothing. It is ended when dropped.
pub(crate) struct GraphEar {
    recorder: Child,
    file: PathBuf,
}

impl GraphEar {
    /// Hears `sink` from now on; its file is in `folder`. Returns once the sink is heard, if only its silence.
    pub(crate) fn of(server: &SoundServer, sink: &str, folder: &Path) -> Self {
        let file = folder.join(format!("{sink}-graph.wav"));
        // An ear before this one may have left its own.
        let _ = std::fs::remove_file(&file);
        let mut command = Command::new("pw-record");
        server.enter(&mut command);
        let recorder = command
            .args(["--target", sink, "-P", PROPERTIES])
            .args(["--format", "f32", "--channels", "2"])
            .args([format!("--rate={RATE}"), format!("--latency={BUFFER}")])
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("pw-record starts");
        let ear = Self { recorder, file };
        ear.wait("the graph's recorder", |frames| {
            (!frames.is_empty()).then_some(())
        });
        ear
    }

    /// Waits until `look` finds what it wants in all that was heard.
    pub(crate) fn wait<T>(&self, what: &str, look: impl Fn(&[Frame]) -> Option<T>) -> T {
        let started = Instant::now();
        loop {
            if let Some(found) = look(&self.frames()) {
                return found;
            }
            assert!(
                started.elapsed() < LIMIT,
                "not heard within {LIMIT:?}: {what}"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits for the `track` at `from` of what is heard, or later; gives the first frame of it that was heard, if
    /// only in its rise from silence.
    pub(crate) fn hear(&self, from: usize, track: &[Frame]) -> usize {
        self.wait("the track in the graph", |heard| {
            let (at, place) = first_match(heard, from, track)?;
            Some(risen_from(heard, at, place))
        })
    }

    /// The same of a long track, near its frame `about`: to look through all of it takes seconds.
    pub(crate) fn hear_near(&self, from: usize, track: &[Frame], about: usize) -> usize {
        let start = about.saturating_sub(NEAR_FRAMES);
        let end = track.len().min(about + NEAR_FRAMES);
        start + self.hear(from, &track[start..end])
    }

    /// All that was heard so far.
    pub(crate) fn frames(&self) -> Vec<Frame> {
        let bytes = std::fs::read(&self.file).unwrap_or_default();
        // The sizes in the head are those of the last time that it was brought up to date.
        let Some(at) = bytes.windows(4).position(|word| word == b"data") else {
            return Vec::new();
        };
        let sound = bytes.get(at + 8..).unwrap_or_default();
        sound.chunks_exact(FRAME_BYTES).map(frame).collect()
    }
}

impl Drop for GraphEar {
    fn drop(&mut self) {
        // It may have ended with its server.
        let _ = self.recorder.kill();
        let _ = self.recorder.wait();
    }
}

fn frame(bytes: &[u8]) -> Frame {
    let sample = |at: usize| {
        let mut word = [0; 4];
        word.copy_from_slice(&bytes[at..at + 4]);
        f32::from_le_bytes(word)
    };
    [sample(0), sample(4)]
}
