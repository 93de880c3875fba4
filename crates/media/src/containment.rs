//! Panics of libraries that read what anybody may have made: they end one thread, not the player.
//!
//! The release build aborts on a panic, so nothing can be caught. The panic hook comes before that: on a
//! thread that is marked here it tells whoever waits for it, and parks the thread for good. Where panics unwind, the thread
//! ends by itself.

use std::cell::RefCell;
use std::panic::{PanicHookInfo, set_hook, take_hook};
use std::sync::Once;
use std::sync::mpsc::channel;

type Notice = Box<dyn FnOnce(String)>;

thread_local! {
    static NOTICE: RefCell<Option<Notice>> = const { RefCell::new(None) };
}

/// Work that did not come to its end, and why.
///
/// ```
/// let panicked = media::containment::Panicked("index out of bounds".into());
/// assert!(panicked.to_string().starts_with("damaged: "));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Panicked(pub String);

impl std::fmt::Display for Panicked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "damaged: the decoder failed ({})", self.0)
    }
}

impl std::error::Error for Panicked {}

/// From now on a panic of the calling thread hands its message to `notice` and retires the thread: it holds
/// what it held, and never runs again.
pub fn retire_on_panic(notice: impl FnOnce(String) + 'static) {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let usual = take_hook();
        set_hook(Box::new(move |info| match take_notice() {
            Some(notice) => {
                notice(message(info));
                // Parked, it holds the hook's lock: nobody may set another hook after this. Where panics
                // unwind, the thread just ends.
                while cfg!(panic = "abort") {
                    std::thread::park();
                }
            }
            None => usual(info),
        }));
    });
    NOTICE.with_borrow_mut(|slot| *slot = Some(Box::new(notice)));
}

fn take_notice() -> Option<Notice> {
    // A panic while it is being set, or at the very end of the thread, is an ordinary one.
    NOTICE
        .try_with(|slot| slot.try_borrow_mut().ok()?.take())
        .ok()
        .flatten()
}

fn message(info: &PanicHookInfo<'_>) -> String {
    let payload = info.payload();
    let text = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    // One line, whatever the library had to say.
    let first = text.and_then(|text| text.lines().next());
    first.unwrap_or("without a word").to_owned()
}

/// Runs `work` on a thread called `name` and waits for it. Costs a thread's start, some 20 µs.
///
/// # Errors
/// When it panics, or the system refuses a thread.
pub fn contained<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Panicked> {
    let (sender, result) = channel();
    let thread = std::thread::Builder::new().name(name.to_owned());
    let spawned = thread.spawn(move || {
        let failed = sender.clone();
        // Whoever waited is still there: it waits for nothing else.
        retire_on_panic(move |message| drop(failed.send(Err(Panicked(message)))));
        let done = work();
        drop(sender.send(Ok(done)));
    });
    match spawned {
        Ok(_) => result
            .recv()
            .unwrap_or_else(|_| Err(Panicked("its thread has gone".to_owned()))),
        Err(error) => Err(Panicked(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_works_is_returned_and_what_panics_is_told() {
        assert_eq!(contained("adder", || 1 + 1), Ok(2));
        let zero = std::hint::black_box(0);
        let failed = contained("divider", move || 1 / zero);
        let reason = "attempt to divide by zero".to_owned();
        assert_eq!(failed, Err(Panicked(reason)));
        let failed = contained("indexer", move || vec![1, 2][5 + zero as usize]);
        assert!(failed.is_err());
        // Others panic as ever.
        let usual = std::panic::catch_unwind(|| panic!("as usual"));
        assert!(usual.is_err());
    }
}
