//! Exports.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use formfeed_domain::export::Export;
use formfeed_domain::form::FormType;
use formfeed_domain::{Money, PayerId, TaxYear};

use super::{Conn, filings};
use crate::StoreError;
use crate::forms::PrintingFilter;
use crate::forms::schema::exports;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = exports)]
struct Row {
    export_id: String,
    request_id: String,
    fingerprint: String,
    payer_id: String,
    tax_year: i32,
    form_type: String,
    format: String,
    is_test: bool,
    forms: i64,
    total_cents: i64,
    federal_withheld_cents: i64,
    files: i32,
    digest: String,
    user_name: String,
    again_reason: String,
    create_time: NaiveDateTime,
}

/// Adds an export.
pub(crate) async fn insert(
    conn: &mut Conn,
    export: &Export,
    fingerprint: &str,
) -> Result<(), StoreError> {
    diesel::insert_into(exports::table)
        .values(Row::new(export, fingerprint))
        .execute(conn)
        .await?;
    Ok(())
}

/// The export a request id brought about, and the fingerprint it came with.
pub(crate) async fn of_request(
    conn: &mut Conn,
    request_id: &str,
) -> Result<Option<(Export, String)>, StoreError> {
    let row: Option<Row> = exports::table
        .filter(exports::request_id.eq(request_id))
        .select(Row::as_select())
        .first(conn)
        .await
        .optional()?;
    let Some(row) = row else { return Ok(None) };
    let fingerprint = row.fingerprint.clone();
    Ok(Some((row.into_export()?, fingerprint)))
}

/// The export of that key.
pub(crate) async fn get(conn: &mut Conn, id: &str) -> Result<Option<Export>, StoreError> {
    let row: Option<Row> = exports::table
        .find(id)
        .select(Row::as_select())
        .first(conn)
        .await
        .optional()?;
    row.map(Row::into_export).transpose()
}

/// The first export of a payer's forms of a year and type that was no test; corrections aside.
pub(crate) async fn first_of(
    conn: &mut Conn,
    (payer_id, tax_year, form_type): (&PayerId, TaxYear, FormType),
) -> Result<Option<Export>, StoreError> {
    let row: Option<Row> = exports::table
        .filter(exports::payer_id.eq(payer_id.as_str()))
        .filter(exports::tax_year.eq(tax_year.year()))
        .filter(exports::form_type.eq(form_type.as_str()))
        .filter(exports::is_test.eq(false))
        .filter(exports::export_id.ne_all(filings::other_than_originals()))
        .order(exports::export_id)
        .select(Row::as_select())
        .first(conn)
        .await
        .optional()?;
    row.map(Row::into_export).transpose()
}

/// Exports before a key, newest first, at most `limit`.
pub(crate) async fn page_before(
    conn: &mut Conn,
    filter: &PrintingFilter,
    before: Option<&str>,
    limit: i64,
) -> Result<Vec<Export>, StoreError> {
    let mut wanted = exports::table.select(Row::as_select()).into_boxed();
    if let Some(payer_id) = &filter.payer_id {
        wanted = wanted.filter(exports::payer_id.eq(payer_id.as_str()));
    }
    if let Some(tax_year) = filter.tax_year {
        wanted = wanted.filter(exports::tax_year.eq(tax_year.year()));
    }
    if let Some(before) = before {
        wanted = wanted.filter(exports::export_id.lt(before));
    }
    let rows: Vec<Row> = wanted
        .order(exports::export_id.desc())
        .limit(limit)
        .load(conn)
        .await?;
    rows.into_iter().map(Row::into_export).collect()
}

impl Row {
    fn new(export: &Export, fingerprint: &str) -> Self {
        Self {
            export_id: export.id.clone(),
            request_id: export.request_id.clone(),
            fingerprint: fingerprint.to_owned(),
            payer_id: export.payer_id.to_string(),
            tax_year: export.tax_year.year(),
            form_type: export.form_type.as_str().to_owned(),
            format: export.format.as_str().to_owned(),
            is_test: export.is_test,
            forms: export.forms,
            total_cents: export.total.cents(),
            federal_withheld_cents: export.federal_withheld.cents(),
            files: export.files,
            digest: export.digest.clone(),
            user_name: export.user.clone(),
            again_reason: export.again_reason.clone(),
            create_time: export.create_time.naive_utc(),
        }
    }

    fn into_export(self) -> Result<Export, StoreError> {
        let corrupt =
            |what: &str| StoreError::Corrupt(format!("{what} of export {}", self.export_id));
        Ok(Export {
            payer_id: PayerId::new(self.payer_id.as_str()).map_err(|_| corrupt("payer"))?,
            tax_year: TaxYear::new(self.tax_year).map_err(|_| corrupt("tax year"))?,
            form_type: self.form_type.parse().map_err(|_| corrupt("form type"))?,
            format: self.format.parse().map_err(|_| corrupt("format"))?,
            id: self.export_id,
            request_id: self.request_id,
            is_test: self.is_test,
            forms: self.forms,
            total: Money::from_cents(self.total_cents),
            federal_withheld: Money::from_cents(self.federal_withheld_cents),
            files: self.files,
            digest: self.digest,
            user: self.user_name,
            again_reason: self.again_reason,
            create_time: self.create_time.and_utc(),
        })
    }
}
