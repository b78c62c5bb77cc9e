//! The history half of an import comes in, record by record.

use chrono::Utc;
use formfeed_domain::extract::{Fault, File, MAX_FAULTS};
use formfeed_proto::calculation as pb;
use formfeed_proto::convert::Violations;
use formfeed_proto::convert::history::{ImportedRecord, imported_record_from};
use formfeed_runtime::{IntoStatus, Refusal, reason};
use formfeed_store::calculation::{CalculationStore, ImportState, Staged, StagedItem};
use prost::Message as _;
use sha2::{Digest, Sha256};
use tonic::{Status, Streaming};

use crate::busy::Busy;
use crate::error::import_status;

/// Records of one message at most; see the contract.
const MOST_RECORDS: usize = 2_000;
/// Longest key that a record that could not be read may have: two keys and a slash.
const MOST_KEY_BYTES: usize = 200;

/// Stages all records of a stream; answers every fault within this half.
///
/// Under the id of an import that is published, or begins to be, nothing is staged: the same content again is fine,
/// other content is refused.
pub(crate) async fn stage(
    store: &CalculationStore,
    busy: &Busy,
    user: &str,
    mut stream: Streaming<pb::StageHistoryImportRequest>,
) -> Result<Vec<Fault>, Status> {
    let first = stream.message().await?.unwrap_or_default();
    let (mut content, mut position) = (Sha256::new(), 0);
    let mut bad = Violations::new();
    read_import_id(&mut bad, &first.import_id);
    let import_id = first.import_id.clone();
    let mut batch = read(bad, first, &import_id, &mut content, &mut position)?;
    let _turn = busy.take(&import_id)?;
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
    loop {
        if published.is_none() && !batch.is_empty() {
            let staged = store.stage(&import_id, &batch).await;
            staged.map_err(IntoStatus::into_status)?;
        }
        let Some(message) = stream.message().await? else {
            break;
        };
        let bad = Violations::new();
        batch = read(bad, message, &import_id, &mut content, &mut position)?;
    }
    let content = content
        .finalize()
        .iter()
        .fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    if let Some(import) = published {
        return match import.content == content {
            true => Ok(Vec::new()),
            false => Err(published_with_other_content(&import_id)),
        };
    }
    let ended = store.end_staging(&import_id, &content).await;
    ended.map_err(IntoStatus::into_status)?;
    let faults = store.staged_faults(&import_id).await;
    faults.map_err(IntoStatus::into_status)
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

/// Reads the records of one message, adding them to the fingerprint of the whole content; `bad` holds what is wrong
/// with the message already.
fn read(
    mut bad: Violations,
    message: pb::StageHistoryImportRequest,
    import_id: &str,
    content: &mut Sha256,
    position: &mut i64,
) -> Result<Vec<Staged>, Status> {
    if !message.import_id.is_empty() && message.import_id != import_id {
        bad.add("import_id", "is not that of the first message");
    }
    if message.records.len() > MOST_RECORDS {
        bad.add(
            "records",
            format!("are more than {MOST_RECORDS} in one message"),
        );
    }
    let mut batch = Vec::with_capacity(message.records.len());
    for record in &message.records {
        content.update(record.encode_length_delimited_to_vec());
        *position += 1;
        match imported_record_from(record) {
            Ok(read) => batch.push(Staged {
                position: *position,
                line: record.line,
                item: item(read, record.line),
            }),
            Err(violations) => bad.extend_below(&format!("records[{}]", *position - 1), violations),
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

fn item(read: ImportedRecord, line: i32) -> StagedItem {
    match read {
        ImportedRecord::Whole(record) => StagedItem::Record(record),
        ImportedRecord::Unreadable {
            file,
            mut key,
            violations,
        } => {
            if key.len() > MOST_KEY_BYTES || key.chars().any(char::is_control) {
                key.clear(); // no record can refer to such a key
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
