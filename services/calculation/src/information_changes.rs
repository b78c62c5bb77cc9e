//! The history of edits, newest first.

use formfeed_proto::calculation as pb;
use formfeed_proto::convert::edit::{change_kind_to, snapshot_to};
use formfeed_proto::convert::information::{
    optional_income_type, optional_recipient, payer_year_from,
};
use formfeed_proto::convert::{Violations, timestamp_to};
use formfeed_runtime::IntoStatus;
use formfeed_runtime::page::{self, Query};
use formfeed_store::calculation::{ChangeEntry, Selection};
use tonic::{Request, Response, Status};

use crate::edit_service::EditHandlers;

impl EditHandlers {
    pub(crate) async fn changes(
        &self,
        request: Request<pb::ListInformationChangesRequest>,
    ) -> Result<Response<pb::ListInformationChangesResponse>, Status> {
        let request = request.into_inner();
        let mut bad = Violations::new();
        let size = page::size(&mut bad, request.page_size);
        let of = payer_year_from(&mut bad, &request.payer_id, request.tax_year);
        let recipient_id = optional_recipient(&mut bad, "recipient_id", &request.recipient_id);
        let income_type = optional_income_type(&mut bad, "income_type", &request.income_type);
        let query = Query::new("information_changes")
            .filter("payer_id", &request.payer_id)
            .filter("tax_year", request.tax_year)
            .filter("recipient_id", &request.recipient_id)
            .filter("income_type", &request.income_type);
        let before = query.key_after(&mut bad, &request.page_token);
        let of = bad.finish(of).map_err(IntoStatus::into_status)?;
        let before = before.and_then(|sequence| sequence.parse().ok());
        let selection = Selection {
            payer_id: of.payer_id.clone(),
            tax_year: of.tax_year,
            recipient_id,
            income_type,
        };
        let limit = i64::try_from(size + 1).unwrap_or(i64::MAX);
        let entries = self.store.changes_before(&selection, before, limit).await;
        let mut entries = entries.map_err(IntoStatus::into_status)?;
        if entries.is_empty() {
            self.vendors.payer_exists(&of.payer_id).await?;
        }
        let next = page::cut(&mut entries, size, |last| last.sequence.to_string());
        Ok(Response::new(pb::ListInformationChangesResponse {
            changes: entries.iter().map(change_to).collect(),
            next_page_token: next.map_or_else(String::new, |key| query.token_after(&key)),
        }))
    }
}

fn change_to(entry: &ChangeEntry) -> pb::InformationChange {
    pb::InformationChange {
        sequence: entry.sequence,
        kind: change_kind_to(entry.kind).into(),
        recipient_id: entry.recipient_id.clone(),
        income_type: entry.income_type.map(|t| t.to_string()).unwrap_or_default(),
        before: snapshot_to(&entry.before),
        after: snapshot_to(&entry.after),
        user: entry.by.user.clone(),
        reason: entry.by.reason.clone(),
        time: Some(timestamp_to(entry.by.time)),
    }
}
