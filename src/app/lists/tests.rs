//! Lists as the window has them: what is asked for is done, stored and shown.

use super::*;
use engine::command::Placement;
use engine::player::{DEFAULT_BUFFER_FRAMES, PlayerHandle, PlayerOptions};
use engine::status::OutputChoice;
use std::path::Path;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(20);

fn player() -> PlayerHandle {
    PlayerHandle::start(PlayerOptions {
        output: OutputChoice::Null,
        buffer_frames: DEFAULT_BUFFER_FRAMES,
        adapts_buffer: false,
        when_unplugged: Default::default(),
        core: None,
        volume: 1.0,
        equalizer: dsp::equalizer::EqualizerSettings::ten_bands(),
        waveform_folder: None,
        tag_requests: None,
        wake: Arc::new(|| {}),
    })
    .unwrap()
}

fn view(folder: &Path, player: &PlayerHandle) -> ListsView {
    let database = Arc::new(SharedDatabase::new(folder));
    ListsView::start(database, player.remote(), Arc::new(|| {})).unwrap()
}

fn wait(view: &mut ListsView, what: &str, is_so: impl Fn(&ListsShown) -> bool) -> Arc<ListsShown> {
    let begun = Instant::now();
    loop {
        let shown = view.shown();
        if is_so(&shown) {
            return shown;
        }
        assert!(
            begun.elapsed() < PATIENCE,
            "{what} did not happen: {shown:?}"
        );
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn titles(shown: &ListsShown) -> String {
    let open = shown.open.as_ref().unwrap();
    (0..open.count)
        .map(|at| open.row(at).unwrap().title())
        .collect()
}

#[test]
fn a_list_is_made_filled_changed_undone_and_there_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let mut player = player();
    let mut lists = view(&folder.path().join("data"), &player);
    assert!(wait(&mut lists, "a look", |_| true).lists.is_empty());
    let entries = ["a", "b", "c"].map(|name| ListEntry::from(folder.path().join(name)));
    lists.command(ListCommand::Create {
        parent: None,
        name: "Mine".into(),
        kind: ListKind::Tracks,
        with: Some(ListAddition::Entries(entries.to_vec())),
    });
    let is = |want: &'static str| {
        move |shown: &ListsShown| shown.open.is_some() && titles(shown) == want
    };
    let shown = wait(&mut lists, "the list", is("abc"));
    assert_eq!(shown.lists[0].name, "Mine");
    assert!(shown.open.as_ref().unwrap().row(0).unwrap().is_missing);
    let list = shown.lists[0].id;
    let change = |places| ListCommand::Change(list, ListChange::Remove(places));
    lists.command(change(vec![1]));
    wait(&mut lists, "the removal", is("ac"));
    lists.command(ListCommand::Undo(list));
    let shown = wait(&mut lists, "its undoing", is("abc"));
    assert_eq!(shown.open.as_ref().unwrap().steps, (true, true));
    lists.command(ListCommand::Redo(list));
    wait(&mut lists, "its redoing", is("ac"));
    lists.command(ListCommand::Queue {
        list,
        places: vec![1],
        placement: Placement::Append,
        play: false,
    });
    let begun = Instant::now();
    while player.feed().snapshot().queue.len() != 1 {
        assert!(begun.elapsed() < PATIENCE, "nothing came into the queue");
        std::thread::sleep(Duration::from_millis(2));
    }
    let queued = player.feed().snapshot().queue[0].location.path().to_owned();
    assert_eq!(queued, folder.path().join("c"));
    lists.command(ListCommand::Export(list, folder.path().join("out.pls")));
    // What was ordered is done before the end.
    drop(lists);
    let text = std::fs::read_to_string(folder.path().join("out.pls")).unwrap();
    assert!(text.contains("File2=c\n"), "{text}");
    let mut lists = view(&folder.path().join("data"), &player);
    wait(&mut lists, "the lists", |shown| !shown.lists.is_empty());
    lists.open(Some(list));
    wait(&mut lists, "the list", is("ac"));
}
