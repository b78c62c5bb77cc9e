//! Box definitions: which code feeds which box in a tax year.

use chrono::Utc;
use formfeed_domain::box_definition::BoxDefinition;
use formfeed_domain::relate_to::Position;
use formfeed_domain::{RelateToCode, TaxYear};
use formfeed_proto::convert::{self, Violations};
use formfeed_proto::vendor as pb;
use formfeed_runtime::page::{self, Query};
use formfeed_runtime::{etag, reason};
use formfeed_store::vendor::Stored;
use prost::Message as _;
use tonic::Status;

use crate::Handlers;
use crate::create::{answer, create_request, present};
use crate::mask::{Changes, Field, fields};
use crate::refusal::{Kind, kept, not_found, store, valid};
use crate::stamp::stamp;

const KIND: Kind = Kind {
    word: "box definition",
    collection: "boxDefinitions",
    not_found: reason::BOX_DEFINITION_NOT_FOUND,
};
const FIELDS: &[Field<pb::BoxDefinition>] =
    fields![pb::BoxDefinition: position, income_type, description, group];

impl Handlers {
    pub(crate) async fn get_box_definition(
        &self,
        request: pb::GetBoxDefinitionRequest,
    ) -> Result<pb::BoxDefinition, Status> {
        let mut bad = Violations::new();
        let key = key_in(&mut bad, "name", &request.name);
        Ok(message(&self.box_definition(&valid(bad, key)?).await?))
    }

    pub(crate) async fn list_box_definitions(
        &self,
        request: pb::ListBoxDefinitionsRequest,
    ) -> Result<pb::ListBoxDefinitionsResponse, Status> {
        let mut bad = Violations::new();
        let size = page::size(&mut bad, request.page_size);
        let only = match request.tax_year {
            0 => None,
            year => convert::read(&mut bad, "tax_year", TaxYear::new(year)),
        };
        let query = Query::new("boxDefinitions").filter("tax_year", request.tax_year);
        let after = query.key_after(&mut bad, &request.page_token);
        valid(bad, Some(()))?;
        let after = after
            .as_deref()
            .and_then(|key| convert::box_definition_key(key).ok());
        let after = after.as_ref().map(|(year, code)| (*year, code.as_str()));
        let found = self
            .store
            .box_definitions_after(after, only, size + 1)
            .await;
        let mut found = found.map_err(store)?;
        let more = page::cut(&mut found, size, |last| key_of(&last.value));
        Ok(pb::ListBoxDefinitionsResponse {
            box_definitions: found.iter().map(message).collect(),
            next_page_token: more.map(|key| query.token_after(&key)).unwrap_or_default(),
        })
    }

    pub(crate) async fn create_box_definition(
        &self,
        request: pb::CreateBoxDefinitionRequest,
    ) -> Result<pb::BoxDefinition, Status> {
        let mut bad = Violations::new();
        let sent = present(&mut bad, "box_definition", request.box_definition);
        let created = create_request(&mut bad, "CreateBoxDefinition", &request.request_id, &sent);
        let refused = |error| {
            kept(
                error,
                &format!("boxDefinitions/{}-{}", sent.tax_year, sent.code),
                &created.request_id,
            )
        };
        if let Some(first) = self.store.answered(&created).await.map_err(refused)? {
            return answer(&first);
        }
        let definition = self.checked_box_definition(&mut bad, &sent).await?;
        self.check_other_box(&mut bad, &sent).await?;
        let definition = valid(bad, definition)?;
        let encode = |made| message(&made).encode_to_vec();
        let made = self
            .store
            .create_box_definition(&created, &definition, Utc::now(), encode)
            .await;
        answer(&made.map_err(refused)?)
    }

    pub(crate) async fn update_box_definition(
        &self,
        request: pb::UpdateBoxDefinitionRequest,
    ) -> Result<pb::BoxDefinition, Status> {
        let mut bad = Violations::new();
        let sent = present(&mut bad, "box_definition", request.box_definition);
        let changes = Changes::read(&mut bad, request.update_mask.as_ref(), FIELDS);
        let key = key_in(&mut bad, "box_definition.name", &sent.name);
        etag::require(&mut bad, "box_definition.etag", &sent.etag);
        let read = self.box_definition(&valid(bad, key)?).await?;
        let mut merged = message(&read);
        etag::check(&sent.name, &sent.etag, &merged.etag)?;
        changes.copy(&mut merged, &sent);
        let mut bad = Violations::new();
        let definition = self.checked_box_definition(&mut bad, &merged).await?;
        let definition = valid(bad, definition)?;
        let made = self
            .store
            .replace_box_definition(&definition, &read.stamp, Utc::now())
            .await;
        Ok(message(&made.map_err(|error| kept(error, &sent.name, ""))?))
    }

    pub(crate) async fn delete_box_definition(
        &self,
        request: pb::DeleteBoxDefinitionRequest,
    ) -> Result<pb::DeleteBoxDefinitionResponse, Status> {
        let mut bad = Violations::new();
        let key = key_in(&mut bad, "name", &request.name);
        etag::require(&mut bad, "etag", &request.etag);
        let read = self.box_definition(&valid(bad, key)?).await?;
        etag::check(&request.name, &request.etag, &message(&read).etag)?;
        let gone = self.store.delete_box_definition(&read).await;
        gone.map_err(|error| kept(error, &request.name, ""))?;
        Ok(pb::DeleteBoxDefinitionResponse {})
    }

    async fn box_definition(
        &self,
        (year, code): &(TaxYear, RelateToCode),
    ) -> Result<Stored<BoxDefinition>, Status> {
        let found = self.store.box_definition(*year, code.as_str()).await;
        let found = found.map_err(store)?;
        found.ok_or_else(|| not_found(KIND, &format!("boxDefinitions/{year}-{code}")))
    }

    /// Reads a definition; its code must be defined where the definition is about it.
    async fn checked_box_definition(
        &self,
        bad: &mut Violations,
        sent: &pb::BoxDefinition,
    ) -> Result<Option<BoxDefinition>, Status> {
        let read = convert::box_definition_from(sent);
        let read = read
            .map_err(|wrong| bad.extend_below("box_definition", wrong))
            .ok();
        let positions = match convert::position_from(sent.position) {
            Ok(position) => vec![position],
            Err(_) => vec![Position::One, Position::Two],
        };
        self.check_relate_to(bad, "box_definition.code", &sent.code, &positions)
            .await?;
        Ok(read)
    }

    /// Notes a code that feeds another box of the year already.
    async fn check_other_box(
        &self,
        bad: &mut Violations,
        sent: &pb::BoxDefinition,
    ) -> Result<(), Status> {
        let Ok(year) = TaxYear::new(sent.tax_year) else {
            return Ok(());
        };
        let found = self.store.box_definition(year, &sent.code).await;
        if let Some(other) = found.map_err(store)?
            && other.value.effect.as_str() != sent.income_type
        {
            let (code, effect) = (&sent.code, other.value.effect.as_str());
            bad.add(
                "box_definition.code",
                format!(
                    "{code} feeds {effect} in {year} already; change boxDefinitions/{year}-{code}, or use another code"
                ),
            );
        }
        Ok(())
    }
}

fn key_in(bad: &mut Violations, field: &str, name: &str) -> Option<(TaxYear, RelateToCode)> {
    convert::key_in(
        bad,
        field,
        KIND.collection,
        name,
        convert::box_definition_key,
    )
}

fn key_of(definition: &BoxDefinition) -> String {
    format!("{}-{}", definition.tax_year, definition.code)
}

fn message(stored: &Stored<BoxDefinition>) -> pb::BoxDefinition {
    let name = format!("boxDefinitions/{}", key_of(&stored.value));
    convert::box_definition_to(&stored.value, stamp(&name, &stored.stamp))
}
