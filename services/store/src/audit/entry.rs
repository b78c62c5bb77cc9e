//! One entry of the audit trail.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::schema::{audit_entries, audit_head};

/// One entry of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the chain, from 1, without gaps.
    pub sequence: i64,
    /// When it was written, in UTC, cut to microseconds.
    pub time: DateTime<Utc>,
    /// Who acted: the user a service acts for, else the token's name; the service itself for its own work.
    pub user: String,
    /// Name of the token that the call came with; blank for a service's own work.
    pub token: String,
    /// Id of the call; blank for a service's own work.
    pub request_id: String,
    /// What was done, a stable word such as `vendor.update`.
    pub action: String,
    /// Resource name of what it was done to.
    pub subject: String,
    /// More, as a JSON object.
    pub details: String,
    /// Hash of the entry before, 64 hexadecimal digits.
    pub previous_hash: String,
    /// Its own hash, 64 hexadecimal digits: keyed, over all of the above.
    pub hash: String,
}

/// The table's row.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_entries)]
pub(crate) struct EntryRow {
    sequence: i64,
    entry_time: NaiveDateTime,
    user_name: String,
    token_name: String,
    request_id: String,
    action: String,
    subject: String,
    details: String,
    previous_hash: String,
    hash: String,
}

/// Where the chain ends.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, QueryableByName)]
#[diesel(table_name = audit_head)]
pub(crate) struct HeadRow {
    pub(crate) sequence: i64,
    pub(crate) hash: String,
    /// Made with the key of sequence and hash, or what stood there when somebody without the key changed them.
    pub(crate) seal: String,
    pub(crate) key_check: String,
}

impl From<EntryRow> for Entry {
    fn from(row: EntryRow) -> Self {
        Self {
            sequence: row.sequence,
            time: row.entry_time.and_utc(),
            user: row.user_name,
            token: row.token_name,
            request_id: row.request_id,
            action: row.action,
            subject: row.subject,
            details: row.details,
            previous_hash: row.previous_hash,
            hash: row.hash,
        }
    }
}

impl From<Entry> for EntryRow {
    fn from(entry: Entry) -> Self {
        Self {
            sequence: entry.sequence,
            entry_time: entry.time.naive_utc(),
            user_name: entry.user,
            token_name: entry.token,
            request_id: entry.request_id,
            action: entry.action,
            subject: entry.subject,
            details: entry.details,
            previous_hash: entry.previous_hash,
            hash: entry.hash,
        }
    }
}
