//! `formfeed forms`: who gets which form, who gets none and why, and what is left out.

use std::collections::BTreeMap;

use clap::{Args, Subcommand, ValueEnum};
use formfeed_proto::forms as pb;
use formfeed_proto::spooler::{FormType, StateRow};
use formfeed_runtime::service::Service;
use pb::forms_service_client::FormsServiceClient;
use serde::Serialize;

use super::void;
use crate::args::PayerYear;
use crate::connect::{Services, client};
use crate::errors::{CliError, Exit};
use crate::output::Output;
use crate::pages;
use crate::table::Table;
use crate::words;

#[derive(Debug, Subcommand)]
pub(crate) enum FormsCommand {
    /// List every recipient of the year: the form with its boxes, or the reason for none
    List(ListArgs),
    /// Leave a form out of printing, exporting and counting, before it was ever filed
    Void(void::VoidArgs),
    /// Take a form in again that was left out
    Restore(void::FormRefArgs),
    /// Say of a printing of Copy A or an electronic file that it was never sent to the IRS
    NotSent(void::NotSentArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    of: PayerYear,
    /// Only this form
    #[arg(long, value_enum)]
    form: Option<FormArg>,
    #[command(flatten)]
    options: OptionArgs,
}

impl FormsCommand {
    /// The list of a payer and year.
    pub(crate) fn list(payer: &str, tax_year: i32) -> Self {
        Self::List(ListArgs {
            of: PayerYear {
                payer: payer.to_owned(),
                tax_year,
            },
            form: None,
            options: OptionArgs::default(),
        })
    }
}

/// Which information return.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FormArg {
    /// Form 1099-NEC
    Nec,
    /// Form 1099-MISC
    Misc,
}

impl From<FormArg> for FormType {
    fn from(form: FormArg) -> Self {
        match form {
            FormArg::Nec => Self::Nec,
            FormArg::Misc => Self::Misc,
        }
    }
}

/// How forms are made.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct OptionArgs {
    /// Print the recipient's full name instead of the short name
    #[arg(long)]
    full_name: bool,
    /// Test the boxes under IRC section 6041(a) by their sum instead of one by one
    #[arg(long)]
    combined_threshold: bool,
    /// Show boxes below their threshold on a form that another box brings out
    #[arg(long)]
    report_all_boxes: bool,
    /// Print both street lines of the recipient instead of the first
    #[arg(long)]
    both_street_lines: bool,
    /// A person with several vendor ids: a form for each, or one form with the sums
    #[arg(long, value_enum, default_value_t)]
    twins: TwinsArg,
}

/// What a person with several vendor ids gets.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum TwinsArg {
    /// A form for each vendor id, each with its own account number
    #[default]
    Apart,
    /// One form for the TIN, under the first vendor id
    Merged,
}

impl From<TwinsArg> for pb::Twins {
    fn from(twins: TwinsArg) -> Self {
        match twins {
            TwinsArg::Apart => Self::Unspecified, // as a request that does not know the choice
            TwinsArg::Merged => Self::Merged,
        }
    }
}

impl From<OptionArgs> for pb::FormOptions {
    fn from(options: OptionArgs) -> Self {
        Self {
            full_name: options.full_name,
            combined_threshold: options.combined_threshold,
            report_all_boxes: options.report_all_boxes,
            both_street_lines: options.both_street_lines,
            twins: pb::Twins::from(options.twins).into(),
        }
    }
}

#[derive(Serialize)]
struct Decision {
    recipient_id: String,
    recipient_name: String,
    truncated_tin: String,
    form: &'static str,
    has_form: bool,
    boxes: BTreeMap<String, String>,
    marks: Vec<String>,
    states: Vec<StateView>,
    total_amount: String,
    reason: String,
    explanation: String,
    warnings: Vec<String>,
    covers: Vec<String>,
    merged_into: String,
}

/// One of the two state rows.
#[derive(Debug, Serialize)]
struct StateView {
    state_and_number: String,
    tax_withheld: String,
    income: String,
}

impl From<StateRow> for StateView {
    fn from(row: StateRow) -> Self {
        Self {
            state_and_number: row.state_and_number,
            tax_withheld: words::amount(row.tax_withheld_cents),
            income: words::amount(row.income_cents),
        }
    }
}

impl From<pb::FormDecision> for Decision {
    fn from(decision: pb::FormDecision) -> Self {
        let boxes = decision
            .boxes
            .iter()
            .map(|b| (b.r#box.clone(), words::amount(b.amount_cents)));
        Self {
            form: words::form_type(decision.form_type()),
            boxes: boxes.collect(),
            marks: decision.marks().map(words::mark).collect(),
            total_amount: words::amount(decision.total_amount_cents),
            states: decision.states.into_iter().map(StateView::from).collect(),
            recipient_id: decision.recipient_id,
            recipient_name: decision.recipient_name,
            truncated_tin: decision.truncated_tin,
            has_form: decision.has_form,
            reason: decision.reason,
            explanation: decision.explanation,
            warnings: decision.warnings,
            covers: decision.covers,
            merged_into: decision.merged_into,
        }
    }
}

/// Runs a command of the family.
pub(crate) async fn run(
    command: FormsCommand,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let args = match command {
        FormsCommand::List(args) => args,
        FormsCommand::Void(args) => return void::void(args, services, output).await,
        FormsCommand::Restore(args) => return void::restore(args, services, output).await,
        FormsCommand::NotSent(args) => return void::not_sent(args, services, output).await,
    };
    let link = services.link(Service::Forms)?;
    let forms = client!(FormsServiceClient, link);
    let decisions = pages::all(|page_token| {
        let request = pb::ListFormsRequest {
            payer_id: args.of.payer.clone(),
            tax_year: args.of.tax_year,
            form_type: args
                .form
                .map_or(FormType::Unspecified, FormType::from)
                .into(),
            options: Some(args.options.clone().into()),
            page_size: pages::PAGE_SIZE,
            page_token,
        };
        let (mut forms, link) = (forms.clone(), &link);
        async move {
            let page = forms.list_forms(request).await;
            let page = page.map_err(|status| link.error(status))?.into_inner();
            Ok((page.decisions, page.next_page_token))
        }
    });
    let decisions: Vec<Decision> = decisions.await?.into_iter().map(Decision::from).collect();
    output.table(&table(&decisions))?;
    let with_form = decisions
        .iter()
        .filter(|decision| decision.has_form)
        .count();
    output.line(format!(
        "{with_form} forms, {} without",
        decisions.len() - with_form
    ))?;
    output.document(&decisions)?;
    Ok(Exit::Done)
}

fn table(decisions: &[Decision]) -> Table {
    let mut table = Table::new(&["recipient", "name", "form", "boxes", "remarks"]);
    for decision in decisions {
        let boxes = decision
            .boxes
            .iter()
            .map(|(number, amount)| format!("{number}: {amount}"));
        let boxes: Vec<_> = boxes.chain(decision.marks.iter().cloned()).collect();
        let remarks = match decision.has_form {
            true => decision.warnings.join("; "),
            false => decision.explanation.clone(),
        };
        let form = if decision.has_form {
            decision.form
        } else {
            "none"
        };
        let name = &decision.recipient_name;
        table.row([
            &decision.recipient_id,
            name,
            form,
            &boxes.join(", "),
            &remarks,
        ]);
    }
    table
}
