//! The edit report as pages for people.

use formfeed_domain::text::with_tins_truncated;
use formfeed_domain::{IncomeType, Money};
use formfeed_proto::convert::form::form_type_from;
use formfeed_proto::forms as pb;
use formfeed_report::{Document, Table};
use pb::edit_report_total::{Level, Nature};

use super::{Report, Wish};

/// The report as a document: rows, sums, exceptions, recipients without information.
pub(super) fn document(report: &Report, wish: &Wish) -> Document {
    let payer = format!("{} {}", wish.query.payer_id, wish.payer_name);
    let title = "1099 edit report";
    let mut document = Document::new(title, payer, wish.query.tax_year, wish.time).landscape();
    document.heading("1099 information");
    document.table(rows(report, wish));
    document.heading("Totals");
    document.table(totals(&report.totals));
    document.heading("Exceptions");
    match report.exceptions.is_empty() {
        true => document.lines("None."),
        false => document.table(exceptions(&report.exceptions, wish)),
    }
    document.heading("Recipients without 1099 information");
    match report.skipped.is_empty() {
        true => document.lines("None."),
        false => document.table(skipped(&report.skipped, wish)),
    }
    document
}

fn rows(report: &Report, wish: &Wish) -> Table {
    let mut table = Table::new([
        "recipient",
        "name",
        "TIN",
        "income type",
        "form",
        "box",
        ">1099 amount",
        ">taxable",
        ">on form",
        "edited",
    ]);
    for row in &report.rows {
        table.row([
            &recipient(&row.recipient_id, wish),
            &row.recipient_name,
            &row.tin,
            &row.income_type,
            &form(row.form_type),
            &row.r#box,
            &amount(row.total_1099_amount_cents),
            &amount(row.taxable_amount_cents),
            &on_form(row),
            if row.edited { "edited" } else { "" },
        ]);
    }
    for total in report
        .totals
        .iter()
        .filter(|total| total.level() == Level::Payer)
    {
        table.total([
            "",
            &match total.rows {
                1 => "1 row".to_owned(),
                rows => format!("{rows} rows"),
            },
            "",
            nature(total.nature()),
            "",
            "",
            &amount(total.total_1099_amount_cents),
            &amount(total.taxable_amount_cents),
            &amount(total.on_form_amount_cents),
            "",
        ]);
    }
    table
}

fn totals(totals: &[pb::EditReportTotal]) -> Table {
    let mut table = Table::new([
        "form",
        "box",
        "title",
        "what",
        ">rows",
        ">1099 amount",
        ">taxable",
        ">on forms",
    ]);
    for total in totals {
        let (form, title) = match total.level() {
            Level::Box | Level::Unspecified => (form(total.form_type), total.title.as_str()),
            Level::Form => (form(total.form_type), "all boxes"),
            Level::Payer => ("all forms".to_owned(), ""),
        };
        let cells = [
            form.as_str(),
            &total.r#box,
            title,
            nature(total.nature()),
            &total.rows.to_string(),
            &amount(total.total_1099_amount_cents),
            &amount(total.taxable_amount_cents),
            &amount(total.on_form_amount_cents),
        ];
        match total.level() {
            Level::Box | Level::Unspecified => table.row(cells),
            Level::Form | Level::Payer => table.total(cells),
        }
    }
    table
}

fn exceptions(exceptions: &[pb::EditReportException], wish: &Wish) -> Table {
    let mut table = Table::new(["recipient", "payment", "voucher", "reason", "explanation"]);
    for exception in exceptions {
        table.row([
            &recipient(&exception.recipient_id, wish),
            &exception.payment_id,
            &exception.voucher_id,
            &exception.reason,
            &exception.explanation,
        ]);
    }
    table
}

fn skipped(skipped: &[pb::EditReportSkipped], wish: &Wish) -> Table {
    let mut table = Table::new(["recipient", "name", "reason", "explanation"]);
    for skipped in skipped {
        table.row([
            &recipient(&skipped.recipient_id, wish),
            &skipped.recipient_name,
            &skipped.reason,
            &skipped.explanation,
        ]);
    }
    table
}

/// The key of a recipient: where no full TINs are asked for it shows none either, of a payer who numbers vendors by TIN.
fn recipient(key: &str, wish: &Wish) -> String {
    match wish.show_tins {
        true => key.to_owned(),
        false => with_tins_truncated(key),
    }
}

fn form(message: i32) -> String {
    form_type_from(message).map_or_else(|| "no form".to_owned(), |form_type| form_type.to_string())
}

/// The amount on the form, or the X; blank where the form does not come out or leaves it off.
fn on_form(row: &pb::EditReportRow) -> String {
    match (
        row.on_form,
        row.income_type == IncomeType::DirectSales.as_str(),
    ) {
        (true, true) => "X".to_owned(),
        (true, false) => amount(row.on_form_amount_cents),
        (false, _) => String::new(),
    }
}

pub(super) fn nature(nature: Nature) -> &'static str {
    match nature {
        Nature::Unspecified => "",
        Nature::Income => "income",
        Nature::FederalTaxWithheld => "federal tax withheld",
        Nature::StateTaxWithheld => "state tax withheld",
    }
}

fn amount(cents: i64) -> String {
    Money::from_cents(cents).to_string()
}
