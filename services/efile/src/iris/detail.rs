//! One record: a form.

use std::io::{self, Write};

use formfeed_domain::form::Mark;
use formfeed_domain::{Tin, TinKind};

use super::address::Address;
use super::names::{Names, control};
use super::schema::FormSchema;
use super::xml::Xml;
use crate::fault::Finder;
use crate::form_view::{FormView, StateView};
use crate::model::{OriginalRecord, Step, Transmission};
use crate::wording::{ACCOUNT, NAME_TEXT, SPECIAL, STATE_NUMBER};

pub(super) fn write<W: Write>(
    xml: &mut Xml<W>,
    finder: &mut Finder,
    transmission: &Transmission,
    form: &FormSchema,
    record_id: u32,
    view: &FormView<'_>,
) -> io::Result<()> {
    let filed = view.filed;
    let name = Names::read(finder, "recipient", &filed.name);
    let office = filed.office_code.as_deref().unwrap_or_default();
    let office = finder.text("office code", &ACCOUNT, office);
    let account = finder.text("account number", &ACCOUNT, &filed.form.account_number);
    xml.group(&format!("Form{}Detail", form.code), |xml| {
        xml.text("TaxYr", &transmission.tax_year.to_string())?;
        xml.count("RecordId", u64::from(record_id))?;
        xml.some("IssuerOfficeCd", &office)?;
        for row in view.states().filter(|row| row.filing.combined) {
            xml.text("CFSFElectionStateCd", &row.filing.state)?;
        }
        xml.flag("VoidInd", false)?;
        xml.flag("CorrectedInd", view.step != Step::Original)?;
        if let Some(original) = view.original {
            write_original(xml, filed.form.recipient.tin.as_ref(), &name, original)?;
        }
        write_recipient(xml, finder, view, &name)?;
        xml.some("RecipientAccountNum", &account)?;
        write_boxes(xml, form, view)?;
        for row in view.states() {
            write_state(xml, finder, &row)?;
        }
        Ok(())
    })
}

/// The record that is corrected: its recipient is the one this form names, for neither a correction of one form nor
/// the first of two changes name or TIN.
fn write_original<W: Write>(
    xml: &mut Xml<W>,
    tin: Option<&Tin>,
    name: &Names,
    original: &OriginalRecord,
) -> io::Result<()> {
    xml.group("PrevSubmittedRecRecipientGrp", |xml| {
        xml.text("UniqueRecordId", &original.unique_id())?;
        if let Some(tin) = tin {
            xml.text("TIN", tin.digits())?;
        }
        name.write_plain(xml)
    })
}

fn write_recipient<W: Write>(
    xml: &mut Xml<W>,
    finder: &mut Finder,
    view: &FormView<'_>,
    name: &Names,
) -> io::Result<()> {
    let filed = view.filed;
    let control = control(
        finder,
        "recipient",
        &filed.name,
        filed.name_control.as_deref(),
    );
    let more = finder.text(
        "additional recipient",
        &NAME_TEXT,
        &filed.additional_recipient,
    );
    let address = filed
        .filed_address()
        .filter(|address| !Address::is_blank(address));
    let address = address.map(|address| Address::read(finder, "recipient", &address));
    xml.group("RecipientDetail", |xml| {
        if let Some(tin) = &filed.form.recipient.tin {
            xml.text("TIN", tin.digits())?;
            xml.text("TINSubmittedTypeCd", tin_type(tin))?;
        }
        name.write(xml, &control)?;
        xml.some("AdditionalRecipientTxt", &more)?;
        match &address {
            Some(address) => address.write(xml),
            None => Ok(()),
        }
    })
}

fn write_boxes<W: Write>(
    xml: &mut Xml<W>,
    form: &FormSchema,
    view: &FormView<'_>,
) -> io::Result<()> {
    for element in &form.detail {
        if let Some(word) = &element.mark {
            let mark = Mark::ALL.into_iter().find(|mark| mark.as_str() == word);
            xml.flag(&element.element, mark.is_some_and(|mark| view.has(mark)))?;
        } else if let Some(amount) = element.id.as_deref().and_then(|id| view.amount(id)) {
            xml.money(&element.element, amount)?;
        }
    }
    Ok(())
}

fn write_state<W: Write>(
    xml: &mut Xml<W>,
    finder: &mut Finder,
    row: &StateView<'_>,
) -> io::Result<()> {
    let number = finder.text(
        "payer's state number",
        &STATE_NUMBER,
        &row.filing.payer_number,
    );
    let special = finder.text(
        "special data entries",
        &SPECIAL,
        &row.filing.special_entries,
    );
    xml.group("StateLocalTaxGrp", |xml| {
        xml.text("StateAbbreviationCd", &row.filing.state)?;
        xml.group("StateTaxGrp", |xml| {
            xml.some("StateIdNum", &number)?;
            xml.money("StateTaxWithheldAmt", row.tax_withheld)?;
            xml.money("StateIncomeAmt", row.income)
        })?;
        if !row.filing.local_withheld.is_zero() {
            let local = row.local_withheld;
            xml.group("LocalTaxGrp", |xml| xml.money("LocalTaxWithheldAmt", local))?;
        }
        xml.some("SpecialDataEntriesTxt", &special)
    })
}

/// Source: IRIS schema TY2025, TINSubmittedTypeCdType.
pub(super) fn tin_type(tin: &Tin) -> &'static str {
    match tin.kind() {
        TinKind::Ein => "BUSINESS_TIN",
        TinKind::Ssn | TinKind::Itin | TinKind::Atin => "INDIVIDUAL_TIN",
    }
}
