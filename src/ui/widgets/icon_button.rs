//! The button that shows an icon.

use crate::ui::theme::Palette;
use crate::ui::theme::fonts;
use crate::ui::theme::metrics::CORNER;
use eframe::egui::{
    Align2, Color32, CornerRadius, Response, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo,
    vec2,
};

/// A flat button with an icon, a tooltip and an accessible name.
pub(crate) struct IconButton<'a> {
    icon: char,
    name: &'a str,
    hint: &'a str,
    key: String,
    side: f32,
    icon_size: f32,
    is_on: Option<bool>,
    is_primary: bool,
    is_enabled: bool,
}

impl<'a> IconButton<'a> {
    /// `name` is the accessible name, `hint` the tooltip.
    pub(crate) fn new(icon: char, name: &'a str, hint: &'a str) -> Self {
        Self {
            icon,
            name,
            hint,
            key: String::new(),
            side: 32.0,
            icon_size: fonts::size::ICON,
            is_on: None,
            is_primary: false,
            is_enabled: true,
        }
    }

    /// Names the key that does the same in the tooltip; an empty one is none.
    pub(crate) fn key(mut self, key: String) -> Self {
        self.key = key;
        self
    }

    /// Makes it a switch that is on or off: a dot under the icon besides the colour says so.
    pub(crate) fn on(mut self, is_on: bool) -> Self {
        self.is_on = Some(is_on);
        self
    }

    /// Makes it the round button in the accent colour.
    pub(crate) fn primary(mut self) -> Self {
        self.is_primary = true;
        self.side = 48.0;
        self
    }

    /// Side of the square it takes, in points.
    pub(crate) fn side(mut self, side: f32) -> Self {
        self.side = side;
        self
    }

    /// Size of the icon, in points.
    pub(crate) fn icon_size(mut self, size: f32) -> Self {
        self.icon_size = size;
        self
    }

    /// Greys it out.
    pub(crate) fn enabled(mut self, is_enabled: bool) -> Self {
        self.is_enabled = is_enabled;
        self
    }

    /// Draws it where the layout is.
    pub(crate) fn show(self, ui: &mut Ui) -> Response {
        let sense = if self.is_enabled {
            Sense::click()
        } else {
            Sense::hover()
        };
        let (_, response) = ui.allocate_exact_size(Vec2::splat(self.side), sense);
        self.paint(ui, &response);
        let Self {
            name,
            is_on,
            is_enabled,
            ..
        } = self;
        response.widget_info(|| {
            let mut info = WidgetInfo::labeled(Role::Button, is_enabled, name);
            info.selected = is_on;
            info
        });
        if self.hint.is_empty() {
            response
        } else {
            response.on_hover_text(tooltip(self.hint, &self.key))
        }
    }

    fn paint(&self, ui: &Ui, response: &Response) {
        let palette = Palette::of(ui);
        let rect = response.rect;
        let painter = ui.painter();
        let is_hot = response.hovered() && self.is_enabled;
        let pressed = response.is_pointer_button_down_on();
        if self.is_primary {
            let ground = match (self.is_enabled, is_hot) {
                (false, _) => palette.rail,
                (true, true) => palette.accent.lerp_to_gamma(palette.text, 0.12),
                (true, false) => palette.accent,
            };
            let radius = self.side / 2.0 - if pressed { 1.0 } else { 0.0 };
            painter.circle_filled(rect.center(), radius, ground);
        } else if is_hot {
            let ground = if pressed {
                palette.selected
            } else {
                palette.hover
            };
            painter.rect_filled(rect, CornerRadius::same(CORNER), ground);
        }
        let ink = self.ink(&palette, is_hot);
        let is_on = self.is_on == Some(true);
        let font = if self.is_primary || is_on {
            fonts::icon_fill
        } else {
            fonts::icon
        };
        painter.text(
            rect.center(),
            Align2::CENTER_CENTER,
            self.icon,
            font(if self.is_primary {
                22.0
            } else {
                self.icon_size
            }),
            ink,
        );
        if is_on {
            painter.circle_filled(rect.center_bottom() - vec2(0.0, 2.5), 1.75, palette.accent);
        }
        focus_ring(
            ui,
            response,
            if self.is_primary {
                self.side
            } else {
                f32::from(CORNER)
            },
        );
    }

    fn ink(&self, palette: &Palette, is_hot: bool) -> Color32 {
        if !self.is_enabled {
            palette.faint.gamma_multiply(0.6)
        } else if self.is_primary {
            palette.on_accent
        } else if self.is_on == Some(true) {
            palette.accent
        } else if is_hot {
            palette.text
        } else {
            palette.dim
        }
    }
}

/// "Mute (M)".
fn tooltip(hint: &str, key: &str) -> String {
    if key.is_empty() {
        hint.to_owned()
    } else {
        format!("{hint} ({key})")
    }
}

/// Shows keyboard focus around a widget.
pub(crate) fn focus_ring(ui: &Ui, response: &Response, radius: f32) {
    if response.has_focus() {
        let stroke = Stroke::new(1.5, Palette::of(ui).text);
        let radius = CornerRadius::from(radius);
        ui.painter()
            .rect_stroke(response.rect, radius, stroke, StrokeKind::Inside);
    }
}
