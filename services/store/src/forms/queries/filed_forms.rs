//! Forms as they were filed.

use diesel::dsl::max;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use formfeed_domain::correction::{FiledForm, Filing, FilingKind, Placed};
use formfeed_domain::form::FormType;
use formfeed_domain::{PayerId, TaxYear, VendorId};

use super::{Conn, run_batch};
use crate::StoreError;
use crate::form_snapshot::Snapshot;
use crate::forms::FormAt;
use crate::forms::schema::filed_forms;

/// What no key has in it.
const BETWEEN: char = '/';

/// Rows of one statement.
const BATCH: usize = 500;

#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = filed_forms)]
struct Row {
    filing_id: String,
    position: i32,
    payer_id: String,
    tax_year: i32,
    form_type: String,
    vendor_id: String,
    vendor_version: i64,
    address_code: String,
    sequence: i32,
    step: String,
    corrects_filing: Option<String>,
    corrects_position: Option<i32>,
    file: Option<i32>,
    submission_id: Option<i32>,
    record_id: Option<i32>,
    form: String,
    covers: String,
}

/// Adds the forms of a batch. First filings are numbered here, after all there is of their payer, year and type.
pub(crate) async fn insert(
    conn: &mut Conn,
    filing: &Filing,
    form_at: FormAt<'_>,
) -> Result<(), StoreError> {
    let next = match filing.kind {
        FilingKind::Originals => Some(last_of_type(conn, filing).await? + 1),
        FilingKind::Corrections | FilingKind::Copies => None,
    };
    for start in (0..).step_by(BATCH) {
        let batch = (start..start + BATCH).map_while(form_at);
        let rows = batch.map(|form| Row::new(filing, &form, next));
        let rows: Vec<_> = rows.collect::<Result<_, _>>()?;
        let is_last = rows.len() < BATCH;
        if !rows.is_empty() {
            run_batch!(conn, diesel::insert_into(filed_forms::table).values(rows))?;
        }
        if is_last {
            break;
        }
    }
    Ok(())
}

async fn last_of_type(conn: &mut Conn, filing: &Filing) -> Result<i32, StoreError> {
    let last: Option<i32> = filed_forms::table
        .filter(filed_forms::payer_id.eq(filing.payer_id.as_str()))
        .filter(filed_forms::tax_year.eq(filing.tax_year.year()))
        .filter(filed_forms::form_type.eq(filing.form_type.as_str()))
        .select(max(filed_forms::sequence))
        .first(conn)
        .await?;
    Ok(last.unwrap_or(0))
}

/// The last number of one recipient; 0 when nothing was filed.
pub(crate) async fn last_sequence(
    conn: &mut Conn,
    (payer_id, tax_year): (&PayerId, TaxYear),
    (form_type, vendor_id): (FormType, &VendorId),
) -> Result<i32, StoreError> {
    let last: Option<i32> = filed_forms::table
        .filter(filed_forms::payer_id.eq(payer_id.as_str()))
        .filter(filed_forms::tax_year.eq(tax_year.year()))
        .filter(filed_forms::vendor_id.eq(vendor_id.as_str()))
        .filter(filed_forms::form_type.eq(form_type.as_str()))
        .select(max(filed_forms::sequence))
        .first(conn)
        .await?;
    Ok(last.unwrap_or(0))
}

/// What was filed of a recipient's form type, oldest first.
pub(crate) async fn of_form(
    conn: &mut Conn,
    (payer_id, tax_year): (&PayerId, TaxYear),
    (form_type, vendor_id): (FormType, &VendorId),
) -> Result<Vec<FiledForm>, StoreError> {
    let rows: Vec<Row> = filed_forms::table
        .filter(filed_forms::payer_id.eq(payer_id.as_str()))
        .filter(filed_forms::tax_year.eq(tax_year.year()))
        .filter(filed_forms::vendor_id.eq(vendor_id.as_str()))
        .filter(filed_forms::form_type.eq(form_type.as_str()))
        .order(filed_forms::sequence)
        .select(Row::as_select())
        .load(conn)
        .await?;
    rows.into_iter().map(Row::into_form).collect()
}

/// The forms of a batch in their order.
pub(crate) async fn of_filing(
    conn: &mut Conn,
    filing_id: &str,
) -> Result<Vec<FiledForm>, StoreError> {
    let rows: Vec<Row> = filed_forms::table
        .filter(filed_forms::filing_id.eq(filing_id))
        .order(filed_forms::position)
        .select(Row::as_select())
        .load(conn)
        .await?;
    rows.into_iter().map(Row::into_form).collect()
}

/// Everything of some recipients, by recipient, then in the order filed.
pub(crate) async fn between(
    conn: &mut Conn,
    (payer_id, tax_year): (&PayerId, TaxYear),
    (after, up_to): (Option<&str>, Option<&str>),
) -> Result<Vec<FiledForm>, StoreError> {
    let mut wanted = filed_forms::table
        .filter(filed_forms::payer_id.eq(payer_id.as_str()))
        .filter(filed_forms::tax_year.eq(tax_year.year()))
        .select(Row::as_select())
        .into_boxed();
    if let Some(after) = after {
        wanted = wanted.filter(filed_forms::vendor_id.gt(after));
    }
    if let Some(up_to) = up_to {
        wanted = wanted.filter(filed_forms::vendor_id.le(up_to));
    }
    let rows: Vec<Row> = wanted
        .order((
            filed_forms::vendor_id,
            filed_forms::form_type,
            filed_forms::sequence,
        ))
        .load(conn)
        .await?;
    rows.into_iter().map(Row::into_form).collect()
}

/// The forms of a payer and year that have the amounts of several vendor ids on them.
pub(crate) async fn merged(
    conn: &mut Conn,
    (payer_id, tax_year): (&PayerId, TaxYear),
) -> Result<Vec<FiledForm>, StoreError> {
    let rows: Vec<Row> = filed_forms::table
        .filter(filed_forms::payer_id.eq(payer_id.as_str()))
        .filter(filed_forms::tax_year.eq(tax_year.year()))
        .filter(filed_forms::covers.ne(""))
        .order((filed_forms::filing_id, filed_forms::position))
        .select(Row::as_select())
        .load(conn)
        .await?;
    rows.into_iter().map(Row::into_form).collect()
}

fn joined(covers: &[VendorId]) -> String {
    let ids: Vec<_> = covers.iter().map(VendorId::as_str).collect();
    ids.join(&BETWEEN.to_string())
}

impl Row {
    fn new(filing: &Filing, form: &FiledForm, next: Option<i32>) -> Result<Self, StoreError> {
        let number = |number: u32| {
            i32::try_from(number)
                .map_err(|_| StoreError::Corrupt("a place out of range".to_owned()))
        };
        let (filing_id, position) = &form.key;
        let json = serde_json::to_string(&Snapshot::of(&form.form));
        let (corrects_filing, corrects_position) = form.corrects.clone().unzip();
        let placed = form.placed;
        Ok(Self {
            filing_id: filing_id.clone(),
            position: number(*position)?,
            payer_id: filing.payer_id.to_string(),
            tax_year: filing.tax_year.year(),
            form_type: form.form.form_type.as_str().to_owned(),
            vendor_id: form.vendor_id.to_string(),
            vendor_version: form.vendor_version,
            address_code: form.address_code.clone(),
            sequence: next.unwrap_or(form.sequence),
            step: form.step.as_str().to_owned(),
            corrects_filing,
            corrects_position: corrects_position.map(number).transpose()?,
            file: placed.map(|placed| number(placed.file)).transpose()?,
            submission_id: placed
                .map(|placed| number(placed.submission_id))
                .transpose()?,
            record_id: placed.map(|placed| number(placed.record_id)).transpose()?,
            form: json.map_err(|_| StoreError::Corrupt("a form cannot be written".to_owned()))?,
            covers: joined(&form.covers),
        })
    }

    fn into_form(self) -> Result<FiledForm, StoreError> {
        let (filing, position) = (&self.filing_id, self.position);
        let corrupt = |what: &str| {
            StoreError::Corrupt(format!("{what} of form {position} of filing {filing}"))
        };
        let number = |number: i32| u32::try_from(number).map_err(|_| corrupt("place"));
        let form_type = self.form_type.parse().map_err(|_| corrupt("form type"))?;
        let tax_year = TaxYear::new(self.tax_year).map_err(|_| corrupt("tax year"))?;
        let form = serde_json::from_str::<Snapshot>(&self.form).ok();
        let form = form.and_then(|form| form.form(form_type, tax_year));
        let corrects = match (self.corrects_filing.clone(), self.corrects_position) {
            (Some(filing), Some(position)) => Some((filing, number(position)?)),
            _ => None,
        };
        let placed = match (self.file, self.submission_id, self.record_id) {
            (Some(file), Some(submission_id), Some(record_id)) => Some(Placed {
                file: number(file)?,
                submission_id: number(submission_id)?,
                record_id: number(record_id)?,
            }),
            _ => None,
        };
        let covers = self.covers.split(BETWEEN).filter(|id| !id.is_empty());
        let covers = covers.map(VendorId::new).collect::<Result<_, _>>();
        Ok(FiledForm {
            covers: covers.map_err(|_| corrupt("recipients"))?,
            key: (self.filing_id.clone(), number(self.position)?),
            vendor_id: VendorId::new(self.vendor_id.as_str()).map_err(|_| corrupt("recipient"))?,
            vendor_version: self.vendor_version,
            address_code: self.address_code.clone(),
            sequence: self.sequence,
            step: self.step.parse().map_err(|_| corrupt("step"))?,
            corrects,
            placed,
            form: form.ok_or_else(|| corrupt("content"))?,
        })
    }
}
