//! What accounts and Relate To codes meant to a run.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use formfeed_domain::calculation::Chart;
use formfeed_domain::relate_to::{Position, RelateTo};
use formfeed_domain::{AccountId, RelateToCode};

use super::{Conn, column, run_batch};
use crate::StoreError;
use crate::calculation::schema::{run_accounts, run_codes};

#[derive(Clone, Insertable)]
#[diesel(table_name = run_accounts)]
struct NewAccount {
    run_id: String,
    account_id: String,
    income_type: String,
}

#[derive(Clone, Insertable)]
#[diesel(table_name = run_codes)]
struct NewCode {
    run_id: String,
    position: i32,
    code: String,
    effect: String,
}

/// Adds the chart of a run.
pub(crate) async fn insert(conn: &mut Conn, run_id: &str, chart: &Chart) -> Result<(), StoreError> {
    let account =
        |(account_id, income_type): (&AccountId, formfeed_domain::IncomeType)| NewAccount {
            run_id: run_id.to_owned(),
            account_id: account_id.to_string(),
            income_type: income_type.as_str().to_owned(),
        };
    let code = |(position, code, effect): (
        Position,
        &RelateToCode,
        formfeed_domain::relate_to::Effect,
    )| NewCode {
        run_id: run_id.to_owned(),
        position: position.number(),
        code: code.to_string(),
        effect: effect.as_str().to_owned(),
    };
    let accounts: Vec<_> = chart.accounts().map(account).collect();
    for rows in accounts.chunks(1_000) {
        let rows = rows.to_vec();
        run_batch!(conn, diesel::insert_into(run_accounts::table).values(rows))?;
    }
    let codes: Vec<_> = chart.codes().map(code).collect();
    for rows in codes.chunks(1_000) {
        let rows = rows.to_vec();
        run_batch!(conn, diesel::insert_into(run_codes::table).values(rows))?;
    }
    Ok(())
}

/// The chart of a run.
pub(crate) async fn get(conn: &mut Conn, run_id: &str) -> Result<Chart, StoreError> {
    let accounts: Vec<(String, String)> = run_accounts::table
        .filter(run_accounts::run_id.eq(run_id))
        .select((run_accounts::account_id, run_accounts::income_type))
        .load(conn)
        .await?;
    let account = |(account_id, income_type): (String, String)| {
        Ok((
            column::id(account_id, AccountId::new)?,
            column::word(&income_type)?,
        ))
    };
    let accounts: Result<Vec<_>, StoreError> = accounts.into_iter().map(account).collect();
    let codes: Vec<(i32, String, String)> = run_codes::table
        .filter(run_codes::run_id.eq(run_id))
        .select((run_codes::position, run_codes::code, run_codes::effect))
        .load(conn)
        .await?;
    let code = |(position, code, effect): (i32, String, String)| {
        Ok(RelateTo {
            position: match position {
                1 => Position::One,
                _ => Position::Two,
            },
            code: column::id(code, RelateToCode::new)?,
            description: String::new(),
            effect: column::word(&effect)?,
        })
    };
    let codes: Result<Vec<_>, StoreError> = codes.into_iter().map(code).collect();
    Ok(Chart::new(accounts?, codes?))
}

/// Deletes the chart of a run.
pub(crate) async fn delete(conn: &mut Conn, run_id: &str) -> Result<(), StoreError> {
    diesel::delete(run_accounts::table)
        .filter(run_accounts::run_id.eq(run_id))
        .execute(conn)
        .await?;
    diesel::delete(run_codes::table)
        .filter(run_codes::run_id.eq(run_id))
        .execute(conn)
        .await?;
    Ok(())
}
