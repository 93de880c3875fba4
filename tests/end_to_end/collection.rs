//! A listener's first evening: a folder is added, a song found and played, a list made; tomorrow all of it is there.

use crate::support::on_desktop;
use crate::support::player_process::PlayerProcess;
use crate::support::signals::{flac, noise};

#[test]
fn a_folder_is_added_searched_played_and_listed_and_there_at_the_next_start() {
    let test = "a_folder_is_added_searched_played_and_listed_and_there_at_the_next_start";
    on_desktop(test, |home| {
        let music = home.join("Music");
        std::fs::create_dir(&music).expect("a folder");
        for (name, title) in [
            ("1", "First song"),
            ("2", "Second song"),
            ("3", "Björks Lied"),
        ] {
            flac(&music, name, title, &noise(3, 20.0));
        }
        let config = home.join("config");
        let mut player = PlayerProcess::start_at(&config, home);
        player.strike("ctrl+2");
        player.window.click("Add the Music folder");
        let row = |name: &str| format!("Library row: {name}");
        for title in ["First song", "Second song", "Björks Lied"] {
            player
                .window
                .wait(title, |tree| tree.find(&row(title)).map(drop));
        }
        player.strike("ctrl+f");
        player.type_text("bjork");
        player.window.wait("what was found alone", |tree| {
            let others = ["First song", "Second song"]
                .iter()
                .any(|name| tree.find(&row(name)).is_some());
            (!others && tree.find(&row("Björks Lied")).is_some()).then_some(())
        });
        player.strike("Return");
        player.window.wait("the song", |tree| {
            tree.says("Now playing: Björks Lied").then_some(())
        });

        player.strike("ctrl+n");
        player
            .window
            .wait("the question", |tree| tree.find("List name").map(drop));
        player.type_text("Evening");
        player.strike("Return");
        player.window.wait("its answer", |tree| {
            tree.find("List name").is_none().then_some(())
        });
        player.strike("ctrl+1");
        player.window.right_click("Queue row: Björks Lied");
        player.window.click("Add to list");
        player.window.click("Evening");
        player.window.wait("the note", |tree| {
            let said = |text: &str| text.contains("Added 1 track to “Evening”");
            tree.texts().into_iter().any(said).then_some(())
        });
        player.strike("ctrl+3");
        player.window.wait("the entry", |tree| {
            tree.find("List row: Björks Lied").map(drop)
        });
        assert_eq!(player.close(), Some(0));

        let mut player = PlayerProcess::start_at(&config, home);
        player.window.wait("the list that was open", |tree| {
            tree.find("List row: Björks Lied").map(drop)
        });
        player.window.wait("the song, paused", |tree| {
            let is_paused = tree.find("Play").is_some();
            (is_paused && tree.says("Now playing: Björks Lied")).then_some(())
        });
        player.strike("Delete");
        player.strike("Down");
        player.strike("Delete");
        player.window.wait("an empty list", |tree| {
            tree.find("List row: Björks Lied").is_none().then_some(())
        });
        player.strike("ctrl+u");
        player.window.wait("the entry again", |tree| {
            tree.find("List row: Björks Lied").map(drop)
        });
        assert_eq!(player.close(), Some(0));
    });
}
