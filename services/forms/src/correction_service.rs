//! Corrections and voided forms: parse, load, decide, keep.

use std::sync::Arc;

use formfeed_domain::correction::NotSent;
use formfeed_proto::convert::Violations;
use formfeed_proto::convert::correction::{
    corrections_query, export_corrections_order, filing_to, form_ref, print_corrections_order,
    read_filing_name, read_reason, voided_to,
};
use formfeed_proto::forms as pb;
use formfeed_proto::forms::correction_service_server::CorrectionService;
use formfeed_runtime::{IntoStatus as _, access, detached, request_id};
use tonic::{Request, Response, Status};

use crate::candidates::Search;
use crate::correct::Wish;
use crate::correct_export;
use crate::follow::{self, EventStream};
use crate::print::Desk;
use crate::stream::{self, Answer};

/// The handlers.
pub(crate) struct CorrectionHandlers(pub(crate) Arc<Desk>);

#[tonic::async_trait]
impl CorrectionService for CorrectionHandlers {
    type ListCorrectionsStream = Answer<pb::Correction>;
    type PrintCorrectionsStream = EventStream;
    type ExportCorrectionsStream = Answer<pb::ExportFormsEvent>;

    async fn list_corrections(
        &self,
        request: Request<pb::ListCorrectionsRequest>,
    ) -> Result<Response<Answer<pb::Correction>>, Status> {
        let mut bad = Violations::new();
        let query = corrections_query(&mut bad, &request.into_inner());
        let query = bad.finish(query).map_err(|bad| bad.into_status())?;
        let desk = self.0.clone();
        let found = stream::answer(|outlet| async move {
            let mut search = Search::begin(&desk.store, &desk.peers, query).await?;
            while let Some(candidates) = search.batch().await? {
                for candidate in candidates {
                    outlet.send(candidate.message()).await?;
                }
            }
            Ok(())
        });
        Ok(Response::new(found))
    }

    async fn print_corrections(
        &self,
        request: Request<pb::PrintCorrectionsRequest>,
    ) -> Result<Response<EventStream>, Status> {
        let user = access::caller(&request).acting_user().to_owned();
        let request = request.into_inner();
        let mut bad = Violations::new();
        let order = print_corrections_order(&mut bad, &request);
        request_id::require(&mut bad, &request.request_id);
        let order = bad.finish(order).map_err(|bad| bad.into_status())?;
        let unfollowed = pb::PrintCorrectionsRequest {
            follow: false,
            ..request.clone()
        };
        let wish = Wish {
            request_id: request.request_id.clone(),
            fingerprint: request_id::fingerprint(&unfollowed),
            order,
            user,
        };
        let desk = self.0.clone();
        let printing = detached::finish(async move { desk.print_corrections(wish).await }).await?;
        let events = follow::stream(&self.0.peers.spooler, &printing, request.follow);
        Ok(Response::new(events))
    }

    async fn export_corrections(
        &self,
        request: Request<pb::ExportCorrectionsRequest>,
    ) -> Result<Response<Answer<pb::ExportFormsEvent>>, Status> {
        let user = access::caller(&request).acting_user().to_owned();
        let request = request.into_inner();
        let mut bad = Violations::new();
        let order = export_corrections_order(&mut bad, &request);
        request_id::require(&mut bad, &request.request_id);
        let order = bad.finish(order).map_err(|bad| bad.into_status())?;
        let wish = correct_export::Wish {
            request_id: request.request_id.clone(),
            fingerprint: request_id::fingerprint(&request),
            order,
            user,
        };
        let desk = self.0.clone();
        let turn = desk.turns.take(&request.request_id).await;
        let events = stream::answer(|outlet| async move {
            let _turn = turn;
            correct_export::export(&desk, wish, outlet).await
        });
        Ok(Response::new(events))
    }

    async fn void_form(
        &self,
        request: Request<pb::VoidFormRequest>,
    ) -> Result<Response<pb::VoidedForm>, Status> {
        let user = access::caller(&request).acting_user().to_owned();
        let request = request.into_inner();
        let mut bad = Violations::new();
        let year = (request.payer_id.as_str(), request.tax_year);
        let of = (request.form_type, request.recipient_id.as_str());
        let form = form_ref(&mut bad, year, of);
        let reason = read_reason(&mut bad, &request.reason);
        let (form, reason) = bad
            .finish(form.zip(reason))
            .map_err(|bad| bad.into_status())?;
        let voided = self.0.void(form, reason, user).await?;
        Ok(Response::new(voided_to(&voided)))
    }

    async fn restore_form(
        &self,
        request: Request<pb::RestoreFormRequest>,
    ) -> Result<Response<pb::VoidedForm>, Status> {
        let request = request.into_inner();
        let mut bad = Violations::new();
        let year = (request.payer_id.as_str(), request.tax_year);
        let of = (request.form_type, request.recipient_id.as_str());
        let form = form_ref(&mut bad, year, of);
        let form = bad.finish(form).map_err(|bad| bad.into_status())?;
        let restored = self.0.restore(form).await?;
        Ok(Response::new(voided_to(&restored)))
    }

    async fn mark_not_sent(
        &self,
        request: Request<pb::MarkNotSentRequest>,
    ) -> Result<Response<pb::Filing>, Status> {
        let user = access::caller(&request).acting_user().to_owned();
        let request = request.into_inner();
        let mut bad = Violations::new();
        let name = read_filing_name(&mut bad, &request.name);
        let reason = read_reason(&mut bad, &request.reason);
        let (name, reason) = bad
            .finish(name.zip(reason))
            .map_err(|bad| bad.into_status())?;
        let said = NotSent { reason, user };
        let filing = self.0.mark_not_sent(name, said).await?;
        Ok(Response::new(filing_to(&filing)))
    }
}
