//! What waits for the decision of a person.

use formfeed_domain::spool::AttemptState;
use formfeed_proto::convert::printer::printer_name;
use formfeed_proto::convert::{Violations, timestamp_to};
use formfeed_proto::spooler as pb;
use formfeed_runtime::page;
use formfeed_runtime::status::IntoStatus;
use formfeed_store::spooler::{Question, QuestionKey};
use tonic::Status;

use super::Handlers;
use super::error::refused;

impl Handlers {
    /// A page of what waits.
    pub(super) async fn questions(
        &self,
        request: &pb::ListQuestionsRequest,
    ) -> Result<pb::ListQuestionsResponse, Status> {
        let mut violations = Violations::new();
        let size = page::size(&mut violations, request.page_size);
        let query = page::Query::new("questions");
        let after = query.key_after(&mut violations, &request.page_token);
        let after = after.and_then(|key| match key.parse::<QuestionKey>() {
            Ok(key) => Some(key),
            Err(_) => {
                page::invalid_token(&mut violations);
                None
            }
        });
        violations
            .finish(Some(()))
            .map_err(IntoStatus::into_status)?;
        let found = self.store.questions_after(after.as_ref(), size + 1).await;
        let mut found = found.map_err(refused)?;
        let next = page::cut(&mut found, size, |question| question.key().to_string());
        Ok(pb::ListQuestionsResponse {
            questions: found.iter().map(question_to).collect(),
            next_page_token: next.map(|key| query.token_after(&key)).unwrap_or_default(),
        })
    }
}

fn question_to(question: &Question) -> pb::Question {
    use pb::sheet::State;
    let number = |sheet: u32| i32::try_from(sheet).unwrap_or(i32::MAX);
    let state = match question.state {
        AttemptState::AwaitingConfirmation => State::AwaitingConfirmation,
        AttemptState::Spoiled => State::Spoiled,
        AttemptState::Lost => State::Lost,
        _ => State::InDoubt,
    };
    pb::Question {
        job: question.job.to_string(),
        printer: printer_name(&question.printer),
        state: state.into(),
        first_sheet: number(question.first),
        last_sheet: number(question.last),
        sheets: i64::try_from(question.sheets).unwrap_or(i64::MAX),
        wait_time: Some(timestamp_to(question.since)),
    }
}
