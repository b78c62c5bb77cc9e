//! An edit as it is asked for: whose, which row, by whom; held against the etag of what stands.

use chrono::Utc;
use formfeed_domain::IncomeType;
use formfeed_domain::edit::Row;
use formfeed_domain::text::without_tins;
use formfeed_proto::convert::edit::RowKey;
use formfeed_proto::convert::information::{PayerYear, information_name};
use formfeed_runtime::{Refusal, etag, incident, request_id};
use formfeed_store::calculation::{EditRequest, InformationEntry, Signature};
use prost::Message;
use tonic::{Response, Status};

use crate::answer::information_etag;

/// An edit as read: whose, which row, who asks.
pub(crate) struct Asked {
    pub(crate) of: PayerYear,
    pub(crate) income_type: IncomeType,
    pub(crate) request: EditRequest,
}

/// What the edits have in common, from the fields of their messages.
macro_rules! fields {
    ($message:ident, $income_type:expr) => {
        formfeed_proto::convert::edit::EditFields {
            payer_id: &$message.payer_id,
            tax_year: $message.tax_year,
            recipient_id: &$message.recipient_id,
            income_type: $income_type,
            reason: &$message.reason,
        }
    };
}
pub(crate) use fields;

/// The row an edit asks for, and the request as the store keeps it.
pub(crate) fn asked(
    key: &RowKey,
    user: String,
    (method, message): (&str, &impl Message),
    reason: &str,
    id: &str,
) -> Result<Asked, Status> {
    let income_type = key.income_type.ok_or_else(|| {
        incident::internal_because("an edit of a row was read without its income type")
    })?;
    Ok(Asked {
        of: key.of.clone(),
        income_type,
        request: edit_request(key, user, (method, message), reason, id),
    })
}

/// The request as the store keeps it: `method` and `message` are what it is known by. A TIN in the reason is hidden.
pub(crate) fn edit_request(
    key: &RowKey,
    user: String,
    (method, message): (&str, &impl Message),
    reason: &str,
    id: &str,
) -> EditRequest {
    let content = message.encode_to_vec();
    EditRequest {
        payer_id: key.of.payer_id.clone(),
        tax_year: key.of.tax_year,
        recipient_id: key.recipient_id.clone(),
        request_id: id.to_owned(),
        fingerprint: request_id::fingerprint_bytes([method.as_bytes(), content.as_slice()]),
        by: Signature {
            user,
            reason: without_tins(reason),
            time: Utc::now(),
        },
    }
}

/// The row as the caller has read it; one that is not there has no etag to check.
pub(crate) fn current(
    name: &str,
    entry: Option<&InformationEntry>,
    sent: &str,
) -> Result<Row, Refusal> {
    let Some(entry) = entry else {
        return Ok(Row::default());
    };
    etag::check(name, sent, &information_etag(name, entry))?;
    Ok(entry.row())
}

/// The etag of any row of the recipient will do.
pub(crate) fn check_any(
    key: &RowKey,
    rows: &[InformationEntry],
    sent: &str,
) -> Result<(), Refusal> {
    let known = rows.iter().any(|row| {
        let name = information_name(&key.of, &row.recipient_id, row.income_type);
        information_etag(&name, row) == sent
    });
    match known {
        true => Ok(()),
        false => etag::check(&recipient_name(key), sent, ""),
    }
}

/// `payers/{payer_id}/taxYears/{year}/information/{recipient_id}/{income_type}`.
pub(crate) fn row_name(key: &RowKey, income_type: IncomeType) -> String {
    information_name(&key.of, key.recipient_id.as_str(), income_type)
}

/// `payers/{payer_id}/taxYears/{year}/information/{recipient_id}`: all its rows.
pub(crate) fn recipient_name(key: &RowKey) -> String {
    let PayerYear { payer_id, tax_year } = &key.of;
    let recipient_id = &key.recipient_id;
    format!("payers/{payer_id}/taxYears/{tax_year}/information/{recipient_id}")
}

/// The answer as it was kept.
pub(crate) fn answer<M: Message + Default>(bytes: &[u8]) -> Result<Response<M>, Status> {
    let message = M::decode(bytes).map_err(|error| incident::internal(&error))?;
    Ok(Response::new(message))
}
