//! WatchJob: every event of a job, in order, until its end.
//!
//! Events are read from the store, so a slow reader loses none and holds up nobody: it waits in a task of its own.

use std::time::Duration;

use formfeed_domain::spool::{JobEvent, JobId};
use formfeed_proto::convert::job::event_to;
use formfeed_proto::spooler as pb;
use formfeed_store::at_once;
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
        let store = &self.store;
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
        let (mut sequence, mut ended_before) = (after, false);
        loop {
            let (events, job, ended) = self.news(id, sequence).await?;
            let end = match ended {
                true => Some(self.last_end(id).await?),
                false => None,
            };
            let none = events.is_empty();
            for event in events {
                sequence = event.sequence;
                let last = end.is_some_and(|end| end > 0 && event.sequence >= end);
                let message = event_to(&event, job.clone());
                if reader.send(Ok(message)).await.is_err() || last {
                    return Ok(());
                }
            }
            if ended && ended_before && none {
                // The reader knows every event already: the last one again, with the final report.
                sequence = self.last_but_one(id).await?;
            } else if none && !ended {
                tokio::select! {
                    () = bell.rung_for(id) => {}
                    () = tokio::time::sleep(LOOK_ANYWAY) => {}
                    () = reader.closed() => return Ok(()),
                }
            }
            ended_before = ended;
        }
    }

    /// Events after a sequence number, then the job as it stood after them, and whether it had ended.
    async fn news(
        &self,
        id: &JobId,
        sequence: i64,
    ) -> Result<(Vec<JobEvent>, pb::Job, bool), Status> {
        let store = &self.store;
        at_once(async {
            let events = store.events_after(id, sequence, PAGE).await?;
            let view = store.job(id).await?;
            let job = self.job_message(&view).await?;
            Ok((events, job, view.job.ended_at.is_some()))
        })
        .await
        .map_err(refused)
    }

    /// The event that told the end; one before it may have told an earlier end, after which the job was opened again.
    async fn last_end(&self, id: &JobId) -> Result<i64, Status> {
        let end = self.store.last_end(id).await;
        end.map_err(refused)
    }

    async fn last_but_one(&self, id: &JobId) -> Result<i64, Status> {
        let last = self.store.last_event(id).await;
        Ok(last.map_err(refused)?.saturating_sub(1))
    }
}
