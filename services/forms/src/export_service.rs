//! The electronic files: parse, load, then write while the caller reads.

use std::sync::Arc;

use formfeed_proto::convert::Violations;
use formfeed_proto::convert::export::{answer_order, export_order, export_to};
use formfeed_proto::forms as pb;
use formfeed_proto::forms::export_service_server::ExportService;
use formfeed_runtime::page::{self, Query};
use formfeed_runtime::{IntoStatus as _, access, request_id};
use tonic::{Request, Response, Status};

use crate::answer::with_answers;
use crate::export::{self, Wish};
use crate::print::Desk;
use crate::service::year_filter;
use crate::stream::{self, Answer};

/// The handlers.
pub(crate) struct ExportHandlers(pub(crate) Arc<Desk>);

#[tonic::async_trait]
impl ExportService for ExportHandlers {
    type ExportFormsStream = Answer<pb::ExportFormsEvent>;

    async fn export_forms(
        &self,
        request: Request<pb::ExportFormsRequest>,
    ) -> Result<Response<Answer<pb::ExportFormsEvent>>, Status> {
        let user = access::caller(&request).acting_user().to_owned();
        let request = request.into_inner();
        let mut bad = Violations::new();
        let order = export_order(&mut bad, &request);
        request_id::require(&mut bad, &request.request_id);
        let order = bad.finish(order).map_err(|bad| bad.into_status())?;
        let wish = Wish {
            request_id: request.request_id.clone(),
            fingerprint: request_id::fingerprint(&request),
            order,
            user,
        };
        let desk = self.0.clone();
        let turn = desk.turns.take(&request.request_id).await;
        let events = stream::answer(|outlet| async move {
            let _turn = turn;
            export::export(&desk, wish, outlet).await
        });
        Ok(Response::new(events))
    }

    async fn record_answer(
        &self,
        request: Request<pb::RecordAnswerRequest>,
    ) -> Result<Response<pb::Export>, Status> {
        let user = access::caller(&request).acting_user().to_owned();
        let mut bad = Violations::new();
        let order = answer_order(&mut bad, &request.into_inner());
        let order = bad.finish(order).map_err(|bad| bad.into_status())?;
        Ok(Response::new(self.0.record_answer(order, user).await?))
    }

    async fn list_exports(
        &self,
        request: Request<pb::ListExportsRequest>,
    ) -> Result<Response<pb::ListExportsResponse>, Status> {
        let request = request.into_inner();
        let mut bad = Violations::new();
        let size = page::size(&mut bad, request.page_size);
        let filter = year_filter(&mut bad, &request.payer_id, request.tax_year);
        let query = Query::new("exports")
            .filter("payer_id", &request.payer_id)
            .filter("tax_year", request.tax_year);
        let before = query.key_after(&mut bad, &request.page_token);
        let filter = bad.finish(filter).map_err(|bad| bad.into_status())?;
        let found = self
            .0
            .store
            .exports_before(&filter, before.as_deref(), size + 1);
        let mut exports = found.await.map_err(|error| error.into_status())?;
        let next = page::cut(&mut exports, size, |last| last.id.clone());
        let exports = exports.iter().map(export_to).collect();
        Ok(Response::new(pb::ListExportsResponse {
            exports: with_answers(&self.0.store, exports).await?,
            next_page_token: next.map_or_else(String::new, |id| query.token_after(&id)),
        }))
    }
}
