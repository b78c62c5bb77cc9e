//! A form as JSON: sealed with its numbers by the spooler, kept without them by the forms service.

use std::io;

use formfeed_domain::edit::OccupationCode;
use formfeed_domain::form::{
    AddressParts, BoxId, Form, FormType, Mark, PayerBlock, RecipientBlock, StateRow,
};
use formfeed_domain::{Money, TaxYear, Tin};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Version of the snapshot's own format.
const FORMAT: u32 = 1;

/// A form but for its type and year.
#[derive(Serialize, Deserialize)]
pub(crate) struct Snapshot {
    format: u32,
    account_number: String,
    payer: Block,
    payer_phone: String,
    recipient: Block,
    recipient_name_2: String,
    boxes: Vec<(BoxId, i64)>,
    /// Snapshots from before there were such codes have none.
    #[serde(default)]
    occupation_codes: Vec<OccupationCode>,
    marks: Vec<String>,
    states: Vec<(i64, String, i64)>,
}

#[derive(Serialize, Deserialize)]
struct Block {
    name: String,
    street: String,
    city_line: String,
    /// Snapshots from before addresses were kept in parts have none.
    #[serde(default)]
    parts: Option<Parts>,
    tin: Option<(String, Digits)>,
}

/// The digits of a TIN, wiped from memory on drop.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(transparent)]
pub(crate) struct Digits(String);

impl Digits {
    pub(crate) fn of(tin: &Tin) -> Self {
        Self(tin.digits().to_owned())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A snapshot as JSON in memory that is wiped on drop, taken in one piece: where it grew, every smaller piece would stay behind.
///
/// # Errors
/// When it cannot be JSON.
pub(crate) fn json(snapshot: &impl Serialize) -> serde_json::Result<Zeroizing<Vec<u8>>> {
    let mut size = Size(0);
    serde_json::to_writer(&mut size, snapshot)?;
    let mut json = Zeroizing::new(Vec::with_capacity(size.0));
    serde_json::to_writer(&mut *json, snapshot)?;
    Ok(json)
}

/// Counts bytes and keeps none.
struct Size(usize);

impl io::Write for Size {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[derive(Serialize, Deserialize)]
struct Parts {
    unit: String,
    city: String,
    state: String,
    postal_code: String,
    country: String,
}

impl Snapshot {
    /// The form as it is.
    pub(crate) fn of(form: &Form) -> Self {
        let tin = |tin: &Option<Tin>| {
            tin.as_ref()
                .map(|tin| (tin.kind().as_str().to_owned(), Digits::of(tin)))
        };
        let (payer, recipient) = (&form.payer, &form.recipient);
        Self {
            format: FORMAT,
            account_number: form.account_number.clone(),
            payer: Block {
                name: payer.name.clone(),
                street: payer.street.clone(),
                city_line: payer.city_line.clone(),
                parts: payer.parts.as_ref().map(Parts::of),
                tin: tin(&payer.tin),
            },
            payer_phone: payer.phone.clone(),
            recipient: Block {
                name: recipient.name.clone(),
                street: recipient.street.clone(),
                city_line: recipient.city_line.clone(),
                parts: recipient.parts.as_ref().map(Parts::of),
                tin: tin(&recipient.tin),
            },
            recipient_name_2: recipient.name_2.clone(),
            boxes: form
                .boxes
                .iter()
                .map(|(id, amount)| (id.clone(), amount.cents()))
                .collect(),
            occupation_codes: form.occupation_codes.clone(),
            marks: form.marks.iter().map(|m| m.as_str().to_owned()).collect(),
            states: form
                .states
                .iter()
                .map(|row| {
                    let number = row.state_and_number.clone();
                    (row.tax_withheld.cents(), number, row.income.cents())
                })
                .collect(),
        }
    }

    /// The form again; `None` when it is not of this version, or a word is not one of ours.
    pub(crate) fn form(self, form_type: FormType, tax_year: TaxYear) -> Option<Form> {
        if self.format != FORMAT {
            return None;
        }
        let mark = |word: &String| Mark::ALL.into_iter().find(|mark| mark.as_str() == word);
        Some(Form {
            form_type,
            tax_year,
            account_number: self.account_number,
            payer: PayerBlock {
                tin: self.payer.tin()?,
                name: self.payer.name,
                street: self.payer.street,
                city_line: self.payer.city_line,
                parts: self.payer.parts.map(Parts::form),
                phone: self.payer_phone,
            },
            recipient: RecipientBlock {
                tin: self.recipient.tin()?,
                name: self.recipient.name,
                name_2: self.recipient_name_2,
                street: self.recipient.street,
                city_line: self.recipient.city_line,
                parts: self.recipient.parts.map(Parts::form),
            },
            boxes: self
                .boxes
                .into_iter()
                .map(|(id, cents)| (id, Money::from_cents(cents)))
                .collect(),
            occupation_codes: self.occupation_codes,
            marks: self.marks.iter().map(mark).collect::<Option<_>>()?,
            states: self
                .states
                .into_iter()
                .map(|(tax, state_and_number, income)| StateRow {
                    tax_withheld: Money::from_cents(tax),
                    state_and_number,
                    income: Money::from_cents(income),
                })
                .collect(),
        })
    }
}

impl Parts {
    fn of(parts: &AddressParts) -> Self {
        Self {
            unit: parts.unit.clone(),
            city: parts.city.clone(),
            state: parts.state.clone(),
            postal_code: parts.postal_code.clone(),
            country: parts.country.clone(),
        }
    }

    fn form(self) -> AddressParts {
        AddressParts {
            unit: self.unit,
            city: self.city,
            state: self.state,
            postal_code: self.postal_code,
            country: self.country,
        }
    }
}

impl Block {
    /// Outer `None` when it is not a TIN.
    fn tin(&self) -> Option<Option<Tin>> {
        match &self.tin {
            None => Some(None),
            Some((kind, digits)) => Tin::parse(kind.parse().ok()?, digits.as_str())
                .ok()
                .map(Some),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As it was written before addresses were kept in parts.
    const BEFORE: &str = r#"{"format":1,"account_number":"V1","payer":{"name":"Acme","street":"1 Quay St",
        "city_line":"Portland, ME 04101","tin":["ein","123456789"]},"payer_phone":"","recipient":{"name":"Ada",
        "street":"","city_line":"","tin":null},"recipient_name_2":"","boxes":[["1",60000]],"marks":["corrected"],
        "states":[]}"#;

    fn form(snapshot: Snapshot) -> Form {
        let year = TaxYear::new(2025).unwrap();
        snapshot.form(FormType::Nec, year).unwrap()
    }

    #[test]
    fn a_form_sealed_before_addresses_had_parts_can_still_be_read() {
        let form = form(serde_json::from_str(BEFORE).unwrap());
        assert_eq!(form.payer.city_line, "Portland, ME 04101");
        assert_eq!((form.payer.parts, form.recipient.parts), (None, None));
        assert!(form.occupation_codes.is_empty());
    }

    #[test]
    fn a_form_comes_back_from_its_snapshot_as_it_was() {
        let mut sealed = form(serde_json::from_str(BEFORE).unwrap());
        sealed.occupation_codes = vec!["101".parse().unwrap()];
        sealed.recipient.parts = Some(AddressParts {
            unit: "Apt 3".to_owned(),
            city: "Reno".to_owned(),
            state: "NV".to_owned(),
            postal_code: "89501".to_owned(),
            country: "CA".to_owned(),
        });
        let json = json(&Snapshot::of(&sealed)).unwrap();
        assert_eq!(json.len(), json.capacity(), "it never grew");
        assert_eq!(form(serde_json::from_slice(&json).unwrap()), sealed);
    }
}
