//! What the IRS answered to electronic files: kept, and shown with them.

use chrono::{SubsecRound as _, Utc};
use formfeed_domain::export::{Answer, Export};
use formfeed_proto::convert::export::{AnswerOrder, answer_to, export_to};
use formfeed_proto::forms as pb;
use formfeed_runtime::{IntoStatus as _, Refusal, reason};
use formfeed_store::forms::FormsStore;
use tonic::Status;

use crate::correction_error::CorrectionError;
use crate::print::Desk;

impl Desk {
    /// Keeps an answer.
    pub(crate) async fn record_answer(
        &self,
        order: AnswerOrder,
        user: String,
    ) -> Result<pb::Export, Status> {
        let export = export(&self.store, &order.export_id).await?;
        let files = u32::try_from(export.files).unwrap_or(0);
        if order.file > files {
            let message = format!("exports/{} has {files} files", export.id);
            return Err(Refusal::invalid(reason::FIELDS_INVALID, message.clone())
                .field("file", message)
                .into_status());
        }
        let answer = Answer {
            export_id: order.export_id,
            file: order.file,
            receipt_id: order.receipt_id,
            status: order.status,
            errors: order.errors.iter().map(|line| masked(line)).collect(),
            user,
            update_time: Utc::now().trunc_subsecs(6),
        };
        let kept = self.store.put_answer(&answer).await;
        kept.map_err(|error| error.into_status())?;
        let answered = with_answers(&self.store, vec![export_to(&export)]).await?;
        let mut answered = answered.into_iter();
        answered
            .next()
            .ok_or_else(|| CorrectionError::NoSuchFiling(export.id).into())
    }
}

/// Exports with what the IRS answered to them.
pub(crate) async fn with_answers(
    store: &FormsStore,
    mut exports: Vec<pb::Export>,
) -> Result<Vec<pb::Export>, Status> {
    let id_of = |export: &pb::Export| export.name.trim_start_matches("exports/").to_owned();
    let ids: Vec<_> = exports.iter().map(id_of).collect();
    let answers = store.answers(&ids).await;
    for answer in answers.map_err(|error| error.into_status())? {
        let of_it = ids.iter().position(|id| *id == answer.export_id);
        if let Some(export) = of_it.and_then(|at| exports.get_mut(at)) {
            export.answers.push(answer_to(&answer));
        }
    }
    Ok(exports)
}

/// The export with a key.
pub(crate) async fn export(store: &FormsStore, id: &str) -> Result<Export, Status> {
    let found = store
        .export(id)
        .await
        .map_err(|error| error.into_status())?;
    found.ok_or_else(|| CorrectionError::NoSuchFiling(format!("exports/{id}")).into())
}

/// A line of the IRS's list; of a number of nine digits, which may be a TIN, the last four stay.
fn masked(line: &str) -> String {
    let is_of_number = |c: char| c.is_ascii_digit() || c == '-';
    let mut shown = String::new();
    let mut rest = line;
    while let Some(start) = rest.find(is_of_number) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c| !is_of_number(c)).unwrap_or(from.len());
        let (number, after) = from.split_at(end);
        shown.push_str(before);
        let digits = number.chars().filter(char::is_ascii_digit).count();
        let mut hidden = if digits == 9 { 5 } else { 0 };
        shown.extend(
            number
                .chars()
                .map(|c| match c.is_ascii_digit() && hidden > 0 {
                    true => {
                        hidden -= 1;
                        'X'
                    }
                    false => c,
                }),
        );
        rest = after;
    }
    shown + rest
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn a_number_of_nine_digits_keeps_its_last_four_and_no_other_loses_any() {
        let line = "record 12: TIN 900-70-0001 and 123456789; receipt 2026-12345678901-0123abcde";
        let shown = "record 12: TIN XXX-XX-0001 and XXXXX6789; receipt 2026-12345678901-0123abcde";
        assert_eq!(masked(line), shown);
    }
}
