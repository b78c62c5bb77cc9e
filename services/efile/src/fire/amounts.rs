//! Which years FIRE takes, and the amount codes of each form.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use formfeed_domain::Money;
use formfeed_domain::form::{BoxId, FormType, Mark};
use formfeed_domain::money::MAX_ENTRY_CENTS;
use serde::Deserialize;

use crate::check::Takes;
use crate::error::{EfileError, years_in_words};
use crate::form_view::views;
use crate::model::Transmission;

/// Amount codes in the order of their fields in B, C and K.
const ORDER: &str = "123456789ABCDEFGHJ";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    first_tax_year: i32,
    last_tax_year: i32,
    #[serde(rename = "source")]
    _source: String,
    amounts: Vec<AmountCodes>,
}

/// One form's amount codes in some years.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AmountCodes {
    form: String,
    /// Positions 26-27 of the A record.
    pub(super) type_of_return: String,
    tax_years: Vec<i32>,
    #[serde(rename = "source")]
    _source: String,
    /// Code by box.
    boxes: BTreeMap<String, char>,
}

fn file() -> &'static File {
    static FILE: OnceLock<File> = OnceLock::new();
    FILE.get_or_init(|| {
        toml::from_str(include_str!("../../data/fire.toml")).expect("a test reads the amount codes")
    })
}

/// The amount codes of one transmission's year.
pub(super) struct Fire {
    by_type: Vec<(FormType, &'static AmountCodes)>,
}

impl Fire {
    /// The codes of every form type that the transmission has.
    pub(super) fn of(transmission: &Transmission) -> Result<Self, EfileError> {
        let (file, year) = (file(), transmission.tax_year);
        if year.year() > file.last_tax_year {
            let last = file.last_tax_year;
            return Err(EfileError::FireRetired { year, last });
        }
        if year.year() < file.first_tax_year {
            return Err(EfileError::NoSchema {
                format: "FIRE record layout",
                year,
                known: years_in_words(file.first_tax_year..=file.last_tax_year),
            });
        }
        let is_used = |form_type: &FormType| {
            transmission.payers.iter().any(|group| {
                let right = views(group).map(|view| view.filed.form.form_type);
                std::iter::once(group.form_type)
                    .chain(right)
                    .any(|own| own == *form_type)
            })
        };
        let used = FormType::ALL.into_iter().filter(is_used);
        let by_type = used.map(|form_type| {
            let of_form = || {
                file.amounts
                    .iter()
                    .filter(move |own| own.form == form_type.as_str())
            };
            let found = of_form().find(|own| own.tax_years.contains(&year.year()));
            let codes = found.ok_or_else(|| EfileError::NoMapping {
                format: "FIRE amount codes",
                form_type,
                year,
                known: years_in_words(of_form().flat_map(|own| own.tax_years.clone())),
            })?;
            Ok((form_type, codes))
        });
        Ok(Self {
            by_type: by_type.collect::<Result<_, EfileError>>()?,
        })
    }

    /// The codes of a form type that the transmission has.
    pub(super) fn codes(&self, form_type: FormType) -> &'static AmountCodes {
        let found = self.by_type.iter().find(|(own, _)| *own == form_type);
        found
            .expect("the codes of every form type that is used are looked up at the start")
            .1
    }
}

impl AmountCodes {
    /// The codes that the forms use, ascending; a form with direct sales alone has code 1.
    pub(super) fn used(&self, by_box: &BTreeMap<BoxId, Money>) -> String {
        let mut used: Vec<_> = by_box
            .keys()
            .filter_map(|id| self.boxes.get(&id.0))
            .collect();
        used.sort();
        used.dedup();
        match used.is_empty() {
            true => "1".to_owned(),
            false => used.into_iter().collect(),
        }
    }

    /// One amount for each field of B, C and K, in their order.
    pub(super) fn fields<'a>(
        &self,
        boxes: impl IntoIterator<Item = (&'a BoxId, Money)>,
    ) -> [Money; 18] {
        let mut fields = [Money::ZERO; 18];
        for (id, amount) in boxes {
            let place = self.boxes.get(&id.0).and_then(|code| ORDER.find(*code));
            if let Some(place) = place {
                fields[place] += amount;
            }
        }
        fields
    }
}

impl Takes for Fire {
    fn takes_box(&self, form_type: FormType, id: &BoxId) -> bool {
        self.codes(form_type).boxes.contains_key(&id.0)
    }

    fn takes_mark(&self, form_type: FormType, mark: Mark) -> bool {
        match mark {
            Mark::SecondTinNotice | Mark::DirectSales => true,
            Mark::Fatca => form_type == FormType::Misc,
            Mark::Void | Mark::Corrected => false,
        }
    }

    /// Twelve digits of cents.
    fn max_cents(&self) -> i64 {
        MAX_ENTRY_CENTS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_years_codes_are_known_and_no_code_is_used_twice() {
        for codes in &file().amounts {
            let mut all: Vec<_> = codes.boxes.values().collect();
            all.sort();
            all.dedup();
            assert_eq!(all.len(), codes.boxes.len(), "{codes:?}");
            assert!(all.iter().all(|code| ORDER.contains(**code)), "{codes:?}");
            codes.form.parse::<FormType>().unwrap();
        }
    }
}
