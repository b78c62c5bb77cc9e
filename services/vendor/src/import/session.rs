//! One staging, from its first message to its faults.

use chrono::Utc;
use formfeed_domain::ids::can_be_referred_to_by;
use formfeed_proto::convert::Violations;
use formfeed_proto::vendor as pb;
use formfeed_proto::vendor::vendor_import_record::Record;
use formfeed_runtime::IntoStatus as _;
use formfeed_runtime::request_id;
use formfeed_runtime::request_memory::{Also, hold_records};
use formfeed_store::vendor::{Begun, ExtractRecord, KeepError, StagedRecord};
use prost::Message as _;
use sha2::{Digest as _, Sha256};
use tonic::Status;

use super::check::check;
use super::faults::Faults;
use super::keys::Keys;
use super::links::Links;
use super::message::{check_message, file_of, read_import_id};
use super::warnings::Warnings;
use crate::Handlers;
use crate::refusal::{kept, valid};

/// Records of one transaction, about.
const TRANSACTION: usize = 5_000;
/// Bytes of the messages that the records of one transaction come in, about.
const TRANSACTION_BYTES: u64 = 4 * 1024 * 1024;

/// A staging at work. What it keeps of the records in memory is their keys, not their values.
pub(super) struct Session {
    handlers: Handlers,
    import_id: String,
    staging_id: String,
    begun: Begun,
    keys: Keys,
    links: Links,
    faults: Faults,
    warnings: Warnings,
    has_unreadable: bool,
    content: Sha256,
    waiting: Waiting,
}

/// What is not staged yet.
#[derive(Default)]
struct Waiting {
    records: Vec<StagedRecord>,
    /// Of the messages that they came in.
    bytes: u64,
    /// What the call holds for them.
    held: Vec<Also>,
}

impl Waiting {
    /// Adds what is to be staged of a message of so many bytes, with what the call holds for it.
    fn add(&mut self, records: Vec<StagedRecord>, bytes: u64, held: Also) {
        if !records.is_empty() {
            self.records.extend(records);
            self.bytes += bytes;
            self.held.push(held);
        }
    }

    /// Whether it is enough for a transaction when so many bytes come.
    fn is_enough(&self, coming: u64) -> bool {
        self.records.len() >= TRANSACTION || self.bytes + coming >= TRANSACTION_BYTES
    }
}

impl Session {
    /// Begins to stage with the first message, which is then to be taken in; what was staged under its import id
    /// before is forgotten.
    pub(super) async fn begin(
        handlers: Handlers,
        first: &pb::StageVendorImportRequest,
    ) -> Result<Self, Status> {
        let import_id = first.import_id.as_str();
        let mut bad = Violations::new();
        read_import_id(&mut bad, import_id);
        check_message(&mut bad, first);
        valid(bad, Some(()))?;
        let staging_id = uuid::Uuid::now_v7().to_string();
        let begun = handlers
            .store
            .begin_staging(import_id, &staging_id, Utc::now())
            .await;
        let begun = begun.map_err(|error| refused(error, import_id))?;
        Ok(Self {
            handlers,
            import_id: import_id.to_owned(),
            staging_id,
            begun,
            keys: Keys::default(),
            links: Links::default(),
            faults: Faults::default(),
            warnings: Warnings::default(),
            has_unreadable: false,
            content: Sha256::new(),
            waiting: Waiting::default(),
        })
    }

    /// Takes one message in.
    pub(super) async fn take(
        &mut self,
        message: pb::StageVendorImportRequest,
    ) -> Result<(), Status> {
        let mut bad = Violations::new();
        if !message.import_id.is_empty() && message.import_id != self.import_id {
            bad.add(
                "import_id",
                "is another than in the first message; one stream stages one import",
            );
        }
        check_message(&mut bad, &message);
        valid(bad, Some(()))?;
        let bytes = message.encoded_len() as u64;
        if self.waiting.is_enough(bytes) {
            self.stage_the_waiting().await?; // who waits for room holds as little as can be
        }
        let held = hold_records(bytes, message.records.len()).await?;
        let mut records = Vec::new();
        for record in &message.records {
            let bytes = record.encode_to_vec();
            self.content.update((bytes.len() as u64).to_be_bytes());
            self.content.update(bytes);
            records.extend(self.record(record));
        }
        self.waiting.add(records, bytes, held);
        match self.waiting.is_enough(0) {
            true => self.stage_the_waiting().await,
            false => Ok(()),
        }
    }

    async fn stage_the_waiting(&mut self) -> Result<(), Status> {
        let waiting = std::mem::take(&mut self.waiting);
        if self.begun == Begun::Published || waiting.records.is_empty() {
            return Ok(());
        }
        let store = &self.handlers.store;
        let kept = store.stage(&self.import_id, &self.staging_id, &waiting.records);
        kept.await.map_err(|error| refused(error, &self.import_id))
    }

    /// Ends the staging and answers every fault.
    pub(super) async fn end(mut self) -> Result<pb::StageVendorImportResponse, Status> {
        self.stage_the_waiting().await?;
        let links = std::mem::take(&mut self.links);
        self.faults
            .merge(links.faults(&self.handlers, &self.keys).await?);
        let has_faults = self.has_unreadable || !self.faults.is_empty();
        let digest = self.content.finalize();
        let content: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let (id, store) = (&self.import_id, &self.handlers.store);
        match self.begun {
            Begun::Published => {
                let same = store.is_content_of_import(id, &content).await;
                if !same.map_err(|error| refused(error, id))? {
                    return Err(request_id::reused(id).into_status());
                }
            }
            Begun::Staging => {
                let now = Utc::now();
                let ended = store.end_staging(id, &self.staging_id, has_faults, &content, now);
                ended.await.map_err(|error| refused(error, id))?;
            }
        }
        let faults = self.faults.into_messages();
        tracing::info!(import.id = %id, faults = faults.len(), "Staged the vendor half of {id}");
        let (warnings, warning_count) = self.warnings.into_messages();
        Ok(pb::StageVendorImportResponse {
            faults,
            warnings,
            warning_count,
        })
    }

    /// Looks at a record and answers what is to be staged of it.
    fn record(&mut self, sent: &pb::VendorImportRecord) -> Option<StagedRecord> {
        let line = sent.line;
        let record = sent.record.as_ref()?;
        if let Record::Unreadable(unreadable) = record {
            return self.unreadable(line, unreadable);
        }
        let checked = check(record)?;
        let file = checked.file;
        let wrong = checked.read.as_ref().err();
        let is_wrong = |column: &str| {
            wrong.is_some_and(|wrong| wrong.list().iter().any(|v| v.field == column))
        };
        for reference in checked.references {
            if !is_wrong(reference.0) {
                self.links.add(&self.keys, (file, line), reference);
            }
        }
        if let Some(wrong) = wrong {
            self.faults.extend(file, line, wrong);
        }
        if !can_be_referred_to_by(&checked.key) {
            return None;
        }
        if let Err(first) = self.keys.add(file, &checked.key, line) {
            self.faults.add_twice(file, line, &checked.key, first);
            return None;
        }
        if let Ok(read) = &checked.read {
            self.warnings.look_at(read, line);
        }
        if let Ok(ExtractRecord::Organization(organization)) = &checked.read {
            self.links.add_organization(organization, line);
        }
        Some(StagedRecord {
            file,
            line,
            key: checked.key,
            record: checked.read.ok(),
        })
    }

    /// A record the client could not read counts as existing, and bars publication.
    fn unreadable(&mut self, line: i32, sent: &pb::UnreadableRecord) -> Option<StagedRecord> {
        self.has_unreadable = true;
        let file = file_of(sent)?;
        if !can_be_referred_to_by(&sent.key) || self.keys.add(file, &sent.key, line).is_err() {
            return None;
        }
        Some(StagedRecord {
            file,
            line,
            key: sent.key.clone(),
            record: None,
        })
    }
}

/// A change of an import was not kept.
pub(super) fn refused(error: KeepError, import_id: &str) -> Status {
    kept(error, &format!("imports/{import_id}"), import_id)
}
