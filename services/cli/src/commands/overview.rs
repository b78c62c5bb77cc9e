//! `formfeed overview`: how far a payer's year is.

use chrono::NaiveDate;
use clap::Args;
use formfeed_proto::convert::date_to;
use formfeed_proto::forms as pb;
use formfeed_runtime::service::Service;
use pb::overview_service_client::OverviewServiceClient;
use serde_json::{Value, json};

use crate::args::PayerYear;
use crate::commands::forms::OptionArgs;
use crate::connect::{Services, client};
use crate::errors::{CliError, Exit};
use crate::output::Output;
use crate::table::Table;
use crate::words::{amount, copy, form_type, id, kebab};

#[derive(Debug, Args)]
pub(crate) struct OverviewArgs {
    #[command(flatten)]
    of: PayerYear,
    #[command(flatten)]
    options: OptionArgs,
    /// Count the days to the due dates from this day [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    as_of: Option<NaiveDate>,
}

/// Shows how far a payer's year is.
pub(crate) async fn run(
    args: OverviewArgs,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let link = services.link(Service::Forms)?;
    let request = pb::GetYearOverviewRequest {
        payer_id: args.of.payer,
        tax_year: args.of.tax_year,
        options: Some(args.options.into()),
        as_of: args.as_of.map(date_to),
    };
    let found = client!(OverviewServiceClient, link)
        .get_year_overview(request)
        .await;
    let found = found.map_err(|status| link.error(status))?.into_inner();
    show(&found, output)?;
    output.document(&view(&found))?;
    Ok(Exit::Done)
}

fn show(found: &pb::YearOverview, output: &mut Output<'_>) -> std::io::Result<()> {
    if found.recipients == 0 {
        output.line("nobody has 1099 information of this year: formfeed calculate makes it")?;
    }
    let heading = [
        "form",
        "forms",
        "total",
        "below",
        "copy",
        "state",
        "printed",
        "printed total",
        "job",
    ];
    let mut table = Table::new(&heading);
    for form in &found.forms {
        let own = [
            form_type(form.form_type()).to_owned(),
            form.forms.to_string(),
            amount(form.total_amount_cents),
            form.below_threshold.to_string(),
        ];
        let not_printed = ["", "not-printed", "", "", ""].map(str::to_owned);
        let mut copies: Vec<_> = form.copies.iter().map(copy_cells).collect();
        if copies.is_empty() {
            copies.push(not_printed);
        }
        for (index, copy) in copies.iter().enumerate() {
            let blank = [const { String::new() }; 4];
            let own = if index == 0 { &own } else { &blank };
            let [form, forms, total, below] = own.each_ref().map(String::as_str);
            let [copy, state, printed, on_paper, job] = copy.each_ref().map(String::as_str);
            table.row([
                form, forms, total, below, copy, state, printed, on_paper, job,
            ]);
        }
    }
    output.table(&table)?;
    for form in &found.forms {
        if let Some(export) = &form.export {
            let (word, forms) = (form_type(form.form_type()), export.forms);
            let (total, name) = (amount(export.total_amount_cents), id(&export.export));
            let since = if export.changed {
                "; changed since"
            } else {
                ""
            };
            output.line(format!(
                "{word}: {forms} forms, total {total}, filed electronically as {name}{since}"
            ))?;
        }
        let word = form_type(form.form_type());
        if form.corrected > 0 {
            output.line(format!("{word}: {} corrected", form.corrected))?;
        }
        if form.voided > 0 {
            output.line(format!("{word}: {} left out before filing", form.voided))?;
        }
    }
    let mut table = Table::new(&["without a form", "recipients"]);
    for without in &found.without_form {
        table.row([without.reason.as_str(), &without.recipients.to_string()]);
    }
    if !found.without_form.is_empty() {
        output.table(&table)?;
    }
    let mut table = Table::new(&["due", "days left", "form", "what"]);
    for due in &found.due_dates {
        let date = due.due_date.clone().unwrap_or_default();
        let form = form_type(date.form_type());
        table.row([&date.date, &days(due.days_left), form, &date.what]);
    }
    output.table(&table)?;
    let (returns, limit) = (found.returns, found.efile_limit);
    output.line(match found.efile_required {
        true => format!("{returns} returns: from {limit} on they must be filed electronically"),
        false => {
            format!("{returns} returns: below {limit}, paper will do unless others are filed too")
        }
    })
}

fn copy_cells(printed: &pb::CopyOverview) -> [String; 5] {
    [
        copy(printed.copy()).to_owned(),
        kebab(printed.state().as_str_name()),
        printed.forms_printed.to_string(),
        amount(printed.total_amount_cents),
        id(&printed.job).to_owned(),
    ]
}

/// `12`, or `3 overdue`.
fn days(left: i32) -> String {
    match left {
        0.. => left.to_string(),
        _ => format!("{} overdue", left.unsigned_abs()),
    }
}

fn view(found: &pb::YearOverview) -> Value {
    let printed = |printed: &pb::CopyOverview| {
        json!({
            "copy": copy(printed.copy()),
            "state": kebab(printed.state().as_str_name()),
            "printing": printed.printing,
            "job": printed.job,
            "printings": printed.printings,
            "forms_printed": printed.forms_printed,
            "total_amount": amount(printed.total_amount_cents),
            "sheets_in_doubt": printed.sheets_in_doubt,
        })
    };
    let exported = |export: &pb::ExportOverview| {
        json!({
            "export": id(&export.export),
            "forms": export.forms,
            "total_amount": amount(export.total_amount_cents),
            "changed": export.changed,
        })
    };
    let form = |form: &pb::FormOverview| {
        json!({
            "form": form_type(form.form_type()).to_owned(),
            "forms": form.forms,
            "total_amount": amount(form.total_amount_cents),
            "below_threshold": form.below_threshold,
            "copies": form.copies.iter().map(printed).collect::<Vec<_>>(),
            "export": form.export.as_ref().map(exported),
            "corrected": form.corrected,
            "voided": form.voided,
        })
    };
    let due = |due: &pb::DueDateOverview| {
        let date = due.due_date.clone().unwrap_or_default();
        json!({
            "form": form_type(date.form_type()),
            "what": date.what,
            "date": date.date,
            "days_left": due.days_left,
        })
    };
    let without: serde_json::Map<_, _> = found
        .without_form
        .iter()
        .map(|without| (without.reason.clone(), without.recipients.into()))
        .collect();
    json!({
        "payer": found.payer_id,
        "tax_year": found.tax_year,
        "recipients": found.recipients,
        "forms": found.forms.iter().map(form).collect::<Vec<_>>(),
        "without_form": without,
        "due_dates": found.due_dates.iter().map(due).collect::<Vec<_>>(),
        "returns": found.returns,
        "efile_limit": found.efile_limit,
        "efile_required": found.efile_required,
    })
}
