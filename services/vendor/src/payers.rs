//! Payers, with their numbers with the states.

use chrono::Utc;
use formfeed_domain::PayerId;
use formfeed_domain::payer::{Payer, PayerState};
use formfeed_proto::convert::{self, Violations};
use formfeed_proto::vendor as pb;
use formfeed_runtime::page::{self, Query};
use formfeed_runtime::{etag, reason};
use formfeed_store::vendor::{PayerRecord, TinLabel};
use prost::Message as _;
use tonic::Status;

use crate::Handlers;
use crate::create::{answer, create_request, present};
use crate::mask::{Changes, Field, fields};
use crate::organizations::given;
use crate::refusal::{Kind, kept, not_found, store, valid};
use crate::stamp::stamp;

const KIND: Kind = Kind {
    word: "payer",
    collection: "payers",
    not_found: reason::PAYER_NOT_FOUND,
};
const FIELDS: &[Field<pb::Payer>] = fields![pb::Payer: display_name, tin, address, phone, contact_name, contact_email, contact_fax, states];

impl Handlers {
    pub(crate) async fn get_payer(
        &self,
        request: pb::GetPayerRequest,
    ) -> Result<pb::Payer, Status> {
        let mut bad = Violations::new();
        let id = convert::key_in(
            &mut bad,
            "name",
            KIND.collection,
            &request.name,
            PayerId::new,
        );
        Ok(message(&self.payer(&valid(bad, id)?).await?))
    }

    pub(crate) async fn list_payers(
        &self,
        request: pb::ListPayersRequest,
    ) -> Result<pb::ListPayersResponse, Status> {
        let mut bad = Violations::new();
        let size = page::size(&mut bad, request.page_size);
        let query = Query::new("payers").filter("name_contains", &request.name_contains);
        let after = query.key_after(&mut bad, &request.page_token);
        valid(bad, Some(()))?;
        let text = given(&request.name_contains);
        let found = self
            .store
            .payers_after(after.as_deref(), text, size + 1)
            .await;
        let mut found = found.map_err(store)?;
        let more = page::cut(&mut found, size, |last| last.payer.payer_id.to_string());
        Ok(pb::ListPayersResponse {
            payers: found.iter().map(message).collect(),
            next_page_token: more.map(|key| query.token_after(&key)).unwrap_or_default(),
        })
    }

    pub(crate) async fn create_payer(
        &self,
        request: pb::CreatePayerRequest,
    ) -> Result<pb::Payer, Status> {
        let mut bad = Violations::new();
        let sent = present(&mut bad, "payer", request.payer);
        let created = create_request(&mut bad, "CreatePayer", &request.request_id, &sent);
        let read = checked(&mut bad, &sent);
        let (payer, states) = valid(bad, read)?;
        let encode = |made| message(&made).encode_to_vec();
        let made = self
            .store
            .create_payer(&created, &payer, &states, Utc::now(), encode)
            .await;
        let name = format!("payers/{}", payer.payer_id);
        answer(&made.map_err(|error| kept(error, &name, &created.request_id))?)
    }

    /// A blank `tin` under the mask `*` keeps the number, as answers do not carry it; `tin` named removes it.
    pub(crate) async fn update_payer(
        &self,
        request: pb::UpdatePayerRequest,
    ) -> Result<pb::Payer, Status> {
        let mut bad = Violations::new();
        let sent = present(&mut bad, "payer", request.payer);
        let changes = Changes::read(&mut bad, request.update_mask.as_ref(), FIELDS);
        let field = "payer.name";
        let id = convert::key_in(&mut bad, field, KIND.collection, &sent.name, PayerId::new);
        etag::require(&mut bad, "payer.etag", &sent.etag);
        let mut wrong = Violations::new();
        checked(&mut wrong, &sent);
        changes.note(&mut bad, "payer", wrong);
        let read = self.payer(&valid(bad, id)?).await?;
        let mut merged = message(&read);
        etag::check(&sent.name, &sent.etag, &merged.etag)?;
        changes.copy(&mut merged, &sent);
        let keep_tin = !changes.has("tin") || (changes.is_star() && sent.tin.is_empty());
        let mut bad = Violations::new();
        let payer = checked(&mut bad, &merged);
        let (payer, states) = valid(bad, payer)?;
        let now = Utc::now();
        let made = self
            .store
            .replace_payer(&payer, &states, keep_tin, &read.stamp, now)
            .await;
        Ok(message(&made.map_err(|error| kept(error, &sent.name, ""))?))
    }

    pub(crate) async fn payer(&self, id: &PayerId) -> Result<PayerRecord, Status> {
        let found = self.store.payer(id.as_str()).await.map_err(store)?;
        found.ok_or_else(|| not_found(KIND, &format!("payers/{id}")))
    }
}

fn checked(bad: &mut Violations, sent: &pb::Payer) -> Option<(Payer, Vec<PayerState>)> {
    convert::payer_from(sent)
        .map_err(|wrong| bad.extend_below("payer", wrong))
        .ok()
}

fn message(record: &PayerRecord) -> pb::Payer {
    let name = format!("payers/{}", record.payer.payer_id);
    let tin = record.tin.as_ref().map(TinLabel::truncated);
    convert::payer_to(
        &record.payer,
        tin,
        &record.states,
        stamp(&name, &record.stamp),
    )
}
