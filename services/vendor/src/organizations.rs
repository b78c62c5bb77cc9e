//! Organizations, which form the tree that says which payer owns a cash account.

use chrono::Utc;
use formfeed_domain::OrgId;
use formfeed_domain::extract::File;
use formfeed_domain::organization::{self, Organization};
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
use crate::refusal::{Kind, OWN_ANCESTOR, kept, not_found, store, valid};
use crate::stamp::stamp;

const KIND: Kind = Kind {
    word: "organization",
    collection: "organizations",
    not_found: reason::ORGANIZATION_NOT_FOUND,
};
const FIELDS: &[Field<pb::Organization>] = fields![pb::Organization: parent_org_id, payer_id];

impl Handlers {
    pub(crate) async fn get_organization(
        &self,
        request: pb::GetOrganizationRequest,
    ) -> Result<pb::Organization, Status> {
        let mut bad = Violations::new();
        let id = convert::key_in(&mut bad, "name", KIND.collection, &request.name, OrgId::new);
        Ok(message(&self.organization(&valid(bad, id)?).await?))
    }

    pub(crate) async fn list_organizations(
        &self,
        request: pb::ListOrganizationsRequest,
    ) -> Result<pb::ListOrganizationsResponse, Status> {
        let mut bad = Violations::new();
        let size = page::size(&mut bad, request.page_size);
        let query = Query::new("organizations")
            .filter("parent_org_id", &request.parent_org_id)
            .filter("payer_id", &request.payer_id);
        let after = query.key_after(&mut bad, &request.page_token);
        valid(bad, Some(()))?;
        let (parent, payer) = (given(&request.parent_org_id), given(&request.payer_id));
        let found = self
            .store
            .organizations_after(after.as_deref(), parent, payer, size + 1);
        let mut found = found.await.map_err(store)?;
        let more = page::cut(&mut found, size, |last| last.value.org_id.to_string());
        Ok(pb::ListOrganizationsResponse {
            organizations: found.iter().map(message).collect(),
            next_page_token: more.map(|key| query.token_after(&key)).unwrap_or_default(),
        })
    }

    pub(crate) async fn create_organization(
        &self,
        request: pb::CreateOrganizationRequest,
    ) -> Result<pb::Organization, Status> {
        let mut bad = Violations::new();
        let sent = present(&mut bad, "organization", request.organization);
        let created = create_request(&mut bad, "CreateOrganization", &request.request_id, &sent);
        let organization = self.checked_organization(&mut bad, &sent).await?;
        let organization = valid(bad, organization)?;
        let encode = |made| message(&made).encode_to_vec();
        let made = self
            .store
            .create_organization(&created, &organization, Utc::now(), encode)
            .await;
        let name = format!("organizations/{}", organization.org_id);
        answer(&made.map_err(|error| kept(error, &name, &created.request_id))?)
    }

    pub(crate) async fn update_organization(
        &self,
        request: pb::UpdateOrganizationRequest,
    ) -> Result<pb::Organization, Status> {
        let mut bad = Violations::new();
        let sent = present(&mut bad, "organization", request.organization);
        let changes = Changes::read(&mut bad, request.update_mask.as_ref(), FIELDS);
        let field = "organization.name";
        let id = convert::key_in(&mut bad, field, KIND.collection, &sent.name, OrgId::new);
        etag::require(&mut bad, "organization.etag", &sent.etag);
        let keyed = pb::Organization {
            org_id: id.as_ref().map(OrgId::to_string).unwrap_or_default(),
            ..sent.clone()
        };
        let mut wrong = Violations::new();
        self.checked_organization(&mut wrong, &keyed).await?;
        changes.note(&mut bad, "organization", wrong);
        let read = self.organization(&valid(bad, id)?).await?;
        let mut merged = message(&read);
        etag::check(&sent.name, &sent.etag, &merged.etag)?;
        changes.copy(&mut merged, &sent);
        let mut bad = Violations::new();
        let organization = self.checked_organization(&mut bad, &merged).await?;
        let organization = valid(bad, organization)?;
        let made = self
            .store
            .replace_organization(&organization, &read.stamp, Utc::now())
            .await;
        Ok(message(&made.map_err(|error| kept(error, &sent.name, ""))?))
    }

    async fn organization(&self, id: &OrgId) -> Result<Stored<Organization>, Status> {
        let found = self.store.organization(id.as_str()).await.map_err(store)?;
        found.ok_or_else(|| not_found(KIND, &format!("organizations/{id}")))
    }

    async fn checked_organization(
        &self,
        bad: &mut Violations,
        sent: &pb::Organization,
    ) -> Result<Option<Organization>, Status> {
        let read = convert::organization_from(sent);
        let read = read
            .map_err(|wrong| bad.extend_below("organization", wrong))
            .ok();
        let (parent, payer) = (&sent.parent_org_id, &sent.payer_id);
        let field = "organization.parent_org_id";
        if parent == &sent.org_id && !parent.is_empty() {
            bad.add(field, "is the organization itself; choose another parent");
        } else {
            self.check_reference(bad, field, File::Organizations, parent)
                .await?;
            if self.closes_a_cycle(&sent.org_id, parent).await? {
                bad.add(field, OWN_ANCESTOR);
            }
        }
        self.check_reference(bad, "organization.payer_id", File::Payers, payer)
            .await?;
        Ok(read)
    }

    /// Whether an organization would be its own ancestor; the store looks again when it keeps the change.
    async fn closes_a_cycle(&self, org_id: &str, parent: &str) -> Result<bool, Status> {
        let (Ok(org_id), Ok(parent)) = (OrgId::new(org_id), OrgId::new(parent)) else {
            return Ok(false); // a blank parent closes none, and a malformed key is noted already
        };
        let mut tree = self.store.organization_tree().await.map_err(store)?;
        let organization = Organization {
            org_id: org_id.clone(),
            parent_org_id: Some(parent),
            payer_id: None,
        };
        tree.insert(org_id.clone(), organization);
        Ok(organization::cycles(&tree).contains(&org_id))
    }
}

/// A filter that is given.
pub(crate) fn given(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

fn message(stored: &Stored<Organization>) -> pb::Organization {
    let name = format!("organizations/{}", stored.value.org_id);
    convert::organization_to(&stored.value, stamp(&name, &stored.stamp))
}
