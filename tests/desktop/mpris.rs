//! Every member of MPRIS, asked by `playerctl` and on the bus itself.

use crate::bus::Bus;
use crate::player::Home;
use mpris_server::zbus::blocking::connection::Builder;
use mpris_server::zbus::blocking::{Connection, MessageIterator, Proxy, proxy};
use mpris_server::zbus::proxy::CacheProperties;
use mpris_server::zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue, Value};
use std::collections::HashMap;
use std::process::Command;
use std::time::{Duration, Instant};

const NAME: &str = "org.mpris.MediaPlayer2.rusty_audio";
const ROOT: &str = "org.mpris.MediaPlayer2";
const PLAYER: &str = "org.mpris.MediaPlayer2.Player";
const TRACKS: &str = "org.mpris.MediaPlayer2.TrackList";
const LISTS: &str = "org.mpris.MediaPlayer2.Playlists";

fn connect(bus: &Bus) -> Connection {
    Builder::address(bus.address.as_str())
        .unwrap()
        .build()
        .unwrap()
}

fn interface<'a>(bus: &Connection, name: &'a str) -> Proxy<'a> {
    // The position changes without anybody being told.
    proxy::Builder::new(bus)
        .destination(NAME)
        .unwrap()
        .path("/org/mpris/MediaPlayer2")
        .unwrap()
        .interface(name)
        .unwrap()
        .cache_properties(CacheProperties::No)
        .build()
        .unwrap()
}

fn wait<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "not {what} in time"
        );
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Until the player is on the bus.
fn wait_for_name(bus: &Connection) {
    let names = Proxy::new(bus, "org.freedesktop.DBus", "/", "org.freedesktop.DBus").unwrap();
    wait("on the bus", || {
        let has: bool = names.call("NameHasOwner", &(NAME,)).unwrap();
        has.then_some(())
    });
}

#[test]
fn playerctl_sees_and_commands_everything() {
    let Some(bus) = Bus::start() else { return };
    if Command::new("playerctl").arg("--version").output().is_err() {
        println!("not run: needs playerctl");
        return;
    }
    let home = Home::new(Some(&bus.address));
    let (a, b) = (home.track("a b.wav", 60), home.track("b.wav", 60));
    let _player = home.play(&[&a, &b]);
    wait_for_name(&connect(&bus));
    let playerctl = |arguments: &[&str]| {
        let done = Command::new("playerctl")
            .args(arguments)
            .env("DBUS_SESSION_BUS_ADDRESS", &bus.address)
            .output()
            .unwrap();
        let line = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(done.status.success(), "{arguments:?}: {line}");
        String::from_utf8(done.stdout).unwrap().trim().to_owned()
    };
    assert_eq!(playerctl(&["-l"]), "rusty_audio");
    assert_eq!(playerctl(&["status"]), "Playing");
    assert_eq!(playerctl(&["metadata", "title"]), "a b");
    assert_eq!(playerctl(&["metadata", "mpris:length"]), "60000000");
    let address = playerctl(&["metadata", "xesam:url"]);
    assert!(
        address.starts_with("file:///") && address.ends_with("a%20b.wav"),
        "{address}"
    );
    playerctl(&["pause"]);
    home.wait("paused", |it| it["transport"] == "paused");
    playerctl(&["play"]);
    home.wait("playing", |it| it["transport"] == "playing");
    playerctl(&["play-pause"]);
    home.wait("paused", |it| it["transport"] == "paused");
    let at = |from: f64, to: f64| {
        move |it: &serde_json::Value| (from..to).contains(&it["position_seconds"].as_f64().unwrap())
    };
    playerctl(&["position", "20"]);
    home.wait("at 20 s", at(19.9, 21.0));
    playerctl(&["position", "5+"]);
    home.wait("at 25 s", at(24.9, 26.0));
    playerctl(&["position", "10-"]);
    home.wait("at 15 s", at(14.9, 16.0));
    let shown: f64 = playerctl(&["position"]).parse().unwrap();
    assert!((14.9..16.0).contains(&shown), "{shown}");
    playerctl(&["volume", "0.3"]);
    home.wait("quieter", |it| {
        (it["volume"].as_f64().unwrap() - 30.0).abs() < 0.01
    });
    assert_eq!(playerctl(&["volume"]), "0.300000");
    for mode in ["Track", "Playlist", "None"] {
        playerctl(&["loop", mode]);
        assert_eq!(playerctl(&["loop"]), mode);
    }
    for mode in ["On", "Off"] {
        playerctl(&["shuffle", mode]);
        assert_eq!(playerctl(&["shuffle"]), mode);
    }
    playerctl(&["next"]);
    home.wait("the second", |it| it["title"] == "b");
    playerctl(&["previous"]);
    home.wait("the first", |it| it["title"] == "a b");
    playerctl(&["stop"]);
    home.wait("stopped", |it| it["transport"] == "stopped");
    assert_eq!(playerctl(&["status"]), "Stopped");
    playerctl(&["open", b.to_str().unwrap()]);
    let opened = home.wait("what was opened", |it| it["title"] == "b");
    assert_eq!(opened["queue_length"], 1);
}

#[test]
fn every_property_and_method_is_there_and_changes_are_told() {
    let Some(bus) = Bus::start() else { return };
    let home = Home::new(Some(&bus.address));
    let (a, b) = (home.track("a.wav", 60), home.track("b.wav", 60));
    let mut player = home.play(&[&a, &b]);
    let bus = connect(&bus);
    wait_for_name(&bus);
    let (root, play) = (interface(&bus, ROOT), interface(&bus, PLAYER));
    let (tracks, lists) = (interface(&bus, TRACKS), interface(&bus, LISTS));

    let yes = |proxy: &Proxy<'_>, name: &str| proxy.get_property::<bool>(name).unwrap();
    assert_eq!(
        root.get_property::<String>("Identity").unwrap(),
        "Rusty Audio"
    );
    assert_eq!(
        root.get_property::<String>("DesktopEntry").unwrap(),
        "rusty-audio"
    );
    assert!(yes(&root, "CanQuit") && yes(&root, "HasTrackList"));
    // `play` has no window.
    assert!(
        !yes(&root, "CanRaise") && !yes(&root, "Fullscreen") && !yes(&root, "CanSetFullscreen")
    );
    root.call::<_, _, ()>("Raise", &()).unwrap();
    assert!(root.set_property("Fullscreen", true).is_err());
    assert_eq!(
        root.get_property::<Vec<String>>("SupportedUriSchemes")
            .unwrap(),
        ["file"]
    );
    let kinds: Vec<String> = root.get_property("SupportedMimeTypes").unwrap();
    assert!(kinds.iter().any(|kind| kind == "audio/flac"));

    for name in [
        "CanGoNext",
        "CanGoPrevious",
        "CanPlay",
        "CanPause",
        "CanSeek",
        "CanControl",
    ] {
        assert!(yes(&play, name), "{name}");
    }
    assert_eq!(play.get_property::<f64>("MinimumRate").unwrap(), 0.5);
    assert_eq!(play.get_property::<f64>("MaximumRate").unwrap(), 2.0);
    play.set_property("Rate", 1.5).unwrap();
    assert_eq!(play.get_property::<f64>("Rate").unwrap(), 1.5);
    play.set_property("Rate", 9.0).unwrap();
    wait("as fast as it goes", || {
        (play.get_property::<f64>("Rate").unwrap() == 2.0).then_some(())
    });
    play.set_property("Rate", 1.0).unwrap();
    play.set_property("Rate", 0.0).unwrap();
    home.wait("paused, as a rate of 0 asks", |it| {
        it["transport"] == "paused"
    });
    play.set_property("Volume", -3.0).unwrap();
    assert_eq!(play.get_property::<f64>("Volume").unwrap(), 0.0);
    play.set_property("Volume", 7.0).unwrap();
    assert_eq!(play.get_property::<f64>("Volume").unwrap(), 1.0);
    assert!(play.set_property("Volume", f64::NAN).is_err());
    assert!(play.set_property("LoopStatus", "Sideways").is_err());

    // Positions of other tracks, or beyond the end, are not for this one.
    let ids: Vec<OwnedObjectPath> = tracks.get_property("Tracks").unwrap();
    assert_eq!(ids.len(), 2);
    let at = |micros: i64| -> bool {
        let now: i64 = play.get_property("Position").unwrap();
        (now - micros).abs() < 1_000_000
    };
    play.call::<_, _, ()>("SetPosition", &(&ids[0], 30_000_000_i64))
        .unwrap();
    wait("at 30 s", || at(30_000_000).then_some(()));
    for (id, micros) in [
        (&ids[1], 1_000_000_i64),
        (&ids[0], -5),
        (&ids[0], 61_000_000),
    ] {
        play.call::<_, _, ()>("SetPosition", &(id, micros)).unwrap();
    }
    std::thread::sleep(Duration::from_millis(300));
    assert!(at(30_000_000));

    // The list: what is there, what comes, moves on and goes.
    let facts: Vec<HashMap<String, OwnedValue>> =
        tracks.call("GetTracksMetadata", &(&ids,)).unwrap();
    let title = |facts: &HashMap<String, OwnedValue>| -> String {
        String::try_from(facts["xesam:title"].clone()).unwrap()
    };
    assert_eq!(facts.iter().map(title).collect::<Vec<_>>(), ["a", "b"]);
    assert!(yes(&tracks, "CanEditTracks"));
    let c = home.track("c.wav", 60);
    let address = format!("file://{}", c.display());
    tracks
        .call::<_, _, ()>("AddTrack", &(&address, &ids[0], false))
        .unwrap();
    let ids: Vec<OwnedObjectPath> = wait("three tracks", || {
        let ids: Vec<OwnedObjectPath> = tracks.get_property("Tracks").unwrap();
        (ids.len() == 3).then_some(ids)
    });
    let facts: Vec<HashMap<String, OwnedValue>> =
        tracks.call("GetTracksMetadata", &(&ids,)).unwrap();
    assert_eq!(facts.iter().map(title).collect::<Vec<_>>(), ["a", "c", "b"]);
    tracks.call::<_, _, ()>("GoTo", &(&ids[2],)).unwrap();
    home.wait("where it was sent", |it| it["title"] == "b");
    tracks.call::<_, _, ()>("RemoveTrack", &(&ids[0],)).unwrap();
    home.wait("two tracks", |it| it["queue_length"] == 2);
    let nowhere = ObjectPath::try_from("/org/mpris/MediaPlayer2/TrackList/NoTrack").unwrap();
    tracks
        .call::<_, _, ()>("AddTrack", &(&address, &nowhere, true))
        .unwrap();
    let first = home.wait("a track in front that plays", |it| it["queue_length"] == 3);
    assert_eq!(first["queue_index"], 0);
    assert!(
        play.call::<_, _, ()>("OpenUri", &("http://example.org/x.mp3",))
            .is_err()
    );

    assert_eq!(lists.get_property::<u32>("PlaylistCount").unwrap(), 0);
    assert_eq!(
        lists.get_property::<Vec<String>>("Orderings").unwrap(),
        ["User", "Alphabetical"]
    );
    let (is_valid, _): (bool, (OwnedObjectPath, String, String)) =
        lists.get_property("ActivePlaylist").unwrap();
    assert!(!is_valid);

    // Everybody is told of what changes, once, and of jumps.
    let rule = format!("type='signal',sender='{NAME}',path='/org/mpris/MediaPlayer2'");
    let signals = MessageIterator::for_match_rule(rule.as_str(), &bus, None).unwrap();
    let (told, heard) = std::sync::mpsc::channel();
    let listen = move || {
        for message in signals.flatten() {
            let name = message.header().member().unwrap().to_string();
            let body = match message
                .body()
                .deserialize::<(String, HashMap<String, Value<'_>>, Vec<String>)>()
            {
                Ok((_, changed, _)) => format!("{changed:?}"),
                Err(_) => String::new(),
            };
            if told.send((name, body)).is_err() {
                return;
            }
        }
    };
    let listener = std::thread::Builder::new().name("listener".into());
    listener.spawn(listen).unwrap();
    let told = |member: &str, word: &str| {
        let end = Instant::now() + Duration::from_secs(10);
        while let Ok((name, body)) = heard.recv_timeout(end - Instant::now().min(end)) {
            if name == member && body.contains(word) {
                return;
            }
        }
        panic!("{member} with {word} was not told");
    };
    home.ask(&["--pause"]);
    told("PropertiesChanged", "Paused");
    home.ask(&["--play"]);
    told("PropertiesChanged", "Playing");
    home.ask(&["--seek", "40"]);
    told("Seeked", "");
    home.ask(&["--volume", "55"]);
    told("PropertiesChanged", "Volume");
    home.ask(&["--skip"]);
    told("PropertiesChanged", "Metadata");
    home.ask(&["--enqueue", "a.wav"]);
    told("TrackListReplaced", "");

    root.call::<_, _, ()>("Quit", &()).unwrap();
    assert!(player.0.wait().unwrap().success());
}

#[test]
fn two_players_have_two_names_and_without_a_bus_there_is_no_harm() {
    let Some(bus) = Bus::start() else { return };
    let (home, other) = (Home::new(Some(&bus.address)), Home::new(Some(&bus.address)));
    let (a, b) = (home.track("a.wav", 60), other.track("b.wav", 60));
    let _first = home.play(&[&a]);
    let connection = connect(&bus);
    wait_for_name(&connection);
    let second = other.play(&[&b]);
    let names = Proxy::new(
        &connection,
        "org.freedesktop.DBus",
        "/",
        "org.freedesktop.DBus",
    )
    .unwrap();
    let wanted = format!("{NAME}.instance{}", second.0.id());
    wait("a second name", || {
        let has: bool = names.call("NameHasOwner", &(&wanted,)).unwrap();
        has.then_some(())
    });
    // The first is still the first.
    let first = interface(&connection, PLAYER);
    let facts: HashMap<String, OwnedValue> = first.get_property("Metadata").unwrap();
    assert_eq!(String::try_from(facts["xesam:title"].clone()).unwrap(), "a");
    // The bus dies: the players play on.
    drop(bus);
    std::thread::sleep(Duration::from_millis(300));
    for home in [&home, &other] {
        assert_eq!(home.status().unwrap()["transport"], "playing");
    }
}
