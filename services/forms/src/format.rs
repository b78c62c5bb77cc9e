//! The forms of a printing in the format of another year than their own.

use chrono::NaiveDate;
use formfeed_domain::TaxYear;
use formfeed_domain::form::Form;
use formfeed_domain::printing::{FormatOf, Subject};
use formfeed_domain::reformat::{NoPlace, Reformat};
use formfeed_domain::rules;
use formfeed_runtime::{IntoStatus as _, Refusal, reason};
use tonic::Status;

use crate::draft::Draft;
use crate::error::rule_status;

/// Forms named in one refusal; the others are counted.
const NAMED: usize = 200;

/// The year whose revision forms of a year print in.
pub(crate) fn year_of(
    format: FormatOf,
    tax_year: TaxYear,
    today: NaiveDate,
) -> Result<TaxYear, Status> {
    match format {
        FormatOf::Own => Ok(tax_year),
        FormatOf::Year(year) => Ok(year),
        FormatOf::Current => rules::current_year(today).map_err(rule_status),
    }
}

/// The way from the forms' own revision into another.
pub(crate) struct Format {
    reformat: Reformat<'static>,
    year: TaxYear,
}

impl Format {
    /// None where the forms print in their own year's revision.
    pub(crate) fn of(subject: &Subject, year: TaxYear) -> Result<Option<Self>, Status> {
        if year == subject.tax_year {
            return Ok(None);
        }
        let rules = |year| rules::for_year(year).and_then(|rules| rules.form(subject.form_type));
        let reformat = Reformat {
            own: rules(subject.tax_year).map_err(rule_status)?,
            format: rules(year).map_err(rule_status)?,
        };
        Ok(Some(Self { reformat, year }))
    }

    /// Refuses forms with anything on them that has no place in the format, naming each.
    pub(crate) fn takes_all(&self, draft: &Draft) -> Result<(), Status> {
        let mut missing = Vec::new();
        let mut forms = 0;
        for form in &draft.forms {
            let has = |income_type| form.incomes.contains(&income_type);
            if let Err(found) = self.reformat.form(form.blank(), has) {
                forms += 1;
                let room = NAMED.saturating_sub(missing.len());
                missing.extend(found.into_iter().take(room));
            }
        }
        match forms {
            0 => Ok(()),
            _ => Err(self.refusal(forms, &missing)),
        }
    }

    /// A form that [`Format::takes_all`] has let pass, in the format.
    pub(crate) fn form(&self, form: &Form) -> Result<Form, Status> {
        let moved = self.reformat.form(form, |_| false);
        moved.map_err(|missing| self.refusal(1, &missing))
    }

    fn refusal(&self, forms: usize, missing: &[NoPlace]) -> Status {
        let year = self.year;
        let sentence = match missing {
            [only] => format!("{only}"),
            _ => {
                format!("{forms} forms have amounts or marks without a box in the format of {year}")
            }
        };
        let refusal = Refusal::failed_precondition(
            reason::NO_BOX_IN_FORMAT,
            format!("{sentence}; nothing is printed: use the forms' own format"),
        );
        let refusal = refusal.with("forms", forms).with("format_year", year);
        let named = missing.iter().fold(refusal, |refusal, missing| {
            let account = missing.account_number.clone();
            refusal.precondition(reason::NO_BOX_IN_FORMAT, account, missing.to_string())
        });
        named.into_status()
    }
}
