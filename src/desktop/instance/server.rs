//! The running program's end: each connection is one question and one answer.

use super::place::InstancePlace;
use super::protocol::{MAX_REQUEST_BYTES, Reply, Request};
use super::socket;
use interprocess::local_socket::traits::{Listener as _, Stream as _};
use interprocess::local_socket::{Listener, ListenerOptions, Stream};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// How long somebody has to say what he wants, and to take the answer.
const TALK_TIMEOUT: Duration = Duration::from_secs(2);
/// Connections at a time; more are closed at once.
const MAX_CONNECTIONS: usize = 32;
/// After a connection that could not be taken, so that a system short of descriptors is not asked in a tight
/// loop.
const BREATH: Duration = Duration::from_millis(50);

/// The program's claim to be the running one.
pub struct InstanceListener {
    listener: Listener,
    socket: PathBuf,
    /// Held locked for as long as the program listens.
    _lock: File,
}

/// The program answers other starts, until this is dropped.
pub struct Answering {
    socket: PathBuf,
}

impl Drop for Answering {
    fn drop(&mut self) {
        // The next one replaces it otherwise. Until the program ends it holds the lock: nobody else's is taken
        // away.
        let _ = std::fs::remove_file(&self.socket);
    }
}

impl InstanceListener {
    /// Listens at `place`, in place of a socket that a killed program has left; the lock says that it is dead.
    pub(super) fn bind(place: &InstancePlace, lock: File) -> io::Result<Self> {
        let options = ListenerOptions::new().name(socket::name(place)?);
        Ok(Self {
            listener: options.try_overwrite(true).create_sync()?,
            socket: place.socket(),
            _lock: lock,
        })
    }

    /// Has `answer` called for each request from now on, on a thread of its own each, until the program ends.
    /// What was asked before waits until now.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn serve(
        self,
        answer: impl Fn(Request) -> Reply + Send + Sync + 'static,
    ) -> io::Result<Answering> {
        let answer = Arc::new(answer);
        let socket = self.socket.clone();
        std::thread::Builder::new()
            .name("instance".into())
            .spawn(move || self.accept_all(&answer))
            .map(|_| Answering { socket })
    }

    fn accept_all<A>(&self, answer: &Arc<A>)
    where
        A: Fn(Request) -> Reply + Send + Sync + 'static,
    {
        let open = Arc::new(AtomicUsize::new(0));
        loop {
            let Ok(stream) = self.listener.accept() else {
                std::thread::sleep(BREATH);
                continue;
            };
            if open.load(Ordering::Relaxed) >= MAX_CONNECTIONS || !socket::is_own(&stream) {
                continue;
            }
            let (counted, answer) = (Arc::clone(&open), Arc::clone(answer));
            open.fetch_add(1, Ordering::Relaxed);
            let started = std::thread::Builder::new()
                .name("instance-talk".into())
                .spawn(move || {
                    // Whoever goes away before the answer does not want it.
                    let _ = talk(&stream, answer.as_ref());
                    counted.fetch_sub(1, Ordering::Relaxed);
                });
            if started.is_err() {
                open.fetch_sub(1, Ordering::Relaxed);
            }
        }
    }
}

fn talk(stream: &Stream, answer: &impl Fn(Request) -> Reply) -> io::Result<()> {
    stream.set_recv_timeout(Some(TALK_TIMEOUT))?;
    stream.set_send_timeout(Some(TALK_TIMEOUT))?;
    let mut line = Vec::new();
    let mut bounded = BufReader::new(stream).take(MAX_REQUEST_BYTES);
    bounded.read_until(b'\n', &mut line)?;
    let reply = match serde_json::from_slice(&line) {
        Ok(request) => answer(request),
        Err(error) => Reply {
            error: Some(format!("not understood: {error}")),
            has_window: false,
            status: None,
        },
    };
    let mut text = serde_json::to_vec(&reply)?;
    text.push(b'\n');
    let mut stream = stream;
    stream.write_all(&text)
}
