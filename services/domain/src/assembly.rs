//! What prints in each field: payer, recipient and box amounts become one form.
//!
//! The field list is the Costpoint seed's: the vendor's short name, the first line of its 1099 address,
//! the vendor id as account number, the first line of the payer's street.

use std::collections::BTreeSet;

use crate::eligibility::Content;
use crate::form::{AddressParts, Form, FormType, Mark, PayerBlock, RecipientBlock};
use crate::payer::{Payer, PayerState, PostalAddress};
use crate::rules::FormRules;
use crate::state_rows::StateRows;
use crate::{TaxYear, Tin, VendorId};

/// What the form says of the vendor, from the version of its record that the 1099 information was made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipientFacts {
    /// Key; prints as the account number.
    pub vendor_id: VendorId,
    /// Full name.
    pub name: String,
    /// Short name, which prints unless the payer wants the full one; blank means the full name.
    pub short_name: String,
    /// Full number; `None` leaves the cell blank.
    pub tin: Option<Tin>,
    /// The address of the 1099 address code; `None` leaves street and city blank.
    pub address: Option<PostalAddress>,
    /// X in "2nd TIN not."
    pub second_tin_notice: bool,
    /// X in the FATCA box, where the year's form has one.
    pub fatca: bool,
}

/// The payer's choices.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// Print the full name instead of the short one.
    pub full_name: bool,
    /// Print both street lines instead of the first.
    pub both_street_lines: bool,
}

impl RecipientFacts {
    /// The name as it prints.
    pub fn printed_name(&self, options: Options) -> &str {
        match options.full_name || self.short_name.trim().is_empty() {
            true => &self.name,
            false => &self.short_name,
        }
    }
}

/// Makes the form. Missing facts leave their field blank; nothing hinders the form.
pub fn assemble(
    payer: &Payer,
    payer_states: &[PayerState],
    recipient: &RecipientFacts,
    (form_type, tax_year): (FormType, TaxYear),
    content: &Content,
    rules: &FormRules,
    options: Options,
) -> Form {
    Form {
        form_type,
        tax_year,
        account_number: recipient.vendor_id.to_string(),
        payer: PayerBlock {
            name: payer.name.clone(),
            street: payer.address.line_1.clone(),
            city_line: payer.address.city_line(),
            parts: Some(AddressParts::from(&payer.address)),
            phone: payer.phone.clone(),
            tin: payer.tin.clone(),
        },
        recipient: RecipientBlock {
            name: recipient.printed_name(options).to_owned(),
            name_2: String::new(),
            street: recipient
                .address
                .as_ref()
                .map_or_else(String::new, |address| street_of(address, options)),
            city_line: recipient
                .address
                .as_ref()
                .map_or_else(String::new, PostalAddress::city_line),
            parts: Some(
                recipient
                    .address
                    .as_ref()
                    .map_or_else(AddressParts::default, AddressParts::from),
            ),
            tin: recipient.tin.clone(),
        },
        boxes: content.boxes.clone(),
        occupation_codes: content.occupation_codes.clone(),
        marks: marks_of(recipient, content, rules),
        states: StateRows::of(payer, payer_states, content, rules).printed(),
    }
}

fn street_of(address: &PostalAddress, options: Options) -> String {
    match options.both_street_lines && !address.line_2.is_empty() {
        true => format!("{}, {}", address.line_1, address.line_2),
        false => address.line_1.clone(),
    }
}

fn marks_of(recipient: &RecipientFacts, content: &Content, rules: &FormRules) -> BTreeSet<Mark> {
    let mut marks = content.marks.clone();
    let wanted = [
        (recipient.second_tin_notice, Mark::SecondTinNotice),
        (recipient.fatca, Mark::Fatca),
    ];
    for (is_wanted, mark) in wanted {
        if is_wanted && rules.marks.contains(&mark) {
            marks.insert(mark);
        }
    }
    marks
}

#[cfg(test)]
mod tests;
