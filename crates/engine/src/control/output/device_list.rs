//! The names of the devices there are, asked for on a thread of its own.

use crate::output::device::device_names;
use crossbeam::channel::{Receiver, Sender, unbounded};
use std::time::{Duration, Instant};

/// Between two looks for a device while there is none.
pub(in crate::control) const LOOK_PERIOD: Duration = Duration::from_secs(3);

/// Answers of the system, which may take long.
pub(in crate::control) struct DeviceList {
    sender: Sender<Vec<String>>,
    answers: Receiver<Vec<String>>,
    asked: Instant,
}

impl Default for DeviceList {
    fn default() -> Self {
        let (sender, answers) = unbounded();
        Self {
            sender,
            answers,
            asked: Instant::now(),
        }
    }
}

impl DeviceList {
    /// Where the answers come.
    pub(in crate::control) fn answers(&self) -> Receiver<Vec<String>> {
        self.answers.clone()
    }

    /// Whether it is time for another look.
    pub(in crate::control) fn is_due(&self) -> bool {
        self.asked.elapsed() >= LOOK_PERIOD
    }

    /// Asks for the names.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub(in crate::control) fn ask(&mut self) -> std::io::Result<()> {
        self.asked = Instant::now();
        let sender = self.sender.clone();
        std::thread::Builder::new()
            .name("device-list".into())
            .spawn(move || {
                // Nobody listening means the player has ended.
                let _ = sender.send(device_names());
            })?;
        Ok(())
    }
}
