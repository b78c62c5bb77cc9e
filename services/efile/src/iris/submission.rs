//! One submission: a payer's forms of one type under their header.

use std::collections::BTreeMap;
use std::io::{self, Write};

use formfeed_domain::Money;
use formfeed_domain::form::BoxId;

use super::address::Address;
use super::names::{Names, control};
use super::phone::phone;
use super::schema::{FormSchema, Schema};
use super::xml::Xml;
use super::{detail, number};
use crate::check::about;
use crate::fault::{About, Finder};
use crate::form_view::FormView;
use crate::model::{FilingPayer, Transmission};
use crate::sums::{StateSums, Sums};

pub(super) fn write<'a, W: Write>(
    xml: &mut Xml<W>,
    finder: &mut Finder,
    transmission: &Transmission,
    schema: &Schema,
    (payer, id): (usize, u32),
    sums: &Sums,
    views: impl Iterator<Item = FormView<'a>>,
) -> io::Result<()> {
    let group = &transmission.payers[payer];
    let form = schema.form(group.form_type);
    finder.about = About::Payer { number: payer + 1 };
    xml.group("IRSubmission1Grp", |xml| {
        xml.group("IRSubmission1Header", |xml| {
            xml.count("SubmissionId", u64::from(id))?;
            if let Some(replaced) = &group.replaces {
                xml.text("OriginalUniqueSubmissionId", &replaced.unique_id())?;
            }
            xml.text("TaxYr", &transmission.tax_year.to_string())?;
            write_issuer(xml, finder, &group.payer)?;
            xml.text("FormTypeCd", &form.code)?;
            xml.text("ParentFormTypeCd", "1096")?;
            xml.flag("CFSFElectionInd", !sums.combined.is_empty())?;
            xml.count("TotalReportedRcpntFormCnt", sums.forms)?;
            xml.group("IRSubmission1FormTotals", |xml| {
                write_totals(xml, form, sums)
            })
        })?;
        xml.group("IRSubmission1Detail", |xml| {
            for (index, view) in views.enumerate() {
                finder.about = about(payer, &view);
                detail::write(
                    xml,
                    finder,
                    transmission,
                    form,
                    number(index as u64 + 1),
                    &view,
                )?;
            }
            Ok(())
        })
    })
}

fn write_issuer<W: Write>(
    xml: &mut Xml<W>,
    finder: &mut Finder,
    payer: &FilingPayer,
) -> io::Result<()> {
    let name = Names::read(finder, "payer", &payer.name);
    let control = control(finder, "payer", &payer.name, payer.name_control.as_deref());
    let address = Address::read(finder, "payer", &payer.address);
    let phone = phone(finder, "payer phone", &payer.phone);
    xml.group("IssuerDetail", |xml| {
        xml.flag("ForeignEntityInd", payer.foreign)?;
        xml.text("TIN", payer.tin.digits())?;
        xml.text("TINSubmittedTypeCd", detail::tin_type(&payer.tin))?;
        name.write(xml, &control)?;
        address.write(xml)?;
        xml.some("PhoneNum", &phone)
    })
}

fn write_totals<W: Write>(xml: &mut Xml<W>, form: &FormSchema, sums: &Sums) -> io::Result<()> {
    let name = |what: &str| format!("Form{}{what}", form.code);
    xml.group(&name("TotalAmtGrp"), |xml| {
        write_boxes(xml, form, &sums.by_box)
    })?;
    for (state, of_state) in &sums.combined {
        xml.group(&name("TotalByStateGrp"), |xml| {
            write_state(xml, form, state, of_state)
        })?;
    }
    Ok(())
}

fn write_state<W: Write>(
    xml: &mut Xml<W>,
    form: &FormSchema,
    state: &str,
    sums: &StateSums,
) -> io::Result<()> {
    xml.text("StateAbbreviationCd", state)?;
    xml.count("TotalReportedRcpntFormCnt", sums.forms)?;
    let mut totals = form.totals();
    let (withheld, element) = totals.next().unwrap_or_default();
    if let Some(amount) = sums.by_box.get(&BoxId::from(withheld)) {
        xml.money(element, *amount)?;
    }
    xml.money("StateTaxWithheldAmt", sums.state_withheld)?;
    xml.money("LocalTaxWithheldAmt", sums.local_withheld)?;
    for (id, element) in totals {
        if let Some(amount) = sums.by_box.get(&BoxId::from(id)) {
            xml.money(element, *amount)?;
        }
    }
    Ok(())
}

fn write_boxes<W: Write>(
    xml: &mut Xml<W>,
    form: &FormSchema,
    by_box: &BTreeMap<BoxId, Money>,
) -> io::Result<()> {
    for (id, element) in form.totals() {
        if let Some(amount) = by_box.get(&BoxId::from(id)) {
            xml.money(element, *amount)?;
        }
    }
    Ok(())
}
