//! What of the rows of 1099 information belongs to which state, by run.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use formfeed_domain::Money;

use super::Conn;
use crate::StoreError;
use crate::calculation::InformationEntry;
use crate::calculation::schema::information_states as states;

/// What one row is found by.
type Key = (String, String, i32);

/// Gives rows that follow each other by recipient their states. A run's states stay as they are as long as its rows.
pub(crate) async fn fill_in(
    conn: &mut Conn,
    rows: &mut [InformationEntry],
) -> Result<(), StoreError> {
    let (Some(first), Some(last)) = (<[_]>::first(rows), <[_]>::last(rows)) else {
        return Ok(());
    };
    let runs: BTreeSet<&str> = rows.iter().map(|row| row.run_id.as_str()).collect();
    let found: Vec<(String, String, i32, String, i64)> = states::table
        .filter(states::run_id.eq_any(runs.into_iter().filter(|run_id| !run_id.is_empty())))
        .filter(states::recipient_id.between(&first.recipient_id, &last.recipient_id))
        .order((
            states::run_id,
            states::recipient_id,
            states::position,
            states::state,
        ))
        .select((
            states::run_id,
            states::recipient_id,
            states::position,
            states::state,
            states::amount_cents,
        ))
        .load(conn)
        .await?;
    let mut by_row = HashMap::<Key, Vec<(String, Money)>>::new();
    for (run_id, recipient_id, position, state, cents) in found {
        let of_row = by_row.entry((run_id, recipient_id, position)).or_default();
        of_row.push((state, Money::from_cents(cents)));
    }
    for row in rows {
        let key = (row.run_id.clone(), row.recipient_id.clone(), row.position);
        row.states = by_row.remove(&key).unwrap_or_default();
    }
    Ok(())
}
