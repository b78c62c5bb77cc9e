//! What the IRS answered to the files of exports.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use formfeed_domain::export::Answer;

use super::Conn;
use crate::StoreError;
use crate::forms::schema::export_answers;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = export_answers)]
struct Row {
    export_id: String,
    file: i32,
    receipt_id: String,
    status: String,
    errors: String,
    user_name: String,
    update_time: NaiveDateTime,
}

/// Keeps the newest word about a file.
pub(crate) async fn put(conn: &mut Conn, answer: &Answer) -> Result<(), StoreError> {
    let row = Row::new(answer)?;
    let known = export_answers::table.find((row.export_id.clone(), row.file));
    let changed = diesel::update(known).set(&row).execute(conn).await?;
    if changed == 0 {
        diesel::insert_into(export_answers::table)
            .values(row)
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// The answers to some exports, by export and file.
pub(crate) async fn of_exports(
    conn: &mut Conn,
    export_ids: &[String],
) -> Result<Vec<Answer>, StoreError> {
    let rows: Vec<Row> = export_answers::table
        .filter(export_answers::export_id.eq_any(export_ids))
        .order((export_answers::export_id, export_answers::file))
        .select(Row::as_select())
        .load(conn)
        .await?;
    rows.into_iter().map(Row::into_answer).collect()
}

impl Row {
    fn new(answer: &Answer) -> Result<Self, StoreError> {
        let corrupt = || StoreError::Corrupt("an answer cannot be written".to_owned());
        Ok(Self {
            export_id: answer.export_id.clone(),
            file: i32::try_from(answer.file).map_err(|_| corrupt())?,
            receipt_id: answer.receipt_id.clone(),
            status: answer.status.as_str().to_owned(),
            errors: serde_json::to_string(&answer.errors).map_err(|_| corrupt())?,
            user_name: answer.user.clone(),
            update_time: answer.update_time.naive_utc(),
        })
    }

    fn into_answer(self) -> Result<Answer, StoreError> {
        let corrupt =
            |what: &str| StoreError::Corrupt(format!("{what} of export {}", self.export_id));
        Ok(Answer {
            file: u32::try_from(self.file).map_err(|_| corrupt("file"))?,
            status: self.status.parse().map_err(|_| corrupt("answer"))?,
            errors: serde_json::from_str(&self.errors).map_err(|_| corrupt("errors"))?,
            export_id: self.export_id,
            receipt_id: self.receipt_id,
            user: self.user_name,
            update_time: self.update_time.and_utc(),
        })
    }
}
