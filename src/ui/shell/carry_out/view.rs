//! Changes of what the window shows.

use crate::ui::files::reveal;
use crate::ui::overlay::action::OverlayAction;
use crate::ui::queue::action::QueueAction;
use crate::ui::settings::ThemeChoice;
use crate::ui::shell::PlayerApp;
use crate::ui::theme;
use crate::ui::view::ViewAction;
use eframe::egui::{Context, Theme, ViewportCommand};

impl PlayerApp {
    pub(in crate::ui::shell) fn carry_out_view(&mut self, ctx: &Context, action: ViewAction) {
        let settings = &mut self.settings;
        match action {
            ViewAction::ToggleQueue => settings.show_queue ^= true,
            ViewAction::ShowSide(side) => {
                settings.show_queue = true;
                settings.side = side;
            }
            ViewAction::ToggleAlbums => settings.library.shows_albums ^= true,
            ViewAction::LookAtLibrary(look) => settings.library = look,
            ViewAction::ToggleEqualizer => settings.show_equalizer ^= true,
            ViewAction::ToggleBands => settings.show_bands ^= true,
            ViewAction::ToggleLevels => settings.show_levels ^= true,
            ViewAction::ToggleOverlay => settings.show_overlay ^= true,
            ViewAction::ToggleOverlaySize => settings.is_overlay_compact ^= true,
            ViewAction::ToggleRemaining => settings.show_remaining ^= true,
            ViewAction::ToggleTheme => {
                settings.theme = match ctx.theme() {
                    Theme::Dark => ThemeChoice::Light,
                    Theme::Light => ThemeChoice::Dark,
                };
                theme::choose(ctx, settings.theme);
            }
            ViewAction::ToggleHelp => self.panes.help.is_open ^= true,
            ViewAction::Escape if self.panes.help.is_open => self.panes.help.is_open = false,
            ViewAction::Escape => self.carry_out_queue(ctx, QueueAction::LeaveFilter),
            ViewAction::ShowInFolder(file) => {
                if let Err(line) = reveal::show_in_folder(&file) {
                    self.panes.notes.add(line, ctx.time());
                }
            }
            ViewAction::ShowProperties(track) => self.panes.properties.open(track),
            ViewAction::CopyText(text) => ctx.copy_text(text),
            ViewAction::Quit => ctx.send_viewport_cmd(ViewportCommand::Close),
        }
    }

    pub(in crate::ui::shell) fn carry_out_overlay(&mut self, ctx: &Context, action: OverlayAction) {
        match action {
            OverlayAction::Choose(choice) => self.panes.overlay.choice = choice,
            OverlayAction::CopyHistory => ctx.copy_text(self.backend.history_csv()),
        }
    }
}
