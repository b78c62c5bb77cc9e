//! The IRIS portal's CSV: one file for each payer and form type, of at most 100 forms.
//!
//! Source: data/csv_*.toml, by template.

mod row;
mod template;

use std::io::{self, Write};

use formfeed_domain::form::FormType;

use crate::check::{Repeats, about, check_batches, check_form, pass, pass_again};
use crate::error::EfileError;
use crate::fault::{About, Fault, Finder};
use crate::form_view::views;
use crate::iris::control;
use crate::model::{Kind, Step, Transmission};
use crate::sums::Sums;
use crate::written::{Placed, Written};

pub use template::{CsvTemplate, CsvTemplates, TemplateError};

/// Which file is to be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CsvFile {
    /// Counted from 1 over the whole transmission.
    pub number: u32,
    /// Position of its payer in the transmission, counted from 0.
    pub payer: usize,
    /// The type of its forms.
    pub form_type: FormType,
    /// Counted from 1 for this payer and form type.
    pub part: u32,
    /// How many forms it gets.
    pub forms: usize,
}

/// Checks the transmission and writes it as CSV files, each opened by `open` when its turn comes.
///
/// The portal takes originals only; corrections are keyed there.
///
/// # Errors
/// [`EfileError::NoMapping`] for a year or form without a template; [`EfileError::Faults`] with every fault and
/// nothing opened; [`EfileError::Write`] and [`EfileError::Csv`] when a file fails.
pub fn write_csv<W: Write>(
    transmission: &Transmission,
    templates: &CsvTemplates,
    open: impl FnMut(&CsvFile) -> io::Result<W>,
) -> Result<Written, EfileError> {
    let remarks = pass(find_faults(transmission, templates)?)?;
    let mut finder = Finder::new();
    let mut written = produce(transmission, templates, open, &mut finder)?;
    pass_again(finder)?;
    written.remarks = remarks;
    Ok(written)
}

/// What [`write_csv`] would find.
pub(crate) fn find_faults(
    transmission: &Transmission,
    templates: &CsvTemplates,
) -> Result<Vec<Fault>, EfileError> {
    let mut finder = Finder::new();
    check_batches(&mut finder, transmission);
    if transmission.kind != Kind::Original {
        finder.reject(
            "IRIS-CSV-KIND",
            "kind",
            "is no original, and the template has no column for others",
            "key corrections in the portal, or send IRIS XML",
        );
    }
    for (index, group) in transmission.payers.iter().enumerate() {
        let template = templates.of(group.form_type, transmission.tax_year)?;
        let mut repeats = Repeats::default();
        for view in views(group) {
            finder.about = about(index, &view);
            if view.step != Step::Original {
                finder.reject(
                    "IRIS-CSV-KIND",
                    "correction",
                    "has no column in the template",
                    "key it in the portal, or send IRIS XML",
                );
            }
            check_form(&mut finder, transmission, group, &view, template);
            repeats.check(&mut finder, &view);
            let filed = view.filed;
            control(
                &mut finder,
                "recipient",
                &filed.name,
                filed.name_control.as_deref(),
            );
        }
    }
    let nowhere = |_: &CsvFile| Ok(io::sink());
    produce(transmission, templates, nowhere, &mut finder)?;
    Ok(finder.into_found())
}

fn produce<W: Write>(
    transmission: &Transmission,
    templates: &CsvTemplates,
    mut open: impl FnMut(&CsvFile) -> io::Result<W>,
    finder: &mut Finder,
) -> Result<Written, EfileError> {
    let mut written = Written::new(Vec::new());
    for (payer, group) in transmission.payers.iter().enumerate() {
        let template = templates.of(group.form_type, transmission.tax_year)?;
        finder.about = About::Payer { number: payer + 1 };
        let common = row::common(finder, transmission, group);
        let originals = || views(group).filter(|view| view.step == Step::Original);
        let (mut all, mut left) = (originals(), originals().count());
        let mut part = 0;
        while left > 0 {
            let forms = left.min(template.forms_per_file());
            left -= forms;
            part += 1;
            written.parts += 1;
            let number = u32::try_from(written.parts).unwrap_or(u32::MAX);
            let file = CsvFile {
                number,
                payer,
                form_type: group.form_type,
                part,
                forms,
            };
            let mut sums = Sums::default();
            let mut out = ::csv::WriterBuilder::new()
                .terminator(::csv::Terminator::CRLF)
                .from_writer(open(&file)?);
            out.write_record(template.headers())?;
            for (index, view) in all.by_ref().take(forms).enumerate() {
                finder.about = about(payer, &view);
                let fields = row::of(finder, &common, &view);
                out.write_record(template.values().map(|key| row::value(&fields, &view, key)))?;
                sums.add(&view);
                written.placed.push(Placed {
                    payer,
                    entry: view.entry,
                    submission_id: number,
                    record_id: u32::try_from(index + 1).unwrap_or(u32::MAX),
                });
            }
            out.flush()?;
            written.forms += sums.forms;
            written.sums.push((group.form_type, sums));
        }
    }
    Ok(written)
}
