//! Forms 1096 handed to the spooler.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use formfeed_domain::transmittal::TransmittalPrinting;
use formfeed_domain::{Money, PayerId, TaxYear};

use super::Conn;
use crate::StoreError;
use crate::forms::schema::transmittals;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = transmittals)]
struct Row {
    transmittal_id: String,
    request_id: String,
    fingerprint: String,
    payer_id: String,
    tax_year: i32,
    form_type: String,
    of_jobs: String,
    forms: i64,
    federal_withheld_cents: i64,
    total_cents: i64,
    printer: String,
    job: Option<String>,
    user_name: String,
    again_reason: String,
    create_time: NaiveDateTime,
}

/// Adds a Form 1096.
pub(crate) async fn insert(
    conn: &mut Conn,
    printing: &TransmittalPrinting,
    fingerprint: &str,
) -> Result<(), StoreError> {
    diesel::insert_into(transmittals::table)
        .values(Row::new(printing, fingerprint))
        .execute(conn)
        .await?;
    Ok(())
}

/// The Form 1096 a request id brought about, and the fingerprint it came with.
pub(crate) async fn of_request(
    conn: &mut Conn,
    request_id: &str,
) -> Result<Option<(TransmittalPrinting, String)>, StoreError> {
    let row: Option<Row> = transmittals::table
        .filter(transmittals::request_id.eq(request_id))
        .select(Row::as_select())
        .first(conn)
        .await
        .optional()?;
    let Some(row) = row else { return Ok(None) };
    let fingerprint = row.fingerprint.clone();
    Ok(Some((row.into_printing()?, fingerprint)))
}

/// The first Form 1096 of the same jobs.
pub(crate) async fn first_of(
    conn: &mut Conn,
    of_jobs: &[String],
) -> Result<Option<TransmittalPrinting>, StoreError> {
    let row: Option<Row> = transmittals::table
        .filter(transmittals::of_jobs.eq(of_jobs.join(" ")))
        .order(transmittals::transmittal_id)
        .select(Row::as_select())
        .first(conn)
        .await
        .optional()?;
    row.map(Row::into_printing).transpose()
}

/// Notes the job of a Form 1096.
pub(crate) async fn set_job(conn: &mut Conn, id: &str, job: &str) -> Result<(), StoreError> {
    diesel::update(transmittals::table.find(id))
        .set(transmittals::job.eq(job))
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets a Form 1096 that has no job.
pub(crate) async fn delete_without_job(conn: &mut Conn, id: &str) -> Result<(), StoreError> {
    diesel::delete(
        transmittals::table
            .filter(transmittals::transmittal_id.eq(id))
            .filter(transmittals::job.is_null()),
    )
    .execute(conn)
    .await?;
    Ok(())
}

impl Row {
    fn new(printing: &TransmittalPrinting, fingerprint: &str) -> Self {
        Self {
            transmittal_id: printing.id.clone(),
            request_id: printing.request_id.clone(),
            fingerprint: fingerprint.to_owned(),
            payer_id: printing.payer_id.to_string(),
            tax_year: printing.tax_year.year(),
            form_type: printing.form_type.as_str().to_owned(),
            of_jobs: printing.of_jobs.join(" "),
            forms: printing.forms,
            federal_withheld_cents: printing.federal_withheld.cents(),
            total_cents: printing.total.cents(),
            printer: printing.printer.clone(),
            job: printing.job.clone(),
            user_name: printing.user.clone(),
            again_reason: printing.again_reason.clone(),
            create_time: printing.create_time.naive_utc(),
        }
    }

    fn into_printing(self) -> Result<TransmittalPrinting, StoreError> {
        let corrupt = |what: &str| {
            StoreError::Corrupt(format!("{what} of transmittal {}", self.transmittal_id))
        };
        Ok(TransmittalPrinting {
            payer_id: PayerId::new(self.payer_id.as_str()).map_err(|_| corrupt("payer"))?,
            tax_year: TaxYear::new(self.tax_year).map_err(|_| corrupt("tax year"))?,
            form_type: self.form_type.parse().map_err(|_| corrupt("form type"))?,
            of_jobs: self.of_jobs.split(' ').map(str::to_owned).collect(),
            id: self.transmittal_id,
            request_id: self.request_id,
            forms: self.forms,
            federal_withheld: Money::from_cents(self.federal_withheld_cents),
            total: Money::from_cents(self.total_cents),
            printer: self.printer,
            job: self.job,
            user: self.user_name,
            again_reason: self.again_reason,
            create_time: self.create_time.and_utc(),
        })
    }
}
