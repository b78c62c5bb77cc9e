//! WatchJob: every event of a job, in order, until its end.
//!
//! Events are read from the store, so a slow reader loses none and holds up nobody: it waits in a task of its own.

use std::time::Duration;

use formfeed_domain::spool::{JobEvent, JobId};
use formfeed_proto::convert::job::event_to;
use formfeed_proto::spooler as pb;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use super::Handlers;
use super::error::refused;

/// Events of one read.
const PAGE: usize = 500;
/// Events that wait for a slow reader.
const AHEAD: usize = 16;
/// How often to look without being told: for changes by another process.
const LOOK_ANYWAY: Duration = Duration::from_secs(5);

/// Events on their way to a reader.
pub(super) type Events = ReceiverStream<Result<pb::JobEvent, Status>>;

impl Handlers {
    /// Follows a job after a sequence number.
    pub(super) async fn watch(&self, id: JobId, after: i64) -> Result<Events, Status> {
        let store = &self.queue.shared().store;
        store.job(&id).await.map_err(refused)?;
        let (sender, events) = mpsc::channel(AHEAD);
        let handlers = self.clone();
        formfeed_runtime::context::spawn(async move {
            if let Err(status) = handlers.follow(&id, after, &sender).await {
                sender.send(Err(status)).await.ok();
            }
        });
        Ok(ReceiverStream::new(events))
    }

    /// Ends with the job, or when the reader left.
    async fn follow(
        &self,
        id: &JobId,
        after: i64,
        reader: &mpsc::Sender<Result<pb::JobEvent, Status>>,
    ) -> Result<(), Status> {
        let mut bell = self.queue.shared().hub.listen();
        let (mut sequence, mut told_of_the_end) = (after, false);
        loop {
            let (events, job, ended) = self.news(id, sequence).await?;
            let more = events.len() == PAGE;
            for event in events {
                sequence = event.sequence;
                told_of_the_end = ended;
                let message = event_to(&event, job.clone());
                if reader.send(Ok(message)).await.is_err() {
                    return Ok(());
                }
            }
            match (ended, more) {
                (true, false) if told_of_the_end => return Ok(()),
                // The reader knows every event already; the last one again, with the final report.
                (true, false) => sequence = self.last_but_one(id).await?,
                (_, true) => {}
                (false, false) => tokio::select! {
                    () = bell.rung_for(id) => {}
                    () = tokio::time::sleep(LOOK_ANYWAY) => {}
                    () = reader.closed() => return Ok(()),
                },
            }
        }
    }

    /// Events after a sequence number, the job as it stands, and whether it had ended before they were read.
    async fn news(
        &self,
        id: &JobId,
        sequence: i64,
    ) -> Result<(Vec<JobEvent>, pb::Job, bool), Status> {
        let store = &self.queue.shared().store;
        let view = store.job(id).await.map_err(refused)?;
        let ended = view.job.ended_at.is_some();
        let events = store.events_after(id, sequence, PAGE).await;
        let job = self.job_message(&view).await.map_err(refused)?;
        Ok((events.map_err(refused)?, job, ended))
    }

    async fn last_but_one(&self, id: &JobId) -> Result<i64, Status> {
        let last = self.queue.shared().store.last_event(id).await;
        Ok(last.map_err(refused)?.saturating_sub(1))
    }
}
