//! Addresses as IRIS takes them.

use std::io::{self, Write};

use formfeed_domain::payer::PostalAddress;

use super::xml::Xml;
use crate::fault::Finder;
use crate::places;
use crate::wording::{CITY, FOREIGN_CITY, FOREIGN_POSTAL, PROVINCE, STREET};

/// An address in clean parts.
pub(crate) struct Address {
    pub(crate) streets: [String; 2],
    pub(crate) city: String,
    /// State of the United States, or province.
    pub(crate) state: String,
    /// ZIP in digits, or foreign postal code.
    pub(crate) postal_code: String,
    /// The IRS's code; blank for the United States.
    pub(crate) country: &'static str,
}

impl Address {
    /// Reads an address of which every part must be there.
    pub(crate) fn read(finder: &mut Finder, whose: &str, address: &PostalAddress) -> Self {
        let field = |part: &str| format!("{whose} {part}");
        if address.line_1.trim().is_empty() {
            finder.reject(STREET.rule, field("street"), "is missing", "give it");
        }
        let lines = [address.line_1.as_str(), address.line_2.as_str()];
        let streets = finder.two_lines(&field("street"), [&STREET, &STREET], lines);
        match address.foreign_country() {
            None => Self {
                streets,
                city: finder.required(&field("city"), &CITY, &address.city),
                state: state(finder, &field("state"), &address.state),
                postal_code: zip(finder, &field("ZIP"), &address.postal_code),
                country: "",
            },
            Some(country) => Self {
                streets,
                city: finder.text(&field("city"), &FOREIGN_CITY, &address.city),
                state: finder.text(&field("province"), &PROVINCE, &address.state),
                postal_code: finder.text(
                    &field("postal code"),
                    &FOREIGN_POSTAL,
                    &address.postal_code,
                ),
                country: foreign(finder, &field("country"), country),
            },
        }
    }

    /// Nothing is given at all.
    pub(crate) fn is_blank(address: &PostalAddress) -> bool {
        [
            &address.line_1,
            &address.line_2,
            &address.city,
            &address.state,
            &address.postal_code,
        ]
        .iter()
        .all(|part| part.trim().is_empty())
    }

    pub(super) fn write<W: Write>(&self, xml: &mut Xml<W>) -> io::Result<()> {
        let lines = |xml: &mut Xml<W>| {
            xml.text("AddressLine1Txt", &self.streets[0])?;
            xml.some("AddressLine2Txt", &self.streets[1])
        };
        xml.group("MailingAddressGrp", |xml| match self.country {
            "" => xml.group("USAddress", |xml| {
                lines(xml)?;
                xml.text("CityNm", &self.city)?;
                xml.text("StateAbbreviationCd", &self.state)?;
                xml.text("ZIPCd", &self.postal_code)
            }),
            country => xml.group("ForeignAddress", |xml| {
                lines(xml)?;
                xml.some("CityNm", &self.city)?;
                xml.some("ProvinceOrStateNm", &self.state)?;
                xml.text("CountryCd", country)?;
                xml.some("ForeignPostalCd", &self.postal_code)
            }),
        })
    }
}

pub(crate) fn state(finder: &mut Finder, field: &str, text: &str) -> String {
    let code = text.trim().to_ascii_uppercase();
    if !places::is_state(&code) {
        finder.reject(
            "StateType",
            field,
            "is no state's two letters",
            "write them, such as MO",
        );
        return String::new();
    }
    code
}

pub(crate) fn zip(finder: &mut Finder, field: &str, text: &str) -> String {
    let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    let is_zip = digits.bytes().all(|b| b.is_ascii_digit()) && matches!(digits.len(), 5 | 9 | 12);
    if !is_zip {
        finder.reject(
            "ZIPCodeType",
            field,
            "has not 5 or 9 digits",
            "write 12345 or 12345-6789",
        );
        return String::new();
    }
    digits
}

fn foreign(finder: &mut Finder, field: &str, text: &str) -> &'static str {
    places::irs_country(text).unwrap_or_else(|| {
        finder.reject(
            "CountryType",
            field,
            "is no two-letter code of ISO 3166 that the IRS has a code for",
            "write it, such as CA for Canada",
        );
        ""
    })
}
