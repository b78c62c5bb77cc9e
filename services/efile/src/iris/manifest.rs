//! The manifest: who sends what, and how much of it.

use std::io::{self, Write};

use super::address::Address;
use super::names::{Names, write_business};
use super::phone::phone;
use super::records;
use super::schema::Schema;
use super::xml::Xml;
use crate::fault::Finder;
use crate::model::{
    Contact, Environment, FiledName, Kind, Replaced, SoftwareVendor, Transmission, Transmitter,
};
use crate::wording::{BUSINESS, BUSINESS_2, EMAIL, PERSON};

pub(super) fn write<W: Write>(
    xml: &mut Xml<W>,
    finder: &mut Finder,
    transmission: &Transmission,
    schema: &Schema,
    limit: usize,
) -> io::Result<()> {
    let (submissions, forms) = counts(transmission, limit);
    xml.group("IRTransmissionManifest", |xml| {
        let code = &transmission.transmitter.control_code;
        let unique_id = format!("{}:IRIS:{code}::A", transmission.unique_id);
        xml.text("SchemaVersionNum", &schema.schema_version)?;
        xml.text("UniqueTransmissionId", &unique_id)?;
        xml.text("TaxYr", &transmission.tax_year.to_string())?;
        xml.flag("PriorYearDataInd", false)?;
        xml.text("TransmissionTypeCd", transmission.kind.code())?;
        xml.text("TestCd", transmission.environment.code())?;
        if let Kind::Replacement(Replaced::Transmission { receipt_id }) = &transmission.kind {
            xml.text("OriginalReceiptId", receipt_id)?;
        }
        write_transmitter(xml, finder, &transmission.transmitter)?;
        let vendor = &transmission.software.vendor;
        xml.text("VendorCd", if vendor.is_some() { "V" } else { "I" })?;
        xml.text("SoftwareId", &transmission.software.id)?;
        if let Some(vendor) = vendor {
            write_vendor(xml, finder, vendor)?;
        }
        xml.count("TotalIssuerFormCnt", submissions)?;
        xml.count("TotalRecipientFormCnt", forms)?;
        xml.flag("PaperSubmissionInd", false)?;
        xml.text("MediaSourceCd", "M")?;
        xml.text("SubmissionChannelCd", "A2A")
    })
}

/// Submissions, each of which names an issuer, and forms.
fn counts(transmission: &Transmission, limit: usize) -> (u64, u64) {
    let sizes = transmission
        .payers
        .iter()
        .map(|group| records(transmission, group).count());
    sizes.fold((0, 0), |(submissions, forms), size| {
        (
            submissions + size.div_ceil(limit) as u64,
            forms + size as u64,
        )
    })
}

fn write_transmitter<W: Write>(
    xml: &mut Xml<W>,
    finder: &mut Finder,
    transmitter: &Transmitter,
) -> io::Result<()> {
    let company = finder.two_lines(
        "company name",
        [&BUSINESS, &BUSINESS_2],
        [&transmitter.company, ""],
    );
    if transmitter.company.trim().is_empty() {
        finder.reject(BUSINESS.rule, "company name", "is missing", "give it");
    }
    let address = Address::read(finder, "company", &transmitter.address);
    xml.group("TransmitterGrp", |xml| {
        xml.text("TIN", transmitter.tin.digits())?;
        xml.text(
            "TINSubmittedTypeCd",
            super::detail::tin_type(&transmitter.tin),
        )?;
        xml.text("TransmitterControlCd", &transmitter.control_code)?;
        xml.flag("ForeignEntityInd", transmitter.foreign)?;
        match &transmitter.name {
            FiledName::Person { .. } => {
                let whole = transmitter.name.lines().0;
                xml.text(
                    "PersonNm",
                    &finder.required("transmitter name", &PERSON, &whole),
                )?;
            }
            business => Names::read(finder, "transmitter", business).write_plain(xml)?,
        }
        xml.group("CompanyGrp", |xml| {
            write_business(xml, &company)?;
            address.write(xml)
        })?;
        let contact = &transmitter.contact;
        if contact.phone.trim().is_empty() {
            let rule = "ContactPhoneNumberType";
            finder.reject(rule, "contact phone", "is missing", "give it");
        }
        let name = finder.required("contact name", &PERSON, &contact.name);
        xml.group("ContactNameGrp", |xml| xml.text("PersonNm", &name))?;
        write_reach(xml, finder, contact)
    })
}

fn write_vendor<W: Write>(
    xml: &mut Xml<W>,
    finder: &mut Finder,
    vendor: &SoftwareVendor,
) -> io::Result<()> {
    let name = Names::read(finder, "vendor", &FiledName::business(vendor.name.as_str()));
    let address = Address::read(finder, "vendor", &vendor.address);
    let contact = finder.text("vendor contact name", &PERSON, &vendor.contact.name);
    xml.group("VendorGrp", |xml| {
        xml.flag("ForeignEntityInd", vendor.foreign)?;
        name.write_plain(xml)?;
        address.write(xml)?;
        if !contact.is_empty() {
            xml.group("ContactNameGrp", |xml| xml.text("PersonNm", &contact))?;
        }
        write_reach(xml, finder, &vendor.contact)
    })
}

fn write_reach<W: Write>(
    xml: &mut Xml<W>,
    finder: &mut Finder,
    contact: &Contact,
) -> io::Result<()> {
    xml.some(
        "ContactEmailAddressTxt",
        &email(finder, "contact e-mail", &contact.email),
    )?;
    xml.some(
        "ContactPhoneNum",
        &phone(finder, "contact phone", &contact.phone),
    )
}

/// Electronic mail with something around an `@`.
pub(super) fn email(finder: &mut Finder, field: &str, text: &str) -> String {
    let line = finder.text(field, &EMAIL, text);
    let has_at = line
        .char_indices()
        .any(|(at, c)| c == '@' && at > 0 && at + 1 < line.len());
    if !line.is_empty() && !has_at {
        finder.reject(
            EMAIL.rule,
            field,
            "has no @ between two parts",
            "write name@place, or nothing",
        );
    }
    line
}

impl Kind {
    fn code(&self) -> &'static str {
        match self {
            Self::Original => "O",
            Self::Correction => "C",
            Self::Replacement(_) => "R",
        }
    }
}

impl Environment {
    fn code(self) -> &'static str {
        match self {
            Self::Test => "T",
            Self::Production => "P",
        }
    }
}
