//! Forms as records of a print job, and the words they are made of.

use std::collections::{BTreeMap, BTreeSet};

use formfeed_domain::edit::{MAX_OCCUPATION_CODES, OccupationCode};
use formfeed_domain::form::{
    AddressParts, BoxId, Copy, Form, FormType, Mark, PayerBlock, RecipientBlock, StateRow,
};
use formfeed_domain::money::MAX_CENTS;
use formfeed_domain::{Money, TaxYear, Tin, TinKind, ids, text};

use super::Violations;
use crate::spooler as pb;

/// State rows a form has room for.
const MAX_STATES: usize = 2;

/// The form type of a message; none when it is not set or unknown.
pub fn form_type_from(message: i32) -> Option<FormType> {
    match pb::FormType::try_from(message).ok()? {
        pb::FormType::Unspecified => None,
        pb::FormType::Nec => Some(FormType::Nec),
        pb::FormType::Misc => Some(FormType::Misc),
    }
}

/// A form type as a message.
pub fn form_type_to(form_type: FormType) -> pb::FormType {
    match form_type {
        FormType::Nec => pb::FormType::Nec,
        FormType::Misc => pb::FormType::Misc,
    }
}

/// Reads a required form type; a missing or unknown one is noted under `field`.
pub fn read_form_type(violations: &mut Violations, field: &str, message: i32) -> Option<FormType> {
    let found = form_type_from(message);
    if found.is_none() {
        violations.add(field, "is required: NEC or MISC");
    }
    found
}

/// The copy of a message, where nothing means Copy A; none for an unknown number.
pub fn copy_from(message: i32) -> Option<Copy> {
    match pb::Copy::try_from(message).ok()? {
        pb::Copy::Unspecified | pb::Copy::A => Some(Copy::A),
        pb::Copy::B => Some(Copy::B),
        pb::Copy::C => Some(Copy::C),
        pb::Copy::State => Some(Copy::One),
        pb::Copy::RecipientState => Some(Copy::Two),
    }
}

/// A copy as a message.
pub fn copy_to(copy: Copy) -> pb::Copy {
    match copy {
        Copy::A => pb::Copy::A,
        Copy::B => pb::Copy::B,
        Copy::C => pb::Copy::C,
        Copy::One => pb::Copy::State,
        Copy::Two => pb::Copy::RecipientState,
    }
}

/// Reads a copy, where nothing means Copy A; an unknown one is noted under `field`.
pub fn read_copy(violations: &mut Violations, field: &str, message: i32) -> Option<Copy> {
    let found = copy_from(message);
    if found.is_none() {
        violations.add(field, "is unknown: use A, B, C, STATE or RECIPIENT_STATE");
    }
    found
}

/// The marks as messages. VOID has none: only the spooler makes void forms.
pub fn marks_to(marks: &BTreeSet<Mark>) -> Vec<i32> {
    let message = |mark: &Mark| match mark {
        Mark::Void => None,
        Mark::Corrected => Some(pb::Mark::Corrected),
        Mark::SecondTinNotice => Some(pb::Mark::SecondTinNotice),
        Mark::DirectSales => Some(pb::Mark::DirectSales),
        Mark::Fatca => Some(pb::Mark::Fatca),
    };
    marks.iter().filter_map(message).map(i32::from).collect()
}

fn mark_from(message: i32) -> Option<Mark> {
    match pb::Mark::try_from(message).ok()? {
        pb::Mark::Unspecified => None,
        pb::Mark::Corrected => Some(Mark::Corrected),
        pb::Mark::SecondTinNotice => Some(Mark::SecondTinNotice),
        pb::Mark::DirectSales => Some(Mark::DirectSales),
        pb::Mark::Fatca => Some(Mark::Fatca),
    }
}

/// Amounts by box as messages, in the order of the form: 1, 1a, 2, 10.
pub fn boxes_to<'a>(boxes: impl IntoIterator<Item = (&'a BoxId, &'a Money)>) -> Vec<pb::BoxAmount> {
    let mut messages: Vec<_> = boxes
        .into_iter()
        .map(|(id, amount)| pb::BoxAmount {
            r#box: id.0.clone(),
            amount_cents: amount.cents(),
        })
        .collect();
    messages.sort_by_key(|message| number_and_letter(&message.r#box));
    messages
}

fn number_and_letter(id: &str) -> (u32, String) {
    let letter = id.trim_start_matches(|c: char| c.is_ascii_digit());
    let number = id[..id.len() - letter.len()].parse();
    (number.unwrap_or(u32::MAX), letter.to_owned())
}

/// A form as a record of a job, with its full TINs.
pub fn form_to(form: &Form) -> pb::JobForm {
    let (payer, recipient) = (&form.payer, &form.recipient);
    pb::JobForm {
        account_number: form.account_number.clone(),
        payer_name: payer.name.clone(),
        payer_street: payer.street.clone(),
        payer_city_line: payer.city_line.clone(),
        payer_phone: payer.phone.clone(),
        payer_tin: payer.tin.as_ref().map(tin_to),
        recipient_name: recipient.name.clone(),
        recipient_name_2: recipient.name_2.clone(),
        recipient_street: recipient.street.clone(),
        recipient_city_line: recipient.city_line.clone(),
        recipient_tin: recipient.tin.as_ref().map(tin_to),
        boxes: boxes_to(&form.boxes),
        marks: marks_to(&form.marks),
        states: form.states.iter().map(state_to).collect(),
        payer_parts: payer.parts.as_ref().map(parts_to),
        recipient_parts: recipient.parts.as_ref().map(parts_to),
        occupation_codes: form
            .occupation_codes
            .iter()
            .map(ToString::to_string)
            .collect(),
    }
}

/// Reads a record of a job of this form type and year; without them its fields are only looked at. Bad fields are
/// noted under `field`, never with a TIN.
pub fn form_from(
    violations: &mut Violations,
    field: &str,
    kind: Option<(FormType, TaxYear)>,
    message: pb::JobForm,
) -> Option<Form> {
    let mut bad = Violations::new();
    let corrects = message.marks().any(|mark| mark == pb::Mark::Corrected);
    if let Err(error) = ids::check_id(&message.account_number) {
        bad.add("account_number", error);
    }
    for (name, line) in [
        ("payer_name", &message.payer_name),
        ("payer_street", &message.payer_street),
        ("payer_city_line", &message.payer_city_line),
        ("payer_phone", &message.payer_phone),
        ("recipient_name", &message.recipient_name),
        ("recipient_name_2", &message.recipient_name_2),
        ("recipient_street", &message.recipient_street),
        ("recipient_city_line", &message.recipient_city_line),
    ] {
        check_text(&mut bad, name, line);
    }
    let payer = PayerBlock {
        name: message.payer_name,
        street: message.payer_street,
        city_line: message.payer_city_line,
        parts: parts_from(&mut bad, "payer_parts", message.payer_parts),
        phone: message.payer_phone,
        tin: tin_from(&mut bad, "payer_tin", message.payer_tin),
    };
    let recipient = RecipientBlock {
        name: message.recipient_name,
        name_2: message.recipient_name_2,
        street: message.recipient_street,
        city_line: message.recipient_city_line,
        parts: parts_from(&mut bad, "recipient_parts", message.recipient_parts),
        tin: tin_from(&mut bad, "recipient_tin", message.recipient_tin),
    };
    let boxes = boxes_from(&mut bad, message.boxes, corrects);
    let occupation_codes = codes_from(&mut bad, &message.occupation_codes);
    let marks = marks_from(&mut bad, &message.marks);
    let states = states_from(&mut bad, message.states);
    let is_good = bad.is_empty();
    violations.extend_below(field, bad);
    let (form_type, tax_year) = kind.filter(|_| is_good)?;
    Some(Form {
        form_type,
        tax_year,
        account_number: message.account_number,
        payer,
        recipient,
        boxes,
        occupation_codes,
        marks,
        states,
    })
}

pub(super) fn check_text(bad: &mut Violations, field: &str, line: &str) {
    if let Err(error) = text::check(line) {
        bad.add(field, error);
    }
}

fn parts_to(parts: &AddressParts) -> pb::AddressParts {
    pb::AddressParts {
        unit: parts.unit.clone(),
        city: parts.city.clone(),
        state: parts.state.clone(),
        postal_code: parts.postal_code.clone(),
        country: parts.country.clone(),
    }
}

fn parts_from(
    bad: &mut Violations,
    field: &str,
    message: Option<pb::AddressParts>,
) -> Option<AddressParts> {
    let message = message?;
    for (name, part) in [
        ("unit", &message.unit),
        ("city", &message.city),
        ("state", &message.state),
        ("postal_code", &message.postal_code),
        ("country", &message.country),
    ] {
        check_text(bad, &format!("{field}.{name}"), part);
    }
    Some(AddressParts {
        unit: message.unit,
        city: message.city,
        state: message.state,
        postal_code: message.postal_code,
        country: message.country,
    })
}

fn codes_from(bad: &mut Violations, messages: &[String]) -> Vec<OccupationCode> {
    if messages.len() > MAX_OCCUPATION_CODES {
        bad.add(
            "occupation_codes",
            "has more codes than a form: at most two",
        );
    }
    let mut codes = Vec::new();
    for (index, code) in messages.iter().enumerate() {
        codes.extend(super::read(
            bad,
            &format!("occupation_codes[{index}]"),
            code.parse::<OccupationCode>(),
        ));
    }
    codes
}

pub(super) fn tin_to(tin: &Tin) -> pb::FullTin {
    pb::FullTin {
        digits: tin.digits().to_owned(),
        tin_type: tin.kind().as_str().to_owned(),
    }
}

pub(super) fn tin_from(
    bad: &mut Violations,
    field: &str,
    message: Option<pb::FullTin>,
) -> Option<Tin> {
    let message = message?;
    let kind = message.tin_type.parse::<TinKind>();
    let tin = kind.and_then(|kind| Tin::parse(kind, &message.digits));
    super::read(bad, field, tin)
}

/// Only a form that corrects says zero in a box.
fn boxes_from(
    bad: &mut Violations,
    messages: Vec<pb::BoxAmount>,
    corrects: bool,
) -> BTreeMap<BoxId, Money> {
    let least = if corrects { 0 } else { 1 };
    let mut boxes = BTreeMap::new();
    for (index, message) in messages.into_iter().enumerate() {
        let field = format!("boxes[{index}]");
        if !is_box(&message.r#box) {
            bad.add(&field, "is no box: a number, with a letter or without");
        }
        if !(least..=MAX_CENTS).contains(&message.amount_cents) {
            bad.add(&field, "is no amount for a box: 1 cent or more");
        }
        let amount = Money::from_cents(message.amount_cents);
        if boxes.insert(BoxId(message.r#box), amount).is_some() {
            bad.add(&field, "is given twice");
        }
    }
    boxes
}

/// Whether a text has the shape of a box: 1, 1a, 10. Whether the form has it is the layout's to say.
fn is_box(id: &str) -> bool {
    let letter = id.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = id.len() - letter.len();
    (1..=2).contains(&digits) && matches!(letter.as_bytes(), [] | [b'a'..=b'z'])
}

fn marks_from(bad: &mut Violations, messages: &[i32]) -> BTreeSet<Mark> {
    let mut marks = BTreeSet::new();
    for (index, message) in messages.iter().enumerate() {
        match mark_from(*message) {
            Some(mark) => {
                marks.insert(mark);
            }
            None => bad.add(format!("marks[{index}]"), "is no mark"),
        }
    }
    marks
}

/// A state row of a form as a message.
pub fn state_to(row: &StateRow) -> pb::StateRow {
    pb::StateRow {
        tax_withheld_cents: row.tax_withheld.cents(),
        state_and_number: row.state_and_number.clone(),
        income_cents: row.income.cents(),
    }
}

fn states_from(bad: &mut Violations, messages: Vec<pb::StateRow>) -> Vec<StateRow> {
    if messages.len() > MAX_STATES {
        bad.add("states", "has more rows than a form: at most two");
    }
    let mut rows = Vec::new();
    for (index, message) in messages.into_iter().enumerate() {
        let field = format!("states[{index}]");
        check_text(bad, &field, &message.state_and_number);
        for cents in [message.tax_withheld_cents, message.income_cents] {
            if !(0..=MAX_CENTS).contains(&cents) {
                bad.add(&field, "has an amount below zero or too large");
            }
        }
        rows.push(StateRow {
            tax_withheld: Money::from_cents(message.tax_withheld_cents),
            state_and_number: message.state_and_number,
            income: Money::from_cents(message.income_cents),
        });
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> Form {
        let line = |text: &str| text.to_owned();
        Form {
            form_type: FormType::Misc,
            tax_year: TaxYear::new(2025).unwrap(),
            account_number: line("V000007"),
            payer: PayerBlock {
                name: line("Acme Water District"),
                street: line("1 Quay St"),
                city_line: line("Portland, ME 04101"),
                parts: Some(AddressParts {
                    unit: line("Suite 9"),
                    city: line("Portland"),
                    state: line("ME"),
                    postal_code: line("04101"),
                    country: line(""),
                }),
                phone: line("555-010-0001"),
                tin: Tin::parse(TinKind::Ein, "12-3456789").ok(),
            },
            recipient: RecipientBlock {
                name: line("Ada Pump"),
                name_2: line(""),
                street: line("2 Elm Ave"),
                city_line: line("Salem, OR 95710"),
                parts: None,
                tin: Tin::parse(TinKind::Ssn, "987-65-4321").ok(),
            },
            boxes: ["10", "2", "1"]
                .map(|id| (BoxId::from(id), Money::from_cents(100)))
                .into(),
            occupation_codes: vec!["101".parse().unwrap()],
            marks: [Mark::DirectSales, Mark::Fatca].into(),
            states: vec![StateRow {
                tax_withheld: Money::from_cents(5),
                state_and_number: line("ME 1234"),
                income: Money::ZERO,
            }],
        }
    }

    fn read_back(message: pb::JobForm) -> Result<Form, Violations> {
        let mut violations = Violations::new();
        let kind = (FormType::Misc, TaxYear::new(2025).unwrap());
        let form = form_from(&mut violations, "forms[3]", Some(kind), message);
        violations.finish(form)
    }

    #[test]
    fn a_form_comes_back_from_its_record_as_it_was() {
        let message = form_to(&form());
        let order: Vec<_> = message.boxes.iter().map(|b| b.r#box.as_str()).collect();
        assert_eq!(order, ["1", "2", "10"]);
        assert_eq!(read_back(message).unwrap(), form());
    }

    #[test]
    fn every_bad_field_of_a_form_is_named_and_no_tin_is_repeated() {
        let mut message = form_to(&form());
        message.account_number = String::new();
        message.recipient_name = "Ada\u{1b}E".to_owned();
        message.recipient_tin = Some(pb::FullTin {
            digits: "98765432X".to_owned(),
            tin_type: "ssn".to_owned(),
        });
        message.boxes[0].amount_cents = -1;
        message.boxes[1].r#box = "1".to_owned();
        message.boxes[2].r#box = "2\u{1b}".to_owned();
        message.marks.push(99);
        message.states = vec![pb::StateRow::default(); 3];
        message.payer_parts.as_mut().unwrap().city = "Port\u{7}land".to_owned();
        message.occupation_codes = ["1", "102", "103"].map(str::to_owned).to_vec();
        let mut only_looked_at = Violations::new();
        let form = form_from(&mut only_looked_at, "forms[3]", None, message.clone());
        assert_eq!(form, None);
        let violations = read_back(message).unwrap_err();
        assert_eq!(only_looked_at, violations);
        let fields: Vec<_> = violations.list().iter().map(|v| v.field.as_str()).collect();
        assert_eq!(
            fields,
            [
                "forms[3].account_number",
                "forms[3].recipient_name",
                "forms[3].payer_parts.city",
                "forms[3].recipient_tin",
                "forms[3].boxes[0]",
                "forms[3].boxes[1]",
                "forms[3].boxes[2]",
                "forms[3].occupation_codes",
                "forms[3].occupation_codes[0]",
                "forms[3].marks[2]",
                "forms[3].states"
            ]
        );
        assert!(!violations.to_string().contains("98765432"));
    }

    #[test]
    fn an_unset_copy_is_copy_a_and_an_unset_form_type_is_refused() {
        assert_eq!(copy_from(0), Some(Copy::A));
        assert_eq!(copy_from(99), None);
        for copy in Copy::ALL {
            assert_eq!(copy_from(copy_to(copy).into()), Some(copy));
        }
        assert_eq!(form_type_from(0), None);
        for form_type in FormType::ALL {
            assert_eq!(
                form_type_from(form_type_to(form_type).into()),
                Some(form_type)
            );
        }
    }
}
