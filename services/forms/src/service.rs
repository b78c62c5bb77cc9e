//! The methods of the forms service: parse, load, decide, keep.

use std::sync::Arc;

use formfeed_domain::{TaxYear, rules};
use formfeed_proto::convert::forms::{
    forms_query, print_order, printing_to, read_printing_name, year_rules_to,
};
use formfeed_proto::convert::{Violations, read};
use formfeed_proto::forms as pb;
use formfeed_proto::forms::forms_service_server::FormsService;
use formfeed_runtime::page::{self, Query};
use formfeed_runtime::{IntoStatus as _, access, detached, request_id};
use formfeed_store::forms::PrintingFilter;
use tonic::{Request, Response, Status};

use crate::draft::Filer;
use crate::error::{PrintError, rule_status};
use crate::follow::{self, EventStream};
use crate::listing::{self, Resume};
use crate::print::{Desk, Wish};

/// The handlers.
pub(crate) struct Handlers(pub(crate) Arc<Desk>);

#[tonic::async_trait]
impl FormsService for Handlers {
    type PrintFormsStream = EventStream;

    async fn list_forms(
        &self,
        request: Request<pb::ListFormsRequest>,
    ) -> Result<Response<pb::ListFormsResponse>, Status> {
        let request = request.into_inner();
        let mut violations = Violations::new();
        let query = forms_query(&mut violations, &request);
        let size = page::size(&mut violations, request.page_size);
        let token = query_of_forms(&request);
        let from = resume_from(&mut violations, &token, &request.page_token);
        let query = violations.finish(query).map_err(|bad| bad.into_status())?;
        let rules = rules::for_year(query.tax_year).map_err(rule_status)?;
        let filer = Filer::of(&self.0.peers, &query.payer_id).await?;
        let (store, peers) = (&self.0.store, &self.0.peers);
        let listed = listing::list(store, peers, (&query, &filer), rules, from, size);
        let (decisions, next) = listed.await?;
        let next = next.map(|resume| token.token_after(&resume_key(&resume)));
        Ok(Response::new(pb::ListFormsResponse {
            decisions,
            next_page_token: next.unwrap_or_default(),
        }))
    }

    async fn print_forms(
        &self,
        request: Request<pb::PrintFormsRequest>,
    ) -> Result<Response<EventStream>, Status> {
        let user = access::caller(&request).acting_user().to_owned();
        let request = request.into_inner();
        let mut violations = Violations::new();
        let order = print_order(&mut violations, &request);
        request_id::require(&mut violations, &request.request_id);
        let order = violations.finish(order).map_err(|bad| bad.into_status())?;
        let wish = Wish {
            request_id: request.request_id.clone(),
            fingerprint: fingerprint(&request),
            order,
            user,
        };
        let desk = self.0.clone();
        let printing = detached::finish(async move { desk.print(wish).await }).await?;
        let events = follow::stream(&self.0.peers.spooler, &printing, request.follow);
        Ok(Response::new(events))
    }

    async fn get_printing(
        &self,
        request: Request<pb::GetPrintingRequest>,
    ) -> Result<Response<pb::Printing>, Status> {
        let name = request.into_inner().name;
        let mut violations = Violations::new();
        let id = read_printing_name(&mut violations, "name", &name);
        let id = violations.finish(id).map_err(|bad| bad.into_status())?;
        let found = self.0.store.get(id).await;
        let found = found.map_err(|error| error.into_status())?;
        let printing = found.ok_or_else(|| PrintError::NoSuchPrinting(id.to_owned()))?;
        Ok(Response::new(printing_to(&printing)))
    }

    async fn list_printings(
        &self,
        request: Request<pb::ListPrintingsRequest>,
    ) -> Result<Response<pb::ListPrintingsResponse>, Status> {
        let request = request.into_inner();
        let mut violations = Violations::new();
        let size = page::size(&mut violations, request.page_size);
        let filter = year_filter(&mut violations, &request.payer_id, request.tax_year);
        let query = Query::new("printings")
            .filter("payer_id", &request.payer_id)
            .filter("tax_year", request.tax_year);
        let before = query.key_after(&mut violations, &request.page_token);
        let filter = violations.finish(filter).map_err(|bad| bad.into_status())?;
        let found = self
            .0
            .store
            .page_before(&filter, before.as_deref(), size + 1)
            .await;
        let mut printings = found.map_err(|error| error.into_status())?;
        let next = page::cut(&mut printings, size, |last| last.id.clone());
        Ok(Response::new(pb::ListPrintingsResponse {
            printings: printings.iter().map(printing_to).collect(),
            next_page_token: next.map_or_else(String::new, |id| query.token_after(&id)),
        }))
    }

    async fn get_tax_year_rules(
        &self,
        request: Request<pb::GetTaxYearRulesRequest>,
    ) -> Result<Response<pb::TaxYearRules>, Status> {
        let mut violations = Violations::new();
        let tax_year = TaxYear::new(request.into_inner().tax_year);
        let tax_year = read(&mut violations, "tax_year", tax_year);
        let tax_year = violations
            .finish(tax_year)
            .map_err(|bad| bad.into_status())?;
        let rules = rules::for_year(tax_year).map_err(rule_status)?;
        Ok(Response::new(year_rules_to(rules)))
    }
}

/// What was asked, whether or not the caller stays to follow.
fn fingerprint(request: &pb::PrintFormsRequest) -> String {
    request_id::fingerprint(&pb::PrintFormsRequest {
        follow: false,
        ..request.clone()
    })
}

fn query_of_forms(request: &pb::ListFormsRequest) -> Query {
    let options = request.options.unwrap_or_default();
    Query::new("forms")
        .filter("payer_id", &request.payer_id)
        .filter("tax_year", request.tax_year)
        .filter("form_type", request.form_type)
        .filter("full_name", options.full_name)
        .filter("combined_threshold", options.combined_threshold)
        .filter("report_all_boxes", options.report_all_boxes)
        .filter("both_street_lines", options.both_street_lines)
        .filter("twins", options.twins)
}

fn resume_key(resume: &Resume) -> String {
    serde_json::to_string(resume).expect("a record of texts and a number is JSON")
}

/// Where a page begins; the first one begins at the beginning.
fn resume_from(violations: &mut Violations, query: &Query, page_token: &str) -> Resume {
    let key = query.key_after(violations, page_token);
    let resume = key.map(|key| serde_json::from_str(&key));
    match resume.transpose() {
        Ok(resume) => resume.unwrap_or_default(),
        Err(_) => {
            page::invalid_token(violations);
            Resume::default()
        }
    }
}

/// Reads whose printings or exports are wanted, and of which year.
pub(crate) fn year_filter(
    violations: &mut Violations,
    payer_id: &str,
    tax_year: i32,
) -> Option<PrintingFilter> {
    use formfeed_domain::PayerId;
    use formfeed_proto::convert::read_optional;
    let payer_id = read_optional(violations, "payer_id", payer_id, PayerId::new);
    let tax_year = match tax_year {
        0 => Some(None),
        year => read(violations, "tax_year", TaxYear::new(year)).map(Some),
    };
    Some(PrintingFilter {
        payer_id: payer_id?,
        tax_year: tax_year?,
    })
}
