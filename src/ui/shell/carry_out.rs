//! The carrying out of what the window's parts ask for.

use super::PlayerApp;
use crate::ui::action::{Action, Actions};
use crate::ui::settings::ThemeChoice;
use crate::ui::theme;
use eframe::egui::{Context, Theme, ViewportCommand};
use engine::command::{OutputCommand, QueueCommand, SoundCommand, TransportCommand};
use engine::status::{RepeatMode, Transport};

impl PlayerApp {
    pub(super) fn carry_out_all(&mut self, ctx: &Context, actions: Actions) {
        for action in actions {
            self.carry_out(ctx, action);
        }
    }

    fn carry_out(&mut self, ctx: &Context, action: Action) {
        let now = ctx.time();
        match action {
            Action::App(command) => self.backend.send(command),
            Action::Pause => match self.snapshot.transport {
                Transport::Playing => self.send(TransportCommand::Pause),
                Transport::Paused => self.send(TransportCommand::Play),
                Transport::Stopped => {}
            },
            Action::VolumeBy(change) => {
                let volume = self.volume.shown(&self.snapshot.volume, now) + change;
                self.set_volume(volume, now);
            }
            Action::SetVolume(volume) => self.set_volume(volume, now),
            Action::ToggleMute => self.set_muted(!self.snapshot.is_muted),
            Action::CycleRepeat => {
                self.settings.repeat = match self.snapshot.repeat {
                    RepeatMode::Off => RepeatMode::All,
                    RepeatMode::All => RepeatMode::One,
                    RepeatMode::One => RepeatMode::Off,
                };
                self.send(QueueCommand::SetRepeat(self.settings.repeat));
            }
            Action::ToggleShuffle => {
                self.settings.is_shuffled = !self.snapshot.is_shuffled;
                self.send(QueueCommand::SetShuffle(self.settings.is_shuffled));
            }
            Action::ToggleStopAfterCurrent => {
                let on = !self.snapshot.stop_after_current;
                self.send(QueueCommand::SetStopAfterCurrent(on));
            }
            Action::SetEqualizer(settings) => {
                let is_pointer_down = ctx.input(|input| input.pointer.any_down());
                self.edit_equalizer(settings, now, is_pointer_down);
            }
            Action::ToggleBypass => {
                self.settings.equalizer.enabled ^= true;
                self.send_equalizer(now);
            }
            Action::ToggleAutoPreamp => self.toggle_auto_preamp(now),
            Action::ToggleBands => self.settings.show_bands ^= true,
            Action::UndoEqualizer => self.undo_equalizer(now),
            Action::RedoEqualizer => self.redo_equalizer(now),
            Action::Preset(wish) => self.on_preset(wish, now),
            Action::SetSound(sound) => {
                self.settings.sound = sound;
                self.sound.order(sound, now);
                self.send(SoundCommand::SetStages(sound));
            }
            Action::SetSource(source) => {
                self.settings.source = source;
                self.source.order(source, now);
                self.send(SoundCommand::SetPlayback(source));
            }
            Action::SetFollowsRate(on) => {
                self.settings.follows_rate = on;
                self.send(OutputCommand::SetFollowsRate(on));
            }
            Action::ToggleLevels => self.settings.show_levels ^= true,
            Action::ToggleQueue => self.settings.show_queue ^= true,
            Action::ToggleEqualizer => self.settings.show_equalizer ^= true,
            Action::ToggleOverlay => self.settings.show_overlay ^= true,
            Action::ToggleOverlaySize => self.settings.is_overlay_compact ^= true,
            Action::ChooseFigures(choice) => self.figures_chosen = choice,
            Action::CopyHistory => ctx.copy_text(self.backend.history_csv()),
            Action::ToggleRemaining => self.settings.show_remaining ^= true,
            Action::ToggleTheme => {
                let dark = ctx.theme() == Theme::Dark;
                self.settings.theme = if dark {
                    ThemeChoice::Light
                } else {
                    ThemeChoice::Dark
                };
                theme::choose(ctx, self.settings.theme);
            }
            Action::ToggleHelp => self.is_helping ^= true,
            Action::Escape if self.is_helping => self.is_helping = false,
            Action::Escape => self.in_queue(ctx, &Action::LeaveFilter),
            Action::CopyText(text) => ctx.copy_text(text),
            Action::Quit => ctx.send_viewport_cmd(ViewportCommand::Close),
            Action::Open(request) => {
                if let Err(line) = self.dialogs.open(request, ctx) {
                    self.toasts.note(line, now);
                }
            }
            list => self.in_queue(ctx, &list),
        }
    }

    fn in_queue(&mut self, ctx: &Context, action: &Action) {
        match action {
            Action::Move(by, extend) => self.queue.step(*by, *extend),
            Action::SelectAll => self.queue.select_all(),
            Action::PlaySelected => {
                let entry = self.queue.to_play();
                entry
                    .into_iter()
                    .for_each(|id| self.send(TransportCommand::PlayEntry(id)));
            }
            Action::RemoveSelected => {
                let command = self.queue.remove_selected();
                command.into_iter().for_each(|command| self.send(command));
            }
            Action::FocusFilter => {
                self.settings.show_queue = true;
                self.queue.find();
            }
            Action::LeaveFilter => {
                if let Some(id) = ctx.memory(|memory| memory.focused()) {
                    ctx.memory_mut(|memory| memory.surrender_focus(id));
                }
                self.queue.leave_filter();
                self.queue.update(&self.snapshot);
            }
            Action::JumpToPlaying => {
                if let Some(id) = self.snapshot.current {
                    self.settings.show_queue = true;
                    self.queue.jump_to(id);
                }
            }
            _ => {}
        }
    }

    fn set_volume(&mut self, volume: f32, now: f64) {
        // Steps of a percent, so that many small ones end where one large one does.
        let volume = (volume.clamp(0.0, 1.0) * 100.0).round() / 100.0;
        self.settings.volume = volume;
        self.volume.order(volume, now);
        self.send(SoundCommand::SetVolume(volume));
        if self.snapshot.is_muted {
            self.set_muted(false);
        }
    }

    fn set_muted(&mut self, is_muted: bool) {
        self.settings.is_muted = is_muted;
        self.send(SoundCommand::SetMuted(is_muted));
    }
}
