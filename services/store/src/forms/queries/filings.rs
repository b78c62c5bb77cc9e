//! Batches of filed forms.

use chrono::NaiveDateTime;
use diesel::dsl::{Filter, NotEq, Select};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use formfeed_domain::correction::{Filing, FilingKind, NotSent};
use formfeed_domain::{PayerId, TaxYear, assembly, eligibility};

use super::Conn;
use crate::StoreError;
use crate::forms::schema::filings;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = filings)]
struct Row {
    filing_id: String,
    source: String,
    kind: String,
    payer_id: String,
    tax_year: i32,
    form_type: String,
    options: String,
    reason: String,
    not_sent_reason: String,
    not_sent_by: String,
    create_time: NaiveDateTime,
}

/// Adds a batch.
pub(crate) async fn insert(conn: &mut Conn, filing: &Filing) -> Result<(), StoreError> {
    diesel::insert_into(filings::table)
        .values(Row::new(filing))
        .execute(conn)
        .await?;
    Ok(())
}

/// One batch.
pub(crate) async fn get(conn: &mut Conn, id: &str) -> Result<Option<Filing>, StoreError> {
    let row: Option<Row> = filings::table
        .find(id)
        .select(Row::as_select())
        .first(conn)
        .await
        .optional()?;
    row.map(Row::into_filing).transpose()
}

/// The batches of a payer and year, oldest first.
pub(crate) async fn of_year(
    conn: &mut Conn,
    payer_id: &PayerId,
    tax_year: TaxYear,
) -> Result<Vec<Filing>, StoreError> {
    let rows: Vec<Row> = filings::table
        .filter(filings::payer_id.eq(payer_id.as_str()))
        .filter(filings::tax_year.eq(tax_year.year()))
        .order(filings::filing_id)
        .select(Row::as_select())
        .load(conn)
        .await?;
    rows.into_iter().map(Row::into_filing).collect()
}

/// Notes that a batch was never sent; whether there is such a batch.
pub(crate) async fn set_not_sent(
    conn: &mut Conn,
    id: &str,
    said: &NotSent,
) -> Result<bool, StoreError> {
    let changed = diesel::update(filings::table.find(id))
        .set((
            filings::not_sent_reason.eq(&said.reason),
            filings::not_sent_by.eq(&said.user),
        ))
        .execute(conn)
        .await?;
    Ok(changed > 0)
}

/// Forgets a batch with its forms.
pub(crate) async fn delete(conn: &mut Conn, id: &str) -> Result<(), StoreError> {
    diesel::delete(filings::table.find(id))
        .execute(conn)
        .await?;
    Ok(())
}

/// Keys of the batches that hold no first filing, to leave them out elsewhere.
pub(crate) fn other_than_originals() -> OtherThanOriginals {
    filings::table
        .filter(filings::kind.ne(FilingKind::Originals.as_str()))
        .select(filings::filing_id)
}

/// What [`other_than_originals`] answers.
pub(crate) type OtherThanOriginals =
    Select<Filter<filings::table, NotEq<filings::kind, &'static str>>, filings::filing_id>;

impl Row {
    fn new(filing: &Filing) -> Self {
        let not_sent = filing.not_sent.clone();
        let (not_sent_reason, not_sent_by) = not_sent
            .map(|said| (said.reason, said.user))
            .unwrap_or_default();
        Self {
            filing_id: filing.id.clone(),
            source: filing.source.as_str().to_owned(),
            kind: filing.kind.as_str().to_owned(),
            payer_id: filing.payer_id.to_string(),
            tax_year: filing.tax_year.year(),
            form_type: filing.form_type.as_str().to_owned(),
            options: words(filing),
            reason: filing.reason.clone(),
            not_sent_reason,
            not_sent_by,
            create_time: filing.create_time.naive_utc(),
        }
    }

    fn into_filing(self) -> Result<Filing, StoreError> {
        let corrupt =
            |what: &str| StoreError::Corrupt(format!("{what} of filing {}", self.filing_id));
        let has = |word: &str| self.options.split(' ').any(|own| own == word);
        Ok(Filing {
            source: self.source.parse().map_err(|_| corrupt("source"))?,
            kind: self.kind.parse().map_err(|_| corrupt("kind"))?,
            payer_id: PayerId::new(self.payer_id.as_str()).map_err(|_| corrupt("payer"))?,
            tax_year: TaxYear::new(self.tax_year).map_err(|_| corrupt("tax year"))?,
            form_type: self.form_type.parse().map_err(|_| corrupt("form type"))?,
            eligibility: eligibility::Options {
                combined: has(COMBINED),
                report_all_boxes: has(ALL_BOXES),
                merge_twins: has(MERGED),
            },
            assembly: assembly::Options {
                full_name: has(FULL_NAME),
                both_street_lines: has(BOTH_LINES),
            },
            reason: self.reason,
            not_sent: match self.not_sent_by.is_empty() {
                true => None,
                false => Some(NotSent {
                    reason: self.not_sent_reason,
                    user: self.not_sent_by,
                }),
            },
            create_time: self.create_time.and_utc(),
            id: self.filing_id,
        })
    }
}

const COMBINED: &str = "combined-threshold";
const ALL_BOXES: &str = "report-all-boxes";
const MERGED: &str = "twins-merged";
const FULL_NAME: &str = "full-name";
const BOTH_LINES: &str = "both-street-lines";

/// The chosen options, as the command line calls them.
fn words(filing: &Filing) -> String {
    let chosen = [
        (filing.eligibility.combined, COMBINED),
        (filing.eligibility.report_all_boxes, ALL_BOXES),
        (filing.eligibility.merge_twins, MERGED),
        (filing.assembly.full_name, FULL_NAME),
        (filing.assembly.both_street_lines, BOTH_LINES),
    ];
    let words = chosen.iter().filter(|(is_chosen, _)| *is_chosen);
    words.map(|(_, word)| *word).collect::<Vec<_>>().join(" ")
}
