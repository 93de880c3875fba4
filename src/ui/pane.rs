//! What every part of the window has in common: the shell arranges panes and knows no more of them.

use crate::ui::action::Actions;
use crate::ui::backend::Backend;
use crate::ui::overlay::frame_times::FrameTimes;
use crate::ui::pending::ShownSettings;
use crate::ui::presets::Presets;
use crate::ui::settings::WindowSettings;
use crate::ui::spectrum::response_curve::ResponseCurve;
use crate::ui::widgets::frequency_axis::FrequencyAxis;
use eframe::egui::{Ui, Vec2};
use engine::status::PlayerSnapshot;
use std::ops::RangeInclusive;

/// A part of the window.
pub(crate) trait Pane {
    /// Its name among the panes, the same in every frame.
    fn name(&self) -> &'static str;

    /// Where it stands in this frame, in a window of which `room` is left.
    fn place(&self, context: &PaneContext<'_>, room: Vec2) -> Place;

    /// Draws it; what the listener asks for goes into `actions`.
    fn show(&mut self, ui: &mut Ui, context: &mut PaneContext<'_>, actions: &mut Actions);
}

/// Where a pane stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Place {
    /// Nowhere.
    Hidden,
    /// Along the lower edge.
    Bottom {
        /// In points.
        height: f32,
    },
    /// At the left edge.
    Left(SideWidth),
    /// In the main column, below the panes before.
    Column(Height),
    /// Over the window, where it wants.
    Floating,
}

/// Width of a pane at the side, in points.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum SideWidth {
    /// This, and no other.
    Fixed(f32),
    /// What the listener drags it to.
    Dragged {
        default: f32,
        range: RangeInclusive<f32>,
    },
}

/// Height of a pane in the main column.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Height {
    /// What it takes.
    Own,
    /// What is left, but not less than this, in points.
    Rest { least: f32 },
    /// A share of what panes with a height of their own leave, in points within `range`.
    Share {
        of_room: f32,
        range: RangeInclusive<f32>,
    },
}

/// What panes read, and what they leave for the panes after them.
pub(crate) struct PaneContext<'a> {
    pub(crate) backend: &'a mut dyn Backend,
    pub(crate) snapshot: &'a PlayerSnapshot,
    /// The player's settings, with what was asked for and is not confirmed yet.
    pub(crate) shown: &'a ShownSettings,
    pub(crate) settings: &'a WindowSettings,
    /// The listener's presets.
    pub(crate) presets: &'a Presets,
    /// What the equalizer does to the sound.
    pub(crate) curve: &'a ResponseCurve,
    pub(crate) frames: &'a FrameTimes,
    /// Time of the frame, in seconds.
    pub(crate) now: f64,
    /// Space between the panes of the main column, in points.
    pub(crate) gap: f32,
    /// Height given to a pane of the main column that has none of its own, in points.
    pub(crate) height: f32,
    /// Where frequencies stand, once a pane has drawn them.
    pub(crate) axis: Option<FrequencyAxis>,
    /// Whether something is seen that moves by itself.
    pub(crate) is_moving: bool,
}

impl PaneContext<'_> {
    /// Whether there is nothing to play and no queue to say so: the main column then invites to open music.
    pub(crate) fn is_empty(&self) -> bool {
        self.snapshot.queue.is_empty() && !self.settings.show_queue
    }
}
