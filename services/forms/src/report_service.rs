//! Reports: parse, load, then make the report while the caller reads.

use chrono::Utc;
use formfeed_domain::rules;
use formfeed_proto::convert::Violations;
use formfeed_proto::convert::report::{report_format, year_query};
use formfeed_proto::forms as pb;
use formfeed_proto::forms::report_service_server::ReportService;
use formfeed_runtime::access::{self, Caller, Role};
use formfeed_runtime::{IntoStatus as _, Refusal, reason};
use tonic::{Request, Response, Status};

use crate::edit_report::{self, Wish};
use crate::error::rule_status;
use crate::peers::Peers;
use crate::stream::{self, Answer};

/// The handlers.
pub(crate) struct ReportHandlers(pub(crate) Peers);

#[tonic::async_trait]
impl ReportService for ReportHandlers {
    type GetEditReportStream = Answer<pb::GetEditReportResponse>;

    async fn get_edit_report(
        &self,
        request: Request<pb::GetEditReportRequest>,
    ) -> Result<Response<Answer<pb::GetEditReportResponse>>, Status> {
        let caller = access::caller(&request);
        let request = request.into_inner();
        let mut bad = Violations::new();
        let options = request.options.as_ref();
        let query = year_query(&mut bad, &request.payer_id, request.tax_year, options);
        let format = report_format(&mut bad, request.format);
        let asked = bad.finish(query.zip(format));
        let (query, format) = asked.map_err(|bad| bad.into_status())?;
        if request.show_tins {
            may_see_tins(&caller)?;
        }
        let rules = rules::for_year(query.tax_year).map_err(rule_status)?;
        let (payer, ..) = self.0.vendors.payer(&query.payer_id).await?;
        let (payer_id, tax_year) = (&query.payer_id, query.tax_year);
        if !self
            .0
            .calculation
            .has_completed_run(payer_id, tax_year)
            .await?
        {
            let message = format!(
                "payer {payer_id} has no 1099 information for {tax_year}: run a calculation first"
            );
            let refusal = Refusal::failed_precondition(reason::NOT_CALCULATED, message);
            let refusal = refusal
                .with("payer_id", payer_id)
                .with("tax_year", tax_year);
            return Err(refusal.into_status());
        }
        let wish = Wish {
            query,
            format,
            show_tins: request.show_tins,
            payer_name: payer.name,
            time: Utc::now(),
        };
        let peers = self.0.clone();
        let report = stream::answer(|outlet| async move {
            edit_report::tell(&peers, rules, &wish, &outlet).await
        });
        Ok(Response::new(report))
    }
}

/// Full numbers are for administrators alone.
fn may_see_tins(caller: &Caller) -> Result<(), Status> {
    match caller.role {
        Role::Admin => Ok(()),
        role => {
            let message = format!(
                "full TINs are shown to administrators only, and this token's role is {role}"
            );
            let refusal = Refusal::denied(reason::ROLE_NOT_ALLOWED, message);
            Err(refusal.with("role", role).into_status())
        }
    }
}
