//! The thread `library`: the only one of this program that writes the database.

use super::DatabaseError;
use crossbeam::channel::{Sender, bounded, unbounded};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::path::Path;
use std::thread::JoinHandle;

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// The way to the thread. Dropping it ends the thread when everything has been written.
pub(super) struct Writer {
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub(super) fn start(mut connection: Connection, path: &Path) -> Result<Self, DatabaseError> {
        let (jobs, orders) = unbounded::<Job>();
        let thread = std::thread::Builder::new()
            .name("library".into())
            .spawn(move || {
                for job in orders {
                    job(&mut connection);
                }
                // What statistics the planner wants are gathered at the end; it works without them.
                let _ = connection.execute_batch("PRAGMA optimize");
            })
            .map_err(|error| DatabaseError::Open {
                path: path.to_owned(),
                reason: error.to_string(),
            })?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
        })
    }

    /// Carries `work` out in one transaction, and waits for it: all of it is written, or nothing.
    ///
    /// # Errors
    /// What `work` says, or that it could not be written.
    pub(super) fn write<R: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<R, DatabaseError> + Send + 'static,
    ) -> Result<R, DatabaseError> {
        let (answer, answered) = bounded(1);
        let job: Job = Box::new(move |connection| {
            let done = (|| {
                let transaction =
                    connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
                let result = work(&transaction)?;
                transaction.commit()?;
                Ok(result)
            })();
            // Whoever asked may have gone.
            let _ = answer.send(done);
        });
        let ended = || DatabaseError::Failed("the writer thread has ended".into());
        let jobs = self.jobs.as_ref().ok_or_else(ended)?;
        jobs.send(job).map_err(|_| ended())?;
        answered.recv().map_err(|_| ended())?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // A panicked thread has nothing left to write.
            let _ = thread.join();
        }
    }
}
