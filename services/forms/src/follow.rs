//! What a caller of `PrintForms` gets to see: the printing, then its job's events, then its final report.

use std::time::Duration;

use formfeed_domain::printing::Printing;
use formfeed_proto::convert::forms::printing_to;
use formfeed_proto::forms::PrintFormsEvent;
use formfeed_proto::forms::print_forms_event::Event;
use formfeed_proto::spooler::{Job, job::State};
use formfeed_runtime::context;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Status};

use crate::peers::Spooler;

/// What a caller reads.
pub(crate) type EventStream = ReceiverStream<Result<PrintFormsEvent, Status>>;

/// Events that wait for a slow reader; the spooler then skips some for us.
const EVENTS_AHEAD: usize = 16;
/// How often a spooler that is away is asked again, without anything new in between.
const ATTEMPTS: u32 = 15;
/// Time between two attempts.
const PAUSE: Duration = Duration::from_secs(1);

/// The stream of a printing; with `follow` to the end of its job. It ends when the caller leaves; the job goes on.
pub(crate) fn stream(spooler: &Spooler, printing: &Printing, follow: bool) -> EventStream {
    let (events, stream) = mpsc::channel(EVENTS_AHEAD);
    let submitted = Event::Submitted(printing_to(printing));
    let job = printing.job.clone().filter(|_| follow);
    let spooler = spooler.clone();
    context::spawn(async move {
        let follower = Follower { spooler, events };
        if follower.tell(submitted).await.is_err() {
            return;
        }
        if let Some(job) = job {
            follower.follow(&job).await;
        }
    });
    ReceiverStream::new(stream)
}

struct Follower {
    spooler: Spooler,
    events: mpsc::Sender<Result<PrintFormsEvent, Status>>,
}

/// Why following ends.
enum Stop {
    /// The caller has left.
    CallerLeft,
    /// The spooler answered with an error.
    Failed(Status),
}

impl Follower {
    async fn follow(&self, job: &str) {
        let finished = tokio::select! {
            finished = self.to_the_end(job) => finished,
            () = self.events.closed() => return,
        };
        match finished {
            Ok(job) => {
                self.tell(Event::Finished(job)).await.ok();
            }
            Err(Stop::CallerLeft) => {}
            Err(Stop::Failed(status)) => {
                self.events.send(Err(status)).await.ok();
            }
        }
    }

    /// Passes every event on until the job has ended, over restarts of the spooler.
    async fn to_the_end(&self, name: &str) -> Result<Job, Stop> {
        let (mut last, mut failures) = (0, 0);
        loop {
            let before = last;
            match self.watch(name, &mut last).await {
                Ok(job) if has_ended(&job) => return Ok(job),
                Ok(_) => {}
                Err(Stop::Failed(status)) if status.code() != Code::Unavailable => {
                    return Err(Stop::Failed(status));
                }
                Err(stop) if failures >= ATTEMPTS => return Err(stop),
                Err(Stop::CallerLeft) => return Err(Stop::CallerLeft),
                Err(Stop::Failed(_)) => {}
            }
            failures = if last > before { 0 } else { failures + 1 };
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Passes the events on that come in one go, then asks how the job stands.
    async fn watch(&self, name: &str, last: &mut i64) -> Result<Job, Stop> {
        let mut events = self
            .spooler
            .watch(name, *last)
            .await
            .map_err(Stop::Failed)?;
        while let Some(event) = events.next().await.map_err(Stop::Failed)? {
            *last = event.sequence.max(*last);
            self.tell(Event::JobEvent(event)).await?;
        }
        self.spooler.job(name).await.map_err(Stop::Failed)
    }

    async fn tell(&self, event: Event) -> Result<(), Stop> {
        let message = PrintFormsEvent { event: Some(event) };
        let sent = self.events.send(Ok(message)).await;
        sent.map_err(|_| Stop::CallerLeft)
    }
}

fn has_ended(job: &Job) -> bool {
    matches!(
        job.state(),
        State::Completed | State::Canceled | State::Aborted
    )
}
