//! What stands on a drawn copy beside the figures: whom it is for, and what its recipient is told.
//!
//! Dated data in our own words (`instructions/*.toml`), compiled in. Years that no entry names simply have none: the
//! words explain a form, they do not decide anything.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::TaxYear;
use crate::form::{BoxId, Copy, FormType};

/// Whom a copy is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Designation {
    /// Which copy.
    pub copy: Copy,
    /// Whom it is for, such as `For Recipient`.
    pub addressee: String,
    /// What to do with it; may be blank.
    pub note: String,
}

/// One thing that a recipient is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instruction {
    /// The box it explains; `None` where it is about the form.
    pub of_box: Option<BoxId>,
    /// The explanation.
    pub text: String,
}

/// Whom a copy is for; `None` for Copy A, which is never drawn.
pub fn designation(copy: Copy) -> Option<&'static Designation> {
    DESIGNATIONS.iter().find(|known| known.copy == copy)
}

/// What the recipient of a form is told: about the form first, then box by box in the order of the form.
pub fn for_recipient(form_type: FormType, tax_year: TaxYear) -> Vec<&'static Instruction> {
    let year = tax_year.year();
    let mut found: Vec<_> = FORMS
        .iter()
        .filter(|form| form.form_type == form_type)
        .flat_map(|form| &form.entries)
        .filter(|entry| entry.from <= year && entry.until.is_none_or(|until| year <= until))
        .map(|entry| &entry.instruction)
        .collect();
    found.sort_by_key(|instruction| instruction.of_box.clone());
    found
}

struct Form {
    form_type: FormType,
    entries: Vec<Entry>,
}

struct Entry {
    from: i32,
    until: Option<i32>,
    instruction: Instruction,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawForm {
    form: String,
    #[serde(rename = "source")]
    _source: String,
    entry: Vec<RawEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEntry {
    #[serde(rename = "box")]
    of_box: Option<BoxId>,
    from: i32,
    until: Option<i32>,
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCopies {
    copy: Vec<RawCopy>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCopy {
    copy: String,
    #[serde(rename = "for")]
    addressee: String,
    note: String,
}

static DESIGNATIONS: LazyLock<Vec<Designation>> = LazyLock::new(|| {
    let file = include_str!("../instructions/copies.toml");
    let raw: RawCopies = toml::from_str(file).expect("a test reads the built-in file");
    raw.copy
        .into_iter()
        .map(|raw| Designation {
            copy: raw.copy.parse().expect("a test reads the built-in file"),
            addressee: raw.addressee,
            note: raw.note,
        })
        .collect()
});

static FORMS: LazyLock<Vec<Form>> = LazyLock::new(|| {
    [
        include_str!("../instructions/nec.toml"),
        include_str!("../instructions/misc.toml"),
    ]
    .into_iter()
    .map(|text| {
        let raw: RawForm = toml::from_str(text).expect("a test reads both built-in files");
        Form {
            form_type: raw.form.parse().expect("a test reads both built-in files"),
            entries: raw.entry.into_iter().map(RawEntry::typed).collect(),
        }
    })
    .collect()
});

impl RawEntry {
    fn typed(self) -> Entry {
        Entry {
            from: self.from,
            until: self.until,
            instruction: Instruction {
                of_box: self.of_box,
                text: self.text,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{self, BoxKind};

    #[test]
    fn every_box_of_every_year_is_explained_once_and_no_other() {
        for year in (2019..=2026).map(|year| TaxYear::new(year).unwrap()) {
            for form_type in FormType::ALL {
                let Ok(rules) = rules::for_year(year).unwrap().form(form_type) else {
                    assert_eq!(for_recipient(form_type, year), [] as [&Instruction; 0]);
                    continue;
                };
                let boxes = rules.boxes.iter();
                let taken = boxes.filter(|rule| rule.kind != BoxKind::Reserved);
                let expected: Vec<_> = taken.map(|rule| &rule.id).collect();
                let told = for_recipient(form_type, year);
                let told: Vec<_> = told.iter().filter_map(|it| it.of_box.as_ref()).collect();
                assert_eq!(told, expected, "{form_type} {year}");
            }
        }
    }

    #[test]
    fn every_copy_but_a_says_whom_it_is_for() {
        for copy in Copy::ALL {
            assert_eq!(designation(copy).is_some(), copy != Copy::A, "{copy}");
        }
    }
}
