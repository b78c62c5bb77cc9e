//! Printings.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use formfeed_domain::printing::{Printing, Subject};
use formfeed_domain::{Money, PayerId, TaxYear};

use super::{Conn, filings, warnings};
use crate::StoreError;
use crate::forms::PrintingFilter;
use crate::forms::schema::printings;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = printings)]
struct Row {
    printing_id: String,
    request_id: String,
    fingerprint: String,
    payer_id: String,
    tax_year: i32,
    form_type: String,
    copy: String,
    printer: String,
    job: Option<String>,
    forms: i64,
    total_cents: i64,
    user_name: String,
    again_reason: String,
    create_time: NaiveDateTime,
    update_time: NaiveDateTime,
    format_year: Option<i32>,
}

/// Adds a printing with its warnings.
pub(crate) async fn insert(
    conn: &mut Conn,
    printing: &Printing,
    fingerprint: &str,
) -> Result<(), StoreError> {
    diesel::insert_into(printings::table)
        .values(Row::new(printing, fingerprint))
        .execute(conn)
        .await?;
    warnings::insert(conn, &printing.id, &printing.warnings).await
}

/// The printing of that key.
pub(crate) async fn get(conn: &mut Conn, id: &str) -> Result<Option<Printing>, StoreError> {
    let row: Option<Row> = printings::table
        .find(id)
        .select(Row::as_select())
        .first(conn)
        .await
        .optional()?;
    Ok(with_warnings(conn, row.into_iter().collect()).await?.pop())
}

/// The printing a request id brought about, and the fingerprint it came with.
pub(crate) async fn of_request(
    conn: &mut Conn,
    request_id: &str,
) -> Result<Option<(Printing, String)>, StoreError> {
    let row: Option<Row> = printings::table
        .filter(printings::request_id.eq(request_id))
        .select(Row::as_select())
        .first(conn)
        .await
        .optional()?;
    let Some(row) = row else { return Ok(None) };
    let fingerprint = row.fingerprint.clone();
    let found = with_warnings(conn, vec![row]).await?.pop();
    Ok(found.map(|printing| (printing, fingerprint)))
}

/// The first printing of a payer's forms of a year, type and copy; corrections aside.
pub(crate) async fn first_of(
    conn: &mut Conn,
    subject: &Subject,
) -> Result<Option<Printing>, StoreError> {
    let row: Option<Row> = printings::table
        .filter(printings::payer_id.eq(subject.payer_id.as_str()))
        .filter(printings::tax_year.eq(subject.tax_year.year()))
        .filter(printings::form_type.eq(subject.form_type.as_str()))
        .filter(printings::copy.eq(subject.copy.as_str()))
        .filter(printings::printing_id.ne_all(filings::other_than_originals()))
        .order(printings::printing_id)
        .select(Row::as_select())
        .first(conn)
        .await
        .optional()?;
    Ok(with_warnings(conn, row.into_iter().collect()).await?.pop())
}

/// Every printing of a payer's forms of a year, type and copy, newest first.
pub(crate) async fn all_of(
    conn: &mut Conn,
    subject: &Subject,
) -> Result<Vec<Printing>, StoreError> {
    let rows: Vec<Row> = printings::table
        .filter(printings::payer_id.eq(subject.payer_id.as_str()))
        .filter(printings::tax_year.eq(subject.tax_year.year()))
        .filter(printings::form_type.eq(subject.form_type.as_str()))
        .filter(printings::copy.eq(subject.copy.as_str()))
        .order(printings::printing_id.desc())
        .select(Row::as_select())
        .load(conn)
        .await?;
    with_warnings(conn, rows).await
}

/// Printings before a key, newest first, at most `limit`.
pub(crate) async fn page_before(
    conn: &mut Conn,
    filter: &PrintingFilter,
    before: Option<&str>,
    limit: i64,
) -> Result<Vec<Printing>, StoreError> {
    let mut wanted = printings::table.select(Row::as_select()).into_boxed();
    if let Some(payer_id) = &filter.payer_id {
        wanted = wanted.filter(printings::payer_id.eq(payer_id.as_str()));
    }
    if let Some(tax_year) = filter.tax_year {
        wanted = wanted.filter(printings::tax_year.eq(tax_year.year()));
    }
    if let Some(before) = before {
        wanted = wanted.filter(printings::printing_id.lt(before));
    }
    let rows: Vec<Row> = wanted
        .order(printings::printing_id.desc())
        .limit(limit)
        .load(conn)
        .await?;
    with_warnings(conn, rows).await
}

/// Notes the job of a printing, with what the job says of itself.
pub(crate) async fn set_job(
    conn: &mut Conn,
    id: &str,
    (job, forms, total): (&str, i64, Money),
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    diesel::update(printings::table.find(id))
        .set((
            printings::job.eq(job),
            printings::forms.eq(forms),
            printings::total_cents.eq(total.cents()),
            printings::update_time.eq(now.naive_utc()),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets a printing that has no job.
pub(crate) async fn delete_without_job(conn: &mut Conn, id: &str) -> Result<(), StoreError> {
    let without_job = printings::table.find(id).filter(printings::job.is_null());
    let found: i64 = without_job.count().get_result(conn).await?;
    if found > 0 {
        warnings::delete(conn, id).await?;
        filings::delete(conn, id).await?;
        diesel::delete(printings::table.find(id))
            .execute(conn)
            .await?;
    }
    Ok(())
}

async fn with_warnings(conn: &mut Conn, rows: Vec<Row>) -> Result<Vec<Printing>, StoreError> {
    let ids: Vec<String> = rows.iter().map(|row| row.printing_id.clone()).collect();
    let mut found = warnings::of(conn, &ids).await?;
    rows.into_iter()
        .map(|row| {
            let warnings = found.remove(&row.printing_id).unwrap_or_default();
            row.into_printing(warnings)
        })
        .collect()
}

impl Row {
    fn new(printing: &Printing, fingerprint: &str) -> Self {
        let subject = &printing.subject;
        Self {
            printing_id: printing.id.clone(),
            request_id: printing.request_id.clone(),
            fingerprint: fingerprint.to_owned(),
            payer_id: subject.payer_id.to_string(),
            tax_year: subject.tax_year.year(),
            form_type: subject.form_type.as_str().to_owned(),
            copy: subject.copy.as_str().to_owned(),
            printer: printing.printer.clone(),
            job: printing.job.clone(),
            forms: printing.forms,
            total_cents: printing.total.cents(),
            user_name: printing.user.clone(),
            again_reason: printing.again_reason.clone(),
            create_time: printing.create_time.naive_utc(),
            update_time: printing.create_time.naive_utc(),
            format_year: (printing.format_year != printing.subject.tax_year)
                .then(|| printing.format_year.year()),
        }
    }

    fn into_printing(self, warnings: Vec<String>) -> Result<Printing, StoreError> {
        let corrupt =
            |what: &str| StoreError::Corrupt(format!("{what} of printing {}", self.printing_id));
        let subject = Subject {
            payer_id: PayerId::new(self.payer_id.as_str()).map_err(|_| corrupt("payer"))?,
            tax_year: TaxYear::new(self.tax_year).map_err(|_| corrupt("tax year"))?,
            form_type: self.form_type.parse().map_err(|_| corrupt("form type"))?,
            copy: self.copy.parse().map_err(|_| corrupt("copy"))?,
        };
        let format_year = match self.format_year {
            Some(year) => TaxYear::new(year).map_err(|_| corrupt("format"))?,
            None => subject.tax_year,
        };
        Ok(Printing {
            subject,
            format_year,
            id: self.printing_id,
            request_id: self.request_id,
            printer: self.printer,
            job: self.job,
            forms: self.forms,
            total: Money::from_cents(self.total_cents),
            user: self.user_name,
            again_reason: self.again_reason,
            warnings,
            create_time: self.create_time.and_utc(),
        })
    }
}
