//! Saved parameters of runs.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use formfeed_domain::parameters::Parameters;
use formfeed_domain::{ParameterSetId, PayerId, VendorId};

use super::{Conn, column};
use crate::StoreError;
use crate::calculation::ParameterSet;
use crate::calculation::schema::parameter_sets;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = parameter_sets)]
struct Row {
    parameter_set_id: String,
    payer_id: String,
    method: String,
    from_recipient_id: String,
    to_recipient_id: String,
    user_name: String,
    version: i64,
    create_time: NaiveDateTime,
    update_time: NaiveDateTime,
}

impl From<&ParameterSet> for Row {
    fn from(set: &ParameterSet) -> Self {
        let parameters = &set.parameters;
        Self {
            parameter_set_id: set.id.to_string(),
            payer_id: parameters.payer_id.to_string(),
            method: parameters.method.to_string(),
            from_recipient_id: column::text_of(parameters.from_recipient_id.as_ref()),
            to_recipient_id: column::text_of(parameters.to_recipient_id.as_ref()),
            user_name: set.user.clone(),
            version: set.version,
            create_time: column::instant(set.create_time),
            update_time: column::instant(set.update_time),
        }
    }
}

impl TryFrom<Row> for ParameterSet {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: column::id(row.parameter_set_id, ParameterSetId::new)?,
            parameters: Parameters {
                payer_id: column::id(row.payer_id, PayerId::new)?,
                method: column::word(&row.method)?,
                from_recipient_id: column::optional_id(row.from_recipient_id, VendorId::new)?,
                to_recipient_id: column::optional_id(row.to_recipient_id, VendorId::new)?,
            },
            user: row.user_name,
            version: row.version,
            create_time: row.create_time.and_utc(),
            update_time: row.update_time.and_utc(),
        })
    }
}

/// One set.
pub(crate) async fn get(
    conn: &mut Conn,
    id: &ParameterSetId,
) -> Result<Option<ParameterSet>, StoreError> {
    let row = parameter_sets::table
        .find(id.as_str())
        .select(Row::as_select())
        .first(conn)
        .await
        .optional()?;
    row.map(ParameterSet::try_from).transpose()
}

/// Sets after a name, by name; of one payer, or of all.
pub(crate) async fn page_after(
    conn: &mut Conn,
    after: &str,
    payer_id: Option<&PayerId>,
    limit: i64,
) -> Result<Vec<ParameterSet>, StoreError> {
    let mut query = parameter_sets::table
        .filter(parameter_sets::parameter_set_id.gt(after))
        .into_boxed();
    if let Some(payer_id) = payer_id {
        query = query.filter(parameter_sets::payer_id.eq(payer_id.as_str()));
    }
    let rows: Vec<Row> = query
        .select(Row::as_select())
        .order(parameter_sets::parameter_set_id)
        .limit(limit)
        .load(conn)
        .await?;
    rows.into_iter().map(ParameterSet::try_from).collect()
}

/// Adds a set.
pub(crate) async fn insert(conn: &mut Conn, set: &ParameterSet) -> Result<(), StoreError> {
    diesel::insert_into(parameter_sets::table)
        .values(Row::from(set))
        .execute(conn)
        .await?;
    Ok(())
}

/// Replaces a set of the version before; answers whether there was one.
pub(crate) async fn replace(conn: &mut Conn, set: &ParameterSet) -> Result<bool, StoreError> {
    let replaced = diesel::update(parameter_sets::table.find(set.id.as_str()))
        .filter(parameter_sets::version.eq(set.version - 1))
        .set(Row::from(set))
        .execute(conn)
        .await?;
    Ok(replaced == 1)
}

/// Deletes a set of that version; answers whether there was one.
pub(crate) async fn delete(
    conn: &mut Conn,
    id: &ParameterSetId,
    version: i64,
) -> Result<bool, StoreError> {
    let deleted = diesel::delete(parameter_sets::table.find(id.as_str()))
        .filter(parameter_sets::version.eq(version))
        .execute(conn)
        .await?;
    Ok(deleted == 1)
}
