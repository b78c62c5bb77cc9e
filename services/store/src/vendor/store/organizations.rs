//! Organizations, which form a tree.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use formfeed_domain::OrgId;
use formfeed_domain::organization::{self, Organization};

use super::requests::{create, replaced, revision};
use super::{CreateRequest, VendorStore, limit};
use crate::StoreError;
use crate::vendor::rows::{ImportedRow as _, OrganizationRow, instant};
use crate::vendor::{KeepError, Stamp, Stored};

impl VendorStore {
    /// The organization of this key.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn organization(&self, id: &str) -> Result<Option<Stored<Organization>>, StoreError> {
        let row = on_read!(self.database, vendor, |c, q| {
            q::organizations::get(c, id).await?
        });
        row.map(Stored::try_from).transpose()
    }

    /// At most `rows` organizations after a key, in order of keys; children of one, or those that name a payer, when
    /// asked for.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn organizations_after(
        &self,
        after: Option<&str>,
        parent_org_id: Option<&str>,
        payer_id: Option<&str>,
        rows: usize,
    ) -> Result<Vec<Stored<Organization>>, StoreError> {
        let rows = on_read!(self.database, vendor, |c, q| {
            q::organizations::page_after(c, after, parent_org_id, payer_id, limit(rows)).await?
        });
        rows.into_iter().map(Stored::try_from).collect()
    }

    /// The whole tree.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn organization_tree(&self) -> Result<BTreeMap<OrgId, Organization>, StoreError> {
        let rows = on_read!(self.database, vendor, |c, q| q::organizations::all(c)
            .await?);
        tree(rows)
    }

    /// Adds an organization and answers what `answer` makes of it, or what the same request was answered before.
    ///
    /// # Errors
    /// [`KeepError::Exists`], [`KeepError::RequestIdReused`].
    pub async fn create_organization(
        &self,
        request: &CreateRequest,
        organization: &Organization,
        now: DateTime<Utc>,
        answer: impl FnOnce(Stored<Organization>) -> Vec<u8>,
    ) -> Result<Vec<u8>, KeepError> {
        let mut row = OrganizationRow::from(organization);
        row.succeed(None, instant(now));
        let answer = answer(row.clone().try_into()?);
        let made = (
            "organization.create",
            format!("organizations/{}", row.org_id),
        );
        create!(self, request, answer, now, made, |c, q| {
            q::organizations::insert(c, vec![row.clone()]).await?
        })
    }

    /// Replaces an organization that still is as it was read.
    ///
    /// # Errors
    /// [`KeepError::Stale`]; [`KeepError::Cycle`] when it would be its own ancestor.
    pub async fn replace_organization(
        &self,
        organization: &Organization,
        read: &Stamp,
        now: DateTime<Utc>,
    ) -> Result<Stored<Organization>, KeepError> {
        let mut row = OrganizationRow::from(organization);
        row.revision = read.revision + 1;
        row.create_time = instant(read.create_time);
        row.update_time = instant(now);
        on_write!(self.database, vendor, |c, q| {
            q::organizations::lock(c).await?;
            replaced(q::organizations::replace(c, &row, read.revision).await?)?;
            refuse_cycles(q::organizations::all(c).await?)?;
            let subject = format!("organizations/{}", row.org_id);
            let details = revision(row.revision);
            self.auditor
                .note(c, "organization.update", subject, details)
                .await?;
            Ok::<_, KeepError>(())
        })?;
        Ok(row.try_into()?)
    }
}

/// Refuses a tree in which an organization is its own ancestor.
pub(super) fn refuse_cycles(rows: Vec<OrganizationRow>) -> Result<(), KeepError> {
    match organization::cycles(&tree(rows)?).is_empty() {
        true => Ok(()),
        false => Err(KeepError::Cycle),
    }
}

fn tree(rows: Vec<OrganizationRow>) -> Result<BTreeMap<OrgId, Organization>, StoreError> {
    rows.into_iter()
        .map(|row| {
            Stored::try_from(row).map(|s: Stored<Organization>| (s.value.org_id.clone(), s.value))
        })
        .collect()
}
