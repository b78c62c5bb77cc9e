//! The preflight: parse, load, then check while the caller reads.

use formfeed_domain::rules;
use formfeed_proto::convert::Violations;
use formfeed_proto::convert::report::year_query;
use formfeed_proto::forms as pb;
use formfeed_proto::forms::preflight_service_server::PreflightService;
use formfeed_runtime::IntoStatus as _;
use tonic::{Request, Response, Status};

use crate::check::check_year;
use crate::error::rule_status;
use crate::peers::Peers;
use crate::stream::{self, Answer};

/// The handlers.
pub(crate) struct PreflightHandlers(pub(crate) Peers);

#[tonic::async_trait]
impl PreflightService for PreflightHandlers {
    type CheckYearStream = Answer<pb::Finding>;

    async fn check_year(
        &self,
        request: Request<pb::CheckYearRequest>,
    ) -> Result<Response<Answer<pb::Finding>>, Status> {
        let request = request.into_inner();
        let mut bad = Violations::new();
        let options = request.options.as_ref();
        let query = year_query(&mut bad, &request.payer_id, request.tax_year, options);
        let query = bad.finish(query).map_err(|bad| bad.into_status())?;
        let rules = rules::for_year(query.tax_year).map_err(rule_status)?;
        let payer = self.0.vendors.payer(&query.payer_id).await?;
        let peers = self.0.clone();
        let findings = stream::answer(|outlet| async move {
            check_year(&peers, &query, rules, payer, &outlet).await
        });
        Ok(Response::new(findings))
    }
}
