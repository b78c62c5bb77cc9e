//! Edits of rows: parse, load, decide, keep. The deciding is `formfeed_domain::edit`'s.

use formfeed_domain::edit::ChangeKind;
use formfeed_domain::rules::{self, YearRules};
use formfeed_proto::calculation as pb;
use formfeed_proto::convert::Violations;
use formfeed_proto::convert::edit::{value_from, wish_from};
use formfeed_proto::convert::information::PayerYear;
use formfeed_runtime::{IntoStatus, Refusal, access, detached, etag, request_id};
use formfeed_store::calculation::{InformationEntry, NamedVendor, RowChange};
use prost::Message as _;
use tonic::{Request, Response, Status};

use crate::answer::information_to;
use crate::edit_request::{Asked, answer, asked, current, fields, row_name};
use crate::edit_service::EditHandlers;
use crate::error::{edit_status, not_allowed, rule_status};

impl EditHandlers {
    /// Changes the amount or the parts of a row.
    pub(crate) async fn change_information(
        &self,
        request: Request<pb::EditInformationRequest>,
    ) -> Result<Response<pb::Information>, Status> {
        let user = access::caller(&request).acting_user().to_owned();
        let message = request.into_inner();
        let mut bad = Violations::new();
        let key = fields!(message, Some(&message.income_type)).key(&mut bad);
        let wish = wish_from(&mut bad, &message);
        etag::require(&mut bad, "etag", &message.etag);
        request_id::require(&mut bad, &message.request_id);
        let read = bad.finish(key.zip(wish)).map_err(IntoStatus::into_status)?;
        let (key, wish) = read;
        let rules = year_rules(&key.of)?;
        let asked = asked(
            &key,
            user,
            ("EditInformation", &message),
            &message.reason,
            &message.request_id,
        )?;
        let (name, income_type) = (row_name(&key, asked.income_type), asked.income_type);
        let decide = move |entry: Option<&InformationEntry>| {
            let row = current(&name, entry, &message.etag)?;
            let edit = row.change(income_type, wish.clone(), rules);
            Ok(RowChange {
                kind: ChangeKind::Edited,
                edit: Some(edit.map_err(|error| not_allowed(&error, &name))?),
                vendor: None,
            })
        };
        answer(&self.change_row(asked, decide, the_row).await?)
    }

    /// Adds a row that no run made.
    pub(crate) async fn add_row(
        &self,
        request: Request<pb::AddInformationRequest>,
    ) -> Result<Response<pb::Information>, Status> {
        let user = access::caller(&request).acting_user().to_owned();
        let message = request.into_inner();
        let mut bad = Violations::new();
        let key = fields!(message, Some(&message.income_type)).key(&mut bad);
        let value = value_from(&mut bad, &message);
        request_id::require(&mut bad, &message.request_id);
        let read = bad
            .finish(key.zip(value))
            .map_err(IntoStatus::into_status)?;
        let (key, value) = read;
        let rules = year_rules(&key.of)?;
        let asked = asked(
            &key,
            user,
            ("AddInformation", &message),
            &message.reason,
            &message.request_id,
        )?;
        if let Some(before) = self.answered(&asked.request).await? {
            return Ok(before);
        }
        self.vendors.payer_exists(&key.of.payer_id).await?;
        let vendor: NamedVendor = self.vendors.vendor(&key.recipient_id).await?;
        let (name, income_type) = (row_name(&key, asked.income_type), asked.income_type);
        let decide = move |entry: Option<&InformationEntry>| {
            let row = entry.map(InformationEntry::row).unwrap_or_default();
            let edit = row.add(income_type, value.clone(), rules);
            Ok(RowChange {
                kind: ChangeKind::Added,
                edit: Some(edit.map_err(|error| not_allowed(&error, &name))?),
                vendor: Some(vendor.clone()),
            })
        };
        answer(&self.change_row(asked, decide, the_row).await?)
    }

    /// Deletes a row.
    pub(crate) async fn delete_row(
        &self,
        request: Request<pb::DeleteInformationRequest>,
    ) -> Result<Response<pb::Information>, Status> {
        let user = access::caller(&request).acting_user().to_owned();
        let message = request.into_inner();
        let mut bad = Violations::new();
        let key = fields!(message, Some(&message.income_type)).key(&mut bad);
        etag::require(&mut bad, "etag", &message.etag);
        request_id::require(&mut bad, &message.request_id);
        let key = bad.finish(key).map_err(IntoStatus::into_status)?;
        let asked = asked(
            &key,
            user,
            ("DeleteInformation", &message),
            &message.reason,
            &message.request_id,
        )?;
        let name = row_name(&key, asked.income_type);
        let gone = pb::Information {
            name: name.clone(),
            payer_id: message.payer_id.clone(),
            tax_year: message.tax_year,
            recipient_id: message.recipient_id.clone(),
            income_type: message.income_type.clone(),
            deleted: true,
            ..pb::Information::default()
        };
        let decide = move |entry: Option<&InformationEntry>| {
            let row = current(&name, entry, &message.etag)?;
            Ok(RowChange {
                kind: ChangeKind::Deleted,
                edit: row.delete().map_err(|error| not_allowed(&error, &name))?,
                vendor: None,
            })
        };
        let after = move |mut rows: Vec<pb::Information>| {
            rows.pop().unwrap_or_else(|| gone.clone()).encode_to_vec()
        };
        answer(&self.change_row(asked, decide, after).await?)
    }

    /// Drops the edit of a row.
    pub(crate) async fn revert_row(
        &self,
        request: Request<pb::RevertInformationRequest>,
    ) -> Result<Response<pb::RevertInformationResponse>, Status> {
        let user = access::caller(&request).acting_user().to_owned();
        let message = request.into_inner();
        let mut bad = Violations::new();
        let key = fields!(message, Some(&message.income_type)).key(&mut bad);
        etag::require(&mut bad, "etag", &message.etag);
        request_id::require(&mut bad, &message.request_id);
        let key = bad.finish(key).map_err(IntoStatus::into_status)?;
        let asked = asked(
            &key,
            user,
            ("RevertInformation", &message),
            &message.reason,
            &message.request_id,
        )?;
        let name = row_name(&key, asked.income_type);
        let decide = move |entry: Option<&InformationEntry>| {
            let row = current(&name, entry, &message.etag)?;
            row.revert().map_err(|error| not_allowed(&error, &name))?;
            Ok(RowChange {
                kind: ChangeKind::Reverted,
                edit: None,
                vendor: None,
            })
        };
        let kept = self.change_row(asked, decide, |information| {
            pb::RevertInformationResponse { information }.encode_to_vec()
        });
        answer(&kept.await?)
    }

    /// Decides about one row and keeps what was decided, even when the caller leaves meanwhile.
    async fn change_row(
        &self,
        asked: Asked,
        decide: impl Fn(Option<&InformationEntry>) -> Result<RowChange, Refusal> + Send + Sync + 'static,
        answer: impl Fn(Vec<pb::Information>) -> Vec<u8> + Send + Sync + 'static,
    ) -> Result<Vec<u8>, Status> {
        let store = self.store.clone();
        detached::finish(async move {
            let Asked {
                of,
                income_type,
                request,
            } = asked;
            let answered = |row: Option<&InformationEntry>| {
                answer(
                    row.map(|row| information_to(&of, row))
                        .into_iter()
                        .collect(),
                )
            };
            let kept = store.edit_row(&request, income_type, decide, answered);
            kept.await
                .map_err(|error| edit_status(error, &request.request_id))
        })
        .await
    }
}

fn year_rules(of: &PayerYear) -> Result<&'static YearRules, Status> {
    rules::for_year(of.tax_year).map_err(|error| rule_status(&error, of.tax_year))
}

/// The one row there is after a change of it.
fn the_row(mut rows: Vec<pb::Information>) -> Vec<u8> {
    rows.pop().unwrap_or_default().encode_to_vec()
}
