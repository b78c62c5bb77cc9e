//! Turns on a payer's and year's 1099 information: who takes one is alone with it until its transaction ends.

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Integer, Text};
use diesel_async::RunQueryDsl;
use formfeed_domain::{PayerId, TaxYear};

use super::{Conn, sql};
use crate::StoreError;

#[derive(QueryableByName)]
struct Turn {
    #[diesel(sql_type = BigInt)]
    turn: i64,
}

/// Waits for the turn and answers its number, greater than every one before.
pub(crate) async fn take(
    conn: &mut Conn,
    payer_id: &PayerId,
    tax_year: TaxYear,
) -> Result<i64, StoreError> {
    let text = "INSERT INTO information_turns (payer_id, tax_year, turn) VALUES ($1, $2, 1) \
        ON CONFLICT (payer_id, tax_year) DO UPDATE SET turn = information_turns.turn + 1 RETURNING turn";
    let taken: Turn = sql(text)
        .bind::<Text, _>(payer_id.as_str())
        .bind::<Integer, _>(tax_year.year())
        .get_result(conn)
        .await?;
    Ok(taken.turn)
}
