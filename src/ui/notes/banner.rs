//! The banner that says why there is no sound, and offers other devices.

use crate::ui::action::Actions;
use crate::ui::pane::{Height, Pane, PaneContext, Place};
use crate::ui::theme::Palette;
use crate::ui::theme::metrics::CORNER;
use crate::ui::theme::{fonts, icons};
use eframe::egui::{
    Align, Button, CornerRadius, Frame, Label, Layout, Margin, RichText, Ui, Vec2, vec2,
};
use engine::command::OutputCommand;
use engine::status::{OutputChoice, OutputStatus};

/// The most devices offered here; the menu has them all.
const MAX_OFFERED: usize = 3;

/// The banner at the top of the main column.
pub(crate) struct BannerPane;

impl Pane for BannerPane {
    fn name(&self) -> &'static str {
        "banner"
    }

    fn place(&self, context: &PaneContext<'_>, _room: Vec2) -> Place {
        if is_needed(&context.snapshot.output) {
            Place::Column(Height::Own)
        } else {
            Place::Hidden
        }
    }

    fn show(&mut self, ui: &mut Ui, context: &mut PaneContext<'_>, actions: &mut Actions) {
        show(ui, &context.snapshot.output, actions);
        ui.add_space(context.gap);
    }
}

// Whether there is something to say.
fn is_needed(output: &OutputStatus) -> bool {
    output.problem.is_some() || output.is_null
}

// Draws the banner.
fn show(ui: &mut Ui, output: &OutputStatus, actions: &mut Actions) {
    if !is_needed(output) {
        return;
    }
    let palette = Palette::of(ui);
    let frame = Frame::new()
        .fill(palette.warning.gamma_multiply(0.14))
        .corner_radius(CornerRadius::same(CORNER))
        .inner_margin(Margin::symmetric(12, 6));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        let is_narrow = ui.available_width() < 560.0;
        let most = if is_narrow { 1 } else { MAX_OFFERED };
        let offered = &output.devices[..output.devices.len().min(most)];
        let layout = Layout::right_to_left(Align::Center);
        ui.allocate_ui_with_layout(vec2(ui.available_width(), 28.0), layout, |ui| {
            let again = if is_narrow {
                let icon = RichText::new(icons::ARROWS_CLOCKWISE).font(fonts::icon(16.0));
                ui.add(Button::new(icon)).accessible_name("Look again")
            } else {
                ui.add(Button::new(RichText::new("Look again").size(13.0)))
            };
            if again
                .on_hover_text("Look for sound devices again")
                .clicked()
            {
                actions.push(OutputCommand::Refresh.into());
            }
            for device in offered.iter().rev() {
                let button = Button::new(RichText::new(device).size(13.0)).truncate();
                let size = vec2(if is_narrow { 112.0 } else { 176.0 }, 28.0);
                let button = ui.add_sized(size, button);
                if button
                    .on_hover_text(format!("Play through {device}"))
                    .clicked()
                {
                    let choice = OutputChoice::Device(device.clone());
                    actions.push(OutputCommand::Select(choice).into());
                }
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let icon = RichText::new(icons::WARNING).font(fonts::icon_fill(16.0));
                ui.label(icon.color(palette.warning));
                let text = match &output.problem {
                    Some(problem) if output.is_null => {
                        format!("No sound device: playing silently. {problem}")
                    }
                    Some(problem) => problem.clone(),
                    None => "No sound is chosen: playing silently".to_owned(),
                };
                let label = Label::new(RichText::new(&text).size(13.0).color(palette.text));
                ui.add(label.truncate()).on_hover_text(text);
            });
        });
    });
}
