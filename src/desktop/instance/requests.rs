//! Requests become commands.

use super::protocol::{NamedPath, OpenMode, Reply, Request, Status};
use super::server::{Answering, InstanceListener};
use crate::app::{AppRemote, Frontend, OpenRequest, behind_current};
use engine::command::{Placement, SoundCommand, TransportCommand};
use engine::remote::PlayerFeed;
use engine::status::{PlayerSnapshot, Transport};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Carries out what other starts ask of the program, until what it returns is dropped.
///
/// # Errors
/// When the system refuses a thread.
pub fn answer_requests(
    listener: InstanceListener,
    app: AppRemote,
    frontend: Frontend,
) -> io::Result<Answering> {
    let feed = Mutex::new(app.subscribe(Arc::new(|| {})));
    listener.serve(move |request| {
        let mut feed = feed.lock().unwrap_or_else(PoisonError::into_inner);
        // Only the newest state is asked for.
        feed.events().for_each(drop);
        let mut reply = Reply {
            error: None,
            has_window: frontend.raise.is_some(),
            status: None,
        };
        match request {
            // Whoever asks opens a window himself.
            Request::Open {
                how: OpenMode::Play,
                ..
            } if !reply.has_window => {}
            Request::Open {
                inputs,
                how,
                activation_token,
            } => {
                app.open(open_request(inputs, how, feed.snapshot()));
                if how == OpenMode::Play {
                    raise(&frontend, activation_token);
                }
            }
            Request::Raise { activation_token } => raise(&frontend, activation_token),
            Request::Play => app.send(TransportCommand::Play),
            Request::Pause => app.send(TransportCommand::Pause),
            Request::Toggle => app.send(TransportCommand::TogglePause),
            Request::Stop => app.send(TransportCommand::Stop),
            Request::Skip => app.send(TransportCommand::Next),
            Request::Previous => app.send(TransportCommand::Previous),
            Request::SeekBy { seconds } if seconds.is_finite() => {
                app.send(TransportCommand::SeekBy(seconds));
            }
            Request::SeekTo { seconds } => match Duration::try_from_secs_f64(seconds) {
                Ok(position) => app.send(TransportCommand::Seek(position)),
                Err(error) => reply.error = Some(error.to_string()),
            },
            Request::Volume { percent } if (0.0..=100.0).contains(&percent) => {
                app.send(SoundCommand::SetVolume(percent / 100.0));
            }
            Request::SeekBy { .. } | Request::Volume { .. } => {
                reply.error = Some("the number is out of range".to_owned());
            }
            Request::Status => reply.status = Some(status(&mut feed, app.is_restored())),
        }
        reply
    })
}

fn raise(frontend: &Frontend, activation_token: Option<String>) {
    if let Some(raise) = &frontend.raise {
        raise(activation_token);
    }
}

fn open_request(inputs: Vec<NamedPath>, how: OpenMode, now: &PlayerSnapshot) -> OpenRequest {
    OpenRequest {
        inputs: inputs.into_iter().map(|NamedPath(path)| path).collect(),
        placement: match how {
            OpenMode::Play => Placement::Replace,
            OpenMode::Enqueue => Placement::Append,
            OpenMode::Next => behind_current(now),
        },
        play: how == OpenMode::Play,
    }
}

fn status(feed: &mut PlayerFeed, restored: bool) -> Status {
    let now = Arc::clone(feed.snapshot());
    let at = now
        .current
        .and_then(|id| now.queue.iter().position(|entry| entry.id == id));
    let entry = at.and_then(|at| now.queue.get(at));
    let playing = now.now_playing.as_deref();
    let tags = playing
        .map(|playing| &playing.tags)
        .or(entry.map(|entry| &entry.tags));
    let duration = playing
        .and_then(|playing| playing.duration)
        .or(entry.and_then(|entry| entry.duration));
    Status {
        transport: match now.transport {
            Transport::Stopped => "stopped",
            Transport::Playing => "playing",
            Transport::Paused => "paused",
        }
        .to_owned(),
        position_seconds: feed.position().as_secs_f64(),
        duration_seconds: duration.map(|length| length.as_secs_f64()),
        path: entry.map(|entry| entry.path().to_string_lossy().into_owned()),
        title: entry.map(|entry| entry.display_title()),
        artist: tags.and_then(|tags| tags.artist.clone()),
        album: tags.and_then(|tags| tags.album.clone()),
        volume: now.volume * 100.0,
        queue_length: now.queue.len(),
        queue_index: at,
        output: now.output.name.clone(),
        restored,
    }
}
