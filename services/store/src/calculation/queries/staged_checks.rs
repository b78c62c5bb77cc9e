//! What is wrong between staged records of this half: keys that come twice, references to nothing.

use diesel::QueryableByName;
use diesel::sql_types::{Integer, Text};
use diesel_async::RunQueryDsl;
use formfeed_domain::extract::{Fault, File, MAX_FAULTS};

use super::imports::STAGE;
use super::staged_source::{Source, history};
use super::{Conn, sql};
use crate::StoreError;
use crate::calculation::within::Within;

/// The staged table of each file, with its key columns.
const TABLES: [(File, &str, &[&str]); 4] = [
    (File::Vouchers, "staged_vouchers", &["voucher_id"]),
    (
        File::VoucherLines,
        "staged_voucher_lines",
        &["voucher_id", "line_number"],
    ),
    (File::Payments, "staged_payments", &["payment_id"]),
    (
        File::PaymentApplications,
        "staged_applications",
        &["payment_id", "voucher_id"],
    ),
];

#[derive(QueryableByName)]
struct Twice {
    #[diesel(sql_type = Integer)]
    line: i32,
    #[diesel(sql_type = Integer)]
    first_line: i32,
    #[diesel(sql_type = Text)]
    record_key: String,
}

#[derive(QueryableByName)]
struct Dangling {
    #[diesel(sql_type = Integer)]
    line: i32,
    #[diesel(sql_type = Text)]
    record_key: String,
}

/// Keys that come twice in one file, of an import that lies in the staged tables; see [`super::in_place`] for another.
pub(crate) async fn duplicates(conn: &mut Conn, import_id: &str) -> Result<Vec<Fault>, StoreError> {
    let mut faults = Vec::new();
    if Source::of(conn, import_id).await? == Source::InPlace {
        return Ok(faults);
    }
    for (file, table, keys) in TABLES {
        let columns = keys.join(", ");
        let same = keys.iter().map(|key| format!("s.{key} = t.{key}"));
        let same = same.collect::<Vec<_>>().join(" AND ");
        let first = keys.iter().map(|key| format!("f.{key} = t.{key}"));
        let first = first.collect::<Vec<_>>().join(" AND ");
        let shown = keys.iter().map(|key| format!("CAST(s.{key} AS TEXT)"));
        let shown = shown.collect::<Vec<_>>().join(" || ', ' || ");
        // CROSS JOIN tells SQLite to begin with the few keys that come twice.
        let text = format!(
            "SELECT s.line AS line, f.line AS first_line, {shown} AS record_key \
             FROM (SELECT {columns}, MIN(position) AS first_position FROM {table} WHERE stage = {STAGE} \
                   GROUP BY {columns} HAVING COUNT(*) > 1) t \
             CROSS JOIN {table} s CROSS JOIN {table} f \
             WHERE s.stage = {STAGE} AND {same} AND s.position > t.first_position \
             AND f.stage = {STAGE} AND {first} AND f.position = t.first_position \
             ORDER BY s.position LIMIT {MAX_FAULTS}"
        );
        let rows: Vec<Twice> = sql(&text).bind::<Text, _>(import_id).load(conn).await?;
        faults.extend(rows.iter().map(|row| {
            let [line, first] =
                [row.line, row.first_line].map(|line| u64::try_from(line).unwrap_or_default());
            Fault::twice(file, line, &row.record_key, first)
        }));
    }
    Ok(faults)
}

/// References of one column to vouchers or payments that are neither staged nor stored.
pub(crate) async fn dangling(
    conn: &mut Conn,
    import_id: &str,
    reference: Within,
) -> Result<Vec<Fault>, StoreError> {
    let Within {
        file,
        column,
        to,
        what,
    } = reference;
    let source = Source::of(conn, import_id).await?;
    let in_history = match source {
        Source::Staged => format!(
            "AND NOT EXISTS (SELECT 1 FROM {history} h WHERE h.{column} = s.{column} AND h.until_sequence IS NULL \
             AND EXISTS (SELECT 1 FROM imports WHERE sequence IS NOT NULL))",
            history = history(to),
        ),
        Source::InPlace => String::new(),
    };
    let text = format!(
        "SELECT s.line AS line, s.{column} AS record_key FROM {from} s WHERE {ours} \
         AND NOT EXISTS (SELECT 1 FROM {named} n WHERE {theirs} AND n.{column} = s.{column}) {in_history} \
         AND NOT EXISTS (SELECT 1 FROM staged_unreadable u WHERE u.import_id = $1 AND u.file = '{to}' \
                         AND u.record_key = s.{column}) \
         ORDER BY s.{order} LIMIT {MAX_FAULTS}",
        from = source.table(file),
        named = source.table(to),
        ours = source.is_of_import("s"),
        theirs = source.is_of_import("n"),
        order = source.order(),
    );
    let rows: Vec<Dangling> = sql(&text).bind::<Text, _>(import_id).load(conn).await?;
    let fault = |row: &Dangling| {
        let key = &row.record_key;
        let message = format!("there is no {what} {key}: neither in {to} nor imported before");
        let line = u64::try_from(row.line).unwrap_or_default();
        Fault::new(file, line, column, message)
    };
    Ok(rows.iter().map(fault).collect())
}
