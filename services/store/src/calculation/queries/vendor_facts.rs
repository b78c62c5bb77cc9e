//! The vendors as runs saw them, versioned by stamp.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use formfeed_domain::calculation::VendorFacts;
use formfeed_domain::vendor::Classification;
use formfeed_domain::{IncomeType, RelateToCode, VendorId};

use super::{Conn, column, load_rows, run_batch};
use crate::StoreError;
use crate::among::among;
use crate::calculation::RunVendor;
use crate::calculation::schema::vendor_facts;

/// A row to add.
#[derive(Clone, Insertable)]
#[diesel(table_name = vendor_facts, treat_none_as_default_value = false)]
struct NewRow {
    from_stamp: i64,
    vendor_id: String,
    pay_vendor_id: String,
    flag_1099: String,
    classification: String,
    default_income_type: String,
    default_relate_to: String,
    version: i64,
    address_code: String,
    name: String,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = vendor_facts)]
struct Row {
    vendor_id: String,
    pay_vendor_id: String,
    flag_1099: String,
    classification: String,
    default_income_type: String,
    default_relate_to: String,
    version: i64,
    address_code: String,
    name: String,
}

impl TryFrom<Row> for RunVendor {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            facts: VendorFacts {
                vendor_id: column::id(row.vendor_id, VendorId::new)?,
                flag_1099: column::word(&row.flag_1099)?,
                classification: column::optional_word(&row.classification)?,
                default_income_type: column::optional_word(&row.default_income_type)?,
                default_relate_to: column::optional_id(row.default_relate_to, RelateToCode::new)?,
                pay_vendor_id: column::optional_id(row.pay_vendor_id, VendorId::new)?,
            },
            version: row.version,
            address_code: row.address_code,
            name: row.name,
        })
    }
}

/// Adds versions that hold from a stamp on.
pub(crate) async fn insert(
    conn: &mut Conn,
    from_stamp: i64,
    vendors: &[&RunVendor],
) -> Result<(), StoreError> {
    let rows: Vec<_> = vendors
        .iter()
        .map(|vendor| {
            let facts = &vendor.facts;
            NewRow {
                from_stamp,
                vendor_id: facts.vendor_id.as_str().to_owned(),
                pay_vendor_id: column::text_of(facts.pay_vendor_id.as_ref()),
                flag_1099: facts.flag_1099.as_str().to_owned(),
                classification: facts
                    .classification
                    .map_or("", Classification::as_str)
                    .to_owned(),
                default_income_type: facts
                    .default_income_type
                    .map_or("", IncomeType::as_str)
                    .to_owned(),
                default_relate_to: column::text_of(facts.default_relate_to.as_ref()),
                version: vendor.version,
                address_code: vendor.address_code.clone(),
                name: vendor.name.clone(),
            }
        })
        .collect();
    run_batch!(conn, diesel::insert_into(vendor_facts::table).values(rows))?;
    Ok(())
}

/// The vendors of these keys, as of a stamp.
pub(crate) async fn of_keys(
    conn: &mut Conn,
    keys: Vec<String>,
    stamp: i64,
) -> Result<Vec<RunVendor>, StoreError> {
    let query = vendor_facts::table
        .filter(among(vendor_facts::vendor_id, keys))
        .filter(vendor_facts::from_stamp.le(stamp))
        .filter(
            vendor_facts::until_stamp
                .is_null()
                .or(vendor_facts::until_stamp.gt(stamp)),
        )
        .select(Row::as_select());
    load_rows!(conn, query, Row => RunVendor)
}

/// The current versions of these keys.
pub(crate) async fn current(
    conn: &mut Conn,
    keys: Vec<String>,
) -> Result<Vec<RunVendor>, StoreError> {
    let rows: Vec<Row> = vendor_facts::table
        .filter(among(vendor_facts::vendor_id, keys))
        .filter(vendor_facts::until_stamp.is_null())
        .select(Row::as_select())
        .load(conn)
        .await?;
    rows.into_iter().map(RunVendor::try_from).collect()
}

/// Ends the current versions of these keys before a stamp. A version of that very stamp, which a run that was cut
/// off may have left, is deleted: it never held for anybody.
pub(crate) async fn end(conn: &mut Conn, keys: &[&str], stamp: i64) -> Result<(), StoreError> {
    diesel::delete(vendor_facts::table)
        .filter(vendor_facts::vendor_id.eq_any(keys))
        .filter(vendor_facts::from_stamp.eq(stamp))
        .execute(conn)
        .await?;
    diesel::update(vendor_facts::table)
        .filter(vendor_facts::vendor_id.eq_any(keys))
        .filter(vendor_facts::until_stamp.is_null())
        .set(vendor_facts::until_stamp.eq(stamp))
        .execute(conn)
        .await?;
    Ok(())
}
