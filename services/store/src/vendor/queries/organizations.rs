//! Organizations.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{Backend, Conn, insert_each};
use crate::StoreError;
use crate::vendor::rows::OrganizationRow;
use crate::vendor::schema::organizations::dsl::{
    org_id, organizations, parent_org_id, payer_id, revision,
};

/// The organization of this key.
pub(crate) async fn get(conn: &mut Conn, id: &str) -> Result<Option<OrganizationRow>, StoreError> {
    let row = organizations.find(id).select(OrganizationRow::as_select());
    Ok(row.first(conn).await.optional()?)
}

/// At most `limit` organizations after a key; children of one, or those that name a payer, when asked for.
pub(crate) async fn page_after(
    conn: &mut Conn,
    after: Option<&str>,
    parent: Option<&str>,
    payer: Option<&str>,
    limit: i64,
) -> Result<Vec<OrganizationRow>, StoreError> {
    let mut query = organizations
        .select(OrganizationRow::as_select())
        .into_boxed::<Backend>();
    if let Some(after) = after {
        query = query.filter(org_id.gt(after.to_owned()));
    }
    if let Some(parent) = parent {
        query = query.filter(parent_org_id.eq(parent.to_owned()));
    }
    if let Some(payer) = payer {
        query = query.filter(payer_id.eq(payer.to_owned()));
    }
    Ok(query.order(org_id).limit(limit).load(conn).await?)
}

/// The whole tree.
pub(crate) async fn all(conn: &mut Conn) -> Result<Vec<OrganizationRow>, StoreError> {
    Ok(organizations
        .select(OrganizationRow::as_select())
        .load(conn)
        .await?)
}

/// Makes other changes to the tree wait until this transaction ends.
pub(crate) async fn lock(conn: &mut Conn) -> Result<(), StoreError> {
    diesel::update(organizations)
        .set(revision.eq(revision))
        .execute(conn)
        .await?;
    Ok(())
}

/// Those of the organizations that exist.
pub(crate) async fn among(
    conn: &mut Conn,
    ids: &[String],
) -> Result<Vec<OrganizationRow>, StoreError> {
    let rows = organizations.filter(org_id.eq_any(ids));
    Ok(rows.select(OrganizationRow::as_select()).load(conn).await?)
}

/// Adds organizations.
pub(crate) async fn insert(conn: &mut Conn, rows: Vec<OrganizationRow>) -> Result<(), StoreError> {
    Ok(insert_each!(conn, organizations, rows)?)
}

/// Replaces the organization where it still has this revision, and says whether it had.
pub(crate) async fn replace(
    conn: &mut Conn,
    row: &OrganizationRow,
    expected: i64,
) -> Result<bool, StoreError> {
    let place = organizations
        .find(&row.org_id)
        .filter(revision.eq(expected));
    Ok(diesel::update(place).set(row).execute(conn).await? == 1)
}
