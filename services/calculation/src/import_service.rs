//! The methods of imports.

use std::sync::Arc;
use std::vec::IntoIter;

use formfeed_domain::extract::Fault;
use formfeed_proto::calculation as pb;
use formfeed_proto::calculation::import_service_server::ImportService;
use formfeed_proto::convert::Violations;
use formfeed_proto::vendor::ImportFault;
use formfeed_runtime::page::{self, Query};
use formfeed_runtime::{IntoStatus, Refusal, access, detached, reason};
use futures::stream::{self, Iter};
use tonic::{Request, Response, Status, Streaming};

use crate::answer::import_to;
use crate::publication::{Outcome, Publisher};
use crate::staging;

/// Faults of one message.
const FAULTS_PER_MESSAGE: usize = 100;
/// Faults that the refusal itself names: what fits the trailers of any client.
const FAULTS_IN_REFUSAL: usize = 10;

/// The handlers.
pub(crate) struct ImportHandlers(Arc<Publisher>);

impl ImportHandlers {
    pub(crate) fn new(publisher: Publisher) -> Self {
        Self(Arc::new(publisher))
    }
}

#[tonic::async_trait]
impl ImportService for ImportHandlers {
    async fn stage_history_import(
        &self,
        request: Request<Streaming<pb::StageHistoryImportRequest>>,
    ) -> Result<Response<pb::StageHistoryImportResponse>, Status> {
        let user = access::caller(&request).acting_user().to_owned();
        let (publisher, stream) = (self.0.clone(), request.into_inner());
        let faults =
            detached::finish(async move { staging::stage(&publisher, &user, stream).await });
        let faults = faults.await?.iter().map(fault_to).collect();
        Ok(Response::new(pb::StageHistoryImportResponse { faults }))
    }

    type PublishImportStream = Iter<IntoIter<Result<pb::PublishImportResponse, Status>>>;

    async fn publish_import(
        &self,
        request: Request<pb::PublishImportRequest>,
    ) -> Result<Response<Self::PublishImportStream>, Status> {
        let user = access::caller(&request).acting_user().to_owned();
        let import_id = staging::import_id_from(&request.into_inner().import_id)?;
        let publisher = self.0.clone();
        let outcome =
            detached::finish(async move { publisher.publish(&import_id, &user).await }).await?;
        let answers = match outcome {
            Outcome::Published(import) => vec![Ok(pb::PublishImportResponse {
                published: Some(import_to(&import)),
                faults: Vec::new(),
            })],
            Outcome::Faulty(faults) => every_fault(&faults),
        };
        Ok(Response::new(stream::iter(answers)))
    }

    async fn discard_import(
        &self,
        request: Request<pb::DiscardImportRequest>,
    ) -> Result<Response<pb::DiscardImportResponse>, Status> {
        let import_id = staging::import_id_from(&request.into_inner().import_id)?;
        let publisher = self.0.clone();
        detached::finish(async move { publisher.discard(&import_id).await }).await?;
        Ok(Response::new(pb::DiscardImportResponse {}))
    }

    async fn list_imports(
        &self,
        request: Request<pb::ListImportsRequest>,
    ) -> Result<Response<pb::ListImportsResponse>, Status> {
        let request = request.into_inner();
        let mut bad = Violations::new();
        let size = page::size(&mut bad, request.page_size);
        let query = Query::new("imports");
        let before = query.key_after(&mut bad, &request.page_token);
        bad.finish(Some(())).map_err(IntoStatus::into_status)?;
        let before = before.and_then(|sequence| sequence.parse().ok());
        let limit = i64::try_from(size + 1).unwrap_or(i64::MAX);
        let imports = self.0.store.imports_before(before, limit).await;
        let mut imports = imports.map_err(IntoStatus::into_status)?;
        let next = page::cut(&mut imports, size, |last| {
            last.sequence.unwrap_or_default().to_string()
        });
        Ok(Response::new(pb::ListImportsResponse {
            imports: imports.iter().map(import_to).collect(),
            next_page_token: next.map_or_else(String::new, |key| query.token_after(&key)),
        }))
    }
}

/// The faults, some to a message, and then the refusal, which names the first of them.
fn every_fault(faults: &[Fault]) -> Vec<Result<pb::PublishImportResponse, Status>> {
    let answers = faults.chunks(FAULTS_PER_MESSAGE).map(|faults| {
        Ok(pb::PublishImportResponse {
            published: None,
            faults: faults.iter().map(fault_to).collect(),
        })
    });
    let message = format!(
        "the extract has {} faults, and nothing of it is stored; mend them and import it again",
        faults.len()
    );
    let refusal = Refusal::failed_precondition(reason::IMPORT_HAS_FAULTS, message);
    let named = faults.iter().take(FAULTS_IN_REFUSAL);
    let refusal = named.fold(refusal, |refusal, fault| {
        let place = format!("{}:{}: {}", fault.file.name(), fault.line, fault.column);
        refusal.precondition("FAULT", place, fault.message.as_str())
    });
    answers.chain([Err(refusal.into())]).collect()
}

fn fault_to(fault: &Fault) -> ImportFault {
    ImportFault {
        file: fault.file.name().to_owned(),
        line: i32::try_from(fault.line).unwrap_or(i32::MAX),
        column: fault.column.clone(),
        message: fault.message.clone(),
    }
}
