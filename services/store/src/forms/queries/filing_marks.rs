//! How often something of a payer's year and form type was filed or left out: whoever files by what he has read takes
//! the mark he read it at, and only one can.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use formfeed_domain::form::FormType;
use formfeed_domain::{PayerId, TaxYear};

use super::Conn;
use crate::StoreError;
use crate::forms::schema::filing_marks;

/// The mark of a payer's year and form type; 0 before anything was filed or left out.
pub(crate) async fn get(
    conn: &mut Conn,
    (payer_id, tax_year, form_type): (&PayerId, TaxYear, FormType),
) -> Result<i64, StoreError> {
    let key = (payer_id.as_str(), tax_year.year(), form_type.as_str());
    let mark = filing_marks::table
        .find(key)
        .select(filing_marks::mark)
        .first(conn)
        .await
        .optional()?;
    Ok(mark.unwrap_or(0))
}

/// Moves the mark on if it is still the one that was `seen`; answers whether it was.
pub(crate) async fn take(
    conn: &mut Conn,
    whose: (&PayerId, TaxYear, FormType),
    seen: i64,
) -> Result<bool, StoreError> {
    let (payer_id, tax_year, form_type) = whose;
    let key = (payer_id.as_str(), tax_year.year(), form_type.as_str());
    diesel::insert_into(filing_marks::table)
        .values((
            filing_marks::payer_id.eq(key.0),
            filing_marks::tax_year.eq(key.1),
            filing_marks::form_type.eq(key.2),
            filing_marks::mark.eq(0),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    let unmoved = filing_marks::table
        .find(key)
        .filter(filing_marks::mark.eq(seen));
    let moved = diesel::update(unmoved)
        .set(filing_marks::mark.eq(filing_marks::mark + 1))
        .execute(conn)
        .await?;
    Ok(moved == 1)
}

/// Moves the mark on, whatever it is.
pub(crate) async fn move_on(
    conn: &mut Conn,
    whose: (&PayerId, TaxYear, FormType),
) -> Result<(), StoreError> {
    let (payer_id, tax_year, form_type) = whose;
    diesel::insert_into(filing_marks::table)
        .values((
            filing_marks::payer_id.eq(payer_id.as_str()),
            filing_marks::tax_year.eq(tax_year.year()),
            filing_marks::form_type.eq(form_type.as_str()),
            filing_marks::mark.eq(1),
        ))
        .on_conflict((
            filing_marks::payer_id,
            filing_marks::tax_year,
            filing_marks::form_type,
        ))
        .do_update()
        .set(filing_marks::mark.eq(filing_marks::mark + 1))
        .execute(conn)
        .await?;
    Ok(())
}
