//! The edit report as one CSV table; its first column says what a line is.

use formfeed_domain::Money;
use formfeed_proto::convert::form::form_type_from;
use formfeed_proto::forms as pb;
use formfeed_report::{Cell, Csv};
use pb::edit_report_total::Level;

use super::Report;
use super::document::nature;

const HEADS: [&str; 18] = [
    "line",
    "recipient_id",
    "recipient_name",
    "tin",
    "income_type",
    "form",
    "box",
    "title",
    "rows",
    "total_1099_amount",
    "taxable_amount",
    "amount_on_form",
    "on_form",
    "edited",
    "reason",
    "explanation",
    "payment_id",
    "voucher_id",
];

/// The cells of one line; what a kind of line does not have stays blank.
#[derive(Default)]
struct Line<'a> {
    line: &'a str,
    recipient: (&'a str, &'a str, &'a str),
    income_type: &'a str,
    place: (i32, &'a str, &'a str),
    rows: Option<i64>,
    amounts: Option<[i64; 3]>,
    marks: Option<[bool; 2]>,
    reason: (&'a str, &'a str),
    records: (&'a str, &'a str),
}

/// The report as a file: `row`, `box_total`, `form_total`, `payer_total`, `exception` and `skipped` lines.
pub(super) fn csv(report: &Report) -> Vec<u8> {
    let mut file = Csv::new(&HEADS);
    for row in &report.rows {
        Line {
            line: "row",
            recipient: (&row.recipient_id, &row.recipient_name, &row.tin),
            income_type: &row.income_type,
            place: (row.form_type, &row.r#box, ""),
            amounts: Some([
                row.total_1099_amount_cents,
                row.taxable_amount_cents,
                row.on_form_amount_cents,
            ]),
            marks: Some([row.on_form, row.edited]),
            ..Line::default()
        }
        .write(&mut file);
    }
    for total in &report.totals {
        total_line(total).write(&mut file);
    }
    for exception in &report.exceptions {
        Line {
            line: "exception",
            recipient: (&exception.recipient_id, "", ""),
            reason: (&exception.reason, &exception.explanation),
            records: (&exception.payment_id, &exception.voucher_id),
            ..Line::default()
        }
        .write(&mut file);
    }
    for skipped in &report.skipped {
        Line {
            line: "skipped",
            recipient: (&skipped.recipient_id, &skipped.recipient_name, ""),
            reason: (&skipped.reason, &skipped.explanation),
            ..Line::default()
        }
        .write(&mut file);
    }
    file.into_bytes()
}

fn total_line(total: &pb::EditReportTotal) -> Line<'_> {
    Line {
        line: match total.level() {
            Level::Box | Level::Unspecified => "box_total",
            Level::Form => "form_total",
            Level::Payer => "payer_total",
        },
        income_type: nature(total.nature()),
        place: (total.form_type, &total.r#box, &total.title),
        rows: Some(total.rows),
        amounts: Some([
            total.total_1099_amount_cents,
            total.taxable_amount_cents,
            total.on_form_amount_cents,
        ]),
        ..Line::default()
    }
}

impl Line<'_> {
    fn write(&self, file: &mut Csv) {
        let text = Cell::Text;
        let amount = |at: usize| {
            let amount = self.amounts.map(|amounts| Money::from_cents(amounts[at]));
            amount.map_or(Cell::Blank, Cell::Amount)
        };
        let mark = |at: usize| {
            let mark = self.marks.map(|marks| if marks[at] { "Y" } else { "N" });
            mark.map_or(Cell::Blank, Cell::Text)
        };
        let form = form_type_from(self.place.0).map_or("", |form_type| form_type.title());
        let rows = self.rows.map(|rows| rows.to_string());
        let rows = rows.as_deref().map_or(Cell::Blank, Cell::Text);
        let (id, name, tin) = self.recipient;
        file.row(&[
            text(self.line),
            text(id),
            text(name),
            text(tin),
            text(self.income_type),
            text(form),
            text(self.place.1),
            text(self.place.2),
            rows,
            amount(0),
            amount(1),
            amount(2),
            mark(0),
            mark(1),
            text(self.reason.0),
            text(self.reason.1),
            text(self.records.0),
            text(self.records.1),
        ]);
    }
}
