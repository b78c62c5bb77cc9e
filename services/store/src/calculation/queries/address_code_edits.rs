//! The current edits of address codes.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{Conn, column};
use crate::StoreError;
use crate::calculation::EditRequest;
use crate::calculation::schema::address_code_edits;

/// The address code that stands for the request's recipient by an edit.
pub(crate) async fn get(
    conn: &mut Conn,
    request: &EditRequest,
) -> Result<Option<String>, StoreError> {
    Ok(address_code_edits::table
        .filter(address_code_edits::payer_id.eq(request.payer_id.as_str()))
        .filter(address_code_edits::tax_year.eq(request.tax_year.year()))
        .filter(address_code_edits::recipient_id.eq(request.recipient_id.as_str()))
        .select(address_code_edits::address_code)
        .first(conn)
        .await
        .optional()?)
}

/// Keeps an edit in place of the one before.
pub(crate) async fn put(
    conn: &mut Conn,
    request: &EditRequest,
    address_code: &str,
    version: i64,
) -> Result<(), StoreError> {
    remove(conn, request).await?;
    diesel::insert_into(address_code_edits::table)
        .values((
            address_code_edits::payer_id.eq(request.payer_id.as_str()),
            address_code_edits::tax_year.eq(request.tax_year.year()),
            address_code_edits::recipient_id.eq(request.recipient_id.as_str()),
            address_code_edits::address_code.eq(address_code),
            address_code_edits::user_name.eq(&request.by.user),
            address_code_edits::reason.eq(&request.by.reason),
            address_code_edits::edit_time.eq(column::instant(request.by.time)),
            address_code_edits::version.eq(version),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Drops the edit.
pub(crate) async fn remove(conn: &mut Conn, request: &EditRequest) -> Result<(), StoreError> {
    diesel::delete(address_code_edits::table)
        .filter(address_code_edits::payer_id.eq(request.payer_id.as_str()))
        .filter(address_code_edits::tax_year.eq(request.tax_year.year()))
        .filter(address_code_edits::recipient_id.eq(request.recipient_id.as_str()))
        .execute(conn)
        .await?;
    Ok(())
}
