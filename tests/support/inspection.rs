//! The window as assistive technology has it: controls by name, their values, and acting on them.

use eframe::egui::accesskit::{
    Action, ActionData, ActionRequest, Node, NodeId, Rect, TreeId, TreeUpdate,
};
use eframe::egui::{Event, Key, Modifiers, PointerButton, Pos2};
use egui_inspection::protocol::read_handshake;
use egui_inspection::{Request, Response, read_message, write_message};
use image::RgbaImage;
use std::io::BufReader;
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// The longest anything in the window is waited for.
const LIMIT: Duration = Duration::from_secs(20);

/// A connection to one window.
pub(crate) struct Inspection {
    stream: TcpStream,
    reader: BufReader<TcpStream>,
}

impl Inspection {
    /// Connects as soon as the window serves `port`. `None` when it does not yet.
    pub(crate) fn connect(port: u16) -> Option<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
        stream.set_nodelay(true).expect("a socket option");
        let mut reader = BufReader::new(stream.try_clone().expect("a second handle"));
        read_handshake(&mut reader).expect("the window's greeting");
        Some(Self { stream, reader })
    }

    fn request(&mut self, request: &Request) -> Response {
        self.send(request);
        self.receive()
    }

    /// Sends without waiting for the reply.
    pub(crate) fn send(&mut self, request: &Request) {
        write_message(&mut self.stream, request).expect("the window takes requests");
    }

    /// The reply to what was sent.
    pub(crate) fn receive(&mut self) -> Response {
        match read_message(&mut self.reader).expect("the window replies") {
            Response::Error { message } => panic!("the window: {message}"),
            response => response,
        }
    }

    /// Whether a reply has begun to arrive.
    pub(crate) fn has_reply(&self) -> bool {
        self.stream.set_nonblocking(true).expect("a socket option");
        let has_reply = self.stream.peek(&mut [0]).is_ok_and(|count| count > 0);
        self.stream.set_nonblocking(false).expect("a socket option");
        has_reply
    }

    /// The window as it is now.
    pub(crate) fn tree(&mut self) -> Tree {
        let Response::Tree {
            step,
            accesskit: Some(update),
            ..
        } = self.request(&Request::GetTree)
        else {
            panic!("no tree");
        };
        Tree {
            frame: step,
            update,
        }
    }

    /// Waits until `look` finds what it wants in the tree.
    pub(crate) fn wait<T>(&mut self, what: &str, look: impl Fn(&Tree) -> Option<T>) -> T {
        let started = Instant::now();
        loop {
            let tree = self.tree();
            if let Some(found) = look(&tree) {
                return found;
            }
            let there = tree.texts();
            assert!(
                started.elapsed() < LIMIT,
                "not in the window: {what}; there is {there:#?}"
            );
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    /// Sets a slider, as a screen reader would. Returns the moment before.
    pub(crate) fn set_value(&mut self, name: &str, value: f64) -> Instant {
        self.act(
            name,
            Action::SetValue,
            Some(ActionData::NumericValue(value)),
        )
    }

    /// Presses a button, as a screen reader would. Returns the moment before.
    pub(crate) fn click(&mut self, name: &str) -> Instant {
        self.act(name, Action::Click, None)
    }

    /// Opens the menu of a control with the right button of the mouse.
    pub(crate) fn right_click(&mut self, name: &str) {
        let at = self.wait(name, |tree| tree.bounds(name));
        let pos = Pos2::new(
            ((at.x0 + at.x1) / 2.0) as f32,
            ((at.y0 + at.y1) / 2.0) as f32,
        );
        self.apply(vec![Event::PointerMoved(pos)]);
        for pressed in [true, false] {
            self.apply(vec![Event::PointerButton {
                pos,
                button: PointerButton::Secondary,
                pressed,
                modifiers: Modifiers::NONE,
            }]);
        }
    }

    fn act(&mut self, name: &str, action: Action, data: Option<ActionData>) -> Instant {
        let target_node = self.wait(name, |tree| tree.find(name).map(|(id, _)| *id));
        let request = ActionRequest {
            action,
            target_tree: TreeId::ROOT,
            target_node,
            data,
        };
        let before = Instant::now();
        self.apply(vec![Event::AccessKitActionRequest(request)]);
        before
    }

    /// Strikes a key by an event; only the real keyboard goes through the display.
    pub(crate) fn strike(&mut self, key: Key) {
        let event = |pressed| Event::Key {
            key,
            physical_key: None,
            pressed,
            repeat: false,
            modifiers: Modifiers::NONE,
        };
        self.apply(vec![event(true), event(false)]);
    }

    fn apply(&mut self, events: Vec<Event>) {
        let response = self.request(&Request::ApplyEvents { events });
        assert!(matches!(response, Response::Done), "{response:?}");
    }

    /// What the window shows, one pixel to a point.
    pub(crate) fn screenshot(&mut self) -> RgbaImage {
        let request = Request::GetScreenshot {
            pixels_per_point: Some(1.0),
        };
        let Response::Screenshot(png) = self.request(&request) else {
            panic!("no screenshot");
        };
        image::load_from_memory(&png.bytes)
            .expect("a picture")
            .into_rgba8()
    }
}

/// All nodes of one frame.
pub(crate) struct Tree {
    /// Number of the frame.
    pub(crate) frame: u64,
    update: TreeUpdate,
}

impl Tree {
    /// The control called `name`.
    pub(crate) fn find(&self, name: &str) -> Option<&(NodeId, Node)> {
        self.update
            .nodes
            .iter()
            .find(|(_, node)| node.label() == Some(name))
    }

    /// Value of the slider called `name`.
    pub(crate) fn value(&self, name: &str) -> Option<f64> {
        self.find(name)?.1.numeric_value()
    }

    /// Where the node called `name` is, in points.
    pub(crate) fn bounds(&self, name: &str) -> Option<Rect> {
        self.find(name)?.1.bounds()
    }

    /// Everything that is named or written.
    pub(crate) fn texts(&self) -> Vec<&str> {
        self.update
            .nodes
            .iter()
            .filter_map(|(_, node)| text(node))
            .collect()
    }

    /// Whether something named or written has `part` in it.
    pub(crate) fn says(&self, part: &str) -> bool {
        self.texts().iter().any(|text| text.contains(part))
    }

    /// What is written to the right of `label`, on its line.
    pub(crate) fn beside(&self, label: &str) -> Option<&str> {
        let written = |want: &str| {
            self.update
                .nodes
                .iter()
                .find(|(_, node)| text(node) == Some(want))?
                .1
                .bounds()
        };
        let at = written(label)?;
        let right_of = |node: &Node| {
            let bounds = node.bounds()?;
            let is_beside = bounds.x0 > at.x0 && bounds.y0 < at.y1 && bounds.y1 > at.y0;
            is_beside.then_some(bounds.x0 - at.x0)
        };
        let found = self
            .update
            .nodes
            .iter()
            .filter_map(|(_, node)| Some((right_of(node)?, node.value()?)));
        found
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, value)| value)
    }
}

// Labels have their text as a value, controls as a label.
fn text(node: &Node) -> Option<&str> {
    node.label().or_else(|| node.value())
}
