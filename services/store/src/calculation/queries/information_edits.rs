//! The current edits of rows.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use formfeed_domain::edit::Edit;
use formfeed_domain::{IncomeType, Money};

use super::{Conn, column};
use crate::StoreError;
use crate::calculation::dialect::result_rows;
use crate::calculation::schema::information_edits;
use crate::calculation::{EditRequest, NamedVendor};

#[derive(Insertable)]
#[diesel(table_name = information_edits, treat_none_as_default_value = false)]
struct NewRow<'a> {
    payer_id: &'a str,
    tax_year: i32,
    recipient_id: &'a str,
    position: i32,
    income_type: &'a str,
    kind: &'a str,
    taxable_amount_cents: i64,
    cash_tips_cents: i64,
    overtime_cents: i64,
    occupation_codes: String,
    calculated_amount_cents: Option<i64>,
    vendor_version: i64,
    address_code: &'a str,
    recipient_name: &'a str,
    user_name: &'a str,
    reason: &'a str,
    edit_time: NaiveDateTime,
    version: i64,
    kept_by_run: Option<String>,
}

/// What the edit of a row is made of, beside the edit itself.
pub(crate) struct Made<'a> {
    /// The request.
    pub(crate) request: &'a EditRequest,
    /// The row.
    pub(crate) income_type: IncomeType,
    /// What is calculated now.
    pub(crate) calculated: Option<Money>,
    /// The vendor, should no run know the row.
    pub(crate) vendor: &'a NamedVendor,
    /// The change that makes it.
    pub(crate) version: i64,
}

/// Keeps an edit in place of the one before.
pub(crate) async fn put(conn: &mut Conn, made: &Made<'_>, edit: &Edit) -> Result<(), StoreError> {
    remove(conn, made.request, made.income_type).await?;
    let value = edit.value().cloned().unwrap_or_default();
    let codes = value.parts.occupation_codes.iter();
    let codes: Vec<_> = codes.map(ToString::to_string).collect();
    let (request, by) = (made.request, &made.request.by);
    diesel::insert_into(information_edits::table)
        .values(NewRow {
            payer_id: request.payer_id.as_str(),
            tax_year: request.tax_year.year(),
            recipient_id: request.recipient_id.as_str(),
            position: result_rows::place(made.income_type),
            income_type: made.income_type.as_str(),
            kind: edit.word(),
            taxable_amount_cents: value.amount.cents(),
            cash_tips_cents: value.parts.cash_tips.cents(),
            overtime_cents: value.parts.overtime.cents(),
            occupation_codes: codes.join(" "),
            calculated_amount_cents: made.calculated.map(Money::cents),
            vendor_version: made.vendor.version,
            address_code: &made.vendor.address_code,
            recipient_name: &made.vendor.name,
            user_name: &by.user,
            reason: &by.reason,
            edit_time: column::instant(by.time),
            version: made.version,
            kept_by_run: None,
        })
        .execute(conn)
        .await?;
    Ok(())
}

/// Drops the edit of a row.
pub(crate) async fn remove(
    conn: &mut Conn,
    request: &EditRequest,
    income_type: IncomeType,
) -> Result<(), StoreError> {
    diesel::delete(information_edits::table)
        .filter(information_edits::payer_id.eq(request.payer_id.as_str()))
        .filter(information_edits::tax_year.eq(request.tax_year.year()))
        .filter(information_edits::recipient_id.eq(request.recipient_id.as_str()))
        .filter(information_edits::position.eq(result_rows::place(income_type)))
        .execute(conn)
        .await?;
    Ok(())
}
