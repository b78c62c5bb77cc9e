//! An import is checked across both halves and published, or not at all.
//!
//! The vendor half goes first: whatever is visible of it refers to nothing of this half. Then this half follows in
//! one transaction. A crash in between is noted by the import's state, and finished by publishing the import again:
//! whoever asked for it may do so, and the service itself does when it starts.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use formfeed_domain::extract::{Fault, MAX_FAULTS, listed};
use formfeed_proto::vendor::CheckReferencesRequest;
use formfeed_runtime::status::reason_of;
use formfeed_runtime::{IntoStatus, Refusal, reason};
use formfeed_store::calculation::{
    CalculationStore, Import, ImportError, ImportState, Reference, ReferenceKind,
};
use futures::future::{join, try_join_all};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;
use tonic::{Code, Status};
use tracing::{info, warn};

use crate::busy::Busy;
use crate::error::import_status;
use crate::named::LastNamed;
use crate::vendors::Vendors;

/// Keys asked about in one call.
const KEYS_PER_CALL: usize = 2_000;
/// Unknown keys followed to the lines that name them.
const MOST_UNKNOWN: usize = MAX_FAULTS;

/// How long a publication that was cut off waits before it is tried again.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// Held by whoever publishes, and by a run that reads what belongs together: both halves of the same imports.
pub(crate) type Turn = Arc<Mutex<()>>;

/// Publishes imports, one at a time.
#[derive(Clone)]
pub(crate) struct Publisher {
    pub(crate) store: Arc<CalculationStore>,
    pub(crate) vendors: Vendors,
    pub(crate) busy: Busy,
    pub(crate) named: LastNamed,
    turn: Turn,
}

/// What became of an import.
pub(crate) enum Outcome {
    /// Both halves are published.
    Published(Import),
    /// Nothing is stored.
    Faulty(Vec<Fault>),
}

impl Publisher {
    pub(crate) fn new(store: Arc<CalculationStore>, vendors: Vendors, turn: Turn) -> Self {
        Self {
            store,
            vendors,
            busy: Busy::default(),
            named: LastNamed::default(),
            turn,
        }
    }

    /// Publishes an import that both services have staged. One that is published already is answered as it was.
    pub(crate) async fn publish(&self, import_id: &str, user: &str) -> Result<Outcome, Status> {
        let _turn = self.turn.lock().await;
        let _busy = self.busy.take(import_id)?;
        let import = self.store.import(import_id).await;
        let import = match import.map_err(IntoStatus::into_status)? {
            Some(import) if import.state == ImportState::Published => {
                return Ok(Outcome::Published(import));
            }
            Some(import) if import.state != ImportState::Staging => import,
            _ => return Err(import_status(ImportError::NotStaged(import_id.to_owned()))),
        };
        let faults = self.faults(&import).await?;
        if !faults.is_empty() {
            // Were the vendor half published, every reference would lead somewhere: it is not.
            self.withdraw(import_id).await?;
            return Ok(Outcome::Faulty(faults));
        }
        let begun = self.store.begin_publication(import_id).await;
        begun.map_err(import_status)?;
        let indexes = self.store.build_indexes(import_id);
        let (vendor_files, indexes) = join(self.vendors.publish(import_id), indexes).await;
        let vendor_files = match vendor_files {
            Err(status) if is_unpublished(&status) => {
                self.withdraw(import_id).await?;
                return Err(status);
            }
            answered => answered?,
        };
        indexes.map_err(IntoStatus::into_status)?;
        let published = self
            .store
            .publish_import(import_id, user, &vendor_files, Utc::now())
            .await
            .map_err(import_status)?;
        self.named.forget();
        let sequence = published.sequence.unwrap_or_default();
        info!(
            import = import_id,
            sequence, "Published import {import_id} as number {sequence}"
        );
        Ok(Outcome::Published(published))
    }

    /// Forgets both halves of an import that is not published.
    pub(crate) async fn discard(&self, import_id: &str) -> Result<(), Status> {
        let _busy = self.busy.take(import_id)?;
        let discarded = self.store.discard_import(import_id).await;
        discarded.map_err(import_status)?;
        self.vendors.discard(import_id).await
    }

    /// Finishes the publications that the process before this one left half done, trying until the vendor service
    /// answers or `shutdown` is cancelled.
    pub(crate) async fn finish_the_cut_off(&self, shutdown: CancellationToken) {
        while !self.finished_all().await {
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(AGAIN_AFTER) => {}
            }
        }
    }

    /// Tries to finish each once; answers whether none is worth another try.
    async fn finished_all(&self) -> bool {
        let Ok(imports) = self.store.imports_in_publication().await else {
            return false;
        };
        let mut all = true;
        for import in imports {
            let id = import.import_id;
            if let Err(status) = self.publish(&id, &import.user).await {
                let code = status.code();
                warn!(import = %id, ?code, "Could not yet finish the publication of import {id}");
                all &= !is_passing(code);
            }
        }
        all
    }

    async fn withdraw(&self, import_id: &str) -> Result<(), Status> {
        let withdrawn = self.store.withdraw_publication(import_id).await;
        withdrawn.map_err(IntoStatus::into_status)
    }

    /// Every fault within this half and between the halves, by file and line.
    async fn faults(&self, import: &Import) -> Result<Vec<Fault>, Status> {
        let import_id = &import.import_id;
        let mut faults = Vec::new();
        if !import.faultless {
            let own = self.store.staged_faults(import_id).await;
            faults = own.map_err(IntoStatus::into_status)?;
        }
        let dangling = ReferenceKind::ALL.map(|kind| self.dangling(import, kind));
        faults.extend(try_join_all(dangling).await?.into_iter().flatten());
        faults.sort();
        faults.truncate(MAX_FAULTS);
        let unreadable = self.store.unreadable(import_id).await;
        let unreadable = unreadable.map_err(IntoStatus::into_status)?;
        match faults.is_empty() && !unreadable.is_empty() {
            true => Err(unreadable_records(import_id, unreadable.len())),
            false => Ok(faults),
        }
    }

    /// References of one kind that lead nowhere.
    async fn dangling(&self, import: &Import, kind: ReferenceKind) -> Result<Vec<Fault>, Status> {
        let import_id = &import.import_id;
        let keys = match self.named.keys(import, kind) {
            Some(keys) => keys,
            None => {
                let keys = self.store.references(import_id, kind).await;
                keys.map_err(IntoStatus::into_status)?
            }
        };
        let mut unknown = BTreeSet::new();
        let mut defined = Vec::new();
        for keys in keys.chunks(KEYS_PER_CALL) {
            let answer = self
                .vendors
                .check_references(request(import_id, kind, keys));
            let answer = answer.await?;
            if !answer.defined_relate_to_codes.is_empty() {
                defined = answer.defined_relate_to_codes;
            }
            unknown.extend(match kind {
                ReferenceKind::Vendor => answer.vendor_ids,
                ReferenceKind::CashAccount => answer.cash_account_ids,
                ReferenceKind::Account => answer.account_ids,
                ReferenceKind::RelateTo1 => answer.relate_to_1_codes,
                ReferenceKind::RelateTo2 => answer.relate_to_2_codes,
            });
            if unknown.len() >= MOST_UNKNOWN {
                break;
            }
        }
        if unknown.is_empty() {
            return Ok(Vec::new());
        }
        let unknown: Vec<_> = unknown.into_iter().collect();
        let places = self.store.places(import_id, kind, &unknown).await;
        let places = places.map_err(IntoStatus::into_status)?;
        Ok(places
            .iter()
            .map(|place| fault(place, kind, &defined))
            .collect())
    }
}

/// Whether the vendor service itself says that its half is not published: a published one it would have answered.
fn is_unpublished(status: &Status) -> bool {
    let refused = matches!(
        status.code(),
        Code::NotFound | Code::FailedPrecondition | Code::InvalidArgument
    );
    refused && reason_of(status).is_some()
}

/// Whether the same call may succeed later.
fn is_passing(code: Code) -> bool {
    matches!(
        code,
        Code::Unavailable | Code::DeadlineExceeded | Code::Aborted | Code::ResourceExhausted
    )
}

fn request(import_id: &str, kind: ReferenceKind, keys: &[String]) -> CheckReferencesRequest {
    let mut request = CheckReferencesRequest {
        import_id: import_id.to_owned(),
        ..CheckReferencesRequest::default()
    };
    let place = match kind {
        ReferenceKind::Vendor => &mut request.vendor_ids,
        ReferenceKind::CashAccount => &mut request.cash_account_ids,
        ReferenceKind::Account => &mut request.account_ids,
        ReferenceKind::RelateTo1 => &mut request.relate_to_1_codes,
        ReferenceKind::RelateTo2 => &mut request.relate_to_2_codes,
    };
    *place = keys.to_vec();
    request
}

fn fault(place: &Reference, kind: ReferenceKind, defined: &[String]) -> Fault {
    let key = &place.key;
    let nowhere =
        |what, file| format!("there is no {what} {key}: neither in {file} nor imported before");
    let undefined = |position| {
        let defined = listed(defined);
        format!(
            "Relate To code {key} is not defined for position {position}; defined are {defined}"
        )
    };
    let message = match kind {
        ReferenceKind::Vendor => nowhere("vendor", "vendors.csv"),
        ReferenceKind::CashAccount => nowhere("cash account", "cash_accounts.csv"),
        ReferenceKind::Account => nowhere("account", "accounts.csv"),
        ReferenceKind::RelateTo1 => undefined(1),
        ReferenceKind::RelateTo2 => undefined(2),
    };
    let line = u64::try_from(place.line).unwrap_or_default();
    Fault::new(place.file, line, place.column, message)
}

fn unreadable_records(import_id: &str, records: usize) -> Status {
    let message = format!(
        "{records} records of import {import_id} could not be read by the client that staged it; \
         correct them, and stage and publish again"
    );
    Refusal::failed_precondition(reason::IMPORT_HAS_FAULTS, message)
        .with("import", import_id)
        .into_status()
}
