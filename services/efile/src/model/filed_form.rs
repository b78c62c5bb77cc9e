//! A form with what e-filing wants besides.

use formfeed_domain::Money;
use formfeed_domain::form::{Form, StateRow};
use formfeed_domain::payer::PostalAddress;

use super::FiledName;

/// A form to be filed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FiledForm {
    /// The form as printed or sealed. Its recipient's TIN and amounts are filed from here.
    pub form: Form,
    /// The recipient's name in parts.
    pub name: FiledName,
    /// The IRS's name control, 1 to 4 characters, where known.
    pub name_control: Option<String>,
    /// The payer's office, four characters, where it has several.
    pub office_code: Option<String>,
    /// A second recipient, who shares the payment; blank for none.
    pub additional_recipient: String,
    /// The recipient's address; `None` takes it from the form's address parts.
    pub address: Option<PostalAddress>,
    /// One for each of the form's state rows, in the same order.
    pub states: Vec<StateFiling>,
}

/// What a state row of the form lacks for e-filing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StateFiling {
    /// Two letters.
    pub state: String,
    /// The payer's number there; may be blank.
    pub payer_number: String,
    /// The state gets the record from the IRS: Combined Federal/State Filing.
    pub combined: bool,
    /// Local tax withheld.
    pub local_withheld: Money,
    /// Further entries that the state asks for; usually blank.
    pub special_entries: String,
}

impl StateFiling {
    /// Takes `MO 12345678` apart into state and number; a row without a state leaves it blank.
    pub fn of(row: &StateRow, combined: bool) -> Self {
        let text = row.state_and_number.trim();
        let (state, number) = text.split_once([' ', '/']).unwrap_or((text, ""));
        let is_state = state.len() == 2 && state.bytes().all(|b| b.is_ascii_alphabetic());
        let (state, number) = match is_state {
            true => (state.to_ascii_uppercase(), number),
            false => (String::new(), text),
        };
        Self {
            state,
            payer_number: number.trim().to_owned(),
            combined,
            ..Self::default()
        }
    }
}

impl FiledForm {
    /// A form with nothing besides its name and its state rows, none of them in combined filing.
    pub fn new(form: Form, name: FiledName) -> Self {
        let states = form
            .states
            .iter()
            .map(|row| StateFiling::of(row, false))
            .collect();
        Self {
            form,
            name,
            name_control: None,
            office_code: None,
            additional_recipient: String::new(),
            address: None,
            states,
        }
    }

    /// The address to file: the one given, else the form's parts.
    pub(crate) fn filed_address(&self) -> Option<PostalAddress> {
        self.address.clone().or_else(|| {
            let recipient = &self.form.recipient;
            let parts = recipient.parts.as_ref()?;
            Some(PostalAddress {
                line_1: recipient.street.clone(),
                line_2: parts.unit.clone(),
                city: parts.city.clone(),
                state: parts.state.clone(),
                postal_code: parts.postal_code.clone(),
                country: parts.country.clone(),
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> (String, String) {
        let row = StateRow {
            state_and_number: text.to_owned(),
            ..StateRow::default()
        };
        let filing = StateFiling::of(&row, false);
        (filing.state, filing.payer_number)
    }

    #[test]
    fn a_state_row_comes_apart_into_state_and_number() {
        let pair = |state: &str, number: &str| (state.to_owned(), number.to_owned());
        assert_eq!(split("MO 12-345"), pair("MO", "12-345"));
        assert_eq!(split("mo/12 345"), pair("MO", "12 345"));
        assert_eq!(split("CA"), pair("CA", ""));
        assert_eq!(split("12345"), pair("", "12345"));
        assert_eq!(split(""), pair("", ""));
    }
}
