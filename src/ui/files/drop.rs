//! Files dropped on the window.

use crate::app::OpenRequest;
use crate::ui::action::{Action, Actions};
use crate::ui::presets;
use crate::ui::presets::action::PresetAction;
use crate::ui::theme::Palette;
use crate::ui::theme::{fonts, icons};
use eframe::egui::{
    Align2, Context, CornerRadius, Id, LayerId, Order, Pos2, Stroke, StrokeKind, vec2,
};
use engine::command::Placement;
use engine::status::EntryId;
use std::path::PathBuf;

/// Opens what was dropped: presets go to the equalizer, everything else into the queue, in front of the
/// entry `entry_at` finds under the pointer, else behind the last one. An idle player starts to play it.
pub(crate) fn take(
    ctx: &Context,
    is_idle: bool,
    entry_at: impl Fn(Pos2) -> Option<EntryId>,
    actions: &mut Actions,
) {
    let (inputs, pointer): (Vec<PathBuf>, _) = ctx.input(|input| {
        let paths = input
            .raw
            .dropped_files
            .iter()
            .map(|file| file.path().to_owned())
            .collect();
        (paths, input.pointer.latest_pos())
    });
    let (presets, inputs): (Vec<_>, Vec<_>) = inputs
        .into_iter()
        .partition(|path| presets::is_preset_file(path));
    let imports = presets.into_iter().map(PresetAction::Import);
    actions.extend(imports.map(Action::Preset));
    if inputs.is_empty() {
        return;
    }
    let placement = pointer
        .and_then(entry_at)
        .map_or(Placement::Append, Placement::Before);
    actions.push(
        OpenRequest {
            inputs,
            placement,
            play: is_idle,
        }
        .into(),
    );
}

/// Says what will happen while files hover over the window.
pub(crate) fn hint(ctx: &Context) {
    let (count, is_preset) = ctx.input(|input| {
        let files = &input.raw.hovered_files;
        let is_preset =
            |path: &Option<PathBuf>| path.as_deref().is_some_and(presets::is_preset_file);
        (files.len(), files.iter().all(|file| is_preset(&file.path)))
    });
    if count == 0 {
        return;
    }
    let palette = Palette::of_context(ctx);
    let room = ctx.content_rect();
    let painter = ctx.layer_painter(LayerId::new(Order::Foreground, Id::unique("drop hint")));
    painter.rect_filled(
        room,
        CornerRadius::ZERO,
        palette.window.gamma_multiply(0.88),
    );
    let border = room.shrink(12.0);
    painter.rect_stroke(
        border,
        CornerRadius::same(12),
        Stroke::new(2.0, palette.accent),
        StrokeKind::Inside,
    );
    let centre = room.center();
    painter.text(
        centre - vec2(0.0, 28.0),
        Align2::CENTER_CENTER,
        icons::PLUS,
        fonts::icon(40.0),
        palette.accent,
    );
    let words = if is_preset {
        "Drop to set the equalizer".to_owned()
    } else if count == 1 {
        "Drop to add it to the queue".to_owned()
    } else {
        format!("Drop to add {count} items to the queue")
    };
    painter.text(
        centre + vec2(0.0, 20.0),
        Align2::CENTER_CENTER,
        words,
        fonts::strong(18.0),
        palette.text,
    );
}
