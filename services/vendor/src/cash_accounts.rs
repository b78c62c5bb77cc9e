//! Cash accounts, each of which belongs to a payer over the organization tree.

use std::collections::BTreeMap;

use chrono::Utc;
use formfeed_domain::extract::File;
use formfeed_domain::organization::{CashAccount, Organization, payer_of};
use formfeed_domain::{CashAccountId, OrgId};
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
use crate::organizations::given;
use crate::refusal::{Kind, kept, not_found, store, valid};
use crate::stamp::stamp;

const KIND: Kind = Kind {
    word: "cash account",
    collection: "cashAccounts",
    not_found: reason::CASH_ACCOUNT_NOT_FOUND,
};
const FIELDS: &[Field<pb::CashAccount>] = fields![pb::CashAccount: org_id, description];

type Tree = BTreeMap<OrgId, Organization>;

impl Handlers {
    pub(crate) async fn get_cash_account(
        &self,
        request: pb::GetCashAccountRequest,
    ) -> Result<pb::CashAccount, Status> {
        let mut bad = Violations::new();
        let name = &request.name;
        let id = convert::key_in(&mut bad, "name", KIND.collection, name, CashAccountId::new);
        let found = self.cash_account(&valid(bad, id)?).await?;
        Ok(message(&self.tree().await?, &found))
    }

    pub(crate) async fn list_cash_accounts(
        &self,
        request: pb::ListCashAccountsRequest,
    ) -> Result<pb::ListCashAccountsResponse, Status> {
        let mut bad = Violations::new();
        let size = page::size(&mut bad, request.page_size);
        let query = Query::new("cashAccounts").filter("org_id", &request.org_id);
        let after = query.key_after(&mut bad, &request.page_token);
        valid(bad, Some(()))?;
        let org_id = given(&request.org_id);
        let found = self
            .store
            .cash_accounts_after(after.as_deref(), org_id, size + 1);
        let mut found = found.await.map_err(store)?;
        let more = page::cut(&mut found, size, |last| {
            last.value.cash_account_id.to_string()
        });
        let tree = self.tree().await?;
        Ok(pb::ListCashAccountsResponse {
            cash_accounts: found.iter().map(|stored| message(&tree, stored)).collect(),
            next_page_token: more.map(|key| query.token_after(&key)).unwrap_or_default(),
        })
    }

    pub(crate) async fn create_cash_account(
        &self,
        request: pb::CreateCashAccountRequest,
    ) -> Result<pb::CashAccount, Status> {
        let mut bad = Violations::new();
        let sent = present(&mut bad, "cash_account", request.cash_account);
        let created = create_request(&mut bad, "CreateCashAccount", &request.request_id, &sent);
        let account = self.checked_cash_account(&mut bad, &sent).await?;
        let account = valid(bad, account)?;
        let tree = self.tree().await?;
        let encode = |made| message(&tree, &made).encode_to_vec();
        let made = self
            .store
            .create_cash_account(&created, &account, Utc::now(), encode)
            .await;
        let name = format!("cashAccounts/{}", account.cash_account_id);
        answer(&made.map_err(|error| kept(error, &name, &created.request_id))?)
    }

    pub(crate) async fn update_cash_account(
        &self,
        request: pb::UpdateCashAccountRequest,
    ) -> Result<pb::CashAccount, Status> {
        let mut bad = Violations::new();
        let sent = present(&mut bad, "cash_account", request.cash_account);
        let changes = Changes::read(&mut bad, request.update_mask.as_ref(), FIELDS);
        let field = "cash_account.name";
        let id = convert::key_in(
            &mut bad,
            field,
            KIND.collection,
            &sent.name,
            CashAccountId::new,
        );
        etag::require(&mut bad, "cash_account.etag", &sent.etag);
        let mut wrong = Violations::new();
        self.checked_cash_account(&mut wrong, &sent).await?;
        changes.note(&mut bad, "cash_account", wrong);
        let read = self.cash_account(&valid(bad, id)?).await?;
        let tree = self.tree().await?;
        let mut merged = message(&tree, &read);
        etag::check(&sent.name, &sent.etag, &merged.etag)?;
        changes.copy(&mut merged, &sent);
        let mut bad = Violations::new();
        let account = self.checked_cash_account(&mut bad, &merged).await?;
        let account = valid(bad, account)?;
        let made = self
            .store
            .replace_cash_account(&account, &read.stamp, Utc::now())
            .await;
        Ok(message(
            &tree,
            &made.map_err(|error| kept(error, &sent.name, ""))?,
        ))
    }

    async fn cash_account(&self, id: &CashAccountId) -> Result<Stored<CashAccount>, Status> {
        let found = self.store.cash_account(id.as_str()).await.map_err(store)?;
        found.ok_or_else(|| not_found(KIND, &format!("cashAccounts/{id}")))
    }

    async fn checked_cash_account(
        &self,
        bad: &mut Violations,
        sent: &pb::CashAccount,
    ) -> Result<Option<CashAccount>, Status> {
        let read = convert::cash_account_from(sent);
        let read = read
            .map_err(|wrong| bad.extend_below("cash_account", wrong))
            .ok();
        let field = "cash_account.org_id";
        self.check_reference(bad, field, File::Organizations, &sent.org_id)
            .await?;
        Ok(read)
    }

    async fn tree(&self) -> Result<Tree, Status> {
        self.store.organization_tree().await.map_err(store)
    }
}

fn message(tree: &Tree, stored: &Stored<CashAccount>) -> pb::CashAccount {
    let name = format!("cashAccounts/{}", stored.value.cash_account_id);
    let payer = payer_of(tree, &stored.value.org_id);
    convert::cash_account_to(&stored.value, payer, stamp(&name, &stored.stamp))
}
