//! The edit report: gathered recipient by recipient, told as messages or made into a file.

mod document;
mod sheet;

use chrono::{DateTime, Utc};
use formfeed_domain::edit_report::{Line, Totals};
use formfeed_domain::eligibility;
use formfeed_domain::rules::YearRules;
use formfeed_domain::{Money, Tin};
use formfeed_proto::calculation::CalculationException;
use formfeed_proto::convert::report::{
    ReportFormat, YearQuery, edit_report_row_to, edit_report_total_to,
};
use formfeed_proto::forms as pb;
use formfeed_runtime::incident;
use pb::get_edit_report_response::Part;
use tonic::Status;

use crate::decide::{Decided, decide};
use crate::feed::Feed;
use crate::merge::Persons;
use crate::peers::{ExceptionPages, Peers};
use crate::recipients::{Position, Recipients};
use crate::stream::{Outlet, Stop};

/// Recipients read and decided at once; the numbers of as many are in memory at once.
const BATCH: usize = 500;
/// Entries of a page of another service.
const PAGE: i32 = 500;
/// Bytes of one message of a file.
const PIECE: usize = 64 * 1024;

/// What is asked for.
pub(crate) struct Wish {
    pub(crate) query: YearQuery,
    pub(crate) format: ReportFormat,
    pub(crate) show_tins: bool,
    /// The payer's name, for the heads of pages.
    pub(crate) payer_name: String,
    /// Now.
    pub(crate) time: DateTime<Utc>,
}

/// A report in full, for a file.
#[derive(Default)]
struct Report {
    rows: Vec<pb::EditReportRow>,
    totals: Vec<pb::EditReportTotal>,
    exceptions: Vec<pb::EditReportException>,
    skipped: Vec<pb::EditReportSkipped>,
}

/// Tells the report as it is asked for.
pub(crate) async fn tell(
    peers: &Peers,
    rules: &YearRules,
    wish: &Wish,
    outlet: &Outlet<pb::GetEditReportResponse>,
) -> Result<(), Stop> {
    let outlet = Parts(outlet);
    if wish.format == ReportFormat::Rows {
        return gather(peers, rules, wish, &mut Told::Now(&outlet)).await;
    }
    let mut report = Report::default();
    gather(peers, rules, wish, &mut Told::Kept(&mut report)).await?;
    let file = match wish.format {
        ReportFormat::Csv => sheet::csv(&report),
        ReportFormat::Pdf => formfeed_report::render_pdf(&document::document(&report, wish))
            .map_err(|error| incident::internal(&error))?,
        ReportFormat::Text | ReportFormat::Rows => {
            formfeed_report::render_text(&document::document(&report, wish)).into_bytes()
        }
    };
    for piece in file.chunks(PIECE) {
        let data = piece.to_vec();
        outlet
            .send(Part::Content(pb::ReportContent { data }))
            .await?;
    }
    Ok(())
}

/// The caller's end.
struct Parts<'a>(&'a Outlet<pb::GetEditReportResponse>);

impl Parts<'_> {
    async fn send(&self, part: Part) -> Result<(), Stop> {
        self.0
            .send(pb::GetEditReportResponse { part: Some(part) })
            .await
    }
}

/// Where parts go as they are found.
enum Told<'a> {
    /// To the caller.
    Now(&'a Parts<'a>),
    /// Into the report of a file.
    Kept(&'a mut Report),
}

impl Told<'_> {
    async fn part(&mut self, part: Part) -> Result<(), Stop> {
        match (self, part) {
            (Self::Now(outlet), part) => return outlet.send(part).await,
            (Self::Kept(report), Part::Row(row)) => report.rows.push(row),
            (Self::Kept(report), Part::Total(total)) => report.totals.push(total),
            (Self::Kept(report), Part::Exception(found)) => report.exceptions.push(found),
            (Self::Kept(report), Part::Skipped(skipped)) => report.skipped.push(skipped),
            (Self::Kept(_), Part::Content(_)) => {}
        }
        Ok(())
    }
}

async fn gather(
    peers: &Peers,
    rules: &YearRules,
    wish: &Wish,
    told: &mut Told<'_>,
) -> Result<(), Stop> {
    let query = &wish.query;
    let whose = (&query.payer_id, query.tax_year);
    let mut recipients = Recipients::new(&peers.calculation, whose, PAGE, Position::default());
    let (mut totals, mut skipped) = (Totals::default(), Vec::new());
    loop {
        let batch = recipients.batch(BATCH).await?;
        if batch.is_empty() {
            break;
        }
        let options = query.options.eligibility;
        let decided = decide(peers, batch, rules, options, Persons::default()).await?;
        let tins = tins(peers, wish, &decided).await?;
        for (decided, tin) in decided.iter().zip(tins) {
            for (line, edited) in lines(decided, rules, query.options.eligibility)? {
                totals.add(&line);
                let row = edit_report_row_to(&line, edited);
                told.part(Part::Row(whom(decided, wish, &tin, row))).await?;
            }
            skipped.extend(left_out(decided, wish));
        }
    }
    for total in totals.sums(rules) {
        told.part(Part::Total(edit_report_total_to(&total))).await?;
    }
    let mut exceptions = Feed::new(
        ExceptionPages {
            calculation: peers.calculation.clone(),
            payer_id: query.payer_id.clone(),
            tax_year: query.tax_year,
            page_size: PAGE,
        },
        String::new(),
    );
    while exceptions.head().await?.is_some() {
        if let Some(exception) = exceptions.take() {
            told.part(Part::Exception(excepted(exception))).await?;
        }
    }
    for skipped in skipped {
        told.part(Part::Skipped(skipped)).await?;
    }
    Ok(())
}

/// The numbers as the report shows them: truncated, unless full ones were asked for. Who has no row has none to show.
async fn tins(peers: &Peers, wish: &Wish, decided: &[Decided]) -> Result<Vec<String>, Status> {
    if !wish.show_tins {
        return Ok(decided.iter().map(|d| d.truncated_tin.clone()).collect());
    }
    let with_rows = decided.iter().filter(|d| !d.rows.is_empty());
    let versions = with_rows.map(|d| d.version.clone()).collect();
    let released = peers
        .vendors
        .release_vendor_tins(versions, "edit report".to_owned());
    let mut released = released.await?.into_iter();
    let shown = decided.iter().map(|decided| {
        let tin = match decided.rows.is_empty() {
            true => None,
            false => released.next().flatten(),
        };
        tin.as_ref().map(Tin::full).unwrap_or_default()
    });
    Ok(shown.collect())
}

/// The rows of a recipient with their places, and whether a person changed them.
fn lines(
    decided: &Decided,
    rules: &YearRules,
    options: eligibility::Options,
) -> Result<Vec<(Line, bool)>, Status> {
    let mut places = eligibility::places(&decided.own, &decided.tested, rules, options);
    let lines = decided.rows.iter().map(|row| {
        let income_type = row.income_type.parse();
        let income_type =
            income_type.map_err(|error: formfeed_domain::income_type::UnknownIncomeType| {
                incident::internal(&error)
            })?;
        let line = Line {
            income_type,
            place: places.remove(&income_type),
            total_1099_amount: Money::from_cents(row.total_1099_amount_cents),
            taxable_amount: Money::from_cents(row.taxable_amount_cents),
        };
        Ok((line, row.edited))
    });
    lines.collect()
}

fn whom(decided: &Decided, wish: &Wish, tin: &str, row: pb::EditReportRow) -> pb::EditReportRow {
    pb::EditReportRow {
        recipient_id: decided.facts.vendor_id.to_string(),
        recipient_name: name(decided, wish),
        tin: tin.to_owned(),
        ..row
    }
}

fn left_out(decided: &Decided, wish: &Wish) -> Option<pb::EditReportSkipped> {
    let skipped = decided.skipped.as_ref()?;
    Some(pb::EditReportSkipped {
        recipient_id: decided.facts.vendor_id.to_string(),
        recipient_name: name(decided, wish),
        reason: skipped.reason.clone(),
        explanation: skipped.explanation.clone(),
    })
}

fn name(decided: &Decided, wish: &Wish) -> String {
    let name = decided.facts.printed_name(wish.query.options.assembly);
    name.to_owned()
}

fn excepted(exception: CalculationException) -> pb::EditReportException {
    pb::EditReportException {
        recipient_id: exception.recipient_id,
        reason: exception.reason,
        explanation: exception.explanation,
        payment_id: exception.payment_id,
        voucher_id: exception.voucher_id,
    }
}
