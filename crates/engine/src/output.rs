//! Where rendered sound goes: a device, or a clock that asks for it and throws it away.

pub mod audio_path;
mod callback_body;
pub mod device;
pub mod device_watch;
mod device_word;
pub mod found_device;
mod latency;
mod names;
pub mod null;
mod pace;
mod pulse;
pub mod slot;
pub mod sound_server;
pub mod trouble;

use super::renderer::Renderer;
use crossbeam::channel::{Receiver, Sender, bounded};

/// A renderer on loan to an output. Dropped by whichever thread ends the stream, it sends the
/// renderer home, so that a lost device loses no sound.
pub struct RendererLoan {
    renderer: Option<Box<Renderer>>,
    home: Sender<Box<Renderer>>,
    is_priority_set: bool,
}

impl RendererLoan {
    /// Lends `renderer` out; it comes back through the receiver.
    pub fn new(renderer: Box<Renderer>) -> (Self, Receiver<Box<Renderer>>) {
        let (home, back) = bounded(1);
        (
            Self {
                renderer: Some(renderer),
                home,
                is_priority_set: false,
            },
            back,
        )
    }

    /// Frames a second of the lent renderer.
    pub fn sample_rate_hz(&self) -> u32 {
        self.renderer.as_ref().map_or(0, |r| r.sample_rate_hz())
    }

    /// Interleaved channels of the lent renderer.
    pub fn channels(&self) -> usize {
        self.renderer.as_ref().map_or(0, |r| r.channels())
    }

    /// Whether something works on the samples, so that shorter words want dither.
    pub fn changes_samples(&self) -> bool {
        self.renderer.as_ref().is_some_and(|r| r.changes_samples())
    }

    /// Renders the next frames, see [`Renderer::render`]. The first call raises the calling thread's
    /// priority, which takes a few system calls, once; every later call takes none.
    pub fn render(&mut self, out: &mut [f32], latency_frames: u64) {
        let Some(renderer) = &mut self.renderer else {
            return;
        };
        if !self.is_priority_set {
            self.is_priority_set = true;
            renderer.monitor().begin_stream();
            renderer.monitor().callback_thread().raise_current_thread();
        }
        renderer.render(out, latency_frames);
    }
}

impl Drop for RendererLoan {
    fn drop(&mut self) {
        if let Some(renderer) = self.renderer.take() {
            // Nobody waiting means the player is gone, and the renderer may go too.
            let _ = self.home.try_send(renderer);
        }
    }
}
