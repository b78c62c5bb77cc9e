//! Relate To codes.

use chrono::Utc;
use formfeed_domain::box_definition::{BoxDefinition, effect_in_year};
use formfeed_domain::relate_to::{Position, RelateTo};
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
    word: "Relate To code",
    collection: "relateToCodes",
    not_found: reason::RELATE_TO_CODE_NOT_FOUND,
};
const FIELDS: &[Field<pb::RelateToCode>] = fields![pb::RelateToCode: description, income_type];

impl Handlers {
    pub(crate) async fn get_relate_to_code(
        &self,
        request: pb::GetRelateToCodeRequest,
    ) -> Result<pb::RelateToCode, Status> {
        let mut bad = Violations::new();
        let key = key_in(&mut bad, "name", &request.name);
        Ok(message(&self.relate_to_code(&valid(bad, key)?).await?))
    }

    pub(crate) async fn list_relate_to_codes(
        &self,
        request: pb::ListRelateToCodesRequest,
    ) -> Result<pb::ListRelateToCodesResponse, Status> {
        let mut bad = Violations::new();
        let size = page::size(&mut bad, request.page_size);
        let only = match request.position {
            0 => None,
            number => convert::read(&mut bad, "position", convert::position_from(number)),
        };
        let year = match request.tax_year {
            0 => None,
            year => convert::read(&mut bad, "tax_year", TaxYear::new(year)),
        };
        let query = Query::new("relateToCodes")
            .filter("position", request.position)
            .filter("tax_year", request.tax_year);
        let after = query.key_after(&mut bad, &request.page_token);
        valid(bad, Some(()))?;
        let after = after
            .as_deref()
            .and_then(|key| convert::relate_to_key(key).ok());
        let after = after
            .as_ref()
            .map(|(position, code)| (*position, code.as_str()));
        let found = self
            .store
            .relate_to_codes_after(after, only, size + 1)
            .await;
        let mut found = found.map_err(store)?;
        let of_year = match year {
            None => Vec::new(),
            Some(year) => self.store.box_definitions_of(year).await.map_err(store)?,
        };
        let key = |last: &Stored<RelateTo>| format!("{}-{}", last.value.position, last.value.code);
        let more = page::cut(&mut found, size, key);
        Ok(pb::ListRelateToCodesResponse {
            relate_to_codes: found
                .iter()
                .map(|stored| message_in_year(stored, &of_year))
                .collect(),
            next_page_token: more.map(|key| query.token_after(&key)).unwrap_or_default(),
        })
    }

    pub(crate) async fn create_relate_to_code(
        &self,
        request: pb::CreateRelateToCodeRequest,
    ) -> Result<pb::RelateToCode, Status> {
        let mut bad = Violations::new();
        let sent = present(&mut bad, "relate_to_code", request.relate_to_code);
        let created = create_request(&mut bad, "CreateRelateToCode", &request.request_id, &sent);
        let code = checked(&mut bad, &sent);
        let code = valid(bad, code)?;
        let encode = |made| message(&made).encode_to_vec();
        let made = self
            .store
            .create_relate_to_code(&created, &code, Utc::now(), encode)
            .await;
        let name = format!("relateToCodes/{}-{}", code.position, code.code);
        answer(&made.map_err(|error| kept(error, &name, &created.request_id))?)
    }

    pub(crate) async fn update_relate_to_code(
        &self,
        request: pb::UpdateRelateToCodeRequest,
    ) -> Result<pb::RelateToCode, Status> {
        let mut bad = Violations::new();
        let sent = present(&mut bad, "relate_to_code", request.relate_to_code);
        let changes = Changes::read(&mut bad, request.update_mask.as_ref(), FIELDS);
        let key = key_in(&mut bad, "relate_to_code.name", &sent.name);
        etag::require(&mut bad, "relate_to_code.etag", &sent.etag);
        let mut wrong = Violations::new();
        checked(&mut wrong, &sent);
        changes.note(&mut bad, "relate_to_code", wrong);
        let read = self.relate_to_code(&valid(bad, key)?).await?;
        let mut merged = message(&read);
        etag::check(&sent.name, &sent.etag, &merged.etag)?;
        changes.copy(&mut merged, &sent);
        let mut bad = Violations::new();
        let code = checked(&mut bad, &merged);
        let code = valid(bad, code)?;
        let made = self
            .store
            .replace_relate_to_code(&code, &read.stamp, Utc::now())
            .await;
        Ok(message(&made.map_err(|error| kept(error, &sent.name, ""))?))
    }

    async fn relate_to_code(
        &self,
        (position, code): &(Position, RelateToCode),
    ) -> Result<Stored<RelateTo>, Status> {
        let found = self
            .store
            .relate_to_code(*position, code.as_str())
            .await
            .map_err(store)?;
        found.ok_or_else(|| not_found(KIND, &format!("relateToCodes/{position}-{code}")))
    }
}

fn key_in(bad: &mut Violations, field: &str, name: &str) -> Option<(Position, RelateToCode)> {
    convert::key_in(bad, field, KIND.collection, name, convert::relate_to_key)
}

fn checked(bad: &mut Violations, sent: &pb::RelateToCode) -> Option<RelateTo> {
    convert::relate_to_from(sent)
        .map_err(|wrong| bad.extend_below("relate_to_code", wrong))
        .ok()
}

fn message(stored: &Stored<RelateTo>) -> pb::RelateToCode {
    message_in_year(stored, &[])
}

/// With what the code reports in the year of these definitions.
fn message_in_year(stored: &Stored<RelateTo>, of_year: &[BoxDefinition]) -> pb::RelateToCode {
    let name = format!(
        "relateToCodes/{}-{}",
        stored.value.position, stored.value.code
    );
    let in_year = effect_in_year(&stored.value, of_year);
    convert::relate_to_to(&stored.value, in_year, stamp(&name, &stored.stamp))
}
