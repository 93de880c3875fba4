//! Latest-wins values: a writer publishes whole values, a reader always finds the newest.

/// The writing end; publishing never waits.
pub struct SnapshotWriter<T: Send> {
    input: triple_buffer::Input<T>,
}

/// The reading end; reading never waits.
pub struct SnapshotReader<T: Send> {
    output: triple_buffer::Output<T>,
}

/// A pair of ends that starts out with `initial`. Allocates.
///
/// ```
/// let (mut writer, mut reader) = rt::snapshot::snapshot(&0);
/// writer.publish(1);
/// writer.publish(2);
/// assert_eq!(*reader.latest(), 2);
/// assert!(reader.changed().is_none());
/// ```
pub fn snapshot<T: Clone + Send>(initial: &T) -> (SnapshotWriter<T>, SnapshotReader<T>) {
    let (input, output) = triple_buffer::triple_buffer(initial);
    (SnapshotWriter { input }, SnapshotReader { output })
}

impl<T: Send> SnapshotWriter<T> {
    /// Makes `value` the newest. Drops an old value on this thread, so heap memory is never freed by
    /// the reader.
    pub fn publish(&mut self, value: T) {
        self.input.write(value);
    }
}

impl<T: Send> SnapshotReader<T> {
    /// The newest value.
    pub fn latest(&mut self) -> &T {
        self.output.read()
    }

    /// The newest value if it has not been seen yet.
    pub fn changed(&mut self) -> Option<&T> {
        if self.output.update() {
            Some(self.output.output_buffer())
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_wins_and_is_seen_once() {
        let (mut writer, mut reader) = snapshot(&0);
        assert_eq!(reader.changed(), None);
        writer.publish(1);
        writer.publish(2);
        assert_eq!(reader.changed(), Some(&2));
        assert_eq!(reader.changed(), None);
        assert_eq!(*reader.latest(), 2);
    }
}
