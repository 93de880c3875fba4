//! What the window shows, and that it rests when there is nothing new to show.

use crate::support::capture::Capture;
use crate::support::listening::{first_match, is_silent};
use crate::support::on_desktop;
use crate::support::player_process::PlayerProcess;
use crate::support::signals::{flac, noise};
use eframe::egui::Key;
use eframe::egui::accesskit::Rect;
use image::{Rgba, RgbaImage};
use std::collections::HashSet;
use std::process::Command;
use std::time::Duration;

#[test]
fn the_window_shows_title_spectrum_and_overlay() {
    on_desktop("the_window_shows_title_spectrum_and_overlay", |folder| {
        let track = flac(folder, "noise", "A title to be read", &noise(10, 30.0));
        let capture = Capture::steady();
        let mut player = PlayerProcess::start(&[&track.path]);
        capture.wait("the track", |heard| first_match(heard, 0, &track.frames));
        player.window.wait("the title", |tree| {
            tree.says("Now playing: A title to be read").then_some(())
        });
        let plot = player
            .window
            .wait("the spectrum", |tree| tree.bounds("Spectrum"));
        assert!(
            plot.width() > 300.0 && plot.height() > 60.0,
            "the spectrum has {plot:?}"
        );

        std::thread::sleep(Duration::from_millis(500));
        let one = player.window.screenshot();
        std::thread::sleep(Duration::from_millis(300));
        let other = player.window.screenshot();
        let pixels = pixels_in(&one, &plot).count();
        let moved = pixels_in(&one, &plot).zip(pixels_in(&other, &plot));
        let moved = moved.filter(|(one, other)| one != other).count();
        let colours = colours(pixels_in(&one, &plot));
        println!("spectrum: {colours} colours, {moved} of {pixels} pixels changed in 0.3 s");
        assert!(colours > 50, "the plot is drawn in {colours} colours");
        assert!(
            moved * 200 > pixels,
            "only {moved} pixels of {pixels} moved"
        );

        player.strike("F12");
        let figures = player.window.wait("the overlay's figures", |tree| {
            let labels = [
                "Median (p50)",
                "p99",
                "Deadline",
                "Buffer",
                "Output latency",
                "Memory",
            ];
            let figure = |label| Some((label, tree.beside(label)?.to_owned()));
            let figures: Vec<(&str, String)> =
                labels.into_iter().map(figure).collect::<Option<_>>()?;
            // Measured figures come with the first report.
            figures
                .iter()
                .all(|(_, value)| number(value) > 0.0)
                .then_some(figures)
        });
        println!("overlay: {figures:?}");
        let tree = player.window.wait("the path of the sound", |tree| {
            Some((
                tree.beside("File")?.to_owned(),
                tree.beside("Device")?.to_owned(),
            ))
        });
        println!("path: {tree:?}");
        assert!(
            tree.0.starts_with("FLAC") && tree.1.ends_with("48 kHz 2 ch"),
            "{tree:?}"
        );

        let screen = screen();
        let seen = self::colours(screen.pixels());
        println!(
            "screen: {}x{}, {seen} colours",
            screen.width(),
            screen.height()
        );
        assert!(seen > 200, "the screen is blank but for {seen} colours");
        player.window.strike(Key::F12);
        player.window.wait("the overlay gone", |tree| {
            tree.beside("p99").is_none().then_some(())
        });
    });
}

#[test]
fn a_paused_window_rests() {
    on_desktop("a_paused_window_rests", |folder| {
        let track = flac(folder, "noise", "Noise", &noise(11, 20.0));
        let capture = Capture::steady();
        let mut player = PlayerProcess::start(&[&track.path]);
        capture.wait("the track", |heard| first_match(heard, 0, &track.frames));
        let playing = player.processor_time();
        capture.listen(1.0);
        let playing = player.processor_time() - playing;
        let from = capture.len();
        player.strike("space");
        capture.wait("silence", |heard| {
            heard
                .get(from..)?
                .iter()
                .rev()
                .take(4_800)
                .all(is_silent)
                .then_some(())
        });
        // The spectrum falls to rest, settings are saved, the idle device is let go.
        capture.listen(12.0);
        let first = player.window.tree().frame;
        std::thread::sleep(Duration::from_millis(200));
        let before = player.processor_time();
        std::thread::sleep(Duration::from_secs(3));
        let used = player.processor_time() - before;
        let drawn = player.window.tree().frame - first;
        println!(
            "playing: {playing:?} of processor time in 1 s; at rest: {used:?} and {drawn} frames in 3 s"
        );
        // The two looks at the tree draw one each.
        assert!(drawn <= 3, "{drawn} frames drawn at rest");
        assert!(
            used <= Duration::from_millis(30),
            "{used:?} of processor time used at rest in 3 s"
        );
    });
}

fn pixels_in<'a>(picture: &'a RgbaImage, bounds: &Rect) -> impl Iterator<Item = &'a Rgba<u8>> {
    let columns = bounds.x0 as u32..(bounds.x1 as u32).min(picture.width());
    let rows = bounds.y0 as u32..(bounds.y1 as u32).min(picture.height());
    rows.flat_map(move |y| columns.clone().map(move |x| picture.get_pixel(x, y)))
}

fn colours<'a>(pixels: impl Iterator<Item = &'a Rgba<u8>>) -> usize {
    pixels.collect::<HashSet<_>>().len()
}

/// The whole display, as a person would see it.
fn screen() -> RgbaImage {
    let output = Command::new("import")
        .args(["-window", "root", "png:-"])
        .output()
        .expect("import starts");
    image::load_from_memory(&output.stdout)
        .expect("a picture")
        .into_rgba8()
}

/// The number a text begins with, 0 for none.
fn number(text: &str) -> f64 {
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    text[..end].parse().unwrap_or_default()
}
