//! Colours and styles, defined once for dark and light.

pub(crate) mod fonts;
pub(crate) mod icons;
pub(crate) mod metrics;

use self::metrics::{CORNER, GRID};
use crate::ui::settings::ThemeChoice;
use eframe::egui::{
    Color32, Context, CornerRadius, FontFamily, FontId, Margin, Shadow, Stroke, Style, TextStyle,
    Theme, ThemePreference, Ui, Visuals, vec2,
};

/// The colours of one theme. Text colours keep a contrast of at least 4.5 to 1 on every ground they
/// are used on (a test holds them to it).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Palette {
    /// Ground of the main area.
    pub(crate) window: Color32,
    /// Ground of queue and transport.
    pub(crate) surface: Color32,
    /// Ground of menus, notes and fields.
    pub(crate) raised: Color32,
    /// A row or button under the pointer.
    pub(crate) hover: Color32,
    /// Selected rows.
    pub(crate) selected: Color32,
    /// Hairlines and the rails of sliders.
    pub(crate) line: Color32,
    /// Rails of sliders, stronger than hairlines.
    pub(crate) rail: Color32,
    /// Main text and icons.
    pub(crate) text: Color32,
    /// Secondary text.
    pub(crate) dim: Color32,
    /// Scales, hints.
    pub(crate) faint: Color32,
    /// What plays, what is on, and the response curve.
    pub(crate) accent: Color32,
    /// Text and icons on the accent.
    pub(crate) on_accent: Color32,
    /// Warnings and errors.
    pub(crate) warning: Color32,
    /// The spectrum's area and line.
    pub(crate) spectrum: Color32,
}

const DARK: Palette = Palette {
    window: Color32::from_rgb(0x12, 0x13, 0x16),
    surface: Color32::from_rgb(0x18, 0x1A, 0x1E),
    raised: Color32::from_rgb(0x22, 0x24, 0x2A),
    hover: Color32::from_rgb(0x26, 0x29, 0x30),
    selected: Color32::from_rgb(0x2E, 0x31, 0x39),
    line: Color32::from_rgb(0x2A, 0x2D, 0x34),
    rail: Color32::from_rgb(0x3A, 0x3E, 0x47),
    text: Color32::from_rgb(0xEC, 0xED, 0xEF),
    dim: Color32::from_rgb(0xAA, 0xAE, 0xB6),
    faint: Color32::from_rgb(0x8E, 0x93, 0x9D),
    accent: Color32::from_rgb(0xF2, 0x70, 0x3A),
    on_accent: Color32::from_rgb(0x1C, 0x0D, 0x06),
    warning: Color32::from_rgb(0xF0, 0xB6, 0x4C),
    spectrum: Color32::from_rgb(0x7F, 0x8B, 0x9E),
};

const LIGHT: Palette = Palette {
    window: Color32::from_rgb(0xFC, 0xFC, 0xFA),
    surface: Color32::from_rgb(0xF3, 0xF3, 0xF0),
    raised: Color32::from_rgb(0xFF, 0xFF, 0xFF),
    hover: Color32::from_rgb(0xE9, 0xE9, 0xE5),
    selected: Color32::from_rgb(0xE0, 0xE0, 0xDB),
    line: Color32::from_rgb(0xDD, 0xDD, 0xD8),
    rail: Color32::from_rgb(0xC4, 0xC5, 0xC1),
    text: Color32::from_rgb(0x1B, 0x1C, 0x1F),
    dim: Color32::from_rgb(0x4D, 0x51, 0x57),
    faint: Color32::from_rgb(0x5D, 0x61, 0x68),
    accent: Color32::from_rgb(0xB5, 0x40, 0x14),
    on_accent: Color32::from_rgb(0xFF, 0xFF, 0xFF),
    warning: Color32::from_rgb(0x8A, 0x5A, 0x00),
    spectrum: Color32::from_rgb(0x6D, 0x78, 0x8A),
};

impl Palette {
    /// The palette `ui` is drawn with.
    pub(crate) fn of(ui: &Ui) -> Self {
        if ui.visuals().dark_mode { DARK } else { LIGHT }
    }

    /// The palette of the context's theme.
    pub(crate) fn of_context(ctx: &Context) -> Self {
        match ctx.theme() {
            Theme::Dark => DARK,
            Theme::Light => LIGHT,
        }
    }
}

/// Fills the buttons in `ui` so that they stand out from the main area.
pub(crate) fn fill_buttons(ui: &mut Ui) {
    let palette = Palette::of(ui);
    let widgets = &mut ui.visuals_mut().widgets;
    widgets.inactive.weak_bg_fill = palette.hover;
    widgets.hovered.weak_bg_fill = palette.selected;
}

/// Fonts, both styles and the chosen theme.
pub(crate) fn install(ctx: &Context, choice: ThemeChoice) {
    ctx.set_fonts(fonts::definitions());
    ctx.set_style_of(Theme::Dark, style(&DARK, Visuals::dark()));
    ctx.set_style_of(Theme::Light, style(&LIGHT, Visuals::light()));
    choose(ctx, choice);
}

/// Switches the theme.
pub(crate) fn choose(ctx: &Context, choice: ThemeChoice) {
    ctx.set_theme(match choice {
        ThemeChoice::System => ThemePreference::System,
        ThemeChoice::Light => ThemePreference::Light,
        ThemeChoice::Dark => ThemePreference::Dark,
    });
}

fn style(palette: &Palette, base: Visuals) -> Style {
    let mut style = Style {
        visuals: visuals(palette, base),
        ..Style::default()
    };
    style.text_styles = [
        (TextStyle::Heading, fonts::strong(fonts::size::HEADING)),
        (TextStyle::Body, fonts::text(fonts::size::BODY)),
        (TextStyle::Button, fonts::text(fonts::size::BODY)),
        (TextStyle::Small, fonts::text(fonts::size::SMALL)),
        (
            TextStyle::Monospace,
            FontId::new(fonts::size::SMALL, FontFamily::Monospace),
        ),
    ]
    .into();
    style.spacing.item_spacing = vec2(GRID, GRID);
    style.spacing.button_padding = vec2(10.0, 6.0);
    style.spacing.menu_margin = Margin::same(6);
    style.spacing.window_margin = Margin::same(16);
    style.spacing.interact_size.y = 28.0;
    style.interaction.selectable_labels = false;
    style.interaction.tooltip_delay = 0.4;
    style
}

fn visuals(palette: &Palette, base: Visuals) -> Visuals {
    let mut visuals = base;
    visuals.panel_fill = palette.window;
    visuals.window_fill = palette.raised;
    visuals.window_stroke = Stroke::new(1.0, palette.line);
    visuals.window_corner_radius = CornerRadius::same(10);
    visuals.menu_corner_radius = CornerRadius::same(8);
    visuals.extreme_bg_color = palette.window;
    visuals.text_edit_bg_color = Some(palette.hover);
    visuals.faint_bg_color = palette.hover;
    visuals.weak_text_color = Some(palette.dim);
    visuals.hyperlink_color = palette.accent;
    visuals.warn_fg_color = palette.warning;
    visuals.error_fg_color = palette.warning;
    visuals.selection.bg_fill = palette.accent.gamma_multiply(0.35);
    visuals.selection.stroke = Stroke::new(1.0, palette.text);
    let shade = Color32::from_black_alpha(if visuals.dark_mode { 110 } else { 40 });
    visuals.popup_shadow = Shadow {
        offset: [0, 4],
        blur: 16,
        spread: 0,
        color: shade,
    };
    visuals.window_shadow = Shadow {
        offset: [0, 8],
        blur: 24,
        spread: 0,
        color: shade,
    };
    let corner = CornerRadius::same(CORNER);
    let states = [
        (
            &mut visuals.widgets.noninteractive,
            palette.surface,
            palette.text,
            palette.line,
        ),
        (
            &mut visuals.widgets.inactive,
            palette.raised,
            palette.text,
            Color32::TRANSPARENT,
        ),
        (
            &mut visuals.widgets.hovered,
            palette.hover,
            palette.text,
            Color32::TRANSPARENT,
        ),
        (
            &mut visuals.widgets.active,
            palette.selected,
            palette.text,
            Color32::TRANSPARENT,
        ),
        (
            &mut visuals.widgets.open,
            palette.selected,
            palette.text,
            Color32::TRANSPARENT,
        ),
    ];
    for (state, ground, text, border) in states {
        state.bg_fill = ground;
        state.weak_bg_fill = ground;
        state.bg_stroke = Stroke::new(1.0, border);
        state.fg_stroke = Stroke::new(1.0, text);
        state.corner_radius = corner;
        state.expansion = 0.0;
    }
    // Checkboxes stand on every ground.
    visuals.widgets.inactive.bg_fill = palette.rail;
    visuals
}

#[cfg(test)]
mod tests {
    use super::*;

    // Relative luminance and contrast as WCAG 2.2 defines them.
    fn luminance(colour: Color32) -> f64 {
        let [r, g, b, _] = colour.to_array().map(|c| {
            let c = f64::from(c) / 255.0;
            if c <= 0.04045 {
                c / 12.92
            } else {
                ((c + 0.055) / 1.055).powf(2.4)
            }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    fn contrast(a: Color32, b: Color32) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn text_is_readable_on_every_ground_it_stands_on() {
        for palette in [DARK, LIGHT] {
            let grounds = [
                palette.window,
                palette.surface,
                palette.raised,
                palette.hover,
                palette.selected,
            ];
            for ground in grounds {
                for ink in [palette.text, palette.dim] {
                    assert!(contrast(ink, ground) >= 4.5, "{ink:?} on {ground:?}");
                }
            }
            for ground in [
                palette.window,
                palette.surface,
                palette.raised,
                palette.hover,
            ] {
                for ink in [palette.faint, palette.accent, palette.warning] {
                    let ratio = contrast(ink, ground);
                    assert!(ratio >= 4.5, "{ink:?} on {ground:?} is {ratio:.2}");
                }
            }
            assert!(contrast(palette.on_accent, palette.accent) >= 4.5);
        }
    }
}
