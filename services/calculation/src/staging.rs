//! The history half of an import comes in, record by record.

use std::sync::Arc;

use chrono::Utc;
use formfeed_domain::extract::{Fault, File, MAX_FAULTS};
use formfeed_domain::ids::can_be_referred_to_by;
use formfeed_proto::calculation as pb;
use formfeed_proto::convert::Violations;
use formfeed_proto::convert::history::{ImportedRecord, imported_record_from};
use formfeed_runtime::request_memory::{Also, hold_records};
use formfeed_runtime::{IntoStatus, Refusal, context, incident, reason};
use formfeed_store::calculation::{CalculationStore, ImportState, Staged, StagedItem};
use prost::Message as _;
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;
use tonic::{Status, Streaming};

use crate::busy::Turn;
use crate::error::import_status;
use crate::named::Named;
use crate::publication::Publisher;

/// Records of one message at most; see the contract.
const MOST_RECORDS: usize = 2_000;
/// Messages read ahead of the staging.
const MESSAGES_AHEAD: usize = 16;
/// Records of a transaction, about: enough to make its end cheap, few enough not to keep other writers waiting.
const RECORDS_PER_TRANSACTION: usize = 32_000;

/// Stages all records of a stream; answers every fault within this half.
///
/// Under the id of an import that is published, or begins to be, nothing is staged: the same content again is fine,
/// other content is refused.
pub(crate) async fn stage(
    publisher: &Publisher,
    user: &str,
    mut stream: Streaming<pb::StageHistoryImportRequest>,
) -> Result<Vec<Fault>, Status> {
    let Publisher {
        store, busy, named, ..
    } = publisher;
    let first = stream.message().await?.unwrap_or_default();
    let mut reading = Reading::default();
    let mut bad = Violations::new();
    read_import_id(&mut bad, &first.import_id);
    let import_id = first.import_id.clone();
    let batch = reading.read(bad, first, &import_id)?;
    let turn = Arc::new(busy.take(&import_id)?);
    let before = store.import(&import_id).await;
    let before = before.map_err(IntoStatus::into_status)?;
    let published = before.filter(|import| {
        matches!(
            import.state,
            ImportState::Publishing | ImportState::Published
        )
    });
    if published.is_none() {
        let begun = store.begin_staging(&import_id, user, Utc::now()).await;
        begun.map_err(import_status)?;
    }
    let keep = published.is_none();
    let (records, staged) = mpsc::channel(MESSAGES_AHEAD);
    let staging = context::spawn(stage_all(store.clone(), turn.clone(), staged));
    let read = read_all(stream, reading, batch, &import_id, keep.then_some(records)).await;
    staging
        .await
        .map_err(|error| incident::internal(&error))??;
    let (content, gathered) = read?;
    if let Some(import) = published {
        return match import.content == content {
            true => Ok(Vec::new()),
            false => Err(published_with_other_content(&import_id)),
        };
    }
    let ended = store.end_staging(&import_id, &content).await;
    ended.map_err(import_status)?;
    named.keep(&import_id, &content, gathered);
    let faults = store.staged_faults(&import_id).await;
    let faults = faults.map_err(IntoStatus::into_status)?;
    if faults.is_empty() {
        let noted = store.note_faultless(&import_id).await;
        noted.map_err(IntoStatus::into_status)?;
    }
    Ok(faults)
}

/// How far a stream is read.
#[derive(Default)]
struct Reading {
    /// Fingerprint of all that has come.
    content: Sha256,
    /// Records that have come.
    position: i64,
    /// What they name.
    named: Named,
}

/// The records of one message.
struct Batch {
    records: Vec<Staged>,
    /// What they took on their way in.
    bytes: u64,
}

/// Reads the messages to the end, handing their records on, `batch` first; answers the fingerprint of the whole
/// content, and what it names. For what is handed on the call holds memory until it is staged.
async fn read_all(
    mut stream: Streaming<pb::StageHistoryImportRequest>,
    mut reading: Reading,
    mut batch: Batch,
    import_id: &str,
    records: Option<mpsc::Sender<(Vec<Staged>, Also)>>,
) -> Result<(String, Named), Status> {
    loop {
        if let Some(records) = &records
            && !batch.records.is_empty()
        {
            let held = hold_records(batch.bytes, batch.records.len()).await?; // what was handed on before is staged meanwhile
            if records.send((batch.records, held)).await.is_err() {
                break; // the staging has stopped, and says why
            }
        }
        let Some(message) = stream.message().await? else {
            break;
        };
        batch = reading.read(Violations::new(), message, import_id)?;
    }
    let digits = reading.content.finalize();
    let digits = digits
        .iter()
        .fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    Ok((digits, reading.named))
}

/// Stages the records as they come: what has come in while the last were staged goes into the next transaction.
///
/// It keeps the turn to its end, also when the caller has gone.
async fn stage_all(
    store: Arc<CalculationStore>,
    turn: Arc<Turn>,
    mut batches: mpsc::Receiver<(Vec<Staged>, Also)>,
) -> Result<(), Status> {
    while let Some((batch, also)) = batches.recv().await {
        let mut count = batch.len();
        let (mut records, mut held) = (vec![batch], vec![also]);
        while count < RECORDS_PER_TRANSACTION
            && let Ok((more, also)) = batches.try_recv()
        {
            count += more.len();
            records.push(more);
            held.push(also);
        }
        let staged = store.stage(turn.import_id(), records).await;
        drop(held);
        staged.map_err(import_status)?;
    }
    Ok(())
}

/// Reads an import id: 1 to 64 letters, digits and dashes.
pub(crate) fn import_id_from(text: &str) -> Result<String, Status> {
    let mut bad = Violations::new();
    read_import_id(&mut bad, text);
    let import_id = bad.finish(Some(text.to_owned()));
    import_id.map_err(IntoStatus::into_status)
}

fn read_import_id(bad: &mut Violations, text: &str) {
    let fits = (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if !fits {
        bad.add(
            "import_id",
            "is required: 1 to 64 letters, digits and dashes",
        );
    }
}

impl Reading {
    /// Reads the records of one message, adding them to the fingerprint of the whole content; `bad` holds what is wrong
    /// with the message already.
    fn read(
        &mut self,
        mut bad: Violations,
        message: pb::StageHistoryImportRequest,
        import_id: &str,
    ) -> Result<Batch, Status> {
        if !message.import_id.is_empty() && message.import_id != import_id {
            bad.add("import_id", "is not that of the first message");
        }
        if message.records.len() > MOST_RECORDS {
            bad.add(
                "records",
                format!("are more than {MOST_RECORDS} in one message"),
            );
        }
        let mut batch = Batch {
            records: Vec::with_capacity(message.records.len()),
            bytes: 0,
        };
        let mut bytes = Vec::new();
        for record in &message.records {
            bytes.clear();
            record
                .encode_length_delimited(&mut bytes)
                .expect("a vector grows");
            self.content.update(&bytes);
            batch.bytes += bytes.len() as u64;
            self.position += 1;
            match imported_record_from(record) {
                Ok(read) => {
                    if let ImportedRecord::Whole(record) = &read {
                        self.named.look_at(record);
                    }
                    batch.records.push(Staged {
                        position: self.position,
                        line: record.line,
                        item: item(read, record.line),
                    });
                }
                Err(violations) => {
                    bad.extend_below(&format!("records[{}]", self.position - 1), violations);
                }
            }
            if bad.list().len() >= MAX_FAULTS {
                break;
            }
        }
        match bad.is_empty() {
            true => Ok(batch),
            false => Err(bad.into_status()),
        }
    }
}

fn item(read: ImportedRecord, line: i32) -> StagedItem {
    match read {
        ImportedRecord::Whole(record) => StagedItem::Record(record),
        ImportedRecord::Unreadable {
            file,
            mut key,
            violations,
        } => {
            if !can_be_referred_to_by(&key) {
                key = String::new();
            }
            StagedItem::Unreadable {
                file,
                key,
                faults: faults(file, line, &violations),
            }
        }
    }
}

fn faults(file: File, line: i32, violations: &Violations) -> Vec<Fault> {
    let line = u64::try_from(line).unwrap_or_default();
    let fault = |bad: &formfeed_proto::convert::Violation| {
        Fault::new(file, line, &bad.field, &bad.description)
    };
    violations.list().iter().map(fault).collect()
}

fn published_with_other_content(import_id: &str) -> Status {
    let message = format!(
        "import {import_id} is published already, with other content; take a new import id"
    );
    Refusal::failed_precondition(reason::IMPORT_PUBLISHED, message)
        .with("import", import_id)
        .into_status()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_key_that_none_can_refer_to_nothing_is_kept() {
        let read = |key: String| ImportedRecord::Unreadable {
            file: File::Vouchers,
            key,
            violations: Violations::new(),
        };
        for (key, is_kept) in [("V1".to_owned(), true), ("V".repeat(1_000), false)] {
            let StagedItem::Unreadable { key, .. } = item(read(key), 2) else {
                unreachable!("it was not read");
            };
            assert_eq!(key.capacity() > 0, is_kept, "{key}");
        }
    }
}
