//! Listens to PipeWire's registry. The only file that knows the library; sound goes through `device.rs`.

use super::named;
use crate::output::found_device::{DeviceKind, DeviceNews, FoundDevice};
use crate::output::sound_server::pipewire_answers;
use crossbeam::channel::{Receiver, RecvTimeoutError, Sender, bounded};
use pipewire as pw;
use pw::context::ContextRc;
use pw::core::PW_ID_CORE;
use pw::main_loop::MainLoopRc;
use pw::metadata::{Metadata, MetadataListener};
use pw::node::{Node, NodeListener};
use pw::registry::GlobalObject;
use pw::spa::utils::dict::DictRef;
use pw::types::ObjectType;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::thread::JoinHandle;
use std::time::Duration;

/// Between two looks whether a server that has gone is back.
const LOOK_PERIOD: Duration = Duration::from_millis(500);
/// How long a server may take to say what devices it has.
const PATIENCE: Duration = Duration::from_secs(2);

/// The thread that listens. Dropping it ends it.
pub(super) struct WatchThread {
    stop_listening: pw::channel::Sender<()>,
    stop_waiting: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl WatchThread {
    /// Starts to send to `news`.
    pub(super) fn start(news: Sender<DeviceNews>) -> std::io::Result<Self> {
        let (stop_listening, stopped) = pw::channel::channel();
        let (stop_waiting, waiting) = bounded(0);
        let thread = std::thread::Builder::new()
            .name("device-watch".into())
            .spawn(move || listen(&news, stopped, &waiting))?;
        Ok(Self {
            stop_listening,
            stop_waiting: Some(stop_waiting),
            thread: Some(thread),
        })
    }

    pub(super) fn has_ended(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }
}

impl Drop for WatchThread {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.stop_listening.send(());
        self.stop_waiting = None;
        if let Some(thread) = self.thread.take() {
            // A panicked thread has nothing more to tell.
            let _ = thread.join();
        }
    }
}

/// Listens until it is told to stop, over the server's end and return; ends at once where there is none.
fn listen(
    news: &Sender<DeviceNews>,
    mut stopped: pw::channel::Receiver<()>,
    waiting: &Receiver<()>,
) {
    while pipewire_answers() {
        let to = news.clone();
        let report = move |devices: Vec<FoundDevice>| {
            // Nobody listening means the player is ending.
            let _ = to.send(DeviceNews::Devices(devices));
        };
        let (end, receiver) = watch(stopped, report);
        if end == WatchEnd::Stopped {
            return;
        }
        stopped = receiver;
        if news.send(DeviceNews::ServerGone).is_err() {
            return;
        }
        loop {
            match waiting.recv_timeout(LOOK_PERIOD) {
                Err(RecvTimeoutError::Timeout) if !pipewire_answers() => {}
                Err(RecvTimeoutError::Timeout) => break,
                Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }
}

/// The devices there are now; `None` without a server.
pub(super) fn devices_now() -> Option<Vec<FoundDevice>> {
    if !pipewire_answers() {
        return None;
    }
    let (stop, stopped) = pw::channel::channel();
    let found = Rc::new(RefCell::new(None));
    let report = {
        let (found, stop) = (Rc::clone(&found), stop.clone());
        move |devices| {
            *found.borrow_mut() = Some(devices);
            // The loop lives as long as this runs.
            let _ = stop.send(());
        }
    };
    // A server that hangs is no server.
    let (done, is_done) = bounded::<()>(0);
    let guard = std::thread::Builder::new()
        .name("device-patience".into())
        .spawn(move || {
            if is_done.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                // The loop may just have ended.
                let _ = stop.send(());
            }
        })
        .ok()?;
    let _ = watch(stopped, report);
    drop(done);
    // It has nothing to say.
    let _ = guard.join();
    found.take()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WatchEnd {
    Stopped,
    ServerGone,
}

/// What is known of the server's objects.
#[derive(Default)]
struct Known {
    sinks: RefCell<HashMap<u32, FoundDevice>>,
    default_id: RefCell<Option<String>>,
    /// Listeners and what they listen to, by the object's number.
    nodes: RefCell<HashMap<u32, (NodeListener, Node)>>,
    metadata: RefCell<HashMap<u32, (MetadataListener, Metadata)>>,
    /// The server has been asked to say when it has told everything.
    is_asked: Cell<bool>,
    /// Something has changed since; what was bound then has yet to tell about itself.
    is_behind: Cell<bool>,
}

impl Known {
    fn devices(&self) -> Vec<FoundDevice> {
        let default_id = self.default_id.borrow();
        let sinks = self.sinks.borrow();
        let devices = sinks.values().map(|device| FoundDevice {
            is_default: default_id.as_deref() == Some(device.id.as_str()),
            ..device.clone()
        });
        named(devices.collect())
    }
}

/// Listens to the server; `report` has all devices whenever something has changed. Gives `stopped` back.
fn watch(
    stopped: pw::channel::Receiver<()>,
    report: impl Fn(Vec<FoundDevice>) + 'static,
) -> (WatchEnd, pw::channel::Receiver<()>) {
    pw::init();
    let Some((main_loop, context)) = MainLoopRc::new(None)
        .ok()
        .and_then(|main_loop| Some((main_loop.clone(), ContextRc::new(&main_loop, None).ok()?)))
    else {
        return (WatchEnd::Stopped, stopped);
    };
    let Ok(core) = context.connect_rc(None) else {
        return (WatchEnd::ServerGone, stopped);
    };
    let Ok(registry) = core.get_registry_rc() else {
        return (WatchEnd::ServerGone, stopped);
    };
    let end = Rc::new(Cell::new(WatchEnd::ServerGone));
    let attached = {
        let (to_quit, end) = (main_loop.clone(), Rc::clone(&end));
        stopped.attach(main_loop.loop_(), move |()| {
            end.set(WatchEnd::Stopped);
            to_quit.quit();
        })
    };
    let known = Rc::new(Known::default());
    let changed: Rc<dyn Fn()> = {
        let (known, core) = (Rc::clone(&known), core.downgrade());
        Rc::new(move || {
            if known.is_asked.replace(true) {
                known.is_behind.set(true);
            } else if core.upgrade().is_none_or(|core| core.sync(0).is_err()) {
                known.is_asked.set(false);
            }
        })
    };
    let _core_listener = core
        .add_listener_local()
        .done({
            let (known, changed) = (Rc::clone(&known), Rc::clone(&changed));
            move |id, _| {
                if id != PW_ID_CORE || !known.is_asked.replace(false) {
                    return;
                }
                if known.is_behind.replace(false) {
                    changed();
                } else {
                    report(known.devices());
                }
            }
        })
        .error({
            let main_loop = main_loop.clone();
            move |id, _, _, _| {
                if id == PW_ID_CORE {
                    main_loop.quit();
                }
            }
        })
        .register();
    let _registry_listener = registry
        .add_listener_local()
        .global({
            let (known, registry) = (Rc::clone(&known), registry.downgrade());
            let changed = Rc::clone(&changed);
            move |object| {
                let Some(registry) = registry.upgrade() else {
                    return;
                };
                if is_sink(object) {
                    if let Ok(node) = registry.bind::<Node, _>(object) {
                        let listener = listen_to_sink(&node, object.id, &known, &changed);
                        let entry = (listener, node);
                        known.nodes.borrow_mut().insert(object.id, entry);
                        changed();
                    }
                } else if is_defaults(object)
                    && let Ok(metadata) = registry.bind::<Metadata, _>(object)
                {
                    let listener = listen_to_defaults(&metadata, &known, &changed);
                    let entry = (listener, metadata);
                    known.metadata.borrow_mut().insert(object.id, entry);
                    changed();
                }
            }
        })
        .global_remove({
            let known = Rc::clone(&known);
            let changed = Rc::clone(&changed);
            move |id| {
                known.nodes.borrow_mut().remove(&id);
                if known.metadata.borrow_mut().remove(&id).is_some() {
                    // The session manager has gone; its choice holds until another one chooses.
                    changed();
                }
                if known.sinks.borrow_mut().remove(&id).is_some() {
                    changed();
                }
            }
        })
        .register();
    changed();
    main_loop.run();
    known.nodes.borrow_mut().clear();
    known.metadata.borrow_mut().clear();
    (end.get(), attached.deattach())
}

fn is_sink(object: &GlobalObject<&DictRef>) -> bool {
    let class = object.props.and_then(|props| props.get("media.class"));
    object.type_ == ObjectType::Node && matches!(class, Some("Audio/Sink" | "Audio/Duplex"))
}

fn is_defaults(object: &GlobalObject<&DictRef>) -> bool {
    let name = object.props.and_then(|props| props.get("metadata.name"));
    object.type_ == ObjectType::Metadata && name == Some("default")
}

fn listen_to_sink(
    node: &Node,
    number: u32,
    known: &Rc<Known>,
    changed: &Rc<dyn Fn()>,
) -> NodeListener {
    let (known, changed) = (Rc::clone(known), Rc::clone(changed));
    node.add_listener_local()
        .info(move |info| {
            let Some(device) = info.props().and_then(device_of) else {
                return;
            };
            // Told again each time the sink starts or stops to run.
            let before = known.sinks.borrow_mut().insert(number, device.clone());
            if before.as_ref() != Some(&device) {
                changed();
            }
        })
        .register()
}

fn listen_to_defaults(
    metadata: &Metadata,
    known: &Rc<Known>,
    changed: &Rc<dyn Fn()>,
) -> MetadataListener {
    let (known, changed) = (Rc::clone(known), Rc::clone(changed));
    metadata
        .add_listener_local()
        .property(move |_, key, _, value| {
            if key == Some("default.audio.sink") {
                let name = value.and_then(name_in);
                if *known.default_id.borrow() != name {
                    *known.default_id.borrow_mut() = name;
                    changed();
                }
            }
            0
        })
        .register()
}

/// The name in `{"name":"…"}`.
fn name_in(json: &str) -> Option<String> {
    let value: serde_json::Value = serde_json::from_str(json).ok()?;
    Some(value.get("name")?.as_str()?.to_owned())
}

fn device_of(props: &DictRef) -> Option<FoundDevice> {
    let id = props.get("node.name")?.to_owned();
    let name = ["node.description", "node.nick"]
        .iter()
        .find_map(|key| props.get(key))
        .unwrap_or_default();
    let says = |key: &str, words: &[&str]| {
        props
            .get(key)
            .is_some_and(|value| words.iter().any(|word| value.contains(word)))
    };
    let is_personal = says("device.api", &["bluez"])
        || says("device.bus", &["bluetooth"])
        || [
            "device.form-factor",
            "device.form_factor",
            "device.icon-name",
            "device.icon_name",
        ]
        .iter()
        .any(|key| says(key, &["headphone", "headset", "hands-free", "handset"]));
    Some(FoundDevice {
        id,
        name: name.to_owned(),
        kind: match is_personal {
            true => DeviceKind::Personal,
            false => DeviceKind::Room,
        },
        is_default: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_read_from_what_the_session_manager_writes() {
        assert_eq!(name_in(r#"{"name":"test"}"#), Some("test".into()));
        assert_eq!(name_in(r#"{ "name": "a \"b\"" }"#), Some("a \"b\"".into()));
        assert_eq!(name_in("{}"), None);
        assert_eq!(name_in("nonsense"), None);
    }
}
