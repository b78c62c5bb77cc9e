//! The vendors as a run saw them when it began.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use formfeed_domain::calculation::VendorFacts;
use formfeed_domain::vendor::Classification;
use formfeed_domain::{IncomeType, RelateToCode, VendorId};

use super::{Conn, column, run_batch};
use crate::StoreError;
use crate::calculation::RunVendor;
use crate::calculation::schema::run_vendors;

/// A row to add.
#[derive(Insertable)]
#[diesel(table_name = run_vendors, treat_none_as_default_value = false)]
struct NewRow {
    run_id: String,
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
#[diesel(table_name = run_vendors)]
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

/// Adds vendors.
pub(crate) async fn insert(
    conn: &mut Conn,
    run_id: &str,
    vendors: &[RunVendor],
) -> Result<(), StoreError> {
    let rows: Vec<_> = vendors
        .iter()
        .map(|vendor| {
            let facts = &vendor.facts;
            NewRow {
                run_id: run_id.to_owned(),
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
    run_batch!(conn, diesel::insert_into(run_vendors::table).values(rows))?;
    Ok(())
}

/// The vendors of these keys.
pub(crate) async fn of_keys(
    conn: &mut Conn,
    run_id: &str,
    keys: &[&str],
) -> Result<Vec<RunVendor>, StoreError> {
    let rows: Vec<Row> = run_vendors::table
        .filter(run_vendors::run_id.eq(run_id))
        .filter(run_vendors::vendor_id.eq_any(keys))
        .select(Row::as_select())
        .load(conn)
        .await?;
    rows.into_iter().map(RunVendor::try_from).collect()
}

/// Deletes all vendors of a run but those with a pay vendor, which tell later whom new history would reach.
pub(crate) async fn delete_plain(conn: &mut Conn, run_id: &str) -> Result<(), StoreError> {
    diesel::delete(run_vendors::table)
        .filter(run_vendors::run_id.eq(run_id))
        .filter(run_vendors::pay_vendor_id.eq(""))
        .execute(conn)
        .await?;
    Ok(())
}

/// Deletes all vendors of a run.
pub(crate) async fn delete(conn: &mut Conn, run_id: &str) -> Result<(), StoreError> {
    diesel::delete(run_vendors::table)
        .filter(run_vendors::run_id.eq(run_id))
        .execute(conn)
        .await?;
    Ok(())
}
