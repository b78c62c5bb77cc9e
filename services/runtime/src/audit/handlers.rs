//! The methods of `AuditService`.

use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, Utc};
use formfeed_proto::audit as pb;
use formfeed_proto::audit::audit_service_server::AuditService;
use formfeed_proto::convert::{self, Violations};
use formfeed_store::audit::anchors::{self, Anchor};
use formfeed_store::audit::verify::{Fault, Finding, Verdict};
use formfeed_store::audit::{Entry, EntryFilter};
use tokio::task::spawn_blocking;
use tonic::{Request, Response, Status};

use super::Audit;
use crate::incident;
use crate::page::{self, Query};
use crate::status::{IntoStatus as _, Refusal};

/// By when the first entry of a chain is told to the files.
const TOLD_WITHIN: Duration = Duration::from_secs(3);
/// Most anchors of a request.
const MOST_ANCHORS: usize = 10_000;

/// The handlers of one service's trail.
#[derive(Clone)]
pub(crate) struct AuditHandlers(pub(crate) Audit);

#[tonic::async_trait]
impl AuditService for AuditHandlers {
    async fn list_entries(
        &self,
        request: Request<pb::ListEntriesRequest>,
    ) -> Result<Response<pb::ListEntriesResponse>, Status> {
        let request = request.into_inner();
        let mut bad = Violations::new();
        let size = page::size(&mut bad, request.page_size);
        let since = time_of(&mut bad, "since", request.since.as_ref());
        let query = Query::new("audit entries")
            .filter("since", since.map_or_else(String::new, |t| t.to_rfc3339()))
            .filter("user", &request.user)
            .filter("action", &request.action)
            .filter("subject", &request.subject)
            .filter("newest_first", request.newest_first);
        let after = query.key_after(&mut bad, &request.page_token);
        let after = after.map(|key| key.parse::<i64>()).transpose();
        if after.is_err() {
            page::invalid_token(&mut bad);
        }
        refuse(&bad)?;
        let filter = EntryFilter {
            since,
            user: request.user,
            action: request.action,
            subject: request.subject,
            newest_first: request.newest_first,
        };
        let after = after.unwrap_or_default();
        let found = self.0.store.trail().entries(&filter, after, size + 1).await;
        let mut found = found.map_err(|error| error.into_status())?;
        let more = page::cut(&mut found, size, |last| last.sequence.to_string());
        Ok(Response::new(pb::ListEntriesResponse {
            entries: found.into_iter().map(entry).collect(),
            next_page_token: more.map(|key| query.token_after(&key)).unwrap_or_default(),
        }))
    }

    async fn verify_chain(
        &self,
        request: Request<pb::VerifyChainRequest>,
    ) -> Result<Response<pb::VerifyChainResponse>, Status> {
        let mut anchors = told(request.into_inner().anchors)?;
        // Before the chain: it may go on meanwhile, the anchors may not be ahead of it then.
        let (known, findings) = self.known().await?;
        anchors.extend(known);
        let verdict = self.0.store.trail().verify(&anchors).await;
        let verdict = verdict.map_err(|error| error.into_status())?;
        Ok(Response::new(answer(verdict, findings)))
    }
}

impl AuditHandlers {
    /// What the files know, and what is wrong with them. A chain that has begun just now is told to them in a moment.
    async fn known(&self) -> Result<(Vec<Anchor>, Vec<pb::Finding>), Status> {
        let first = self.read().await?;
        if first.1.is_empty() || !first.0.is_empty() {
            return Ok(first);
        }
        tokio::time::sleep(TOLD_WITHIN).await;
        self.read().await
    }

    async fn read(&self) -> Result<(Vec<Anchor>, Vec<pb::Finding>), Status> {
        let (files, head) = (self.0.files.clone(), self.0.store.trail().head().await);
        let begun = head.is_ok_and(|head| head.sequence > 0);
        let read = spawn_blocking(move || files.iter().map(|file| known(file, begun)).collect());
        let read: Vec<(Vec<Anchor>, Option<pb::Finding>)> =
            read.await.map_err(|error| incident::internal(&error))?;
        let (anchors, findings): (Vec<_>, Vec<_>) = read.into_iter().unzip();
        Ok((
            anchors.into_iter().flatten().collect(),
            findings.into_iter().flatten().collect(),
        ))
    }
}

fn known(file: &Path, begun: bool) -> (Vec<Anchor>, Option<pb::Finding>) {
    let shown = file.display();
    let unreadable = |message: String| {
        Some(pb::Finding {
            kind: pb::finding::Kind::AnchorsUnreadable.into(),
            sequence: 0,
            message,
        })
    };
    match anchors::read(file) {
        Err(error) => (
            Vec::new(),
            unreadable(format!("{shown} cannot be read: {error}")),
        ),
        Ok(found) if found.anchors.is_empty() && begun => {
            let message = format!("{shown} says nothing of a chain that has begun");
            (Vec::new(), unreadable(message))
        }
        Ok(found) => {
            let line = found.unreadable.first();
            let finding =
                line.and_then(|line| unreadable(format!("line {line} of {shown} is no anchor")));
            (found.anchors, finding)
        }
    }
}

/// The anchors of a request.
fn told(sent: Vec<pb::Anchor>) -> Result<Vec<Anchor>, Status> {
    let mut bad = Violations::new();
    if sent.len() > MOST_ANCHORS {
        bad.add("anchors", format!("are more than {MOST_ANCHORS}"));
    }
    let mut anchors = Vec::new();
    for (at, sent) in sent.into_iter().take(MOST_ANCHORS).enumerate() {
        let field = |name: &str| format!("anchors[{at}].{name}");
        if sent.sequence < 1 {
            bad.add(field("sequence"), "is required, from 1");
        }
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if sent.hash.len() != 64 || !sent.hash.bytes().all(is_digit) {
            bad.add(
                field("hash"),
                "is required: 64 lower-case hexadecimal digits",
            );
        }
        let time = time_of(&mut bad, &field("time"), sent.time.as_ref());
        anchors.push(Anchor {
            sequence: sent.sequence,
            hash: sent.hash,
            time: time.unwrap_or(DateTime::UNIX_EPOCH),
        });
    }
    refuse(&bad).map(|()| anchors)
}

fn time_of(
    bad: &mut Violations,
    field: &str,
    sent: Option<&prost_types::Timestamp>,
) -> Option<DateTime<Utc>> {
    let time = sent.map(convert::timestamp_from).transpose();
    time.map_err(|error| bad.add(field, error)).ok().flatten()
}

fn refuse(bad: &Violations) -> Result<(), Status> {
    match bad.list().is_empty() {
        true => Ok(()),
        false => Err(Refusal::violations(bad).into_status()),
    }
}

fn entry(entry: Entry) -> pb::Entry {
    pb::Entry {
        sequence: entry.sequence,
        time: Some(convert::timestamp_to(entry.time)),
        user: entry.user,
        token: entry.token,
        request_id: entry.request_id,
        action: entry.action,
        subject: entry.subject,
        details: entry.details,
        previous_hash: entry.previous_hash,
        hash: entry.hash,
    }
}

fn answer(verdict: Verdict, of_files: Vec<pb::Finding>) -> pb::VerifyChainResponse {
    let findings = verdict.findings.into_iter().map(finding);
    pb::VerifyChainResponse {
        sound_entries: verdict.sound,
        last_sequence: verdict.last,
        hash: verdict.hash,
        anchors: i32::try_from(verdict.anchors).unwrap_or(i32::MAX),
        findings: findings.chain(of_files).collect(),
    }
}

fn finding(finding: Finding) -> pb::Finding {
    use pb::finding::Kind;
    let kind = match finding.fault {
        Fault::Edited => Kind::Edited,
        Fault::Removed => Kind::Removed,
        Fault::Reordered => Kind::Reordered,
        Fault::Foreign => Kind::Foreign,
        Fault::TailCut => Kind::TailCut,
        Fault::HeadRewritten => Kind::HeadRewritten,
        Fault::OlderDatabase => Kind::OlderDatabase,
        Fault::OtherThanAnchored => Kind::OtherThanAnchored,
    };
    pb::Finding {
        kind: kind.into(),
        sequence: finding.sequence,
        message: finding.message,
    }
}
