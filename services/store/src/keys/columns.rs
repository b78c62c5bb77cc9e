//! Which columns hold sealed values, and the statements that walk them.

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Binary, Integer, Text};

use crate::seal::{Place, Sealed};

/// Between the parts of a key as a row tells them: no key holds it.
const BETWEEN: char = '\u{1f}';

/// A column of sealed values. A row's place is its key, the parts joined by `/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Column {
    /// Table.
    pub(crate) table: &'static str,
    /// The primary key's columns, and their types.
    pub(crate) key: &'static [(&'static str, &'static str)],
    /// Holds the version of the key that sealed.
    pub(crate) version: &'static str,
    /// Holds nonce and ciphertext.
    pub(crate) sealed: &'static str,
}

/// A row of a column.
#[derive(Debug, Clone, QueryableByName)]
pub(crate) struct SealedRow {
    /// Its key, the parts as text, joined.
    #[diesel(sql_type = Text)]
    joined: String,
    #[diesel(sql_type = Integer)]
    pub(crate) key_version: i32,
    #[diesel(sql_type = Binary)]
    pub(crate) sealed: Vec<u8>,
}

/// How many rows are sealed with a key.
#[derive(Debug, Clone, QueryableByName)]
pub(crate) struct VersionCount {
    #[diesel(sql_type = Integer)]
    pub(crate) key_version: i32,
    #[diesel(sql_type = BigInt)]
    pub(crate) sealed_rows: i64,
}

impl SealedRow {
    /// The parts of the key.
    pub(crate) fn key(&self) -> Vec<String> {
        self.joined.split(BETWEEN).map(str::to_owned).collect()
    }

    /// Key of the place that the value is sealed for.
    pub(crate) fn place_id(&self) -> String {
        self.key().join("/")
    }

    pub(crate) fn value(&self) -> Sealed {
        Sealed {
            key_version: self.key_version,
            bytes: self.sealed.clone(),
        }
    }
}

impl Column {
    /// The place of a row's value.
    pub(crate) fn place<'a>(&self, id: &'a str) -> Place<'a> {
        Place {
            table: self.table,
            column: self.sealed,
            id,
        }
    }

    /// Rows sealed with an older key than `$1`, after the row whose key follows; parameters in their order, which both
    /// databases number alike.
    pub(super) fn older_than(&self, after: bool, limit: i64) -> String {
        let Self {
            table,
            version,
            sealed,
            ..
        } = self;
        let names: Vec<_> = self.key.iter().map(|(name, _)| *name).collect();
        let names = names.join(", ");
        let joined: Vec<_> = self
            .key
            .iter()
            .map(|(name, _)| format!("CAST({name} AS TEXT)"))
            .collect();
        let joined = joined.join(&format!(" || '{BETWEEN}' || "));
        let from = match after {
            true => format!(" AND ({names}) > ({})", self.bound(2).join(", ")),
            false => String::new(),
        };
        format!(
            "SELECT {joined} AS joined, {version} AS key_version, {sealed} AS sealed FROM {table} \
             WHERE {version} < $1{from} ORDER BY {names} LIMIT {limit}"
        )
    }

    /// Replaces version and value of a row, unless another value stands there by now.
    pub(super) fn replaced(&self) -> String {
        let Self {
            table,
            version,
            sealed,
            ..
        } = self;
        let bound = self.bound(3);
        let same = self.key.iter().zip(bound);
        let same: Vec<_> = same
            .map(|((name, _), bound)| format!("{name} = {bound}"))
            .collect();
        let before = self.key.len() + 3;
        format!(
            "UPDATE {table} SET {version} = $1, {sealed} = $2 WHERE {} AND {sealed} = ${before}",
            same.join(" AND ")
        )
    }

    pub(super) fn counted(&self) -> String {
        let Self { table, version, .. } = self;
        format!(
            "SELECT {version} AS key_version, count(*) AS sealed_rows FROM {table} \
             WHERE {version} IS NOT NULL GROUP BY {version}"
        )
    }

    /// The key's parts as parameters from a number on, each of its type.
    fn bound(&self, first: usize) -> Vec<String> {
        let numbered = self.key.iter().zip(first..);
        numbered
            .map(|((_, kind), number)| format!("CAST(${number} AS {kind})"))
            .collect()
    }
}
