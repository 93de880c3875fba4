//! The system's file dialogs, off the window's thread.

use crate::app::{ListCommand, OpenRequest};
use crate::ui::files::request::DialogRequest;
use crate::ui::presets;
use crossbeam::channel::{Receiver, Sender, unbounded};
use disk::extensions::{AUDIO_EXTENSIONS, CUE_EXTENSION, PLAYLIST_EXTENSIONS};
use eframe::egui::Context;
use engine::command::Placement;
use library::playlists::ListFormat;
use rfd::{AsyncFileDialog, FileHandle};
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::task::{self, Poll, Wake};
use std::thread::{self, Thread};

/// What "music files" means in the dialog's filter.
fn extensions() -> Vec<&'static str> {
    [
        &AUDIO_EXTENSIONS[..],
        &PLAYLIST_EXTENSIONS,
        &[CUE_EXTENSION],
    ]
    .concat()
}

/// What a dialog was answered with.
#[derive(Debug, PartialEq)]
pub(crate) enum Chosen {
    /// Music to open.
    Music(OpenRequest),
    /// Folders for the collection.
    Library(Vec<PathBuf>),
    /// What to do with lists.
    Lists(ListCommand),
    /// Preset files to read.
    Import(Vec<PathBuf>),
    /// The file to write the equalizer's settings to.
    Export(PathBuf),
}

/// The dialog that is open. There is one at a time: a second request is dropped.
pub(crate) struct Dialogs {
    chosen: Receiver<Option<Chosen>>,
    report: Sender<Option<Chosen>>,
    is_open: bool,
}

impl Dialogs {
    pub(crate) fn new() -> Self {
        let (report, chosen) = unbounded();
        Self {
            chosen,
            report,
            is_open: false,
        }
    }

    /// Opens a dialog; the window is drawn meanwhile.
    ///
    /// # Errors
    /// A line for the user when the system refuses a thread.
    pub(crate) fn open(&mut self, request: DialogRequest, ctx: &Context) -> Result<(), String> {
        if self.is_open {
            return Ok(());
        }
        let (report, ctx) = (self.report.clone(), ctx.clone());
        // Some systems want the dialog made on the main thread, which is this one.
        let paths = dialog(&request);
        let work = move || {
            let inputs = block_on(paths);
            let chosen = (!inputs.is_empty()).then(|| chosen(&request, inputs));
            let _ = report.send(chosen);
            ctx.request_repaint();
        };
        thread::Builder::new()
            .name("open-dialog".into())
            .spawn(work)
            .map_err(|error| format!("The file dialog could not be shown: {error}"))?;
        self.is_open = true;
        Ok(())
    }

    /// Opens none from now on.
    #[cfg(test)]
    pub(crate) fn block(&mut self) {
        self.is_open = true;
    }

    /// What was chosen since the last call.
    pub(crate) fn chosen(&mut self) -> Option<Chosen> {
        let answer = self.chosen.try_recv().ok()?;
        self.is_open = false;
        answer
    }
}

fn chosen(request: &DialogRequest, mut inputs: Vec<PathBuf>) -> Chosen {
    let adds = match request {
        DialogRequest::Files | DialogRequest::Folder => false,
        DialogRequest::AddFiles | DialogRequest::AddFolder => true,
        DialogRequest::LibraryFolder => return Chosen::Library(inputs),
        DialogRequest::ImportPresets => return Chosen::Import(inputs),
        DialogRequest::ImportLists => return Chosen::Lists(ListCommand::Import(inputs)),
        DialogRequest::ExportList(list, _) => {
            let mut path = inputs.swap_remove(0);
            if ListFormat::of(&path).is_none() {
                path.as_mut_os_string().push(".m3u8");
            }
            return Chosen::Lists(ListCommand::Export(*list, path));
        }
        DialogRequest::ExportPreset(_) => {
            let mut path = inputs.swap_remove(0);
            if path.extension().is_none() {
                path.set_extension(presets::EXTENSIONS[0]);
            }
            return Chosen::Export(path);
        }
    };
    let placement = if adds {
        Placement::Append
    } else {
        Placement::Replace
    };
    Chosen::Music(OpenRequest {
        inputs,
        placement,
        play: !adds,
    })
}

fn dialog(request: &DialogRequest) -> impl Future<Output = Vec<PathBuf>> + Send + use<> {
    let dialog = AsyncFileDialog::new();
    type Chosen = Option<Vec<FileHandle>>;
    let future: std::pin::Pin<Box<dyn Future<Output = Chosen> + Send>> = match request {
        DialogRequest::Files | DialogRequest::AddFiles => Box::pin(
            dialog
                .set_title("Open music")
                .add_filter("Music and playlists", &extensions())
                .add_filter("All files", &["*"])
                .pick_files(),
        ),
        DialogRequest::Folder | DialogRequest::AddFolder => {
            Box::pin(dialog.set_title("Open a folder of music").pick_folders())
        }
        DialogRequest::LibraryFolder => Box::pin(
            dialog
                .set_title("Add folders to the library")
                .pick_folders(),
        ),
        DialogRequest::ImportLists => Box::pin(
            dialog
                .set_title("Import playlists")
                .add_filter("Playlists", &PLAYLIST_EXTENSIONS)
                .pick_files(),
        ),
        DialogRequest::ExportList(_, name) => {
            let saved = dialog
                .set_title("Export the list")
                .set_file_name(format!("{}.m3u8", name.replace('/', "-")))
                .add_filter("M3U8", &["m3u8"])
                .add_filter("XSPF", &["xspf"])
                .add_filter("PLS", &["pls"])
                .save_file();
            Box::pin(async move { saved.await.map(|file| vec![file]) })
        }
        DialogRequest::ImportPresets => Box::pin(
            dialog
                .set_title("Import equalizer presets")
                .add_filter("Equalizer presets", &presets::EXTENSIONS)
                .add_filter("All files", &["*"])
                .pick_files(),
        ),
        DialogRequest::ExportPreset(name) => {
            let saved = dialog
                .set_title("Export the equalizer's settings")
                .set_file_name(name)
                .add_filter("Equalizer APO, AutoEq", &["txt"])
                .add_filter("foobar2000", &["feq"])
                .add_filter("Winamp", &["eqf"])
                .save_file();
            Box::pin(async move { saved.await.map(|file| vec![file]) })
        }
    };
    async move {
        let chosen = future.await.unwrap_or_default();
        chosen
            .iter()
            .map(|handle| handle.path().to_owned())
            .collect()
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits for a future on this thread.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let waker = Arc::new(Unpark(thread::current())).into();
    let mut context = task::Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adding_appends_and_opening_replaces_and_plays() {
        let inputs = vec![PathBuf::from("a.flac")];
        let open = |placement, play| {
            let inputs = inputs.clone();
            Chosen::Music(OpenRequest {
                inputs,
                placement,
                play,
            })
        };
        let opened = chosen(&DialogRequest::Files, inputs.clone());
        assert_eq!(opened, open(Placement::Replace, true));
        let added = chosen(&DialogRequest::AddFolder, inputs.clone());
        assert_eq!(added, open(Placement::Append, false));
    }

    #[test]
    fn an_exported_preset_has_an_extension() {
        let export =
            |path: &str| chosen(&DialogRequest::ExportPreset("x".into()), vec![path.into()]);
        assert_eq!(export("mine"), Chosen::Export("mine.txt".into()));
        assert_eq!(export("mine.feq"), Chosen::Export("mine.feq".into()));
    }
}
