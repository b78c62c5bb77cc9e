//! An IPP printer of our own that lies, on loopback: beside ippeveprinter, which does not.
//!
//! It reads what it is sent with the `ipp` crate's parser and keeps a record of what it really marked, apart from what
//! it says.

mod answers;

use std::io::Cursor;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode as Http, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use futures::StreamExt as _;
use ipp::model::{IppVersion, Operation, StatusCode};
use ipp::parser::IppParser;
use ipp::prelude::IppRequestResponse;
use ipp::reader::IppReader;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use answers::integer;

use crate::noise::Noise;

/// What is wrong with the printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lie {
    /// Nothing: it marks each sheet once and says so.
    None,
    /// It is busy whenever a job is to be made, so many times.
    BusyBefore(u32),
    /// It takes the document and marks it, but answers that it is busy.
    BusyAfterDocument,
    /// It takes the document and forgets the job.
    Drops,
    /// It takes the document and starts anew: its numbers begin again, and ours is another's job now, completed.
    Reboots,
    /// It says completed, but marks no sheet, and counts so.
    MarksNone,
    /// It marks the sheet twice, and counts so.
    MarksTwice,
    /// It works on the job for ever.
    NeverEnds,
    /// It aborts the job after the sheet is marked.
    Aborts,
    /// It never answers an operation.
    Hangs(Operation),
    /// It answers an operation with what is no IPP.
    Garbage(Operation),
    /// It answers an operation with nothing at all.
    Empty(Operation),
    /// It answers an operation with the beginning of an answer.
    Cut(Operation),
    /// It answers an operation twice in one.
    AnswersTwice(Operation),
    /// It sends whoever asks for an operation to another address.
    Redirects(Operation),
    /// It asks who comes, when the request has come whole and was carried out.
    AsksWho(Operation),
    /// It refuses what it does not do: one side, one copy.
    RefusesTemplate,
    /// Of a job only the paper may be chosen.
    OffersLittle,
    /// It prints raster only.
    RasterOnly,
    /// It keeps the events of a job, and holds an answer back until there is one.
    TellsEvents,
    /// It is stopped, and says why in the words of [`MARKUP`].
    SpeaksMarkup,
    /// Every answer is damaged somewhere, by that seed.
    Noise(u64),
}

/// What a hostile printer says of itself.
pub const MARKUP: &str = "<script>window.hacked=1</script><img src=x onerror=\"window.hacked=1\">";

/// A printer that runs until it is dropped.
#[derive(Debug)]
pub struct LyingPrinter {
    port: u16,
    memory: Memory,
    serving: JoinHandle<()>,
}

type Memory = Arc<Mutex<Facts>>;

#[derive(Debug)]
struct Facts {
    lie: Lie,
    /// From the document to the mark.
    pace: Duration,
    jobs: Vec<Job>,
    next_id: i32,
    /// Names of the jobs of which a sheet was marked, one entry for each sheet.
    marked: Vec<String>,
    asked: Vec<i16>,
    redirected: u32,
    /// What was asked for in the last job that was made, beside its document.
    template: Vec<String>,
    /// Sides marked in its life, ours and others'.
    impressions: i32,
    /// When it marked its last sheet, and how long it stood still before each but the first.
    idle_since: Option<Instant>,
    rests: Vec<Duration>,
}

#[derive(Debug, Clone)]
struct Job {
    id: i32,
    uuid: String,
    name: String,
    state: i32,
    impressions: i32,
}

const SETTABLE: [&str; 5] = [
    "copies",
    "media",
    "print-scaling",
    "printer-resolution",
    "sides",
];

/// Operations that the library has no names for (RFC 3995, RFC 3996).
const CREATE_JOB_SUBSCRIPTIONS: i16 = 0x17;
const GET_NOTIFICATIONS: i16 = 0x1C;

/// How long a printer waits for the document of a job.
const EMPTY_FOR: Duration = Duration::from_millis(1_500);

const PENDING: i32 = 3;
const PROCESSING: i32 = 5;
const CANCELED: i32 = 7;
const ABORTED: i32 = 8;
const COMPLETED: i32 = 9;

impl LyingPrinter {
    /// Starts it.
    ///
    /// # Panics
    /// Loopback has no free port.
    pub async fn start(lie: Lie) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await;
        let listener = listener.expect("loopback has a free port");
        let port = listener.local_addr().expect("a bound port").port();
        let memory = Arc::new(Mutex::new(Facts {
            lie,
            pace: Duration::ZERO,
            jobs: Vec::new(),
            next_id: 1,
            marked: Vec::new(),
            asked: Vec::new(),
            redirected: 0,
            impressions: 0,
            template: Vec::new(),
            idle_since: None,
            rests: Vec::new(),
        }));
        let router = Router::new()
            .route("/ipp/print", post(answer))
            .route("/elsewhere", post(elsewhere))
            .layer(axum::extract::DefaultBodyLimit::disable())
            .with_state(memory.clone());
        let serving = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("it serves");
        });
        Self {
            port,
            memory,
            serving,
        }
    }

    /// Its URI.
    pub fn uri(&self) -> String {
        format!("ipp://127.0.0.1:{}/ipp/print", self.port)
    }

    /// Names of the jobs of which a sheet was marked, one entry for each sheet: what lies in its tray.
    pub fn marked(&self) -> Vec<String> {
        self.facts().marked.clone()
    }

    /// How often an operation was asked for.
    pub fn asked(&self, operation: Operation) -> usize {
        let asked = &self.facts().asked;
        asked.iter().filter(|it| **it == operation as i16).count()
    }

    /// What was asked for in the last job that was made, as `name=value`, by name.
    pub fn template(&self) -> Vec<String> {
        self.facts().template.clone()
    }

    /// How often somebody came to the address that it sends people to.
    pub fn redirected(&self) -> u32 {
        self.facts().redirected
    }

    /// Takes so long for a sheet, from now on.
    pub fn take_time(&self, pace: Duration) {
        self.facts().pace = pace;
    }

    /// How long it stood still between a mark and the next document, so far.
    pub fn rests(&self) -> Vec<Duration> {
        self.facts().rests.clone()
    }

    /// Whether it works on nothing: what it has not marked by now, it will not.
    pub fn is_idle(&self) -> bool {
        self.facts().jobs.iter().all(|job| job.state >= CANCELED)
    }

    /// Another lie, or none, from now on.
    pub fn now(&self, lie: Lie) {
        self.facts().lie = lie;
    }

    /// Ends what it works on: it marks the sheet now, late.
    pub fn finish(&self) {
        let mut facts = self.facts();
        let mut late = Vec::new();
        for job in facts.jobs.iter_mut().filter(|job| job.state == PROCESSING) {
            (job.state, job.impressions) = (COMPLETED, 1);
            late.push(job.name.clone());
        }
        facts.marked.extend(late);
    }

    /// Somebody else prints a sheet, beside what [`LyingPrinter::marked`] tells.
    pub fn somebody_prints(&self, name: &str) {
        let mut facts = self.facts();
        let job = Job {
            id: facts.next_id,
            uuid: format!("urn:uuid:99999999-0000-4000-8000-{:012}", facts.next_id),
            name: name.to_owned(),
            state: COMPLETED,
            impressions: 1,
        };
        facts.next_id += 1;
        facts.impressions += 1;
        facts.jobs.push(job);
    }

    /// Forgets the jobs that ended; its counter goes on.
    pub fn forgets_what_ended(&self) {
        self.facts().jobs.retain(|job| job.state < CANCELED);
    }

    /// Says, late, that a job was completed which it had aborted.
    pub fn completes_what_it_aborted(&self) {
        for job in self.facts().jobs.iter_mut() {
            if job.state == ABORTED {
                job.state = COMPLETED;
            }
        }
    }

    fn facts(&self) -> MutexGuard<'_, Facts> {
        look(&self.memory)
    }
}

impl Drop for LyingPrinter {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn look(memory: &Memory) -> MutexGuard<'_, Facts> {
    memory.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where nobody may come who was sent here.
async fn elsewhere(State(memory): State<Memory>) -> Http {
    look(&memory).redirected += 1;
    Http::NOT_FOUND
}

async fn answer(State(memory): State<Memory>, body: Bytes) -> Response {
    let parsed = IppParser::new(IppReader::new(Cursor::new(body))).parse_parts();
    let Ok((header, attributes, _document)) = parsed else {
        return Http::BAD_REQUEST.into_response();
    };
    let code = header.operation_or_status;
    let lie = {
        let mut facts = look(&memory);
        facts.asked.push(code);
        if code == Operation::SendDocument as i16
            && let Some(since) = facts.idle_since.take()
        {
            facts.rests.push(since.elapsed());
        }
        facts.lie
    };
    let is = |operation: Operation| operation as i16 == code;
    if lie == Lie::TellsEvents && code == GET_NOTIFICATIONS {
        return events(&memory, header.request_id);
    }
    if matches!(lie, Lie::Hangs(operation) if is(operation)) {
        tokio::time::sleep(Duration::from_secs(3_600)).await;
    }
    let (status, groups) = {
        let mut facts = look(&memory);
        let answered = facts.answer(code, &attributes);
        if is(Operation::SendDocument) && !facts.pace.is_zero() {
            let job = integer(&attributes, "job-id");
            mark_later(&memory, (job, lie), facts.pace);
        }
        if is(Operation::CreateJob) {
            give_up_empty(&memory, facts.next_id - 1);
        }
        answered
    };
    let answer = IppRequestResponse::new_response(IppVersion::v1_1(), status, header.request_id);
    let mut answer = answer.expect("an answer");
    answer.attributes_mut().groups_mut().extend(groups);
    let bytes = answer.to_bytes().to_vec();
    match lie {
        Lie::Garbage(operation) if is(operation) => ipp_body(b"<html>busy</html>".to_vec()),
        Lie::Noise(seed) => {
            let asked = look(&memory).asked.len();
            let nth = u64::try_from(asked).unwrap_or_default();
            ipp_body(Noise::seeded(seed.wrapping_add(nth << 32)).damaged(&bytes))
        }
        Lie::Empty(operation) if is(operation) => ipp_body(Vec::new()),
        Lie::Cut(operation) if is(operation) => ipp_body(bytes[..bytes.len() / 2].to_vec()),
        Lie::AnswersTwice(operation) if is(operation) => {
            ipp_body([&bytes[..], &bytes[..]].concat())
        }
        Lie::AsksWho(operation) if is(operation) => {
            let mut headers = HeaderMap::new();
            let basic = "Basic realm=\"printer\"".parse().expect("a challenge");
            headers.insert(header::WWW_AUTHENTICATE, basic);
            (Http::UNAUTHORIZED, headers).into_response()
        }
        Lie::Redirects(operation) if is(operation) => {
            let mut headers = HeaderMap::new();
            headers.insert(header::LOCATION, "/elsewhere".parse().expect("a path"));
            (Http::TEMPORARY_REDIRECT, headers).into_response()
        }
        _ => ipp_body(bytes),
    }
}

/// Says at once that it will tell, and later that a job has ended (RFC 3996, 5.2: Event Wait Mode).
fn events(memory: &Memory, request: i32) -> Response {
    let answer =
        IppRequestResponse::new_response(IppVersion::v1_1(), StatusCode::SuccessfulOk, request);
    let part = |answer: &IppRequestResponse| {
        let head = b"--part\r\nContent-Type: application/ipp\r\n\r\n";
        Bytes::from([head, &answer.to_bytes()[..], b"\r\n"].concat())
    };
    let part = part(&answer.expect("an answer"));
    let (memory, ended) = (memory.clone(), look(memory).marked.len());
    let later = part.clone();
    let parts =
        futures::stream::once(async move { part }).chain(futures::stream::once(async move {
            while look(&memory).marked.len() == ended {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            later
        }));
    let parts = parts.map(Ok::<_, std::convert::Infallible>);
    let kind = "multipart/related; boundary=part";
    ([(header::CONTENT_TYPE, kind)], Body::from_stream(parts)).into_response()
}

/// Aborts a job whose document does not come (RFC 8011, 5.4.31: multiple-operation-time-out).
fn give_up_empty(memory: &Memory, job: i32) {
    let memory = memory.clone();
    tokio::spawn(async move {
        tokio::time::sleep(EMPTY_FOR).await;
        let mut facts = look(&memory);
        let empty = facts.jobs.iter_mut();
        for job in empty.filter(|it| it.id == job && it.state == PENDING) {
            job.state = ABORTED;
        }
    });
}

/// Marks the sheet of a job after a while, unless it is canceled before.
fn mark_later(memory: &Memory, (job, lie): (i32, Lie), pace: Duration) {
    let memory = memory.clone();
    tokio::spawn(async move {
        tokio::time::sleep(pace).await;
        look(&memory).mark(job, lie);
    });
}

fn ipp_body(bytes: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, "application/ipp")], bytes).into_response()
}
