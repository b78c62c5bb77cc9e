//! `formfeed quick`: the quick calculator, amounts by payment method in, form or none out.

use clap::Args;
use formfeed_domain::history::PaymentMethod;
use formfeed_domain::quick;
use formfeed_proto::calculation as pb;
use formfeed_proto::convert::Violations;
use formfeed_proto::convert::quick::quick_question_from;
use formfeed_runtime::service::Service;
use pb::quick_service_client::QuickServiceClient;
use serde_json::{Value, json};

use crate::connect::{Services, client};
use crate::errors::{CliError, Exit};
use crate::output::Output;
use crate::table::Table;
use crate::words::{amount, form_type};

#[derive(Debug, Args)]
pub(crate) struct QuickArgs {
    /// Calendar year of the payments
    #[arg(long, value_name = "YEAR")]
    tax_year: i32,
    /// What was paid for, such as rents
    #[arg(long, value_name = "TYPE", default_value = "nonemployee_compensation")]
    income_type: String,
    /// Tax classification of the recipient, such as c_corporation [default: not known]
    #[arg(
        long,
        value_name = "CLASSIFICATION",
        default_value = "",
        hide_default_value = true
    )]
    classification: String,
    #[command(flatten)]
    paid: PaidArgs,
}

/// What was paid in the year, in dollars and cents.
#[derive(Debug, Args)]
#[command(next_help_heading = "Paid in the year, in dollars and cents")]
struct PaidArgs {
    /// By paper check
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true)]
    check: Option<String>,
    /// By automated clearing house
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true)]
    ach: Option<String>,
    /// By wire transfer
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true)]
    wire: Option<String>,
    /// In cash
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true)]
    cash: Option<String>,
    /// By Zelle
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true)]
    zelle: Option<String>,
    /// By Venmo between persons
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true)]
    venmo_personal: Option<String>,
    /// By credit card: reported on 1099-K
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true)]
    credit_card: Option<String>,
    /// By debit card: reported on 1099-K
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true)]
    debit_card: Option<String>,
    /// By purchasing card: reported on 1099-K
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true)]
    purchasing_card: Option<String>,
    /// By PayPal: reported on 1099-K
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true)]
    paypal: Option<String>,
    /// By Stripe: reported on 1099-K
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true)]
    stripe: Option<String>,
    /// By any other third-party network: reported on 1099-K
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true)]
    other_third_party_network: Option<String>,
}

impl PaidArgs {
    fn by_method(&self) -> impl Iterator<Item = (PaymentMethod, &str)> {
        let given = |method| match method {
            PaymentMethod::Check => &self.check,
            PaymentMethod::Ach => &self.ach,
            PaymentMethod::Wire => &self.wire,
            PaymentMethod::Cash => &self.cash,
            PaymentMethod::Zelle => &self.zelle,
            PaymentMethod::VenmoPersonal => &self.venmo_personal,
            PaymentMethod::CreditCard => &self.credit_card,
            PaymentMethod::DebitCard => &self.debit_card,
            PaymentMethod::PurchasingCard => &self.purchasing_card,
            PaymentMethod::Paypal => &self.paypal,
            PaymentMethod::Stripe => &self.stripe,
            PaymentMethod::OtherThirdPartyNetwork => &self.other_third_party_network,
        };
        let all = PaymentMethod::ALL.into_iter();
        all.filter_map(move |method| Some((method, given(method).as_deref()?)))
    }
}

/// Asks the calculator and prints what it says.
pub(crate) async fn run(
    args: QuickArgs,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let request = request(args)?;
    let link = services.link(Service::Calculation)?;
    let answer = client!(QuickServiceClient, link)
        .quick_calculate(request)
        .await;
    let answer = answer.map_err(|status| link.error(status))?.into_inner();
    show(&answer, output)?;
    output.document(&document(&answer))?;
    Ok(Exit::Done)
}

/// Every amount as cents. One that cannot be read is refused here, together with whatever else is wrong.
fn request(args: QuickArgs) -> Result<pb::QuickCalculateRequest, CliError> {
    let mut bad = Violations::new();
    let mut paid = Vec::new();
    for (method, text) in args.paid.by_method() {
        let method = method.as_str();
        match quick::amount(text) {
            Ok(amount) => paid.push(pb::MethodAmount {
                method: method.to_owned(),
                amount_cents: amount.cents(),
            }),
            Err(error) => bad.add(method, error),
        }
    }
    let request = pb::QuickCalculateRequest {
        tax_year: args.tax_year,
        income_type: args.income_type,
        classification: args.classification,
        paid,
    };
    if bad.is_empty() {
        return Ok(request);
    }
    quick_question_from(&mut bad, &request);
    Err(CliError::BadFields(bad))
}

fn show(answer: &pb::QuickCalculateResponse, output: &mut Output<'_>) -> std::io::Result<()> {
    let mut table = Table::new(&["paid by", ">amount", "reportable"]);
    for method in &answer.methods {
        let reportable = match method.reportable {
            true => "yes".to_owned(),
            false => format!("no: {}", method.reason),
        };
        let paid = amount(method.amount_cents);
        table.row([&method.method, &paid, &reportable]);
    }
    let sums = [
        ("total paid", answer.total_paid_cents),
        ("left out", answer.left_out_cents),
        ("reportable", answer.reportable_amount_cents),
    ];
    for (name, cents) in sums {
        table.row([name, &amount(cents), ""]);
    }
    output.table(&table)?;
    output.line(format_args!(
        "1099-{} box {}, {}; threshold {} ({})",
        form_type(answer.form_type()).to_uppercase(),
        answer.r#box,
        answer.box_title,
        amount(answer.threshold_cents),
        answer.threshold_source
    ))?;
    output.line(&answer.explanation)
}

fn document(answer: &pb::QuickCalculateResponse) -> Value {
    let methods: Vec<_> = answer
        .methods
        .iter()
        .map(|method| {
            json!({
                "method": method.method,
                "amount": amount(method.amount_cents),
                "reportable": method.reportable,
                "reason": method.reason,
            })
        })
        .collect();
    json!({
        "methods": methods,
        "total_paid": amount(answer.total_paid_cents),
        "reportable_amount": amount(answer.reportable_amount_cents),
        "left_out": amount(answer.left_out_cents),
        "income_type": answer.income_type,
        "form": form_type(answer.form_type()),
        "box": answer.r#box,
        "box_title": answer.box_title,
        "threshold": amount(answer.threshold_cents),
        "threshold_source": answer.threshold_source,
        "required": answer.required,
        "reason": answer.reason,
        "explanation": answer.explanation,
    })
}
