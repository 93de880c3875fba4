//! Asking the running program, from another start.

use super::place::InstancePlace;
use super::protocol::{Reply, Request};
use super::socket;
use interprocess::local_socket::Stream;
use interprocess::local_socket::traits::Stream as _;
use std::io::{self, BufRead, BufReader, Write};
use std::time::{Duration, Instant};

/// How long the running program has to answer; it does within milliseconds.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a program that has just been started has to be reachable.
const START_TIMEOUT: Duration = Duration::from_secs(3);
/// Between two tries to reach one.
const RETRY: Duration = Duration::from_millis(10);

/// Why the running program did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// None runs.
    #[error("no player is running")]
    NotRunning,
    /// It runs and says nothing.
    #[error("the running player does not answer; --new-instance starts another")]
    Silent,
    /// It says why not.
    #[error("{0}")]
    Refused(String),
}

/// Has the running program do something. Waits for its answer, at most five seconds.
///
/// # Errors
/// When none runs, when it does not answer, or when it refuses.
pub fn ask(place: &InstancePlace, request: &Request) -> Result<Reply, AskError> {
    let stream = connect(place, Instant::now())?;
    answer(stream, request)
}

/// As [`ask`], where the program is known to run but may have started this moment.
pub(super) fn ask_starting(place: &InstancePlace, request: &Request) -> Result<Reply, AskError> {
    match connect(place, Instant::now() + START_TIMEOUT) {
        Ok(stream) => answer(stream, request),
        Err(_) => Err(AskError::Silent),
    }
}

fn connect(place: &InstancePlace, until: Instant) -> Result<Stream, AskError> {
    loop {
        match socket::name(place).and_then(Stream::connect) {
            Ok(stream) if socket::is_own(&stream) => return Ok(stream),
            _ if Instant::now() >= until => return Err(AskError::NotRunning),
            _ => std::thread::sleep(RETRY),
        }
    }
}

fn answer(stream: Stream, request: &Request) -> Result<Reply, AskError> {
    let reply = exchange(stream, request).map_err(|_| AskError::Silent)?;
    match reply.error {
        Some(line) => Err(AskError::Refused(line)),
        None => Ok(reply),
    }
}

fn exchange(mut stream: Stream, request: &Request) -> io::Result<Reply> {
    stream.set_send_timeout(Some(ANSWER_TIMEOUT))?;
    stream.set_recv_timeout(Some(ANSWER_TIMEOUT))?;
    let mut line = serde_json::to_vec(request)?;
    line.push(b'\n');
    stream.write_all(&line)?;
    let mut reply = String::new();
    BufReader::new(stream).read_line(&mut reply)?;
    Ok(serde_json::from_str(&reply)?)
}
