//! IRIS XML, application to application.
//!
//! One `IRTransmission`: a manifest, then a submission for each payer and form type with its header, its totals and
//! its records. A payer with more records than a submission numbers gets several. Submissions and records are numbered
//! from 1 in the order of the transmission; [`Written::placed`] says which form got which.
//!
//! Left out, for the schema wants none of it: transfer agents, the payer's contact group, the jurat signature.
//!
//! Checking is a rehearsal: the same code writes to nowhere and the faults are kept.
//!
//! Source: data/iris_2025.toml; IRIS business rules TY2025 v1.2, by rule number.

mod address;
mod detail;
mod manifest;
mod names;
mod phone;
mod rules;
mod schema;
mod submission;
mod xml;

use std::io::Write;

use crate::check::{Repeats, about, check_batches, check_form, pass, pass_again};
use crate::error::EfileError;
use crate::fault::{About, Fault, Finder};
use crate::form_view::{FormView, views};
use crate::model::{Kind, PayerForms, Step, Transmission};
use crate::sums::Sums;
use crate::written::{Placed, Written};

pub(crate) use address::{Address, state, zip};
pub(crate) use names::{Names, control};
pub(crate) use phone::phone;
use schema::Schema;
use xml::Xml;

/// How a transmission is divided.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct IrisOptions {
    /// Most records in one submission; `None` is what the schema can number.
    pub records_per_submission: Option<u32>,
}

/// Checks the transmission and writes it as IRIS XML.
///
/// A correction writes single corrections and the first steps; send [`Transmission::second_steps`] after it.
/// The writer's bytes come in small pieces: give it a buffered one.
///
/// # Errors
/// [`EfileError::NoSchema`] for a year without a schema; [`EfileError::Faults`] when the IRS would reject it, with
/// every fault and nothing written; [`EfileError::Write`] when `out` fails.
pub fn write_iris<W: Write>(
    transmission: &Transmission,
    options: IrisOptions,
    out: W,
) -> Result<Written, EfileError> {
    let schema = schema::of(transmission.tax_year)?;
    let remarks = pass(faults(transmission, options, schema)?)?;
    let mut finder = Finder::new();
    let mut written = produce(transmission, options, schema, out, &mut finder)?;
    pass_again(finder)?;
    written.remarks = remarks;
    Ok(written)
}

/// What [`write_iris`] would find.
pub(crate) fn find_faults(transmission: &Transmission) -> Result<Vec<Fault>, EfileError> {
    let schema = schema::of(transmission.tax_year)?;
    faults(transmission, IrisOptions::default(), schema)
}

fn faults(
    transmission: &Transmission,
    options: IrisOptions,
    schema: &Schema,
) -> Result<Vec<Fault>, EfileError> {
    let mut finder = Finder::new();
    check_batches(&mut finder, transmission);
    rules::check_transmission(&mut finder, transmission, schema, options.limit(schema));
    let mut unique = rules::UniqueIds::default();
    for (index, group) in transmission.payers.iter().enumerate() {
        finder.about = About::Payer { number: index + 1 };
        rules::check_payer(&mut finder, transmission, group, options.limit(schema));
        let mut repeats = Repeats::default();
        for view in views(group) {
            finder.about = about(index, &view);
            rules::check_kind(&mut finder, &transmission.kind, view.step);
            if is_sent(&transmission.kind, view.step) {
                check_form(&mut finder, transmission, group, &view, schema);
                rules::check_record(&mut finder, transmission, &view, &mut unique);
                repeats.check(&mut finder, &view);
            }
        }
    }
    produce(transmission, options, schema, std::io::sink(), &mut finder)?;
    Ok(finder.into_found())
}

/// Writes all of it; what does not fit its field stays blank and is a fault.
fn produce<W: Write>(
    transmission: &Transmission,
    options: IrisOptions,
    schema: &Schema,
    out: W,
    finder: &mut Finder,
) -> Result<Written, EfileError> {
    let limit = options.limit(schema);
    let mut written = Written::new(Vec::new());
    let mut xml = Xml::new(out)?;
    xml.open_root()?;
    finder.about = About::Transmission;
    manifest::write(&mut xml, finder, transmission, schema, limit)?;
    for (payer, group) in transmission.payers.iter().enumerate() {
        let all = records(transmission, group).count();
        for start in (0..all).step_by(limit) {
            let chunk = || records(transmission, group).skip(start).take(limit);
            let mut sums = Sums::default();
            chunk().for_each(|view| sums.add(&view));
            written.parts += 1;
            written.forms += sums.forms;
            let id = number(written.parts);
            for (record, view) in chunk().enumerate() {
                written.placed.push(Placed {
                    payer,
                    entry: view.entry,
                    submission_id: id,
                    record_id: number(record as u64 + 1),
                });
            }
            submission::write(
                &mut xml,
                finder,
                transmission,
                schema,
                (payer, id),
                &sums,
                chunk(),
            )?;
            written.sums.push((group.form_type, sums));
        }
    }
    xml.close_root()?;
    Ok(written)
}

/// The records of a payer that a transmission of its kind holds.
fn records<'a>(
    transmission: &'a Transmission,
    group: &'a PayerForms,
) -> impl Iterator<Item = FormView<'a>> {
    views(group).filter(|view| is_sent(&transmission.kind, view.step))
}

/// Records of other kinds are faults, but for second steps: they wait for their own transmission.
fn is_sent(kind: &Kind, step: Step) -> bool {
    match kind {
        Kind::Original | Kind::Replacement(_) => step == Step::Original,
        Kind::Correction => matches!(step, Step::OneForm | Step::First),
    }
}

/// Ids beyond 32 bits are refused before: see `rules.rs`.
fn number(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

impl IrisOptions {
    fn limit(self, schema: &Schema) -> usize {
        let most = schema.records_per_submission;
        self.records_per_submission.unwrap_or(most).clamp(1, most) as usize
    }
}
