//! The forms service's requests and answers.

use formfeed_domain::eligibility::{self, Decision};
use formfeed_domain::form::{BoxId, FormType};
use formfeed_domain::printing::{FormatOf, Printing, SortOrder, Subject};
use formfeed_domain::rules::{BoxKind, BoxRule, Filing, FormRules, YearRules};
use formfeed_domain::spool::Delivery;
use formfeed_domain::{IncomeType, Money, PayerId, TaxYear, assembly, text};

use super::delivery::read_delivery;
use super::form::{boxes_to, copy_to, form_type_to, marks_to, read_copy, read_form_type};
use super::printer::read_printer_name;
use super::stock::read_stock;
use super::{Violations, read, timestamp_to};
use crate::forms as pb;

/// Where printings live: `printings/{id}`.
const PRINTINGS: &str = "printings/";

/// How forms are made of 1099 information.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FormOptions {
    /// Who gets a form.
    pub eligibility: eligibility::Options,
    /// What prints.
    pub assembly: assembly::Options,
}

/// Whose form decisions are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormsQuery {
    /// Who files.
    pub payer_id: PayerId,
    /// Year of the payments.
    pub tax_year: TaxYear,
    /// Only this form type.
    pub form_type: Option<FormType>,
    /// How forms are made.
    pub options: FormOptions,
}

/// The wish to print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintOrder {
    /// What is printed.
    pub subject: Subject,
    /// Where: `printers/{id}`.
    pub printer: String,
    /// Form stock; blank means the one loaded.
    pub stock: String,
    /// How forms are made.
    pub options: FormOptions,
    /// Why the same is printed again; blank for the first time.
    pub again_reason: String,
    /// Order of the forms.
    pub sort: SortOrder,
    /// How they leave their job.
    pub delivery: Delivery,
    /// Whose year's revision they print in.
    pub format: FormatOf,
}

/// Reads what a list of forms is about. Its page is the caller's to read.
pub fn forms_query(
    violations: &mut Violations,
    request: &pb::ListFormsRequest,
) -> Option<FormsQuery> {
    let payer_id = read(
        violations,
        "payer_id",
        PayerId::new(request.payer_id.as_str()),
    );
    let tax_year = read(violations, "tax_year", TaxYear::new(request.tax_year));
    let form_type = match request.form_type {
        0 => Some(None),
        message => read_form_type(violations, "form_type", message).map(Some),
    };
    Some(FormsQuery {
        payer_id: payer_id?,
        tax_year: tax_year?,
        form_type: form_type?,
        options: options_from(request.options.as_ref()),
    })
}

/// Reads the wish to print. Its request id is the caller's to read.
pub fn print_order(
    violations: &mut Violations,
    request: &pb::PrintFormsRequest,
) -> Option<PrintOrder> {
    let payer_id = read(
        violations,
        "payer_id",
        PayerId::new(request.payer_id.as_str()),
    );
    let tax_year = read(violations, "tax_year", TaxYear::new(request.tax_year));
    let form_type = read_form_type(violations, "form_type", request.form_type);
    let copy = read_copy(violations, "copy", request.copy);
    read_printer_name(violations, "printer", &request.printer);
    read_stock(violations, "stock", &request.stock, form_type);
    read(
        violations,
        "again_reason",
        text::check(&request.again_reason),
    );
    let delivery = read_delivery(violations, "delivery", request.delivery.as_ref(), copy);
    let format = read_format_of(violations, request.format_of, request.format_year);
    let sort = sort_from(request.sort);
    if sort.is_none() {
        violations.add(
            "sort",
            "is unknown: use RECIPIENT, RECIPIENT_NAME or POSTAL_CODE",
        );
    }
    Some(PrintOrder {
        subject: Subject {
            payer_id: payer_id?,
            tax_year: tax_year?,
            form_type: form_type?,
            copy: copy?,
        },
        printer: request.printer.clone(),
        stock: request.stock.clone(),
        options: options_from(request.options.as_ref()),
        again_reason: text::without_tins(request.again_reason.trim()),
        sort: sort?,
        delivery: delivery?,
        format: format?,
    })
}

fn read_format_of(violations: &mut Violations, message: i32, year: i32) -> Option<FormatOf> {
    let found = match pb::FormatOf::try_from(message) {
        Ok(pb::FormatOf::Unspecified | pb::FormatOf::Own) => Some(FormatOf::Own),
        Ok(pb::FormatOf::Current) => Some(FormatOf::Current),
        Ok(pb::FormatOf::Year) => {
            let year = read(violations, "format_year", TaxYear::new(year));
            return year.map(FormatOf::Year);
        }
        Err(_) => None,
    };
    if found.is_none() {
        violations.add("format_of", "is unknown: use OWN, CURRENT or YEAR");
    }
    if year != 0 {
        violations.add("format_year", "goes with the format of a YEAR only");
    }
    found
}

/// The key in a printing's name; a name of another kind is noted under `field`.
pub fn read_printing_name<'a>(
    violations: &mut Violations,
    field: &str,
    name: &'a str,
) -> Option<&'a str> {
    let is_id = |id: &&str| {
        id.bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'/')
    };
    let id = name.strip_prefix(PRINTINGS).filter(|id| !id.is_empty());
    let id = id.filter(is_id);
    if id.is_none() {
        violations.add(field, "is required: printings/ and the printing's id");
    }
    id
}

/// The name of a printing.
pub fn printing_name(id: &str) -> String {
    format!("{PRINTINGS}{id}")
}

fn sort_from(message: i32) -> Option<SortOrder> {
    match pb::SortOrder::try_from(message).ok()? {
        pb::SortOrder::Unspecified | pb::SortOrder::Recipient => Some(SortOrder::Recipient),
        pb::SortOrder::RecipientName => Some(SortOrder::RecipientName),
        pb::SortOrder::PostalCode => Some(SortOrder::PostalCode),
    }
}

/// The payer's choices; none set means none chosen.
pub(super) fn options_from(message: Option<&pb::FormOptions>) -> FormOptions {
    let message = message.copied().unwrap_or_default();
    FormOptions {
        eligibility: eligibility::Options {
            combined: message.combined_threshold,
            report_all_boxes: message.report_all_boxes,
            merge_twins: message.twins() == pb::Twins::Merged,
        },
        assembly: assembly::Options {
            full_name: message.full_name,
            both_street_lines: message.both_street_lines,
        },
    }
}

/// A printing as a message.
pub fn printing_to(printing: &Printing) -> pb::Printing {
    let subject = &printing.subject;
    pb::Printing {
        name: printing_name(&printing.id),
        payer_id: subject.payer_id.to_string(),
        tax_year: subject.tax_year.year(),
        form_type: form_type_to(subject.form_type).into(),
        copy: copy_to(subject.copy).into(),
        job: printing.job.clone().unwrap_or_default(),
        forms: i32::try_from(printing.forms).unwrap_or(i32::MAX),
        total_amount_cents: printing.total.cents(),
        user: printing.user.clone(),
        again_reason: printing.again_reason.clone(),
        warnings: printing.warnings.clone(),
        create_time: Some(timestamp_to(printing.create_time)),
        format_year: printing.format_year.year(),
    }
}

/// What was decided about one form type of a recipient; whom it concerns is the caller's to fill in.
pub fn decision_to(decision: &Decision, rules: &FormRules) -> pb::FormDecision {
    let form_type = form_type_to(rules.form_type).into();
    match decision {
        Decision::Form(content) => {
            let state_box = rules
                .of_kind(BoxKind::StateWithheld)
                .filter(|_| content.state_withheld.is_positive());
            let state = state_box.map(|rule| (&rule.id, &content.state_withheld));
            pb::FormDecision {
                form_type,
                has_form: true,
                boxes: boxes_to(content.boxes.iter().chain(state)),
                marks: marks_to(&content.marks),
                total_amount_cents: total(&content.boxes, rules).cents(),
                ..pb::FormDecision::default()
            }
        }
        Decision::NoForm(none) => pb::FormDecision {
            form_type,
            boxes: boxes_to(none.amounts.iter().map(|left| (&left.box_id, &left.amount))),
            reason: none.reason.as_str().to_owned(),
            explanation: none.to_string(),
            ..pb::FormDecision::default()
        },
    }
}

fn total<'a>(boxes: impl IntoIterator<Item = (&'a BoxId, &'a Money)>, rules: &FormRules) -> Money {
    boxes
        .into_iter()
        .filter(|(id, _)| rules.find(id).is_some_and(|rule| rule.in_total))
        .map(|(_, amount)| amount)
        .sum()
}

/// The rules of a year as a message.
pub fn year_rules_to(rules: &YearRules) -> pb::TaxYearRules {
    let boxes = IncomeType::ALL.into_iter().flat_map(|income_type| {
        rules
            .places(income_type)
            .map(move |(form, rule)| box_rule_to(income_type, form, rule, rules))
    });
    pb::TaxYearRules {
        tax_year: rules.tax_year.year(),
        boxes: boxes.collect(),
        due_dates: due_dates_to(&rules.filing),
        efile_limit: i32::try_from(rules.filing.efile_limit).unwrap_or(i32::MAX),
    }
}

fn box_rule_to(
    income_type: IncomeType,
    form: &FormRules,
    rule: &BoxRule,
    rules: &YearRules,
) -> pb::BoxRule {
    let threshold = rules.threshold(income_type);
    pb::BoxRule {
        income_type: income_type.as_str().to_owned(),
        form_type: form_type_to(form.form_type).into(),
        r#box: rule.id.0.clone(),
        title: rule.title.clone(),
        threshold_cents: threshold.map_or(0, |threshold| threshold.amount.cents()),
        in_form_total: rule.in_total,
        source: threshold.map_or_else(|| form.source.clone(), |found| found.source.clone()),
    }
}

/// Due dates of a year's forms, in words.
pub fn due_dates_to(filing: &Filing) -> Vec<pb::DueDate> {
    let (nec, misc) = (Some(FormType::Nec), Some(FormType::Misc));
    let special = "with substitute payments or gross proceeds to an attorney";
    let dates = [
        (
            nec,
            "to recipients and to the IRS".to_owned(),
            filing.nec_due,
        ),
        (
            misc,
            "to the IRS, with nonemployee compensation".to_owned(),
            filing.misc_irs_with_nonemployee_compensation,
        ),
        (
            misc,
            "to recipients".to_owned(),
            Some(filing.misc_recipient),
        ),
        (
            misc,
            format!("to recipients, {special}"),
            Some(filing.misc_recipient_late),
        ),
        (
            misc,
            "to the IRS on paper".to_owned(),
            Some(filing.misc_irs_paper),
        ),
        (
            misc,
            "to the IRS electronically".to_owned(),
            Some(filing.misc_irs_efile),
        ),
        (
            None,
            "Form 945, return of the tax withheld".to_owned(),
            Some(filing.form_945),
        ),
    ];
    dates
        .into_iter()
        .filter_map(|(form_type, what, date)| {
            Some(pb::DueDate {
                form_type: form_type.map_or(0, |form_type| form_type_to(form_type).into()),
                what,
                date: date?.to_string(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use formfeed_domain::rules;

    #[test]
    fn every_bad_field_of_a_print_request_is_named() {
        let request = pb::PrintFormsRequest {
            payer_id: "TE/1".to_owned(),
            tax_year: 25,
            copy: 77,
            printer: "printers/".to_owned(),
            stock: "nec-9up".to_owned(),
            again_reason: "why\u{7}".to_owned(),
            sort: 9,
            ..pb::PrintFormsRequest::default()
        };
        let mut violations = Violations::new();
        assert_eq!(print_order(&mut violations, &request), None);
        let fields: Vec<_> = violations.list().iter().map(|v| v.field.as_str()).collect();
        assert_eq!(
            fields,
            [
                "payer_id",
                "tax_year",
                "form_type",
                "copy",
                "printer",
                "stock",
                "again_reason",
                "sort"
            ]
        );
    }

    #[test]
    fn a_request_that_names_no_copy_prints_copy_a() {
        let request = pb::PrintFormsRequest {
            payer_id: "TE1".to_owned(),
            tax_year: 2025,
            form_type: form_type_to(FormType::Nec).into(),
            printer: "printers/file".to_owned(),
            ..pb::PrintFormsRequest::default()
        };
        let order = print_order(&mut Violations::new(), &request).unwrap();
        assert_eq!(
            order.subject.to_string(),
            "1099-NEC Copy A of payer TE1 for 2025"
        );
    }

    #[test]
    fn the_rules_of_a_year_come_out_with_their_thresholds_and_due_dates() {
        let year = |year| year_rules_to(rules::for_year(TaxYear::new(year).unwrap()).unwrap());
        let rents = |year: pb::TaxYearRules| {
            let rents = year.boxes.into_iter().find(|b| b.income_type == "rents");
            rents.map(|rule| (rule.r#box, rule.threshold_cents, rule.in_form_total))
        };
        assert_eq!(rents(year(2025)), Some(("1".to_owned(), 600_00, true)));
        assert_eq!(rents(year(2026)), Some(("1".to_owned(), 2_000_00, true)));
        let due: Vec<_> = year(2025)
            .due_dates
            .into_iter()
            .map(|due| format!("{} {}", due.date, due.what))
            .collect();
        assert_eq!(due[0], "2026-02-02 to recipients and to the IRS");
        assert_eq!(
            due.last().unwrap(),
            "2026-02-02 Form 945, return of the tax withheld"
        );
        assert_eq!(year(2025).efile_limit, 10);
    }
}
