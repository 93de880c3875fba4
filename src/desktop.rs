//! The desktop around the program: other starts of it, media keys and whatever else commands a player.

pub mod file_types;
pub mod instance;
#[cfg(target_os = "linux")]
mod mpris;
#[cfg(target_os = "linux")]
mod player;

use crate::app::{App, Frontend};
use instance::InstanceListener;
use std::io;
use std::path::Path;

/// What connects the program with its desktop, until it is dropped.
pub struct Desktop {
    #[cfg(target_os = "linux")]
    _mpris: crossbeam::channel::Sender<()>,
    _instance: Option<instance::Answering>,
}

impl Desktop {
    /// Lets the desktop command `app`, and other starts of the program by `listener`. `data_dir` has the
    /// collection; what other programs are shown lies in `cache_dir`. Does not wait for the desktop.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn attach(
        app: &App,
        frontend: Frontend,
        listener: Option<InstanceListener>,
        data_dir: &Path,
        cache_dir: &Path,
    ) -> io::Result<Self> {
        let remote = app.remote();
        let instance = match listener {
            Some(listener) => {
                let (remote, frontend) = (remote.clone(), frontend.clone());
                Some(instance::answer_requests(listener, remote, frontend)?)
            }
            None => None,
        };
        Ok(Self {
            #[cfg(target_os = "linux")]
            _mpris: {
                let (wake, woken) = crossbeam::channel::bounded(1);
                let (stop, stopped) = crossbeam::channel::bounded(0);
                let wake = move || {
                    // One that waits already says as much.
                    let _ = wake.try_send(());
                };
                let (remote, data_dir) = (remote.clone(), data_dir.to_owned());
                let player = player::DesktopPlayer::new(remote, frontend, data_dir, wake);
                let covers = cache_dir.join("now-playing");
                mpris::start(std::sync::Arc::new(player), covers, woken, stopped)?;
                stop
            },
            _instance: instance,
        })
    }
}
