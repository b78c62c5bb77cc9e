//! Form → ink: the text of one form on one slot.

use super::ink::Ink;
use super::{FitError, Layout};
use crate::form::{AddressParts, Copy, Form, Mark, PayerBlock, RecipientBlock, StateRow};
use crate::placement::PlacedText;
use crate::spool::shown_account;

impl Layout {
    /// The ink of one form on one slot, counted from 0 at the top of the sheet.
    ///
    /// A void form prints the X in its VOID box and nothing else; on a copy without that box it prints nothing. Any other
    /// mark too is left out on a copy that has no box for it.
    ///
    /// # Errors
    /// [`FitError`] for the first field that cannot be printed as it should: nothing is cut or left out.
    pub fn place(
        &self,
        form: &Form,
        slot_index: usize,
        copy: Copy,
    ) -> Result<Vec<PlacedText>, FitError> {
        if form.form_type != self.form_type || !self.copies.contains(&copy) {
            return Err(FitError::NotServed {
                account_number: form.account_number.clone(),
                form_type: form.form_type,
                copy,
            });
        }
        let mut ink = self.slot(slot_index, copy, &form.account_number)?;
        if form.marks.contains(&Mark::Void) {
            self.mark(&mut ink, Mark::Void, copy)?;
            return Ok(ink.finish());
        }
        payer(&mut ink, &form.payer)?;
        recipient(&mut ink, &form.recipient, copy)?;
        account(&mut ink, form, copy)?;
        if !self.year_is_preprinted {
            year(&mut ink, form)?;
        }
        for mark in &form.marks {
            self.mark(&mut ink, *mark, copy)?;
        }
        for (id, amount) in &form.boxes {
            ink.money(&format!("box_{id}"), *amount)?;
        }
        for (index, code) in form.occupation_codes.iter().enumerate() {
            ink.text(&format!("occupation_code_{}", index + 1), code.as_str())?;
        }
        for (index, row) in form.states.iter().enumerate() {
            state(&mut ink, index + 1, row)?;
        }
        Ok(ink.finish())
    }

    /// The ink of a slot that holds no form: on Copy A the X in its VOID box, for the IRS takes full sheets; on any other
    /// copy none.
    ///
    /// # Errors
    /// [`FitError::NoSuchSlot`] beyond the last slot.
    pub fn place_void(&self, slot_index: usize, copy: Copy) -> Result<Vec<PlacedText>, FitError> {
        let mut ink = self.slot(slot_index, copy, "")?;
        if copy.pads_with_void() {
            ink.mark(Mark::Void.as_str())?;
        }
        Ok(ink.finish())
    }

    fn slot<'a>(
        &'a self,
        slot_index: usize,
        copy: Copy,
        account_number: &'a str,
    ) -> Result<Ink<'a>, FitError> {
        Ink::new(
            self.fields_on(copy),
            &self.stock,
            slot_index,
            account_number,
        )
    }

    /// The X, unless only other copies of the form have the box.
    fn mark(&self, ink: &mut Ink<'_>, mark: Mark, copy: Copy) -> Result<(), FitError> {
        let name = mark.as_str();
        let elsewhere = self.fields.iter().any(|field| field.name == name);
        match elsewhere && self.field(name, copy).is_none() {
            true => Ok(()),
            false => ink.mark(name),
        }
    }
}

/// The payer's block, or its fields where the form has one for each part.
fn payer(ink: &mut Ink<'_>, payer: &PayerBlock) -> Result<(), FitError> {
    if ink.has("payer") {
        let lines = [&payer.name, &payer.street, &payer.city_line, &payer.phone];
        ink.block("payer", lines)?;
    } else {
        ink.name("payer_name", [&payer.name, ""])?;
        ink.text("payer_street", &payer.street)?;
        let parts = ink.divided("payer_city", &payer.city_line, payer.parts.as_ref())?;
        address(ink, "payer_", parts)?;
        ink.text("payer_phone", &payer.phone)?;
    }
    match &payer.tin {
        Some(tin) => ink.text("payer_tin", &tin.full()),
        None => Ok(()),
    }
}

/// The account number; truncated where it holds the recipient's TIN, on every copy but that of the IRS.
fn account(ink: &mut Ink<'_>, form: &Form, copy: Copy) -> Result<(), FitError> {
    match copy {
        Copy::A => ink.text("account", &form.account_number),
        _ => ink.text("account", &shown_account(form)),
    }
}

fn recipient(ink: &mut Ink<'_>, recipient: &RecipientBlock, copy: Copy) -> Result<(), FitError> {
    if let Some(tin) = &recipient.tin {
        let number = match copy.truncates_recipient_tin() {
            true => tin.truncated(),
            false => tin.full(),
        };
        ink.text("recipient_tin", &number)?;
    }
    let names = [recipient.name.as_str(), recipient.name_2.as_str()];
    match copy {
        Copy::A => ink.name_of_copy_a("recipient_name", names)?,
        _ => ink.name("recipient_name", names)?,
    }
    ink.text("street", &recipient.street)?;
    if !ink.has("state") {
        return ink.text("city", &recipient.city_line);
    }
    let parts = ink.divided("city", &recipient.city_line, recipient.parts.as_ref())?;
    address(ink, "", parts)
}

/// The fields of an address but its street, each under the name with the prefix.
fn address(ink: &mut Ink<'_>, prefix: &str, parts: Option<&AddressParts>) -> Result<(), FitError> {
    let Some(parts) = parts else {
        return Ok(());
    };
    for (name, part) in [
        ("unit", &parts.unit),
        ("city", &parts.city),
        ("state", &parts.state),
        ("country", &parts.country),
        ("zip", &parts.postal_code),
    ] {
        ink.text(&format!("{prefix}{name}"), part)?;
    }
    Ok(())
}

/// The calendar year, with as many digits as the field takes.
fn year(ink: &mut Ink<'_>, form: &Form) -> Result<(), FitError> {
    let digits = form.tax_year.to_string();
    let shown = match ink.field("year")?.max_characters {
        Some(2) => &digits[2..],
        _ => &digits,
    };
    ink.text("year", shown)
}

/// One of the two state rows; what is zero or blank leaves no ink.
fn state(ink: &mut Ink<'_>, number: usize, row: &StateRow) -> Result<(), FitError> {
    if !row.tax_withheld.is_zero() {
        ink.money(&format!("state_{number}_tax"), row.tax_withheld)?;
    }
    ink.text(&format!("state_{number}_number"), &row.state_and_number)?;
    match row.income.is_zero() {
        true => Ok(()),
        false => ink.money(&format!("state_{number}_income"), row.income),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::FormType;
    use crate::layout::all;
    use crate::{TaxYear, Tin, TinKind};

    /// Of a vendor whose number is its TIN.
    fn form(form_type: FormType, tax_year: TaxYear) -> Form {
        Form {
            form_type,
            tax_year,
            account_number: "V-900-00-0001".to_owned(),
            payer: PayerBlock {
                name: "Acme".to_owned(),
                street: String::new(),
                city_line: String::new(),
                parts: None,
                phone: String::new(),
                tin: None,
            },
            boxes: Default::default(),
            occupation_codes: Vec::new(),
            marks: Default::default(),
            states: Vec::new(),
            recipient: RecipientBlock {
                name: "Ada Pump".to_owned(),
                tin: Some(Tin::parse(TinKind::Ssn, "900000001").unwrap()),
                ..RecipientBlock::default()
            },
        }
    }

    #[test]
    fn an_account_number_that_is_a_tin_is_whole_on_copy_a_alone() {
        for layout in all() {
            let form = form(layout.form_type, layout.tax_years[0]);
            for copy in &layout.copies {
                let ink = layout.place(&form, 0, *copy).unwrap();
                let account = ink.iter().find(|ink| ink.field.ends_with("account"));
                let expected = match copy {
                    Copy::A => "V-900-00-0001",
                    _ => "XXX-XX-0001",
                };
                assert_eq!(account.unwrap().text, expected, "{copy}");
            }
        }
    }
}
