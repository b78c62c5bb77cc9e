//! General-ledger accounts.

use chrono::Utc;
use formfeed_domain::AccountId;
use formfeed_domain::account::Account;
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
    word: "account",
    collection: "accounts",
    not_found: reason::ACCOUNT_NOT_FOUND,
};
const FIELDS: &[Field<pb::Account>] = fields![pb::Account: description, income_type];

impl Handlers {
    pub(crate) async fn get_account(
        &self,
        request: pb::GetAccountRequest,
    ) -> Result<pb::Account, Status> {
        let mut bad = Violations::new();
        let id = convert::key_in(
            &mut bad,
            "name",
            KIND.collection,
            &request.name,
            AccountId::new,
        );
        let id = valid(bad, id)?;
        Ok(message(&self.account(&id).await?))
    }

    pub(crate) async fn list_accounts(
        &self,
        request: pb::ListAccountsRequest,
    ) -> Result<pb::ListAccountsResponse, Status> {
        let mut bad = Violations::new();
        let size = page::size(&mut bad, request.page_size);
        let query = Query::new("accounts").filter("unmapped_only", request.unmapped_only);
        let after = query.key_after(&mut bad, &request.page_token);
        valid(bad, Some(()))?;
        let found = self
            .store
            .accounts_after(after.as_deref(), request.unmapped_only, size + 1);
        let mut found = found.await.map_err(store)?;
        let more = page::cut(&mut found, size, |last| last.value.account_id.to_string());
        Ok(pb::ListAccountsResponse {
            accounts: found.iter().map(message).collect(),
            next_page_token: more.map(|key| query.token_after(&key)).unwrap_or_default(),
        })
    }

    pub(crate) async fn create_account(
        &self,
        request: pb::CreateAccountRequest,
    ) -> Result<pb::Account, Status> {
        let mut bad = Violations::new();
        let sent = present(&mut bad, "account", request.account);
        let created = create_request(&mut bad, "CreateAccount", &request.request_id, &sent);
        let account = checked(&mut bad, &sent);
        let account = valid(bad, account)?;
        let encode = |made| message(&made).encode_to_vec();
        let made = self
            .store
            .create_account(&created, &account, Utc::now(), encode)
            .await;
        let name = format!("accounts/{}", account.account_id);
        answer(&made.map_err(|error| kept(error, &name, &created.request_id))?)
    }

    pub(crate) async fn update_account(
        &self,
        request: pb::UpdateAccountRequest,
    ) -> Result<pb::Account, Status> {
        let mut bad = Violations::new();
        let sent = present(&mut bad, "account", request.account);
        let changes = Changes::read(&mut bad, request.update_mask.as_ref(), FIELDS);
        let name = &sent.name;
        let id = convert::key_in(
            &mut bad,
            "account.name",
            KIND.collection,
            name,
            AccountId::new,
        );
        etag::require(&mut bad, "account.etag", &sent.etag);
        let mut wrong = Violations::new();
        checked(&mut wrong, &sent);
        changes.note(&mut bad, "account", wrong);
        let read = self.account(&valid(bad, id)?).await?;
        let mut merged = message(&read);
        etag::check(name, &sent.etag, &merged.etag)?;
        changes.copy(&mut merged, &sent);
        let mut bad = Violations::new();
        let account = checked(&mut bad, &merged);
        let account = valid(bad, account)?;
        let made = self
            .store
            .replace_account(&account, &read.stamp, Utc::now())
            .await;
        Ok(message(&made.map_err(|error| kept(error, name, ""))?))
    }

    async fn account(&self, id: &AccountId) -> Result<Stored<Account>, Status> {
        let found = self.store.account(id.as_str()).await.map_err(store)?;
        found.ok_or_else(|| not_found(KIND, &format!("accounts/{id}")))
    }
}

fn checked(bad: &mut Violations, sent: &pb::Account) -> Option<Account> {
    convert::account_from(sent)
        .map_err(|wrong| bad.extend_below("account", wrong))
        .ok()
}

fn message(stored: &Stored<Account>) -> pb::Account {
    let name = format!("accounts/{}", stored.value.account_id);
    convert::account_to(&stored.value, stamp(&name, &stored.stamp))
}
