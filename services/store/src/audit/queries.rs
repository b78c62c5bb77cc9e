//! The chain's tables.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{Backend, Conn, LOCKED_HEAD};
use crate::StoreError;
use crate::audit::entry::{EntryRow, HeadRow};
use crate::audit::schema::{audit_entries, audit_head};
use crate::audit::trail::{Chain, EntryFilter};
use crate::kept::KeepPrepared as _;

/// The end of the chain; none before it is begun.
pub(crate) async fn head(conn: &mut Conn) -> Result<Option<HeadRow>, StoreError> {
    let row = audit_head::table.select(HeadRow::as_select());
    Ok(row.first(conn).await.optional()?)
}

/// Begins the chain unless it is.
pub(crate) async fn begin(conn: &mut Conn, head: HeadRow) -> Result<(), StoreError> {
    if self::head(conn).await?.is_none() {
        diesel::insert_into(audit_head::table)
            .values((audit_head::head_id.eq(1), head))
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// At most `limit` entries after a place, in order.
pub(crate) async fn after(
    conn: &mut Conn,
    sequence: i64,
    limit: i64,
) -> Result<Vec<EntryRow>, StoreError> {
    let rows = audit_entries::table
        .filter(audit_entries::sequence.gt(sequence))
        .order(audit_entries::sequence)
        .limit(limit)
        .select(EntryRow::as_select());
    Ok(rows.load(conn).await?)
}

/// A page of those that a filter lets through, from a place on.
pub(crate) async fn page(
    conn: &mut Conn,
    filter: &EntryFilter,
    from: Option<i64>,
    limit: i64,
) -> Result<Vec<EntryRow>, StoreError> {
    let mut query = audit_entries::table
        .select(EntryRow::as_select())
        .into_boxed::<Backend>();
    query = match (filter.newest_first, from) {
        (true, Some(from)) => query.filter(audit_entries::sequence.lt(from)),
        (false, Some(from)) => query.filter(audit_entries::sequence.gt(from)),
        (_, None) => query,
    };
    if let Some(since) = filter.since {
        query = query.filter(audit_entries::entry_time.ge(since.naive_utc()));
    }
    if !filter.user.is_empty() {
        let user = audit_entries::user_name.eq(filter.user.clone());
        query = query.filter(user.or(audit_entries::token_name.eq(filter.user.clone())));
    }
    if !filter.subject.is_empty() {
        query = query.filter(audit_entries::subject.eq(filter.subject.clone()));
    }
    if let Some(family) = filter.action.strip_suffix('*') {
        // Everything that begins with it: the next text after those ends with U+10FFFF.
        query = query.filter(audit_entries::action.ge(family.to_owned()));
        query = query.filter(audit_entries::action.lt(format!("{family}\u{10ffff}")));
    } else if !filter.action.is_empty() {
        query = query.filter(audit_entries::action.eq(filter.action.clone()));
    }
    let query = match filter.newest_first {
        true => query.order(audit_entries::sequence.desc()),
        false => query.order(audit_entries::sequence.asc()),
    };
    Ok(query.limit(limit).load(conn).await?)
}

/// When a token did something since a time, the first time first.
pub(crate) async fn times(
    conn: &mut Conn,
    (action, token): (&str, &str),
    since: NaiveDateTime,
) -> Result<Vec<NaiveDateTime>, StoreError> {
    let times = audit_entries::table
        .filter(audit_entries::action.eq(action))
        .filter(audit_entries::token_name.eq(token))
        .filter(audit_entries::entry_time.gt(since))
        .order(audit_entries::entry_time)
        .select(audit_entries::entry_time);
    Ok(times.load(conn).await?)
}

impl Chain for Conn {
    async fn hold(&mut self) -> Result<HeadRow, StoreError> {
        let row = diesel::sql_query(LOCKED_HEAD).kept();
        let row: Option<HeadRow> = row.get_result(self).await.optional()?;
        row.ok_or_else(|| StoreError::Corrupt("the end of the audit trail is missing".to_owned()))
    }

    async fn add(&mut self, entry: EntryRow, head: &HeadRow) -> Result<(), StoreError> {
        diesel::insert_into(audit_entries::table)
            .values(entry)
            .execute(self)
            .await?;
        diesel::update(audit_head::table)
            .set((
                audit_head::sequence.eq(head.sequence),
                audit_head::hash.eq(&head.hash),
                audit_head::seal.eq(&head.seal),
            ))
            .kept()
            .execute(self)
            .await?;
        Ok(())
    }

    async fn times(
        &mut self,
        done: (&str, &str),
        since: NaiveDateTime,
    ) -> Result<Vec<NaiveDateTime>, StoreError> {
        times(self, done, since).await
    }
}
