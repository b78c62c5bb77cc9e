//! What every format asks of one form.

use formfeed_domain::form::{BoxId, Form, FormType, Mark};
use formfeed_domain::rules::{self, BoxKind};
use formfeed_domain::{Money, Tin};

use crate::fault::{About, Finder};
use crate::form_view::FormView;
use crate::model::{Environment, PayerForms, Step, Transmission};
use crate::places;

/// What a format has room for.
pub(crate) trait Takes {
    /// The box has a field.
    fn takes_box(&self, form_type: FormType, id: &BoxId) -> bool;
    /// The mark has a field.
    fn takes_mark(&self, form_type: FormType, mark: Mark) -> bool;
    /// The largest amount of one form, in cents.
    fn max_cents(&self) -> i64;
}

/// Checks one record of `group` by the rules that all formats share.
pub(crate) fn check_form(
    finder: &mut Finder,
    transmission: &Transmission,
    group: &PayerForms,
    view: &FormView<'_>,
    takes: &dyn Takes,
) {
    check_place(finder, transmission, group, view);
    check_marks(finder, view, takes);
    check_amounts(finder, view, takes);
    check_tin(finder, transmission, view);
    check_states(finder, transmission, view);
}

fn check_place(
    finder: &mut Finder,
    transmission: &Transmission,
    group: &PayerForms,
    view: &FormView<'_>,
) {
    let form = &view.filed.form;
    if form.tax_year != transmission.tax_year {
        finder.reject(
            "SHAREDIRFORM002_001",
            "tax year",
            format!(
                "is {}, the transmission's is {}",
                form.tax_year, transmission.tax_year
            ),
            "send each tax year by itself",
        );
    }
    if form.form_type != group.form_type && view.step != Step::Second {
        finder.reject(
            "SMD001",
            "form type",
            format!("is {} among {}", form.form_type, group.form_type),
            "put forms of one type together",
        );
    }
    if form
        .payer
        .tin
        .as_ref()
        .is_some_and(|tin| tin.digits() != group.payer.tin.digits())
    {
        finder.reject(
            "FORMFEED-PAYER",
            "payer TIN",
            "is not that of the payer it is filed under",
            "file it under its own payer",
        );
    }
}

fn check_marks(finder: &mut Finder, view: &FormView<'_>, takes: &dyn Takes) {
    let form = &view.filed.form;
    if form.marks.contains(&Mark::Void) {
        finder.reject(
            "FORMFEED-VOID",
            "VOID",
            "is marked: void forms are not filed electronically",
            "leave the form out",
        );
    }
    let may_correct = matches!(view.step, Step::OneForm | Step::First);
    if form.marks.contains(&Mark::Corrected) && !may_correct {
        finder.reject(
            "FTMFST001_001",
            "CORRECTED",
            "is marked on a form that is filed as an original",
            "file it as a correction of the record it corrects",
        );
    }
    for mark in [Mark::SecondTinNotice, Mark::DirectSales, Mark::Fatca] {
        if form.marks.contains(&mark) && !takes.takes_mark(form.form_type, mark) {
            finder.reject(
                "FORMFEED-BOX",
                mark.as_str(),
                format!(
                    "has no field on Form {} of {}",
                    form.form_type, form.tax_year
                ),
                "take the mark off",
            );
        }
    }
}

fn check_amounts(finder: &mut Finder, view: &FormView<'_>, takes: &dyn Takes) {
    let form = &view.filed.form;
    for (id, amount) in &form.boxes {
        let field = format!("box {id}");
        if amount.is_negative() {
            let rule = "USDecimalAmountNNType";
            finder.reject(
                rule,
                field,
                "is less than zero",
                "file the amount as it should be",
            );
        } else if amount.cents() > takes.max_cents() {
            finder.reject("FORMFEED-AMOUNT", field, "is too large", "check the amount");
        } else if !amount.is_zero() && !takes.takes_box(form.form_type, id) {
            finder.reject(
                "FORMFEED-BOX",
                field,
                format!(
                    "has no verified field on Form {} of {} in this format",
                    form.form_type, form.tax_year
                ),
                "file the form in another format",
            );
        }
    }
    if !form.occupation_codes.is_empty() {
        finder.reject(
            "FORMFEED-BOX",
            "occupation codes",
            "have no verified field in this format",
            "file the form in another format",
        );
    }
    check_sum(finder, view);
}

/// A form that says nothing, or withholds more than it reports.
fn check_sum(finder: &mut Finder, view: &FormView<'_>) {
    let form = &view.filed.form;
    let says_something = form.boxes.values().any(|amount| amount.is_positive())
        || form.marks.contains(&Mark::DirectSales);
    if !says_something && matches!(view.step, Step::Original | Step::Second) {
        finder.reject(
            "FORMFEED-EMPTY",
            "amounts",
            "are all zero and direct sales are not marked",
            "leave the form out",
        );
    }
    if view.step != Step::First && withheld(form) > income(form) {
        finder.report(
            match form.form_type {
                FormType::Nec => "F1099NEC001",
                FormType::Misc => "F1099MISC001",
            },
            "federal income tax withheld",
            "is more than the income reported",
            "check both amounts",
        );
    }
}

fn withheld(form: &Form) -> Money {
    sum_of(form, |kind| kind == BoxKind::FederalWithheld)
}

fn income(form: &Form) -> Money {
    sum_of(form, |kind| kind == BoxKind::Amount)
}

fn sum_of(form: &Form, wanted: impl Fn(BoxKind) -> bool) -> Money {
    let Ok(rules) = rules::for_year(form.tax_year).and_then(|year| year.form(form.form_type))
    else {
        return Money::ZERO;
    };
    let boxes = form.boxes.iter();
    boxes
        .filter(|(id, _)| rules.find(id).is_some_and(|rule| wanted(rule.kind)))
        .map(|(_, amount)| *amount)
        .sum()
}

fn check_tin(finder: &mut Finder, transmission: &Transmission, view: &FormView<'_>) {
    match &view.filed.form.recipient.tin {
        Some(tin) => check_number(finder, transmission.environment, "recipient TIN", tin),
        None => finder.report(
            "SHAREDIRFORM023",
            "recipient TIN",
            "is missing",
            "ask the recipient for a Form W-9",
        ),
    }
}

/// A number that its kind never has is refused, an unlikely one reported. Tests use made-up numbers.
pub(crate) fn check_number(finder: &mut Finder, environment: Environment, field: &str, tin: &Tin) {
    if environment == Environment::Test {
        return;
    }
    if Tin::enter(tin.kind(), tin.digits()).is_err() {
        let way_out = "check the number and its kind against the Form W-9";
        finder.reject("TINType", field, "is none that its kind can have", way_out);
    }
    for warning in tin.warnings() {
        let said = warning.to_string();
        let (problem, way_out) = said.split_once("; ").unwrap_or((&said, "check it"));
        finder.report("FORMFEED-TIN", field, format!("is {problem}"), way_out);
    }
}

fn check_states(finder: &mut Finder, transmission: &Transmission, view: &FormView<'_>) {
    let (rows, filings) = (view.filed.form.states.len(), view.filed.states.len());
    if rows != filings {
        finder.reject(
            "FORMFEED-STATES",
            "state rows",
            format!("are {rows} on the form, and {filings} are described for filing"),
            "describe each of the form's rows",
        );
        return;
    }
    if rows > 2 {
        let way_out = "file the further states by themselves";
        finder.reject(
            "FORMFEED-STATES",
            "state rows",
            "are more than two",
            way_out,
        );
    }
    let mut seen = Vec::new();
    for (index, row) in view.states().enumerate() {
        let (field, state) = (format!("state {}", index + 1), row.filing.state.as_str());
        if !places::is_state(state) {
            finder.reject(
                "StateType",
                &field,
                "is no state's two letters",
                "write them, such as MO",
            );
        } else if row.filing.combined && !places::takes_combined(transmission.tax_year, state) {
            finder.reject(
                "SHAREDIRFORM019_002",
                &field,
                format!(
                    "is {state}, which takes no part in combined filing for {}",
                    transmission.tax_year
                ),
                "file with the state itself",
            );
        }
        if seen.contains(&state) {
            finder.reject(
                "FORMFEED-STATES",
                &field,
                "is named twice",
                "put its amounts in one row",
            );
        }
        seen.push(state);
        let amounts = [row.tax_withheld, row.income, row.local_withheld];
        if amounts.iter().any(|amount| amount.is_negative()) {
            let rule = "USDecimalAmountNNType";
            finder.reject(
                rule,
                &field,
                "has an amount below zero",
                "file it as it should be",
            );
        }
    }
}

/// The account number as a fault may show it: truncated where it holds the recipient's TIN.
pub(crate) fn about(payer: usize, view: &FormView<'_>) -> About {
    let form = &view.filed.form;
    let digits: String = form
        .account_number
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    let tin = form
        .recipient
        .tin
        .as_ref()
        .filter(|tin| digits.contains(tin.digits()));
    About::Form {
        payer: payer + 1,
        number: view.entry + 1,
        account_number: tin.map_or_else(|| form.account_number.clone(), Tin::truncated),
    }
}
