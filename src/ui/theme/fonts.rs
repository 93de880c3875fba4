//! The fonts: Inter for text, Phosphor for icons, the system's own for other scripts.
//!
//! Only what Inter lacks is looked up in the system (by eframe's `system_fonts`), one font at a time
//! and memory-mapped, so that a title in Japanese shows without loading fonts for everything.

use eframe::egui::{FontData, FontDefinitions, FontFamily, FontId};
use std::sync::Arc;

const INTER: &[u8] = include_bytes!("../../../assets/fonts/Inter-Regular.otf");
const INTER_SEMI_BOLD: &[u8] = include_bytes!("../../../assets/fonts/Inter-SemiBold.otf");
const PHOSPHOR: &[u8] = include_bytes!("../../../assets/fonts/Phosphor-Regular.ttf");
const PHOSPHOR_FILL: &[u8] = include_bytes!("../../../assets/fonts/Phosphor-Fill.ttf");

const STRONG_FAMILY: &str = "strong";
const ICON_FAMILY: &str = "icons";
const ICON_FILL_FAMILY: &str = "icons-fill";

/// Sizes of text, in points.
pub(crate) mod size {
    pub(crate) const TITLE: f32 = 22.0;
    pub(crate) const HEADING: f32 = 15.0;
    pub(crate) const BODY: f32 = 14.0;
    pub(crate) const SMALL: f32 = 12.0;
    pub(crate) const TINY: f32 = 11.0;
    pub(crate) const ICON: f32 = 20.0;
}

/// Ordinary text.
pub(crate) fn text(size: f32) -> FontId {
    FontId::new(size, FontFamily::Proportional)
}

/// Semi-bold text.
pub(crate) fn strong(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(STRONG_FAMILY.into()))
}

/// Outlined icons.
pub(crate) fn icon(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(ICON_FAMILY.into()))
}

/// Filled icons.
pub(crate) fn icon_fill(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(ICON_FILL_FAMILY.into()))
}

/// The families, ours in front of egui's defaults.
pub(crate) fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    let mut add = |name: &str, bytes: &'static [u8]| {
        let data = FontData::from_static(bytes);
        fonts.font_data.insert(name.to_owned(), Arc::new(data));
    };
    add("inter", INTER);
    add("inter-semi-bold", INTER_SEMI_BOLD);
    add("phosphor", PHOSPHOR);
    add("phosphor-fill", PHOSPHOR_FILL);
    let defaults = fonts
        .families
        .get(&FontFamily::Proportional)
        .cloned()
        .unwrap_or_default();
    let with_defaults = |first: &str| {
        let mut names = vec![first.to_owned()];
        names.extend(defaults.iter().cloned());
        names
    };
    let families = [
        (FontFamily::Proportional, with_defaults("inter")),
        (
            FontFamily::Name(STRONG_FAMILY.into()),
            with_defaults("inter-semi-bold"),
        ),
        (
            FontFamily::Name(ICON_FAMILY.into()),
            vec!["phosphor".to_owned()],
        ),
        (
            FontFamily::Name(ICON_FILL_FAMILY.into()),
            vec!["phosphor-fill".to_owned()],
        ),
    ];
    fonts.families.extend(families);
    fonts
}
