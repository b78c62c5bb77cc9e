//! Staged records become history: new ones are added, changed ones get a new version, missing members of a set end.

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Text};
use diesel_async::RunQueryDsl;
use formfeed_domain::extract::File;

use super::imports::STAGE;
use super::staged_source::Source;
use super::{Conn, ONE_WRITER, PLANS_BY_STATISTICS, in_place, sql};
use crate::StoreError;
use crate::calculation::FileCount;

/// A file's staged table and its history.
struct Shape {
    file: File,
    staged: &'static str,
    history: &'static str,
    keys: &'static [&'static str],
    values: &'static [&'static str],
    /// Column whose rows are replaced as a set, and the staged table of its owner.
    set: Option<(&'static str, &'static str)>,
}

const SHAPES: [Shape; 4] = [
    Shape {
        file: File::Vouchers,
        staged: "staged_vouchers",
        history: "vouchers",
        keys: &["voucher_id"],
        values: &[
            "vendor_id",
            "vendor_of_record_id",
            "invoice_number",
            "invoice_date",
            "invoice_amount_cents",
        ],
        set: None,
    },
    Shape {
        file: File::VoucherLines,
        staged: "staged_voucher_lines",
        history: "voucher_lines",
        keys: &["voucher_id", "line_number"],
        values: &[
            "amount_cents",
            "sales_tax_cents",
            "reportable",
            "income_type",
            "relate_to_1",
            "relate_to_2",
            "account_id",
            "accountable_plan",
        ],
        set: Some(("voucher_id", "staged_vouchers")),
    },
    Shape {
        file: File::Payments,
        staged: "staged_payments",
        history: "payments",
        keys: &["payment_id"],
        values: &[
            "pay_vendor_id",
            "method",
            "payment_date",
            "cash_account_id",
            "amount_cents",
            "federal_tax_withheld_cents",
            "state_tax_withheld_cents",
            "state",
            "void_date",
            "relate_to_1",
            "account_id",
        ],
        set: None,
    },
    Shape {
        file: File::PaymentApplications,
        staged: "staged_applications",
        history: "payment_applications",
        keys: &["payment_id", "voucher_id"],
        values: &["amount_cents", "discount_cents"],
        set: Some(("payment_id", "staged_payments")),
    },
];

/// Rows after which PostgreSQL is not left to find out by itself, some time, that a table has grown.
pub(crate) const LARGE: i64 = 10_000;

#[derive(QueryableByName)]
struct Counts {
    #[diesel(sql_type = BigInt)]
    staged: i64,
    #[diesel(sql_type = BigInt)]
    there: i64,
    #[diesel(sql_type = BigInt)]
    same: i64,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = BigInt)]
    found: i64,
}

/// Turns all that is staged under an import into history from `sequence` on; counts by file.
pub(crate) async fn publish(
    conn: &mut Conn,
    import_id: &str,
    sequence: i64,
) -> Result<Vec<FileCount>, StoreError> {
    let mut files = Vec::new();
    for shape in &SHAPES {
        let counted = match shape.has_history(conn).await? {
            true => shape.merge(conn, import_id, sequence).await?,
            // Nothing to compare with.
            false => {
                let added = shape.add(conn, import_id, sequence, "").await?;
                shape.counts(added, 0, 0)
            }
        };
        if PLANS_BY_STATISTICS && counted.new + counted.changed >= LARGE {
            sql(&format!("ANALYZE {}", shape.history))
                .execute(conn)
                .await?;
        }
        files.push(counted);
    }
    Ok(files)
}

/// Deletes all that is staged under an import, in place or apart.
pub(crate) async fn clear(conn: &mut Conn, import_id: &str) -> Result<(), StoreError> {
    if Source::of(conn, import_id).await? == Source::InPlace {
        in_place::forget(conn).await?;
    }
    for shape in &SHAPES {
        let staged = shape.staged;
        let others = format!(
            "SELECT COUNT(*) AS found FROM (SELECT 1 FROM {staged} WHERE stage < {STAGE} OR stage > {STAGE} LIMIT 1) other"
        );
        let others: Found = sql(&others)
            .bind::<Text, _>(import_id)
            .get_result(conn)
            .await?;
        if ONE_WRITER && others.found == 0 {
            // SQLite drops all pages of a table at once, without looking at its rows.
            let text = format!("DELETE FROM {staged}");
            sql(&text).execute(conn).await?;
            continue;
        }
        let text = format!("DELETE FROM {staged} WHERE stage = {STAGE}");
        sql(&text).bind::<Text, _>(import_id).execute(conn).await?;
    }
    for table in ["staged_unreadable", "staged_faults"] {
        let text = format!("DELETE FROM {table} WHERE import_id = $1");
        sql(&text).bind::<Text, _>(import_id).execute(conn).await?;
    }
    Ok(())
}

impl Shape {
    /// Whether there was ever such a record.
    async fn has_history(&self, conn: &mut Conn) -> Result<bool, StoreError> {
        let history = self.history;
        let text = format!("SELECT COUNT(*) AS found FROM (SELECT 1 FROM {history} LIMIT 1) first");
        let found: Found = sql(&text).get_result(conn).await?;
        Ok(found.found > 0)
    }

    /// Adds what is new, and ends what is replaced.
    async fn merge(
        &self,
        conn: &mut Conn,
        import_id: &str,
        sequence: i64,
    ) -> Result<FileCount, StoreError> {
        let mut counted = self.count(conn, import_id).await?;
        let changed = counted.changed;
        counted.changed += self.end_missing(conn, import_id, sequence).await?;
        if changed > 0 {
            self.end_changed(conn, import_id, sequence).await?;
        }
        let (history, key) = (self.history, self.key());
        let unless_current = format!(
            "AND NOT EXISTS (SELECT 1 FROM {history} h WHERE {key} AND h.until_sequence IS NULL)"
        );
        if counted.new + changed > 0 {
            self.add(conn, import_id, sequence, &unless_current).await?;
        }
        Ok(counted)
    }

    fn counts(&self, new: i64, changed: i64, same: i64) -> FileCount {
        let file = self.file.name().to_owned();
        FileCount {
            file,
            new,
            changed,
            same,
        }
    }

    /// How the staged records compare with what is current.
    async fn count(&self, conn: &mut Conn, import_id: &str) -> Result<FileCount, StoreError> {
        let text = format!(
            "SELECT COUNT(*) AS staged, COUNT(h.from_sequence) AS there, \
             CAST(COALESCE(SUM(CASE WHEN h.from_sequence IS NOT NULL AND {same} THEN 1 ELSE 0 END), 0) AS BIGINT) AS same \
             FROM {staged} s LEFT JOIN {history} h ON {key} AND h.until_sequence IS NULL WHERE s.stage = {STAGE}",
            same = self.same(),
            key = self.key(),
            staged = self.staged,
            history = self.history,
        );
        let counts: Counts = sql(&text)
            .bind::<Text, _>(import_id)
            .get_result(conn)
            .await?;
        let Counts {
            staged,
            there,
            same,
        } = counts;
        Ok(self.counts(staged - there, there - same, same))
    }

    /// Ends current members of the replaced sets that are not staged again, and answers how many.
    async fn end_missing(
        &self,
        conn: &mut Conn,
        import_id: &str,
        sequence: i64,
    ) -> Result<i64, StoreError> {
        let Some((owner, owners)) = self.set else {
            return Ok(0);
        };
        let text = format!(
            "UPDATE {history} AS h SET until_sequence = $2 WHERE h.until_sequence IS NULL AND h.{owner} IN \
             (SELECT {owner} FROM {owners} WHERE stage = {STAGE} UNION SELECT {owner} FROM {staged} WHERE stage = {STAGE}) \
             AND NOT EXISTS (SELECT 1 FROM {staged} s WHERE s.stage = {STAGE} AND {key})",
            history = self.history,
            staged = self.staged,
            key = self.key(),
        );
        let ended = sql(&text)
            .bind::<Text, _>(import_id)
            .bind::<BigInt, _>(sequence)
            .execute(conn)
            .await?;
        Ok(i64::try_from(ended).unwrap_or(i64::MAX))
    }

    /// Ends current records that are staged with other values.
    async fn end_changed(
        &self,
        conn: &mut Conn,
        import_id: &str,
        sequence: i64,
    ) -> Result<(), StoreError> {
        let text = format!(
            "UPDATE {history} AS h SET until_sequence = $2 FROM {staged} s \
             WHERE s.stage = {STAGE} AND {key} AND h.until_sequence IS NULL AND NOT ({same})",
            history = self.history,
            staged = self.staged,
            key = self.key(),
            same = self.same(),
        );
        sql(&text)
            .bind::<Text, _>(import_id)
            .bind::<BigInt, _>(sequence)
            .execute(conn)
            .await?;
        Ok(())
    }

    /// Adds the staged records that fulfil a condition; answers how many.
    async fn add(
        &self,
        conn: &mut Conn,
        import_id: &str,
        sequence: i64,
        condition: &str,
    ) -> Result<i64, StoreError> {
        let columns: Vec<_> = self.keys.iter().chain(self.values).copied().collect();
        let from = columns.iter().map(|column| format!("s.{column}"));
        let text = format!(
            "INSERT INTO {history} (from_sequence, line, {columns}) SELECT $2, s.line, {from} FROM {staged} s \
             WHERE s.stage = {STAGE} {condition}",
            history = self.history,
            columns = columns.join(", "),
            from = from.collect::<Vec<_>>().join(", "),
            staged = self.staged,
        );
        let added = sql(&text)
            .bind::<Text, _>(import_id)
            .bind::<BigInt, _>(sequence)
            .execute(conn)
            .await?;
        Ok(i64::try_from(added).unwrap_or(i64::MAX))
    }

    fn key(&self) -> String {
        let same = self.keys.iter().map(|key| format!("h.{key} = s.{key}"));
        same.collect::<Vec<_>>().join(" AND ")
    }

    fn same(&self) -> String {
        let same = self.values.iter();
        let same = same.map(|value| format!("h.{value} IS NOT DISTINCT FROM s.{value}"));
        same.collect::<Vec<_>>().join(" AND ")
    }
}
