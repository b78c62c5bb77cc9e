//! What keeps the screen true: the spooler is asked again as soon as a stream of one of its jobs tells something, and every
//! now and then for what has no stream (printers, new jobs). A lost connection is told at once, and tried again.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use formfeed_proto::spooler as pb;
use formfeed_runtime::service::Service;
use pb::job_service_client::JobServiceClient;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::truth::{Truth, look};
use crate::connect::{ConnectArgs, Link, client};
use crate::errors::CliError;

/// Between two looks without being told.
const LOOK_ANYWAY: Duration = Duration::from_secs(2);
/// Between two tries to reach the spooler again.
const TRY_AGAIN: Duration = Duration::from_secs(1);
/// Two looks are no closer than this, however much happens.
const NO_CLOSER: Duration = Duration::from_millis(150);
/// Who takes longer to answer is lost.
const ANSWERS_WITHIN: Duration = Duration::from_secs(5);
/// Jobs that are followed at once, from the front of the line.
const FOLLOWED: usize = 24;

/// What the screen is told.
#[derive(Debug)]
pub(super) enum News {
    /// How things stand.
    Truth(Box<Truth>),
    /// The spooler does not answer, and why.
    Lost(String),
    /// A job ended.
    Ended(Box<pb::Job>),
    /// What came of an action, in words.
    Acted(Result<String, String>),
}

/// Tells the screen how things stand until nobody listens.
pub(super) async fn run(connect: ConnectArgs, wake: Arc<Notify>, tell: mpsc::Sender<News>) {
    let (mut streams, mut link) = (Streams::default(), None);
    loop {
        let began = Instant::now();
        let (news, rest) = match ask(&connect, &mut link).await {
            Ok((link, truth)) => {
                streams.follow(&link, &truth, &wake, &tell);
                (News::Truth(Box::new(truth)), LOOK_ANYWAY)
            }
            Err(error) => (News::Lost(error.to_string()), TRY_AGAIN),
        };
        if tell.send(news).await.is_err() {
            return;
        }
        tokio::select! {
            () = wake.notified() => sleep_until(began + NO_CLOSER).await,
            () = sleep(rest) => {}
        }
    }
}

/// Finds the spooler anew where the last way to it failed: after a restart it may be elsewhere.
async fn ask(connect: &ConnectArgs, known: &mut Option<Link>) -> Result<(Link, Truth), CliError> {
    let link = match known.take() {
        Some(link) => link,
        None => connect.find()?.link(Service::Spooler)?,
    };
    let late = |_| {
        let seconds = ANSWERS_WITHIN.as_secs();
        CliError::Unreachable(format!("no answer within {seconds} seconds"))
    };
    let truth = timeout(ANSWERS_WITHIN, look(&link)).await.map_err(late)??;
    *known = Some(link.clone());
    Ok((link, truth))
}

/// The jobs that are followed.
#[derive(Default)]
struct Streams {
    of: HashMap<String, Stream>,
}

struct Stream {
    /// Of the last event that came.
    sequence: Arc<AtomicI64>,
    reader: JoinHandle<()>,
    /// Not followed anew before, should it break at once.
    not_before: Instant,
}

impl Streams {
    /// Follows the jobs at the front of the line, and those no more that are not in it.
    fn follow(
        &mut self,
        link: &Link,
        truth: &Truth,
        wake: &Arc<Notify>,
        tell: &mpsc::Sender<News>,
    ) {
        let front: Vec<_> = truth.jobs.iter().take(FOLLOWED).collect();
        self.of.retain(|name, stream| {
            // One that left the line may be about to tell how it ended.
            front.iter().any(|job| job.name == *name) || !stream.reader.is_finished()
        });
        for job in front {
            let now = Instant::now();
            let known = self.of.get(&job.name);
            if known.is_some_and(|it| !it.reader.is_finished() || now < it.not_before) {
                continue;
            }
            let sequence = known.map(|it| it.sequence.clone()).unwrap_or_default();
            let reader = read(
                link.clone(),
                job.name.clone(),
                sequence.clone(),
                wake.clone(),
                tell.clone(),
            );
            let stream = Stream {
                sequence,
                reader: tokio::spawn(reader),
                not_before: now + LOOK_ANYWAY,
            };
            self.of.insert(job.name.clone(), stream);
        }
    }
}

impl Drop for Streams {
    fn drop(&mut self) {
        self.of.values().for_each(|stream| stream.reader.abort());
    }
}

/// Wakes whoever asks with every event, and when the stream breaks.
async fn read(
    link: Link,
    name: String,
    sequence: Arc<AtomicI64>,
    wake: Arc<Notify>,
    tell: mpsc::Sender<News>,
) {
    let mut jobs = client!(JobServiceClient, link);
    let request = pb::WatchJobRequest {
        name,
        after_sequence: sequence.load(Ordering::Relaxed),
    };
    if let Ok(events) = jobs.watch_job(request).await {
        let mut events = events.into_inner();
        while let Ok(Some(event)) = events.message().await {
            sequence.store(event.sequence, Ordering::Relaxed);
            wake.notify_one();
            if let Some(job) = event.job.filter(has_ended) {
                tell.send(News::Ended(Box::new(job))).await.ok();
                return;
            }
        }
    }
    wake.notify_one();
}

fn has_ended(job: &pb::Job) -> bool {
    use pb::job::State::{Aborted, Canceled, Completed};
    matches!(job.state(), Completed | Canceled | Aborted)
}
