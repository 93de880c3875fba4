//! The response of a drawn curve, on its way to the renderer and back.

use super::OutputSlot;
use dsp::convolver::PreparedResponse;
use dsp::equalizer::GraphicCurve;
use dsp::minimum_phase::impulse_response;

impl OutputSlot {
    /// The free response behind the equalizer. The renderer changes to it within a few callbacks.
    pub fn set_curve(&mut self, curve: Option<&GraphicCurve>) {
        if self.curve.as_ref() == curve {
            return;
        }
        self.curve = curve.cloned();
        if self.links.is_some() {
            self.unsent = Some(self.prepared_response(self.status.sample_rate_hz));
            self.exchange_responses();
        }
    }

    pub(super) fn prepared_response(&self, rate_hz: u32) -> Option<Box<PreparedResponse>> {
        let response = impulse_response(self.curve.as_ref()?, f64::from(rate_hz));
        Some(Box::new(PreparedResponse::new(&response)))
    }

    /// Sends what is to be sent and frees what came back. To be called now and then.
    pub fn exchange_responses(&mut self) {
        let Some(links) = &mut self.links else { return };
        links.responses.free_retired();
        if let Some(response) = self.unsent.take() {
            self.unsent = links.responses.send(response).err();
        }
    }
}
