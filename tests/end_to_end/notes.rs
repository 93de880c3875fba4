//! Files that cannot be played: a note each, and the music goes on.

use crate::support::capture::Capture;
use crate::support::listening::{agreement, describe_break, first_match};
use crate::support::player_process::PlayerProcess;
use crate::support::signals::{flac, noise};
use crate::support::{RATE, on_desktop};
use std::fs;

#[test]
fn bad_files_get_a_note_each_while_the_good_one_plays() {
    on_desktop(
        "bad_files_get_a_note_each_while_the_good_one_plays",
        |folder| {
            let missing = folder.join("missing.flac");
            let empty = folder.join("empty.flac");
            fs::write(&empty, b"").expect("an empty file");
            let text = folder.join("text.mp3");
            fs::write(&text, "These are words, not music.\n".repeat(400)).expect("a text file");
            let without = folder.join("without music");
            fs::create_dir(&without).expect("a folder");
            let good = flac(folder, "good", "The good one", &noise(7, 20.0));
            let capture = Capture::steady();
            let mut player =
                PlayerProcess::start_steady(&[&missing, &empty, &text, &without, &good.path]);
            let notes = player.window.wait("a note for each bad file", |tree| {
                let names = [
                    "missing.flac: ",
                    "empty.flac: ",
                    "text.mp3: ",
                    "without music: ",
                ];
                let note = |name| tree.texts().into_iter().find(|text| text.contains(name));
                let notes: Option<Vec<_>> = names.into_iter().map(note).collect();
                Some(notes?.into_iter().map(str::to_owned).collect::<Vec<_>>())
            });
            for note in &notes {
                let (_, reason) = note.rsplit_once(": ").expect("a reason");
                println!(
                    "note: {}: {reason}",
                    note.rsplit('/').next().unwrap_or_default()
                );
                assert!(!note.contains('\n'), "one line: {note}");
                assert!(reason.len() > 8, "a reason is given: {note}");
            }
            let (at, place) =
                capture.wait("the good one", |heard| first_match(heard, 0, &good.frames));
            assert_eq!(place, 0, "it plays from its beginning");
            // Not in the way: with the notes there, keys and controls still work.
            let tree = player.window.tree();
            assert!(
                tree.find("Dismiss note").is_some(),
                "a note can be dismissed"
            );
            assert!(
                tree.says("Now playing: The good one"),
                "{:#?}",
                tree.texts()
            );
            player.window.click("Performance overlay");
            player
                .window
                .wait("the overlay", |tree| tree.beside("p99").map(drop));
            capture.listen(1.0);
            let heard = capture.frames();
            let agree = agreement(&heard[at..], &good.frames);
            assert!(
                agree >= RATE && agree == heard.len() - at,
                "{}",
                describe_break(&heard[at..], &good.frames)
            );
        },
    );
}

#[test]
fn a_truncated_file_plays_as_far_as_it_goes_and_the_next_one_follows() {
    on_desktop(
        "a_truncated_file_plays_as_far_as_it_goes_and_the_next_one_follows",
        |folder| {
            let cut = flac(folder, "cut", "Cut short", &noise(8, 6.0));
            let bytes = fs::read(&cut.path).expect("the file");
            fs::write(&cut.path, &bytes[..bytes.len() / 2]).expect("half a file");
            let next = flac(folder, "next", "The next one", &noise(9, 20.0));
            let capture = Capture::steady();
            let mut player = PlayerProcess::start_steady(&[&cut.path, &next.path]);
            let (at, _) = capture.wait("the cut track", |heard| first_match(heard, 0, &cut.frames));
            let note = player.window.wait("a note", |tree| {
                tree.texts()
                    .into_iter()
                    .find(|text| text.contains("cut.flac: "))
                    .map(str::to_owned)
            });
            println!("note: {}", note.rsplit('/').next().unwrap_or_default());
            let (follow, place) = capture.wait("the next track", |heard| {
                first_match(heard, at, &next.frames)
            });
            assert_eq!(place, 0, "it plays from its beginning");
            let heard = capture.frames();
            let played = agreement(&heard[at..follow], &cut.frames);
            println!(
                "{:.2} s of the 6 s heard, then the next",
                played as f64 / RATE as f64
            );
            assert!(
                played > 2 * RATE,
                "what there is of the cut track is heard: {played} frames"
            );
            player.window.wait("its title", |tree| {
                tree.says("Now playing: The next one").then_some(())
            });
        },
    );
}

#[test]
fn an_unreadable_folder_gets_a_note_and_the_next_input_plays() {
    on_desktop(
        "an_unreadable_folder_gets_a_note_and_the_next_input_plays",
        |folder| {
            // Nobody can read it, root neither: a link to itself.
            let endless = folder.join("endless");
            std::os::unix::fs::symlink(&endless, &endless).expect("a link");
            let good = flac(folder, "good", "The good one", &noise(10, 20.0));
            let mut player = PlayerProcess::start_steady(&[&endless, &good.path]);
            let note = player.window.wait("a note", |tree| {
                tree.texts()
                    .into_iter()
                    .find(|text| text.contains("endless: "))
                    .map(str::to_owned)
            });
            println!("note: {}", note.rsplit('/').next().unwrap_or_default());
            assert!(
                note.contains("symbolic links"),
                "the reason is given: {note}"
            );
            player.window.wait("its title", |tree| {
                tree.says("Now playing: The good one").then_some(())
            });
        },
    );
}
