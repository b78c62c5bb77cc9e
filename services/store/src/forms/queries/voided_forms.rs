//! Forms that are left out before they were filed.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use formfeed_domain::correction::VoidedForm;
use formfeed_domain::form::FormType;
use formfeed_domain::{PayerId, TaxYear, VendorId};

use super::Conn;
use crate::StoreError;
use crate::forms::schema::voided_forms;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = voided_forms)]
struct Row {
    payer_id: String,
    tax_year: i32,
    form_type: String,
    vendor_id: String,
    reason: String,
    user_name: String,
    create_time: NaiveDateTime,
}

/// Leaves a form out; one that is left out already stays as it is.
pub(crate) async fn insert(conn: &mut Conn, voided: &VoidedForm) -> Result<(), StoreError> {
    let row = Row {
        payer_id: voided.payer_id.to_string(),
        tax_year: voided.tax_year.year(),
        form_type: voided.form_type.as_str().to_owned(),
        vendor_id: voided.vendor_id.to_string(),
        reason: voided.reason.clone(),
        user_name: voided.user.clone(),
        create_time: voided.create_time.naive_utc(),
    };
    diesel::insert_into(voided_forms::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(())
}

/// What was said of a form.
pub(crate) async fn get(
    conn: &mut Conn,
    (payer_id, tax_year): (&PayerId, TaxYear),
    (form_type, vendor_id): (FormType, &VendorId),
) -> Result<Option<VoidedForm>, StoreError> {
    let row: Option<Row> = voided_forms::table
        .find((
            payer_id.as_str(),
            tax_year.year(),
            form_type.as_str(),
            vendor_id.as_str(),
        ))
        .select(Row::as_select())
        .first(conn)
        .await
        .optional()?;
    row.map(Row::into_voided).transpose()
}

/// Takes a form in again.
pub(crate) async fn delete(
    conn: &mut Conn,
    (payer_id, tax_year): (&PayerId, TaxYear),
    (form_type, vendor_id): (FormType, &VendorId),
) -> Result<(), StoreError> {
    let of_form = voided_forms::table
        .filter(voided_forms::payer_id.eq(payer_id.as_str()))
        .filter(voided_forms::tax_year.eq(tax_year.year()))
        .filter(voided_forms::form_type.eq(form_type.as_str()))
        .filter(voided_forms::vendor_id.eq(vendor_id.as_str()));
    diesel::delete(of_form).execute(conn).await?;
    Ok(())
}

/// The forms of a payer and year that are left out, by recipient.
pub(crate) async fn of_year(
    conn: &mut Conn,
    payer_id: &PayerId,
    tax_year: TaxYear,
) -> Result<Vec<VoidedForm>, StoreError> {
    let rows: Vec<Row> = voided_forms::table
        .filter(voided_forms::payer_id.eq(payer_id.as_str()))
        .filter(voided_forms::tax_year.eq(tax_year.year()))
        .order((voided_forms::vendor_id, voided_forms::form_type))
        .select(Row::as_select())
        .load(conn)
        .await?;
    rows.into_iter().map(Row::into_voided).collect()
}

impl Row {
    fn into_voided(self) -> Result<VoidedForm, StoreError> {
        let corrupt =
            |what: &str| StoreError::Corrupt(format!("{what} of voided form {}", self.vendor_id));
        Ok(VoidedForm {
            payer_id: PayerId::new(self.payer_id.as_str()).map_err(|_| corrupt("payer"))?,
            tax_year: TaxYear::new(self.tax_year).map_err(|_| corrupt("tax year"))?,
            form_type: self.form_type.parse().map_err(|_| corrupt("form type"))?,
            vendor_id: VendorId::new(self.vendor_id.as_str()).map_err(|_| corrupt("recipient"))?,
            reason: self.reason,
            user: self.user_name,
            create_time: self.create_time.and_utc(),
        })
    }
}
