//! The input of every slider: pointer, wheel, keys and assistive technology.

use eframe::egui::accesskit::{Action, ActionData};
use eframe::egui::{
    Event, EventFilter, Id, Key, MouseWheelUnit, Rect, Response, Role, Ui, WidgetInfo,
    emath::remap_clamp,
};
use std::ops::RangeInclusive;

const FOCUSED: &str = "focused fader";

/// Whether the keyboard focus is on a [`Fader`], which then takes arrow and page keys itself.
pub(crate) fn is_focused(ui: &Ui) -> bool {
    let focused = ui.memory(|memory| memory.focused());
    focused.is_some() && focused == ui.data(|data| data.get_temp(Id::unique(FOCUSED)))
}

/// Which way a slider runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// Grows to the right.
    Right,
    /// Grows upwards.
    Up,
}

/// A slider's scale. Drawing is left to its owner.
#[derive(Debug, Clone)]
pub(crate) struct Fader<'a> {
    /// The accessible name.
    pub(crate) name: &'a str,
    /// The ends of the scale.
    pub(crate) range: RangeInclusive<f64>,
    /// One arrow key, one notch of the wheel.
    pub(crate) step: f64,
    /// PageUp and PageDown.
    pub(crate) page: f64,
    /// Where pointer positions snap to.
    pub(crate) grain: f64,
    pub(crate) direction: Direction,
}

impl Fader<'_> {
    /// Where on `rail` a value stands: its x or y in points.
    pub(crate) fn position(&self, value: f64, rail: Rect) -> f32 {
        let (low, high) = (*self.range.start(), *self.range.end());
        let share = ((value - low) / (high - low)).clamp(0.0, 1.0) as f32;
        match self.direction {
            Direction::Right => rail.left() + share * rail.width(),
            Direction::Up => rail.bottom() - share * rail.height(),
        }
    }

    fn value_at(&self, response: &Response, rail: Rect) -> Option<f64> {
        let at = response.interact_pointer_pos()?;
        let (low, high) = (*self.range.start(), *self.range.end());
        let value = match self.direction {
            Direction::Right => remap_clamp(
                f64::from(at.x),
                rail.left().into()..=rail.right().into(),
                low..=high,
            ),
            Direction::Up => remap_clamp(
                f64::from(at.y),
                rail.bottom().into()..=rail.top().into(),
                low..=high,
            ),
        };
        Some((value / self.grain).round() * self.grain)
    }

    /// The value the listener asks for in this frame, if any.
    /// Declares the slider to assistive technology.
    pub(crate) fn input(
        &self,
        ui: &Ui,
        response: &Response,
        rail: Rect,
        value: f64,
    ) -> Option<f64> {
        let mut wanted = value;
        if (response.is_pointer_button_down_on() || response.dragged())
            && let Some(at_pointer) = self.value_at(response, rail)
        {
            wanted = at_pointer;
        }
        wanted += self.step * f64::from(wheel_notches(ui, response));
        wanted += self.keys(ui, response);
        wanted += self.step * requested_steps(ui, response.id);
        if let Some(exact) = requested_value(ui, response.id) {
            wanted = exact;
        }
        // A value out of range is kept until the slider is moved.
        if wanted != value {
            wanted = wanted.clamp(*self.range.start(), *self.range.end());
        }
        self.declare(ui, response, wanted);
        (wanted != value).then_some(wanted)
    }

    fn keys(&self, ui: &Ui, response: &Response) -> f64 {
        if !response.has_focus() {
            return 0.0;
        }
        hold_arrow_keys(ui, response.id);
        ui.data_mut(|data| data.insert_temp(Id::unique(FOCUSED), response.id));
        ui.input_mut(|input| {
            let mut change = 0.0;
            input.events.retain(|event| {
                let Event::Key {
                    key,
                    pressed: true,
                    modifiers,
                    ..
                } = event
                else {
                    return true;
                };
                if modifiers.command || modifiers.alt {
                    return true;
                }
                change += match key {
                    Key::ArrowUp | Key::ArrowRight => self.step,
                    Key::ArrowDown | Key::ArrowLeft => -self.step,
                    Key::PageUp => self.page,
                    Key::PageDown => -self.page,
                    _ => return true,
                };
                false
            });
            change
        })
    }

    fn declare(&self, ui: &Ui, response: &Response, value: f64) {
        let is_enabled = ui.is_enabled();
        response.widget_info(|| WidgetInfo::slider(is_enabled, value, self.name));
        declare_range(ui, response.id, value, &self.range, self.step);
    }
}

/// Tells assistive technology how far a slider goes and that it can be set.
pub(crate) fn declare_range(ui: &Ui, id: Id, value: f64, range: &RangeInclusive<f64>, step: f64) {
    ui.ctx().accesskit_node_builder(id, |node| {
        node.set_role(Role::Slider);
        node.set_min_numeric_value(*range.start());
        node.set_max_numeric_value(*range.end());
        node.set_numeric_value(value);
        node.set_numeric_value_step(step);
        node.add_action(Action::SetValue);
        node.add_action(Action::Increment);
        node.add_action(Action::Decrement);
    });
}

/// The value assistive technology asks slider `id` to take.
pub(crate) fn requested_value(ui: &Ui, id: Id) -> Option<f64> {
    ui.input(|input| {
        input
            .accesskit_action_requests(id, Action::SetValue)
            .filter_map(|request| match &request.data {
                Some(ActionData::NumericValue(value)) => Some(*value),
                Some(ActionData::Value(text)) => text.trim().parse().ok(),
                _ => None,
            })
            .last()
            .filter(|value: &f64| value.is_finite())
    })
}

/// Steps up, less steps down, that assistive technology asks of slider `id`.
pub(crate) fn requested_steps(ui: &Ui, id: Id) -> f64 {
    ui.input(|input| {
        input.num_accesskit_action_requests(id, Action::Increment) as f64
            - input.num_accesskit_action_requests(id, Action::Decrement) as f64
    })
}

/// Notches the wheel was turned up over a widget in this frame; fractions from touchpads.
pub(crate) fn wheel_notches(ui: &Ui, response: &Response) -> f32 {
    if !response.hovered() {
        return 0.0;
    }
    ui.input(|input| {
        let notches = |event: &Event| match event {
            Event::MouseWheel {
                unit: MouseWheelUnit::Point,
                delta,
                ..
            } => delta.y / 50.0,
            Event::MouseWheel { delta, .. } => delta.y,
            _ => 0.0,
        };
        input.events.iter().map(notches).sum()
    })
}

/// Keeps arrow keys from moving the keyboard focus away from `id`.
pub(crate) fn hold_arrow_keys(ui: &Ui, id: Id) {
    let filter = EventFilter {
        horizontal_arrows: true,
        vertical_arrows: true,
        ..EventFilter::default()
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
}
