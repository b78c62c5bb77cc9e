//! Saved parameters of runs, by name.

use std::sync::Arc;

use chrono::{SubsecRound as _, Utc};
use formfeed_domain::{ParameterSetId, PayerId};
use formfeed_proto::calculation as pb;
use formfeed_proto::calculation::parameter_set_service_server::ParameterSetService;
use formfeed_proto::convert::parameter_set::{
    parameter_set_name, parameter_set_to, parameters_from,
};
use formfeed_proto::convert::{Stamp, Violations, key_in, read, read_optional};
use formfeed_runtime::mask::{Changes, Field, fields};
use formfeed_runtime::page::{self, Query};
use formfeed_runtime::{IntoStatus, Refusal, access, detached, etag, incident, reason, request_id};
use formfeed_store::calculation::{CalculationStore, NewParameterSet, ParameterSet};
use prost::Message as _;
use tonic::{Request, Response, Status};

use crate::error::parameter_set_status;

const COLLECTION: &str = "parameterSets";
const FIELDS: &[Field<pb::ParameterSet>] =
    fields![pb::ParameterSet: payer_id, method, basis, source, from_recipient_id, to_recipient_id];

/// The handlers.
pub(crate) struct ParameterSetHandlers {
    store: Arc<CalculationStore>,
}

impl ParameterSetHandlers {
    pub(crate) fn new(store: Arc<CalculationStore>) -> Self {
        Self { store }
    }

    async fn get(&self, id: &ParameterSetId) -> Result<ParameterSet, Status> {
        let found = self.store.parameter_set(id).await;
        found.map_err(IntoStatus::into_status)?.ok_or_else(|| {
            let name = parameter_set_name(id);
            let message = format!("there is no {name}; see which there are");
            Refusal::not_found(reason::PARAMETER_SET_NOT_FOUND, message)
                .with("name", name)
                .into_status()
        })
    }
}

#[tonic::async_trait]
impl ParameterSetService for ParameterSetHandlers {
    async fn get_parameter_set(
        &self,
        request: Request<pb::GetParameterSetRequest>,
    ) -> Result<Response<pb::ParameterSet>, Status> {
        let name = request.into_inner().name;
        let mut bad = Violations::new();
        let id = key_in(&mut bad, "name", COLLECTION, &name, ParameterSetId::new);
        let id = bad.finish(id).map_err(IntoStatus::into_status)?;
        Ok(Response::new(message(&self.get(&id).await?)))
    }

    async fn list_parameter_sets(
        &self,
        request: Request<pb::ListParameterSetsRequest>,
    ) -> Result<Response<pb::ListParameterSetsResponse>, Status> {
        let request = request.into_inner();
        let mut bad = Violations::new();
        let size = page::size(&mut bad, request.page_size);
        let payer_id = read_optional(&mut bad, "payer_id", &request.payer_id, PayerId::new);
        let query = Query::new("parameter_sets").filter("payer_id", &request.payer_id);
        let after = query.key_after(&mut bad, &request.page_token);
        let payer_id = bad.finish(payer_id).map_err(IntoStatus::into_status)?;
        let after = after.unwrap_or_default();
        let limit = i64::try_from(size + 1).unwrap_or(i64::MAX);
        let sets = self
            .store
            .parameter_sets_after(&after, payer_id.as_ref(), limit)
            .await;
        let mut sets = sets.map_err(IntoStatus::into_status)?;
        let next = page::cut(&mut sets, size, |last| last.id.to_string());
        Ok(Response::new(pb::ListParameterSetsResponse {
            parameter_sets: sets.iter().map(message).collect(),
            next_page_token: next.map_or_else(String::new, |key| query.token_after(&key)),
        }))
    }

    async fn create_parameter_set(
        &self,
        request: Request<pb::CreateParameterSetRequest>,
    ) -> Result<Response<pb::ParameterSet>, Status> {
        let user = access::caller(&request).acting_user().to_owned();
        let request = request.into_inner();
        let mut bad = Violations::new();
        let id = ParameterSetId::new(&request.parameter_set_id);
        let id = read(&mut bad, "parameter_set_id", id);
        let sent = present(&mut bad, request.parameter_set);
        let parameters = checked(&mut bad, id.as_ref(), &sent);
        request_id::require(&mut bad, &request.request_id);
        let read = bad.finish(id.zip(parameters));
        let (id, parameters) = read.map_err(IntoStatus::into_status)?;
        let content = sent.encode_to_vec();
        let now = Utc::now().trunc_subsecs(6);
        let new = NewParameterSet {
            fingerprint: request_id::fingerprint_bytes([
                "CreateParameterSet".as_bytes(),
                id.as_str().as_bytes(),
                content.as_slice(),
            ]),
            request_id: request.request_id,
            set: ParameterSet {
                id,
                parameters,
                user,
                version: 1,
                create_time: now,
                update_time: now,
            },
        };
        let store = self.store.clone();
        let bytes = detached::finish(async move {
            let answer = message(&new.set).encode_to_vec();
            let made = store.create_parameter_set(&new, &answer).await;
            let name = parameter_set_name(&new.set.id);
            made.map_err(|error| parameter_set_status(error, &name, &new.request_id))
        });
        let made = pb::ParameterSet::decode(bytes.await?.as_slice());
        let made = made.map_err(|error| incident::internal(&error))?;
        Ok(Response::new(made))
    }

    async fn update_parameter_set(
        &self,
        request: Request<pb::UpdateParameterSetRequest>,
    ) -> Result<Response<pb::ParameterSet>, Status> {
        let user = access::caller(&request).acting_user().to_owned();
        let request = request.into_inner();
        let mut bad = Violations::new();
        let sent = present(&mut bad, request.parameter_set);
        let changes = Changes::read(&mut bad, request.update_mask.as_ref(), FIELDS);
        let field = "parameter_set.name";
        let id = key_in(&mut bad, field, COLLECTION, &sent.name, ParameterSetId::new);
        etag::require(&mut bad, "parameter_set.etag", &sent.etag);
        let id = bad.finish(id).map_err(IntoStatus::into_status)?;
        let before = self.get(&id).await?;
        let mut merged = message(&before);
        etag::check(&merged.name, &sent.etag, &merged.etag)?;
        changes.copy(&mut merged, &sent);
        let mut bad = Violations::new();
        let parameters = checked(&mut bad, Some(&id), &merged);
        let changed = ParameterSet {
            parameters: bad.finish(parameters).map_err(IntoStatus::into_status)?,
            user,
            version: before.version + 1,
            update_time: Utc::now().trunc_subsecs(6),
            ..before
        };
        let store = self.store.clone();
        detached::finish(async move {
            let replaced = store.replace_parameter_set(&changed).await;
            match replaced.map_err(IntoStatus::into_status)? {
                true => Ok(Response::new(message(&changed))),
                false => Err(etag::mismatch(&parameter_set_name(&changed.id)).into_status()),
            }
        })
        .await
    }

    async fn delete_parameter_set(
        &self,
        request: Request<pb::DeleteParameterSetRequest>,
    ) -> Result<Response<pb::DeleteParameterSetResponse>, Status> {
        let request = request.into_inner();
        let mut bad = Violations::new();
        let id = key_in(
            &mut bad,
            "name",
            COLLECTION,
            &request.name,
            ParameterSetId::new,
        );
        etag::require(&mut bad, "etag", &request.etag);
        let id = bad.finish(id).map_err(IntoStatus::into_status)?;
        let before = self.get(&id).await?;
        etag::check(&request.name, &request.etag, &message(&before).etag)?;
        let store = self.store.clone();
        detached::finish(async move {
            let deleted = store.delete_parameter_set(&id, before.version).await;
            match deleted.map_err(IntoStatus::into_status)? {
                true => Ok(Response::new(pb::DeleteParameterSetResponse {})),
                false => Err(etag::mismatch(&request.name).into_status()),
            }
        })
        .await
    }
}

/// The set of a request; a missing one is noted and answered blank, so that the rest is looked at all the same.
fn present(bad: &mut Violations, set: Option<pb::ParameterSet>) -> pb::ParameterSet {
    set.unwrap_or_else(|| {
        bad.add("parameter_set", "is required");
        pb::ParameterSet::default()
    })
}

fn checked(
    bad: &mut Violations,
    id: Option<&ParameterSetId>,
    sent: &pb::ParameterSet,
) -> Option<formfeed_domain::parameters::Parameters> {
    let mut wrong = Violations::new();
    let parameters = parameters_from(&mut wrong, id, sent);
    bad.extend_below("parameter_set", wrong);
    parameters
}

fn message(set: &ParameterSet) -> pb::ParameterSet {
    let name = parameter_set_name(&set.id);
    // A name that was deleted and made again has the same versions, but not the same birth.
    let version = format!("{}/{}", set.create_time.timestamp_micros(), set.version);
    let stamp = Stamp {
        create_time: set.create_time,
        update_time: set.update_time,
        etag: etag::etag(&name, version),
    };
    parameter_set_to(&set.id, &set.parameters, &set.user, stamp)
}
