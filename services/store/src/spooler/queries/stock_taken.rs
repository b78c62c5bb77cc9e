//! The running count of what attempts took from loads, which the database keeps.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::Conn;
use crate::StoreError;
use crate::spooler::schema::stock_taken;

/// Sheets that attempts took from a load, by the kind of their job and their state.
pub(crate) async fn of_load(
    conn: &mut Conn,
    load: &str,
) -> Result<Vec<(String, String, i64)>, StoreError> {
    Ok(stock_taken::table
        .filter(stock_taken::load_id.eq(load))
        .filter(stock_taken::sheets.gt(0))
        .select((stock_taken::kind, stock_taken::state, stock_taken::sheets))
        .load(conn)
        .await?)
}
