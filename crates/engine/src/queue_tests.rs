use super::*;

fn queue_of(count: usize) -> (Queue, Vec<EntryId>) {
    let mut queue = Queue::new(42);
    let ids = queue.insert(
        (0..count)
            .map(|n| format!("{n}.flac").as_str().into())
            .collect(),
        None,
    );
    (queue, ids)
}

fn names(queue: &Queue) -> Vec<String> {
    queue.entries().iter().map(|e| e.display_title()).collect()
}

/// Plays from the start by itself until the end, or `most` entries.
fn play_through(queue: &mut Queue, most: usize) -> Vec<EntryId> {
    let mut heard = Vec::new();
    while heard.len() < most {
        let next = match queue.current() {
            Some(id) => queue.after(id),
            None => queue.following(None),
        };
        let Some(id) = next else { break };
        queue.set_current(id);
        heard.push(id);
    }
    heard
}

#[test]
fn list_order_ends_or_goes_round() {
    let (mut queue, ids) = queue_of(3);
    assert_eq!(play_through(&mut queue, 10), ids);
    queue.repeat = RepeatMode::All;
    assert_eq!(queue.after(ids[2]), Some(ids[0]));
    queue.repeat = RepeatMode::One;
    assert_eq!(queue.after(ids[2]), Some(ids[2]));
    assert_eq!(
        queue.following(queue.current()),
        Some(ids[0]),
        "the next button is not held by repeat-one"
    );
}

#[test]
fn shuffle_plays_each_once_and_goes_back_the_same_way() {
    let (mut queue, ids) = queue_of(50);
    queue.set_current(ids[7]);
    queue.set_shuffle(true);
    let mut heard = vec![ids[7]];
    heard.extend(play_through(&mut queue, 100));
    let mut sorted = heard.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, ids);
    assert_ne!(heard, ids);
    assert_eq!(queue.preceding(), Some(heard[48]));
}

#[test]
fn choosing_out_of_turn_skips_and_repeats_nothing() {
    let (mut queue, ids) = queue_of(20);
    queue.set_current(ids[0]);
    queue.set_shuffle(true);
    let mut heard = vec![ids[0]];
    heard.extend(play_through(&mut queue, 5));
    let chosen = *ids.iter().find(|id| !heard.contains(id)).unwrap();
    queue.set_current(chosen);
    heard.push(chosen);
    heard.extend(play_through(&mut queue, 100));
    heard.sort_unstable();
    assert_eq!(heard, ids);
}

#[test]
fn entries_added_or_removed_in_a_shuffled_round_are_respected() {
    let (mut queue, ids) = queue_of(10);
    queue.set_current(ids[0]);
    queue.set_shuffle(true);
    let mut heard = vec![ids[0]];
    heard.extend(play_through(&mut queue, 4));
    let gone: Vec<EntryId> = ids
        .iter()
        .filter(|id| !heard.contains(id))
        .take(2)
        .copied()
        .collect();
    queue.remove(&[gone[0], gone[1], heard[1]]);
    let new = queue.insert(vec!["new.flac".into()], None);
    heard.extend(play_through(&mut queue, 100));
    assert_eq!(heard.len(), 9);
    assert!(heard.contains(&new[0]) && !heard[5..].contains(&heard[1]));
}

#[test]
fn removing_the_current_entry_hands_over_to_its_successor() {
    let (mut queue, ids) = queue_of(4);
    queue.set_current(ids[1]);
    assert!(!queue.remove(&[ids[0]]));
    assert!(queue.remove(&[ids[1], ids[2]]));
    assert_eq!(queue.current(), Some(ids[3]));
    assert!(queue.remove(&[ids[3]]));
    assert_eq!(queue.current(), None);
    assert!(queue.entries().is_empty());
}

#[test]
fn entries_move_together_and_in_order() {
    let (mut queue, ids) = queue_of(5);
    queue.move_entries(&[ids[3], ids[1]], Some(ids[0]));
    assert_eq!(names(&queue), ["1", "3", "0", "2", "4"]);
    queue.move_entries(&[ids[1]], None);
    assert_eq!(names(&queue), ["3", "0", "2", "4", "1"]);
    queue.move_entries(&[ids[0], ids[2]], Some(ids[0]));
    assert_eq!(names(&queue), ["3", "0", "2", "4", "1"]);
}

#[test]
fn insertion_goes_in_front_of_an_entry() {
    let (mut queue, ids) = queue_of(2);
    queue.insert(vec!["new.flac".into()], Some(ids[1]));
    assert_eq!(names(&queue), ["0", "new", "1"]);
}

#[test]
fn entries_that_could_not_be_played_are_passed_over() {
    let (mut queue, ids) = queue_of(4);
    for &id in &ids[1..3] {
        queue.update(id, |entry| entry.error = Some("damaged".into()));
    }
    assert_eq!(queue.after(ids[0]), Some(ids[3]));
    queue.repeat = RepeatMode::All;
    assert_eq!(queue.after(ids[3]), Some(ids[0]));
    for &id in &ids {
        queue.update(id, |entry| entry.error = Some("damaged".into()));
    }
    assert_eq!(queue.after(ids[0]), None);
    assert_eq!(queue.following(None), None);
}
