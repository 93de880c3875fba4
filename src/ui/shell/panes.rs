//! The panes of the window.

use crate::ui::equalizer::sliders::SlidersPane;
use crate::ui::equalizer::tools::ToolsPane;
use crate::ui::help::HelpPane;
use crate::ui::levels::LevelsPane;
use crate::ui::library::LibraryPane;
use crate::ui::library::properties::PropertiesPane;
use crate::ui::notes::banner::BannerPane;
use crate::ui::notes::toasts::Toasts;
use crate::ui::now_playing::NowPlayingPane;
use crate::ui::overlay::OverlayPane;
use crate::ui::pane::Pane;
use crate::ui::playlists::PlaylistsPane;
use crate::ui::playlists::question::ListQuestionPane;
use crate::ui::presets::dialog::PresetQuestionPane;
use crate::ui::queue::QueuePane;
use crate::ui::queue::invitation::InvitationPane;
use crate::ui::spectrum::SpectrumPane;
use crate::ui::transport::TransportPane;
use eframe::egui::Context;

/// Every pane. Those that actions reach have a name here for the shell.
pub(crate) struct Panes {
    transport: TransportPane,
    pub(crate) queue: QueuePane,
    pub(crate) library: LibraryPane,
    pub(crate) playlists: PlaylistsPane,
    /// The main column, from top to bottom.
    column: (
        BannerPane,
        InvitationPane,
        NowPlayingPane,
        ToolsPane,
        LevelsPane,
        SpectrumPane,
        SlidersPane,
    ),
    pub(crate) overlay: OverlayPane,
    pub(crate) help: HelpPane,
    pub(crate) preset_question: PresetQuestionPane,
    pub(crate) list_question: ListQuestionPane,
    pub(crate) properties: PropertiesPane,
    pub(crate) notes: Toasts,
    /// What was carried out since a test last looked.
    #[cfg(test)]
    pub(crate) carried_out: crate::ui::action::Actions,
}

impl Panes {
    pub(crate) fn new(ctx: &Context) -> Self {
        Self {
            transport: TransportPane::default(),
            queue: QueuePane::default(),
            library: LibraryPane::default(),
            playlists: PlaylistsPane::default(),
            column: (
                BannerPane,
                InvitationPane,
                NowPlayingPane::new(ctx),
                ToolsPane,
                LevelsPane,
                SpectrumPane,
                SlidersPane,
            ),
            overlay: OverlayPane::default(),
            help: HelpPane::default(),
            preset_question: PresetQuestionPane::default(),
            list_question: ListQuestionPane::default(),
            properties: PropertiesPane::default(),
            notes: Toasts::default(),
            #[cfg(test)]
            carried_out: crate::ui::action::Actions::new(),
        }
    }

    /// Whether a question waits for its answer: it has the keys to itself.
    pub(crate) fn is_asking(&self) -> bool {
        self.preset_question.is_open() || self.list_question.is_open() || self.properties.is_open()
    }

    /// All of them in the order they are drawn in.
    pub(crate) fn in_order(&mut self) -> [&mut dyn Pane; 17] {
        let (banner, invitation, now_playing, tools, levels, spectrum, sliders) = &mut self.column;
        [
            &mut self.transport,
            &mut self.queue,
            &mut self.library,
            &mut self.playlists,
            banner,
            invitation,
            now_playing,
            tools,
            levels,
            spectrum,
            sliders,
            &mut self.overlay,
            &mut self.help,
            &mut self.preset_question,
            &mut self.list_question,
            &mut self.properties,
            &mut self.notes,
        ]
    }
}
