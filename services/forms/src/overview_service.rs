//! The overview of a year: parse, load, then look through it.

use std::sync::Arc;

use chrono::Utc;
use formfeed_domain::rules;
use formfeed_proto::convert::report::year_query;
use formfeed_proto::convert::{Violations, entered_date};
use formfeed_proto::forms as pb;
use formfeed_proto::forms::overview_service_server::OverviewService;
use formfeed_runtime::IntoStatus as _;
use tonic::{Request, Response, Status};

use crate::error::rule_status;
use crate::overview;
use crate::print::Desk;

/// The handlers.
pub(crate) struct OverviewHandlers(pub(crate) Arc<Desk>);

#[tonic::async_trait]
impl OverviewService for OverviewHandlers {
    async fn get_year_overview(
        &self,
        request: Request<pb::GetYearOverviewRequest>,
    ) -> Result<Response<pb::YearOverview>, Status> {
        let request = request.into_inner();
        let mut bad = Violations::new();
        let options = request.options.as_ref();
        let query = year_query(&mut bad, &request.payer_id, request.tax_year, options);
        let as_of = entered_date(&mut bad, "as_of", request.as_of.as_ref());
        let query = bad.finish(query).map_err(|bad| bad.into_status())?;
        let rules = rules::for_year(query.tax_year).map_err(rule_status)?;
        self.0.peers.vendors.payer(&query.payer_id).await?;
        let as_of = as_of.unwrap_or_else(|| Utc::now().date_naive());
        let desk = &self.0;
        let found = overview::of_year(&desk.store, &desk.peers, &query, rules, as_of).await?;
        Ok(Response::new(found))
    }
}
