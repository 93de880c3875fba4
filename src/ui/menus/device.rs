//! The menu of outputs.

use crate::ui::action::Actions;
use crate::ui::theme::Palette;
use crate::ui::theme::{fonts, icons};
use crate::ui::widgets::icon_button::IconButton;
use eframe::egui::{Button, Checkbox, Color32, Popup, RichText, ScrollArea, Ui};
use engine::command::OutputCommand;
use engine::status::{OutputChoice, OutputStatus, WhenUnplugged};

/// Draws the button and, when open, its menu.
pub(crate) fn show(ui: &mut Ui, output: &OutputStatus, follows_rate: bool, actions: &mut Actions) {
    let hint = if output.name.is_empty() {
        "Sound output".to_owned()
    } else {
        format!("Sound output: {}", output.name)
    };
    let button = IconButton::new(icons::SPEAKER_HIFI, "Output device", &hint).show(ui);
    if button.clicked() {
        // Where the system does not tell by itself.
        actions.push(OutputCommand::Refresh.into());
    }
    Popup::menu(&button).show(|ui| menu(ui, output, follows_rate, actions));
}

fn menu(ui: &mut Ui, output: &OutputStatus, follows_rate: bool, actions: &mut Actions) {
    let palette = Palette::of(ui);
    ui.set_min_width(240.0);
    ui.set_max_width(280.0);
    ui.spacing_mut().item_spacing.y = 2.0;
    ui.label(
        RichText::new("Play through")
            .size(fonts::size::SMALL)
            .color(palette.faint),
    );
    let mut pick = |ui: &mut Ui, label: &str, choice: OutputChoice| {
        let is_chosen = output.choice == choice;
        let ink = if is_chosen {
            palette.accent
        } else {
            Color32::TRANSPARENT
        };
        let mark = RichText::new(icons::CHECK)
            .font(fonts::icon(14.0))
            .color(ink);
        let text = RichText::new(label);
        let row = Button::new((mark, text))
            .frame_when_inactive(false)
            .truncate();
        if ui.add(row).clicked() {
            if !is_chosen {
                actions.push(OutputCommand::Select(choice).into());
            }
            ui.close();
        }
    };
    let default = match &output.default_device {
        Some(name) => format!("System default ({name})"),
        None => "System default".to_owned(),
    };
    pick(ui, &default, OutputChoice::Default);
    ScrollArea::vertical().max_height(240.0).show(ui, |ui| {
        for device in output.devices.iter() {
            pick(ui, device, OutputChoice::Device(device.clone()));
        }
    });
    pick(ui, "No sound (silent)", OutputChoice::Null);
    ui.separator();
    let mut is_following = follows_rate;
    let follow = Checkbox::new(&mut is_following, "At each file's own rate");
    let hint = "Nothing is resampled here; files of different rates do not join without a gap";
    if ui.add(follow).on_hover_text(hint).changed() {
        actions.push(OutputCommand::SetFollowsRate(is_following).into());
    }
    let mut pauses = output.when_unplugged != WhenUnplugged::GoOn;
    let pause = Checkbox::new(&mut pauses, "Pause when headphones are unplugged");
    let hint = "Otherwise the sound goes on through the system's default";
    if ui.add(pause).on_hover_text(hint).changed() {
        let what = match pauses {
            true => WhenUnplugged::PausePersonal,
            false => WhenUnplugged::GoOn,
        };
        actions.push(OutputCommand::SetWhenUnplugged(what).into());
    }
    let again = RichText::new("Look for devices again");
    let icon = RichText::new(icons::ARROWS_CLOCKWISE)
        .font(fonts::icon(14.0))
        .color(palette.dim);
    if ui
        .add(Button::new((icon, again)).frame_when_inactive(false))
        .clicked()
    {
        actions.push(OutputCommand::Refresh.into());
    }
}
