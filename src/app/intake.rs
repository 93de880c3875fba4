//! The `intake` thread: has tracks looked for that files, folders, playlists and cue sheets mean, so that
//! a slow disk never keeps the player from answering.

use crossbeam::channel::{Receiver, Sender, bounded, unbounded};
use engine::command::PlayerCommand;
use engine::remote::{Insertion, PlayerRemote};
use library::inputs::expand_input;
use media::containment::contained;
use std::path::PathBuf;
use std::time::Duration;

/// How long what is opened next waits for what was opened before, so that tracks come in that order. A
/// large folder or a disk that does not answer holds others up for no longer.
const TURN: Duration = Duration::from_millis(300);

/// Something to be opened.
struct Order {
    inputs: Vec<PathBuf>,
    insertion: Insertion,
}

/// The way to the thread, which ends with it.
pub(super) struct Intake {
    orders: Sender<Order>,
}

impl Intake {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub(super) fn start(player: PlayerRemote) -> std::io::Result<Self> {
        let (orders, receiver) = unbounded();
        std::thread::Builder::new()
            .name("intake".into())
            .spawn(move || take_turns(&receiver, &player))?;
        Ok(Self { orders })
    }

    /// Has the tracks of `inputs` looked for and put into the queue. Never waits.
    pub(super) fn open(&self, inputs: Vec<PathBuf>, insertion: Insertion) {
        // The thread lives as long as this sender.
        let _ = self.orders.send(Order { inputs, insertion });
    }
}

fn take_turns(orders: &Receiver<Order>, player: &PlayerRemote) {
    while let Ok(order) = orders.recv() {
        let (done, is_done) = bounded::<()>(0);
        let remote = player.clone();
        let work = move || {
            expand(order, &remote);
            drop(done);
        };
        let started = std::thread::Builder::new()
            .name("intake-order".into())
            .spawn(work);
        match started {
            // Whether it is done or late, the next has its turn.
            Ok(_) => drop(is_done.recv_timeout(TURN)),
            Err(error) => player.send(PlayerCommand::Report(format!(
                "nothing can be opened: {error}"
            ))),
        }
    }
}

/// Does I/O, perhaps for long.
fn expand(order: Order, player: &PlayerRemote) {
    for input in order.inputs {
        let name = disk::shown::shown(&input).to_string();
        let sink = order.insertion.sink();
        let expanded = contained("expand", move || {
            let result = expand_input(&input, &mut |tracks| sink.add(tracks));
            result.map_err(|error| error.to_string())
        });
        let line = match expanded {
            Ok(Ok(())) => continue,
            Ok(Err(line)) => line,
            Err(panicked) => format!("{name}: {panicked}"),
        };
        player.send(PlayerCommand::Report(line));
    }
}
