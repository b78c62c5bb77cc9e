//! FIRE: records of 750 bytes, T, then A with its B, C and K for each payer and form type, and F at the end.
//!
//! Corrections stand under A records of their own: G records (corrections of one form, and the first of two) under
//! one, C records (the second of two) under another. The record is federal: of the state rows it holds the withheld
//! tax and one state's code, not the income. Foreign addresses are refused: their layout is not verified here. FIRE
//! ends with tax year 2025.
//!
//! Source: Pub. 1220 as carried by moov-io/irs and microsoft/BCApps; data/fire.toml.

mod amounts;
mod payee;
mod payer;
mod record;
mod rules;
mod totals;
mod transmitter;

use std::io::Write;

use formfeed_domain::form::FormType;

use crate::check::{Repeats, about, check_batches, check_form, pass, pass_again};
use crate::error::EfileError;
use crate::fault::{About, Fault, Finder};
use crate::form_view::{FormView, views};
use crate::model::{Environment, PayerForms, Step, Transmission};
use crate::sums::Sums;
use crate::written::{Placed, Written};

use amounts::Fire;
use record::Records;

/// Checks the transmission and writes it as a FIRE file.
///
/// The writer's bytes come a record at a time: give it a buffered one.
///
/// # Errors
/// [`EfileError::FireRetired`] and [`EfileError::NoSchema`] for a year FIRE does not take, or whose layout is not
/// verified; [`EfileError::Faults`] with every fault and nothing written; [`EfileError::Write`] when `out` fails.
pub fn write_fire<W: Write>(transmission: &Transmission, out: W) -> Result<Written, EfileError> {
    let remarks = pass(find_faults(transmission)?)?;
    let mut finder = Finder::new();
    let fire = Fire::of(transmission)?;
    let mut written = produce(transmission, &fire, Records::new(out), &mut finder)?;
    pass_again(finder)?;
    written.remarks = remarks;
    Ok(written)
}

/// What [`write_fire`] would find.
pub(crate) fn find_faults(transmission: &Transmission) -> Result<Vec<Fault>, EfileError> {
    let fire = Fire::of(transmission)?;
    let mut finder = Finder::new();
    check_batches(&mut finder, transmission);
    rules::check_transmission(&mut finder, transmission);
    for (index, group) in transmission.payers.iter().enumerate() {
        let mut repeats = [Repeats::default(), Repeats::default(), Repeats::default()];
        for view in views(group) {
            finder.about = about(index, &view);
            check_form(&mut finder, transmission, group, &view, &fire);
            rules::check_record(&mut finder, &view);
            repeats[Class::of(view.step) as usize].check(&mut finder, &view);
        }
    }
    produce(transmission, &fire, Records::rehearsal(), &mut finder)?;
    Ok(finder.into_found())
}

/// What shares an A record, in the order written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Originals,
    /// G records.
    TakenBack,
    /// C records.
    PutRight,
}

impl Class {
    const ALL: [Self; 3] = [Self::Originals, Self::TakenBack, Self::PutRight];

    fn of(step: Step) -> Self {
        match step {
            Step::Original => Self::Originals,
            Step::OneForm | Step::First => Self::TakenBack,
            Step::Second => Self::PutRight,
        }
    }

    /// Position 6 of the B record.
    fn indicator(self) -> &'static str {
        match self {
            Self::Originals => "",
            Self::TakenBack => "G",
            Self::PutRight => "C",
        }
    }
}

fn produce<W: Write>(
    transmission: &Transmission,
    fire: &Fire,
    mut records: Records<W>,
    finder: &mut Finder,
) -> Result<Written, EfileError> {
    let mut written = Written::new(Vec::new());
    let payees: u64 = transmission
        .payers
        .iter()
        .map(|group| views(group).count() as u64)
        .sum();
    finder.about = About::Transmission;
    records.write(transmitter::record(finder, transmission, payees))?;
    let mut payer_records = 0;
    for (index, group) in transmission.payers.iter().enumerate() {
        for (form_type, class) in parts(group) {
            let of_part = || part(group, form_type, class);
            payer_records += 1;
            let mut sums = Sums::default();
            of_part().for_each(|view| sums.add(&view));
            let codes = fire.codes(form_type);
            finder.about = About::Payer { number: index + 1 };
            records.write(payer::record(finder, transmission, group, codes, &sums))?;
            for (number, view) in of_part().enumerate() {
                finder.about = about(index, &view);
                records.write(payee::record(finder, transmission, codes, class, &view))?;
                written.placed.push(Placed {
                    payer: index,
                    entry: view.entry,
                    submission_id: payer_records,
                    record_id: u32::try_from(number + 1).unwrap_or(u32::MAX),
                });
            }
            records.write(totals::control(codes, &sums))?;
            for (state, of_state) in &sums.combined {
                records.write(totals::state(codes, state, of_state))?;
            }
            written.forms += sums.forms;
            written.sums.push((form_type, sums));
        }
    }
    records.write(totals::end(payer_records, payees))?;
    written.parts = records.finish()?;
    Ok(written)
}

/// The A records of a payer: its own form type first, then what corrections of the type bring in.
fn parts(group: &PayerForms) -> Vec<(FormType, Class)> {
    let others = FormType::ALL
        .into_iter()
        .filter(|other| *other != group.form_type);
    let types = std::iter::once(group.form_type).chain(others);
    types
        .flat_map(|form_type| Class::ALL.map(|class| (form_type, class)))
        .filter(|(form_type, class)| part(group, *form_type, *class).next().is_some())
        .collect()
}

fn part(
    group: &PayerForms,
    form_type: FormType,
    class: Class,
) -> impl Iterator<Item = FormView<'_>> {
    views(group).filter(move |view| {
        let own = match view.step {
            Step::Second => view.filed.form.form_type,
            _ => group.form_type,
        };
        Class::of(view.step) == class && own == form_type
    })
}

impl Environment {
    fn is_test(self) -> bool {
        self == Self::Test
    }
}
