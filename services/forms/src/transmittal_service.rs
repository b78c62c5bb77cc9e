//! Form 1096: parse, load, then add up what was printed.

use std::sync::Arc;

use formfeed_domain::rules;
use formfeed_proto::convert::Violations;
use formfeed_proto::convert::transmittal::{transmittal_query, transmittal_wish};
use formfeed_proto::forms as pb;
use formfeed_proto::forms::transmittal_service_server::TransmittalService;
use formfeed_runtime::{IntoStatus as _, access, detached, request_id};
use tonic::{Request, Response, Status};

use crate::error::rule_status;
use crate::print::Desk;
use crate::transmittal::{self, Wish};

/// The handlers.
pub(crate) struct TransmittalHandlers(pub(crate) Arc<Desk>);

#[tonic::async_trait]
impl TransmittalService for TransmittalHandlers {
    async fn preview_transmittal(
        &self,
        request: Request<pb::PreviewTransmittalRequest>,
    ) -> Result<Response<pb::Transmittal>, Status> {
        let request = request.into_inner();
        let mut bad = Violations::new();
        let query = transmittal_query(&mut bad, &request);
        let query = bad.finish(query).map_err(|bad| bad.into_status())?;
        rules_of(&query)?;
        let found = transmittal::preview(&self.0, &query).await?;
        Ok(Response::new(found))
    }

    async fn print_transmittal(
        &self,
        request: Request<pb::PrintTransmittalRequest>,
    ) -> Result<Response<pb::Transmittal>, Status> {
        let user = access::caller(&request).acting_user().to_owned();
        let request = request.into_inner();
        let mut bad = Violations::new();
        let order = transmittal_wish(&mut bad, &request);
        request_id::require(&mut bad, &request.request_id);
        let order = bad.finish(order).map_err(|bad| bad.into_status())?;
        rules_of(&order.query)?;
        let wish = Wish {
            fingerprint: request_id::fingerprint(&request),
            request_id: request.request_id,
            order,
            user,
        };
        let desk = self.0.clone();
        let printed = detached::finish(async move { transmittal::print(&desk, wish).await });
        Ok(Response::new(printed.await?))
    }
}

/// A year or a return without rules has no Form 1096 either.
fn rules_of(query: &formfeed_proto::convert::transmittal::TransmittalQuery) -> Result<(), Status> {
    let rules = rules::for_year(query.tax_year).map_err(rule_status)?;
    rules.form(query.form_type).map_err(rule_status)?;
    Ok(())
}
