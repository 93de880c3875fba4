//! A value the listener has set and the player has not confirmed yet.

/// How long a value set here is shown without confirmation, in seconds.
const PATIENCE_SECONDS: f64 = 0.5;

/// Bridges the moment between an order and the snapshot that shows it done, so that a control never
/// jumps back under the pointer and several steps within one frame add up.
#[derive(Debug, Default)]
pub(crate) struct Pending<T> {
    ordered: Option<(T, f64)>,
}

impl<T: Clone + PartialEq> Pending<T> {
    /// Notes what was ordered; `now` in seconds.
    pub(crate) fn order(&mut self, value: T, now: f64) {
        self.ordered = Some((value, now + PATIENCE_SECONDS));
    }

    /// What to show, given what the player says.
    pub(crate) fn shown(&mut self, actual: &T, now: f64) -> T {
        match &self.ordered {
            Some((value, until)) if value != actual && now < *until => value.clone(),
            _ => {
                self.ordered = None;
                actual.clone()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_shown_until_confirmed_or_given_up() {
        let mut volume = Pending::default();
        assert_eq!(volume.shown(&1, 0.0), 1);
        volume.order(5, 0.0);
        assert_eq!(volume.shown(&1, 0.1), 5);
        assert_eq!(volume.shown(&5, 0.2), 5);
        assert_eq!(
            volume.shown(&2, 0.3),
            2,
            "confirmed: later changes are the player's"
        );
        volume.order(7, 1.0);
        assert_eq!(
            volume.shown(&2, 1.6),
            2,
            "never confirmed: the player is right"
        );
    }
}
