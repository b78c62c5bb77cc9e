//! The first import of a database, whose records are written where they stay: into the empty history, under the sequence
//! that it will have. Nobody sees them before an import is published. Whichever import is published first has the place.

use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use formfeed_domain::extract::{File, Owner};

use super::staged_source::history;
use super::{Conn, ONE_WRITER, PLANS_BY_STATISTICS, imports, publication, sql};
use crate::StoreError;
use crate::calculation::schema::imports as table;
use crate::calculation::{FileCount, Import};

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    records: i64,
}

/// Keeps the first publication from happening until this transaction ends.
pub(crate) async fn share(conn: &mut Conn) -> Result<(), StoreError> {
    if !ONE_WRITER {
        let lock = "SELECT pg_advisory_xact_lock_shared(7011)";
        sql(lock).execute(conn).await?;
    }
    Ok(())
}

/// Waits for those that [`share`], and keeps others from doing so until this transaction ends.
pub(crate) async fn claim(conn: &mut Conn) -> Result<(), StoreError> {
    if !ONE_WRITER {
        let lock = "SELECT pg_advisory_xact_lock(7011)";
        sql(lock).execute(conn).await?;
    }
    Ok(())
}

/// Whether an import that begins may be written in place: none is published, and none is there.
pub(crate) async fn is_free(conn: &mut Conn) -> Result<bool, StoreError> {
    Ok(imports::newest_sequence(conn).await? == 0 && holder(conn).await?.is_none())
}

/// The import that is written in place.
pub(crate) async fn holder(conn: &mut Conn) -> Result<Option<Import>, StoreError> {
    let import_id: Option<String> = table::table
        .filter(table::in_place.eq(true))
        .select(table::import_id)
        .first(conn)
        .await
        .optional()?;
    match import_id {
        Some(import_id) => imports::get(conn, &import_id).await,
        None => Ok(None),
    }
}

/// The indexes of the history beside its keys: not kept up while records come in place, but built when all are there.
const INDEXES: [(&str, &str); 4] = [
    ("vouchers_by_vendor", "vouchers (vendor_id, voucher_id)"),
    (
        "vouchers_by_vendor_of_record",
        "vouchers (vendor_of_record_id, voucher_id) WHERE vendor_of_record_id <> ''",
    ),
    (
        "payments_by_pay_vendor",
        "payments (pay_vendor_id, payment_date, cash_account_id, from_sequence, until_sequence)",
    ),
    (
        "payment_applications_by_voucher",
        "payment_applications (voucher_id, payment_id)",
    ),
];

/// Makes ready for records in place.
pub(crate) async fn begin(conn: &mut Conn) -> Result<(), StoreError> {
    for (name, _) in INDEXES {
        let text = format!("DROP INDEX IF EXISTS {name}");
        sql(&text).execute(conn).await?;
    }
    Ok(())
}

/// Builds what indexes the history lacks.
pub(crate) async fn build_indexes(conn: &mut Conn) -> Result<(), StoreError> {
    for (name, on) in INDEXES {
        let text = format!("CREATE INDEX IF NOT EXISTS {name} ON {on}");
        sql(&text).execute(conn).await?;
    }
    Ok(())
}

/// Forgets all that was written in place.
pub(crate) async fn forget(conn: &mut Conn) -> Result<(), StoreError> {
    for file in files() {
        let text = format!("DELETE FROM {}", history(file));
        sql(&text).execute(conn).await?;
    }
    build_indexes(conn).await
}

/// What the publication of the import written in place adds, by file.
pub(crate) async fn publish(conn: &mut Conn) -> Result<Vec<FileCount>, StoreError> {
    build_indexes(conn).await?;
    let mut files_added = Vec::new();
    for file in files() {
        let text = format!("SELECT COUNT(*) AS records FROM {}", history(file));
        let counted: Counted = sql(&text).get_result(conn).await?;
        if PLANS_BY_STATISTICS && counted.records >= publication::LARGE {
            let text = format!("ANALYZE {}", history(file));
            sql(&text).execute(conn).await?;
        }
        files_added.push(FileCount {
            file: file.name().to_owned(),
            new: counted.records,
            changed: 0,
            same: 0,
        });
    }
    Ok(files_added)
}

fn files() -> impl Iterator<Item = File> {
    let all = File::ALL.into_iter();
    all.filter(|file| file.owner() == Owner::Calculation)
}
