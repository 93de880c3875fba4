//! The seek bar: a click jumps, a drag previews and seeks when let go.

use crate::ui::action::Actions;
use crate::ui::steps::SEEK_STEP_SECONDS;
use crate::ui::theme::Palette;
use crate::ui::theme::fonts;
use crate::ui::transport::seek_wave;
use crate::ui::widgets::fader;
use crate::ui::widgets::icon_button::focus_ring;
use crate::ui::widgets::time_format;
use eframe::egui::{Align2, CornerRadius, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use engine::command::TransportCommand;
use media::waveform::Waveform;
use rt::ids::PlayId;
use std::time::Duration;

/// How long the target is shown at most until the player has reached it, in seconds.
const LANDING_SECONDS: f64 = 0.4;
/// Height the bar takes, in points.
const HEIGHT: f32 = 28.0;

/// What a bar shows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SeekTrack {
    /// Number of the loaded track.
    pub(crate) track: PlayId,
    pub(crate) position: Duration,
    pub(crate) duration: Duration,
}

/// State of the bar between frames.
#[derive(Debug, Default)]
pub(crate) struct SeekBar {
    /// The track being dragged in, and to where.
    drag: Option<(PlayId, Duration)>,
    /// A target the player has not reached, and until when it is shown instead.
    landing: Option<(Duration, f64)>,
}

impl SeekBar {
    /// The position to show in place of the player's, if any: a drag's preview or a fresh target.
    pub(crate) fn shown(&mut self, track: PlayId, position: Duration, now: f64) -> Duration {
        if let Some((dragged, preview)) = self.drag
            && dragged == track
        {
            return preview;
        }
        match self.landing {
            Some((target, until))
                if now < until && position.abs_diff(target) > Duration::from_secs(1) =>
            {
                target
            }
            _ => {
                self.landing = None;
                position
            }
        }
    }

    /// Draws the bar over the width there is.
    pub(crate) fn show(
        &mut self,
        ui: &mut Ui,
        track: Option<SeekTrack>,
        waveform: Option<&Waveform>,
        actions: &mut Actions,
    ) {
        let sense = if track.is_some() {
            Sense::click_and_drag()
        } else {
            Sense::hover()
        };
        let size = vec2(ui.available_width().max(40.0), HEIGHT);
        let (rect, response) = ui.allocate_exact_size(size, sense);
        let rail = Rect::from_center_size(rect.center(), vec2(rect.width() - 12.0, 4.0));
        let Some(track) = track else {
            self.drag = None;
            self.landing = None;
            response.widget_info(disabled_info);
            let rail_colour = Palette::of(ui).line;
            ui.painter()
                .rect_filled(rail, CornerRadius::same(2), rail_colour);
            return;
        };
        let now = ui.input(|input| input.time);
        self.pointer(&response, rail, track, now, actions);
        self.steps(ui, &response, track, now, actions);
        let shown = self
            .shown(track.track, track.position, now)
            .min(track.duration);
        let share = shown.as_secs_f64() / track.duration.as_secs_f64().max(1e-9);
        let is_dragged = self.drag.is_some();
        match waveform.filter(|waveform| !waveform.buckets.is_empty()) {
            Some(waveform) => seek_wave::paint(ui, &response, rail, share, waveform, is_dragged),
            None => paint(ui, &response, rail, share, is_dragged),
        }
        if let Some(at) = self.hover_target(&response, rail, track) {
            tooltip(ui, &response, at.0, at.1, track.position);
        }
        let seconds = shown.as_secs_f64();
        response.widget_info(|| WidgetInfo::slider(true, seconds, "Seek"));
        let range = 0.0..=track.duration.as_secs_f64();
        fader::declare_range(ui, response.id, seconds, &range, SEEK_STEP_SECONDS);
    }

    fn pointer(
        &mut self,
        response: &Response,
        rail: Rect,
        track: SeekTrack,
        now: f64,
        actions: &mut Actions,
    ) {
        let pointed = response
            .interact_pointer_pos()
            .map(|at| target(at.x, rail, track.duration));
        if response.is_pointer_button_down_on() || response.dragged() {
            let Some(pointed) = pointed else { return };
            // The track may end during the drag: the drag must not seek in the next one.
            let (dragged, preview) = self.drag.get_or_insert((track.track, pointed));
            if *dragged == track.track {
                *preview = pointed;
            }
        } else if let Some((dragged, preview)) = self.drag.take() {
            if dragged == track.track {
                // The place of the release counts, even if it came in the same frame as a move.
                self.seek(pointed.unwrap_or(preview), now, actions);
            }
        } else if response.clicked()
            && let Some(pointed) = pointed
        {
            self.seek(pointed, now, actions);
        }
    }

    fn steps(
        &mut self,
        ui: &Ui,
        response: &Response,
        track: SeekTrack,
        now: f64,
        actions: &mut Actions,
    ) {
        let notches = fader::wheel_notches(ui, response);
        let steps = f64::from(notches) + fader::requested_steps(ui, response.id);
        if steps != 0.0 {
            actions.push(TransportCommand::SeekBy(steps * SEEK_STEP_SECONDS).into());
        }
        if let Some(seconds) = fader::requested_value(ui, response.id) {
            let target = Duration::from_secs_f64(seconds.max(0.0)).min(track.duration);
            self.seek(target, now, actions);
        }
    }

    fn seek(&mut self, target: Duration, now: f64, actions: &mut Actions) {
        self.landing = Some((target, now + LANDING_SECONDS));
        actions.push(TransportCommand::Seek(target).into());
    }

    fn hover_target(
        &self,
        response: &Response,
        rail: Rect,
        track: SeekTrack,
    ) -> Option<(f32, Duration)> {
        if let Some((dragged, preview)) = self.drag
            && dragged == track.track
        {
            let share = preview.as_secs_f64() / track.duration.as_secs_f64().max(1e-9);
            return Some((rail.left() + share as f32 * rail.width(), preview));
        }
        let at = response.hover_pos()?;
        Some((
            at.x.clamp(rail.left(), rail.right()),
            target(at.x, rail, track.duration),
        ))
    }
}

fn disabled_info() -> WidgetInfo {
    WidgetInfo::labeled(Role::Slider, false, "Seek")
}

fn target(x: f32, rail: Rect, duration: Duration) -> Duration {
    let share = ((x - rail.left()) / rail.width()).clamp(0.0, 1.0);
    duration.mul_f64(f64::from(share))
}

fn paint(ui: &Ui, response: &Response, rail: Rect, share: f64, is_dragged: bool) {
    let palette = Palette::of(ui);
    let is_hot = response.hovered() || is_dragged || response.has_focus();
    let rail = if is_hot {
        rail.expand2(vec2(0.0, 1.0))
    } else {
        rail
    };
    let x = rail.left() + rail.width() * share.clamp(0.0, 1.0) as f32;
    let corner = CornerRadius::same(3);
    let painter = ui.painter();
    painter.rect_filled(rail, corner, palette.rail);
    painter.rect_filled(
        Rect::from_min_max(rail.min, pos2(x, rail.bottom())),
        corner,
        palette.accent,
    );
    let radius = if is_dragged {
        8.0
    } else if is_hot {
        7.0
    } else {
        5.0
    };
    painter.circle_filled(pos2(x, rail.center().y), radius, palette.accent);
    focus_ring(ui, response, 6.0);
}

fn tooltip(ui: &Ui, response: &Response, x: f32, target: Duration, position: Duration) {
    let palette = Palette::of(ui);
    let difference = time_format::difference(target, Duration::from_secs(position.as_secs()));
    let text = format!("{}  {difference}", time_format::clock(target));
    let painter = ui.ctx().layer_painter(eframe::egui::LayerId::new(
        eframe::egui::Order::Tooltip,
        response.id,
    ));
    let galley = painter.layout_no_wrap(text, fonts::text(fonts::size::SMALL), palette.text);
    let bounds = ui.ctx().content_rect().shrink(8.0);
    let half = galley.size().x / 2.0 + 8.0;
    let centre_x = x.clamp(
        bounds.left() + half,
        (bounds.right() - half).max(bounds.left() + half),
    );
    let rect = Rect::from_center_size(
        pos2(centre_x, response.rect.top() - 14.0),
        galley.size() + vec2(16.0, 8.0),
    );
    painter.rect_filled(rect, CornerRadius::same(6), palette.raised);
    painter.text(
        rect.center(),
        Align2::CENTER_CENTER,
        galley.text(),
        fonts::text(fonts::size::SMALL),
        palette.text,
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fresh_target_is_shown_until_the_player_is_there_or_too_late() {
        let mut bar = SeekBar::default();
        let mut actions = Actions::new();
        let s = Duration::from_secs;
        bar.seek(s(90), 10.0, &mut actions);
        assert_eq!(actions, [TransportCommand::Seek(s(90)).into()]);
        assert_eq!(bar.shown(PlayId(1), s(3), 10.1), s(90));
        assert_eq!(bar.shown(PlayId(1), s(90), 10.2), s(90));
        assert_eq!(
            bar.shown(PlayId(1), s(4), 10.3),
            s(4),
            "once reached, the position is the player's"
        );
        bar.seek(s(90), 20.0, &mut actions);
        assert_eq!(bar.shown(PlayId(1), s(3), 20.5), s(3));
    }
}
