//! Every member of the four interfaces.

use super::changes::{
    Shown, can_go_next, can_seek, has_current, loop_status, playback_status, tracks, volume,
};
use super::cover::CoverFiles;
use super::metadata::{current, entry_id, of_entry, time};
use super::playlists;
use crate::app::OpenRequest;
use crate::desktop::file_types;
use crate::desktop::player::DesktopPlayer;
use dsp::time_stretch::SPEEDS;
use engine::command::{Placement, QueueCommand, SoundCommand, TransportCommand};
use engine::pipeline::PlaybackSettings;
use engine::status::RepeatMode;
use mpris_server::zbus::fdo;
use mpris_server::{
    LoopStatus, Metadata, PlaybackRate, PlaybackStatus, PlayerInterface, Playlist, PlaylistId,
    PlaylistOrdering, PlaylistsInterface, RootInterface, Time, TrackId, TrackListInterface, Uri,
    Volume, zbus,
};
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// What the bus asks, on the bus's thread.
pub(super) struct Interface {
    player: Arc<DesktopPlayer>,
    covers: CoverFiles,
}

impl Interface {
    pub(super) fn new(player: Arc<DesktopPlayer>, covers: CoverFiles) -> Self {
        Self { player, covers }
    }

    /// What is shown now. Writes the picture of what plays, if it has not been.
    pub(super) fn shown(&self) -> Shown {
        let now = self.player.now();
        let picture = now.now_playing.as_ref().and_then(|it| it.cover.as_ref());
        let cover = picture.and_then(|picture| self.covers.path_of(picture));
        Shown {
            metadata: current(&now, cover.as_deref()),
            now,
        }
    }

    fn open(&self, address: &str, placement: Placement, play: bool) -> fdo::Result<()> {
        let path = Url::parse(address)
            .ok()
            .filter(|address| address.scheme() == "file")
            .and_then(|address| address.to_file_path().ok());
        let Some(path) = path else {
            let line = format!("{address}: only addresses of files are opened");
            return Err(fdo::Error::NotSupported(line));
        };
        self.player.app.open(OpenRequest {
            inputs: vec![path],
            placement,
            play,
        });
        Ok(())
    }
}

impl RootInterface for Interface {
    async fn raise(&self) -> fdo::Result<()> {
        if let Some(raise) = &self.player.frontend.raise {
            raise(None);
        }
        Ok(())
    }

    async fn quit(&self) -> fdo::Result<()> {
        (self.player.frontend.quit)();
        Ok(())
    }

    async fn can_quit(&self) -> fdo::Result<bool> {
        Ok(true)
    }

    async fn fullscreen(&self) -> fdo::Result<bool> {
        Ok(false)
    }

    async fn set_fullscreen(&self, _: bool) -> zbus::Result<()> {
        let line = "the window has no full screen".to_owned();
        Err(fdo::Error::NotSupported(line).into())
    }

    async fn can_set_fullscreen(&self) -> fdo::Result<bool> {
        Ok(false)
    }

    async fn can_raise(&self) -> fdo::Result<bool> {
        Ok(self.player.frontend.raise.is_some())
    }

    async fn has_track_list(&self) -> fdo::Result<bool> {
        Ok(true)
    }

    async fn identity(&self) -> fdo::Result<String> {
        Ok("Rusty Audio".to_owned())
    }

    async fn desktop_entry(&self) -> fdo::Result<String> {
        Ok("rusty-audio".to_owned())
    }

    async fn supported_uri_schemes(&self) -> fdo::Result<Vec<String>> {
        Ok(vec!["file".to_owned()])
    }

    async fn supported_mime_types(&self) -> fdo::Result<Vec<String>> {
        Ok(file_types::MIME_TYPES.map(str::to_owned).to_vec())
    }
}

impl PlayerInterface for Interface {
    async fn next(&self) -> fdo::Result<()> {
        self.player.app.send(TransportCommand::Next);
        Ok(())
    }

    async fn previous(&self) -> fdo::Result<()> {
        self.player.app.send(TransportCommand::Previous);
        Ok(())
    }

    async fn pause(&self) -> fdo::Result<()> {
        self.player.app.send(TransportCommand::Pause);
        Ok(())
    }

    async fn play_pause(&self) -> fdo::Result<()> {
        self.player.app.send(TransportCommand::TogglePause);
        Ok(())
    }

    async fn stop(&self) -> fdo::Result<()> {
        self.player.app.send(TransportCommand::Stop);
        Ok(())
    }

    async fn play(&self) -> fdo::Result<()> {
        self.player.app.send(TransportCommand::Play);
        Ok(())
    }

    async fn seek(&self, offset: Time) -> fdo::Result<()> {
        let seconds = offset.as_micros() as f64 / 1e6;
        self.player.app.send(TransportCommand::SeekBy(seconds));
        Ok(())
    }

    async fn set_position(&self, track: TrackId, position: Time) -> fdo::Result<()> {
        let now = self.player.now();
        let length = now.now_playing.as_ref().and_then(|it| it.duration);
        let micros = u64::try_from(position.as_micros()).ok();
        // A position of another track, or none of this one, is to be ignored: the track may have changed since.
        if let Some(target) = micros.map(Duration::from_micros)
            && entry_id(&track).is_some_and(|entry| Some(entry) == now.current)
            && length.is_none_or(|length| target <= length)
        {
            self.player.app.send(TransportCommand::Seek(target));
        }
        Ok(())
    }

    async fn open_uri(&self, uri: String) -> fdo::Result<()> {
        self.open(&uri, Placement::Replace, true)
    }

    async fn playback_status(&self) -> fdo::Result<PlaybackStatus> {
        Ok(playback_status(&self.player.now()))
    }

    async fn loop_status(&self) -> fdo::Result<LoopStatus> {
        Ok(loop_status(&self.player.now()))
    }

    async fn set_loop_status(&self, status: LoopStatus) -> zbus::Result<()> {
        let mode = match status {
            LoopStatus::None => RepeatMode::Off,
            LoopStatus::Track => RepeatMode::One,
            LoopStatus::Playlist => RepeatMode::All,
        };
        self.player.app.send(QueueCommand::SetRepeat(mode));
        self.player.wait_until(|now| now.repeat == mode);
        Ok(())
    }

    async fn rate(&self) -> fdo::Result<PlaybackRate> {
        Ok(self.player.now().source.speed)
    }

    async fn set_rate(&self, rate: PlaybackRate) -> zbus::Result<()> {
        // "A value of 0.0 should not be set by the client. If it is, the media player should act as though
        // Pause was called."
        if rate == 0.0 {
            self.player.app.send(TransportCommand::Pause);
            return Ok(());
        }
        let settings = PlaybackSettings {
            speed: rate,
            ..self.player.now().source
        };
        let settings = settings.in_range();
        self.player.app.send(SoundCommand::SetPlayback(settings));
        self.player.wait_until(|now| now.source == settings);
        Ok(())
    }

    async fn shuffle(&self) -> fdo::Result<bool> {
        Ok(self.player.now().is_shuffled)
    }

    async fn set_shuffle(&self, shuffle: bool) -> zbus::Result<()> {
        self.player.app.send(QueueCommand::SetShuffle(shuffle));
        self.player.wait_until(|now| now.is_shuffled == shuffle);
        Ok(())
    }

    async fn metadata(&self) -> fdo::Result<Metadata> {
        Ok(self.shown().metadata)
    }

    async fn volume(&self) -> fdo::Result<Volume> {
        Ok(volume(&self.player.now()))
    }

    async fn set_volume(&self, volume: Volume) -> zbus::Result<()> {
        if volume.is_nan() {
            return Err(fdo::Error::InvalidArgs("the volume is no number".to_owned()).into());
        }
        // Who moves it wants to hear it.
        if volume > 0.0 && self.player.now().is_muted {
            self.player.app.send(SoundCommand::SetMuted(false));
        }
        let level = volume.clamp(0.0, 1.0) as f32;
        self.player.app.send(SoundCommand::SetVolume(level));
        self.player.wait_until(|now| now.volume == level);
        Ok(())
    }

    async fn position(&self) -> fdo::Result<Time> {
        Ok(time(self.player.position()))
    }

    async fn minimum_rate(&self) -> fdo::Result<PlaybackRate> {
        Ok(*SPEEDS.start())
    }

    async fn maximum_rate(&self) -> fdo::Result<PlaybackRate> {
        Ok(*SPEEDS.end())
    }

    async fn can_go_next(&self) -> fdo::Result<bool> {
        Ok(can_go_next(&self.player.now()))
    }

    async fn can_go_previous(&self) -> fdo::Result<bool> {
        Ok(has_current(&self.player.now()))
    }

    async fn can_play(&self) -> fdo::Result<bool> {
        Ok(!self.player.now().queue.is_empty())
    }

    async fn can_pause(&self) -> fdo::Result<bool> {
        Ok(has_current(&self.player.now()))
    }

    async fn can_seek(&self) -> fdo::Result<bool> {
        Ok(can_seek(&self.player.now()))
    }

    async fn can_control(&self) -> fdo::Result<bool> {
        Ok(true)
    }
}

impl TrackListInterface for Interface {
    async fn get_tracks_metadata(&self, wanted: Vec<TrackId>) -> fdo::Result<Vec<Metadata>> {
        let now = self.player.now();
        let mut found = Vec::with_capacity(wanted.len().min(now.queue.len()));
        for track in &wanted {
            let id = entry_id(track);
            let entry = now.queue.iter().find(|entry| Some(entry.id) == id);
            found.extend(entry.map(|entry| of_entry(entry)));
        }
        Ok(found)
    }

    async fn add_track(&self, uri: Uri, after: TrackId, set_current: bool) -> fdo::Result<()> {
        let now = self.player.now();
        let at = match entry_id(&after) {
            // "If this is set to /org/mpris/MediaPlayer2/TrackList/NoTrack, it should be inserted at the
            // beginning."
            None => 0,
            Some(id) => {
                let found = now.queue.iter().position(|entry| entry.id == id);
                found.map_or(now.queue.len(), |at| at + 1)
            }
        };
        let placement = now.queue.get(at).map(|entry| Placement::Before(entry.id));
        self.open(&uri, placement.unwrap_or(Placement::Append), set_current)
    }

    async fn remove_track(&self, track: TrackId) -> fdo::Result<()> {
        if let Some(id) = entry_id(&track) {
            self.player.app.send(QueueCommand::Remove(vec![id]));
        }
        Ok(())
    }

    async fn go_to(&self, track: TrackId) -> fdo::Result<()> {
        let now = self.player.now();
        let id = entry_id(&track);
        if let Some(entry) = now.queue.iter().find(|entry| Some(entry.id) == id) {
            self.player.app.send(TransportCommand::PlayEntry(entry.id));
        }
        Ok(())
    }

    async fn tracks(&self) -> fdo::Result<Vec<TrackId>> {
        Ok(tracks(&self.player.now()))
    }

    async fn can_edit_tracks(&self) -> fdo::Result<bool> {
        Ok(true)
    }
}

impl PlaylistsInterface for Interface {
    async fn activate_playlist(&self, list: PlaylistId) -> fdo::Result<()> {
        match playlists::tracks(&self.player.data_dir, &list) {
            Some(tracks) => {
                self.player.app.play_tracks(tracks);
                Ok(())
            }
            None => Err(fdo::Error::InvalidArgs("there is no such list".to_owned())),
        }
    }

    async fn get_playlists(
        &self,
        index: u32,
        max_count: u32,
        order: PlaylistOrdering,
        reverse_order: bool,
    ) -> fdo::Result<Vec<Playlist>> {
        let folder = &self.player.data_dir;
        Ok(playlists::page(
            folder,
            index,
            max_count,
            order,
            reverse_order,
        ))
    }

    async fn playlist_count(&self) -> fdo::Result<u32> {
        let count = playlists::all(&self.player.data_dir).len();
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    async fn orderings(&self) -> fdo::Result<Vec<PlaylistOrdering>> {
        Ok(playlists::ORDERINGS.to_vec())
    }

    async fn active_playlist(&self) -> fdo::Result<Option<Playlist>> {
        // A list becomes the queue, which then goes its own way.
        Ok(None)
    }
}
