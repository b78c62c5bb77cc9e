//! Faults of single records, found while they were staged.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use formfeed_domain::extract::{Fault, MAX_FAULTS};

use super::{Conn, column};
use crate::StoreError;
use crate::calculation::schema::staged_faults;

/// Adds faults, numbered on from those of the same import.
pub(crate) async fn insert(
    conn: &mut Conn,
    import_id: &str,
    faults: &[&Fault],
) -> Result<(), StoreError> {
    let held: i64 = staged_faults::table
        .filter(staged_faults::import_id.eq(import_id))
        .count()
        .get_result(conn)
        .await?;
    let room = i64::try_from(MAX_FAULTS).unwrap_or(i64::MAX);
    for (fault, position) in faults.iter().zip(held..room) {
        diesel::insert_into(staged_faults::table)
            .values((
                staged_faults::import_id.eq(import_id),
                staged_faults::position.eq(position),
                staged_faults::file.eq(fault.file.name()),
                staged_faults::line.eq(i32::try_from(fault.line).unwrap_or(i32::MAX)),
                staged_faults::column_name.eq(&fault.column),
                staged_faults::message.eq(&fault.message),
            ))
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// The faults of an import, in the order found.
pub(crate) async fn of_import(conn: &mut Conn, import_id: &str) -> Result<Vec<Fault>, StoreError> {
    let rows: Vec<(String, i32, String, String)> = staged_faults::table
        .filter(staged_faults::import_id.eq(import_id))
        .order(staged_faults::position)
        .select((
            staged_faults::file,
            staged_faults::line,
            staged_faults::column_name,
            staged_faults::message,
        ))
        .load(conn)
        .await?;
    let fault = |(file, line, column, message): (String, i32, String, String)| {
        let file = column::word(&file)?;
        let line = u64::try_from(line).unwrap_or_default();
        Ok(Fault::new(file, line, &column, message))
    };
    rows.into_iter().map(fault).collect()
}
