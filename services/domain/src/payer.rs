//! The payer: who files the forms (the Costpoint seed's *taxable entity*).

use crate::{PayerId, Tin};

/// Who files the forms and whose name stands at their top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payer {
    /// Key.
    pub payer_id: PayerId,
    /// Name as on the payer's other tax returns.
    pub name: String,
    /// The payer's own number; blank until known.
    pub tin: Option<Tin>,
    /// Postal address; of the street only the first line prints.
    pub address: PostalAddress,
    /// Telephone number printed below the address.
    pub phone: String,
    /// Whom the IRS may ask (Form 1096, electronic file).
    pub contact_name: String,
    /// Electronic mail of that person.
    pub contact_email: String,
    /// Fax number of that person (Form 1096).
    pub contact_fax: String,
}

/// A postal address as accounts payable keeps it; any part may be blank.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PostalAddress {
    /// Street.
    pub line_1: String,
    /// Second street line.
    pub line_2: String,
    /// City.
    pub city: String,
    /// Two-letter state code, for US addresses.
    pub state: String,
    /// ZIP or foreign postal code.
    pub postal_code: String,
    /// Country; blank and `US` mean the United States.
    pub country: String,
}

impl PostalAddress {
    /// The line `City, ST 12345`; a country other than the United States stands behind the city's line.
    pub fn city_line(&self) -> String {
        let region = [self.state.as_str(), self.postal_code.as_str()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" ");
        [
            self.city.as_str(),
            region.as_str(),
            self.foreign_country().unwrap_or_default(),
        ]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(", ")
    }

    /// The country, where it is not the United States.
    pub fn foreign_country(&self) -> Option<&str> {
        let domestic = ["", "US", "USA"]
            .iter()
            .any(|word| self.country.eq_ignore_ascii_case(word));
        (!domestic).then_some(self.country.as_str())
    }
}

/// The payer's number with one state's tax office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayerState {
    /// Whose number.
    pub payer_id: PayerId,
    /// Two-letter state code.
    pub state: String,
    /// The number; may be blank.
    pub state_id: String,
}
