//! Media keys, lock screens and media widgets: the player on the session bus, as MPRIS has it
//! (freedesktop.org, "MPRIS D-Bus Interface Specification" 2.2).

mod changes;
mod cover;
mod interface;
mod metadata;
mod playlists;

use super::player::DesktopPlayer;
use changes::Shown;
use cover::CoverFiles;
use crossbeam::channel::{Receiver, select};
use interface::Interface;
use mpris_server::{Property, Server, Signal, Time, TrackListProperty, zbus};
use std::path::PathBuf;
use std::sync::Arc;

/// The name on the bus behind `org.mpris.MediaPlayer2.`.
const NAME: &str = "rusty_audio";

/// Puts `player` on the bus, on a thread of its own, until one of the channels has nobody left; without a bus
/// nothing happens. `woken` says that there is something new. Pictures are left in `covers`.
///
/// # Errors
/// When the system refuses a thread.
pub(super) fn start(
    player: Arc<DesktopPlayer>,
    covers: PathBuf,
    woken: Receiver<()>,
    stopped: Receiver<()>,
) -> std::io::Result<()> {
    let serve = move || {
        zbus::block_on(async {
            // Everything works without a bus: nobody has to know.
            let Ok(server) = connect(&player, covers).await else {
                return;
            };
            // A bus that has gone needs nothing any more.
            let _ = follow(&server, &woken, &stopped).await;
            let _ = server.release_bus_name().await;
        });
    };
    std::thread::Builder::new()
        .name("mpris".into())
        .spawn(serve)
        .map(drop)
}

async fn connect(player: &Arc<DesktopPlayer>, covers: PathBuf) -> zbus::Result<Server<Interface>> {
    let covers = CoverFiles::new(covers);
    let interface = Interface::new(Arc::clone(player), covers);
    let name = match is_taken().await? {
        false => NAME.to_owned(),
        // Another player of this kind: what shows players knows them apart by this form of the name.
        true => format!("{NAME}.instance{}", std::process::id()),
    };
    Server::new_with_all(&name, interface).await
}

/// Whether another program has the name: to ask for it would take it away from that one.
async fn is_taken() -> zbus::Result<bool> {
    let bus = zbus::Connection::session().await?;
    let names = zbus::fdo::DBusProxy::new(&bus).await?;
    let name = format!("org.mpris.MediaPlayer2.{NAME}");
    Ok(names.name_has_owner(name.as_str().try_into()?).await?)
}

/// Tells the bus what has changed.
async fn follow(
    server: &Server<Interface>,
    woken: &Receiver<()>,
    stopped: &Receiver<()>,
) -> zbus::Result<()> {
    let mut shown: Option<Shown> = None;
    loop {
        select! {
            recv(stopped) -> _ => return Ok(()),
            recv(woken) -> it => if it.is_err() {
                return Ok(());
            },
        }
        let now = server.imp().shown();
        let before = shown.replace(now.clone());
        let properties: Vec<Property> = now.changed_since(before.as_ref());
        if !properties.is_empty() {
            server.properties_changed(properties).await?;
        }
        if let Some(target) = now.jump_since(before.as_ref()) {
            let position = Time::from_micros(i64::try_from(target.as_micros()).unwrap_or(0));
            server.emit(Signal::Seeked { position }).await?;
        }
        if let Some(replaced) = now.list_since(before.as_ref()) {
            server.track_list_emit(replaced).await?;
            let tracks = [TrackListProperty::Tracks];
            server.track_list_properties_changed(tracks).await?;
        }
    }
}
