//! The quick calculator: parse, decide, answer. Nothing is read or kept.

use formfeed_domain::rules;
use formfeed_proto::calculation as pb;
use formfeed_proto::calculation::quick_service_server::QuickService;
use formfeed_proto::convert::Violations;
use formfeed_proto::convert::quick::{quick_answer_to, quick_question_from};
use formfeed_runtime::IntoStatus;
use tonic::{Request, Response, Status};

use crate::error::rule_status;

/// The handlers.
pub(crate) struct QuickHandlers;

#[tonic::async_trait]
impl QuickService for QuickHandlers {
    async fn quick_calculate(
        &self,
        request: Request<pb::QuickCalculateRequest>,
    ) -> Result<Response<pb::QuickCalculateResponse>, Status> {
        let mut bad = Violations::new();
        let asked = quick_question_from(&mut bad, request.get_ref());
        let (tax_year, question) = bad.finish(asked).map_err(IntoStatus::into_status)?;
        let rules = rules::for_year(tax_year).map_err(|error| rule_status(&error, tax_year))?;
        let answer = question.answer(rules);
        Ok(Response::new(quick_answer_to(&answer)))
    }
}
